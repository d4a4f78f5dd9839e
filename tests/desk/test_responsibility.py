"""The monthly responsibility report as a page, a workbook, a sheet of paper and JSON; who may see what (§1.6, §1.7)."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from network.models import Person
from penalties import services as penalties
from penalties.models import Penalty, TierAction
from rulebook.roles import Role
from tests.factories import post, sh
from tests.penalties.money import fine
from tests.penalties.upheld import Ladder, uphold

pytestmark = pytest.mark.django_db
PAGE = "/desk/responsibility/"


@pytest.fixture
def firm(clock: Any) -> Ladder:
    """Two points and two fines in one region, one fine in the other; the third clerk's appeal was refused."""
    firm = Ladder()
    uphold(firm, firm.branch, 2, "03 09:00:00")
    Penalty.objects.all().delete()
    fine(firm, "40.00", "03 10:00:00")
    fine(firm, None, "03 11:00:00", person=firm.regional_manager)
    objected = fine(firm, "30.00", "03 12:00:00", person=firm.third_clerk)
    penalties.appeal(pk=objected.pk, text="不是我", person=firm.third_clerk, now=sh("03 13:00:00"))
    penalties.decide_appeal(pk=objected.pk, granted=False, decision="属实", person=firm.officer, now=sh("03 14:00:00"))
    return firm


def as_(person: Person) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


