"""The verbs of the sign slip (签收单, §2.1.3.5, §2.2.5): who has it at any time, back in time, signed again, lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.fsm import perform
from core.journal import Fact, publish
from core.models import Actor, Entry
from delivery.choices import SIGNED, Slip
from delivery.models import Shipment, SignSlip
from network.models import Person, Unit
from orders.choices import SlipReturn
from orders.models import Order
from orders.services.common import label
from rulebook.errors import Refused
from rulebook.events import On

CLAUSE = "§2.1.3.5"


def expect(shipment: Shipment) -> None:
    """A shipment whose shipper wants a slip back opens it; it travels with the goods."""
    if shipment.order.slip_return != SlipReturn.NONE:
        SignSlip.objects.create(shipment=shipment, unit=shipment.place)


def subject_of(shipment: Shipment) -> tuple[str, ...]:
    """Return the slip's subject, for the facts its limits start on; nothing where there is none."""
    return tuple(f"slip/{key}" for key in SignSlip.objects.filter(shipment=shipment).values_list("pk", flat=True))


def called_off(entry: Entry) -> list[Fact]:
    """Goods back at the shipper: a slip nobody signed is no longer expected."""
    slips = SignSlip.objects.locked().select_related("shipment__order", "unit")
    slip = slips.filter(shipment=int(entry.subject.removeprefix("shipment/")), state=Slip.EXPECTED).first()
    if slip is None:
        return []
    slip.call_off()
    slip.save()
    return [_fact(slip, On.SLIP_CLOSED, entry.actor, entry.recorded_at)]


# In the hands of the branches.


@transaction.atomic
def hand_on(*, number: str, clerk: Person, now: datetime) -> SignSlip:
    """
    Scan a slip in: the clerk's unit has it from now on. Whoever has the paper before them may say so.

    :raises Conflict: it is back, lost or closed already
    """
    clerk.require("slip")
    slip = locked_slip(number, clerk, anywhere=True)
    perform(slip.hand_on)
    return _done(slip, On.SLIP_HANDED_ON, clerk, now, unit=clerk.unit)


@transaction.atomic
def receive(*, number: str, clerk: Person, now: datetime) -> SignSlip:
    """
    Scan a slip in, wherever it is: at the branch that sent the goods it is back, or back signed again; elsewhere it is handed on.

    :param number: of the order or of the waybill, as printed on the slip
    :raises Conflict: it is back, lost or closed already
    """
    clerk.require("slip")
    named = Order.objects.filter(waybill__number=number).values_list("number", flat=True).first() if number else None
    slip = locked_slip(named or number, clerk, anywhere=True)
    home = slip.shipment.order.branch
    if slip.shipment.state in SIGNED and clerk.unit_for(home) == home and slip.state != Slip.CLOSED:
        again = slip.state == Slip.REJECTED
        perform(slip.resend if again else slip.return_slip, at=now)
        return _done(slip, On.SLIP_RESENT if again else On.SLIP_RETURNED, clerk, now, unit=home)
    perform(slip.hand_on)
    return _done(slip, On.SLIP_HANDED_ON, clerk, now, unit=clerk.unit)


@transaction.atomic
def return_slip(*, number: str, clerk: Person, now: datetime) -> SignSlip:
    """
    The slip is back at the branch that sent the goods (§2.1.3.5: within 3 calendar days after signing).

    :raises Refused: the goods are not signed for
    :raises Conflict: it is not on its way back
    """
    return _at_origin(number, clerk, now, lambda slip: slip.return_slip, On.SLIP_RETURNED)


@transaction.atomic
def resend(*, number: str, clerk: Person, now: datetime) -> SignSlip:
    """
    The slip signed again is back (§2.2.5: within 3 calendar days from its rejection).

    :raises Conflict: it was not rejected
    """
    return _at_origin(number, clerk, now, lambda slip: slip.resend, On.SLIP_RESENT)


