"""Anomalies (异常): the list, one anomaly with what can be done; and a shipment's tracking sheet, where they are recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.language import in_words
from core.models import Entry
from delivery.choices import ENDED, Anomalous
from delivery.models import Anomaly, OperatingCost, Shipment
from delivery.services import anomalies, costs, followups
from desk import words
from desk.keyforms import (
    AnomalyFilters,
    AnomalyForm,
    CostForm,
    EscalateForm,
    ExplainForm,
    FollowForm,
    MeasureForm,
    PromiseForm,
    SheetForm,
    WordsForm,
)
from desk.priceforms import Refusable
from desk.queries import far_name
from desk.views.answers import PROBLEMS, explained, person_of, status_of
from network.access import staff_required
from network.choices import UnitKind
from network.models import Person, Unit
from rulebook.errors import Refused
from rulebook.reasons import ANOMALIES
from sla.models import Deadline

PAGE = 30
CLAUSES = ("§2.1.1.3", "§4.3.2.5")
TABS = (("live", _("未关闭")), ("report", _("待上报")), ("answer", _("待答复")), ("closed", _("已关闭")))


@dataclass(frozen=True, slots=True)
class Act:
    """One verb of an anomaly: its words, its form, its service, and whether it can be done now."""

    icon: str
    label: Any
    clause: str
    service: Callable[..., Anomaly]
    now: Callable[[Anomaly], bool]
    form: type[Refusable] | None = None


ACTS: dict[str, Act] = {
    "report": Act(
        "arrow-right", _("上报大客户运作保障部"), "§2.1.1.3", anomalies.report, lambda each: each.reported_at is None,
    ),
    "promise": Act(
        "clock", _("承诺答复时间"), "§4.3.2.5", anomalies.promise,
        lambda each: each.state == Anomalous.OPEN and each.promised_at is None, PromiseForm,
    ),
    "answer": Act(
        "phone", _("答复客户"), "§4.3.2.5", anomalies.answer, lambda each: each.state != Anomalous.CLOSED, WordsForm,
    ),
    "explain": Act("note", _("解释并致歉"), "§2.1.3.4", anomalies.explain, lambda each: True, ExplainForm),
    "settle": Act(
        "check", _("登记与发货人协商结果"), "§2.1.3.4", anomalies.settle, lambda each: each.explained_at is not None, WordsForm,
    ),
    "escalate": Act(
        "arrow-right", _("上报上级或转部门"), "§4.3.2.5", anomalies.escalate, lambda each: each.state == Anomalous.OPEN, EscalateForm,
    ),
    "solve": Act(
        "check", _("登记处理结果"), "§4.3.2.5", anomalies.solve, lambda each: each.state == Anomalous.OPEN, WordsForm,
    ),
    "close": Act(
        "check", _("关闭异常"), "§4.3.2.5", anomalies.close_anomaly, lambda each: each.state == Anomalous.SOLVED,
    ),
    "reopen": Act(
        "undo", _("重新处理"), "§4.3.2.5", anomalies.reopen, lambda each: each.state != Anomalous.OPEN, WordsForm,
    ),
}  # fmt: skip


@staff_required
@explained
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """List what one sees, key customers' first, those first whose clock runs out first."""
    person, now = person_of(request), clock.now()
    person.require("anomaly")
    tab = request.GET.get("tab", "live")
    filters = AnomalyFilters(request.GET)
    found = Anomaly.objects.visible_to(person).filter(_of_tab(tab))
    found = _narrowed(found, filters.cleaned_data if filters.is_valid() else {}, person)
    related = ("shipment__order__key_account__customer", "owner", "unit", "escalated_to")
    rows = found.select_related(*related).distinct().order_by("-shipment__key_customer", "promised_at", "found_at", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "now": now, "tabs": TABS, "tab": tab, "page": page, "rows": _rows(page), "filters": filters,
        "query": f"{query.urlencode()}&" if query else "",
    }  # fmt: skip
    return render(request, "desk/anomalies.html", context)


def _of_tab(tab: str) -> Q:
    live = ~Q(state=Anomalous.CLOSED)
    match tab:
        case "report":
            return live & Q(reported_at=None, shipment__key_customer=True)
        case "answer":
            return live & Q(answered_at=None)
        case "closed":
            return ~live
    return live


