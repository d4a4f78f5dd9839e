"""Both sides of a chat in one story in Chromium; the console and the hall pass axe and fit a phone (§3.2, §4.3.1.1)."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from core import clock
from customers import services as customers
from customers.models import ChatTurn, Conversation
from customers.services import Said
from tests.factories import Company, placed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "zh-CN"}


@pytest.fixture(autouse=True)
def _media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def company(transactional_db) -> Company:
    return Company()


def logged_in(browser, live_server, client, person, **options):
    client.force_login(person.account)
    context = browser.new_context(locale="zh-CN", **options)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    return context.new_page()


def test_a_customer_asks_and_is_answered_without_reloading(page, browser, live_server, client, company):
    customers.write_phrase(clerk=company.officer, text="请稍等，正在为您查询。", now=clock.now())
    desk = logged_in(browser, live_server, client, company.clerk)
    desk.goto(f"{live_server.url}/desk/chats/")
    expect(desk.get_by_text("这里没有咨询")).to_be_visible()
    order = placed(clock.now(), branch=company.branch)
    page.goto(f"{live_server.url}/orders/{order.number}/")
    page.get_by_role("main").get_by_role("link", name="在线客服").click()
    page.get_by_label("寄件人或收件人电话的后四位").fill("8000")
    page.get_by_label("内容").fill("货到哪里了？")
    page.get_by_role("button", name="开始咨询").click()
    expect(page.get_by_role("log")).to_contain_text("西湖营业部在线客服")
    row = desk.locator("tr[data-key-row]")  # the clerk's list shows it by itself
    expect(row).to_contain_text(order.number)
    expect(row.locator("time.countdown")).to_be_visible()
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("log")).to_contain_text("货到哪里了？")
    expect(desk.get_by_role("region", name=re.compile("订单"))).to_contain_text("五金配件")
    page.get_by_label("内容").fill("我还在打字")
    page.get_by_label("内容").focus()
    box = desk.get_by_label("回复")
    box.focus()
    desk.keyboard.press("Alt+2")  # the order's own sentence comes first, then the phrases
    expect(box).to_have_value("请稍等，正在为您查询。")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("log")).to_contain_text("请稍等，正在为您查询。")
    expect(box).to_have_value("")
    expect(page.get_by_role("log")).to_contain_text("请稍等，正在为您查询。")
    expect(page.get_by_role("log")).to_contain_text("西湖营业部 · 营业部受理员")
    expect(page.get_by_label("内容")).to_have_value("我还在打字")
    expect(page.get_by_label("内容")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("log")).to_contain_text("我还在打字")
    expect(desk.get_by_role("log")).to_contain_text("我还在打字")
    assert list(ChatTurn.objects.order_by("pk").values_list("state", flat=True)) == ["answered", "waiting"]
    desk.context.close()


def test_a_refusal_stays_in_the_chat_and_the_words_in_the_box(page, live_server, company):
    page.goto(f"{live_server.url}/chat/")
    page.get_by_label("内容").fill("货到哪里了？")
    page.get_by_role("button", name="开始咨询").click()
    page.get_by_role("log").wait_for()
    page.get_by_label("图片").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    page.get_by_label("内容").fill("看这个")
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_role("alert")).to_contain_text("不是可用的图片")
    expect(page.get_by_label("内容")).to_have_value("看这个")


def test_the_hall_without_javascript(browser, live_server, company):
    page = browser.new_context(java_script_enabled=False, locale="zh-CN").new_page()
    page.goto(f"{live_server.url}/chat/")
    page.get_by_label("内容").fill("货到哪里了？")
    page.get_by_role("button", name="开始咨询").click()
    chat = Conversation.objects.get()
    customers.answer_chat(pk=chat.pk, clerk=company.agent, text="请说订单号", now=clock.now())
    page.get_by_label("内容").fill("E123")
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_role("log")).to_contain_text("请说订单号")
    expect(page.get_by_role("log")).to_contain_text("E123")
    page.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_pass_axe_and_fit_a_phone(page, context, browser, live_server, client, company, theme):
    now = clock.now()
    order = placed(now, branch=company.branch)
    chat = customers.open_chat(
        said=Said("长" * 300), unit=company.branch, now=now, name="张三", phone="13800138000", order_number=order.number
    )
    customers.write_phrase(clerk=company.manager, text="请稍等，正在为您查询。", now=now)
    done = customers.open_chat(said=Said("问" * 20), unit=company.branch, now=now)
    customers.answer_chat(pk=done.pk, clerk=company.clerk, text="答", now=now)
    customers.close_chat(pk=done.pk, clerk=company.clerk, now=now)
    desk = logged_in(browser, live_server, client, company.manager)
    desk.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    found: list[str] = []
    for path in ("", "?tab=all", "?tab=closed&number=x", f"{chat.pk}/", f"{done.pk}/", "phrases/"):
        found += _problems(desk, f"{live_server.url}/desk/chats/{path}")
    found += _problems(page, f"{live_server.url}/chat/?order={order.number}")
    page.get_by_role("button", name="开始咨询").click()
    page.get_by_role("alert").wait_for()
    found += _problems(page, "")
    page.get_by_label("内容").fill("好" * 200)
    page.get_by_role("button", name="开始咨询").click()
    page.get_by_role("log").wait_for()
    found += _problems(page, "")
    found += _problems(page, f"{live_server.url}/chat/")
    desk.context.close()
    assert found == []


def _problems(page, url: str) -> list[str]:
    if url:
        page.goto(url)
    page.set_viewport_size({"width": 1280, "height": 900})
    violations = Axe().run(page, options=RULES).response["violations"]
    page.set_viewport_size({"width": 390, "height": 844})
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    narrow = Axe().run(page, options=RULES).response["violations"]
    told = [f"{page.url}: {each['id']} {[node['html'][:120] for node in each['nodes'][:2]]}" for each in [*violations, *narrow]]
    return told + ([f"{page.url}: wider than a phone"] if wide else [])
