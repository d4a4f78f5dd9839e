"""The goods after the waybill: arrivals and delivery planning, one shipment's page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.fsm import in_source, unmet
from core.models import Entry
from core.personal import mask_phone
from delivery import services as delivery
from delivery.choices import ON_THE_ROAD, State
from delivery.models import Demand, Shipment
from delivery.services import VERBS, proofs
from delivery.services.costs import chargeable
from delivery.services.records import Crew
from desk import words
from desk.goodsforms import Goods, LoadForm, drivers_near, form_for
from desk.queries import far_name
from desk.views.answers import PROBLEMS, explained, person_of, status_of
from desk.views.records import open_to, told_of
from network.access import staff_required
from network.models import Person
from sla.models import Deadline

PAGE = 50
ZERO = Decimal("0.00")
DELIVERY = "§1.3.3.1"


@dataclass(frozen=True, slots=True)
class Tab:
    key: str
    label: Any
    states: tuple[str, ...]


TABS = (
    Tab("arrived", _("已进港待安排"), (State.ARRIVED, State.HELD)),
    Tab("coming", _("在途"), (State.IN_TRANSIT, State.AT_HUB)),
    Tab("out", _("派送中"), ON_THE_ROAD),
    Tab("fetch", _("待自提"), (State.READY_FOR_PICKUP,)),
    Tab("forwarded", _("外发跟踪"), (State.FORWARDED,)),
    Tab("problem", _("拒收、退回与丢失"), (State.REFUSED, State.RETURNING, State.LOST)),
    Tab("origin", _("待发车"), (State.AT_ORIGIN,)),
)
TAB = {tab.key: tab for tab in TABS}

LABELS = {
    "depart": ("truck", _("登记发车")), "depart_rest": ("truck", _("余件发车")), "arrive_hub": ("pin", _("到中转场")), "arrive": ("pin", _("登记进港")),
    "mark_to_forward": ("swap", _("标记需外发")), "keep_for_delivery": ("truck", _("改为自行派送")),
    "forward": ("swap", _("外发")), "track": ("note", _("登记跟踪")), "offer_for_pickup": ("home", _("通知自提")),
    "load_for_delivery": ("truck", _("装车派送")), "wait": ("hourglass", _("现场等待 30 分钟")),
    "fail_attempt": ("alert", _("派送未成功")), "reschedule": ("calendar", _("另约送达时间")), "sign": ("check", _("签收")),
    "sign_with_exception": ("alert", _("异常签收")), "refuse": ("x", _("拒收")), "declare_lost": ("alert", _("登记丢失")),
    "take_back": ("undo", _("更正上一步")), "take_back_arrival": ("undo", _("撤销到达登记")),
    "find": ("check", _("货物已找到")), "send_back": ("undo", _("退回发货人")), "close_return": ("undo", _("已退回发货人")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A shipment with the delivery limit that runs and what its line shows."""

    goods: Any
    due_at: datetime | None
    phone: str
    place: str
    freight: Decimal  # to collect at the door, charges added since included (到付)
    crew: Crew | None  # who carries it upstairs (§1.3.3.2)
    demand: Demand | None  # what the consignee demanded last, from the spot (§4.3.3.5)

    wait_is_over: bool

    @property
    def number(self) -> str:
        return str(self.goods.order.number)


@dataclass(frozen=True, slots=True)
class Choice:
    """A verb on a shipment's page: open, or greyed with the words of the guard that says no."""

    verb: str
    icon: str
    label: Any
    form: Goods | None
    why: str
    clause: str


def rows_of(found: Iterable[Shipment], now: datetime) -> list[Row]:
    """Dress shipments as lines; one query each for their running delivery limits, demands from the spot, added charges."""
    found = list(found)
    running = Deadline.objects.open().filter(clause=DELIVERY, subject__in=[goods.subject for goods in found])
    due = dict(running.values_list("subject", "due_at"))
    demands = {demand.shipment_id: demand for demand in Demand.objects.filter(shipment__in=found).order_by("pk")}
    freights = delivery.freights_to_collect(found)
    return [
        Row(
            goods, due.get(goods.subject), mask_phone(goods.order.consignee_phone), far_name(goods.order.consignee_place),
            freights.get(goods.pk, ZERO), delivery.crew_of(goods), demands.get(goods.pk),
            _wait_is_over(goods, now),
        )
        for goods in found
    ]  # fmt: skip


@staff_required
@explained
@require_GET
def deliveries(request: HttpRequest) -> HttpResponse:
    """Show what is here, what comes, what is out: a terminal branch's day (§1.3.3)."""
    return _deliveries(request)


def _deliveries(
    request: HttpRequest, *, results: list[tuple[str, str]] | None = None, status: int = 200
) -> HttpResponse:
    person, now = person_of(request), clock.now()
    person.require("see_goods")
    tab = TAB.get(request.GET.get("tab", "") or request.POST.get("tab", ""), TABS[0])
    seen = Shipment.objects.visible_to(person)
    found = seen.filter(state__in=tab.states).select_related("order__waybill", "order__key_account__customer", "terminal", "place", "driver").with_cash()
    page = Paginator(found.order_by("-key_customer", "arrived_at", "pk"), PAGE).get_page(request.GET.get("page"))
    counted = {state: seen.filter(state__in=each.states).count() for each in TABS for state in (each.key,)}
    context = {
        "now": now, "tab": tab, "tabs": [(each, counted[each.key]) for each in TABS], "page": page, "rows": rows_of(page, now),
        "load": LoadForm(drivers=drivers_near(person), auto_id="load_%s"), "results": results, "query": f"tab={tab.key}&",
        "may": {verb: person.may(row.right) for verb, row in VERBS.items()},
    }  # fmt: skip
    return render(request, "desk/deliveries.html", context, status=status)


