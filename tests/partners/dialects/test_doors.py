"""What comes in at the dialects' doors that should not: strangers' orders, broken forms, anything at all. Never more than 200 and words."""

import hashlib
import json
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import Entry
from orders.models import Order
from partners.models import InboxMessage
from tests.api.client import PartnerClient, order_body, partner
from tests.factories import Company
from tests.partners.dialects.programs import (
    Deppon,
    KDNiao,
    Kuaidi100,
    b64,
    deppon_order,
    kdniao_order,
    kuaidi100_order,
)

PERSONAL = ("13800138000", "021-54321234", "张三", "李四", "文三路", "漕溪北路")


@pytest.fixture
def strangers(company: Company) -> tuple[KDNiao, Deppon, Kuaidi100]:
    other = partner("JD")
    return KDNiao(other), Deppon(other), Kuaidi100(other)


def test_another_partners_orders_are_unknown(kdniao: KDNiao, strangers: tuple[KDNiao, Deppon, Kuaidi100]) -> None:
    number = kdniao.send("1001", kdniao_order())["Order"]["LogisticCode"]
    before = Entry.objects.count()
    kdn, deppon, k100 = strangers
    for text in (number, "KD-1"):
        answers = [
            kdn.send("1002", {"LogisticCode": text, "OrderCode": text}),
            deppon.send("queryOrder", {"logisticID": text}),
            deppon.send("newTraceQuery", {"mailNo": text}),
            k100.query({"num": text}),
            k100.send("detail", {"orderId": text, "taskId": text}),
            k100.send("cancel", {"orderId": text, "taskId": text}),
        ]
        assert all("没有该订单，或不是贵方的订单" in json.dumps(told, ensure_ascii=False) for told in answers)
        assert not any(secret in json.dumps(answers, ensure_ascii=False) for secret in (*PERSONAL, "西湖营业部"))
        kdn.send("1004", {"OrderCode": text})
        deppon.send("cancelOrder", {"logisticID": text})
        deppon.send("updateOrder", {"logisticID": text, "remark": "x"})
    order = Order.objects.get()
    assert (order.state, order.version, Entry.objects.count()) == ("at_branch", 1, before)


def test_two_partners_may_use_the_same_number(kdniao: KDNiao, strangers: tuple[KDNiao, Deppon, Kuaidi100]) -> None:
    assert kdniao.send("1001", kdniao_order())["Success"]
    assert strangers[0].send("1001", kdniao_order())["Success"]
    assert Order.objects.filter(external_no="KD-1").count() == 2


def test_one_number_is_one_order_whatever_door_it_came_by(kdniao: KDNiao, deppon: Deppon) -> None:
    PartnerClient(kdniao.partner).post("/api/v1/orders/", order_body("N-1"))
    assert kdniao.send("1001", kdniao_order("N-1"))["ResultCode"] == "106"
    assert deppon.send("cancelOrder", {"logisticID": "N-1"})["result"] == "true"
    assert Order.objects.get().state == "cancelled"


def test_progress_names_nobody(kdniao: KDNiao, deppon: Deppon, kuaidi100: Kuaidi100) -> None:
    number = kdniao.send("1001", kdniao_order())["Order"]["LogisticCode"]
    answers = [kdniao.send("1002", {"LogisticCode": number}), deppon.send("newTraceQuery", {"mailNo": number}), kuaidi100.query({"num": number})]
    assert not any(secret in json.dumps(answers, ensure_ascii=False) for secret in PERSONAL)


def test_a_sandbox_places_no_real_orders(kdniao: KDNiao, deppon: Deppon, kuaidi100: Kuaidi100) -> None:
    kdniao.partner.sandbox = True
    kdniao.partner.save()
    assert "沙箱账号" in kdniao.send("1001", kdniao_order())["Reason"]
    assert "沙箱账号" in deppon.send("createOrderNotify", deppon_order())["reason"]
    assert "沙箱账号" in kuaidi100.send("bOrder", kuaidi100_order())["message"]
    assert not Order.objects.exists()