def text(client: Client, query: str) -> str:
    answer = client.get(f"{PAGE}?{query}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def links(page: str) -> set[str]:
    return {each.replace("&amp;", "&") for each in re.findall(r'href="(/desk/(?:points|actions|penalties|filings)/\?[^"]+)"', page)}


def test_the_department_starts_with_the_company_and_drills_down(firm: Ladder) -> None:
    page = text(as_(firm.officer), "")
    assert "总公司 2026-11" in page
    assert '<a href="?month=2026-11&amp;unit=D1">华东事业部</a>' in page
    assert "核定 70.00 − 撤销 0.00 − 已扣 0.00 = 未扣 70.00（元）" in page
    assert "不符" not in page
    assert "杭州区域 本级" in text(as_(firm.officer), "month=2026-11&unit=R1")


def test_every_number_leads_to_a_list_that_shows_as_many(firm: Ladder) -> None:
    client = as_(firm.officer)
    found = links(text(client, "month=2026-11&unit=A1"))
    expected = {
        "/desk/penalties/?month=2026-11&unit=A1": 3, "/desk/penalties/?tab=pending&month=2026-11&unit=A1": 1,
        "/desk/penalties/?appeal=refused&month=2026-11&unit=A1": 1, "/desk/penalties/?appeal=raised&month=2026-11&unit=R2": 1,
        "/desk/penalties/?month=2026-11&unit=A1&clause=%C2%A71.7.2.9": 3, "/desk/actions/?tab=all&month=2026-11&unit=R1": 1,
        "/desk/actions/?tab=open&month=2026-11&unit=A1": 1,
    }  # fmt: skip
    for url, count in expected.items():
        assert url in found, url
        assert client.get(url).context["page"].paginator.count == count, url
    assert "/desk/points/?month=2026-11&unit=R1#behind" in found
    assert "/desk/penalties/?appeal=granted&month=2026-11&unit=A1" not in found  # there is none
    for url in found:
        assert client.get(url).status_code == 200, url


def test_the_lists_take_their_new_filters(firm: Ladder) -> None:
    client = as_(firm.officer)
    for query, count in (("month=2026-10", 0), ("unit=R2", 0), ("unit=nix", 0), ("unit=R1&month=2026-11", 1), ("month=quatsch", 1)):
        assert client.get(f"/desk/actions/?tab=open&{query}").context["page"].paginator.count == count, query
    assert client.get("/desk/penalties/?appeal=granted").context["page"].paginator.count == 0
    assert TierAction.objects.count() == 1


def test_managers_see_their_own_part_only(firm: Ladder) -> None:
    client = as_(firm.regional_manager)
    assert "杭州区域 2026-11" in text(client, "")
    assert client.get(f"{PAGE}?unit=R2").status_code == 404
    assert client.get(f"{PAGE}?unit=A1").status_code == 404
    assert client.get(f"{PAGE}export.xlsx?unit=R2").status_code == 404
    for person in (firm.clerk, firm.agent, firm.driver):
        for path in ("", "export.xlsx", "print/"):
            assert as_(person).get(f"{PAGE}{path}").status_code == 403
    assert f'href="{PAGE}"' in client.get("/desk/points/").content.decode()
    assert f'href="{PAGE}"' not in as_(firm.manager).get("/desk/points/").content.decode()
    assert not any(url.startswith("/desk/filings") for url in links(text(client, "unit=R1")))


@pytest.mark.parametrize("month", ["2026-13", "x", "9999-12", "0001-01", "2026-11-01", "<script>"])
def test_a_wrong_month_is_said_beside_its_field(firm: Ladder, month: str) -> None:
    client = as_(firm.officer)
    answer = client.get(PAGE, {"month": month})
    assert answer.status_code == 422
    assert 'id="scope_month_error"' in answer.content.decode()
    assert client.get(f"{PAGE}print/", {"month": month}).status_code == 404
    assert client.get("/api/v1/responsibility/", {"month": month, "unit": "HQ"}).status_code == 400


def test_the_workbook_says_the_same(firm: Ladder) -> None:
    answer = as_(firm.officer).get(f"{PAGE}export.xlsx?month=2026-11&unit=A1")
    assert answer["Content-Disposition"] == 'attachment; filename="responsibility-A1-2026-11.xlsx"'
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    head, *rows = book.get_sheet_by_name("单位").to_python()
    at = head.index("处罚 · 未扣（元）")
    assert [(row[0], row[1], row[at]) for row in rows] == [("浙江大区 合计", "2", "70.00"), ("杭州区域", "2", "40.00"), ("宁波区域", "0", "30.00")]
    assert book.get_sheet_by_name("条款").to_python()[1][:4] == ["§1.7.2.9", "3", "1", "70.00"]
    assert [row[2] for row in book.get_sheet_by_name("勾稽").to_python()[1:]] == ["相符"] * 4


def test_on_paper(firm: Ladder) -> None:
    page = as_(firm.director).get(f"{PAGE}print/?month=2026-11").content.decode()
    assert "浙江大区 · 2026-11" in page
    assert "css/print.css" in page
    assert page.count("杭州区域") == 5  # once in the table of each kind


def test_by_json(firm: Ladder) -> None:
    client = as_(firm.director)
    said = client.get("/api/v1/responsibility/?month=2026-11&unit=A1").json()
    assert (said["month"], said["unit"], said["total"]["standing"], said["total"]["outstanding"]) == ("2026-11", "A1", 2, "70.00")
    assert [(line["unit"], line["own"], line["sums"]["imposed"], line["sums"]["assessed"]) for line in said["below"]] == [
        ("R1", False, 2, "40.00"), ("R2", False, 1, "30.00"),
    ]  # fmt: skip
    assert [tie["holds"] for tie in said["ties"]] == [True] * 4
    assert said["clauses"][0]["clause"] == "§1.7.2.9"
    for query, status in (("unit=HQ", 404), ("unit=nix", 404), ("", 400), ("unit=A1&x=1", 400)):
        assert client.get(f"/api/v1/responsibility/?{query}").status_code == status, query
    assert as_(firm.clerk).get("/api/v1/responsibility/?unit=B1").status_code == 403
    assert Client().get("/api/v1/responsibility/?unit=B1").status_code in (401, 403)
    assert as_(post(Role.FINANCE, firm.department)).get("/api/v1/responsibility/?unit=B1").status_code == 403
