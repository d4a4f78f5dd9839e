"""What points, tiers and fines hear of adjudications, checks and breaches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from core.journal import Fact
from core.models import Entry
from penalties.services import findings, points
from rulebook.events import On

HEARERS: tuple[Mapping[On, Callable[[Entry], list[Fact]]], ...] = (points.HEARS, findings.HEARS)
"""Who hears what, in this order."""
HEARD = frozenset(name for heard in HEARERS for name in heard)


def on_adjudications(entries: Sequence[Entry]) -> Iterable[Fact]:
    """Draw the consequences of what was adjudicated, in the transaction that states it; nothing else is read."""
    told = [entry for entry in entries if entry.name in HEARD]
    return [fact for entry in told for heard in HEARERS if entry.name in heard for fact in heard[On(entry.name)](entry)]
