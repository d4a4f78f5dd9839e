"""What the excuse desk asks for, checked: filing, verification, decision, taking up again, and the filters of its list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.forms import FilesField
from desk.forms import CHOOSE, Styled, day_field, text_field
from sla.choices import FilingReason, FilingState

PLAIN = (FilingReason.OFF_HOURS, FilingReason.SPECIAL_CIRCUMSTANCE)


def yes_no(label: Any, yes: Any, no: Any) -> forms.TypedChoiceField:
    """Return a field that two buttons answer."""
    return forms.TypedChoiceField(
        label=label, choices=[("1", yes), ("0", no)], coerce=lambda text: text == "1", error_messages=CHOOSE
    )


class FilingForm(Styled):
    """Why a clock was missed; only what may excuse it is offered."""

    reason = forms.ChoiceField(label=_("原因类别"), error_messages=CHOOSE)
    text = text_field(_("超时原因说明"), 500, required=True, rows=3)
    files = FilesField(required=False)

    def __init__(self, *args: Any, reasons: Sequence[FilingReason], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].choices = [(each.value, each.label) for each in reasons]  # type: ignore[attr-defined]
        self.fields["reason"].required = reasons[0] not in PLAIN  # what the clock itself shows need not be said again
        self.plain = reasons[0]

    def clean_reason(self) -> str:
        return self.cleaned_data["reason"] or str(self.plain)


class ProofForm(Styled):
    files = FilesField()


class VerifyForm(Styled):
    finding = text_field(_("核实情况"), 300, required=True, rows=2)
    confirmed = yes_no(_("核实结果"), _("属实"), _("不属实"))


class DecisionForm(Styled):
    decision = text_field(_("处理意见"), 300, rows=2)
    grant = yes_no(_("处理"), _("认可"), _("不认可"))

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values.get("grant") is False and not values.get("decision"):
            self.add_error("decision", str(_("不认可时请写明理由。")))
        return values


class ReopenForm(Styled):
    reason = text_field(_("重新处理的原因"), 300, required=True, rows=2)


class FilingFilters(Styled):
    """All optional, kept in the URL."""

    reason = forms.ChoiceField(label=_("原因"), required=False, choices=[("", _("全部原因")), *FilingReason.choices])
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部状态")), *FilingState.choices])
    unit = forms.CharField(label=_("营业部编号"), required=False, max_length=20)
    text = forms.CharField(label=_("订单号"), required=False, max_length=20)
    since = day_field(_("备案自"), required=False)
    until = day_field(_("备案至"), required=False)
