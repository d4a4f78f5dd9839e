"""The monthly responsibility report in a real browser: accessible in both themes, never wider than the screen, drilled down."""

from decimal import Decimal
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from core import clock
from penalties import services
from tests.desk.test_browser import browser_context_args  # noqa: F401  (fixture)
from tests.desk.test_redelivery_browser import as_person
from tests.penalties.upheld import Ladder, uphold

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def firm(transactional_db: None) -> Ladder:
    firm, now = Ladder(), clock.now()
    uphold(firm, firm.branch, 2, now)
    fined = {"person": firm.clerk, "text": "违反规定", "at": now, "by": firm.officer, "now": now}
    services.enter(key=uuid4(), amount=Decimal("40.00"), **fined)
    return firm


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_pages_are_accessible_and_fit(page: Page, live_server, firm: Ladder, theme: str, width: int) -> None:
    as_person(page, live_server.url, firm.officer)
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("", "?unit=R1", "?unit=B3&month=2026-10", "print/?unit=A1", "../actions/?tab=all&unit=R1"):
        page.goto(f"{live_server.url}/desk/responsibility/{path}")
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["target"]) for each in found] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_from_the_company_to_the_fine_behind_a_number(page: Page, live_server, firm: Ladder) -> None:
    as_person(page, live_server.url, firm.officer)
    page.goto(f"{live_server.url}/desk/responsibility/")
    for name in ("华东事业部", "浙江大区", "杭州区域"):
        page.get_by_role("table").first.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    page.get_by_role("link", name="40.00 西湖营业部 未扣（元）").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("处罚")
    expect(page.locator("tbody tr").filter(has_text="40.00").first).to_be_visible()
