"""The verbs of a pickup (§1.3.1, §4.3.2.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import rows
from core.fsm import perform
from core.journal import Fact, publish
from core.models import Actor, Entry
from core.prepared import Prepared
from network.models import Person
from orders import services as orders
from orders.services.common import locked as locked_order
from pickup.choices import CORRECTION_WINDOW, LONGEST_OFFLINE, AgreedBy, State
from pickup.models import PickupTask
from rulebook.due import local, ship_date_start
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.facts import Facts
from rulebook.reasons import NEVER_FOR_KEY_CUSTOMERS, PICKUP_CHANGE_REASONS, PICKUP_FAILURE_REASONS
from rulebook.windows import (
    appointment_valid,
    key_customer_reschedule_closes,
    latest_ship_on,
    picked_up_early,
    replaces_pickup_limit,
    standing_appointment,
)

WISHED = frozenset({AgreedBy.ORDER_CALL, AgreedBy.CUSTOMER})
LIVE: Prepared[PickupTask] = Prepared(lambda order: PickupTask.objects.locked().filter(order=order).exclude(state=State.CANCELLED))

# What the order says, heard through the journal.


def on_entries(entries: Sequence[Entry]) -> Iterable[Fact]:
    """Open, put off and end pickups as their orders demand."""
    return [fact for entry in entries if (react := REACTIONS.get(entry.name)) for fact in react(entry)]


def _wanted(entry: Entry) -> list[Fact]:
    """An order with pickup was placed: request it, with the time the customer chose if there is one (design §6.6)."""
    return _request(_order(entry), entry) if entry.data["pickup"] else []


def _edited(entry: Entry) -> list[Fact]:
    changed = entry.data["changed"]
    if "pickup" in changed:
        return _request(_order(entry), entry) if entry.data["pickup"] else _end(entry)
    if "appointment" in changed and entry.data["appointment"] and (task := _live(entry)):
        return _agree(task, datetime.fromisoformat(str(entry.data["appointment"])), AgreedBy.CUSTOMER, entry)
    return []


def _postponed(entry: Entry) -> list[Fact]:
    if (task := _live(entry)) and task.state != State.COLLECTED:
        task.postpone()
        task.save()
    return []


def _end(entry: Entry) -> list[Fact]:
    task = _live(entry)
    if task is None or task.state == State.COLLECTED:
        return []
    task.cancel()
    task.save()
    return [_fact(task, On.PICKUP_CANCELLED, entry.actor, entry.occurred_at, entry.data, entry.order_number)]


REACTIONS: dict[str, Callable[[Entry], list[Fact]]] = {
    On.ORDER_SUBMITTED: _wanted,
    On.ORDER_EDITED: _edited,
    On.ORDER_POSTPONED: _postponed,
    On.ORDER_CANCELLED: _end,
}


def _order(entry: Entry) -> int:
    return int(entry.subject.removeprefix("order/"))


def _live(entry: Entry) -> PickupTask | None:
    return LIVE.one(_order(entry))


def _request(order: int, entry: Entry) -> list[Fact]:
    agreed = entry.data["appointment"]
    appointment = datetime.fromisoformat(str(agreed)) if agreed else None
    valid = appointment is not None and appointment_valid(appointment)
    task = rows.new(
        PickupTask,
        order_id=order,
        requested_at=entry.occurred_at,
        state=State.APPOINTED if valid else State.REQUESTED,
        appointment=appointment,
        agreed_at=entry.occurred_at if appointment else None,
        agreed_by=AgreedBy.CUSTOMER if appointment else "",
    )
    rows.insert([task])
    names = [On.PICKUP_REQUESTED]
    if appointment:
        names.append(On.PICKUP_APPOINTED if valid else On.PICKUP_TIME_INVALID)
    return [_fact(task, name, entry.actor, entry.occurred_at, entry.data, entry.order_number) for name in names]


def _agree(task: PickupTask, appointment: datetime, by: str, entry: Entry) -> list[Fact]:
    """
    The customer changed the time by editing the order: at the customer's own wish it always replaces (§1.3.1.1r).

    A key customer's appointment is moved until 1 hour before it; a later change replaces nothing (§2.1.1.1).
    """
    before = task.appointment if task.appointment and appointment_valid(task.appointment) else None
    too_late = _too_late_for_key_customer(task, before, entry.occurred_at)
    perform(task.appoint, appointment=appointment, by=by, at=entry.occurred_at)
    task.save()
    name = On.PICKUP_APPOINTED if appointment_valid(appointment) else On.PICKUP_TIME_INVALID
    if too_late and name == On.PICKUP_APPOINTED:
        name = On.PICKUP_RESCHEDULED_LATE
    data = {**entry.data, **_violation(too_late)}
    return [_fact(task, name, entry.actor, entry.occurred_at, data, entry.order_number)]


# What the branch does.


@transaction.atomic
def appoint(
    *, number: str, clerk: Person, appointment: datetime, agreed_by: str, now: datetime, remark: str = "", reason: str = "",
    agreement: str = "",
) -> PickupTask:  # fmt: skip
    """
    Agree a pickup time with the customer (§1.3.1.2), the first or another.

    The new time replaces the running limit where it was agreed in the order call or at the customer's own wish, within one
    hour of placing (counted from 09:00 outside 09:00–19:00), or, for a valid appointment, at least 15 minutes before its due
    time; a later change is recorded and replaces nothing (§1.3.1.1r). A time before 09:00 or from 18:00 on has to be
    renegotiated within one hour (§1.3.1.2r). A key customer's appointment is moved until 1 hour before it; a later change is a
    violation on record and replaces nothing, and "no vehicle" or "no staff" take the customer's recorded agreement (§2.1.1.1).

    :param reason: why the branch moves it, coded; `agreement`: what the customer agreed to, in words
    :raises Refused: a time in the past, or later than 3 days after the order date (§1.2.1.4p); a key customer is put off
        without a reason, or for one that is none
    :raises Conflict: the goods are collected, or no pickup is wanted any more
    """
    clerk.require("pickup")
    task = locked(number, clerk)
    if appointment <= now:
        raise Refused("§1.3.1.2", _("预约接货时间已过，请选择将来的时间。"), field="appointment")
    if local(appointment).date() > latest_ship_on(task.order.order_on):
        raise Refused("§1.2.1.4p", _("预约接货时间最迟为下单后第 3 天。"), field="appointment")
    if reason and reason not in PICKUP_CHANGE_REASONS:
        raise Refused("§1.3.1.1r", _("请从列表中选择改约原因。"), field="reason")
    if agreed_by == AgreedBy.BRANCH:
        _check_key_customer(task, reason, agreement)
    name, too_late = _standing(task, appointment, agreed_by, now), _too_late_for_key_customer(task, _standing_time(task), now)
    perform(task.appoint, appointment=appointment, by=agreed_by, at=now)
    task.change_reason, task.agreement = reason, agreement.strip()[:300]
    if remark:
        task.remark = remark
    _save(task, clerk, now)
    if name == On.PICKUP_APPOINTED:
        task.order = orders.pickup_expected(order=task.order, on=local(appointment).date(), appointment=appointment)
    said: dict[str, object] = {"agreed_by": agreed_by, **({"reason": reason} if reason else {}), **_violation(too_late)}
    facts = {**task.order.clock_facts(), **said}
    publish(_fact(task, name, clerk.actor, now, facts, task.order.number))
    return task


def _check_key_customer(task: PickupTask, reason: str, agreement: str) -> None:
    """:raises Refused: a key customer is put off without a reason, or for want of a vehicle or staff without agreeing (§2.1.1.1)"""
    if task.order.key_account_id is None:
        return
    if not reason:
        raise Refused("§2.1.1.1", _("项目客户改约或接货失败须选择原因。"), field="reason")
    if reason in NEVER_FOR_KEY_CUSTOMERS and not agreement.strip():
        words = _("项目客户不得以“无车”“无人”为由推迟或拒绝接货；客户同意的，请填写客户同意记录。")
        raise Refused("§2.1.1.1", words, field="agreement")


def _too_late_for_key_customer(task: PickupTask, appointment: datetime | None, now: datetime) -> bool:
    """Tell whether a key customer's appointment is moved later than 1 hour before it: a violation (§2.1.1.1)."""
    key = task.order.key_account_id is not None
    return key and appointment is not None and now > key_customer_reschedule_closes(appointment)


