"""Credit the points of upheld external complaints, test the month's sums, take points back (§1.6.2, §1.7.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.journal import Fact
from core.models import Actor, Entry
from network.choices import UnitKind
from network.models import Unit
from network.services import line_of
from penalties.models import PointEntry, PointMonth
from penalties.services import tiers
from penalties.services.booking import month_of
from rulebook.events import On

LEVELS = (UnitKind.REGION, UnitKind.AREA, UnitKind.DIVISION)


def on_upheld(entry: Entry) -> list[Fact]:
    """
    Credit the points an external complaint scored, once an adjudication, and issue the tiers that contain the new sums.

    They go to the branch and to region, area and division as they stood at that moment; an internal complaint scores nothing.
    """
    said = entry.data
    if said.get("internal") or not said.get("points") or not said.get("branch"):
        return []
    subject, turn = entry.subject, int(said["round"])
    if PointEntry.objects.filter(subject=subject, round=turn, reverses=None).exists():
        return []
    line = line_of(int(said["branch"]), entry.occurred_at)
    units = {kind.value: next((unit for unit in line if unit.kind == kind), None) for kind in LEVELS}
    month = month_of(entry.occurred_at)
    lock_months([unit for unit in units.values() if unit], month)
    made = PointEntry.objects.create(
        subject=subject, round=turn, order_number=entry.order_number, category=str(said.get("category", "")),
        key_customer=bool(said.get("key_customer")), code=str(said["point_code"]), points=int(said["points"]), branch=line[0], person_id=said.get("person"),
        month=month, at=entry.occurred_at, entry=entry.pk, **units,
    )  # fmt: skip
    return [_fact(On.POINTS_CREDITED, made, entry.actor, entry.recorded_at), *tiers.issue(made, by=entry.actor, now=entry.recorded_at)]


def on_reopened(entry: Entry) -> list[Fact]:
    """Take back the points of the adjudication that a reopening ended, and the tiers they carried, by counter-entries."""
    found = PointEntry.objects.standing().filter(subject=entry.subject, round=int(entry.data["round"]))
    given = found.select_related("region", "area").first()
    if given is None:
        return []
    lock_months([unit for unit in (given.region, given.area) if unit], given.month)
    names = (
        "subject", "round", "order_number", "category", "key_customer", "code", "branch", "region", "area", "division", "person",
        "month",
    )  # fmt: skip
    same: Mapping[str, Any] = {name: getattr(given, name) for name in names}
    PointEntry.objects.create(**same, points=-given.points, at=entry.occurred_at, entry=entry.pk, reverses=given)
    return [
        _fact(On.POINTS_WITHDRAWN, given, entry.actor, entry.recorded_at),
        *tiers.withdraw_carried(given, by=entry.actor, now=entry.recorded_at),
    ]


def lock_months(units: list[Unit], month: date) -> None:
    """Lock these units' month, in the order of their keys, until the transaction ends."""
    keys = sorted(unit.pk for unit in units)
    for key in keys:
        PointMonth.objects.get_or_create(unit_id=key, month=month)
    rows = PointMonth.objects.select_for_update().filter(unit__in=keys, month=month)
    list(rows.order_by("unit"))


def _fact(name: On, row: PointEntry, by: Actor, now: Any) -> Fact:
    return Fact(
        name=name, subject=f"points/{row.pk}", at=now, by=by, order=row.order_number, in_sequence=False, also=(row.subject,),
        data={
            "points": row.points, "code": row.code, "month": f"{row.month:%Y-%m}", "round": row.round, "branch": row.branch_id,
            "region": row.region_id, "area": row.area_id, "division": row.division_id, "person": row.person_id,
        },
    )  # fmt: skip


HEARS = {On.COMPLAINT_UPHELD: on_upheld, On.COMPLAINT_REOPENED: on_reopened}
