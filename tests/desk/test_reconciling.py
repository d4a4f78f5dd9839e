"""A day's money: four equations a branch, each sum leading to its rows, red where the books were tampered with (§4.3.3.2)."""

import io
from decimal import Decimal

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from delivery import services as delivery
from delivery.models import CashMovement, CashOnDelivery
from rulebook.roles import Role
from tests.delivery.test_books import plant
from tests.delivery.test_cash import PRICE, paid
from tests.factories import Company, post, sh

NOON = sh("04 12:00:00")
DAY = "since=2026-11-04&until=2026-11-04"


@pytest.fixture
def finance(company: Company, clock) -> Client:
    clock.move_to(NOON)
    company.finance = post(Role.FINANCE, company.department)
    client = Client()
    client.force_login(company.finance.account)
    return client


@pytest.fixture
def day(company: Company, finance: Client) -> dict[str, object]:
    """Six orders, one at each station of the way, of amounts that tell them apart."""
    names = ("in_hand", "in_safe", "unconfirmed", "payable", "remitted", "lost")
    orders = {name: paid(company, Decimal(f"{10**i}.00")) for i, name in enumerate(names)}
    for name in ("in_safe", "unconfirmed", "payable", "remitted"):
        order = orders[name]
        delivery.count(numbers=[order.number], clerk=company.clerk, total=order.cod_amount, now=NOON)
        if name != "in_safe":
            delivery.bank(numbers=[order.number], clerk=company.clerk, slip=name, now=NOON)
        if name in ("payable", "remitted"):
            delivery.confirm_bank(slip=name, clerk=company.finance, now=NOON)
    delivery.remit(numbers=[orders["remitted"].number], clerk=company.finance, batch="R1", now=NOON)
    lost = {"number": orders["lost"].number, "now": NOON}
    delivery.raise_discrepancy(**lost, clerk=company.clerk, found=Decimal(0), remark="被抢")
    delivery.write_off(**lost, clerk=company.finance, remark="已报案")
    return orders


def said(page: str) -> str:
    return " ".join(page.split("<main")[1].replace("</a>", "").split())


def test_the_four_equations_of_a_day(finance: Client, day) -> None:
    page = finance.get(f"/desk/cash/days/?{DAY}").content.decode()
    for amount in (
        "111111.00",
        "11110.00",
        "1.00",
        "100000.00",
        "11100.00",
        "10.00",
        "11000.00",
        "100.00",
        "10000.00",
        "1000.00",
    ):
        assert f">{amount}<" in page, amount
    assert "相符" in page
    assert "不符" not in page


@pytest.mark.parametrize("part", ["in_hand", "in_safe", "unconfirmed", "payable", "remitted"])
def test_a_sum_leads_to_its_rows(finance: Client, day, part) -> None:
    page = finance.get(f"/desk/cash/days/?{DAY}&unit=B1&part={part}").content.decode().split('id="rows"')[1]
    shown = {name for name, order in day.items() if order.number in page}
    assert shown == {part}


def test_a_day_ends_at_midnight_and_others_are_not_in_it(finance: Client, company: Company, day) -> None:
    assert "这几天没有收款" in finance.get("/desk/cash/days/?since=2026-11-03&until=2026-11-03").content.decode()
    assert finance.get(f"/desk/cash/days/?{DAY}&part=nonsense").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "since=x&until=2026-11-04",
        "since=2026-11-04&until=2026-11-03",
        "since=2026-01-01&until=2026-12-31",
        "since=2026-11-04",
    ],
)
def test_impossible_days_are_answered_in_words(finance: Client, query) -> None:
    answer = finance.get(f"/desk/cash/days/?{query}")
    assert answer.status_code == 422
    assert "有误" in answer.content.decode()


def test_tampered_books_are_red(finance: Client, company: Company) -> None:
    paid(company)
    plant("delivery_cashmovement", "amount = 1199.00", CashMovement.objects.get().pk)
    page = said(finance.get(f"/desk/cash/days/?{DAY}").content.decode())
    assert "不符" in page
    assert "相差 1.00 元，收付记录为 1199.00 元" in page


def test_a_row_that_jumped_a_station_is_red(finance: Client, company: Company) -> None:
    order = paid(company)
    CashOnDelivery.objects.filter(order=order).update(state="banked")
    assert "相差 1200.00 元" in finance.get(f"/desk/cash/days/?{DAY}").content.decode()


def test_the_workbooks(finance: Client, day) -> None:
    book = finance.get(f"/desk/cash/days/?{DAY}&as=xlsx").content
    header, row = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert dict(zip(header, row, strict=True)) == {
        "日期": "2026-11-04", "营业部": "西湖营业部", "已收": "111111.00", "收款人手中": "1.00", "已核销": "100000.00",
        "已清点": "11110.00", "库存待存行": "10.00", "已存行": "11100.00", "待银行确认": "100.00", "银行已确认": "11000.00",
        "待汇付": "1000.00", "已汇付": "10000.00", "核对": "相符", "到付运费已收": "0.00", "运费在收款人手中": "0.00", "运费已清点": "0.00",
        "运费库存待存行": "0.00", "运费已存行": "0.00",
    }  # fmt: skip
    rows = finance.get(f"/desk/cash/days/?{DAY}&unit=B1&part=payable&as=xlsx").content
    _header, row = CalamineWorkbook.from_filelike(io.BytesIO(rows)).get_sheet_by_index(0).to_python()
    assert row[:4] == [day["payable"].number, "西湖营业部", "1000.00", "已存行"]


def test_another_branch_sees_nothing(finance: Client, company: Company, day) -> None:
    other = Client()
    other.force_login(company.third_clerk.account)
    assert "这几天没有收款" in other.get(f"/desk/cash/days/?{DAY}").content.decode()
    assert Client().get(f"/desk/cash/days/?{DAY}").status_code == 302


def test_cash_in_hand_shows_since_when_and_its_limit(finance: Client, company: Company, clock) -> None:
    """In hand since the 4th, to be handed in by the end of the 5th (a setting of one day)."""
    paid(company, PRICE)
    assert "最迟 11-05 交款" in finance.get("/desk/cash/").content.decode()
    for moment, words in (("05 23:59:59", "最迟 11-05 交款"), ("06 00:00:00", "已过交款期限 11-05")):
        clock.move_to(sh(moment))
        finance.force_login(company.finance.account)
        page = finance.get("/desk/cash/").content.decode()
        assert words in page
        assert "自 11-04 12:00 起" in page
