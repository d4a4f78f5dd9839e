"""Pages of points, actions, tiers and checks."""

from __future__ import annotations

import pytest
from django.test import Client

from network.models import Person
from penalties.choices import Asked, Checked
from penalties.models import ContactCheck, Ladder, Penalty, TierAction
from tests.factories import accepted, sh
from tests.penalties.upheld import Ladder as Firm
from tests.penalties.upheld import uphold


@pytest.fixture
def company(db: None) -> Firm:
    return Firm()


def logged_in(person: Person) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


def test_points_of_the_month_lead_to_the_complaints(clock, company) -> None:
    order = accepted(sh("02 10:00:00"), company.clerk, branch=company.branch, placed_at=sh("02 09:59:00"))
    uphold(company, company.branch, 5, "03 09:00:00", order=order.number)
    page = logged_in(company.officer).get("/desk/points/?month=2026-11&unit=R1").content.decode()
    assert "杭州区域" in page
    assert "浙江大区大区总监" in page
    assert f'href="/desk/orders/{order.number}/"' in page
    assert "服务态度投诉" in page
    assert "杭州区域" not in logged_in(company.other_manager).get("/desk/points/?month=2026-11").content.decode()
    assert logged_in(company.officer).get("/desk/points/?month=2026-12").content.decode().count("<tr>") == 0


@pytest.mark.parametrize("query", ["month=2026-13", "month=x", "unit=none", "month=99999-01"])
def test_bad_queries(clock, company, query) -> None:
    assert logged_in(company.officer).get(f"/desk/points/?{query}").status_code == (404 if "unit" in query else 200)


def test_clerks_do_not_see_points(clock, company) -> None:
    client = logged_in(company.clerk)
    assert client.get("/desk/points/").status_code == 403
    assert client.get("/desk/tiers/").status_code == 403
    assert client.get("/desk/actions/?tab=open").status_code == 200
    assert client.get("/desk/checks/").status_code == 403


def test_my_letter(clock, company) -> None:
    uphold(company, company.branch, 2, "03 09:00:00")
    action = TierAction.objects.get()
    client = logged_in(company.regional_manager)
    assert f'href="/desk/actions/{action.pk}/"' in client.get("/desk/actions/").content.decode()
    short = client.post(f"/desk/actions/{action.pk}/", {"text": "整" * 299})
    assert short.status_code == 422
    assert "299" in short.content.decode()
    assert client.post(f"/desk/actions/{action.pk}/", {"text": "整" * 300}).status_code == 302
    action.refresh_from_db()
    assert action.state == Asked.DONE
    assert client.post(f"/desk/actions/{action.pk}/", {"text": "整" * 300}).status_code == 409
    assert logged_in(company.other_manager).get(f"/desk/actions/{action.pk}/").status_code == 404


def editor(client: Client, low: str, below: str, **more: str) -> object:
    row = {"clause": "§1.7.1.1", "who": "regional_manager", "scope": "region", "low": low, "below": below, "action": "rectification_letter", "workdays": "3"}
    lines = {f"t-0-{name}": value for name, value in row.items()}
    counts = {"t-TOTAL_FORMS": "1", "t-INITIAL_FORMS": "0"}
    return client.post("/desk/tiers/", {**lines, **counts, "valid_from": "2026-12-01", "note": "", "month": "2026-11", **more})


def test_the_editor_previews_then_stores(clock, company) -> None:
    uphold(company, company.branch, 5, "03 09:00:00")
    client = logged_in(company.officer)
    assert "§1.7.1.7" in client.get("/desk/tiers/").content.decode()
    preview = editor(client, "2", "6", preview="1")
    assert preview.status_code == 200
    assert "增加" in preview.content.decode()
    assert Ladder.objects.count() == 0
    assert editor(client, "2", "6").status_code == 302
    assert [(row.low, row.below) for row in Ladder.objects.get().rows.all()] == [(2, 6)]
    assert editor(client, "6", "2", valid_from="2026-12-02").status_code == 422
    assert editor(client, "x", "2", valid_from="2026-12-02").status_code == 422
    assert editor(logged_in(company.director), "2", "6", valid_from="2026-12-03").status_code == 403


def test_a_check_from_the_order_to_the_fine(clock, company) -> None:
    order = accepted(sh("04 09:00:00"), company.clerk, branch=company.branch, placed_at=sh("04 08:59:00"))
    agent, officer = logged_in(company.agent), logged_in(company.officer)
    assert f'href="/desk/orders/{order.number}/check/"' in agent.get(f"/desk/orders/{order.number}/").content.decode()
    assert agent.post(f"/desk/orders/{order.number}/check/", {"text": ""}).status_code == 422
    assert agent.post(f"/desk/orders/{order.number}/check/", {"text": "没有人给我打过电话"}).status_code == 302
    check = ContactCheck.objects.get()
    assert "没有人给我打过电话" in agent.get("/desk/checks/").content.decode()
    assert agent.post(f"/desk/checks/{check.pk}/uphold/", {"decision": "属实"}).status_code == 403
    assert officer.post(f"/desk/checks/{check.pk}/uphold/", {"decision": ""}).status_code == 422
    assert officer.post(f"/desk/checks/{check.pk}/uphold/", {"decision": "通话记录无此号码"}).status_code == 302
    check.refresh_from_db()
    assert check.state == Checked.UPHELD
    assert Penalty.objects.filter(clause="§1.7.2.3").count() == 3
    assert officer.post(f"/desk/checks/{check.pk}/clear/", {"decision": "改判"}).status_code == 409
