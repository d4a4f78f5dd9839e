"""The courier's page in a real browser: through a dead spot with signature and photo, told in order, refused with its reason."""

from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from core import clock
from delivery.models import CashOnDelivery, Proof, Scan, Shipment
from orders.models import Order
from rulebook.roles import Role
from tests.delivery.pictures import jpeg
from tests.delivery.test_shipments import sent
from tests.desk.test_browser import browser_context_args, company  # noqa: F401  (fixtures)
from tests.factories import Company, post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def courier(page: Page, live_server, company: Company) -> Page:  # noqa: F811
    company.second_driver = post(Role.COURIER, company.second)
    client = Client()
    client.force_login(company.second_driver.account)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page.set_viewport_size({"width": 390, "height": 844})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    yield page
    assert errors == []


def on_the_van(company: Company, cod: str = "0.00") -> Order:  # noqa: F811
    """Goods loaded ten minutes ago; the way there is not what this is about."""
    order = sent(company, cod=cod)
    goods, at = Shipment.objects.get(order=order), clock.now() - timedelta(minutes=10)
    Shipment.objects.filter(order=order).update(
        state="out_for_delivery", driver=company.second_driver, attempts_made=1, arrived_at=at, turns=1
    )
    Scan.objects.create(
        shipment=goods, source=f"load{order.pk}", verb="load_for_delivery", state="applied", turn=1,
        person=company.second_driver, at=at, recorded_at=at,
    )  # fmt: skip
    CashOnDelivery.objects.filter(order=order).update(unit=company.second)
    return order


def remembered(page: Page, url: str) -> None:
    """Open the page and wait until it would open without a connection."""
    page.goto(url)
    expect(page.locator("#phone-queue")).to_have_attribute("data-ready", "1")


