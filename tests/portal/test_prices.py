"""The price page and its API, without a login (§3.2, §3.3, §4.6)."""

import re
from decimal import Decimal
from html import unescape

import pytest
import time_machine

from orders.models import Order
from rulebook.roles import Role
from tests.factories import post
from tests.portal.test_order import FORM
from tests.pricing.prices import lane, live

pytestmark = pytest.mark.django_db
PLACES = {
    "from_place_province": "330000", "from_place_city": "330100", "from_place_county": "330106",
    "to_place_province": "310000", "to_place_city": "310100", "to_place_county": "310104",
}  # fmt: skip
API = "/api/v1/prices/"
ASKED = {"from_place": "330106", "to_place": "310104", "weight_kg": "120", "volume_m3": "1.4"}


@pytest.fixture(autouse=True)
def tariff(company):
    live(post(Role.PRICE_MANAGEMENT, company.department), lane(days=2), lane(product="timed_air", heavy="8", light="1300", minimum="60"))
    with time_machine.travel("2026-11-04 10:00:00+08:00", tick=False):
        yield


def text(response) -> str:
    return response.content.decode().split("<main")[1]


def test_four_fields_answer_with_every_product_and_why(client):
    """317.80 by volume; by air 1.4 × 1300 = 1820."""
    page = text(client.get("/prices/", PLACES | {"weight_kg": "120", "volume_m3": "1.4"}))
    assert page.index("汽运专线 <strong>¥317.80") < page.index("空运定时达 <strong>¥1820.00")
    assert "1.4 m³ × 227 = ¥317.80 &gt; 120 kg × 2.24 = ¥268.80，按体积计费" in page
    assert "承诺 11-06 18:00 前到达" in page
    assert "迟到退运费" in page


def test_sorted_by_time_by_a_link_that_keeps_what_was_asked(client):
    page = text(client.get("/prices/?from_place=330106&to_place=310104&weight_kg=120&sort=time"))
    assert page.index("空运定时达") < page.index("汽运专线")
    assert "from_place=330106&amp;to_place=310104&amp;weight_kg=120.00&amp;volume_m3=0.000&amp;sort=price" in page


def test_sorted_by_unit_rates_as_the_platforms_ask_for(client):
    """Heavy 2.24 and 8 ¥/kg, light 227 and 1300 ¥/m³; the API also the other way round."""
    for sort in ("heavy", "light"):
        page = text(client.get(f"/prices/?from_place=330106&to_place=310104&weight_kg=120&sort={sort}"))
        assert page.index("汽运专线") < page.index("空运定时达")
        assert [each["product"] for each in client.get(API, ASKED | {"sort": f"-{sort}"}).json()["prices"]] == ["timed_air", "road_lane"]
    assert "重货 ¥2.240/千克 · 轻货 ¥227.00/立方米 · 最低 ¥34.00" in page
    assert client.get(API, ASKED).json()["prices"][0]["rates"] == {"heavy": "2.240", "light": "227.00", "minimum": "34.00"}


def test_no_price_leads_to_an_order(client):
    page = text(client.get("/prices/", {"from_place": "440106", "to_place": "310104", "weight_kg": "1"}))
    assert "该线路暂无公布价" in page
    assert "营业部报价" in page


@pytest.mark.parametrize("wrong", [{"weight_kg": "NaN"}, {"weight_kg": "-1"}, {"volume_m3": "1e9"}, {"from_place": "999999"}, {"sort": "x"}])
def test_what_cannot_be_is_said_beside_the_field(client, wrong):
    assert client.get("/prices/", {**ASKED, **wrong}).status_code == 422


def test_the_page_is_there_before_anything_is_asked(client):
    assert client.get("/prices/").status_code == 200
    assert "/prices/" in text(client.get("/"))


