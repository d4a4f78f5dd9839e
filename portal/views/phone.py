"""Binding a login to the customer record: the phone one ships under, proved by a code (§3.4.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import clock
from core.personal import mask_phone
from customers.models import CustomerAccount
from customers.services import Newcomer, pending, prove
from network.nearby import suggestions
from notify.notices import send_code
from orders.models import Order
from orders.picker import PlacePicker
from portal import access
from portal.access import account_of, account_required
from portal.accountforms import CodeForm, PhoneForm
from portal.views.tracking import too_often
from rulebook.errors import Refused


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@account_required
def phone(request: HttpRequest) -> HttpResponse:
    """Ask for a code, then type it; both on one page, each with a button of its own."""
    now, account = clock.now(), account_of(request)
    assert account is not None  # noqa: S101 - the guard's promise
    if request.method != "POST":
        return _page(request, account, now)
    act = request.POST.get("act", "")
    if act == "place":  # without JavaScript: the next level of the picker
        typed = {**request.POST.dict(), "place": PlacePicker().value_from_datadict(request.POST, {}, "place")}
        return _page(request, account, now, prove=CodeForm(initial=typed))
    return _ask(request, account, now) if act == "code" else _prove(request, account, now)


def _ask(request: HttpRequest, account: CustomerAccount, now: datetime) -> HttpResponse:
    if not access.may_ask_code(request, now):
        return too_often(request)
    form = PhoneForm(request.POST)
    if form.is_valid():
        try:
            send_code(account, phone=form.cleaned_data["phone"], now=now)
        except Refused as refusal:
            form.add_error("phone", refusal.reason)
        else:
            return redirect("portal:my-phone")
    return _page(request, account, now, ask=form, status=422)


def _prove(request: HttpRequest, account: CustomerAccount, now: datetime) -> HttpResponse:
    form = CodeForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        waiting = pending(account, now=now)
        branch = _looks_after(waiting.phone_index, said["place"], now) if waiting else None
        newcomer = Newcomer(said["name"], branch) if branch else None
        try:
            bound = prove(account, code=said["code"], newcomer=newcomer, now=now)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.reason)
        else:
            shown = mask_phone(bound.customer.phone) if bound.customer else ""
            messages.success(request, _("电话 %s 已验证。用它发货的订单都列在“我的”里，合同价自动生效。") % shown)
            return redirect("portal:my")
    return _page(request, account, now, prove=form, status=422)


def _looks_after(index: str, place: str, now: datetime) -> Any:
    """Return the branch that will look after a new record: that of the phone's last order, else the nearest."""
    last = Order.objects.filter(shipper_phone_index=index, branch__isnull=False).select_related("branch").order_by("-placed_at").first()
    near = suggestions(place, now=now)
    return last.branch if last else near[0].unit if near else None


def _page(
    request: HttpRequest, account: CustomerAccount, now: datetime, *, ask: Any = None, prove: Any = None, status: int = 200
) -> HttpResponse:
    waiting = pending(account, now=now)
    context = {
        "account": account, "bound": mask_phone(account.customer.phone) if account.customer else "",
        "sent_to": mask_phone(waiting.phone) if waiting else "", "ask": ask or PhoneForm(),
        "prove": prove or (CodeForm() if waiting else None), "form": prove or ask or PhoneForm(),
    }  # fmt: skip
    return render(request, "portal/my_phone.html", context, status=status)
