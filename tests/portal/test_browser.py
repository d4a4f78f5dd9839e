"""The hall in Chromium: a customer orders by paste and click; both themes pass axe; nothing scrolls sideways on a phone."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from core import clock
from orders.models import Order
from tests.factories import Company, placed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASTE = "张三 13800138000 浙江省杭州市西湖区文三路100号"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "zh-CN"}


@pytest.fixture
def company(transactional_db) -> Company:
    return Company()


@pytest.fixture
def order(company) -> Order:
    return placed(clock.now() - timedelta(minutes=3), branch=company.branch)


def fill(page, live_server) -> None:
    page.goto(f"{live_server.url}/order/")
    page.get_by_label("粘贴地址自动识别").first.fill(PASTE)
    page.get_by_role("button", name="识别 寄件人").click()
    page.get_by_text("已识别并填入下面各项").wait_for()
    page.get_by_role("radio", name=re.compile("西湖营业部")).wait_for()
    page.locator("#id_consignee_paste").fill("李四 13900139000 鼓楼区中山路1号")
    page.get_by_role("button", name="识别 收件人").click()
    page.get_by_role("radio", name="江苏省 徐州市 鼓楼区").check()
    page.get_by_label("货物名称").fill("五金配件")
    page.get_by_label("件数").fill("10")
    page.get_by_label("重量").fill("120")


def test_an_order_by_paste_and_click(page, live_server, company):
    fill(page, live_server)
    expect(page.locator("#id_consignee_place_county")).to_have_value("320302")
    page.get_by_role("button", name="提交订单").click()
    page.get_by_role("heading", name="下单成功").wait_for()
    order = Order.objects.get()
    assert (order.shipper_name, order.shipper_place, order.consignee_place, order.branch) == (
        "张三", "330106", "320302", company.branch,
    )  # fmt: skip
    assert re.fullmatch(r"(剩余|尽快) *\d\d:\d\d", page.locator("time.countdown").first.inner_text().replace("\n", " "))


def test_errors_are_on_top_and_lead_to_their_fields(page, live_server, company):
    page.goto(f"{live_server.url}/order/")
    page.get_by_role("button", name="提交订单").click()
    summary = page.get_by_role("alert")
    summary.wait_for()
    assert summary.evaluate("node => node === document.activeElement")
    summary.get_by_role("link", name="件数").click()
    assert page.evaluate("document.activeElement.name") == "pieces"


def test_enter_submits_the_form_not_a_button_inside_it(page, live_server, company):
    fill(page, live_server)
    page.get_by_label("件数").press("Enter")
    page.get_by_role("heading", name="下单成功").wait_for()


def test_without_javascript(browser, live_server, company):
    page = browser.new_context(java_script_enabled=False, locale="zh-CN").new_page()
    page.goto(f"{live_server.url}/order/")
    page.locator("#id_shipper_paste").fill(PASTE)
    page.get_by_role("button", name="识别 寄件人").click()
    page.locator("#id_consignee_name").fill("李四")
    page.locator("#id_consignee_phone").fill("13900139000")
    page.locator("#id_consignee_address").fill("漕溪北路 200 号")
    page.locator("#id_consignee_place_province").select_option("310000")
    page.get_by_role("button", name="展开下一级 收件人").click()
    page.locator("#id_consignee_place_county").select_option("310104")
    page.get_by_label("货物名称").fill("五金配件")
    page.get_by_label("件数").fill("10")
    page.get_by_label("重量").fill("120")
    page.get_by_role("radio", name=re.compile("西湖营业部")).check()
    page.get_by_role("button", name="提交订单").click()
    page.get_by_role("heading", name="下单成功").wait_for()
    assert Order.objects.get().branch == company.branch


def test_the_shipper_proves_himself_and_cancels(page, live_server, order):
    page.goto(f"{live_server.url}/track/?numbers={order.number}")
    page.get_by_label("寄件人或收件人电话的后四位").fill("8000")
    page.get_by_role("button", name="验证").click()
    page.get_by_role("link", name="取消订单").click()
    page.get_by_role("radio", name="误下单或测试单").check()
    page.get_by_role("button", name="确认取消订单").click()
    page.get_by_role("heading", name="订单已取消").wait_for()


PAGES = [
    "/",
    "/order/",
    "/track/",
    "/track/?numbers=12345",
    "/branches/",
    "{order}",
    "{order}edit/",
    "{order}cancel/",
    "{order}appointment/",
]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_pass_axe_and_fit_a_phone(page, context, live_server, order, theme):
    context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    here = f"/orders/{order.number}/"
    found = _problems(page, live_server.url + here)
    page.locator("#tail").fill("8000")
    page.get_by_role("button", name="验证").click()
    page.get_by_role("link", name="修改订单").wait_for()
    for path in PAGES:
        found += _problems(page, live_server.url + path.format(order=here))
    page.goto(f"{live_server.url}/order/")
    page.get_by_role("button", name="提交订单").click()
    page.get_by_role("alert").wait_for()
    found += _problems(page, "")
    assert found == []


def _problems(page, url: str) -> list[str]:
    if url:
        page.goto(url)
    page.set_viewport_size({"width": 1280, "height": 900})
    violations = Axe().run(page, options=RULES).response["violations"]
    found = [f"{page.url}: {each['id']}: {each['nodes'][0]['html'][:160]}" for each in violations]
    page.set_viewport_size({"width": 390, "height": 844})
    wide = page.evaluate("document.documentElement.scrollWidth")
    return found + ([f"{page.url}: {wide} px wide"] if wide > 390 else [])
