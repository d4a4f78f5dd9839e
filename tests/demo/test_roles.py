"""The role choice: one click each in demo mode, no such page elsewhere."""

import pytest
from django.test import Client
from django.urls import reverse

from desk.demo.access import CUSTOMER, DOORS
from network.models import Account, Person, Unit
from network.services import appoint
from rulebook.roles import Role
from tests.factories import Company, CustomerAccountFactory, sh

STAFF = [door for door in DOORS if door.login and door.login != CUSTOMER]


@pytest.fixture
def company(db: None) -> Company:
    company = Company()
    for serial, door in enumerate(STAFF):
        person = Person.objects.create(
            account=Account.objects.create(username=door.login), number=f"R{serial}", name="演示"
        )
        appoint(person, role=Role(door.login), unit=Unit.objects.get(code="B1"), now=sh("01 08:00:00"))
    return company


def test_the_page_offers_every_role(client: Client, company: Company) -> None:
    page = client.get("/demo/").content.decode()
    for name in ("营业员", "营业部经理", "呼叫中心", "区域经理", "电商部", "接货司机", "客户", "合作伙伴"):
        assert name in page


@pytest.mark.parametrize("door", STAFF, ids=lambda door: door.key)
def test_one_click_logs_in(client: Client, company: Company, door) -> None:
    response = client.post("/demo/", {"role": door.key})
    assert response.status_code == 302
    assert response["Location"] == reverse(door.leads_to)
    assert client.session["_auth_user_id"] == str(Account.objects.get(username=door.login).pk)


def test_a_customer_comes_to_their_own_pages(client: Client, company: Company) -> None:
    account = CustomerAccountFactory(account__username="customer")
    response = client.post("/demo/", {"role": "customer"})
    assert response["Location"] == "/my/"
    assert client.session["_auth_user_id"] == str(account.account_id)


def test_a_visitor_has_no_login(client: Client, company: Company) -> None:
    client.post("/demo/", {"role": "clerk"})
    response = client.post("/demo/", {"role": "visitor"})
    assert response["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_without_the_company_it_says_what_to_do(client: Client, db: None) -> None:
    response = client.post("/demo/", {"role": "clerk"})
    assert response.status_code == 409
    assert "manage.py demo" in response.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_such_page_outside_demo_mode(client: Client, company: Company, settings, method: str) -> None:
    settings.DEMO = False
    assert getattr(client, method)("/demo/", {"role": "clerk"}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_an_unknown_role_is_not_found(client: Client, company: Company) -> None:
    assert client.post("/demo/", {"role": "administrator"}).status_code == 404


def test_a_forged_click_is_refused(company: Company) -> None:
    assert Client(enforce_csrf_checks=True).post("/demo/", {"role": "clerk"}).status_code == 403
