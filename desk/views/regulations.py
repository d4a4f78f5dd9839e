"""The regulations that amounts are cited from: versions, and what waited for an amount (§1.7.2)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from desk.penaltyforms import RegulationForm
from desk.views.answers import explained, person_of
from desk.views.penalties import dressed
from network.access import staff_required
from penalties import services
from rulebook.due import local_day
from rulebook.errors import Refused

SHOWN = 50


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def regulations(request: HttpRequest) -> HttpResponse:
    """Show the catalogue with its history; the department adds a version."""
    person, now = person_of(request), clock.now()
    person.require("see_penalties")
    form = RegulationForm(request.POST if request.method == "POST" else None, initial={"valid_from": local_day(now)})
    if request.method == "POST":
        person.require("manage_penalties")
        if form.is_valid():
            try:
                services.set_regulation(**form.cleaned_data, by=person, now=now)
            except Refused as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, _("已增加版本；此前已核定的处罚不变。"))
                return redirect("desk:regulations")
    context: dict[str, Any] = {
        "rows": services.catalogue(local_day(now)), "form": form, "may_edit": person.may("manage_penalties"),
        "waiting": _waiting() if person.may("manage_penalties") else [],
    }  # fmt: skip
    return render(request, "desk/regulations.html", context, status=422 if form.errors else 200)


def _waiting() -> list[dict[str, Any]]:
    """Return what could be assessed now, by regulation: the preview."""
    found: dict[str, list[Any]] = {}
    for penalty, amount in services.assessable():
        found.setdefault(penalty.regulation, []).append((penalty, amount))
    return [
        {
            "code": code, "count": len(pairs), "sum": sum(amount for _penalty, amount in pairs),
            "rows": [(*row, amount) for row, (_p, amount) in zip(dressed(p for p, _a in pairs[:SHOWN]), pairs, strict=False)],
        }
        for code, pairs in sorted(found.items())
    ]  # fmt: skip


@staff_required
@explained
@require_POST
def assess(request: HttpRequest) -> HttpResponse:
    """Assess all that waited for a regulation."""
    count = services.assess_pending(code=request.POST.get("code", "")[:20], by=person_of(request), now=clock.now())
    messages.success(request, _("已核定 %d 笔处罚。") % count)
    return redirect("desk:regulations")
