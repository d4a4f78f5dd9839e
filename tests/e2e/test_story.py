"""The story, with a real browser, web, worker and beat: an order is taken care of; the next one is left alone."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Visitor, place, until_reloaded
from tests.e2e.system import System

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.slow]


def test_an_order_is_called_accepted_printed_and_collected(visitor: Visitor) -> None:
    customer, clerk = visitor(), visitor("clerk")
    clerk.goto("/desk/")
    number = place(customer)
    row = clerk.locator(f"#row-{number}")
    expect(row).to_be_visible()  # a poll brought it
    ticking(row)
    row.get_by_role("button", name="受理").click()
    expect(row.get_by_role("alert")).to_contain_text("§1.4.1")
    call(clerk, row)
    expect(clerk.get_by_role("heading", name=number)).to_contain_text("已受理")
    print_note(clerk)
    dispatch(clerk, number)
    collect(clerk, number)
    timeline = clerk.locator(".s-timeline")
    for fact in (
        "下单",
        "订单到达西湖营业部",
        "联系客户",
        "确认已受理",
        "第 1 次打印托运书",
        "派车，司机西湖营业部接送货员",
        "已接货 10 件",
    ):
        expect(timeline).to_contain_text(fact)
    tracked(customer, number)


def ticking(row: Locator) -> None:
    """The countdown runs: under ten minutes, and another figure in the next second."""
    digits = row.locator(".countdown-digits")
    expect(digits).to_have_text(re.compile(r"^(10:00|0\d:\d\d)$"))
    shown = digits.inner_text()
    expect(digits).not_to_have_text(shown)


def call(clerk: Page, row: Locator) -> None:
    """Phone the customer and register the call, which ends with the acceptance (§4.3.2.1)."""
    row.get_by_role("button", name="电话").click()
    expect(clerk.get_by_role("link", name="13800138000")).to_be_visible()
    for box in clerk.locator(".c-checks input").all():
        box.check()
    clerk.get_by_role("radio", name="客户确认").check()
    clerk.get_by_role("button", name="提交通话结果").click()


def print_note(clerk: Page) -> None:
    with clerk.expect_popup() as opened:
        clerk.get_by_role("button", name="打印托运书").click()
    note = opened.value
    expect(note.locator("article")).to_have_count(2)
    expect(note.locator("article").first).to_contain_text("第 1 次打印")
    expect(note.locator("article svg").first).to_be_visible()
    note.close()


def dispatch(clerk: Page, number: str) -> None:
    clerk.goto("/desk/pickups/")
    clerk.get_by_role("checkbox", name=number).check()
    clerk.get_by_label("司机", exact=True).select_option(label="西湖营业部接送货员")
    clerk.get_by_label("车牌号").fill("浙A12345")
    clerk.get_by_role("button", name="派车").click()
    expect(clerk.get_by_role("status").filter(has_text="成功 1 条")).to_be_visible()


def collect(clerk: Page, number: str) -> None:
    clerk.goto(f"/desk/orders/{number}/#collect")
    form = clerk.locator("#collect form")
    form.get_by_label("实接件数").fill("10")
    form.get_by_label("包装合格").check()
    form.get_by_role("button", name="登记接货").click()
    expect(clerk.locator("#h-pickup + dl")).to_contain_text("已接货")


def tracked(customer: Page, number: str) -> None:
    customer.goto("/track/")
    customer.get_by_label("订单号或运单号").fill(number)
    customer.get_by_role("button", name="查询").click()
    expect(customer.get_by_role("heading", name="货物已接收")).to_be_visible()
    expect(customer.locator(".hall-done")).to_have_count(3)


def test_an_order_left_alone_reaches_the_call_centre_and_the_record_names_who_answers(
    system: System, visitor: Visitor
) -> None:
    customer, clerk, agent = visitor(), visitor("clerk"), visitor("agent")
    agent.goto("/desk/calls/")
    number = place(customer)
    clerk.goto("/desk/")
    due = datetime.fromisoformat(clerk.locator(f"#row-{number} time.countdown").get_attribute("data-due"))
    expect(agent.locator(f"#call-{number}")).to_have_count(0)
    system.clock.pass_by(due)
    row = agent.locator(f"#call-{number}")
    expect(row).to_contain_text("§1.2.1.1")
    expect(row.locator("time.countdown")).to_have_attribute("data-level", "over")
    expect(row.locator(".countdown-digits")).to_have_text(re.compile(r"^0[0-4]:\d\d$"))
    answers(clerk, number, "（§1.2.1.1），责任单位西湖营业部，责任人西湖营业部营业部经理")
    system.clock.pass_by(due + timedelta(minutes=5))
    answers(clerk, number, "（§1.2.1.1b），责任单位西湖营业部，责任人杭州区域区域经理")
    row.focus()
    agent.keyboard.press("1")
    expect(row).to_have_count(0)
    ten_minutes_again(visitor("second"), number)


def answers(clerk: Page, number: str, words: str) -> None:
    """The worker's tick has written the breach: clause, unit and person."""
    clerk.goto(f"/desk/orders/{number}/")
    until_reloaded(clerk, lambda: words in clerk.locator(".s-timeline").inner_text())


def ten_minutes_again(clerk: Page, number: str) -> None:
    clerk.goto("/desk/")
    clock = clerk.locator(f"#row-{number} time.countdown")
    due, now = (datetime.fromisoformat(clock.get_attribute(name)) for name in ("data-due", "data-now"))
    assert timedelta(minutes=8) < due - now <= timedelta(minutes=10)
