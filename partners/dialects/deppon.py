"""The Deppon-style dialect: one address a call, `params` signed with a timestamp, truth values as text (screens §1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.journal import request_id
from network.places import lineage
from orders.choices import Delivery, Payer, SlipReturn
from orders.models import Order
from partners.choices import Dialect, InboxState
from partners.dialects import calls, keys
from partners.dialects.calls import Lane
from partners.dialects.door import Answer, Asked, Incoming, Speech, door
from partners.dialects.fields import Field, Region, codes, count, names, place_of, put, put_appointment
from partners.dialects.fields import body as native
from partners.dialects.problems import Kind, Problem
from partners.dialects.reading import Tree, at, tree
from partners.dialects.signatures import RULES, in_window, instant
from partners.dialects.subscribing import at_its_own_address
from reports.tracking import Event
from rulebook.due import local, local_day
from rulebook.products import PRODUCTS
from rulebook.quotes import Quote
from rulebook.vocabulary import CODES

COMPANY = "DEPPON"  # the id these programs send and expect
OK = "1000"
RESULTS: Mapping[Kind, str] = {
    Kind.FORM: "2001", Kind.JSON: "2001", Kind.FIELD: "2002", Kind.KEY: "3001", Kind.SIGNATURE: "3001", Kind.TIME: "3003",
    Kind.UNSUPPORTED: "3002", Kind.DUPLICATE: "2006", Kind.UNKNOWN: "2007", Kind.REFUSED: "2008", Kind.CONFLICT: "2009",
    Kind.UNEXPECTED: "9999",
}  # fmt: skip
"""1000, 2006, 3002 and 9999 are the platform's own; the others are ours †."""

PAYERS = codes({"0": Payer.SHIPPER, "1": Payer.CONSIGNEE, "2": Payer.MONTHLY})
DELIVERIES = codes(
    {
        "1": Delivery.SELF_PICKUP, "2": Delivery.DOOR, "3": Delivery.DOOR, "4": Delivery.UPSTAIRS, "5": Delivery.UPSTAIRS,
        "7": Delivery.UPSTAIRS, "8": Delivery.UPSTAIRS,
    }
)  # fmt: skip
SLIPS = codes(
    {
        "0": SlipReturn.NONE, "1": SlipReturn.ORIGINAL, "2": SlipReturn.ELECTRONIC, "3": SlipReturn.ORIGINAL,
        "4": SlipReturn.ELECTRONIC,
    }
)  # fmt: skip
YES = codes({"Y": True, "YES": True, "N": False, "NO": False, "1": True, "2": False})
PRODUCT_CODES = {
    "timed_air": "KYDSD", "air": "JZKY", "express_road": "JZKH", "road_lane": "JZQY_LONG", "intercity": "JZCY",
    "agent_lane": "AGENT_VEHICLE",
}  # fmt: skip
"""Our products by the dialect's code; the timed air freight has a code of ours, the dialect knows none."""
OLDER = {"HK_JZKY": "air", "QC_JZKH": "express_road", "QC_JZQYC": "road_lane", "QC_JZQYD": "road_lane", "QC_JZCY": "intercity"}
PRODUCTS_READ = codes({theirs: ours for ours, theirs in PRODUCT_CODES.items()} | {"JZQY_SHORT": "road_lane"} | OLDER)

ROLES = (("sender", "shipper"), ("receiver", "consignee"))
ORDER = (
    *(Field(f"{theirs}.name", f"{ours}.name") for theirs, ours in ROLES),
    *(Field(f"{theirs}.mobile|{theirs}.phone", f"{ours}.phone") for theirs, ours in ROLES),
    *(Field(f"{theirs}.address", f"{ours}.address") for theirs, ours in ROLES),
    Field("packageInfo.cargoName|cargoName", "goods.name"),
    Field("packageInfo.totalNumber|totalNumber", "goods.pieces", count),
    Field("packageInfo.totalWeight|totalWeight", "goods.weight_kg"),
    Field("packageInfo.totalVolume|totalVolume", "goods.volume_m3"),
    Field("packageInfo.packageService|packageService", "goods.packing"),
    Field("packageInfo.deliveryType|deliveryType", "services.delivery", DELIVERIES),
    Field("payType", "services.payer", PAYERS),
    Field("transportType", "services.product", PRODUCTS_READ),
    Field("addServices.insuranceValue|insuranceValue", "services.declared_value"),
    Field("addServices.codValue|codValue", "services.cod_amount"),
    Field("addServices.backSignBill|backSignBill", "services.slip_return", SLIPS),
    Field("sender.businessNetworkNo|businessNetworkNo", "branch_code"),
    Field("vistReceive", "pickup.wanted", YES),
    Field("remark", "remark"),
)
REGIONS = {ours: Region(*(f"{theirs}.{part}" for part in ("province", "city", "county", "address"))) for theirs, ours in ROLES}


