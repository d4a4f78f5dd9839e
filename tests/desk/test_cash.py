"""The page of collected cash: counting, the bank, paying out, discrepancies, the ledger as a workbook (§4.3.3.2)."""

import io
from decimal import Decimal

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from delivery import services as delivery
from delivery.models import CashOnDelivery
from desk.doctor import CHECKS
from rulebook.roles import Role
from tests.delivery.test_cash import billed, cash, paid
from tests.desk.conftest import NOON
from tests.factories import Company, post, sh


@pytest.fixture
def finance(company: Company, clock) -> Client:
    clock.move_to(sh("04 12:00:00"))
    company.finance = post(Role.FINANCE, company.department)
    client = Client()
    client.force_login(company.finance.account)
    return client


def test_the_way_of_the_money_over_the_page(desk: Client, finance: Client, company: Company) -> None:
    order = paid(company)
    page = desk.get("/desk/cash/").content.decode()
    assert "应交 1200.00 元" in page
    assert desk.post("/desk/cash/count/", {"number": order.number, "total": "1200.00"}).status_code == 302
    assert desk.post("/desk/cash/bank/", {"number": order.number, "slip": "ICBC-7"}).status_code == 302
    assert finance.post("/desk/cash/confirm/", {"slip": "ICBC-7"}).status_code == 302
    assert finance.post("/desk/cash/remit/", {"number": order.number, "batch": "R1"}).status_code == 302
    assert cash(order).state == "remitted"


@pytest.mark.parametrize(
    ("total", "said"),
    [
        ("1199.99", "相差 -0.01 元"), ("NaN", "金额须为数字"), ("-1", "金额不能为负数"), ("1.001", "金额最多两位小数"), ("", "请填写此项"),
        ("=1+1", "金额须为数字"), ("9" * 30, "金额过大"),
    ],
)  # fmt: skip
def test_a_wrong_total_is_told_and_nothing_is_booked(
    desk: Client, finance: Client, company: Company, total, said
) -> None:
    order = paid(company)
    answer = desk.post("/desk/cash/count/", {"number": order.number, "total": total})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert cash(order).state == "collected"


def test_nothing_ticked_and_foreign_numbers(desk: Client, finance: Client, company: Company) -> None:
    assert "请至少选择一票订单" in desk.post("/desk/cash/count/", {"total": "0"}).content.decode()
    assert desk.post("/desk/cash/count/", {"number": "E1", "total": "0"}).status_code == 404
    assert desk.post("/desk/cash/steal/", {"number": "E1"}).status_code == 404


def test_a_branch_does_not_pay_out(desk: Client, finance: Client, company: Company) -> None:
    order = paid(company)
    assert desk.post("/desk/cash/remit/", {"number": order.number, "batch": "R1"}).status_code == 403


def test_a_discrepancy_is_recorded_and_settled(desk: Client, finance: Client, company: Company) -> None:
    order = billed(company)
    desk.post("/desk/cash/dispute/", {"number": order.number, "found": "1000", "remark": "只带了 1000"})
    assert cash(order).state == "discrepancy"
    assert "应收 1200.00 元，实际 1000.00 元" in finance.get("/desk/cash/").content.decode()
    finance.post("/desk/cash/resolve/", {"number": order.number, "paid": "no", "remark": "已补足"})
    assert cash(order).state == "due"


def test_the_ledger_of_a_day(desk: Client, finance: Client, company: Company) -> None:
    order = paid(company)
    book = desk.get("/desk/cash/ledger.xlsx?since=2026-11-04&until=2026-11-04").content
    _header, row = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert row[1:6] == [order.number, "收款", "收款人手中", "应付发货人", "1200.00"]
    assert desk.get("/desk/cash/ledger.xlsx?since=x").status_code == 302


def test_another_branch_sees_nothing(finance: Client, company: Company) -> None:
    order = paid(company)
    other = Client()
    other.force_login(company.third_clerk.account)
    assert order.number not in other.get("/desk/cash/").content.decode()


def test_empty_states(desk: Client, finance: Client) -> None:
    page = desk.get("/desk/cash/").content.decode()
    for said in (
        "没有待处理的差异",
        "没有人手中有未交的代收货款",
        "没有待存行的款项",
        "没有待确认的存款单",
        "没有可以汇付的款项",
    ):
        assert said in page


def test_couriers_have_no_such_page(company: Company, clock) -> None:
    client = Client()
    client.force_login(company.driver.account)
    assert client.get("/desk/cash/").status_code == 403


def test_the_doctor_finds_books_that_do_not_balance(company: Company, clock) -> None:
    clock.move_to(sh("04 12:00:00"))
    order = paid(company, Decimal("80.00"))
    assert CHECKS["代收货款"](NOON) == []
    CashOnDelivery.objects.filter(order=order).update(amount=Decimal("79.99"))
    (finding,) = CHECKS["代收货款"](NOON)
    assert f"订单 {order.number}，相差 0.01 元" in finding.zh
    assert delivery.books().gap == Decimal("0.01")
