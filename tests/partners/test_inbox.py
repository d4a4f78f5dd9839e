"""Partners' messages late, early, shuffled or doubled: they end the same (F10)."""

import contextlib
import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from core.models import Entry
from orders.models import Order
from partners.choices import Dialect, InboxState, Verb
from partners.dialects import inbox
from partners.dialects.inbox import Message
from partners.models import InboxMessage, Partner
from rulebook.errors import Conflict
from rulebook.events import On
from tests.api.client import order_body, partner
from tests.factories import Company, sh
from tests.partners.dialects.programs import Deppon, deppon_order

AT = sh("04 10:00:00")
Sent = tuple[str, dict[str, str]]


@pytest.fixture
def deppon(db: None) -> Iterator[Deppon]:
    Company()
    with time_machine.travel(AT, tick=False):
        yield Deppon(partner())


def sent(deppon: Deppon, call: str, data: dict[str, Any], second: int) -> Sent:
    """Return a message as it was sent so many seconds ago."""
    return call, deppon.form(data, AT.timestamp() - 300 + second)


def receive(deppon: Deppon, message: Sent) -> Any:
    call, form = message
    return deppon.post(f"/compat/deppon/{call}.action", form).json()


def test_a_cancel_waits_for_its_order(deppon: Deppon) -> None:
    told = deppon.send("cancelOrder", {"logisticID": "A", "remark": "不发了"})
    assert (told["result"], told["reason"]) == ("true", "尚未收到该订单，收到后即取消")
    assert InboxMessage.objects.get().state == InboxState.PARKED
    assert deppon.send("createOrderNotify", deppon_order("A"))["result"] == "true"
    order = Order.objects.get()
    assert (order.state, order.cancel_text) == ("cancelled", "不发了")
    assert {row.verb: row.state for row in InboxMessage.objects.all()} == {"place": "done", "cancel": "done"}


def test_edits_wait_too_and_come_before_the_cancel(deppon: Deppon) -> None:
    for message in (
        sent(deppon, "cancelOrder", {"logisticID": "A"}, 30),
        sent(deppon, "updateOrder", {"logisticID": "A", "totalNumber": "12"}, 20),
        sent(deppon, "updateOrder", {"logisticID": "A", "totalNumber": "11", "remark": "易碎"}, 10),
        sent(deppon, "createOrderNotify", deppon_order("A"), 0),
    ):
        assert receive(deppon, message)["result"] == "true"
    order = Order.objects.get()
    assert (order.state, order.pieces, order.remark) == ("cancelled", 12, "易碎")


def test_an_older_edit_changes_only_what_no_newer_one_has(deppon: Deppon) -> None:
    deppon.send("createOrderNotify", deppon_order("A"))
    newer = sent(deppon, "updateOrder", {"logisticID": "A", "totalNumber": "12"}, 20)
    older = sent(deppon, "updateOrder", {"logisticID": "A", "totalNumber": "11", "remark": "易碎"}, 10)
    oldest = sent(deppon, "updateOrder", {"logisticID": "A", "totalNumber": "9"}, 5)
    receive(deppon, newer)
    receive(deppon, older)
    assert receive(deppon, oldest)["reason"] == "已有更新的修改，本次修改不再生效"
    order = Order.objects.get()
    assert (order.pieces, order.remark) == (12, "易碎")


def test_a_replay_takes_no_effect(deppon: Deppon) -> None:
    """Sent again byte for byte within its ten minutes, an old edit does not undo what came after."""
    deppon.send("createOrderNotify", deppon_order("A"))
    first = sent(deppon, "updateOrder", {"logisticID": "A", "remark": "一"}, 10)
    for message in (first, sent(deppon, "updateOrder", {"logisticID": "A", "remark": "二"}, 20), first, first):
        assert receive(deppon, message)["result"] == "true"
    order = Order.objects.get()
    assert (order.remark, order.version) == ("二", 3)


def test_what_cannot_take_effect_when_its_order_comes_says_why(deppon: Deppon) -> None:
    edit = sent(deppon, "updateOrder", {"logisticID": "A", "totalNumber": "0"}, 10)
    assert receive(deppon, edit)["result"] == "true"
    deppon.send("createOrderNotify", deppon_order("A"))
    row = InboxMessage.objects.get(verb="edit")
    assert (row.state, row.words, Order.objects.get().pieces) == ("refused", "件数至少为 1。", 10)
    told = receive(deppon, edit)
    assert (told["result"], told["resultCode"], told["reason"]) == ("false", "2009", "件数至少为 1。")


