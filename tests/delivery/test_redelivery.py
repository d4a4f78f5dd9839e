"""From the 2nd attempt on each attempt adds a delivery fee by the tariff (§1.3.3.3); key customers by contract only (§2.1.3.3)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from core.models import Entry
from delivery import services as delivery
from delivery.models import Attempt, Shipment
from orders import services as orders
from orders.models import AddedCharge, Order
from pricing.services import contracts
from rulebook.quotes import Charge
from rulebook.roles import Role
from tests.delivery.test_shipments import SIGNED, does, sent
from tests.factories import Company, accepted, contract, post, sh
from tests.pricing.prices import CHARGES, live

pytestmark = pytest.mark.django_db

FAILED = {"reason": "nobody_there", "contacted": "nobody", "contact": "两次未接", "billing_call": "西湖营业部答复改日"}


@pytest.fixture
def company(db) -> Company:
    company = Company()
    company.pricer = post(Role.PRICE_MANAGEMENT, company.department)
    return company


def priced(company: Company, **changes: object) -> Order:
    """An order priced by the tariff of tests.pricing: 120 kg, 0.8 m³, freight ¥268.80; billed and on its way."""
    order = accepted(
        sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), pickup=False, delivery="door", **changes
    )
    orders.issue_waybill(
        number=order.number, clerk=company.clerk, pieces=10, weight_kg=Decimal(120), volume_m3=Decimal("0.8"), now=sh("04 10:00:00")
    )
    Shipment.objects.filter(order=order).update(terminal=company.second)
    does(order, "depart", company.clerk, "04 20:00:00", vehicle="浙A1")
    does(order, "arrive", company.second_clerk, "05 11:00:00")
    return order


def tries(company: Company, order: Order, times: int) -> None:
    """That many attempts, each but the last one failed."""
    for attempt in range(1, times + 1):
        day = f"{4 + attempt:02}"
        does(order, "load_for_delivery", company.second_clerk, f"{day} 13:00:00", driver=company.second_clerk.number)
        if attempt < times:
            does(order, "fail_attempt", company.second_clerk, f"{day} 14:00:00", **FAILED)


def charged(order: Order) -> list[tuple[str, str]]:
    return [(row.zh, str(row.amount)) for row in AddedCharge.objects.filter(waybill__order=order).order_by("pk")]


def test_each_attempt_from_the_second_on_costs_once(company):
    live(company.pricer)
    order = priced(company)
    before = order.waybill.amount
    tries(company, order, 1)
    assert charged(order) == []
    does(order, "fail_attempt", company.second_clerk, "05 14:00:00", **FAILED)
    does(order, "load_for_delivery", company.second_clerk, "06 13:00:00", driver=company.second_clerk.number)
    assert charged(order) == [("第 2 次送货费", "30.00")]
    does(order, "fail_attempt", company.second_clerk, "06 14:00:00", **FAILED)
    does(order, "load_for_delivery", company.second_clerk, "07 13:00:00", driver=company.second_clerk.number)
    assert charged(order) == [("第 2 次送货费", "30.00"), ("第 3 次送货费", "30.00")]
    does(order, "sign", company.second_clerk, "07 14:00:00", **SIGNED)
    order.waybill.refresh_from_db()
    assert order.waybill.amount == before
    assert [row.fee_due for row in Attempt.objects.order_by("serial")] == [False, True]
    assert [entry.data["amount"] for entry in Entry.objects.filter(name="charge_added").order_by("seq")] == ["30.00", "30.00"]


def test_a_scan_sent_twice_charges_once(company):
    live(company.pricer)
    order = priced(company)
    tries(company, order, 1)
    does(order, "fail_attempt", company.second_clerk, "05 14:00:00", **FAILED)
    for at in ("06 13:00:00", "06 13:00:09"):
        does(order, "load_for_delivery", company.second_clerk, at, driver=company.second_clerk.number, source="scan-9")
    assert charged(order) == [("第 2 次送货费", "30.00")]


def test_without_a_redelivery_charge_the_delivery_charge_is_taken(company):
    """120 kg × ¥0.2 = ¥24, above the minimum of ¥20."""
    live(company.pricer, charges=tuple(row for row in CHARGES if row.when != "redelivery"))
    order = priced(company)
    tries(company, order, 2)
    assert charged(order) == [("第 2 次送货费", "24.00")]


def test_a_share_of_the_freight_is_a_share_of_the_freight(company):
    """10 % of max(120 × 2.24, 0.8 × 227, 34) = ¥268.80."""
    share = Charge(code="again", zh="再送费", en="Again", when="redelivery", basis="pct_freight", rate=Decimal("0.1"))
    live(company.pricer, charges=(*(row for row in CHARGES if row.when != "redelivery"), share))
    order = priced(company)
    tries(company, order, 2)
    assert charged(order) == [("第 2 次送货费", "26.88")]


def test_without_a_tariff_the_attempt_is_marked_and_nothing_is_invented(company):
    order = sent(company)
    does(order, "depart", company.clerk, "04 20:00:00", vehicle="浙A1")
    does(order, "arrive", company.second_clerk, "05 11:00:00")
    tries(company, order, 2)
    assert charged(order) == []
    assert Entry.objects.filter(name="shipment_loaded_for_delivery").order_by("seq").last().data["fee_due"] is True


def test_the_key_customers_own_contract_may_say_so(company):
    """§2.1.3.3"""
    live(company.pricer)
    contract(company, redelivery_fee=True)
    order = priced(company)
    tries(company, order, 2)
    assert charged(order) == [("第 2 次送货费", "30.00")]


@pytest.mark.parametrize(("agreed", "expected"), [(False, []), (True, [("第 2 次送货费", "30.00")])])
def test_key_customers_pay_by_contract_only(company, agreed, expected):
    """§2.1.3.3"""
    live(company.pricer)
    key = contract(company).customer
    made = contracts.apply(
        code="C1", customer=key, valid_from=date(2026, 11, 1), valid_to=date(2026, 11, 30), reason="项目客户", by=company.manager,
        redelivery_fee=agreed, now=sh("01 09:00:00"),
    )  # fmt: skip
    contracts.decide(pk=made.pk, agreed=True, words="", by=company.pricer, now=sh("01 10:00:00"))
    order = priced(company)
    tries(company, order, 2)
    assert charged(order) == expected
    assert Entry.objects.filter(name="shipment_loaded_for_delivery").order_by("seq").last().data["fee_due"] is agreed


def test_whoever_pays_on_delivery_pays_it_at_the_door(company):
    live(company.pricer)
    order = priced(company, payer="consignee")
    tries(company, order, 2)
    freight = order.waybill.amount
    goods = Shipment.objects.select_related("order__waybill").get(order=order)
    assert delivery.freight_to_collect(goods) == freight + Decimal("30.00")
    paid = priced(company)
    assert delivery.freight_to_collect(Shipment.objects.get(order=paid)) == Decimal("0.00")


@pytest.mark.postgres
def test_an_added_charge_is_never_changed(company):
    live(company.pricer)
    tries(company, priced(company), 2)
    for change in (lambda rows: rows.update(amount=1), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change(AddedCharge.objects.all())
