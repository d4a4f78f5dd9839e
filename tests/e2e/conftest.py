"""One running system for the whole folder, and people who use it in browsers of their own."""

import os
import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.logins import PASSWORD
from tests.e2e.system import System, broker_of_its_own, database_of_its_own

PATIENCE = 40  # seconds: a tick, a poll, and a machine that has other work
PASTE = "张三 13800138000 浙江省杭州市西湖区文三路100号"
FILLED = {
    "shipper_name": "张三", "shipper_phone": "13800138000", "shipper_address": "文三路100号",
    "shipper_place_province": "330000", "shipper_place_city": "330100", "shipper_place_county": "330106",
    "consignee_name": "李四", "consignee_phone": "13900139000", "consignee_address": "漕溪北路200号",
    "consignee_place_province": "310000", "consignee_place_city": "310100", "consignee_place_county": "310104",
    "goods": "五金配件", "pieces": "10", "weight_kg": "120", "pickup": "True", "branch_code": "B1",
    "payer": "shipper", "delivery": "self_pickup", "slip_return": "none",
}  # fmt: skip

Visitor = Callable[..., Page]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: object) -> Iterator[None]:
    """Show with a failure what the processes had to say."""
    report = yield
    system = getattr(item, "funcargs", {}).get("system")
    if report.failed and system:
        report.sections.append(("log of the processes", system.logs()))
    return report


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The system as `make run` starts it, on SQLite alone or, as the environment says, on PostgreSQL with Redis."""
    state = tmp_path_factory.mktemp("state")
    urls = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    with database_of_its_own(urls[0]) as database, broker_of_its_own(urls[1]) as broker:
        running = System(state, database, broker)
        try:
            running.prepare()
            running.start()
            yield running
        finally:
            running.stop()


@pytest.fixture
def visitor(system: System, browser: Browser) -> Iterator[Visitor]:
    """Open a browser of one's own: as a customer, or logged in. What a page complains of fails the test."""
    expect.set_options(timeout=PATIENCE * 1000)
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def come(login: str = "", **options: object) -> Page:
        options = {"locale": "zh-CN", "viewport": {"width": 1440, "height": 900}, "base_url": system.url, **options}
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE * 1000)
        contexts.append(context)
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        context.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
        context.on("response", lambda answer: wrong.append(answer.url) if answer.status >= 500 else None)
        page = context.new_page()
        if login:
            log_in(page, login)
        return page

    yield come
    for context in contexts:
        context.close()
    assert wrong == []


def log_in(page: Page, login: str) -> None:
    page.goto("/login/")
    page.locator("#id_login").fill(login)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")
    page.wait_for_url(re.compile("/desk/"))


def place(page: Page) -> str:
    """Order in the hall, with the branch named, and return the order's number."""
    page.goto("/order/")
    page.get_by_label("粘贴地址自动识别").first.fill(PASTE)
    page.get_by_role("button", name="识别 寄件人").click()
    page.get_by_role("radio", name=re.compile("西湖营业部")).check()
    page.locator("#id_consignee_paste").fill("李四 13900139000 上海市徐汇区漕溪北路200号")
    page.get_by_role("button", name="识别 收件人").click()
    expect(page.locator("#id_consignee_place_county")).to_have_value("310104")
    page.get_by_label("货物名称").fill("五金配件")
    page.get_by_label("件数").fill("10")
    page.get_by_label("重量").fill("120")
    page.get_by_role("button", name="提交订单").click()
    expect(page.get_by_role("heading", name="下单成功")).to_be_visible()
    return page.locator(".hall-number strong").inner_text()


def send(page: Page) -> str:
    """Send the hall's form as it is when filled in, without drawing the page; return the order's number."""
    blank = page.request.get("/order/").text()
    hidden = dict(re.findall(r'name="(csrfmiddlewaretoken|token)" value="([^"]+)"', blank))
    answer = page.request.post("/order/", form=hidden | FILLED)
    found = re.search(r"/placed/(E\d+)/", answer.url)
    assert found, answer.text()
    return found[1]


def until_reloaded(page: Page, shown: Callable[[], bool]) -> None:
    """Reload a page that does not refresh itself until it shows what the worker has done."""
    end = time.monotonic() + PATIENCE
    while not shown():
        assert time.monotonic() < end, page.locator("main").inner_text()
        time.sleep(0.5)
        page.reload()
