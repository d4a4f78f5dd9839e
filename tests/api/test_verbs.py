"""Every verb under /api/v1/: staff by session, partners with their own orders; statuses and bodies of design §6.13."""

import json
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from network.models import Person
from orders.models import Order
from sla.models import Deadline
from tests.api.client import PartnerClient, order_body, partner
from tests.factories import Company, accepted, placed, reached, sh

AT = sh("04 10:00:00")
API = "/api/v1"


@pytest.fixture
def company(db) -> Company:
    return Company()


@pytest.fixture(autouse=True)
def _four_november():
    with time_machine.travel(AT, tick=False):
        yield


class Staff:
    """A member of staff at the API, with a session."""

    def __init__(self, person: Person) -> None:
        self.http = Client(raise_request_exception=False)
        self.http.force_login(person.account)

    def post(self, target: str, body: Any = None) -> Any:
        return self.http.post(f"{API}/{target}", json.dumps(body or {}), "application/json")

    def get(self, target: str) -> Any:
        return self.http.get(f"{API}/{target}")


@pytest.fixture
def clerk(company: Company) -> Staff:
    return Staff(company.clerk)


@pytest.fixture
def agent(company: Company) -> Staff:
    return Staff(company.agent)


def done(answer: Any, status: int = 200) -> dict[str, Any]:
    told: dict[str, Any] = answer.json()
    assert answer.status_code == status, told
    return told


def refusal(answer: Any, status: int, clause: str = "", field: str = "") -> dict[str, Any]:
    told = done(answer, status)
    assert (told["clause"], told["field"]) == (clause, field)
    assert told["message"]
    assert told["request_id"]
    return told


def test_the_story_of_an_order(company: Company, clerk: Staff) -> None:
    number = placed(AT, branch=company.branch).number
    order = f"orders/{number}"
    refusal(clerk.post(f"{order}/accept/"), 422, "§1.4.1")
    assert done(clerk.post(f"{order}/contacts/", {"outcome": "reached", "checks": ["goods"]}))["outcome"] == "reached"
    assert done(clerk.post(f"{order}/accept/"))["state"] == "accepted"
    lost = done(clerk.post(f"{order}/accept/"), 409)
    assert lost["winner"] == f"{company.clerk.name}（{company.clerk.number}）"
    assert lost["at"] == AT.isoformat()
    assert done(clerk.post(f"{order}/print/"))["serial"] == 1
    assert (
        done(clerk.post(f"{order}/notes/", {"kind": "tracking", "text": "客户 14 点后在"}))["text"] == "客户 14 点后在"
    )
    quoted = done(clerk.post(f"{order}/quote/", {"amount": "320.00", "words": "每公斤 2.6 元"}))
    refusal(clerk.post(f"{order}/waybill/", {"pieces": 10, "weight_kg": "121", "volume_m3": "0.8"}), 422, "§1.4.3")
    assert (
        done(clerk.post(f"{order}/answer-quote/", {"agreed": True, "seen": quoted["id"]}))["price_state"] == "confirmed"
    )
    pickup = f"{order}/pickup"
    assert (
        done(clerk.post(f"{pickup}/dispatch/", {"driver": company.driver.number, "vehicle": "浙A12345"}))["state"]
        == "dispatched"
    )
    refusal(clerk.post(f"{pickup}/collect/", {"pieces": 10, "packing_ok": False}), 422, "§4.3.2.2", "packing_ok")
    assert done(clerk.post(f"{pickup}/collect/", {"pieces": 10, "packing_ok": True}))["state"] == "collected"
    refusal(clerk.post(f"{order}/cancel/", {"reason": "mistaken"}), 422, "§0.10")
    bill = done(clerk.post(f"{order}/waybill/", {"pieces": 10, "weight_kg": "121", "volume_m3": "0.8"}))
    assert bill["differences"] == [["weight_kg", "120.00", "121.00"]]
    detail = done(clerk.get(f"{order}/"))
    assert (detail["state"], detail["waybill"]["number"]) == ("waybilled", bill["number"])
    assert detail["content"]["shipper"]["phone"] == "138****8000"
    done(clerk.post(f"{order}/edit/", {"remark": "x"}), 409)


