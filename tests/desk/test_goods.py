"""Arrivals, delivery planning, one shipment's page and the courier's deliveries (§1.3.3, §4.3.2.8, §4.3.3.2)."""

import pytest
from django.test import Client

from delivery.models import Attempt, Shipment
from rulebook.roles import Role
from tests.delivery.test_shipments import arrived, departed, does, loaded, shipment
from tests.factories import Company, post, sh


def login(person) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


@pytest.fixture
def terminal(company: Company, clock) -> Client:
    clock.move_to(sh("05 13:30:00"))
    return login(company.second_clerk)


@pytest.fixture
def courier(company: Company, terminal: Client) -> Client:
    company.second_driver = post(Role.COURIER, company.second)
    return login(company.second_driver)


def on_the_van(company: Company, **changes: object):
    order = arrived(company, **changes)
    does(order, "load_for_delivery", company.second_clerk, "05 13:00:00", driver=company.second_driver.number)
    return order


def test_from_arrival_to_the_van_on_the_planning_page(terminal: Client, courier: Client, company: Company) -> None:
    order = departed(company)
    assert order.number in terminal.get("/desk/deliveries/?tab=coming").content.decode()
    assert (
        terminal.post("/desk/deliveries/bulk/?tab=coming", {"number": order.number, "verb": "arrive"}).status_code
        == 200
    )
    page = terminal.get("/desk/deliveries/").content.decode()
    assert order.number in page
    assert "§1.3.3.1" in page
    sent = {
        "number": order.number,
        "verb": "load_for_delivery",
        "driver": company.second_driver.number,
        "vehicle": "浙B2",
    }
    assert terminal.post("/desk/deliveries/bulk/", sent).status_code == 200
    assert (shipment(order).state, shipment(order).driver) == ("out_for_delivery", company.second_driver)


def test_bulk_answers_for_each_row(terminal: Client, courier: Client, company: Company) -> None:
    good, gone = arrived(company), loaded(company)
    sent = {
        "number": [good.number, gone.number, "E1"],
        "verb": "load_for_delivery",
        "driver": company.second_driver.number,
    }
    answer = terminal.post("/desk/deliveries/bulk/", sent)
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "成功 1 票，未成功 2 票" in said
    assert "当前状态为“派送中”" in said
    assert "没有这票货物" in said


def test_nothing_ticked_no_driver_no_such_verb(terminal: Client, company: Company) -> None:
    assert "请至少选择一票订单" in terminal.post("/desk/deliveries/bulk/", {"verb": "arrive"}).content.decode()
    assert terminal.post("/desk/deliveries/bulk/", {"verb": "load_for_delivery", "number": "E1"}).status_code == 422
    assert terminal.post("/desk/deliveries/bulk/", {"verb": "sign", "number": "E1"}).status_code == 404


def test_the_sheet_offers_what_the_machine_allows_and_says_why_not(terminal: Client, company: Company) -> None:
    order = loaded(company, cod="500.00")
    page = terminal.get(f"/desk/goods/{order.number}/").content.decode()
    assert "代收货款尚未结清" in page
    assert 'id="fail_attempt"' in page
    assert 'id="forward"' not in page


def test_a_bad_form_keeps_what_was_typed(terminal: Client, company: Company) -> None:
    order = loaded(company)
    answer = terminal.post(
        f"/desk/goods/{order.number}/fail_attempt/", {"reason": "nobody_there", "contacted": "consignee", "contact": ""}
    )
    assert answer.status_code == 422
    assert 'value="nobody_there" selected' in answer.content.decode()
    assert not Attempt.objects.exists()


def test_the_courier_collects_and_has_it_signed_in_two_taps(courier: Client, company: Company) -> None:
    """POD needs its money first, exact to the fen (§4.3.3.2)."""
    order = on_the_van(company, cod="500.00")
    order.cash.unit = company.second
    order.cash.save()
    wrong = courier.post(f"/desk/m/goods/{order.number}/cash/", {"amount": "499.99", "means": "cash"})
    assert wrong.status_code == 422
    assert "应收 500.00 元，实收 499.99 元" in wrong.content.decode()
    assert courier.post(f"/desk/m/goods/{order.number}/cash/", {"amount": "500", "means": "cash"}).status_code == 302
    assert (
        courier.post(f"/desk/m/goods/{order.number}/sign/", {"signer": "李四", "relation": "self"}).status_code == 302
    )
    assert shipment(order).state == "signed"
    assert "今日已办 (1)" in courier.get("/desk/m/goods/").content.decode()


def test_the_courier_waits_and_fails(courier: Client, company: Company) -> None:
    order = on_the_van(company)
    assert courier.post(f"/desk/m/goods/{order.number}/wait/").status_code == 302
    sent = {"reason": "nobody_there", "contacted": "nobody", "contact": "电话两次未接"}
    assert courier.post(f"/desk/m/goods/{order.number}/fail_attempt/", sent).status_code == 302
    assert shipment(order).state == "held"


def test_another_couriers_goods_are_not_his(courier: Client, company: Company) -> None:
    order = loaded(company)
    assert (
        courier.post(f"/desk/m/goods/{order.number}/sign/", {"signer": "李四", "relation": "self"}).status_code == 404
    )
    assert order.number not in courier.get("/desk/m/goods/").content.decode()


def test_another_branch_sees_nothing(company: Company, terminal: Client) -> None:
    order = arrived(company)
    other = login(company.third_clerk)
    assert order.number not in other.get("/desk/deliveries/").content.decode()
    assert other.get(f"/desk/goods/{order.number}/").status_code == 404
    assert other.post(f"/desk/goods/{order.number}/offer_for_pickup/").status_code == 404
    assert Shipment.objects.get().state == "arrived"


def test_empty_states(terminal: Client, courier: Client) -> None:
    assert "这里还没有货物" in terminal.get("/desk/deliveries/").content.decode()
    assert "没有待派送的货物" in courier.get("/desk/m/goods/").content.decode()
