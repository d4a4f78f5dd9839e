"""What happened, as one sentence a fact: the timeline's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop

from core.language import in_words
from core.models import Entry
from delivery.choices import ProofKind
from desk import complaintwords
from network.models import Person, Unit
from orders.choices import CopyMeans, Means, NoteKind, Outcome, Paper
from pickup.choices import AgreedBy
from rulebook.claims import PAPERS
from rulebook.due import local
from rulebook.events import On
from rulebook.limits import LIMITS
from rulebook.reasons import (
    ANOMALIES,
    CANCEL_REASONS,
    CIRCUMSTANCES,
    COST_CAUSES,
    DELIVERY_FAILURE_REASONS,
    DEMANDS,
    EXCEPTIONS,
    LATENESS_REASONS,
    NOT_REACHED_REASONS,
    PICKUP_FAILURE_REASONS,
    POSTPONE_REASONS,
    REFUSAL_REASONS,
    TRACKING_PHRASES,
)
from rulebook.roles import Role

SENTENCES: dict[str, tuple[str, str]] = {
    On.ORDER_SUBMITTED: ("box", gettext_noop("下单")),
    On.ORDER_UNASSIGNED: ("headset", gettext_noop("未指定营业部，等待呼叫中心分配")),
    On.ORDER_ASSIGNED: ("arrow-right", gettext_noop("分配给%(branch)s")),
    On.ORDER_ASSIGNMENT_TAKEN_BACK: ("undo", gettext_noop("撤销分配")),
    On.ORDER_REACHED_BRANCH: ("pin", gettext_noop("订单到达%(branch)s")),
    On.ORDER_REASSIGNED: ("swap", gettext_noop("由%(from_branch)s改派到%(branch)s（第 %(moves)s 次改派）")),
    On.ORDER_MOVED_TOO_OFTEN: ("alert", gettext_noop("改派超过 2 次，记为违规；此后超时由%(responsible)s负责（§1.2.1.6）")),
    On.ORDER_CONTACTED: ("phone", gettext_noop("联系客户：%(outcome)s%(reason)s")),
    On.ORDER_ACCEPTED: ("check", gettext_noop("确认已受理")),
    On.ORDER_ACCEPTANCE_TAKEN_BACK: ("undo", gettext_noop("撤销受理")),
    On.ORDER_POSTPONED: ("calendar", gettext_noop("延迟发货至 %(ship_on)s%(reason)s")),
    On.ORDER_RESUMED: ("play", gettext_noop("恢复发货")),
    On.ORDER_CANCELLED: ("x", gettext_noop("取消订单%(reason)s")),
    On.CANCEL_REASON_RECORDED: ("note", gettext_noop("登记取消原因%(reason)s")),
    On.ORDER_EDITED: ("edit", gettext_noop("修改订单：%(changed)s")),
    On.ORDER_NOTE_ADDED: ("note", gettext_noop("添加%(kind)s")),
    On.TRACKING_NOTE_ADDED: ("note", gettext_noop("添加%(kind)s")),
    On.NOTE_PRINTED: ("print", gettext_noop("第 %(serial)s 次打印托运书")),
    On.PRICE_QUOTED: ("money", gettext_noop("报价 %(amount)s 元")),
    On.PRICE_CONFIRMED: ("money", gettext_noop("客户接受报价")),
    On.PRICE_DECLINED: ("money", gettext_noop("客户拒绝报价")),
    On.PRICE_REOPENED: ("money", gettext_noop("计价依据变更，须重新报价")),
    On.PRICE_RECKONED: ("money", gettext_noop("按系统价重新计价：%(total)s 元")),
    On.WAYBILL_ISSUED: ("file", gettext_noop("开单，运单号 %(waybill)s")),
    On.WAYBILL_LINKED: ("file", gettext_noop("关联系统外运单 %(outside_no)s，并向管理部备案（§1.4.3）")),
    On.WAYBILL_PRINTED: ("print", gettext_noop("第 %(serial)s 次打印%(paper)s%(labels)s")),
    On.BILL_CHECKED: ("check", gettext_noop("核对运单与托运书（§4.3.2.3）")),
    On.BILL_TOLD: ("phone", gettext_noop("将开单信息告知客户%(means)s")),
    On.BILL_CONFIRMED: ("check", gettext_noop("客户确认开单信息%(means)s")),
    On.BILL_DISPUTED: ("alert", gettext_noop("客户对开单信息有异议，须重新核对（§4.3.2.3）")),
    On.BILL_COPY_RETURNED: ("file", gettext_noop("运单客户联已交客户%(means)s（§3.4.3）")),
    On.AMENDMENT_PROPOSED: ("edit", gettext_noop("提出更改单 %(serial)s：%(changed)s，费用变动 %(effect)s 元，待审批")),
    On.AMENDMENT_WITHDRAWN: ("undo", gettext_noop("撤回更改单 %(serial)s")),
    On.AMENDMENT_REFUSED: ("x", gettext_noop("更改单 %(serial)s 未批准")),
    On.WAYBILL_AMENDED: ("check", gettext_noop("更改单 %(serial)s 已批准：%(changed)s，费用变动 %(effect)s 元，现为 %(amount)s 元")),
    On.CHARGE_ADDED: ("money", gettext_noop("第 %(attempt)s 次送货费 %(amount)s 元（§1.3.3.3）")),
    On.FREIGHT_REFUNDED: ("money", gettext_noop("空运定时达迟于承诺 %(arrives_by)s，退还运费 %(amount)s 元（§4.6）")),
    On.FREIGHT_REFUND_TAKEN_BACK: ("undo", gettext_noop("签收已更正，收回退还的运费 %(amount)s 元（§4.6）")),
    On.ORDER_HANDED_BACK: ("undo", gettext_noop("货物已退还发货人")),
    On.PERSONAL_DATA_SHOWN: ("eye", gettext_noop("查看完整电话")),
    On.PICKUP_REQUESTED: ("truck", gettext_noop("要求上门接货")),
    On.PICKUP_TIME_INVALID: ("alert", gettext_noop("约定的接货时间不在 09:00–18:00，须在 1 小时内改约（§1.3.1.2r）")),
    On.PICKUP_APPOINTED: ("calendar", gettext_noop("约定接货时间 %(appointment)s%(agreed_by)s")),
    On.PICKUP_RESCHEDULED_LATE: ("calendar", gettext_noop("改约接货时间，但已过改约时限，原时限不变（§1.3.1.1r）")),
    On.PICKUP_NOTICE_GIVEN: ("phone", gettext_noop("告知客户接货将晚到，新约 %(next_time)s")),
    On.PICKUP_DISPATCHED: ("truck", gettext_noop("派车，司机%(driver)s")),
    On.PICKUP_COLLECTED: ("box", gettext_noop("已接货 %(pieces)s 件")),
    On.PICKUP_FAILED: ("alert", gettext_noop("接货失败%(reason)s")),
    On.PICKUP_TAKEN_BACK: ("undo", gettext_noop("更正：撤销“%(corrected)s”，接货恢复为之前的状态")),
    On.PICKUP_HANDED_BACK: ("undo", gettext_noop("已接货物退还发货人")),
    On.PICKUP_CANCELLED: ("x", gettext_noop("取消接货")),
    On.SHIPMENT_OPENED: ("box", gettext_noop("货物待发车，由%(terminal)s派送")),
    On.SHIPMENT_DEPARTED: ("truck", gettext_noop("从%(unit)s发车%(left)s")),
    On.SHIPMENT_REST_DEPARTED: ("truck", gettext_noop("余件 %(pieces)s 件从%(unit)s发车")),
    On.SPLIT_ASKED: ("swap", gettext_noop("拟拆分装车，先装 %(pieces)s 件，征求始发营业部意见（§2.1.2.2）")),
    On.SPLIT_ANSWERED: ("swap", gettext_noop("始发营业部对拆分装车：%(agreed)s（§2.1.2.2）")),
    On.SHIPMENT_REACHED_HUB: ("pin", gettext_noop("到达中转场%(unit)s")),
    On.SHIPMENT_ARRIVED: ("pin", gettext_noop("到达%(unit)s%(checked)s")),
    On.ARRIVAL_TAKEN_BACK: ("undo", gettext_noop("更正：货物并未到达，撤销“%(corrected)s”")),
    On.SHIPMENT_FORWARDED: ("swap", gettext_noop("外发，承运商%(carrier)s")),
    On.SHIPMENT_TRACKED: ("note", gettext_noop("登记外发跟踪%(phrase)s")),
    On.SHIPMENT_FOLLOWED_UP: ("note", gettext_noop("登记每日跟进")),
    On.SHIPMENT_TO_FORWARD: ("swap", gettext_noop("标记为需外发（§2.1.4.3）")),
    On.SHIPMENT_NOT_TO_FORWARD: ("truck", gettext_noop("改为自行派送")),
    On.SHIPMENT_FOLLOWED_UP: ("note", gettext_noop("跟踪表登记今日跟进（§4.3.2.4）")),
    On.SHIPMENT_REMEDIED: ("refresh", gettext_noop("运作中心登记补救措施%(cause)s（§2.1.2.3）")),
    On.COST_CHARGED: ("money", gettext_noop("运作费用 %(amount)s 元由%(unit)s承担%(cause)s（%(clause)s）")),
    On.SLIP_CHASED: ("phone", gettext_noop("追踪签收单：%(unit)s（§2.1.5）")),
    On.KEY_CUSTOMER_SIGNED: ("star", gettext_noop("建立项目客户合同 %(contract)s，有效期 %(valid_from)s 至 %(valid_to)s（§2.3）")),
    On.KEY_CUSTOMER_AMENDED: ("edit", gettext_noop("修改合同 %(contract)s，有效期 %(valid_from)s 至 %(valid_to)s，跟踪人%(tracker)s（§2.1.5）")),
    On.KEY_CUSTOMER_ENDED: ("x", gettext_noop("终止项目客户合同")),
    On.DAY_NEED_TOLD: ("truck", gettext_noop("%(on)s 的货量 %(pieces)s 件、%(volume_m3)s 立方米（§4.3.2.1）")),
    On.REQUIREMENTS_WRITTEN: ("note", gettext_noop("特殊要求第 %(version)s 版（§2.3）")),
    On.TRACKING_REPORT_DONE: ("check", gettext_noop("完成 %(on)s 跟踪报表，共 %(shipments)s 票（§2.1.5）")),
    On.ANOMALY_FOUND: ("alert", gettext_noop("发现异常%(anomaly_kind)s（§4.3.2.5）")),
    On.ANOMALY_REPORTED: ("arrow-right", gettext_noop("异常已上报大客户运作保障部（§2.1.1.3）")),
    On.ANOMALY_REPLY_PROMISED: ("clock", gettext_noop("承诺 %(promised_at)s 前答复客户（§4.3.2.5）")),
    On.ANOMALY_ANSWERED: ("check", gettext_noop("异常已答复客户（§4.3.2.5）")),
    On.ANOMALY_EXPLAINED: ("note", gettext_noop("已向客户解释并致歉（§2.1.3.4）")),
    On.ANOMALY_SETTLED: ("check", gettext_noop("开单营业部已与发货人协商（§2.1.3.4）")),
    On.ANOMALY_ESCALATED: ("arrow-right", gettext_noop("异常升级：%(to)s（§4.3.2.5）")),
    On.ANOMALY_SOLVED: ("check", gettext_noop("异常已处理")),
    On.ANOMALY_CLOSED: ("check", gettext_noop("异常已关闭")),
    On.ANOMALY_WITHDRAWN: ("undo", gettext_noop("异常系误登记，已随更正关闭")),
    On.ANOMALY_REOPENED: ("undo", gettext_noop("异常重新处理")),
    On.TICKET_OPENED: ("alert", gettext_noop("登记问题单（§3.4.6）")),
    On.TICKET_COLLATED: ("list", gettext_noop("问题单已整理，转%(branch)s处理（§3.4.6）")),
    On.TICKET_SOLVED: ("check", gettext_noop("问题已解决")),
    On.TICKET_CLOSED: ("check", gettext_noop("问题单已关闭")),
    On.TICKET_REOPENED: ("undo", gettext_noop("问题仍在，重新处理")),
    On.SUGGESTION_REGISTERED: ("note", gettext_noop("登记建议或意见（§4.3.2.10）")),
    On.SUGGESTION_ANALYSED: ("swap", gettext_noop("已分析，转%(branch)s（§4.2.6）")),
    On.SUGGESTION_ANSWERED: ("check", gettext_noop("已答复客户（§4.2.6）")),
    On.CHAT_TURN_OPENED: ("headset", gettext_noop("客户在线咨询，由%(branch)s接待（§4.3.1.1）")),
    On.CHAT_TURN_ANSWERED: ("check", gettext_noop("已回复在线咨询（§4.3.1.1）")),
    On.CHAT_TRANSFERRED: ("swap", gettext_noop("在线咨询由%(from_branch)s转接到%(branch)s（§4.3.1.1）")),
    On.CHAT_CLOSED: ("check", gettext_noop("在线咨询已结束")),
    On.ENQUIRY_RECEIVED: ("phone", gettext_noop("登记电话咨询（§4.3.1.2）")),
    On.ENQUIRY_ANSWERED: ("check", gettext_noop("已答复咨询（§4.3.1.2）")),
    On.MAIL_RECEIVED: ("note", gettext_noop("登记邮件咨询（§4.3.1.3）")),
    On.MAIL_ANSWERED: ("check", gettext_noop("已答复邮件（§4.3.1.3）")),
    On.CALLBACK_PROMISED: ("clock", gettext_noop("承诺 %(call_back_at)s 前回电（§4.3.1.2）")),
    On.CALLBACK_DONE: ("phone", gettext_noop("已回电（§4.3.1.2）")),
    On.CLAIM_OPENED: ("shield", gettext_noop("提出理赔 %(number)s，索赔 %(amount)s 元（§4.5）")),
    On.CLAIM_ASSIGNED: ("users", gettext_noop("理赔 %(number)s 由%(handler)s跟进（§4.5）")),
    On.CLAIM_PAPERS_ASKED: ("phone", gettext_noop("理赔 %(number)s 催补资料：%(papers)s")),
    On.CLAIM_PAPER_RECEIVED: ("file", gettext_noop("理赔 %(number)s 收到%(paper)s")),
    On.CLAIM_PAPERS_COMPLETED: ("check", gettext_noop("理赔 %(number)s 资料齐全，开始计时（§1.6.1.3）")),
    On.CLAIM_PAPERS_RETURNED: ("undo", gettext_noop("理赔 %(number)s 退回资料：%(papers)s（§1.6.1.3）")),
    On.CLAIM_PROPOSED: ("money", gettext_noop("理赔 %(number)s 第 %(proposal)s 次方案：赔付 %(proposed)s 元（§4.5）")),
    On.CLAIM_AGREED: ("check", gettext_noop("客户同意理赔 %(number)s 的方案：赔付 %(proposed)s 元")),
    On.CLAIM_DISPUTED: ("alert", gettext_noop("客户对理赔 %(number)s 有异议（§4.5）")),
    On.CLAIM_ESCALATED: ("arrow-right", gettext_noop("理赔 %(number)s 升级给%(handler)s（§4.5）")),
    On.CLAIM_REJECTED: ("x", gettext_noop("理赔 %(number)s 不予赔付（§4.5）")),
    On.CLAIM_WITHDRAWN: ("undo", gettext_noop("客户撤回理赔 %(number)s")),
    On.CLAIM_PAYEE_RECORDED: ("note", gettext_noop("理赔 %(number)s 登记收款账户")),
    On.CLAIM_PAID: ("money", gettext_noop("理赔 %(number)s 已付款 %(paid)s 元")),
    On.CLAIM_CLOSED: ("check", gettext_noop("理赔 %(number)s 结案")),
    On.COUPON_GIVEN: ("star", gettext_noop("致歉并赠送 %(worth)s 元优惠券，有效期至 %(valid_until)s（§4.5）")),
    On.COUPON_USED: ("star", gettext_noop("使用 %(worth)s 元优惠券（§4.5）")),
    On.COUPON_GIVEN_BACK: ("undo", gettext_noop("退还 %(worth)s 元优惠券，可再次使用（§4.5）")),
    On.CONSIGNEE_CALLED: ("phone", gettext_noop("派送前致电收货人：%(reached)s%(expected_at)s（§4.3.2.7）")),
    On.LATENESS_TOLD: ("phone", gettext_noop("告知收货人将晚到：%(reached)s%(reason)s%(expected_at)s（§4.3.3.3）")),
    On.HELPERS_HIRED: ("users", gettext_noop("外雇 %(helpers)s 人%(reason)s（§1.3.3.2）")),
    On.CIRCUMSTANCE_NOTED: ("note", gettext_noop("注明特殊情况%(cause)s（§1.3.3.1）")),
    On.DEMAND_REPORTED: ("alert", gettext_noop("现场上报收货人要求%(kind_of_demand)s，等待营业部答复（§4.3.3.5）")),
    On.DEMAND_ANSWERED: ("check", gettext_noop("营业部答复现场要求%(kind_of_demand)s：%(agreed)s")),
    On.SHIPMENT_OFFERED_FOR_PICKUP: ("home", gettext_noop("等待客户自提")),
    On.SHIPMENT_LOADED_FOR_DELIVERY: ("truck", gettext_noop("第 %(attempt)s 次派送，司机%(driver)s")),
    On.SHIPMENT_WAITING_ON_SITE: ("hourglass", gettext_noop("现场等待客户，最多 30 分钟（§1.3.3.3）")),
    On.DELIVERY_ATTEMPT_FAILED: ("alert", gettext_noop("第 %(attempt)s 次派送未成功%(reason)s")),
    On.DELIVERY_TIME_AGREED: ("calendar", gettext_noop("与客户另约送达时间 %(delivery_at)s")),
    On.DELIVERY_WANTED: ("truck", gettext_noop("更改单：自提改为送货上门，送货时限重新计算（§1.3.3.1）")),
    On.DELIVERY_UNWANTED: ("home", gettext_noop("更改单：送货上门改为自提，送货时限作废（§1.3.3.1）")),
    On.SHIPMENT_SIGNED: ("check", gettext_noop("已签收 %(pieces)s 件")),
    On.SHIPMENT_SIGNED_WITH_EXCEPTION: ("alert", gettext_noop("异常签收 %(pieces)s 件%(exception)s")),
    On.SHIPMENT_REFUSED: ("x", gettext_noop("客户拒收%(reason)s")),
    On.DELIVERY_TAKEN_BACK: ("undo", gettext_noop("更正：撤销“%(corrected)s”，货物恢复为之前的状态")),
    On.PROOF_ADDED: ("file", gettext_noop("补充签收凭证：%(proof)s")),
    On.SHIPMENT_DECLARED_LOST: ("alert", gettext_noop("登记丢失")),
    On.SHIPMENT_FOUND: ("check", gettext_noop("货物已找到")),
    On.SHIPMENT_SENT_BACK: ("undo", gettext_noop("退回发货人途中")),
    On.SHIPMENT_RETURNED: ("undo", gettext_noop("已退回发货人")),
    On.SLIP_HANDED_ON: ("file", gettext_noop("签收单由%(unit)s扫描接收")),
    On.SLIP_RETURNED: ("file", gettext_noop("签收单已返回%(unit)s")),
    On.SLIP_REJECTED: ("alert", gettext_noop("签收单不合格，需补签（§2.2.5）")),
    On.SLIP_RESENT: ("file", gettext_noop("补签的签收单已返回%(unit)s")),
    On.SLIP_LOST: ("alert", gettext_noop("签收单遗失（§2.2.5）")),
    On.SLIP_CLOSED: ("check", gettext_noop("签收单已完结")),
    On.CASH_CHANGED: ("edit", gettext_noop("更改单：代收货款由 %(before)s 元改为 %(amount)s 元")),
    On.CASH_COLLECTED: ("money", gettext_noop("收到代收货款 %(amount)s 元")),
    On.CASH_DISCREPANCY_RAISED: ("alert", gettext_noop("代收货款有差异：实际 %(found)s 元（§4.3.3.2）")),
    On.CASH_RESOLVED: ("check", gettext_noop("代收货款差异已处理")),
    On.CASH_COUNTED: ("money", gettext_noop("代收货款已清点")),
    On.CASH_BANKED: ("money", gettext_noop("代收货款已存行")),
    On.CASH_CONFIRMED_BY_BANK: ("check", gettext_noop("银行确认代收货款到账")),
    On.CASH_REMITTED: ("money", gettext_noop("代收货款已汇付发货人")),
    On.CASH_VOIDED: ("x", gettext_noop("代收货款作废")),
    On.CASH_REVIVED: ("undo", gettext_noop("代收货款恢复为待收款")),
    On.CASH_WRITTEN_OFF: ("x", gettext_noop("代收货款核销")),
    On.POINTS_CREDITED: ("alert", gettext_noop("投诉成立，%(branch)s记 %(points)s 分（§1.6.2）")),
    On.POINTS_WITHDRAWN: ("undo", gettext_noop("冲回%(branch)s所记 %(points)s 分（§1.6.2）")),
    On.TIER_ACTION_ISSUED: ("alert", gettext_noop("%(unit)s整改措施下达给%(person)s（%(clause)s）")),
    On.TIER_ACTION_DONE: ("check", gettext_noop("%(person)s完成整改措施（%(clause)s）")),
    On.TIER_ACTION_WITHDRAWN: ("undo", gettext_noop("撤销%(person)s的整改措施（%(clause)s）")),
    On.CONTACT_CHECK_OPENED: ("headset", gettext_noop("客户来电核实，已开核查（%(clause)s）")),
    On.CONTACT_CHECK_CLEARED: ("check", gettext_noop("核查无误（%(clause)s）")),
    On.CONTACT_CHECK_UPHELD: ("alert", gettext_noop("核查属实，按规定处罚（%(clause)s）")),
    On.RETURN_TO_HR_ORDERED: ("alert", gettext_noop("态度投诉达到次数，%(person)s退回人力资源部（§2.2.1）")),
    On.FREIGHT_COLLECTED: ("money", gettext_noop("收到到付运费 %(amount)s 元")),
    On.FREIGHT_TAKEN_BACK: ("undo", gettext_noop("冲回到付运费收款 %(amount)s 元")),
    On.FREIGHT_COUNTED: ("money", gettext_noop("到付运费已清点")),
    On.FREIGHT_BANKED: ("money", gettext_noop("到付运费已存行")),
    On.DEADLINE_WARNED: ("clock", gettext_noop("时限提醒：%(limit)s（%(clause)s）")),
    On.DEADLINE_BREACHED: ("alarm", gettext_noop("超时：%(limit)s（%(clause)s），责任单位%(unit)s，责任人%(person)s%(late)s")),
    On.DEADLINE_CORRECTED: ("check", gettext_noop("更正为按时：%(limit)s（%(clause)s）")),
    On.DEADLINE_EXCUSED: ("shield", gettext_noop("备案认可，免责（%(clause)s）")),
    On.FILING_FILED: ("shield", gettext_noop("提交备案（%(clause)s）")),
    On.EXCUSE_WITHDRAWN: ("alarm", gettext_noop("免责撤回，超时恢复（%(clause)s）")),
    On.FILING_VERIFIED: ("shield", gettext_noop("信息管理中心已核实备案（%(clause)s）")),
    On.FILING_DECIDED: ("shield", gettext_noop("备案已处理（%(clause)s）")),
    **complaintwords.SENTENCES,
    On.PENALTY_IMPOSED: ("money", gettext_noop("处罚（%(clause)s）")),
    On.PENALTY_ASSESSED: ("money", gettext_noop("处罚金额已核定（%(clause)s）")),
    On.PENALTY_APPEALED: ("shield", gettext_noop("对处罚提出申诉（%(clause)s）")),
    On.PENALTY_UPHELD: ("shield", gettext_noop("申诉驳回，处罚维持（%(clause)s）")),
    On.PENALTY_SETTLED: ("check", gettext_noop("处罚已扣清（%(clause)s）")),
    On.PENALTY_REVERSED: ("undo", gettext_noop("处罚已撤销（%(clause)s）")),
    On.LANE_LOST: ("alert", gettext_noop("登记线路流失（%(clause)s）")),
    On.LANE_LOSS_WITHDRAWN: ("undo", gettext_noop("线路流失已撤回（%(clause)s）")),
    On.FILING_REOPENED: ("undo", gettext_noop("备案重新处理（%(clause)s）")),
}
"""Icon and sentence of every fact an order's timeline can hold."""

