"""The order sheet: one timeline of everything, and every verb with the words of its guard."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.models import Entry
from desk import queries, words
from desk.acts import ACTS, Act, choices, form_for
from desk.complaints import of_order
from desk.forms import ContentForm
from desk.views.answers import PROBLEMS, back_to, explained, person_of, status_of
from desk.views.bills import said_differences
from desk.views.printing import after_printing
from network.access import staff_required
from network.models import Person
from network.nearby import suggestions
from network.places import exists
from notify.models import Notice
from notify.services import see
from orders.choices import OPEN, State
from orders.forms import values_of
from orders.models import Order
from orders.services import edit, show_phones, versions
from orders.services.draft import draft_of
from orders.services.editing import Difference
from pickup.choices import State as Pickup
from pickup.models import PickupTask
from pricing.words import price_told
from sla.choices import FILING_OPEN, FilingReason
from sla.models import Deadline
from sla.services import explain, reasons_for

SHOWN = "phones_shown"
SHOWN_FOR = timedelta(minutes=15)


@staff_required
@explained
@require_GET
def sheet(request: HttpRequest, number: str) -> HttpResponse:
    """Show everything about an order."""
    now = clock.now()
    see(order_number=number, person=person_of(request), now=now)
    return draw(request, number, now)


def draw(
    request: HttpRequest, number: str, now: datetime, *, problem: Exception | None = None, act: str = "",
    bound: dict[str, Any] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Draw the sheet, with what went wrong and the form as it was typed where an act failed."""
    person = person_of(request)
    found = Order.objects.visible_to(person)
    order = found.select_related("branch", "responsible_branch", "waybill", "accepted_by", "coupon").get(number=number)
    task = PickupTask.objects.exclude(state=Pickup.CANCELLED).select_related("driver").filter(order=order).first()
    clocks = list(Deadline.objects.of_order(order).select_related("holder"))
    context = {
        "order": order, "task": task, "now": now, "problem": problem, "failed_act": act,
        "choices": list(choices(order, task, person, bound or {})),
        "running": [c for c in clocks if c.stopped_at is None], "ended": [c for c in clocks if c.stopped_at],
        "timeline": words.timeline(Entry.objects.of_order(number)),
        "told": Notice.objects.filter(order_number=number).order_by("-pk"),
        "notes": order.notes.select_related("by").order_by("-at"),
        "contacts": order.contacts.select_related("by").order_by("-at"),
        "prints": order.prints.select_related("by").order_by("-serial"),
        "price": price_told(order.price),
        "quotes": order.quotes.select_related("by").order_by("-pk"),
        "edits": [(version, [_said(d) for d in changed]) for version, changed in versions(order)],
        "moves": order.moves_made.select_related("from_branch", "to_branch").order_by("-at"),
        "nearest": _nearest(order, now), "phones": phones_shown(request, number, now), "person": person,
        "undoable": queries.undoable(order, person, now), "lost_reason": words.reason_words(order.cancel_reason),
        "may_print": person.may("print"), "may_edit": person.may("edit") and order.state in OPEN,
        "may_bill": person.may("check_bill") and (order.waybilled_at or order.accepted_at) and order.state != State.CANCELLED,
        "differences": said_differences(order.waybill.differences) if order.waybilled_at else [],
        "complaints": of_order(order, person), "may_complain": person.may("file_complaint"),
        "may_call": person.may("contact") and order.state in OPEN,
        "may_check": person.may("open_check") and bool(order.branch_id and (order.accepted_at or order.state == State.CANCELLED)),
    }  # fmt: skip
    return render(request, "desk/order.html", context, status=status)


def _nearest(order: Order, now: datetime) -> list[Any]:
    if order.state not in OPEN or not exists(order.shipper_place):
        return []
    return [each for each in suggestions(order.shipper_place, now=now) if each.unit.pk != order.branch_id][:4]


def _said(difference: Difference) -> dict[str, Any]:
    shown = (queries.far_name(str(v)) if difference.field.endswith(".place") else v for v in (difference.before, difference.after))
    before, after = ("****" if difference.field.endswith(".phone") else value for value in shown)
    return {"field": words.FIELDS.get(difference.field, difference.field), "before": before, "after": after}


