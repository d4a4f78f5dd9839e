"""What a customer reads about an order: one sentence for each event, without names of staff."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.language import in_words
from core.models import Entry
from orders.forms import DraftForm, form_field
from portal.windows import Window
from rulebook.due import local
from rulebook.events import On
from rulebook.reasons import (
    CANCEL_REASONS,
    DELIVERY_FAILURE_REASONS,
    EXCEPTIONS,
    PICKUP_FAILURE_REASONS,
    REFUSAL_REASONS,
    Reason,
)
from rulebook.windows import appointment_valid

Names = Mapping[int, str]
"""Branch names by key."""


def sentence(entry: Entry, branches: Names) -> str:
    """Return what the event says to the customer, '' where it says nothing."""
    words = WORDS.get(entry.name, "")
    text = words(entry) if callable(words) else words
    branch = branches.get(entry.data.get("branch") or 0, "") or gettext("营业部")
    return str(text) % {**entry.data, "branch": branch} if text else ""


def _contacted(entry: Entry) -> Any:
    if entry.data.get("outcome") == "reached":
        return _("%(branch)s已与您电话联系")
    return _("%(branch)s来电未能接通，稍后会再次联系您")


def _cancelled(entry: Entry) -> str:
    who = _("您已取消订单") if entry.data.get("by_kind") == "customer" else _("订单已取消")
    return _with_reason(who, CANCEL_REASONS.get(str(entry.data.get("reason", ""))))


def _failed(entry: Entry) -> str:
    reason = PICKUP_FAILURE_REASONS.get(str(entry.data.get("reason", "")))
    return _with_reason(_("本次接货未成功，营业部会与您另约时间"), reason)


def _not_delivered(entry: Entry) -> str:
    reason = DELIVERY_FAILURE_REASONS.get(str(entry.data.get("reason", "")))
    return _with_reason(_("本次派送未成功，营业部会与您另约时间"), reason)


def _refused(entry: Entry) -> str:
    return _with_reason(_("收货人拒收"), REFUSAL_REASONS.get(str(entry.data.get("reason", ""))))


def _signed_with_exception(entry: Entry) -> str:
    return _with_reason(_("已签收 %(pieces)s 件，有异常"), EXCEPTIONS.get(str(entry.data.get("exception", ""))))


def _delivery_agreed(entry: Entry) -> str:
    moment = local(datetime.fromisoformat(str(entry.data["delivery_at"])))
    return gettext("已约定送达时间：%s") % f"{day_words(moment.date())} {moment:%H:%M}"


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


WORDS: dict[str, Any | Callable[[Entry], Any]] = {
    On.ORDER_SUBMITTED: _("订单已提交"),
    On.ORDER_UNASSIGNED: _("呼叫中心正在为您分配营业部"),
    On.ORDER_REACHED_BRANCH: _("订单已送达%(branch)s，等待电话确认"),
    On.ORDER_CONTACTED: _contacted,
    On.ORDER_ACCEPTED: _("%(branch)s已受理订单"),
    On.ORDER_ACCEPTANCE_TAKEN_BACK: _("受理已撤回，%(branch)s将重新确认"),
    On.ORDER_POSTPONED: _postponed,
    On.ORDER_RESUMED: _("延期的订单已恢复办理"),
    On.ORDER_CANCELLED: _cancelled,
    On.ORDER_EDITED: _edited,
    On.NOTE_PRINTED: _("托运书已打印"),
    On.PRICE_QUOTED: _("%(branch)s已报价，等待您确认"),
    On.PRICE_CONFIRMED: _("您已确认报价"),
    On.PRICE_DECLINED: _("您未接受报价"),
    On.PRICE_REOPENED: _("订单内容有变，需要重新报价"),
    On.PRICE_RECKONED: _("订单内容有变，运费已重新计算"),
    On.WAYBILL_ISSUED: _("已开单，运单号 %(waybill)s"),
    On.BILL_TOLD: _("营业部已将开单信息告知您"),
    On.BILL_CONFIRMED: _("您已确认开单信息"),
    On.BILL_DISPUTED: _("您对开单信息提出异议，营业部会重新核对"),
    On.BILL_COPY_RETURNED: _("运单客户联已交给您"),
    On.WAYBILL_AMENDED: _("运单内容已更改，请查看"),
    On.CHARGE_ADDED: _("再次派送，按价目加收送货费"),
    On.PICKUP_TIME_INVALID: _("所选接货时间不在接货时段内，营业部会与您重新约定"),
    On.PICKUP_APPOINTED: _appointed,
    On.PICKUP_RESCHEDULED_LATE: _("营业部与您另约了接货时间"),
    On.PICKUP_NOTICE_GIVEN: _("营业部已通知您：接货会晚于约定时间"),
    On.PICKUP_DISPATCHED: _("已派车上门接货"),
    On.PICKUP_COLLECTED: _("货物已接收，共 %(pieces)s 件"),
    On.PICKUP_FAILED: _failed,
    On.PICKUP_HANDED_BACK: _("货物已退还发货人"),
    On.PICKUP_CANCELLED: _("不再上门接货"),
    On.SHIPMENT_DEPARTED: _("货物已发车，运往目的地"),
    On.SHIPMENT_REACHED_HUB: _("货物已到中转场"),
    On.SHIPMENT_ARRIVED: _("货物已到达%(branch)s"),
    On.SHIPMENT_FORWARDED: _("货物已转交%(carrier)s承运"),
    On.SHIPMENT_OFFERED_FOR_PICKUP: _("货物等待自提，请到%(branch)s提货"),
    On.SHIPMENT_LOADED_FOR_DELIVERY: _("第 %(attempt)s 次派送，货物已送出"),
    On.SHIPMENT_WAITING_ON_SITE: _("送货人员已到达，现场等待最多 30 分钟"),
    On.DELIVERY_ATTEMPT_FAILED: _not_delivered,
    On.DELIVERY_TIME_AGREED: _delivery_agreed,
    On.SHIPMENT_SIGNED: _("已签收，共 %(pieces)s 件"),
    On.SHIPMENT_SIGNED_WITH_EXCEPTION: _signed_with_exception,
    On.SHIPMENT_REFUSED: _refused,
    On.SHIPMENT_DECLARED_LOST: _("货物查找中，营业部会与您联系"),
    On.SHIPMENT_FOUND: _("货物已找到，继续运送"),
    On.SHIPMENT_SENT_BACK: _("货物正在退回发货人"),
    On.SHIPMENT_RETURNED: _("货物已退回发货人"),
}


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