def _violation(too_late: bool) -> dict[str, object]:
    return {"violation": "§2.1.1.1"} if too_late else {}


def _standing(task: PickupTask, appointment: datetime, agreed_by: str, now: datetime) -> On:
    """Return what this agreement amounts to: invalid, in its window, or too late to replace anything."""
    if not appointment_valid(appointment):
        return On.PICKUP_TIME_INVALID
    replaces = replaces_pickup_limit(
        _hour_counts_from(task), now, appointment=_standing_time(task), customers_wish=agreed_by in WISHED,
        key_customer=task.order.key_account_id is not None,
    )  # fmt: skip
    return On.PICKUP_APPOINTED if replaces else On.PICKUP_RESCHEDULED_LATE


def _hour_counts_from(task: PickupTask) -> datetime:
    """Return from when the branch has its hour (§1.3.1.1r): the request, the customer's invalid time, 09:00 of a new ship date."""
    invalid = task.appointment is not None and not appointment_valid(task.appointment)
    since = task.agreed_at if invalid and task.agreed_at and task.agreed_by in WISHED else task.requested_at
    return ship_date_start(since, Facts.of(task.order.clock_facts()))


def _standing_time(task: PickupTask) -> datetime | None:
    """Return the agreed time that the running limit goes by; an invalid one, or one agreed too late, never is."""
    return standing_appointment(Facts.of(task.order.clock_facts()))


