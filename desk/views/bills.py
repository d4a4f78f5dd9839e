"""Billing: what waits, the form with its live price and differences, the bill with its next steps, amendments (§1.4.3, §4.3.2.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.fsm import in_source, unmet
from core.language import english, in_words
from desk import queries, words
from desk.billforms import AmendForm, BillForm, amendable
from desk.billsteps import STEPS, form_for, open_steps
from desk.views.answers import PROBLEMS, explained, person_of, status_of
from network.access import staff_required
from network.models import Person
from orders import services as orders
from orders.choices import AmendmentState, Payer, PriceState, State
from orders.models import Order, Waybill
from orders.services.amending import Effect, changes_of, effect
from orders.services.billing import Preview
from orders.services.charging import Charge, present
from rulebook.errors import Refused
from rulebook.products import PRODUCTS

PAGE = 30
TABS = {
    "to-bill": lazy("待开单"), "check": lazy("待核对"), "confirm": lazy("待客户确认"), "copy": lazy("客户联未交付"),
    "amend": lazy("更改待审批"), "refund": lazy("退还运费"),
}  # fmt: skip


@staff_required
@explained
@require_GET
def bills(request: HttpRequest) -> HttpResponse:
    """Show what waits for a bill, and which bills wait for their check, answer, copy or approval."""
    person = person_of(request)
    person.require("check_bill")
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "to-bill"
    rows = _to_bill(person) if tab == "to-bill" else _waiting(person, tab)
    context = {
        "tabs": TABS.items(), "tab": tab, "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "query": f"tab={tab}&", "may_bill": person.may("bill"),
    }  # fmt: skip
    return render(request, "desk/bills.html", context)


def _to_bill(person: Person) -> Any:
    here = Order.objects.visible_to(person).filter(state__in=(State.ACCEPTED, State.POSTPONED))
    collected = here.filter(pickup=True, collected_at__isnull=False, handed_back_at=None) | here.filter(pickup=False)
    return collected.order_by("collected_at", "placed_at")


def _waiting(person: Person, tab: str) -> Any:
    seen = Waybill.objects.visible_to(person).select_related("order").order_by("issued_at")
    match tab:
        case "check":
            return seen.unchecked()
        case "confirm":
            return seen.unconfirmed()
        case "copy":
            return seen.copy_open()
        case "refund":
            return seen.refunded().prefetch_related("refunds").order_by("-pk")
    return seen.filter(amendments__state=AmendmentState.PROPOSED)


# The form, and the bill.


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def bill(request: HttpRequest, number: str) -> HttpResponse:
    """Bill an order: differences and price are shown as the figures are typed; billed already, show the bill."""
    now, person = clock.now(), person_of(request)
    order = Order.objects.visible_to(person).select_related("branch", "waybill", "price").get(number=number)
    if order.waybilled_at:
        return _bill_page(request, order)
    person.require("bill")
    known = {name: getattr(order, name) for name in ("pieces", "weight_kg", "payer")} | {"volume_m3": order.volume_m3 or ""}
    form = BillForm(request.POST or None, initial=known)
    seen: Preview | None = None
    problem: Exception | None = None
    if request.method == "POST" and form.is_valid():
        try:
            seen = orders.preview(order, now=now, **form.measures())
            if "issue" in request.POST:
                return _issue(request, order, form, now)
        except Refused as refusal:
            form.refuse(refusal)
        except PROBLEMS as lost:
            problem = lost
    return _form_page(request, order, form, seen, problem, now)


def _issue(request: HttpRequest, order: Order, form: BillForm, now: datetime) -> HttpResponse:
    given, clerk = form.cleaned_data, person_of(request)
    if given["outside_no"] or given["reason"]:
        outside = {"outside_no": given["outside_no"], "reason": given["reason"]}
        waybill = orders.link_waybill(number=order.number, clerk=clerk, now=now, **outside, **form.measures())
    else:
        waybill = orders.issue_waybill(number=order.number, clerk=clerk, now=now, **form.measures())
    messages.success(request, _("已开单，运单号 %s。") % waybill.number)
    return redirect("desk:bill", number=order.number)


def _form_page(
    request: HttpRequest, order: Order, form: BillForm, seen: Any, problem: Exception | None, now: datetime
) -> HttpResponse:
    against: Any = unmet(order.issue_waybill) if in_source(order.issue_waybill) else None
    context = {
        "order": order, "form": form, "seen": seen, "problem": problem,
        "against": {"reason": against.reason, "clause": against.clause} if against else None,
        "may_issue": in_source(order.issue_waybill) and against is None,
        "differences": said_differences(seen.differences) if seen else [],
        "price": told(seen.charge) if seen else None, "live": bool(seen),
    }  # fmt: skip
    template = "desk/bill.html#outcome" if _live(request) else "desk/bill.html"
    status = 200 if _live(request) else status_of(problem) if problem else 422 if form.errors else 200
    return render(request, template, context, status=status)


def _live(request: HttpRequest) -> bool:
    htmx: Any = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and htmx.target == "outcome"


@dataclass(frozen=True, slots=True)
class PriceTold:
    """The price of a bill in the reader's language, as components/price_lines.html takes it."""

    total: Any
    why: str
    lines: list[Any]
    version: str
    source: str


