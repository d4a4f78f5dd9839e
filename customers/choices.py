from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Group(TextChoices):
    """The customer groups (§4.1)."""

    ALIBABA_MEMBER = "alibaba_member", _("阿里巴巴会员")
    ALIBABA = "alibaba", _("阿里巴巴非会员")
    TAOBAO = "taobao", _("淘宝客户")
    KINGDEE = "kingdee", _("金蝶客户")
    EWT = "ewt", _("E网通客户")
    KEY = "key", _("项目客户")


class RequestState(TextChoices):
    """Where a problem ticket, a suggestion or an enquiry stands; each of them takes some of these steps."""

    OPEN = "open", _("待处理")
    COLLATED = "collated", _("已整理")
    ANALYSED = "analysed", _("已分析")
    SOLVED = "solved", _("已解决")
    ANSWERED = "answered", _("已答复")
    CLOSED = "closed", _("已关闭")


class SuggestionKind(TextChoices):
    SUGGESTION = "suggestion", _("建议")
    OPINION = "opinion", _("意见")
    TONE = "tone", _("语气态度意见")


class Means(TextChoices):
    """By which way an enquiry came in; each has a standard of its own (§4.3.1.2, §4.3.1.3)."""

    PHONE = "phone", _("电话")
    MAIL = "mail", _("邮件")


class ChatState(TextChoices):
    OPEN = "open", _("进行中")
    CLOSED = "closed", _("已结束")


class TurnState(TextChoices):
    WAITING = "waiting", _("待回复")
    ANSWERED = "answered", _("已回复")


class Side(TextChoices):
    """Who wrote a line. An automatic line is never an answer (§4.3.1.1)."""

    CUSTOMER = "customer", _("客户")
    STAFF = "staff", _("客服")
    AUTOMATIC = "automatic", _("自动消息")


class Automatic(TextChoices):
    """What automatic lines say, with the unit they speak of."""

    GREETING = "greeting", _("您好，这里是%(unit)s在线客服，正在为您接通，请稍候。")
    RESTING = "resting", _("您好，这里是%(unit)s在线客服。现在是休息时间，回复可能较慢，急事请拨打电话。")
    TRANSFERRED = "transferred", _("已为您转接到%(unit)s。")
    CLOSED = "closed", _("本次咨询已结束；有新问题可直接在此留言。")


class CallResult(TextChoices):
    REACHED = "reached", _("已接通")
    NOT_REACHED = "not_reached", _("未接通")


class Erasure(TextChoices):
    OPEN = "open", _("待办理")
    DONE = "done", _("已删除")
    REFUSED = "refused", _("未予删除")
    WITHDRAWN = "withdrawn", _("已撤回")
