"""The scan page: one field for a scanner that types, a camera or fingers; what was scanned is said at once (screens 7)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core import clock
from delivery.choices import ON_THE_ROAD
from delivery.models import Scan
from delivery.services.codes import Scanned, scan
from desk.rounds import Told
from desk.views.answers import PROBLEMS, explained, person_of, status_of
from network.access import staff_required
from network.models import Person

LAST = 5
MODES = {"look": gettext_lazy("查件、核对"), "arrive": gettext_lazy("登记进港"), "arrive_hub": gettext_lazy("到中转场")}


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show the field, and after a scan what it was; a phone's script asks for a few words of JSON instead."""
    person = person_of(request)
    person.require("see_goods")
    if request.method == "GET":
        return _page(request, person)
    told = Told(person, "scan", request.POST.get("code", "")[:60], request.POST, request.FILES, clock.now())
    try:
        found = scan(
            code=told.number, mode=request.POST.get("mode", "look"), clerk=person, now=told.now, at=told.at, source=told.key
        )
    except PROBLEMS as problem:
        return _answer(request, person, {"ok": False, "words": str(problem)}, status_of(problem))
    return _answer(request, person, {"ok": True, **_told(found, person)}, 200)


def _told(found: Scanned, person: Person) -> dict[str, Any]:
    goods = found.shipment
    number = goods.order.number
    mine = goods.driver_id == person.pk and goods.state in ON_THE_ROAD
    piece = _("第 %(piece)d/%(pieces)d 件") % {"piece": found.piece, "pieces": goods.pieces} if found.piece else ""
    where = _("在您的派送任务里") if mine else str(goods.get_state_display())
    words = " · ".join(part for part in (number, where, piece) if part)
    return {"words": words, "number": number, "piece": found.piece, "pieces": goods.pieces, "mine": mine}


def _answer(request: HttpRequest, person: Person, told: dict[str, Any], status: int) -> HttpResponse:
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse(told, status=status)
    return _page(request, person, told=told, status=status)


def _page(request: HttpRequest, person: Person, *, told: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    modes = {mode: words for mode, words in MODES.items() if mode == "look" or person.may("haul")}
    context = {
        "modes": modes, "mode": request.POST.get("mode") or next(iter(modes)), "told": told,
        "last": Scan.objects.filter(person=person).select_related("shipment__order").order_by("-recorded_at", "-pk")[:LAST],
    }  # fmt: skip
    return render(request, "desk/scan.html", context, status=status)
