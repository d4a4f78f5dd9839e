"""What the watch list asks for, checked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.language import in_words
from desk.forms import REQUIRED, Styled, day_field, text_field
from penalties.choices import Watched
from rulebook.errors import Refused
from rulebook.watches import WATCHES


class WatchFilters(Styled):
    """All optional, kept in the URL."""

    kind = forms.ChoiceField(
        label=_("名单"), required=False, choices=lambda: [("", _("全部名单")), *((row.code, in_words(row)) for row in WATCHES.values())]
    )
    unit = forms.CharField(label=_("单位编号"), required=False, max_length=20)
    since = day_field(_("自"), required=False)
    until = day_field(_("至"), required=False)


class ClearForm(Styled):
    reason = text_field(_("排除理由"), 300, required=True, rows=2)


class UpholdForm(Styled):
    """Whom the department names pays; of missed pickups in a row the branch's manager at that instant does (§1.7.2.8)."""

    reason = text_field(_("认定理由"), 300, required=True, rows=2)
    culprit = forms.CharField(
        label=_("责任人工号"), max_length=20, error_messages=REQUIRED, help_text=_("将按 §1.7.2.9 处罚此人，金额由部门核定")
    )

    def __init__(self, *args: Any, names_a_person: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        if not names_a_person:
            del self.fields["culprit"]
            self.fields["reason"].help_text = _("将按 §1.7.2.8 处罚当时的营业部经理，金额按规定核定")

    def refuse(self, refusal: Refused) -> None:
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, ValidationError(str(refusal).replace("%", "%%")))


TABS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("open", _("待处理"), (Watched.OPEN,)),
    ("upheld", _("属实"), (Watched.UPHELD,)),
    ("cleared", _("已排除"), (Watched.CLEARED,)),
    ("all", _("全部"), tuple(Watched.values)),
)
