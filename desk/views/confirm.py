"""The order call on one screen (§4.3.2.1): check, correct, agree, then accept, postpone, cancel or try again."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import clock
from customers import services as customers
from desk.forms import END_ACCEPT, END_CANCEL, END_MISSED, END_POSTPONE, CallForm, ContentForm
from desk.views.answers import PROBLEMS, back_to, explained, person_of, status_of
from desk.views.order import phones_shown
from network.access import staff_required
from network.models import Person
from orders import services as orders
from orders.choices import OPEN, State
from orders.forms import values_of
from orders.models import Order
from orders.services.draft import draft_of
from pickup import services as pickup
from pickup.choices import AgreedBy
from rulebook.due import local_day
from rulebook.windows import latest_ship_on

DONE = {
    END_ACCEPT: _("订单 %s 已受理。"),
    END_POSTPONE: _("订单 %s 已受理并延期。"),
    END_CANCEL: _("订单 %s 已取消。"),
    END_MISSED: _("订单 %s 已登记未接通，请稍后再拨。"),
}


@staff_required
@explained
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """Show the form; take its result, with the pickup time agreed (§1.2.1.2), in one act: all of it is stored or none."""
    now, person = clock.now(), person_of(request)
    order = Order.objects.visible_to(person).select_related("branch").get(number=number)
    if order.state not in OPEN:
        return redirect("desk:order", number)
    call = CallForm(request.POST or None, auto_id="call_%s", initial={"seen": order.version})
    content = ContentForm(request.POST or None, initial=values_of(draft_of(order)), phones=phones_shown(request, number, now))
    problem: Exception | None = None
    if request.method == "POST" and call.is_valid() and (not call.keeps_content or content.is_valid()):
        try:
            take(order, call.cleaned_data, content, person, now)
        except PROBLEMS as refused:
            problem = refused
        else:
            messages.success(request, str(DONE[call.cleaned_data["ending"]]) % number)
            return HttpResponseRedirect(back_to(request, reverse("desk:order", args=[number])))
    wrong = request.method == "POST" and not problem
    context = {
        "order": order, "call": call, "content": content, "problem": problem, "now": now,
        "phones": phones_shown(request, number, now), "last_ship_on": latest_ship_on(order.order_on),
        "next": back_to(request, ""), "clock": order.deadlines.filter(stopped_at=None).order_by("due_at").first(),
    }  # fmt: skip
    return render(request, "desk/confirm.html", context, status=status_of(problem) if problem else 400 if wrong else 200)


@transaction.atomic
def take(order: Order, call: dict[str, Any], content: ContentForm, clerk: Person, now: datetime) -> None:
    """Do what the call ended with."""
    number, ending = order.number, call["ending"]
    if ending == END_MISSED:
        orders.contact(
            number=number, clerk=clerk, outcome="not_reached", reason=call["missed_reason"], remark=call["retry"],
            checks=call["checks"], now=now,
        )  # fmt: skip
        return
    orders.contact(number=number, clerk=clerk, outcome="reached", checks=call["checks"], now=now)
    if order.key_account_id and call["day_pieces"] is not None:
        customers.tell_day_need(
            pk=order.key_account_id, on=local_day(now), pieces=call["day_pieces"], volume_m3=call["day_volume"] or Decimal(),
            vehicles=call["day_vehicles"], by=clerk, now=now,
        )  # fmt: skip
    if ending == END_CANCEL:
        orders.cancel(
            number=number, by=clerk.actor, person=clerk, reason=call["cancel_reason"], text=call["cancel_text"], now=now
        )
        return
    draft = content.draft_for(order)
    orders.edit(number=number, draft=draft, by=clerk.actor, person=clerk, seen=call["seen"] or 0, now=now)
    if ending == END_POSTPONE:
        orders.postpone(number=number, clerk=clerk, ship_on=call["ship_on"], reason=call["postpone_reason"], now=now)
    elif order.state == State.AT_BRANCH:
        orders.accept(number=number, clerk=clerk, now=now)
    if call["pickup_at"] and draft.pickup:
        pickup.appoint(
            number=number, clerk=clerk, appointment=call["pickup_at"], agreed_by=AgreedBy.ORDER_CALL, now=now
        )
