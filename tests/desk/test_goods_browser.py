"""Delivering in Chromium on a phone: the money, the signature, a failed attempt; the new pages pass axe and fit."""

from datetime import timedelta
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from core import clock
from delivery.models import CashOnDelivery
from rulebook.roles import Role
from sla.models import Heartbeat
from tests.delivery.test_cash import paid
from tests.delivery.test_shipments import arrived, does, shipment
from tests.factories import Company, post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    return browser_context_args | {"locale": "zh-CN"}


@pytest.fixture
def company(transactional_db: None) -> Company:
    Heartbeat.objects.create(name="tick", at=clock.now() + timedelta(hours=1))
    company = Company()
    company.second_driver = post(Role.COURIER, company.second)
    return company


def enter(page: Page, url: str, person) -> None:
    client = Client()
    client.force_login(person.account)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])


def on_the_van(company: Company, cod: str = "0.00"):
    order = arrived(company, cod=cod)
    CashOnDelivery.objects.filter(order=order).update(unit=company.second)
    does(order, "load_for_delivery", company.second_clerk, "05 13:00:00", driver=company.second_driver.number)
    return order


def test_deliver_with_cash(page: Page, live_server, company: Company) -> None:
    """§4.3.3.2, §4.3.2.8: the exact amount, then two taps for the signature."""
    order = on_the_van(company, "500.00")
    enter(page, live_server.url, company.second_driver)
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/desk/m/goods/")
    stop = page.get_by_role("article", name=order.number)
    expect(stop.get_by_text("签收", exact=True)).to_have_count(0)
    stop.get_by_label("实收金额").fill("499")
    stop.get_by_role("button", name="现金").click()
    expect(stop.get_by_role("alert")).to_contain_text("§4.3.3.2")
    stop.get_by_label("实收金额").fill("500")
    stop.get_by_role("button", name="现金").click()
    stop.get_by_text("签收", exact=True).click()
    stop.get_by_role("button", name="本人").click()
    expect(page.get_by_text("今日已签收")).to_be_visible()
    assert shipment(order).state == "signed"


def test_wait_fail_and_agree_another_time(page: Page, live_server, company: Company) -> None:
    """§1.3.3.3"""
    order = on_the_van(company)
    enter(page, live_server.url, company.second_driver)
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/desk/m/goods/")
    stop = page.get_by_role("article", name=order.number)
    stop.get_by_role("button", name="现场等待 30 分钟").click()
    expect(stop.locator("time.countdown").first).to_be_visible()
    stop.get_by_text("未成功", exact=True).click()
    stop.get_by_label("现场联系").select_option("consignee")
    stop.get_by_label("联系记录").fill("收货人明天上午在")
    stop.get_by_role("button", name="现场无人").click()
    expect(page.get_by_text("没有待派送的货物")).to_be_visible()
    enter(page, live_server.url, company.second_clerk)
    page.goto(f"{live_server.url}/desk/goods/{order.number}/")
    page.locator("summary", has_text="另约送达时间").click()
    page.get_by_label("与客户另约的送达时间").fill(f"{clock.now() + timedelta(days=2):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="另约送达时间").click()
    expect(page.locator(f"#goods-{order.number}")).to_contain_text("待再派")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_pass_axe_and_fit_a_phone(page: Page, live_server, company: Company, theme: str) -> None:
    order, planned = on_the_van(company, "500.00"), arrived(company)
    paid(company, Decimal("80.00"))
    page.emulate_media(color_scheme=theme)
    for person, path in (
        (company.clerk, "/desk/cash/"),
        (company.second_clerk, "/desk/deliveries/"),
        (company.second_clerk, f"/desk/goods/{planned.number}/"),
        (company.second_driver, "/desk/m/goods/"),
    ):
        enter(page, live_server.url, person)
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 844})
            page.goto(live_server.url + path)
            for summary in page.locator("main details > summary").all():
                summary.click()
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            found = Axe().run(page).response["violations"]
            assert [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found] == [], path
    assert order.number
