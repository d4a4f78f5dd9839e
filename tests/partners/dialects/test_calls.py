"""Each call of each dialect: what a program asks and what it is answered, typed by hand from the platforms' papers (screens §1)."""

from decimal import Decimal
from typing import Any

import pytest

from orders import services as orders
from orders.models import Order
from partners import limits
from pricing.models import TariffVersion
from rulebook.roles import Role
from tests.factories import Company, accepted, post, sh
from tests.partners.dialects.conftest import AT
from tests.partners.dialects.programs import Deppon, KDNiao, Kuaidi100, deppon_order, kdniao_order, kuaidi100_order
from tests.pricing.prices import live

NOW = "2026-11-04 10:00:00"


def content(order: Order) -> dict[str, Any]:
    parties = {role: tuple(getattr(order, f"{role}_{part}") for part in ("name", "phone", "place", "address")) for role in ("shipper", "consignee")}
    goods = (order.goods, order.pieces, str(order.weight_kg), str(order.volume_m3), order.packing)
    return parties | {"goods": goods, "pays": order.payer, "delivery": order.delivery, "slip": order.slip_return, "pickup": order.pickup}


HANGZHOU = ("张三", "13800138000", "330106", "文三路 100 号")
SHANGHAI = ("李四", "021-54321234", "310104", "漕溪北路 200 号")


# KDNiao.


