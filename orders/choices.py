from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    UNASSIGNED = "unassigned", _("待分配")
    AT_BRANCH = "at_branch", _("待受理")
    ACCEPTED = "accepted", _("已受理")
    POSTPONED = "postponed", _("延迟发货")
    WAYBILLED = "waybilled", _("已开单")
    CANCELLED = "cancelled", _("已取消")


OPEN = (State.UNASSIGNED, State.AT_BRANCH, State.ACCEPTED, State.POSTPONED)
"""States of an order that is neither billed nor cancelled."""


class PriceState(TextChoices):
    LISTED = "listed", _("公布价")
    CONTRACT = "contract", _("合同价")
    CAMPAIGN = "campaign", _("活动价")
    TO_QUOTE = "to_quote", _("待报价")
    QUOTED = "quoted", _("已报价待确认")
    CONFIRMED = "confirmed", _("客户已确认")
    DECLINED = "declined", _("客户已拒绝")


SYSTEM_PRICES = (PriceState.LISTED, PriceState.CONTRACT, PriceState.CAMPAIGN)
"""Price states that the system reckons; they need no quote and no answer (§3.3)."""

AGREED = (*SYSTEM_PRICES, PriceState.CONFIRMED)
"""Price states a waybill may be issued from (§1.4.3)."""


class Channel(TextChoices):
    ALIBABA = "alibaba", _("阿里巴巴")
    TAOBAO = "taobao", _("淘宝")
    KINGDEE = "kingdee", _("金蝶")
    EWT = "ewt", _("E网通")
    HALL = "hall", _("网上营业厅")
    PHONE = "phone", _("电话")
    PARTNER = "partner", _("合作平台")


class Outcome(TextChoices):
    REACHED = "reached", _("已接通")
    NOT_REACHED = "not_reached", _("未接通")


class NoteKind(TextChoices):
    ACCEPTANCE = "acceptance", _("下单受理备注")
    BILLING = "billing", _("开单事宜备注")
    TRACKING = "tracking", _("货物跟踪备注")


class Payer(TextChoices):
    SHIPPER = "shipper", _("现付")
    CONSIGNEE = "consignee", _("到付")
    MONTHLY = "monthly", _("月结")
    ON_SLIP = "on_slip", _("回单付")
    OWED = "owed", _("欠付")
    FROM_COD = "from_cod", _("货款扣")
    BOTH = "both", _("双方各付一半")


class Delivery(TextChoices):
    SELF_PICKUP = "self_pickup", _("自提")
    DOOR = "door", _("送货上门")
    UPSTAIRS = "upstairs", _("送货上楼")


class SlipReturn(TextChoices):
    NONE = "none", _("不要")
    ORIGINAL = "original", _("原件返回")
    ELECTRONIC = "electronic", _("电子回传")
    PHOTO = "photo", _("拍照")


class Paper(TextChoices):
    """What is printed of a waybill."""

    WAYBILL = "waybill", _("运单（客户联）")
    LABELS = "labels", _("货物标签")


class Means(TextChoices):
    """How the customer was told of the bill, or told us that it is right."""

    PHONE = "phone", _("电话")
    SMS = "sms", _("短信")
    HALL = "hall", _("网上营业厅")
    IN_PERSON = "in_person", _("当面")


class CopyMeans(TextChoices):
    """How the customer's copy of the waybill went back (§3.4.3)."""

    FAX = "fax", _("传真")
    ELECTRONIC = "electronic", _("电子发送")
    NEXT_PICKUP = "next_pickup", _("下次接货时交回")
    IN_PERSON = "in_person", _("当面交付")


class AmendmentState(TextChoices):
    PROPOSED = "proposed", _("待审批")
    APPROVED = "approved", _("已批准")
    REFUSED = "refused", _("未批准")
    WITHDRAWN = "withdrawn", _("已撤回")


class ImportState(TextChoices):
    WAITING = "waiting", _("排队中")
    RUNNING = "running", _("导入中")
    DONE = "done", _("已完成")
