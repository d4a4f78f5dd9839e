from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    FILED = "filed", _("待受理")
    INVESTIGATING = "investigating", _("调查中")
    PROPOSED = "proposed", _("已提方案")
    UPHELD = "upheld", _("成立")
    DISMISSED = "dismissed", _("不成立")
    CLOSED = "closed", _("已结案")


UNDECIDED = (State.FILED, State.INVESTIGATING, State.PROPOSED)
DECIDED = (State.UPHELD, State.DISMISSED)


class Filer(TextChoices):
    """Who filed a complaint."""

    CUSTOMER = "customer", _("客户")
    CALL_CENTRE = "call_centre", _("呼叫中心")
    PARTNER = "partner", _("合作平台")
    BRANCH = "branch", _("营业部")
    OFFICE = "office", _("总部部门")


class Answer(TextChoices):
    """What the customer says to the result."""

    YES = "yes", _("认可")
    NO = "no", _("不认可")
    NONE = "none", _("未答复")


class Told(TextChoices):
    """How the customer was told."""

    PHONE = "phone", _("电话")
    SMS = "sms", _("短信")
    MAIL = "mail", _("书面或邮件")
    HALL = "hall", _("网上营业厅")
    IN_PERSON = "in_person", _("当面")


class RedressKind(TextChoices):
    """What is owed to the customer after a complaint is upheld (§4.4.1 to §4.4.5, §2.2.1)."""

    APOLOGY = "apology", _("道歉")
    VISIT = "visit", _("上门拜访")
    REPORT = "report", _("拜访情况报告")
    CALLBACK = "callback", _("保障部回访")
    FEE = "fee", _("更正费用")
    PROMISE = "promise", _("履行承诺")
    CAUSE = "cause", _("告知失实原因")


class Ground(TextChoices):
    """Why a complaint about a refused order is dismissed (§4.4.4): goods on the list are the only reason to refuse one."""

    PROHIBITED = "prohibited", _("属于禁运品")
    NOT_REFUSED = "not_refused", _("并未拒绝受理")


class Claimed(TextChoices):
    """Where a claim stands (design §3)."""

    OPENED = "opened", _("待补资料")
    PAPERS_COMPLETE = "papers_complete", _("资料齐全")
    PROPOSED = "proposed", _("待客户答复")
    AGREED = "agreed", _("待付款")
    DISPUTED = "disputed", _("客户有异议")
    PAID = "paid", _("已赔付")
    REJECTED = "rejected", _("不予赔付")
    WITHDRAWN = "withdrawn", _("已撤回")
    CLOSED = "closed", _("已结案")


LIVE_CLAIM = (Claimed.OPENED, Claimed.PAPERS_COMPLETE, Claimed.PROPOSED, Claimed.AGREED, Claimed.DISPUTED)
"""States of a claim that is still to be settled; an order has one such claim at most."""


class AnswerMeans(TextChoices):
    """How the customer's yes or no reached us."""

    LINK = "link", _("答复链接")
    HALL = "hall", _("网上营业厅")
    PHONE = "phone", _("电话")
    LETTER = "letter", _("书面")
    PARTNER = "partner", _("合作平台")
