"""The pages of penalties: one's own with its chain, the desk, appeals, regulations, the bonus run (§1.7)."""

from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from orders.sheets import Column, workbook
from penalties.models import Appeal, Bonus, LedgerEntry, Penalty, RegulationVersion
from rulebook.roles import Role
from sla.models import Heartbeat
from sla.services import tick
from tests.desk.conftest import NOON
from tests.factories import Company, placed, post, sh
from tests.penalties.money import bonus, fine, stands

pytestmark = pytest.mark.django_db


def as_(person: object) -> Client:
    client = Client()
    client.force_login(person.account)  # type: ignore[attr-defined]
    return client


@pytest.fixture
def late(company: Company, clock) -> Penalty:
    """A branch was later than ten minutes, its region later than fifteen."""
    placed(sh("04 09:00:00"), branch=company.branch)
    tick(now=sh("04 09:20:00"))
    return Penalty.objects.get(clause="§1.7.2.1")


@pytest.fixture
def purser(company: Company):
    company.purser = post(Role.FINANCE, company.department)
    return company.purser


def test_the_chain_from_clause_to_breach_to_order_to_events_is_on_one_page(company, late):
    region = Penalty.objects.get(clause="§1.7.2.2")
    for person, penalty in ((company.manager, late), (company.regional_manager, region), (company.officer, late)):
        page = as_(person).get(f"/desk/penalties/{penalty.pk}/").content.decode()
        for said in (penalty.clause, "《奖励与处罚管理规定》3.3.1（a）", "2026-11-04 09:1", penalty.order_number, "下单", "金额待定"):
            assert said in page, said
        assert f'href="/desk/orders/{penalty.order_number}/"' in page


def test_one_sees_ones_own_and_nobody_elses(company, late):
    mine = fine(company, "50", "04 09:30:00")
    own = as_(company.clerk)
    assert f"/desk/penalties/{mine.pk}/" in own.get("/desk/my-penalties/").content.decode()
    assert own.get(f"/desk/penalties/{mine.pk}/").status_code == 200
    for other in (company.second_clerk, company.driver, company.third_clerk):
        assert as_(other).get(f"/desk/penalties/{mine.pk}/").status_code == 404
        assert "没有处罚" in as_(other).get("/desk/my-penalties/").content.decode()
        assert as_(other).post(f"/desk/penalties/{mine.pk}/appeal/", {"text": "不服"}).status_code == 404
    assert own.get("/desk/penalties/").status_code == 403
    assert own.get(f"/desk/penalties/{late.pk}/").status_code == 404


def test_a_branch_manager_sees_the_branchs_and_its_peoples_not_the_regions(company, late):
    mine = fine(company, "50", "04 09:30:00")
    page = as_(company.manager).get("/desk/penalties/").content.decode()
    assert {p.pk for p in Penalty.objects.all() if f"/desk/penalties/{p.pk}/" in page} == {late.pk, mine.pk}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 3), ("?tab=pending", 2), ("?tab=appeals", 0), ("?tab=vacant", 0), ("?state=assessed", 1), ("?clause=§1.7.2.2", 1),
        ("?unit=B1", 2), ("?unit=R1", 3), ("?unit=B2", 0), ("?unit=XX", 0), ("?month=2026-11", 3), ("?month=2026-10", 0),
        ("?month=2026-12", 0), ("?month=abc", 3), ("?page=99", 3), ("?page=x", 3), ("?state=nothing", 3),
    ],
)  # fmt: skip
def test_filters(company, late, query, found):
    fine(company, "50", "04 09:30:00")
    answer = as_(company.officer).get(f"/desk/penalties/{query}")
    assert answer.status_code == 200
    assert len(answer.context["rows"]) == found


def test_the_export_holds_what_the_list_shows(company, late):
    fine(company, "50", "04 09:30:00")
    answer = as_(company.officer).get("/desk/penalties/export.xlsx?state=assessed")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [(row[2], row[8], row[11]) for row in rows] == [("条款", "金额（元）", "状态"), ("§1.7.2.9", "50.00", "已核定")]


def test_appeal_and_decision_on_the_page(company, late):
    mine = fine(company, "50", "04 09:30:00")
    own, office = as_(company.clerk), as_(company.officer)
    address = f"/desk/penalties/{mine.pk}/"
    assert own.post(f"{address}appeal/", {"text": ""}).status_code == 422
    assert own.post(f"{address}appeal/", {"text": "当时已联系客户"}).status_code == 302
    assert own.post(f"{address}appeal/", {"text": "当时已联系客户"}).status_code == 409
    assert own.post(f"{address}grant/", {"decision": "自己批准"}).status_code == 403
    assert len(office.get("/desk/penalties/?tab=appeals").context["rows"]) == 1
    assert office.post(f"{address}grant/", {"decision": ""}).status_code == 422
    assert office.post(f"{address}grant/", {"decision": "录音属实"}).status_code == 302
    page = own.get(address).content.decode()
    assert "申诉成立" in page
    assert "录音属实" in page
    assert Penalty.objects.get(pk=mine.pk).state == "reversed"


def test_too_late_an_appeal_is_refused_on_the_page(company, clock):
    mine = fine(company, "50", "04 09:30:00")
    clock.move_to(sh("12 00:00:00.000001"))
    own = as_(company.clerk)
    assert "申诉</summary>" not in own.get(f"/desk/penalties/{mine.pk}/").content.decode()
    answer = own.post(f"/desk/penalties/{mine.pk}/appeal/", {"text": "当时已联系客户"})
    assert (answer.status_code, Appeal.objects.count()) == (422, 0)
    assert "§1.7.4" in answer.content.decode()


