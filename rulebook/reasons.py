"""Coded reasons: why an order was cancelled or put off, why nobody was reached, why a pickup failed or was moved."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """`clause`: the rule that gives this reason, where one does."""

    code: str
    zh: str
    en: str
    clause: str = ""


def _table(*rows: Reason) -> dict[str, Reason]:
    return {row.code: row for row in rows}


CANCEL_REASONS = _table(
    Reason("not_shipping", "客户不发货", "Customer does not ship", "§1.2.1.4"),
    Reason("other_carrier", "客户已选其他物流", "Customer chose another carrier"),
    Reason("price_declined", "客户不接受报价", "Customer declined the price", "§3.3"),
    Reason("too_late", "客户要求的发货日超过 3 天", "Wanted ship date beyond the 3 days", "§1.2.1.4p"),
    Reason("untrue_data", "订单信息不实或不全", "Order data untrue or incomplete", "§1.4.1"),
    Reason("prohibited_goods", "禁运品", "Prohibited goods", "§4.4.4"),
    Reason("duplicate", "重复下单", "Duplicate order"),
    Reason("mistaken", "误下单或测试单", "Placed by mistake or as a test"),
    Reason("not_reached", "多次联系不上客户", "Customer not reached after several calls"),
    Reason("out_of_area", "超出服务范围", "Outside the area served"),
    Reason("other", "其他", "Other"),
)

POSTPONE_REASONS = _table(
    Reason("goods_not_ready", "货物未备好", "Goods not ready"),
    Reason("customers_wish", "客户要求改期", "Customer wants another day"),
    Reason("consignee_not_ready", "收货人暂不能收货", "Consignee cannot receive yet"),
    Reason("papers_missing", "单证不齐", "Papers missing"),
    Reason("weather_or_traffic", "天气或交通管制", "Weather or traffic control"),
    Reason("other", "其他", "Other"),
)

NOT_REACHED_REASONS = _table(
    Reason("no_answer", "无人接听", "No answer"),
    Reason("busy", "占线", "Busy"),
    Reason("switched_off", "关机或无法接通", "Switched off or out of reach"),
    Reason("wrong_number", "号码错误", "Wrong number"),
    Reason("not_in_service", "空号或停机", "Number not in service"),
    Reason("hung_up", "客户挂断", "Customer hung up"),
    Reason("call_back_later", "客户要求稍后再打", "Customer asks to be called later"),
    Reason("other", "其他", "Other"),
)

PICKUP_FAILURE_REASONS = _table(
    Reason("nobody_there", "现场无人", "Nobody there"),
    Reason("goods_not_ready", "货物未备好", "Goods not ready"),
    Reason("wrong_address", "地址有误", "Wrong address"),
    Reason("goods_differ", "货物与订单不符", "Goods differ from the order"),
    Reason("packing_unfit", "包装不合格", "Packing unfit"),
    Reason("prohibited_goods", "禁运品", "Prohibited goods", "§4.4.4"),
    Reason("customer_refuses", "客户不发货", "Customer does not ship"),
    Reason("vehicle_trouble", "车辆故障或事故", "Vehicle trouble"),
    Reason("no_vehicle", "车辆不足", "No vehicle"),
    Reason("no_staff", "人手不足", "No staff"),
    Reason("traffic_or_weather", "交通或天气", "Traffic or weather"),
    Reason("other", "其他", "Other"),
)

DELIVERY_FAILURE_REASONS = _table(
    Reason("nobody_there", "现场无人", "Nobody there", "§1.3.3.3"),
    Reason("not_reached", "联系不上收货人", "Consignee not reached", "§1.3.3.3"),
    Reason("wrong_address", "地址有误", "Wrong address"),
    Reason("customers_wish", "客户要求改期", "Customer wants another time", "§1.3.3.3"),
    Reason("no_money", "代收或到付款未备好", "Money not ready", "§4.3.3.2"),
    Reason("no_unloading", "无法卸货", "Cannot unload"),
    Reason("vehicle_trouble", "车辆故障或事故", "Vehicle trouble"),
    Reason("traffic_or_weather", "交通或天气", "Traffic or weather"),
    Reason("other", "其他", "Other"),
)

EXCEPTIONS = _table(
    Reason("damage", "破损", "Damage", "§4.3.3.8"),
    Reason("shortage", "少件", "Shortage", "§4.3.3.8"),
    Reason("wet", "受潮", "Wet", "§4.3.2.8"),
    Reason("dirty", "污染", "Dirty", "§2.1.3.1"),
    Reason("deformed", "变形", "Deformed", "§2.1.3.1"),
    Reason("repacked", "包装重封", "Re-sealed", "§4.3.2.8"),
    Reason("wrong_goods", "货物不符", "Wrong goods", "§4.3.2.8"),
    Reason("other", "其他", "Other", "§4.3.2.8"),
)

REFUSAL_REASONS = _table(
    Reason("not_ordered", "未订购", "Not ordered"),
    Reason("damaged", "货物破损", "Goods damaged"),
    Reason("too_late", "送达太晚", "Too late"),
    Reason("wont_pay", "不付代收或运费", "Will not pay"),
    Reason("goods_differ", "货物不符", "Goods differ"),
    Reason("other", "其他", "Other"),
)

ANOMALIES = _table(
    *(row for row in EXCEPTIONS.values() if row.code != "other"),
    Reason("delayed", "延误", "Delayed"),
    Reason("lost", "丢失", "Lost"),
    Reason("refused", "拒收", "Refused by the consignee"),
    Reason("force_majeure", "不可抗力", "Force majeure", "§4.3.2.4"),
    Reason("accident", "交通事故", "Traffic accident", "§4.3.2.4"),
    Reason("papers", "单据异常", "Papers wrong"),
    Reason("other", "其他", "Other"),
)
"""What can be wrong with goods on their way (§2.1.1.3, §4.3.2.5)."""

TOLD_AT_ONCE = frozenset({"force_majeure", "accident"})
"""The shipper is told of these at once (§4.3.2.4)."""

LATENESS_REASONS = _table(
    Reason("late_line_haul", "干线晚到", "Late from the line-haul"),
    Reason("earlier_stops", "前站派送耽搁", "Held up at earlier stops"),
    Reason("vehicle_trouble", "车辆故障或事故", "Vehicle trouble"),
    Reason("traffic_or_weather", "交通或天气", "Traffic or weather"),
    Reason("other", "其他", "Other"),
)
"""Why a delivery will be late, as told to the consignee (§4.3.3.3). "No staff" is none of them (§1.3.3.2)."""

DEMANDS = _table(
    Reason("another_address", "要求改送其他地址", "Wants another address"),
    Reason("installing", "要求安装、拆箱摆放", "Wants the goods set up"),
    Reason("credit", "要求欠付或减免费用", "Wants credit or a reduction"),
    Reason("try_first", "要求先试用后签收", "Wants to try before signing"),
    Reason("compensation", "要求现场赔偿", "Wants compensation on the spot"),
    Reason("other", "其他", "Other"),
)
"""What a consignee may demand beyond the service (§4.3.3.5); to be carried upstairs is not among it (§4.3.3.6)."""

HIRE_REASONS = _table(
    Reason("staff_short", "人手不足", "Staff short", "§1.3.3.2"),
    Reason("oversized", "货物超大超重", "Goods oversized", "§1.3.3.2"),
)
"""Why helpers are hired from outside: the two cases the handbook allows. Short staff leads to hiring, never to refusing."""

COST_CAUSES = HIRE_REASONS | _table(
    Reason("upstairs", "上楼", "Carrying upstairs", "§2.1.3.4"),
    Reason("unloading", "卸货", "Unloading", "§2.1.3.4"),
    Reason("other", "其他", "Other", "§2.1.3.4"),
    Reason("split", "拆分装车", "Split loading", "§2.1.2.2"),
    Reason("delay", "自身运作延误", "Delay by our own operation", "§2.2.4"),
    Reason("re_signing", "签收单补签", "Re-signing of a slip", "§2.2.5"),
)
"""For what our own operation costs on top; what was hired for upstairs help is charged once, with the hire (§1.3.3.2)."""

CIRCUMSTANCES = _table(
    Reason("force_majeure", "不可抗力", "Force majeure", "§4.3.2.4"),
    Reason("traffic_control", "交通管制", "Traffic control"),
    Reason("weather", "恶劣天气", "Bad weather"),
    Reason("accident", "交通事故", "Traffic accident", "§4.3.2.4"),
    Reason("place_closed", "收货单位休息或封闭", "Consignee's place closed"),
    Reason("consignees_wish", "收货人要求推迟", "At the consignee's wish"),
    Reason("other", "其他", "Other"),
)
"""Special circumstances that excuse a late delivery after review when logged before its limit (§1.3.3.1)."""

TRACKING_PHRASES = _table(
    Reason("on_the_road", "运输正常，在途中", "On the road, nothing unusual", "§1.3.2.1"),
    Reason("received", "承运商已接货", "The carrier has the goods", "§1.3.2.1"),
    Reason("at_city", "已到达目的城市", "Reached the city of destination", "§1.3.2.1"),
    Reason("at_branch", "已到达目的网点，等待派送", "At the last station, waiting for delivery", "§1.3.2.1"),
    Reason("out_for_delivery", "承运商派送中", "Out for delivery by the carrier", "§1.3.2.1"),
    Reason("appointed", "已与收货人约定送达时间", "A time is agreed with the consignee", "§1.3.2.1"),
    Reason("delayed", "运输延误，已催促承运商", "Delayed, the carrier has been pressed", "§1.3.2.1"),
    Reason("unreachable", "承运商电话未接通，将继续联系", "The carrier was not reached, we keep calling", "§1.3.2.1"),
)
"""What the daily tracking of forwarded goods finds; told to the customer in these words."""

PICKUP_CHANGE_REASONS = _table(
    Reason("order_call", "下单电话中约定", "Agreed at the order call", "§1.3.1.1r"),
    Reason("customers_wish", "客户要求改时间", "At the customer's own wish", "§1.3.1.1r"),
    Reason("invalid_time", "原约定时间无效", "The time agreed was invalid", "§1.3.1.2r"),
    Reason("no_vehicle", "车辆不足", "No vehicle"),
    Reason("no_staff", "人手不足", "No staff"),
    Reason("route", "行车路线安排", "Route planning"),
    Reason("other", "其他", "Other"),
)
CUSTOMERS_OWN = frozenset({"order_call", "customers_wish"})
"""A pickup moved for these reasons always replaces its limit (§1.3.1.1r)."""

NEVER_FOR_KEY_CUSTOMERS = frozenset({"no_vehicle", "no_staff"})
"""No reason to refuse or delay a key customer's pickup unless the customer agreed (§2.1.1.1)."""

EXCUSE_REASONS = _table(
    Reason("off_hours", "非工作时间", "Off-hours", "§1.4.2"),
    Reason("no_notification", "系统故障未收到通知", "No notification reached the branch", "§3.6.1"),
    Reason("outage", "停电或断网", "Power or network outage", "§3.6.1"),
    Reason("pc_fault", "电脑故障", "PC fault", "§3.6.1"),
    Reason(
        "special_circumstance", "时限前已注明的特殊情况", "Special circumstance logged before the limit", "§1.3.3.1"
    ),
)
