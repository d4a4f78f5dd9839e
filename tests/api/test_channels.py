"""What a channel says of an order besides its content (§6, screens §1.2): member, who takes refused goods back, payer "both"."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from delivery.models import Shipment
from delivery.services.records import freight_to_collect
from orders import services as orders
from orders.models import Order, Refunder, Waybill
from pricing.models import Campaign
from pricing.services import campaigns
from rulebook.roles import Role
from tests.api.client import PartnerClient, order_body, partner
from tests.factories import Company, accepted, post, sh
from tests.pricing.prices import lane, live

ORDERS = "/api/v1/orders/"
AT = sh("04 10:00:00")
BACK = {"name": "王五", "phone": "13700137000", "place": "330108", "address": "江南大道 1 号"}


@pytest.fixture(autouse=True)
def _four_november() -> Any:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def client(company: Company) -> PartnerClient:
    return PartnerClient(partner("1688", channel="alibaba"))


@pytest.fixture
def company(db: None) -> Company:
    return Company()


def test_an_order_names_who_takes_refused_goods_back(client: PartnerClient) -> None:
    number = client.post(ORDERS, order_body(refunder=BACK, member=True)).json()["number"]
    told = client.get(f"{ORDERS}{number}/").json()
    assert (told["refunder"], told["member"]) == (BACK, True)
    row = Refunder.objects.extra(select={"raw": "phone"}).get()
    assert row.phone == "13700137000" not in row.raw


def test_without_it_nobody_is_named(client: PartnerClient) -> None:
    number = client.post(ORDERS, order_body(refunder=None)).json()["number"]
    told = client.get(f"{ORDERS}{number}/").json()
    assert (told["refunder"], told["member"]) == (None, False)
    assert not Refunder.objects.exists()


def test_a_repeat_is_compared_with_it_too(client: PartnerClient) -> None:
    body = order_body(refunder=BACK)
    first = client.post(ORDERS, body).json()
    again = client.post(ORDERS, body)
    assert (again.status_code, again.json()["number"], again.json()["duplicate"]) == (200, first["number"], True)
    for changed in (order_body(refunder=BACK | {"name": "赵六"}), order_body()):
        conflict = client.post(ORDERS, changed)
        assert (conflict.status_code, conflict.json()["fields"]) == (409, ["refunder"])
    assert client.post(ORDERS, body | {"member": True}).json()["fields"] == ["member"]
    assert Order.objects.count() == Refunder.objects.count() == 1


@pytest.mark.parametrize(
    ("refunder", "field", "code"),
    [
        ({"name": "王五"}, "refunder.phone", "required"),
        (BACK | {"phone": "123"}, "refunder.phone", "phone"),
        (BACK | {"place": "999999"}, "refunder.place", "place"),
        (BACK | {"name": "x" * 61}, "refunder.name", "max_length"),
        (BACK | {"address": "\u202e"}, "refunder.address", "control_characters"),
        (BACK | {"wangwang": "x"}, "refunder.wangwang", "unknown"),
        (BACK | {"name": 5}, "refunder.name", "type"),
        ("王五", "refunder", "type"),
        ([BACK], "refunder", "type"),
    ],
)
def test_bad_ones_are_refused_by_name(client: PartnerClient, refunder: Any, field: str, code: str) -> None:
    told = client.post(ORDERS, order_body(refunder=refunder))
    errors = told.json().get("errors", [told.json()])
    assert told.status_code == 400
    assert (field, code) in [(error["field"], error["code"]) for error in errors]
    assert not Order.objects.exists()


def test_staff_do_not_speak_for_a_channel(client: PartnerClient, company: Company) -> None:
    client.http.force_login(company.agent.account)
    body = order_body(member=True)
    del body["partner_order_no"]
    told = client.http.post(ORDERS, body, content_type="application/json")
    assert (told.status_code, told.json()["field"], told.json()["code"]) == (400, "member", "unknown")


@pytest.mark.parametrize(("channel", "member", "total"), [("alibaba", True, "215.04"), ("alibaba", False, "268.80"), ("taobao", True, "268.80")])
def test_members_of_alibaba_get_the_price_of_members(company: Company, channel: str, member: bool, total: str) -> None:
    """§5.1: ¥268.80 by the list, members pay 80 %."""
    pricer = post(Role.PRICE_MANAGEMENT, company.department)
    live(pricer, lane())
    offer = Campaign(
        name="会员价", valid_from=date(2026, 11, 3), valid_to=date(2026, 11, 5), audience="membership", value="alibaba_member",
        benefit="percent", share=Decimal("0.8"),
    )  # fmt: skip
    campaigns.create(offer, by=pricer, now=sh("02 09:00:00"))
    client = PartnerClient(partner("P", channel=channel))
    client.post(ORDERS, order_body(goods__weight_kg="120", pickup__wanted=False, member=member))
    assert str(Order.objects.get().price.total) == total


@pytest.mark.parametrize(
    ("payer", "amount", "consignee"),
    [("both", "320.00", "160.00"), ("both", "320.01", "160.01"), ("both", "0.01", "0.01"), ("consignee", "320.01", "320.01"), ("shipper", "320.00", "0")],
)
def test_where_both_pay_the_consignee_pays_half(company: Company, payer: str, amount: str, consignee: str) -> None:
    """To the fen, half-up (§0.9)."""
    order = accepted(AT, company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), pickup=False, payer=payer)
    orders.quote(number=order.number, clerk=company.clerk, amount=Decimal(amount), words="一口价", now=AT)
    orders.answer_quote(number=order.number, agreed=True, by=company.clerk.actor, now=AT)
    orders.issue_waybill(number=order.number, clerk=company.clerk, pieces=10, weight_kg=Decimal(120), volume_m3=Decimal(1), now=AT)
    assert Waybill.objects.get().payer == payer
    assert freight_to_collect(Shipment.objects.get()) == Decimal(consignee)


def test_the_order_page_shows_it(client: PartnerClient, company: Company) -> None:
    number = client.post(ORDERS, order_body(refunder=BACK, member=True, services={"payer": "both"})).json()["number"]
    client.http.force_login(company.clerk.account)
    page = client.http.get(f"/desk/orders/{number}/").content.decode()
    assert "退货接收人" in page
    assert "王五 137****7000" in page
    assert "滨江区 江南大道 1 号" in page
    assert "双方各付一半" in page
    assert "TB-1 · 会员" in page
