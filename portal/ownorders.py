"""A customer's own orders as a list: narrowed by the URL, dressed for the page and for the workbook (§3.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from customers.models import CustomerAccount
from orders.choices import State
from orders.models import Order
from orders.notes import far_name
from portal import progress
from portal.progress import Promise
from reports import tracking
from rulebook.due import at, local

CITY = 4  # digits of a GB/T 2260 code that name a city
STAGES: dict[str, tuple[Any, Q]] = {
    "waiting": (_("待受理"), Q(state__in=(State.UNASSIGNED, State.AT_BRANCH))),
    "accepted": (_("已受理，待开单"), Q(state__in=(State.ACCEPTED, State.POSTPONED))),
    "moving": (_("运输途中"), Q(state=State.WAYBILLED, shipment__ended_at=None, shipment__signed_at=None)),
    "signed": (_("已签收"), Q(shipment__signed_at__isnull=False)),
    "ended": (_("已退回或丢失"), Q(shipment__ended_at__isnull=False, shipment__signed_at=None)),
    "cancelled": (_("已取消"), Q(state=State.CANCELLED)),
}
HEADERS = (
    _("订单号"), _("运单号"), _("状态"), _("下单时间"), _("发货人"), _("收货人"), _("收货人电话"), _("收货地区"), _("收货地址"), _("货物名称"),
    _("件数"), _("重量（千克）"), _("体积（立方米）"), _("运费"), _("付款方式"), _("代收货款"),
)  # fmt: skip


class Day(forms.DateField):
    """A day that has a beginning in every time zone; narrows nothing otherwise."""

    widget = forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")
    default_validators = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2100, 12, 31))]


class Filters(forms.Form):
    """What the list is narrowed to; what cannot be read narrows nothing."""

    q = forms.CharField(label=_("单号"), max_length=40, required=False)
    state = forms.ChoiceField(label=_("状态"), required=False)
    since = Day(label=_("下单从"), required=False)
    until = Day(label=_("到"), required=False)
    consignee = forms.CharField(label=_("收货人"), max_length=60, required=False)
    city = forms.ChoiceField(label=_("收货城市"), required=False)
    use_required_attribute = False

    def __init__(self, data: Any, *, cities: list[str]) -> None:
        super().__init__(data, label_suffix="")
        stages = [(key, label) for key, (label, _found) in STAGES.items()]
        self.fields["state"].choices = [("", _("全部")), *stages]  # type: ignore[attr-defined]
        named = [(code, tracking.city(f"{code}00") or code) for code in cities]
        self.fields["city"].choices = [("", _("全部")), *named]  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-select" if name in ("state", "city") else "form-control"

    def chosen(self) -> dict[str, Any]:
        """Return what narrows the list, by the names of the URL."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def cities(account: CustomerAccount) -> list[str]:
    """Return the cities the customer ships to."""
    found = Order.objects.of_account(account).annotate(city=Substr("consignee_place", 1, CITY))
    return sorted(found.values_list("city", flat=True).distinct().order_by())


def narrowed(account: CustomerAccount, chosen: dict[str, Any]) -> QuerySet[Order]:
    """Return the customer's orders that were asked for, the newest first."""
    found = progress.orders().filter(pk__in=Order.objects.of_account(account).values("pk"))
    if text := chosen.get("q"):
        found = found.filter(Q(number=text.upper()) | Q(waybill__number=text) | Q(external_no=text))
    if state := chosen.get("state"):
        found = found.filter(STAGES[state][1])
    if since := chosen.get("since"):
        found = found.filter(placed_at__gte=at(since))
    if until := chosen.get("until"):
        found = found.filter(placed_at__lt=at(until, 24))
    if consignee := chosen.get("consignee"):
        found = found.filter(consignee_name__icontains=consignee)
    if city := chosen.get("city"):
        found = found.filter(consignee_place__startswith=city)
    return found.order_by("-placed_at", "-pk")


@dataclass(frozen=True, slots=True)
class Row:
    order: Order
    words: str
    city: str
    promise: Promise | None
    verbs: dict[str, bool]


def rows(orders: Iterable[Order], now: datetime) -> list[Row]:
    """Dress orders for the page: two queries whatever their number."""
    dressed = list(orders)
    expected = progress.next_promises(dressed, now)
    return [Row(each, progress.headline(each), tracking.city(each.consignee_place), expected.get(each.pk), _verbs(each)) for each in dressed]


def _verbs(order: Order) -> dict[str, bool]:
    """Return what is offered in the list; the pages behind it decide."""
    before = order.state in (State.UNASSIGNED, State.AT_BRANCH, State.ACCEPTED, State.POSTPONED)
    return {"edit": before, "cancel": before and (order.collected_at is None or order.handed_back_at is not None)}


def line(order: Order) -> list[str]:
    """Return an order as a line of the workbook."""
    billed = order.waybill if order.state == State.WAYBILLED else None
    measured = billed or order
    return [
        order.number, billed.number if billed else "", progress.headline(order), f"{local(order.placed_at):%Y-%m-%d %H:%M:%S}",
        order.shipper_name, order.consignee_name, order.consignee_phone, far_name(order.consignee_place), order.consignee_address,
        order.goods, str(measured.pieces), str(measured.weight_kg), str(measured.volume_m3), str(billed.amount) if billed else "",
        str(measured.get_payer_display()), str(order.cod_amount),
    ]  # fmt: skip