@transaction.atomic
def reject(*, number: str, clerk: Person, remark: str, now: datetime) -> SignSlip:
    """
    The slip is not acceptable and has to be signed again (补签, §2.2.5).

    :raises Refused: nothing is said about what is wrong with it
    :raises Conflict: it is not back
    """
    clerk.require("slip")
    slip = locked_slip(number, clerk)
    perform(slip.reject, remark=_said(remark, _("请说明签收单哪里不合格。")))
    return _done(slip, On.SLIP_REJECTED, clerk, now, unit=slip.unit)


@transaction.atomic
def lose(*, number: str, clerk: Person, remark: str, now: datetime) -> SignSlip:
    """
    The slip is lost (§2.2.5).

    :raises Refused: nothing is said about where it was looked for
    :raises Conflict: it is lost or closed already
    """
    clerk.require("lose_slip")
    slip = locked_slip(number, clerk)
    perform(slip.lose, remark=_said(remark, _("请说明签收单的查找经过。")))
    return _done(slip, On.SLIP_LOST, clerk, now, unit=None)


@transaction.atomic
def close(*, number: str, clerk: Person, remark: str = "", now: datetime) -> SignSlip:
    """
    The slip is handed to the shipper, or its loss is settled.

    :raises Refused: a lost one, and nothing is said about how it was settled
    :raises Conflict: it is not back
    """
    clerk.require("slip")
    slip = locked_slip(number, clerk)
    if slip.state == Slip.LOST:
        remark = _said(remark, _("请说明遗失签收单的处理结果。"))
    perform(slip.close, remark=remark.strip()[:300])
    return _done(slip, On.SLIP_CLOSED, clerk, now, unit=None)


def _at_origin(
    number: str, clerk: Person, now: datetime, step: Callable[[SignSlip], Callable[..., None]], name: On
) -> SignSlip:
    clerk.require("slip")
    slip = locked_slip(number, clerk)
    perform(step(slip), at=now)
    return _done(slip, name, clerk, now, unit=slip.shipment.order.branch)


@dataclass(frozen=True, slots=True)
class Held:
    """From when on a unit has had the slip, and who said so."""

    at: datetime
    unit: int | None
    by: str


def chain(slip: SignSlip) -> list[Held]:
    """Return who has had the slip, the first one first; its holder at any time is the last row not after it."""
    opened = Held(slip.shipment.opened_at, slip.shipment.order.branch_id, "")
    facts = Entry.objects.filter(subject=slip.subject).order_by("occurred_at", "pk")
    return [opened, *(Held(e.occurred_at, e.data.get("unit"), e.actor_id) for e in facts)]


def _said(text: str, words: str) -> str:
    if not text.strip():
        raise Refused("§2.2.5", words, field="remark")
    if len(text) > 300:
        raise Refused("§2.2.5", _("内容过长，最多 %d 个字。") % 300, field="remark")
    return text.strip()


def locked_slip(number: str, clerk: Person, *, anywhere: bool = False) -> SignSlip:
    """
    Return the slip of an order; the order's row is locked before the slip's.

    :raises SignSlip.DoesNotExist: no slip is expected for this number, or it lies outside the scope
    """
    seen = SignSlip.objects.all() if anywhere else SignSlip.objects.visible_to(clerk)
    order = Order.objects.locked().get(
        pk=seen.values("shipment__order").get(shipment__order__number=number)["shipment__order"]
    )
    slips = SignSlip.objects.locked().select_related("shipment__order__branch", "unit")
    slip: SignSlip = slips.get(shipment__order=order)
    return slip


def _done(slip: SignSlip, name: On, clerk: Person, now: datetime, *, unit: Unit | None) -> SignSlip:
    slip.unit, slip.person, slip.last_actor, slip.last_at = unit, clerk, label(clerk), now
    slip.save()
    publish(_fact(slip, name, clerk.actor, now))
    return slip


def _fact(slip: SignSlip, name: On, by: Actor, now: datetime) -> Fact:
    shipment = slip.shipment
    return Fact(
        name=name, subject=slip.subject, at=now, by=by, order=shipment.order.number, also=(f"order/{shipment.order_id}",),
        data=shipment.clock_facts() | {"unit": slip.unit_id},
    )  # fmt: skip
