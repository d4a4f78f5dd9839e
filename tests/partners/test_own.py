"""What a partner sees and sets of itself: never of another; keys change over; the four reasons why an order is not cancelled."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client

from core.models import Entry
from orders import services as orders
from orders.models import Order
from partners.calls import calls
from partners.models import Call, Partner, PartnerKey, Push
from pickup import services as pickup
from pickup.models import PickupTask
from tests.api.client import PartnerClient, order_body, partner
from tests.factories import Company, reached, sh

API = "/api/v1"
AT = sh("04 10:00:00")
CALLBACK = "https://tb.example/callback"
OWN = ["partner/", "partner/keys/", "partner/calls/", "pushes/"]
OWN_POSTS = ["partner/callback/", "partner/keys/", "partner/keys/k0/end/", "pushes/resend/"]


@pytest.fixture
def company(db) -> Company:
    return Company()


@pytest.fixture
def taobao(company: Company) -> PartnerClient:
    return PartnerClient(partner("TB", callback_hosts=["tb.example"], callback_url=CALLBACK))


@pytest.fixture
def jingdong(company: Company) -> PartnerClient:
    return PartnerClient(partner("JD", callback_hosts=["jd.example"], callback_url="https://jd.example/"))


@pytest.fixture(autouse=True)
def _four_november():
    calls.take()  # what other tests called
    with time_machine.travel(AT, tick=False):
        yield


def done(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def test_a_partner_reads_itself(taobao: PartnerClient) -> None:
    assert done(taobao.get(f"{API}/partner/")) == {
        "code": "TB", "name": "平台TB", "channel": "partner", "sandbox": False, "dialect": "native", "callback_url": CALLBACK,
        "callback_hosts": ["tb.example"], "per_minute": None,
    }  # fmt: skip


def test_a_callback_is_set_within_the_list_and_ended(taobao: PartnerClient) -> None:
    told = done(taobao.post(f"{API}/partner/callback/", {"url": "https://tb.example/other?x=1"}))
    assert told["callback_url"] == "https://tb.example/other?x=1"
    assert done(taobao.post(f"{API}/partner/callback/", {"url": ""}))["callback_url"] == ""
    assert list(Entry.objects.filter(name="partner_callback_set").order_by("pk").values_list("data", flat=True)) == [{"told": True}, {"told": False}]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"url": "https://evil.example/"}, 422, "callback_url"),
        ({"url": "http://tb.example/"}, 422, "callback_url"),
        ({"url": "https://127.0.0.1/"}, 422, "callback_url"),
        ({"url": "https://tb.example@10.0.0.1/"}, 422, "callback_url"),
        ({"url": "https://tb.example/\n"}, 422, "callback_url"),
        ({"url": "x" * 301}, 400, "url"),
        ({"url": None}, 400, "url"),
        ({"url": ["https://tb.example/"]}, 400, "url"),
        ({}, 400, "url"),
        ({"url": "", "hosts": ["evil.example"]}, 400, "hosts"),
        ([], 400, ""),
    ],
)
def test_bad_callbacks(taobao: PartnerClient, body: Any, status: int, field: str) -> None:
    assert done(taobao.post(f"{API}/partner/callback/", body), status)["field"] == field
    assert Partner.objects.get(code="TB").callback_url == CALLBACK


def test_keys_change_over_without_an_interruption(taobao: PartnerClient) -> None:
    first = taobao.key
    fresh = done(taobao.post(f"{API}/partner/keys/", {}), 201)
    assert done(taobao.post(f"{API}/partner/keys/", {}), 422)["message"].startswith("该合作平台已有 2 个有效密钥")
    taobao.get(f"{API}/partner/")  # the old one still signs
    assert done(taobao.post(f"{API}/partner/keys/{first}/end/", {}), 422)["field"] == "key"
    taobao.key, taobao.secret = fresh["key"], fresh["secret"]
    ended = done(taobao.post(f"{API}/partner/keys/{first}/end/", {}))
    assert (ended["key"], ended["revoked_at"]) == (first, "2026-11-04T10:00:00+08:00")
    listed = done(taobao.get(f"{API}/partner/keys/"))
    assert [row["key"] for row in listed if row["revoked_at"] is None] == [fresh["key"]]
    assert all("secret" not in row for row in listed)


def test_an_ended_key_signs_no_more(taobao: PartnerClient) -> None:
    old = taobao.key, taobao.secret
    fresh = done(taobao.post(f"{API}/partner/keys/", {}), 201)
    taobao.key, taobao.secret = fresh["key"], fresh["secret"]
    done(taobao.post(f"{API}/partner/keys/{old[0]}/end/", {}))
    taobao.key, taobao.secret = old
    assert done(taobao.get(f"{API}/partner/"), 401)["code"] == "key_unknown"


def test_a_partner_never_sees_or_moves_what_is_anothers(taobao: PartnerClient, jingdong: PartnerClient) -> None:
    number = done(taobao.post(f"{API}/orders/", order_body()), 201)["number"]
    calls.flush()
    assert Push.objects.filter(partner=taobao.partner).count() == 2
    ids = [str(pk) for pk in Push.objects.values_list("pk", flat=True)]
    Push.objects.update(state="dead")
    assert done(jingdong.get(f"{API}/pushes/"))["results"] == []
    assert done(jingdong.get(f"{API}/pushes/?number={number}"))["results"] == []
    assert done(jingdong.post(f"{API}/pushes/resend/", {"ids": ids})) == {"resent": 0}
    assert {row["path"] for row in done(jingdong.get(f"{API}/partner/calls/"))["results"]} == set()
    done(jingdong.post(f"{API}/partner/keys/{taobao.key}/end/", {}), 404)
    assert done(jingdong.post(f"{API}/orders/{number}/cancel/", {}), 404) | {"request_id": "", "message": ""} == {
        "code": "not_found", "number": "30001", "message": "", "clause": "", "field": "", "request_id": "",
    }  # fmt: skip
    assert {row["key"] for row in done(jingdong.get(f"{API}/partner/keys/"))} == {jingdong.key}
    assert Order.objects.get().state == "at_branch"
    assert not PartnerKey.objects.filter(revoked_at__isnull=False).exists()


def test_pushes_are_listed_and_sent_again(taobao: PartnerClient) -> None:
    number = done(taobao.post(f"{API}/orders/", order_body()), 201)["number"]
    told = done(taobao.get(f"{API}/pushes/?number={number}&page_size=1"))
    assert [(row["number"], row["seq"], row["state"]) for row in told["results"]] == [(number, 2, "waiting")]
    assert "cursor=" in told["next"]
    first = Push.objects.get(seq=1)
    Push.objects.filter(pk=first.pk).update(state="dead", attempts=6, status=500, answer="<b>secret of theirs</b>")
    listed = taobao.get(f"{API}/pushes/?state=dead")
    assert "secret" not in listed.content.decode()
    [row] = done(listed)["results"]
    assert done(taobao.post(f"{API}/pushes/resend/", {"ids": [row["id"], row["id"]]})) == {"resent": 1}
    first.refresh_from_db()
    assert (first.state, first.attempts, first.due_at) == ("waiting", 0, AT)


@pytest.mark.parametrize("ids", [None, [], "1", ["x"], [True], ["-1"], ["9" * 30], [[1]], ["1"] * 101, {"a": 1}])
def test_bad_ids(taobao: PartnerClient, ids: Any) -> None:
    done(taobao.post(f"{API}/pushes/resend/", {"ids": ids}), 400)


@pytest.mark.parametrize("query", ["state=x", "cursor=x", "page_size=0", "page_size=x", "x=1"])
def test_bad_queries(taobao: PartnerClient, query: str) -> None:
    assert taobao.get(f"{API}/pushes/?{query}").status_code in {400, 404}


@pytest.mark.parametrize("path", OWN)
def test_only_partners_have_these_pages(company: Company, path: str) -> None:
    done(Client().get(f"{API}/{path}"), 401)
    staff = Client()
    staff.force_login(company.officer.account)
    assert done(staff.get(f"{API}/{path}"), 403)["code"] == "denied"


@pytest.mark.parametrize("path", OWN_POSTS)
def test_only_partners_have_these_verbs(company: Company, path: str) -> None:
    assert Client().post(f"{API}/{path}", {}, content_type="application/json").status_code == 401
    staff = Client()
    staff.force_login(company.officer.account)
    assert staff.post(f"{API}/{path}", {"url": "", "ids": ["1"]}, content_type="application/json").status_code == 403


@pytest.mark.parametrize("path", ["/desk/", "/desk/partners/", "/desk/pushes/", "/admin/"])
def test_a_signature_opens_no_page_of_staff(taobao: PartnerClient, path: str) -> None:
    answer = taobao.get(path)
    assert answer.status_code in {302, 401, 403, 404}
    assert not answer.headers.get("Location") or "login" in answer["Location"]


# Why an order is not cancelled.


@pytest.fixture
def number(taobao: PartnerClient) -> str:
    return str(done(taobao.post(f"{API}/orders/", order_body()), 201)["number"])


def refused(client: PartnerClient, number: str, status: int = 409) -> tuple[str, str]:
    told = done(client.post(f"{API}/orders/{number}/cancel/", {"reason": "not_shipping"}), status)
    return told["code"], told["number"]


def test_unknown(taobao: PartnerClient) -> None:
    assert refused(taobao, "E2611040000011", 404) == ("not_found", "30001")


def test_cancelled_already(taobao: PartnerClient, number: str) -> None:
    assert done(taobao.post(f"{API}/orders/{number}/cancel/", {"reason": "not_shipping"}))["state"] == "cancelled"
    assert refused(taobao, number) == ("cancelled", "30003")


def test_collected_already(company: Company, taobao: PartnerClient, number: str) -> None:
    order = Order.objects.get()
    reached(order, company.clerk, AT)
    orders.accept(number=number, clerk=company.clerk, now=AT)
    pickup.collect(number=number, clerk=company.clerk, pieces=10, packing_ok=True, now=AT)
    assert PickupTask.objects.get().state == "collected"
    assert refused(taobao, number) == ("collected", "30002")
    assert Order.objects.get().state == "accepted"


def test_staff_are_told_as_before(company: Company, taobao: PartnerClient, number: str) -> None:
    taobao.post(f"{API}/orders/{number}/cancel/", {"reason": "not_shipping"})
    staff = Client()
    staff.force_login(company.clerk.account)
    told = staff.post(f"{API}/orders/{number}/cancel/", {"reason": "not_shipping"}, content_type="application/json")
    assert done(told, 409)["code"] == "conflict"


@pytest.mark.parametrize("body", [{"reason": "x"}, {"reason": 1}, {"why": ""}, []])
def test_bad_reasons(taobao: PartnerClient, number: str, body: Any) -> None:
    done(taobao.post(f"{API}/orders/{number}/cancel/", body), 400)
    assert Order.objects.get().state == "at_branch"


# Limits and the log.


def test_too_many_in_a_minute(company: Company, settings) -> None:
    busy, other = PartnerClient(partner("AA", per_minute=5)), PartnerClient(partner("BB", per_minute=5))
    for _time in range(5):
        assert busy.get(f"{API}/orders/").status_code == 200
    with time_machine.travel(sh("04 10:00:48"), tick=False):
        late = busy.get(f"{API}/orders/")
        assert (late.status_code, late["Retry-After"], late.json()["code"]) == (429, "12", "throttled")
        assert busy.post(f"{API}/orders/", order_body()).status_code == 429
        assert other.get(f"{API}/orders/").status_code == 200
    assert not Order.objects.exists()
    with time_machine.travel(sh("04 10:01:00"), tick=False):
        assert busy.get(f"{API}/orders/").status_code == 200


def test_a_stranger_does_not_use_up_a_partners_share(company: Company) -> None:
    victim = PartnerClient(partner("AA", per_minute=2))
    for _time in range(10):
        headers = victim.headers("GET", f"{API}/orders/", b"", signature="0" * 64)
        assert victim.send("GET", f"{API}/orders/", headers=headers).status_code == 401
    assert victim.get(f"{API}/orders/").status_code == 200


def test_calls_are_noted_without_what_they_carried(taobao: PartnerClient) -> None:
    taobao.post(f"{API}/orders/", order_body())
    taobao.get(f"{API}/orders/?q=13800138000")
    headers = taobao.headers("GET", f"{API}/orders/", b"", signature="0" * 64)
    taobao.send("GET", f"{API}/orders/", headers=headers)
    taobao.http.get(f"{API}/orders/", headers={"X-Key": "nobody"})
    calls.flush()
    rows = list(Call.objects.order_by("pk").values_list("method", "path", "status", "code"))
    assert rows == [
        ("POST", "/api/v1/orders/", 201, ""), ("GET", "/api/v1/orders/", 200, ""), ("GET", "/api/v1/orders/", 401, "signature_wrong"),
    ]  # fmt: skip
    told = done(taobao.get(f"{API}/partner/calls/"))["results"]
    assert [row["status"] for row in told] == [401, 200, 201]
    assert all(row["request_id"] and row["key"] == taobao.key for row in told)
