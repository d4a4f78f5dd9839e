"""The pages of penalties in a real browser: an appeal from one's own penalty; accessible, never wider than the screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from core import clock
from penalties.models import Penalty
from rulebook.due import local
from rulebook.roles import Role
from tests.desk.test_browser import browser_context_args, clerk, company  # noqa: F401  (fixtures)
from tests.factories import Company, post
from tests.penalties.money import bonus, fine

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def fined(company: Company) -> Penalty:  # noqa: F811
    now = f"{local(clock.now()):%Y-%m-%d %H:%M:%S}"
    return fine(company, "50", now)


def become(page: Page, live_server, person: object) -> None:
    client = Client()
    client.force_login(person.account)  # type: ignore[attr-defined]
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])


def test_from_ones_own_penalty_to_an_appeal(clerk: Page, live_server, company: Company) -> None:  # noqa: F811
    penalty = fined(company)
    clerk.goto(f"{live_server.url}/desk/my-penalties/")
    clerk.get_by_role("link", name="其他违反公司规定的行为").click()
    clerk.get_by_text("申诉", exact=True).first.click()
    clerk.get_by_label("申诉理由").fill("当时已联系客户")
    clerk.get_by_role("button", name="申诉").click()
    expect(clerk.get_by_text("等待电子商务管理部处理。")).to_be_visible()
    assert Penalty.objects.get(pk=penalty.pk).state == "appealed"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_are_accessible_and_fit(clerk: Page, live_server, company: Company, theme: str, width: int) -> None:  # noqa: F811
    penalty = fined(company)
    company.purser = post(Role.FINANCE, company.department)  # type: ignore[attr-defined]
    bonus(company, "30", local(clock.now()).date().replace(day=1))
    month = f"{local(clock.now()):%Y-%m}"
    clerk.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    clerk.set_viewport_size({"width": width, "height": 900})
    pages = (
        (company.clerk, ("my-penalties/", f"penalties/{penalty.pk}/", "penalties/statement/")),
        (company.officer, ("penalties/", "penalties/new/", "regulations/", f"penalties/{penalty.pk}/")),
        (company.purser, (f"bonus/?month={month}",)),
    )  # fmt: skip
    for person, paths in pages:
        become(clerk, live_server, person)
        for path in paths:
            clerk.goto(f"{live_server.url}/desk/{path}")
            found = Axe().run(clerk).response["violations"]
            assert [(each["id"], each["nodes"][0]["target"]) for each in found] == [], path
            assert clerk.evaluate("document.documentElement.scrollWidth") <= width, path
