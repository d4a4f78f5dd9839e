"""A customer's own pages in Chromium: both themes pass axe, nothing scrolls sideways on a phone, the price comes by itself."""

import os

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from core import clock
from customers.models import Address
from customers.services import addresses
from customers.services.addresses import Contact
from orders.services.drafting import keep_draft
from rulebook.roles import Role
from tests.factories import Company, bound, placed, post
from tests.portal.test_browser import PASTE, _problems
from tests.pricing.prices import lane, live

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "zh-CN"}


@pytest.fixture
def account(transactional_db):
    company = Company()
    live(post(Role.PRICE_MANAGEMENT, company.department), lane())
    account = bound(company.branch)
    now = clock.now()
    addresses.keep(account, Contact(name="李四", phone="13900139000", place="310104", address="漕溪北路 200 号", group="上海"), default=True, now=now)
    keep_draft(account, {"consignee_name": "李四", "goods": "五金配件"}, known=None, now=now)
    placed(now, branch=company.branch)
    return account


@pytest.fixture
def inside(page, context, live_server, account):
    """A page whose browser is logged in."""
    client = Client()
    client.force_login(account.account)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return page


def test_the_price_comes_while_the_form_is_filled_in(inside, live_server):
    page = inside
    page.goto(f"{live_server.url}/order/")
    page.get_by_label("粘贴地址自动识别").first.fill(PASTE)
    page.get_by_role("button", name="识别 寄件人").click()
    page.get_by_text("已识别并填入下面各项").wait_for()
    page.locator("#id_consignee_paste").fill("李四 13900139000 上海市徐汇区漕溪北路200号")
    page.get_by_role("button", name="识别 收件人").click()
    page.get_by_label("件数").fill("10")
    page.get_by_label("重量").fill("120")
    expect(page.locator("#price")).to_contain_text("120 kg × 2.24 = ¥268.80")


def test_an_address_is_picked_and_saved_from_a_paste(inside, live_server):
    page = inside
    page.goto(f"{live_server.url}/order/")
    page.get_by_label("货物名称").fill("五金配件")
    page.get_by_role("button", name="从地址簿选择 收件人").click()
    page.get_by_role("link", name="选用 李四").click()
    expect(page.locator("#id_consignee_name")).to_have_value("李四")
    expect(page.locator("#id_goods")).to_have_value("五金配件")
    page.goto(f"{live_server.url}/my/addresses/new/")
    page.get_by_label("粘贴地址自动识别").fill(PASTE)
    page.get_by_role("button", name="识别").click()
    page.get_by_text("已识别并填入下面各项").wait_for()
    page.get_by_role("button", name="保存").last.click()
    page.get_by_text("地址已保存。").wait_for()
    assert Address.objects.filter(name="张三", place="330106").exists()


PAGES = [
    "/my/", "/order/", "/my/orders/", "/my/orders/?state=signed", "/my/cod/", "/my/drafts/", "/my/addresses/", "/my/addresses/?pick=consignee", "/my/addresses/?q=none", "/my/addresses/new/",
    "/my/addresses/import/",
]  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_pass_axe_and_fit_a_phone(inside, context, live_server, account, theme):
    context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    found = []
    for path in PAGES + [f"/my/addresses/{Address.objects.get().pk}/{part}" for part in ("", "delete/")]:
        found += _problems(inside, live_server.url + path)
        if shots := os.environ.get("SHOTS"):
            name = path.strip("/").replace("/", "_").replace("?", "_")
            inside.screenshot(path=f"{shots}/{theme}-390-{name}.png", full_page=True)
            inside.set_viewport_size({"width": 1280, "height": 900})
            inside.screenshot(path=f"{shots}/{theme}-1280-{name}.png", full_page=True)
    assert found == []
