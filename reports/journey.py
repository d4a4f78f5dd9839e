"""What customers and partners are told of an order: one sentence and one code a fact, from one table (§4.2, §4.3.2.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.language import in_words
from core.models import Entry
from delivery.choices import Relation
from orders.forms import DraftForm, form_field
from pickup.windows import Window
from rulebook.due import local
from rulebook.events import On
from rulebook.reasons import (
    CANCEL_REASONS,
    DELIVERY_FAILURE_REASONS,
    EXCEPTIONS,
    LATENESS_REASONS,
    PICKUP_FAILURE_REASONS,
    REFUSAL_REASONS,
    TRACKING_PHRASES,
    Reason,
)
from rulebook.windows import appointment_valid

Words = Any | Callable[[Entry], Any]


@dataclass(frozen=True, slots=True)
class Told:
    """How a fact is told. `code` is a word of rulebook.vocabulary; `parties`: not for who only knows the number."""

    code: str | Callable[[Entry], str]
    words: Words
    parties: bool = False


def _contacted(entry: Entry) -> Any:
    if entry.data.get("outcome") == "reached":
        return _("【%(site)s】已与您电话联系")
    return _("【%(site)s】来电未能接通，稍后会再次联系您")


def _cancelled(entry: Entry) -> str:
    who = _("您已取消订单") if entry.data.get("by_kind") == "customer" else _("订单已取消")
    return _with_reason(who, CANCEL_REASONS.get(str(entry.data.get("reason", ""))))


OURS = {
    "prohibited_goods": "REJECTED",
    "out_of_area": "REJECTED",
    "untrue_data": "CANCELLED_CARRIER",
    "not_reached": "CANCELLED_CARRIER",
}
"""Reasons of staff that are not the customer's wish."""


def _cancel_code(entry: Entry) -> str:
    """Whose wish it was is told by the reason: a branch also cancels for a customer who phones."""
    if entry.data.get("by_kind") != "person":
        return "CANCELLED_USER"
    return OURS.get(str(entry.data.get("reason", "")), "CANCELLED_USER")


def _failed(entry: Entry) -> str:
    reason = PICKUP_FAILURE_REASONS.get(str(entry.data.get("reason", "")))
    return _with_reason(_("【%(site)s】本次接货未成功，会与您另约时间"), reason)


def _called(entry: Entry) -> Any:
    """§4.3.2.7"""
    if entry.data.get("reached"):
        return _("【%(site)s】已致电收货人，约定派送")
    return _("【%(site)s】致电收货人未接通，稍后会再次联系")


def _late(entry: Entry) -> str:
    """§4.3.3.3"""
    return _with_reason(
        _("【%(site)s】送货将晚于预计，已通知收货人"), LATENESS_REASONS.get(str(entry.data.get("reason", "")))
    )


def _not_delivered(entry: Entry) -> str:
    reason = DELIVERY_FAILURE_REASONS.get(str(entry.data.get("reason", "")))
    return _with_reason(_("【%(site)s】本次派送未成功，会与您另约时间"), reason)


def _refused(entry: Entry) -> str:
    return _with_reason(_("【%(site)s】收货人拒收"), REFUSAL_REASONS.get(str(entry.data.get("reason", ""))))


def _signed(entry: Entry) -> Any:
    """Signed by the consignee, or by somebody in their place: who that was is told by relation, never by name."""
    relation = entry.data.get("relation")
    if relation in (None, "", Relation.SELF):
        return _("【%(site)s】已签收，共 %(pieces)s 件")
    return gettext("【%(site)s】已由%(relation)s代签，共 %(pieces)s 件") % {
        "site": "%(site)s", "pieces": "%(pieces)s", "relation": Relation(relation).label,
    }  # fmt: skip


def _signed_code(entry: Entry) -> str:
    return "SIGNED" if entry.data.get("relation") in (None, "", Relation.SELF) else "SIGNED_PROXY"


def _signed_with_exception(entry: Entry) -> str:
    exception = EXCEPTIONS.get(str(entry.data.get("exception", "")))
    return _with_reason(_("【%(site)s】已签收 %(pieces)s 件，有异常"), exception)


def _delivery_agreed(entry: Entry) -> str:
    moment = local(datetime.fromisoformat(str(entry.data["delivery_at"])))
    return f"{gettext('【%(site)s】已约定送达时间：')}{day_words(moment.date())} {moment:%H:%M}"


