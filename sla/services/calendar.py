"""Working days and the clocks that count them: which open ones an edit of the calendar moves, and moving them (§0.6, §0.8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from core.journal import Fact, publish
from core.models import Entry
from network.models import Person
from network.services import calendar, set_day
from rulebook.events import On
from rulebook.limits import LIMITS, Limit
from rulebook.limits.model import Subject
from rulebook.workdays import Calendar
from sla.choices import State, StepKind
from sla.models import Deadline, DeadlineQuerySet, Step

WORKDAY_SUBJECTS = frozenset({Subject.COMPLAINT, Subject.CLAIM, Subject.TICKET, Subject.MAIL})
"""What is counted in working days; orders, pickups and shipments go by hours and calendar days. A test holds this."""


@dataclass(frozen=True, slots=True)
class Move:
    """An open clock whose due time another calendar changes."""

    deadline: Deadline
    old_due: datetime
    new_due: datetime


def counts_workdays(limit: Limit) -> bool:
    return limit.subject in WORKDAY_SUBJECTS


def calendar_for(limits: Iterable[Limit]) -> Calendar | None:
    """Return the calendar as it stands where one of these limits needs it, and None, without a query, where none does."""
    return calendar() if any(counts_workdays(limit) for limit in limits) else None


def calendar_moves(calendar: Calendar, *, now: datetime) -> list[Move]:
    """Return the open clocks that this calendar would move, by their present due time. What ran out before stays (§0.10)."""
    return _moved(_movable(now), calendar)


def _movable(now: datetime) -> DeadlineQuerySet:
    clauses = [limit.clause for limit in LIMITS.values() if counts_workdays(limit)]
    running = Deadline.objects.open().filter(clause__in=clauses, state=State.OPEN, due_at__gte=now)
    return running.select_related("holder", "order").order_by("due_at", "pk")


def _moved(running: Iterable[Deadline], calendar: Calendar) -> list[Move]:
    return [move for deadline in running if (move := _move(deadline, calendar))]


def _move(deadline: Deadline, calendar: Calendar) -> Move | None:
    new = deadline.limit.due(deadline.started_at, deadline.known_facts(calendar))
    if deadline.due_at is None or new is None or new == deadline.due_at:
        return None
    return Move(deadline, deadline.due_at, new)


@transaction.atomic
def apply_calendar(
    day: date, *, is_workday: bool, confirmed: bool, source: str, person: Person, now: datetime
) -> list[Move]:
    """
    Enter a day of the calendar and replace the open clocks it moves by ones with the new due time; closed ones never move.

    :raises Denied: the person's posts do not carry the calendar
    """
    person.require("calendar")
    set_day(day, is_workday=is_workday, confirmed=confirmed, source=source)
    moves = _moved(_movable(now).select_for_update(of=("self",), no_key=True), calendar())
    [entry] = publish(_fact(day, is_workday, confirmed, moves, person, now))
    _close(moves, entry)
    copies = [_copy(move) for move in moves]
    Deadline.objects.bulk_create(copies)
    Step.objects.bulk_create([step for copy in copies for step in _steps(copy, now)])
    return moves


def _fact(day: date, is_workday: bool, confirmed: bool, moves: list[Move], person: Person, now: datetime) -> Fact:
    return Fact(
        name=On.CALENDAR_DAY_SET, subject=f"calendar/{day.isoformat()}", at=now, by=person.actor, in_sequence=False,
        data={
            "day": day.isoformat(), "is_workday": is_workday, "confirmed": confirmed,
            "deadlines": [str(move.deadline.pk) for move in moves],
        },
    )  # fmt: skip


def _close(moves: list[Move], entry: Entry) -> None:
    moved = Deadline.objects.filter(pk__in=[move.deadline.pk for move in moves])
    open_steps = Step.objects.filter(deadline__in=moved, state=State.OPEN)
    open_steps.filter(kind=StepKind.WARN).update(state=State.VOID)
    open_steps.exclude(kind=StepKind.WARN).update(state=State.REPLACED)
    moved.update(state=State.REPLACED, stopped_at=entry.occurred_at, stop_entry=entry)


def _copy(move: Move) -> Deadline:
    old = move.deadline
    return Deadline(
        clause=old.clause, rulebook=old.rulebook, subject=old.subject, order_id=old.order_id, holder_id=old.holder_id,
        responsible_id=old.responsible_id, start_entry_id=old.start_entry_id, started_at=old.started_at,
        due_at=move.new_due, facts=old.facts, replaces=old,
    )  # fmt: skip


def _steps(clock: Deadline, now: datetime) -> list[Step]:
    """Return the steps of a moved clock, without warnings whose time has gone by."""
    instants = clock.limit.instants(clock.started_at, clock.due_at) if clock.due_at else []
    return [
        Step(deadline=clock, kind=row.kind, clause=row.clause, at=at)
        for row, at in instants
        if row.kind != "warn" or at > now
    ]
