"""The pages of excuses, outages and watch lists in a real browser: accessible in both themes, never wider than the screen."""

from datetime import datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from core import clock
from network.choices import UnitKind
from penalties.models import WatchItem
from penalties.services import list_items
from reports.watches import found_on
from rulebook.due import at, local_day
from rulebook.roles import Role
from sla import services as sla
from sla.models import Filing, Outage
from sla.services import Fault
from tests.desk.test_browser import browser_context_args, company  # noqa: F401  (fixtures)
from tests.desk.test_redelivery_browser import as_person
from tests.factories import Company, placed, post, unit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCREENS = pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])


@pytest.fixture
def ten(company: Company) -> datetime:  # noqa: F811
    """Ten o'clock of yesterday, when two orders came; the day ended and nobody had accepted them."""
    ten = at(local_day(clock.now()), 10, days=-1)
    for minute in range(2):
        placed(ten + timedelta(minutes=minute), branch=company.branch)
    sla.tick(now=at(ten, 24) + timedelta(seconds=1))
    company.expert = post(Role.IT, unit("IT", UnitKind.DEPARTMENT, company.root, name="信息管理中心"))  # type: ignore[attr-defined]
    return ten


def shown(page: Page, url: str, theme: str, width: int) -> None:
    page.context.add_cookies([{"name": "theme", "value": theme, "url": url}])
    page.set_viewport_size({"width": width, "height": 900})


def sound(page: Page, name: str, width: int) -> None:
    """Hold the page shown to axe and to the width of its screen."""
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["target"]) for each in found] == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name


@SCREENS
def test_pages_are_accessible_and_fit(page: Page, live_server, company: Company, ten: datetime, theme: str, width: int) -> None:  # noqa: F811
    list_items(found_on(local_day(ten), clock.now()), now=clock.now())
    fault = Fault(reason="power_or_network", units=[company.branch], since=ten, until=ten + timedelta(minutes=11))
    sla.open_outage(fault=fault, text="全区停电", seen=None, person=company.expert, now=clock.now())  # type: ignore[attr-defined]
    filing, item = Filing.objects.first(), WatchItem.objects.first()
    as_person(page, live_server.url, company.officer)
    shown(page, live_server.url, theme, width)
    for path in ("filings/", f"filings/{filing.pk}/", "outages/", "watches/", f"watches/{item.pk}/"):
        assert page.goto(f"{live_server.url}/desk/{path}").status == 200, path
        sound(page, path.strip("/").replace("/", "-"), width)


@SCREENS
def test_an_outage_is_previewed_and_filed(page: Page, live_server, company: Company, ten: datetime, theme: str, width: int) -> None:  # noqa: F811
    as_person(page, live_server.url, company.expert)  # type: ignore[attr-defined]
    shown(page, live_server.url, theme, width)
    page.goto(f"{live_server.url}/desk/outages/new/")
    sound(page, "outage-form", width)
    day = f"{local_day(ten):%Y-%m-%d}"
    page.get_by_label("原因类别").select_option("power_or_network")
    page.get_by_label("开始").fill(f"{day}T10:00")
    page.get_by_label("结束").fill(f"{day}T11:00")
    page.get_by_label("单位编号").fill("B1")
    page.get_by_label("故障说明").fill("全区停电")
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_role("heading", name="受影响的时限 2 条")).to_be_visible()
    sound(page, "outage-preview", width)
    page.get_by_role("button", name="备案全部 2 条").click()
    expect(page.get_by_role("heading", name="各条结果 (2)")).to_be_visible()
    sound(page, "outage-result", width)
    assert Outage.objects.get().rows.exclude(filing=None).count() == 2
