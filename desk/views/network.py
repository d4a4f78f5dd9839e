"""Units of the company: found, move, close. Where they stood before stays on record (§1.2.1.6)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.language import in_words
from desk.officeforms import MoveForm, UnitForm
from desk.views.answers import explained
from network import services
from network.access import staff_required
from network.choices import UnitKind
from network.models import Person, Placement, Post, Unit
from network.places import exists, full_name, place
from rulebook.errors import Refused
from rulebook.roles import Role

SITED = (UnitKind.BRANCH,)


@staff_required
@explained
@require_GET
def units(request: HttpRequest) -> HttpResponse:
    """Show the tree, with who leads each unit."""
    _organiser(request)
    text, closed = request.GET.get("q", "").strip()[:40], bool(request.GET.get("closed"))
    found = Unit.objects.order_by("path")
    found = found if closed else found.filter(closed_at=None)
    if text:
        found = found.filter(name__icontains=text) | found.filter(code__iexact=text)
    leaders = {
        post.unit_id: post.person
        for post in Post.objects.filter(role__in=services.SOLE, until=None).select_related("person")
    }
    rows = [(unit, unit.path.count("/") - 1, leaders.get(unit.pk)) for unit in found]
    return render(request, "desk/units.html", {"rows": rows, "text": text, "closed": closed})


def _organiser(request: HttpRequest) -> Person:
    person: Person = request.person  # type: ignore[attr-defined]
    person.require("organise")
    return person


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def found(request: HttpRequest) -> HttpResponse:
    """Found a unit."""
    _organiser(request)
    form = UnitForm(request.POST or None, initial={"parent": request.GET.get("parent", "")[:20]})
    if request.method == "POST" and form.is_valid():
        made = services.found(_unit(form.cleaned_data), now=clock.now())
        messages.success(request, _("%s 已设立。") % made.name)
        return redirect("desk:unit", made.code)
    return render(request, "desk/units_new.html", {"form": form}, status=422 if form.is_bound else 200)


def _unit(values: dict[str, Any]) -> Unit:
    """Return the unit that the form describes; its position is that of its district until somebody surveys it."""
    unit = Unit(**values)
    if values["place"]:
        site = place(values["place"])
        unit.lat, unit.lng = site.lat, site.lng
    return unit


@staff_required
@explained
@require_GET
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """Show a unit with its posts and places, past and present."""
    _organiser(request)
    return _page(request, get_object_or_404(Unit, code=code))


def _page(
    request: HttpRequest, shown: Unit, problem: Refused | None = None, form: MoveForm | None = None
) -> HttpResponse:
    posts = Post.objects.filter(unit=shown).select_related("person").order_by("until", "-since", "pk")
    context = {
        "unit": shown, "problem": problem, "form": form or MoveForm(unit=shown),
        "place_name": full_name(shown.place) if exists(shown.place) else "",
        "posts": [(post, in_words(Role(post.role))) for post in sorted(posts, key=lambda post: post.until is not None)],
        "placements": Placement.objects.filter(unit=shown).select_related("parent").order_by("-since"),
        "children": Unit.objects.filter(parent=shown).order_by("path"),
    }  # fmt: skip
    return render(request, "desk/unit.html", context, status=422 if problem or (form and form.errors) else 200)


@staff_required
@explained
@require_POST
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Put a unit under another parent from now on."""
    _organiser(request)
    moved = get_object_or_404(Unit, code=code)
    form = MoveForm(request.POST, unit=moved)
    if not form.is_valid():
        return _page(request, moved, form=form)
    try:
        services.move(moved, parent=form.cleaned_data["parent"], now=clock.now())
    except Refused as refusal:
        return _page(request, moved, problem=refusal)
    messages.success(request, _("已移到 %s 之下，此前的归属保留在记录里。") % form.cleaned_data["parent"].name)
    return redirect("desk:unit", code)


@staff_required
@explained
@require_POST
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Close a unit."""
    _organiser(request)
    closed = get_object_or_404(Unit, code=code)
    try:
        services.close(closed, now=clock.now())
    except Refused as refusal:
        return _page(request, closed, problem=refusal)
    messages.success(request, _("%s 已撤销，历史保留。") % closed.name)
    return redirect("desk:unit", code)
