"""What a branch does with an order that reached it: phone, note, accept, print, postpone (§1.2.1, §1.2.2, §1.4.1)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core import rows
from core.fsm import perform
from core.journal import publish
from core.models import Entry
from network.models import Person
from orders.choices import NoteKind, State
from orders.models import Contact, Note, NotePrint, Order
from orders.services.common import about, label, locked, stamp
from rulebook.due import local_day
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.reasons import POSTPONE_REASONS
from rulebook.windows import latest_ship_on

UNDO = timedelta(seconds=10)  # design §6.27


@transaction.atomic
def contact(
    *, number: str, clerk: Person, outcome: str, now: datetime, reason: str = "", remark: str = "", checks: Sequence[str] = ()
) -> Contact:
    """
    Record a phone call to the customer (§1.4.1); `checks` are the points of §4.3.2.1 gone through. It counts for the branch
    whose staff made it: a call by the call centre, or before any branch has the order, does not let a branch accept.

    :raises Conflict: the order is billed or cancelled
    """
    clerk.require("contact")
    order = locked(number, clerk)
    _still_open(order)
    caller = clerk.unit_for(order.branch) if order.branch else None
    call = Contact(
        order=order, branch=caller, by=clerk, at=now, outcome=outcome, reason=reason, remark=remark, checks=list(checks)
    )
    with rows.together():
        rows.insert([call])
        publish(about(order, On.ORDER_CONTACTED, clerk.actor, now, outcome=outcome, reason=reason, contact=call.pk))
    return call


@transaction.atomic
def annotate(*, number: str, clerk: Person, kind: str, text: str, now: datetime) -> Note:
    """Add a remark; a tracking note after acceptance is the day's follow-up result (§1.4.4)."""
    clerk.require("annotate")
    order = locked(number, clerk)
    note = Note(order=order, kind=kind, text=text, by=clerk, at=now)
    name = On.TRACKING_NOTE_ADDED if kind == NoteKind.TRACKING else On.ORDER_NOTE_ADDED
    with rows.together():
        rows.insert([note])
        publish(about(order, name, clerk.actor, now, note=note.pk, kind=kind))
    return note


@transaction.atomic
def accept(*, number: str, clerk: Person, now: datetime) -> Order:
    """
    Accept the order for the clerk's branch, 确认已受理 (§1.2.1.1).

    :raises Refused: no contact "reached" by this branch since the order reached it (§1.4.1)
    :raises Conflict: the order is not waiting for acceptance; says who acted and when
    """
    clerk.require("accept")
    order = locked(number, clerk)
    perform(order.accept, by=clerk, at=now)
    _save(order, clerk, now, "state", "accepted_by", "accepted_at", "first_accepted_branch")
    publish(about(order, On.ORDER_ACCEPTED, clerk.actor, now))
    return order


@transaction.atomic
def take_back_acceptance(*, number: str, clerk: Person, now: datetime) -> Order:
    """
    Undo one's own acceptance within ten seconds; the clocks it stopped run again with their old due times (design §6.27).

    :raises Conflict: ten seconds are over, or somebody has acted on the order since
    """
    clerk.require("accept")
    order = locked(number, clerk)
    undone = own_last_act(order, clerk, now, On.ORDER_ACCEPTED)
    perform(order.take_back_acceptance, first=_accepted_once(order))
    _save(order, clerk, now, "state", "accepted_by", "accepted_at", "first_accepted_branch")
    publish(about(order, On.ORDER_ACCEPTANCE_TAKEN_BACK, clerk.actor, now, undoes=undone))
    return order


