"""A customer's own pages in Chromium: registering to ordering by hand, both themes pass axe, nothing scrolls sideways on a phone."""

import re

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import expect

from customers.models import CustomerAccount
from notify.models import Notice
from tests.factories import Company, bound, placed, sh
from tests.portal.test_browser import _problems

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a password long enough"
STRANGERS = ["/login/", "/register/", "/account/reset/", "/account/reset/sent/", "/account/mail/sent/", "/account/mail/none/", "/account/reset/1-x/", "/privacy/", "/demo/outbox/"]
MINE = ["/my/", "/my/phone/", "/my/notices/", "/my/data/", "/account/", "/account/password/", "/account/mail/", "/account/factor/", "/account/sessions/", "/logout/"]


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "zh-CN"}


@pytest.fixture
def company(transactional_db) -> Company:
    return Company()


@pytest.fixture
def account(company: Company) -> CustomerAccount:
    account = bound(company.branch)
    account.account.set_password(PASSWORD)
    account.account.email = "zhang@example.com"
    account.account.save()
    EmailAddress.objects.create(user=account.account, email="zhang@example.com", verified=True, primary=True)
    placed(sh("04 09:00:00"), branch=company.branch)
    return account


def log_in(page, live_server) -> None:
    page.goto(f"{live_server.url}/login/")
    page.get_by_label("用户名").fill("zhangsan")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/my/")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_pass_axe_and_fit_a_phone(page, context, live_server, account, theme):
    context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    found = [each for path in STRANGERS for each in _problems(page, live_server.url + path)]
    page.goto(f"{live_server.url}/register/")
    page.get_by_role("button", name="注册").click()
    page.get_by_role("alert").wait_for()
    found += _problems(page, "")
    log_in(page, live_server)
    page.goto(f"{live_server.url}/account/again/?next=/account/")
    page.get_by_label("密码").fill(PASSWORD)
    found += _problems(page, "")
    page.get_by_role("button", name="继续").click()
    for path in MINE:
        found += _problems(page, live_server.url + path)
    assert found == []


def test_from_registering_to_the_verified_phone_by_hand(page, live_server, company):
    page.goto(f"{live_server.url}/register/")
    page.get_by_label("用户名").fill("wangwu")
    page.get_by_label("电子邮箱").fill("wang@example.com")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("再输一次密码").fill(PASSWORD)
    page.get_by_label("我已阅读并同意").check()
    page.get_by_role("button", name="注册").click()
    page.get_by_role("heading", name="请查收邮件").wait_for()
    page.goto(re.search(r"http\S+", Notice.objects.get().text)[0])
    page.get_by_role("button", name="确认").click()
    page.get_by_label("用户名").fill("wangwu")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("link", name="现在验证").click()
    page.get_by_label("发货用的手机号").fill("13712345678")
    page.get_by_role("button", name="发送验证码").click()
    page.get_by_label("短信验证码").fill(re.search(r"\d{6}", Notice.objects.order_by("-pk")[0].text)[0])
    page.get_by_label("姓名或公司名称").fill("王五五金")
    page.locator("#id_place_province").select_option("330000")
    page.locator("#id_place_city").select_option("330100")
    page.locator("#id_place_county").select_option("330106")
    page.get_by_role("button", name="验证", exact=True).click()
    expect(page.get_by_text("王五五金 · 137****5678")).to_be_visible()
