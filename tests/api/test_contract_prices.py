"""A partner bound to a customer record ships at that customer's contract price; all others at the public one (§3.3, §3.4.1)."""

from dataclasses import replace
from datetime import date

import pytest
import time_machine

from customers.models import Customer
from customers.services import add
from network.models import Account
from orders import services as orders
from orders.models import Order
from orders.services.draft import draft_of
from partners import authentication
from pricing.services import contracts
from rulebook.roles import Role
from tests.api.client import PartnerClient, order_body, partner
from tests.factories import CUSTOMER, Company, draft, post, sh
from tests.pricing.prices import D, live

pytestmark = pytest.mark.django_db
ORDERS = "/api/v1/orders/"
BODY = {"goods__weight_kg": "120", "pickup__wanted": False}
LISTED, HALF = ("listed", "268.80"), ("contract", "134.40")  # 120 kg × 2.24, and half of it


@pytest.fixture(autouse=True)
def ten_in_the_morning():
    authentication._known.clear()
    with time_machine.travel(sh("04 10:00:00"), tick=False):
        yield


@pytest.fixture
def company(db) -> Company:
    company = Company()
    company.pricer = post(Role.PRICE_MANAGEMENT, company.department)
    live(company.pricer)
    return company


@pytest.fixture
def customer(company) -> Customer:
    """张三, who ships under 13800138000, at half the public rates in November."""
    made = add(name="张三", phone="13800138000", branch=company.branch, verified=True, now=sh("01 09:00:00"))
    contract = contracts.apply(
        code="C1", customer=made, valid_from=date(2026, 11, 1), valid_to=date(2026, 11, 30), share=D("0.5"), minimum=D(10),
        reason="量大", by=company.manager, now=sh("01 09:00:00"),
    )  # fmt: skip
    contracts.decide(pk=contract.pk, agreed=True, words="", by=company.pricer, now=sh("01 10:00:00"))
    return made


def bound(*customers: Customer, code: str = "TB") -> PartnerClient:
    platform = partner(code)
    platform.customers.set(customers)
    return PartnerClient(platform)


def priced(number: str) -> tuple[str, str]:
    order = Order.objects.get(number=number)
    return order.price_state, str(order.price.total)


def test_a_bound_partner_ships_at_the_contract_price(customer):
    client = bound(customer)
    number = client.post(ORDERS, order_body(**BODY)).json()["number"]
    assert priced(number) == HALF
    told = client.get(f"{ORDERS}{number}/").json()["price"]
    assert (told["source"], told["total"]) == HALF


def test_any_other_partner_does_not(customer):
    """Not even with the customer's own phone."""
    number = bound().post(ORDERS, order_body(**BODY)).json()["number"]
    assert priced(number) == LISTED


def test_only_for_the_customers_it_is_bound_to(company, customer):
    other = add(name="王五", phone="13700137000", branch=company.branch, verified=True, now=sh("01 09:00:00"))
    number = bound(other).post(ORDERS, order_body(**BODY)).json()["number"]
    assert priced(number) == LISTED


def test_a_customer_that_is_not_verified_any_more_has_no_contract(customer):
    Customer.objects.filter(pk=customer.pk).update(bound_at=None)
    number = bound(customer).post(ORDERS, order_body(**BODY)).json()["number"]
    assert priced(number) == LISTED


def test_an_edit_keeps_the_contract(customer):
    """200 kg × 1.12 = 224.00"""
    client = bound(customer)
    number = client.post(ORDERS, order_body(**BODY)).json()["number"]
    assert client.post(f"{ORDERS}{number}/edit/", {"goods": {"weight_kg": "200"}}).status_code == 200
    assert priced(number) == ("contract", "224.00")


def test_a_customers_own_edit_keeps_what_staff_identified(company, customer):
    made = orders.place(
        draft(pickup=False, branch_code="B1"), channel="phone", by=company.clerk.actor, now=sh("04 10:00:00")
    ).order
    assert priced(made.number) == HALF
    content = draft_of(made)
    orders.edit(number=made.number, draft=replace(content, weight_kg=D("200.00")), by=CUSTOMER, now=sh("04 10:05:00"))
    assert priced(made.number) == ("contract", "224.00")
    phone = replace(content.shipper, phone="13600136000")
    orders.edit(
        number=made.number, draft=replace(content, weight_kg=D("300.00"), shipper=phone), by=CUSTOMER, now=sh("04 10:06:00")
    )
    assert priced(made.number) == ("listed", "672.00")  # 300 × 2.24: another phone is another customer


def test_it_is_bound_in_the_administration(company, customer, client):
    chief = Account.objects.create_superuser("chief", password="x")
    client.force_login(chief)
    platform = partner("EB")
    url = f"/admin/partners/partner/{platform.pk}/change/"
    assert "代发客户" in client.get(url).content.decode()
    sent = {"code": "EB", "name": "平台", "channel": "partner", "closed_at_0": "", "closed_at_1": "", "customers": [customer.pk]}
    assert client.post(url, sent).status_code == 302
    assert list(platform.customers.all()) == [customer]
