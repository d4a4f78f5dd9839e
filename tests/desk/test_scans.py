"""Scanning (screens 7): waybills, labels, order numbers; foreign and unknown ones told in plain words."""

import pytest
from django.test import Client

from delivery.models import Scan
from orders.models import Waybill
from rulebook.roles import Role
from tests.api.test_verbs import Staff, done
from tests.delivery.test_shipments import departed, does, shipment
from tests.desk.test_rounds import JSON, login, on_the_van
from tests.factories import Company, post, sh

URL = "/desk/m/scan/"


@pytest.fixture
def terminal(company: Company, clock) -> Client:
    clock.move_to(sh("05 13:30:00"))
    company.second_driver = post(Role.COURIER, company.second)
    return login(company.second_clerk)


def waybill(order) -> str:
    return Waybill.objects.get(order=order).number


def says(client: Client, code: str, mode: str = "look", **more: object) -> dict[str, object]:
    return client.post(URL, {"code": code, "mode": mode, **more}, **JSON).json()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("SF1234567890123", "不是本公司的单号"), ("12345", "不是本公司的单号"), ("<script>", "不是本公司的单号"),
        ("1234567890", "单号校验不符"), ("E2611040000019", "单号校验不符"), ("1234567897", "没有这票货物"),
    ],
)  # fmt: skip
def test_what_is_not_ours_is_told_in_plain_words(terminal: Client, company: Company, code: str, words: str) -> None:
    answer = terminal.post(URL, {"code": code, "mode": "arrive"}, **JSON)
    assert answer.status_code == 422
    assert words in answer.json()["words"]
    page = terminal.post(URL, {"code": code, "mode": "look"})
    assert (page.status_code, words in page.content.decode(), "<script>" in page.content.decode().split("<main")[1].split("</main")[0]) == (
        422, True, False,
    )  # fmt: skip
    assert not Scan.objects.exists()


def test_every_label_of_a_waybill_says_its_piece_and_arrives_once(terminal: Client, company: Company) -> None:
    order = departed(company)
    number = waybill(order)
    first = says(terminal, f"{number}-003/010", "arrive")
    assert (first["ok"], first["piece"], first["pieces"]) == (True, 3, 10)
    assert shipment(order).state == "arrived"
    assert says(terminal, f"{number}-004/010", "arrive")["words"] == f"{order.number} · 已进港 · 第 4/10 件"
    assert "这票只有 10 件" in says(terminal, f"{number}-011/010", "arrive")["words"]
    assert Scan.objects.filter(verb="arrive").count() == 1


def test_other_goods_where_they_cannot_arrive(terminal: Client, company: Company) -> None:
    order = on_the_van(company)
    answer = terminal.post(URL, {"code": waybill(order), "mode": "arrive"}, **JSON)
    assert answer.status_code == 409
    assert "派送中" in answer.json()["words"]


def test_a_courier_looks_up_and_does_not_register(terminal: Client, company: Company) -> None:
    order, courier = on_the_van(company), login(company.second_driver)
    assert says(courier, f" {waybill(order)} ")["words"] == f"{order.number} · 在您的派送任务里"
    assert says(courier, order.number.lower())["mine"] is True
    assert courier.post(URL, {"code": waybill(order), "mode": "arrive"}, **JSON).status_code == 403
    page = courier.get(URL).content.decode()
    assert 'value="look"' in page
    assert 'value="arrive"' not in page


def test_another_branch_finds_nothing_but_may_receive_what_lies_before_it(terminal: Client, company: Company) -> None:
    order = departed(company)
    third = login(company.third_clerk)
    assert "没有这票货物" in says(third, waybill(order))["words"]
    assert says(third, waybill(order), "arrive")["ok"] is True
    assert shipment(order).terminal == company.third


def test_told_late_and_twice_it_keeps_the_phones_time(terminal: Client, company: Company) -> None:
    order = departed(company)
    for _ in range(2):
        assert says(terminal, waybill(order), "arrive", source="k1", at=sh("05 11:00:00").isoformat())["ok"] is True
    assert shipment(order).arrived_at == sh("05 11:00:00")
    assert order.number in terminal.get(URL).content.decode()


def test_the_same_by_the_api(terminal: Client, company: Company) -> None:
    order = departed(company)
    staff = Staff(company.second_clerk)
    assert done(staff.post("scans/", {"code": "SF1"}), 422)["field"] == "code"
    told = done(staff.post("scans/", {"code": f"{waybill(order)}-001/010", "mode": "arrive"}))
    assert (told["shipment"]["state"], told["piece"], told["again"]) == ("arrived", 1, False)
    assert done(staff.post("scans/", {"code": waybill(order), "mode": "arrive"}))["again"] is True
    assert does(order, "offer_for_pickup", company.second_clerk, "05 13:40:00").state == "ready_for_pickup"
