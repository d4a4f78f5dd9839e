"""The board in Chromium: one key assigns, U takes back, the focus stays where the work is, both themes pass axe."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from core import clock
from orders.models import Order
from sla.models import Heartbeat
from tests.factories import Company, placed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def board(page: Page, live_server, transactional_db: None) -> tuple[Page, Company, list[Order]]:
    """An agent before two orders without a branch and one that its branch has slept over."""
    company, now = Company(), clock.now()
    Heartbeat.objects.create(name="tick", at=now + timedelta(days=1))
    waiting = [placed(now - timedelta(minutes=14), branch=company.branch)]
    waiting += [placed(now - timedelta(minutes=minutes)) for minutes in (4, 2)]
    client = Client()
    client.force_login(company.agent.account)
    page.context.set_extra_http_headers({"Accept-Language": "zh-CN"})
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.goto(f"{live_server.url}/desk/calls/")
    return page, company, waiting


def test_one_key_assigns_the_focused_order_and_u_takes_it_back(board: tuple[Page, Company, list[Order]]) -> None:
    page, _company, (slept, first, second) = board
    rows = page.locator("[data-row]")
    expect(rows).to_have_count(3)
    page.keyboard.press("j")
    focused = page.evaluate("document.activeElement.id")
    order = next(each for each in (slept, first, second) if focused == f"call-{each.number}")
    page.keyboard.press("1")
    expect(rows).to_have_count(2)
    order.refresh_from_db()
    assert (order.state, order.branch is None) == ("at_branch", False)
    assert page.evaluate("document.activeElement.matches('[data-row]')")  # on to the next one
    page.keyboard.press("u")
    expect(rows).to_have_count(3)
    order.refresh_from_db()
    assert order.state == "unassigned"


def test_enter_moves_a_slept_over_order_to_the_first_offer(board: tuple[Page, Company, list[Order]]) -> None:
    page, company, (slept, *_rest) = board
    page.locator(f"#call-{slept.number}").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(2)
    slept.refresh_from_db()
    assert slept.branch != company.branch
    assert slept.moves == 1


def test_a_poll_brings_new_orders_and_keeps_the_focus(board: tuple[Page, Company, list[Order]]) -> None:
    page, _company, (_slept, first, _second) = board
    page.locator(f"#call-{first.number}").focus()
    placed(clock.now())
    expect(page.locator("[data-row]")).to_have_count(4, timeout=9000)
    assert page.evaluate("document.activeElement.id") == f"call-{first.number}"


def test_keys_do_nothing_while_typing(board: tuple[Page, Company, list[Order]]) -> None:
    page, _company, _waiting = board
    page.locator("#global-search").fill("")
    page.keyboard.type("1jk2")
    assert page.locator("#global-search").input_value() == "1jk2"
    assert Order.objects.filter(state="unassigned").count() == 2


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_accessible_and_narrow(board: tuple[Page, Company, list[Order]], theme: str, width: int) -> None:
    page, _company, _waiting = board
    page.context.add_cookies([{"name": "theme", "value": theme, "url": page.url}])
    page.set_viewport_size({"width": width, "height": 900})
    page.reload()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found] == []


def test_without_javascript_the_buttons_are_forms(live_server, browser, transactional_db: None) -> None:
    company, order = Company(), placed(clock.now())
    client = Client()
    client.force_login(company.agent.account)
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/desk/calls/")
    page.locator("[data-offer='1']").click()
    expect(page.get_by_text("刚把")).to_be_visible()
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("[data-row]")).to_have_count(1)
    context.close()
    order.refresh_from_db()
    assert order.branch is None
