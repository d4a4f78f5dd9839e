"""Charges, COD plans and fuel of a tariff: typed on a page or in a file's own sheets, compared, closed once approved (§3.3)."""

from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.models import Entry
from desk import tariffs
from desk.chargeforms import steps_text, tiers_of
from desk.chargesheets import CHARGE_HEADERS, CHARGES, PLAN_HEADERS, PLANS
from orders.sheets import Column, Sheet, book_of, read_all
from pricing.models import Surcharge, TariffVersion
from pricing.services import quote
from pricing.services import tariffs as versions
from rulebook.events import On
from rulebook.quotes import Tier
from rulebook.roles import Role
from tests.desk.test_prices import GOOD, HEADERS, changed, login, send
from tests.factories import Company, post, sh
from tests.pricing.prices import D, asked, lane, live

pytestmark = pytest.mark.django_db
DOOR = {"代码": "door", "名称": "送货费", "适用": "送货上门", "计费基础": "每千克", "费率": "0.25", "最低": "18", "最高": "200"}
FEE = {"代码": "cod_t1", "名称": "代收手续费", "适用": "代收货款", "细分": "t1", "计费基础": "代收货款比例", "分档": "200 = 2；3000 = 4；以上 = 0.15% 封顶 40"}
PLAN = {"代码": "t1", "名称": "次日退", "到账天数": "1", "最高金额": "20000"}


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


@pytest.fixture
def client(pricer) -> Client:
    return login(pricer)


def sheet(name: str, headers: list[str], *rows: dict[str, str]) -> Sheet:
    return Sheet(name, [Column(header) for header in headers], [[row.get(header, "") for header in headers] for row in rows])


def book(*, charges: list[dict[str, str]] | None = None, plans: list[dict[str, str]] | None = None) -> bytes:
    sheets = [Sheet("线路", [Column(header) for header in HEADERS], [GOOD])]
    sheets += [sheet(CHARGES, list(CHARGE_HEADERS.values()), *charges)] if charges is not None else []
    sheets += [sheet(PLANS, list(PLAN_HEADERS.values()), *plans)] if plans is not None else []
    return book_of(sheets)


def draft(pricer, code: str = "T2", since: str = "2026-11-05") -> TariffVersion:
    return versions.draft(code=code, valid_from=sh(f"{since} 00:00:00").date(), lanes=[lane()], by=pricer, now=sh("04 09:00:00"))


def rows(version: TariffVersion) -> dict[str, Surcharge]:
    return {row.code: row for row in version.surcharges.all()}


# From a file.


def test_charges_and_plans_come_from_their_own_sheets(client, pricer):
    """20,001 × 0.15 % = 30.00; 120 kg × 0.25 = 30.00; by version T1 they were 24.00 at 0.2 and t3."""
    live(pricer)
    assert send(client, book(charges=[DOOR, FEE], plans=[PLAN])).status_code == 302
    version = TariffVersion.objects.get(code="T2")
    assert list(rows(version)) == ["door", "cod_t1"]
    tiers = [(t.upto, t.fixed, t.rate, t.cap) for t in rows(version)["cod_t1"].tiers.all()]
    assert tiers == [(D("200.00"), D(2), D(0), None), (D("3000.00"), D(4), D(0), None), (None, D(0), D("0.0015"), D(40))]
    for verb in ("approve", "publish"):
        assert client.post(f"/desk/prices/{version.pk}/{verb}/").status_code == 302
    told = quote(asked(at="05 09:00:00", delivery="door", cod_amount=D(20000)))
    assert {line.code: str(line.amount) for line in told.lines} == {"freight": "317.80", "door": "30.00", "cod_t1": "30.00"}


