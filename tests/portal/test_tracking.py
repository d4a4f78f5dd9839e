"""What a stranger, the consignee and the shipper see of an order; guessing and walking through numbers is stopped."""

from decimal import Decimal

import pytest
import time_machine

from orders import services as orders
from orders.numbers import order_number
from pickup import services as pickups
from portal.access import client_address
from tests.factories import CUSTOMER, accepted, placed, reached, sh

pytestmark = pytest.mark.django_db
PERSONAL = ("张三", "李四", "13800138000", "13900139000", "8000", "9000", "文三路", "漕溪北路", "五金配件")


@pytest.fixture(autouse=True)
def ten_past_nine():
    with time_machine.travel("2026-11-04 09:05:00+08:00", tick=False):
        yield


@pytest.fixture
def order(company):
    return placed(sh("04 09:00:00"), branch=company.branch)


def text(response) -> str:
    return response.content.decode().split("<main")[1]


def unlock(client, order, tail):
    return client.post(f"/orders/{order.number}/unlock/", {"tail": tail})


def test_a_stranger_reads_progress_and_nothing_personal(client, order):
    page = text(client.get(f"/orders/{order.number}/"))
    assert "等待西湖营业部电话确认" in page
    assert "西湖营业部最迟 今天 09:10 致电您确认订单" in page
    assert "浙江省 杭州市 → 上海市" in page
    assert [word for word in PERSONAL if word in page] == []


def test_a_promise_not_kept_is_said(client, order):
    with time_machine.travel("2026-11-04 09:10:01+08:00", tick=False):
        assert "西湖营业部本应在 今天 09:10 前致电您，已超时" in text(client.get(f"/orders/{order.number}/"))


def test_exactly_on_time_is_not_late(client, order):
    with time_machine.travel("2026-11-04 09:10:00+08:00", tick=False):
        assert "西湖营业部最迟 今天 09:10 致电您确认订单" in text(client.get(f"/orders/{order.number}/"))


def test_the_shippers_last_digits_open_everything(client, order):
    assert unlock(client, order, "8000").status_code == 302
    page = text(client.get(f"/orders/{order.number}/"))
    assert "文三路 100 号" in page
    assert f"/orders/{order.number}/cancel/" in page


def test_the_consignee_sees_but_does_not_act(client, order):
    unlock(client, order, "9000")
    page = text(client.get(f"/orders/{order.number}/"))
    assert "文三路 100 号" in page
    assert "/cancel/" not in page
    assert client.post(f"/orders/{order.number}/cancel/", {"reason": "mistaken"}).status_code == 302
    order.refresh_from_db()
    assert order.state == "at_branch"


@pytest.mark.parametrize("tail", ["", "0000", "80000", "abcd", "８０００", "\x00\x00", "8" * 10_000])
def test_wrong_digits_open_nothing(client, order, tail):
    response = unlock(client, order, tail)
    assert response.status_code == 422
    assert "电话后四位不正确" in text(response)
    assert "文三路" not in text(response)


def test_guessing_is_stopped_for_the_order_and_the_right_digits_wait_too(client, order):
    for tail in range(5):
        unlock(client, order, f"{tail:04}")
    response = unlock(client, order, "8000")
    assert (response.status_code, response["Retry-After"]) == (429, "60")
    with time_machine.travel("2026-11-04 09:21:00+08:00", tick=False):
        assert unlock(client, order, "8000").status_code == 302


def test_guessing_over_many_orders_is_stopped(client, company):
    statuses = [unlock(client, placed(sh("04 09:00:00")), "0000").status_code for _ in range(12)]
    assert statuses == [422] * 10 + [429] * 2


def test_walking_through_numbers_is_stopped_and_finds_nothing_personal(client, order):
    numbers = [order_number(order.pk + step, sh("04 09:00:00")) for step in range(100)]
    answers = [client.get(f"/orders/{number}/") for number in numbers]
    assert [answer.status_code for answer in answers] == [200] + [404] * 39 + [429] * 60
    assert [word for answer in answers for word in PERSONAL if word in text(answer)] == []


