"""What the pages of penalties, regulations and bonuses ask for, checked (§1.7)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from desk.forms import REQUIRED, Styled, day_field, moment_field, text_field
from desk.priceforms import Refusable
from network.models import Person
from penalties.choices import State
from rulebook.fines import FINES, REGULATIONS

APPEALS = (("raised", _("已申诉")), ("granted", _("申诉成立")), ("refused", _("申诉不成立")))
CLAUSES = sorted({row.clause for row in FINES})


def amount_field(label: Any, **options: Any) -> forms.DecimalField:
    errors = REQUIRED | {"invalid": _("请填写金额，例如 50 或 50.00。")}
    return forms.DecimalField(
        label=label, min_value=Decimal("0.01"), max_value=Decimal("999999.99"), decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}), error_messages=errors, **options,
    )  # fmt: skip


class MonthField(forms.CharField):
    """A month as the browser's month input writes it: 2026-11."""

    widget = forms.TextInput(attrs={"type": "month", "placeholder": "2026-11"})

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return date.fromisoformat(f"{text}-01")
        except ValueError as error:
            raise ValidationError(_("月份格式不正确，请按 2026-11 填写。")) from error


class PersonField(forms.CharField):
    """A person by number."""

    def clean(self, value: Any) -> Person | None:
        number = super().clean(value)
        if not number:
            return None
        found = Person.objects.filter(number=number).first()
        if found is None:
            raise ValidationError(_("没有这个工号。"))
        return found


class PenaltyFilters(Styled):
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部状态")), *State.choices])
    clause = forms.ChoiceField(label=_("条款"), required=False, choices=[("", _("全部条款")), *((c, c) for c in CLAUSES)])
    unit = forms.CharField(label=_("单位编号"), required=False, max_length=20)
    month = MonthField(label=_("月份"), required=False)
    appeal = forms.ChoiceField(label=_("申诉"), required=False, choices=[("", _("不限")), *APPEALS])


class AppealForm(Refusable):
    text = text_field(_("申诉理由"), 1000, required=True, rows=3)


class DecideForm(Refusable):
    decision = text_field(_("处理理由"), 500, required=True, rows=2)


class AssessForm(Refusable):
    amount = amount_field(_("金额（元）"))


class PayerForm(Refusable):
    person = PersonField(label=_("责任人工号"), max_length=20, error_messages=REQUIRED)


class EnterForm(Refusable):
    """Any other violation (§1.7.2.9)."""

    key = forms.UUIDField(widget=forms.HiddenInput())
    person = PersonField(label=_("责任人工号"), max_length=20, error_messages=REQUIRED)
    text = text_field(_("违规事实"), 500, required=True, rows=3)
    at = moment_field(_("违规时间"))
    order_number = forms.CharField(label=_("订单号（如有）"), max_length=20, required=False)
    regulation = forms.ChoiceField(label=_("依据"), choices=lambda: [(row.code, row.title) for row in REGULATIONS.values()])
    amount = amount_field(_("金额（元）"), required=False, help_text=_("留空：按所选规定的金额，规定未设金额时为“金额待定”"))


class RegulationForm(Refusable):
    """A new version of a regulation; what was assessed stays as it is."""

    code = forms.RegexField(
        label=_("编号"), regex=r"^[a-z0-9_.]{2,20}$", help_text=_("已有编号：增加一个版本；新编号：增加一项规定"),
        error_messages=REQUIRED | {"invalid": _("2 到 20 个小写字母、数字、点或下划线。")},
    )  # fmt: skip
    title = text_field(_("名称与条款"), 120, required=True)
    amount = amount_field(_("金额（元）"), required=False, help_text=_("留空：自该日起金额待定"))
    valid_from = day_field(_("生效日期"))
    note = text_field(_("依据与说明"), 300)


class BonusForm(Refusable):
    month = MonthField(label=_("月份"), error_messages=REQUIRED)
    table = forms.FileField(
        label=_("奖金文件"), max_length=255, help_text=_(".xlsx 或 .csv；任何一行有误则全部不保存"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": _("请选择要导入的文件。"), "empty": _("文件是空的，请重新选择。")},
    )  # fmt: skip
