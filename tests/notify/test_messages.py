"""Who is told what, once, and the four times of a message (§1.2.2.n, evidence for §3.6.1)."""

import pytest

from core.effects import diverted
from core.models import Entry
from notify import services as notify
from notify.models import Message
from notify.words import say
from orders import services as orders
from orders.models import Order
from pickup import services as pickup
from sla.services import tick
from tests.factories import CUSTOMER, accepted, draft, placed, reached, sh

pytestmark = pytest.mark.django_db


def told(order: Order) -> list[tuple[str, str, str]]:
    rows = Message.objects.filter(order_number=order.number).order_by("pk").select_related("unit")
    return [(message.unit.code, message.kind, message.clause) for message in rows]


def test_a_named_branch_is_told_at_once(company):
    """§1.2.2.n"""
    order = placed(sh("04 09:00:00"), branch=company.branch)
    assert told(order) == [("B1", "new_order", "")]
    message = Message.objects.get()
    assert (message.stored_at, message.sent_at, message.delivered_at, message.seen_at) == (sh("04 09:00:00"), None, None, None)
    assert order.number in say(message)


def test_an_order_without_branch_is_the_call_centres(company):
    order = placed(sh("04 09:00:00"), pickup=False)
    assert told(order) == [("CC", "to_assign", "")]
    orders.assign(number=order.number, branch=company.second, clerk=company.agent, now=sh("04 09:01:00"))
    assert told(order)[1:] == [("B2", "new_order", "")]


def test_two_reminders_two_alarms_and_the_call_centre_hears_the_alarms(company):
    """§3.6.1"""
    order = placed(sh("04 09:00:00"), branch=company.branch, pickup=False)
    for at in ("04 09:05:00", "04 09:05:01", "04 09:08:01", "04 09:08:06", "04 09:10:00", "04 09:10:01", "04 09:15:01", "04 09:15:06"):
        tick(now=sh(at))
    assert told(order)[1:] == [
        ("B1", "reminder", "§1.2.1.1"),
        ("B1", "reminder", "§1.2.1.1"),
        ("B1", "alarm", "§1.2.1.1"),
        ("CC", "alarm", "§1.2.1.1"),
        ("B1", "penalty", "§1.7.2.1"),
        ("B1", "alarm", "§1.2.1.1b"),
        ("CC", "alarm", "§1.2.1.1b"),
        ("R1", "penalty", "§1.7.2.2"),
    ]
    assert not Message.objects.filter(late=True).exists()


def test_an_accepted_order_reminds_nobody(company):
    order = accepted(sh("04 09:04:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), pickup=False)
    tick(now=sh("04 09:20:00"))
    assert told(order) == [("B1", "new_order", "")]


def test_a_missed_assignment_alarms_the_call_centre_once(company):
    order = placed(sh("04 09:00:00"), pickup=False)
    tick(now=sh("04 09:10:01"))
    tick(now=sh("04 09:10:06"))
    assert told(order)[-1] == ("CC", "alarm", "§1.2.1.3")
    assert [kind for _unit, kind, _clause in told(order)].count("alarm") == 1


def test_an_alarm_of_a_dead_tick_is_marked_late(company):
    placed(sh("04 09:00:00"), branch=company.branch, pickup=False)
    tick(now=sh("04 09:30:00"))
    alarms = Message.objects.filter(kind="alarm")
    assert (alarms.count(), alarms.filter(late=True).count()) == (4, 4)


def test_a_late_pickup_alarms_the_branch_alone(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    orders.print_note(number=order.number, clerk=company.clerk, now=sh("04 09:06:00"))
    tick(now=sh("04 11:00:01"))
    assert [row for row in told(order) if row[1] == "alarm"] == [
        ("B1", "alarm", "§1.3.1.1"), ("B1", "alarm", "§4.3.2.2n"),
    ]  # fmt: skip
    pickup.collect(number=order.number, clerk=company.driver, pieces=10, packing_ok=True, now=sh("04 11:10:00"))
    assert len([row for row in told(order) if row[1] == "alarm"]) == 2


def test_a_moved_order_tells_its_new_branch(company):
    order = placed(sh("04 09:00:00"), branch=company.branch, pickup=False)
    orders.edit(number=order.number, draft=draft(branch_code="B3", pickup=False), by=CUSTOMER, now=sh("04 09:01:00"))
    assert told(order)[-1] == ("B3", "new_order", "")


def test_a_customers_cancel_is_told_a_clerks_own_is_not(company):
    theirs, ours = placed(sh("04 09:00:00"), branch=company.branch), placed(sh("04 09:00:00"), branch=company.branch)
    orders.cancel(number=theirs.number, by=CUSTOMER, reason="", text="", now=sh("04 09:01:00"))
    clerk = company.clerk
    orders.cancel(number=ours.number, by=clerk.actor, person=clerk, reason="duplicate", text="", now=sh("04 09:01:00"))
    assert told(theirs)[-1] == ("B1", "cancelled", "")
    assert told(ours) == [("B1", "new_order", "")]


def test_a_message_is_stored_sent_delivered_seen(company):
    """Stored, sent, delivered and seen times are evidence (§1.2.2.n, §3.6.1)."""
    with diverted() as effects:
        order = placed(sh("04 09:00:00"), branch=company.branch)
    message = Message.objects.get()
    assert effects == [("notify.tasks.send", {"ids": [message.pk]})]
    assert notify.send([message.pk], now=sh("04 09:00:01")) == 1
    assert notify.send([message.pk], now=sh("04 09:00:09")) == 0
    assert [m.pk for m in notify.deliver(company.branch, now=sh("04 09:00:05"))] == [message.pk]
    notify.deliver(company.branch, now=sh("04 09:00:08"))
    assert notify.see(order_number=order.number, person=company.third_clerk, now=sh("04 09:00:20")) == 0
    assert notify.see(order_number=order.number, person=company.clerk, now=sh("04 09:00:30")) == 1
    assert notify.see(order_number=order.number, person=company.manager, now=sh("04 09:00:40")) == 0
    message.refresh_from_db()
    assert (message.sent_at, message.delivered_at, message.seen_at, message.seen_by) == (
        sh("04 09:00:01"), sh("04 09:00:05"), sh("04 09:00:30"), company.clerk,
    )  # fmt: skip
    assert notify.deliver(company.branch, now=sh("04 09:01:00")) == []


def test_the_sweep_sends_what_a_dead_broker_left(company):
    placed(sh("04 09:00:00"), branch=company.branch)
    assert notify.sweep(now=sh("04 09:00:10")) == 0
    assert notify.sweep(now=sh("04 09:00:10.000001")) == 1
    assert notify.sweep(now=sh("04 09:01:00")) == 0


def test_the_messages_are_seen_by_the_unit_and_those_above(company):
    placed(sh("04 09:00:00"), branch=company.branch)
    seen = {p: Message.objects.visible_to(p).exists() for p in (company.clerk, company.regional_manager, company.third_clerk)}
    assert list(seen.values()) == [True, True, False]


def test_every_alarm_hangs_on_its_fact(company):
    order = placed(sh("04 09:00:00"), branch=company.branch, pickup=False)
    reached(order, company.clerk, sh("04 09:09:00"))
    orders.accept(number=order.number, clerk=company.clerk, now=sh("04 09:12:00"))
    tick(now=sh("04 09:12:05"))
    causes = Entry.objects.filter(pk__in=Message.objects.filter(kind="alarm").values("entry"))
    assert [(entry.name, entry.data["clause"]) for entry in causes] == [("deadline_breached", "§1.2.1.1")]