def test_ones_own_order_may_be_watched_as_often_as_wished(client, order):
    unlock(client, order, "8000")
    assert {client.get(f"/orders/{order.number}/").status_code for _ in range(50)} == {200}


@pytest.mark.parametrize("number", ["E1", "x" * 3000, "%00", "'; DROP TABLE", "E２６１１０４００００１２３"])
def test_a_number_that_is_none_is_not_found(client, company, number):
    for path in (f"/orders/{number}/", f"/orders/{number}/edit/", f"/order/placed/{number}/"):
        assert client.get(path, follow=True).status_code in (404, 200)
    assert client.post(f"/orders/{number}/unlock/", {"tail": "8000"}).status_code == 404


def test_several_numbers_at_once(client, company, order):
    other = placed(sh("04 09:01:00"))
    mistyped = order.number[:-1] + str((int(order.number[-1]) + 1) % 10)
    page = text(client.get("/track/", {"numbers": f"{order.number}，{other.number.lower()} {mistyped}\n12345"}))
    assert "等待西湖营业部电话确认" in page
    assert "正在为您分配营业部" in page
    assert page.count("号码有误") == 2


def test_one_number_opens_its_page_also_by_waybill(client, company):
    order = accepted(sh("04 09:04:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), pickup=False)
    orders.quote(
        number=order.number, clerk=company.clerk, amount=Decimal(180), words="运费 180 元", now=sh("04 09:04:10")
    )
    orders.answer_quote(number=order.number, agreed=True, by=CUSTOMER, now=sh("04 09:04:20"))
    bill = orders.issue_waybill(
        number=order.number, clerk=company.clerk, pieces=10, weight_kg=Decimal(120), volume_m3=Decimal("0.8"), now=sh("04 09:04:30")
    )  # fmt: skip
    for number in (order.number, bill.number):
        assert client.get("/track/", {"numbers": number}).url == f"/orders/{order.number}/"
    assert f"已开单，运单号 {bill.number}" in text(client.get(f"/orders/{order.number}/"))


def test_many_numbers_are_cut_and_the_page_says_so(client, company):
    assert "一次最多查 20 个" in text(client.get("/track/", {"numbers": " ".join(f"E{n}" for n in range(30))}))


def test_the_story_in_the_customers_words(client, company):
    order = placed(sh("04 08:30:00"), branch=company.branch)
    orders.contact(
        number=order.number, clerk=company.clerk, outcome="not_reached", reason="busy", now=sh("04 08:32:00")
    )
    reached(order, company.clerk, sh("04 08:35:00"))
    orders.accept(number=order.number, clerk=company.clerk, now=sh("04 08:36:00"))
    orders.print_note(number=order.number, clerk=company.clerk, now=sh("04 08:37:00"))
    pickups.dispatch(
        number=order.number, clerk=company.clerk, driver=company.driver, vehicle="浙A12345", now=sh("04 08:40:00")
    )
    pickups.collect(number=order.number, clerk=company.driver, pieces=10, packing_ok=True, now=sh("04 09:02:00"))
    page = text(client.get(f"/orders/{order.number}/"))
    said = [
        "【西湖营业部】货物已接收，共 10 件", "【西湖营业部】已派车上门接货", "托运书已打印", "【西湖营业部】已受理订单",
        "【西湖营业部】已与您电话联系", "【西湖营业部】来电未能接通，稍后会再次联系您", "【西湖营业部】已收到订单，等待电话确认",
        "订单已提交",
    ]  # fmt: skip
    places = [page.index(f"<span>{words}</span>") for words in said]
    assert places == sorted(places)
    assert company.driver.name not in page
    assert "浙A12345" not in page


def test_the_page_costs_few_queries(client, order, django_assert_max_num_queries):
    unlock(client, order, "8000")
    with django_assert_max_num_queries(9):
        client.get(f"/orders/{order.number}/")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "9.9.9.9", "127.0.0.1"),
        (1, "1.1.1.1, 9.9.9.9", "9.9.9.9"),
        (2, "1.1.1.1, 9.9.9.9", "1.1.1.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_the_address_counted_is_the_one_a_trusted_proxy_saw(rf, settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    assert client_address(rf.get("/", headers={"X-Forwarded-For": forwarded})) == address