def test_the_api_lists_lines_that_add_up(client):
    (road, air) = client.get(API, ASKED | {"pickup": "true"}).json()["prices"]
    assert (road["product"], road["total"], road["source"], road["arrives_by"]) == (
        "road_lane", "332.80", "listed", "2026-11-06T10:00:00+00:00",
    )  # fmt: skip
    assert [line["amount"] for line in road["lines"]] == ["317.80", "15.00"]
    assert (air["total"], air["refund_if_late"]) == ("1835.00", True)
    by_time = client.get(API, ASKED | {"sort": "time"}).json()["prices"]
    assert [each["product"] for each in by_time] == ["timed_air", "road_lane"]
    assert [each["product"] for each in client.get(API, ASKED | {"product": "road_lane"}).json()["prices"]] == ["road_lane"]
    assert client.get(API, ASKED | {"to_place": "440106"}).json() == {"prices": []}


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"weight_kg": "NaN"}, 400, "weight_kg"), ({"weight_kg": "-1"}, 400, "weight_kg"), ({"weight_kg": "0"}, 422, "weight_kg"),
        ({"volume_m3": "Infinity"}, 400, "volume_m3"), ({"from_place": "999999"}, 400, "from_place"),
        ({"product": "rocket"}, 400, "product"), ({"cod_amount": "60000"}, 422, "cod_amount"),
    ],
)  # fmt: skip
def test_the_api_names_what_is_wrong(client, wrong, status, field):
    response = client.get(API, ASKED | wrong)
    assert (response.status_code, response.json()["field"]) == (status, field)


def test_too_many_questions_of_one_address_are_put_off(client):
    answers = [client.get(API, ASKED, REMOTE_ADDR="10.9.9.9").status_code for _ in range(121)]
    assert (answers[119], answers[120]) == (200, 429)
    assert client.get(API, ASKED, REMOTE_ADDR="10.9.9.8").status_code == 200
    page = [client.get("/prices/", ASKED, REMOTE_ADDR="10.9.9.9").status_code for _ in range(61)]
    assert (page[59], page[60]) == (200, 429)


def order_data(page: str, **changes: object) -> dict[str, object]:
    """What the form sends: its hidden fields as they are, the rest as a customer fills it in."""
    hidden = dict(re.findall(r'type="hidden" name="(token|quote)" value="([^"]+)"', page))
    return FORM | {"pickup": "False", "volume_m3": "1.4"} | hidden | changes


def ordered_at(client) -> tuple[str, str]:
    """Return the page and the link of the first price shown."""
    page = client.get("/prices/", PLACES | {"weight_kg": "120", "volume_m3": "1.4"}).content.decode()
    return page, unescape(re.search(r'href="(/order/[?][^"]+)"', page).group(1))


def test_a_price_is_ordered_at_from_its_own_button(client, company):
    """¥317.80 told on the 4th; from the 5th on the lane costs 1.4 × 300 = ¥420."""
    _page, link = ordered_at(client)
    pricer = post(Role.PRICE_MANAGEMENT, company.department)
    live(pricer, lane(light="300"), code="T2", since="2026-11-05", at="04 09:00:00")
    with time_machine.travel("2026-11-05 09:00:00+08:00", tick=False):
        form = client.get(link).content.decode()
        assert "11-05 10:00 前提交有效" in form
        assert 'value="120' in form
        assert client.post("/order/", order_data(form)).status_code == 302
        assert Order.objects.get().price.total == Decimal("317.80")
        plain = client.get("/order/").content.decode()
        assert client.post("/order/", order_data(plain)).status_code == 302
        assert Order.objects.latest("pk").price.total == Decimal("420.00")


def test_a_price_of_another_lane_or_too_old_is_told_and_then_left(client):
    _page, link = ordered_at(client)
    form = client.get(link).content.decode()
    other = client.post("/order/", order_data(form, consignee_place="310115"))
    assert other.status_code == 422
    told = other.content.decode()
    assert "报价编号属于另一条线路" in told
    assert "再次提交，将按现行价格下单" in told
    assert 'name="quote"' not in told
    with time_machine.travel("2026-11-05 10:00:00.000001+08:00", tick=False):
        assert client.post("/order/", order_data(form)).status_code == 422
        assert 'name="quote"' not in client.get(link).content.decode()
    assert not Order.objects.exists()


@pytest.mark.parametrize("number", ["x", "1" * 5000, "%00", "a:b:c"])
def test_a_made_up_number_changes_nothing(client, number):
    assert client.get(f"/order/?quote={number}").status_code == 200
