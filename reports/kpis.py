"""The figures of §1.5 for a unit and a period, and the rows behind each. Counted in the database, never in a loop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from django.db.models import Case, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, StrIndex, Substr
from django.utils.translation import gettext as _

from network.choices import UnitKind
from network.models import Person, Unit
from orders.models import Order
from rulebook.channels import CHANNELS
from rulebook.due import at
from rulebook.errors import Denied
from rulebook.events import On
from rulebook.kpis import KPIS, SUCCESS_WITHIN, Kpi, share
from sla.choices import State, StepKind
from sla.models import Step

TIMELY, INFORMATION, SUCCESS, ASSIGNMENT = "timely_handling", "information_entry", "success", "timely_assignment"
ACCEPTANCE, ASSIGNING, REASON = "§1.2.1.1", "§1.2.1.3", "§1.2.1.4r"
PART, WHOLE, MISSED = "part", "whole", "missed"
OFFLINE = [channel.code for channel in CHANNELS.values() if not channel.online]

FIGURES: dict[str, Kpi] = {
    **{code: KPIS[code] for code in (TIMELY, INFORMATION, SUCCESS)},
    ASSIGNMENT: Kpi(
        clause="§1.5.1", code=ASSIGNMENT, zh="分配及时率", en="Timely-assignment rate",
        part_zh="10 分钟内分配的订单", part_en="orders assigned within 10 min",
        whole_zh="期内已分配或已到期的分配时限", whole_en="assignment limits of the period met or past due",
    ),
}  # fmt: skip
"""What the manager's page shows: the three of §1.5, and the call centre's own "likewise" of §1.5.1."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` (inclusive) to `until` (exclusive)."""

    since: datetime
    until: datetime

    @classmethod
    def days(cls, first: date, last: date) -> Period:
        """Return the local days from first to last, both included."""
        return cls(at(first), at(last, 24))


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A part of a unit's figures: one channel, one clerk (by person's key), or both; empty means all."""

    channel: str = ""
    clerk: int | None = None


ALL = Narrowing()


@dataclass(frozen=True, slots=True)
class Score:
    """One figure: so many of so many. `beside` counts the same-day reasons shown next to §1.5.2."""

    kpi: Kpi
    part: int
    whole: int
    beside: int | None = None

    @property
    def share(self) -> Decimal | None:
        """Return part of whole with four decimals, None where there is nothing to divide by."""
        return share(self.part, self.whole)

    @property
    def missed(self) -> int:
        return self.whole - self.part


def check_may_see(person: Person, unit: Unit) -> None:
    """:raises Denied: the unit lies outside what the person may see"""
    if not Unit.objects.visible_to(person).filter(pk=unit.pk).exists():
        raise Denied(_("您无权查看该单位的指标。"))


def scores(unit: Unit, period: Period, *, now: datetime, narrowing: Narrowing = ALL) -> list[Score]:
    """Return every figure of a unit and all below it."""
    return [score(code, unit, period, now=now, narrowing=narrowing) for code in FIGURES]


def score(code: str, unit: Unit, period: Period, *, now: datetime, narrowing: Narrowing = ALL) -> Score:
    counted = _whole(code, unit, period, now, narrowing).aggregate(**_counts(code))
    return Score(FIGURES[code], **counted)


def rows(
    code: str, unit: Unit, period: Period, side: str, *, now: datetime, narrowing: Narrowing = ALL
) -> QuerySet[Any]:
    """Return what is behind a number, oldest first: steps of clocks, for the success rate orders.

    :param side: PART (what counts for it), WHOLE (all that counts) or MISSED (what counts against it)
    """
    counted = _whole(code, unit, period, now, narrowing)
    if side == PART:
        counted = counted.filter(_part(code))
    elif side == MISSED:
        counted = counted.exclude(pk__in=counted.filter(_part(code)).values("pk"))
    if code == SUCCESS:
        return counted.select_related("branch").order_by("placed_at", "pk")
    return counted.select_related("deadline__order", "deadline__holder", "responsible_person").order_by("at", "pk")


def _counts(code: str) -> dict[str, Count]:
    counts = {"whole": Count("pk"), "part": Count("pk", filter=_part(code))}
    if code == INFORMATION:
        counts["beside"] = Count("pk", filter=_part(code) & Q(state=State.MET))
    return counts


def _part(code: str) -> Q:
    """Return what counts for a figure, among its whole."""
    if code == INFORMATION:
        return Q(deadline__order__reason_confirmed_at__isnull=False)
    if code == SUCCESS:
        return Q(waybilled_at__lte=F("placed_at") + SUCCESS_WITHIN)
    return Q(state=State.MET)


def _whole(code: str, unit: Unit, period: Period, now: datetime, narrowing: Narrowing) -> QuerySet[Any]:
    if code == SUCCESS:
        return _placed(unit, period, now, narrowing)
    if code == INFORMATION:
        return _cancelled(unit, period, narrowing)
    clause = ASSIGNING if code == ASSIGNMENT else ACCEPTANCE
    return _judged(clause, unit, period, now, narrowing)


def _judged(clause: str, unit: Unit, period: Period, now: datetime, narrowing: Narrowing) -> QuerySet[Step]:
    """Return the steps of a limit that fell due in the period and were met or are past due (§1.5.1).

    A step still open past its instant counts against, as overdue orders never accepted do; replaced, void and excused
    ones leave both sides. A step counts in the period of its due instant.
    """
    steps = Step.objects.filter(clause=clause, kind=StepKind.DUE, at__gte=period.since, at__lt=period.until)
    steps = steps.filter(Q(state__in=(State.MET, State.BREACHED)) | Q(state=State.OPEN, at__lt=now))
    if narrowing.channel:
        steps = steps.filter(deadline__order__channel=narrowing.channel)
    if narrowing.clerk is not None:
        steps = steps.filter(
            deadline__stop_entry__actor_kind="person", deadline__stop_entry__actor_id=str(narrowing.clerk)
        )
    return _answered_for(steps, unit)


ANSWERING = Coalesce(
    "responsible_unit__path",
    Case(When(state=State.OPEN, then="deadline__responsible__path")),
    "deadline__holder__path",
)
"""Who a step counts for: the unit that is or will be fixed at its breach (§1.2.1.6), else the clock's holder."""


