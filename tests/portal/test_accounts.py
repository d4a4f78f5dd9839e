"""Logins of customers: registering, coming in, and what of the orders is theirs (§3.4.1)."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from customers.models import CustomerAccount
from customers.privacy import CURRENT
from network.models import Account
from notify.models import Notice
from orders.models import Order
from tests.factories import Company, CustomerAccountFactory, bound, draft, placed, sh
from tests.portal.test_order import FORM

PASSWORD = "a password long enough"
FILLED = {"username": "zhangsan", "email": "zhang@example.com", "password1": PASSWORD, "password2": PASSWORD, "consent": "on", "edition": CURRENT.hash}


def login(account: CustomerAccount) -> Client:
    client = Client()
    client.force_login(account.account)
    return client


def link_in(letter: str) -> str:
    return re.search(r"http://testserver(/\S+)", letter)[1]


@pytest.mark.parametrize("page", ["/register/", "/login/", "/developers/signature/"])
def test_what_is_missing_is_said_in_the_houses_words(client: Client, db: None, page: str) -> None:
    told = client.post(page, {}).content.decode()
    assert "请填写此项。" in told
    assert "必填项" not in told


def test_register_verify_log_in(client: Client, company: Company) -> None:
    sent = client.post("/register/", FILLED)
    assert (sent.status_code, sent["Location"]) == (302, "/account/mail/sent/")
    assert client.get("/account/mail/sent/").status_code == 200
    assert "_auth_user_id" not in client.session
    refused = client.post("/login/", {"login": "zhangsan", "password": PASSWORD})
    assert refused["Location"] == "/account/mail/sent/"
    where = link_in(Notice.objects.get(kind="account").text)
    assert "确认 zhang@example.com 是您的邮箱" in client.get(where).content.decode()
    assert client.post(where)["Location"] == "/login/"
    entered = client.post("/login/", {"login": "zhangsan", "password": PASSWORD}, follow=True)
    assert entered.redirect_chain == [("/start/", 302), ("/my/", 302)]
    assert CustomerAccount.objects.get().account.username == "zhangsan"
    assert EmailAddress.objects.get().verified


def test_staff_log_in_without_a_mail_address(client: Client, company: Company) -> None:
    company.clerk.account.set_password(PASSWORD)
    company.clerk.account.save()
    entered = client.post("/login/", {"login": company.clerk.account.username, "password": PASSWORD}, follow=True)
    assert entered.redirect_chain == [("/start/", 302), ("/desk/", 302)]


def test_a_wrong_password_says_no_more_than_that(client: Client, company: Company) -> None:
    Account.objects.create_user("lisi", password=PASSWORD)
    pages = [client.post("/login/", {"login": name, "password": "x"}).content.decode() for name in ("lisi", "nobody")]
    told = [re.sub(r'\w{64}|value="(lisi|nobody)"', "", page) for page in pages]
    assert told[0] == told[1]
    assert "用户名或密码不正确" in pages[0]


def test_a_customers_pages_ask_to_log_in_and_turn_staff_away(client: Client, company: Company) -> None:
    assert client.get("/my/")["Location"] == "/login/?next=/my/"
    client.force_login(company.clerk.account)
    assert client.get("/my/").status_code == 403


def test_a_bound_customer_sees_what_ships_under_the_verified_phone(company: Company) -> None:
    mine, foreign = placed(sh("04 09:00:00"), branch=company.branch), placed(sh("04 09:00:00"), shipper=draft().consignee)
    account = bound(company.branch)
    page = login(account).get("/my/").content.decode()
    assert mine.number in page
    assert foreign.number not in page
    assert list(Order.objects.visible_to_customer(account.customer)) == [mine]


def test_the_bound_customer_needs_no_proof(company: Company) -> None:
    mine, foreign = placed(sh("04 09:00:00"), branch=company.branch), placed(sh("04 09:00:00"), shipper=draft().consignee)
    client = login(bound(company.branch))
    assert "取消订单" in client.get(f"/orders/{mine.number}/").content.decode()
    page = client.get(f"/orders/{foreign.number}/").content.decode()
    assert "电话的后四位" in page
    assert foreign.consignee_name not in page


def test_an_unbound_login_sees_what_it_placed_alone(company: Company) -> None:
    earlier = placed(sh("04 09:00:00"), branch=company.branch)
    account = CustomerAccountFactory()
    client = login(account)
    number = re.search(r"/placed/(E\d+)/", client.post("/order/", FORM)["Location"])[1]
    assert Order.objects.get(number=number).placed_by == account
    page = login(account).get("/my/").content.decode()
    assert number in page
    assert earlier.number not in page
