"""What the page of collected cash asks for, checked (§4.3.3.2)."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from delivery.choices import Means
from desk.forms import CHOOSE, REQUIRED, Styled, day_field, text_field

AMOUNT = REQUIRED | {
    "invalid": _("金额须为数字，如 1200.00。"),
    "max_digits": _("金额过大，请核对。"),
    "max_whole_digits": _("金额过大，请核对。"),
    "max_decimal_places": _("金额最多两位小数。"),
    "min_value": _("金额不能为负数。"),
}


def amount_field(label: object) -> forms.DecimalField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.DecimalField(
        label=label, max_digits=12, decimal_places=2, min_value=Decimal(0), widget=widget, error_messages=AMOUNT
    )


class CollectForm(Styled):
    amount = amount_field(_("实收金额（元）"))
    means = forms.ChoiceField(label=_("收款方式"), choices=Means.choices, error_messages=CHOOSE)


class CountForm(Styled):
    total = amount_field(_("清点金额（元）"))


class BankForm(Styled):
    slip = text_field(_("存款单号"), 40, required=True)


class RemitForm(Styled):
    batch = text_field(_("汇付批次号"), 40, required=True)


class DisputeForm(Styled):
    found = amount_field(_("实际金额（元）"))
    remark = text_field(_("差异经过"), 300, required=True)


class ResolveForm(Styled):
    paid = forms.TypedChoiceField(
        label=_("处理结果"),
        choices=[("yes", _("款已足额")), ("no", _("仍未收到，恢复待收款"))],
        coerce=lambda text: text == "yes",
        error_messages=CHOOSE,
    )
    remark = text_field(_("处理说明"), 300, required=True)


class WriteOffForm(Styled):
    remark = text_field(_("核销原因"), 300, required=True)


class LedgerDays(Styled):
    since = day_field(_("从"))
    until = day_field(_("到"))