@staff_required
@explained
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Do one verb for every shipment ticked; each answers for itself."""
    person, now, verb = person_of(request), clock.now(), request.POST.get("verb", "")
    if verb not in ("arrive", "arrive_hub", "depart", "load_for_delivery", "offer_for_pickup"):
        raise Http404
    form = form_for(verb, request.POST, drivers=drivers_near(person))
    if form and not form.is_valid():
        return _deliveries(
            request, results=[("", "；".join(e for errors in form.errors.values() for e in errors))], status=422
        )
    values = form.values() if form else {}
    results = [(number, _one(number, verb, person, now, values)) for number in request.POST.getlist("number")[:200]]
    if not results:
        return _deliveries(request, results=[("", _t("请至少选择一票订单。"))], status=422)
    failed = [(number, said) for number, said in results if said]
    messages.success(
        request, _t("成功 %(good)d 票，未成功 %(bad)d 票。") % {"good": len(results) - len(failed), "bad": len(failed)}
    )
    _warn_uncalled(request, verb, [number for number, said in results if not said])
    return _deliveries(request, results=failed, status=422 if failed else 200)


def _one(number: str, verb: str, person: Person, now: datetime, values: dict[str, Any]) -> str:
    try:
        delivery.act(number=number, verb=verb, clerk=person, now=now, **values)
    except PROBLEMS as problem:
        return str(problem)
    except Shipment.DoesNotExist:
        return _t("没有这票货物，或不属于您的单位。")
    return ""


@staff_required
@explained
@require_GET
def sheet(request: HttpRequest, number: str) -> HttpResponse:
    """Show one shipment: where it is, what can be done, everything that happened."""
    return _sheet(request, number)


def _sheet(
    request: HttpRequest, number: str, *, verb: str = "", form: Goods | None = None, problem: Exception | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    person, now = person_of(request), clock.now()
    person.require("see_goods")
    found = Shipment.objects.visible_to(person).select_related("order", "order__waybill", "terminal", "place", "driver")
    goods = found.filter(order__number=number).first()
    if goods is None:
        raise Http404
    clocks = Deadline.objects.of_order(goods.order).filter(subject=goods.subject).select_related("holder")
    context = {
        "goods": goods, "order": goods.order, "now": now, "problem": problem, "failed": verb,
        "choices": list(_choices(goods, person, verb, form)), "running": [c for c in clocks if c.stopped_at is None],
        "cash": getattr(goods.order, "cash", None), "attempts": goods.attempts.select_related("person").order_by("serial"),
        "proofs": proofs.shown(goods),
        "timeline": words.timeline(Entry.objects.of_order(number)), "place": far_name(goods.order.consignee_place),
        "found": words.reason_words(goods.exception), "records": open_to(goods, person), "over": _wait_is_over(goods, now),
        "may_charge": person.may("charge_cost") and bool(chargeable(goods)),
    }  # fmt: skip
    context |= told_of(goods)
    return render(request, "desk/goods.html", context, status=status)


def _wait_is_over(goods: Shipment, now: datetime) -> bool:
    """Tell whether the courier has waited the 30 minutes (§1.3.3.3): now it is signed for, or failed and a new time agreed."""
    return goods.state == State.WAITING and goods.waits_until is not None and goods.waits_until < now


def _choices(goods: Shipment, person: Person, verb: str, form: Goods | None) -> Iterator[Choice]:
    for name, row in VERBS.items():
        step = getattr(goods, name)
        if name == "depart_rest" and not goods.left_behind:
            continue
        if person.may(row.right) and in_source(step):
            guard: Any = unmet(step)
            shown = form if name == verb and form else form_for(name, drivers=drivers_near(person))
            icon, label = LABELS[name]
            yield Choice(name, icon, label, shown, str(guard.reason) if guard else "", guard.clause if guard else "")


@staff_required
@explained
@require_POST
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do one verb with one shipment."""
    person, now = person_of(request), clock.now()
    if verb not in VERBS:
        raise Http404
    form = form_for(verb, request.POST, request.FILES, drivers=drivers_near(person))
    if form and not form.is_valid():
        return _sheet(request, number, verb=verb, form=form, status=422)
    try:
        given = form.values() | {"pictures": form.pictures()} if form else {}
        delivery.act(number=number, verb=verb, clerk=person, now=now, **given)
    except Shipment.DoesNotExist as missing:
        raise Http404 from missing
    except PROBLEMS as problem:
        return _sheet(request, number, verb=verb, form=form, problem=problem, status=status_of(problem))
    messages.success(request, f"{number} · {LABELS[verb][1]}")
    _warn_uncalled(request, verb, [number])
    return redirect("desk:deliveries")


def _warn_uncalled(request: HttpRequest, verb: str, numbers: list[str]) -> None:
    """Say which goods left for delivery without a call to the consignee on record (§4.3.2.7): a duty, which bars nothing."""
    if verb == "load_for_delivery":
        silent = Shipment.objects.filter(order__number__in=numbers, called_at=None).values_list("order__number", flat=True)
        if missing := "、".join(sorted(silent)):
            messages.warning(request, _t("装车前未致电收货人（§4.3.2.7）：%s。请在送达前致电并登记。") % missing)
