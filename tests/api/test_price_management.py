"""Tariffs, contracts, campaigns and fuel over the JSON door (§3.3, §5.1): every verb, and every nonsense refused with its field."""

from decimal import Decimal

import pytest
import time_machine

from core.models import Entry
from pricing.models import Campaign, Contract, FuelRate, TariffVersion
from pricing.services import quote
from rulebook.roles import Role
from tests.api.test_verbs import Staff, done
from tests.factories import Company, post, sh
from tests.pricing.prices import asked, live

pytestmark = pytest.mark.django_db

LANE = {
    "product": "road_lane", "start": {"name": "杭州", "places": ["3301"]}, "end": {"name": "上海", "places": ["31"]},
    "heavy": "2.240", "light": "227.00", "minimum": "34.00", "days": 1,
}  # fmt: skip
CHARGE = {"code": "pickup", "zh": "接货费", "when": "pickup", "basis": "flat", "rate": "15"}
PLAN = {"code": "t3", "zh": "三日退", "days": 3, "most": "50000"}
DRAFT = {"code": "T1", "valid_from": "2026-11-05", "lanes": [LANE], "charges": [CHARGE], "plans": [PLAN]}
CAMPAIGN = {
    "name": "双十一", "valid_from": "2026-11-04", "valid_to": "2026-11-11", "audience": "membership", "value": "alibaba_member",
    "benefit": "percent", "share": "0.8",
}  # fmt: skip
CONTRACT = {
    "name": "甲公司", "phone": "13700137000", "code": "HT-9", "valid_from": "2026-11-05", "valid_to": "2027-11-04", "share": "0.85",
    "reason": "月发货 200 票",
}  # fmt: skip


@pytest.fixture(autouse=True)
def ten():
    with time_machine.travel(sh("04 10:00:00"), tick=False):
        yield


@pytest.fixture
def company(db) -> Company:
    return Company()


@pytest.fixture
def pricer(company: Company) -> Staff:
    company.pricer = post(Role.PRICE_MANAGEMENT, company.department)
    return Staff(company.pricer)


def test_a_tariff_from_draft_to_live(company: Company, pricer: Staff) -> None:
    made = done(pricer.post("tariffs/", DRAFT), 201)
    assert (made["code"], made["state"], made["lanes"]) == ("T1", "draft", 1)
    at = f"tariffs/{made['id']}/"
    more = done(pricer.post(f"{at}set-charge/", CHARGE | {"code": "door", "zh": "送货费", "when": "door"}))
    assert [row["code"] for row in more["charges"]] == ["pickup", "door"]
    row = more["charges"][0]["id"]
    assert done(pricer.post(f"{at}set-charge/", CHARGE | {"row": row, "rate": "18"}))["charges"][0]["rate"] == "18.000000"
    assert len(done(pricer.post(f"{at}drop-charge/", {"row": more["charges"][1]["id"]}))["charges"]) == 1
    plan = done(pricer.post(f"{at}set-plan/", PLAN | {"code": "t1", "days": 1}))["plans"][-1]
    assert plan["days"] == 1
    assert len(done(pricer.post(f"{at}drop-plan/", {"row": plan["id"]}))["plans"]) == 1
    assert done(pricer.post(f"{at}approve/"))["state"] == "approved"
    assert done(pricer.post(f"{at}set-plan/", PLAN), 409)
    assert done(pricer.post(f"{at}send-back/"))["state"] == "draft"
    done(pricer.post(f"{at}approve/"))
    assert done(pricer.post(f"{at}publish/"))["state"] == "live"
    assert done(pricer.post(f"{at}publish/"), 409)
    assert quote(asked(at="05 09:00:00", pickup=True)).total == Decimal("335.80")  # 317.80 by volume + 18 pickup
    assert done(Staff(company.clerk).get(at))["plans"][0]["most"] == "50000.00"
    assert [each["code"] for each in done(Staff(company.clerk).get("tariffs/"))] == ["T1"]
    done(pricer.get("tariffs/999999/"), 404)


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"lanes": []}, 400, "lanes"),
        ({"lanes": [LANE | {"heavy": "NaN"}]}, 400, "heavy"),
        ({"lanes": [LANE | {"heavy": "-1"}]}, 400, "heavy"),
        ({"lanes": [LANE | {"heavy": "0"}]}, 422, "lanes.0.heavy"),
        ({"lanes": [LANE | {"light": "1.00"}]}, 422, "lanes.0.light"),  # 0.4 kg a m³: the rates have traded places
        ({"lanes": [LANE | {"days": 61}]}, 422, "lanes.0.days"),
        ({"lanes": [LANE | {"days": 0, "arrives": "17:00"}]}, 422, "lanes.0.arrives"),
        ({"lanes": [LANE, LANE]}, 422, "lanes.1.end"),
        ({"lanes": [LANE, LANE | {"start": {"name": "杭州市", "places": ["3301"]}}]}, 422, "zone"),
        ({"lanes": [LANE | {"end": {"name": "x", "places": ["9999"]}}]}, 400, "places"),
        ({"valid_to": "2026-11-04"}, 422, "valid_to"),
        ({"valid_from": "2011-02-29"}, 400, "valid_from"),
        ({"charges": [CHARGE | {"rate": "0"}]}, 422, "rate"),
        ({"plans": [PLAN | {"days": 31}]}, 422, "days"),
        ({"surprise": 1}, 400, "surprise"),
    ],
)
def test_a_tariff_that_lies_is_refused_whole(pricer: Staff, change, status, field) -> None:
    said = done(pricer.post("tariffs/", DRAFT | change), status)
    assert field in said["field"], said
    assert said["message"]
    assert not TariffVersion.objects.exists()


