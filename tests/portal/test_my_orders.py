"""A customer's own orders and the money collected for them: whose they are, how they are narrowed, what the workbook says (§3.2)."""

import io
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from python_calamine import CalamineWorkbook

from customers.models import CustomerAccount
from delivery import services as delivery
from orders import services as orders
from orders.models import Order
from rulebook.roles import Role
from tests.factories import Company, CustomerAccountFactory, accepted, bound, draft, placed, post, sh
from tests.portal.test_accounts import login

pytestmark = pytest.mark.django_db
PATHS = ["/my/orders/", "/my/orders/export/", "/my/orders/notes/", "/my/cod/", "/my/cod/export/"]
PRICE = Decimal("1200.00")


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel("2026-11-04 12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def account(company: Company) -> CustomerAccount:
    return bound(company.branch)


def text(response) -> str:
    return response.content.decode()


def cells(response) -> list[list[str]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()


def billed(company: Company, **changes: object) -> Order:
    """An order of 张三, billed at 300.00."""
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), pickup=False, **changes)
    orders.quote(number=order.number, clerk=company.clerk, amount=Decimal("300.00"), words="", now=sh("04 09:06:00"))
    orders.answer_quote(number=order.number, by=company.clerk.actor, agreed=True, now=sh("04 09:07:00"))
    orders.issue_waybill(
        number=order.number, clerk=company.clerk, pieces=10, weight_kg=order.weight_kg, volume_m3=order.volume_m3, now=sh("04 10:00:00")
    )
    return Order.objects.get(pk=order.pk)


@pytest.mark.parametrize("path", PATHS)
def test_strangers_log_in_and_staff_is_turned_away(client: Client, company: Company, path: str):
    assert client.get(path)["Location"] == f"/login/?next={path}"
    client.force_login(company.clerk.account)
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_nobody_sees_anothers(account, company, path):
    mine = billed(company, cod_amount=PRICE)
    stranger = login(CustomerAccountFactory(account__username="stranger"))
    answer = stranger.get(path, {"n": mine.number, "q": mine.number})
    told = str(cells(answer)) if path.endswith("export/") else text(answer)
    assert "李四" not in told
    assert "1200.00" not in told


def test_states_and_promises_are_told_in_words(account, company):
    waiting, done = placed(sh("04 11:58:00"), branch=company.branch), billed(company)
    page = text(login(account).get("/my/orders/"))
    assert "等待西湖营业部电话确认" in page
    assert "西湖营业部最迟 今天 12:08 致电您确认订单" in page
    assert f"已开单，运单号 {done.waybill.number}" in page
    assert f"/orders/{waiting.number}/cancel/" in page
    assert f"/orders/{done.number}/cancel/" not in page


def test_the_list_is_narrowed_by_the_url(account, company):
    early = placed(sh("02 09:00:00"), branch=company.branch)
    late = placed(sh("04 09:00:00"), branch=company.branch, consignee=draft().shipper)
    done = billed(company)
    orders.cancel(number=early.number, by=company.clerk.actor, reason="mistaken", text="", now=sh("04 09:30:00"))
    client = login(account)
    found = {
        "": {early, late, done}, f"q={early.number.lower()}": {early}, f"q={done.waybill.number}": {done}, "state=waiting": {late},
        "state=moving": {done}, "state=cancelled": {early}, "since=2026-11-03": {late, done}, "until=2026-11-02": {early},
        "consignee=李": {early, done}, "city=3301": {late}, "city=3101&state=moving": {done}, "q=nothing": set(),
    }  # fmt: skip
    for query, expected in found.items():
        page = text(client.get(f"/my/orders/?{query}"))
        assert {each for each in (early, late, done) if f'/orders/{each.number}/"' in page} == expected, query
        assert len(cells(client.get(f"/my/orders/export/?{query}"))) == 1 + len(expected)