def test_postpone_resume_cancel_and_confirm(company: Company, clerk: Staff) -> None:
    number = accepted(AT, company.clerk, branch=company.branch, placed_at=AT).number
    order = f"orders/{number}"
    far = clerk.post(f"{order}/postpone/", {"ship_on": "2026-11-08", "reason": "goods_not_ready"})
    refusal(far, 422, "§1.2.1.4p", "ship_on")
    assert (
        done(clerk.post(f"{order}/postpone/", {"ship_on": "2026-11-06", "reason": "goods_not_ready"}))["ship_on"]
        == "2026-11-06"
    )
    assert done(clerk.post(f"{order}/resume/"))["state"] == "accepted"
    refusal(clerk.post(f"{order}/cancel/", {"reason": "other"}), 422, "§1.2.1.4", "text")
    assert done(clerk.post(f"{order}/cancel/", {"reason": "duplicate"}))["state"] == "cancelled"
    done(clerk.post(f"{order}/confirm-reason/", {"reason": "duplicate"}), 409)


def test_assign_reassign_and_take_back(company: Company, agent: Staff, clerk: Staff) -> None:
    order = f"orders/{placed(AT).number}"
    done(clerk.get(f"{order}/"), 404)  # not in the branch's scope
    done(clerk.post(f"{order}/assign/", {"branch_code": "B1"}), 403)
    refusal(agent.post(f"{order}/assign/", {"branch_code": "B9"}), 422, "§3.4.3", "branch_code")
    assert done(agent.post(f"{order}/assign/", {"branch_code": "B1"}))["branch"]["code"] == "B1"
    assert done(agent.post(f"{order}/take-back-assignment/"))["state"] == "unassigned"
    done(agent.post(f"{order}/assign/", {"branch_code": "B1"}))
    assert (
        done(clerk.post(f"{order}/reassign/", {"branch_code": "B2", "reason": "不在本片区"}))["branch"]["code"] == "B2"
    )
    done(clerk.get(f"{order}/"), 404)


def test_take_back_acceptance(company: Company, clerk: Staff) -> None:
    number = placed(AT, branch=company.branch).number
    done(clerk.post(f"orders/{number}/contacts/", {"outcome": "reached"}))
    with time_machine.travel(sh("04 10:01:00"), tick=False):
        done(clerk.post(f"orders/{number}/accept/"))
        assert done(clerk.post(f"orders/{number}/take-back-acceptance/"))["state"] == "at_branch"


def test_pickup_verbs(company: Company, clerk: Staff) -> None:
    number = accepted(AT, company.clerk, branch=company.branch, placed_at=AT).number
    pickup = f"orders/{number}/pickup"
    assert done(clerk.get(f"{pickup}/"))["state"] == "requested"
    past = {"appointment": "2026-11-04T09:00:00+08:00", "agreed_by": "customer"}
    refusal(clerk.post(f"{pickup}/appoint/", past), 422, "§1.3.1.2", "appointment")
    good = done(clerk.post(f"{pickup}/appoint/", past | {"appointment": "2026-11-04 15:00"}))
    assert (good["state"], good["appointment"]) == ("appointed", "2026-11-04T15:00:00+08:00")
    assert done(clerk.post(f"{pickup}/notice/", {"next_time": "16:00"}))["notice_at"]
    assert refusal(clerk.post(f"{pickup}/fail/", {"reason": "bored"}), 400, "", "reason")["code"] == "invalid_choice"
    assert done(clerk.post(f"{pickup}/fail/", {"reason": "nobody_there"}))["state"] == "failed"
    refusal(clerk.post(f"{pickup}/dispatch/", {"driver": "nobody", "vehicle": "浙A1"}), 422, "", "driver")
    done(clerk.post(f"{pickup}/hand-back/"), 409)


def test_a_phone_order_by_the_call_centre(company: Company, agent: Staff) -> None:
    body = order_body()
    assert refusal(agent.post("orders/", body), 400, "", "partner_order_no")
    del body["partner_order_no"]
    told = done(agent.post("orders/", body), 201)
    assert told["channel"] == "phone"
    done(Staff(company.driver).post("orders/", body), 403)


