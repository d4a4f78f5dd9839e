"""The pages of points, actions, tiers and checks in a real browser: accessible in both themes, never wider than the screen."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from core import clock
from penalties import services
from penalties.models import TierAction
from tests.desk.test_browser import browser_context_args  # noqa: F401  (fixture)
from tests.desk.test_redelivery_browser import as_person
from tests.factories import accepted
from tests.penalties.upheld import Ladder, uphold

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def firm(transactional_db: None) -> Ladder:
    firm, now = Ladder(), clock.now()
    order = accepted(now, firm.clerk, branch=firm.branch, placed_at=now - timedelta(minutes=1))
    uphold(firm, firm.branch, 2, now, order=order.number)
    uphold(firm, firm.second, 3, now)
    services.open_check(number=order.number, kind="acceptance", text="没有人给我打过电话", clerk=firm.agent, now=now)
    return firm


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_pages_are_accessible_and_fit(page: Page, live_server, firm: Ladder, theme: str, width: int) -> None:
    as_person(page, live_server.url, firm.officer)
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    page.set_viewport_size({"width": width, "height": 900})
    action, check = TierAction.objects.order_by("pk").first(), firm.branch.orders.get()
    for path in ("points/?unit=R1", "actions/?tab=open", f"actions/{action.pk}/", "tiers/", "checks/", f"orders/{check.number}/check/"):
        page.goto(f"{live_server.url}/desk/{path}")
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["target"]) for each in found] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_manager_writes_the_letter(page: Page, live_server, firm: Ladder) -> None:
    as_person(page, live_server.url, firm.regional_manager)
    page.goto(f"{live_server.url}/desk/actions/")
    page.get_by_role("link", name="书面整改").click()
    page.get_by_label("整改内容").fill("整" * 299)
    page.get_by_role("button", name="登记完成").click()
    expect(page.locator(".alert-danger")).to_contain_text("现为 299 字")
    page.get_by_label("整改内容").fill("整" * 300)
    page.get_by_role("button", name="登记完成").click()
    expect(page.get_by_role("heading", name="完成证明")).to_be_visible()