@pytest.mark.parametrize(
    "query",
    ["q=%00", "state=x", "since=x", "since=0001-01-01", "until=9999-12-31", "city=%00", "consignee=" + "x" * 500, "page=-1", "page=x", "n=%00", "n=x&n=y"],
)
def test_odd_queries_are_answered(account, company, query):
    placed(sh("04 09:00:00"), branch=company.branch)
    client = login(account)
    for path in PATHS:
        assert client.get(f"{path}?{query}").status_code in (200, 302)


def test_pages_and_queries_are_bounded(account, company, django_assert_max_num_queries):
    for minute in range(25):
        placed(sh(f"04 09:{minute:02}:00"), branch=company.branch)
    client = login(account)
    with django_assert_max_num_queries(20):
        page = text(client.get("/my/orders/?state=waiting"))
    assert "第 1 / 2 页，共 25 条" in page
    assert "?state=waiting&amp;page=2" in page


def test_the_workbook_says_what_the_page_says(account, company):
    done = billed(company)
    head, row = cells(login(account).get("/my/orders/export/"))
    line = dict(zip(head, row, strict=True))
    assert (line["订单号"], line["运单号"], line["运费"], line["收货地区"]) == (done.number, done.waybill.number, "300.00", "上海市 徐汇区")


def test_notes_are_printed_again_for_oneself_alone(account, company):
    mine = billed(company)
    unprinted = placed(sh("04 09:00:00"), branch=company.branch)
    client = login(account)
    assert "没有可打印的托运书" in text(client.get(f"/my/orders/notes/?n={unprinted.number}", follow=True))
    orders.print_note(number=mine.number, clerk=company.clerk, now=sh("04 10:01:00"))
    page = text(client.get(f"/my/orders/notes/?n={mine.number}&n={unprinted.number}"))
    assert mine.number in page
    assert unprinted.number not in page
    assert "第二联：客户存" in page
    assert "第一联" not in page
    assert "客户自行打印" in page
    assert "13800138000" not in page
    assert mine.prints.count() == 1


def test_the_money_and_its_day(account, company):
    """Collected on the 4th, to be paid out within three days: by the 7th."""
    first, second = billed(company, cod_amount=PRICE), billed(company, cod_amount=Decimal("80.50"))
    client = login(account)
    assert "收款后 3 天内" in text(client.get("/my/cod/"))
    delivery.collect(number=first.number, clerk=company.driver, amount=PRICE, means="cash", now=sh("04 11:00:00"))
    page = text(client.get("/my/cod/"))
    assert "最迟 2026-11-07" in page
    assert "<dt>已收款</dt><dd>¥1200.00</dd>" in page
    assert "<dt>待收款</dt><dd>¥80.50</dd>" in page
    assert second.number not in text(client.get("/my/cod/?state=collected"))


def test_payouts_are_summed_by_batch(account, company):
    finance = post(Role.FINANCE, company.department)
    numbers = [billed(company, cod_amount=amount).number for amount in (PRICE, Decimal("80.50"))]
    for number, amount in zip(numbers, (PRICE, Decimal("80.50")), strict=True):
        delivery.collect(number=number, clerk=company.driver, amount=amount, means="cash", now=sh("04 11:00:00"))
    delivery.count(numbers=numbers, clerk=company.clerk, total=Decimal("1280.50"), now=sh("04 11:10:00"))
    delivery.bank(numbers=numbers, clerk=company.manager, slip="ICBC-7", now=sh("04 11:20:00"))
    delivery.confirm_bank(slip="ICBC-7", clerk=finance, now=sh("04 11:30:00"))
    delivery.remit(numbers=numbers, clerk=finance, batch="R1", now=sh("04 11:40:00"))
    page = text(login(account).get("/my/cod/"))
    assert "2026-11-04 11:40 已汇付，批次 R1" in page
    assert "<strong>R1</strong> <span>¥1280.50</span>" in page
    assert "<dt>待汇付</dt><dd>¥0" in page
    assert [row[4] for row in cells(login(account).get("/my/cod/export/"))[1:]] == ["已汇付", "已汇付"]
