"""The tracking workbench: stale goods oldest first, problems, pasted lists, entries for many at once (§4.3.2.4, §1.3.2.1)."""

import io
import re
from decimal import Decimal

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from delivery import services as delivery
from delivery.models import Scan
from rulebook.roles import Role
from tests.delivery.pictures import photo
from tests.delivery.test_shipments import SIGNED, arrived, departed, does, loaded
from tests.desk.test_goods import login
from tests.factories import Company, post, sh

CARRIER = {"carrier": "顺达物流", "phone": "021-55550000", "carrier_no": "SD1"}
EXPORT = "/desk/tracking/export.xlsx"


@pytest.fixture
def desk(company: Company, clock) -> Client:
    clock.move_to(sh("06 10:00:00"))
    return login(company.second_clerk)


def numbers(answer) -> list[str]:
    return re.findall(r'<tr id="track-(E\d+)"', answer.content.decode())


def forwarded(company: Company, at: str = "05 14:00:00"):
    order = arrived(company)
    does(order, "forward", company.second_clerk, at, **CARRIER)
    return order


def test_stale_goods_come_oldest_first_and_by_the_hours_of_their_state(desk: Client, company: Company, clock) -> None:
    """Arrived at 11:00 goods may rest 12 hours, forwarded ones 24."""
    arrived_, departed_, forwarded_ = arrived(company), departed(company), forwarded(company, "05 11:30:00")
    assert numbers(desk.get("/desk/tracking/")) == [departed_.number, arrived_.number]
    clock.move_to(sh("06 11:30:00"))
    assert numbers(login(company.second_clerk).get("/desk/tracking/")) == [departed_.number, arrived_.number]
    clock.move_to(sh("06 11:30:00.000001"))
    late = login(company.second_clerk).get("/desk/tracking/")
    assert numbers(late) == [departed_.number, arrived_.number, forwarded_.number]


def test_one_line_says_all(desk: Client, company: Company) -> None:
    order = loaded(company)
    page = desk.get("/desk/tracking/?tab=open").content.decode()
    line = page.split(f'id="track-{order.number}"')[1].split("</tr>")[0]
    said = [
        order.waybill.number,
        "派送中",
        "滨江营业部营业部受理员",
        "11-05 13:00",
        "21 小时",
        "§1.3.3.1",
        'data-level="over"',
        "第 1 次派送，货物已送出",
    ]
    for words in said:
        assert words in line.replace("\xa0", " "), words


def test_problems_by_kind(desk: Client, company: Company) -> None:
    company.lost = post(Role.BRANCH_MANAGER, company.second)
    refused, lost, cash, odd, held = (loaded(company, cod=cod) for cod in ("0.00", "0.00", "500.00", "0.00", "0.00"))
    does(refused, "refuse", company.second_clerk, "06 09:00:00", reason="not_ordered")
    failed = {"reason": "nobody_there", "contacted": "nobody", "contact": "未接"}
    short = SIGNED | {"pieces": 9, "exception": "shortage", "remark": "少一件", "pictures": [photo()]}
    for order in (held, lost):
        does(order, "fail_attempt", company.second_clerk, "06 09:00:00", **failed)
    does(lost, "declare_lost", company.lost, "06 09:30:00", remark="找不到")
    does(odd, "sign_with_exception", company.second_clerk, "06 09:00:00", **short)
    found = {"found": Decimal(400), "remark": "只付 400"}
    delivery.raise_discrepancy(number=cash.number, clerk=company.second_clerk, now=sh("06 09:00:00"), **found)
    for kind, order in (("refused", refused), ("lost", lost), ("exception", odd), ("cash", cash), ("held", held)):
        assert numbers(desk.get(f"/desk/tracking/?tab=problem&kind={kind}")) == [order.number], kind
    page = desk.get("/desk/tracking/?tab=problem")
    assert len(numbers(page)) == 5
    counted = dict(re.findall(r'tab=(\w+)"[^>]*>[^<]*<b>(\d+)</b>', page.content.decode()))
    late = {cash.number, held.number}  # a refused, lost or signed one has no limit of delivery any more
    assert counted == {"stale": "1", "problem": "5", "forwarded": "0", "late": "2", "open": "4"}
    assert set(numbers(desk.get("/desk/tracking/?tab=late"))) == late


