"""The waybill: from an accepted order with its goods and its price, differences listed (§1.4.3)."""

from decimal import Decimal

import pytest

from orders import services as orders
from orders.models import Order
from orders.numbers import is_valid
from pickup import services as pickup
from rulebook.errors import Conflict, Refused
from tests.clocks import running
from tests.factories import CUSTOMER, Company, accepted, sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    return Company()


def ready(company: Company, **changes: object) -> Order:
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), **changes)
    orders.quote(number=order.number, clerk=company.clerk, amount=Decimal(100), words="一口价", now=sh("04 09:06:00"))
    return orders.answer_quote(number=order.number, agreed=True, by=CUSTOMER, now=sh("04 09:07:00"))


def bill(company: Company, order: Order, pieces: int = 10, weight: str = "120", volume: str = "0.8"):
    return orders.issue_waybill(
        number=order.number, clerk=company.clerk, pieces=pieces, weight_kg=Decimal(weight), volume_m3=Decimal(volume),
        now=sh("04 10:30:00"),
    )  # fmt: skip


def test_every_difference_is_listed(company):
    waybill = bill(company, ready(company, pickup=False), pieces=11, weight="120.50")
    assert waybill.differences == [["pieces", "10", "11"], ["weight_kg", "120.00", "120.50"]]
    assert is_valid(waybill.number)
    assert len(waybill.number) == 10


def test_equal_measures_are_no_difference(company):
    assert bill(company, ready(company, pickup=False), weight="120.00", volume="0.800").differences == []


def test_goods_to_be_picked_up_are_billed_once_they_are_here(company):
    order = ready(company)
    with pytest.raises(Refused) as said:
        bill(company, order)
    assert said.value.clause == "§1.4.3"
    pickup.collect(number=order.number, clerk=company.driver, pieces=10, packing_ok=True, now=sh("04 10:00:00"))
    bill(company, order)
    assert set(running(order)) == {"§1.2.2.p"}


def test_goods_handed_back_are_not_billed(company):
    order = ready(company)
    pickup.collect(number=order.number, clerk=company.driver, pieces=10, packing_ok=True, now=sh("04 10:00:00"))
    pickup.hand_back(number=order.number, clerk=company.driver, now=sh("04 10:10:00"))
    with pytest.raises(Refused):
        bill(company, order)


def test_a_waybill_is_issued_once(company):
    order = ready(company, pickup=False)
    bill(company, order)
    with pytest.raises(Conflict) as lost:
        bill(company, order)
    assert (lost.value.winner, lost.value.at) == (f"{company.clerk.name}（{company.clerk.number}）", sh("04 10:30:00"))
