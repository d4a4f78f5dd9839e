"""Two ways to the signature in a real browser, every hand its own: with cash and slip to the door, and by an outside carrier."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from core import clock
from delivery.models import Shipment
from network.models import Person
from orders import services as orders
from orders.models import Order
from rulebook.roles import Role
from tests.desk.test_browser import browser_context_args, company  # noqa: F401  (fixtures)
from tests.factories import CUSTOMER, Company, accepted, post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Hand = Callable[[Person | None], Page]


@pytest.fixture
def hand(browser: Browser, live_server, transactional_db: None) -> Hand:
    """Give each person a browser of their own; a stranger one without a login."""
    opened = []

    def of(person: Person | None) -> Page:
        context = browser.new_context(locale="zh-CN", base_url=live_server.url)
        opened.append(context)
        if person:
            client = Client()
            client.force_login(person.account)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        return context.new_page()

    yield of
    for context in opened:
        context.close()


def billed(company: Company, **changes: object) -> Order:  # noqa: F811
    """An order billed a moment ago, for the door; the second branch delivers it."""
    now = clock.now() - timedelta(minutes=2)
    order = accepted(now, company.clerk, branch=company.branch, placed_at=now, pickup=False, delivery="door", **changes)
    orders.quote(number=order.number, clerk=company.clerk, amount=Decimal(300), words="", now=now)
    orders.answer_quote(number=order.number, by=CUSTOMER, agreed=True, now=now)
    sizes = {"pieces": 10, "weight_kg": order.weight_kg, "volume_m3": order.volume_m3}
    orders.issue_waybill(number=order.number, clerk=company.clerk, **sizes, now=now)
    Shipment.objects.filter(order=order).update(door=True, terminal=company.second)
    return order


def tick(page: Page, order: Order) -> None:
    page.get_by_label(f"选择 {order.number}").check()


def to_the_terminal(company: Company, hand: Hand, order: Order) -> Page:  # noqa: F811
    """The goods leave the one branch and arrive at the other; return the browser of the other."""
    origin, terminal = hand(company.clerk), hand(company.second_clerk)
    origin.goto("/desk/deliveries/?tab=origin")
    tick(origin, order)
    origin.get_by_label("车牌号").fill("浙A12345")
    origin.get_by_role("button", name="登记发车").click()
    expect(origin.get_by_text("成功 1 票")).to_be_visible()
    terminal.goto("/desk/deliveries/?tab=coming")
    tick(terminal, order)
    terminal.get_by_role("button", name="登记进港").click()
    expect(terminal.get_by_text("成功 1 票")).to_be_visible()
    return terminal


def told(customer: Page, order: Order) -> list[str]:
    """What the shipper reads, newest first, once the phone's last digits are given."""
    customer.goto(f"/track/?numbers={order.waybill.number}")
    if (tail := customer.locator("#tail")).count():
        tail.fill("8000")
        customer.get_by_role("button", name="验证").click()
    expect(customer.locator(".hall-facts")).to_be_visible()
    return customer.locator(".hall-events span").all_inner_texts()


