"""A customer's own orders and the money collected for them: lists, workbooks, notes to print (§3.2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock
from delivery.choices import Cash
from delivery.models import CashOnDelivery
from delivery.statementapi import narrowed, totals
from orders import sheets
from orders.answers import download
from orders.models import Order
from orders.notes import sheet_of
from portal import ownorders
from portal.access import account_required, own_account
from rulebook.due import local

PER_PAGE = 20
MOST_EXPORTED = 5000
MOST_PRINTED = 60
CUSTOMERS_COPY = (2,)


@never_cache
@require_safe
@account_required
def orders(request: HttpRequest) -> HttpResponse:
    """The orders, narrowed by what stands in the URL."""
    account, now = own_account(request), clock.now()
    form = ownorders.Filters(request.GET, cities=ownorders.cities(account))
    chosen = form.chosen()
    page = Paginator(ownorders.narrowed(account, chosen), PER_PAGE).get_page(request.GET.get("page"))
    query = urlencode(chosen)
    context = {
        "form": form, "page": page, "rows": ownorders.rows(page, now), "filtered": bool(chosen), "now": now, "export": query,
        "query": f"{query}&" if query else "",
    }  # fmt: skip
    return render(request, "portal/my_orders.html", context)


@never_cache
@require_safe
@account_required
def orders_export(request: HttpRequest) -> HttpResponse:
    """What the list shows, all its pages, as a workbook."""
    account = own_account(request)
    chosen = ownorders.Filters(request.GET, cities=ownorders.cities(account)).chosen()
    found = ownorders.narrowed(account, chosen)[:MOST_EXPORTED]
    book = sheets.workbook([sheets.Column(str(each)) for each in ownorders.HEADERS], [ownorders.line(each) for each in found])
    return download(book, f"orders-{local(clock.now()):%Y%m%d-%H%M}.xlsx")


@never_cache
@require_safe
@account_required
def notes(request: HttpRequest) -> HttpResponse:
    """The customer's copies of the notes of the ticked orders; the branch has printed and counted its own before (§3.4.3)."""
    numbers = [number for number in request.GET.getlist("n")[:MOST_PRINTED] if "\0" not in number]
    found = Order.objects.of_account(own_account(request)).filter(number__in=numbers, printed_at__isnull=False)
    printed = found.select_related("branch", "key_account__customer").prefetch_related("prints").order_by("number")
    copies = [sheet_of(order) for order in printed]
    if not copies:
        messages.info(request, _("没有可打印的托运书：请勾选营业部已受理并打印过托运书的订单。"))
        return redirect("portal:my-orders")
    return render(request, "portal/notes.html", {"sheets": copies, "copies": CUSTOMERS_COPY, "now": clock.now(), "own": True})


# The money collected for the customer (代收货款).


class CashFilters(forms.Form):
    since = ownorders.Day(label=_lazy("收款从"), required=False)
    until = ownorders.Day(label=_lazy("到"), required=False)
    state = forms.ChoiceField(
        label=_lazy("状态"), choices=[("", _lazy("全部")), *Cash.choices], required=False, widget=forms.Select(attrs={"class": "form-select"})
    )
    use_required_attribute = False

    def __init__(self, data: Any) -> None:
        super().__init__(data, label_suffix="")

    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


@never_cache
@require_safe
@account_required
def cod(request: HttpRequest) -> HttpResponse:
    """Each order's money: where it is, by which day it is paid out, and what was paid out in which batch."""
    form = CashFilters(request.GET)
    chosen = form.chosen()
    own = CashOnDelivery.objects.filter(order__in=Order.objects.of_account(own_account(request)))
    found = narrowed(own, **chosen)
    page = Paginator(found.select_related("order__waybill").order_by("-order__placed_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    query = urlencode(chosen)
    paid = found.filter(state=Cash.REMITTED).values("batch").annotate(sum=Sum("amount")).order_by("-batch")
    context = {
        "form": form, "page": page, "totals": totals(found), "payouts": paid[:PER_PAGE], "filtered": bool(chosen),
        "due": found.filter(state=Cash.DUE).aggregate(sum=Sum("amount"))["sum"] or Decimal("0.00"), "export": query,
        "query": f"{query}&" if query else "",
    }  # fmt: skip
    return render(request, "portal/my_cod.html", context)


CASH_HEADERS = (
    _lazy("订单号"), _lazy("运单号"), _lazy("收货人"), _lazy("代收金额"), _lazy("状态"), _lazy("收款时间"), _lazy("最迟汇付日"), _lazy("汇付时间"),
    _lazy("汇付批次"),
)  # fmt: skip


@never_cache
@require_safe
@account_required
def cod_export(request: HttpRequest) -> HttpResponse:
    own = CashOnDelivery.objects.filter(order__in=Order.objects.of_account(own_account(request)))
    found = narrowed(own, **CashFilters(request.GET).chosen()).select_related("order__waybill").order_by("-order__placed_at", "-pk")
    book = sheets.workbook([sheets.Column(str(each)) for each in CASH_HEADERS], [_cash_line(each) for each in found[:MOST_EXPORTED]])
    return download(book, f"cod-{local(clock.now()):%Y%m%d-%H%M}.xlsx")


def _cash_line(cash: CashOnDelivery) -> list[str]:
    collected, remitted = (f"{local(moment):%Y-%m-%d %H:%M}" if moment else "" for moment in (cash.collected_at, cash.remitted_at))
    return [
        cash.order.number, cash.order.waybill.number, cash.order.consignee_name, str(cash.amount), str(cash.get_state_display()), collected,
        cash.pay_by.isoformat() if cash.pay_by else "", remitted, cash.batch,
    ]  # fmt: skip
