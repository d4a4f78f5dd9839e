"""Penalties: one's own, the desk's list, one penalty with its chain and what can be done; a fine entered by hand (§1.7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from complaints.models import Complaint
from core import clock
from desk import penaltywords
from desk.penaltyforms import AppealForm, AssessForm, DecideForm, EnterForm, PayerForm, PenaltyFilters
from desk.priceforms import Refusable
from desk.views.answers import PROBLEMS, explained, person_of, status_of
from desk.views.tracking import XLSX
from network.access import staff_required
from network.models import Person, Unit
from orders import sheets
from penalties import services
from penalties.choices import State
from penalties.models import Penalty
from rulebook.due import at, local
from rulebook.errors import Refused

PAGE = 30
MOST_EXPORTED = 5_000
TABS = (
    ("all", _("全部"), Q()),
    ("pending", _("金额待定"), Q(amount=None) & ~Q(state=State.REVERSED)),
    ("appeals", _("申诉待处理"), Q(state=State.APPEALED)),
    ("vacant", _("岗位空缺"), Q(payer__startswith="vacant/") & ~Q(state=State.REVERSED)),
)
RELATED = ("person", "unit")


@dataclass(frozen=True, slots=True)
class Act:
    """One verb of a penalty: its words, its form, what does it, and who may do it now."""

    icon: str
    label: Any
    form: type[Refusable]
    do: Callable[..., Penalty]
    now: Callable[[Penalty, Person], bool]


def _granting(granted: bool) -> Callable[..., Penalty]:
    return lambda *, pk, person, now, decision: services.decide_appeal(
        pk=pk, granted=granted, decision=decision, person=person, now=now
    )


def _department(penalty: Penalty, person: Person) -> bool:
    return person.may("manage_penalties")


def _decidable(penalty: Penalty, person: Person) -> bool:
    return penalty.state == State.APPEALED and _department(penalty, person) and not services.is_fined(penalty, person)


def _appealable(penalty: Penalty, person: Person) -> bool:
    return (
        penalty.state in (State.IMPOSED, State.ASSESSED, State.SETTLED)
        and not hasattr(penalty, "objection")
        and clock.now() <= services.appealable_until(penalty)
        and services.is_fined(penalty, person)
    )


ACTS: dict[str, Act] = {
    "appeal": Act("shield", _("申诉"), AppealForm, services.appeal, _appealable),
    "grant": Act("check", _("申诉成立，撤销处罚"), DecideForm, _granting(True), _decidable),
    "refuse": Act("x", _("申诉不成立，维持处罚"), DecideForm, _granting(False), _decidable),
    "assess": Act(
        "money", _("核定金额"), AssessForm,
        lambda *, pk, person, now, amount: services.assess(pk=pk, amount=amount, by=person, now=now),
        lambda each, person: each.amount is None and each.state != State.REVERSED and _department(each, person),
    ),
    "name": Act(
        "users", _("指定责任人"), PayerForm,
        lambda *, pk, by, now, person: services.name_payer(pk=pk, person=person, by=by, now=now),
        lambda each, person: each.is_vacant and each.state != State.REVERSED and _department(each, person),
    ),
}  # fmt: skip


def _own(person: Person) -> QuerySet[Penalty]:
    """Return what a person was fined, and the units they head."""
    headed = person.posts.filter(until=None, role__in=services.HEADS).values_list("unit", flat=True)
    return Penalty.objects.filter(Q(person=person) | Q(payer__in=[f"unit/{unit}" for unit in headed]))


def _seen(person: Person) -> QuerySet[Penalty]:
    return Penalty.objects.filter(Q(pk__in=_own(person).values("pk")) | Q(pk__in=Penalty.objects.visible_to(person).values("pk")))


def dressed(rows: Iterable[Penalty]) -> list[tuple[Penalty, str, str, str]]:
    """Return penalties with what for, after what, who pays, in words."""
    return [(each, penaltywords.what(each), penaltywords.cause(each), penaltywords.payer(each)) for each in rows]


@staff_required
@explained
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Show one's own penalties, the latest first."""
    rows = _own(person_of(request)).select_related(*RELATED).order_by("-imposed_at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/penalties_mine.html", {"page": page, "rows": dressed(page), "query": ""})


@staff_required
@explained
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Show the penalties within one's scope, by tab and filters."""
    person = person_of(request)
    tab, filters, rows = _chosen(request, person)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": page, "rows": dressed(page), "tabs": TABS, "tab": tab, "filters": filters, "may_enter": person.may("manage_penalties"),
        "query": f"{query.urlencode()}&" if query else "",
    }  # fmt: skip
    return render(request, "desk/penalties.html", context)


def _chosen(request: HttpRequest, person: Person) -> tuple[str, PenaltyFilters, QuerySet[Penalty]]:
    person.require("see_penalties")
    tab = request.GET.get("tab", "all")
    condition = next((q for key, _label, q in TABS if key == tab), Q())
    filters = PenaltyFilters(request.GET)
    rows = Penalty.objects.visible_to(person).filter(condition)
    for name, value in (filters.cleaned_data if filters.is_valid() else {}).items():
        if value:
            rows = rows.filter(_narrowing(name, value))
    return tab, filters, rows.select_related(*RELATED).order_by("-imposed_at", "-pk")


