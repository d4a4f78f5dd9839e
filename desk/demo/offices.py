"""What the offices do each day: branches file, the department decides (§1.4.2); cash is counted, banked and paid out."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.demo.cashdesk import count_the_day, pay_out, settle_short
from desk.demo.complaining import complain, work_complaints
from desk.demo.lives import World
from desk.demo.names import FILING_WORDS
from desk.demo.service import plan_service
from desk.demo.tending import follow_key_customers, tend_anomalies
from rulebook.due import at
from rulebook.roles import Role
from rulebook.windows import in_off_hours
from sla import services as sla
from sla.choices import FilingReason, FilingState, State
from sla.models import Deadline, Filing


def plan_mornings(world: World, start: datetime, end: datetime) -> None:
    """Plan the filings and decisions of every morning between two instants."""
    day = at(start, 8, 50)
    while day < end:
        if day > start:
            world.timeline.plan(day, lambda now: file_the_night(world, now))
            world.timeline.plan(day + timedelta(minutes=70), lambda now: decide(world, now))
            world.timeline.plan(day + timedelta(minutes=90), lambda now: settle_short(world, now))
            world.timeline.plan(day + timedelta(minutes=100), lambda now: pay_out(world, now))
        plan_service(world, day)
        world.timeline.plan(at(day, 19, 30), lambda now: count_the_day(world, now))
        world.timeline.plan(at(day, 11), lambda now: tend_anomalies(world, now))
        world.timeline.plan(at(day, 10, 10), lambda now: complain(world, now))
        world.timeline.plan(at(day, 11, 20), lambda now: work_complaints(world, now))
        world.timeline.plan(at(day, 14, 20), lambda now: complain(world, now))
        world.timeline.plan(at(day, 16), lambda now: work_complaints(world, now))
        world.timeline.plan(at(day, 15), lambda now: follow_key_customers(world, now))
        world.timeline.plan(at(day, 16, 30), lambda now: tend_anomalies(world, now))
        day += timedelta(days=1)


def file_the_night(world: World, now: datetime) -> None:
    """Each branch files the acceptances it missed in off-hours since the day before."""
    missed = Deadline.objects.filter(
        clause="§1.2.1.1", state=State.BREACHED, due_at__gte=now - timedelta(days=1), filings=None, holder__isnull=False
    )
    for clock in missed.select_related("holder").order_by("due_at", "order_id"):
        off_hours = any(in_off_hours(instant) for instant in (clock.started_at, clock.due_at) if instant)
        if off_hours and clock.holder and world.chance(world.habits.files_excuse):
            clerk = world.company.holder(clock.holder.code, Role.BRANCH_CLERK)
            words = world.rng.choice(FILING_WORDS)
            sla.file(deadline_id=str(clock.pk), clerk=clerk, reason=FilingReason.OFF_HOURS, text=words, now=now)


def decide(world: World, now: datetime) -> None:
    """The e-commerce department goes through the filings of the morning."""
    person = world.company.holder("EC", Role.DEPARTMENT)
    for filing in Filing.objects.filter(state=FilingState.FILED).order_by("pk"):
        grant = world.chance(world.habits.excuse_granted)
        sla.decide_filing(
            filing_id=filing.pk, person=person, grant=grant, decision="" if grant else "值班安排不足", now=now
        )
