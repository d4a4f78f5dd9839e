"""Consent to the privacy notice: asked at registration, shown with an order, asked again when a word of it has changed."""

from dataclasses import replace

import pytest
from django.test import Client

from customers import privacy
from customers.models import Consent, CustomerAccount
from network.models import Account
from orders.models import Order
from tests.factories import Company, CustomerAccountFactory
from tests.portal.test_accounts import FILLED, login
from tests.portal.test_order import FORM

pytestmark = pytest.mark.django_db


def test_a_registration_agrees_to_the_words_that_were_on_the_page(client: Client) -> None:
    client.post("/register/", FILLED)
    consent = Consent.objects.get()
    assert (consent.account.account.username, consent.version, consent.text_hash) == ("zhangsan", "2026-11-25", privacy.CURRENT.hash)


@pytest.mark.parametrize("changes", [{"consent": ""}, {"edition": ""}, {"edition": "0" * 64}, {"edition": "x" * 9999}])
def test_without_consent_nobody_registers(client: Client, changes: dict[str, str]) -> None:
    response = client.post("/register/", {**FILLED, **changes})
    assert response.status_code == 200
    assert "个人信息保护告知" in response.content.decode()
    assert not Account.objects.exists()


def test_an_order_without_a_login_notes_the_notice_it_was_shown_with(client: Client, company: Company) -> None:
    assert "/privacy/" in client.get("/order/").content.decode()
    client.post("/order/", FORM)
    client.post("/order/", FORM)  # a double click
    assert [(each.order_number, each.text_hash) for each in Consent.objects.all()] == [(Order.objects.get().number, privacy.CURRENT.hash)]


def test_a_changed_word_asks_again(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    account = CustomerAccountFactory()
    client = login(account)
    assert client.get("/my/").status_code == 200
    changed = replace(privacy.CURRENT, zh=privacy.CURRENT.zh + "。")
    for module in ("customers.services.accounts", "portal.access", "portal.views.privacy"):
        monkeypatch.setattr(f"{module}.CURRENT", changed)
    assert client.get("/my/phone/")["Location"] == "/my/consent/?next=/my/phone/"
    assert client.post("/my/consent/", {"edition": privacy.CURRENT.hash}).status_code == 422  # the old words
    assert client.get("/my/").status_code == 302
    assert client.post("/my/consent/", {"edition": changed.hash, "next": "/my/phone/"})["Location"] == "/my/phone/"
    assert client.get("/my/phone/").status_code == 200
    assert Consent.objects.get().text_hash == changed.hash
    assert CustomerAccount.objects.get().notice_hash == changed.hash


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_consent_leads_to_no_other_site(target: str) -> None:
    client = login(CustomerAccountFactory(notice_hash=""))
    assert client.post("/my/consent/", {"edition": privacy.CURRENT.hash, "next": target})["Location"] == "/my/"


def test_staff_have_nothing_to_agree_to(client: Client, company: Company) -> None:
    client.force_login(company.clerk.account)
    assert client.get("/my/consent/").status_code == 403


def test_everybody_can_read_the_notice(client: Client) -> None:
    assert "履行运输合同" in client.get("/privacy/").content.decode()
    assert "contract of carriage" in client.get("/privacy/", headers={"accept-language": "en"}).content.decode()
