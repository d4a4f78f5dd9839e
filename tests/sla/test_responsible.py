"""Who answers for a breach: the holder, or the responsible branch, and whoever held the post at the due instant (§1.2.1.6)."""

from datetime import date

import pytest

from network.services import appoint, move
from orders import services as orders
from orders.models import Order
from rulebook.roles import Role
from sla.models import Step
from sla.services import tick
from tests.clocks import clock, step
from tests.factories import CUSTOMER, Company, PersonFactory, accepted, draft, placed, post, reached, sh

pytestmark = pytest.mark.django_db


def shift(company: Company, order: Order, to: object, at: str) -> None:
    orders.reassign(number=order.number, branch=to, clerk=company.agent, reason="太远", now=sh(at))


@pytest.mark.parametrize(
    ("handed_over", "answers"),
    [("04 09:09:59", "new"), ("04 09:10:00", "new"), ("04 09:10:00.000001", "old")],
)
def test_the_post_is_read_at_the_due_instant_not_at_the_tick(company, handed_over, answers):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    successor = PersonFactory()
    appoint(successor, role=Role.BRANCH_MANAGER, unit=company.branch, now=sh(handed_over))
    tick(now=sh("04 09:40:00"))
    assert step(order, "§1.2.1.1").responsible_person == {"new": successor, "old": company.manager}[answers]


@pytest.mark.parametrize(("moved", "answers"), [("04 09:15:00", "new"), ("04 09:15:00.000001", "old")])
def test_the_organisation_is_read_at_the_due_instant(company, moved, answers):
    other = post(Role.REGIONAL_MANAGER, company.other_region)
    order = placed(sh("04 09:00:00"), branch=company.branch)
    move(company.branch, parent=company.other_region, now=sh(moved))
    tick(now=sh("04 09:40:00"))
    second = step(order, "§1.2.1.1b", "second")
    assert second.responsible_person == {"new": other, "old": company.regional_manager}[answers]
    assert second.responsible_unit == company.branch


def test_a_vacant_post_leaves_the_unit_answerable(company):
    order = placed(sh("04 09:00:00"), branch=company.second)
    tick(now=sh("04 09:10:01"))
    assert (step(order, "§1.2.1.1").responsible_unit, step(order, "§1.2.1.1").responsible_person) == (company.second, None)


def test_the_call_centre_answers_for_the_assignment(company):
    order = placed(sh("04 09:00:00"))
    tick(now=sh("04 09:10:01"))
    answered = step(order, "§1.2.1.3")
    assert (answered.responsible_unit, answered.responsible_person) == (company.call_centre, company.head_of_calls)


def test_from_the_third_move_the_first_accepting_branch_answers(company):
    order = accepted(sh("04 09:01:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    shift(company, order, company.second, "04 09:05:00")
    tick(now=sh("04 09:15:01"))  # the second branch misses its own ten minutes
    shift(company, order, company.third, "04 09:16:00")
    assert Order.objects.get().responsible_branch is None
    shift(company, order, company.second, "04 09:17:00")
    order.refresh_from_db()
    assert (order.moves, order.responsible_branch) == (3, company.branch)
    assert [move.violation for move in order.moves_made.order_by("pk")] == [False, False, True]
    tick(now=sh("04 09:27:01"))
    missed = Step.objects.filter(clause="§1.2.1.1", state="breached").order_by("at")
    assert [(s.at, s.responsible_unit) for s in missed] == [
        (sh("04 09:15:00"), company.second),
        (sh("04 09:27:00"), company.branch),
    ]
    assert clock(order, "§1.3.1.1").responsible == company.branch
    assert clock(order, "§1.3.1.1").holder == company.second


def test_without_an_acceptance_the_first_assigned_branch_answers(company):
    order = placed(sh("04 09:00:00"))
    orders.assign(number=order.number, branch=company.third, clerk=company.agent, now=sh("04 09:01:00"))
    for branch, at in ((company.branch, "04 09:02:00"), (company.second, "04 09:03:00"), (company.branch, "04 09:04:00")):
        shift(company, order, branch, at)
    order.refresh_from_db()
    assert order.responsible_branch == company.third
    tick(now=sh("04 09:14:01"))
    assert step(order, "§1.2.1.1").responsible_unit == company.third


def test_a_fourth_move_changes_no_more_who_is_responsible(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    for branch, minute in ((company.second, 1), (company.third, 2), (company.second, 3)):
        shift(company, order, branch, f"04 09:0{minute}:00")
    reached(order, company.second_clerk, sh("04 09:04:00"))
    orders.accept(number=order.number, clerk=company.second_clerk, now=sh("04 09:04:00"))
    shift(company, order, company.third, "04 09:05:00")
    order.refresh_from_db()
    assert (order.moves, order.responsible_branch) == (4, company.branch)


def test_the_customers_change_of_branch_does_not_count(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    for code, minute in (("B2", 1), ("B3", 2), ("B1", 3), ("B2", 4)):
        orders.edit(number=order.number, draft=draft(branch_code=code), by=CUSTOMER, now=sh(f"04 09:0{minute}:00"))
    order.refresh_from_db()
    assert (order.branch, order.moves, order.responsible_branch) == (company.second, 0, None)
    assert clock(order, "§1.2.1.1").due_at == sh("04 09:14:00")


def test_carried_clocks_keep_their_due_and_change_their_holder(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    shift(company, order, company.third, "04 09:20:00")
    for clause, due in (("§1.2.2.p", "04 09:35:00"), ("§1.3.1.1", "04 11:00:00"), ("§1.4.4", "04 23:00:00")):
        running = clock(order, clause)
        assert (running.holder, running.due_at) == (company.third, sh(due)), clause
        assert running.replaces.state == "replaced"
    assert clock(order, "§1.2.1.1").due_at == sh("04 09:30:00")


def test_a_missed_pickup_that_is_moved_runs_on_with_the_new_branch(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    tick(now=sh("04 11:00:01"))
    shift(company, order, company.third, "04 11:30:00")
    running = clock(order, "§1.3.1.1")
    assert (running.state, running.holder, running.due_at) == ("breached", company.third, sh("04 11:00:00"))
    assert Step.objects.filter(clause="§1.3.1.1", state="breached").count() == 1
    reached(order, company.third_clerk, sh("04 11:35:00"))
    orders.accept(number=order.number, clerk=company.third_clerk, now=sh("04 11:35:00"))
    orders.postpone(
        number=order.number, clerk=company.third_clerk, ship_on=date(2026, 11, 6), reason="other", now=sh("04 11:36:00")
    )
    assert (clock(order, "§1.3.1.1").state, clock(order, "§1.3.1.1").due_at) == ("open", sh("06 11:00:00"))
