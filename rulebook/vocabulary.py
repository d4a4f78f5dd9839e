"""The normalised words of progress, and what each is called by the platforms that partners' programs already speak."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One word of ours. `k100` is state/advanced state, `kdn` State/StateEx, the others as their own papers say; '' = nothing to send."""

    code: str
    zh: str
    k100: str = ""
    k100_order: str = ""
    kdn: str = ""
    deppon: str = ""
    deppon_trace: str = ""
    wechat: str = ""


_ROWS = (
    Code("SUBMITTED", "待受理", "1/101", "0", "0/0", "WAITACCEPT"),
    Code("ASSIGNED", "已分配营业部", "1/101", "0", "0/0", "WAITACCEPT"),
    Code("CONTACTED", "已电话联系"),
    Code("ACCEPTED", "已受理", "1/102", "1", "1/10", "ACCEPT"),
    Code("CHANGED", "订单内容变动"),
    Code("POSTPONED", "延迟发货"),
    Code("QUOTED", "已报价"),
    Code("QUOTE_ANSWERED", "报价已答复"),
    Code("PICKUP_APPOINTED", "已约定接货", "1/102", "1", "1/10", "ACCEPT"),
    Code("PICKUP_ASSIGNED", "已派车", "1/102", "2", "1/10", "ACCEPT", "", "100003"),
    Code("PICKUP_FAILED", "揽货失败", "2", "11", "4/4", "NOGET", "", "100002"),
    Code("COLLECTED", "已接货", "1/103", "10", "1/1", "GOT", "GOT", "100001"),
    Code("HANDED_BACK", "接货后退还", "4/401", "99", "4/415", "CANCELLED", "", "400001"),
    Code("REJECTED", "已拒绝", "4/401", "99", "4/415", "UNACCEPT", "", "400001"),
    Code("CANCELLED_USER", "客户撤销", "4/401", "9", "4/415", "CANCELLED", "", "400001"),
    Code("CANCELLED_CARRIER", "我方撤销", "4/401", "99", "4/415", "CANCELLED", "", "400001"),
    Code("WAYBILLED", "已揽收/开单", "1/103", "10", "1/1", "GOT", "GOT", "100001"),
    Code("SETTLED_WEIGHT", "计重计费确认", "", "15"),
    Code("DEPARTED", "发车", "0/1002", "101", "2/206", "", "DEPARTURE", "200001"),
    Code("AT_HUB", "到中转场", "0/0", "101", "2/204", "", "ARRIVAL", "200001"),
    Code("AT_DEST_CITY", "到达目的城市", "0/1001", "101", "2/201", "", "ARRIVAL", "200001"),
    Code("AT_DEST_BRANCH", "到达网点待派/待提", "0/1001", "101", "2/205", "", "ARRIVAL", "200001"),
    Code("REDIRECTED", "改址/转投", "7", "101", "5/5", "", "DEPARTURE", "200001"),
    Code("OUT_FOR_DELIVERY", "派送中", "5/5", "400", "2/202", "", "SENT_SCAN", "300002"),
    Code("DELIVERY_FAILED", "派送异常", "2", "400", "4/405", "", "ERROR", "300004"),
    Code("REFUSED", "拒收", "4/14", "", "4/404", "", "FAILED", "300004"),
    Code("RETURNING", "退回中", "6", "101", "4/407", "", "ERROR", "200001"),
    Code("RETURNED", "已退签", "4/4", "12", "4/406", "", "SIGNED", "300003"),
    Code("SIGNED", "正常签收", "3/301", "13", "3/301", "SIGNSUCCESS", "SIGNED", "300003"),
    Code("SIGNED_PROXY", "代签", "3/303", "13", "3/304", "SIGNSUCCESS", "SIGNED", "300003"),
    Code("SIGNED_LATE_OK", "异常后签收", "3/302", "13", "3/302", "SIGNSUCCESS", "SIGNED", "300003"),
    Code("SIGNED_EXCEPTION", "异常签收", "3/302", "14", "4/414", "SIGNFAILED", "SIGNED", "300003"),
    Code("HELD", "滞留/改日派送", "2", "", "4/417", "", "ERROR", "400002"),
    Code("LOST", "查找中", "2", "", "4/4", "", "ERROR", "400002"),
    Code("FOUND", "已找到", "0/0", "101", "2/204", "", "ARRIVAL", "200001"),
    Code("COD", "代收货款"),
    Code("SLIP", "签收单"),
)
CODES = {row.code: row for row in _ROWS}

KDN_FAILURES = {"not_reached": "4/416", "nobody_there": "4/416", "wrong_address": "4/420"}
"""KDN names some reasons of a failed delivery; every other is the general 4/405."""
