"""Load plans (配载, §2.1.2.1): choose what waits, see how full the vehicle is, ask to split, close, print."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from delivery import services as delivery
from delivery.choices import Load
from delivery.models import LoadItem, LoadPlan, Shipment, SplitConsent
from delivery.services.loads import filling, waiting_at
from desk.loadforms import AskForm, OpenForm, SplitAnswerForm
from desk.queries import far_name
from desk.views.answers import PROBLEMS, explained, person_of, status_of
from network.access import staff_required
from network.models import Person

PAGE = 30
MOST = 200


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def loads(request: HttpRequest) -> HttpResponse:
    """Show the plans of a place and the splits that wait for this branch's consent; open a plan for a vehicle and line."""
    person, now = person_of(request), clock.now()
    person.require("haul")
    form, problem = OpenForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            plan = delivery.open_load(clerk=person, now=now, **form.cleaned_data)
        except PROBLEMS as refused:
            problem = refused
        else:
            return redirect("desk:load", key=plan.pk)
    state = request.GET.get("state", "")
    state = state if state in Load.values else Load.OPEN.value
    found = LoadPlan.objects.visible_to(person).filter(state=state).select_related("unit", "made_by").order_by("-made_at", "-pk")
    context = {
        "form": form, "problem": problem, "page": Paginator(found, PAGE).get_page(request.GET.get("page")), "state": state,
        "states": Load.choices, "query": f"state={state}&", "questions": _questions(person), "answer": SplitAnswerForm(auto_id=False),
    }  # fmt: skip
    status = status_of(problem) if problem else 422 if form.errors else 200
    return render(request, "desk/loads.html", context, status=status)


def _questions(person: Person) -> Any:
    """Return the splits of goods of this person's branches that wait for their answer."""
    if not person.may("answer_split"):
        return SplitConsent.objects.none()
    waiting = SplitConsent.objects.unanswered().filter(person.scope("shipment__order__branch__path"))
    return waiting.select_related("shipment__order", "unit", "asked_by").order_by("asked_at")


@staff_required
@explained
@require_GET
def load(request: HttpRequest, key: int) -> HttpResponse:
    """Show one plan: what is on it, what waits here, how full the vehicle is."""
    return _load(request, key)


def _load(request: HttpRequest, key: int, *, problem: Any = None, status: int = 200) -> HttpResponse:
    person = person_of(request)
    person.require("haul")
    plan = _plan(person, key)
    items = _items(plan)
    waiting = [(goods, left, far_name(goods.order.consignee_place)) for goods, left in waiting_at(plan.unit)]
    open_ = plan.state == Load.OPEN
    shown = [goods.pk for goods, _left, _place in waiting] + [item.shipment_id for item in items]
    context = {
        "plan": plan, "items": items, "full": filling(plan, items), "waiting": waiting[:MOST] if open_ else [], "open": open_,
        "more": max(len(waiting) - MOST, 0) if open_ else 0, "problem": problem, "ask": AskForm(auto_id="ask_%s"),
        "asked": SplitConsent.objects.filter(shipment__in=shown).select_related("shipment__order", "answered_by").order_by("-pk"),
    }  # fmt: skip
    return render(request, "desk/load.html", context, status=status)


def _plan(person: Person, key: int) -> LoadPlan:
    plan = LoadPlan.objects.visible_to(person).select_related("unit", "made_by", "ended_by").filter(pk=key).first()
    if plan is None:
        raise Http404
    return plan


def _items(plan: LoadPlan) -> list[LoadItem]:
    rows = plan.items.select_related("shipment__order__waybill", "shipment__order__key_account__customer", "shipment__terminal")
    return list(rows.order_by("-shipment__key_customer", "shipment__opened_at", "pk"))


@staff_required
@explained
@require_GET
def load_print(request: HttpRequest, key: int) -> HttpResponse:
    """Show the list as it goes with the vehicle, to be printed; names and addresses are not on it."""
    person = person_of(request)
    person.require("haul")
    plan = _plan(person, key)
    items = _items(plan)
    rows = [(item, far_name(item.shipment.order.consignee_place)) for item in items]
    context = {"plan": plan, "rows": rows, "full": filling(plan, items), "now": clock.now()}
    return render(request, "desk/print_load.html", context)


