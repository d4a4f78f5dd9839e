"""The system price prevails on the waybill, reckoned from what was measured (§1.4.3, §3.3). Sums typed by hand."""

from dataclasses import replace
from decimal import Decimal

import pytest

from orders import services as orders
from orders.models import Waybill
from rulebook.errors import Refused
from rulebook.roles import Role
from tests.factories import CONSIGNEE, Company, accepted, post, sh
from tests.orders.bills import bill, billed, ready
from tests.pricing.prices import D, lane, live

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    company = Company()
    company.pricer = post(Role.PRICE_MANAGEMENT, company.department)
    return company


def at_system_price(company: Company, **changes: object) -> Waybill:
    order = accepted(
        sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), pickup=False
    )
    return bill(company, order, **changes)


def test_what_was_measured_is_what_is_charged(company):
    """150 kg × 2.24 = 336.00 > 0.8 m³ × 227 = 181.60; ordered were 120 kg, 268.80."""
    live(company.pricer)
    waybill = at_system_price(company, weight_kg=D("150.00"))
    assert (waybill.price_source, waybill.amount) == ("listed", D("336.00"))
    line = waybill.lines_now().get()
    assert (line.code, line.basis, line.quantity, line.unit_price, line.tariff) == ("freight", "kg", D("150.000"), D("2.24"), "T1")
    assert "150 kg × 2.24 = ¥336.00" in waybill.price_zh


def test_light_goods_are_charged_by_the_volume_measured(company):
    """2 m³ × 227 = 454.00 > 120 kg × 2.24."""
    live(company.pricer)
    assert at_system_price(company, volume_m3=D("2.000")).amount == D("454.00")


def test_a_branch_price_stands_where_there_is_no_lane(company):
    live(company.pricer)
    waybill = billed(company, consignee=replace(CONSIGNEE, place="440106"))
    assert (waybill.price_source, waybill.amount) == ("confirmed", D("320.00"))


def test_a_system_price_published_since_prevails_over_the_branchs(company):
    order = ready(company)
    live(company.pricer, at="04 10:00:00", since="2026-11-04")
    waybill = bill(company, order)
    assert (waybill.price_source, waybill.amount) == ("listed", D("268.80"))
    assert waybill.differences == [["price_source", "confirmed", "listed"]]  # §1.4.3: listed and stored


def test_the_tariff_is_that_of_the_order(company):
    """A version that comes into force between order and scale changes nothing that was agreed."""
    live(company.pricer)
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), pickup=False)
    live(company.pricer, lane(heavy="5"), code="T2", since="2026-11-05", at="04 12:00:00")
    assert bill(company, order, at="05 09:00:00").amount == D("268.80")


def test_an_amendment_is_reckoned_by_the_system(company):
    """200 kg × 2.24 = 448.00 and delivery 200 × 0.2 = 40.00."""
    live(company.pricer)
    waybill = at_system_price(company)
    number, now = waybill.order.number, sh("04 11:00:00")
    with pytest.raises(Refused) as said:
        orders.propose_amendment(
            number=number, clerk=company.clerk, changes={"pieces": 11}, reason="少算", amount=Decimal(1), now=now
        )
    assert said.value.field == "amount"
    asked = orders.propose_amendment(
        number=number, clerk=company.clerk, changes={"weight_kg": D("200.00"), "delivery": "door"}, reason="复称", now=now
    )
    assert (asked.amount_before, asked.amount_after, asked.effect) == (D("268.80"), D("488.00"), D("219.20"))
    orders.decide_amendment(number=number, person=company.manager, approve=True, now=now)
    waybill.refresh_from_db()
    assert [(line.code, line.amount) for line in waybill.lines_now()] == [("freight", D("448.00")), ("door", D("40.00"))]
