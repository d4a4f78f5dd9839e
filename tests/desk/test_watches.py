"""The watch list's pages and API: listed, filtered, exported, cleared, upheld; each role its own (§1.4.3f, §1.2.2.c)."""

import json
from io import BytesIO

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from network.models import Person
from penalties.models import Penalty, WatchItem
from penalties.services import list_items
from reports.watches import found_on
from rulebook.due import local_day
from sla.services import tick
from tests.factories import Company, placed, sh

PAGE, API = "/desk/watches/", "/api/v1/watches/"
MORNING = sh("04 06:00:00")


def login(person: Person) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


@pytest.fixture
def item(company: Company, clock: object) -> WatchItem:
    placed(sh("03 10:00:00"), branch=company.branch)
    tick(now=MORNING)
    list_items(found_on(local_day(sh("03 10:00:00")), MORNING), now=MORNING)
    return WatchItem.objects.get(kind="not_ended")


@pytest.fixture
def department(company: Company, clock: object) -> Client:
    return login(company.officer)


def test_the_list_and_its_filters(department: Client, item: WatchItem) -> None:
    assert [each.kind for each in department.get(PAGE).context["page"]] == ["not_accepted", "not_ended"]
    assert [each.kind for each in department.get(f"{PAGE}?kind=not_ended&unit=R1&since=2026-11-03").context["page"]] == ["not_ended"]
    for query in ("kind=many_orders", "unit=B3", "unit=ZZ", "since=2026-11-04", "until=2026-11-02", "tab=upheld"):
        assert list(department.get(f"{PAGE}?{query}").context["page"]) == []
    assert len(department.get(f"{PAGE}?kind=zzz&tab=zzz&page=zzz&since=zzz").context["page"]) == 2


def test_cleared_it_leaves_the_open_list_and_keeps_its_reason(department: Client, item: WatchItem) -> None:
    assert department.post(f"{PAGE}{item.pk}/clear/", {"reason": ""}).status_code == 422
    assert department.post(f"{PAGE}{item.pk}/clear/", {"reason": "客户次日来货"}).url == PAGE
    assert "客户次日来货" in department.get(f"{PAGE}{item.pk}/").content.decode()
    assert [each.kind for each in department.get(f"{PAGE}?tab=cleared").context["page"]] == ["not_ended"]
    assert department.post(f"{PAGE}{item.pk}/uphold/", {"reason": "x", "culprit": "P1"}).status_code == 422
    assert department.post(f"{PAGE}{item.pk}/clear/", {"reason": "再来"}).status_code == 409


def test_upheld_the_page_shows_the_penalty(department: Client, company: Company, item: WatchItem) -> None:
    form = department.get(f"{PAGE}{item.pk}/").context["forms"]["uphold"]
    assert form.initial["culprit"] == company.manager.number
    refused = department.post(f"{PAGE}{item.pk}/uphold/", {"reason": "无人跟进", "culprit": "P99999"})
    assert (refused.status_code, "P99999" in refused.content.decode()) == (422, True)
    assert department.post(f"{PAGE}{item.pk}/uphold/", {"reason": "无人跟进", "culprit": company.manager.number}).url == PAGE
    assert "§1.7.2.9" in department.get(f"{PAGE}{item.pk}/").content.decode()
    assert Penalty.objects.get(cause=f"watch/{item.pk}").person == company.manager


def test_export(department: Client, item: WatchItem) -> None:
    answer = department.get(f"{PAGE}export.xlsx?kind=not_ended")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[1][:5] == ["2026-11-03", "当日未了结的订单", "§1.2.2.c", item.order_number, "西湖营业部"]


def test_roles(company: Company, item: WatchItem) -> None:
    assert login(company.clerk).get(PAGE).status_code == 403
    manager = login(company.regional_manager)
    assert len(manager.get(PAGE).context["page"]) == 2
    assert manager.post(f"{PAGE}{item.pk}/clear/", {"reason": "x"}).status_code == 403
    assert login(company.officer).post(f"{PAGE}{item.pk}/drop/", {"reason": "x"}).status_code == 404


def test_the_api(department: Client, company: Company, item: WatchItem) -> None:
    listed = department.get(f"{API}?kind=not_ended&state=open&day=2026-11-03").json()["results"]
    assert [(each["id"], each["clause"], each["person"]) for each in listed] == [(item.pk, "§1.2.2.c", company.manager.number)]
    said = {"reason": "无人跟进", "culprit": company.manager.number}

    def post(verb: str, body: dict) -> tuple[int, dict]:
        answer = department.post(f"{API}{item.pk}/{verb}/", json.dumps(body), "application/json")
        return answer.status_code, answer.json()

    assert post("uphold", {**said, "more": 1})[0] == 400
    assert post("uphold", {**said, "culprit": "P99999"})[1]["field"] == "culprit"
    assert post("uphold", said)[1]["state"] == "upheld"
    assert post("clear", {"reason": "x"})[0] == 409
    assert department.get(f"{API}?state=x").status_code == 400
    assert login(company.clerk).get(API).status_code == 403
