"""KDNiao (快递鸟): one form, the call in `RequestType`; traces oldest first (screens §1)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.journal import request_id
from orders.choices import Payer
from orders.models import Order
from partners.choices import Dialect, InboxState
from partners.dialects import calls, keys
from partners.dialects.door import Answer, Asked, Incoming, Speech, door
from partners.dialects.fields import Field, Region, codes, count, names, number, place_of, put, put_appointment
from partners.dialects.fields import body as native
from partners.dialects.problems import Kind, Problem
from partners.dialects.reading import Tree, at, tree
from partners.dialects.signatures import RULES
from partners.dialects.subscribing import at_its_own_address
from reports.tracking import Event
from rulebook.due import local

OK = "100"
RESULTS: Mapping[Kind, str] = {
    Kind.FORM: "103", Kind.KEY: "104", Kind.SIGNATURE: "102", Kind.TIME: "102", Kind.JSON: "103", Kind.FIELD: "101",
    Kind.UNSUPPORTED: "105", Kind.UNKNOWN: "105", Kind.DUPLICATE: "106", Kind.REFUSED: "105", Kind.CONFLICT: "105",
    Kind.UNEXPECTED: "105",
}  # fmt: skip
"""101 a parameter is missing, 102 check failed, 103 format, 104 user, 105 other, 106 the number was used."""

MOST_GOODS = 100
ZERO = Decimal(0)

PAYERS = codes({"1": Payer.SHIPPER, "2": Payer.CONSIGNEE, "3": Payer.MONTHLY})
SLIPS = codes({"0": "none", "1": "original"})
PICKUP = codes({"0": True, "1": False})
SERVICES = {"COD": "services.cod_amount", "INSURE": "services.declared_value"}

ORDER = (
    *(
        Field(f"{theirs}.{name}", f"{ours}.{leaf}")
        for theirs, ours in (("Sender", "shipper"), ("Receiver", "consignee"))
        for name, leaf in (("Name", "name"), ("Address", "address"))
    ),
    Field("Sender.Mobile|Sender.Tel", "shipper.phone"),
    Field("Receiver.Mobile|Receiver.Tel", "consignee.phone"),
    Field("Commodity.0.GoodsName", "goods.name"),
    Field("Quantity", "goods.pieces", count),
    Field("Weight", "goods.weight_kg"),
    Field("Volume", "goods.volume_m3"),
    Field("PayType", "services.payer", PAYERS),
    Field("IsReturnSignBill", "services.slip_return", SLIPS),
    Field("IsNotice", "pickup.wanted", PICKUP),
    Field("SendSite", "branch_code"),
    Field("Remark", "remark"),
)
REGIONS = {
    ours: Region(f"{theirs}.ProvinceName", f"{theirs}.CityName", f"{theirs}.ExpAreaName", f"{theirs}.Address")
    for theirs, ours in (("Sender", "shipper"), ("Receiver", "consignee"))
}


def check(incoming: Incoming) -> Asked:
    """:raises Problem: no account, wrong signature, no JSON"""
    raw, rows = incoming.form.get("RequestData", b""), keys.of_account(Dialect.KDNIAO, incoming.text("EBusinessID"), incoming.now)
    signature = incoming.text("DataSign")
    row = keys.signer(rows, lambda row: RULES["kdn"].matches(signature, body=raw, key=row.key))
    call, said = incoming.text("RequestType"), tree(raw, incoming.charset)
    event = incoming.event("kdniao", call, raw)
    return Asked(signer=row, call=call, said=said, event=event, now=incoming.now)


def place(asked: Asked) -> Answer:
    """1001 预约取件"""
    body = native(asked.said, ORDER)
    for role, region in REGIONS.items():
        put(body, f"{role}.place", place_of(asked.said, region))
    put_appointment(body, asked.said, "StartDate", "EndDate")
    _add_services(asked, body)
    body["goods"] = listed(asked.said) | body.get("goods", {})
    placed = calls.place(asked, at(asked.said, "OrderCode"), body)
    return _told(asked, Order=_shipment(asked, placed.order), Reason="成功")


def listed(said: Tree) -> dict[str, Any]:
    """Return what the goods listed come to, for orders that do not say it in all: pieces and, where each has one, weight."""
    commodity = said.get("commodity")
    rows = [f"Commodity.{row}" for row in range(min(len(commodity), MOST_GOODS))] if isinstance(commodity, list) else []
    pieces = [_pieces(at(said, f"{row}.Goodsquantity")) for row in rows]
    weights = [at(said, f"{row}.GoodsWeight") for row in rows]
    goods: dict[str, Any] = {"pieces": sum(pieces) or 1}
    if rows and all(weights):
        goods["weight_kg"] = sum((number(weight, "GoodsWeight") * each for weight, each in zip(weights, pieces, strict=True)), ZERO)
    return goods


def _pieces(said: str) -> int:
    try:
        return count(said or "1")
    except ValueError as wrong:
        raise Problem(Kind.FIELD, f"Goodsquantity：{wrong}") from wrong


def _add_services(asked: Asked, body: dict[str, Any]) -> None:
    for row in range(10):
        name, value = (at(asked.said, f"AddService.{row}.{part}") for part in ("Name", "Value"))
        if name.upper() in SERVICES and value:
            put(body, SERVICES[name.upper()], value)
    if "declared_value" in body.get("services", {}):
        put(body, "services.insured", True)


def track(asked: Asked) -> Answer:
    """1002 即时查询: oldest first"""
    order = calls.own(asked, at(asked.said, "LogisticCode"), at(asked.said, "OrderCode"))
    told = calls.progress(order)
    return _head(asked) | _shipment(asked, order) | traces(told) | {"Success": True, "Reason": ""}


def cancel(asked: Asked) -> Answer:
    """1004 取消预约"""
    number = at(asked.said, "OrderCode") or calls.own(asked, at(asked.said, "LogisticCode")).external_no
    taken = calls.cancel(asked, number, at(asked.said, "CancelMsg|CancelReason"))
    waits = taken.state == InboxState.PARKED
    return _told(asked, Reason="尚未收到该订单，收到后即取消" if waits else "取消成功")


def recognise(asked: Asked) -> Answer:
    """2002 单号识别"""
    number = at(asked.said, "LogisticCode")
    ours = [{"ShipperCode": calls.CARRIER["kdniao"], "ShipperName": calls.carrier_name()}] if calls.is_ours(number) else []
    return _head(asked) | {"LogisticCode": number, "Success": True, "Code": OK, "Shippers": ours}


def subscribe(asked: Asked) -> Answer:
    """1008 订阅, 8008 of the paid edition: pushed to the address the account has set; `CallBack` comes back with each push"""
    order = calls.own(asked, at(asked.said, "LogisticCode"), at(asked.said, "OrderCode"))
    data = {"callback": at(asked.said, "CallBack")[:200], "shipper": at(asked.said, "ShipperCode")[:20], "type": PUSHED[asked.call]}
    at_its_own_address(asked, order, **data)
    return _told(asked, Reason="订阅成功")


PUSHED = {"1008": "101", "8008": "102"}
"""The push that answers a subscription."""

CALLS = {
    "1001": place, "1002": track, "1004": cancel, "1008": subscribe, "2002": recognise, "8001": track, "8008": subscribe,
}  # fmt: skip



def traces(told: list[Event]) -> dict[str, Any]:
    """Return the events as KDNiao lists them, oldest first, and the state they lead to."""
    coded = [event for event in told if event.kdn]
    state, _slash, extended = coded[-1].kdn.partition("/") if coded else ("0", "", "")
    rows = [
        {"AcceptTime": event.time, "AcceptStation": event.text, "Location": event.city, "Action": event.kdn.partition("/")[2]}
        for event in coded
    ]
    return {"State": state, "StateEx": extended or state, "Location": coded[-1].city if coded else "", "Traces": rows}


def _shipment(asked: Asked, order: Order) -> dict[str, Any]:
    return {"ShipperCode": at(asked.said, "ShipperCode"), "LogisticCode": tracked_by(order), "OrderCode": order.external_no}


def tracked_by(order: Order) -> str:
    """Return what the goods are tracked by: the waybill's number or, before there is one, the order's."""
    return calls.waybill_no(order) or order.number


def _head(asked: Asked) -> dict[str, Any]:
    return {"EBusinessID": asked.signer.account}


def _told(asked: Asked, **more: Any) -> Answer:
    head = {"UpdateTime": f"{local(asked.now):%Y-%m-%d %H:%M:%S}", "Success": True, "ResultCode": OK}
    return {**_head(asked), **head, "UniquerRequestNumber": request_id.get(), **more}


def failure(problem: Problem, incoming: Incoming) -> Answer:
    told = {
        "EBusinessID": incoming.text("EBusinessID")[: keys.LONGEST], "UpdateTime": f"{local(incoming.now):%Y-%m-%d %H:%M:%S}",
        "Success": False, "ResultCode": RESULTS[problem.kind], "Reason": problem.words, "UniquerRequestNumber": request_id.get(),
    }  # fmt: skip
    if isinstance(problem.order, Order):
        told["Order"] = {"OrderCode": problem.order.external_no, "LogisticCode": tracked_by(problem.order)}
    return told


SPEECH = Speech(
    dialect=Dialect.KDNIAO, check=check, calls=CALLS, failure=failure,
    names=names(ORDER) | {f"{role}.place": region.county for role, region in REGIONS.items()} | {"pickup.appointment": "StartDate"},
)  # fmt: skip
view = door(SPEECH)
