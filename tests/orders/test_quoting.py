"""Until there is a tariff: quote, confirm, decline (§3.3), and edits that reopen the price (§3.4.4)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from orders import services as orders
from orders.models import Order
from orders.services.draft import draft_of
from rulebook.errors import Conflict, Denied, Refused
from tests.clocks import running, states
from tests.factories import CONSIGNEE, CUSTOMER, Company, accepted, placed, sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    return Company()


@pytest.fixture
def order(company) -> Order:
    return accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), pickup=False)


def quote(company: Company, order: Order, amount: str = "88.50", at: str = "04 09:10:00"):
    return orders.quote(number=order.number, clerk=company.clerk, amount=Decimal(amount), words="含接货", now=sh(at))


def answer(order: Order, agreed: bool, at: str = "04 09:20:00", **more: object) -> Order:
    return orders.answer_quote(number=order.number, agreed=agreed, by=CUSTOMER, now=sh(at), **more)


def bill(company: Company, order: Order):
    return orders.issue_waybill(
        number=order.number, clerk=company.clerk, pieces=10, weight_kg=Decimal(120), volume_m3=Decimal("0.8"),
        now=sh("04 10:00:00"),
    )  # fmt: skip


def test_a_declined_price_cancels_with_that_reason_and_leaves_nothing_open(company, order):
    quote(company, order)
    order = answer(order, agreed=False)
    assert (order.state, order.price_state) == ("cancelled", "declined")
    assert (order.cancel_reason, order.reason_confirmed_at) == ("price_declined", sh("04 09:20:00"))
    assert states(order, "§1.2.1.4r") == ["met"]
    assert running(order) == {}


def test_without_a_confirmed_price_there_is_no_waybill(company, order):
    for step in (lambda: None, lambda: quote(company, order)):
        step()
        with pytest.raises(Refused) as said:
            bill(company, order)
        assert said.value.clause == "§3.3"
    answer(order, agreed=True)
    assert bill(company, order).order.state == "waybilled"


def test_an_answer_goes_to_the_quote_that_was_seen(company, order):
    seen = quote(company, order)
    newer = quote(company, order, "99.00", "04 09:15:00")
    with pytest.raises(Conflict):
        answer(order, agreed=True, seen=seen.pk)
    answer(order, agreed=True, seen=newer.pk)
    newer.refresh_from_db()
    assert (newer.answer, newer.answered_at) == ("confirmed", sh("04 09:20:00"))


def test_only_the_branch_quotes(company, order):
    with pytest.raises(Denied):
        orders.quote(number=order.number, clerk=company.agent, amount=Decimal(1), words="", now=sh("04 09:10:00"))


@pytest.mark.parametrize(
    ("change", "price"),
    [
        ({"pieces": 11}, "to_quote"),
        ({"weight_kg": Decimal("121")}, "to_quote"),
        ({"insured": True}, "to_quote"),
        ({"delivery": "door"}, "to_quote"),
        ({"consignee": replace(CONSIGNEE, place="110101")}, "to_quote"),
        ({"consignee": replace(CONSIGNEE, name="王五", address="漕溪北路 201 号")}, "confirmed"),
        ({"remark": "轻放"}, "confirmed"),
        ({"payer": "consignee"}, "confirmed"),
        ({"weight_kg": Decimal("120.0")}, "confirmed"),
    ],
)
def test_an_edit_of_the_basis_returns_to_the_price_step(company, order, change, price):
    quote(company, order)
    order = answer(order, agreed=True)
    orders.edit(number=order.number, draft=replace(draft_of(order), **change), by=CUSTOMER, now=sh("04 09:30:00"))
    assert Order.objects.get().price_state == price


def test_a_price_of_collected_goods_is_declined_only_after_their_return(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    Order.objects.filter(pk=order.pk).update(collected_at=sh("04 09:05:00"))
    quote(company, order)
    with pytest.raises(Refused) as said:
        answer(order, agreed=False)
    assert said.value.clause == "§0.10"
    assert Order.objects.get().price_state == "quoted"
