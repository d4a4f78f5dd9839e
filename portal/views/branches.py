"""Branch lookup (§3.2): by place, by name, by distance."""

from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core import clock
from network.models import Unit
from network.nearby import suggestions
from network.places import Spot, distance_km, exists, place
from orders import picker
from rulebook.due import local

PER_PAGE = 20
LONGEST = 60
SERVICES = {
    "pickup": _("上门接货"),
    "door": _("送货上门"),
    "upstairs": _("送货上楼"),
    "cod": _("代收货款"),
    "insurance": _("保价"),
}


@dataclass(frozen=True, slots=True)
class Row:
    unit: Unit
    km: float | None
    open_now: bool
    services: list[object]


@require_safe
def branches(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    code = picker.PlacePicker().value_from_datadict(request.GET, {}, "place")
    code = code if exists(code) else ""
    found = _near(code, list(_named(text)))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [_row(unit, km, now) for unit, km in page.object_list]
    query = urlencode({key: value for key, value in {"q": text, "place": code}.items() if value})
    return render(
        request,
        "portal/branches.html",
        {"page": page, "rows": rows, "text": text, "levels": picker.choices(code), "code": code, "query": f"{query}&" if query else ""},
    )  # fmt: skip


@require_safe
def offered(request: HttpRequest) -> HttpResponse:
    """The part of the order form that offers branches for the shipper's place."""
    code = request.GET.get("place", "")
    near = suggestions(code, now=clock.now()) if exists(code) else []
    best = near[0].unit.code if near and near[0].suggestion.in_service_area else ""
    return render(request, "portal/branch_choice.html", {"nearby": near, "chosen": best, "named": None})


def _named(text: str) -> list[Unit]:
    wanted = Unit.objects.branches().order_by("code")
    return list(
        wanted.filter(Q(name__icontains=text) | Q(address__icontains=text) | Q(code__iexact=text)) if text else wanted
    )


def _near(code: str, units: list[Unit]) -> list[tuple[Unit, float | None]]:
    """Return the branches by their distance from the middle of a place; without one by code."""
    if not code:
        return [(unit, None) for unit in units]
    here = place(code)
    far = [(distance_km(here, Spot(unit.lat or 0, unit.lng or 0)), unit.code, unit) for unit in units]
    return [(unit, km) for km, _code, unit in sorted(far, key=itemgetter(0, 1))]


def _row(unit: Unit, km: float | None, now: datetime) -> Row:
    time = local(now).time()
    opened = unit.opens is None or unit.closes is None or unit.opens <= time < unit.closes
    return Row(unit, km, opened, [SERVICES.get(code, code) for code in unit.services])
