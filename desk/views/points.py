"""Points of a month by area and region with what they lead to (§1.6.2, §1.7.1); the actions asked for; the ladder of tiers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from core.language import in_words
from core.models import Entry
from desk import words
from desk.pointforms import PROOFS, ActionFilters, LadderForm, MonthForm, NameForm, TierLines, lines_of, month_of
from desk.priceforms import Refusable
from desk.views.answers import PROBLEMS, explained, person_of, status_of
from network.access import staff_required
from network.models import Person, Unit
from penalties import services
from penalties.choices import Asked, Scope
from penalties.models import Ladder, PointEntry, TierAction, ladder_on
from penalties.models.tiers import ActionQuerySet
from rulebook.due import local_day
from rulebook.errors import Refused
from rulebook.points import POINTS
from rulebook.roles import Role
from rulebook.tiers import TIERS, Tier

PAGE = 30


@dataclass(frozen=True, slots=True)
class Line:
    """A region or area with its points of the month and what they led to."""

    unit: Unit
    scope: Scope
    points: int
    complaints: int
    actions: list[TierAction]


@staff_required
@explained
@require_GET
def points(request: HttpRequest) -> HttpResponse:
    """The month's points of each area and region one sees; with `unit`, the complaints behind a number."""
    person, today = person_of(request), local_day(clock.now())
    person.require("see_points")
    month = month_of(request.GET.get("month", ""), today.replace(day=1))
    entries = PointEntry.objects.visible_to(person).of_month(month)
    code = request.GET.get("unit", "")
    unit = Unit.objects.filter(code=code).first() if code else None
    if code and unit is None:
        raise Http404
    context = {
        "form": MonthForm(initial={"month": month}), "month": month, "lines": _lines(entries, person, month), "unit": unit,
        "entries": _behind(entries, unit) if unit else [], "total": entries.total(),
        "before": _before(month), "after": _after(month), "may_edit": person.may("manage_tiers"),
    }  # fmt: skip
    return render(request, "desk/points.html", context)


