"""What the page of a lost lane asks for, checked (§2.2.2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core import clock
from customers.models import KeyCustomer
from desk.forms import REQUIRED, day_field, text_field
from desk.priceforms import Refusable
from penalties.services import Loss
from rulebook.due import local_day

ROWS = 5
"""How many departments and how many persons the page has room for; the API takes more."""
SHARED = (("departments", _("责任部门编号")), ("persons", _("责任人工号")))


def _revenue(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=Decimal("99999999.99"), decimal_places=2, widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages=REQUIRED | {"invalid": _("请填写金额，例如 12000 或 12000.50。")},
    )  # fmt: skip


def _percent() -> forms.DecimalField:
    return forms.DecimalField(
        label=_("比例（%）"), min_value=Decimal("0.01"), max_value=100, decimal_places=2, required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}), error_messages={"invalid": _("请填写百分比，例如 50 或 33.33。")},
    )  # fmt: skip


class LaneForm(Refusable):
    """A lane, its three months, and up to five departments and persons with their parts of the fault."""

    key = forms.UUIDField(widget=forms.HiddenInput())
    customer = forms.TypedChoiceField(label=_("项目客户"), coerce=int, choices=lambda: _customers(), error_messages=REQUIRED)
    lane = text_field(_("线路（始发—到达）"), 60, required=True)
    lost_on = day_field(_("流失日期"))
    first = _revenue(_("流失前第三个月收入（元）"))
    second = _revenue(_("流失前第二个月收入（元）"))
    third = _revenue(_("流失前一个月收入（元）"))
    text = text_field(_("流失原因"), 500, required=True, rows=3)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rows: dict[str, list[tuple[str, str]]] = {}
        for kind, label in SHARED:
            self.rows[kind] = [(f"{kind}_{row}", f"{kind}_{row}_percent") for row in range(1, ROWS + 1)]
            for row, (name, percent) in enumerate(self.rows[kind], start=1):
                self.fields[name] = forms.CharField(label=f"{label} {row}", max_length=20, required=False)
                self.fields[percent] = _percent()
        self._dress()

    def _dress(self) -> None:
        for pairs in self.rows.values():
            for row, names in enumerate(pairs, start=1):
                self.fields[names[1]].label = f"{_t('比例（%）')} {row}"
                for name in names:
                    self.fields[name].widget.attrs["class"] = "form-control"

    def clean(self) -> dict[str, Any]:
        """A name needs its part, a part its name."""
        values: dict[str, Any] = super().clean() or {}
        for name, percent in (pair for pairs in self.rows.values() for pair in pairs):
            if values.get(name) and values.get(percent) is None and percent not in self.errors:
                self.add_error(percent, _t("请填写责任比例。"))
            if values.get(percent) is not None and not values.get(name):
                self.add_error(name, _t("请填写编号，或清除比例。"))
        return values

    @property
    def loss(self) -> Loss:
        values = self.cleaned_data
        plain = {name: values[name] for name in ("customer", "lane", "lost_on", "first", "second", "third", "text")}
        return Loss(**plain, departments=self._shares("departments"), persons=self._shares("persons"))

    def _shares(self, kind: str) -> list[tuple[str, Decimal]]:
        values = self.cleaned_data
        return [(values[name].strip(), values[percent]) for name, percent in self.rows[kind] if values[name]]

    def refuse(self, refusal: Any) -> None:
        refusal.field = f"{refusal.field}_1" if refusal.field in self.rows else refusal.field
        super().refuse(refusal)

    def pairs(self) -> list[tuple[Any, list[tuple[Any, Any]]]]:
        """Return the rows of departments and persons as the page shows them."""
        heads = {"departments": _t("责任部门（从部门利润扣除）"), "persons": _t("责任人（处罚额的 1 %）")}
        return [(heads[kind], [(self[name], self[percent]) for name, percent in self.rows[kind]]) for kind, _label in SHARED]


def _customers() -> list[tuple[Any, str]]:
    """Offer the contracts that are, or lately were, in force."""
    year = local_day(clock.now()).year
    found = KeyCustomer.objects.filter(valid_to__year__gte=year - 1).select_related("customer").order_by("pk")
    return [("", _t("请选择")), *((each.pk, f"{each.name}（{each.contract_no}）") for each in found)]


class WithdrawForm(Refusable):
    reason = text_field(_("撤回原因"), 300, required=True, rows=2)
