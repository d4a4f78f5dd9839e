"""The pages of deliveries, slips and cash in a real browser: accessible in both themes, never wider than the screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.delivery.test_shipments import arrived
from tests.delivery.test_slips import key_customer, signed
from tests.desk.test_browser import browser_context_args, clerk, company  # noqa: F401  (fixtures)
from tests.factories import Company

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_are_accessible_and_fit(clerk: Page, live_server, company: Company, theme: str, width: int) -> None:  # noqa: F811
    key_customer(company)
    signed(company)
    goods = arrived(company, cod="1200.00")
    clerk.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    clerk.set_viewport_size({"width": width, "height": 900})
    for path in ("slips/", "slips/scan/", "tracking/?tab=open", "deliveries/", f"goods/{goods.number}/", "cash/", "cash/days/?since=2026-11-05&until=2026-11-05"):
        clerk.goto(f"{live_server.url}/desk/{path}")
        found = Axe().run(clerk).response["violations"]
        assert [(each["id"], each["nodes"][0]["target"]) for each in found] == [], path
        assert clerk.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_english_pages_fit_a_phone_too(clerk: Page, live_server, company: Company) -> None:  # noqa: F811
    """The longest phrase to choose from is wider than a phone."""
    goods = arrived(company)
    clerk.context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    clerk.set_viewport_size({"width": 390, "height": 900})
    for path in ("tracking/?tab=open", "deliveries/", f"goods/{goods.number}/", f"tracking/{goods.number}/", "loads/"):
        clerk.goto(f"{live_server.url}/desk/{path}")
        assert clerk.evaluate("document.documentElement.scrollWidth") <= 390, path