def check(incoming: Incoming) -> Asked:
    """:raises Problem: no account, wrong signature, a clock too far off, no JSON"""
    raw, stamp = incoming.form.get("params", b""), incoming.text("timestamp")
    rows, digest = keys.of_account(Dialect.DEPPON, incoming.text("companyCode"), incoming.now), incoming.text("digest")
    row = keys.signer(rows, lambda row: RULES["deppon"].matches(digest, body=raw, key=row.key, stamp=stamp))
    sent_at = instant(stamp)
    if sent_at is None or not in_window(sent_at, incoming.now):
        raise Problem(Kind.TIME, "timestamp 须为毫秒时间戳，与服务器时间相差不超过 10 分钟，请校准时钟")
    said = tree(raw, incoming.charset)
    call = incoming.call.rstrip("/").rpartition("/")[2].removesuffix(".action")
    event = incoming.event("deppon", call, raw, stamp)
    return Asked(signer=row, call=call, said=said, event=event, sent_at=sent_at, now=incoming.now)


def _content(said: Tree) -> dict[str, Any]:
    """Return the native body of an order, or of what an edit changes."""
    body = native(said, ORDER)
    for role, region in REGIONS.items():
        if code := place_of(said, region):
            put(body, f"{role}.place", code)
    put_appointment(body, said, "sendStartTime", "sendEndTime")
    if declared := body.get("services", {}).get("declared_value"):
        put(body, "services.insured", declared.strip("0.") != "")
    return body


def place(asked: Asked) -> Answer:
    """createOrderNotify"""
    placed = calls.place(asked, at(asked.said, "logisticID"), _content(asked.said))
    if at(asked.said, "needTraceInfo") == "1" and asked.partner.callback_url:
        at_its_own_address(asked, placed.order)
    return _told(logisticID=placed.order.external_no, mailNo=calls.waybill_no(placed.order), orderNumber=placed.order.number)


def edit(asked: Asked) -> Answer:
    """updateOrder: only what it names is changed"""
    number = at(asked.said, "logisticID")
    taken = calls.edit(asked, number, _content(asked.said))
    return _told(logisticID=number, reason="尚未收到该订单，收到后即修改" if taken.state == InboxState.PARKED else taken.words or "成功")


def cancel(asked: Asked) -> Answer:
    """cancelOrder"""
    number = at(asked.said, "logisticID") or calls.own(asked, at(asked.said, "mailNo")).external_no
    taken = calls.cancel(asked, number, at(asked.said, "remark"))
    return _told(logisticID=number, reason="尚未收到该订单，收到后即取消" if taken.state == InboxState.PARKED else "成功")


def query(asked: Asked) -> Answer:
    """queryOrder: the partner's own order, whole"""
    order = calls.own(asked, at(asked.said, "logisticID"), at(asked.said, "mailNo"))
    coded = [event for event in calls.progress(order) if CODES[event.code].deppon]
    told = {
        "logisticCompanyID": COMPANY, "logisticID": order.external_no, "mailNo": calls.waybill_no(order),
        "statusType": CODES[coded[-1].code].deppon if coded else "WAITACCEPT", "cargoName": order.goods,
        "totalNumber": order.pieces, "totalWeight": str(order.weight_kg), "totalVolume": str(order.volume_m3),
        "codValue": str(order.cod_amount), "insuranceValue": str(order.declared_value if order.insured else 0),
        "transportType": PRODUCT_CODES.get(order.product, ""), "vistReceive": "Y" if order.pickup else "N",
        "sender": _party(order, "shipper"), "receiver": _party(order, "consignee"),
    }  # fmt: skip
    return _told(responseParam=told)


def _party(order: Order, role: str) -> dict[str, str]:
    places = [each.name for each in lineage(getattr(order, f"{role}_place")) if not each.is_filler]
    province, city, county = (*places, "", "", "")[:3]
    own = {part: getattr(order, f"{role}_{part}") for part in ("name", "address")}
    return own | {"mobile": getattr(order, f"{role}_phone"), "province": province, "city": city, "county": county}