def test_without_the_sheets_those_of_the_last_version_stay(client, pricer):
    live(pricer)
    send(client, book(plans=[PLAN]))
    version = TariffVersion.objects.get(code="T2")
    assert version.surcharges.count() == 7
    assert [plan.code for plan in version.cod_plans.all()] == ["t1"]
    page = client.get(f"/desk/prices/{version.pk}/").content.decode()
    assert "有附加费的细分指向本版本没有的代收方案" in page  # the fee is for t3
    assert client.post(f"/desk/prices/{version.pk}/approve/").status_code == 422


WRONG = [
    ({"费率": "NaN"}, "费率"), ({"费率": "-1"}, "费率"), ({"费率": "0.0000001"}, "费率"), ({"费率": ""}, None), ({"费率": "", "最低": ""}, "费率"),
    ({"最高": "17.99"}, "最高"), ({"最低": "1000000"}, "最低"), ({"适用": "送上月球"}, "适用"), ({"计费基础": ""}, "计费基础"),
    ({"计费基础": "声明价值比例"}, "计费基础"), ({"细分": "t1"}, "细分"), ({"产品": "火箭"}, "产品"), ({"取整": "进位到万元"}, "取整"),
    ({"代码": "送货"}, "代码"), ({"名称": ""}, "名称"), ({"分档": "以上 = ×1"}, "分档"),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "column"), WRONG)
def test_a_wrong_cell_is_named_by_sheet_line_and_column(client, cells, column):
    response = send(client, book(charges=[FEE, DOOR | cells], plans=[PLAN]))
    if column is None:  # a least amount alone is a charge
        assert response.status_code == 302
        return
    assert response.status_code == 422
    assert [fault[:3] for fault in response.context["faults"]] == [(CHARGES, 3, column)]
    assert (TariffVersion.objects.count(), Surcharge.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("200 = 2", "最后一档"), ("200 = 2；以上 = 3；以上 = 4", "最后一档"), ("3000 = 4；200 = 2；以上 = 5", "逐档递增"),
        ("200 = 2；200 = 3；以上 = 4", "逐档递增"), ("0 = 2；以上 = 4", "大于 0"), ("二百 = 2", "第 1 档看不懂"),
        ("200 = 2；以上 = ×3", "第 2 档看不懂"), ("200 =；以上 = 3", "第 1 档看不懂"), ("以上 = 150%", "100 %"),
        ("以上 = 50 + 1% 封顶 40", "封顶"), ("；".join(f"{n} = 1" for n in range(1, 22)), "最多 20 档"),
    ],
)  # fmt: skip
def test_steps_that_lie(client, text, words):
    response = send(client, book(charges=[FEE | {"分档": text}], plans=[PLAN]))
    (fault,) = response.context["faults"]
    assert (fault.line, fault.column, words in fault.words) == (2, "分档", True)


def test_rows_of_one_code_and_fees_without_a_plan(client):
    response = send(client, book(charges=[DOOR, FEE, DOOR], plans=[PLAN]))
    assert [fault[:3] for fault in response.context["faults"]] == [(CHARGES, 4, "代码")]
    response = send(client, book(charges=[DOOR, FEE], plans=[PLAN | {"代码": "t3"}]))
    assert [fault[:3] for fault in response.context["faults"]] == [(CHARGES, 3, "细分")]
    assert send(client, book(charges=[DOOR, DOOR | {"产品": "空运定时达"}])).status_code == 302


@pytest.mark.parametrize(
    ("cells", "column"),
    [({"到账天数": "31"}, "到账天数"), ({"到账天数": "1.5"}, "到账天数"), ({"最高金额": "0"}, "最高金额"), ({"最高金额": "1e9"}, "最高金额"), ({"代码": ""}, "代码")],
)
def test_a_plan_that_cannot_be(client, cells, column):
    response = send(client, book(plans=[PLAN | cells]))
    assert [fault[:3] for fault in response.context["faults"]] == [(PLANS, 2, column)]


