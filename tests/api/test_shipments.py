"""Shipments, slips and cash under /api/v1/: every verb of design §3 in JSON, refused with clause, field and plain words."""

import pytest
import time_machine
from django.test import Client

from delivery.models import Scan
from delivery.services import VERBS
from rulebook.roles import Role
from tests.api.test_verbs import API, Staff, done
from tests.delivery.test_cash import billed as billed_with_cash
from tests.delivery.test_shipments import arrived, shipment
from tests.delivery.test_slips import at_the_door, signed
from tests.factories import Company, post, sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    return Company()


@pytest.fixture(autouse=True)
def _five_november():
    with time_machine.travel(sh("05 14:00:00"), tick=False):
        yield


def test_deliver_with_cash_and_slip(company):
    order = arrived(company, cod="1200.00")
    staff, goods = Staff(company.second_clerk), f"shipments/{order.number}"
    loaded = done(staff.post(f"{goods}/load-for-delivery/", {"driver": company.second_clerk.number}))
    assert (loaded["state"], loaded["attempts_made"]) == ("out_for_delivery", 1)
    sign = {"signer": "李四", "relation": "self"}
    assert done(staff.post(f"{goods}/sign/", sign), 422)["clause"] == "§4.3.3.2"
    assert done(staff.post(f"{goods}/cash/collect/", {"amount": "1199.99", "means": "cash"}), 422)["field"] == "amount"
    assert done(staff.post(f"{goods}/cash/collect/", {"amount": "1200.00", "means": "cash"}))["state"] == "collected"
    assert done(staff.post(f"{goods}/sign/", sign))["pieces_signed"] == 10
    assert done(staff.get(f"{goods}/"))["state"] == "signed"


def test_a_scan_sent_twice_is_one_act_and_an_early_one_waits(company):
    order = arrived(company)
    staff, goods = Staff(company.second_clerk), f"shipments/{order.number}"
    early = {
        "signer": "李四",
        "relation": "self",
        "park": True,
        "source": "phone-1:7",
        "at": "2026-11-05T13:50:00+08:00",
    }
    waiting = done(staff.post(f"{goods}/sign/", early))
    assert (waiting["state"], waiting["parked"]) == ("arrived", ["sign"])
    assert done(staff.post(f"{goods}/sign/", early))["parked"] == ["sign"]
    loaded = done(staff.post(f"{goods}/load-for-delivery/", {"driver": company.second_clerk.number}))
    assert (loaded["state"], loaded["parked"]) == ("signed", [])
    assert Scan.objects.filter(source="phone-1:7").count() == 1
    assert shipment(order).signed_at == sh("05 13:50:00")


def test_a_new_time_is_kept_as_plain_json(company):
    order = arrived(company)
    body = {"delivery_at": "2026-11-07T15:00:00+08:00"}
    told = done(Staff(company.second_clerk).post(f"shipments/{order.number}/reschedule/", body))
    assert (told["state"], shipment(order).delivery_at) == ("held", sh("07 15:00:00"))


def test_the_slip_comes_back(company):
    order = signed(company, "05 13:30:00")
    staff, slip = Staff(company.clerk), f"shipments/{order.number}/slip"
    assert done(staff.post(f"{slip}/return/"))["unit"] == company.branch.code
    assert done(staff.post(f"{slip}/reject/", {"remark": ""}), 400)["field"] == "remark"
    assert done(staff.post(f"{slip}/reject/", {"remark": "未盖章"}))["state"] == "rejected"
    assert done(staff.post(f"{slip}/return/"), 409)["code"] == "conflict"
    assert done(staff.get(f"{slip}/"))["state_name"] == "需补签"
    assert done(staff.post(f"{slip}/receive/"))["state"] == "returned"


def test_the_office_counts_all_or_nothing(company):
    order = billed_with_cash(company)
    finance = Staff(post(Role.FINANCE, company.department))
    courier, office = Staff(company.driver), Staff(company.clerk)
    done(courier.post(f"shipments/{order.number}/cash/collect/", {"amount": "1200.00", "means": "cash"}))
    counted = {"numbers": [order.number], "total": "1199.00"}
    assert done(office.post("cash/count/", counted), 422)["field"] == "total"
    assert done(office.post("cash/count/", counted | {"total": "1200.00"}))[0]["state"] == "counted"
    assert done(office.post("cash/bank/", {"numbers": [order.number], "slip": "ICBC-7"}))[0]["state"] == "banked"
    early = done(finance.post("cash/remit/", {"numbers": [order.number], "batch": "R1"}), 422)
    assert early["clause"] == "§4.3.3.2"
    done(finance.post("cash/confirm-bank/", {"slip": "ICBC-7"}))
    assert done(finance.post("cash/remit/", {"numbers": [order.number], "batch": "R1"}))[0]["state"] == "remitted"


