"""What the outage pages ask for, checked."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from desk.forms import CHOOSE, PICK, REQUIRED, Styled, moment_field, text_field
from network.models import Person, Unit
from rulebook.errors import Refused
from rulebook.excuses import OUTAGES
from sla.choices import FilingReason
from sla.services import Fault

MOST_UNITS = 200


class OutageForm(Styled):
    """What struck whom, from when till when; both instants count (†)."""

    reason = forms.ChoiceField(
        label=_("原因类别"), choices=[*PICK, *((code, FilingReason(code).label) for code in OUTAGES)], error_messages=CHOOSE
    )
    units = forms.CharField(
        label=_("单位编号"), max_length=4_000, error_messages=REQUIRED, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("营业部、区域或大区，可多个，用逗号或换行分开；包括下级"),
    )  # fmt: skip
    since = moment_field(_("开始"))
    until = moment_field(_("结束"))
    text = text_field(_("故障说明"), 500, required=True, rows=2)
    seen = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput())
    of = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput())

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        self._person = person

    def clean_units(self) -> list[Unit]:
        codes = list(dict.fromkeys(re.split(r"[\s,，、;；]+", self.cleaned_data["units"].strip())))
        if len(codes) > MOST_UNITS:
            raise ValidationError(_t("一次最多 %d 个单位，请填上级单位的编号。") % MOST_UNITS)
        found = {unit.code: unit for unit in Unit.objects.visible_to(self._person).filter(code__in=codes)}
        if unknown := [code[:20] for code in codes if code not in found]:
            raise ValidationError(_t("没有这个单位，或不属于您的单位：%s。") % _t("、").join(unknown[:5]))
        return [found[code] for code in codes]

    def fault(self) -> Fault:
        return Fault(**{name: self.cleaned_data[name] for name in ("reason", "since", "until", "units")})

    def mark(self) -> str:
        """Return a mark of what was asked, so that what is filed is what was previewed."""
        asked = [str(self.cleaned_data[name]) for name in ("reason", "since", "until")]
        codes = sorted(unit.code for unit in self.cleaned_data["units"])
        return hashlib.sha256("|".join(asked + codes).encode()).hexdigest()[:16]

    @property
    def was_previewed(self) -> bool:
        return bool(self.cleaned_data["seen"]) and self.cleaned_data["of"] == self.mark()

    def refuse(self, refusal: Refused) -> None:
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, ValidationError(str(refusal).replace("%", "%%")))


class WordsForm(Styled):
    words = text_field(_("说明"), 300, required=True, rows=2)
