"""What is printed of a waybill: the customer's copy on A4, a label for every piece; personal data masked (GB/T 41833)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from core.personal import mask_name
from desk.queries import far_name
from desk.views.answers import explained, person_of
from desk.views.bills import told
from network.access import staff_required
from orders.barcodes import code128
from orders.choices import Paper
from orders.models import Order, WaybillPrint
from orders.notes import slip_address, slip_phone
from orders.services.charging import present


@dataclass(frozen=True, slots=True)
class Masked:
    """A party as a slip may show it."""

    name: str
    phone: str
    place: str
    address: str


@dataclass(frozen=True, slots=True)
class Label:
    """One piece's label: its number among all, as text and as bars."""

    code: str
    barcode: SafeString


@staff_required
@explained
@require_GET
def papers(request: HttpRequest, number: str, paper: str) -> HttpResponse:
    """Show the last printing again; printing itself is a POST that counts."""
    if paper not in Paper.values:
        raise Http404
    found = Order.objects.visible_to(person_of(request)).select_related("branch", "waybill")
    order = found.get(number=number)
    printed = WaybillPrint.objects.filter(waybill__order=order, paper=paper).order_by("-serial").first()
    if printed is None:
        return redirect("desk:bill", number=number)
    context = {
        "order": order, "waybill": order.waybill, "printed": printed, "price": told(present(order.waybill)),
        "shipper": party(order, "shipper"), "consignee": party(order, "consignee"), "barcode": bars(order.waybill.number),
        "labels": labels(printed) if paper == Paper.LABELS else [], "consignee_city": far_name(order.consignee_place),
    }  # fmt: skip
    return render(request, "desk/print_bill.html", context)


def party(order: Order, role: str) -> Masked:
    name, phone, place, address = (getattr(order, f"{role}_{part}") for part in ("name", "phone", "place", "address"))
    return Masked(mask_name(name) if len(name) > 1 else "*", slip_phone(phone), far_name(place), slip_address(address))


def labels(printed: WaybillPrint) -> list[Label]:
    """Return the labels of the pieces that were asked for: 1234567895-001/012; an amended waybill may have fewer."""
    waybill = printed.waybill
    width = max(3, len(str(waybill.pieces)))
    codes = (
        f"{waybill.number}-{piece:0{width}}/{waybill.pieces:0{width}}"
        for piece in range(printed.first, min(printed.last, waybill.pieces) + 1)
    )
    return [Label(code, bars(code)) for code in codes]


def bars(text: str) -> SafeString:
    return mark_safe(code128(text))  # noqa: S308 - our own SVG
