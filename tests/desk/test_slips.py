"""The slips page: what to chase, who has it, every verb with its refusal in words (§2.1.3.5, §2.2.5)."""

import io

import pytest
from python_calamine import CalamineWorkbook

from tests.delivery.test_slips import key_customer, signed, slip
from tests.desk.test_goods import login
from tests.factories import Company, sh


@pytest.fixture
def day(clock):
    clock.move_to(sh("06 09:00:00"))


def send(client, verb: str, number: str, remark: str = ""):
    return client.post(f"/desk/slips/{verb}/", {"number": number, "remark": remark})


def test_a_key_customers_slip_shows_its_limit_and_comes_back(company: Company, day) -> None:
    key_customer(company)
    order, desk = signed(company), login(company.clerk)
    page = desk.get("/desk/slips/").content.decode()
    assert order.number in page
    assert "§2.1.3.5" in page.split("<tbody>")[1]
    assert send(desk, "return", order.number).status_code == 302
    assert f"slip-{order.number}" not in desk.get("/desk/slips/").content.decode()
    assert f"slip-{order.number}" in desk.get("/desk/slips/?tab=back").content.decode()


def test_a_rejection_says_what_is_wrong(company: Company, day) -> None:
    order, desk = signed(company), login(company.clerk)
    send(desk, "return", order.number)
    refused = send(desk, "reject", order.number)
    assert refused.status_code == 422
    assert "请说明签收单哪里不合格" in refused.content.decode()
    send(desk, "reject", order.number, "未盖章")
    assert slip(order).state == "rejected"
    assert "未盖章" in desk.get("/desk/slips/").content.decode()


def test_nonsense_is_answered_in_words(company: Company, day) -> None:
    order, desk = signed(company), login(company.clerk)
    assert "没有这票签收单" in send(desk, "hand-on", "E1").content.decode()
    assert send(desk, "resend", order.number).status_code == 409
    assert send(desk, "burn", order.number).status_code == 404
    assert send(login(company.third_clerk), "return", order.number).status_code == 422
    assert login(company.driver).get("/desk/slips/").status_code == 403


def test_thirty_slips_with_thirty_scans(company: Company, day) -> None:
    orders, desk = [signed(company) for _each in range(3)], login(company.clerk)
    for number in (orders[0].number, orders[1].waybill.number, "E404", orders[0].number):
        assert desk.post("/desk/slips/scan/", {"number": f" {number.lower()} "}).status_code == 302
    page = desk.get("/desk/slips/scan/").content.decode()
    assert "成功 2，未成功 2" in page
    assert "没有这个号码的签收单" in page
    assert "当前状态为“已返回”" in page
    assert [slip(order).state for order in orders] == ["returned", "returned", "expected"]
    assert "还没有扫描" in desk.post("/desk/slips/scan/", {"clear": "1"}, follow=True).content.decode()


def test_a_scan_says_what_it_means_where_it_is_made(company: Company, day) -> None:
    """On its way it is handed on, at home it is back, after a rejection it is back signed again."""
    order = signed(company)
    on_the_way, home = login(company.second_clerk), login(company.clerk)
    answer = on_the_way.post("/desk/slips/scan/", {"number": order.number}, headers={"HX-Request": "true"})
    assert 'data-ok="yes"' in answer.content.decode()
    assert (slip(order).state, slip(order).unit) == ("expected", company.second)
    home.post("/desk/slips/scan/", {"number": order.number})
    assert (slip(order).state, slip(order).unit) == ("returned", company.branch)
    send(home, "reject", order.number, "未盖章")
    home.post("/desk/slips/scan/", {"number": order.number})
    assert slip(order).state == "returned"


def test_the_list_to_chase_as_a_workbook(company: Company, clock) -> None:
    key_customer(company)
    order = signed(company)
    clock.move_to(sh("09 00:00:00.000001"))
    book = login(company.clerk).get("/desk/slips/chase.xlsx").content
    _header, row = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert row[0] == order.number
    assert row[3:11] == ["待返回", "2026-11-05 15:00:00", "2026-11-09 00:00:00", "§2.1.3.5", "超时", "西湖营业部", "西湖营业部", "滨江营业部"]
    assert "超时" in login(company.clerk).get("/desk/slips/").content.decode().split("<tbody>")[1]
