"""Home, branch lookup, the picker's small answers."""

import pytest
import time_machine
from django.test import override_settings

from tests.factories import unit

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return response.content.decode().split("<main")[1]


@pytest.fixture(autouse=True)
def nine_at_night():
    with time_machine.travel("2026-11-04 21:00:00+08:00", tick=False):
        yield


def test_home_offers_what_a_customer_comes_for(client, db):
    page = text(client.get("/"))
    for path in ("/order/", "/track/", "/branches/", "/demo/"):
        assert f'"{path}"' in page
    with override_settings(DEMO=False):
        assert "/demo/" not in text(client.get("/"))


def test_branches_by_distance_from_a_place(client, company):
    company.third.lat, company.third.lng, company.third.services = 29.82, 121.55, ["pickup", "cod"]
    company.third.save()
    page = text(
        client.get("/branches/", {"place_province": "330000", "place_city": "330200", "place_county": "330212"})
    )
    assert page.index("鄞州营业部") < page.index("西湖营业部")
    assert "08:00–20:00" in page
    assert "已打烊" in page
    assert "代收货款" in page


def test_branches_by_name_and_pages(client, company):
    for n in range(25):
        unit(f"N{n:02}", "branch", company.region, name=f"新营业部{n}")
    assert "西湖营业部" not in text(client.get("/branches/", {"q": "滨江"}))
    assert "第 1 / 2 页" in text(client.get("/branches/", {"q": "新营业部"}))
    assert "没有符合条件的营业部" in text(client.get("/branches/", {"q": "火星"}))


@pytest.mark.parametrize(
    "query", [{"q": "\x00"}, {"q": "x" * 9999}, {"place_province": "\x00"}, {"page": "-1"}, {"page": "x"}]
)
def test_odd_queries_are_answered(client, company, query):
    assert client.get("/branches/", query).status_code == 200


def test_places_below(client, db):
    assert client.get("/places/110000/").json() == {"places": [{"code": "110100", "name": "北京市"}]}
    assert len(client.get("/places/").json()["places"]) == 34
    assert client.get("/places/%00/").status_code == 404


def test_a_text_is_divided(client, db):
    found = client.post("/places/split/", {"text": "张三 13800138000 浙江省杭州市西湖区文三路100号"}).json()
    assert (found["name"], found["phone"], found["address"]) == ("张三", "13800138000", "文三路100号")
    assert found["candidates"][0]["path"] == ["330000", "330100", "330106"]
    assert client.post("/places/split/", {"text": "x" * 1001}).status_code == 400
    assert client.post("/places/split/").json()["candidates"] == []