def _tracked(entry: Entry) -> str:
    """What the day's tracking of forwarded goods found (§1.3.2.1), where it was one of the phrases."""
    phrase = TRACKING_PHRASES.get(str(entry.data.get("phrase", "")))
    return _with_reason(_("【%(site)s】已向承运商查询货物情况"), phrase)


def _tracked_code(entry: Entry) -> str:
    return {
        "at_city": "AT_DEST_CITY", "at_branch": "AT_DEST_BRANCH", "out_for_delivery": "OUT_FOR_DELIVERY",
        "appointed": "HELD", "delayed": "HELD",
    }.get(str(entry.data.get("phrase", "")), "DEPARTED")  # fmt: skip


def _resolved(entry: Entry) -> Any:
    return _("代收货款差异已处理，款已足额") if entry.data.get("paid") else _("代收货款差异已处理，等待重新收款")


def _with_reason(words: Any, reason: Reason | None) -> str:
    return f"{words}{gettext('（%s）') % in_words(reason)}" if reason else str(words)


def _edited(entry: Entry) -> str:
    return f"{gettext('订单内容已修改')}: {field_names(entry.data.get('changed', ()))}"


def _postponed(entry: Entry) -> str:
    return gettext("发货已延期至 %s") % day_words(date.fromisoformat(str(entry.data["ship_on"])))


def _appointed(entry: Entry) -> str:
    agreed = entry.data.get("appointment")
    if not agreed or not appointment_valid(moment := datetime.fromisoformat(str(agreed))):
        return gettext("已约定接货时间")
    return gettext("已约定接货时间：%s") % window_words(moment)