def test_refused_rows_of_every_sheet_come_back(client):
    response = send(client, book(charges=[DOOR | {"费率": "x"}], plans=[PLAN | {"到账天数": "x"}]))
    assert "附加费</td><td>2</td><td>费率" in response.content.decode()
    back = client.get(f"/desk/prices/errors/{response.context['token']}.xlsx").content
    found = read_all(back, others=(CHARGES, PLANS))
    assert found[""].headers[:2] == ["行号", "错误"]
    assert [cells["行号"] for cells in (found[""].rows[0][1], found[CHARGES if CHARGES in found else PLANS].rows[0][1])] == ["2", "2"]


def test_a_sheet_without_its_columns_is_no_tariff(client):
    content = book_of([Sheet("线路", [Column(h) for h in HEADERS], [GOOD]), sheet(CHARGES, ["代码", "名称"], {"代码": "a", "名称": "b"})])
    response = send(client, content)
    assert response.status_code == 422
    assert "附加费: 缺少必填的列" in response.content.decode()


@pytest.mark.parametrize(
    ("cells", "column"),
    [({"heavy": "227", "light": "2.24"}, "轻货单价"), ({"days": "0", "arrives": "16:59", "cut_off": "17:00"}, "到达时刻"), ({"days": "0", "arrives": "17:00"}, "到达时刻")],
)
def test_lanes_that_lie(client, cells, column):
    """Rates that trade places meet at 0.01 kg a m³; what leaves at 17:00 is not there at 16:59."""
    response = send(client, book_of([Sheet("线路", [Column(h) for h in HEADERS], [changed(**cells)])]))
    assert [fault.column for fault in response.context["faults"]] == [column]


def test_a_version_goes_out_and_comes_back_the_same(client, pricer):
    first = live(pricer)
    content = client.get(f"/desk/prices/{first.pk}.xlsx").content
    assert send(client, content).status_code == 302
    found, counts = tariffs.changes(TariffVersion.objects.get(code="T2"))
    assert [each for each in found if each.product in (CHARGES, PLANS)] == []
    assert (counts["changed"], TariffVersion.objects.get(code="T2").surcharges.count()) == (0, 7)


def test_the_template_is_a_tariff(client):
    parsed = tariffs.parse(tariffs.template())
    assert (parsed.faults, len(parsed.charges), len(parsed.plans)) == ([], 2, 1)


# On the page.


def page(version: TariffVersion, kind: str = "charges", row: int = 0) -> str:
    return f"/desk/prices/{version.pk}/{kind}/{row}/"


FORM = {"code": "wood", "zh": "木架费", "when": "always", "basis": "per_m3", "rate": "80", "tiers": "", "minimum": "50", "cap": "", "rounding": "jiao"}


def test_a_charge_is_added_changed_and_dropped(client, pricer):
    live(pricer)
    version = draft(pricer)
    assert client.post(page(version), FORM).status_code == 302
    row = rows(version)["wood"]
    assert (row.rate, row.minimum, row.rounding, row.serial) == (D(80), D(50), "jiao", 7)
    client.post(page(version, row=row.pk), FORM | {"rate": "", "tiers": "1 = 60\n以上 = 10 + ×55.5"})
    row = rows(version)["wood"]
    assert (row.rate, row.serial, [(t.upto, t.fixed, t.rate) for t in row.tiers.all()]) == (
        D(0), 7, [(D(1), D(60), D(0)), (None, D(10), D("55.5"))],
    )  # fmt: skip
    assert "1 = 60\n以上 = 10 + ×55.5" in client.get(page(version, row=row.pk)).content.decode()
    assert client.post(page(version, row=row.pk), {"drop": "1"}).status_code == 302
    assert "wood" not in rows(version)
    assert Entry.objects.filter(name=On.TARIFF_CHANGED).count() == 3