def plain(told: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without the request's id, which has to be there."""
    told = dict(told)
    assert told.pop("UniquerRequestNumber", "x")
    return told


def test_kdniao_places(kdniao: KDNiao) -> None:
    told = kdniao.send("1001", kdniao_order())
    order = Order.objects.get()
    assert plain(told) == {
        "EBusinessID": kdniao.account, "UpdateTime": NOW, "Success": True, "ResultCode": "100", "Reason": "成功",
        "Order": {"OrderCode": "KD-1", "ShipperCode": "YDWL", "LogisticCode": order.number},
    }  # fmt: skip
    assert content(order) == {
        "shipper": HANGZHOU, "consignee": SHANGHAI, "goods": ("五金配件", 10, "120.50", "0.800", ""), "pays": "shipper",
        "delivery": "self_pickup", "slip": "none", "pickup": True,
    }  # fmt: skip
    assert (order.branch.code, order.channel, order.external_no) == ("B1", "partner", "KD-1")


def test_a_dialect_has_the_limit_of_its_partner(kdniao: KDNiao, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PARTNER_PER_MINUTE = 1
    monkeypatch.setattr(limits, "_counts", {})  # the tests before this one called in the same minute
    assert kdniao.send("1001", kdniao_order())["Success"]
    told = kdniao.send("1002", {"OrderCode": "KD-1"})
    assert (told["Success"], told["Reason"][:22]) == (False, "请求过于频繁：每分钟最多 1 次，请按 Re")
    assert Order.objects.count() == 1


def test_kdniao_says_that_a_number_was_used(kdniao: KDNiao) -> None:
    kdniao.send("1001", kdniao_order())
    number = Order.objects.get().number
    told = {
        "EBusinessID": kdniao.account, "UpdateTime": NOW, "Success": False, "ResultCode": "106",
        "Reason": f"订单号重复：该单号已下单，订单号 {number}", "Order": {"OrderCode": "KD-1", "LogisticCode": number},
    }  # fmt: skip
    assert plain(kdniao.send("1001", kdniao_order())) == told
    words = f"单号重复：该单号已用于订单 {number}，内容不同（Receiver.Mobile、Weight）"
    changed = kdniao_order(Weight="99", Receiver=kdniao_order()["Receiver"] | {"Mobile": "13900139000"})
    assert plain(kdniao.send("1001", changed)) == told | {"Reason": words}
    assert Order.objects.count() == 1


def test_kdniao_tracks_oldest_first(kdniao: KDNiao) -> None:
    number = kdniao.send("1001", kdniao_order())["Order"]["LogisticCode"]
    told = {
        "EBusinessID": kdniao.account, "ShipperCode": "YDWL", "LogisticCode": number, "OrderCode": "KD-1", "Success": True, "Reason": "",
        "State": "0", "StateEx": "0", "Location": "杭州市",
        "Traces": [
            {"AcceptTime": NOW, "AcceptStation": "订单已提交", "Location": "杭州市", "Action": "0"},
            {"AcceptTime": NOW, "AcceptStation": "【西湖营业部】已收到订单，等待电话确认", "Location": "杭州市", "Action": "0"},
        ],
    }  # fmt: skip
    assert kdniao.send("1002", {"ShipperCode": "YDWL", "LogisticCode": number, "OrderCode": ""}) == told
    assert kdniao.send("8001", {"ShipperCode": "YDWL", "LogisticCode": "", "OrderCode": "KD-1"}) == told


def test_kdniao_cancels_and_burns_the_number(kdniao: KDNiao) -> None:
    kdniao.send("1001", kdniao_order())
    asked = {"ShipperCode": "YDWL", "OrderCode": "KD-1", "LogisticCode": ""}
    told = {"EBusinessID": kdniao.account, "UpdateTime": NOW, "Success": True, "ResultCode": "100", "Reason": "取消成功"}
    assert plain(kdniao.send("1004", asked)) == told
    assert plain(kdniao.send("1004", asked)) == told  # the same message again
    again = kdniao.send("1004", asked | {"CancelMsg": "不发了"})
    assert (again["Success"], again["ResultCode"], again["Reason"]) == (False, "105", "当前状态为“已取消”，不能执行该操作。（30003）")
    assert kdniao.send("1001", kdniao_order())["ResultCode"] == "106"
    assert Order.objects.get().state == "cancelled"


def test_kdniao_recognises_our_numbers_by_their_form(kdniao: KDNiao) -> None:
    told = kdniao.send("2002", {"LogisticCode": "1234567897"})
    assert told == {
        "EBusinessID": kdniao.account, "LogisticCode": "1234567897", "Success": True, "Code": "100",
        "Shippers": [{"ShipperCode": "YDWL", "ShipperName": "远达物流"}],
    }  # fmt: skip
    assert kdniao.send("2002", {"LogisticCode": "1234567898"})["Shippers"] == []


def test_kdniao_adds_up_the_goods_listed(kdniao: KDNiao) -> None:
    goods = [{"GoodsName": "五金", "GoodsQuantity": "4", "GoodsWeight": 2.5}, {"GoodsName": "灯具", "Goodsquantity": 2, "GoodsWeight": "1"}]
    services = [{"Name": "COD", "Value": "1020"}, {"Name": "INSURE", "Value": 5000}, {"Name": "NOTICE"}]
    assert kdniao.send("1001", kdniao_order(Quantity=None, Weight="", Commodity=goods, AddService=services))["Success"]
    order = Order.objects.get()
    assert (order.pieces, order.weight_kg, order.cod_amount, order.declared_value, order.insured) == (6, 12, 1020, 5000, True)


# Deppon.


def test_deppon_places(deppon: Deppon) -> None:
    told = deppon.send("createOrderNotify", deppon_order(addServices={"backSignBill": "1", "codValue": "", "insuranceValue": 0}))
    order = Order.objects.get()
    assert told.pop("uniquerRequestNumber")
    assert told == {
        "result": "true", "resultCode": "1000", "reason": "成功", "logisticID": "YDWL-1", "mailNo": "", "orderNumber": order.number,
    }  # fmt: skip
    assert content(order) == {
        "shipper": HANGZHOU, "consignee": SHANGHAI, "goods": ("五金配件", 10, "120.50", "0.800", "木架"), "pays": "shipper",
        "delivery": "door", "slip": "original", "pickup": True,
    }  # fmt: skip
    assert (order.product, order.insured) == ("road_lane", False)
    repeated = deppon.send("createOrderNotify", deppon_order(addServices={"backSignBill": "1"}))
    assert (repeated["result"], repeated["resultCode"]) == ("false", "2006")
    assert (repeated["logisticID"], Order.objects.count()) == ("YDWL-1", 1)


@pytest.mark.parametrize(
    ("code", "ours"),
    [("1", "self_pickup"), ("2", "door"), ("3", "door"), ("4", "upstairs"), ("5", "upstairs"), ("7", "upstairs"), ("8", "upstairs")],
)
def test_deppon_ways_of_delivery(deppon: Deppon, code: str, ours: str) -> None:
    deppon.send("createOrderNotify", deppon_order(packageInfo=deppon_order()["packageInfo"] | {"deliveryType": code}))
    assert Order.objects.get().delivery == ours


def test_deppon_edits_what_it_names(deppon: Deppon) -> None:
    deppon.send("createOrderNotify", deppon_order())
    assert deppon.send("updateOrder", {"logisticID": "YDWL-1", "totalNumber": "12", "remark": "易碎"})["result"] == "true"
    order = Order.objects.get()
    assert (order.pieces, order.remark, order.goods, order.version) == (12, "易碎", "五金配件", 2)


def test_deppon_queries_its_order_whole(deppon: Deppon) -> None:
    deppon.send("createOrderNotify", deppon_order())
    told = deppon.send("queryOrder", {"logisticCompanyID": "DEPPON", "logisticID": "YDWL-1"})
    assert (told["result"], told["resultCode"]) == ("true", "1000")
    assert told["responseParam"] == {
        "logisticCompanyID": "DEPPON", "logisticID": "YDWL-1", "mailNo": "", "statusType": "WAITACCEPT", "cargoName": "五金配件",
        "totalNumber": 10, "totalWeight": "120.50", "totalVolume": "0.800", "codValue": "0.00", "insuranceValue": "0",
        "transportType": "JZQY_LONG", "vistReceive": "Y",
        "sender": {
            "name": "张三", "mobile": "13800138000", "province": "浙江省", "city": "杭州市", "county": "西湖区", "address": "文三路 100 号",
        },
        "receiver": {
            "name": "李四", "mobile": "021-54321234", "province": "上海市", "city": "上海市", "county": "徐汇区", "address": "漕溪北路 200 号",
        },
    }  # fmt: skip


def test_deppon_cancels_with_its_reason(deppon: Deppon) -> None:
    deppon.send("createOrderNotify", deppon_order())
    told = deppon.send("cancelOrder", {"logisticCompanyID": "DEPPON", "logisticID": "YDWL-1", "mailNo": "", "remark": "客户改期"})
    assert (told["result"], told["resultCode"], told["logisticID"]) == ("true", "1000", "YDWL-1")
    order = Order.objects.get()
    assert (order.state, order.cancel_reason, order.cancel_text, order.reason_confirmed_at) == ("cancelled", "other", "客户改期", None)
    assert deppon.send("queryOrder", {"logisticID": "YDWL-1"})["responseParam"]["statusType"] == "CANCELLED"


LANE = {
    "originalProvince": "浙江省", "originalCity": "杭州市", "originalDistrict": "西湖区", "destProvince": "上海", "destCity": "上海市",
    "destDistrict": "徐汇区",
}  # fmt: skip


@pytest.fixture
def tariff(company: Company) -> TariffVersion:
    """¥2.24 a kg, ¥227 a m³, at least ¥34, the day after by 18:00."""
    return live(post(Role.PRICE_MANAGEMENT, company.department))


def test_deppon_prices_a_lane(deppon: Deppon, tariff: TariffVersion) -> None:
    told = deppon.send("queryPrice", {"logisticCompanyID": "DEPPON", "totalWeight": "120"} | LANE)
    assert told["responseParam"] == {
        "logisticCompanyID": "DEPPON",
        "priceInfo": [
            {
                "heavyRate": 2.24, "lightRate": 227.0, "lowestPrice": 34.0, "productCode": "JZQY_LONG", "productName": "汽运专线",
                "promiseArriveTime": "第2天18:00前", "totalfee": 268.8,
            }
        ],
    }  # fmt: skip
    assert deppon.send("queryPrice", {})["resultCode"] == "2002"
    assert deppon.send("queryPrice", LANE | {"totalWeight": "很重"})["reason"] == "weight：请填写数字，如 12.5"


def test_deppon_lists_the_branches_of_a_place(deppon: Deppon) -> None:
    told = deppon.send("queryDeptByAddress", {"province": "浙江省", "city": "杭州市", "county": "西湖区", "address": "文三路", "matchType": 0})
    rows = told["responseParam"]["deptInfoList"]
    assert {row["deptName"] for row in rows} == {"西湖营业部", "滨江营业部", "鄞州营业部"}
    assert rows[0].keys() == {"deptCode", "deptName", "deptTel", "deptAddress", "distance", "isReceive", "isDelivery", "isPickup"}
    assert deppon.send("queryDeptByAddress", {"city": "无此地方"})["reason"] == "county：“无此地方”没有这个地区，请写明省、市、区县的标准名称"


# Kuaidi100.


def test_kuaidi100_places(kuaidi100: Kuaidi100) -> None:
    asked = kuaidi100_order(dayType="明天", pickupStartTime="09:00", pickupEndTime="11:00", valinsPay="3000", count="4", volume="0.8")
    told = kuaidi100.send("bOrder", asked)
    order = Order.objects.get()
    assert told == {
        "result": True, "returnCode": "200", "message": "提交成功",
        "data": {"taskId": order.external_no, "orderId": order.number, "kuaidinum": ""},
    }  # fmt: skip
    assert content(order) == {
        "shipper": HANGZHOU, "consignee": ("李四", "13900139000", "310104", "漕溪北路 200 号"),
        "goods": ("五金配件", 4, "120.50", "0.800", ""), "pays": "shipper", "delivery": "self_pickup", "slip": "none", "pickup": True,
    }  # fmt: skip
    assert (order.appointment, order.insured, order.declared_value) == (sh("05 10:00:00"), True, 3000)


def test_kuaidi100_knows_what_was_submitted_before(kuaidi100: Kuaidi100, morning: Any) -> None:
    first = kuaidi100.send("bOrder", kuaidi100_order())
    again = kuaidi100.send("bOrder", kuaidi100_order(), AT.timestamp() + 60)
    assert (again["result"], again["returnCode"], again["data"]) == (False, "501", first["data"])
    assert kuaidi100.send("bOrder", kuaidi100_order(weight="121"))["returnCode"] == "200"
    assert kuaidi100.send("bOrder", kuaidi100_order(thirdOrderId="T-1"))["data"]["taskId"] == "T-1"
    assert kuaidi100.send("bOrder", kuaidi100_order(thirdOrderId="T-1", weight="9"))["returnCode"] == "501"
    assert Order.objects.count() == 3
    morning.move_to(sh("05 10:00:00"))
    assert kuaidi100.send("bOrder", kuaidi100_order())["returnCode"] == "200"


def test_kuaidi100_queries_newest_first(kuaidi100: Kuaidi100, morning: Any) -> None:
    number = kuaidi100.send("bOrder", kuaidi100_order())["data"]["orderId"]
    morning.shift(60)
    kuaidi100.send("cancel", {"taskId": "", "orderId": number, "cancelMsg": "内部测试单"})
    told = kuaidi100.query({"com": "yuanda", "num": number, "phone": "", "resultv2": "1", "show": "0", "order": "desc"})
    rows = told.pop("data")
    assert told == {
        "message": "ok", "status": "200", "nu": number, "com": "yuanda", "state": "4", "ischeck": "0", "condition": "F00",
    }  # fmt: skip
    assert rows[0] == {
        "time": "2026-11-04 10:01:00", "ftime": "2026-11-04 10:01:00", "context": "订单已取消（其他）", "location": "", "areaName": "",
        "status": "客户撤销", "statusCode": "401",
    }  # fmt: skip
    assert [row["statusCode"] for row in rows] == ["401", "101", "101"]
    asked = kuaidi100.query({"num": number, "order": "asc"})
    assert [row["statusCode"] for row in asked["data"]] == ["101", "101", "401"]


def test_kuaidi100_prices_and_details(kuaidi100: Kuaidi100, tariff: TariffVersion) -> None:
    asked = {name: kuaidi100_order()[name] for name in ("kuaidicom", "sendManPrintAddr", "recManPrintAddr")}
    told = kuaidi100.send("price", asked | {"weight": "120", "serviceType": "标准快递"})
    assert told == {
        "result": True, "returnCode": "200", "message": "成功",
        "data": {
            "serviceType": "汽运专线", "kuaidiCom": "yuanda", "price": "268.80", "defPrice": "268.80", "firstPrice": "268.80",
            "defFirstPrice": "268.80", "overPrice": "0", "defOverPrice": "0",
        },
    }  # fmt: skip
    numbers = kuaidi100.send("bOrder", kuaidi100_order())["data"]
    assert kuaidi100.send("detail", numbers)["data"] == numbers | {"status": "0", "lastTime": NOW}


def test_kuaidi100_cancels_by_the_numbers_it_was_given(kuaidi100: Kuaidi100) -> None:
    numbers = kuaidi100.send("bOrder", kuaidi100_order())["data"]
    cancelled = {"result": True, "returnCode": "200", "message": "取消成功", "data": {}}
    assert kuaidi100.send("cancel", {"taskId": numbers["taskId"], "cancelMsg": "测试"}) == cancelled
    missing = kuaidi100.send("cancel", {"taskId": "X", "orderId": "E0"})
    assert (missing["result"], missing["returnCode"], missing["message"]) == (False, "500", "没有该订单，或不是贵方的订单")


def test_kuaidi100_recognises_our_numbers(kuaidi100: Kuaidi100) -> None:
    form = {"key": kuaidi100.key, "num": "1234567897"}
    told = [{"comCode": "yuanda", "name": "远达物流", "lengthPre": 10}]
    assert kuaidi100.post("/compat/kuaidi100/autonumber/auto", form).json() == told
    assert kuaidi100.http.get("/compat/kuaidi100/autonumber/auto", form).json() == told
    assert kuaidi100.post("/compat/kuaidi100/autonumber/auto", form | {"num": "YT123"}).json() == []
    assert kuaidi100.post("/compat/kuaidi100/autonumber/auto", form | {"key": "x"}).json()["returnCode"] == "601"


# What all of them share.


def test_the_waybill_number_is_known_once_there_is_one(company: Company, kdniao: KDNiao, deppon: Deppon, kuaidi100: Kuaidi100) -> None:
    order = accepted(AT, company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), pickup=False)
    Order.objects.filter(pk=order.pk).update(source=kdniao.partner.source, external_no="X-1")
    orders.quote(number=order.number, clerk=company.clerk, amount=Decimal(320), words="一口价", now=AT)
    orders.answer_quote(number=order.number, agreed=True, by=kdniao.partner.actor, now=AT)
    bill = orders.issue_waybill(number=order.number, clerk=company.clerk, pieces=10, weight_kg=Decimal(120), volume_m3=Decimal(1), now=AT)
    assert kdniao.send("1002", {"LogisticCode": bill.number})["LogisticCode"] == bill.number
    assert kuaidi100.query({"num": bill.number})["state"] == "1"
    assert deppon.send("newTraceQuery", {"mailNo": bill.number})["responseParam"] == {
        "tracking_number": bill.number, "order_number": "X-1",
        "trace_list": [
            {
                "time": NOW, "status": "GOT", "description": f"【西湖营业部】已开单，运单号 {bill.number}", "site": "西湖营业部", "city": "杭州市",
            }
        ],
    }  # fmt: skip
    late = kdniao.send("1004", {"OrderCode": "X-1"})
    assert (late["Success"], late["Reason"]) == (False, "当前状态为“已开单”，不能执行该操作。（30002）")