def test_a_fine_is_entered_by_the_department_once(company, clock):
    office = as_(company.officer)
    form = {
        "key": str(uuid4()), "person": company.clerk.number, "text": "未着工装", "at": "2026-11-04T09:30", "order_number": "",
        "regulation": "handbook", "amount": "30",
    }  # fmt: skip
    assert as_(company.manager).post("/desk/penalties/new/", form).status_code == 403
    for wrong in ({"person": "P99999"}, {"amount": "-1"}, {"amount": "NaN"}, {"at": "2026-11-04T10:01"}, {"order_number": "E1"}, {"text": ""}):
        assert office.post("/desk/penalties/new/", form | wrong).status_code == 422, wrong
    assert not Penalty.objects.exists()
    for _twice in range(2):
        assert office.post("/desk/penalties/new/", form).status_code == 302
    assert str(Penalty.objects.get().amount) == "30.00"


def test_regulations_preview_and_assess(company, late):
    office = as_(company.officer)
    form = {"code": "rp_3.3.1_a", "title": "《奖励与处罚管理规定》3.3.1（a）", "amount": "50", "valid_from": "2026-11-01", "note": ""}
    assert as_(company.manager).post("/desk/regulations/", form).status_code == 403
    for wrong in ({"amount": "0"}, {"amount": "NaN"}, {"code": "Ä"}, {"code": "handbook"}, {"valid_from": "x"}):
        assert office.post("/desk/regulations/", form | wrong).status_code == 422, wrong
    assert office.post("/desk/regulations/", form).status_code == 302
    page = office.get("/desk/regulations/")
    assert [(each["count"], str(each["sum"])) for each in page.context["waiting"]] == [(2, "100.00")]
    assert not LedgerEntry.objects.exists()
    assert office.post("/desk/regulations/assess/", {"code": "rp_3.3.1_a"}).status_code == 302
    assert LedgerEntry.objects.count() == 2
    assert RegulationVersion.objects.count() == 1


def upload(company: Company, *rows: tuple[str, str], month: str = "2026-11") -> dict[str, object]:
    book = workbook([Column("编号"), Column("名称"), Column("奖金")], [[code, "", amount] for code, amount in rows])
    return {"month": month, "table": SimpleUploadedFile("bonus.xlsx", book)}


def test_bonus_import_preview_run_and_export(company, clock, purser):
    penalty = fine(company, "50", "04 09:30:00")
    money = as_(purser)
    answer = money.post("/desk/bonus/?month=2026-11", upload(company, (company.clerk.number, "-1"), ("X", "5")))
    assert (answer.status_code, Bonus.objects.count()) == (422, 0)
    page = answer.content.decode()
    assert "第 2 行" in page
    assert "第 3 行" in page
    assert money.post("/desk/bonus/?month=2026-11", upload(company, (company.clerk.number, "30"))).status_code == 302
    page = money.get("/desk/bonus/?month=2026-11")
    assert (str(page.context["take"]), str(page.context["plan"].carried)) == ("30.00", "20.00")
    assert stands(penalty) == ("assessed", "0.00")
    assert money.post("/desk/bonus/run/", {"month": "2026-11"}).status_code == 302
    assert stands(penalty) == ("assessed", "30.00")
    assert "没有需要执行的扣款" in money.get("/desk/bonus/?month=2026-11").content.decode()
    rows = CalamineWorkbook.from_filelike(BytesIO(money.get("/desk/bonus/export.xlsx?month=2026-11").content)).get_sheet_by_index(0).to_python()
    assert rows[1][1:] == ["奖金", "30.00", "30.00", "20.00"]
    for month in ("2026-12", "x", "2026-13"):
        assert money.get(f"/desk/bonus/?month={month}").status_code == 422
    assert as_(company.officer).get("/desk/bonus/").status_code == 403


def test_a_file_that_is_no_table(company, clock, purser):
    for content in (b"", b"\x00\x01", b"PK\x03\x04nonsense", "编号,奖金\n".encode()):
        form = {"month": "2026-11", "table": SimpleUploadedFile("x.xlsx", content)}
        assert as_(purser).post("/desk/bonus/", form).status_code == 422


def test_the_statement_of_a_month(company, clock, purser):
    fine(company, "50", "04 09:30:00")
    bonus(company, "30")
    as_(purser).post("/desk/bonus/run/", {"month": "2026-11"})
    own = as_(company.clerk).get("/desk/penalties/statement/?month=2026-11")
    assert (own.context["lines"].opening, str(own.context["lines"].closing)) == (0, "20.00")
    payer = f"person/{company.clerk.pk}"
    assert as_(purser).get(f"/desk/penalties/statement/?payer={payer}&month=2026-12").context["lines"].opening == 20
    assert as_(company.manager).get(f"/desk/penalties/statement/?payer={payer}").status_code == 404
    for wrong in ("person/0", "x", "unit/abc", "person/"):
        assert as_(purser).get(f"/desk/penalties/statement/?payer={wrong}").status_code == 404


def test_the_pages_speak_english(company, late):
    client = as_(company.officer)
    with time_machine.travel(NOON, tick=False):
        client.cookies["django_language"] = "en"
        for path in ("penalties/", "my-penalties/", f"penalties/{late.pk}/", "regulations/", "penalties/new/"):
            assert client.get(f"/desk/{path}").status_code == 200
    assert "Penalties" in client.get("/desk/penalties/").content.decode() or "Penalty" in client.get("/desk/penalties/").content.decode()
    assert Heartbeat.objects.exists()
