"""What load plans and splits ask for on the pages (delivery.services.loads)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.forms import Styled, text_field

NUMBER = {"required": _("请填写此项。"), "invalid": _("请填写数字，如 8000。")}


def _figure(label: Any, **options: Any) -> forms.DecimalField:
    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    least = Decimal("0.01")
    return forms.DecimalField(label=label, min_value=least, decimal_places=2, widget=widget, error_messages=NUMBER, **options)


class OpenForm(Styled):
    line = text_field(_("线路（如 杭州—上海）"), 60, required=True)
    vehicle = text_field(_("车牌号"), 12, required=True)
    most_kg = _figure(_("可载重量（千克）"), max_digits=9)
    most_m3 = _figure(_("可载体积（立方米）"), max_digits=7)


class AskForm(Styled):
    pieces = forms.IntegerField(
        label=_("先装件数"), min_value=1, widget=forms.TextInput(attrs={"inputmode": "numeric"}), error_messages=NUMBER
    )
    reason = text_field(_("拆分原因"), 300, required=True)


class SplitAnswerForm(Styled):
    agreed = forms.TypedChoiceField(
        label=_("答复"), choices=[("yes", _("同意")), ("no", _("不同意"))], coerce=lambda value: value == "yes"
    )
    answer = text_field(_("说明（不同意时必填）"), 300)
