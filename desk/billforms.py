"""What the bill's pages ask for, checked: the scale's figures, sizes line by line, an amendment (§1.4.3)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from desk.forms import CHOOSE, REQUIRED, Styled, text_field
from orders.choices import CopyMeans, Delivery, Means, Payer, SlipReturn
from orders.forms import CENT, LITRE, MOST_MONEY, TEN_GRAMS, Amount, Phone, PlaceCode, Text
from orders.models import Order, Waybill
from orders.services.draft import draft_of
from orders.services.measuring import MOST_SIZES
from rulebook.errors import Refused
from rulebook.measures import MOST_KG, MOST_M3, MOST_PIECES, Parcel

SIZE = re.compile(r"(\d{1,5})((?:[×xX* ]\d{1,4}(?:\.\d)?){3})(?:@(\d{1,6}(?:\.\d{1,2})?))?", re.ASCII)
NUMERIC = {"inputmode": "numeric"}


class Figure(Amount):
    """A decimal that may be left empty: nothing is None, not nought."""

    def clean(self, value: Any) -> Any:
        return None if value in self.empty_values and not self.required else super().clean(value)


class Sizes(forms.CharField):
    """One size a line: pieces × length × width × height in cm, and @ the weight of each in kg where it was weighed singly."""

    widget = forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "placeholder": "6×40×30×25"})

    def clean(self, value: Any) -> tuple[Parcel, ...]:  # type: ignore[override]
        lines = [line.strip() for line in str(super().clean(value) or "").splitlines() if line.strip()]
        if len(lines) > MOST_SIZES:
            raise ValidationError(_("尺寸最多 %s 行。") % MOST_SIZES)
        return tuple(_size(row, line) for row, line in enumerate(lines, start=1))


def _size(row: int, line: str) -> Parcel:
    found = SIZE.fullmatch(re.sub(r"\s*([×xX*@])\s*", r"\1", re.sub(r"\s+", " ", line)))
    if found is None:
        raise ValidationError(_("第 %s 行看不懂：请写 件数×长×宽×高（厘米），如 6×40×30×25，逐件称重的再写 @12.5。") % row)
    length, width, height = (Decimal(each) for each in re.findall(r"[\d.]+", found[2]))
    return Parcel(
        pieces=int(found[1]), length_cm=length, width_cm=width, height_cm=height,
        weight_kg=Decimal(found[3]) if found[3] else None,
    )  # fmt: skip


def _pieces() -> forms.IntegerField:
    return forms.IntegerField(
        label=lazy("实际件数"), min_value=1, max_value=MOST_PIECES, widget=forms.TextInput(attrs=NUMERIC),
        error_messages=REQUIRED | {"invalid": lazy("件数须为整数，如 10。")},
    )  # fmt: skip


def _weight(**options: Any) -> Figure:
    return Figure(
        label=lazy("实际重量（千克）"), step=TEN_GRAMS, unit="kg", min_value=TEN_GRAMS, max_value=MOST_KG, **options
    )


def _volume(**options: Any) -> Figure:
    return Figure(
        label=lazy("实际体积（立方米）"), step=LITRE, unit="m³", min_value=LITRE, max_value=MOST_M3, **options
    )


class RefusableForm(Styled):
    use_required_attribute = False

    def refuse(self, refusal: Refused) -> None:
        """Put what a rule forbids beside the field it speaks of."""
        name = {"parcels": "sizes"}.get(refusal.field, refusal.field.replace(".", "_"))
        self.add_error(name if name in self.fields else None, str(refusal))


class BillForm(RefusableForm):
    """What was counted, weighed and measured; the number of a waybill made outside, where one was."""

    pieces = _pieces()
    weight_kg = _weight(required=False, help_text=lazy("逐件称重时可不填"))
    sizes = Sizes(
        label=lazy("每件尺寸（厘米）"), required=False, max_length=4000,
        help_text=lazy("一行一种：件数×长×宽×高；体积按尺寸求和后四舍五入到 0.001 立方米"),
    )  # fmt: skip
    volume_m3 = _volume(required=False, help_text=lazy("填了尺寸则以尺寸为准"))
    payer = forms.ChoiceField(label=lazy("付款方式"), choices=Payer.choices, error_messages=CHOOSE)
    outside_no = text_field(lazy("系统外运单号"), 32)
    reason = text_field(lazy("系统外开单的原因"), 300)

    def measures(self) -> dict[str, Any]:
        """Return what the services take; a volume that stands as ordered gives way to the sizes that were measured."""
        values = {name: self.cleaned_data[name] for name in ("pieces", "weight_kg", "volume_m3", "payer")}
        if self.cleaned_data["sizes"] and "volume_m3" not in self.changed_data:
            values["volume_m3"] = None
        return {**values, "parcels": self.cleaned_data["sizes"]}


class AmendForm(RefusableForm):
    """What an amendment may change, filled with what the waybill says; the phone stays as it is when left empty."""

    pieces = _pieces()
    weight_kg = _weight()
    volume_m3 = _volume()
    payer = forms.ChoiceField(label=lazy("付款方式"), choices=Payer.choices, error_messages=CHOOSE)
    consignee_name = Text(label=lazy("收货人"), max_length=60)
    consignee_phone = Phone(label=lazy("收货人新电话"), required=False, help_text=lazy("不改则留空"))
    consignee_place = PlaceCode(label=lazy("收货地区"))
    consignee_address = Text(label=lazy("收货地址"), max_length=200)
    delivery = forms.ChoiceField(label=lazy("送货方式"), choices=Delivery.choices, error_messages=CHOOSE)
    slip_return = forms.ChoiceField(label=lazy("签收单"), choices=SlipReturn.choices, error_messages=CHOOSE)
    cod_amount = Figure(label=lazy("代收货款（元）"), step=CENT, unit="元", min_value=0, max_value=MOST_MONEY)
    amount = Figure(
        label=lazy("更改后运费（元）"), step=CENT, unit="元", min_value=CENT, max_value=MOST_MONEY, required=False,
        help_text=lazy("仅营业部报价的运单可填；有系统价的自动重算"),
    )  # fmt: skip
    reason = text_field(lazy("更改原因"), 300, required=True)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def changes(self, waybill: Waybill) -> dict[str, Any]:
        """Return the fields that are not as the waybill has them, by the names of the services."""
        known = amendable(waybill.order, waybill)
        values = {name: self.cleaned_data[name] for name in known}
        if not values["consignee_phone"]:
            del values["consignee_phone"]
        names = {name: name.replace("consignee_", "consignee.") for name in values}
        return {names[name]: value for name, value in values.items() if value != known[name]}


def amendable(order: Order, waybill: Waybill) -> dict[str, Any]:
    """Return the present values of what an amendment may change; the phone is not shown."""
    consignee = draft_of(order).consignee
    return {
        **{name: getattr(waybill, name) for name in ("pieces", "weight_kg", "volume_m3", "payer")},
        "consignee_name": consignee.name, "consignee_phone": "", "consignee_place": consignee.place,
        "consignee_address": consignee.address, "delivery": order.delivery, "slip_return": order.slip_return,
        "cod_amount": order.cod_amount,
    }  # fmt: skip


class RemarkForm(Styled):
    remark = text_field(lazy("核对说明"), 300)


class MeansForm(Styled):
    means = forms.ChoiceField(
        label=lazy("方式"), choices=[each for each in Means.choices if each[0] != Means.HALL], error_messages=CHOOSE
    )


class DoubtForm(Styled):
    text = text_field(lazy("客户说哪里不对"), 300, required=True)


class CopyForm(Styled):
    means = forms.ChoiceField(label=lazy("交付方式"), choices=CopyMeans.choices, error_messages=CHOOSE)


class LabelsForm(Styled):
    first = forms.IntegerField(label=lazy("从第几件"), min_value=1, max_value=MOST_PIECES, initial=1)
    last = forms.IntegerField(label=lazy("到第几件"), min_value=1, max_value=MOST_PIECES)


class DecisionForm(Styled):
    decision = text_field(lazy("审批意见"), 300)
    serial = forms.IntegerField(widget=forms.HiddenInput())
