"""What a shipper may do with a placed order: edit, cancel, answer the quote, change the pickup time (§3.4.4, §3.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import clock
from orders.forms import ROLES, DraftForm, Text, values_of
from orders.models import Order
from orders.services import answer_bill, answer_quote, cancel, edit
from orders.services.draft import draft_of
from pickup import windows
from portal import access
from portal.access import Right
from portal.forms import CancelForm, HallForm, Worded, pasted_into
from portal.views import tracking
from portal.views.ordering import form_context, who
from pricing.words import lines_told
from rulebook.errors import Conflict, Refused

View = Callable[..., HttpResponse]


def of_shipper(verb: str) -> Callable[[View], View]:
    """Let the order's shipper in, while the verb is possible; others prove themselves on the order's page first."""

    def wrap(view: View) -> View:
        @wraps(view)
        @never_cache
        @require_http_methods(["GET", "HEAD", "POST"])
        def guarded(request: HttpRequest, number: str) -> HttpResponse:
            now, order = clock.now(), tracking.look_up(number)
            if order is None or access.right(request, number) != Right.ACT:
                messages.info(request, _("请先用发货人电话后四位验证，再修改订单。"))
                return redirect("portal:progress", number=number)
            if not tracking.verbs(order)[verb]:
                return tracking.lost(
                    request, order, Conflict(_("订单当前状态不能执行此操作。"), **order.last_act()), now
                )
            try:
                return view(request, order, now)
            except Conflict as conflict:
                fresh = tracking.look_up(number) or order
                return tracking.lost(request, fresh, conflict, now)

        return guarded

    return wrap


# Edit.


@of_shipper("edit")
def change(request: HttpRequest, order: Order, now: datetime) -> HttpResponse:
    """The order form again, filled in; saved only if nobody has edited the order since it was opened."""
    known = draft_of(order)
    if request.method != "POST":
        form = HallForm(data=None, initial=values_of(known))
        form.show_masked(known)
        return _edit_page(request, order, form, now, seen=order.version)
    typed = request.POST.dict()
    seen = _whole(typed.get("seen", ""))
    if act := typed.get("act", ""):
        role = act.removeprefix("split_")
        typed = pasted_into(typed, role) if role in ROLES else typed
        form = HallForm(data=None, initial={**typed, **{f"{r}_place": HallForm.base_place(typed, r) for r in ROLES}})
        return _edit_page(request, order, form, now, seen=seen, anchor=act)
    form = HallForm(data=typed)
    form.show_masked(known)
    if form.is_valid():
        try:
            saved = edit(
                number=order.number, draft=form.draft(), by=access.acting(request), now=now, who=who(), seen=seen,
                ships_for=access.ships_for(request),
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal)
        else:
            unchanged = saved.version == order.version
            messages.success(request, _("内容没有变化。") if unchanged else _("修改已保存，改动见下方“修改记录”。"))
            return redirect("portal:progress", number=order.number)
    return _edit_page(request, order, form, now, seen=seen, status=422)


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _whole(text: str) -> int:
    """Return the version a form was opened with; one that is no number fits no order."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def _edit_page(
    request: HttpRequest, order: Order, form: HallForm, now: datetime, *, seen: int, anchor: str = "", status: int = 200
) -> HttpResponse:
    context = form_context(form, now, order.appointment) | {
        "order": order, "seen": seen, "anchor": anchor, "note": "", "kept": False, "token": "",
    }  # fmt: skip
    return render(request, "portal/edit.html", context, status=status)


# Change the pickup time.


class AppointmentForm(forms.Form):
    """Only the pickup time, checked as the order form checks it."""

    appointment = DraftForm.base_fields["appointment"]
    use_required_attribute = False

    def clean_appointment(self) -> datetime:
        moment = DraftForm.clean_appointment(self)  # type: ignore[arg-type]
        if moment is None:
            raise forms.ValidationError(_("请选择接货时间。"), code="required")
        return moment


