"""The statement of cash on delivery: partners see their own orders, paged, with totals that tie out (§3.2(9), §4.3.3.2)."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from core.models import Actor
from delivery import services as delivery
from orders import services as orders
from orders.models import Order
from rulebook.roles import Role
from tests.api.client import PartnerClient, partner
from tests.api.test_verbs import API, Staff, done, order_body
from tests.factories import Company, post, reached, sh

pytestmark = pytest.mark.django_db
AT = sh("04 09:00:00")


@pytest.fixture(autouse=True)
def four_november():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def company(db) -> Company:
    company = Company()
    company.finance = post(Role.FINANCE, company.department)
    return company


def collected(company: Company, taobao: PartnerClient, number: int, amount: str) -> Order:
    body = order_body(f"T{number}", services__cod_amount=amount, pickup__wanted=False)
    order = Order.objects.get(number=done(taobao.post(f"{API}/orders/", body), 201)["number"])
    reached(order, company.clerk, AT)
    orders.accept(number=order.number, clerk=company.clerk, now=AT)
    orders.quote(number=order.number, clerk=company.clerk, amount=Decimal(100), words="", now=AT)
    orders.answer_quote(number=order.number, by=Actor("customer", "1"), agreed=True, now=AT)
    orders.issue_waybill(
        number=order.number, clerk=company.clerk, pieces=10, weight_kg=order.weight_kg, volume_m3=order.volume_m3, now=AT
    )
    now = AT + timedelta(minutes=number)
    delivery.collect(number=order.number, clerk=company.driver, amount=Decimal(amount), means="cash", now=now)
    return order


def test_a_partner_pages_through_its_own(company: Company) -> None:
    taobao = PartnerClient(partner("TAOBAO"))
    first, second, third = (collected(company, taobao, n, f"{n}00.00") for n in (1, 2, 3))
    delivery.count(numbers=[first.number], clerk=company.clerk, total=Decimal(100), now=AT)
    delivery.bank(numbers=[first.number], clerk=company.clerk, slip="S", now=AT)
    delivery.confirm_bank(slip="S", clerk=company.finance, now=AT)
    delivery.remit(numbers=[first.number], clerk=company.finance, batch="R1", now=AT)
    page = done(taobao.get(f"{API}/cash/statement/?page_size=2"))
    assert (page["count"], page["page"], page["page_size"]) == (3, 1, 2)
    assert [line["order"] for line in page["results"]] == [third.number, second.number]
    assert page["totals"] == {"collected": "600.00", "remitted": "100.00", "outstanding": "500.00", "written_off": "0.00"}
    (last,) = done(taobao.get(f"{API}/cash/statement/?page=2&page_size=2"))["results"]
    assert (last["order"], last["partner_order_no"], last["amount"], last["state"], last["batch"]) == (
        first.number, "T1", "100.00", "remitted", "R1",
    )  # fmt: skip
    assert done(taobao.get(f"{API}/cash/statement/?page=9"))["results"] == []
    assert done(taobao.get(f"{API}/cash/statement/?state=remitted"))["count"] == 1
    assert done(taobao.get(f"{API}/cash/statement/?since=2026-11-05"))["count"] == 0
    assert done(taobao.get(f"{API}/cash/statement/?since=2026-11-04&until=2026-11-04"))["count"] == 3
    assert done(PartnerClient(partner("JD")).get(f"{API}/cash/statement/"))["count"] == 0
    assert done(Staff(company.finance).get("cash/statement/"))["count"] == 3
    assert done(Staff(company.third_clerk).get("cash/statement/"))["count"] == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"), ("page=x", "page"), ("page_size=201", "page_size"), ("since=yesterday", "since"),
        ("until=9999-12-31", "until"), ("since=0001-01-01", "since"), ("state=stolen", "state"),
        ("colour=red", "colour"),
    ],
)  # fmt: skip
def test_bad_queries_name_their_field(company: Company, query: str, field: str) -> None:
    told = done(Staff(company.finance).get(f"cash/statement/?{query}"), 400)
    assert (told["field"], bool(told["message"])) == (field, True)


def test_couriers_have_no_statement(company: Company) -> None:
    assert Staff(company.driver).get("cash/statement/").status_code == 403
