"""The price beside the order form: what the order would cost as far as it is filled in (§3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from orders.choices import Channel
from orders.forms import DraftForm
from orders.services.price import BASIS, Claim, would_cost
from pricing.words import Told, lines_told
from rulebook.errors import Refused
from rulebook.quotes import CONTRACT, Quote

NEEDED = ("shipper_place", "consignee_place", "pieces", "weight_kg")


@dataclass(frozen=True, slots=True)
class Beside:
    """The price with its lines, or the words why there is none."""

    quote: Quote | None = None
    lines: tuple[Told, ...] = ()
    contract: bool = False
    words: str = ""


def price_of(form: DraftForm, claim: Claim, now: datetime) -> Beside | None:
    """Price a bound form; None while too little is known."""
    form.is_valid()
    values: dict[str, Any] = form.cleaned_data
    if not all(values.get(name) for name in NEEDED):
        return None
    if not values.keys() >= set(BASIS):
        return Beside(words=_("有填写不正确的项目，更正后列出运费。"))
    try:
        quote = would_cost(values, channel=Channel.HALL, claim=claim, now=now)
    except Refused as refusal:
        return Beside(words=str(refusal))
    if not quote.priced:
        return Beside(words=_("该线路没有公布价：营业部致电报价，您确认后才发货。"))
    return Beside(quote, tuple(lines_told(quote.lines)), quote.source == CONTRACT)