@transaction.atomic
def give_notice(*, number: str, clerk: Person, next_time: str, now: datetime) -> PickupTask:
    """Record that the customer was told the pickup will be late, and what was agreed next (§4.3.2.2n)."""
    clerk.require("pickup")
    task = locked(number, clerk)
    task.notice_at = now
    _save(task, clerk, now)
    _publish(task, On.PICKUP_NOTICE_GIVEN, clerk.actor, now, next_time=next_time)
    return task


@transaction.atomic
def dispatch(*, number: str, clerk: Person, driver: Person, vehicle: str, now: datetime) -> PickupTask:
    """
    Send a driver and a vehicle, or others than before.

    :raises Refused: the order has not been accepted
    :raises Conflict: the goods are collected, or no pickup is wanted any more
    """
    clerk.require("pickup")
    task = locked(number, clerk)
    _require_accepted(task, _("订单尚未受理，不能派车。"))
    perform(task.dispatch, driver=driver, vehicle=vehicle, at=now)
    _save(task, clerk, now)
    _publish(task, On.PICKUP_DISPATCHED, clerk.actor, now, driver=driver.pk)
    return task


@transaction.atomic
def collect(*, number: str, clerk: Person, pieces: int, packing_ok: bool, now: datetime, at: datetime | None = None) -> PickupTask:
    """
    The goods are with us (§1.3.1.1, §4.3.2.2): pieces counted, packing checked. `at` is the event's own time where it
    differs from the recording (a courier's phone that was offline). Earlier than A − 1 h is marked early, without a fine.

    :raises Refused: the order has not been accepted, the goods' packing was not accepted, or `at` is impossible
    :raises Conflict: collected already, failed or cancelled
    """
    clerk.require("collect")
    task = locked(number, clerk)
    happened = at or now
    _require_accepted(task, _("订单尚未受理，不能接货。"))
    if not packing_ok:
        raise Refused("§4.3.2.2", _("包装不合格的货物不能接收：请客户整改，或登记接货失败。"), field="packing_ok")
    _check_time(task, happened, now)
    agreed = _standing_time(task)
    early = agreed is not None and picked_up_early(happened, agreed)
    tap = _tap(task, "collect", clerk, happened)
    perform(task.collect, pieces=pieces, packing_ok=packing_ok, early=early, at=happened)
    _save(task, clerk, now, tap)
    task.order = orders.collected(order=task.order, at=happened)
    _publish(task, On.PICKUP_COLLECTED, clerk.actor, happened, recorded=now, pieces=pieces, early=early)
    return task


@transaction.atomic
def fail(
    *, number: str, clerk: Person, reason: str, remark: str, now: datetime, agreement: str = "",
    at: datetime | None = None,
) -> PickupTask:
    """
    Record that the goods could not be fetched, with a coded reason. The clock runs on: agree another time or try again.
    `at` is the event's own time where a phone was offline.

    :param agreement: what a key customer agreed to where a vehicle or staff were wanting, in words (§2.1.1.1)
    :raises Refused: no or an unknown reason; for a key customer one that is none; or `at` is impossible
    """
    clerk.require("collect")
    task = locked(number, clerk)
    if reason not in PICKUP_FAILURE_REASONS:
        raise Refused("§1.3.1", _("请选择接货失败的原因。"), field="reason")
    _check_key_customer(task, reason, agreement)
    happened = at or now
    _check_time(task, happened, now)
    tap = _tap(task, "fail", clerk, happened)
    perform(task.fail, reason=reason, remark=remark, at=happened)
    task.agreement = agreement.strip()[:300]
    _save(task, clerk, now, tap)
    _publish(task, On.PICKUP_FAILED, clerk.actor, happened, recorded=now, reason=reason)
    return task


