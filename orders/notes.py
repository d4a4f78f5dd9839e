"""What a consignment note (托运书) says: personal data masked as GB/T 41833 wants it on slips (§1.2.2.p, §3.4.3)."""

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from core.personal import mask_name
from network.places import exists, lineage
from orders.barcodes import code128
from orders.models import Order


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


def sheet_of(order: Order) -> Sheet:
    """Return the note of an order; its printings are read along."""
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


def far_name(code: str) -> str:
    """Name a place as somebody far away does: 上海市 徐汇区."""
    if not exists(code):
        return code
    names = [each.name for each in lineage(code)[1:] if not each.is_filler]
    return " ".join(names) or lineage(code)[-1].name
