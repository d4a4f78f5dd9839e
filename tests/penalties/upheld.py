"""Adjudications as the complaint machine states them, and the people points fall on."""

from __future__ import annotations

from datetime import datetime
from itertools import count

from django.db import transaction

from complaints.models import Complaint
from core.journal import Fact, publish
from core.models import Entry
from network.models import Unit
from rulebook.events import On
from rulebook.roles import Role
from tests.factories import Company, post, sh

_serial = count(1)


class Ladder(Company):
    """A company whose posts of §1.7.1 are all held."""

    def __init__(self) -> None:
        super().__init__()
        self.other_manager = post(Role.REGIONAL_MANAGER, self.other_region)
        self.director = post(Role.AREA_DIRECTOR, self.area)
        self.gm = post(Role.DIVISION_GM, self.division)


def uphold(
    firm: Company, branch: Unit | None, points: int, at: datetime | str = "10 09:00:00", *, complaint: int = 0, turn: int = 1,
    order: str = "", **more: object
) -> Entry:  # fmt: skip
    """State that an external complaint about this branch was upheld with these points."""
    data: dict[str, object] = {
        "complaint": complaint or 1000 + next(_serial), "round": turn, "category": "attitude", "internal": False, "key_customer": False,
        "branch": branch.pk if branch else None, "person": None, "point_code": "attitude", "points": points, "findings": {},
        "repeated": False, "serious": False,
    }  # fmt: skip
    return _state(On.COMPLAINT_UPHELD, firm, data | more, at, order)


def reopen(firm: Company, upheld: Entry, at: datetime | str = "11 09:00:00") -> Entry:
    """State that this complaint was reopened, which ends the round it was upheld in."""
    data = {name: upheld.data[name] for name in ("complaint", "round", "branch", "internal")} | {"was": "upheld"}
    return _state(On.COMPLAINT_REOPENED, firm, data, at)


@transaction.atomic
def _state(name: On, firm: Company, data: dict[str, object], at: datetime | str, order: str = "") -> Entry:
    moment = sh(at) if isinstance(at, str) else at
    about = {"number": f"T{data['complaint']}", "filer": "call_centre", "category": data.get("category", "other"), "text": "投诉"}
    Complaint.objects.get_or_create(pk=data["complaint"], defaults={**about, "filed_at": moment, "opened_at": moment})
    told = Fact(name=name, subject=f"complaint/{data['complaint']}", at=moment, by=firm.officer.actor, data=data, order=order, in_sequence=False)
    return publish(told)[0]
