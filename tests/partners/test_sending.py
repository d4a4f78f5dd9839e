"""Pushes on their way to a real receiver: signed, in order, again after 1/5/30/120/360 minutes, never two at once (design §6.14)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier, Event

import pytest
import time_machine
from django.db import connection

from orders import services as orders
from orders.models import Order
from partners import posting, tasks
from partners.models import Partner, Push
from partners.services import issue_key, revoke_key, sending
from tests.api.client import partner
from tests.factories import FOUNDED, Company, draft, reached, sh
from tests.partners.receiver import TAKEN, Receiver, receiving

AT = sh("04 10:00:00")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def company(db) -> Company:
    return Company()


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    settings.CALLBACK_LOOPBACK = True
    with receiving() as server:
        yield server


def told_at(receiver: Receiver, code: str = "TB") -> Partner:
    made = partner(code, callback_url=receiver.url, callback_hosts=[receiver.host])
    issue_key(made, now=FOUNDED)
    return made


def order_of(told: Partner, number: str = "TB-1", at: datetime = AT) -> Order:
    return orders.place(draft(branch_code="B1"), channel="partner", by=told.actor, source=told.source, external_no=number, now=at).order


def send_all(now: datetime, limit: int = 100) -> int:
    """Send what may be sent at this instant, until there is nothing more; returns how many were tried."""
    tried = 0
    while batch := sending.claim(now=now, limit=limit):
        for push in batch:
            sending.settle(push, sending.tell(push, now=now), now=now)
        tried += len(batch)
    return tried


def states(order: Order) -> list[str]:
    return list(Push.objects.filter(order_number=order.number).order_by("seq").values_list("state", flat=True))


def test_a_push_says_what_happened_and_is_signed_like_a_request(company: Company, receiver: Receiver) -> None:
    order = order_of(told_at(receiver))
    reached(order, company.clerk, sh("04 10:03:00"))
    orders.accept(number=order.number, clerk=company.clerk, now=sh("04 10:04:00"))
    assert send_all(sh("04 10:05:00")) == 4
    assert receiver.codes == ["SUBMITTED", "ASSIGNED", "CONTACTED", "ACCEPTED"]
    last = receiver.got[-1]
    assert last.path == "/callback?from=carrier"
    assert last.headers["Host"] == receiver.host
    assert (last.told["number"], last.told["partner_order_no"]) == (order.number, "TB-1")
    assert last.told["event"]["message"] == "【西湖营业部】已受理订单"
    assert last.told["event"]["time"] == "2026-11-04 10:04:00"
    assert last.told["id"] == last.headers["X-Push-Id"]
    key = Partner.objects.get().keys.get()
    text = "\n".join((
        "POST", "/callback?from=carrier", last.headers["X-Timestamp"], last.headers["X-Nonce"], hashlib.sha256(last.body).hexdigest(),
    ))  # fmt: skip
    assert last.headers["X-Key"] == key.key
    assert last.headers["X-Signature"] == hmac.new(key.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    assert states(order) == ["done"] * 4


def test_it_is_tried_again_after_1_5_30_120_360_minutes_and_then_given_up(company: Company, receiver: Receiver) -> None:
    receiver.answer = lambda _got: (500, b"down")
    order = order_of(told_at(receiver))
    tries, now = [], AT
    while now < AT + timedelta(hours=12):
        if send_all(now):
            tries.append(int((now - AT) / MINUTE))
        if Push.objects.filter(seq=1, state="dead").exists():
            break
        now += MINUTE
    assert tries == [0, 1, 6, 36, 156, 516]
    assert receiver.of(order.number) == [1] * 6 + [2]  # what waited behind it has its turn once it was given up
    assert len({got.headers["X-Push-Id"] for got in receiver.got[:6]}) == 1
    assert len({got.headers["X-Nonce"] for got in receiver.got[:6]}) == 6


def test_the_next_of_an_order_waits_for_the_receipt_of_the_one_before(company: Company, receiver: Receiver) -> None:
    receiver.answer = lambda got: TAKEN if got.told["event"]["seq"] != 2 or refusing.is_set() else (503, b"")
    refusing = Event()
    told = told_at(receiver)
    first, second = order_of(told, "TB-1"), order_of(told, "TB-2")
    reached(first, company.clerk, sh("04 10:00:00"))
    send_all(AT)
    assert receiver.of(first.number) == [1, 2]
    assert receiver.of(second.number) == [1, 2]  # the other order is not held up
    refusing.set()
    send_all(AT + MINUTE)
    assert receiver.of(first.number) == [1, 2, 2, 4]
    assert states(first) == ["done"] * 3


@pytest.mark.parametrize(
    ("status", "answer", "taken"),
    [
        (200, b'{"success": true}', True),
        (200, b'{"success": true, "more": "\xe5\xa5\xbd"}', True),
        (200, b"", False),
        (200, b"OK", False),
        (200, b"<html>maintenance</html>", False),
        (200, b'{"success": "true"}', False),
        (200, b'{"success": false}', False),
        (200, b"[true]", False),
        (200, b"\xff\xfe\x00", False),
        (200, b'{"success": true' + b" " * 70_000 + b"}", False),
        (204, b"", False),
        (301, b'{"success": true}', False),
        (302, b'{"success": true}', False),
        (307, b'{"success": true}', False),
        (404, b'{"success": true}', False),
        (500, b'{"success": true}', False),
    ],
)
def test_the_receipt_is_read_not_only_the_status(company: Company, receiver: Receiver, status: int, answer: bytes, taken: bool) -> None:
    receiver.answer = lambda _got: (status, answer)
    order = order_of(told_at(receiver))
    [push] = sending.claim(now=AT, limit=1)
    sending.settle(push, sending.tell(push, now=AT), now=AT)
    push.refresh_from_db()
    assert (push.state, push.status) == ("done" if taken else "waiting", status)
    assert receiver.of(order.number) == [1]  # no redirect was followed
    assert push.answer.isprintable()
    assert len(push.answer) <= 300


def test_a_receiver_that_hangs_up_is_tried_again(company: Company, receiver: Receiver) -> None:
    receiver.answer = lambda _got: None
    order_of(told_at(receiver))
    assert send_all(AT) == 1
    push = Push.objects.get(seq=1)
    assert (push.state, push.status, push.attempts, push.due_at) == ("waiting", None, 1, AT + MINUTE)
    assert push.answer.startswith("无法连接对方")


def test_what_trickles_in_is_cut_off(company: Company, receiver: Receiver, monkeypatch) -> None:
    held = Event()
    receiver.answer = lambda _got: held.wait(10) and TAKEN
    monkeypatch.setattr(posting, "WHOLE_SECONDS", 0.2)
    order_of(told_at(receiver))
    [push] = sending.claim(now=AT, limit=1)
    outcome = sending.tell(push, now=AT)
    held.set()
    assert (outcome.state, outcome.status) == ("waiting", None)


def test_a_killed_senders_push_is_sent_again_with_the_same_id(company: Company, receiver: Receiver) -> None:
    order_of(told_at(receiver))
    [lost] = sending.claim(now=AT, limit=1)
    sending.tell(lost, now=AT)  # the sender died before it could write down the receipt
    assert send_all(AT + sending.LEASE - timedelta(seconds=1)) == 0
    assert send_all(AT + sending.LEASE) == 2
    assert [got.headers["X-Push-Id"] for got in receiver.got] == [str(lost.pk), str(lost.pk), str(lost.pk + 1)]


def test_a_late_failure_of_a_sender_that_lost_its_lease_changes_nothing(company: Company, receiver: Receiver) -> None:
    order_of(told_at(receiver))
    later = AT + sending.LEASE
    [slow] = sending.claim(now=AT, limit=1)
    [again] = sending.claim(now=later, limit=1)
    assert again.pk == slow.pk
    assert not sending.settle(slow, sending.Outcome(sending.State.WAITING, 500), now=later)
    assert sending.settle(again, sending.tell(again, now=later), now=later)
    again.refresh_from_db()
    assert (again.state, again.attempts) == ("done", 1)


def test_two_senders_never_hold_the_same_push_nor_two_of_an_order(company: Company, receiver: Receiver) -> None:
    told = told_at(receiver)
    for number in range(6):
        order_of(told, f"TB-{number}")
    first, second = sending.claim(now=AT, limit=3), sending.claim(now=AT, limit=100)
    assert (len(first), len(second)) == (3, 1)  # four at once to one receiver
    assert len({push.order_number for push in first + second}) == 4


def test_a_receiver_without_end_leaves_room_for_the_others(company: Company, receiver: Receiver) -> None:
    busy, other = told_at(receiver, "AA"), told_at(receiver, "BB")
    for number in range(10):
        order_of(busy, f"A-{number}")
    order_of(other, "B-1")
    claimed = sending.claim(now=AT, limit=2)
    assert {push.partner_id for push in claimed} == {busy.pk, other.pk}


def test_without_a_valid_key_nothing_is_sent(company: Company, receiver: Receiver) -> None:
    told = told_at(receiver)
    revoke_key(told.keys.get(), now=AT)
    order_of(told)
    send_all(AT)
    assert receiver.got == []
    assert "没有有效密钥" in Push.objects.get(seq=1).answer


def test_a_host_no_longer_on_the_list_is_not_called(company: Company, receiver: Receiver) -> None:
    told = told_at(receiver)
    order_of(told)
    Partner.objects.update(callback_hosts=[])
    send_all(AT)
    assert receiver.got == []
    assert "不在允许的名单中" in Push.objects.get(seq=1).answer


@pytest.mark.parametrize("change", [{"callback_url": ""}, {"closed_at": AT}])
def test_who_wants_to_hear_no_more_is_told_no_more(company: Company, receiver: Receiver, change: dict) -> None:
    order = order_of(told_at(receiver))
    Partner.objects.update(**change)
    send_all(AT)
    assert receiver.got == []
    assert states(order) == ["dropped", "dropped"]


def test_resent_from_the_first_try_on_with_the_same_id(company: Company, receiver: Receiver) -> None:
    told = told_at(receiver)
    order = order_of(told)
    send_all(AT)
    push = Push.objects.get(seq=1)
    Push.objects.filter(pk=push.pk).update(state="dead", attempts=6)
    later = AT + timedelta(hours=9)
    assert sending.resend([push.pk, 0], now=later, partner=partner("JD")) == 0
    assert sending.resend([push.pk, 0], now=later) == 1
    send_all(later)
    assert receiver.of(order.number) == [1, 2, 1]
    assert receiver.got[0].headers["X-Push-Id"] == receiver.got[2].headers["X-Push-Id"]
    assert states(order) == ["done", "done"]


@pytest.mark.django_db(transaction=True)
def test_a_slow_receiver_never_delays_another(company: Company, receiver: Receiver) -> None:
    """Both wait; the slow one's line is held until the quick one has everything."""
    done = Event()
    with receiving() as slow:
        slow.answer = lambda _got: done.wait(10) and TAKEN
        late, quick = told_at(slow, "AA"), told_at(receiver, "BB")
        with time_machine.travel(AT, tick=False):
            blocked = [order_of(late, f"A-{number}") for number in range(3)]
            order = order_of(quick, "B-1")
            tasks.push([late.pk, quick.pk])
            tasks.push([late.pk, quick.pk])  # doubled
            receiver.answer = lambda got: (got.told["event"]["seq"] == 2 and done.set(), TAKEN)[1]
            assert tasks.senders.wait(20)
            assert receiver.of(order.number) == [1, 2]
            assert {slow.of(each.number)[0] for each in blocked} == {1}
            tasks.sweep_pushes()
            assert tasks.senders.wait(20)
    assert all(slow.of(each.number) == [1, 2] for each in blocked)
    assert not Push.objects.exclude(state="done").exists()


@pytest.mark.django_db(transaction=True)
def test_eight_senders_at_once_claim_nothing_twice(company: Company, receiver: Receiver) -> None:
    """Rows of a receiver are claimed by one sender at a time; who finds it locked goes on to the next."""
    partners = [told_at(receiver, f"P{number}") for number in range(4)]
    for told in partners:
        for number in range(3):
            order_of(told, f"{told.code}-{number}")
    start = Barrier(8)

    def sender() -> list[int]:
        try:
            start.wait()
            return [push.pk for push in sending.claim(now=AT, limit=100)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        claimed = [key for done in [pool.submit(sender) for _ in range(8)] for key in done.result()]
    claimed += [push.pk for push in sending.claim(now=AT, limit=100)]
    assert len(claimed) == len(set(claimed)) == 12
