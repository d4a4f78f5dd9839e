"""Reverse penalties by counter-entries, and bring them back the same way (§1.7.4, design §6.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from core import rows
from core.journal import Fact, publish
from core.models import Actor
from penalties.choices import Booking, State
from penalties.models import LedgerEntry, Penalty
from penalties.services.booking import line, month_of
from penalties.services.telling import told
from rulebook.events import On

MOVED = ("state", "reason", "reversed_at", "since", "last_actor", "last_at")


@transaction.atomic
def reverse(*, cause: str, reason: str, by: Actor, at: datetime) -> list[Penalty]:
    """Reverse every penalty of a cause that stands, also what was settled: what was taken is paid back by the next run."""
    penalties = list(Penalty.objects.filter(cause=cause).exclude(state=State.REVERSED).locked().order_by("pk"))
    with rows.together():
        if facts := reverse_all(penalties, reason=reason, by=by, at=at):
            publish(*facts)
    return penalties


@transaction.atomic
def reinstate(*, cause: str, reason: str, by: Actor, at: datetime) -> list[Penalty]:
    """Bring back every reversed penalty of a cause, by a new counter-entry."""
    penalties = list(Penalty.objects.filter(cause=cause, state=State.REVERSED).locked().order_by("pk"))
    with rows.together():
        if facts := reinstate_all(penalties, reason=reason, by=by, at=at):
            publish(*facts)
    return penalties


def reverse_all(penalties: Sequence[Penalty], *, reason: str, by: Actor, at: datetime) -> list[Fact]:
    """Reverse locked penalties; return the facts. An appeal that waits is thereby answered."""
    bookings = [
        line(each, Booking.REVERSE, each.booked, month=month_of(at), at=at, by=by) for each in penalties if each.booked
    ]
    for each in penalties:
        each.reverse(reason=reason, at=at)
    return _moved(penalties, bookings, On.PENALTY_REVERSED, reason, by, at)


def reinstate_all(penalties: Sequence[Penalty], *, reason: str, by: Actor, at: datetime) -> list[Fact]:
    """Reinstate locked penalties that were reversed; return the facts."""
    for each in penalties:
        each.reinstate()
    bookings = [
        line(each, Booking.REINSTATE, each.booked, month=month_of(at), at=at, by=by) for each in penalties if each.booked
    ]
    return _moved(penalties, bookings, On.PENALTY_IMPOSED, reason, by, at)


def _moved(
    penalties: Iterable[Penalty], bookings: Sequence[LedgerEntry], name: On, reason: str, by: Actor, at: datetime
) -> list[Fact]:
    for each in penalties:
        each.since, each.last_actor, each.last_at = month_of(at), by.id, at
    rows.write_back(list(penalties), *MOVED)
    rows.insert(bookings)
    return [told(name, each, now=at, by=by, reason=reason) for each in penalties]
