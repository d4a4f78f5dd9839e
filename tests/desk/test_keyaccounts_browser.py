"""The pages of key customers and anomalies in a real browser: accessible in both themes, never wider than the screen (§2)."""

from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from core import clock
from customers.services import tell_day_need
from delivery.services import anomalies
from rulebook.due import local_day
from tests.delivery.test_shipments import arrived
from tests.desk.test_browser import browser_context_args, clerk, company  # noqa: F401  (fixtures)
from tests.factories import Company, contract

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pages(company: Company) -> list[str]:  # noqa: F811
    """The addresses of every page of a key customer with goods on their way, an anomaly and the day's needs."""
    now = clock.now()
    account = contract(company)
    goods = arrived(company)
    tell_day_need(
        pk=account.pk, on=local_day(now), pieces=120, volume_m3=Decimal("38.5"), vehicles="9.6 米 1 辆", by=company.clerk, now=now
    )
    found = anomalies.open_anomaly(
        number=goods.number, clerk=company.clerk, now=now, kind="delayed", text="干线晚到半天"
    )
    key = f"key/{account.pk}/"
    return ["key/", key, f"{key}report/", "key/slips/", "anomalies/", f"anomalies/{found.pk}/", f"tracking/{goods.number}/", "pickups/"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_are_accessible_and_fit(clerk: Page, live_server, pages: list[str], theme: str, width: int) -> None:  # noqa: F811
    clerk.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    clerk.set_viewport_size({"width": width, "height": 900})
    for path in pages:
        clerk.goto(f"{live_server.url}/desk/{path}")
        clerk.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true })")
        found = Axe().run(clerk).response["violations"]
        assert [(each["id"], each["nodes"][0]["target"]) for each in found] == [], path
        assert clerk.evaluate("document.documentElement.scrollWidth") <= width, path
