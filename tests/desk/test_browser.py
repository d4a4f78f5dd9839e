"""The queue in a real browser: keys, focus, typed text, the bell's title, a lost connection; axe in both themes."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from core import clock
from orders import services as orders
from orders.models import Order, Waybill
from pickup import services as pickup
from pricing.services.tariffs import draft
from rulebook.due import local_day
from rulebook.roles import Role
from sla.models import Heartbeat
from tests.desk.code128 import read
from tests.factories import CUSTOMER, Company, accepted, placed, post, reached
from tests.pricing.prices import lane, live

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


def to_bill(company: Company) -> Order:
    now = clock.now()
    order = accepted(now, company.clerk, branch=company.branch, placed_at=now - timedelta(minutes=1), pickup=False)
    orders.quote(number=order.number, clerk=company.clerk, amount=Decimal(320), words="一口价", now=now)
    return orders.answer_quote(number=order.number, agreed=True, by=CUSTOMER, now=now)


def issued(company: Company) -> Waybill:
    """A bill that has been checked and printed and waits for an amendment's approval."""
    order, given = to_bill(company), {"clerk": company.clerk, "now": clock.now()}
    sizes = {"pieces": 11, "weight_kg": Decimal(130), "volume_m3": Decimal(1)}
    waybill = orders.issue_waybill(number=order.number, **sizes, **given)
    for paper in ("waybill", "labels"):
        orders.print_waybill(number=order.number, paper=paper, **given)
    orders.check_bill(number=order.number, **given)
    return waybill


def test_the_price_follows_the_figures_as_they_are_typed(clerk: Page, live_server, company: Company) -> None:
    order = to_bill(company)
    clerk.goto(f"{live_server.url}/desk/orders/{order.number}/bill/")
    clerk.get_by_label("实际件数").fill("11")
    expect(clerk.locator("#outcome")).to_contain_text("10 → 11")
    clerk.get_by_label("每件尺寸").fill("11×40×30×25")
    clerk.get_by_label("实际体积").fill("")
    expect(clerk.locator("#outcome")).to_contain_text("0.330 m³")
    clerk.get_by_label("实际重量").fill("0")
    expect(clerk.locator("#outcome")).to_contain_text("不能小于")
    clerk.get_by_label("实际重量").fill("130.5")
    expect(clerk.locator("#outcome")).to_contain_text("¥320.00")
    clerk.get_by_role("button", name="开单", exact=True).click()
    expect(clerk.locator("h1")).to_contain_text(Waybill.objects.get(order=order).number)


def test_bill_a_collected_order(clerk: Page, live_server, company: Company) -> None:
    """From the courier's hand-over to the labels: weighed, price in sight, finished by keys, papers printed, checked (§1.4.3, §3.5)."""
    now = clock.now()
    live(post(Role.PRICE_MANAGEMENT, company.department), since=f"{local_day(now):%F}", at=now)
    order = accepted(now, company.clerk, branch=company.branch, placed_at=now - timedelta(minutes=2))
    clerk.goto(f"{live_server.url}/desk/orders/{order.number}/")
    clerk.get_by_role("link", name="称量开单").click()
    expect(clerk.get_by_role("alert")).to_contain_text("货物接到后才能开单")
    pickup.collect(number=order.number, clerk=company.driver, pieces=10, packing_ok=True, now=clock.now())
    clerk.goto(f"{live_server.url}/desk/bills/")
    clerk.get_by_role("link", name=f"开单 {order.number}").click()
    clerk.get_by_label("实际件数").fill("3")
    clerk.keyboard.press("Tab")
    clerk.keyboard.type("130")
    clerk.keyboard.press("Tab")
    clerk.keyboard.type("3×100×50×40")
    outcome = clerk.locator("#outcome")
    expect(outcome).to_contain_text("10 → 3")
    expect(outcome).to_contain_text("0.600 m³")
    expect(outcome).to_contain_text("130 kg × 2.24 = ¥291.20")
    expect(outcome).to_contain_text("¥306.20")  # with ¥15 for the pickup
    clerk.get_by_role("button", name="开单", exact=True).press("Enter")
    waybill = Waybill.objects.get(order=order)
    expect(clerk.locator("h1")).to_contain_text(waybill.number)
    assert (waybill.pieces, str(waybill.weight_kg), str(waybill.amount), waybill.price_source) == (3, "130.00", "306.20", "listed")
    clerk.get_by_role("button", name="打印运单（客户联）").click()
    expect(clerk.locator("article")).to_contain_text("306.20 元")
    assert read(clerk.locator("svg.barcode").first.evaluate("svg => svg.outerHTML")) == waybill.number
    clerk.get_by_role("link", name="返回运单").click()
    clerk.locator("#print-labels summary").click()
    clerk.locator("#print-labels").get_by_role("button", name="打印货物标签").click()
    bars = clerk.eval_on_selector_all("svg.barcode", "all => all.map(svg => svg.outerHTML)")
    assert [read(svg) for svg in bars] == [f"{waybill.number}-{piece:03}/003" for piece in (1, 2, 3)]
    clerk.get_by_role("link", name="返回运单").click()
    clerk.locator("#check summary").click()
    clerk.locator("#check").get_by_role("button", name="已核对运单与托运书").click()
    expect(clerk.get_by_text("待客户确认")).to_be_visible()
    assert [(p.paper, p.serial) for p in waybill.prints.order_by("pk")] == [("waybill", 1), ("labels", 1)]


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
    ready, billed = to_bill(company), issued(company)
    clerk.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    clerk.set_viewport_size({"width": width, "height": 900})
    for path in (
        "", "?tab=open", "search/?q=8000", f"orders/{order.number}/", f"orders/{order.number}/confirm/",
        f"orders/{done.number}/change/", "pickups/", "m/", "bills/", "bills/?tab=check", f"orders/{ready.number}/bill/",
        f"orders/{billed.order.number}/bill/", f"orders/{billed.order.number}/amend/",
        f"orders/{billed.order.number}/papers/labels/", f"orders/{billed.order.number}/papers/waybill/",
    ):  # fmt: skip
        clerk.goto(f"{live_server.url}/desk/{path}")
        found = Axe().run(clerk).response["violations"]
        assert [(each["id"], each["nodes"][0]["target"]) for each in found] == [], path
        assert clerk.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_price_pages_are_accessible_and_fit(clerk: Page, live_server, company: Company, theme: str, width: int) -> None:
    pricer, now = post(Role.PRICE_MANAGEMENT, company.department), clock.now()
    live(pricer, since=f"{local_day(now):%F}", at=now)
    version = draft(code="T2", valid_from=local_day(now) + timedelta(days=1), lanes=[lane(heavy="3")], by=pricer, now=now)
    client = Client()
    client.force_login(pricer.account)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    clerk.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}, {"name": "theme", "value": theme, "url": live_server.url}]
    )
    clerk.set_viewport_size({"width": width, "height": 900})
    fee = version.surcharges.get(code="cod_t3").pk
    for path in ("", f"{version.pk}/", f"{version.pk}/charges/{fee}/", f"{version.pk}/charges/0/", f"{version.pk}/plans/0/"):
        clerk.goto(f"{live_server.url}/desk/prices/{path}")
        found = Axe().run(clerk).response["violations"]
        assert [(each["id"], each["nodes"][0]["target"]) for each in found] == [], path
        assert clerk.evaluate("document.documentElement.scrollWidth") <= width, path
