"""Programs that others wrote, as they are, told nothing but host and key; and what they send, frozen, byte for byte."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from kdniao.client import KdNiaoClient
from kdniao.conf import APIPathBuilder
from pytest_django.live_server_helper import LiveServer

from core.personal import blind
from orders.models import Order
from partners.choices import Dialect
from partners.dialects.keys import issue
from partners.models import DialectKey, Partner
from tests.factories import FOUNDED
from tests.partners.dialects.programs import kdniao_order

TRANSCRIPTS = sorted((Path(__file__).parent.parent / "transcripts").glob("*.json"))


@pytest.fixture
def key(platform: Partner) -> DialectKey:
    platform.callback_url = "https://partner.example/kdniao"
    platform.save()
    return issue(platform, Dialect.KDNIAO, now=FOUNDED)


@pytest.fixture
def client(transactional_db: None, key: DialectKey, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> KdNiaoClient:
    """The package `kdniao`: its host is a constant of its configuration."""
    monkeypatch.setattr(APIPathBuilder, "PROD", live_server.url.removeprefix("http://"))
    return KdNiaoClient(key.account, key.key)


@pytest.mark.slow
def test_kdniao_places_repeats_tracks_and_subscribes(client: KdNiaoClient) -> None:
    first = client.api_order.create(kdniao_order())
    order = Order.objects.get()
    assert (first["code_http"], first["code_biz"], first["msg"]) == (200, 100, "成功")
    assert first["data"]["Order"] == {"OrderCode": "KD-1", "ShipperCode": "YDWL", "LogisticCode": order.number}
    again = client.api_order.create(kdniao_order())
    assert (again["code_http"], again["code_biz"], again["msg"]) == (200, -100, f"订单号重复：该单号已下单，订单号 {order.number}")
    tracked = client.track(order.number, "YDWL")
    assert tracked["code_biz"] == 100
    assert [trace["AcceptStation"] for trace in tracked["data"]["Traces"]] == ["订单已提交", "【西湖营业部】已收到订单，等待电话确认"]
    assert client.follow(order.number, "YDWL")["msg"] == "订阅成功"
    assert client.recognise(order.number)["data"]["Shippers"][0]["ShipperCode"] == "YDWL"
    assert client.track("E0", "YDWL")["code_biz"] == -100
    assert Order.objects.count() == 1


@pytest.mark.slow
def test_kdniao_with_a_wrong_key_hears_of_its_signature(client: KdNiaoClient, key: DialectKey) -> None:
    told = KdNiaoClient(key.account, "wrong").api_order.create(kdniao_order())
    assert (told["code_http"], told["code_biz"], told["msg"][:4]) == (200, -100, "签名错误")
    assert not Order.objects.exists()


EXPECTED: dict[str, list[tuple[str, Any]]] = {
    "kdniao": [("1001", True), ("1001 again", False), ("1002", True), ("8001", True), ("1008", True), ("2002", True)],
}


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_what_a_program_sends_is_still_understood(path: Path, key: DialectKey) -> None:
    """The signatures in the transcript are the program's own, made with the key that stands in it."""
    told = json.loads(path.read_text())
    DialectKey.objects.update(account=told["account"], key=told["key"], key_index=blind(told["key"]))
    http, found = Client(), []
    for request in told["requests"]:
        answer = http.generic("POST", request["path"], request["body"].encode(), request["content_type"])
        assert answer.status_code == 200
        found.append((request["call"], answer.json()["Success"]))
    assert found == EXPECTED[path.stem]
    assert Order.objects.get().shipper_address == "文三路 100 号"


def test_every_transcript_is_replayed() -> None:
    assert {path.stem for path in TRANSCRIPTS} == set(EXPECTED)