def test_gbk_is_read_as_well_as_utf_8(kdniao: KDNiao, deppon: Deppon) -> None:
    text = json.dumps(kdniao_order(), ensure_ascii=False).encode("gb18030")
    signature = b64(hashlib.md5(text + kdniao.key.encode(), usedforsecurity=False).hexdigest())
    form = {"EBusinessID": kdniao.account, "RequestType": "1001", "DataSign": signature}
    raw = f"RequestData={quote_from_bytes(text)}&{urlencode(form)}".encode()
    assert kdniao.post("/compat/kdniao/x", raw, "application/x-www-form-urlencoded; charset=GBK").json()["Success"]
    assert kdniao.post("/compat/kdniao/x", raw).json()["ResultCode"] == "106"
    assert Order.objects.get().consignee_address == "漕溪北路 200 号"


def test_a_form_in_parts_is_a_form(kuaidi100: Kuaidi100) -> None:
    answer = kuaidi100.http.post("/compat/kuaidi100/order/borderapi.do", kuaidi100.form("bOrder", kuaidi100_order()))
    assert answer.json()["returnCode"] == "200"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"Receiver": {}}, "Receiver.Name：请填写收货人姓名。"),
        ({"Quantity": "1.5"}, "Quantity：须为整数"),
        ({"Quantity": "0"}, "Quantity：件数至少为 1。"),
        ({"Weight": "重"}, "Weight：请填写数字，如 12.5。"),
        ({"Weight": "-1"}, "Weight：不能小于 0.01。"),
        ({"PayType": 9}, "PayType：没有代码“9”，可用 1、2、3"),
        ({"StartDate": "明天"}, "StartDate：时间格式须为 yyyy-MM-dd HH:mm:ss"),
        ({"StartDate": "2026-11-01 10:00:00"}, "StartDate：预约接货时间已过，请选择将来的时间。（§1.3.1.2）"),
        ({"SendSite": "B404"}, "SendSite：没有编号为 B404 的营业部，请改选或留空由呼叫中心分配。（§3.4.3）"),
        ({"Commodity": [{"GoodsName": "烟花爆竹"}]}, "Commodity.0.GoodsName："),
        ({"OrderCode": "含 空格"}, "单号须为 1–64 位"),
        ({"Sender": kdniao_order()["Sender"] | {"Mobile": "123"}}, "Sender.Mobile：电话号码不正确"),
        ({"Sender": kdniao_order()["Sender"] | {"ProvinceName": "", "CityName": "", "ExpAreaName": "朝阳区"}}, "Sender.ExpAreaName：“朝阳区”与多个地区相符"),
        ({"Commodity": [{"GoodsName": "灯", "Goodsquantity": "x"}]}, "Goodsquantity：须为整数"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_by_the_dialects_own_name(kdniao: KDNiao, change: dict[str, Any], reason: str) -> None:
    told = kdniao.send("1001", kdniao_order(**change))
    assert (told["Success"], reason in told["Reason"]) == (False, True), told
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "1", "{", '{"OrderCode":NaN}', '{"a":1e999999999}', '{"a":1,"a":2}', '{"OrderCode":"\\ud800"}', '{"x":"\\u0000"}',
     "[" * 5000, '{"a":' * 20 + "1" + "}" * 20, '{"OrderCode":' + "9" * 5000 + "}"],
)  # fmt: skip
def test_broken_json(kdniao: KDNiao, deppon: Deppon, kuaidi100: Kuaidi100, text: str) -> None:
    for call in ("1001", "1002", "1004"):
        told = kdniao.send(call, text)
        assert (told["Success"], told["ResultCode"] in ("101", "103", "105")) == (False, True)
    assert deppon.send("createOrderNotify", text)["result"] == "false"
    assert kuaidi100.send("bOrder", text)["result"] is False
    assert not Order.objects.exists()
    assert not InboxMessage.objects.exists()


def test_calls_nobody_knows(kdniao: KDNiao, deppon: Deppon, kuaidi100: Kuaidi100) -> None:
    assert kdniao.send("9999", {})["Reason"].startswith("没有“9999”这个接口")
    assert deppon.send("format", {})["resultCode"] == "3002"
    assert kuaidi100.send("drop", {})["returnCode"] == "400"
    assert kuaidi100.post("/compat/kuaidi100/admin/", {}).json()["returnCode"] == "400"


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "options"])
@pytest.mark.parametrize("path", ["/compat/kdniao/x", "/compat/deppon/queryOrder.action", "/compat/kuaidi100/poll/query.do", "/api/dist"])
def test_other_methods_are_told_so(company: Company, method: str, path: str) -> None:
    answer = getattr(Client(raise_request_exception=False), method)(path)
    assert (answer.status_code, "请用 POST 提交表单" in answer.content.decode()) == (200, True)


