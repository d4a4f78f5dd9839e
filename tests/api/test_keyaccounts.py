"""Key customers, tracking sheets and anomalies over the JSON door (§2.1, §2.3, §4.3.2.5)."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from customers.models import KeyCustomer
from delivery.models import Anomaly, FollowUp
from rulebook.roles import Role
from tests.delivery.test_shipments import arrived
from tests.factories import Company, contract, post, sh

pytestmark = pytest.mark.django_db

TERMS = {"contract_no": "XM-009", "valid_from": "2026-11-01", "valid_to": "2027-10-31", "order_times": ["09:30"]}


@pytest.fixture
def company(db) -> Company:
    return Company()


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(sh("05 12:00:00"), tick=False):
        yield


def asking(person) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


def says(person, path: str, **values: object):
    return asking(person).post(f"/api/v1/{path}/", values, content_type="application/json")


def test_a_contract_is_signed_amended_and_ended(company):
    body = TERMS | {"tracker": company.officer.number, "name": "甲公司", "phone": "13700137000", "branch": "B1", "requirements": "须预约"}
    made = says(company.officer, "key-customers", **body)
    assert made.status_code == 201, made.json()
    key = made.json()["id"]
    assert (made.json()["branch"], made.json()["version"], made.json()["order_times"]) == ("B1", 1, ["09:30"])
    assert says(company.officer, f"key-customers/{key}/requirements", text="须预约，带推车").json()["version"] == 2
    seen = asking(company.clerk).get(f"/api/v1/key-customers/{key}/").json()
    assert [each["text"] for each in seen["versions"]] == ["须预约", "须预约，带推车"]
    assert "phone" not in seen
    wrong = says(company.officer, f"key-customers/{key}/amend", **TERMS | {"tracker": company.clerk.number})
    assert (wrong.status_code, wrong.json()["clause"], wrong.json()["field"]) == (422, "§2.1.5", "tracker")
    assert says(company.clerk, f"key-customers/{key}/end").status_code == 403
    assert asking(company.third_clerk).get(f"/api/v1/key-customers/{key}/").status_code == 404
    assert says(company.officer, f"key-customers/{key}/end").json()["ended_at"]
    assert says(company.officer, f"key-customers/{key}/end").status_code == 409


@pytest.mark.parametrize("change", [{"valid_from": "2026-02-30"}, {"name": "x" * 61}, {"order_times": ["9"]}, {"phone": "\u0000"}, {"phone": "12"}, {"tracker": None}])
def test_nonsense_is_a_plain_4xx_and_stores_nothing(company, change):
    body = TERMS | {"tracker": company.officer.number, "name": "甲公司", "phone": "13700137000", "branch": "B1"} | change
    assert says(company.officer, "key-customers", **body).status_code in (400, 422)
    assert not KeyCustomer.objects.exists()


def test_the_sheet_of_a_shipment(company):
    contract(company)
    order = arrived(company)
    at = f"shipments/{order.number}"
    done = says(company.clerk, f"{at}/follow-up", text="已通知到货", told=True)
    assert done.json()["follow_ups"][0]["text"] == "已通知到货"
    assert says(company.second_clerk, f"{at}/costs", cause="upstairs", amount="50.00", text="六楼").json()["charged_to"] == "B1"
    assert says(company.second_clerk, f"{at}/costs", cause="upstairs", amount="-1", text="六楼").status_code == 422
    operations = post(Role.OPERATIONS_CENTRE, company.department)
    later = (sh("05 12:00:00") + timedelta(hours=3)).isoformat()
    assert says(operations, f"{at}/remedy", cause="late_line_haul", text="加车", expected_at=later).status_code == 200
    assert says(company.clerk, f"{at}/follow-up", text="").status_code == 400
    sheet = asking(company.clerk).get(f"/api/v1/{at}/tracking-sheet/").json()
    assert [len(sheet[name]) for name in ("follow_ups", "measures", "costs", "anomalies")] == [1, 1, 1, 0]
    assert asking(company.third_clerk).get(f"/api/v1/{at}/tracking-sheet/").status_code == 404
    assert FollowUp.objects.count() == 1


def test_an_anomaly_from_found_to_closed(company):
    contract(company)
    order = arrived(company)
    made = says(company.second_clerk, f"shipments/{order.number}/anomalies", kind="wet", text="一件受潮").json()
    key, later = made["id"], (sh("05 12:00:00") + timedelta(hours=1)).isoformat()
    listed = asking(company.clerk).get("/api/v1/anomalies/").json()
    assert [each["id"] for each in listed] == [key]
    for verb, values in (
        ("report", {}), ("promise", {"promised_at": later}), ("explain", {"text": "雨布破损", "apologised": True}),
        ("escalate", {"unit": "R1"}), ("answer", {"text": "已换包装"}), ("solve", {"text": "换包装"}), ("close", {}),
    ):  # fmt: skip
        answer = says(company.second_clerk, f"anomalies/{key}/{verb}", **values)
        assert answer.status_code == 200, (verb, answer.json())
    assert says(company.second_clerk, f"anomalies/{key}/solve", text="再来").status_code == 409
    assert says(company.third_clerk, f"anomalies/{key}/reopen", text="再来").status_code == 404
    assert Anomaly.objects.get().state == "closed"


def test_the_report_of_a_day(company):
    account = contract(company)
    arrived(company)
    path = f"key-customers/{account.pk}/report"
    seen = asking(company.officer).get(f"/api/v1/{path}/").json()
    assert (seen["day"], len(seen["lines"]), seen["lines"][0]["state"], seen["lines"][0]["to_follow"]) == ("2026-11-05", 1, "arrived", True)
    before = asking(company.officer).get(f"/api/v1/{path}/?on=2026-11-04").json()
    assert before["lines"][0]["state"] == "in_transit"
    assert asking(company.officer).get(f"/api/v1/{path}/?on=nonsense").status_code == 400
    assert says(company.officer, f"{path}/done").json()["done_at"]
    assert says(company.officer, f"{path}/done").status_code == 409
