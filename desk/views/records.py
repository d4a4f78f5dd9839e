"""One page a record about a shipment: call before delivery, lateness told, special circumstance, demand and its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from core import clock
from delivery import services as delivery
from delivery.choices import AT_THE_DOOR, ENDED, ON_THE_ROAD, TO_PLAN, Freight, State
from delivery.models import Shipment
from delivery.services.records import ON_THE_WAY, TO_CALL
from desk.queries import far_name
from desk.recordforms import (
    AnswerForm,
    CallForm,
    CircumstanceForm,
    DemandForm,
    HireForm,
    LateForm,
    PaymentForm,
    Record,
    TakeBackFreightForm,
)
from desk.views.answers import PROBLEMS, explained, person_of, status_of
from network.access import staff_required
from network.models import Person


@dataclass(frozen=True, slots=True)
class Act:
    """A record: its icon and words, the right it takes, its form, its service, and whether it can be made now."""

    icon: str
    label: Any
    clause: str
    right: str
    form: type[Record]
    service: Callable[..., object]
    now: Callable[[Shipment], bool]


PAID_BY = (*AT_THE_DOOR, State.SIGNED, State.SIGNED_WITH_EXCEPTION)
"""Freight is taken before the signature, or, where it was forgotten, after it."""


ACTS: dict[str, Act] = {
    "cash": Act(
        "money", _("收代收货款"), "§4.3.3.2", "collect_cash", PaymentForm, delivery.collect,
        lambda goods: goods.state in AT_THE_DOOR and bool(delivery.cash_to_collect(goods)),
    ),
    "freight": Act(
        "money", _("收到付运费"), "§4.3.2.7", "collect_cash", PaymentForm, delivery.collect_freight,
        lambda goods: goods.state in PAID_BY and bool(delivery.freight_to_collect(goods)),
    ),
    "freight-back": Act(
        "undo", _("冲回到付运费"), "§4.3.2.7", "resolve_cash", TakeBackFreightForm, delivery.take_back_freight,
        lambda goods: goods.order.freight_receipts.filter(state=Freight.COLLECTED).exists(),
    ),
    "answer": Act(
        "check", _("答复现场要求"), "§4.3.3.5", "answer_demand", AnswerForm, delivery.answer_demand,
        lambda goods: goods.demands.unanswered().exists(),
    ),
    "call": Act(
        "phone", _("派送前致电"), "§4.3.2.7", "call_consignee", CallForm, delivery.call_consignee,
        lambda goods: goods.state in TO_CALL,
    ),
    "late": Act(
        "clock", _("告知将晚到"), "§4.3.3.3", "call_consignee", LateForm, delivery.tell_lateness,
        lambda goods: goods.state in ON_THE_WAY,
    ),
    "demand": Act(
        "alert", _("上报收货人要求"), "§4.3.3.5", "report_demand", DemandForm, delivery.report_demand,
        lambda goods: goods.state in ON_THE_ROAD and not goods.demands.unanswered().exists(),
    ),
    "hire": Act(
        "users", _("登记外雇"), "§1.3.3.2", "hire_helpers", HireForm, delivery.hire_helpers,
        lambda goods: goods.door and goods.state in (*TO_PLAN, *ON_THE_ROAD),
    ),
    "circumstance": Act(
        "note", _("注明特殊情况"), "§1.3.3.1", "note_circumstance", CircumstanceForm, delivery.note_circumstance,
        lambda goods: goods.state not in ENDED,
    ),
}  # fmt: skip


def open_to(goods: Shipment, person: Person) -> list[tuple[str, Act]]:
    """Return the records this person can make about the goods now."""
    return [(name, act) for name, act in ACTS.items() if person.may(act.right) and act.now(goods)]


def told_of(goods: Shipment) -> dict[str, Any]:
    """Return what has been recorded about the goods, as their page shows it."""
    return {
        "added": goods.order.waybill.added.order_by("pk"), "freight": delivery.freight_to_collect(goods),
        "crew": delivery.crew_of(goods), "costs": goods.costs.select_related("person", "charged_to", "reversed_by").order_by("pk"),
        "demands": goods.demands.select_related("person", "answered_by").order_by("pk"),
        "splits": goods.splits.select_related("shipment__order", "answered_by").order_by("pk"),
    }  # fmt: skip


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """Ask for one record of one shipment and make it; from the courier's phone it leads back there."""
    person, act = person_of(request), ACTS.get(name)
    found = Shipment.objects.visible_to(person).select_related("order", "order__waybill")
    goods = found.filter(order__number=number).first()
    if act is None or goods is None:
        raise Http404
    person.require(act.right)
    money = {"freight": delivery.freight_to_collect(goods), "cash": delivery.cash_to_collect(goods), "door": goods.door}
    form, problem = act.form(request.POST or None, **money), None
    if request.method == "POST" and form.is_valid():
        try:
            act.service(number=number, clerk=person, now=clock.now(), **form.values())
        except PROBLEMS as said:
            problem = said
        else:
            messages.success(request, f"{number} · {act.label}")
            return _back(request, number)
    context = {
        "goods": goods, "order": goods.order, "act": act, "form": form, "problem": problem, "phone": request.GET.get("from"),
        "place": far_name(goods.order.consignee_place), "demand": goods.demands.unanswered().first() if name == "answer" else None,
    }  # fmt: skip
    status = status_of(problem) if problem else 422 if form.is_bound else 200
    return render(request, "desk/record.html", context, status=status)


def _back(request: HttpRequest, number: str) -> HttpResponse:
    return redirect("desk:my-goods") if request.GET.get("from") == "phone" else redirect("desk:goods", number=number)
