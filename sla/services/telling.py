"""Who answers for a breach, and the facts that tell of breaches and corrections."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.journal import Fact
from core.models import SYSTEM
from network.services import Answerable
from rulebook.events import On
from rulebook.limits import LIMITS
from rulebook.roles import Role
from sla.models import Step


def name_answerable(breached: Sequence[tuple[Step, datetime]]) -> None:
    """Fix, on every step that is breached, the unit and the person who answered for it at its due instant (§1.2.1.6)."""
    if not breached:
        return
    clocks = [step.deadline for step, _now in breached]
    answerable = Answerable({unit for d in clocks if (unit := d.responsible_id or d.holder_id)})
    for step, now in breached:
        unit = step.deadline.responsible_id or step.deadline.holder_id
        step.announced_at = step.announced_at or now
        step.responsible_unit_id = unit
        person = answerable.person(_answers(step), unit, step.at)
        step.responsible_person_id = person or answerable.person(Role.CALL_CENTRE_MANAGER, unit, step.at)


def _answers(step: Step) -> str:
    rows = LIMITS[step.deadline.clause].steps
    return next((row.answers for row in rows if row.kind == step.kind and row.clause == step.clause), "")


def told(name: On, step: Step, now: datetime) -> Fact:
    """Return the fact that a step was breached, or that this was corrected, learned now."""
    deadline = step.deadline
    also = [f"deadline/{deadline.pk}"] + ([f"order/{deadline.order_id}"] if deadline.order_id else [])
    return Fact(
        name=name, subject=deadline.subject, at=step.at, recorded=now, by=SYSTEM, in_sequence=False,
        order=deadline.order.number if deadline.order else "", also=tuple(a for a in also if a != deadline.subject),
        data={
            "deadline": str(deadline.pk), "step": str(step.pk), "kind": step.kind, "clause": step.clause,
            "holder": deadline.holder_id, "unit": step.responsible_unit_id, "person": step.responsible_person_id,
            "late": step.late, "state": step.state,
        },
    )  # fmt: skip
