"""The e-commerce department's list each morning: what yesterday should have ended and did not (§1.2.2.c, §1.2.2.a)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from network.models import Person
from orders.choices import OPEN
from rulebook.due import at
from sla.choices import State, StepKind
from sla.models import Step

NOT_ENDED, NOT_ACCEPTED = "§1.2.2.c", "§1.2.2.a"


@dataclass(frozen=True, slots=True)
class DayEnd:
    """The lists of one day. Collected goods are never listed for cancelling, only for billing (§1.2.2.c)."""

    day: date
    to_bill: Sequence[Step]
    to_end: Sequence[Step]
    accepted_late: Sequence[Step]


def of_day(day: date, person: Person) -> DayEnd:
    """Return the lists of a day that the person may see: missed at its 24:00 (§1.2.2.c), at its 23:00 (§1.2.2.a)."""
    held = person.scope("deadline__holder__path")
    unended = list(missed(NOT_ENDED, day).filter(held))
    return DayEnd(
        day=day,
        to_bill=[step for step in unended if _collected(step)],
        to_end=[step for step in unended if not _collected(step)],
        accepted_late=list(missed(NOT_ACCEPTED, day).filter(held)),
    )


def still_open(steps: Sequence[Step]) -> list[Step]:
    """Return those whose order has been neither billed nor cancelled meanwhile."""
    return [step for step in steps if step.deadline.order and step.deadline.order.state in OPEN]


def missed(clause: str, day: date) -> QuerySet[Step]:
    """Return the steps of a clause due in a day and missed, in all units; a duty of 24:00 is due at 00:00 (§0.5)."""
    steps = Step.objects.filter(clause=clause, kind=StepKind.DUE, state=State.BREACHED, at__gt=at(day), at__lte=at(day, 24))
    return steps.select_related("deadline__order__branch", "responsible_person").order_by(
        "deadline__holder__path", "at", "pk"
    )


def _collected(step: Step) -> bool:
    order = step.deadline.order
    return bool(order and order.collected_at and not order.handed_back_at)