def _before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def _after(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _lines(entries: Any, person: Person, month: date) -> list[Line]:
    """Return areas, each followed by its regions, the most points first; five queries."""
    asked: dict[tuple[str, int], list[TierAction]] = defaultdict(list)
    found = TierAction.objects.visible_to(person).standing().filter(month=month).exclude(scope=Scope.CASE)
    for action in found.select_related("person").order_by("pk"):
        asked[action.scope, action.unit_id].append(action)
    lines = []
    for scope in (Scope.AREA, Scope.REGION):
        sums, counts = entries.by(scope.value), entries.standing().by(scope.value)
        numbers = {key: entries.standing().filter(**{scope.value: key}).count() for key in counts}
        units = Unit.objects.in_bulk([key for key in sums if key])
        made = [Line(units[k], scope, sums[k], numbers.get(k, 0), asked[scope.value, k]) for k in units]
        lines += sorted(made, key=lambda line: (-line.points, line.unit.code))
    return lines


def _behind(entries: Any, unit: Unit) -> list[tuple[PointEntry, str]]:
    """Return the rows behind a unit's sum, counter-entries too, with the words of their item."""
    rows = entries.filter(Q(branch=unit) | Q(region=unit) | Q(area=unit) | Q(division=unit))
    found = rows.select_related("branch", "region", "area", "person").order_by("at", "pk")
    return [(row, in_words(POINTS[row.code]) if row.code in POINTS else row.code) for row in found]


# What is asked for.

TABS = (
    ("mine", gettext_lazy("我的整改")), ("open", gettext_lazy("待完成")), ("overdue", gettext_lazy("已逾期")),
    ("vacant", gettext_lazy("岗位空缺")), ("all", gettext_lazy("全部")), ("done", gettext_lazy("已完成")), ("withdrawn", gettext_lazy("已撤销")),
)  # fmt: skip


@staff_required
@explained
@require_GET
def actions(request: HttpRequest) -> HttpResponse:
    """List what tiers and cases ask for: one's own, and of the units one oversees."""
    person, now = person_of(request), clock.now()
    tab = request.GET.get("tab", "mine")
    seen = TierAction.objects.visible_to(person) if person.may("see_points") else TierAction.objects.filter(person=person)
    filters = ActionFilters(request.GET)
    found = _narrowed(_of_tab(seen, tab, person, now), filters).select_related("person", "unit").order_by("due_at", "pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    tabs = TABS if person.may("see_points") else TABS[:1]
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "tab": tab, "tabs": tabs, "page": page, "rows": [_worded(each) for each in page], "now": now, "filters": filters,
        "query": f"{query.urlencode()}&" if query else "",
    }  # fmt: skip
    return render(request, "desk/actions.html", context)


def _narrowed(found: ActionQuerySet, filters: ActionFilters) -> ActionQuerySet:
    """Leave what the filters name; a unit that there is not has none."""
    said = filters.cleaned_data if filters.is_valid() else {}
    if month := said.get("month"):
        found = found.filter(month=month)
    if code := said.get("unit"):
        found = found.filter(unit__in=Unit.objects.below(unit)) if (unit := Unit.objects.filter(code=code).first()) else found.none()
    return found


def _of_tab(seen: ActionQuerySet, tab: str, person: Person, now: Any) -> ActionQuerySet:
    match tab:
        case "open":
            return seen.filter(state=Asked.ISSUED)
        case "overdue":
            return seen.overdue(now)
        case "all":
            return seen
        case "vacant":
            return seen.filter(person=None, state=Asked.ISSUED)
        case "done" | "withdrawn":
            return seen.filter(state=tab)
    return seen.filter(person=person)


def _worded(action: TierAction) -> tuple[TierAction, str, str]:
    return action, in_words(action.row), in_words(Role(action.who))


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def action(request: HttpRequest, pk: int) -> HttpResponse:
    """One action: why it was issued, the proof, and the form that gives it."""
    person, now = person_of(request), clock.now()
    asked = TierAction.objects.visible_to(person).select_related("person", "unit", "entry", "done_by").filter(pk=pk).first()
    if asked is None or not (asked.person_id == person.pk or person.may("see_points")):
        raise Http404
    naming = asked.person_id is None
    form_class = NameForm if naming else PROOFS[asked.row.proof]
    form, problem = form_class(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        problem = _acted(asked, form, person, naming, now)
        if problem is None and not form.errors:
            messages.success(request, _("已登记。"))
            return redirect("desk:action", pk)
    may = person.may("manage_tiers") if naming else services.may_complete(asked, person)
    status = status_of(problem) if problem else 422 if form.is_bound else 200
    _same, what, who = _worded(asked)
    context = {
        "action": asked, "what": what, "who": who, "form": form if may and asked.state == Asked.ISSUED else None, "naming": naming,
        "problem": problem, "now": now, "timeline": words.timeline(Entry.objects.about(asked.subject)),
    }  # fmt: skip
    return render(request, "desk/action.html", context, status=status)


def _acted(asked: TierAction, form: Refusable, person: Person, naming: bool, now: Any) -> Exception | None:
    """Do it; a refusal is shown beside its field, any other problem is returned."""
    act = services.name_person if naming else services.complete
    try:
        act(pk=asked.pk, clerk=person, now=now, **form.cleaned_data)
    except Refused as refusal:
        form.refuse(refusal)
    except PROBLEMS as problem:
        return problem
    return None


# The ladder.


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def ladder(request: HttpRequest) -> HttpResponse:
    """The tiers that hold, their history, and a new version with what it would have changed."""
    person, today = person_of(request), local_day(clock.now())
    person.require("see_points")
    editing = person.may("manage_tiers")
    holding = ladder_on(today)
    start = {"valid_from": today + timedelta(days=1), "month": _before(today.replace(day=1))}
    form, lines = LadderForm(request.POST or None, initial=start), TierLines(request.POST or None, initial=lines_of(holding), prefix="t")
    changes = None
    if request.method == "POST":
        person.require("manage_tiers")
        if form.is_valid() and lines.is_valid():
            tiers = [tier for line in lines if (tier := line.tier())]
            changes = _written(request, form, tiers, person)
            if changes is None and not form.errors:
                messages.success(request, _("新的档次已保存。"))
                return redirect("desk:tiers")
    context = {
        "form": form, "lines": lines if editing else None, "holding": [(t, in_words(t), in_words(t.who)) for t in holding], "changes": changes,
        "history": Ladder.objects.select_related("by").prefetch_related("rows").order_by("-valid_from"), "handbook": len(TIERS),
        "today": today,
    }  # fmt: skip
    return render(request, "desk/tiers.html", context, status=422 if form.errors or (lines.is_bound and not lines.is_valid()) else 200)


def _written(request: HttpRequest, form: LadderForm, tiers: list[Tier], person: Person) -> Iterable[Any] | None:
    """Store the version, or with `preview` tell what it would have changed; a refusal is shown on the form."""
    said = form.cleaned_data
    try:
        if "preview" in request.POST:
            services.ladders.check(tiers)
            found = services.preview(tiers, month=said["month"] or _before(local_day(clock.now()).replace(day=1)))
            return [(each, in_words(each.tier)) for each in found]
        services.write_ladder(rows=tiers, valid_from=said["valid_from"], note=said["note"], clerk=person, now=clock.now())
    except Refused as refusal:
        form.refuse(refusal)
    return None
