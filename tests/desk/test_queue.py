"""The branch queue: what it shows, in which order, at what cost, and what its buttons do."""

import gzip
import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from desk.models import SavedView
from desk.navigation import overdue
from network.models import Person
from orders import services as orders
from orders.models import Order
from sla.models import Heartbeat
from tests.desk.conftest import NOON
from tests.factories import CUSTOMER, Company, accepted, placed, reached, sh


def numbers(html: str) -> list[str]:
    return re.findall(r'<tr id="row-(E\d+)"', html)


def act(client: Client, order: Order, verb: str, row: bool = True, **data: str):
    headers = {"HX-Request": "true", "HX-Target": f"row-{order.number}"} if row else {}
    return client.post(f"/desk/orders/{order.number}/{verb}/", data, headers=headers)


def test_rows_are_sorted_by_what_runs_out_first(desk: Client, company: Company) -> None:
    late = placed(NOON - timedelta(minutes=12), branch=company.branch)
    fresh = placed(NOON - timedelta(minutes=1), branch=company.branch)
    urgent = placed(NOON - timedelta(minutes=8, seconds=30), branch=company.branch)
    html = desk.get("/desk/").content.decode()
    assert numbers(html) == [late.number, urgent.number, fresh.number]
    assert re.findall(r'data-level="(\w+)"', html) == ["over", "urgent", "safe"]


def test_tabs_count_what_they_hold(desk: Client, company: Company) -> None:
    placed(NOON - timedelta(minutes=1), branch=company.branch)
    accepted(NOON - timedelta(hours=1), company.clerk, branch=company.branch, placed_at=NOON - timedelta(hours=1, minutes=5))
    cancelled = placed(NOON - timedelta(minutes=2), branch=company.branch)
    orders.cancel(number=cancelled.number, by=CUSTOMER, reason="", text="", now=NOON)
    html = desk.get("/desk/").content.decode()
    counts = dict(re.findall(r"tab=(\w+)\"[^>]*>[^<]*<b>(\d+)</b>", html))
    assert counts == {"waiting": "1", "accepted": "1", "postponed": "0", "reason": "1", "overdue": "1", "open": "2"}
    assert numbers(desk.get("/desk/?tab=reason").content.decode()) == [cancelled.number]


def test_another_branch_sees_nothing(company: Company, clock: object) -> None:
    order = placed(NOON, branch=company.branch)
    other = Client()
    other.force_login(company.third_clerk.account)
    assert numbers(other.get("/desk/").content.decode()) == []
    assert other.get(f"/desk/orders/{order.number}/").status_code == 404
    assert act(other, order, "accept").status_code == 404


def test_accepting_without_contact_is_refused_beside_the_row(desk: Client, company: Company) -> None:
    order = placed(NOON, branch=company.branch)
    answer = act(desk, order, "accept")
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "§1.4.1" in html
    assert f"/desk/orders/{order.number}/confirm/" in html
    order.refresh_from_db()
    assert order.state == "at_branch"


def test_accepting_answers_the_row_and_can_be_taken_back_for_ten_seconds(desk: Client, company: Company, clock) -> None:
    order = placed(NOON, branch=company.branch)
    reached(order, company.clerk, NOON)
    answer = act(desk, order, "accept")
    assert answer.status_code == 200
    assert json.loads(answer["HX-Trigger"])["toast"]["undo"] == f"/desk/orders/{order.number}/undo/"
    clock.shift(10)
    assert act(desk, order, "undo").status_code == 200
    order.refresh_from_db()
    assert order.state == "at_branch"
    act(desk, order, "accept")
    clock.shift(10.001)
    assert act(desk, order, "undo").status_code == 409


def test_without_javascript_the_page_comes_back_with_a_message(desk: Client, company: Company) -> None:
    order = placed(NOON, branch=company.branch)
    reached(order, company.clerk, NOON)
    answer = desk.post(f"/desk/orders/{order.number}/accept/", {"next": "/desk/?tab=open"}, follow=True)
    assert answer.redirect_chain == [("/desk/?tab=open", 302)]
    assert f"订单 {order.number} 已受理" in answer.content.decode()