@staff_required
@explained
@require_POST
def load_act(request: HttpRequest, key: int, verb: str) -> HttpResponse:
    """Do one verb with a plan."""
    person = person_of(request)
    _plan(person, key)
    if verb not in ACTS:
        raise Http404
    try:
        said = ACTS[verb](request, key, person)
    except Shipment.DoesNotExist:
        said = _("没有这票货物，或不属于您的单位。")
    except PROBLEMS as problem:
        return _load(request, key, problem=problem, status=status_of(problem))
    if said:
        return _load(request, key, problem={"reason": said, "clause": ""}, status=422)
    return redirect("desk:loads") if verb in ("close", "cancel") else redirect("desk:load", key=key)


def _add(request: HttpRequest, key: int, person: Person) -> str:
    """Put every ticked shipment on the plan; each answers for itself."""
    numbers = request.POST.getlist("number")[:MOST]
    if not numbers:
        return _("请至少选择一票货物。")
    return "；".join(said for number in numbers if (said := _add_one(request, key, number, person)))


def _add_one(request: HttpRequest, key: int, number: str, person: Person) -> str:
    typed = request.POST.get(f"pieces-{number}", "").strip()
    if typed and not (typed.isascii() and typed.isdigit() and len(typed) <= 5):
        return _("%s：件数须为整数，如 10。") % number
    try:
        delivery.add_to_load(plan=key, number=number, clerk=person, now=clock.now(), pieces=int(typed) if typed else None)
    except PROBLEMS as problem:
        return f"{number}：{problem}"
    except Shipment.DoesNotExist:
        return f"{number}：" + _("没有这票货物，或不属于您的单位。")
    return ""


def _take_off(request: HttpRequest, key: int, person: Person) -> str:
    delivery.take_off_load(plan=key, number=request.POST.get("number", ""), clerk=person, now=clock.now())
    return ""


def _ask(request: HttpRequest, key: int, person: Person) -> str:
    form = AskForm(request.POST)
    if not form.is_valid():
        return _errors(form)
    number = request.POST.get("number", "").strip().upper()[:20]
    consent = delivery.ask_split(number=number, clerk=person, now=clock.now(), **form.cleaned_data)
    messages.success(request, _("已登记同意拆分。") if consent.given else _("已征求始发营业部意见，请等待答复。"))
    return ""


def _close(request: HttpRequest, key: int, person: Person) -> str:
    plan = delivery.close_load(plan=key, clerk=person, now=clock.now())
    messages.success(request, _("%(vehicle)s 已发车，共 %(count)d 票。") % {"vehicle": plan.vehicle, "count": plan.items.count()})
    return ""


def _cancel(request: HttpRequest, key: int, person: Person) -> str:
    delivery.cancel_load(plan=key, clerk=person, now=clock.now())
    messages.success(request, _("配载单已取消，货物继续等待装车。"))
    return ""


ACTS: dict[str, Callable[[HttpRequest, int, Person], str]] = {
    "add": _add, "take-off": _take_off, "ask": _ask, "close": _close, "cancel": _cancel,
}  # fmt: skip


def _errors(form: forms.Form) -> str:
    return "；".join(f"{form.fields[name].label}：{error}" for name, errors in form.errors.items() for error in errors)


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def answer_split(request: HttpRequest, number: str) -> HttpResponse:
    """Answer a question to split for the origin branch (§2.1.2.2)."""
    person = person_of(request)
    person.require("answer_split")
    goods = Shipment.objects.visible_to(person).select_related("order").filter(order__number=number).first()
    if goods is None:
        raise Http404
    form, problem = SplitAnswerForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            delivery.answer_split(number=number, clerk=person, now=clock.now(), **form.cleaned_data)
        except Shipment.DoesNotExist as missing:
            raise Http404 from missing
        except PROBLEMS as refused:
            problem = refused
        else:
            messages.success(request, _("%s 已答复拆分装车。") % number)
            return redirect("desk:loads")
    context = {"order": goods.order, "goods": goods, "form": form, "problem": problem}
    context["splits"] = goods.splits.select_related("shipment__order", "answered_by").order_by("pk")
    status = status_of(problem) if problem else 422 if form.errors else 200
    return render(request, "desk/split.html", context, status=status)
