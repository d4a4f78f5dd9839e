"""What a journal entry tells the clocks: which subjects and order it concerns, who holds them, by which time it is judged."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from core.kept import Kept
from core.models import Entry
from network.choices import CALL_CENTRE_CODE
from network.services import head_department, units_of
from rulebook.events import On
from rulebook.limits import Holder, Limit
from rulebook.roles import Role
from sla.models import Deadline

_calls: Kept[str, int | None] = Kept(lambda: settings.KEPT_SECONDS)

OFFICES = {Holder.DEPARTMENT: Role.DEPARTMENT, Holder.CLAIMS: Role.CLAIMS, Holder.MARKETING: Role.MARKETING}
"""Offices of the company that hold clocks: each is the unit in which its post is held."""
_offices: Kept[Role, int | None] = Kept(lambda: settings.KEPT_SECONDS)


def subjects_for(limit: Limit, entry: Entry, replaced: set[str]) -> list[str]:
    """Return the subjects a limit starts for: the one the fact names; else, where a fact about the order replaced clocks of
    this kind (a postponement replaces the pickup's), the subjects of those."""
    kind = f"{limit.subject}/"
    named = [subject for subject in entry.subjects if subject.startswith(kind)]
    return named[:1] or sorted(subject for subject in replaced if subject.startswith(kind))


def judged(deadline: Deadline, entry: Entry) -> datetime:
    """
    Return the time by which this fact is judged: its own, or for "entered" limits when it was recorded (design §6.3).

    Capture on the courier's device counts as entry where the limit says so (§1.3.3.1e).
    """
    match deadline.limit.judged_by:
        case "occurred_at":
            return entry.occurred_at
        case "captured_at" if captured := entry.data.get("captured_at"):
            return datetime.fromisoformat(str(captured))
    return entry.recorded_at


def holder_of(limit: Limit, entry: Entry) -> int | None:
    """
    Return the unit that holds a clock. The reason of a cancelled order that no branch has is the call centre's (§1.2.1.4r);
    following a key customer's goods is the business of the branch that billed them (§2.1.1.2).
    """
    branch = unit_of(entry, "branch")
    if limit.holder == Holder.ORIGIN:
        return unit_of(entry, "origin") or branch
    if limit.holder in OFFICES:
        return office(OFFICES[limit.holder])
    orphan = branch is None and entry.name == On.ORDER_CANCELLED
    return call_centre() if limit.holder == Holder.CALL_CENTRE or orphan else branch


def unit_of(entry: Entry, key: str) -> int | None:
    unit = entry.data.get(key)
    return int(unit) if unit is not None else None


def order_told_of(entry: Entry) -> int | None:
    """Return the key of the order this entry is about in the first place, if it is about one."""
    return int(entry.subject.removeprefix("order/")) if entry.subject.startswith("order/") else None


def order_of(entry: Entry) -> int | None:
    subject = next((s for s in entry.subjects if s.startswith("order/")), None)
    return int(subject.removeprefix("order/")) if subject else None


def office(role: Role) -> int | None:
    """Return the key of the office in which this post is held; the first, should there be several."""
    return _offices.get(role, lambda: next(iter(units_of(role)), None))


def call_centre() -> int | None:
    """Return the key of the call centre's unit, if the company has one."""
    return _calls.get(CALL_CENTRE_CODE, lambda: unit.pk if (unit := head_department(CALL_CENTRE_CODE)) else None)
