"""What the customer-service pages ask for, checked (§3.4.6, §4.2.6, §4.2.8, §4.3.1, §4.3.2.9)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.forms import FilesField
from customers.choices import CallResult, Means, SuggestionKind
from desk.forms import CHOOSE, PICK, day_field, moment_field, text_field
from desk.priceforms import Refusable
from orders import sheets
from orders.forms import Phone
from rulebook.standards import BEST


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[*PICK, *choices], error_messages=CHOOSE)


class AskForm(Refusable):
    """What every request says."""

    text = text_field(_("内容"), 500, required=True, rows=3)
    name = text_field(_("客户姓名"), 40)
    phone = Phone(label=_("客户电话"), required=False)
    order_number = text_field(_("订单号（如有）"), 20)


class TicketForm(AskForm):
    page = text_field(_("出问题的页面或步骤"), 200)
    files = FilesField(label=_("屏幕截图（选填）"), required=False)


class SuggestionForm(AskForm):
    kind = _choice(_("类别"), SuggestionKind.choices)


class EnquiryForm(AskForm):
    means = _choice(_("渠道"), Means.choices)
    at = moment_field(_("来电来信时间（留空为现在）"), required=False)


class WordsForm(Refusable):
    text = text_field(_("内容"), 500, required=True, rows=3)


class AnalysisForm(WordsForm):
    unit = text_field(_("转交部门编号（留空为本部门）"), 20)


class CallbackForm(Refusable):
    call_back_at = moment_field(_("承诺回电时间"))


class CallForm(Refusable):
    result = _choice(_("结果"), CallResult.choices)
    satisfaction = forms.TypedChoiceField(
        label=_("满意度"), required=False, coerce=int, empty_value=None, choices=[("", _("未评价")), *((n, str(n)) for n in range(BEST, 0, -1))]
    )
    text = text_field(_("回访内容"), 500, required=True, rows=2)


class PhoneDayForm(Refusable):
    """The telephone's figures of a unit and a day."""

    unit = text_field(_("部门编号"), 20, required=True)
    on = day_field(_("日期"))
    offered = forms.IntegerField(label=_("来电"), min_value=0)
    answered = forms.IntegerField(label=_("接听"), min_value=0)
    in_two_rings = forms.IntegerField(label=_("两声内接听"), min_value=0)
    waited_well = forms.IntegerField(label=_("10 秒内接听或已提示等待"), min_value=0)


class PhoneFileForm(Refusable):
    table = forms.FileField(
        label=_("文件"), max_length=255, help_text=_(".xlsx 或 .csv（UTF-8、GB18030），最多 5 MB、5000 行"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": _("请选择要导入的文件。"), "empty": _("文件是空的，请重新选择。")},
    )  # fmt: skip

    def clean_table(self) -> Any:
        table = self.cleaned_data["table"]
        if table.size > sheets.MOST_BYTES:
            raise forms.ValidationError(_("文件超过 5 MB，请分成几个文件导入。"), code="too_large")
        return table