def test_people_are_named_only_while_a_message_waits(deppon: Deppon) -> None:
    edit = {"logisticID": "A", "receiver": {"name": "王五", "mobile": "13700137000"}}
    deppon.send("updateOrder", edit)
    row = InboxMessage.objects.extra(select={"raw": "content"}).get()
    assert "13700137000" in row.content
    assert "13700137000" not in row.raw
    deppon.send("createOrderNotify", deppon_order("A"))
    assert set(InboxMessage.objects.values_list("content", flat=True)) == {""}
    assert Order.objects.get().consignee_name == "王五"


def test_what_waits_a_day_expires(deppon: Deppon) -> None:
    deppon.send("cancelOrder", {"logisticID": "A"})
    inbox.settle(now=AT + timedelta(hours=24))
    assert InboxMessage.objects.get().state == InboxState.PARKED
    inbox.settle(now=AT + timedelta(hours=24, seconds=1))
    row = InboxMessage.objects.get()
    assert (row.state, row.content) == (InboxState.EXPIRED, "")
    assert deppon.send("createOrderNotify", deppon_order("A"))["result"] == "true"
    assert Order.objects.get().state == "at_branch"


def test_the_sweep_finds_what_a_dead_process_left(deppon: Deppon) -> None:
    """The order was stored; its process died before it looked for what was waiting."""
    deppon.send("cancelOrder", {"logisticID": "A"})
    InboxMessage.objects.update(external_no="B")
    deppon.send("createOrderNotify", deppon_order("A"))
    InboxMessage.objects.update(external_no="A")
    assert Order.objects.get().state == "at_branch"
    assert inbox.settle(now=AT) == 1
    assert Order.objects.get().state == "cancelled"


@dataclass
class Story:
    """What a partner did with one order, and how it has to end whatever way it came through."""

    number: str
    sent: list[tuple[Verb, Message]] = field(default_factory=list)
    pieces: int = 10
    remark: str = ""
    state: str = "at_branch"

    def say(self, platform: Partner, verb: Verb, second: int, content: dict[str, Any]) -> None:
        sent_at = AT - timedelta(seconds=300 - second)
        event = hashlib.sha256(f"{self.number} {verb} {second}".encode()).hexdigest()
        message = Message(
            partner=platform, dialect=Dialect.DEPPON, event=event, external_no=self.number, content=content, sent_at=sent_at
        )
        self.sent.append((verb, message))


def story(platform: Partner, number: str, luck: random.Random) -> Story:
    told = Story(number)
    order = order_body(goods__weight_kg="120.5")
    del order["partner_order_no"]
    told.say(platform, Verb.PLACE, 0, order)
    for second in range(1, luck.choice((1, 1, 1, 2, 3))):
        told.pieces = luck.randint(1, 99)
        change: dict[str, Any] = {"goods": {"pieces": told.pieces}}
        if luck.random() < 0.5:
            told.remark = change["remark"] = f"备注{second}"
        told.say(platform, Verb.EDIT, second, change)
    if luck.random() < 0.3:
        told.state = "cancelled"
        told.say(platform, Verb.CANCEL, 60, {"text": "不发了"})
    return told


def take(verb: Verb, message: Message) -> None:
    """Let a message in as the dialects do; what is refused changes nothing."""
    with contextlib.suppress(Conflict):
        if verb == Verb.PLACE:
            inbox.place(message, now=AT)
        else:
            inbox.change(message, verb, now=AT)


def ends_as_told(told: Story, order: Order) -> bool:
    """What is cancelled is edited no more; everything else has its last content."""
    content = (order.pieces, order.remark) == (told.pieces, told.remark)
    return order.state == told.state and (content or told.state == "cancelled")


def test_shuffled_copies_end_the_same(deppon: Deppon) -> None:
    """1,000 orders by three copies on PostgreSQL; SQLite, which writes to the disk with every message, is asked for fewer."""
    luck, count = random.Random(5), 1000 if connection.vendor == "postgresql" else 300
    stories = [story(deppon.partner, f"S{number}", luck) for number in range(count)]
    messages = [message for told in stories for message in told.sent] * 3
    luck.shuffle(messages)
    for verb, message in messages:
        take(verb, message)
    orders = {order.external_no: order for order in Order.objects.all()}
    assert Order.objects.count() == len(orders) == count
    assert [told.number for told in stories if not ends_as_told(told, orders[told.number])] == []
    placed = Entry.objects.filter(name=On.ORDER_SUBMITTED).values_list("order_number", flat=True)
    assert sorted(placed) == sorted(order.number for order in orders.values())
    ended = Entry.objects.filter(name=On.ORDER_CANCELLED).count()
    assert ended == sum(told.state == "cancelled" for told in stories) > 0
    assert not InboxMessage.objects.filter(state=InboxState.PARKED).exists()
