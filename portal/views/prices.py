"""Price query (§3.2, §3.3): four fields, no login, several products with their promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core import clock
from core.language import in_words
from portal import access
from portal.forms import PriceForm
from portal.views.tracking import too_often
from pricing.services import Quote, QuoteFacts, number_of, offers
from pricing.words import Told, lines_told
from rulebook.errors import Refused
from rulebook.prices import in_order
from rulebook.products import PRODUCTS


@dataclass(frozen=True, slots=True)
class Row:
    """One product on the page."""

    name: str
    quote: Quote
    why: str
    lines: list[Told]
    refund_if_late: bool
    order: str  # the query that leads to the order form at this price


SORTED_BY = {"price": _("价格最低"), "time": _("到达最早"), "heavy": _("重货单价最低"), "light": _("轻货单价最低")}


@require_safe
def prices(request: HttpRequest) -> HttpResponse:
    """Ask, and list what each product costs, by price, time or unit rate."""
    now = clock.now()
    asked = bool(request.GET.get("weight_kg"))
    form = PriceForm(request.GET if asked else None)
    context: dict[str, Any] = {"form": form, "asked": False, "now": now}
    if asked and not access.may_ask_prices(request, now):
        return too_often(request)
    if asked and form.is_valid():
        try:
            context |= _found(form, now)
        except Refused as refusal:
            form.refuse(refusal)
    return render(request, "portal/prices.html", context, status=422 if form.errors else 200)


def _found(form: PriceForm, now: datetime) -> dict[str, Any]:
    values = dict(form.cleaned_data)
    sort = values.pop("sort") or "price"
    facts = QuoteFacts(**values, channel="hall", at=now)
    rows = [_row(each, facts) for each in in_order(offers(facts), sort)]
    return {"asked": True, "sort": sort, "sorts": SORTED_BY.items(), "rows": rows, "query": urlencode(form.as_query())}


def _row(quote: Quote, facts: QuoteFacts) -> Row:
    product = PRODUCTS[quote.product]
    asked = {"quote": number_of(quote, facts), "weight_kg": facts.weight_kg, "volume_m3": facts.volume_m3 or ""}
    return Row(in_words(product), quote, in_words(quote), lines_told(quote.lines), product.refund_if_late, urlencode(asked))
