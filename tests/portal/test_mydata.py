"""A copy of everything held of a person, and their erasure: complete, refused while something is open, figures and journal untouched."""

import io
import json
import zipfile
from dataclasses import replace

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import models
from django.test import Client

from core.models import Entry
from core.personal import EncryptedTextField
from customers.models import Consent, Customer, CustomerAccount, ErasureRequest
from customers.services import agree
from network.models import Account
from orders import services as orders
from orders.models import ImportJob, ImportReject, Order
from orders.services.draft import draft_of
from portal.persondata import PARTS
from rulebook.roles import Role
from tests.factories import CONSIGNEE, SHIPPER, Company, bound, placed, post, sh
from tests.portal.test_accounts import login

pytestmark = pytest.mark.django_db
NAME, PHONE, STREET, MAIL = "植入人甲", "13855556666", "植入路 77 号", "planted@example.com"
OURS = [model for model in apps.get_models() if model._meta.app_label not in ("admin", "contenttypes", "sessions", "auth")]


@pytest.fixture(autouse=True)
def moment():
    with time_machine.travel(sh("04 12:00:00"), tick=False):
        yield


@pytest.fixture
def account(company: Company) -> CustomerAccount:
    """A customer whose name, phone, street and mail address lie in every table that takes them."""
    account = bound(company.branch, phone=PHONE, name=NAME, username="planted")
    EmailAddress.objects.create(user=account.account, email=MAIL, verified=True, primary=True)
    Account.objects.filter(pk=account.account_id).update(email=MAIL)
    agree(account, now=sh("04 12:00:00"))
    party = replace(SHIPPER, name=NAME, phone=PHONE, address=STREET)
    order = placed(sh("04 09:00:00"), branch=company.branch, shipper=party)
    placed(sh("04 09:00:00"), branch=company.branch, consignee=party)
    orders.edit(
        number=order.number, draft=replace(draft_of(order), goods="螺丝"), by=company.clerk.actor, person=company.clerk, now=sh("04 09:01:00")
    )
    orders.contact(number=order.number, clerk=company.clerk, outcome="reached", now=sh("04 09:04:00"))
    orders.accept(number=order.number, clerk=company.clerk, now=sh("04 09:05:00"))
    return account


def holding(*texts: str) -> set[str]:
    """Return the tables in which one of these texts can be read, personal data unsealed."""
    return {
        str(model._meta.label)
        for model in OURS
        for row in model._default_manager.all()
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and any(text in str(getattr(row, field.attname)) for text in texts)
    }


def copy_of(client: Client) -> dict:
    response = client.post("/my/data/export/")
    assert response["Content-Disposition"] == 'attachment; filename="my-data.zip"'
    return json.loads(zipfile.ZipFile(io.BytesIO(response.content)).read("my-data.json"))


def test_the_copy_holds_what_every_table_holds(account):
    told = copy_of(login(account))
    for label in holding(NAME, PHONE, STREET, MAIL):
        rows = [row for part in PARTS if part.model._meta.label == label for row in told[part.title or part.model._meta.model_name]]
        assert rows, label
    text = json.dumps(told, ensure_ascii=False)
    assert all(each in text for each in (NAME, PHONE, STREET, MAIL))
    assert Entry.objects.filter(name="personal_data_exported", subject=f"account/{account.pk}").exists()


def test_the_copy_leaves_others_and_secrets_out(account, company):
    placed(sh("04 10:00:00"), branch=company.branch, shipper=replace(SHIPPER, name="旁人乙", address="旁人路"))
    text = json.dumps(copy_of(login(account)), ensure_ascii=False)
    assert "旁人乙" not in text
    assert "旁人路" not in text
    assert account.account.password not in text or not account.account.password
    assert company.clerk.name not in text


LEFT_OUT = {ImportJob: "rows wait for minutes, then are orders", ImportReject: "kept for the member of staff who sent the file"}


