"""Claims over the JSON door: staff and partners (§4.5)."""

import pytest
import time_machine
from django.test import Client

from complaints.claimapi import CLAIM_VERBS
from complaints.models import Claim
from orders.models import Order
from tests.api.client import PartnerClient, partner
from tests.complaints.claimcases import PAYEE, goods, offices
from tests.factories import Company, sh

pytestmark = pytest.mark.django_db

SAID = {"cause": "handling", "text": "外箱破损", "name": "张三", "phone": "13800138000"}


@pytest.fixture
def company(db) -> Company:
    return offices(Company())


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(sh("05 12:00:00"), tick=False):
        yield


def says(person, path: str, **values: object):
    client = Client(raise_request_exception=False)
    client.force_login(person.account)
    return client.post(f"/api/v1/claims/{path}", values, content_type="application/json")


def test_a_claim_from_its_opening_to_its_payment(company):
    number = goods(company)
    made = says(company.clerk, "", order=number, amount="6000.00", **SAID)
    assert made.status_code == 201, made.json()
    claim = made.json()
    at = claim["number"]
    assert (claim["state"], claim["small"], claim["claimant_phone"]) == ("opened", False, "138****8000")
    assert says(company.clerk, "", order=number, amount="6000.00", **SAID).status_code == 409
    for paper in ("application", "waybill", "photos", "invoice"):
        assert says(company.clerk, f"{at}/receive-paper/", paper=paper).json()["state"] == "opened"
    assert says(company.clerk, f"{at}/receive-paper/", paper="identity").json()["state"] == "papers_complete"
    assert says(company.clerk, f"{at}/receive-paper/", paper="identity").status_code == 409
    above = says(company.adjuster, f"{at}/propose/", amount="6000.01", proven="9000.00", words="全额")
    assert (above.status_code, above.json()["field"], above.json()["clause"]) == (422, "amount", "§4.5")
    offered = says(company.adjuster, f"{at}/propose/", amount="6000.00", proven="9000.00", words="全额").json()
    assert [(each["serial"], each["amount"], each["most"]) for each in offered["proposals"]] == [(1, "6000.00", "6000.00")]
    told = says(company.agent, f"{at}/agree/", serial=1, payee=PAYEE)
    assert (told.status_code, told.json()["field"]) == (422, "means")
    agreed = says(company.agent, f"{at}/agree/", serial=1, means="phone", payee=PAYEE)
    assert agreed.json()["agreed_amount"] == "6000.00"
    assert "6222" not in agreed.content.decode()
    assert says(company.adjuster, f"{at}/pay/", amount="6000.00", bank_no="B1").status_code == 403
    assert says(company.cashier, f"{at}/pay/", amount="6000.00", bank_no="B1").json()["state"] == "paid"
    assert says(company.cashier, f"{at}/pay/", amount="6000.00", bank_no="B2").status_code == 409
    assert says(company.adjuster, f"{at}/close/").json()["state"] == "closed"


@pytest.mark.parametrize("amount", ["NaN", "-1", "0", "1.001", "Infinity", "", None, [], "9" * 40])
def test_amounts_that_are_none_are_4xx_and_store_nothing(company, amount):
    answer = says(company.clerk, "", order=goods(company), amount=amount, **SAID)
    assert answer.status_code in (400, 422)
    assert answer.json()["field"] == "amount"
    assert not Claim.objects.exists()


@pytest.mark.parametrize("verb", sorted(CLAIM_VERBS))
def test_every_verb_refuses_nonsense_and_strangers(company, verb):
    number = says(company.clerk, "", order=goods(company), amount="6000.00", **SAID).json()["number"]
    assert says(company.adjuster, f"{number}/{verb}/", nonsense="x").status_code in (400, 409, 422)
    assert says(company.third_clerk, f"{number}/{verb}/").status_code in (400, 404)
    assert says(company.driver, f"{number}/{verb}/").status_code in (400, 403)
    assert Client().post(f"/api/v1/claims/{number}/{verb}/").status_code in (401, 403)
    assert Claim.objects.get().state == "opened"


def test_a_partner_claims_and_answers_for_its_own_orders_alone(company):
    ours, theirs = partner("TB"), partner("PDD")
    number = goods(company)
    Order.objects.filter(number=number).update(source=ours.source)
    mine, other = PartnerClient(ours), PartnerClient(theirs)
    body = {"order": number, "amount": "6000.00", **SAID}
    assert other.post("/api/v1/claims/", body).status_code == 404
    made = mine.post("/api/v1/claims/", body)
    assert made.status_code == 201, made.content
    at = f"/api/v1/claims/{made.json()['number']}/"
    assert other.get(at).status_code == 404
    assert other.get("/api/v1/claims/").json()["results"] == []
    assert [each["number"] for each in mine.get("/api/v1/claims/").json()["results"]] == [made.json()["number"]]
    assert mine.post(f"{at}propose/", {"amount": "1", "proven": "1", "words": "x"}).status_code == 403
    assert mine.post(f"{at}withdraw/", {"text": "已解决"}).json()["state"] == "withdrawn"


def test_the_list_is_narrowed_and_the_schema_names_every_verb(company):
    number = says(company.clerk, "", order=goods(company), amount="6000.00", **SAID).json()["number"]
    client = Client()
    client.force_login(company.adjuster.account)
    for query, found in (("", 1), ("?state=opened", 1), ("?state=paid", 0), ("?q=8000", 1), ("?q=0001", 0), (f"?q={number}", 1)):
        assert len(client.get(f"/api/v1/claims/{query}").json()["results"]) == found, query
    assert client.get("/api/v1/claims/?state=lost").status_code == 400
    paths = Client().get("/api/v1/schema/?format=json").json()["paths"]
    assert {f"/api/v1/claims/{{number}}/{verb}/" for verb in CLAIM_VERBS} <= paths.keys()
