"""The queue in a real browser: keys, focus, typed text, the bell's title, a lost connection; axe in both themes."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from core import clock
from orders.models import Order
from sla.models import Heartbeat
from tests.factories import Company, accepted, placed, reached

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    return browser_context_args | {"locale": "zh-CN"}


@pytest.fixture
def company(transactional_db: None) -> Company:
    Heartbeat.objects.create(name="tick", at=clock.now() + timedelta(hours=1))
    return Company()


@pytest.fixture
def clerk(page: Page, live_server, company: Company) -> Page:
    """A browser in which the branch's clerk is logged in; anything the page complains of fails the test."""
    client = Client()
    client.force_login(company.clerk.account)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    yield page
    assert errors == []


def waiting(company: Company, minutes: float, called: bool = True) -> Order:
    order = placed(clock.now() - timedelta(minutes=minutes), branch=company.branch)
    if called:
        reached(order, company.clerk, clock.now())
    return order


def test_accept_and_take_back_by_keys(clerk: Page, live_server, company: Company) -> None:
    first, second = waiting(company, 6), waiting(company, 1, called=False)
    clerk.goto(f"{live_server.url}/desk/")
    clerk.keyboard.press("j")
    expect(clerk.locator(f"#row-{first.number}")).to_be_focused()
    clerk.keyboard.press("a")
    expect(clerk.locator(f"#row-{first.number}")).to_contain_text("已受理")
    clerk.keyboard.press("u")
    expect(clerk.locator(f"#row-{first.number}")).to_contain_text("待受理")
    clerk.locator(f"#row-{second.number}").focus()
    clerk.keyboard.press("a")
    expect(clerk.locator(f"#row-{second.number} [role=alert]")).to_contain_text("§1.4.1")
    second.refresh_from_db()
    assert second.state == "at_branch"


def test_keys_are_deaf_while_typing_and_when_switched_off(clerk: Page, live_server, company: Company) -> None:
    order = waiting(company, 1)
    clerk.goto(f"{live_server.url}/desk/")
    clerk.keyboard.press("/")
    expect(clerk.locator("#global-search")).to_be_focused()
    clerk.keyboard.type("ajk")
    expect(clerk.locator("#global-search")).to_have_value("ajk")
    clerk.locator("#main").focus()
    clerk.keyboard.press("Shift+Slash")
    clerk.get_by_role("button", name="关闭单键快捷键").click()
    clerk.keyboard.press("j")
    clerk.keyboard.press("a")
    clerk.wait_for_timeout(300)
    order.refresh_from_db()
    assert order.state == "at_branch"


def test_a_poll_keeps_focus_ticks_and_typed_text(clerk: Page, live_server, company: Company) -> None:
    old = waiting(company, 5)
    clerk.goto(f"{live_server.url}/desk/")
    expect(clerk).to_have_title(re.compile(r"^\(1\)"))
    clerk.locator(f"#row-{old.number} input[type=checkbox]").check()
    clerk.locator("#id_text").fill("写到一半")
    clerk.keyboard.press("Shift+Tab")
    held = clerk.evaluate("document.activeElement.outerHTML")
    fresh = waiting(company, 0, called=False)
    expect(clerk.locator(f"#row-{fresh.number}")).to_be_visible(timeout=8000)
    expect(clerk).to_have_title(re.compile(r"^\(2\)"))
    assert clerk.evaluate("document.activeElement.outerHTML") == held
    expect(clerk.locator("#id_text")).to_have_value("写到一半")
    expect(clerk.locator(f"#row-{old.number} input[type=checkbox]")).to_be_checked()


def test_a_lost_connection_says_so(clerk: Page, live_server, company: Company) -> None:
    waiting(company, 1)
    clerk.goto(f"{live_server.url}/desk/")
    clerk.context.set_offline(True)
    expect(clerk.locator("#offline")).to_be_visible(timeout=8000)
    clerk.context.set_offline(False)
    expect(clerk.locator("#offline")).to_be_hidden(timeout=8000)


def test_ten_rows_stand_above_the_fold(clerk: Page, live_server, company: Company) -> None:
    for minute in range(14):
        waiting(company, minute / 2, called=minute % 2 == 0)
    clerk.set_viewport_size({"width": 1440, "height": 900})
    clerk.goto(f"{live_server.url}/desk/")
    bottoms = clerk.eval_on_selector_all("#queue tbody tr", "rows => rows.map(r => r.getBoundingClientRect().bottom)")
    assert sum(bottom <= 900 for bottom in bottoms) >= 10


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_are_accessible_and_fit(clerk: Page, live_server, company: Company, theme: str, width: int) -> None:
    order = waiting(company, 3)
    done = accepted(clock.now(), company.clerk, branch=company.branch, placed_at=clock.now() - timedelta(minutes=1))
    clerk.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    clerk.set_viewport_size({"width": width, "height": 900})
    for path in (
        "", "?tab=open", "search/?q=8000", f"orders/{order.number}/", f"orders/{order.number}/confirm/",
        f"orders/{done.number}/change/", "pickups/", "m/",
    ):  # fmt: skip
        clerk.goto(f"{live_server.url}/desk/{path}")
        found = Axe().run(clerk).response["violations"]
        assert [(each["id"], each["nodes"][0]["target"]) for each in found] == [], path
        assert clerk.evaluate("document.documentElement.scrollWidth") <= width, path
