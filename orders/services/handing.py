"""After the waybill is issued: printed, checked, told and confirmed, its copy handed back (§3.4.3, §3.5, §4.3.2.3)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.journal import publish
from core.models import Actor
from network.models import Person
from orders.choices import CopyMeans, Means, Paper
from orders.models import Order, Waybill, WaybillPrint
from orders.services.common import about, label, locked
from rulebook.errors import Conflict, Refused
from rulebook.events import On

MOST_LABELS = 300
CHECKING, RETURNING = "§4.3.2.3", "§3.4.3"
CHECKED = ("checked_by", "checked_at", "check_remark", "told_at", "told_means")
ANSWERED = ("confirmed_at", "confirmed_means", "confirmed_by", "disputed_at", "dispute")


def billed(number: str, person: Person | None = None) -> tuple[Order, Waybill]:
    """
    Return the order, its row locked, and its waybill.

    :raises Conflict: it is not billed yet
    """
    order = locked(number, person)
    waybill = Waybill.objects.filter(order=order).first()
    if waybill is None:
        raise Conflict(_("订单尚未开单。"), **order.last_act())
    return order, waybill


@transaction.atomic
def print_waybill(
    *, number: str, clerk: Person, paper: str, now: datetime, first: int = 1, last: int = 0
) -> WaybillPrint:
    """
    Record a printing of the customer's copy or of labels `first` to `last` (0: to the last piece); reprints are counted (§3.5).

    :raises Refused: pieces the waybill does not have, or more labels than one printing takes
    :raises Conflict: the order is not billed yet
    """
    clerk.require("print")
    order, waybill = billed(number, clerk)
    first, last = (first, last or waybill.pieces) if paper == Paper.LABELS else (1, 1)
    if not 1 <= first <= last <= waybill.pieces:
        words = _("该运单共 %(pieces)s 件，请填写 1 到 %(pieces)s 之间的件号。")
        raise Refused("§3.5", words % {"pieces": waybill.pieces}, field="last")
    if last - first >= MOST_LABELS:
        words = _("一次最多打印 %s 张标签，请分段打印。")
        raise Refused("§3.5", words % MOST_LABELS, field="last")
    serial = waybill.prints.filter(paper=paper).count() + 1
    printed = WaybillPrint.objects.create(
        waybill=waybill, paper=paper, serial=serial, first=first, last=last, by=clerk, at=now
    )
    publish(about(order, On.WAYBILL_PRINTED, clerk.actor, now, paper=paper, serial=serial, first=first, last=last))
    return printed


@transaction.atomic
def check_bill(*, number: str, clerk: Person, now: datetime, remark: str = "") -> Waybill:
    """
    Record that waybill and note have been compared and doubts cleared with the shipper (§4.3.2.3).

    :raises Conflict: it has been checked and nothing has changed since
    """
    clerk.require("check_bill")
    order, waybill = billed(number, clerk)
    if waybill.checked_at:
        raise Conflict(_("该运单已经核对。"), winner=label(waybill.checked_by), at=waybill.checked_at)  # type: ignore[arg-type]
    waybill.checked_by, waybill.checked_at, waybill.check_remark = clerk, now, remark
    waybill.save(update_fields=["checked_by", "checked_at", "check_remark"])
    publish(about(order, On.BILL_CHECKED, clerk.actor, now, waybill=waybill.number))
    return waybill


@transaction.atomic
def tell_bill(*, number: str, clerk: Person, means: str, now: datetime) -> Waybill:
    """
    Record that the customer was told the billed data (§4.3.2.3); it may be told again.

    :raises Refused: it has not been checked yet
    """
    clerk.require("check_bill")
    order, waybill = billed(number, clerk)
    _check_checked(waybill)
    waybill.told_at, waybill.told_means = now, Means(means)
    waybill.save(update_fields=["told_at", "told_means"])
    publish(about(order, On.BILL_TOLD, clerk.actor, now, means=means))
    return waybill


@transaction.atomic
def answer_bill(
    *, number: str, agreed: bool, by: Actor, now: datetime, person: Person | None = None, who: str = "", means: str = "",
    text: str = "", seen: int = 0,
) -> Waybill:  # fmt: skip
    """
    Record the customer's answer to the billed data, given in the hall or through a clerk (§4.3.2.3). A doubt opens the check anew.

    :param seen: the version of the waybill that is answered; 0 answers the present one
    :raises Refused: it has not been checked yet, or a doubt does not say what is wrong
    :raises Conflict: it is confirmed already, or has been amended since `seen`
    """
    if person:
        person.require("check_bill")
        who = label(person)
    order, waybill = billed(number, person)
    if seen and seen != waybill.version:
        raise Conflict(_("运单已经更改，请查看后再确认。"), **order.last_act())
    if waybill.confirmed_at:
        raise Conflict(_("开单信息已经确认。"), winner=waybill.confirmed_by, at=waybill.confirmed_at)
    _check_checked(waybill)
    if not agreed and not text.strip():
        raise Refused(CHECKING, _("请写明哪里不对。"), field="text")
    if agreed:
        waybill.confirmed_at, waybill.confirmed_by = now, who
        waybill.confirmed_means = Means(means or Means.HALL)
        waybill.save(update_fields=["confirmed_at", "confirmed_by", "confirmed_means"])
        publish(about(order, On.BILL_CONFIRMED, by, now, means=waybill.confirmed_means, version=waybill.version))
    else:
        reopen(waybill)
        waybill.disputed_at, waybill.dispute = now, text
        waybill.save(update_fields=[*CHECKED, *ANSWERED])
        publish(about(order, On.BILL_DISPUTED, by, now, version=waybill.version))
    return waybill


@transaction.atomic
def return_copy(*, number: str, clerk: Person, means: str, now: datetime) -> Waybill:
    """
    Record that the customer's copy of the waybill went back: by fax, electronically, at the next pickup, in person (§3.4.3).

    :raises Conflict: that is recorded already
    """
    clerk.require("bill")
    order, waybill = billed(number, clerk)
    if waybill.copy_at:
        raise Conflict(_("运单客户联已登记交付。"), winner=label(waybill.copy_by), at=waybill.copy_at)  # type: ignore[arg-type]
    waybill.copy_at, waybill.copy_means, waybill.copy_by = now, CopyMeans(means), clerk
    waybill.save(update_fields=["copy_at", "copy_means", "copy_by"])
    publish(about(order, On.BILL_COPY_RETURNED, clerk.actor, now, means=means))
    return waybill


def reopen(waybill: Waybill) -> None:
    """Undo check, telling and answer on the row: the bill is not what it was. The journal keeps what had been done."""
    for name in ("checked_by", "checked_at", "told_at", "confirmed_at", "disputed_at"):
        setattr(waybill, name, None)
    for name in ("check_remark", "told_means", "confirmed_means", "confirmed_by", "dispute"):
        setattr(waybill, name, "")


def _check_checked(waybill: Waybill) -> None:
    if waybill.checked_at is None:
        raise Refused(CHECKING, _("请先核对运单与托运书，再与客户确认。"))