def trace(asked: Asked) -> Answer:
    """newTraceQuery: oldest first"""
    order = calls.own(asked, at(asked.said, "mailNo|tracking_number|waybillNumber"), at(asked.said, "logisticID|order_number"))
    return _told(responseParam=traces(calls.waybill_no(order), order.external_no, calls.progress(order)))


def traces(waybill: str, external_no: str, told: list[Event]) -> dict[str, Any]:
    rows = [
        {"time": event.time, "status": CODES[event.code].deppon_trace, "description": event.text, "site": event.site, "city": event.city}
        for event in told
        if CODES[event.code].deppon_trace
    ]
    return {"tracking_number": waybill, "order_number": external_no, "trace_list": rows}


ENDS = {end: Region(f"{end}Province", f"{end}City", f"{end}District", f"{end}Address") for end in ("original", "dest")}


def _lane(said: Tree) -> Lane:
    return Lane(*(_end(said, end) for end in ("original", "dest")))


def _end(said: Tree, end: str) -> str:
    code = place_of(said, ENDS[end])
    if not code:
        raise Problem(Kind.FIELD, f"{end}City：请填写省、市、区县")
    return code


def price(asked: Asked) -> Answer:
    """queryPrice: the rates of the lane"""
    rows = calls.prices(asked, _lane(asked.said), weight=at(asked.said, "totalWeight"), volume=at(asked.said, "totalVolume"))
    return _told(responseParam={"logisticCompanyID": COMPANY, "priceInfo": [_rates(quote, asked) for quote in rows]})


def _rates(quote: Quote, asked: Asked) -> dict[str, Any]:
    rates = {"heavyRate": "heavy", "lightRate": "light", "lowestPrice": "minimum"}
    told = {theirs: float(getattr(quote.rates, ours)) for theirs, ours in rates.items()} if quote.rates else {}
    product = PRODUCTS[quote.product]
    return told | {
        "productCode": PRODUCT_CODES[product.code], "productName": product.zh, "promiseArriveTime": _promise(quote, asked),
        "totalfee": float(quote.total),
    }  # fmt: skip


def _promise(quote: Quote, asked: Asked) -> str:
    if quote.arrives_by is None:
        return ""
    days = (local_day(quote.arrives_by) - local_day(asked.now)).days
    return f"第{days + 1}天{local(quote.arrives_by):%H:%M}前"


def branches(asked: Asked) -> Answer:
    """queryDeptByAddress"""
    code = place_of(asked.said, Region("province", "city", "county", "address"))
    if not code:
        raise Problem(Kind.FIELD, "city：请填写省、市、区县")
    rows = [
        {
            "deptCode": near.unit.code, "deptName": near.unit.name, "deptTel": near.unit.phone, "deptAddress": near.unit.address,
            "distance": f"{near.km:.2f}", "isReceive": "true", "isDelivery": "true", "isPickup": "true",
        }
        for near in calls.branches(code, asked.now)
    ]  # fmt: skip
    return _told(responseParam={"logisticCompanyID": COMPANY, "deptInfoList": rows})


def subscribe(asked: Asked) -> Answer:
    """standTraceSubscribe"""
    order = calls.own(asked, at(asked.said, "tracking_number|mailNo"), at(asked.said, "order_number|logisticID"))
    at_its_own_address(asked, order)
    return _told(success=True, error_code=OK, error_message="订阅成功")


CALLS = {
    "createOrderNotify": place, "updateOrder": edit, "queryOrder": query, "cancelOrder": cancel, "queryPrice": price,
    "queryDeptByAddress": branches, "newTraceQuery": trace, "standTraceSubscribe": subscribe,
}  # fmt: skip


def _told(**more: Any) -> Answer:
    return {"result": "true", "resultCode": OK, "reason": "成功", "uniquerRequestNumber": request_id.get(), **more}


def failure(problem: Problem, incoming: Incoming) -> Answer:
    told = {
        "result": "false", "resultCode": RESULTS[problem.kind], "reason": problem.words, "uniquerRequestNumber": request_id.get(),
    }  # fmt: skip
    if isinstance(problem.order, Order):
        told |= {"logisticID": problem.order.external_no, "mailNo": calls.waybill_no(problem.order)}
    return told


SPEECH = Speech(
    dialect=Dialect.DEPPON, check=check, calls=CALLS, failure=failure,
    names=names(ORDER) | {f"{ours}.place": f"{theirs}.county" for theirs, ours in ROLES} | {"pickup.appointment": "sendStartTime"},
)  # fmt: skip
view = door(SPEECH)