def sign_by_hand(page: Page, stop, relation: str) -> None:
    stop.get_by_text("签收", exact=True).click()
    canvas = stop.locator("details[data-verb=sign] canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 100)
    page.mouse.down()
    for step in range(1, 8):
        page.mouse.move(box["x"] + 20 + 35 * step, box["y"] + (30 if step % 2 else 110))
    page.mouse.up()
    stop.locator("details[data-verb=sign] button[name=relation]", has_text=relation).click()


def test_a_day_goes_on_through_a_dead_spot(courier: Page, live_server, company: Company, tmp_path: Path) -> None:  # noqa: F811
    money, door, wrong = on_the_van(company, cod="500.00"), on_the_van(company), on_the_van(company)
    photo = tmp_path / "slip.jpg"
    photo.write_bytes(jpeg(3000, 2000))
    remembered(courier, f"{live_server.url}/desk/m/goods/")
    courier.context.set_offline(True)
    courier.reload()
    stop = {order: courier.locator(f"#stop-{order.number}") for order in (money, door, wrong)}

    pay = stop[money].locator("details[data-verb=cash]")
    pay.get_by_label("实收金额").fill("499.99")
    pay.get_by_role("button", name="现金").click()
    expect(pay.get_by_role("alert")).to_contain_text("与应收 500.00 元不符")
    pay.get_by_label("实收金额").fill("500")
    pay.get_by_role("button", name="现金").click()
    sign_by_hand(courier, stop[money], "本人")

    stop[door].get_by_text("签收", exact=True).click()
    by_proxy = stop[door].locator("details[data-verb=sign]")
    by_proxy.get_by_role("button", name="门卫").click()
    expect(by_proxy.get_by_role("alert")).to_contain_text("请先拍照")
    by_proxy.locator("input[type=file]").set_input_files(photo)
    by_proxy.get_by_role("button", name="门卫").click()

    stop[wrong].get_by_role("button", name="现场等待").click()
    queue = courier.locator("#phone-queue")
    expect(queue.get_by_role("heading")).to_have_text("待同步 4")
    queue.get_by_role("button", name=f"撤回 {wrong.number}").click()
    expect(queue.get_by_role("heading")).to_have_text("待同步 3")
    courier.reload()  # the phone was put away and taken out again
    expect(queue.get_by_role("heading")).to_have_text("待同步 3")
    assert not Scan.objects.filter(verb__in=("sign", "wait")).exists()

    before = clock.now()
    courier.context.set_offline(False)
    expect(courier.locator("h1")).to_contain_text("(1)")
    expect(queue).to_be_hidden()
    assert CashOnDelivery.objects.get(order=money).state == "collected"
    signed = {scan.shipment.order_id: scan for scan in Scan.objects.filter(verb="sign").select_related("shipment")}
    assert set(signed) == {money.pk, door.pk}
    assert all(scan.at < before <= scan.recorded_at for scan in signed.values())
    assert sorted(Proof.objects.values_list("scan__shipment__order", "kind")) == sorted([(money.pk, "signature"), (door.pk, "slip")])
    assert Proof.objects.get(kind="slip").width == 1600  # made small on the phone


def test_what_the_server_refuses_stays_with_its_reason(courier: Page, live_server, company: Company) -> None:  # noqa: F811
    order = on_the_van(company, cod="500.00")
    remembered(courier, f"{live_server.url}/desk/m/goods/")
    stop, queue = courier.locator(f"#stop-{order.number}"), courier.locator("#phone-queue")
    stop.get_by_text("签收", exact=True).click()
    stop.locator("details[data-verb=sign]").get_by_role("button", name="本人").click()
    expect(queue.get_by_role("listitem")).to_contain_text("代收货款尚未结清，不能签收")
    assert Shipment.objects.get(order=order).state == "out_for_delivery"
    found = Axe().run(courier).response["violations"]
    assert [(each["id"], each["nodes"][0]["target"]) for each in found] == []
    pay = stop.locator("details[data-verb=cash]")
    pay.get_by_label("实收金额").fill("500.00")
    pay.get_by_role("button", name="扫码").click()
    expect(queue.get_by_role("heading")).to_have_text("待同步 2")
    queue.get_by_role("button", name=f"撤回 {order.number} 签收").click()
    expect(stop.locator("details[data-verb=cash]")).to_have_count(0)
    assert CashOnDelivery.objects.get(order=order).state == "collected"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_is_accessible_and_fits_a_phone(courier: Page, live_server, company: Company, theme: str) -> None:  # noqa: F811
    order = on_the_van(company, cod="500.00")
    courier.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    courier.goto(f"{live_server.url}/desk/m/goods/")
    for part in courier.locator(f"#stop-{order.number} details[data-verb]:not([data-verb=cash]) > summary").all():
        part.click()
    found = Axe().run(courier).response["violations"]
    assert [(each["id"], each["nodes"][0]["target"]) for each in found] == []
    assert courier.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_scanner_types_and_a_dead_spot_keeps_it(courier: Page, live_server, company: Company) -> None:  # noqa: F811
    order = on_the_van(company)
    code = order.waybill.number
    remembered(courier, f"{live_server.url}/desk/m/scan/")
    last = courier.locator("[data-last] li")
    for piece in ("001", "002", "002"):
        courier.keyboard.type(f"{code}-{piece}/010")
        courier.keyboard.press("Enter")
        expect(last.first).to_contain_text(f"第 {int(piece)}/10 件")
    expect(last.first).to_contain_text("已扫 2/10")
    courier.keyboard.type("SF12345")
    courier.keyboard.press("Enter")
    expect(courier.locator("[data-told]")).to_contain_text("不是本公司的单号：SF12345")
    courier.context.set_offline(True)
    courier.keyboard.type(code)
    courier.keyboard.press("Enter")
    expect(courier.locator("#phone-queue").get_by_role("heading")).to_have_text("待同步 1")
    found = Axe().run(courier).response["violations"]
    assert [(each["id"], each["nodes"][0]["target"]) for each in found] == []
    courier.context.set_offline(False)
    expect(courier.locator("#phone-queue")).to_be_hidden()
