from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Cash(TextChoices):
    """Where the money collected for the shipper stands (代收货款)."""

    DUE = "due", _("待收款")
    COLLECTED = "collected", _("已收款")
    COUNTED = "counted", _("已清点")
    BANKED = "banked", _("已存行")
    REMITTED = "remitted", _("已汇付")
    DISCREPANCY = "discrepancy", _("差异待处理")
    VOID = "void", _("已作废")
    WRITTEN_OFF = "written_off", _("已核销")


class Holder(TextChoices):
    """The accounts money moves between. `OWED` is what the shipper has yet to get of what was collected, `FREIGHT` what is ours."""

    OWED = "owed", _("应付发货人")
    COURIER = "courier", _("收款人手中")
    BRANCH = "branch", _("营业部库存")
    BANK = "bank", _("银行")
    FREIGHT = "freight", _("运费收入")


class Move(TextChoices):
    COLLECT = "collect", _("收款")
    TAKE_BACK = "take_back", _("冲回收款")
    COUNT = "count", _("清点")
    BANK = "bank", _("存行")
    REMIT = "remit", _("汇付")
    WRITE_OFF = "write_off", _("核销")


class Freight(TextChoices):
    """Where freight taken from the consignee (到付) stands."""

    COLLECTED = "collected", _("已收款")
    COUNTED = "counted", _("已清点")
    BANKED = "banked", _("已存行")
    TAKEN_BACK = "taken_back", _("已冲回")


class Means(TextChoices):
    CASH = "cash", _("现金")
    CARD = "card", _("刷卡")
    CODE = "code", _("扫码")


PAYOUT_DAYS = 3
"""Calendar days after collection by whose end the shipper is paid (§0.7) where no tariff names a plan †."""

OUTSTANDING = (Cash.COLLECTED, Cash.COUNTED, Cash.BANKED, Cash.DISCREPANCY)
LONGEST_OFFLINE = timedelta(days=2)
"""An event told later than this after it happened is entered by the office, with a filing."""
LONGEST_UNTOLD = timedelta(days=15)
"""How long ago an outside carrier may have had forwarded goods signed for when it is entered (†); earlier: a filing."""


class State(TextChoices):
    """Where a shipment is (design §3)."""

    AT_ORIGIN = "at_origin", _("待发车")
    IN_TRANSIT = "in_transit", _("运输途中")
    AT_HUB = "at_hub", _("到中转场")
    ARRIVED = "arrived", _("已进港")
    FORWARDED = "forwarded", _("已外发")
    OUT_FOR_DELIVERY = "out_for_delivery", _("派送中")
    WAITING = "waiting", _("现场等待")
    HELD = "held", _("待再派")
    READY_FOR_PICKUP = "ready_for_pickup", _("待自提")
    SIGNED = "signed", _("已签收")
    SIGNED_WITH_EXCEPTION = "signed_with_exception", _("异常签收")
    REFUSED = "refused", _("拒收")
    LOST = "lost", _("丢失")
    RETURNING = "returning", _("退回中")
    RETURNED = "returned", _("已退回")


ON_THE_ROAD = (State.OUT_FOR_DELIVERY, State.WAITING)
AT_THE_DOOR = (*ON_THE_ROAD, State.READY_FOR_PICKUP, State.FORWARDED)
"""States in which the consignee can sign or refuse."""

TO_PLAN = (State.ARRIVED, State.HELD)
"""States of goods that a terminal branch has yet to send out or offer."""

CORRECTABLE = ("sign", "sign_with_exception", "refuse", "fail_attempt")
"""Acts at the door that a correction puts back (issue C8)."""

ARRIVALS = ("arrive", "arrive_hub")
"""Scans that say the goods are here; one made by mistake is taken back."""

SIGNED = (State.SIGNED, State.SIGNED_WITH_EXCEPTION)
ENDED = (*SIGNED, State.RETURNED)


class Load(TextChoices):
    """Where a load plan stands (配载单)."""

    OPEN = "open", _("配载中")
    CLOSED = "closed", _("已发车")
    CANCELLED = "cancelled", _("已取消")


class Slip(TextChoices):
    """Where the slip that the shipper wants back signed stands (签收单, design §3)."""

    EXPECTED = "expected", _("待返回")
    RETURNED = "returned", _("已返回")
    REJECTED = "rejected", _("需补签")
    LOST = "lost", _("已遗失")
    CLOSED = "closed", _("已完结")


class Contacted(TextChoices):
    """Whom the courier spoke to from the spot (§1.3.3.3)."""

    CONSIGNEE = "consignee", _("收货人")
    SHIPPER = "shipper", _("发货人")
    NOBODY = "nobody", _("均未接通")


class CallKind(TextChoices):
    BEFORE = "before", _("派送前致电（§4.3.2.7）")
    LATE = "late", _("晚到告知（§4.3.3.3）")


class Anomalous(TextChoices):
    """Where an anomaly stands (design §6, more lifecycles)."""

    OPEN = "open", _("处理中")
    SOLVED = "solved", _("已处理")
    CLOSED = "closed", _("已关闭")


class Origin(TextChoices):
    """What brought an anomaly to light."""

    ARRIVAL = "arrival", _("到货检查")
    SIGN_OFF = "sign_off", _("异常签收")
    REFUSAL = "refusal", _("拒收")
    LOSS = "loss", _("丢失")
    REPORT = "report", _("人工登记")


class Side(TextChoices):
    """Which of the two branches chases a slip (§2.1.5)."""

    ORIGIN = "origin", _("始发营业部")
    TERMINAL = "terminal", _("到达营业部")


class ProofKind(TextChoices):
    """What a picture of a hand-over shows (§4.3.2.8, §4.3.3.8)."""

    SIGNATURE = "signature", _("签名")
    SLIP = "slip", _("签收单照片")
    DAMAGE = "damage", _("破损、短少照片")
    GOODS = "goods", _("现场照片")


PHOTOS = frozenset({ProofKind.SLIP, ProofKind.DAMAGE, ProofKind.GOODS})


class Relation(TextChoices):
    SELF = "self", _("本人")
    COLLEAGUE = "colleague", _("同事")
    FAMILY = "family", _("家人")
    DOORMAN = "doorman", _("门卫或代收点")


class ScanState(TextChoices):
    APPLIED = "applied", _("已生效")
    PARKED = "parked", _("等待前序")
