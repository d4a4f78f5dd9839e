"""Codes that services store as reasons, in words."""

from django.utils.translation import gettext_lazy as _

REVERSED = {
    "corrected": _("时限更正为按时"),
    "excused": _("超时已免责"),
    "excuse_withdrawn": _("免责已撤回"),
    "no_streak": _("已不构成连续漏接货"),
    "complaint_reopened": _("投诉重新处理"),
}
