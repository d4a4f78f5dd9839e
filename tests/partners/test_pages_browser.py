"""The pages about partners in a real browser: a dead push is sent again by hand; accessible, never wider than the screen."""

from __future__ import annotations

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from core import clock
from orders import services as orders
from partners.models import Call, Partner, Push
from partners.services import issue_key
from tests.api.client import partner
from tests.desk.test_browser import browser_context_args, clerk, company  # noqa: F401  (fixtures)
from tests.desk.test_penalties_browser import become
from tests.factories import Company, draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SHOTS")


@pytest.fixture
def taobao(company: Company) -> Partner:  # noqa: F811
    """A partner with one push given up and one waiting, two keys and a few calls."""
    now = clock.now()
    made = partner("TB", callback_url="https://tb.example/callback/with/a/rather/long/path", callback_hosts=["tb.example"])
    for _time in range(2):
        issue_key(made, now=now)
    orders.place(draft(branch_code="B1"), channel="partner", by=made.actor, source=made.source, external_no="TB-1", now=now)
    Push.objects.filter(seq=1).update(state="dead", attempts=6, status=502, answer="<html>" + "x" * 200, settled_at=now)
    for status, code in ((200, ""), (401, "signature_wrong"), (201, "")):
        Call.objects.create(
            partner=made, key="k0123456789abcdef", at=now, method="POST", path="/api/v1/orders/E2611040000012/edit/", status=status, code=code,
            request_id="7f3f07df-6b50-4e3e-ae4a-b9a18e3ca149", milliseconds=12,
        )  # fmt: skip
    return made


def test_a_dead_push_is_sent_again(clerk: Page, live_server, company: Company, taobao: Partner) -> None:  # noqa: F811
    become(clerk, live_server, company.officer)
    clerk.goto(f"{live_server.url}/desk/pushes/")
    clerk.get_by_role("button", name="重新推送 E").click()
    expect(clerk.get_by_text("已安排重新推送 1 条，约 10 秒内发出。")).to_be_visible()
    expect(clerk.get_by_text("没有符合条件的推送")).to_be_visible()
    assert Push.objects.get(seq=1).state == "waiting"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_accessible_and_fit(clerk: Page, live_server, company: Company, taobao: Partner, theme: str, width: int) -> None:  # noqa: F811
    become(clerk, live_server, company.officer)
    clerk.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    clerk.set_viewport_size({"width": width, "height": 900})
    paths = ("desk/pushes/", "desk/pushes/?state=waiting", "desk/partners/", f"desk/partners/{taobao.pk}/", f"desk/partners/{taobao.pk}/calls/",
             "developers/", "developers/signature/")  # fmt: skip
    for path in paths:
        clerk.goto(f"{live_server.url}/{path}")
        held(clerk, f"{path} {theme} {width}")
    clerk.get_by_label("路径与查询串").fill("/api/v1/orders/?state=accepted")
    clerk.get_by_label("X-Timestamp").fill("1793757600")
    clerk.get_by_label("X-Nonce").fill("abcdef0123456789")
    clerk.get_by_label("您的待签名串").fill("GET\n/api/v1/orders/\n1793757600\nabcdef0123456789\n")
    clerk.get_by_role("button", name="检查", exact=True).click()
    expect(clerk.get_by_role("heading", name="比较结果")).to_be_visible()
    held(clerk, f"checked {theme} {width}")


def held(page: Page, where: str) -> None:
    """Hold the page shown to axe and to the width of its screen."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{where.replace('/', '_').replace('?', '_')}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]][:2]) for each in found] == [], where
