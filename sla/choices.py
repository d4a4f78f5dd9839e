from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    OPEN = "open", _("进行中")
    MET = "met", _("按时")
    BREACHED = "breached", _("超时")
    REPLACED = "replaced", _("已替换")
    EXCUSED = "excused", _("已免责")
    VOID = "void", _("作废")


class StepKind(TextChoices):
    WARN = "warn", _("提醒")
    DUE = "due", _("到期")
    SECOND = "second", _("二次到期")


class FilingReason(TextChoices):
    """The codes of `rulebook.excuses`, in words."""

    OFF_HOURS = "off_hours", _("非工作时间（§1.4.2）")
    SPECIAL_CIRCUMSTANCE = "special_circumstance", _("时限前已注明的特殊情况（§1.3.3.1）")
    SYSTEM_FAULT = "system_fault", _("系统故障，未收到通知（§3.6.1）")
    POWER_OR_NETWORK = "power_or_network", _("停电或断网（§3.6.1）")
    PC_FAULT = "pc_fault", _("电脑故障（§3.6.1）")
    OUTSIDE_WAYBILL = "outside_waybill", _("系统外开单（§1.4.3）")


class FilingState(TextChoices):
    FILED = "filed", _("已备案")
    VERIFIED = "verified", _("已核实")
    GRANTED = "granted", _("已认可")
    REFUSED = "refused", _("未认可")
    REOPENED = "reopened", _("重新处理")


FILING_OPEN = (FilingState.FILED, FilingState.VERIFIED, FilingState.REOPENED)
FILING_DECIDED = (FilingState.GRANTED, FilingState.REFUSED)


class OutageActState(TextChoices):
    RUNNING = "running", _("处理中")
    DONE = "done", _("已完成")


class FilingVerb(TextChoices):
    FILE = "file", _("提交备案")
    CONFIRM = "confirm", _("核实属实")
    DENY = "deny", _("核实不属实")
    GRANT = "grant", _("认可")
    REFUSE = "refuse", _("不认可")
    REOPEN = "reopen", _("重新处理")
    ATTACH = "attach", _("添加证据")
