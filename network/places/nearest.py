"""The nearest suitable branch (§1.2.1.3): who is offered an order that named none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from heapq import nsmallest
from math import asin, cos, radians, sin, sqrt
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
EARTH_KM = 6371.0088
DAY_BEGINS, DAY_ENDS = time(8), time(20)  # the call centre assigns between these (§1.2.1.3)
LOAD_KM, LOAD_KM_MOST = 0.2, 20.0
CLOSED, OUTSIDE = 30_000.0, 60_000.0
"""In the score's kilometres; nothing on earth is further than 20,015 km away, so distance outweighs neither."""


class Located(Protocol):
    """Anything with a position in degrees."""

    @property
    def lat(self) -> float: ...
    @property
    def lng(self) -> float: ...


class Addressed(Located, Protocol):
    """A position whose division is known: a Place, or a Spot."""

    @property
    def code(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Spot:
    lat: float
    lng: float
    code: str = ""


@dataclass(frozen=True, slots=True)
class BranchSite:
    """What choosing needs to know of a branch. Hours are local; equal ones, or none given, mean round the clock."""

    id: int
    lat: float
    lng: float
    serves: tuple[str, ...] = ()  # GB/T 2260 codes or beginnings of them: 3301 is all of Hangzhou
    opens: time | None = None
    closes: time | None = None
    services: frozenset[str] = frozenset()
    open_load: int = 0  # orders it has in hand


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A branch offered; `score` is in kilometres, less is better, and `why` names each part of it."""

    id: int
    km: float
    in_service_area: bool
    open_now: bool
    open_in_time: bool
    load: int
    score: float
    why_zh: str
    why_en: str


def distance_km(a: Located, b: Located) -> float:
    """Return the great-circle distance (haversine)."""
    north, south = radians(a.lat), radians(b.lat)
    chord = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(radians(b.lng - a.lng) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, chord)))


def nearest(
    point: Addressed,
    branches: Sequence[BranchSite],
    *,
    at: datetime,
    services: frozenset[str] = frozenset(),
    limit: int = 5,
) -> list[Suggestion]:
    """Return the branches that offer these services, the most suitable first.

    Score = kilometres + 0.2 km for each order in hand (20 km at most)
    + 30,000 if it is shut both now and when the order will be handled (§1.2.1.3)
    + 60,000 if the place is outside its service area:
    so first those whose area it is, then the open ones, then the near and idle ones.
    """
    now, handled = at.astimezone(SHANGHAI).time(), _handled_at(at)

    def score(branch: BranchSite) -> float:
        outside = 0.0 if point.code.startswith(branch.serves) else OUTSIDE
        shut = 0.0 if _is_open(branch, now) or _is_open(branch, handled) else CLOSED
        return distance_km(point, branch) + _load_km(branch) + shut + outside

    scored = ((score(branch), branch.id, branch) for branch in branches if services <= branch.services)
    return [_explain(point, branch, total, now, handled) for total, _id, branch in nsmallest(limit, scored)]


def _handled_at(at: datetime) -> time:
    """Return when of the day an order of this instant is handled: now, or at the next 08:00 (§1.2.1.3)."""
    now = at.astimezone(SHANGHAI).time()
    return now if DAY_BEGINS <= now < DAY_ENDS else DAY_BEGINS


def _is_open(branch: BranchSite, local: time) -> bool:
    """Tell whether the branch is open: from its opening on, until just before it closes, also across midnight."""
    if branch.opens is None or branch.closes is None or branch.opens == branch.closes:
        return True
    if branch.opens < branch.closes:
        return branch.opens <= local < branch.closes
    return local >= branch.opens or local < branch.closes


def _load_km(branch: BranchSite) -> float:
    return min(branch.open_load * LOAD_KM, LOAD_KM_MOST)


def _explain(point: Addressed, branch: BranchSite, score: float, now: time, handled: time) -> Suggestion:
    km, serves = distance_km(point, branch), point.code.startswith(branch.serves)
    open_now, open_in_time = _is_open(branch, now), _is_open(branch, now) or _is_open(branch, handled)
    hours = OPEN if open_now else OPEN_IN_TIME if open_in_time else SHUT
    load = f"{branch.open_load} {{}} (+{_load_km(branch):.1f} km)"
    return Suggestion(
        id=branch.id,
        km=km,
        in_service_area=serves,
        open_now=open_now,
        open_in_time=open_in_time,
        load=branch.open_load,
        score=score,
        why_zh=" · ".join((AREA[serves][0], hours[0], f"{km:.1f} km", load.format("单在办"))),
        why_en=" · ".join((AREA[serves][1], hours[1], f"{km:.1f} km", load.format("orders in hand"))),
    )


AREA = {True: ("服务区内", "in service area"), False: ("服务区外", "outside service area")}
OPEN, OPEN_IN_TIME, SHUT = ("营业中", "open"), ("08:00 前开门", "open by 08:00"), ("未营业", "shut")
