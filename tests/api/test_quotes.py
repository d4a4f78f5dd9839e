"""A price that was told can be ordered at for 24 hours (screens §1.4, §3.3)."""

import pytest
import time_machine

from orders.models import Order
from rulebook.roles import Role
from tests.api.client import PartnerClient, order_body, partner
from tests.factories import Company, post, sh
from tests.pricing.prices import lane, live

pytestmark = pytest.mark.django_db
ORDERS, PRICES = "/api/v1/orders/", "/api/v1/prices/"
ASKED = {"from_place": "330106", "to_place": "310104", "weight_kg": "120", "volume_m3": "0.8", "channel": "partner"}
BODY = {"goods__weight_kg": "120", "pickup__wanted": False}
TOLD = sh("04 10:00:00")


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel(TOLD, tick=False) as moved:
        yield moved


@pytest.fixture
def client(db) -> PartnerClient:
    """¥268.80 on the 4th, ¥360.00 from the 5th on."""
    company = Company()
    pricer = post(Role.PRICE_MANAGEMENT, company.department)
    live(pricer)
    live(pricer, lane(heavy="3"), code="T2", since="2026-11-05", at="04 09:00:00")
    return PartnerClient(partner())


def asked(client: PartnerClient, **changes: str) -> dict:
    return client.http.get(PRICES, ASKED | changes).json()["prices"][0]


def total(answer) -> str:
    return str(Order.objects.get(number=answer.json()["number"]).price.total)


@pytest.mark.parametrize(("at", "amount"), [("05 10:00:00", "268.80"), ("05 09:59:59", "268.80")])
def test_it_holds_for_a_day_whatever_the_tariff_says_since(client, morning, at, amount):
    """§0.2: the last instant is in time."""
    told = asked(client)
    assert (told["total"], told["quote_valid_until"]) == ("268.80", "2026-11-05T02:00:00+00:00")
    morning.move_to(sh(at))
    assert total(client.post(ORDERS, order_body(**BODY, quote=told["quote"]))) == amount
    assert total(client.post(ORDERS, order_body("TB-2", **BODY))) == "360.00"


def test_after_a_day_it_is_refused_and_nothing_is_placed(client, morning):
    told = asked(client)
    morning.move_to(sh("05 10:00:00.000001"))
    answer = client.post(ORDERS, order_body(**BODY, quote=told["quote"]))
    assert (answer.status_code, answer.json()["field"], answer.json()["clause"]) == (422, "quote", "§3.3")
    assert not Order.objects.exists()


def test_the_promise_counts_from_the_order(client, morning):
    told = asked(client)
    morning.move_to(sh("05 09:00:00"))
    client.post(ORDERS, order_body(**BODY, quote=told["quote"]))
    assert Order.objects.get().price.arrives_by == sh("06 18:00:00")


@pytest.mark.parametrize("wrong", ["x", "1", "eyJ:1:x", "a" * 300])
def test_no_number_of_ours(client, wrong):
    assert client.post(ORDERS, order_body(**BODY, quote=wrong)).status_code == 422
    assert not Order.objects.exists()


def test_of_another_lane_or_product(client):
    other = asked(client, to_place="310115")["quote"]
    assert client.post(ORDERS, order_body(**BODY, quote=other)).json()["field"] == "quote"
    mine = asked(client)["quote"]
    body = order_body(**BODY, quote=mine, services__product="express_road")
    assert client.post(ORDERS, body).json()["field"] == "quote"


def test_what_the_goods_weigh_is_the_orders_own(client):
    """200 kg × 2.24 = 448.00"""
    quote = asked(client)["quote"]
    assert total(client.post(ORDERS, order_body(goods__weight_kg="200", pickup__wanted=False, quote=quote))) == "448.00"