@transaction.atomic
def postpone(*, number: str, clerk: Person, ship_on: date, reason: str, now: datetime) -> Order:
    """
    Put off shipping (§1.2.1.4p); from the phone form an order waiting for acceptance is accepted in the same step.

    :raises Refused: no or an unknown reason; the date is not later than the present one and than today, or more than 3 days
        after the order date
    """
    clerk.require("postpone")
    order = locked(number, clerk)
    if reason not in POSTPONE_REASONS:
        raise Refused("§1.2.1.4p", _("请选择延期原因。"), field="reason")
    if order.state == State.AT_BRANCH:
        order = accept(number=number, clerk=clerk, now=now)
    last = latest_ship_on(order.order_on)
    if ship_on > last:
        words = _("发货日期最迟为 %(last)s（下单日起第 3 天，多次延期累计）；更晚发货请取消订单，请客户重新下单。")
        raise Refused("§1.2.1.4p", words % {"last": last.isoformat()}, field="ship_on")
    if ship_on <= order.ship_on:
        words = _("新发货日期须晚于原发货日期 %(on)s。")
        raise Refused("§1.2.1.4p", words % {"on": order.ship_on.isoformat()}, field="ship_on")
    if ship_on <= local_day(now):
        raise Refused("§1.2.1.4p", _("新发货日期须晚于今天。"), field="ship_on")
    perform(order.postpone, ship_on=ship_on)
    _save(order, clerk, now, "state", "ship_on", "appointment", "pickup_on")
    publish(about(order, On.ORDER_POSTPONED, clerk.actor, now, reason=reason))
    return order


@transaction.atomic
def resume(*, number: str, clerk: Person, now: datetime) -> Order:
    """Take up a postponed order again, a clerk's act."""
    clerk.require("resume")
    order = locked(number, clerk)
    perform(order.resume)
    _save(order, clerk, now, "state")
    publish(about(order, On.ORDER_RESUMED, clerk.actor, now))
    return order


@transaction.atomic
def print_note(*, number: str, clerk: Person, now: datetime) -> NotePrint:
    """
    Record a printing of the consignment note, two copies (§1.2.2.p, §3.4.3); the first one stops the clock.

    :raises Refused: the order has not been accepted yet
    """
    clerk.require("print")
    order = locked(number, clerk)
    if order.state not in (State.ACCEPTED, State.POSTPONED, State.WAYBILLED):
        raise Refused("§3.5", _("受理确认之后才能打印托运书。"))
    printed = NotePrint(order=order, serial=order.prints.count() + 1 if order.printed_at else 1, by=clerk, at=now)
    if order.printed_at is None:
        order.printed_at = now
        order.save(update_fields=["printed_at"])
    with rows.together():
        rows.insert([printed])
        publish(about(order, On.NOTE_PRINTED, clerk.actor, now, serial=printed.serial))
    return printed


@transaction.atomic
def show_phones(*, number: str, clerk: Person, now: datetime) -> Order:
    """Show somebody the full phone numbers of an order; who saw them and when is on record (design §6.17)."""
    order: Order = Order.objects.visible_to(clerk).get(number=number)
    fact = about(order, On.PERSONAL_DATA_SHOWN, clerk.actor, now, fields=["shipper.phone", "consignee.phone"])
    publish(replace(fact, in_sequence=False))
    return order


def _save(order: Order, clerk: Person, now: datetime, *columns: str) -> None:
    stamp(order, clerk.actor, label(clerk), now)
    order.save(update_fields=[*columns, "last_actor", "last_at"])


def _still_open(order: Order) -> None:
    if order.state in (State.WAYBILLED, State.CANCELLED):
        words = _("订单已是“%(state)s”，不再需要联系客户受理。")
        raise Conflict(words % {"state": order.get_state_display()}, **order.last_act())


def _accepted_once(order: Order) -> bool:
    """Tell whether only the acceptance that stands now ever stood."""
    acts = Entry.objects.filter(order_number=order.number)
    taken_back = acts.filter(name=On.ORDER_ACCEPTANCE_TAKEN_BACK).count()
    return acts.filter(name=On.ORDER_ACCEPTED).count() - taken_back == 1


def own_last_act(order: Order, clerk: Person, now: datetime, *names: On) -> list[int]:
    """Return the keys of what the clerk stated in the order's last act, if it ended with these facts within ten seconds."""
    stated = Entry.objects.filter(order_number=order.number, seq__isnull=False).order_by("-seq")
    ended_with = stated[: len(names)]
    last = ended_with[0]
    if [entry.name for entry in ended_with][::-1] != list(names) or last.actor != clerk.actor or now - last.occurred_at > UNDO:
        raise Conflict(_("只能在 10 秒内撤销自己的操作，且之后没有其他操作。"), **order.last_act())
    return list(stated.filter(occurred_at=last.occurred_at, actor_id=last.actor_id).values_list("pk", flat=True))
