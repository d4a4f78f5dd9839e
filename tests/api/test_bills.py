"""The life of a waybill through the JSON interface (§1.4.3, §3.4.3, §4.3.2.3)."""

from decimal import Decimal

import pytest

from orders import services as orders
from tests.api.test_verbs import AT, Staff, clerk, company, done, refusal  # noqa: F401
from tests.factories import CUSTOMER, Company, accepted

pytestmark = pytest.mark.django_db
SIZES = [{"pieces": 6, "length_cm": "40", "width_cm": "30", "height_cm": "25"}, {"pieces": 5, "length_cm": "100", "width_cm": "60", "height_cm": "50.5"}]


@pytest.fixture
def order(company: Company) -> str:  # noqa: F811
    placed = accepted(AT, company.clerk, branch=company.branch, placed_at=AT, pickup=False)
    orders.quote(number=placed.number, clerk=company.clerk, amount=Decimal(320), words="一口价", now=AT)
    orders.answer_quote(number=placed.number, agreed=True, by=CUSTOMER, now=AT)
    return f"orders/{placed.number}/waybill"


def test_sizes_payer_and_lines(clerk: Staff, order: str) -> None:  # noqa: F811
    bill = done(clerk.post(f"{order}/", {"pieces": 11, "weight_kg": "130.5", "parcels": SIZES, "payer": "consignee"}))
    assert (bill["volume_m3"], bill["payer"], bill["amount"]) == ("1.695", "consignee", "320.00")
    assert [(line["code"], line["amount"]) for line in bill["lines"]] == [("freight", "320.00")]
    assert [row[0] for row in bill["differences"]] == ["pieces", "weight_kg", "volume_m3", "payer"]


def test_from_the_scale_to_the_amendment(company: Company, clerk: Staff, order: str) -> None:  # noqa: F811
    refusal(clerk.post(f"{order}/", {"pieces": 9, "weight_kg": "130", "parcels": SIZES}), 422, "§1.4.3", "parcels")
    done(clerk.post(f"{order}/check/"), 409)
    done(clerk.post(f"{order}/", {"pieces": 10, "weight_kg": "120", "volume_m3": "0.8"}))
    assert done(clerk.post(f"{order}/print/", {"paper": "labels", "first": 2, "last": 3}))["serial"] == 1
    refusal(clerk.post(f"{order}/answer/", {"agreed": True}), 422, "§4.3.2.3")
    assert done(clerk.post(f"{order}/check/", {}))["checked_at"]
    assert done(clerk.post(f"{order}/tell/", {"means": "phone"}))["told_at"]
    assert done(clerk.post(f"{order}/answer/", {"agreed": True, "means": "phone"}))["confirmed_at"]
    assert done(clerk.post(f"{order}/copy/", {"means": "electronic"}))["copy_at"]
    asked = done(clerk.post(f"{order}/amend/", {"changes": {"pieces": 9, "consignee_address": "新地址 1 号"}, "reason": "改址"}))
    assert (asked["state"], asked["changed"], asked["effect"]) == ("proposed", ["pieces", "consignee.address"], "0.00")
    done(clerk.post(f"{order}/decide/", {"approve": True}), 403)
    manager = Staff(company.manager)
    assert done(manager.post(f"{order}/decide/", {"approve": True, "serial": 1}))["state"] == "approved"
    detail = done(clerk.get(order.removesuffix("waybill")))
    assert (detail["waybill"]["pieces"], detail["waybill"]["version"], detail["waybill"]["confirmed_at"]) == (9, 2, None)


def test_linking_from_outside(company: Company, clerk: Staff, order: str) -> None:  # noqa: F811
    body = {"pieces": 10, "weight_kg": "120", "volume_m3": "0.8", "outside_no": "XB-2026", "reason": "停电"}
    assert done(clerk.post(f"{order}/link/", body))["outside_no"] == "XB-2026"
    (filing,) = done(clerk.get("filings/"))["results"]
    assert (filing["order"], filing["deadline"], filing["reason"]) == (order.split("/")[1], None, "outside_waybill")