def test_lists_are_paged_narrowed_and_scoped(company: Company, clerk: Staff) -> None:
    for minute in range(3):
        placed(sh(f"04 09:0{minute}:00"), branch=company.branch)
    placed(AT, branch=company.third)
    first = done(clerk.get("orders/?page_size=2&state=at_branch"))
    assert len(first["results"]) == 2
    cursor = first["next"].split("cursor=")[1].split("&")[0]
    second = done(clerk.get(f"orders/?page_size=2&state=at_branch&cursor={cursor}"))
    assert len(second["results"]) == 1
    assert [row["branch"]["code"] for row in first["results"] + second["results"]] == ["B1"] * 3
    number = first["results"][0]["number"]
    assert [row["number"] for row in done(clerk.get(f"orders/?q={number}"))["results"]] == [number]


BAD_QUERIES = [
    "orders/?state=lost",
    "orders/?q=%00",
    "orders/?q=" + "x" * 61,
    "orders/?branch=%00",
    "orders/?cursor=x",
    "orders/?cursor=cD0wMDAw",  # p=0000
    "orders/?cursor=cD0lMDA%3D",
    "orders/?partner_order_no=%F0%9F%98%80%00",
    "deadlines/?state=x",
    "deadlines/?order=%00",
    "deadlines/?cursor=cD1hYmM%3D",
    "filings/?state=x",
    "orders/%00/",
    "orders/E1%2F..%2F/",
    "orders/E404/",
    "orders/E404/track/",
    "orders/E404/pickup/",
    "deadlines/00000000-0000-0000-0000-000000000000/",
    "deadlines/1/",
    "nothing/here/",
    "",
]


@pytest.mark.parametrize("target", BAD_QUERIES)
def test_bad_queries_are_the_callers_fault(clerk: Staff, target: str) -> None:
    answer = clerk.get(target)
    assert answer.status_code in (400, 404)
    assert set(answer.json()) >= {"code", "message", "clause", "field", "request_id"}


VERBS = [
    ("contacts", {"outcome": "maybe"}, "outcome"),
    ("contacts", {"outcome": "reached", "remark": "x" * 301}, "remark"),
    ("contacts", {"outcome": "reached", "remark": "a\x00"}, "remark"),
    ("contacts", {"outcome": "reached", "checks": ["x"] * 21}, "checks"),
    ("contacts", {"outcome": "reached", "checks": [1, {}]}, "checks.1"),
    ("contacts", {}, "outcome"),
    ("contacts", {"outcome": "reached", "by": 1}, "by"),
    ("notes", {"kind": "tracking", "text": ""}, "text"),
    ("notes", {"kind": "tracking", "text": "\ud800"}, "text"),
    ("notes", {"kind": "x", "text": "y"}, "kind"),
    ("postpone", {"ship_on": "tomorrow", "reason": "other"}, "ship_on"),
    ("postpone", {"ship_on": "2026-11-06", "reason": "nope"}, "reason"),
    ("cancel", {"reason": "nope"}, "reason"),
    ("quote", {"amount": "NaN", "words": "x"}, "amount"),
    ("quote", {"amount": "-1", "words": "x"}, "amount"),
    ("quote", {"amount": "1e30", "words": "x"}, "amount"),
    ("quote", {"amount": "1.001", "words": "x"}, "amount"),
    ("answer-quote", {"agreed": "maybe"}, "agreed"),
    ("answer-quote", {"agreed": True, "seen": 10**30}, "seen"),
    ("waybill", {"pieces": 0, "weight_kg": "1", "volume_m3": "1"}, "pieces"),
    ("waybill", {"pieces": 1, "weight_kg": "Infinity", "volume_m3": "1"}, "weight_kg"),
    ("waybill", {"pieces": 1, "weight_kg": "1", "parcels": [{"pieces": 1, "length_cm": "NaN"}]}, "parcels.0.length_cm"),
    ("waybill", {"pieces": 1, "weight_kg": "1", "volume_m3": "1", "payer": "gold"}, "payer"),
    ("waybill/print", {"paper": "poster"}, "paper"),
    ("waybill/tell", {"means": "pigeon"}, "means"),
    ("waybill/link", {"pieces": 1, "weight_kg": "1", "volume_m3": "1", "outside_no": "X1234"}, "reason"),
    ("reassign", {"branch_code": "B2"}, "reason"),
    ("edit", {"goods": {"pieces": -1}}, "goods.pieces"),
    ("edit", {"seen": "1"}, "seen"),
    ("edit", {"consignee": 5}, "consignee"),
    ("accept", {"force": True}, "force"),
    ("pickup/appoint", {"appointment": "9999-12-31T23:59:59-14:00", "agreed_by": "customer"}, "appointment"),
    ("pickup/appoint", {"appointment": "0001-01-01T00:00:00+14:00", "agreed_by": "customer"}, "appointment"),
    ("pickup/collect", {"pieces": 1.5, "packing_ok": True}, "pieces"),
    ("pickup/collect", {"pieces": 10**400, "packing_ok": True}, "pieces"),
]


