"""Give a partner platform a key to sign with."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from orders.choices import Channel
from partners import services
from partners.models import Partner
from rulebook.errors import Refused


class Command(BaseCommand):
    help = "Issue a key for a partner platform (made if it is new) and print its secret, this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="the partner's code")
        parser.add_argument("--name", default="", help="its name, when it is new")
        parser.add_argument("--channel", default=Channel.PARTNER.value, choices=Channel.values)

    def handle(self, *, code: str, name: str, channel: str, **_options: Any) -> None:
        partner, _created = Partner.objects.get_or_create(
            code=code, defaults={"name": name or code, "channel": channel}
        )
        try:
            key, secret = services.issue_key(partner, now=clock.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{partner.name}\nX-Key: {key.key}\nsecret: {secret}")
