"""A price that was told holds for a day: its number is a signed note of when and for what it was told; nothing is stored for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.core import signing
from django.utils.translation import gettext as _

from rulebook.errors import Refused
from rulebook.quotes import Quote, QuoteFacts

HOLDS = timedelta(hours=24)
SALT = "pricing.quote"


def number_of(quote: Quote, facts: QuoteFacts) -> str:
    """Return the number under which this price can be ordered at until `HOLDS` is over."""
    return signing.dumps([facts.at.isoformat(), facts.from_place, facts.to_place, quote.product], salt=SALT)


@dataclass(frozen=True, slots=True)
class Held:
    """What a quote number says: when it was told, for which lane and product; the price holds until `until`, itself included."""

    at: datetime
    from_place: str
    to_place: str
    product: str

    @property
    def until(self) -> datetime:
        return self.at + HOLDS


def read(number: str) -> Held:
    """:raises Refused: it is no number of ours"""
    try:
        said, start, end, product = signing.loads(number, salt=SALT)
        return Held(datetime.fromisoformat(said), start, end, product)
    except (signing.BadSignature, ValueError, TypeError):
        raise Refused("§3.3", _("没有这个报价编号，请重新查价。"), field="quote") from None


def as_told(number: str, facts: QuoteFacts, now: datetime) -> QuoteFacts:
    """
    Return the facts of an order as of the instant its price was told, the goods handed over now (§3.3, §4.6).

    What the goods weigh is the order's own; the tariff and the campaigns are those of the price that was told.

    :raises Refused: no number of ours, older than 24 hours (§0.2: the last instant is in time), or of another lane or product
    """
    held = read(number)
    if not timedelta(0) <= now - held.at <= HOLDS:
        raise Refused("§3.3", _("报价编号已超过 24 小时，请重新查价。"), field="quote")
    if (held.from_place, held.to_place) != (facts.from_place, facts.to_place) or facts.product not in ("", held.product):
        raise Refused("§3.3", _("报价编号属于另一条线路或另一种产品，请重新查价。"), field="quote")
    return replace(facts, at=held.at, ready=now, product=held.product)
