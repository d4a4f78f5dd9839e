"""Pushes in the platforms' words, to a real receiver: asked for by their calls, whole every time, done when the answer says so."""

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from orders import services as orders
from orders.models import Order
from partners.models import Partner, Push, Subscription
from partners.services import sending
from pickup import services as pickup
from tests.api.client import PartnerClient, order_body
from tests.factories import Company, accepted, reached, sh
from tests.partners.dialects.conftest import AT
from tests.partners.dialects.programs import Deppon, KDNiao, Kuaidi100, kdniao_order, kuaidi100_order
from tests.partners.receiver import Receiver, receiving

LATER = sh("04 10:05:00")


@pytest.fixture
def receiver(settings: Any, platform: Partner) -> Iterator[Receiver]:
    settings.CALLBACK_LOOPBACK, settings.KEPT_SECONDS = True, 0
    with receiving() as server:
        platform.callback_hosts = [server.host]
        platform.save()
        yield server


def send_all(now: datetime) -> None:
    while batch := sending.claim(now=now, limit=100):
        for push in batch:
            sending.settle(push, sending.tell(push, now=now), now=now)


def told(receiver: Receiver, at: int = -1) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(receiver.got[at].body.decode(), keep_blank_values=True).items()}


def accept(company: Company, order: Order) -> None:
    reached(order, company.clerk, AT)
    orders.accept(number=order.number, clerk=company.clerk, now=AT)


def states() -> set[str]:
    return set(Push.objects.values_list("state", flat=True))


def test_kuaidi100_pushes_the_whole_list_newest_first(company: Company, kuaidi100: Kuaidi100, receiver: Receiver) -> None:
    receiver.answer = lambda _got: (200, '{"result":true,"returnCode":"200","message":"成功"}'.encode())
    number = kuaidi100.send("bOrder", kuaidi100_order())["data"]["orderId"]
    order = Order.objects.get()
    orders.assign(number=number, branch=company.branch, clerk=company.agent, now=AT)
    param = {"company": "yuanda", "number": number, "key": kuaidi100.key, "parameters": {"callbackurl": receiver.url, "salt": "pepper"}}
    asked = {"schema": "json", "param": json.dumps(param)}
    assert kuaidi100.post("/compat/kuaidi100/poll", asked).json() == {"result": True, "returnCode": "200", "message": "提交成功"}
    assert kuaidi100.post("/compat/kuaidi100/poll", asked).json()["returnCode"] == "501"
    accept(company, order)
    send_all(LATER)
    form = told(receiver)
    assert form["sign"] == hashlib.md5((form["param"] + "pepper").encode(), usedforsecurity=False).hexdigest().upper()
    said = json.loads(form["param"])
    assert (said["status"], said["lastResult"]["nu"], said["lastResult"]["state"]) == ("polling", number, "1")
    assert [row["statusCode"] for row in said["lastResult"]["data"]] == ["102", "101", "101", "101"]
    assert said["lastResult"]["data"][0]["context"] == "【西湖营业部】已受理订单"
    assert len(receiver.got) == 1  # to be phoned is no word of theirs
    assert states() == {"done", "dropped"}


def test_kuaidi100_pushes_the_states_of_an_order(company: Company, kuaidi100: Kuaidi100, receiver: Receiver) -> None:
    receiver.answer = lambda _got: (200, b'{"result":"true","returnCode":200,"message":""}')
    data = kuaidi100.send("bOrder", kuaidi100_order(callBackUrl=receiver.url, salt="pepper"))["data"]
    orders.cancel(number=data["orderId"], by=kuaidi100.partner.actor, reason="", text="", now=AT)
    send_all(LATER)
    form = told(receiver)
    assert form["taskId"] == data["taskId"]
    said = json.loads(form["param"])
    assert (said["data"]["orderId"], said["data"]["status"], said["message"]) == (data["orderId"], "9", "订单已取消")


def test_kdniao_pushes_in_full_oldest_first(company: Company, kdniao: KDNiao, receiver: Receiver, platform: Partner) -> None:
    platform.callback_url = receiver.url
    platform.save()
    receiver.answer = lambda _got: (200, b'{"EBusinessID":"x","UpdateTime":"x","Success":true,"Reason":""}')
    kdniao.send("1001", kdniao_order())
    Push.objects.all().delete()  # what went to its own address in the native words before
    asked = {"ShipperCode": "YDWL", "LogisticCode": "", "OrderCode": "KD-1", "CallBack": "mine"}
    assert kdniao.send("1008", asked)["Reason"] == "订阅成功"
    assert kdniao.send("1008", asked)["Success"] is True
    platform.callback_url = ""
    platform.save()
    accept(company, Order.objects.get())
    send_all(LATER)
    form = told(receiver)
    digest = hashlib.md5((form["RequestData"] + kdniao.key).encode(), usedforsecurity=False).hexdigest()
    assert (form["RequestType"], form["DataSign"]) == ("101", base64.b64encode(digest.encode()).decode())
    said = json.loads(form["RequestData"])
    assert (said["EBusinessID"], said["PushTime"], said["Count"]) == (kdniao.account, "2026-11-04 10:05:00", "1")
    row = said["Data"][0]
    assert (row["OrderCode"], row["CallBack"], row["State"], row["StateEx"]) == ("KD-1", "mine", "1", "10")
    assert [trace["AcceptStation"] for trace in row["Traces"]] == [
        "订单已提交", "【西湖营业部】已收到订单，等待电话确认", "【西湖营业部】已受理订单",
    ]  # fmt: skip


