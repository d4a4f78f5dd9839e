"""Which branches to offer for a place: the nearest suitable ones with what they have in hand (§1.2.1.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db.models import Count

from network.choices import IN_HAND
from network.models import Unit
from network.places import BranchSite, Suggestion, nearest, place

ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Nearby:
    """A branch to offer, and why: distance, service area, open or shut, load."""

    unit: Unit
    suggestion: Suggestion

    @property
    def km(self) -> float:
        return self.suggestion.km


def suggestions(place_code: str, *, now: datetime, services: Iterable[str] = (), limit: int = 5) -> list[Nearby]:
    """
    Return the branches most suitable for a place, the best first; three queries whatever the number of branches.

    :raises UnknownPlace: there is no such code
    """
    found = nearest(place(place_code), sites(), at=now, services=frozenset(services), limit=limit)
    units = Unit.objects.in_bulk([each.id for each in found])
    return [Nearby(units[each.id], each) for each in found if each.id in units]


def delivering(place_code: str) -> int | None:
    """
    Return the key of the branch that delivers to a place: the nearest of those whose area it is, else the nearest.

    Its hours and its load of today do not matter to goods that come tomorrow.

    :raises UnknownPlace: there is no such code
    """
    point = place(place_code)
    all_day = [replace(site, opens=None, closes=None) for site in sites(loads=False)]
    found = nearest(point, all_day, at=ANY_TIME, limit=1)
    return found[0].id if found else None


def served(place_code: str) -> bool:
    """Tell whether a place lies in the service area of a branch."""
    return any(place_code.startswith(site.serves) for site in sites(loads=False))


def sites(*, loads: bool = True) -> list[BranchSite]:
    """Return every open branch with its site and, where asked for, the orders it has in hand."""
    loaded = _loads() if loads else {}
    columns = ("pk", "lat", "lng", "serves", "opens", "closes", "services")
    return [
        BranchSite(pk, lat, lng, tuple(serves), opens, closes, frozenset(offered), loaded.get(pk, 0))
        for pk, lat, lng, serves, opens, closes, offered in Unit.objects.branches().values_list(*columns)
    ]


def _loads() -> dict[int, int]:
    counted = Unit.objects.branches().filter(orders__state__in=IN_HAND).values_list("pk").annotate(Count("orders"))
    return dict(counted.order_by())