@staff_required
@explained
@require_POST
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do one verb of an order; from the queue the row is answered, from anywhere else a page."""
    now, person, what = clock.now(), person_of(request), ACTS[verb]
    order = Order.objects.visible_to(person).get(number=number)
    form = form_for(what, order, request.POST) if what.form else None
    if form is not None and not form.is_valid():
        return draw(request, number, now, act=verb, bound={verb: form}, status=400)
    try:
        what.run(number, person, form.cleaned_data if form else {}, now)
    except PROBLEMS as problem:
        bound = {verb: form} if form else {}
        if from_row(request, number):
            return row_answer(request, number, now, problem=problem)
        return draw(request, number, now, problem=problem, act=verb, bound=bound, status=status_of(problem))
    return _done(request, number, what, now)


def _done(request: HttpRequest, number: str, what: Act, now: datetime) -> HttpResponse:
    if what.name == "print":
        return after_printing([number])
    told = str(what.done) % number
    if from_row(request, number):
        undo = reverse("desk:act", args=[number, "undo"]) if what.name == "accept" else ""
        return row_answer(request, number, now, toast={"text": told, "undo": undo, "row": f"row-{number}"})
    messages.success(request, told)
    return HttpResponseRedirect(back_to(request, reverse("desk:order", args=[number])))


def from_row(request: HttpRequest, number: str) -> bool:
    htmx: Any = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and htmx.target == f"row-{number}"


def row_answer(
    request: HttpRequest, number: str, now: datetime, *, problem: Exception | None = None, toast: dict[str, str] | None = None
) -> HttpResponse:
    """Answer an act of the queue with its row drawn anew, the refusal beside it."""
    row = queries.row(number, person_of(request), now)
    context = {"row": row, "now": now, "problem": problem, "may_accept": person_of(request).may("accept"), "single": True}
    response = render(request, "desk/queue.html#row", context, status=status_of(problem) if problem else 200)
    if toast:
        response["HX-Trigger"] = json.dumps({"toast": toast})  # ASCII, as headers must be
    return response


# Full phone numbers: shown on request, on record, for a quarter of an hour.


@staff_required
@explained
@require_POST
def phones(request: HttpRequest, number: str) -> HttpResponse:
    """Show the full numbers to this login for a while; the showing is on record."""
    now = clock.now()
    show_phones(number=number, clerk=person_of(request), now=now)
    shown = {key: at for key, at in request.session.get(SHOWN, {}).items() if _fresh(at, now)}
    request.session[SHOWN] = shown | {number: now.timestamp()}
    return HttpResponseRedirect(back_to(request, reverse("desk:order", args=[number])))


def phones_shown(request: HttpRequest, number: str, now: datetime) -> bool:
    return _fresh(request.session.get(SHOWN, {}).get(number, 0), now)


def _fresh(shown_at: float, now: datetime) -> bool:
    return now.timestamp() - shown_at <= SHOWN_FOR.total_seconds()


@staff_required
@explained
@require_GET
def why(request: HttpRequest, number: str, deadline: UUID) -> HttpResponse:
    """Why this deadline? The same lines as in the API, in the reader's language."""
    clocks = Deadline.objects.filter(order__in=Order.objects.visible_to(person_of(request)).filter(number=number))
    found = clocks.select_related("holder").get(pk=deadline)
    lines = [line.say(str(get_language())) for line in explain(found)]
    context = {"number": number, "clock": found, "lines": lines, "now": clock.now(), "reasons": _excuses(person_of(request), found)}
    htmx: Any = request.htmx  # type: ignore[attr-defined]
    return render(request, "desk/why.html#lines" if htmx else "desk/why.html", context)


def _excuses(person: Person, deadline: Deadline) -> list[FilingReason]:
    """Return what this person could file about a missed clock; nothing while a filing about it is open."""
    if not person.may("file") or deadline.filings.filter(state__in=FILING_OPEN).exists():
        return []
    return reasons_for(deadline) if Deadline.objects.visible_to(person).filter(pk=deadline.pk).exists() else []


@staff_required
@explained
def change(request: HttpRequest, number: str) -> HttpResponse:
    """Change the content of an order until it is billed; every version is kept (§3.4.4)."""
    now, person = clock.now(), person_of(request)
    person.require("edit")
    order = Order.objects.visible_to(person).select_related("branch").get(number=number)
    form = ContentForm(request.POST or None, initial=values_of(draft_of(order)), phones=phones_shown(request, number, now))
    problem: Exception | None = None
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("seen", "")
        try:
            edit(
                number=number, draft=form.draft_for(order), by=person.actor, person=person, now=now,
                seen=int(seen) if seen.isdigit() else 0,
            )  # fmt: skip
        except PROBLEMS as refused:
            problem = refused
        else:
            return HttpResponseRedirect(reverse("desk:order", args=[number]))
    status = status_of(problem) if problem else 400 if form.errors else 200
    context = {"order": order, "content": form, "problem": problem, "seen": request.POST.get("seen") or order.version}
    return render(request, "desk/change.html", context, status=status)

