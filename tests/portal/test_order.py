"""Placing an order in the hall: the form, what it refuses, what it keeps."""

import re
from dataclasses import replace

import pytest
import time_machine

from core.models import Entry
from orders.models import Order
from orders.services import edit
from orders.services.draft import draft_of
from tests.factories import CUSTOMER, sh
from tests.orders.test_coupons import given

pytestmark = pytest.mark.django_db
NOON = "2026-11-04 12:00:00+08:00"

FORM = {
    "token": "first-token-of-the-form",
    "shipper_name": "张三", "shipper_phone": "13800138000", "shipper_place_province": "330000", "shipper_place_city": "330100",
    "shipper_place_county": "330106", "shipper_address": "文三路 100 号",
    "consignee_name": "李四", "consignee_phone": "0571-88886666", "consignee_place": "310104", "consignee_address": "漕溪北路 200 号",
    "goods": "五金配件", "pieces": "10", "weight_kg": "120", "volume_m3": "0.8", "pickup": "True", "appointment": "",
    "insured": "", "declared_value": "0", "cod_amount": "0", "payer": "shipper", "delivery": "self_pickup", "slip_return": "none",
    "packing": "", "remark": "", "branch_code": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def submit(client, **changes):
    return client.post("/order/", {**FORM, **changes})


def text(response) -> str:
    return response.content.decode()


def test_an_order_is_placed_and_its_next_steps_are_told(client, company):
    response = submit(client, branch_code="B1")
    order = Order.objects.get()
    assert response.url == f"/order/placed/{order.number}/"
    assert (order.channel, order.branch, order.state, order.shipper_place) == (
        "hall",
        company.branch,
        "at_branch",
        "330106",
    )
    page = text(client.get(response.url))
    assert order.number in page
    assert "西湖营业部最迟 今天 12:10 致电您确认订单" in page
    assert "最迟 今天 14:00 上门接货" in page


def test_without_a_branch_the_call_centre_assigns(client, company):
    page = text(client.get(submit(client).url))
    assert Order.objects.get().state == "unassigned"
    assert "呼叫中心最迟 今天 12:10 为您分配营业部" in page


def test_a_window_is_an_appointment(client, company):
    page = text(client.get(submit(client, appointment="2026-11-05T10:00", branch_code="B1").url))
    assert Order.objects.get().appointment == sh("05 10:00:00")
    assert "明天 09:00–11:00 上门接货" in page


def test_windows_offered_are_valid_and_in_the_future(client, company):
    offered = re.findall(r'name="appointment"[^>]*value="([^"]+)"', text(client.get("/order/")))
    assert offered == [
        "2026-11-04T14:00:00", "2026-11-04T16:00:00", "2026-11-04T17:00:00",
        "2026-11-05T10:00:00", "2026-11-05T12:00:00", "2026-11-05T14:00:00", "2026-11-05T16:00:00", "2026-11-05T17:00:00",
        "2026-11-06T10:00:00", "2026-11-06T12:00:00", "2026-11-06T14:00:00", "2026-11-06T16:00:00", "2026-11-06T17:00:00",
    ]  # fmt: skip


def test_the_window_of_a_pickup_not_wanted_is_dropped(client, company):
    submit(client, pickup="False", appointment="2026-11-05T10:00")
    assert (Order.objects.get().pickup, Order.objects.get().appointment) == (False, None)


def test_sent_twice_places_one(client, company):
    first, second = submit(client), submit(client)
    assert first.url == second.url
    assert Order.objects.count() == 1


def test_sent_again_with_other_content_says_so(client, company):
    submit(client)
    response = submit(client, pieces="11")
    assert response.status_code == 409
    assert Order.objects.get().number in text(response)
    assert Order.objects.get().pieces == 10


BAD = [
    ("shipper_name", ""), ("shipper_name", "x" * 61), ("shipper_name", "张\x00三"), ("shipper_name", "x" * 1_000_000),
    ("shipper_phone", "12345"), ("shipper_phone", ""), ("consignee_phone", "１２３"), ("consignee_place", "999999"),
    ("consignee_place", "330000"), ("consignee_place", "\x00"), ("goods", "烟花"), ("goods", "\u200b"), ("pieces", "0"), ("pieces", "-1"),
    ("pieces", "1.5"), ("pieces", "99999999999999"), ("weight_kg", "0"), ("weight_kg", "NaN"), ("weight_kg", "1e9"), ("weight_kg", "abc"),
    ("volume_m3", "-1"), ("volume_m3", "Infinity"), ("appointment", "2026-11-04T11:59"), ("appointment", "2026-11-08T10:00"),
    ("appointment", "yesterday"), ("appointment", "9999-12-31T23:59"), ("appointment", "0001-01-01T00:00"), ("payer", "nobody"),
    ("delivery", ""), ("slip_return", "<b>"), ("branch_code", "NOWHERE"), ("branch_code", "\x00"), ("branch_code", "x" * 21),
    ("cod_amount", "-5"), ("declared_value", "99999999999"), ("remark", "x" * 301), ("remark", "a\x01b"),
    ("coupon", "ZZZZZZZZZZ"), ("coupon", "X" * 13), ("coupon", "\x00"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), BAD)
def test_bad_input_is_refused_beside_its_field_and_nothing_is_stored(client, company, field, value):
    response = submit(client, **{field: value})
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {field}
    assert f'href="#{response.context["form"][field].id_for_label}"' in text(response)
    assert (Order.objects.count(), Entry.objects.count()) == (0, 0)


@pytest.mark.parametrize("name", ["𠮷野家", "王小明😀", "<script>alert(1)</script>", "=1+1", "O'Neil & Söhne"])
def test_rare_characters_are_kept_and_shown_escaped(client, company, name):
    number = submit(client, consignee_name=name).url.split("/")[-2]
    assert Order.objects.get().consignee_name == name
    page = text(client.get(f"/orders/{number}/"))
    assert "<script>alert(1)" not in page


def test_prohibited_goods_cite_their_clause(client, company):
    assert "（§4.4.4）" in text(submit(client, goods="烟花"))


def test_nothing_at_all_is_a_page_of_errors(client, company):
    response = client.post("/order/", {})
    assert response.status_code == 422
    assert "错误" in text(response).split("</title>")[0]


def test_duplicate_keys_are_no_error_500(client, company):
    body = "&".join(f"{key}=a&{key}=b" for key in FORM)
    response = client.post("/order/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 422


def test_a_province_alone_is_not_enough(client, company):
    response = submit(client, shipper_place_city="", shipper_place_county="")
    assert list(response.context["form"].errors) == ["shipper_place"]
    assert 'value="330100"' in text(response)


def test_a_city_of_another_province_does_not_count(client, company):
    response = submit(client, shipper_place_province="310000")
    assert list(response.context["form"].errors) == ["shipper_place"]


def test_what_was_typed_is_kept_in_the_session_sealed(client, company):
    submit(client, pieces="")
    assert "13800138000" not in str(dict(client.session))
    page = text(client.get("/order/"))
    assert 'value="13800138000"' in page
    assert re.search(r'value="330106" selected', page)
    client.post("/order/", {"act": "clear"})
    assert 'value="13800138000"' not in text(client.get("/order/"))


def test_a_pasted_address_is_divided(client, company):
    page = text(
        client.post(
            "/order/", {"act": "split_shipper", "shipper_paste": "张三 13800138000 浙江省杭州市西湖区文三路100号"}
        )
    )
    for value in ('value="张三"', 'value="13800138000"', 'value="330106" selected', 'value="文三路100号"'):
        assert value in page
    assert "西湖营业部" in page


def test_an_ambiguous_address_is_offered_not_guessed(client, company):
    pasted = {"consignee_paste": "李四 13900139000 鼓楼区中山路1号"}
    page = text(client.post("/order/", {"act": "split_consignee", **pasted}))
    assert re.findall(r'name="consignee_place_candidate" value="(\d+)"', page)[:2] == ["320106", "320302"]
    assert not re.search(
        r'id="id_consignee_place_province".*?selected.*?</select>', page.split("party-consignee")[1], re.DOTALL
    )
    plain = {key: value for key, value in FORM.items() if key != "consignee_place"}
    client.post("/order/", {**plain, **pasted, "consignee_place_candidate": "320302"})
    assert Order.objects.get().consignee_place == "320302"


def test_the_next_select_opens_without_javascript(client, company):
    page = text(client.post("/order/", {"act": "next_shipper", "shipper_place_province": "330000"}))
    assert "杭州市" in page.split("party-consignee")[0]


def test_branches_near_the_shipper_are_offered(client, company):
    page = text(client.get("/order/branches/?place=330106"))
    assert re.findall(r'value="(B\d)"', page)[:1] == ["B1"]
    assert text(client.get("/order/branches/?place=nowhere")).count("radio") == 1


def test_the_next_order_needs_no_retyping(client, company):
    number = submit(client).url.split("/")[-2]
    page = text(client.get(f"/order/?sender={number}"))
    assert 'value="13800138000"' in page
    assert "0571-88886666" not in page
    assert "0571-88886666" in text(client.get(f"/order/?again={number}"))
    client.cookies.clear()
    assert 'value="13800138000"' not in text(client.get(f"/order/?again={number}"))


def test_the_form_costs_few_queries(client, company, django_assert_max_num_queries):
    client.get("/order/")
    with django_assert_max_num_queries(6):
        client.post("/order/", {"act": "branches", "shipper_place": "330106", "branch_code": "B3"})


def test_an_edited_order_is_still_the_same_submission(client, company):
    url = submit(client).url
    order = Order.objects.get()
    edit(number=order.number, draft=replace(draft_of(order), pieces=12), by=CUSTOMER, now=sh("04 12:01:00"))
    assert submit(client).url == url


@pytest.mark.parametrize(("code", "chosen"), [("B2", ["B2"]), ("NOWHERE", []), ("\x00", [])])
def test_a_branch_looked_up_is_chosen(client, company, code, chosen):
    page = text(client.get("/order/", {"branch": code}))
    assert re.findall(r'name="branch_code"[^>]*value="(\w+)" checked', page) == chosen


def test_a_coupon_is_named_and_its_use_is_told(client, company):
    coupon = given(company)
    assert "优惠券号" in text(client.get("/order/"))
    number = submit(client, branch_code="B1", coupon="abcdefgh23").url.split("/")[-2]
    order = Order.objects.get()
    assert (order.number, order.coupon) == (number, coupon)
    page = text(client.get(f"/orders/{number}/"))
    assert "ABCDEFGH23 · 开单时抵 50.00 元" in page
    assert "优惠券号" not in text(client.get(f"/orders/{number}/edit/"))
    again = submit(client, token="second-token-of-the-form", coupon="ABCDEFGH23")
    assert again.status_code == 422
    assert f"优惠券已用于订单 {number}" in text(again)
