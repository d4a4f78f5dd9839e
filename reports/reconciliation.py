"""The money collected on a day at a branch, for shippers and as freight, and where it is now: movements against rows (§4.3.3.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from delivery.choices import Cash, Freight, Move
from delivery.models import CashMovement, CashOnDelivery, FreightMovement, FreightReceipt
from network.models import Person, Unit
from rulebook.due import SHANGHAI

CENT = Decimal("0.01")
OF_CASH: dict[str, tuple[Any, Q]] = {
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
OF_FREIGHT: dict[str, tuple[Any, Q]] = {
    "freight": (_("到付运费已收"), Q()),
    "freight_in_hand": (_("运费在收款人手中"), Q(state=Freight.COLLECTED)),
    "freight_counted": (_("运费已清点"), Q(counted_at__isnull=False)),
    "freight_in_safe": (_("运费库存待存行"), Q(state=Freight.COUNTED)),
    "freight_banked": (_("运费已存行"), Q(banked_at__isnull=False)),
}
PARTS = OF_CASH | OF_FREIGHT
"""Which rows a sum is made of, of those collected on the day."""

EQUATIONS = (
    ("collected", ("counted", "in_hand", "written_off")), ("counted", ("banked", "in_safe")), ("banked", ("confirmed", "unconfirmed")),
    ("confirmed", ("remitted", "payable")),
)  # fmt: skip
FREIGHT_EQUATIONS = (
    ("freight", ("freight_counted", "freight_in_hand")), ("freight_counted", ("freight_banked", "freight_in_safe")),
)  # fmt: skip
BOOKED = {"counted": Move.COUNT, "banked": Move.BANK, "remitted": Move.REMIT, "freight_counted": Move.COUNT}
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


Rows = QuerySet[CashOnDelivery, CashOnDelivery] | QuerySet[FreightReceipt, FreightReceipt]
Key = tuple[int, date]


def cohort(person: Person, since: datetime, until: datetime, part: str = "collected") -> Rows:
    """Return what was collected in [since, until) by the units one sees: for shippers, or as freight if the part is of it."""
    if part in OF_FREIGHT:
        rows: Rows = FreightReceipt.objects.visible_to(person).standing()
    else:
        rows = CashOnDelivery.objects.visible_to(person)
    return rows.filter(collected_at__gte=since, collected_at__lt=until, unit__isnull=False)


def days(person: Person, since: datetime, until: datetime) -> list[Day]:
    """Return branch and day with its equations, the latest day first: five queries."""
    cash, freight = cohort(person, since, until), cohort(person, since, until, "freight")
    told: dict[Key, list[Equation]] = defaultdict(list)
    for rows, moves, link, parts, equations in (
        (cash, CashMovement, "cash", OF_CASH, EQUATIONS), (freight, FreightMovement, "receipt", OF_FREIGHT, FREIGHT_EQUATIONS),
    ):  # fmt: skip
        booked = _moved(moves, link, rows)
        for key, sums in _sums(rows, parts):
            told[key] += _equations(sums, parts, equations, booked[key])
    units = Unit.objects.in_bulk({unit for unit, _on in told})
    found = [Day(units[unit], on, tuple(equations)) for (unit, on), equations in told.items()]
    return sorted(found, key=lambda day: (-day.on.toordinal(), day.unit.code))


def _sums(rows: Rows, parts: Mapping[str, tuple[Any, Q]]) -> list[tuple[Key, Mapping[str, Any]]]:
    sums = {f"sum_{name}": Sum("amount", filter=condition) for name, (_label, condition) in parts.items()}
    found = rows.order_by().values("unit", on=TruncDate("collected_at", tzinfo=SHANGHAI)).annotate(**sums)
    return [((row["unit"], row["on"]), row) for row in found]


def _moved(moves: type[Model], link: str, rows: Rows) -> dict[Key, dict[str, Decimal]]:
    """Return by branch and day of collection what the movements of each kind add up to."""
    booked: dict[Key, dict[str, Decimal]] = defaultdict(dict)
    on = TruncDate(f"{link}__collected_at", tzinfo=SHANGHAI)
    of_day = moves._default_manager.filter(**{f"{link}__in": rows.values("pk")}).order_by()
    for unit, day, kind, amount in of_day.values_list(f"{link}__unit", on, "kind").annotate(Sum("amount")):
        booked[unit, day][kind] = amount.quantize(CENT)
    return booked


def _equations(
    row: Mapping[str, Any], parts: Mapping[str, Any], equations: tuple[tuple[str, tuple[str, ...]], ...],
    booked: Mapping[str, Decimal],
) -> list[Equation]:  # fmt: skip
    amounts = {name: (row[f"sum_{name}"] or Decimal()).quantize(CENT) for name in parts}
    return [
        Equation(
            Term(left, amounts[left]), tuple(Term(part, amounts[part]) for part in right), _booked(left, amounts, booked)
        )
        for left, right in equations
    ]  # fmt: skip


def _booked(left: str, amounts: Mapping[str, Decimal], booked: Mapping[str, Decimal]) -> Decimal:
    """What the movements say of the left side; the bank's confirmation moves no money, so its payouts speak for it."""
    zero = Decimal()
    if left in ("collected", "freight"):
        return booked.get(Move.COLLECT, zero) - booked.get(Move.TAKE_BACK, zero)
    if left == "confirmed":
        return booked.get(Move.REMIT, zero) + amounts["payable"]
    return booked.get(BOOKED[left], zero)