@pytest.mark.parametrize(("verb", "body", "field"), VERBS)
def test_bad_bodies_name_their_field(company: Company, clerk: Staff, verb: str, body: Any, field: str) -> None:
    number = placed(AT, branch=company.branch).number
    told = refusal(clerk.post(f"orders/{number}/{verb}/", body), 400, "", field)
    assert not told["message"].isascii()


@pytest.mark.parametrize("body", [[], "x", 1, None])
def test_bodies_are_objects(company: Company, clerk: Staff, body: Any) -> None:
    number = placed(AT, branch=company.branch).number
    answer = clerk.http.post(f"{API}/orders/{number}/notes/", json.dumps(body), "application/json")
    assert answer.status_code == 400


def test_strangers_and_customers_stay_outside(company: Company) -> None:
    number = placed(AT, branch=company.branch).number
    for target in ("orders/", f"orders/{number}/", "deadlines/", "filings/"):
        assert Client().get(f"{API}/{target}").status_code == 401
    customer = Client()
    customer.force_login(type(company.clerk.account).objects.create(username="customer"))
    assert customer.get(f"{API}/orders/").json()["code"] == "denied"


def test_a_session_needs_its_csrf_token(company: Company) -> None:
    number = placed(AT, branch=company.branch).number
    http = Client(enforce_csrf_checks=True)
    http.force_login(company.clerk.account)
    assert http.post(f"{API}/orders/{number}/accept/", "{}", "application/json").status_code == 403


# Partners


@pytest.fixture
def taobao(company: Company) -> PartnerClient:
    return PartnerClient(partner("TB"))


def test_a_partner_follows_its_order(company: Company, taobao: PartnerClient, clerk: Staff) -> None:
    number = done(taobao.post(f"{API}/orders/", order_body()), 201)["number"]
    order = f"{API}/orders/{number}"
    assert done(taobao.get(f"{order}/"))["content"]["shipper"]["phone"] == "13800138000"
    edited = done(
        taobao.post(f"{order}/edit/", {"goods": {"pieces": 12}, "pickup": {"appointment": "2026-11-04 15:00"}})
    )
    assert (edited["version"], edited["pieces"]) == (2, 12)
    done(taobao.post(f"{order}/edit/", {"goods": {"pieces": 13}, "seen": 1}), 409)
    changes = done(taobao.get(f"{order}/versions/"))[0]["changes"]
    assert changes[0] == {"field": "goods.pieces", "before": 10, "after": 12}
    done(clerk.post(f"orders/{number}/contacts/", {"outcome": "reached"}))
    done(clerk.post(f"orders/{number}/accept/"))
    done(clerk.post(f"orders/{number}/quote/", {"amount": "320", "words": "含接货"}))
    assert done(taobao.get(f"{order}/"))["quotes"][0]["amount"] == "320.00"
    assert done(taobao.post(f"{order}/answer-quote/", {"agreed": True}))["price_state"] == "confirmed"
    assert done(taobao.post(f"{order}/cancel/", {"reason": "not_shipping"}))["state"] == "cancelled"
    assert Order.objects.get().reason_confirmed_at is None  # the branch confirms it, §1.2.1.4r
    events = done(taobao.get(f"{order}/track/"))["events"]
    assert [event["code"] for event in events][:2] == ["SUBMITTED", "ASSIGNED"]
    assert [event["code"] for event in events][-2:] == ["CANCELLED_USER", "CHANGED"]  # and no pickup any more
    assert events[1]["message"] == "【西湖营业部】已收到订单，等待电话确认"


