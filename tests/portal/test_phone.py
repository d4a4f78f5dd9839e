"""Binding a login to the phone it ships under, by a code (§3.4.1); every wrong way of it changes nothing."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client

from customers.models import Customer, CustomerAccount, PhoneProof
from notify.models import Notice
from orders.services.price import customer_of
from tests.factories import Company, CustomerAccountFactory, bound, placed, sh
from tests.portal.test_accounts import login

PHONE = "13800138000"
PLACE = {"name": "张三五金", "place_province": "330000", "place_city": "330100", "place_county": "330106"}
NOON = sh("04 12:00:00")


@pytest.fixture(autouse=True)
def moment():
    with time_machine.travel(NOON, tick=False) as travel:
        yield travel


@pytest.fixture
def account(company: Company) -> CustomerAccount:
    return CustomerAccountFactory(account__username="zhangsan")


@pytest.fixture
def client(account: CustomerAccount) -> Client:
    return login(account)


def ask(client: Client, phone: str = PHONE) -> str:
    """Ask for a code and read it where a demonstration catches it."""
    assert client.post("/my/phone/", {"act": "code", "phone": phone}).status_code == 302
    return re.search(r"\d{6}", Notice.objects.order_by("-pk")[0].text)[0]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_a_verified_phone_brings_its_orders_and_its_record(client, account, company):
    earlier = placed(sh("03 09:00:00"), branch=company.second)
    response = client.post("/my/phone/", {"code": ask(client), **PLACE}, follow=True)
    account.refresh_from_db()
    assert "138****8000" in response.content.decode()
    assert earlier.number in response.content.decode()
    assert (account.customer.name, account.customer.branch, account.bound_at) == ("张三五金", company.second, NOON)
    assert customer_of(earlier) == account.customer


def test_a_known_record_is_kept_as_it_is(client, account, company):
    record = Customer(name="老客户", branch=company.third, added_at=NOON)
    record.set_phone(PHONE)
    record.save()
    client.post("/my/phone/", {"code": ask(client), **PLACE})
    account.refresh_from_db()
    assert (account.customer, account.customer.name, account.customer.bound_at) == (record, "老客户", NOON)


def test_a_phone_bound_to_somebody_else_is_told_after_the_proof_alone(client, account, company):
    bound(company.branch, username="another")
    response = client.post("/my/phone/", {"code": ask(client), **PLACE})
    assert response.status_code == 422
    assert "已绑定另一个账号" in response.content.decode()
    account.refresh_from_db()
    assert account.customer is None


@pytest.mark.parametrize("spoil", ["wrong", "empty", "letters", "huge", "late", "replaced", "used", "foreign", "missing"])
def test_a_code_that_does_not_hold_binds_nothing(client, account, company, moment, spoil):
    code = ask(client)
    sent = {
        "wrong": wrong(code), "empty": "", "letters": "abcdef", "huge": "9" * 10_000, "missing": None,
    }.get(spoil, code)  # fmt: skip
    if spoil == "late":
        moment.shift(timedelta(minutes=5, seconds=1))
    if spoil == "replaced":
        moment.shift(timedelta(minutes=1))
        while ask(client) == code:  # one in a million
            moment.shift(timedelta(minutes=1))
    if spoil == "used":
        PhoneProof.objects.update(ended_at=NOON)
    if spoil == "foreign":
        client = login(CustomerAccountFactory())
    form = PLACE if sent is None else {"code": sent, **PLACE}
    assert client.post("/my/phone/", form).status_code == 422
    assert not CustomerAccount.objects.exclude(customer=None).exists()
    assert not Customer.objects.exists()


def test_five_wrong_codes_end_it_and_two_hundred_do_no_more(client, account, company):
    code = ask(client)
    for _each in range(5):
        assert client.post("/my/phone/", {"code": wrong(code), **PLACE}).status_code == 422
    for _each in range(195):
        client.post("/my/phone/", {"code": wrong(code), **PLACE})
    assert client.post("/my/phone/", {"code": code, **PLACE}).status_code == 422
    assert not Customer.objects.exists()
    assert PhoneProof.objects.get().tries == 5


def test_neither_code_nor_phone_lies_open_in_the_database(client, account, company):
    code = ask(client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, address, subject FROM notify_notice UNION ALL SELECT code_hash, phone, '' FROM customers_phoneproof")
        stored = str(cursor.fetchall())
    assert PHONE not in stored
    assert code not in stored


def test_codes_are_asked_for_at_a_pace(client, account, company, moment):
    ask(client)
    assert "1 分钟后再试" in client.post("/my/phone/", {"act": "code", "phone": PHONE}).content.decode()
    for _each in range(4):
        moment.shift(timedelta(minutes=1))
        ask(client)
    moment.shift(timedelta(minutes=1))
    assert "次数过多" in client.post("/my/phone/", {"act": "code", "phone": "13900139000"}).content.decode()
    assert Notice.objects.count() == 5


@pytest.mark.parametrize("phone", ["", "0571-88886666", "12345678901", "1380013800", "138001380001", "１３８００１３８０００", "+1 13800138000x", "'; --"])
def test_what_is_no_mobile_phone_gets_no_code(client, account, company, phone):
    assert client.post("/my/phone/", {"act": "code", "phone": phone}).status_code == 422
    assert not Notice.objects.exists()


def test_the_picker_unfolds_without_javascript(client, account, company):
    ask(client)
    page = client.post("/my/phone/", {"act": "place", "code": "12", "name": "甲", "place_province": "330000"}).content.decode()
    assert "杭州市" in page
    assert 'value="甲"' in page


def test_the_outbox_shows_what_was_caught_in_a_demonstration_alone(client, account, company, settings):
    code = ask(client)
    assert code in client.get("/demo/outbox/").content.decode()
    settings.DEMO = False
    assert client.get("/demo/outbox/").status_code == 404