TOLD: dict[str, Told] = {
    On.ORDER_SUBMITTED: Told("SUBMITTED", _("订单已提交")),
    On.ORDER_UNASSIGNED: Told("SUBMITTED", _("呼叫中心正在为您分配营业部")),
    On.ORDER_REACHED_BRANCH: Told("ASSIGNED", _("【%(site)s】已收到订单，等待电话确认")),
    On.ORDER_CONTACTED: Told("CONTACTED", _contacted),
    On.ORDER_ACCEPTED: Told("ACCEPTED", _("【%(site)s】已受理订单")),
    On.ORDER_ACCEPTANCE_TAKEN_BACK: Told("ASSIGNED", _("【%(site)s】受理已撤回，将重新确认")),
    On.ORDER_POSTPONED: Told("POSTPONED", _postponed),
    On.ORDER_RESUMED: Told("ACCEPTED", _("延期的订单已恢复办理")),
    On.ORDER_CANCELLED: Told(_cancel_code, _cancelled),
    On.ORDER_EDITED: Told("CHANGED", _edited),
    On.NOTE_PRINTED: Told("ACCEPTED", _("托运书已打印")),
    On.PRICE_QUOTED: Told("QUOTED", _("【%(site)s】已报价，等待您确认")),
    On.PRICE_CONFIRMED: Told("QUOTE_ANSWERED", _("您已确认报价")),
    On.PRICE_DECLINED: Told("QUOTE_ANSWERED", _("您未接受报价")),
    On.PRICE_REOPENED: Told("CHANGED", _("订单内容有变，需要重新报价")),
    On.PRICE_RECKONED: Told("CHANGED", _("订单内容有变，运费已重新计算")),
    On.WAYBILL_ISSUED: Told("WAYBILLED", _("【%(site)s】已开单，运单号 %(waybill)s")),
    On.BILL_TOLD: Told("SETTLED_WEIGHT", _("【%(site)s】已将开单信息告知您")),
    On.BILL_CONFIRMED: Told("SETTLED_WEIGHT", _("您已确认开单信息")),
    On.BILL_DISPUTED: Told("SETTLED_WEIGHT", _("您对开单信息提出异议，营业部会重新核对")),
    On.BILL_COPY_RETURNED: Told("WAYBILLED", _("【%(site)s】运单客户联已交给您")),
    On.WAYBILL_AMENDED: Told("CHANGED", _("运单内容已更改，请查看")),
    On.CHARGE_ADDED: Told("SETTLED_WEIGHT", _("再次派送，按价目加收送货费")),
    On.FREIGHT_REFUNDED: Told("SETTLED_WEIGHT", _("空运定时达迟于承诺时间，运费将退还付款人")),
    On.FREIGHT_REFUND_TAKEN_BACK: Told("SETTLED_WEIGHT", _("签收登记有误已更正，退还运费一并撤销")),
    On.PICKUP_TIME_INVALID: Told("PICKUP_APPOINTED", _("所选接货时间不在接货时段内，营业部会与您重新约定")),
    On.PICKUP_APPOINTED: Told("PICKUP_APPOINTED", _appointed),
    On.PICKUP_RESCHEDULED_LATE: Told("PICKUP_APPOINTED", _("【%(site)s】与您另约了接货时间")),
    On.PICKUP_NOTICE_GIVEN: Told("PICKUP_APPOINTED", _("【%(site)s】已通知您：接货会晚于约定时间")),
    On.PICKUP_DISPATCHED: Told("PICKUP_ASSIGNED", _("【%(site)s】已派车上门接货")),
    On.PICKUP_COLLECTED: Told("COLLECTED", _("【%(site)s】货物已接收，共 %(pieces)s 件")),
    On.PICKUP_FAILED: Told("PICKUP_FAILED", _failed),
    On.PICKUP_TAKEN_BACK: Told("CHANGED", _("上一条登记有误，已更正")),
    On.PICKUP_HANDED_BACK: Told("HANDED_BACK", _("【%(site)s】货物已退还发货人")),
    On.PICKUP_CANCELLED: Told("CHANGED", _("不再上门接货")),
    On.SHIPMENT_DEPARTED: Told("DEPARTED", _("【%(site)s】货物已发车，运往目的地")),
    On.SHIPMENT_REST_DEPARTED: Told("DEPARTED", _("【%(site)s】余件 %(pieces)s 件已发车")),
    On.SHIPMENT_REACHED_HUB: Told("AT_HUB", _("【%(site)s】货物已到中转场")),
    On.SHIPMENT_ARRIVED: Told("AT_DEST_BRANCH", _("【%(site)s】货物已到达目的地营业部")),
    On.ARRIVAL_TAKEN_BACK: Told("CHANGED", _("上一条登记有误，已更正")),
    On.CONSIGNEE_CALLED: Told("AT_DEST_BRANCH", _called),
    On.LATENESS_TOLD: Told("HELD", _late),
    On.SHIPMENT_FORWARDED: Told("REDIRECTED", _("【%(site)s】货物已转交%(carrier)s承运")),
    On.SHIPMENT_TRACKED: Told(_tracked_code, _tracked),
    On.SHIPMENT_OFFERED_FOR_PICKUP: Told("AT_DEST_BRANCH", _("【%(site)s】货物等待自提，请到营业部提货")),
    On.SHIPMENT_LOADED_FOR_DELIVERY: Told("OUT_FOR_DELIVERY", _("【%(site)s】第 %(attempt)s 次派送，货物已送出")),
    On.SHIPMENT_WAITING_ON_SITE: Told("OUT_FOR_DELIVERY", _("【%(site)s】送货人员已到达，现场等待最多 30 分钟")),
    On.DELIVERY_ATTEMPT_FAILED: Told("DELIVERY_FAILED", _not_delivered),
    On.DELIVERY_TIME_AGREED: Told("HELD", _delivery_agreed),
    On.DELIVERY_WANTED: Told("CHANGED", _("已按您的要求改为送货上门")),
    On.DELIVERY_UNWANTED: Told("CHANGED", _("已按您的要求改为自提")),
    On.SHIPMENT_SIGNED: Told(_signed_code, _signed),
    On.SHIPMENT_SIGNED_WITH_EXCEPTION: Told("SIGNED_EXCEPTION", _signed_with_exception),
    On.SHIPMENT_REFUSED: Told("REFUSED", _refused),
    On.DELIVERY_TAKEN_BACK: Told("CHANGED", _("上一条登记有误，已更正")),
    On.SHIPMENT_DECLARED_LOST: Told("LOST", _("【%(site)s】货物查找中，会与您联系")),
    On.SHIPMENT_FOUND: Told("FOUND", _("【%(site)s】货物已找到，继续运送")),
    On.SHIPMENT_SENT_BACK: Told("RETURNING", _("【%(site)s】货物正在退回发货人")),
    On.SHIPMENT_RETURNED: Told("RETURNED", _("【%(site)s】货物已退回发货人")),
    On.SLIP_HANDED_ON: Told("SLIP", _("【%(site)s】已收到签收单，正在返回"), parties=True),
    On.SLIP_RETURNED: Told("SLIP", _("【%(site)s】签收单已返回"), parties=True),
    On.SLIP_REJECTED: Told("SLIP", _("【%(site)s】签收单不合格，正在补签"), parties=True),
    On.SLIP_RESENT: Told("SLIP", _("【%(site)s】补签的签收单已返回"), parties=True),
    On.SLIP_LOST: Told("SLIP", _("【%(site)s】签收单遗失，营业部会与您联系"), parties=True),
    On.SLIP_CLOSED: Told("SLIP", _("【%(site)s】签收单已办结"), parties=True),
    On.CASH_CHANGED: Told("COD", _("代收货款已改为 ¥%(amount)s"), parties=True),
    On.CASH_COLLECTED: Told("COD", _("【%(site)s】已收到代收货款 ¥%(amount)s"), parties=True),
    On.CASH_DISCREPANCY_RAISED: Told("COD", _("【%(site)s】代收货款有差异，正在处理"), parties=True),
    On.CASH_RESOLVED: Told("COD", _resolved, parties=True),
    On.CASH_COUNTED: Told("COD", _("【%(site)s】代收货款已清点入库"), parties=True),
    On.CASH_BANKED: Told("COD", _("【%(site)s】代收货款已存行，等待银行确认"), parties=True),
    On.CASH_CONFIRMED_BY_BANK: Told("COD", _("银行已确认代收货款到账，等待汇付"), parties=True),
    On.CASH_REMITTED: Told("COD", _("代收货款已汇付给发货人"), parties=True),
    On.CASH_REVIVED: Told("COD", _("拒收登记有误，代收货款恢复为待收款"), parties=True),
    On.CASH_VOIDED: Told("COD", _("货物未签收，代收货款不再收取"), parties=True),
    On.FREIGHT_COLLECTED: Told("COD", _("【%(site)s】已收到到付运费 ¥%(amount)s"), parties=True),
    On.FREIGHT_TAKEN_BACK: Told("COD", _("【%(site)s】到付运费登记有误，已冲回 ¥%(amount)s"), parties=True),
    On.CASH_WRITTEN_OFF: Told("COD", _("代收货款无法追回，转理赔处理"), parties=True),
}
"""The facts a customer is told. What is not here concerns us alone."""


