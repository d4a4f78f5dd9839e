"""The money collected on a day at a branch, and where it is now: each sum of movements against the rows it is made of (§4.3.3.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from delivery.choices import Cash, Move
from delivery.models import CashMovement, CashOnDelivery
from network.models import Person, Unit
from rulebook.due import SHANGHAI

CENT = Decimal("0.01")
PARTS: dict[str, tuple[Any, Q]] = {
    "collected": (_("已收"), Q()),
    "in_hand": (_("收款人手中"), Q(state__in=(Cash.COLLECTED, Cash.DISCREPANCY))),
    "written_off": (_("已核销"), Q(state=Cash.WRITTEN_OFF)),
    "counted": (_("已清点"), Q(counted_at__isnull=False)),
    "in_safe": (_("库存待存行"), Q(state=Cash.COUNTED)),
    "banked": (_("已存行"), Q(banked_at__isnull=False)),
    "unconfirmed": (_("待银行确认"), Q(state=Cash.BANKED, confirmed_at=None)),
    "confirmed": (_("银行已确认"), Q(confirmed_at__isnull=False)),
    "payable": (_("待汇付"), Q(state=Cash.BANKED, confirmed_at__isnull=False)),
    "remitted": (_("已汇付"), Q(state=Cash.REMITTED)),
}
"""Which rows a sum is made of, of those collected on the day."""

EQUATIONS = (
    ("collected", ("counted", "in_hand", "written_off")), ("counted", ("banked", "in_safe")), ("banked", ("confirmed", "unconfirmed")),
    ("confirmed", ("remitted", "payable")),
)  # fmt: skip
BOOKED = {"counted": Move.COUNT, "banked": Move.BANK, "remitted": Move.REMIT}
"""Sums that the movements tell too."""


@dataclass(frozen=True, slots=True)
class Term:
    part: str
    amount: Decimal

    @property
    def label(self) -> Any:
        return PARTS[self.part][0]


@dataclass(frozen=True, slots=True)
class Equation:
    """`booked` is the left side by the movements, where they tell it; both have to be the same."""

    left: Term
    right: tuple[Term, ...]
    booked: Decimal

    @property
    def gap(self) -> Decimal:
        """Return by how much the rows, or the movements, differ from what they should add up to."""
        return self.left.amount - sum((term.amount for term in self.right), Decimal()) or self.left.amount - self.booked


@dataclass(frozen=True, slots=True)
class Day:
    """One branch's collections of one day."""

    unit: Unit
    on: date
    equations: tuple[Equation, ...]

    @property
    def ties_out(self) -> bool:
        return not any(equation.gap for equation in self.equations)


def cohort(person: Person, since: datetime, until: datetime) -> QuerySet[CashOnDelivery, CashOnDelivery]:
    """Return what was collected in [since, until) by the units one sees."""
    rows: QuerySet[CashOnDelivery, CashOnDelivery] = CashOnDelivery.objects.visible_to(person)
    return rows.filter(collected_at__gte=since, collected_at__lt=until, unit__isnull=False)


def days(person: Person, since: datetime, until: datetime) -> list[Day]:
    """Return branch and day with its equations, the latest day first: three queries."""
    rows = cohort(person, since, until)
    local_day = TruncDate("collected_at", tzinfo=SHANGHAI)
    sums = {name: Sum("amount", filter=condition) for name, (_label, condition) in PARTS.items() if name != "collected"}
    found = list(rows.order_by().values("unit", on=local_day).annotate(collected=Sum("amount"), **sums))
    moves = CashMovement.objects.filter(cash__in=rows.values("pk")).order_by()
    booked: dict[tuple[int, date], dict[str, Decimal]] = defaultdict(dict)
    of_day = moves.values_list("cash__unit", TruncDate("cash__collected_at", tzinfo=SHANGHAI), "kind")
    for unit, on, kind, amount in of_day.annotate(Sum("amount")):
        booked[unit, on][kind] = amount.quantize(CENT)
    units = Unit.objects.in_bulk({row["unit"] for row in found})
    told = [Day(units[row["unit"]], row["on"], _equations(row, booked[row["unit"], row["on"]])) for row in found]
    return sorted(told, key=lambda day: (-day.on.toordinal(), day.unit.code))


def _equations(row: Mapping[str, Any], booked: Mapping[str, Decimal]) -> tuple[Equation, ...]:
    amounts = {name: (row[name] or Decimal()).quantize(CENT) for name in PARTS}
    return tuple(
        Equation(
            Term(left, amounts[left]), tuple(Term(part, amounts[part]) for part in right), _booked(left, amounts, booked)
        )
        for left, right in EQUATIONS
    )  # fmt: skip


def _booked(left: str, amounts: Mapping[str, Decimal], booked: Mapping[str, Decimal]) -> Decimal:
    """What the movements say of the left side; the bank's confirmation moves no money, so its payouts speak for it."""
    zero = Decimal()
    if left == "collected":
        return booked.get(Move.COLLECT, zero) - booked.get(Move.TAKE_BACK, zero)
    if left == "confirmed":
        return booked.get(Move.REMIT, zero) + amounts["payable"]
    return booked.get(BOOKED[left], zero)
