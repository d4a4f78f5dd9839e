"""What the pages of points, tiers and checks ask for, checked (§1.6.2, §1.7)."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.language import in_words
from desk.forms import CHOOSE, PICK, Styled, day_field, moment_field, text_field
from desk.penaltyforms import MonthField
from desk.priceforms import Refusable
from penalties.choices import Scope
from penalties.services.ladders import CHOOSABLE, CLAUSES, MOST_POINTS, MOST_WORKDAYS, WHO
from rulebook.roles import Role
from rulebook.tiers import ACTIONS, RECTIFICATION_LENGTH, Tier

SCOPES = [(Scope.REGION.value, Scope.REGION.label), (Scope.AREA.value, Scope.AREA.label)]


class MonthForm(Styled):
    """A calendar month, kept in the URL."""

    month = forms.DateField(
        label=_("月份"), input_formats=["%Y-%m"], widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
        error_messages={"required": _("请填写此项。"), "invalid": _("月份格式不正确，请按 2026-11 填写。")},
    )  # fmt: skip


class ActionFilters(Styled):
    """All optional, kept in the URL."""

    month = MonthField(label=_("月份"), required=False)
    unit = forms.CharField(label=_("单位编号"), required=False, max_length=20)


class LetterForm(Refusable):
    text = forms.CharField(label=_("整改内容"), widget=forms.Textarea(attrs={"rows": 12}), max_length=20_000, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].help_text = _("不少于 %(least)d 字，空格、换行不计。") % {"least": RECTIFICATION_LENGTH}


class CallForm(Refusable):
    call_with = text_field(_("通话对象"), 60, required=True)
    called_at = moment_field(_("通话时间"))
    call_text = text_field(_("说明内容"), 1000, required=True, rows=3)

    def clean_called_at(self) -> Any:
        return self.cleaned_data["called_at"].astimezone(UTC)


class CallReportForm(CallForm):
    text = forms.CharField(label=_("整改报告"), widget=forms.Textarea(attrs={"rows": 10}), max_length=20_000)


class DaysForm(Refusable):
    starts_on = day_field(_("停职首日"))
    ends_on = day_field(_("停职末日"))


class PostForm(Refusable):
    before = text_field(_("原职级或岗位"), 60, required=True)
    after = text_field(_("新职级或岗位"), 60, required=True)
    starts_on = day_field(_("生效日"))


PROOFS: dict[str, type[Refusable]] = {
    "letter": LetterForm, "call": CallForm, "call_and_report": CallReportForm, "days": DaysForm, "post": PostForm,
}  # fmt: skip


class NameForm(Refusable):
    number = text_field(_("责任人工号"), 20, required=True)


class OpenCheckForm(Refusable):
    text = text_field(_("客户所述"), 300, required=True, rows=2)


class DecideForm(Refusable):
    decision = text_field(_("核查结论及依据"), 300, required=True, rows=2)


def _worded(rows: Any) -> Any:
    return lambda: [*PICK, *((str(row), in_words(ACTIONS.get(str(row)) or Role(row))) for row in rows)]


class TierForm(Styled):
    """One tier; a line left empty is none."""

    clause = forms.ChoiceField(label=_("条款"), choices=[("", "–"), *((c, c) for c in CLAUSES)], required=False, error_messages=CHOOSE)
    who = forms.ChoiceField(label=_("岗位"), choices=_worded(sorted(WHO)), required=False, error_messages=CHOOSE)
    scope = forms.ChoiceField(label=_("计分单位"), choices=SCOPES, required=False, error_messages=CHOOSE)
    low = forms.IntegerField(label=_("起"), min_value=1, max_value=MOST_POINTS, required=False)
    below = forms.IntegerField(label=_("止（不含）"), min_value=2, max_value=MOST_POINTS, required=False)
    action = forms.ChoiceField(label=_("措施"), choices=_worded(CHOOSABLE), required=False, error_messages=CHOOSE)
    workdays = forms.IntegerField(label=_("完成期限（工作日）"), min_value=1, max_value=MOST_WORKDAYS, required=False)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("clause"):
            for name in ("who", "scope", "low", "action", "workdays"):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, _("请填写此项。"))
        return said

    def tier(self) -> Tier | None:
        said = self.cleaned_data
        if not said.get("clause"):
            return None
        scope: Any = said["scope"]
        return Tier(said["clause"], Role(said["who"]), scope, said["low"], said["below"], said["action"], said["workdays"])


TierLines = forms.formset_factory(TierForm, extra=3, max_num=30, absolute_max=40)


class LadderForm(Refusable):
    valid_from = day_field(_("生效日期"), help_text=_("最早从明天起；已下达的措施不改写"))
    note = text_field(_("说明"), 200)
    month = forms.DateField(
        label=_("试算月份"), input_formats=["%Y-%m"], widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"), required=False,
        error_messages={"invalid": _("月份格式不正确，请按 2026-11 填写。")},
    )  # fmt: skip


def lines_of(tiers: list[Tier]) -> list[dict[str, Any]]:
    """Return tiers as the editor shows them."""
    names = ("clause", "scope", "low", "below", "action", "workdays")
    return [{**{name: getattr(tier, name) for name in names}, "who": tier.who.value} for tier in tiers]


def month_of(text: str, otherwise: date) -> date:
    """Read a month of the URL; what is not one is the other."""
    form = MonthForm({"month": text})
    return form.cleaned_data["month"] if form.is_valid() else otherwise