def sentence(entry: Entry, sites: Mapping[int, str]) -> str:
    """Return what a fact of `TOLD` says, its site by name."""
    words = TOLD[entry.name].words
    text = str(words(entry) if callable(words) else words)
    return text % {**entry.data, "site": sites.get(site_of(entry) or 0, "") or gettext("营业部")}


def site_of(entry: Entry) -> int | None:
    """Return the key of the unit where it happened: the one that acted, else the branch that has the order or its goods."""
    unit = entry.data.get("unit") or entry.data.get("branch")
    return int(unit) if unit else None


def code_of(entry: Entry, earlier: Iterable[str]) -> str:
    """Return the word of the vocabulary for a fact; a signature after a failed attempt has its own."""
    code = TOLD[entry.name].code
    said = code(entry) if callable(code) else code
    return "SIGNED_LATE_OK" if said == "SIGNED" and On.DELIVERY_ATTEMPT_FAILED in earlier else said


def field_names(changed: Iterable[str]) -> str:
    """Return the fields of an edit by the names the form gives them."""
    labels = [
        str(DraftForm.base_fields[form_field(name)].label)
        for name in changed
        if form_field(name) in DraftForm.base_fields
    ]
    return gettext("、").join(labels)


# Times in words, Asia/Shanghai.


def when_words(moment: datetime, now: datetime) -> str:
    """Return an instant as one says it: 今天 14:05, 明天 12:00, 11月26日 12:00."""
    return f"{near_day(local(moment).date(), local(now).date())} {local(moment):%H:%M}"


def near_day(day: date, today: date) -> str:
    named = {0: gettext("今天"), 1: gettext("明天"), 2: gettext("后天")}
    return named.get((day - today).days) or day_words(day)


def day_words(day: date) -> str:
    return date_format(day, "MONTH_DAY_FORMAT")


def window_words(appointment: datetime) -> str:
    return f"{day_words(local(appointment).date())} {Window(appointment).hours}"
