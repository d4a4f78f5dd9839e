"""Scenes from the handbook, played through the real services; every instant typed by hand."""

from datetime import date

import pytest

from orders import services as orders
from orders.models import Order
from pickup import services as pickup
from rulebook.errors import Conflict, Refused
from sla.models import Deadline, Step
from sla.services import explain, tick
from tests.factories import CUSTOMER, Company, accepted, placed, sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return Company()


def clock(order: Order, clause: str) -> Deadline:
    """Return the clock of a clause that is running or, if none is, the one stopped last."""
    clocks = Deadline.objects.filter(order=order, clause=clause)
    return clocks.filter(stopped_at=None).first() or clocks.latest("stopped_at")


def states(order: Order, clause: str) -> list[str]:
    return sorted(Deadline.objects.filter(order=order, clause=clause).values_list("state", flat=True))


def test_ten_minutes_at_the_branch(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    deadline = clock(order, "§1.2.1.1")
    assert (deadline.started_at, deadline.due_at) == (sh("04 09:00:00"), sh("04 09:10:00"))
    assert deadline.holder == company.branch


def test_accepted_exactly_at_the_limit_is_in_time(company):
    order = accepted(sh("04 09:10:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    tick(now=sh("04 09:20:00"))
    assert clock(order, "§1.2.1.1").state == "met"


def test_breach_names_clause_branch_and_manager(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    tick(now=sh("04 09:10:00"))
    assert clock(order, "§1.2.1.1").state == "open"
    tick(now=sh("04 09:10:01"))
    step = Step.objects.get(deadline__order=order, clause="§1.2.1.1", kind="due")
    assert (step.state, step.responsible_unit, step.responsible_person) == ("breached", company.branch, company.manager)
    tick(now=sh("04 09:15:01"))
    second = Step.objects.get(deadline__order=order, clause="§1.2.1.1b")
    assert (second.state, second.responsible_person) == ("breached", company.regional_manager)


def test_accepting_needs_a_reached_contact(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    with pytest.raises(Refused) as refusal:
        orders.accept(number=order.number, clerk=company.clerk, now=sh("04 09:01:00"))
    assert refusal.value.clause == "§1.4.1"


def test_unassigned_in_the_evening_waits_for_the_morning(company):
    order = placed(sh("04 20:00:00"))
    assert clock(order, "§1.2.1.3").due_at == sh("05 08:10:00")
    assert clock(order, "§1.2.1.3").holder == company.call_centre


def test_assignment_gives_the_branch_its_own_ten_minutes(company):
    order = placed(sh("04 09:00:00"))
    orders.assign(number=order.number, branch=company.branch, clerk=company.agent, now=sh("04 09:04:00"))
    assert clock(order, "§1.2.1.3").state == "met"
    assert clock(order, "§1.2.1.1").due_at == sh("04 09:14:00")
    assert clock(order, "§1.3.1.1").holder == company.branch


def test_reassignment_replaces_and_restarts(company):
    """The moved limit stays on record as replaced (§0.8)."""
    order = placed(sh("04 09:00:00"), branch=company.branch)
    orders.reassign(
        number=order.number, branch=company.second, clerk=company.clerk, reason="太远", now=sh("04 09:06:00")
    )
    assert states(order, "§1.2.1.1") == ["open", "replaced"]
    assert clock(order, "§1.2.1.1").due_at == sh("04 09:16:00")
    assert clock(order, "§1.3.1.1").holder == company.second
    assert clock(order, "§1.3.1.1").due_at == sh("04 11:00:00")


def test_pickup_of_an_order_placed_at_five(company):
    order = placed(sh("04 17:00:00"), branch=company.branch)
    assert clock(order, "§1.3.1.1").due_at == sh("05 12:00:00")
    assert clock(order, "§1.2.2.c").due_at == sh("06 00:00:00")
    assert clock(order, "§1.2.2.a").due_at == sh("04 23:00:00")


def test_collecting_meets_the_pickup_and_voids_its_notice(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    pickup.collect(number=order.number, clerk=company.driver, pieces=10, packing_ok=True, now=sh("04 10:30:00"))
    assert clock(order, "§1.3.1.1").state == "met"
    assert clock(order, "§4.3.2.2n").state == "void"


def test_late_pickup_judges_its_notice(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    tick(now=sh("04 11:00:01"))
    assert clock(order, "§1.3.1.1").state == "breached"
    assert clock(order, "§4.3.2.2n").state == "breached"


def test_late_pickup_with_notice_in_time(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    pickup.give_notice(number=order.number, clerk=company.clerk, next_time="12:00", now=sh("04 10:45:00"))
    tick(now=sh("04 11:00:01"))
    assert clock(order, "§4.3.2.2n").state == "met"


def test_postponing_moves_the_days_duties(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    orders.postpone(
        number=order.number, clerk=company.clerk, ship_on=date(2026, 11, 6), reason="customers_wish",
        now=sh("04 10:00:00"),
    )  # fmt: skip
    assert clock(order, "§1.3.1.1").due_at == sh("06 11:00:00")
    assert clock(order, "§1.2.2.c").due_at == sh("07 00:00:00")
    assert clock(order, "§1.4.4").due_at == sh("06 23:00:00")
    assert clock(order, "§1.2.2.p").due_at == sh("06 09:30:00")
    assert states(order, "§1.2.2.c") == ["met", "open"]
    assert states(order, "§1.3.1.1") == ["open", "replaced"]


def test_undo_gives_the_clock_back_its_old_due_time(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    orders.take_back_acceptance(number=order.number, clerk=company.clerk, now=sh("04 09:05:10"))
    running = Deadline.objects.get(order=order, clause="§1.2.1.1", stopped_at=None)
    assert running.due_at == sh("04 09:10:00")
    assert not Deadline.objects.filter(order=order, clause="§1.4.4", stopped_at=None).exists()
    with pytest.raises(Conflict):
        orders.take_back_acceptance(number=order.number, clerk=company.clerk, now=sh("04 09:05:11"))


def test_a_customer_cancel_waits_for_its_reason(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    orders.cancel(number=order.number, by=CUSTOMER, reason="", text="", now=sh("04 09:30:00"))
    assert clock(order, "§1.2.1.4r").due_at == sh("05 00:00:00")
    assert clock(order, "§1.2.1.1").state == "breached"
    assert clock(order, "§1.3.1.1").state == "void"



def test_why_this_deadline(company):
    order = placed(sh("04 17:00:00"), branch=company.branch)
    words = [line.say() for line in explain(clock(order, "§1.3.1.1"))]
    assert words[0] == "§1.3.1.1 接货（未预约）"
    assert "起算事件发生: 2026-11-04 17:00:00" in words
    assert "17:00 及以后下单，最迟次日 12:00: 2026-11-05 12:00:00" in words
    assert words[-1] == "结果：进行中"
    english = [line.say("en") for line in explain(clock(order, "§1.3.1.1"))]
    assert "placed at or after 17:00: 12:00 next day: 2026-11-05 12:00:00" in english


def test_a_note_after_missed_days_settles_each_of_them(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    orders.annotate(number=order.number, clerk=company.clerk, kind="tracking", text="客户备货中", now=sh("06 10:00:00"))
    days = Deadline.objects.filter(order=order, clause="§1.4.4").order_by("started_at").values_list("state", "due_at")
    assert list(days) == [
        ("breached", sh("04 23:00:00")),
        ("breached", sh("05 23:00:00")),
        ("met", sh("06 23:00:00")),
        ("open", sh("07 23:00:00")),
    ]
    tick(now=sh("06 10:00:05"))
    assert Deadline.objects.filter(order=order, clause="§1.4.4").count() == 4


def test_the_reason_of_an_order_no_branch_has_is_the_call_centres(company):
    order = placed(sh("04 09:00:00"))
    orders.cancel(number=order.number, by=CUSTOMER, reason="", text="", now=sh("04 09:05:00"))
    assert clock(order, "§1.2.1.4r").holder == company.call_centre
    tick(now=sh("05 00:00:01"))
    step = Step.objects.get(deadline__order=order, clause="§1.2.1.4r", kind="due")
    assert (step.responsible_unit, step.responsible_person) == (company.call_centre, company.head_of_calls)


def test_a_notice_given_before_a_move_still_counts(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    pickup.give_notice(number=order.number, clerk=company.clerk, next_time="12:00", now=sh("04 10:30:00"))
    orders.reassign(number=order.number, branch=company.third, clerk=company.agent, reason="太远", now=sh("04 10:40:00"))
    tick(now=sh("04 11:00:01"))
    assert clock(order, "§1.3.1.1").holder == company.third
    assert clock(order, "§4.3.2.2n").state == "met"
