"""The account's safety: recovery, sessions, second factor, guessing that locks nobody out, links that lead nowhere else."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.usersessions.models import UserSession
from django.test import Client

from core.personal import unseal
from customers.models import CustomerAccount
from customers.privacy import CURRENT
from network.models import Account
from notify.models import Notice
from rulebook.roles import Role
from tests.factories import Company, CustomerAccountFactory, post
from tests.portal.test_accounts import PASSWORD, link_in

pytestmark = pytest.mark.django_db
NEW = "quite another password"


@pytest.fixture
def account() -> CustomerAccount:
    user = Account.objects.create_user("zhangsan", email="zhang@example.com", password=PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return CustomerAccountFactory(account=user)


def log_in(client: Client, password: str = PASSWORD, **options: object):
    return client.post("/login/", {"login": "zhangsan", "password": password}, **options)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def reset_link(client: Client, said: str = "zhang@example.com") -> str:
    client.post("/account/reset/", {"email": said})
    return link_in(Notice.objects.order_by("-pk")[0].text)


@pytest.mark.parametrize("said", ["zhang@example.com", "ZHANG@example.com", "zhangsan", "ZhangSan"])
def test_a_lost_password_is_recovered_by_name_or_mail_once(client, account, said):
    link = reset_link(client, said)
    form = client.get(link)["Location"]
    assert client.post(form, {"password1": NEW, "password2": NEW})["Location"] == "/start/"
    assert is_in(client)  # the letter was the proof
    assert "没有改变" in Client().get(link).content.decode()
    fresh = Client()
    assert log_in(fresh, NEW).status_code == 302
    assert is_in(fresh)


@pytest.mark.parametrize("spoil", ["empty", "null", "foreign", "longer", "used", "after a change", "huge"])
def test_a_link_that_does_not_hold_changes_nothing(client, account, spoil):
    link = reset_link(client)
    uid, key = re.search(r"/reset/(\w+)-(.+)/$", link).groups()
    other = Account.objects.create_user("lisi", password=PASSWORD)
    sent = {
        "empty": f"/account/reset/{uid}-set-password/", "null": f"/account/reset/{uid}-null/", "longer": f"/account/reset/{uid}-{key}x/",
        "foreign": f"/account/reset/{other.pk}-{key}/", "huge": f"/account/reset/{'z' * 13}-{key}/",
    }.get(spoil, link)  # fmt: skip
    if spoil == "used":
        client.post(client.get(link)["Location"], {"password1": NEW + "1", "password2": NEW + "1"})
    if spoil == "after a change":
        account.account.set_password(NEW + "1")
        account.account.save()
    known = dict(Account.objects.values_list("username", "password"))
    fresh = Client()
    assert "没有改变" in fresh.get(sent).content.decode()
    fresh.post(sent, {"password1": NEW, "password2": NEW})
    assert dict(Account.objects.values_list("username", "password")) == known


def test_known_and_unknown_accounts_are_answered_alike(client, account):
    pages = []
    for said in ("zhang@example.com", "nobody@example.com", "zhangsan", "nobody"):
        answer = client.post("/account/reset/", {"email": said})
        pages.append((answer.status_code, answer["Location"]))
    assert set(pages) == {(302, "/account/reset/sent/")}
    filled = {"username": "wangwu", "password1": PASSWORD, "password2": PASSWORD, "consent": "on", "edition": CURRENT.hash}
    taken = Client().post("/register/", {**filled, "email": "zhang@example.com"})
    free = Client().post("/register/", {**filled, "email": "wang@example.com"})
    assert (taken.status_code, taken["Location"]) == (free.status_code, free["Location"]) == (302, "/account/mail/sent/")
    assert Account.objects.filter(email="zhang@example.com").count() == 1
    assert "已有账号" in Notice.objects.get(subject="您已有账号").text


def test_a_stranger_cannot_lock_a_customer_out(account):
    customer, stranger = Client(), Client(REMOTE_ADDR="192.0.2.1")
    log_in(customer)
    customer.post("/logout/")
    for _each in range(5):
        log_in(stranger, "wrong")
    assert "失败次数过多" in log_in(stranger).content.decode()
    assert log_in(Client(REMOTE_ADDR="192.0.2.2")).status_code == 302  # another address is counted by itself
    assert log_in(customer).status_code == 302


def test_guessing_from_many_addresses_leaves_the_known_browser_and_the_letter(account):
    customer = Client()
    log_in(customer)
    customer.post("/logout/")
    for number in range(50):
        log_in(Client(REMOTE_ADDR=f"192.0.2.{number}"), "wrong")
    fresh = Client(REMOTE_ADDR="198.51.100.1")
    assert "失败次数过多" in log_in(fresh).content.decode()
    assert log_in(customer).status_code == 302
    form = fresh.get(reset_link(fresh))["Location"]
    fresh.post(form, {"password1": NEW, "password2": NEW})
    assert is_in(fresh)
    assert log_in(Client(REMOTE_ADDR="198.51.100.2"), NEW).status_code == 302  # forgotten with the proof


@pytest.mark.parametrize("cookie", ["", "x", "{}", "eyJhIjoxfQ:1abc:forged", "\u0000", "9" * 3000])
def test_a_forged_acquaintance_is_none(account, cookie):
    stranger = Client(REMOTE_ADDR="192.0.2.9")
    stranger.cookies["known_device"] = cookie
    for _each in range(5):
        log_in(stranger, "wrong")
    assert "失败次数过多" in log_in(stranger).content.decode()


def test_sessions_are_listed_and_ended_one_or_all(account):
    here, there, elsewhere = Client(HTTP_USER_AGENT="Here"), Client(HTTP_USER_AGENT="There"), Client(HTTP_USER_AGENT="Elsewhere")
    for client in (here, there, elsewhere):
        log_in(client)
    page = here.get("/account/sessions/").content.decode()
    assert all(each in page for each in ("Here", "There", "Elsewhere"))
    ended = re.findall(r"/account/sessions/\d+/end/", page)
    assert len(ended) == 2
    assert here.post(ended[0]).status_code == 302
    assert [client.get("/account/").status_code for client in (here, there, elsewhere)] == [200, 302, 200]
    here.post("/account/sessions/")
    assert [client.get("/account/").status_code for client in (here, elsewhere)] == [200, 302]


def test_a_foreign_session_is_not_found(account, client):
    other = Account.objects.create_user("lisi", password=PASSWORD)
    victim = Client()
    EmailAddress.objects.create(user=other, email="li@example.com", verified=True, primary=True)
    victim.post("/login/", {"login": "lisi", "password": PASSWORD})
    log_in(client)
    pk = UserSession.objects.get(user=other).pk
    for key in (pk, 0, 10**30):
        assert client.post(f"/account/sessions/{key}/end/").status_code == 404
    assert client.get(f"/account/sessions/{pk}/end/").status_code == 405


def code_of(user: Account) -> str:
    """Return what the customer's own app would show now."""
    return shown(unseal(Authenticator.objects.get(user=user, type="totp").data["secret"]))


