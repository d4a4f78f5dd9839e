from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Medium(TextChoices):
    SMS = "sms", _("短信")
    MAIL = "mail", _("邮件")


class NoticeState(TextChoices):
    WAITING = "waiting", _("待发送")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("发送失败")


class NoticeKind(TextChoices):
    """What a customer is told."""

    ACCOUNT = "account", _("账号邮件")
    CODE = "code", _("验证码")
    ACCEPTED = "accepted", _("已受理")
    QUOTED = "quoted", _("已报价")
    CANCELLED = "cancelled", _("已取消")
    BILLED = "billed", _("已开单")
    ON_THE_WAY = "on_the_way", _("派送中")
    TO_COLLECT = "to_collect", _("可自提")
    SIGNED = "signed", _("已签收")
    REMITTED = "remitted", _("代收货款已汇出")
    PROPOSED = "proposed", _("理赔方案")
    ANSWERED = "answered", _("投诉结果")


class Topic(TextChoices):
    """What a customer chooses the media for."""

    ORDER = "order", _("受理、报价和取消")
    GOODS = "goods", _("开单、派送和签收")
    MONEY = "money", _("代收货款")
    SERVICE = "service", _("投诉和理赔")


class Kind(TextChoices):
    NEW_ORDER = "new_order", _("新订单")
    TO_ASSIGN = "to_assign", _("待分配订单")
    REMINDER = "reminder", _("时限提醒")
    ALARM = "alarm", _("超时告警")
    CANCELLED = "cancelled", _("订单取消")
    BILL_DISPUTED = "disputed", _("开单异议")
    BOOKS = "books", _("对账异常")
    AMENDMENT = "amendment", _("更改单待审批")
    SPLIT = "split", _("拆分装车待同意")
    ARRIVAL_CHECK = "arrival", _("到货检查异常")
    DEMAND = "demand", _("现场要求待答复")
    ANOMALY = "anomaly", _("货物异常")
    ESCALATED = "escalated", _("异常升级")
    CLAIM = "claim", _("理赔待办理")
    CLAIM_PAYMENT = "claim_pay", _("理赔待付款")
    CLAIM_NEWS = "claim_news", _("理赔进展")
    COMPLAINT = "complaint", _("新投诉")
    RULED = "ruled", _("投诉进展")
    UNHAPPY = "unhappy", _("客户不认可")
    VISITED = "visited", _("拜访报告")
    FILING_VERIFIED = "filing_check", _("备案已核实")
    FILING_GRANTED = "filing_ok", _("备案已认可")
    FILING_REFUSED = "filing_no", _("备案未认可")
    FILING_REOPENED = "filing_again", _("备案重新处理")
    CHAT = "chat", _("在线咨询")
    PENALTY = "penalty", _("处罚")
    PENALTY_DECIDED = "decided", _("处罚处理结果")
    FINE_BOOKS = "fine_books", _("罚款账异常")
