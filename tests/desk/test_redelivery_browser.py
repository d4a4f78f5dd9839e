"""The last mile in a real browser: fail, wait, reschedule, deliver with the fee (§1.3.3.3); load plans and records on both screens."""

from datetime import timedelta
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from core import clock
from delivery import services as delivery
from delivery.models import Attempt, Shipment
from network.models import Person
from orders import services as orders
from orders.models import AddedCharge, Order
from rulebook.due import local
from rulebook.roles import Role
from tests.desk.test_browser import browser_context_args, company  # noqa: F401  (fixtures)
from tests.factories import Company, accepted, post
from tests.pricing.prices import live

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def as_person(page: Page, url: str, person: Person) -> Page:
    client = Client()
    client.force_login(person.account)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    return page


def billed(company: Company, **changes: object) -> Order:  # noqa: F811
    """An order for the door priced by today's tariff, ¥268.80 freight, ¥24 delivery, paid by the consignee."""
    now = clock.now()
    content = {"pickup": False, "delivery": "door", "payer": "consignee", **changes}
    order = accepted(now, company.clerk, branch=company.branch, placed_at=now - timedelta(minutes=1), **content)
    orders.issue_waybill(
        number=order.number, clerk=company.clerk, pieces=10, weight_kg=Decimal(120), volume_m3=Decimal("0.8"), now=now
    )
    Shipment.objects.filter(order=order).update(terminal=company.second)
    return order


@pytest.fixture
def priced(company: Company) -> Company:  # noqa: F811
    company.second_driver = post(Role.COURIER, company.second)
    now = local(clock.now())
    live(post(Role.PRICE_MANAGEMENT, company.department), since=f"{now:%F}", at=f"{now:%F %T}")
    return company


def does(order: Order, verb: str, clerk: Person, **values: object) -> None:
    delivery.act(number=order.number, verb=verb, clerk=clerk, now=clock.now(), **values)


def test_fail_wait_reschedule_deliver_with_the_fee(page: Page, live_server, priced: Company) -> None:
    firm, url = priced, live_server.url
    order = billed(firm)
    does(order, "depart", firm.clerk, vehicle="浙A1")
    does(order, "arrive", firm.second_clerk)
    does(order, "load_for_delivery", firm.second_clerk, driver=firm.second_driver.number)

    # The courier waits, nobody comes, the attempt fails with the call made from the spot.
    page.set_viewport_size({"width": 390, "height": 844})
    as_person(page, url, firm.second_driver).goto(f"{url}/desk/m/goods/")
    stop = page.locator(f"#stop-{order.number}")
    expect(stop).to_contain_text("运费到付 292.80 元")
    stop.get_by_role("button", name="现场等待 30 分钟").click()
    expect(page.locator(f"#stop-{order.number} .q-chip .countdown-digits")).to_contain_text("29:")
    stop.get_by_text("未成功", exact=True).click()
    stop.get_by_label("现场联系").select_option("consignee")
    stop.get_by_label("联系记录").fill("收货人要求改天再送")
    stop.get_by_role("button", name="现场无人").click()
    expect(page.locator(f"#stop-{order.number}")).to_have_count(0)
    assert Attempt.objects.get().fee_due is False

    # The branch agrees a new time, calls, and loads again: the second attempt costs its fee.
    later = f"{local(clock.now() + timedelta(hours=6)):%FT%H:%M}"
    as_person(page, url, firm.second_clerk).goto(f"{url}/desk/goods/{order.number}/")
    page.locator("#reschedule summary").click()
    page.locator("#reschedule").get_by_label("与客户另约的送达时间").fill(later)
    page.locator("#reschedule").get_by_role("button", name="另约送达时间").click()
    page.goto(f"{url}/desk/goods/{order.number}/record/call/")
    page.get_by_label("告知的预计送达时间").fill(later)
    page.get_by_label("已核对现在的收货地址").check()
    page.get_by_label("已告知运费到付 292.80 元").check()
    page.get_by_role("button", name="派送前致电").click()
    expect(page.get_by_role("status").first).to_contain_text("派送前致电")
    page.locator("#load_for_delivery summary").click()
    page.locator("#load_for_delivery").get_by_label("司机").select_option(firm.second_driver.number)
    page.locator("#load_for_delivery").get_by_role("button", name="装车派送").click()
    page.goto(f"{url}/desk/goods/{order.number}/")
    expect(page.locator("#h-goods + dl + h3")).to_contain_text("开单后加收")
    expect(page.locator("body")).to_contain_text("第 2 次送货费 ¥30.00")

    # The courier collects it with the freight; it is signed for.
    as_person(page, url, firm.second_driver).goto(f"{url}/desk/m/goods/")
    stop = page.locator(f"#stop-{order.number}")
    expect(stop).to_contain_text("运费到付 322.80 元")
    expect(stop).to_contain_text("已致电")
    stop.get_by_text("签收", exact=True).click()
    stop.get_by_role("button", name="本人").click()
    expect(page.locator(f"#stop-{order.number}")).to_have_count(0)
    goods = Shipment.objects.get(order=order)
    assert (goods.state, goods.attempts_made) == ("signed", 2)
    assert [(row.zh, str(row.amount)) for row in AddedCharge.objects.all()] == [("第 2 次送货费", "30.00")]


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_pages_are_accessible_and_fit(page: Page, live_server, priced: Company, theme: str, width: int) -> None:
    firm, url = priced, live_server.url
    key, plain = billed(firm, delivery="upstairs", cod_amount=Decimal(500)), billed(firm)
    Shipment.objects.filter(order=key).update(key_customer=True)
    van = {"line": "杭州—上海", "vehicle": "浙A12345", "most_kg": Decimal(1000), "most_m3": Decimal(4)}
    load = delivery.open_load(clerk=firm.clerk, now=clock.now(), **van)
    delivery.add_to_load(plan=load.pk, number=plain.number, clerk=firm.clerk, now=clock.now(), pieces=4)
    delivery.ask_split(number=key.number, clerk=firm.clerk, now=clock.now(), pieces=4, reason="车厢已满")
    as_person(page, url, firm.clerk)
    page.context.add_cookies([{"name": "theme", "value": theme, "url": url}])
    page.set_viewport_size({"width": width, "height": 900})
    paths = ("loads/", f"loads/{load.pk}/", f"loads/{load.pk}/print/", f"splits/{key.number}/answer/", f"goods/{key.number}/",
             f"goods/{key.number}/record/call/", f"goods/{key.number}/record/circumstance/")  # fmt: skip
    for path in paths:
        page.goto(f"{url}/desk/{path}")
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["target"]) for each in found] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