def _check_time(task: PickupTask, happened: datetime, now: datetime) -> None:
    """:raises Refused: in the future, before the order, or told later than a phone may"""
    if not max(task.requested_at, now - LONGEST_OFFLINE) <= happened <= now:
        words = _("接货时间须在下单之后，不能晚于现在，也不能早于 %d 天前。")
        raise Refused("§4.3.2.2", words % LONGEST_OFFLINE.days, field="at")


OVERWRITTEN = ("state", "pieces", "packing_ok", "early", "collected_at", "failed_at", "fail_reason", "remark", "agreement")
TAPS = {"collect": On.PICKUP_COLLECTED, "fail": On.PICKUP_FAILED}


def _tap(task: PickupTask, verb: str, clerk: Person, at: datetime) -> dict[str, Any]:
    """Return, as plain JSON, what a correction needs to know of the act that follows."""
    values = {name: getattr(task, name) for name in OVERWRITTEN}
    before = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}
    return {"verb": verb, "person": clerk.pk, "at": at.isoformat(), "before": before}


@transaction.atomic
def take_back(*, number: str, clerk: Person, now: datetime, remark: str = "", at: datetime | None = None) -> PickupTask:
    """
    Correct a wrong tap (issue C8): collected or failed is taken back, both stay in the journal, the clocks run on.

    :raises Refused: something was done since, the goods are billed, another's tap or one long ago without a reason
    :raises Conflict: nothing is collected or failed
    """
    clerk.require("collect")
    task = locked(number, clerk)
    happened, tap = at or now, task.tap
    if tap:
        _check_time(task, happened, now)
        own = tap["person"] == clerk.pk and timedelta() <= happened - datetime.fromisoformat(tap["at"]) <= CORRECTION_WINDOW
        if not own and not clerk.may("pickup"):
            raise Refused("§4.3.2.2", _("只有操作人本人能在 30 分钟内更正；之后请联系营业部，说明原因后更正。"))
        if not own and not remark.strip():
            raise Refused("§4.3.2.2", _("请说明更正原因。"), field="remark")
    perform(task.take_back)
    _save(task, clerk, now)
    if tap["verb"] == "collect":
        task.order = orders.not_collected(order=task.order)
    said = Entry.objects.about(task.subject).filter(name=TAPS[tap["verb"]], seq__isnull=False).order_by("seq").last()
    undoes = [said.pk] if said else []
    _publish(task, On.PICKUP_TAKEN_BACK, clerk.actor, happened, recorded=now, verb=tap["verb"], undoes=undoes)
    return task


@transaction.atomic
def hand_back(*, number: str, clerk: Person, now: datetime) -> PickupTask:
    """
    Collected goods have been returned to the shipper; after this the order may be cancelled (design §3).

    :raises Conflict: nothing is collected, or the goods are billed and on their way
    """
    clerk.require("collect")
    task = locked(number, clerk)
    if task.order.waybilled_at:
        raise Conflict(_("订单已开单，不能再登记退还发货人。"), **task.order.last_act())
    perform(task.hand_back, at=now)
    _save(task, clerk, now)
    task.order = orders.handed_back(order=task.order, by=clerk.actor, at=now)
    _publish(task, On.PICKUP_HANDED_BACK, clerk.actor, now)
    return task


def _require_accepted(task: PickupTask, words: str) -> None:
    if task.order.accepted_at is None:
        raise Refused("§3.5", words)


def locked(number: str, person: Person) -> PickupTask:
    """
    Return the live pickup of an order within the person's scope; the order's row is locked before the pickup's.

    :raises PickupTask.DoesNotExist: there is none, or it lies outside the scope
    """
    order = locked_order(number, person)
    task = LIVE.one(order.pk)
    if task is None:
        raise PickupTask.DoesNotExist
    task.order = order
    return task


def _save(task: PickupTask, clerk: Person, now: datetime, tap: dict[str, Any] | None = None) -> None:
    task.tap = tap or {}
    task.last_actor, task.last_at = f"{clerk.name}（{clerk.number}）", now
    task.save()


def _publish(task: PickupTask, name: On, by: Actor, at: datetime, recorded: datetime | None = None, **data: object) -> None:
    facts = {**task.order.clock_facts(), **data}
    publish(_fact(task, name, by, at, facts, task.order.number, recorded))


def _fact(
    task: PickupTask, name: On, by: Actor, at: datetime, data: object, number: str, recorded: datetime | None = None
) -> Fact:
    return Fact(
        name=name, subject=task.subject, at=at, recorded=recorded, by=by, order=number,
        also=(f"order/{task.order_id}",), data=data,  # type: ignore[arg-type]
    )  # fmt: skip


