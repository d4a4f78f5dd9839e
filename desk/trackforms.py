"""What the tracking workbench asks for, checked; the filters live in the URL."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from delivery.choices import ENDED, State
from desk.forms import CHOOSE, Styled, coded, text_field
from desk.tracking import PROBLEMS
from network.places import provinces
from rulebook.reasons import TRACKING_PHRASES


def _provinces() -> list[tuple[str, str]]:
    return [(each.code[:2], each.name) for each in provinces()]


class TrackingFilters(Styled):
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部状态")), *((s.value, s.label) for s in State if s not in ENDED)],
    )
    kind = forms.ChoiceField(
        label=_("问题类型"), required=False, choices=[("", _("全部问题")), *((row.key, row.label) for row in PROBLEMS)]
    )
    to = forms.ChoiceField(label=_("到达省份"), required=False, choices=lambda: [("", _("全部到达地")), *_provinces()])
    branch = forms.CharField(label=_("营业部编号"), required=False, max_length=20)


class BulkTrackForm(Styled):
    """One entry for all ticked: a phrase, which the customer reads, or words that stay with us."""

    phrase = forms.ChoiceField(
        label=_("常用语"), required=False, choices=coded(TRACKING_PHRASES), error_messages=CHOOSE
    )
    text = text_field(_("或自己填写"), 300)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not given.get("phrase") and not given.get("text"):
            raise forms.ValidationError(_("请选择常用语，或填写跟踪情况。"))
        return given

    def values(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if value}
