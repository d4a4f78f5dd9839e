"""The e-commerce department's list each morning: what yesterday should have ended and did not (§1.2.2.c, §1.2.2.a)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

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
    missed = list(_missed(NOT_ENDED, at(day), at(day, 24), person))
    return DayEnd(
        day=day,
        to_bill=[step for step in missed if _collected(step)],
        to_end=[step for step in missed if not _collected(step)],
        accepted_late=list(_missed(NOT_ACCEPTED, at(day), at(day, 24), person)),
    )


def still_open(steps: Sequence[Step]) -> list[Step]:
    """Return those whose order has been neither billed nor cancelled meanwhile."""
    return [step for step in steps if step.deadline.order and step.deadline.order.state in OPEN]


def _missed(clause: str, after: datetime, until: datetime, person: Person) -> QuerySet[Step]:
    """Return the steps of a clause due in (after, until] and missed; a duty of 24:00 is due at 00:00 (§0.5)."""
    steps = Step.objects.filter(clause=clause, kind=StepKind.DUE, state=State.BREACHED, at__gt=after, at__lte=until)
    steps = steps.filter(person.scope("deadline__holder__path"))
    return steps.select_related("deadline__order__branch", "responsible_person").order_by(
        "deadline__holder__path", "at", "pk"
    )


def _collected(step: Step) -> bool:
    order = step.deadline.order
    return bool(order and order.collected_at and not order.handed_back_at)
