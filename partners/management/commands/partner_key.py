"""Give a partner platform a key to sign with."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from orders.choices import Channel
from partners import services
from partners.choices import Dialect
from partners.dialects import keys
from partners.models import Partner
from rulebook.errors import Refused

NAMES = {
    Dialect.KUAIDI100: ("customer", "key", "secret"), Dialect.KDNIAO: ("EBusinessID", "AppKey"), Dialect.DEPPON: ("companyCode", "appkey"),
}  # fmt: skip
"""What each platform calls account, key and secret."""


class Command(BaseCommand):
    help = "Issue a key for a partner platform (made if it is new) and print its secret, this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="the partner's code")
        parser.add_argument("--name", default="", help="its name, when it is new")
        parser.add_argument("--channel", default=Channel.PARTNER.value, choices=Channel.values)
        parser.add_argument("--dialect", default="", choices=["", *Dialect.values], help="for a program that speaks a platform's dialect")

    def handle(self, *, code: str, name: str, channel: str, dialect: str, **_options: Any) -> None:
        partner, _created = Partner.objects.get_or_create(
            code=code, defaults={"name": name or code, "channel": channel}
        )
        try:
            told = _of_dialect(partner, Dialect(dialect)) if dialect else _native(partner)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("\n".join([partner.name, *(f"{name}: {value}" for name, value in told.items() if value)]))


def _native(partner: Partner) -> dict[str, str]:
    key, secret = services.issue_key(partner, now=clock.now())
    return {"X-Key": key.key, "secret": secret}


def _of_dialect(partner: Partner, dialect: Dialect) -> dict[str, str]:
    row = keys.issue(partner, dialect, now=clock.now())
    return dict(zip(NAMES[dialect], (row.account, row.key, row.secret), strict=False))
