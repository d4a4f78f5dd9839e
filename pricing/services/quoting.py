"""What goods cost (§3.3): the price of one product, the prices of all, and a price kept as it was given."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from pricing.models import GivenQuote
from pricing.services.loading import book_for
from rulebook.errors import Refused
from rulebook.prices import MOST_KG, MOST_M3, price, prices, with_plan
from rulebook.prices import redelivery as _redelivery
from rulebook.products import PRODUCTS
from rulebook.quotes import CodPlan, Line, PriceBook, Quote, QuoteFacts


def quote(facts: QuoteFacts) -> Quote:
    """
    Return the price: contract, else public with the best promotion, else "to be quoted" (§3.3).

    :raises Refused: measures or sums that cannot be; cash on delivery above what any plan takes
    """
    check(facts)
    book = book_for(facts)
    _check_cod(facts, book)
    return price(facts, book)


def offers(facts: QuoteFacts) -> list[Quote]:
    """
    Return the price of every product the lane has, cheapest first (§4.6).

    :raises Refused: as `quote`
    """
    check(facts)
    book = book_for(facts)
    _check_cod(facts, book)
    return sorted(prices(facts, book), key=lambda each: each.total)


def redelivery(facts: QuoteFacts) -> Line | None:
    """Return what the attempt of that number costs on top of the price, None where it costs nothing or no tariff has it (§1.3.3.3)."""
    return _redelivery(facts, book_for(facts))


def cod_plan(facts: QuoteFacts) -> CodPlan | None:
    """Return the plan by which the cash of these goods is paid out, the one its fee is charged by; None without a tariff."""
    book = book_for(facts)
    plans = book.plans.get(price(facts, book).version, ())
    chosen = with_plan(facts, plans).cod_plan
    return next((plan for plan in plans if plan.code == chosen), None)


MOST_SUM = Decimal(100_000_000)  # CNY
MEASURES = (
    ("weight_kg", Decimal("0.01"), MOST_KG, lazy("重量须大于 0 且不超过 100000 千克。")),
    ("volume_m3", Decimal(0), MOST_M3, lazy("体积须不小于 0 且不超过 1000 立方米。")),
    ("declared_value", Decimal(0), MOST_SUM, lazy("声明价值须不小于 0。")),
    ("cod_amount", Decimal(0), MOST_SUM, lazy("代收货款须不小于 0。")),
)
"""Field, the least and the most it may be, what to say otherwise."""


def check(facts: QuoteFacts) -> None:
    """:raises Refused: not a number, nothing or less than nothing, more than any lorry takes; names the field"""
    for field, least, most, words in MEASURES:
        value: Decimal = getattr(facts, field)
        if not value.is_finite() or not least <= value <= most:
            raise Refused("§3.3", str(words), field=field)
    if facts.pieces < 1 or facts.attempts < 1:
        raise Refused("§3.3", _("件数须为正整数。"), field="pieces")
    if facts.product and facts.product not in PRODUCTS:
        raise Refused("§4.6", _("没有这种产品，请从列表中选择。"), field="product")


def _check_cod(facts: QuoteFacts, book: PriceBook) -> None:
    plans = [plan for of_version in book.plans.values() for plan in of_version]
    if facts.cod_plan:
        plans = [plan for plan in plans if plan.code == facts.cod_plan]
    if facts.cod_amount and plans and facts.cod_amount > (most := max(plan.most for plan in plans)):
        raise Refused("§4.3.3.2", _("代收货款超过上限 ¥%s，请减少金额。") % most, field="cod_amount")


def keep(given: Quote, facts: QuoteFacts) -> GivenQuote | None:
    """Store a price as it was given, with its lines; without a price there is nothing to keep."""
    if not given.priced:
        return None
    row: GivenQuote = GivenQuote.objects.create(
        at=facts.at,
        source=given.source,
        product=given.product,
        version=given.version,
        rule=given.rule,
        total=given.total,
        lines=[_plain(asdict(line)) for line in given.lines],
        facts=_plain(asdict(facts)),
        zh=given.zh,
        en=given.en,
        arrives_by=given.arrives_by,
    )
    return row


def lines_of(kept: GivenQuote) -> list[Line]:
    """Return the lines of a kept price as they were given."""
    return [Line(**{field.name: _read(field.name, row[field.name]) for field in fields(Line)}) for row in kept.lines]


def _read(name: str, value: str) -> Any:
    return Decimal(value) if name in ("quantity", "unit_price", "amount") else value


def _plain(values: dict[str, object]) -> dict[str, object]:
    return {name: _value(value) for name, value in values.items()}


def _value(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value
