from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    IMPOSED = "imposed", _("金额待定")
    ASSESSED = "assessed", _("已核定")
    APPEALED = "appealed", _("申诉中")
    UPHELD = "upheld", _("申诉驳回，维持")
    REVERSED = "reversed", _("已撤销")
    SETTLED = "settled", _("已扣清")


class Watched(TextChoices):
    OPEN = "open", _("待处理")
    CLEARED = "cleared", _("已排除")
    UPHELD = "upheld", _("属实")


class Purse(TextChoices):
    """Where a fine is taken from (§1.7.3, §2.2.1, §2.2.2)."""

    BONUS = "bonus", _("奖金")
    SALARY = "salary", _("工资")
    PROFIT = "profit", _("部门利润")


class Account(TextChoices):
    """The accounts of the fine ledger; all but the income are kept per payer."""

    RECEIVABLE = "receivable", _("应收罚款")
    INCOME = "income", _("罚款收入")
    BONUS = "bonus", _("奖金扣款")
    SALARY = "salary", _("工资扣款")
    PROFIT = "profit", _("利润扣款")


class Booking(TextChoices):
    """What a line of the ledger books. Undone by a line the other way round, never by a change."""

    ASSESS = "assess", _("核定")
    REVERSE = "reverse", _("撤销冲回")
    REINSTATE = "reinstate", _("恢复")
    TAKE = "take", _("扣款")
    GIVE_BACK = "give_back", _("扣款冲回")
    REFUND = "refund", _("退款")


OWED = (State.ASSESSED, State.UPHELD)
"""States in which a fine waits to be taken."""

BOOKED = (State.ASSESSED, State.UPHELD, State.APPEALED, State.SETTLED)
"""States in which a fine with an amount stands in the ledger."""


class Asked(TextChoices):
    """Where an action that a tier asks for stands (§1.7.1)."""

    ISSUED = "issued", _("待完成")
    DONE = "done", _("已完成")
    WITHDRAWN = "withdrawn", _("已撤销")


class Scope(TextChoices):
    """Whose points a tier counts; `CASE`: asked for by one complaint, whatever the sums (§2.2.3)."""

    REGION = "region", _("区域")
    AREA = "area", _("大区")
    CASE = "case", _("个案")


class CheckKind(TextChoices):
    """What a customer's words put in doubt."""

    ACCEPTANCE = "acceptance", _("受理前是否真实联系客户")
    CANCEL_REASON = "cancel_reason", _("取消原因是否属实")


class Checked(TextChoices):
    """Where a check stands (§1.7.2.3, §1.7.2.4)."""

    OPEN = "open", _("待核查")
    CLEARED = "cleared", _("核查无误")
    UPHELD = "upheld", _("核查属实，处罚")


class Lost(TextChoices):
    """Where the loss of a lane stands (§2.2.2)."""

    CHARGED = "charged", _("已计罚")
    WITHDRAWN = "withdrawn", _("已撤回")
