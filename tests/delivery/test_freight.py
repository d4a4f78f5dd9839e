"""Freight paid by the consignee (到付, §4.3.2.7): who took how much and when; counted by another; every fen is somewhere."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from core.models import Actor, Entry
from delivery import services as delivery
from delivery.models import FreightMovement, FreightReceipt, Shipment
from delivery.services.books import FreightSums
from desk.doctor import CHECKS
from orders import services as orders
from orders.models import AddedCharge, Order
from reports.ties import freight as tie
from rulebook.errors import Conflict, Denied, Refused
from tests.delivery.test_books import plant
from tests.factories import Company, accepted, sh

pytestmark = pytest.mark.django_db

NOON = sh("04 12:00:00")
FREIGHT = Decimal("300.00")


@pytest.fixture
def company(db) -> Company:
    return Company()


def billed(company: Company, payer: str = "consignee", **content: object) -> Order:
    """An order of ¥300 freight, billed at 10:00 and at its terminal, the billing branch itself."""
    order = accepted(
        sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), pickup=False, payer=payer, **content
    )  # fmt: skip
    orders.quote(number=order.number, clerk=company.clerk, amount=FREIGHT, words="", now=sh("04 09:06:00"))
    orders.answer_quote(number=order.number, by=Actor("customer", "1"), agreed=True, now=sh("04 09:07:00"))
    orders.issue_waybill(
        number=order.number, clerk=company.clerk, pieces=10, weight_kg=order.weight_kg, volume_m3=order.volume_m3,
        now=sh("04 10:00:00"),
    )  # fmt: skip
    return order


def paid(company: Company) -> Order:
    order = billed(company)
    delivery.collect_freight(number=order.number, clerk=company.driver, amount=FREIGHT, means="cash", now=NOON)
    return order


def due(order: Order) -> Decimal:
    return delivery.freight_to_collect(Shipment.objects.select_related("order__waybill").get(order=order))


def movements(order: Order) -> list[tuple[str, str, str, Decimal]]:
    found = FreightMovement.objects.filter(receipt__order=order).order_by("pk")
    return list(found.values_list("kind", "debit", "credit", "amount"))


def sums(received: str, in_hand: str = "0", in_safe: str = "0", banked: str = "0") -> FreightSums:
    return FreightSums(*(Decimal(value) for value in (received, in_hand, in_safe, banked)))


def test_the_whole_way_of_the_freight(company):
    order = billed(company)
    assert due(order) == FREIGHT
    receipt = delivery.collect_freight(number=order.number, clerk=company.driver, amount=FREIGHT, means="code", now=NOON)
    assert (receipt.amount, receipt.collected_by, receipt.collected_at, receipt.unit) == (FREIGHT, company.driver, NOON, company.branch)
    assert due(order) == 0
    assert delivery.freight_books() == sums("300.00", in_hand="300.00")
    delivery.count_freight(numbers=[order.number], clerk=company.clerk, total=FREIGHT, now=NOON)
    assert delivery.freight_books() == sums("300.00", in_safe="300.00")
    delivery.bank_freight(numbers=[order.number], clerk=company.manager, slip="ICBC-7", now=NOON)
    assert delivery.freight_books() == sums("300.00", banked="300.00")
    assert movements(order) == [
        ("collect", "courier", "freight", FREIGHT), ("count", "branch", "courier", FREIGHT), ("bank", "bank", "branch", FREIGHT),
    ]  # fmt: skip
    told = Entry.objects.filter(order_number=order.number, name__startswith="freight_").order_by("seq")
    assert list(told.values_list("name", flat=True)) == ["freight_collected", "freight_counted", "freight_banked"]


@pytest.mark.parametrize("amount", ["299.99", "300.01", "0", "-300", "NaN", "Infinity"])
def test_another_amount_than_due_is_refused_and_nothing_is_booked(company, amount):
    order = billed(company)
    with pytest.raises(Refused) as refusal:
        delivery.collect_freight(number=order.number, clerk=company.driver, amount=Decimal(amount), means="cash", now=NOON)
    assert (refusal.value.clause, refusal.value.field) == ("§4.3.3.2", "amount")
    assert not FreightReceipt.objects.exists()


@pytest.mark.parametrize("payer", ["shipper", "monthly", "on_slip", "owed"])
def test_where_somebody_else_pays_nothing_is_due_at_the_door(company, payer):
    order = billed(company, payer)
    with pytest.raises(Conflict, match="没有应向收货人收取的运费"):
        delivery.collect_freight(number=order.number, clerk=company.driver, amount=FREIGHT, means="cash", now=NOON)


@pytest.mark.parametrize("at", [timedelta(microseconds=1), -timedelta(days=2, microseconds=1)], ids=["future", "too far back"])
def test_impossible_times_and_means_are_refused(company, at):
    order = billed(company)
    asked = {"number": order.number, "clerk": company.driver, "amount": FREIGHT, "now": NOON}
    with pytest.raises(Refused, match="两天"):
        delivery.collect_freight(**asked, means="cash", at=NOON + at)
    with pytest.raises(Refused, match="收款方式"):
        delivery.collect_freight(**asked, means="gold")


def test_paying_twice_is_told_who_was_first(company):
    order = paid(company)
    with pytest.raises(Conflict, match="已经收过") as lost:
        delivery.collect_freight(number=order.number, clerk=company.clerk, amount=FREIGHT, means="cash", now=NOON)
    assert company.driver.name in lost.value.winner


def test_a_charge_added_after_the_payment_is_due_by_itself(company):
    order = paid(company)
    AddedCharge.objects.create(
        waybill=Order.objects.get(pk=order.pk).waybill, cause="redelivery/2", code="redelivery", zh="再送费", en="x",
        amount=Decimal("40.00"), by_kind="system", at=NOON,
    )  # fmt: skip
    assert due(order) == Decimal("40.00")
    delivery.collect_freight(number=order.number, clerk=company.driver, amount=Decimal("40.00"), means="cash", now=NOON)
    delivery.count_freight(numbers=[order.number], clerk=company.clerk, total=Decimal("340.00"), now=NOON)
    assert delivery.freight_books() == sums("340.00", in_safe="340.00")


def test_the_collector_does_not_count_and_a_wrong_total_books_nothing(company):
    one, other = paid(company), paid(company)
    delivery.take_back_freight(number=other.number, clerk=company.manager, remark="未收到款", now=NOON)
    delivery.collect_freight(number=other.number, clerk=company.clerk, amount=FREIGHT, means="cash", now=NOON)
    numbers = [one.number, other.number]
    with pytest.raises(Refused, match="他人清点"):
        delivery.count_freight(numbers=numbers, clerk=company.clerk, total=Decimal("600.00"), now=NOON)
    with pytest.raises(Refused, match=r"相差 -0\.01"):
        delivery.count_freight(numbers=numbers, clerk=company.manager, total=Decimal("599.99"), now=NOON)
    assert delivery.freight_books() == sums("600.00", in_hand="600.00")


def test_a_wrong_receipt_is_taken_back_by_a_counter_movement(company):
    order = paid(company)
    with pytest.raises(Denied):
        delivery.take_back_freight(number=order.number, clerk=company.driver, remark="点错", now=NOON)
    with pytest.raises(Refused, match="冲回原因"):
        delivery.take_back_freight(number=order.number, clerk=company.manager, remark=" ", now=NOON)
    delivery.take_back_freight(number=order.number, clerk=company.manager, remark="点错", now=NOON)
    assert movements(order)[-1] == ("take_back", "freight", "courier", FREIGHT)
    assert (due(order), delivery.freight_books()) == (FREIGHT, sums("0.00"))
    with pytest.raises(Conflict):
        delivery.take_back_freight(number=order.number, clerk=company.manager, remark="再来", now=NOON)


def test_counted_freight_is_not_taken_back_nor_counted_again(company):
    order = paid(company)
    delivery.count_freight(numbers=[order.number], clerk=company.clerk, total=FREIGHT, now=NOON)
    with pytest.raises(Conflict):
        delivery.take_back_freight(number=order.number, clerk=company.manager, remark="点错", now=NOON)
    with pytest.raises(Conflict, match="已收款"):
        delivery.count_freight(numbers=[order.number], clerk=company.clerk, total=FREIGHT, now=NOON)
    with pytest.raises(FreightReceipt.DoesNotExist):
        delivery.count_freight(numbers=["E1"], clerk=company.clerk, total=FREIGHT, now=NOON)


def test_the_books_and_the_doctor_see_a_receipt_that_was_tampered_with(company):
    order = paid(company)
    assert tie().holds
    assert "代收货款" in CHECKS
    assert CHECKS["代收货款"](NOON) == []
    receipt = FreightReceipt.objects.get(order=order)
    plant("delivery_freightreceipt", "amount = 290", receipt.pk)
    assert [row.order.number for row in delivery.freight_faults()] == [order.number]
    assert not tie().holds
    assert order.number in CHECKS["代收货款"](NOON)[0].zh


@pytest.mark.postgres
def test_the_ledger_refuses_a_change(company):
    order = paid(company)
    with pytest.raises(DatabaseError), transaction.atomic():
        FreightMovement.objects.filter(receipt__order=order).update(amount=1)