def _narrowed(found: Any, filters: Mapping[str, Any], person: Person) -> Any:
    if filters.get("kind"):
        found = found.filter(kind=filters["kind"])
    if filters.get("key"):
        found = found.filter(shipment__key_customer=True)
    if filters.get("mine"):
        found = found.filter(owner=person)
    if filters.get("text"):
        found = found.filter(shipment__order__number__iexact=filters["text"].strip())
    return found


def _rows(page: Iterable[Anomaly]) -> list[tuple[Anomaly, str, Deadline | None]]:
    """Dress anomalies with their kinds in words and the clock that runs out first; one query."""
    found = list(page)
    running = Deadline.objects.open().filter(clause__in=CLAUSES, subject__in=[each.subject for each in found])
    first = {each.subject: each for each in running.filter(due_at__isnull=False).order_by("-due_at")}
    return [(each, _kinds(each), first.get(each.subject)) for each in found]


def _kinds(anomaly: Anomaly) -> str:
    return "、".join(in_words(ANOMALIES[code]) for code in anomaly.findings or [anomaly.kind])


@staff_required
@explained
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One anomaly: what was found, said, promised; what can be done."""
    return _detail(request, pk)


def _detail(
    request: HttpRequest, pk: int, *, failed: str = "", form: Refusable | None = None, problem: Any = None, status: int = 200
) -> HttpResponse:
    person = person_of(request)
    person.require("anomaly")
    related = ("shipment__order__key_account__customer", "owner", "unit", "escalated_to", "found_by", "reported_by")
    anomaly = Anomaly.objects.visible_to(person).select_related(*related).filter(pk=pk).first()
    if anomaly is None:
        raise Http404
    clocks = Deadline.objects.filter(subject=anomaly.subject).select_related("holder").order_by("started_at", "due_at")
    acts = [(name, act, form if name == failed and form else _form(act, name, anomaly)) for name, act in ACTS.items() if act.now(anomaly)]
    context = {
        "anomaly": anomaly, "order": anomaly.shipment.order, "kinds": _kinds(anomaly), "now": clock.now(), "acts": acts,
        "failed": failed, "problem": problem, "clocks": clocks, "place": far_name(anomaly.shipment.order.consignee_place),
        "timeline": words.timeline(Entry.objects.filter(subject=anomaly.subject).order_by("occurred_at", "pk")),
    }  # fmt: skip
    return render(request, "desk/anomaly.html", context, status=status)


def _form(act: Act, name: str, anomaly: Anomaly, data: Any = None) -> Refusable | None:
    if act.form is None:
        return None
    form = act.form(data, auto_id=f"{name}_%s")
    if isinstance(form, EscalateForm):
        form.offer(_above(anomaly))
    return form


def _above(anomaly: Anomaly) -> list[Unit]:
    """Return the superiors of the unit that answers, the nearest first, and the departments."""
    path = anomaly.unit.path if anomaly.unit else ""
    codes = path.rstrip("/").split("/")[:-1]
    units = Unit.objects.filter(closed_at=None).filter(Q(code__in=codes) | Q(kind=UnitKind.DEPARTMENT))
    return sorted(units, key=lambda unit: (unit.kind == UnitKind.DEPARTMENT, -len(unit.path), unit.name))


@staff_required
@explained
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Do one verb with one anomaly."""
    person, what = person_of(request), ACTS.get(verb)
    anomaly = Anomaly.objects.visible_to(person).select_related("unit").filter(pk=pk).first()
    if what is None or anomaly is None:
        raise Http404
    form = _form(what, verb, anomaly, request.POST)
    if form is not None and not form.is_valid():
        return _detail(request, pk, failed=verb, form=form, status=422)
    try:
        what.service(pk=pk, clerk=person, now=clock.now(), **(form.cleaned_data if form else {}))
    except Refused as refusal:
        if form is not None:
            form.refuse(refusal)
        return _detail(request, pk, failed=verb, form=form, problem=None if form else refusal, status=422)
    except PROBLEMS as problem:
        return _detail(request, pk, failed=verb, form=form, problem=problem, status=status_of(problem))
    messages.success(request, f"{anomaly.shipment.order.number} · {what.label}")
    return redirect("desk:anomaly", pk)


# The tracking sheet of one shipment (§4.3.2.4).