def test_whoever_is_told_of_all_in_its_dialect_is_told_once(company: Company, kdniao: KDNiao, receiver: Receiver, platform: Partner) -> None:
    platform.callback_url, platform.dialect = receiver.url, "kdniao"
    platform.save()
    receiver.answer = lambda _got: (200, b'{"Success":true}')
    kdniao.send("1001", kdniao_order())
    assert kdniao.send("8008", {"OrderCode": "KD-1"})["Success"]
    assert not Subscription.objects.exists()
    send_all(LATER)
    assert [len(json.loads(told(receiver, at)["RequestData"])["Data"][0]["Traces"]) for at in range(len(receiver.got))] == [1, 2]


def test_a_sandbox_is_pushed_in_its_dialect(company: Company, kdniao: KDNiao, receiver: Receiver, platform: Partner) -> None:
    """What it does is done by the native API; what it is told is what its program will hear in earnest."""
    platform.callback_url, platform.dialect, platform.sandbox = receiver.url, "kdniao", True
    platform.save()
    receiver.answer = lambda _got: (200, b'{"Success":true}')
    number = PartnerClient(platform).post("/api/v1/orders/", order_body("T-1")).json()["number"]
    send_all(LATER)
    row = json.loads(told(receiver)["RequestData"])["Data"][0]
    assert (row["OrderCode"], row["LogisticCode"], row["Traces"][0]["AcceptStation"]) == ("T-1", number, "订单已提交")


def test_deppon_pushes_the_trace(company: Company, deppon: Deppon, receiver: Receiver, platform: Partner) -> None:
    receiver.answer = lambda _got: (200, b'{"success":"true","error_code":"1000"}')
    refused = deppon.send("standTraceSubscribe", {"tracking_number": "X", "order_number": "X"})
    assert refused["resultCode"] == "2007"
    order = accepted(AT, company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    Order.objects.update(source=platform.source, external_no="X-1")
    assert deppon.send("standTraceSubscribe", {"order_number": "X-1"})["reason"] == "尚未设置回调地址，请先设置后再订阅"
    platform.callback_url = receiver.url
    platform.save()
    assert deppon.send("standTraceSubscribe", {"order_number": "X-1"})["error_message"] == "订阅成功"
    platform.callback_url = ""
    platform.save()
    pickup.dispatch(number=order.number, clerk=company.clerk, driver=company.driver, vehicle="浙A12345", now=AT)
    pickup.collect(number=order.number, clerk=company.driver, pieces=10, packing_ok=True, now=AT)
    send_all(LATER)
    form = told(receiver)
    digest = hashlib.md5((form["params"] + deppon.key + form["timestamp"]).encode(), usedforsecurity=False).hexdigest()
    assert (form["companyCode"], form["digest"]) == (deppon.account, base64.b64encode(digest.encode()).decode())
    said = json.loads(form["params"])["track_list"][0]
    assert (said["order_number"], [row["status"] for row in said["trace_list"]]) == ("X-1", ["GOT"])


@pytest.mark.parametrize(
    "answer",
    [b"", b"OK", b"<html>", b"null", b"{}", b'{"result":false,"returnCode":"500"}', b'{"Success":false}', b'{"success":"false"}', b"\xff"],
)
def test_a_receipt_that_is_none_is_tried_again(company: Company, kdniao: KDNiao, receiver: Receiver, platform: Partner, answer: bytes) -> None:
    receiver.answer = lambda _got: (200, answer)
    for dialect in ("kdniao", "kuaidi100", "deppon"):
        platform.callback_url, platform.dialect = receiver.url, dialect
        platform.save()
        kdniao.send("1001", kdniao_order(f"KD-{dialect}"))
        send_all(AT)
    assert "done" not in states()


@pytest.mark.parametrize("url", ["", "http://10.0.0.1/x", "https://evil.example/x", "file:///etc/passwd", "javascript:alert(1)", "http://[::1]/"])
def test_only_addresses_on_the_list_are_called(kuaidi100: Kuaidi100, receiver: Receiver, url: str) -> None:
    number = kuaidi100.send("bOrder", kuaidi100_order())["data"]["orderId"]
    param = json.dumps({"number": number, "key": kuaidi100.key, "parameters": {"callbackurl": url}})
    told = kuaidi100.post("/compat/kuaidi100/poll", {"param": param}).json()
    assert (told["result"], told["returnCode"]) == (False, "400")
    if url:
        assert kuaidi100.send("bOrder", kuaidi100_order(thirdOrderId="T", callBackUrl=url))["message"].startswith("callBackUrl：")
    assert not Subscription.objects.exists()


def test_another_partners_order_cannot_be_subscribed(kdniao: KDNiao, receiver: Receiver, company: Company) -> None:
    accepted(AT, company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    number = Order.objects.get().number
    assert kdniao.send("1008", {"LogisticCode": number})["Reason"] == "没有该订单，或不是贵方的订单"