def _answered_for(steps: QuerySet[Step], unit: Unit) -> QuerySet[Step]:
    if unit.kind == UnitKind.COMPANY:
        return steps
    return steps.annotate(answering=ANSWERING).filter(answering__gte=unit.path, answering__lt=unit.path_end)


def _cancelled(unit: Unit, period: Period, narrowing: Narrowing) -> QuerySet[Step]:
    """Return the steps of the reasons of the orders cancelled in the period (§1.5.2).

    Every cancellation starts that clock, so its steps find the orders by their index, without a scan.
    """
    steps = Step.objects.filter(
        clause=REASON, kind=StepKind.DUE, at__gt=period.since, at__lte=at(period.until, 24),
        deadline__order__cancelled_at__gte=period.since, deadline__order__cancelled_at__lt=period.until,
    )  # fmt: skip
    if narrowing.channel:
        steps = steps.filter(deadline__order__channel=narrowing.channel)
    if narrowing.clerk is not None:
        steps = steps.filter(
            deadline__stop_entry__actor_kind="person", deadline__stop_entry__actor_id=str(narrowing.clerk)
        )
    return _answered_for(steps, unit)


def _placed(unit: Unit, period: Period, now: datetime, narrowing: Narrowing) -> QuerySet[Order]:
    """Return the online orders placed in the period that succeeded or are older than 24 h (§1.5.3)."""
    placed = Order.objects.filter(placed_at__gte=period.since, placed_at__lt=period.until).exclude(channel__in=OFFLINE)
    orders: QuerySet[Order] = placed.filter(_part(SUCCESS) | Q(placed_at__lt=now - SUCCESS_WITHIN))
    if narrowing.channel:
        orders = orders.filter(channel=narrowing.channel)
    if narrowing.clerk is not None:
        orders = orders.filter(accepted_by=narrowing.clerk)
    if unit.kind == UnitKind.COMPANY:
        return orders
    return orders.filter(branch__path__gte=unit.path, branch__path__lt=unit.path_end)


# The same figure, split.


def by_unit(code: str, unit: Unit, period: Period, *, now: datetime) -> list[tuple[Unit, Score]]:
    """Return the figure of each unit right below this one that has anything to count, in order of codes."""
    path = F("branch__path") if code == SUCCESS else ANSWERING
    rest = Substr(path, len(unit.path) + 1)
    counted = _whole(code, unit, period, now, ALL).annotate(rest=rest).exclude(rest=None).order_by()
    counted = counted.annotate(below=Substr("rest", 1, StrIndex("rest", Value("/"))))
    found = {row.pop("below"): row for row in counted.values("below").annotate(**_counts(code))}
    units = Unit.objects.filter(path__in=[unit.path + key for key in found if key]).order_by("code")
    return [(each, Score(FIGURES[code], **found[each.path.removeprefix(unit.path)])) for each in units]


def by_channel(code: str, unit: Unit, period: Period, *, now: datetime) -> dict[str, Score]:
    """Return the figure of each channel that has anything to count."""
    field = "channel" if code == SUCCESS else "deadline__order__channel"
    return {str(key): value for key, value in _split(code, unit, period, now, field).items()}


def by_clerk(code: str, unit: Unit, period: Period, *, now: datetime) -> list[tuple[Person, Score]]:
    """Return the figure of each member of staff whose act ended what was counted; what nobody ended has no clerk."""
    field = "accepted_by" if code == SUCCESS else "deadline__stop_entry__actor_id"
    acted = Q() if code == SUCCESS else Q(deadline__stop_entry__actor_kind="person")
    found = {str(key): value for key, value in _split(code, unit, period, now, field, acted).items() if key}
    people = Person.objects.filter(pk__in=[int(key) for key in found]).order_by("number")
    return [(person, found[str(person.pk)]) for person in people]


def _split(
    code: str, unit: Unit, period: Period, now: datetime, field: str, only: Q | None = None
) -> dict[object, Score]:
    counted = _whole(code, unit, period, now, ALL).filter(only or Q()).annotate(split=F(field)).order_by()
    grouped = counted.values("split").annotate(**_counts(code))
    return {row.pop("split"): Score(FIGURES[code], **row) for row in grouped}


# Minutes to acceptance.


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long customers waited for acceptance: median and 90th percentile (nearest rank), of so many acceptances."""

    count: int
    median: timedelta | None
    p90: timedelta | None


def waiting(unit: Unit, period: Period, *, now: datetime, narrowing: Narrowing = ALL) -> Waiting:
    """Return the time from reaching the branch to acceptance, over the limits of §1.5.1 that were accepted."""
    steps = _judged(ACCEPTANCE, unit, period, now, narrowing).filter(deadline__stop_entry__name=On.ORDER_ACCEPTED)
    took = ExpressionWrapper(F("deadline__stopped_at") - F("deadline__started_at"), output_field=DurationField())
    ordered = steps.annotate(took=took).order_by("took").values_list("took", flat=True)
    count = ordered.count()
    return Waiting(count, _ranked(ordered, count, 0.5), _ranked(ordered, count, 0.9))


def _ranked(ordered: QuerySet[Step, Any], count: int, quantile: float) -> timedelta | None:
    return ordered[ceil(quantile * count) - 1] if count else None
