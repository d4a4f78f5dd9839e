"""The consignment note (托运书): two copies on A4, counted; one order or the ticked ones (§1.2.2.p, §3.4.3)."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import clock
from core.personal import mask_name
from desk.barcodes import code128
from desk.queries import far_name
from desk.views.answers import explained, person_of
from network.access import staff_required
from orders.models import Order

MOST = 60
COPIES = (1, 2)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One order's note: personal data masked as GB/T 41833 wants it on slips."""

    order: Order
    serial: int
    barcode: SafeString
    shipper: str
    consignee: str
    shipper_phone: str
    consignee_phone: str
    shipper_place: str
    consignee_place: str
    shipper_address: str
    consignee_address: str


@staff_required
@explained
@require_GET
def notes(request: HttpRequest) -> HttpResponse:
    """Show the notes of the numbers in the URL, printed before; printing itself is a POST that counts."""
    numbers = request.GET.getlist("n")[:MOST]
    person = person_of(request)
    found = Order.objects.visible_to(person).filter(number__in=numbers, printed_at__isnull=False).select_related("branch", "key_account__customer")
    sheets = [_sheet(order) for order in found.prefetch_related("prints")]
    if not sheets:
        messages.error(request, _("没有可打印的托运书：请先受理并登记打印。"))
        return redirect("desk:queue")
    context = {"sheets": sheets, "copies": COPIES, "now": clock.now(), "single": len(sheets) == 1}
    return render(request, "desk/print.html", context)


def _sheet(order: Order) -> Sheet:
    return Sheet(
        order=order, serial=len(order.prints.all()), barcode=mark_safe(code128(order.number)),  # noqa: S308 - our own SVG
        shipper=mask_name(order.shipper_name), consignee=mask_name(order.consignee_name),
        shipper_phone=slip_phone(order.shipper_phone), consignee_phone=slip_phone(order.consignee_phone),
        shipper_place=far_name(order.shipper_place), consignee_place=far_name(order.consignee_place),
        shipper_address=slip_address(order.shipper_address), consignee_address=slip_address(order.consignee_address),
    )  # fmt: skip


def slip_phone(phone: str) -> str:
    """Hide all digits but the first three and the last two: at least six are hidden on a slip (GB/T 41833)."""
    plain = "".join(char for char in phone if char.isdigit())
    hidden = max(6, len(plain) - 5)
    head = max(0, min(3, len(plain) - hidden))
    return plain[:head] + "*" * hidden + plain[head + hidden :]


def slip_address(address: str) -> str:
    """Keep street and house, hide what follows: unit and room (GB/T 41833)."""
    for mark in ("号", "弄", "巷"):
        if mark in address:
            head, _mark, tail = address.partition(mark)
            return head + mark + ("***" if tail.strip() else "")
    return address[: max(4, len(address) // 2)] + "***"


def after_printing(numbers: list[str]) -> HttpResponse:
    query = "&".join(f"n={number}" for number in numbers)
    return HttpResponseRedirect(f"{reverse('desk:notes')}?{query}&now=1")


def ticked(request: HttpRequest) -> list[Any]:
    """Return the numbers of the ticked rows, each once, at most a page of them."""
    return list(dict.fromkeys(request.POST.getlist("number")))[:MOST]