def test_deliver_with_cash_and_slip(hand: Hand, company: Company) -> None:  # noqa: F811
    company.second_driver, company.finance = post(Role.COURIER, company.second), post(Role.FINANCE, company.department)
    order = billed(company, cod_amount=Decimal("1200.00"), slip_return="original")
    terminal, courier, finance, customer = (
        to_the_terminal(company, hand, order), hand(company.second_driver), hand(company.finance), hand(None),
    )  # fmt: skip
    terminal.goto("/desk/deliveries/")
    tick(terminal, order)
    terminal.get_by_label("司机").select_option(company.second_driver.number)
    terminal.get_by_role("button", name="装车派送").click()
    expect(terminal.get_by_text("成功 1 票")).to_be_visible()

    courier.goto("/desk/m/goods/")
    stop = courier.locator(f"#stop-{order.number}")
    stop.get_by_label("实收金额").fill("1200")
    stop.get_by_role("button", name="现金").click()
    expect(stop.get_by_text("收款", exact=True)).to_have_count(0)
    stop.get_by_text("签收", exact=True).first.click()
    stop.get_by_role("button", name="本人").click()
    expect(courier.locator(f"[data-done='{order.number}']").first).to_be_visible()

    terminal.goto("/desk/cash/")
    terminal.get_by_label("清点金额").fill("1200.00")
    terminal.get_by_role("button", name="清点入库").click()
    terminal.get_by_label("存款单号").fill("ICBC-7")
    terminal.get_by_role("button", name="登记存行").click()
    expect(terminal.get_by_text("已登记存行")).to_be_visible()
    finance.goto("/desk/cash/")
    finance.get_by_role("button", name="银行已确认到账").click()
    finance.get_by_label("汇付批次号").fill("R1")
    finance.get_by_role("button", name="登记汇付").click()
    expect(finance.get_by_text("已登记汇付")).to_be_visible()
    finance.goto("/desk/cash/days/")
    expect(finance.locator(".cash-equations")).to_contain_text("银行已确认 1200.00 = 已汇付 1200.00")

    for person, state in ((company.second_clerk, "待返回 · 滨江营业部"), (company.clerk, "已返回 · 西湖营业部")):
        branch = hand(person)
        branch.goto("/desk/slips/scan/")
        branch.keyboard.type(order.waybill.number)
        branch.keyboard.press("Enter")
        expect(branch.locator("#scans li").first).to_contain_text(state)
        expect(branch.locator("#scan-number")).to_be_focused()
        expect(branch.locator("#scan-number")).to_have_value("")

    said = told(customer, order)
    assert said[:7] == [
        "【西湖营业部】签收单已返回", "【滨江营业部】已收到签收单，正在返回", "代收货款已汇付给发货人", "银行已确认代收货款到账，等待汇付",
        "【滨江营业部】代收货款已存行，等待银行确认", "【滨江营业部】代收货款已清点入库", "【滨江营业部】已签收，共 10 件",
    ]  # fmt: skip
    assert "【滨江营业部】已收到代收货款 ¥1200.00" in said


def test_forward_and_track(hand: Hand, company: Company) -> None:  # noqa: F811
    """§1.3.2, §4.3.2.6: a carrier with phone and number, one entry a day, the customer reads what it found."""
    order = billed(company)
    terminal, customer = to_the_terminal(company, hand, order), hand(None)
    terminal.goto(f"/desk/goods/{order.number}/")
    terminal.get_by_text("外发", exact=True).first.click()
    form = terminal.locator("#forward")
    form.get_by_label("外发承运商").fill("顺达物流")
    form.get_by_label("承运商电话").fill("021-55550000")
    form.get_by_label("承运商单号").fill("SD1")
    form.get_by_role("button", name="外发").click()
    expect(terminal.locator("main")).to_contain_text("外发")
    terminal.goto("/desk/tracking/?tab=forwarded")
    row = terminal.locator(f"#track-{order.number}")
    expect(row).to_contain_text("顺达物流 SD1")
    terminal.keyboard.press("j")
    expect(row).to_be_focused()
    terminal.keyboard.press("x")
    terminal.get_by_label("常用语").select_option("at_city")
    terminal.get_by_role("button", name="批量登记跟踪").click()
    expect(row).to_contain_text("已到达目的城市")
    terminal.locator("#numbers").fill(order.waybill.number)
    terminal.locator("#numbers").press("Enter")
    expect(terminal.locator("h1")).to_contain_text(order.number)
    terminal.locator("#sign summary").click()
    sign = terminal.locator("#sign")
    sign.get_by_label("签收人").fill("李四")
    sign.get_by_label("与收货人关系").select_option("self")
    sign.get_by_role("button", name="签收", exact=True).click()
    expect(terminal.locator("main")).to_contain_text("签收")
    said = told(customer, order)
    assert said[:3] == [
        "【滨江营业部】已签收，共 10 件", "【滨江营业部】已向承运商查询货物情况（已到达目的城市）", "【滨江营业部】货物已转交顺达物流承运",
    ]  # fmt: skip
    expect(customer.locator(".hall-facts")).to_contain_text("021-55550000")
