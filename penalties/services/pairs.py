"""Two missed pickups in a row, at least one with a complaint: found when a pickup is missed or a customer complains (§1.7.2.8).

The department decides on each; listed, a pair counts as one whatever it decides (†).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from complaints.choices import State as Complained
from complaints.models import Complaint
from core.journal import Fact
from core.models import Entry
from network.models import Unit
from penalties.models import MissedPair
from penalties.services.booking import month_of
from penalties.services.points import lock_months
from penalties.services.watching import lapse_pair, list_pair
from rulebook.due import at
from rulebook.events import On
from rulebook.streaks import Pickup, missed_in_a_row
from sla.choices import State, StepKind
from sla.models import Deadline, Step

PICKUPS = ("§1.3.1.1", "§1.3.1.2")
SETTLED = (State.MET, State.BREACHED)
CLOCKS = frozenset({On.DEADLINE_BREACHED, On.DEADLINE_CORRECTED, On.DEADLINE_EXCUSED, On.EXCUSE_WITHDRAWN})
COMPLAINTS = frozenset(
    {On.COMPLAINT_FILED, On.COMPLAINT_RECATEGORISED, On.COMPLAINT_DISMISSED, On.COMPLAINT_UPHELD, On.COMPLAINT_REOPENED}
)
HEARD = CLOCKS | COMPLAINTS

BranchMonth = tuple[int, date]


def on_missed(entries: Sequence[Entry]) -> Iterable[Fact]:
    """Look again at the branch-months these facts concern; what is found is listed once, what no longer holds lapses."""
    told = [entry for entry in entries if entry.name in HEARD and entry.data.get("clause", PICKUPS[0]) in PICKUPS]
    if not told:
        return []
    now_missed = {e.data["deadline"]: e for e in told if e.name == On.DEADLINE_BREACHED}
    undone = {e.data.get("deadline") for e in told if e.name in (On.DEADLINE_CORRECTED, On.DEADLINE_EXCUSED)} - now_missed.keys()
    for branch, month in sorted(_concerned(told)):
        _look(branch, month, set(now_missed), undone, told[0])
    return []


def _concerned(entries: Sequence[Entry]) -> set[BranchMonth]:
    """Return the branches and months of the pickups these facts are about."""
    clocks = {e.data["deadline"] for e in entries if e.name in CLOCKS and e.data.get("deadline")}
    orders = {e.order_number for e in entries if e.name in COMPLAINTS and e.order_number}
    found = Deadline.objects.filter(clause__in=PICKUPS, due_at__isnull=False)
    rows = [*found.filter(pk__in=clocks), *(found.filter(order__number__in=orders) if orders else ())]
    return {(unit, month_of(row.due_at)) for row in rows if row.due_at and (unit := row.responsible_id or row.holder_id)}


def _look(branch: int, month: date, missed: set[str], undone: set[str], entry: Entry) -> None:
    unit = Unit.objects.get(pk=branch)
    lock_months([unit], month)
    pickups, dues = _pickups(unit, month, missed, undone)
    standing = {str(pair.second_id): pair for pair in MissedPair.objects.filter(branch=unit, month=month, reversed_at=None)}
    fine = {p.key: p for p in pickups if p.missed}
    for pair in list(standing.values()):
        both = [fine.get(str(key)) for key in (pair.first_id, pair.second_id)]
        if None in both or not any(p.complained for p in both if p):
            lapse_pair(pair, by=entry.actor, now=entry.recorded_at)
            MissedPair.objects.filter(pk=pair.pk).update(reversed_at=entry.recorded_at)
            del standing[str(pair.second_id)]
    fined = {str(key) for pair in standing.values() for key in (pair.first_id, pair.second_id)}
    for first, second in missed_in_a_row(pickups, fined):
        pair = MissedPair.objects.create(
            branch=unit, month=month, first_id=first, second_id=second, at=dues[second], found_at=entry.recorded_at
        )
        list_pair(pair, now=entry.recorded_at)


def _pickups(unit: Unit, month: date, missed: set[str], undone: set[str]) -> tuple[list[Pickup], dict[str, datetime]]:
    """Return a branch's pickups of a calendar month by due time that are met or missed; what these facts tell is not stored yet."""
    following = (month + timedelta(days=31)).replace(day=1)
    steps = Step.objects.filter(kind=StepKind.DUE, clause__in=PICKUPS, at__gte=at(month), at__lt=at(following))
    of_branch = steps.annotate(unit=Coalesce(F("deadline__responsible"), F("deadline__holder"))).filter(unit=unit.pk)
    columns = ("deadline", "state", "at", "deadline__order", "deadline__subject")
    rows = [row for row in of_branch.order_by("at", "deadline").values_list(*columns) if row[1] in SETTLED or str(row[0]) in missed]
    complained = _complained({row[3] for row in rows if row[3]})
    pickups: dict[str, Pickup] = {}  # a pickup that was missed and agreed anew counts once
    for key, state, _due, order, subject in rows:
        was_missed = str(key) in missed or (state == State.BREACHED and str(key) not in undone)
        pickups.setdefault(subject, Pickup(str(key), was_missed, order in complained))
    return list(pickups.values()), {str(row[0]): row[2] for row in rows}


def _complained(orders: set[int]) -> set[int]:
    """Return those of these orders whose pickup a customer complained of, unless the complaint was dismissed."""
    unfounded = Q(state=Complained.DISMISSED) | Q(state=Complained.CLOSED, fault=None)
    found = Complaint.objects.filter(order__in=orders, internal=False, category="late_pickup").exclude(unfounded)
    return {order for order in found.values_list("order", flat=True) if order}
