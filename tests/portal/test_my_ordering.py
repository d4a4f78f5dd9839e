"""Ordering with a login (§3.4.3): price beside the form, drafts on the server, the last order again, changing without a phone."""

import re
from datetime import date
from decimal import Decimal

import pytest
import time_machine

from customers.models import CustomerAccount
from orders.models import Order, OrderDraft
from orders.services import drafting
from pricing.services import contracts
from rulebook.roles import Role
from tests.factories import Company, CustomerAccountFactory, bound, placed, post, sh
from tests.portal.test_accounts import login
from tests.portal.test_order import FORM
from tests.pricing.prices import lane, live

pytestmark = pytest.mark.django_db
NUMBER = re.compile(r"/order/placed/(E\d{13})/")


@pytest.fixture(autouse=True)
def tariff(company):
    company.pricer = post(Role.PRICE_MANAGEMENT, company.department)
    live(company.pricer, lane())
    with time_machine.travel("2026-11-04 10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def account(company: Company) -> CustomerAccount:
    return bound(company.branch)


def text(response) -> str:
    return response.content.decode()


# The price beside the form.


def test_the_price_comes_with_its_lines(client):
    """120 kg × 2.24 = 268.80 against 0.8 m³ × 227 = 181.60."""
    page = text(client.post("/order/price/", FORM))
    assert "120 kg × 2.24 = ¥268.80" in page
    assert "合同价" not in page


def test_contract_customers_see_their_contract_price(account, client, company):
    """Half of 268.80, for the login that is bound to the contract's customer alone."""
    contract = contracts.apply(
        code="C1", customer=account.customer, valid_from=date(2026, 11, 1), valid_to=date(2026, 11, 30), share=Decimal("0.5"),
        minimum=Decimal(10), reason="量大", by=company.manager, now=sh("01 09:00:00"),
    )  # fmt: skip
    contracts.decide(pk=contract.pk, agreed=True, words="", by=company.pricer, now=sh("01 10:00:00"))
    mine, strangers = text(login(account).post("/order/price/", FORM)), text(client.post("/order/price/", FORM))
    assert "¥134.40" in mine
    assert "合同价" in mine
    assert "¥268.80" in strangers
    assert "134.40" not in strangers


@pytest.mark.parametrize("missing", ["pieces", "weight_kg", "consignee_place"])
def test_no_price_before_enough_is_known(client, missing):
    assert "这里列出运费明细" in text(client.post("/order/price/", {**FORM, missing: ""}))


@pytest.mark.parametrize(
    "changes", [{"weight_kg": "NaN"}, {"consignee_place": "999999"}, {"pieces": "-1"}, {"product": "x"}, {"appointment": "x"}, {"cod_amount": "1e99"}]
)
def test_a_form_that_is_wrong_is_answered(client, changes):
    assert client.post("/order/price/", {**FORM, **changes}).status_code == 200
    assert client.post("/order/", {**FORM, **changes, "act": "price"}).status_code == 200


def test_a_lane_without_a_price_says_so(client):
    assert "没有公布价" in text(client.post("/order/price/", {**FORM, "shipper_place_province": "440000", "shipper_place_city": "440100", "shipper_place_county": "440106"}))


def test_the_price_is_had_without_javascript(client):
    page = text(client.post("/order/", {**FORM, "act": "price"}))
    assert "¥268.80" in page
    assert 'value="五金配件"' in page


def test_prices_are_not_asked_for_without_end(client):
    answers = {text(client.post("/order/price/", FORM)).count("过于频繁") for _turn in range(61)}
    assert answers == {0, 1}


# Drafts.


def test_a_draft_is_kept_resumed_placed_and_gone(account):
    client = login(account)
    assert client.post("/order/", {**FORM, "pieces": "", "act": "save"})["Location"] == "/my/drafts/"
    draft = OrderDraft.objects.get()
    assert "李四 · 五金配件" in text(client.get("/my/drafts/"))
    elsewhere = login(account)
    page = text(elsewhere.get(f"/order/?draft={draft.pk}"))
    assert 'value="五金配件"' in page
    assert '<option value="330106" selected>' in page
    assert f'name="draft" value="{draft.pk}"' in page
    elsewhere.post("/order/", {**FORM, "goods": "轴承", "draft": draft.pk, "act": "save"})
    assert "李四 · 轴承" in text(elsewhere.get("/my/drafts/"))
    assert elsewhere.post("/order/", {**FORM, "pieces": "", "draft": draft.pk}).status_code == 422
    assert OrderDraft.objects.count() == 1
    assert NUMBER.search(elsewhere.post("/order/", {**FORM, "draft": draft.pk})["Location"])
    assert not OrderDraft.objects.exists()


def test_a_draft_is_not_stored_in_clear(account):
    login(account).post("/order/", {**FORM, "act": "save"})
    raw = str(OrderDraft.objects.extra(select={"raw": "content"}).values_list("raw", flat=True)[0])
    assert "13800138000" not in raw
    assert "token" not in drafting.typed_in(OrderDraft.objects.get())


def test_another_logins_draft_is_not_found(account):
    login(account).post("/order/", {**FORM, "act": "save"})
    key = OrderDraft.objects.get().pk
    stranger = login(CustomerAccountFactory(account__username="stranger"))
    assert stranger.get(f"/my/drafts/{key}/delete/").status_code == 404
    assert stranger.post(f"/my/drafts/{key}/delete/").status_code == 404
    assert "五金配件" not in text(stranger.get(f"/order/?draft={key}"))
    assert "五金配件" not in text(stranger.get("/my/drafts/"))
    stranger.post("/order/", {**FORM, "draft": key, "goods": "别的", "act": "save"})
    stranger.post("/order/", {**FORM, "draft": key})
    assert drafting.typed_in(OrderDraft.objects.get(pk=key))["goods"] == "五金配件"


@pytest.mark.parametrize("key", ["0", "-1", "x", "９", "9" * 40, "\x00"])
def test_a_draft_that_is_none_gives_an_empty_form(account, key):
    assert login(account).get("/order/", {"draft": key}).status_code == 200


def test_deleting_a_draft_is_asked_first(account):
    client = login(account)
    client.post("/order/", {**FORM, "act": "save"})
    key = OrderDraft.objects.get().pk
    assert "确认删除" in text(client.get(f"/my/drafts/{key}/delete/"))
    assert OrderDraft.objects.exists()
    client.post(f"/my/drafts/{key}/delete/")
    assert not OrderDraft.objects.exists()


def test_there_are_only_so_many_drafts_and_so_long(account):
    client = login(account)
    for _turn in range(20):
        client.post("/order/", {**FORM, "act": "save"})
    assert "草稿最多 20 份" in text(client.post("/order/", {**FORM, "act": "save"}))
    OrderDraft.objects.all().delete()
    assert "内容过长" in text(client.post("/order/", {**FORM, "remark": "长" * 20_001, "act": "save"}))
    assert not OrderDraft.objects.exists()


def test_strangers_keep_no_drafts(client, company):
    assert client.post("/order/", {**FORM, "act": "save"}).status_code == 200
    assert not OrderDraft.objects.exists()
    for path in ("/my/drafts/", "/my/drafts/1/delete/"):
        assert client.get(path)["Location"] == f"/login/?next={path}"
    client.force_login(company.clerk.account)
    assert client.get("/my/drafts/").status_code == 403


# Again, and changes.


def test_the_last_order_again_in_three_clicks(account, company):
    """网上下单, 照上一单填写, 提交订单."""
    last = placed(sh("04 09:00:00"), branch=company.branch)
    client = login(account)
    first = text(client.get("/order/"))
    assert f"/order/?again={last.number}" in first
    filled = text(client.get(f"/order/?again={last.number}"))
    values = dict(re.findall(r'<input type="text" name="(\w+)" value="([^"]*)"', filled))
    assert (values["consignee_name"], values["goods"]) == (last.consignee_name, last.goods)
    assert NUMBER.search(client.post("/order/", {**FORM, **values, "token": re.search(r'name="token" value="([^"]+)"', filled)[1]})["Location"])


def test_changing_and_cancelling_need_no_phone(account, company):
    mine = placed(sh("04 09:00:00"), branch=company.branch)
    client = login(account)
    assert client.get(f"/orders/{mine.number}/edit/").status_code == 200
    assert client.post(f"/orders/{mine.number}/cancel/", {"reason": "mistaken", "text": ""}).status_code == 302
    assert Order.objects.get(pk=mine.pk).state == "cancelled"