def _narrowing(name: str, value: Any) -> Q:
    if name == "month":
        return Q(imposed_at__gte=at(value), imposed_at__lt=at(value.replace(year=value.year + value.month // 12, month=value.month % 12 + 1)))
    if name == "unit":
        unit = Unit.objects.filter(code=value.strip()).first()
        return Q(unit__path__gte=unit.path, unit__path__lt=unit.path_end) if unit else Q(pk__in=[])
    if name == "appeal":
        return Q(objection__isnull=False) if value == "raised" else Q(objection__granted=value == "granted")
    return Q(**{name: value})


HEADERS = (
    _("处罚"), _("时间"), _("条款"), _("事项"), _("事由"), _("责任人"), _("单位"), _("订单号"), _("金额（元）"), _("已扣（元）"),
    _("扣款来源"), _("状态"),
)  # fmt: skip


@staff_required
@explained
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Give the list with its filters as a workbook."""
    _tab, _filters, rows = _chosen(request, person_of(request))
    book = sheets.workbook([sheets.Column(str(header)) for header in HEADERS], [_line(*row) for row in dressed(rows[:MOST_EXPORTED])])
    headers = {"Content-Disposition": f'attachment; filename="penalties-{local(clock.now()):%Y%m%d-%H%M}.xlsx"'}
    return HttpResponse(book, content_type=XLSX, headers=headers)


def _line(each: Penalty, what: str, cause: str, payer: str) -> list[str]:
    amount = "" if each.amount is None else str(each.amount)
    return [
        str(each.pk), f"{local(each.imposed_at):%Y-%m-%d %H:%M:%S}", each.clause, what, cause, payer, str(each.unit or ""),
        each.order_number, amount, str(each.paid), each.get_purse_display(), each.get_state_display(),
    ]  # fmt: skip


@staff_required
@explained
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One penalty: what for, its chain, its bookings, what can be done."""
    return _detail(request, pk)


def _detail(
    request: HttpRequest, pk: int, *, failed: str = "", form: Refusable | None = None, problem: Any = None, status: int = 200
) -> HttpResponse:
    person = person_of(request)
    penalty = _seen(person).select_related("person", "unit", "objection__by", "objection__decided_by").filter(pk=pk).first()
    if penalty is None:
        raise Http404
    acts = [(name, each, form if name == failed and form else each.form(auto_id=f"{name}_%s")) for name, each in ACTS.items() if each.now(penalty, person)]
    order = penaltywords.chain(penalty)
    context = {
        "penalty": penalty, "what": penaltywords.what(penalty), "cause": penaltywords.cause(penalty), "payer": penaltywords.payer(penalty),
        "regulation": penaltywords.regulation(penalty), "reversed_because": penaltywords.why_reversed(penalty), "acts": acts,
        "failed": failed, "problem": problem, "bookings": penalty.bookings.order_by("pk"), "objection": getattr(penalty, "objection", None),
        "until": services.appealable_until(penalty), "sees_order": bool(order["order"] and person.sees(order["order"].branch)), "source": _source(penalty, person), **order,
        "sees_complaint": _sees_complaint(person, order["complaint"]),
    }  # fmt: skip
    return render(request, "desk/penalty.html", context, status=status)


def _source(penalty: Penalty, person: Person) -> str:
    """Return where what the penalty follows from is kept, for who may see it there."""
    kind, _slash, key = penalty.cause.partition("/")
    return reverse("desk:lost-lane", args=[key]) if kind == "lost_lane" and person.may("see_penalties") else ""


def _sees_complaint(person: Person, complaint: Complaint | None) -> bool:
    if complaint is None or not person.may("see_complaints"):
        return False
    return Complaint.objects.visible_to(person).filter(pk=complaint.pk).exists()


@staff_required
@explained
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Do one verb with one penalty."""
    person, what = person_of(request), ACTS.get(verb)
    if what is None or not _seen(person).filter(pk=pk).exists():
        raise Http404
    form = what.form(request.POST, auto_id=f"{verb}_%s")
    if not form.is_valid():
        return _detail(request, pk, failed=verb, form=form, status=422)
    doer = {"by" if verb == "name" else "person": person}
    try:
        what.do(pk=pk, now=clock.now(), **doer, **form.cleaned_data)
    except Refused as refusal:
        form.refuse(refusal)
        return _detail(request, pk, failed=verb, form=form, status=422)
    except PROBLEMS as problem:
        return _detail(request, pk, failed=verb, form=form, problem=problem, status=status_of(problem))
    messages.success(request, f"{what.label}")
    return redirect("desk:penalty", pk)


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a fine for any other violation (§1.7.2.9)."""
    person = person_of(request)
    person.require("manage_penalties")
    form = EnterForm(request.POST if request.method == "POST" else None, initial={"key": uuid4(), "regulation": "handbook"})
    if request.method == "POST" and form.is_valid():
        try:
            penalty = services.enter(**form.cleaned_data, by=person, now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("已录入处罚。"))
            return redirect("desk:penalty", penalty.pk)
    return render(request, "desk/penalty_new.html", {"form": form}, status=422 if form.is_bound else 200)