@pytest.mark.parametrize("next_page", ["//evil.example/", "https://evil.example/", "javascript:alert(1)"])
def test_next_never_leaves_the_site(desk: Client, company: Company, next_page: str) -> None:
    order = placed(NOON, branch=company.branch)
    reached(order, company.clerk, NOON)
    answer = desk.post(f"/desk/orders/{order.number}/accept/", {"next": next_page})
    assert answer["Location"] == f"/desk/orders/{order.number}/"


def test_a_poll_is_answered_with_204_until_something_happens(desk: Client, company: Company) -> None:
    order = placed(NOON, branch=company.branch)
    html = desk.get("/desk/").content.decode()
    address = re.search(r'hx-get="([^"]+)"', html)[1].replace("&amp;", "&")
    with CaptureQueriesContext(connection) as asked:
        assert desk.get(address).status_code == 204
    assert len(asked) == 2, [q["sql"][:120] for q in asked]  # the session, and whether anything is new
    reached(order, company.clerk, NOON)
    answer = desk.get(address)
    assert answer.status_code == 200
    assert "已联系" in answer.content.decode()


def test_a_forged_version_is_no_way_past_the_scope(company: Company, desk: Client) -> None:
    stranger = Client()
    stranger.force_login(company.third_clerk.account)
    placed(NOON, branch=company.branch)
    address = re.search(r'hx-get="([^"]+)"', desk.get("/desk/").content.decode())[1].replace("&amp;", "&")
    answer = stranger.get(address)
    assert answer.status_code == 200
    assert numbers(answer.content.decode()) == []


def test_sixty_rows_cost_twelve_queries_and_little_weight(desk: Client, company: Company) -> None:
    for minute in range(60):
        placed(NOON - timedelta(minutes=minute / 10), branch=company.branch)
    desk.get("/desk/")
    with CaptureQueriesContext(connection) as asked:
        answer = desk.get("/desk/")
    assert len(asked) <= 12, [q["sql"][:120] for q in asked]
    html = answer.content.decode()
    assert len(numbers(html)) == 60
    assert weight(html) <= 100_000


def weight(html: str) -> int:
    """Return what the page and everything it names weighs, gzipped."""
    static = Path(settings.BASE_DIR) / "static"
    files = {name for name in re.findall(r'(?:href|src)="/static/([^"#]+)', html)}
    parts = [html.encode(), *((static / name).read_bytes() for name in files)]
    return sum(len(gzip.compress(part)) for part in parts)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("channel=phone", 1), ("channel=hall", 1), ("text=13800138000", 2), ("text=8000", 2), ("text=9999", 0), ("to=31", 2),
        ("to=11", 0), ("overdue=on", 1), ("channel=nonsense", 2), ("page=0", 2), ("page=x", 2), ("tab=nonsense", 2),
    ],
)  # fmt: skip
def test_filters_are_in_the_address(desk: Client, company: Company, query: str, shown: int) -> None:
    placed(NOON - timedelta(minutes=1), branch=company.branch, channel="phone")
    placed(NOON - timedelta(minutes=11), branch=company.branch)
    assert len(numbers(desk.get(f"/desk/?{query}").content.decode())) == shown


def test_empty_and_filtered_out_say_different_things(desk: Client, company: Company) -> None:
    assert "这里暂时没有订单" in desk.get("/desk/").content.decode()
    placed(NOON, branch=company.branch)
    assert "没有符合筛选条件的订单" in desk.get("/desk/?text=9999").content.decode()


def test_bulk_says_for_each_row_how_it_went(desk: Client, company: Company) -> None:
    good, bad, foreign = (placed(NOON, branch=b) for b in (company.branch, company.branch, company.third))
    reached(good, company.clerk, NOON)
    chosen = [good.number, bad.number, foreign.number]
    html = desk.post("/desk/bulk/", {"verb": "accept", "number": chosen}).content.decode()
    assert "成功 1 条，未成功 2 条" in html
    assert "§1.4.1" in html
    foreign.refresh_from_db()
    assert foreign.state == "at_branch"


