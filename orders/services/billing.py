"""The waybill is issued from the accepted order, never directly (§1.4.3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from core.fsm import perform
from core.journal import Fact, publish
from network.models import Person
from orders.choices import AGREED, NoteKind
from orders.models import Note, Order, Waybill
from orders.numbers import waybill_number
from orders.services.charging import Charge, charge, store_lines
from orders.services.common import about, label, locked, stamp
from orders.services.draft import draft_of
from orders.services.measuring import CLAUSE, Measured, differences, measured
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.measures import Parcel

OUTSIDE_NO = re.compile(r"[A-Za-z0-9-]{4,32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a waybill would say: the measures, every difference from the order, the price (None: there is none yet)."""

    measured: Measured
    differences: list[list[str]]
    charge: Charge | None


def preview(
    order: Order, *, pieces: int, weight_kg: Decimal | None, volume_m3: Decimal | None, now: datetime, payer: str = "",
    parcels: Sequence[Parcel] = (),
) -> Preview:  # fmt: skip
    """
    Return what the waybill of an order would say, storing nothing.

    :raises Refused: figures that cannot be; names the field
    """
    found = measured(order, pieces=pieces, weight_kg=weight_kg, volume_m3=volume_m3, payer=payer, parcels=parcels)
    price = charge(order, draft_of(order), found, now=now)
    return Preview(found, [*differences(order, found), *_other_source(order, price)], price)


def _other_source(order: Order, price: Charge | None) -> list[list[str]]:
    """The price source must agree with the order (§1.4.3): where the system's price took its place, that is a difference too."""
    if price is None or price.source == order.price_state or order.price_state not in AGREED:
        return []
    return [["price_source", str(order.price_state), price.source]]


@transaction.atomic
def issue_waybill(
    *, number: str, clerk: Person, pieces: int, now: datetime, weight_kg: Decimal | None = None,
    volume_m3: Decimal | None = None, payer: str = "", parcels: Sequence[Parcel] = (),
) -> Waybill:  # fmt: skip
    """
    Bill an order with what was counted, weighed (kg) and measured (m³, or cm for each piece); every difference is stored (§1.4.3).

    :raises Refused: goods wanted by pickup have not been collected, the price is not agreed (§3.3), a figure cannot be
    :raises Conflict: the order is not accepted, or billed already
    """
    clerk.require("bill")
    order = locked(number, clerk)
    perform(order.issue_waybill, at=now)
    seen = preview(
        order, pieces=pieces, weight_kg=weight_kg, volume_m3=volume_m3, payer=payer, parcels=parcels, now=now
    )
    waybill = _write(order, seen, clerk, now)
    publish(_issued(order, waybill, clerk, now))
    return waybill


@transaction.atomic
def link_waybill(
    *, number: str, clerk: Person, outside_no: str, reason: str, pieces: int, now: datetime,
    weight_kg: Decimal | None = None, volume_m3: Decimal | None = None, payer: str = "", parcels: Sequence[Parcel] = (),
) -> Waybill:  # fmt: skip
    """
    Link a waybill that was made outside this flow; its number is noted and a filing is opened with the department (§1.4.3).

    :raises Refused: no number or reason, or the number belongs to another order; otherwise as for a waybill issued here
    :raises Conflict: the order is not accepted, or billed already
    """
    clerk.require("bill")
    order = locked(number, clerk)
    _check_outside(outside_no, reason)
    perform(order.issue_waybill, at=now)
    seen = preview(
        order, pieces=pieces, weight_kg=weight_kg, volume_m3=volume_m3, payer=payer, parcels=parcels, now=now
    )
    waybill = _write(order, seen, clerk, now, outside_no=outside_no)
    text = _("系统外运单号 %(number)s：%(reason)s") % {"number": outside_no, "reason": reason}
    note = Note.objects.create(order=order, kind=NoteKind.BILLING, text=text, by=clerk, at=now)
    linked = about(
        order, On.WAYBILL_LINKED, clerk.actor, now, waybill=waybill.number, outside_no=outside_no, note=note.pk
    )
    publish(_issued(order, waybill, clerk, now), linked)
    return waybill


def _check_outside(outside_no: str, reason: str) -> None:
    if not OUTSIDE_NO.fullmatch(outside_no):
        raise Refused(CLAUSE, _("请填写系统外运单号：4–32 位字母、数字或短横线。"), field="outside_no")
    if not reason.strip():
        raise Refused(CLAUSE, _("请说明为什么在系统外开单。"), field="reason")
    known = Waybill.objects.filter(outside_no=outside_no) | Waybill.objects.filter(number=outside_no)
    if other := known.select_related("order").first():
        raise Refused(CLAUSE, _("运单号 %s 已关联另一订单。") % other.number, field="outside_no")


def _write(order: Order, seen: Preview, clerk: Person, now: datetime, *, outside_no: str = "") -> Waybill:
    stamp(order, clerk.actor, label(clerk), now)
    order.save(update_fields=["state", "waybilled_at", "last_actor", "last_at"])
    found, price = seen.measured, seen.charge
    if price is None:
        raise Conflict(_("没有找到客户确认过的价格，请重新报价。"), **order.last_act())
    waybill = Waybill.objects.create(
        number=waybill_number(order.pk), outside_no=outside_no, order=order, pieces=found.pieces,
        weight_kg=found.weight_kg, volume_m3=found.volume_m3, parcels=found.stored_parcels(), payer=found.payer,
        price_source=price.source, amount=price.total, price_zh=price.zh, price_en=price.en,
        product=price.product, promised_at=price.promised_at, differences=seen.differences, issued_by=clerk, issued_at=now,
    )  # fmt: skip
    store_lines(waybill, price.stored_lines())
    return waybill


def _issued(order: Order, waybill: Waybill, clerk: Person, now: datetime) -> Fact:
    return about(
        order, On.WAYBILL_ISSUED, clerk.actor, now, waybill=waybill.number, differs=len(waybill.differences),
        pieces=waybill.pieces, weight_kg=str(waybill.weight_kg), volume_m3=str(waybill.volume_m3), payer=waybill.payer,
        amount=str(waybill.amount), price_source=waybill.price_source,
    )  # fmt: skip