def test_too_much_is_refused(kdniao: KDNiao) -> None:
    assert kdniao.send("1001", kdniao_order(Remark="x" * 300_000))["Reason"].startswith("请求内容超过 256 KB")
    assert kdniao.post("/compat/kdniao/x", urlencode({f"p{n}": n for n in range(60)}).encode()).json()["ResultCode"] == "103"


def test_what_nobody_foresaw_is_said_in_the_dialect_too(deppon: Deppon) -> None:
    """A row with a place that no longer exists stands for it."""
    deppon.send("createOrderNotify", deppon_order())
    Order.objects.update(shipper_place="999999")
    told = deppon.send("queryOrder", {"logisticID": "YDWL-1"})
    assert (told["result"], told["resultCode"]) == ("false", "9999")
    assert told["reason"] == f"系统繁忙，请稍后重试（请求编号 {told['uniquerRequestNumber']}）"


ORDERS = {"kdniao": kdniao_order(), "deppon": deppon_order(), "kuaidi100": kuaidi100_order()}
SCRAPS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=40), st.binary(max_size=10).map(lambda raw: raw.decode("latin-1")),
    st.lists(st.text(max_size=5), max_size=3), st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
    st.sampled_from(["1e400", "9" * 40, "１２", "2026-13-45 25:61:61", "\u202e", "' OR 1=1 --", "<script>", "0x10", "-0", "１３８００１３８０００"]),
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, str]:
    """Return a dialect and one of its orders with some parts put in the place of others."""
    name = draw(st.sampled_from(sorted(ORDERS)))
    tree = json.loads(json.dumps(ORDERS[name]))
    for _turn in range(draw(st.integers(1, 4))):
        home = tree
        while True:
            key = draw(st.sampled_from(sorted(home)))
            if isinstance(home[key], dict) and home[key] and draw(st.booleans()):
                home = home[key]
                continue
            home[key] = draw(SCRAPS)
            break
    return name, json.dumps(tree, allow_nan=True)


@pytest.mark.django_db
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=damaged(), call=st.sampled_from(["place", "edit", "cancel", "track", "price"]))
def test_damaged_orders_are_answered_in_words(kdniao: KDNiao, deppon: Deppon, kuaidi100: Kuaidi100, said: tuple[str, str], call: str) -> None:
    name, text = said
    match name:
        case "kdniao":
            told = kdniao.send({"place": "1001", "cancel": "1004", "track": "1002"}.get(call, "1008"), text)
            words = told["Reason"]
            assert isinstance(told["Success"], bool)
        case "deppon":
            names = {"place": "createOrderNotify", "edit": "updateOrder", "cancel": "cancelOrder", "track": "newTraceQuery", "price": "queryPrice"}
            told = deppon.send(names[call], text)
            words = told["reason"]
            assert told["result"] in ("true", "false")
        case _:
            told = kuaidi100.query(text) if call == "track" else kuaidi100.send({"place": "bOrder"}.get(call, call), text)
            words = told["message"]
    assert "系统繁忙" not in words, (call, text, told)


PATHS = ["kdniao/x", "deppon/a.action", "kuaidi100/poll/query.do", "kuaidi100/order/borderapi.do", "kuaidi100/autonumber/auto"]
KINDS = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", "text/plain; charset=x-nothing", ""]


@pytest.mark.django_db
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=200), path=st.sampled_from(PATHS), kind=st.sampled_from(KINDS))
def test_random_bodies_are_answered_in_words(company: Company, raw: bytes, path: str, kind: str) -> None:
    answer = Client(raise_request_exception=False).generic("POST", f"/compat/{path}", raw, kind)
    assert answer.status_code == 200
    told = answer.json()
    assert False in (told.get("Success"), told.get("result")) or told["result"] == "false"
    assert "系统繁忙" not in answer.content.decode()