def test_bulk_knows_only_its_own_verbs(desk: Client) -> None:
    assert desk.post("/desk/bulk/", {"verb": "cancel", "number": ["E1"]}).status_code == 404


def test_views_are_saved_and_shared_in_the_branch(desk: Client, company: Company) -> None:
    desk.post("/desk/views/", {"name": "超时", "query": "tab=overdue", "shared": "on"})
    desk.post("/desk/views/", {"name": "我的", "query": "channel=hall&tab=open"})
    colleague = Client()
    colleague.force_login(company.manager.account)
    html = colleague.get("/desk/").content.decode()
    assert "?tab=overdue" in html
    assert "channel=hall&amp;tab=open" not in html
    colleague.post(f"/desk/views/{SavedView.objects.get(name='超时').pk}/drop/")
    assert SavedView.objects.count() == 2


def test_shortcuts_can_be_switched_off(desk: Client) -> None:
    assert 'data-keys="on"' in desk.get("/desk/").content.decode()
    desk.post("/desk/keys/", {"keys": "off"})
    assert 'data-keys="off"' in desk.get("/desk/").content.decode()


def test_search_opens_the_only_hit(desk: Client, company: Company) -> None:
    order = placed(NOON, branch=company.branch)
    assert desk.get("/desk/search/", {"q": order.number})["Location"] == f"/desk/orders/{order.number}/"
    placed(NOON, branch=company.branch)
    assert desk.get("/desk/search/", {"q": "8000"}).content.decode().count("<tr>") == 3
    assert "没有找到订单" in desk.get("/desk/search/", {"q": "𠮷<script>"}).content.decode()


def test_a_stale_tick_shows(desk: Client, company: Company, clock) -> None:
    assert "时限扫描已停止" not in desk.get("/desk/").content.decode()
    clock.move_to(sh("2026-11-05 10:00:15.1"))
    desk.force_login(company.clerk.account)
    assert "时限扫描已停止" in desk.get("/desk/").content.decode()


def test_the_first_seconds_after_a_start_alarm_nobody(desk: Client, clock, settings) -> None:
    """The tick last ran a day ago, or never: three intervals after the start the alarm is due, not before."""
    stale = "时限扫描已停止"
    settings.STARTED_AT = sh("2026-11-06 10:00:00")
    for moment, alarmed in (("10:00:00", False), ("10:00:15", False), ("10:00:15.1", True)):
        clock.move_to(sh(f"2026-11-06 {moment}"))
        desk.force_login(Person.objects.get(posts__role="branch_clerk", posts__unit__code="B1").account)
        assert (stale in desk.get("/desk/").content.decode()) is alarmed, moment
    Heartbeat.objects.all().delete()
    assert stale in desk.get("/desk/").content.decode()
    settings.STARTED_AT = sh("2026-11-06 10:00:10")
    assert stale not in desk.get("/desk/").content.decode()


@pytest.mark.parametrize(
    ("age", "up", "late"),
    [(15, 3600, False), (15.1, 3600, True), (None, 3600, True), (86400, 15, False), (86400, 15.1, True), (None, 15, False),
     (86400, -3600, True), (5, -3600, False), (16, 0, False)],
)  # fmt: skip
def test_how_long_the_tick_may_be_silent(age: float | None, up: float, late: bool) -> None:
    assert overdue(None if age is None else timedelta(seconds=age), up=timedelta(seconds=up)) is late


def test_the_export_holds_the_rows_of_the_tab_as_text_with_masked_phones(desk: Client, company: Company) -> None:
    order = placed(NOON - timedelta(minutes=1), branch=company.branch)
    Order.objects.filter(pk=order.pk).update(goods="=1+1")
    answer = desk.get("/desk/export.xlsx?tab=waiting")
    assert 'filename="waiting-20261104-1000.xlsx"' in answer["Content-Disposition"]
    header, row = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert header[:3] == ["订单号", "状态", "渠道"]
    assert row[:2] == [order.number, "待受理"]
    assert row[4:6] == ["2026-11-04 10:09:00", "受理 §1.2.1.1"]
    assert "138****8000" in row
    assert "=1+1" in row
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(answer.content)).read("xl/worksheets/sheet1.xml")
