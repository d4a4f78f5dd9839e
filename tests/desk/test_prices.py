"""Price management: a tariff from a file, preview, approve, publish; contracts; campaigns (§3.3, §5.1)."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from desk import tariffs
from orders.sheets import Column, read, workbook
from pricing.models import Campaign, Contract, FuelRate, Lane, TariffVersion, Zone
from pricing.services import quote
from rulebook.roles import Role
from tests.factories import Company, post
from tests.pricing.prices import asked, live

pytestmark = pytest.mark.django_db
HEADERS = list(tariffs.HEADERS.values())
GOOD = ["汽运专线", "浙江省杭州市", "上海市", "2.24", "227", "34", "1", "18:00", "17:00"]


@pytest.fixture(autouse=True)
def ten_in_the_morning():
    with time_machine.travel("2026-11-04 10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def company(db) -> Company:
    return Company()


@pytest.fixture
def pricer(company):
    return post(Role.PRICE_MANAGEMENT, company.department)


def login(person) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


def table(*rows: list[str]) -> bytes:
    return workbook([Column(header) for header in HEADERS], rows)


def changed(**cells: str) -> list[str]:
    return [cells.get(name, cell) for name, cell in zip(tariffs.HEADERS, GOOD, strict=True)]


def send(client: Client, content: bytes, **more: str):
    fields = {"code": "T2", "origin": "", "valid_from": "2026-11-05", "valid_to": "", "note": "", **more}
    return client.post("/desk/prices/", {**fields, "table": SimpleUploadedFile("tariff.xlsx", content)})


def test_from_file_to_live(pricer):
    live(pricer)
    client = login(pricer)
    other = changed(end="北京市", heavy="4.1")
    page = client.get(send(client, table(changed(heavy="2.5"), other)).url).content.decode()
    assert "2.500 / 227.00 / 34.00" in page
    version = TariffVersion.objects.get(code="T2")
    assert client.post(f"/desk/prices/{version.pk}/publish/").status_code == 409  # not approved yet
    for verb in ("approve", "publish"):
        assert client.post(f"/desk/prices/{version.pk}/{verb}/").status_code == 302
    assert str(quote(asked("320", at="05 09:00:00")).total) == "800.00"  # 320 × 2.5
    assert str(quote(asked("320", at="04 23:00:00")).total) == "716.80"
    assert version.surcharges.count() == 7  # taken over


def test_the_preview_counts_what_changes(pricer):
    client = login(pricer)
    for code, rows in (("T1", [GOOD, changed(end="北京市")]), ("T2", [changed(heavy="3"), changed(end="天津市")])):
        send(client, table(*rows), code=code, valid_from="2026-11-04" if code == "T1" else "2026-11-06")
        if code == "T1":
            pk = TariffVersion.objects.get(code=code).pk
            client.post(f"/desk/prices/{pk}/approve/")
            client.post(f"/desk/prices/{pk}/publish/")
    found, counts = tariffs.changes(TariffVersion.objects.get(code="T2"))
    assert counts == {"added": 1, "dropped": 1, "changed": 1, "same": 0}
    assert {(each.lane, bool(each.before), bool(each.after)) for each in found} == {
        ("浙江省杭州市 → 上海市", True, True), ("浙江省杭州市 → 北京市", True, False), ("浙江省杭州市 → 天津市", False, True),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"heavy": "NaN"}, "重货单价"), ({"heavy": "-1"}, "重货单价"), ({"heavy": "0"}, "重货单价"), ({"light": "Infinity"}, "轻货单价"),
        ({"light": "1.005"}, "轻货单价"), ({"minimum": "1000000"}, "最低收费"), ({"minimum": ""}, "最低收费"), ({"days": "1.5"}, "时效天数"),
        ({"days": "61"}, "时效天数"), ({"arrives": "25:00"}, "到达时刻"), ({"product": "火箭"}, "产品"), ({"start": "火星"}, "始发"),
        ({"start": "鼓楼区"}, "始发"), ({"end": "999999"}, "到达"), ({"end": ""}, "到达"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_by_line_and_column_and_nothing_is_stored(pricer, cells, column):
    response = send(login(pricer), table(GOOD, changed(end="北京市", **cells) if "end" not in cells else changed(**cells)))
    assert response.status_code == 422
    assert [(fault.line, fault.column) for fault in response.context["faults"]] == [(3, column)]
    assert (TariffVersion.objects.count(), Lane.objects.count(), Zone.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (GOOD, "与第 2 行重复"),
        (changed(start="杭州市", heavy="9"), "与第 2 行重复"),
        (changed(start="浙江省杭州市、浙江省宁波市"), "地区 3301 已属于第 2 行"),
    ],
)
def test_rows_that_overlap_are_refused(pricer, row, words):
    response = send(login(pricer), table(GOOD, row))
    assert any(words in fault.words for fault in response.context["faults"])
    assert TariffVersion.objects.count() == 0


def test_bad_rows_come_back_as_a_file_to_be_corrected(pricer, company):
    client = login(pricer)
    response = send(client, table(GOOD, changed(end="北京市", heavy="abc")))
    url = f"/desk/prices/errors/{response.context['token']}.xlsx"
    back = read(client.get(url).content)
    assert back.headers == ["行号", "错误", *HEADERS]
    assert [(cells["行号"], cells["错误"], cells["重货单价"]) for _line, cells in back.rows] == [("3", "重货单价：“abc”不是数字。", "abc")]
    assert login(company.manager).get(url).status_code == 404  # somebody else's


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"valid_from": "2026-11-05", "valid_to": "2026-11-04"}, "valid_to"), ({"valid_from": "2026-02-29"}, "valid_from"),
        ({"origin": "99"}, "origin"), ({"code": ""}, "code"),
    ],
)  # fmt: skip
def test_a_version_that_lies_is_refused(pricer, more, field):
    response = send(login(pricer), table(GOOD), **more)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert TariffVersion.objects.count() == 0


def test_files_that_are_no_tariff(pricer):
    for content in (b"", b"PK\x03\x04zip", b"\xff\xfe\x00", "产品\n汽运专线".encode()):
        assert send(login(pricer), content).status_code == 422
    assert login(pricer).get("/desk/prices/template.xlsx").status_code == 200
    assert tariffs.parse(tariffs.template()).faults == []


def test_a_branch_applies_and_price_management_decides(pricer, company):
    branch, office = login(company.manager), login(pricer)
    form = {
        "name": "甲公司", "phone": "13700137000", "code": "C1", "valid_from": "2026-11-04", "valid_to": "2026-12-03",
        "percent": "85", "minimum": "", "reason": "量大",
    }  # fmt: skip
    assert branch.post("/desk/contracts/", form).status_code == 302
    pk = Contract.objects.get().pk
    assert branch.post(f"/desk/contracts/{pk}/approve/").status_code == 403
    assert office.post(f"/desk/contracts/{pk}/refuse/", {"words": ""}).status_code == 422
    assert office.post(f"/desk/contracts/{pk}/approve/", {"words": "同意"}).status_code == 302
    branch.post("/desk/contracts/", form | {"code": "C2", "valid_from": "2026-12-03", "valid_to": "2027-01-01"})
    other = Contract.objects.get(code="C2").pk
    assert office.post(f"/desk/contracts/{other}/approve/").status_code == 422  # 3 December is C1's
    assert office.post(f"/desk/contracts/{pk}/end/").status_code == 302
    assert office.post(f"/desk/contracts/{other}/approve/").status_code == 302
    assert "甲公司" not in login(company.third_clerk).get("/desk/contracts/").content.decode()
    assert branch.post("/desk/contracts/", form | {"code": "C3", "valid_to": "2026-11-03"}).status_code == 422


def test_a_contract_may_have_lanes_of_its_own(pricer, company):
    """1.4 m³ × 195 = 273.00, shown to whoever decides; a line that says nothing is named."""
    live(pricer)
    branch, office = login(company.manager), login(pricer)
    form = {
        "name": "甲公司", "phone": "13700137000", "code": "C1", "valid_from": "2026-11-04", "valid_to": "2026-12-03",
        "percent": "100", "minimum": "", "reason": "量大", "rates": "汽运专线 浙江省杭州市 31 1.9 195 25",
    }  # fmt: skip
    for wrong in ("汽运专线 浙江省杭州市 31 1.9 195", "火箭 3301 31 1.9 195 25", "汽运专线 火星 31 1.9 195 25", "汽运专线 3301 31 NaN 195 25"):
        response = branch.post("/desk/contracts/", form | {"rates": f"{form['rates']}\n{wrong}"})
        assert "第 2 行" in response.context["form"].errors["rates"][0]
    twice = branch.post("/desk/contracts/", form | {"rates": f"{form['rates']}\n汽运专线 3301 31 2 200 25"})
    assert list(twice.context["form"].errors) == ["rates"]
    assert not Contract.objects.exists()
    assert branch.post("/desk/contracts/", form).status_code == 302
    assert "3301 → 31 · ¥1.900/kg · ¥195.00/m³ · 最低 ¥25.00" in office.get("/desk/contracts/").content.decode()
    contract = Contract.objects.get()
    office.post(f"/desk/contracts/{contract.pk}/approve/", {"words": "同意"})
    assert str(quote(asked(customer=contract.customer_id)).total) == "273.00"


def test_campaigns_are_created_and_ended(pricer, company):
    client = login(pricer)
    form = {"name": "双十一", "valid_from": "2026-11-04", "valid_to": "2026-11-11", "audience": "everyone", "benefit": "package", "amount": "60"}
    assert client.post("/desk/campaigns/", form).status_code == 302
    assert client.post("/desk/campaigns/", form | {"name": "重叠"}).status_code == 422
    pk = Campaign.objects.get().pk
    assert login(company.clerk).post(f"/desk/campaigns/{pk}/end/").status_code == 403
    assert client.post(f"/desk/campaigns/{pk}/end/").status_code == 302
    assert client.post(f"/desk/campaigns/{pk}/end/").status_code == 409
    assert "双十一 · 已结束" in client.get("/desk/campaigns/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"valid_from": "2011-12-05", "valid_to": "2011-03-05"}, {"valid_from": "2011-02-29"}, {"amount": "0"}, {"amount": "NaN"},
        {"benefit": "percent", "percent": "100"}, {"benefit": "gift"}, {"audience": "channel"}, {"audience": "lane", "lane_from": "99"},
    ],
)  # fmt: skip
def test_campaigns_that_cannot_be(pricer, wrong):
    """§5.1: the handbook's own impossible dates among them."""
    form = {"name": "活动", "valid_from": "2011-03-05", "valid_to": "2011-12-05", "audience": "everyone", "benefit": "package", "amount": "60"}
    response = login(pricer).post("/desk/campaigns/", form | wrong)
    assert response.status_code == 422
    assert Campaign.objects.count() == 0


