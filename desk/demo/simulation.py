"""Play whole days through the real services and say how the figures came out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from django.db import connection
from django.db.models import Count, QuerySet

from complaints.models import Complaint
from desk.demo.fining import months, plan_months
from desk.demo.founding import Company, build, company_unit, known
from desk.demo.habits import ORDINARY, Habits, arrivals
from desk.demo.lives import World
from desk.demo.offices import plan_mornings
from desk.demo.timeline import Timeline
from network.choices import UnitKind
from network.models import Unit
from reports import responsibility
from reports.kpis import Period, Score, scores
from reports.ties import Tie, ties
from rulebook.categories import CATEGORIES
from rulebook.due import at, local
from sla.choices import State, StepKind
from sla.models import Step

SETTLING = timedelta(
    hours=36
)  # after the last order until every outcome of §1.5.3 is known and the day's duties are judged
FIRST_COUNT = 256  # acts
FOUNDED_BEFORE = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to play: so many orders over so many days from a first day on, told by a seed."""

    orders: int
    first: date
    days: int
    seed: int
    habits: Habits = ORDINARY

    @property
    def period(self) -> Period:
        return Period(at(self.first), at(self.first, 24, days=self.days - 1))


@dataclass(frozen=True, slots=True)
class Outcome:
    scores: list[Score]
    breaches: QuerySet[Step]
    ties: list[Tie]
    reports: list[responsibility.Report]
    complaints: Counter[str]
    refused: dict[str, int]
    ticks: int
    announced: int


def play(plan: Plan, *, name: str, on_act: Callable[[], object]) -> Outcome:
    """Play the plan in the present database, founding the demo company where there is none."""
    rng = Random(plan.seed)  # noqa: S311 - repeatable by seed is the purpose
    period = plan.period
    company = _company(rng, name, period.since)
    timeline = Timeline(period.since, on_act=_analysing(on_act))
    world = World(company, rng, timeline, plan.habits, plan.seed)
    for instant in arrivals(rng, count=plan.orders, start=period.since, end=period.until):
        timeline.plan(instant, world.place_order)
    plan_mornings(world, period.since, period.until + SETTLING)
    end = period.until + SETTLING
    plan_months(world, period.since, period.until, end)
    timeline.play(end)
    reports = [_responsibility(month, timeline.now) for month in months(period.since, period.until)]
    unit = company_unit() or Unit.objects.get(parent=None)
    return Outcome(
        scores=scores(unit, period, now=timeline.now), breaches=_breaches(period), ties=[*ties(), *_ties(reports)], reports=reports, complaints=_complaints(),
        refused=dict(timeline.refused), ticks=timeline.ticks, announced=timeline.announced,
    )  # fmt: skip


def _analysing(on_act: Callable[[], object]) -> Callable[[], None]:
    """Have the database count its rows anew whenever twice as much was done: plans made for small tables are slow on large ones."""
    acts = 0

    def done() -> None:
        nonlocal acts
        acts += 1
        if acts >= FIRST_COUNT and acts & (acts - 1) == 0:
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        on_act()

    return done


def _company(rng: Random, name: str, now: datetime) -> Company:
    return known() if company_unit() else build(rng, name=name, now=now - FOUNDED_BEFORE)


def _responsibility(month: date, now: datetime) -> responsibility.Report:
    return responsibility.of_month(month, Unit.objects.get(kind=UnitKind.COMPANY), now=now)


def _complaints() -> Counter[str]:
    """Count what customers complained of, by category (§1.6.1)."""
    filed = Complaint.objects.filter(internal=False).values_list("category").annotate(Count("pk")).order_by()
    return Counter({CATEGORIES[code].zh: count for code, count in filed})


def _ties(reports: list[responsibility.Report]) -> Iterator[Tie]:
    """Yield what each month's report of responsibility has to hold (§1.6, §1.7)."""
    for report in reports:
        for tie in report.ties():
            yield replace(tie, name=f"{report.month:%Y-%m} 责任 {tie.name}")


def _breaches(period: Period) -> QuerySet[Step]:
    """Return the steps breached (also those excused later) in the period, with what names them, oldest first."""
    missed = Step.objects.filter(state__in=(State.BREACHED, State.EXCUSED), at__gte=period.since, at__lt=period.until)
    named = missed.exclude(kind=StepKind.WARN).select_related(
        "deadline__order", "responsible_unit", "responsible_person"
    )
    return named.order_by("at", "deadline__order__number", "clause")


def lines(breaches: QuerySet[Step]) -> Iterator[str]:
    """Say each breach in a line: when, clause, order, branch, person."""
    for step in breaches.iterator(chunk_size=1000):
        order = step.deadline.order.number if step.deadline.order else ""
        unit = step.responsible_unit.name if step.responsible_unit else "—"
        person = (
            f"{step.responsible_person.name}（{step.responsible_person.number}）" if step.responsible_person else "—"
        )
        excused = "（已免责）" if step.state == State.EXCUSED else ""
        yield f"{local(step.at):%m-%d %H:%M:%S}  {step.clause:<10} {order}  {unit}  {person}{excused}"
