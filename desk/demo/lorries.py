"""The evening's lorry of a branch: what is on its load plan leaves in one act (§2.1.2.1)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from delivery import services as delivery
from rulebook.due import at
from rulebook.roles import Role

if TYPE_CHECKING:
    from desk.demo.journeys import Journey

TAKES = {"most_kg": Decimal(18_000), "most_m3": Decimal(60)}


def put_on(journey: Journey, evening: datetime) -> None:
    """Have the goods leave with the lorry that the branch loads this evening; the first ones on it make it go."""
    leaves = at(evening, 20, 59)
    waiting = journey.world.lorries.setdefault((journey.origin.pk, leaves), [])
    waiting.append(journey)
    if len(waiting) == 1:
        journey.then(leaves, lambda now: _leave(waiting, now))


def _leave(waiting: list[Journey], now: datetime) -> None:
    first = waiting[0]
    clerk = first.post(first.origin, Role.BRANCH_CLERK)
    plan = delivery.open_load(clerk=clerk, now=now, line=f"{first.origin.name}—干线", vehicle=first.vehicle(), **TAKES)
    for journey in waiting:
        delivery.add_to_load(plan=plan.pk, number=journey.number, clerk=clerk, now=now)
    delivery.close_load(plan=plan.pk, clerk=clerk, now=now)
    for journey in waiting:
        journey.left(now)