def test_one_partner_never_sees_anothers_orders(company: Company, taobao: PartnerClient) -> None:
    number = done(taobao.post(f"{API}/orders/", order_body()), 201)["number"]
    other = PartnerClient(partner("JD"))
    assert done(other.get(f"{API}/orders/"))["results"] == []
    for target in ("", "versions/", "track/"):
        done(other.get(f"{API}/orders/{number}/{target}"), 404)
    for verb, body in [("cancel", {}), ("edit", {"remark": "x"}), ("answer-quote", {"agreed": True})]:
        done(other.post(f"{API}/orders/{number}/{verb}/", body), 404)
    hall = placed(AT, branch=company.branch).number
    done(taobao.get(f"{API}/orders/{hall}/"), 404)


STAFF_VERBS = [
    "accept", "take-back-acceptance", "contacts", "notes", "postpone", "resume", "print", "assign", "take-back-assignment",
    "reassign", "confirm-reason", "quote", "waybill", "pickup/appoint", "pickup/notice", "pickup/dispatch", "pickup/collect",
    "pickup/fail", "pickup/hand-back", "waybill/link", "waybill/print", "waybill/check", "waybill/tell", "waybill/answer",
    "waybill/copy", "waybill/amend", "waybill/decide", "waybill/withdraw",
]  # fmt: skip


@pytest.mark.parametrize("verb", STAFF_VERBS)
def test_partners_do_not_do_the_staffs_work(taobao: PartnerClient, verb: str) -> None:
    number = done(taobao.post(f"{API}/orders/", order_body()), 201)["number"]
    assert done(taobao.post(f"{API}/orders/{number}/{verb}/", {}), 403)["code"] == "denied"


def test_partners_have_no_clocks_or_filings(taobao: PartnerClient) -> None:
    for target in ("deadlines/", "filings/"):
        done(taobao.get(f"{API}/{target}"), 403)


# Clocks


def test_why_this_deadline_in_both_languages(company: Company, clerk: Staff) -> None:
    number = placed(AT, branch=company.branch).number
    listed = done(clerk.get(f"deadlines/?order={number}"))["results"]
    row = next(row for row in listed if row["clause"] == "§1.2.1.1")
    told = done(clerk.get(f"deadlines/{row['id']}/"))
    assert told["due_at"] == "2026-11-04T10:10:00+08:00"
    assert told["explanation"]["zh"][0].startswith("§1.2.1.1")
    assert any("2026-11-04 10:10:00" in line for line in told["explanation"]["en"])
    assert [step["clause"] for step in told["steps"] if step["kind"] != "warn"] == ["§1.2.1.1", "§1.2.1.1b"]
    done(Staff(company.third_clerk).get(f"deadlines/{row['id']}/"), 404)


def test_filings_are_refused_where_nothing_was_missed(company: Company, clerk: Staff) -> None:
    placed(AT, branch=company.branch)
    clock = Deadline.objects.get(clause="§1.2.1.1")
    refusal(clerk.post(f"deadlines/{clock.pk}/filings/", {"reason": "off_hours", "text": "下班后下单"}), 422, "§1.4.2")
    done(
        Staff(company.officer).post("filings/9999999999999999999999/decide/", {"grant": True, "decision": "同意"}), 404
    )


def test_lists_ask_the_database_a_fixed_number_of_times(company: Company, clerk: Staff) -> None:
    for minute in range(6):
        reached(placed(sh(f"04 09:0{minute}:00"), branch=company.branch), company.clerk, AT)
    done(clerk.get("orders/"))
    with CaptureQueriesContext(connection) as queries:
        assert len(done(clerk.get("orders/"))["results"]) == 6
    assert len(queries) <= 5, [query["sql"][:80] for query in queries]


def test_the_schema_names_every_operation(company: Company) -> None:
    answer = Client().get(f"{API}/schema/?format=json")
    schema = answer.json()
    assert answer.status_code == 200
    create = schema["paths"]["/api/v1/orders/"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert create["required"] == ["consignee", "goods", "shipper"]
    assert create["properties"]["goods"]["properties"]["pieces"] == {
        "title": "件数", "description": "件数", "type": "integer", "minimum": 1, "maximum": 99999,
    }  # fmt: skip
    for verb in (*STAFF_VERBS, "cancel", "edit", "answer-quote"):
        assert "post" in schema["paths"][f"/api/v1/orders/{{number}}/{verb}/"], verb
    page = Client().get(f"{API}/docs/").content.decode()
    assert "https://" not in page  # nothing is fetched from elsewhere
