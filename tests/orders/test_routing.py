"""Which branch has the order (§1.2.1.3, §1.2.1.5)."""

import pytest

from orders import services as orders
from orders.models import Order
from rulebook.errors import Conflict, Refused
from sla.services import tick
from tests.clocks import clock, running, states, step
from tests.factories import CUSTOMER, Company, accepted, draft, placed, sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    return Company()


def shift(order: Order, to: object, clerk: object, at: str) -> Order:
    return orders.reassign(number=order.number, branch=to, clerk=clerk, reason="太远", now=sh(at))


@pytest.mark.parametrize(
    ("placed_at", "start", "due"),
    [
        ("04 07:59:59.999999", "04 08:00:00", "04 08:10:00"),
        ("04 08:00:00", "04 08:00:00", "04 08:10:00"),
        ("04 19:59:59.999999", "04 19:59:59.999999", "04 20:09:59.999999"),
        ("04 20:00:00", "05 08:00:00", "05 08:10:00"),
        ("04 23:59:59", "05 08:00:00", "05 08:10:00"),
    ],
)
def test_the_call_centres_ten_minutes(company, placed_at, start, due):
    waiting = clock(placed(sh(placed_at)), "§1.2.1.3")
    assert (waiting.started_at, waiting.due_at, waiting.holder) == (sh(start), sh(due), company.call_centre)


def test_assigned_exactly_at_the_limit(company):
    order = placed(sh("04 09:00:00"))
    orders.assign(number=order.number, branch=company.branch, clerk=company.agent, now=sh("04 09:10:00"))
    assert states(order, "§1.2.1.3") == ["met"]
    assert running(order)["§1.2.1.1"] == sh("04 09:20:00")
    assert running(order)["§1.2.2.a"] == sh("04 23:00:00")


def test_an_order_reaching_its_branch_at_eleven_at_night(company):
    order = placed(sh("04 22:59:59"))
    orders.assign(number=order.number, branch=company.branch, clerk=company.agent, now=sh("04 23:00:00"))
    assert running(order)["§1.2.2.a"] == sh("05 23:00:00")
    assert states(order, "§1.2.1.3") == ["met"]


def test_a_lost_race_names_the_winner(company):
    order = placed(sh("04 09:00:00"))
    orders.assign(number=order.number, branch=company.branch, clerk=company.agent, now=sh("04 09:01:00"))
    with pytest.raises(Conflict) as lost:
        orders.assign(number=order.number, branch=company.second, clerk=company.head_of_calls, now=sh("04 09:01:01"))
    assert (lost.value.winner, lost.value.at) == (f"{company.agent.name}（{company.agent.number}）", sh("04 09:01:00"))


def test_naming_a_branch_later_is_the_customers_assignment(company):
    order = placed(sh("04 09:00:00"))
    orders.edit(number=order.number, draft=draft(branch_code="B2"), by=CUSTOMER, now=sh("04 09:05:00"))
    order.refresh_from_db()
    assert (order.state, order.branch, order.moves) == ("at_branch", company.second, 0)
    assert states(order, "§1.2.1.3") == ["met"]
    assert running(order)["§1.2.1.1"] == sh("04 09:15:00")
    assert clock(order, "§1.3.1.1").holder == company.second


# §1.2.1.5, the last instant included.


@pytest.mark.parametrize(("at", "allowed"), [("04 09:10:00", True), ("04 09:10:00.000001", False)])
def test_before_acceptance_the_branch_has_its_ten_minutes(company, at, allowed):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    if allowed:
        assert shift(order, company.second, company.clerk, at).branch == company.second
    else:
        with pytest.raises(Refused) as said:
            shift(order, company.second, company.clerk, at)
        assert said.value.clause == "§1.2.1.5"
        assert Order.objects.get().branch == company.branch


@pytest.mark.parametrize(("at", "allowed"), [("04 09:10:00", True), ("04 09:10:00.000001", False)])
def test_after_acceptance_it_has_five(company, at, allowed):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    if allowed:
        assert shift(order, company.second, company.clerk, at).state == "at_branch"
    else:
        with pytest.raises(Refused):
            shift(order, company.second, company.clerk, at)


def test_later_the_call_centre_may(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    assert shift(order, company.third, company.agent, "05 15:00:00").branch == company.third


def test_a_branch_does_not_pass_its_window_by_editing(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    change = {"draft": draft(branch_code="B2"), "by": company.clerk.actor, "person": company.clerk}
    with pytest.raises(Refused) as said:
        orders.edit(number=order.number, now=sh("04 09:10:01"), **change)
    assert said.value.clause == "§1.2.1.5"
    assert not order.versions.exists()
    orders.edit(number=order.number, now=sh("04 09:09:00"), **change)
    order.refresh_from_db()
    assert (order.branch, order.moves) == (company.second, 1)


def test_to_the_same_branch_is_no_move(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    with pytest.raises(Refused):
        shift(order, company.branch, company.clerk, "04 09:01:00")


def test_each_holder_has_its_own_ten_minutes_and_fifteen(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    shift(order, company.second, company.clerk, "04 09:08:00")
    tick(now=sh("04 09:18:00"))
    assert running(order)["§1.2.1.1"] == sh("04 09:18:00")
    assert step(order, "§1.2.1.1b", "second").at == sh("04 09:23:00")
    assert states(order, "§1.2.1.1") == ["replaced", "open"]


def test_a_moved_order_forgets_its_acceptance_and_keeps_its_history(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    order = shift(order, company.second, company.clerk, "04 09:06:00")
    assert (order.accepted_by, order.accepted_at) == (None, None)
    assert (order.first_branch, order.first_accepted_branch) == (company.branch, company.branch)
    move = order.moves_made.get()
    assert (move.from_branch, move.to_branch, move.counts, move.violation) == (company.branch, company.second, True, False)
