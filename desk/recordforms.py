"""What is asked when a call, a special circumstance or a demand from the spot is recorded (delivery.services.records)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from delivery.choices import Means
from delivery.services.costs import MOST_HELPERS
from desk.cashforms import amount_field
from desk.forms import CHOOSE, PICK, moment_field, reason_field, text_field
from desk.goodsforms import Goods
from rulebook.reasons import CIRCUMSTANCES, DEMANDS, HIRE_REASONS, LATENESS_REASONS

REACHED = [("yes", _("已接通")), ("", _("未接通"))]


def _reached() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("是否接通"), choices=REACHED, required=False, initial="yes")


class Record(Goods):
    """A form of a record about one shipment; what the money is stands in its labels."""

    def __init__(self, *args: Any, freight: Decimal = Decimal(), cash: Decimal = Decimal(), door: bool = True, **more: Any) -> None:
        super().__init__(*args, **more)
        self.freight, self.cash, self.door = freight, cash, door

    def values(self) -> dict[str, Any]:
        values = super().values()
        return values | {"reached": bool(values["reached"])} if "reached" in values else values


class CallForm(Record):
    reached = _reached()
    expected_at = moment_field(_("告知的预计送达时间"), required=False)
    address_confirmed = forms.BooleanField(label=_("已核对现在的收货地址"), required=False)
    freight_told = forms.BooleanField(required=False)
    means = forms.ChoiceField(required=False, choices=[*PICK, *Means.choices])
    extras = text_field(_("需要的附加服务（上楼、卸货等）"), 200)
    remark = text_field(_("说明"), 300)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["freight_told"].label = _("已告知运费到付 %s 元") % self.freight
        self.fields["means"].label = _("代收货款 %s 元，付款方式") % self.cash
        for name, wanted in (("freight_told", self.freight), ("means", self.cash), ("address_confirmed", self.door)):
            if not wanted:
                del self.fields[name]


class PaymentForm(Record):
    """Money taken at the branch or at the door, exactly what is due (§4.3.3.2)."""

    amount = amount_field(_("实收金额（元）"))
    means = forms.ChoiceField(label=_("收款方式"), choices=[*PICK, *Means.choices], error_messages=CHOOSE)

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class TakeBackFreightForm(Record):
    remark = text_field(_("冲回原因"), 300, required=True)


class LateForm(Record):
    reached = _reached()
    reason = reason_field(LATENESS_REASONS, _("晚到原因"))
    expected_at = moment_field(_("下次预计送达时间"))
    remark = text_field(_("说明"), 300)


class HireForm(Record):
    reason = reason_field(HIRE_REASONS, _("外雇原因"))
    helpers = forms.IntegerField(
        label=_("外雇人数"), min_value=1, max_value=MOST_HELPERS, widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": _("请填写人数。"), "invalid": _("人数须为整数，如 2。")},
    )  # fmt: skip
    cost = forms.DecimalField(
        label=_("外雇费用（元）"), min_value=0, max_digits=7, decimal_places=2, widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"required": _("请填写费用，没有费用填 0。"), "invalid": _("费用须为数字，如 80.00。")},
    )  # fmt: skip


class CircumstanceForm(Record):
    cause = reason_field(CIRCUMSTANCES, _("特殊情况"))
    text = text_field(_("说明"), 300, required=True, rows=2)


class DemandForm(Record):
    kind = reason_field(DEMANDS, _("要求"))
    text = text_field(_("具体要求"), 300, required=True, rows=2)


class AnswerForm(Record):
    agreed = forms.TypedChoiceField(
        label=_("答复"), choices=[("yes", _("同意")), ("no", _("不同意"))], coerce=lambda value: value == "yes"
    )
    answer = text_field(_("答复内容"), 300, required=True, rows=2)