def told(price: Charge | None) -> PriceTold | None:
    if price is None:
        return None
    lines = [
        {"name": in_words(line), "words": line.words_en if english() else line.words_zh, "amount": line.amount}
        for line in price.lines
    ]
    version = next((line.tariff for line in price.lines if line.tariff), "")
    return PriceTold(price.total, in_words(price), lines, version, str(PriceState(price.source).label))


CHOSEN = {each.value: each.label for each in (*Payer, *PriceState)}


def said_differences(rows: Any) -> list[dict[str, Any]]:
    """Put differences into words: the field's name, what was ordered, what was measured."""
    return [
        {"field": words.FIELDS.get(name, name), "before": CHOSEN.get(before, before), "after": CHOSEN.get(after, after)}
        for name, before, after in rows
    ]


def _bill_page(
    request: HttpRequest, order: Order, *, bound: dict[str, Any] | None = None, problem: Exception | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    waybill, person = order.waybill, person_of(request)
    asked = waybill.open_amendment()
    context = {
        "order": order, "waybill": waybill, "price": told(present(waybill)), "added": waybill.added.order_by("pk"), "problem": problem, "asked": asked,
        "product": in_words(PRODUCTS[waybill.product]) if waybill.product else "", "refund": waybill.refund,
        "differences": said_differences(waybill.differences), "steps": list(open_steps(waybill, asked, person, bound or {})),
        "failed": next(iter(bound or {}), ""), "prints": waybill.prints.select_related("by").order_by("-pk"),
        "amendments": [
            (each, _said_changes(each)) for each in waybill.amendments.select_related("asked_by", "decided_by").order_by("-serial")
        ],
        "may_amend": person.may("amend") and asked is None,
    }  # fmt: skip
    return render(request, "desk/waybill.html", context, status=status)


def _said_changes(amendment: Any) -> list[dict[str, Any]]:
    return said_changes(changes_of(amendment))


def said_changes(changes: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Put an amendment's changes into words; phones stay hidden."""
    return [
        {"field": words.FIELDS.get(name, name), "before": _value(name, before), "after": _value(name, after)}
        for name, (before, after) in changes.items()
    ]


def _value(name: str, value: str) -> str:
    if name.endswith(".phone"):
        return "****"
    if name.endswith(".place"):
        return queries.far_name(value)
    field = {"payer": Order, "delivery": Order, "slip_return": Order}.get(name)
    return str(dict(field._meta.get_field(name).choices).get(value, value)) if field else value  # type: ignore[union-attr,call-overload]


@staff_required
@explained
@require_POST
def step(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """Do one step of an issued waybill."""
    now, person, what = clock.now(), person_of(request), STEPS[name]
    order = Order.objects.visible_to(person).select_related("branch", "waybill").get(number=number)
    if not order.waybilled_at:
        return redirect("desk:bill", number=number)
    form = form_for(what, order.waybill, order.waybill.open_amendment(), request.POST)
    if form is not None and not form.is_valid():
        return _bill_page(request, order, bound={name: form}, status=400)
    try:
        what.run(number, person, form.cleaned_data if form else {}, now)
    except PROBLEMS as problem:
        return _bill_page(request, order, bound={name: form}, problem=problem, status=status_of(problem))
    if what.paper:
        return redirect("desk:papers", number=number, paper=what.paper)
    messages.success(request, _("已登记：%s。") % what.label)
    return redirect("desk:bill", number=number)


# 更改单.


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for a change of an issued waybill: its effect on the price is shown first, then it waits for the manager."""
    now, person = clock.now(), person_of(request)
    person.require("amend")
    order = Order.objects.visible_to(person).select_related("branch", "waybill", "price").get(number=number)
    if not order.waybilled_at:
        return redirect("desk:bill", number=number)
    waybill = order.waybill
    form = AmendForm(request.POST or None, initial=amendable(order, waybill) | {"seen": waybill.version})
    would: Effect | None = None
    problem: Exception | None = None
    if request.method == "POST" and form.is_valid():
        try:
            would = _amended(order, waybill, form, request, now)
            if would is None:
                messages.success(request, _("更改单已提交，等待经理审批。"))
                return redirect("desk:bill", number=number)
        except Refused as refusal:
            form.refuse(refusal)
        except PROBLEMS as lost:
            problem = lost
    context = {
        "order": order, "waybill": waybill, "form": form, "would": would, "problem": problem,
        "changes": said_changes(would.changes) if would else [], "price": told(would.after) if would else None,
    }  # fmt: skip
    status = status_of(problem) if problem else 422 if form.errors else 200
    return render(request, "desk/amend.html", context, status=status)


def _amended(order: Order, waybill: Waybill, form: AmendForm, request: HttpRequest, now: datetime) -> Effect | None:
    """Submit the amendment, or only reckon what it would do; None once it is submitted."""
    wanted, given = form.changes(waybill), form.cleaned_data
    if "submit" not in request.POST:
        return effect(order, waybill, wanted, now=now, amount=given["amount"])
    orders.propose_amendment(
        number=order.number, clerk=person_of(request), changes=wanted, reason=given["reason"], amount=given["amount"],
        now=now, seen=given["seen"] or 0,
    )  # fmt: skip
    return None
