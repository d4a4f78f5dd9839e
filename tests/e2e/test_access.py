"""Every page of the story: no axe violation in either theme, nothing wider than a phone, nothing that needs JavaScript."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASTE, Visitor
from tests.e2e.system import System

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.slow]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PAGES = {
    "": ("/", "/order/", "/track/?numbers={number}+12345", "/orders/{number}/", "/login/"),
    "clerk": ("/desk/", "/desk/orders/{number}/", "/desk/orders/{number}/confirm/", "/desk/pickups/"),
    "agent": ("/desk/calls/",),
    "region": ("/desk/manage/",),
    "officer": ("/desk/calendar/", "/desk/filings/", "/desk/coverage/"),
}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_pass_axe_and_fit_a_phone(system: System, visitor: Visitor, theme: str) -> None:
    number = a_waiting_order(visitor("clerk"))
    found = []
    for login, paths in PAGES.items():
        page = visitor(login)
        page.context.add_cookies([{"name": "theme", "value": theme, "url": system.url}])
        for path in paths:
            found += problems(page, path.format(number=number))
    assert found == []


def a_waiting_order(clerk: Page) -> str:
    clerk.goto("/desk/")
    return str(clerk.locator("tr[data-state=at_branch]").first.get_attribute("data-number"))


def problems(page: Page, path: str) -> list[str]:
    page.set_viewport_size(DESK)
    page.goto(path)
    violations = Axe().run(page, options=RULES).response["violations"]
    found = [f"{path}: {each['id']}: {each['nodes'][0]['html'][:160]}" for each in violations]
    page.set_viewport_size(PHONE)
    wide = page.evaluate("document.documentElement.scrollWidth")
    return found + ([f"{path}: {wide} px wide"] if wide > PHONE["width"] else [])


def test_an_order_is_placed_and_accepted_without_javascript(visitor: Visitor) -> None:
    number = placed_by_forms(visitor(java_script_enabled=False))
    clerk = visitor("clerk", java_script_enabled=False)
    clerk.goto("/desk/")
    clerk.get_by_role("button", name=f"受理 {number}").click()
    expect(clerk.get_by_role("alert").filter(has_text="§1.4.1")).to_be_visible()
    clerk.get_by_role("button", name="登记已接通").click()
    clerk.get_by_role("button", name="受理", exact=True).click()
    expect(clerk.get_by_role("heading", name=number)).to_contain_text("已受理")


def placed_by_forms(customer: Page) -> str:
    customer.goto("/order/")
    customer.locator("#id_shipper_paste").fill(PASTE)
    customer.get_by_role("button", name="识别 寄件人").click()
    customer.locator("#id_consignee_name").fill("李四")
    customer.locator("#id_consignee_phone").fill("13900139000")
    customer.locator("#id_consignee_address").fill("漕溪北路 200 号")
    customer.locator("#id_consignee_place_province").select_option("310000")
    customer.get_by_role("button", name="展开下一级 收件人").click()
    customer.locator("#id_consignee_place_county").select_option("310104")
    customer.get_by_label("货物名称").fill("五金配件")
    customer.get_by_label("件数").fill("10")
    customer.get_by_label("重量").fill("120")
    customer.get_by_role("radio", name=re.compile("西湖营业部")).check()
    customer.get_by_role("button", name="提交订单").click()
    expect(customer.get_by_role("heading", name="下单成功")).to_be_visible()
    return customer.locator(".hall-number strong").inner_text()