def test_every_table_about_customers_is_in_the_copy_or_left_out_with_a_reason():
    about = {
        model
        for model in OURS
        if model._meta.app_label in ("customers", "orders", "complaints", "notify", "pricing")
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField) or (field.is_relation and field.related_model in (CustomerAccount, Customer))
    }
    assert about - {part.model for part in PARTS} - LEFT_OUT.keys() == set()


def test_copies_are_handed_out_at_a_pace(account):
    client = login(account)
    assert [client.post("/my/data/export/").status_code for _each in range(6)] == [200] * 5 + [429]


def asked(account: CustomerAccount) -> ErasureRequest:
    login(account).post("/my/data/erasure/", {"reason": "不再发货"})
    return ErasureRequest.objects.get(state="open")


def closed(account: CustomerAccount, company: Company) -> None:
    for order in Order.objects.exclude(state="cancelled"):
        orders.cancel(number=order.number, by=company.clerk.actor, person=company.clerk, reason="not_shipping", text="", now=sh("04 11:00:00"))


def decide(person, request: ErasureRequest, verb: str, **said: str):
    client = Client()
    client.force_login(person.account)
    return client.post(f"/desk/erasures/{request.pk}/{verb}/", said)


def test_nothing_is_erased_while_an_order_is_open(account, company):
    request = asked(account)
    response = decide(company.officer, request, "erase")
    assert response.status_code == 422
    assert "有未办结的订单" in response.content.decode()
    assert holding(NAME)


def test_an_erased_person_is_nowhere_to_be_read_and_the_journal_is_whole(account, company):
    closed(account, company)
    request = asked(account)
    journal, prices = Entry.objects.count(), list(Order.objects.order_by("pk").values_list("number", "state", "weight_kg", "price"))
    assert decide(company.officer, request, "erase").status_code == 302
    assert holding(NAME, PHONE, STREET, MAIL, "planted") == set()
    assert list(Order.objects.order_by("pk").values_list("number", "state", "weight_kg", "price")) == prices
    assert Entry.objects.count() == journal + 1
    assert Order.objects.filter(shipper_name=f"已注销客户 {account.pk}").count() == 1
    user = Account.objects.get(pk=account.account_id)
    assert (user.is_active, user.has_usable_password(), user.email) == (False, False, "")
    assert Consent.objects.filter(account=account).exists()  # who agreed to what stays provable, by key


def test_the_other_party_of_an_order_stays(account, company):
    closed(account, company)
    decide(company.officer, asked(account), "erase")
    order = Order.objects.get(shipper_name=f"已注销客户 {account.pk}")
    assert (order.consignee_name, order.consignee_phone, order.consignee_address) == (CONSIGNEE.name, CONSIGNEE.phone, CONSIGNEE.address)


def test_a_refusal_gives_its_reason_to_the_customer(account, company):
    request = asked(account)
    assert decide(company.officer, request, "refuse", words="").status_code == 422
    assert decide(company.officer, request, "refuse", words="订单未办结").status_code == 302
    assert "订单未办结" in login(account).get("/my/data/").content.decode()
    assert decide(company.officer, request, "erase").status_code == 409
    assert holding(NAME)


def test_a_request_is_made_once_and_can_be_taken_back(account, company):
    client = login(account)
    for _each in range(2):
        client.post("/my/data/erasure/", {"reason": "x" * 5000})
    request = ErasureRequest.objects.get()
    client.post("/my/data/erasure/", {"act": "withdraw"})
    assert decide(company.officer, request, "erase").status_code == 409
    request.refresh_from_db()
    assert (request.state, len(request.reason)) == ("withdrawn", 300)


def test_only_the_offices_that_may_see_and_decide(account, company, client):
    request = asked(account)
    for person in (company.clerk, company.agent, post(Role.FINANCE, company.department)):
        assert decide(person, request, "erase").status_code == 403
        client.force_login(person.account)
        assert client.get("/desk/erasures/").status_code == 403
    client.force_login(company.officer.account)
    assert "planted" in client.get("/desk/erasures/").content.decode()
    for where in (f"/desk/erasures/{request.pk}/nonsense/", "/desk/erasures/99999/erase/"):
        assert client.post(where).status_code == 404
    assert ErasureRequest.objects.get().state == "open"
