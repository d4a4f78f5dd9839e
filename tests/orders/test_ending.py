"""Cancelling and its reason (§1.2.1.4, §1.2.1.4r, §0.10)."""

import pytest

from orders import services as orders
from orders.models import Order
from rulebook.errors import Conflict, Refused
from sla.services import tick
from tests.clocks import clock, running, states
from tests.factories import CUSTOMER, Company, accepted, placed, sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    return Company()


def staff_cancel(company: Company, order: Order, reason: str = "not_shipping", text: str = "", at: str = "04 09:30:00"):
    clerk = company.clerk
    return orders.cancel(number=order.number, by=clerk.actor, person=clerk, reason=reason, text=text, now=sh(at))


def customer_cancel(order: Order, reason: str = "", at: str = "04 09:30:00"):
    return orders.cancel(number=order.number, by=CUSTOMER, reason=reason, text="", now=sh(at))


@pytest.mark.parametrize(("reason", "text", "field"), [("", "", "reason"), ("bored", "", "reason"), ("other", " ", "text")])
def test_staff_give_a_reason_of_the_list(company, reason, text, field):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    with pytest.raises(Refused) as said:
        staff_cancel(company, order, reason, text)
    assert (said.value.clause, said.value.field) == ("§1.2.1.4", field)
    assert Order.objects.get().state == "at_branch"


def test_a_staff_cancel_opens_and_meets_its_reason_at_once(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    staff_cancel(company, order)
    assert running(order) == {}
    assert states(order, "§1.2.1.4r") == ["met"]
    for clause in ("§1.2.2.p", "§1.2.2.c", "§1.4.4", "§1.3.1.1", "§4.3.2.2n"):
        assert states(order, clause) == ["void"], clause
    assert states(order, "§1.2.1.1") == ["met"]


def test_a_customers_reason_waits_for_the_branch(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    customer_cancel(order, "mistaken")
    assert running(order) == {"§1.2.1.4r": sh("05 00:00:00")}
    assert clock(order, "§1.2.1.4r").holder == company.branch
    done = orders.confirm_reason(
        number=order.number, clerk=company.clerk, reason="other_carrier", text="", now=sh("05 00:00:00")
    )
    assert (done.cancel_reason, done.reason_confirmed_at) == ("other_carrier", sh("05 00:00:00"))
    assert states(order, "§1.2.1.4r") == ["met"]
    with pytest.raises(Conflict):
        orders.confirm_reason(number=order.number, clerk=company.clerk, reason="duplicate", text="", now=sh("05 00:01:00"))


def test_a_reason_confirmed_after_midnight_is_late_and_stays_so(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    customer_cancel(order)
    tick(now=sh("05 00:00:01"))
    orders.confirm_reason(number=order.number, clerk=company.clerk, reason="duplicate", text="", now=sh("05 08:00:00"))
    reason = clock(order, "§1.2.1.4r")
    assert (reason.state, reason.stopped_at, reason.steps.get(kind="due").responsible_person) == (
        "breached", sh("05 08:00:00"), company.manager,
    )  # fmt: skip


def test_a_clock_breached_before_the_cancel_stays_breached(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    staff_cancel(company, order, at="04 09:20:00")
    steps = dict(clock(order, "§1.2.1.1").steps.exclude(kind="warn").values_list("clause", "state"))
    assert steps == {"§1.2.1.1": "breached", "§1.2.1.1b": "breached"}
    assert states(order, "§1.2.2.a") == ["void"]


def test_an_unassigned_order_voids_the_call_centres_limit(company):
    order = placed(sh("04 09:00:00"))
    customer_cancel(order, at="04 09:10:00")
    assert states(order, "§1.2.1.3") == ["void"]


def test_what_was_cancelled_is_not_cancelled_again(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    customer_cancel(order)
    with pytest.raises(Conflict) as lost:
        staff_cancel(company, order, at="04 09:40:00")
    assert lost.value.at == sh("04 09:30:00")


def test_the_system_never_cancels(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    tick(now=sh("14 09:00:00"))
    assert Order.objects.get(pk=order.pk).state == "at_branch"
