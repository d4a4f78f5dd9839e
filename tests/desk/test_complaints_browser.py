"""The complaint desk and the hall's complaint pages in Chromium: keys, clicks, both themes, both widths (screens §3.3 #16, #31)."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, expect

from complaints import services
from complaints.models import Complaint
from complaints.services import evidence
from core import clock
from tests.complaints.cases import Desk
from tests.delivery.pictures import jpeg
from tests.desk.test_browser import browser_context_args  # noqa: F401  (a fixture)
from tests.factories import accepted, contract

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _folder(tmp_path, settings) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def office(transactional_db) -> Desk:
    return Desk()


def as_(page: Page, person, url: str) -> None:
    client = Client()
    client.force_login(person.account)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])


def complained(office: Desk, **said: object) -> Complaint:
    now = clock.now()
    order = accepted(now, office.clerk, branch=office.branch, placed_at=now)
    matter = services.Matter(**{"category": "late_pickup", "text": "约好九点没来", **said})
    photo = evidence.read(jpeg(), "破损.jpg")
    return services.file(matter=matter, clerk=office.agent, order=order.number, files=[photo], now=now)


def test_take_with_a_key_reply_with_two_close_with_three_clicks(page: Page, live_server, office: Desk) -> None:
    complaint = complained(office)
    as_(page, office.officer, live_server.url)
    page.goto(f"{live_server.url}/desk/complaints/")
    page.keyboard.press("j")
    page.keyboard.press("t")
    expect(page.locator(".app-message")).to_contain_text("受理投诉")
    assert Complaint.objects.get().state == "investigating"
    page.goto(f"{live_server.url}/desk/complaints/?tab=open")
    page.keyboard.press("r")
    expect(page.locator("#replies")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator(".app-message")).to_contain_text("阶段答复客户")
    services.dismiss(pk=complaint.pk, clerk=office.officer, reason="按约定时间到达", now=clock.now())
    page.reload()
    page.keyboard.press("1")
    expect(page.locator(".app-message")).to_contain_text("告知处理结果")
    page.locator("#close > summary").click()
    page.locator("#close_answer_2").check()
    page.locator("#close button").click()
    expect(page.locator(".app-message")).to_contain_text("结案")
    assert Complaint.objects.get().answer == "none"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_are_accessible_and_fit(page: Page, live_server, office: Desk, theme: str, width: int) -> None:
    contract(office)
    complaint = complained(office, category="attitude", serious=True)
    services.take(pk=complaint.pk, clerk=office.officer, now=clock.now())
    as_(page, office.officer, live_server.url)
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    page.set_viewport_size({"width": width, "height": 900})
    ruling = f"complaints/{complaint.pk}/"
    for path in ("complaints/?tab=open", "complaints/new/", ruling):
        page.goto(f"{live_server.url}/desk/{path}")
        if path == ruling:
            page.locator("#uphold > summary").click()
            over = page.locator("#uphold fieldset").evaluate("e => [e.scrollHeight - e.clientHeight, e.scrollWidth - e.clientWidth]")
            assert max(over) <= 1, "ticks beside or over the fields"
        sound(page, path, width)
    services.uphold(
        pk=complaint.pk, clerk=office.officer, branch="B1", reason="属实", point_code="attitude", person=office.clerk.number, now=clock.now()
    )
    services.tell_result(pk=complaint.pk, clerk=office.officer, text="属实，致歉", means="phone", now=clock.now())
    page.goto(f"{live_server.url}/desk/{ruling}")
    sound(page, "upheld", width)
    order = complaint.order
    page.goto(f"{live_server.url}/orders/{order.number}/")
    page.locator("#tail").fill("8000")
    page.get_by_role("button", name="验证").click()
    for path in ("/complaints/", f"/orders/{order.number}/complain/", f"/complaints/{complaint.number}/", f"/orders/{order.number}/"):
        page.goto(f"{live_server.url}{path}")
        sound(page, path, width)
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/complaints/{complaint.number}/")
    sound(page, "locked", width)


def sound(page: Page, path: str, width: int) -> None:
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["target"]) for each in found] == [], path
    assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_a_customer_complains_with_a_photo_and_says_no(page: Page, live_server, office: Desk) -> None:
    now = clock.now()
    order = accepted(now, office.clerk, branch=office.branch, placed_at=now)
    page.goto(f"{live_server.url}/complaints/")
    page.locator("#number").fill(order.number)
    page.get_by_role("button", name="下一步").click()
    page.locator("#tail").fill("8000")
    page.get_by_role("button", name="验证").click()
    page.get_by_role("link", name="我要投诉").click()
    page.get_by_text("到货延误", exact=True).click()  # the words, not the button
    page.get_by_label("发生了什么").fill("箱角压破")
    page.locator("input[type=file]").set_input_files({"name": "破损.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    page.get_by_label("联系电话").fill("13800138000")
    page.get_by_role("button", name="提交投诉").click()
    expect(page.locator(".app-message")).to_contain_text("投诉已提交")
    complaint = Complaint.objects.get()
    assert complaint.category == "late_arrival"
    services.take(pk=complaint.pk, clerk=office.officer, now=clock.now())
    services.dismiss(pk=complaint.pk, clerk=office.officer, reason="包装不善", now=clock.now())
    services.tell_result(pk=complaint.pk, clerk=office.officer, text="包装不善所致", means="hall", now=clock.now())
    page.reload()
    expect(page.locator("#main")).to_contain_text("包装不善所致")
    page.get_by_label("不认可", exact=True).check()
    page.get_by_label("不认可的原因").fill("包装完好")
    page.get_by_role("button", name="提交答复").click()
    expect(page.locator("#main")).to_contain_text("您的答复：不认可")