@of_shipper("appointment")
def appointment(request: HttpRequest, order: Order, now: datetime) -> HttpResponse:
    """Another pickup time, at the customer's own wish: it replaces the one before (§1.3.1.1r)."""
    form = AppointmentForm(_posted(request), error_class=Worded)
    if request.method == "POST" and form.is_valid():
        draft = replace(draft_of(order), appointment=form.cleaned_data["appointment"])
        try:
            edit(
                number=order.number,
                draft=draft,
                by=access.acting(request),
                now=now,
                who=who(),
                seen=_whole(request.POST.get("seen", "")),
            )
        except Refused as refusal:
            words = forms.ValidationError(refusal.reason.replace("%", "%%"), params={"clause": refusal.clause})
            form.add_error("appointment", words)
        else:
            messages.success(request, _("接货时间已更改。"))
            return redirect("portal:progress", number=order.number)
    context = {
        "order": order, "form": form, "days": windows.choices(now, order.appointment), "errors": form["appointment"].errors,
        "window": windows.Window(order.appointment).value if order.appointment else "",
    }  # fmt: skip
    return render(request, "portal/appointment.html", context, status=422 if form.errors else 200)


# Cancel.


@of_shipper("cancel")
def end(request: HttpRequest, order: Order, now: datetime) -> HttpResponse:
    """Cancel with a reason, which the branch confirms the same day (§1.2.1.4r)."""
    form = CancelForm(_posted(request), error_class=Worded, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            cancel(number=order.number, by=access.acting(request), now=now, who=who(), **form.cleaned_data)
        except Refused as refusal:
            name = refusal.field if refusal.field in form.fields else None
            form.add_error(
                name, forms.ValidationError(refusal.reason.replace("%", "%%"), params={"clause": refusal.clause})
            )
        else:
            messages.success(request, _("订单已取消。营业部可能会致电核实取消原因。"))
            return redirect("portal:progress", number=order.number)
    return render(request, "portal/cancel.html", {"order": order, "form": form}, status=422 if form.errors else 200)


# Answer the quote.


@of_shipper("quote")
def quote(request: HttpRequest, order: Order, now: datetime) -> HttpResponse:
    """Confirm the branch's price or decline it; declining cancels the order, and says so first (§3.3)."""
    given = order.quotes.order_by("-pk").first()
    answer = request.POST.get("answer", "")
    if request.method == "POST" and (answer == "agree" or (answer == "decline" and request.POST.get("sure"))):
        seen = _whole(request.POST.get("quote", ""))
        answer_quote(number=order.number, agreed=answer == "agree", by=access.acting(request), now=now, who=who(), seen=seen)
        messages.success(request, _("报价已确认。") if answer == "agree" else _("已拒绝报价，订单已取消。"))
        return redirect("portal:progress", number=order.number)
    context: dict[str, Any] = {"order": order, "quote": given, "declining": answer == "decline"}
    return render(request, "portal/quote.html", context)


# Confirm what was billed.


class DoubtForm(forms.Form):
    """What is wrong with the bill, in the customer's words."""

    text = Text(label=_lazy("哪里不对"), max_length=300, widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}))
    use_required_attribute = False


@of_shipper("bill")
def bill(request: HttpRequest, order: Order, now: datetime) -> HttpResponse:
    """Confirm the billed data, or say what is wrong with them; then the branch checks them anew (§4.3.2.3)."""
    form = DoubtForm(_posted(request) if request.POST.get("answer") == "doubt" else None, error_class=Worded)
    agreed = request.POST.get("answer") == "agree"
    if request.method == "POST" and (agreed or form.is_valid()):
        words = "" if agreed else form.cleaned_data["text"]
        seen = _whole(request.POST.get("seen", ""))
        answer_bill(number=order.number, agreed=agreed, by=access.acting(request), now=now, who=who(), text=words, seen=seen)
        messages.success(request, _("开单信息已确认。") if agreed else _("已告知营业部，核对后会与您联系。"))
        return redirect("portal:progress", number=order.number)
    context = {
        "order": order, "waybill": order.waybill, "form": form, "doubting": form.is_bound,
        "lines": lines_told(order.waybill.lines_now()), "payer": order.waybill.get_payer_display(), "added": order.waybill.added.order_by("pk"),
    }  # fmt: skip
    return render(request, "portal/bill.html", context, status=422 if form.errors else 200)