@dataclass(frozen=True, slots=True)
class Entering:
    """What can be written into a tracking sheet: words, right, form, service."""

    icon: str
    label: Any
    clause: str
    right: str
    form: type[SheetForm]
    service: Callable[..., object]
    now: Callable[[Shipment], bool]


ENTRIES: dict[str, Entering] = {
    "follow": Entering(
        "note", _("登记今日跟进"), "§4.3.2.4", "follow_up", FollowForm, followups.follow_up, lambda goods: goods.state not in ENDED,
    ),
    "anomaly": Entering("alert", _("登记异常"), "§4.3.2.5", "anomaly", AnomalyForm, anomalies.open_anomaly, lambda goods: True),
    "remedy": Entering(
        "refresh", _("登记补救措施"), "§2.1.2.3", "remedy", MeasureForm, followups.remedy, lambda goods: goods.state not in ENDED,
    ),
    "cost": Entering(
        "money", _("登记运作费用"), "§2.1.3.4", "charge_cost", CostForm, costs.charge_cost, lambda goods: bool(costs.chargeable(goods)),
    ),
}  # fmt: skip


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def tracking(request: HttpRequest, number: str) -> HttpResponse:
    """A shipment's tracking sheet: the lines of each day, anomalies, remedies, costs; and another entry."""
    person, now = person_of(request), clock.now()
    person.require("see_goods")
    related = ("order__key_account__customer", "order__waybill", "terminal", "place")
    goods = Shipment.objects.visible_to(person).select_related(*related).filter(order__number=number).first()
    if goods is None:
        raise Http404
    name = request.POST.get("entry", "")
    form, problem = None, None
    if request.method == "POST":
        form, problem = _entered(goods, name, person, request.POST, now)
        if form is None and problem is None:
            messages.success(request, f"{number} · {ENTRIES[name].label if name in ENTRIES else _('费用已冲回')}")
            return redirect("desk:tracking-sheet", number)
    status = 422 if form else status_of(problem) if problem else 200
    return render(request, "desk/tracking_sheet.html", _sheet(goods, person, now, name, form, problem), status=status)


def _entered(goods: Shipment, name: str, person: Person, data: Any, now: datetime) -> tuple[Refusable | None, Exception | None]:
    """Write one entry; return the form with what is wrong, or why it could not be."""
    number = goods.order.number
    if name == "take-back":
        return None, _taken_back(number, person, data, now)
    if name not in ENTRIES:
        raise Http404
    form = ENTRIES[name].form(data, goods=goods, auto_id=f"{name}_%s")
    if not form.is_valid():
        return form, None
    try:
        ENTRIES[name].service(number=number, clerk=person, now=now, **form.cleaned_data)
    except Refused as refusal:
        form.refuse(refusal)
        return form, None
    except PROBLEMS as problem:
        return None, problem
    return None, None


def _taken_back(number: str, person: Person, data: Any, now: datetime) -> Exception | None:
    key = data.get("cost", "")
    if not key.isdigit() or len(key) > 12:
        raise Http404
    try:
        costs.take_back_cost(number=number, cost=int(key), clerk=person, text=data.get("text", "").replace("\0", ""), now=now)
    except OperatingCost.DoesNotExist as missing:
        raise Http404 from missing
    except PROBLEMS as problem:
        return problem
    return None


def _sheet(goods: Shipment, person: Person, now: datetime, name: str, form: Refusable | None, problem: Any) -> dict[str, Any]:
    entries = [
        (key, each, form if key == name and form else each.form(goods=goods, auto_id=f"{key}_%s"))
        for key, each in ENTRIES.items()
        if person.may(each.right) and each.now(goods)
    ]
    charged = goods.costs.select_related("person", "charged_to", "reversed_by").order_by("pk")
    return {
        "goods": goods, "order": goods.order, "now": now, "entries": entries, "failed": name if form else "", "problem": problem,
        "follow_ups": goods.follow_ups.select_related("person").order_by("-at", "-pk"), "costs": charged,
        "measures": [(each, words.reason_words(each.cause)) for each in goods.measures.select_related("person").order_by("-pk")],
        "anomalies": [(each, _kinds(each)) for each in goods.anomalies.order_by("-pk")],
        "place": far_name(goods.order.consignee_place), "may_charge": person.may("charge_cost"),
        "may_see_anomalies": person.may("anomaly"),
    }  # fmt: skip