def test_fuel_and_who_may(pricer, company):
    client = login(pricer)
    assert client.post("/desk/prices/fuel/", {"percent": "3.5", "valid_from": "2026-11-05"}).status_code == 302
    assert str(FuelRate.objects.get().share) == "0.0350"
    assert client.post("/desk/prices/fuel/", {"percent": "x", "valid_from": "2026-11-05"}).status_code == 422
    assert login(company.clerk).post("/desk/prices/fuel/", {"percent": "1", "valid_from": "2026-11-06"}).status_code == 403
    assert login(company.driver).get("/desk/prices/").status_code == 403
    assert send(login(company.clerk), table(GOOD)).status_code == 403


def test_a_fuel_share_to_come_has_its_button(pricer) -> None:
    desk = login(pricer)
    for day, share in (("2026-11-04", "8"), ("2026-11-06", "10")):
        desk.post("/desk/prices/fuel/", {"valid_from": day, "percent": share})
    page = desk.get("/desk/prices/").content.decode()
    assert "2026-11-06 起，运费的 10.00 %" in page
    assert page.count("/withdraw/") == 1
    row = FuelRate.objects.get(valid_from="2026-11-06")
    assert desk.post(f"/desk/prices/fuel/{row.pk}/withdraw/").status_code == 302
    assert "10.00 %" not in desk.get("/desk/prices/").content.decode()
