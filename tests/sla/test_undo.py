"""Taking back within ten seconds (design §6.27)."""

import pytest

from orders import services as orders
from orders.models import Order
from rulebook.errors import Conflict
from rulebook.roles import Role
from sla.services import tick
from tests.clocks import clock, dues, running, states, step
from tests.factories import accepted, placed, post, reached, sh

pytestmark = pytest.mark.django_db


def test_an_undone_assignment_gives_the_call_centre_its_old_limit(company):
    order = placed(sh("04 09:00:00"))
    orders.assign(number=order.number, branch=company.branch, clerk=company.agent, now=sh("04 09:04:00"))
    orders.take_back_assignment(number=order.number, clerk=company.agent, now=sh("04 09:04:10"))
    order.refresh_from_db()
    assert (order.state, order.branch, order.first_branch, order.reached_branch_at) == ("unassigned", None, None, None)
    assert dues(order, "§1.2.1.3") == [("replaced", sh("04 09:10:00")), ("open", sh("04 09:10:00"))]
    assert states(order, "§1.2.1.1") == ["replaced"]
    assert set(running(order)) == {"§1.2.1.3", "§1.3.1.1", "§4.3.2.2n"}
    assert clock(order, "§1.3.1.1").holder is None


def test_a_move_is_not_undone_as_if_it_were_the_first_assignment(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    orders.reassign(number=order.number, branch=company.second, clerk=company.agent, reason="太远", now=sh("04 09:01:00"))
    with pytest.raises(Conflict):
        orders.take_back_assignment(number=order.number, clerk=company.agent, now=sh("04 09:01:05"))
    assert Order.objects.get().branch == company.second


@pytest.mark.parametrize("seconds", ["05:10.000001", "06:00"])
def test_after_ten_seconds_it_stands(company, seconds):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    with pytest.raises(Conflict):
        orders.take_back_acceptance(number=order.number, clerk=company.clerk, now=sh(f"04 09:{seconds}"))
    assert Order.objects.get().state == "accepted"


def test_another_persons_acceptance_is_not_mine_to_undo(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    with pytest.raises(Conflict):
        orders.take_back_acceptance(number=order.number, clerk=company.manager, now=sh("04 09:05:05"))


def test_after_another_acted_it_stands(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    orders.print_note(number=order.number, clerk=company.manager, now=sh("04 09:05:04"))
    with pytest.raises(Conflict):
        orders.take_back_acceptance(number=order.number, clerk=company.clerk, now=sh("04 09:05:05"))


def test_the_tick_is_nobody_and_does_not_end_the_ten_seconds(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    tick(now=sh("04 09:05:05"))
    orders.take_back_acceptance(number=order.number, clerk=company.clerk, now=sh("04 09:05:09"))
    assert Order.objects.get().state == "at_branch"


def test_a_late_acceptance_undone_leaves_the_breach_and_the_second_step(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    tick(now=sh("04 09:10:01"))
    reached(order, company.clerk, sh("04 09:12:00"))
    orders.accept(number=order.number, clerk=company.clerk, now=sh("04 09:12:00"))
    orders.take_back_acceptance(number=order.number, clerk=company.clerk, now=sh("04 09:12:05"))
    assert clock(order, "§1.2.1.1").state == "breached"
    tick(now=sh("04 09:15:01"))
    second = step(order, "§1.2.1.1b", "second")
    assert (second.state, second.responsible_person) == ("breached", company.regional_manager)
    orders.accept(number=order.number, clerk=company.clerk, now=sh("04 09:20:00"))
    assert states(order, "§1.2.1.1") == ["breached", "breached"]
    assert order.deadlines.filter(clause="§1.2.1.1", steps__kind="due").count() == 1


def test_an_acceptance_past_both_steps_undone_keeps_a_clock_running(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    tick(now=sh("04 09:15:01"))
    reached(order, company.clerk, sh("04 09:16:00"))
    orders.accept(number=order.number, clerk=company.clerk, now=sh("04 09:16:00"))
    orders.take_back_acceptance(number=order.number, clerk=company.clerk, now=sh("04 09:16:05"))
    assert running(order)["§1.2.1.1"] == sh("04 09:10:00")


def test_the_first_acceptance_is_not_forgotten_when_a_later_one_is_undone(company):
    order = accepted(sh("04 09:01:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    for branch, minute in ((company.second, 2), (company.branch, 3)):
        orders.reassign(number=order.number, branch=branch, clerk=company.agent, reason="太远", now=sh(f"04 09:0{minute}:00"))
    reached(order, company.clerk, sh("04 09:04:00"))
    orders.accept(number=order.number, clerk=company.clerk, now=sh("04 09:04:00"))
    orders.take_back_acceptance(number=order.number, clerk=company.clerk, now=sh("04 09:04:05"))
    assert Order.objects.get().first_accepted_branch == company.branch


def test_an_only_acceptance_undone_leaves_none(company):
    order = accepted(sh("04 09:01:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    orders.take_back_acceptance(number=order.number, clerk=company.clerk, now=sh("04 09:01:05"))
    assert Order.objects.get().first_accepted_branch is None


def test_only_the_call_centre_takes_back_an_assignment(company):
    order = placed(sh("04 09:00:00"))
    orders.assign(number=order.number, branch=company.branch, clerk=company.agent, now=sh("04 09:04:00"))
    colleague = post(Role.CALL_CENTRE, company.call_centre)
    with pytest.raises(Conflict):
        orders.take_back_assignment(number=order.number, clerk=colleague, now=sh("04 09:04:05"))