def test_a_contract_is_applied_for_decided_and_ended(company: Company, pricer: Staff) -> None:
    clerk, far = Staff(company.clerk), Staff(company.third_clerk)
    rate = {"product": "road_lane", "start": "3301", "end": "31", "heavy": "1.9", "light": "195", "minimum": "25"}
    made = done(clerk.post("contracts/", CONTRACT | {"rates": [rate]}), 201)
    assert (made["state"], made["branch"], made["rates"][0]["heavy_rate"]) == ("applied", "B1", "1.900")
    at = f"contracts/{made['id']}/"
    assert done(clerk.post(f"{at}approve/", {}), 403)
    assert done(far.post(f"{at}approve/", {}), 404)
    assert done(pricer.post(f"{at}refuse/", {}), 422)["field"] == "words"
    assert done(pricer.post(f"{at}approve/", {"words": "同意"}))["state"] == "approved"
    assert done(pricer.post(f"{at}approve/", {}), 409)
    other = done(clerk.post("contracts/", CONTRACT | {"code": "HT-10"}), 201)
    overlap = done(pricer.post(f"contracts/{other['id']}/approve/", {}), 422)
    assert (overlap["clause"], overlap["field"]) == ("§3.3", "valid_from")
    assert done(pricer.post(f"{at}end/"))["ended_at"]
    assert [each["code"] for each in done(clerk.get("contracts/"))] == ["HT-10", "HT-9"]
    assert done(far.get("contracts/")) == []


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"valid_to": "2026-11-04"}, 422, "valid_to"), ({"share": "1.2"}, 400, "share"), ({"share": "NaN"}, 400, "share"),
        ({"phone": "12"}, 400, "phone"), ({"minimum": "-1"}, 400, "minimum"), ({"rates": [{"product": "x"}]}, 400, "rates"),
    ],
)  # fmt: skip
def test_a_contract_that_cannot_be_is_refused(company: Company, change, status, field) -> None:
    said = done(Staff(company.clerk).post("contracts/", CONTRACT | change), status)
    assert said["field"].startswith(field), said
    assert not Contract.objects.exists()


def test_a_campaign_is_created_and_ended(company: Company, pricer: Staff) -> None:
    made = done(pricer.post("campaigns/", CAMPAIGN), 201)
    assert done(pricer.post("campaigns/", CAMPAIGN), 422)["clause"] == "§5.1"
    assert done(Staff(company.clerk).post("campaigns/", CAMPAIGN), 403)
    assert done(pricer.post(f"campaigns/{made['id']}/end/"))["ended_at"]
    assert done(pricer.post(f"campaigns/{made['id']}/end/"), 409)
    assert [each["name"] for each in done(Staff(company.clerk).get("campaigns/"))] == ["双十一"]


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"valid_from": "2011-12-05", "valid_to": "2011-03-05"}, 422, "valid_to"),
        ({"valid_to": "2011-02-29"}, 400, "valid_to"),
        ({"share": "1"}, 422, "share"),
        ({"value": "nobody"}, 400, "value"),
        ({"audience": "lane", "value": "3301"}, 400, "value"),
        ({"audience": "everyone"}, 400, "value"),
        ({"benefit": "package"}, 422, "amount"),
        ({"benefit": "gift"}, 422, "gift"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused(pricer: Staff, change, status, field) -> None:
    assert done(pricer.post("campaigns/", CAMPAIGN | change), status)["field"] == field
    assert not Campaign.objects.exists()


def test_a_fuel_share_to_come_is_withdrawn_and_one_in_force_is_not(company: Company, pricer: Staff) -> None:
    """¥317.80 by volume; 8 % from the 4th, 10 % from the 6th, which is thought better of."""
    live(company.pricer)
    now = done(pricer.post("fuel/", {"share": "0.08", "valid_from": "2026-11-04"}), 201)
    coming = done(pricer.post("fuel/", {"share": "0.1", "valid_from": "2026-11-06"}), 201)
    assert quote(asked(at="06 09:00:00")).total == Decimal("349.58")  # 317.80 + 31.78
    assert done(Staff(company.clerk).post(f"fuel/{coming['id']}/withdraw/"), 403)
    assert done(pricer.post(f"fuel/{now['id']}/withdraw/"), 422)["clause"] == "§3.3"
    assert done(pricer.post(f"fuel/{coming['id']}/withdraw/"))["withdrawn_at"]
    assert done(pricer.post(f"fuel/{coming['id']}/withdraw/"), 409)
    assert quote(asked(at="06 09:00:00")).total == Decimal("343.22")  # 317.80 + 25.42
    assert Entry.objects.filter(name="fuel_withdrawn").count() == 1
    done(pricer.post("fuel/", {"share": "0.09", "valid_from": "2026-11-06"}), 201)
    assert FuelRate.objects.count() == 3


@pytest.mark.parametrize(
    ("body", "field"), [({"share": "NaN"}, "share"), ({"share": "1"}, "share"), ({"share": "-0.1"}, "share"), ({"valid_from": "2026-11-03"}, "valid_from")]
)
def test_a_fuel_share_that_cannot_be_is_refused(pricer: Staff, body, field) -> None:
    said = pricer.post("fuel/", {"share": "0.08", "valid_from": "2026-11-06"} | body)
    assert said.status_code in (400, 422)
    assert said.json()["field"] == field
    assert not FuelRate.objects.exists()


def test_strangers_and_couriers_see_no_price_management(company: Company) -> None:
    for path in ("tariffs/", "contracts/", "campaigns/", "fuel/"):
        assert done(Staff(company.driver).get(path), 403)
