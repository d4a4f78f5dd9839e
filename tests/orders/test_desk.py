"""What a branch does with an order: phone, accept, postpone, print (§1.2.1, §1.2.2.p, §1.4.1), and who may."""

from datetime import date

import pytest

from network.models import Person
from orders import services as orders
from orders.models import Order
from rulebook.errors import Denied, Refused
from rulebook.roles import Role
from tests.clocks import clock, running, states
from tests.factories import Company, accepted, placed, post, reached, sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    return Company()


def accept(order: Order, clerk: Person, at: str) -> Order:
    return orders.accept(number=order.number, clerk=clerk, now=sh(at))


def postpone(order: Order, clerk: Person, day: int, at: str, reason: str = "goods_not_ready") -> Order:
    return orders.postpone(number=order.number, clerk=clerk, ship_on=date(2026, 11, day), reason=reason, now=sh(at))


def refusal(act, *args: object) -> tuple[str, str]:
    with pytest.raises(Refused) as said:
        act(*args)
    return said.value.clause, said.value.field


# §1.4.1: a reached contact, made by this branch, after the order reached it.


def test_not_reached_unlocks_nothing_and_stops_no_clock(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    orders.contact(number=order.number, clerk=company.clerk, outcome="not_reached", reason="busy", now=sh("04 09:02:00"))
    assert refusal(accept, order, company.clerk, "04 09:03:00")[0] == "§1.4.1"
    assert running(order)["§1.2.1.1"] == sh("04 09:10:00")


def test_a_call_made_by_the_call_centre_does_not_let_the_branch_accept(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    reached(order, company.agent, sh("04 09:02:00"))
    assert order.contacts.get().branch == company.call_centre
    assert refusal(accept, order, company.clerk, "04 09:03:00")[0] == "§1.4.1"


def test_the_call_of_the_branch_before_does_not_count(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    reached(order, company.clerk, sh("04 09:01:00"))
    orders.reassign(number=order.number, branch=company.second, clerk=company.clerk, reason="太远", now=sh("04 09:02:00"))
    assert refusal(accept, order, company.second_clerk, "04 09:03:00")[0] == "§1.4.1"


def test_an_own_call_from_before_the_order_came_back_does_not_count(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    reached(order, company.clerk, sh("04 09:01:00"))
    for branch, minute in ((company.second, 2), (company.branch, 3)):
        orders.reassign(number=order.number, branch=branch, clerk=company.agent, reason="太远", now=sh(f"04 09:0{minute}:00"))
    assert refusal(accept, order, company.clerk, "04 09:04:00")[0] == "§1.4.1"
    reached(order, company.clerk, sh("04 09:05:00"))
    assert accept(order, company.clerk, "04 09:05:00").state == "accepted"


def test_a_call_at_the_instant_the_order_came_counts(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    reached(order, company.clerk, sh("04 09:00:00"))
    assert accept(order, company.clerk, "04 09:00:00").accepted_by == company.clerk


# §1.2.1.4p: at most three days after the order date, over all postponements.


def test_postponed_to_the_third_day_and_not_to_the_fourth(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    assert refusal(postpone, order, company.clerk, 8, "04 10:00:00") == ("§1.2.1.4p", "ship_on")
    assert postpone(order, company.clerk, 7, "04 10:00:00").ship_on == date(2026, 11, 7)


def test_the_three_days_are_cumulative(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    postpone(order, company.clerk, 5, "04 10:00:00")
    postpone(order, company.clerk, 7, "05 10:00:00")
    orders.resume(number=order.number, clerk=company.clerk, now=sh("07 09:00:00"))
    assert refusal(postpone, order, company.clerk, 8, "07 10:00:00") == ("§1.2.1.4p", "ship_on")


def test_the_three_days_count_from_the_local_order_date(company):
    late = accepted(
        sh("04 23:59:59.999999"), company.clerk, branch=company.branch, placed_at=sh("04 23:59:59.999999"), pickup=False
    )
    early = accepted(sh("05 00:00:00"), company.clerk, branch=company.branch, placed_at=sh("05 00:00:00"), pickup=False)
    assert refusal(postpone, late, company.clerk, 8, "05 10:00:00")[0] == "§1.2.1.4p"
    assert postpone(early, company.clerk, 8, "05 10:00:00").state == "postponed"


@pytest.mark.parametrize("day", [4, 5, 6])
def test_a_new_date_is_a_later_one_than_today(company, day):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    assert refusal(postpone, order, company.clerk, day, "06 10:00:00") == ("§1.2.1.4p", "ship_on")
    assert postpone(order, company.clerk, 7, "06 10:00:00").state == "postponed"


def test_postponing_takes_a_reason_of_the_list(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    with pytest.raises(Refused) as said:
        postpone(order, company.clerk, 5, "04 10:00:00", reason="whatever")
    assert said.value.field == "reason"


def test_from_the_phone_form_postponing_accepts_in_one_step(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    reached(order, company.clerk, sh("04 09:04:00"))
    order = postpone(order, company.clerk, 5, "04 09:05:00")
    assert (order.state, order.accepted_at) == ("postponed", sh("04 09:05:00"))
    assert states(order, "§1.2.1.1") == ["met"]
    assert clock(order, "§1.2.2.p").due_at == sh("05 09:30:00")


def test_a_refused_postponement_has_not_accepted_either(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    reached(order, company.clerk, sh("04 09:04:00"))
    assert refusal(postpone, order, company.clerk, 8, "04 09:05:00")[0] == "§1.2.1.4p"
    assert Order.objects.get().state == "at_branch"
    assert running(order)["§1.2.1.1"] == sh("04 09:10:00")


def test_postponing_replaces_the_pickups_clocks_by_those_of_the_new_date(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    postpone(order, company.clerk, 5, "04 10:00:00")
    assert running(order) == {
        "§1.2.2.p": sh("05 09:30:00"), "§1.3.1.1": sh("05 11:00:00"), "§4.3.2.2n": sh("05 10:45:00"),
        "§1.4.4": sh("05 23:00:00"), "§1.2.2.c": sh("06 00:00:00"),
    }  # fmt: skip
    assert clock(order, "§1.3.1.1").started_at == sh("05 09:00:00")


# §1.2.2.p: 30 minutes to print, reprints counted.


def test_the_first_print_stops_the_clock_and_reprints_are_counted(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    assert running(order)["§1.2.2.p"] == sh("04 09:35:00")
    first = orders.print_note(number=order.number, clerk=company.clerk, now=sh("04 09:35:00"))
    again = orders.print_note(number=order.number, clerk=company.clerk, now=sh("04 09:50:00"))
    assert (first.serial, first.copies, again.serial) == (1, 2, 2)
    assert states(order, "§1.2.2.p") == ["met"]
    assert Order.objects.get().printed_at == sh("04 09:35:00")


def test_a_drop_off_has_no_print_clock(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), pickup=False)
    assert "§1.2.2.p" not in running(order)


# Posts and scope.

STRANGERS = {
    "accept": (Role.COURIER, Role.CALL_CENTRE, Role.REGIONAL_MANAGER, Role.DEPARTMENT, Role.FINANCE),
    "postpone": (Role.COURIER, Role.CALL_CENTRE, Role.REGIONAL_MANAGER),
    "print_note": (Role.COURIER, Role.CALL_CENTRE),
    "assign": (Role.BRANCH_CLERK, Role.BRANCH_MANAGER, Role.REGIONAL_MANAGER, Role.DEPARTMENT),
    "cancel": (Role.COURIER, Role.REGIONAL_MANAGER, Role.DEPARTMENT),
    "reassign": (Role.COURIER, Role.REGIONAL_MANAGER, Role.DEPARTMENT),
}
ACTS = {
    "accept": lambda o, p, c: orders.accept(number=o.number, clerk=p, now=sh("04 09:05:00")),
    "postpone": lambda o, p, c: postpone(o, p, 5, "04 09:05:00"),
    "print_note": lambda o, p, c: orders.print_note(number=o.number, clerk=p, now=sh("04 09:05:00")),
    "assign": lambda o, p, c: orders.assign(number=o.number, branch=c.second, clerk=p, now=sh("04 09:05:00")),
    "cancel": lambda o, p, c: orders.cancel(
        number=o.number, by=p.actor, person=p, reason="duplicate", text="", now=sh("04 09:05:00")
    ),
    "reassign": lambda o, p, c: orders.reassign(
        number=o.number, branch=c.second, clerk=p, reason="太远", now=sh("04 09:05:00")
    ),
}


@pytest.mark.parametrize(("verb", "role"), [(v, r) for v, roles in STRANGERS.items() for r in roles])
def test_a_post_without_the_verb_is_denied(company, verb, role):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    reached(order, company.clerk, sh("04 09:04:00"))
    with pytest.raises(Denied):
        ACTS[verb](order, post(role, company.branch, sh("01 00:00:00")), company)
    assert Order.objects.get().state == "at_branch"


def test_a_post_that_has_ended_carries_nothing(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    reached(order, company.clerk, sh("04 09:04:00"))
    company.clerk.posts.update(until=sh("04 09:04:30"))
    with pytest.raises(Denied):
        accept(order, Person.objects.get(pk=company.clerk.pk), "04 09:05:00")


def test_another_branch_does_not_find_the_order(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    for stranger in (company.second_clerk, company.third_clerk):
        with pytest.raises(Order.DoesNotExist):
            reached(order, stranger, sh("04 09:01:00"))


def test_what_each_may_see(company):
    at_first, at_third = placed(sh("04 09:00:00"), branch=company.branch), placed(sh("04 09:00:00"), branch=company.third)
    nowhere = placed(sh("04 09:00:00"))
    director = post(Role.AREA_DIRECTOR, company.area)
    expected = {
        company.clerk: {at_first}, company.second_clerk: set(), company.third_clerk: {at_third},
        company.regional_manager: {at_first}, director: {at_first, at_third},
        company.agent: {at_first, at_third, nowhere}, company.officer: {at_first, at_third, nowhere},
    }  # fmt: skip
    for person, seen in expected.items():
        assert set(Order.objects.visible_to(person)) == seen, person
