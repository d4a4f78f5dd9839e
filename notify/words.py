"""What a message says, in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.language import in_words
from notify.choices import Kind
from notify.models import Message
from rulebook.limits import LIMITS

TEXTS = {
    Kind.NEW_ORDER: gettext_noop("新订单 %(number)s，请在 10 分钟内联系客户并受理（§1.2.1.1）"),
    Kind.TO_ASSIGN: gettext_noop("订单 %(number)s 未指定营业部，请分配（§1.2.1.3）"),
    Kind.REMINDER: gettext_noop("订单 %(number)s 的时限即将到期：%(limit)s（%(clause)s）"),
    Kind.ALARM: gettext_noop("订单 %(number)s 已超时：%(limit)s（%(clause)s）"),
    Kind.CANCELLED: gettext_noop("客户取消了订单 %(number)s，请当日确认取消原因（§1.2.1.4r）"),
    Kind.BILL_DISPUTED: gettext_noop("客户对订单 %(number)s 的开单信息有异议，请重新核对（§4.3.2.3）"),
    Kind.BOOKS: gettext_noop("代收货款账目不平：请财务打开“代收货款”对账页核对（§4.3.3.2）"),
    Kind.AMENDMENT: gettext_noop("订单 %(number)s 有更改单等待经理审批（§1.4.3）"),
    Kind.SPLIT: gettext_noop("订单 %(number)s 拟拆分装车，请始发营业部答复是否同意（§2.1.2.2）"),
    Kind.ARRIVAL_CHECK: gettext_noop("订单 %(number)s 到货检查发现异常，请开单营业部知悉并告知发货人（§2.1.3.1）"),
    Kind.ANOMALY: gettext_noop("订单 %(number)s 的货物有异常，请在“异常”中查看并办理（§4.3.2.5）"),
    Kind.ESCALATED: gettext_noop("订单 %(number)s 的异常已升级给您处理，仍须按承诺时间答复客户（§4.3.2.5）"),
    Kind.CLAIM: gettext_noop("订单 %(number)s 的理赔等待办理，请在“理赔”中查看（§4.5）"),
    Kind.CLAIM_PAYMENT: gettext_noop("订单 %(number)s 的理赔已获客户同意，请财务付款（§4.5）"),
    Kind.CLAIM_NEWS: gettext_noop("订单 %(number)s 的理赔有进展，请开单营业部知悉并告知客户（§4.5）"),
    Kind.COMPLAINT: gettext_noop("新投诉 %(complaint)s，请在“投诉”中查看：被投诉营业部请尽快说明情况（§1.6.1）"),
    Kind.RULED: gettext_noop("投诉 %(complaint)s 有新的裁定或进展，请查看（§1.6.2）"),
    Kind.UNHAPPY: gettext_noop("投诉 %(complaint)s 的客户不认可处理结果，请重新处理或说明原因后结案（§4.4）"),
    Kind.VISITED: gettext_noop("投诉 %(complaint)s 的拜访报告已提交，请回访客户（§2.2.1）"),
    Kind.FILING_VERIFIED: gettext_noop("订单 %(number)s 的备案（%(clause)s）已由信息管理中心核实，请查看结果（§3.6.1）"),
    Kind.FILING_GRANTED: gettext_noop("订单 %(number)s 的备案（%(clause)s）已获认可（§1.4.2）"),
    Kind.FILING_REFUSED: gettext_noop("订单 %(number)s 的备案（%(clause)s）未获认可，请查看理由（§1.4.2）"),
    Kind.FILING_REOPENED: gettext_noop("订单 %(number)s 的备案（%(clause)s）重新处理，原来免责的超时已恢复（§0.8）"),
    Kind.PENALTY: gettext_noop("新的处罚（%(clause)s），请被处罚人在“我的处罚”中查看，有异议可按期申诉（§1.7.4）"),
    Kind.PENALTY_DECIDED: gettext_noop("一项处罚（%(clause)s）已有处理结果，请被处罚人在“我的处罚”中查看（§1.7.4）"),
    Kind.FINE_BOOKS: gettext_noop("罚款账目不平：请财务打开“奖金扣罚”页核对（§1.7.3）"),
    Kind.CHAT: gettext_noop("在线咨询 %(chat)s 有客户留言，请在 2 分钟内回复（§4.3.1.1）"),
    Kind.DEMAND: gettext_noop("订单 %(number)s：收货人提出超范围要求，接送货员在现场等您答复（§4.3.3.5）"),
}


OF_COMPLAINTS = {
    Kind.REMINDER: gettext_noop("投诉 %(complaint)s 的时限即将到期：%(limit)s（%(clause)s）"),
    Kind.ALARM: gettext_noop("投诉 %(complaint)s 已超时：%(limit)s（%(clause)s）"),
}
"""How a clock of a complaint is spoken of."""

OF_CHATS = {
    Kind.REMINDER: gettext_noop("在线咨询 %(chat)s 的时限即将到期：%(limit)s（%(clause)s）"),
    Kind.ALARM: gettext_noop("在线咨询 %(chat)s 已超时未回复：%(limit)s（%(clause)s）"),
}
"""How a clock of a chat is spoken of."""


def say(message: Message) -> str:
    """Return the message in one sentence."""
    limit = LIMITS.get(message.clause.rstrip("b")) if message.clause else None
    complaint = message.complaint.number if message.complaint else ""
    words = {"chat": message.chat_id or "", "complaint": complaint, "number": message.order_number, "clause": message.clause, "limit": in_words(limit) if limit else ""}
    texts = TEXTS | (OF_COMPLAINTS if complaint else OF_CHATS if message.chat_id else {})
    return _(texts[Kind(message.kind)]) % words
