"""Money taken from the consignee at the branch and on the phone: cash on delivery and freight, counted, reconciled (§4.3.2.7, §4.3.3.2)."""

from decimal import Decimal

import pytest
from django.test import Client

from delivery import services as delivery
from delivery.models import CashOnDelivery, FreightReceipt, Shipment
from orders.models import Order
from rulebook.roles import Role
from tests.api.test_shipments import Staff, done
from tests.delivery.test_freight import billed, paid
from tests.desk.test_rounds import says
from tests.factories import Company, post, sh

FREIGHT = Decimal("300.00")


@pytest.fixture
def branch(desk: Client, company: Company, clock) -> Client:
    clock.move_to(sh("04 12:00:00"))
    return desk


def client_of(person) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


def to_be_fetched(company: Company, **content: object) -> Order:
    order = billed(company, delivery="self_pickup", **content)
    Shipment.objects.filter(order=order).update(terminal=company.branch, place=company.branch, state="ready_for_pickup")
    return order


def test_the_branch_takes_cash_and_freight_before_the_goods_are_signed_for(branch: Client, company: Company) -> None:
    """Goods to be fetched are on nobody's phone: their money has to be taken at the desk."""
    order = to_be_fetched(company, cod_amount=Decimal("1200.00"))
    page = branch.get(f"/desk/goods/{order.number}/").content.decode()
    assert "收代收货款" in page
    assert "收到付运费" in page
    asked = branch.get(f"/desk/goods/{order.number}/record/cash/").content.decode()
    assert "1200.00" in asked
    short = branch.post(f"/desk/goods/{order.number}/record/cash/", {"amount": "1199.99", "means": "cash"})
    assert short.status_code == 422
    assert "应收 1200.00 元，实收 1199.99 元" in short.content.decode()
    for name, amount in (("cash", "1200.00"), ("freight", "300.00")):
        told = branch.post(f"/desk/goods/{order.number}/record/{name}/", {"amount": amount, "means": "code"})
        assert told.status_code == 302, name
    assert CashOnDelivery.objects.get(order=order).state == "collected"
    assert FreightReceipt.objects.get(order=order).amount == FREIGHT
    after = branch.get(f"/desk/goods/{order.number}/").content.decode()
    assert "record/cash/" not in after
    assert "record/freight/" not in after


def test_the_courier_takes_freight_at_the_door(branch: Client, company: Company) -> None:
    order = billed(company, delivery="door")
    Shipment.objects.filter(order=order).update(state="out_for_delivery", driver=company.driver, terminal=company.branch)
    phone = client_of(company.driver)
    assert 'data-due="300.00"' in phone.get("/desk/m/goods/").content.decode()
    wrong = says(phone, order, "freight", {"amount": "200", "means": "cash"})
    assert wrong.status_code == 422
    told = {"amount": "300.00", "means": "cash", "source": "k-1", "at": "2026-11-04T11:30:00+08:00"}
    for _ in range(2):  # a phone that did not hear the answer tells it again
        assert says(phone, order, "freight", told, headers={"Accept": "application/json"}).json()["ok"]
    receipt = FreightReceipt.objects.get(order=order)
    assert (receipt.collected_by, receipt.collected_at) == (company.driver, sh("04 11:30:00"))
    assert 'data-verb="freight"' not in phone.get("/desk/m/goods/").content.decode()


def test_freight_in_hand_is_counted_banked_and_in_the_day(branch: Client, company: Company) -> None:
    order, manager = paid(company), client_of(company.manager)
    assert "应交 300.00 元" in branch.get("/desk/cash/").content.decode()
    wrong = branch.post("/desk/cash/count-freight/", {"number": order.number, "total": "299"})
    assert "相差 -1.00 元" in wrong.content.decode()
    assert branch.post("/desk/cash/count-freight/", {"number": order.number, "total": "300.00"}).status_code == 302
    day = "since=2026-11-04&until=2026-11-04"
    page = branch.get(f"/desk/cash/days/?{day}").content.decode()
    assert "运费库存待存行" in page
    assert "不符" not in page
    assert manager.post("/desk/cash/bank-freight/", {"number": order.number, "slip": "ICBC-9"}).status_code == 302
    rows = branch.get(f"/desk/cash/days/?{day}&unit=B1&part=freight_banked").content.decode().split('id="rows"')[1]
    assert order.number in rows
    assert "ICBC-9" in rows
    assert branch.get(f"/desk/cash/days/?{day}&as=xlsx").status_code == 200
    assert branch.get(f"/desk/cash/days/?{day}&part=freight&as=xlsx").status_code == 200
    assert branch.post("/desk/cash/count-freight/", {"number": "E1", "total": "1"}).status_code == 404


def test_a_wrong_receipt_is_taken_back_on_its_page(branch: Client, company: Company) -> None:
    order, manager = paid(company), client_of(company.manager)
    assert "冲回到付运费" not in branch.get(f"/desk/goods/{order.number}/").content.decode()
    assert "冲回到付运费" in manager.get(f"/desk/goods/{order.number}/").content.decode()
    assert manager.post(f"/desk/goods/{order.number}/record/freight-back/", {"remark": "点错单"}).status_code == 302
    assert FreightReceipt.objects.get(order=order).state == "taken_back"
    assert delivery.freight_books().received == 0


def test_the_api_of_freight(branch: Client, company: Company) -> None:
    order, driver, clerk = billed(company), Staff(company.driver), Staff(company.clerk)
    at = f"shipments/{order.number}/freight/"
    assert done(clerk.get(at)) == {"due": "300.00", "receipts": []}
    wrong = done(driver.post(f"{at}collect/", {"amount": "1.00", "means": "cash"}), 422)
    assert (wrong["clause"], wrong["field"]) == ("§4.3.3.2", "amount")
    for amount in ("NaN", "-1", "1e9", "1.001"):
        assert done(driver.post(f"{at}collect/", {"amount": amount, "means": "cash"}), 400)["field"] == "amount"
    assert done(driver.post(f"{at}collect/", {"amount": "300.00", "means": "cash"}))["state"] == "collected"
    done(driver.post(f"{at}collect/", {"amount": "300.00", "means": "cash"}), 409)
    assert done(clerk.get(at))["due"] == "0.00"
    counted = {"numbers": [order.number], "total": "300.00"}
    assert done(clerk.post("freight/count/", counted))[0]["state"] == "counted"
    assert done(clerk.post("freight/bank/", {"numbers": [order.number], "slip": "S"}))[0]["state"] == "banked"
    done(Staff(company.manager).post(f"{at}take-back/", {"remark": "x"}), 409)
    done(Staff(post(Role.FLEET, company.department)).post(f"{at}collect/", {"amount": "300.00", "means": "cash"}), 403)
