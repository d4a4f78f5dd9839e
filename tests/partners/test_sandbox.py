"""The sandbox: the same addresses and answers, of orders that reach no branch, no clock, no book (decision 0026)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from core.models import Entry
from notify.models import Message
from orders.models import Order
from partners.models import Push, Trial
from partners.services.trials import LIFE, MOVES
from pickup.models import PickupTask
from sla.models import Deadline
from tests.api.client import PartnerClient, order_body, partner
from tests.factories import Company, sh
from tests.partners.receiver import Receiver, receiving
from tests.partners.test_sending import send_all

ORDERS = "/api/v1/orders/"
AT = sh("04 10:00:00")


@pytest.fixture
def company(db) -> Company:
    return Company()


@pytest.fixture
def sandbox(company: Company) -> PartnerClient:
    return PartnerClient(partner("SB", sandbox=True))


@pytest.fixture(autouse=True)
def moment() -> Iterator[Any]:
    with time_machine.travel(AT, tick=False) as moved:
        yield moved


@pytest.fixture(autouse=True)
def _nothing_real_happens(company: Company) -> Iterator[None]:
    yield
    for model in (Order, Entry, Deadline, PickupTask, Message):
        assert not model.objects.exists(), model


def done(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def codes(client: PartnerClient, number: str) -> list[str]:
    return [event["code"] for event in done(client.get(f"{ORDERS}{number}/track/"))["events"]]


@pytest.mark.django_db(transaction=True)
def test_an_order_is_placed_read_listed_and_repeated_as_a_real_one(sandbox: PartnerClient) -> None:
    first = done(sandbox.post(ORDERS, order_body()), 201)
    assert first["number"].startswith("S261104")
    assert (first["state"], first["branch"]["code"], first["duplicate"], first["deadlines"]) == ("at_branch", "B1", False, [])
    assert done(sandbox.post(ORDERS, order_body())) == first | {"duplicate": True}
    told = done(sandbox.post(ORDERS, order_body(goods__pieces=11)), 409)
    assert (told["code"], told["fields"]) == ("duplicate", ["goods.pieces"])
    detail = done(sandbox.get(f"{ORDERS}{first['number']}/"))
    assert detail["content"]["shipper"]["phone"] == "13800138000"
    assert [row["number"] for row in done(sandbox.get(ORDERS))["results"]] == [first["number"]]
    assert done(sandbox.get(f"{ORDERS}?partner_order_no=other"))["results"] == []
    assert codes(sandbox, first["number"]) == ["SUBMITTED", "ASSIGNED"]


def test_bad_bodies_are_refused_as_a_real_orders(sandbox: PartnerClient) -> None:
    assert done(sandbox.post(ORDERS, order_body(shipper__phone="x")), 400)["field"] == "shipper.phone"
    assert done(sandbox.post(ORDERS, order_body(partner_order_no="")), 400)["field"] == "partner_order_no"
    assert done(sandbox.post(ORDERS, order_body(branch_code="NONE")), 422)["field"] == "branch_code"
    assert not Trial.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_replayed_request_is_refused(sandbox: PartnerClient) -> None:
    body = json.dumps(order_body()).encode()
    headers = sandbox.headers("POST", ORDERS, body)
    assert sandbox.post(ORDERS, body, headers=headers).status_code == 201
    assert done(sandbox.post(ORDERS, body, headers=headers), 401)["code"] == "replayed"


def test_a_whole_life_step_by_step(sandbox: PartnerClient, moment: Any) -> None:
    number = done(sandbox.post(ORDERS, order_body()), 201)["number"]
    for _step in LIFE:
        moment.shift(timedelta(minutes=1))
        told = done(sandbox.post(f"{ORDERS}{number}/advance/", {}))
    assert (told["state"], told["collected_at"] is not None) == ("waybilled", True)
    assert codes(sandbox, number) == [
        "SUBMITTED", "ASSIGNED", "CONTACTED", "ACCEPTED", "PICKUP_ASSIGNED", "COLLECTED", "WAYBILLED", "DEPARTED", "AT_HUB", "AT_DEST_BRANCH",
        "OUT_FOR_DELIVERY", "SIGNED",
    ]  # fmt: skip
    assert done(sandbox.post(f"{ORDERS}{number}/advance/", {}), 422)["field"] == "to"


@pytest.mark.parametrize("code", MOVES)
def test_every_word_can_be_asked_for(sandbox: PartnerClient, code: str) -> None:
    number = done(sandbox.post(ORDERS, order_body()), 201)["number"]
    done(sandbox.post(f"{ORDERS}{number}/advance/", {"to": code}))
    assert codes(sandbox, number)[-1] == code


def test_a_signature_after_a_failed_attempt_has_its_own_word(sandbox: PartnerClient) -> None:
    number = done(sandbox.post(ORDERS, order_body()), 201)["number"]
    for code in ("DELIVERY_FAILED", "SIGNED"):
        done(sandbox.post(f"{ORDERS}{number}/advance/", {"to": code}))
    assert codes(sandbox, number)[-1] == "SIGNED_LATE_OK"


def test_it_is_edited_and_cancelled_until_it_is_collected(sandbox: PartnerClient) -> None:
    number = done(sandbox.post(ORDERS, order_body()), 201)["number"]
    edited = done(sandbox.post(f"{ORDERS}{number}/edit/", {"goods": {"pieces": 12}, "seen": 1}))
    assert (edited["version"], edited["pieces"]) == (2, 12)
    assert done(sandbox.post(f"{ORDERS}{number}/edit/", {"goods": {"pieces": 13}, "seen": 1}), 409)["code"] == "conflict"
    assert done(sandbox.post(f"{ORDERS}{number}/cancel/", {"reason": "not_shipping"}))["state"] == "cancelled"
    assert done(sandbox.post(f"{ORDERS}{number}/cancel/", {"reason": "not_shipping"}), 409)["number"] == "30003"
    other = done(sandbox.post(ORDERS, order_body("TB-2")), 201)["number"]
    done(sandbox.post(f"{ORDERS}{other}/advance/", {"to": "COLLECTED"}))
    assert done(sandbox.post(f"{ORDERS}{other}/cancel/", {"reason": "not_shipping"}), 409)["number"] == "30002"
    assert done(sandbox.post(f"{ORDERS}S2611040000000/cancel/", {"reason": "not_shipping"}), 404)["number"] == "30001"


def test_another_partner_knows_nothing_of_it(sandbox: PartnerClient) -> None:
    number = done(sandbox.post(ORDERS, order_body()), 201)["number"]
    for other in (PartnerClient(partner("TB")), PartnerClient(partner("S2", sandbox=True))):
        assert done(other.get(ORDERS))["results"] == []
        for target in ("", "track/"):
            done(other.get(f"{ORDERS}{number}/{target}"), 404)
        for verb, body in (("edit", {"remark": "x"}), ("cancel", {})):
            done(other.post(f"{ORDERS}{number}/{verb}/", body), 404)
    done(PartnerClient(partner("T3")).post(f"{ORDERS}{number}/advance/", {}), 403)
    done(PartnerClient(partner("S4", sandbox=True)).post(f"{ORDERS}{number}/advance/", {}), 404)


@pytest.mark.parametrize("body", [{"to": "NOWHERE"}, {"to": 1}, {"to": None}, {"to": ["SIGNED"]}, {"at": "x"}, []])
def test_bad_steps(sandbox: PartnerClient, body: Any) -> None:
    number = done(sandbox.post(ORDERS, order_body()), 201)["number"]
    done(sandbox.post(f"{ORDERS}{number}/advance/", body), 400)
    assert codes(sandbox, number) == ["SUBMITTED", "ASSIGNED"]


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    settings.CALLBACK_LOOPBACK = True
    with receiving() as server:
        yield server


def test_what_happens_is_pushed_as_of_a_real_order(company: Company, receiver: Receiver) -> None:
    client = PartnerClient(partner("SB", sandbox=True, callback_url=receiver.url, callback_hosts=[receiver.host]))
    number = done(client.post(ORDERS, order_body()), 201)["number"]
    done(client.post(f"{ORDERS}{number}/advance/", {"to": "ACCEPTED"}))
    assert send_all(AT) == 3
    assert receiver.codes == ["SUBMITTED", "ASSIGNED", "ACCEPTED"]
    assert receiver.got[-1].told["event"]["message"] == "【西湖营业部】已受理订单"
    assert (receiver.got[-1].told["number"], receiver.got[-1].told["partner_order_no"]) == (number, "TB-1")
    assert {push.state for push in Push.objects.all()} == {"done"}
