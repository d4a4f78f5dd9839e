"""Kuaidi100 (快递100): queries signed with the customer's number, orders with a timestamp; events newest first (screens §1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from core.journal import request_id
from orders.choices import Payer
from orders.models import Order
from partners.choices import Dialect
from partners.dialects import calls, keys
from partners.dialects.calls import Lane
from partners.dialects.door import Answer, Asked, Incoming, Speech, door
from partners.dialects.fields import Field, codes, count, names, put, put_appointment, whole_address
from partners.dialects.fields import body as native
from partners.dialects.problems import Kind, Problem
from partners.dialects.reading import Tree, at, text, tree
from partners.dialects.signatures import RULES, in_window, instant
from partners.dialects.subscribing import check as check_address
from partners.dialects.subscribing import subscribe
from reports.tracking import Event
from rulebook.due import local, local_day
from rulebook.products import PRODUCTS
from rulebook.vocabulary import CODES

OK = "200"
RESULTS: Mapping[Kind, str] = {
    Kind.FORM: "400", Kind.JSON: "400", Kind.FIELD: "400", Kind.KEY: "601", Kind.SIGNATURE: "503", Kind.TIME: "503",
    Kind.UNSUPPORTED: "400", Kind.UNKNOWN: "500", Kind.DUPLICATE: "501", Kind.REFUSED: "500", Kind.CONFLICT: "500",
    Kind.UNEXPECTED: "500",
}  # fmt: skip
"""400 data incomplete, 500 nothing found or not possible, 501 submitted again, 503 signature, 601 key."""

PAYERS = codes({"SHIPPER": Payer.SHIPPER, "CONSIGNEE": Payer.CONSIGNEE, "MONTHLY": Payer.MONTHLY})
DAYS = {"今天": 0, "明天": 1, "后天": 2}
PRODUCT_NAMES = {product.zh: code for code, product in PRODUCTS.items()}
SIGNED = "3"

ENDS = (("sendMan", "shipper"), ("recMan", "consignee"))
ORDER = (
    *(Field(f"{theirs}Name", f"{ours}.name") for theirs, ours in ENDS),
    *(Field(f"{theirs}Mobile|{theirs}Tel", f"{ours}.phone") for theirs, ours in ENDS),
    Field("cargo", "goods.name"),
    Field("count", "goods.pieces", count),
    Field("weight", "goods.weight_kg"),
    Field("volume", "goods.volume_m3"),
    Field("payment", "services.payer", PAYERS),
    Field("valinsPay", "services.declared_value"),
    Field("collection", "services.cod_amount"),
    Field("remark", "remark"),
)


def check(incoming: Incoming) -> Asked:
    """Verify a call as its address asks for. :raises Problem: no key, wrong signature, a clock too far off, no JSON"""
    for beginning, verify in CHECKS.items():
        if incoming.call.startswith(beginning):
            return verify(incoming)
    raise Problem(Kind.UNSUPPORTED, f"没有这个接口，可用 {'、'.join(CHECKS)}")


def _query(incoming: Incoming) -> Asked:
    raw, customer = incoming.form.get("param", b""), incoming.text("customer")
    rows, sign = keys.of_account(Dialect.KUAIDI100, customer, incoming.now), incoming.text("sign")
    row = keys.signer(rows, lambda row: RULES["k100_query"].matches(sign, body=raw, key=row.key, customer=customer))
    return _asked(incoming, row, "query", tree(raw, incoming.charset), raw)


def _order(incoming: Incoming) -> Asked:
    raw, stamp, key = incoming.form.get("param", b""), incoming.text("t"), incoming.text("key")
    rows, sign = keys.of_key(Dialect.KUAIDI100, key, incoming.now), incoming.text("sign")
    row = keys.signer(rows, lambda row: RULES["k100_order"].matches(sign, body=raw, stamp=stamp, key=key, secret=row.secret))
    sent_at = instant(stamp)
    if sent_at is None or not in_window(sent_at, incoming.now):
        raise Problem(Kind.TIME, "t 须为毫秒时间戳，与服务器时间相差不超过 10 分钟，请校准时钟")
    return _asked(incoming, row, incoming.text("method"), tree(raw, incoming.charset), raw, stamp, sent_at)


def _poll(incoming: Incoming) -> Asked:
    """A subscription carries its key among what it says; there is no signature."""
    raw = incoming.form.get("param", b"")
    said = tree(raw, incoming.charset)
    row = keys.of_key(Dialect.KUAIDI100, at(said, "key"), incoming.now)[0]
    return _asked(incoming, row, "poll", said, raw)


def _autonumber(incoming: Incoming) -> Asked:
    """Its key is all this call has."""
    row = keys.of_key(Dialect.KUAIDI100, incoming.text("key"), incoming.now)[0]
    raw = incoming.form.get("num", b"")
    return _asked(incoming, row, "autonumber", {"num": text(raw, incoming.charset)}, raw)


def _asked(incoming: Incoming, row: Any, call: str, said: Tree, raw: bytes, stamp: str = "", sent_at: Any = None) -> Asked:
    event = incoming.event("kuaidi100", call, raw, stamp)
    return Asked(signer=row, call=call, said=said, event=event, sent_at=sent_at, now=incoming.now)


CHECKS: dict[str, Callable[[Incoming], Asked]] = {"poll/query": _query, "order/": _order, "autonumber/auto": _autonumber, "poll": _poll}


def query(asked: Asked) -> Answer:
    """poll/query.do: newest first unless asked otherwise"""
    order = calls.own(asked, at(asked.said, "num"))
    told = events(calls.progress(order), oldest_first=at(asked.said, "order") == "asc")
    return {"message": "ok", "status": OK, "nu": at(asked.said, "num"), "com": at(asked.said, "com"), **told}


def events(told: list[Event], *, oldest_first: bool = False) -> dict[str, Any]:
    """Return the events as Kuaidi100 lists them, and the state the last of them leads to."""
    coded = [event for event in told if event.k100]
    state = coded[-1].k100.partition("/")[0] if coded else "0"
    rows = [
        {
            "time": event.time, "ftime": event.time, "context": event.text, "location": event.city, "areaName": event.city,
            "status": CODES[event.code].zh, "statusCode": event.k100.partition("/")[2] or event.k100,
        }
        for event in coded
    ]  # fmt: skip
    signed = "1" if state == SIGNED else "0"
    return {"state": state, "ischeck": signed, "condition": "F00", "data": rows if oldest_first else rows[::-1]}


def place(asked: Asked) -> Answer:
    """bOrder. Its own number is optional here: without one, the same order of the same day counts as submitted again †."""
    body = native(asked.said, ORDER)
    for theirs, ours in ENDS:
        code, street = _address(asked.said, theirs)
        put(body, f"{ours}.place", code)
        put(body, f"{ours}.address", street)
    if declared := body.get("services", {}).get("declared_value"):
        put(body, "services.insured", declared.strip("0.") != "")
    if product := PRODUCT_NAMES.get(at(asked.said, "serviceType")):
        put(body, "services.product", product)
    body["goods"] = {"pieces": 1} | body.get("goods", {})
    _put_window(body, asked)
    wanted = {kind: url for kind, name in CALLBACKS.items() if (url := at(asked.said, name))}
    for kind, url in wanted.items():
        check_address(asked, url, CALLBACKS[kind])
    order = calls.place(asked, _own_number(asked), body).order
    for kind, url in wanted.items():
        subscribe(asked, order, url, secret=at(asked.said, "salt")[:64], kind=kind)
    return _told("提交成功", _numbers(order))


CALLBACKS = {"order": "callBackUrl", "poll": "pollCallBackUrl"}
"""Where the states of an order and its progress are pushed to."""


def _own_number(asked: Asked) -> str:
    day = local_day(asked.sent_at or asked.now).isoformat()
    return at(asked.said, "thirdOrderId") or Incoming.event(day, repr(sorted(asked.said.items())))[:32].upper()


def _address(said: Tree, end: str) -> tuple[str, str]:
    """:raises Problem: there is none, or no place in it"""
    written = at(said, f"{end}PrintAddr")
    if not written:
        raise Problem(Kind.FIELD, f"{end}PrintAddr：请填写完整地址，含省、市、区县")
    return whole_address(written, f"{end}PrintAddr")


def _put_window(body: dict[str, Any], asked: Asked) -> None:
    """Set the appointment of a window on today, tomorrow or the day after."""
    said = at(asked.said, "dayType")
    if not said or not at(asked.said, "pickupStartTime"):
        return
    if said not in DAYS:
        raise Problem(Kind.FIELD, f"dayType：可用 {'、'.join(DAYS)}")
    day = local_day(asked.now) + timedelta(days=DAYS[said])
    times = {name: at(asked.said, f"pickup{name}Time") for name in ("Start", "End")}
    put_appointment(body, {name.lower(): f"{day} {time}" for name, time in times.items() if time}, "Start", "End")


def price(asked: Asked) -> Answer:
    """price: of the product asked for, else of the cheapest"""
    lane = Lane(*(_address(asked.said, end)[0] for end, _ours in ENDS))
    product = PRODUCT_NAMES.get(at(asked.said, "serviceType"), "")
    quote = calls.prices(asked, lane, weight=at(asked.said, "weight"), volume=at(asked.said, "volume"), product=product)[0]
    total = str(quote.total)
    told = {
        "serviceType": PRODUCTS[quote.product].zh, "kuaidiCom": at(asked.said, "kuaidicom"), "price": total, "defPrice": total,
        "firstPrice": total, "defFirstPrice": total, "overPrice": "0", "defOverPrice": "0",
    }  # fmt: skip
    return _told("成功", told)


def cancel(asked: Asked) -> Answer:
    """cancel: by the numbers bOrder gave"""
    order = calls.own(asked, at(asked.said, "orderId"), at(asked.said, "taskId"))
    calls.cancel(asked, order.external_no, at(asked.said, "cancelMsg"))
    return _told("取消成功", {})


def detail(asked: Asked) -> Answer:
    """detail: where the order stands"""
    order = calls.own(asked, at(asked.said, "orderId"), at(asked.said, "taskId"))
    coded = [event for event in calls.progress(order) if CODES[event.code].k100_order]
    told = {"status": CODES[coded[-1].code].k100_order if coded else "0", "lastTime": f"{local(order.last_at or order.placed_at):%F %T}"}
    return _told("成功", _numbers(order) | told)


def poll(asked: Asked) -> Answer:
    """poll: a subscription, pushed to the address it names, signed with its salt"""
    order = calls.own(asked, at(asked.said, "number"))
    url = at(asked.said, "parameters.callbackurl")
    check_address(asked, url, "callbackurl")
    if not subscribe(asked, order, url, secret=at(asked.said, "parameters.salt")[:64], kind="poll"):
        raise Problem(Kind.DUPLICATE, "重复订阅", order)
    return {"result": True, "returnCode": OK, "message": "提交成功"}


def autonumber(asked: Asked) -> Answer:
    """autonumber/auto: whose number it is, by its form alone"""
    number = at(asked.said, "num")
    return [{"comCode": calls.CARRIER["kuaidi100"], "name": calls.carrier_name(), "lengthPre": len(number)}] if calls.is_ours(number) else []


CALLS = {"query": query, "bOrder": place, "price": price, "cancel": cancel, "detail": detail, "autonumber": autonumber, "poll": poll}


def _numbers(order: Order) -> dict[str, Any]:
    return {"taskId": order.external_no, "orderId": order.number, "kuaidinum": calls.waybill_no(order)}


def _told(message: str, data: Any) -> Answer:
    return {"result": True, "returnCode": OK, "message": message, "data": data}


def failure(problem: Problem, _incoming: Incoming) -> Answer:
    told = {"result": False, "returnCode": RESULTS[problem.kind], "message": problem.words, "requestId": request_id.get()}
    return told | ({"data": _numbers(problem.order)} if isinstance(problem.order, Order) else {})


SPEECH = Speech(
    dialect=Dialect.KUAIDI100, check=check, calls=CALLS, failure=failure, reads=frozenset({"autonumber/auto"}),
    names=names(ORDER) | {f"{ours}.{part}": f"{theirs}PrintAddr" for theirs, ours in ENDS for part in ("place", "address")}
    | {"pickup.appointment": "pickupStartTime"},
)  # fmt: skip
view = door(SPEECH)