def test_a_plan_is_added_and_changed(client, pricer):
    version = draft(pricer)
    plan = {"code": "t0", "zh": "即日退", "days": "0", "most": "5000"}
    assert client.post(page(version, "plans"), plan).status_code == 302
    made = version.cod_plans.get()
    assert client.post(page(version, "plans"), plan).status_code == 422  # its code is taken
    client.post(page(version, "plans", made.pk), plan | {"most": "6000.50"})
    assert version.cod_plans.get().most == Decimal("6000.50")
    client.post(page(version, "plans", made.pk), {"drop": "1"})
    assert not version.cod_plans.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"rate": "NaN"}, "rate"), ({"rate": "", "minimum": ""}, "rate"), ({"code": "door"}, "code"), ({"cap": "10"}, "cap"), ({"basis": "pct_cod"}, "basis")],
)
def test_what_cannot_be_is_said_beside_the_field(client, pricer, wrong, field):
    live(pricer)
    version = draft(pricer)
    response = client.post(page(version), FORM | wrong)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert version.surcharges.count() == 7


def test_the_preview_says_what_changes_of_charges_and_plans(client, pricer):
    live(pricer)
    version = draft(pricer)
    client.post(page(version), FORM)
    client.post(page(version, row=rows(version)["slip"].pk), {"drop": "1"})
    client.post(page(version, "plans", version.cod_plans.get().pk), {"code": "t3", "zh": "三日退", "days": "3", "most": "60000"})
    found, counts = tariffs.changes(version)
    assert [(each.product, each.lane, bool(each.before), bool(each.after)) for each in found] == [
        (CHARGES, "木架费", False, True), (PLANS, "三日退", True, True), (CHARGES, "签收回单费", True, False),
    ]  # fmt: skip
    assert counts == {"added": 1, "dropped": 1, "changed": 1, "same": 1}
    told = client.get(f"/desk/prices/{version.pk}/").content.decode()
    assert "每单 · 每立方米 · ¥80 · 最低 50 · 四舍五入到角" in told
    assert "3 天到账，最高 60000.00 元" in told


def test_an_approved_or_live_version_is_closed(client, pricer):
    first = live(pricer)
    version = draft(pricer)
    client.post(f"/desk/prices/{version.pk}/approve/")
    for closed in (first, version):
        row = rows(closed)["door"].pk
        assert client.post(page(closed), FORM).status_code == 409
        assert client.post(page(closed, row=row), {"drop": "1"}).status_code == 409
        assert client.post(page(closed, "plans"), {"code": "t0", "zh": "即日退", "days": "0", "most": "5000"}).status_code == 409
        assert closed.surcharges.count() == 7
        assert "charges/0/" not in client.get(f"/desk/prices/{closed.pk}/").content.decode()
    client.post(f"/desk/prices/{version.pk}/send-back/")
    assert client.post(page(version), FORM).status_code == 302


def test_who_may(company, pricer):
    version = draft(pricer)
    for person in (company.clerk, company.manager, company.driver):
        assert login(person).post(page(version), FORM).status_code == 403
        assert login(person).get(page(version)).status_code == 403
    client = login(pricer)
    for url in (page(version, "lanes"), page(version, row=999999), page(version, "plans", 999999), "/desk/prices/999999/charges/0/"):
        assert client.get(url).status_code == 404
    file = SimpleUploadedFile("x.xlsx", b"x")
    assert client.post(page(version), {"code": file}).status_code == 422


@pytest.mark.parametrize(
    ("text", "share", "tiers"),
    [
        ("200 = 2\n以上 = 0.15% 封顶 40", True, (Tier(D(200), D(2)), Tier(None, D(0), D("0.0015"), D(40)))),
        ("above=10+×0.5", False, (Tier(None, D(10), D("0.5")),)),
        ("100：0", True, (Tier(D(100), D(0)),)),
        ("以上 = 5 + 1%", True, (Tier(None, D(5), D("0.01")),)),
    ],
)
def test_steps_are_read_and_written_alike(text, share, tiers):
    assert tiers_of(text, share=share) == tiers
    assert tiers_of(steps_text(tiers, share=share), share=share) == tiers