def test_a_pasted_list_is_found_as_it_was_pasted(desk: Client, company: Company) -> None:
    first, second = arrived(company), departed(company)
    answer = desk.get(
        "/desk/tracking/", {"numbers": f"{second.waybill.number}，{first.number.lower()}\nE404 {second.number}"}
    )
    assert numbers(answer) == [second.number, first.number]
    assert "E404" in answer.content.decode()


def test_a_scan_opens_the_goods(desk: Client, company: Company) -> None:
    order = arrived(company)
    for number in (order.number, order.waybill.number):
        assert desk.get("/desk/tracking/", {"numbers": f"{number}\n"}).url == f"/desk/goods/{order.number}/"


def test_entries_for_many_at_once_and_each_answers_for_itself(desk: Client, company: Company) -> None:
    good, rolling = forwarded(company), loaded(company)
    answer = desk.post(
        "/desk/tracking/?tab=forwarded", {"number": [good.number, rolling.number, "E404"], "phrase": "at_city"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "成功 1 票，未成功 2 票" in page
    assert "当前状态为“派送中”" in page
    assert "没有这票货物" in page
    assert "已向承运商查询货物情况（已到达目的城市）" in page
    assert Scan.objects.filter(verb="track").count() == 1


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"phrase": "at_city"}, "请至少选择一票订单"), ({"number": "E1"}, "请选择常用语，或填写跟踪情况"),
        ({"number": "E1", "phrase": "nonsense"}, "没有这个选项"), ({"number": "E1", "text": "长" * 301}, "最多 300 个字"),
    ],
)  # fmt: skip
def test_nonsense_is_answered_in_words(desk: Client, company: Company, sent, said) -> None:
    answer = desk.post("/desk/tracking/", sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_filters_of_the_url_and_nonsense_in_them(desk: Client, company: Company) -> None:
    order = arrived(company)
    assert numbers(desk.get("/desk/tracking/?tab=open&state=arrived&to=31&branch=B2")) == [order.number]
    assert numbers(desk.get("/desk/tracking/?tab=open&state=forwarded")) == []
    assert numbers(desk.get("/desk/tracking/?tab=open&branch=B3")) == []
    assert "没有符合条件的货物" in desk.get("/desk/tracking/?tab=open&state=forwarded").content.decode()
    assert desk.get("/desk/tracking/?tab=%00&state=x&kind=y&to=z&page=-1").status_code == 200


def test_the_file_has_the_columns_of_the_page(desk: Client, company: Company) -> None:
    order = arrived(company)
    book = desk.get(f"{EXPORT}?tab=open").content
    header, row = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert header[:5] == ["订单号", "运单号", "状态", "所在", "最近更新"]
    assert row[:5] == [order.number, order.waybill.number, "已进港", "滨江营业部", "2026-11-05 11:00:00"]
    assert "【滨江营业部】货物已到达目的地营业部" in row[7]


def test_another_branch_sees_nothing(desk: Client, company: Company) -> None:
    order = forwarded(company)
    other = login(company.third_clerk)
    assert numbers(other.get("/desk/tracking/?tab=open")) == []
    assert numbers(other.get("/desk/tracking/", {"numbers": f"{order.number} E404"})) == []
    assert (
        "没有这票货物"
        in other.post("/desk/tracking/", {"number": order.number, "phrase": "at_city"}).content.decode()
    )
    assert not Scan.objects.filter(verb="track").exists()


def test_the_page_costs_few_queries(desk: Client, company: Company, django_assert_max_num_queries) -> None:
    for _each in range(3):
        arrived(company)
    desk.get("/desk/tracking/")  # the session notes once that it is in use
    with django_assert_max_num_queries(12):
        assert len(numbers(desk.get("/desk/tracking/?tab=open"))) == 3


def test_empty_states(desk: Client) -> None:
    assert "这里暂时没有货物" in desk.get("/desk/tracking/").content.decode()


def test_what_was_entered_for_all_leads_back_to_the_list(desk: Client, company: Company) -> None:
    order = forwarded(company)
    answer = desk.post("/desk/tracking/?tab=forwarded", {"number": order.number, "phrase": "received"}, follow=True)
    assert answer.redirect_chain == [("/desk/tracking/?tab=forwarded", 302)]
    assert "成功 1 票" in answer.content.decode()
