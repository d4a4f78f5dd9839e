"""What a customer asks for, as plain values: the content of an order before there is one, and of every later version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from decimal import Decimal

from orders.choices import Delivery, Payer, SlipReturn
from orders.models import Order, Refunder

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Shipper or consignee: `place` is a six-digit GB/T 2260 code."""

    name: str
    phone: str
    place: str
    address: str


@dataclass(frozen=True, slots=True)
class ChannelSaid:
    """What a channel says besides the content: a member's account (诚信通, §4.1), who takes refused goods back (退货接收人)."""

    member: bool = False
    refunder: Party | None = None


NOTHING_SAID = ChannelSaid()
CHANNEL_FIELDS = tuple(f.name for f in fields(ChannelSaid))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The content of an order. Weights in kg (2 decimals), volumes in m³ (3 decimals), money in yuan (2 decimals)."""

    shipper: Party
    consignee: Party
    goods: str
    pieces: int
    weight_kg: Decimal
    volume_m3: Decimal
    branch_code: str = ""
    packing: str = ""
    declared_value: Decimal = ZERO
    insured: bool = False
    cod_amount: Decimal = ZERO
    payer: str = Payer.SHIPPER
    delivery: str = Delivery.SELF_PICKUP
    slip_return: str = SlipReturn.NONE
    product: str = ""
    pickup: bool = True
    appointment: datetime | None = None
    remark: str = ""

    def flat(self) -> dict[str, object]:
        """Return the content with one key a field ("shipper.phone"), JSON-able, for comparing and storing."""
        content: dict[str, object] = {}
        for name, value in asdict(self).items():
            if isinstance(value, dict):
                content |= {f"{name}.{key}": part for key, part in value.items()}
            else:
                content[name] = _plain(value)
        return content

    def changed_from(self, other: Draft) -> list[str]:
        """Return the names of the fields that differ, in the order of the form."""
        mine, theirs = self.flat(), other.flat()
        return [key for key in mine if mine[key] != theirs[key]]

    def digest(self) -> str:
        return hashlib.sha256(json.dumps(self.flat(), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(value: object) -> object:
    """Write a value so that equal ones look equal: 120 and 120.00, the same instant in two time zones."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return "" if value is None else value if isinstance(value, bool | int) else str(value)


PLAIN = tuple(f.name for f in fields(Draft) if f.name not in {"shipper", "consignee", "branch_code"})
"""The fields a draft and an order name alike."""

PRICE_BASIS = frozenset(
    {
        "goods", "pieces", "weight_kg", "volume_m3", "declared_value", "insured", "cod_amount", "delivery", "slip_return",
        "product", "pickup", "shipper.place", "consignee.place",
    }
)  # fmt: skip
"""What a price is based on: an edit of any of these returns the order to its price step (§3.3)."""


def draft_of(order: Order) -> Draft:
    """Return the present content of an order."""
    return Draft(
        shipper=Party(
            name=order.shipper_name, phone=order.shipper_phone, place=order.shipper_place, address=order.shipper_address
        ),
        consignee=Party(
            name=order.consignee_name,
            phone=order.consignee_phone,
            place=order.consignee_place,
            address=order.consignee_address,
        ),
        branch_code=order.named_code,
        **{name: getattr(order, name) for name in PLAIN},
    )


def channel_said(order: Order) -> ChannelSaid:
    """Return what the channel said of an order when it was placed."""
    row = Refunder.objects.filter(order=order).first()
    return ChannelSaid(order.member, Party(name=row.name, phone=row.phone, place=row.place, address=row.address) if row else None)


def write_to(order: Order, draft: Draft) -> None:
    """Put the content of a draft on an order; the branch is the routing's business."""
    order.named_code = draft.branch_code
    for name in PLAIN:
        setattr(order, name, getattr(draft, name))
    for role in ("shipper", "consignee"):
        party: Party = getattr(draft, role)
        setattr(order, f"{role}_name", party.name)
        setattr(order, f"{role}_place", party.place)
        setattr(order, f"{role}_address", party.address)
    order.set_shipper_phone(draft.shipper.phone)
    order.set_consignee_phone(draft.consignee.phone)


def from_flat(content: Mapping[str, object]) -> Draft:
    """Rebuild a draft from its stored content."""
    plain = {key: value for key, value in content.items() if "." not in key}
    parties = {
        role: Party(**{f.name: str(content[f"{role}.{f.name}"]) for f in fields(Party)}) for role in ("shipper", "consignee")
    }
    appointment = str(plain.pop("appointment", "") or "")
    money = {name: Decimal(str(plain.pop(name))) for name in ("weight_kg", "volume_m3", "declared_value", "cod_amount")}
    draft = Draft(**parties, **plain, **money)  # type: ignore[arg-type]
    return replace(draft, appointment=datetime.fromisoformat(appointment) if appointment else None)