@pytest.mark.parametrize(
    ("verb", "body", "field"),
    [
        ("depart", {}, "vehicle"),
        ("depart", {"vehicle": "x" * 13}, "vehicle"),
        ("arrive", {"checked": ["nonsense"]}, "checked.0"),
        ("fail-attempt", {"reason": "nobody_there", "contacted": "consignee"}, "contact"),
        ("sign-with-exception", {"signer": "李四", "relation": "self", "pieces": "NaN"}, "pieces"),
        ("sign-with-exception", {"signer": "李四", "relation": "self", "pieces": -1}, "pieces"),
        ("reschedule", {"delivery_at": "yesterday"}, "delivery_at"),
        ("track", {"text": "在途", "colour": "red"}, "colour"),
        ("cash/collect", {"amount": "NaN", "means": "cash"}, "amount"),
        ("cash/collect", {"amount": "-1", "means": "cash"}, "amount"),
        ("cash/collect", {"amount": "1.001", "means": "cash"}, "amount"),
    ],
)
def test_bad_input_names_its_field(company, verb, body, field):
    order = at_the_door(company)
    told = done(Staff(company.second_clerk).post(f"shipments/{order.number}/{verb}/", body), 400)
    assert told["field"] == field
    assert told["message"]
    assert shipment(order).state == "out_for_delivery"


def test_an_unknown_driver_is_refused(company):
    order = arrived(company)
    told = done(
        Staff(company.second_clerk).post(f"shipments/{order.number}/load-for-delivery/", {"driver": "nobody"}), 422
    )
    assert (told["field"], shipment(order).state) == ("driver", "arrived")


def test_more_pieces_signed_than_shipped_are_refused(company):
    order = at_the_door(company)
    body = {"signer": "李四", "relation": "self", "pieces": 11, "exception": "damage", "remark": "破一箱"}
    told = done(Staff(company.second_clerk).post(f"shipments/{order.number}/sign-with-exception/", body), 422)
    assert (told["field"], told["clause"]) == ("pieces", "§4.3.2.8")


def test_foreign_and_unknown_numbers_are_unknown(company):
    order = at_the_door(company)
    for number in (order.number, "E9999999999999"):
        assert Staff(company.third_clerk).get(f"shipments/{number}/").status_code == 404
        assert Staff(company.third_clerk).post(f"shipments/{number}/wait/").status_code == 404


def test_the_schema_names_every_verb(company):
    schema = Client().get(f"{API}/schema/?format=json").json()
    for verb in VERBS:
        operation = schema["paths"][f"/api/v1/shipments/{{number}}/{verb.replace('_', '-')}/"]["post"]
        assert operation["summary"], verb


def test_the_partner_reads_what_the_page_says(company):
    order = arrived(company, cod="1200.00")
    staff = Staff(company.second_clerk)
    done(staff.post(f"shipments/{order.number}/load-for-delivery/", {"driver": company.second_clerk.number}))
    done(staff.post(f"shipments/{order.number}/cash/collect/", {"amount": "1200.00", "means": "cash"}))
    told = done(Staff(company.clerk).get(f"orders/{order.number}/track/"))["events"]
    assert [(event["code"], event["k100"], event["kdn"]) for event in told[-3:]] == [
        ("AT_DEST_BRANCH", "0/1001", "2/205"), ("OUT_FOR_DELIVERY", "5/5", "2/202"), ("COD", "", ""),
    ]  # fmt: skip
    assert told[-1]["message"] == "【滨江营业部】已收到代收货款 ¥1200.00"
    customer = Client()
    customer.post(f"/orders/{order.number}/unlock/", {"tail": "8000"})
    page = customer.get(f"/orders/{order.number}/").content.decode()
    assert [event["message"] for event in told if event["message"] not in page] == []
