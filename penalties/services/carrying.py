"""Does each breach carry its fines, and nothing else? Breached steps on one side, penalties on the other (§1.7.2, design §6.12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from penalties.choices import State as Fined
from penalties.models import Penalty
from penalties.services.payers import Charge, Payers
from rulebook.fines import FINES_FOR_BREACH, fines_for_breach
from sla.choices import State, StepKind
from sla.models import Step

OF_STEP = "step/"
BLOCK = 5_000  # rows in memory at a time
STANDS = ~Q(state=Fined.REVERSED)
WAS_CARRIED = STANDS | Q(objection__granted=True)


@dataclass(frozen=True, slots=True)
class CarriedFault:
    """A step (its key and clause) that carries another number of fines than its breach asks for."""

    step: str
    clause: str
    owed: int
    carried: int


def carried_faults(since: datetime | None = None) -> Iterator[CarriedFault]:
    """
    Yield each step, since an instant or of all, whose breach and whose fines do not agree, in either direction.

    A fine that an appeal has reversed was carried all the same; one of a step that is not breached stands for nothing.
    """
    carried, standing = _carried(since), _carried(since, STANDS)
    missing: list[Step] = []
    for step in _breached(since).iterator(BLOCK):
        key = f"{OF_STEP}{step.pk}"
        standing.pop(key, None)
        if carried.get(key, 0) != len(fines_for_breach(step.clause)):
            missing.append(step)
    for step in missing:  # two posts in one hand are fined once
        if (owed := _payers(step)) != (count := carried.get(f"{OF_STEP}{step.pk}", 0)):
            yield CarriedFault(str(step.pk), step.clause, owed, count)
    for key, count in sorted(standing.items()):
        yield CarriedFault(key.removeprefix(OF_STEP), "", 0, count)


def breaches_fined(since: datetime | None = None) -> tuple[int, int]:
    """Return how many steps are breached that carry fines, and how many fines those are."""
    return _breached(since).count(), sum(_carried(since).values())


def _breached(since: datetime | None) -> QuerySet[Step]:
    found = Step.objects.filter(clause__in=FINES_FOR_BREACH, state=State.BREACHED).exclude(kind=StepKind.WARN)
    return found.filter(at__gte=since) if since else found


def _carried(since: datetime | None, which: Q = WAS_CARRIED) -> Counter[str]:
    found = Penalty.objects.filter(which, cause__startswith=OF_STEP)
    found = found.filter(at__gte=since) if since else found
    return Counter(found.values_list("cause", flat=True).iterator(BLOCK))


def _payers(step: Step) -> int:
    person = step.responsible_person_id
    charge = Charge(
        rows=fines_for_breach(step.clause), cause=f"{OF_STEP}{step.pk}", at=step.at, now=step.at,
        unit=step.responsible_unit_id, person=person, leader=person,
    )  # fmt: skip
    payers = Payers([charge])
    return len({payer.key for row in charge.rows for payer in payers.of(charge, row)})
