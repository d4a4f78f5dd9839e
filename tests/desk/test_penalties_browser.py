"""The pages of penalties in a real browser: an appeal from one's own penalty; accessible, never wider than the screen."""

from decimal import Decimal
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from core import clock
from customers import services as customers
from customers.services import Terms
from penalties.models import LostLane, Penalty
from penalties.services import Loss, enter_lost_lane
from rulebook.due import local
from rulebook.roles import Role
from tests.desk.test_browser import browser_context_args, clerk, company  # noqa: F401  (fixtures)
from tests.factories import Company, post
from tests.penalties.money import bonus, fine

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def fined(company: Company) -> Penalty:  # noqa: F811
    now = f"{local(clock.now()):%Y-%m-%d %H:%M:%S}"
    return fine(company, "50", now)


def lost(company: Company) -> LostLane:  # noqa: F811
    now = clock.now()
    terms = Terms(contract_no="XM-1", valid_from=local(now).date(), valid_to=local(now).date(), tracker=company.officer.number)
    account = customers.sign(name="五金公司", phone="13900009999", branch=company.second, terms=terms, requirements="", by=company.officer, now=now)
    shares = {"departments": [("B1", Decimal(100))], "persons": [(company.clerk.number, Decimal(100))]}
    loss = Loss(
        customer=account.pk, lane="杭州—广州", lost_on=local(now).date(), first=Decimal(100), second=Decimal(200), third=Decimal(300), text="延误", **shares
    )  # fmt: skip
    return enter_lost_lane(key=uuid4(), loss=loss, by=company.officer, now=now)


def test_a_lost_lane_is_shown_before_it_is_charged(clerk: Page, live_server, company: Company) -> None:  # noqa: F811
    """Half of a mean month of 200: 60.00 and 40.00, one of them to the person (§2.2.2)."""
    lost(company)
    become(clerk, live_server, company.officer)
    clerk.goto(f"{live_server.url}/desk/lost-lanes/new/")
    clerk.get_by_label("项目客户").select_option(index=1)
    for label, value in (
        ("线路（始发—到达）", "杭州—成都"), ("流失日期", f"{local(clock.now()):%Y-%m-%d}"), ("流失前第三个月收入（元）", "100"), ("流失前第二个月收入（元）", "200"),
        ("流失前一个月收入（元）", "300"), ("流失原因", "延误"), ("责任部门编号 1", "B1"), ("责任部门编号 2", "B2"),
        ("责任人工号 1", company.clerk.number),
    ):  # fmt: skip
        clerk.get_by_label(label).fill(value)
    for name, percent in (("departments_1", "60"), ("departments_2", "40"), ("persons_1", "100")):
        clerk.locator(f"[name={name}_percent]").fill(percent)
    clerk.get_by_role("button", name="试算金额").click()
    for amount in ("60.00", "40.00", "1.00"):
        expect(clerk.get_by_role("cell", name=amount).first).to_be_visible()
    assert LostLane.objects.count() == 1
    clerk.get_by_role("button", name="确认登记并计罚").click()
    expect(clerk.get_by_role("heading", name="杭州—成都")).to_be_visible()
    assert sorted(str(p.amount) for p in Penalty.objects.filter(cause__startswith=f"lost_lane/{LostLane.objects.latest('pk').pk}")) == ["1.00", "40.00", "60.00"]


def become(page: Page, live_server, person: object) -> None:
    client = Client()
    client.force_login(person.account)  # type: ignore[attr-defined]
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])


def test_from_ones_own_penalty_to_an_appeal(clerk: Page, live_server, company: Company) -> None:  # noqa: F811
    penalty = fined(company)
    clerk.goto(f"{live_server.url}/desk/my-penalties/")
    clerk.get_by_role("link", name="其他违反公司规定的行为").click()
    clerk.get_by_text("申诉", exact=True).first.click()
    clerk.get_by_label("申诉理由").fill("当时已联系客户")
    clerk.get_by_role("button", name="申诉").click()
    expect(clerk.get_by_text("等待电子商务管理部处理。")).to_be_visible()
    assert Penalty.objects.get(pk=penalty.pk).state == "appealed"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_are_accessible_and_fit(clerk: Page, live_server, company: Company, theme: str, width: int) -> None:  # noqa: F811
    penalty, lane = fined(company), lost(company)
    company.purser = post(Role.FINANCE, company.department)  # type: ignore[attr-defined]
    bonus(company, "30", local(clock.now()).date().replace(day=1))
    month = f"{local(clock.now()):%Y-%m}"
    clerk.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    clerk.set_viewport_size({"width": width, "height": 900})
    pages = (
        (company.clerk, ("my-penalties/", f"penalties/{penalty.pk}/", "penalties/statement/")),
        (company.officer, ("penalties/", "penalties/new/", "regulations/", f"penalties/{penalty.pk}/", "lost-lanes/", "lost-lanes/new/", f"lost-lanes/{lane.pk}/")),
        (company.purser, (f"bonus/?month={month}",)),
    )  # fmt: skip
    for person, paths in pages:
        become(clerk, live_server, person)
        for path in paths:
            clerk.goto(f"{live_server.url}/desk/{path}")
            found = Axe().run(clerk).response["violations"]
            assert [(each["id"], each["nodes"][0]["target"]) for each in found] == [], path
            assert clerk.evaluate("document.documentElement.scrollWidth") <= width, path