ACTORS = {"customer": lazy("客户"), "partner": lazy("合作平台"), "system": lazy("系统")}
ROLES = {role.value: role for role in Role}
MEANS = {each.value: each.label for each in (*Means, *CopyMeans)}
REASONS = (
    CANCEL_REASONS | POSTPONE_REASONS | PICKUP_FAILURE_REASONS | NOT_REACHED_REASONS | DELIVERY_FAILURE_REASONS | REFUSAL_REASONS
    | EXCEPTIONS | LATENESS_REASONS | DEMANDS | CIRCUMSTANCES | COST_CAUSES | TRACKING_PHRASES
)  # fmt: skip

FIELDS = {
    "shipper.name": lazy("发货人"), "shipper.phone": lazy("发货人电话"), "shipper.place": lazy("发货地区"),
    "shipper.address": lazy("发货地址"), "consignee.name": lazy("收货人"), "consignee.phone": lazy("收货人电话"),
    "consignee.place": lazy("收货地区"), "consignee.address": lazy("收货地址"), "goods": lazy("货物名称"),
    "pieces": lazy("件数"), "weight_kg": lazy("重量（千克）"), "volume_m3": lazy("体积（立方米）"),
    "branch_code": lazy("营业部编号"), "packing": lazy("包装"), "declared_value": lazy("声明价值"),
    "price_source": lazy("价格来源"), "insured": lazy("保价"), "cod_amount": lazy("代收货款"), "payer": lazy("付款方式"), "delivery": lazy("送货方式"),
    "slip_return": lazy("签收单"), "product": lazy("产品"), "pickup": lazy("上门接货"), "appointment": lazy("预约接货时间"), "remark": lazy("备注"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a timeline."""

    at: datetime
    recorded_at: datetime
    icon: str
    who: str
    sentence: str
    serious: bool


def timeline(entries: Iterable[Entry]) -> list[Happening]:
    """Put an order's facts into words, newest first; two queries for the names of people and units."""
    entries = list(entries)
    people = Person.objects.in_bulk(_keys(entries, "person", "driver", "tracker", "handler") | _actors(entries))
    units = Unit.objects.in_bulk(_keys(entries, "branch", "from_branch", "responsible", "unit", "holder", "terminal", "to"))
    names = Names({k: p.name for k, p in people.items()}, {k: u.name for k, u in units.items()})
    return [_happening(entry, names) for entry in reversed(entries)]


def _keys(entries: Iterable[Entry], *names: str) -> set[int]:
    return {int(entry.data[name]) for entry in entries for name in names if entry.data.get(name)}


def _actors(entries: Iterable[Entry]) -> set[int]:
    return {int(entry.actor_id) for entry in entries if entry.actor_kind == "person" and entry.actor_id}


@dataclass(frozen=True, slots=True)
class Names:
    people: Mapping[int, str]
    units: Mapping[int, str]

    def person(self, key: Any) -> str:
        return self.people.get(int(key), "") if key else _("（岗位空缺）")

    def unit(self, key: Any) -> str:
        return self.units.get(int(key), "") if key else ""


def _happening(entry: Entry, names: Names) -> Happening:
    icon, sentence = SENTENCES.get(entry.name, ("info", entry.name))
    words = _(sentence) % _Values(entry.data, names)
    serious = entry.name in (On.DEADLINE_BREACHED, On.ORDER_MOVED_TOO_OFTEN, On.PICKUP_TIME_INVALID)
    return Happening(entry.occurred_at, entry.recorded_at, icon, _who(entry, names), words, serious)


def _who(entry: Entry, names: Names) -> str:
    if entry.actor_kind != "person":
        return str(ACTORS.get(entry.actor_kind, entry.actor_kind))
    role = ROLES.get(entry.actor_role)
    name = names.person(entry.actor_id)
    return f"{name} · {in_words(role)}" if role else name


class _Values(dict[str, Any]):
    """The values of a fact in words, looked up by the placeholder of its sentence."""

    def __init__(self, data: Mapping[str, Any], names: Names) -> None:
        super().__init__(data)
        self.names = names

    def __getitem__(self, key: str) -> str:
        value = self.get(key)
        return str(READERS[key](value, self) if key in READERS else "" if value is None else value)


def reason_words(code: object) -> str:
    """Return a coded reason in the reader's language, after a colon; nothing for no reason."""
    if not code:
        return ""
    row = REASONS.get(str(code))
    return _("：%s") % (in_words(row) if row else str(code))


def limit_words(clause: object) -> str:
    limit = LIMITS.get(str(clause)) or LIMITS.get(str(clause).rstrip("b"))
    return in_words(limit) if limit else str(clause)


CORRECTED = {
    "sign": lazy("签收"), "sign_with_exception": lazy("异常签收"), "refuse": lazy("拒收"),
    "arrive": lazy("登记进港"), "arrive_hub": lazy("到中转场"), "fail_attempt": lazy("派送未成功"), "collect": lazy("登记接货"), "fail": lazy("接货失败"),
}  # fmt: skip
READERS: dict[str, Any] = {
    "branch": lambda value, row: row.names.unit(value),
    "from_branch": lambda value, row: row.names.unit(value),
    "responsible": lambda value, row: row.names.unit(value),
    "unit": lambda value, row: row.names.unit(value),
    "terminal": lambda value, row: row.names.unit(value),
    "left": lambda value, _row: _("，余 %s 件待后续车辆") % value if value else "",
    "exception": lambda value, _row: reason_words(value),
    "corrected": lambda _value, row: CORRECTED.get(str(row.get("verb")), ""),
    "proof": lambda value, _row: ProofKind(value).label,
    "checked": lambda value, _row: _("，到货检查：%s") % _("、").join(in_words(EXCEPTIONS[code]) for code in value) if value else "",
    "delivery_at": lambda value, _row: _moment(value),
    "arrives_by": lambda value, _row: _moment(value),
    "person": lambda value, row: row.names.person(value),
    "driver": lambda value, row: row.names.person(value),
    "outcome": lambda value, _row: Outcome(value).label,
    "kind": lambda value, _row: NoteKind(value).label,
    "reason": lambda value, _row: reason_words(value),
    "tracker": lambda value, row: row.names.person(value),
    "handler": lambda value, row: row.names.person(value),
    "paper": lambda value, _row: in_words(PAPERS[value]) if value in PAPERS else Paper(value).label,
    "papers": lambda value, _row: _("、").join(in_words(PAPERS[code]) for code in value),
    "to": lambda value, row: row.names.unit(value),
    "anomaly_kind": lambda value, _row: _("：%s") % in_words(ANOMALIES[str(value)]) if value in ANOMALIES else "",
    "promised_at": lambda value, _row: _moment(value),
    "call_back_at": lambda value, _row: _moment(value),
    "cause": lambda value, _row: reason_words(value),
    "kind_of_demand": lambda value, _row: reason_words(value),
    "reached": lambda value, _row: _("已接通") if value else _("未接通"),
    "agreed": lambda value, _row: _("同意") if value else _("不同意"),
    "expected_at": lambda value, _row: _("，预计 %s") % _moment(value) if value else "",
    "phrase": lambda value, _row: reason_words(value),
    "limit": lambda _value, row: limit_words(row.get("clause")),
    "late": lambda value, _row: _("（补告警）") if value else "",
    "changed": lambda value, _row: _("、").join(str(FIELDS.get(name, name)) for name in value or ()),
    "appointment": lambda value, _row: _moment(value),
    "labels": lambda _value, row: _labels(row),
    "means": lambda value, _row: _("：%s") % MEANS.get(str(value), value) if value else "",
    "agreed_by": lambda value, _row: _("（%s）") % AgreedBy(value).label if value else "",
    **complaintwords.READERS,
}


def _labels(row: Mapping[str, Any]) -> str:
    """Say which labels of a waybill were printed: their pieces, from and to."""
    if row.get("paper") != Paper.LABELS:
        return ""
    return _("（第 %(first)s–%(last)s 件）") % {"first": row["first"], "last": row["last"]}


def _moment(value: Any) -> str:
    return f"{local(datetime.fromisoformat(str(value))):%m-%d %H:%M}" if value else ""
