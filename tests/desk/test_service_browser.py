"""The customer-service pages and the hall's help and survey in a real browser: accessible in both themes, never too wide."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from core import clock
from customers import services as customers
from rulebook.roles import Role
from tests.delivery.test_slips import signed
from tests.desk.test_browser import browser_context_args, company  # noqa: F401  (fixtures)
from tests.factories import Company, post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def fits(page: Page, url: str, width: int) -> None:
    page.goto(url)
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["target"]) for each in found] == [], url
    assert page.evaluate("document.documentElement.scrollWidth") <= width, url
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{url.split('/', 3)[3].strip('/').replace('/', '-')}-{width}.png", full_page=True)


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)])
def test_pages_are_accessible_and_fit(page: Page, live_server, company: Company, theme: str, width: int) -> None:  # noqa: F811
    now = clock.now()
    head = post(Role.CALL_CENTRE_MANAGER, company.call_centre)
    enquiry = customers.take_enquiry(clerk=head, means="phone", text="货到哪了，为什么还没有到？", phone="13800138000", name="张三", now=now)
    customers.answer_survey(order_number="E1", branch=company.branch, scores={"pickup": 5, "staff": 2}, text="来晚了", now=now)
    customer = customers.add(name="甲公司", phone="13700137000", branch=company.branch, now=now)
    order = signed(company)
    client = Client()
    client.force_login(head.account)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}, {"name": "theme", "value": theme, "url": live_server.url}]
    )
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("enquiries/", f"enquiries/{enquiry.pk}/", "tickets/", "calls/", f"calls/{customer.pk}/", "survey/", "standards/"):
        fits(page, f"{live_server.url}/desk/service/{path}", width)
    fits(page, f"{live_server.url}/help/", width)
    page.goto(f"{live_server.url}/orders/{order.number}/")
    page.locator("input[name=tail]").fill("8000")
    page.locator("input[name=tail]").press("Enter")
    page.get_by_role("link", name="填写满意度调查").wait_for()
    fits(page, f"{live_server.url}/orders/{order.number}/survey/", width)