def shown(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_a_second_factor_is_asked_for_at_the_login(account, client):
    TOTP.activate(account.account, generate_totp_secret())
    assert log_in(client)["Location"] == "/login/code/"
    assert not is_in(client)
    assert client.post("/login/code/", {"code": "000000"}).status_code == 200
    assert not is_in(client)
    client.post("/login/code/", {"code": code_of(account.account)})
    assert is_in(client)


def test_finance_sets_a_second_factor_up_before_the_desk(company: Company, client, settings):
    settings.MFA_ROLES = ["finance"]
    person = post(Role.FINANCE, company.department)
    person.account.set_password(PASSWORD)
    person.account.save()
    client.post("/login/", {"login": person.account.username, "password": PASSWORD})
    assert client.get("/desk/cash/")["Location"] == "/account/"
    assert client.get("/api/v1/orders/").status_code == 403
    assert "须开启两步验证" in client.get("/account/").content.decode()
    assert client.get("/account/factor/")["Location"] == "/account/again/?next=%2Faccount%2Ffactor%2F"
    assert client.post("/account/again/?next=/account/factor/", {"password": PASSWORD})["Location"] == "/account/factor/"
    secret = re.search(r"<code[^>]*>(\w+)</code>", client.get("/account/factor/").content.decode())[1]
    assert client.post("/account/factor/", {"code": "000000"}).status_code == 200
    assert client.get("/desk/cash/").status_code == 302
    assert client.post("/account/factor/", {"code": shown(secret)})["Location"] == "/account/factor/codes/"
    assert len(re.findall(r"<li><code>\w+</code></li>", client.get("/account/factor/codes/").content.decode())) == 10
    assert client.get("/desk/cash/").status_code == 200
    client.post("/account/factor/off/")
    assert Authenticator.objects.filter(type="totp").exists()


def test_a_clerk_needs_none(company: Company, client, settings):
    settings.MFA_ROLES = ["finance"]
    company.clerk.account.set_password(PASSWORD)
    company.clerk.account.save()
    client.post("/login/", {"login": company.clerk.account.username, "password": PASSWORD})
    assert client.get("/desk/").status_code == 200


def test_the_secret_lies_sealed(account):
    secret = generate_totp_secret()
    TOTP.activate(account.account, secret)
    assert secret not in str(Authenticator.objects.get().data)


FOREIGN = [
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "https://evil.example", "http:///evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", " //evil.example", "\t//evil.example", "/\t/evil.example",
    "https://testserver@evil.example", "https://testserver.evil.example", "//testserver:80@evil.example", "%2f%2fevil.example/../..//evil.example",
    "////evil.example", "ftp://evil.example", "https://evil.example\\@testserver", "//evil%E3%80%82example",
]  # fmt: skip


@pytest.mark.parametrize("target", FOREIGN)
def test_a_login_leads_to_no_other_site(client, account, target):
    answer = client.post("/login/", {"login": "zhangsan", "password": PASSWORD, "next": target})
    assert answer.status_code == 302
    assert re.match(r"/[^/\\]|/$|%2f%2f", answer["Location"]), answer["Location"]


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/", "/account/phone/", "/account/code/", "/accounts/social/", "/account/factor/webauthn/"])
def test_what_is_not_used_of_the_library_has_no_address(client, path, db):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("data", [{}, {"login": ""}, {"login": "x" * 100_000, "password": "y" * 100_000}, {"login": "\x00", "password": "\x00"}, {"login": "𠮷" * 150, "password": "x"}])
def test_odd_logins_are_refused(client, data, db):
    assert client.post("/login/", data).status_code == 200
    assert not is_in(client)


def test_the_admin_has_no_door_of_its_own(client, db):
    assert client.get("/admin/login/").status_code == 302
