"""What an order says, checked. The one validation behind every door: hall, phone, API and import (§1.2, §3.4.3).

Every error carries a stable code (`form.errors.as_data()`), and its clause in `params["clause"]` where a clause applies.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.language import in_words
from network.places import Level, place
from network.places import exists as place_exists
from orders.choices import Delivery, Payer, SlipReturn
from orders.phones import canonical
from orders.picker import PlacePicker
from orders.services.draft import Draft, Party
from rulebook.products import PRODUCTS
from rulebook.prohibited import prohibited

BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # can make a text read as what it is not
LINE_BREAKS = str.maketrans("\t\r\n\u2028\u2029", "     ")
YEARS = range(2000, 2101)

INVISIBLE = _("含有不可见的控制字符，请删除后重新填写。")

CENT, TEN_GRAMS, LITRE = Decimal("0.01"), Decimal("0.01"), Decimal("0.001")
MOST_MONEY = Decimal("9999999.99")


def check_characters(text: str) -> None:
    """:raises ValidationError: characters that cannot be stored, printed or read aloud; emoji and rare characters can"""
    if any(unicodedata.category(char) in ("Cc", "Cs") or char in BIDI for char in text.replace("\0", "")):
        raise ValidationError(INVISIBLE, code="control_characters")
    if text and not any(unicodedata.category(char)[0] in "LNPS" for char in text):
        raise ValidationError(_("内容为空白，请填写文字。"), code="blank")


class Text(forms.CharField):
    """One line of text: pasted line breaks and tabs become blanks, what cannot be read is refused."""

    default_validators = [check_characters]
    default_error_messages = {
        "required": _("请填写此项。"),
        "null_characters_not_allowed": INVISIBLE,
        "max_length": _("最多 %(limit_value)d 个字，现为 %(show_value)d 个，请缩短。"),
    }

    def to_python(self, value: Any) -> str:
        return super().to_python(value.translate(LINE_BREAKS) if isinstance(value, str) else value)  # type: ignore[no-any-return]


class Phone(forms.CharField):
    default_error_messages = {
        "required": _("请填写电话，手机或固定电话均可。"),
        "null_characters_not_allowed": INVISIBLE,
        "phone": _(
            "电话号码不正确：请填 11 位手机号，或带区号的固定电话（如 0571-88886666，分机写在“转”后），或 400 电话。"
        ),
    }
    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel"})

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        number = canonical(text)
        if number is None:
            raise ValidationError(self.error_messages["phone"], code="phone")
        return number


class PlaceCode(forms.CharField):
    """A city or county by its six-digit GB/T 2260 code, chosen level by level."""

    widget = PlacePicker
    default_error_messages = {
        "required": _("请选择省、市、区县。"),
        "null_characters_not_allowed": INVISIBLE,
        "place": _("没有这个行政区划代码：请选择省、市、区县，或填写 6 位 GB/T 2260 代码（如 330106）。"),
        "place_too_wide": _("只选到了省，请继续选择市和区县。"),
    }

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"aria-label": self.label}

    def clean(self, value: Any) -> str:
        code = super().clean(value)
        if not code:
            return ""
        if not place_exists(code):
            raise ValidationError(self.error_messages["place"], code="place")
        if place(code).level == Level.PROVINCE:
            raise ValidationError(self.error_messages["place_too_wide"], code="place_too_wide")
        return str(code)


class Amount(forms.DecimalField):
    """A decimal of fixed precision; what comes out always has all its decimals, so that equal amounts compare equal (money: §0.9)."""

    default_error_messages = {
        "required": _("请填写数字。"),
        "invalid": _("请填写数字，如 12.5。"),
        "max_digits": _("数字过大，请核对单位。"),
        "max_whole_digits": _("数字过大，请核对单位。"),
        "max_decimal_places": _("最多保留 %(max)s 位小数。"),
        "min_value": _("不能小于 %(limit_value)s。"),
        "max_value": _("不能大于 %(limit_value)s，请核对单位。"),
    }

    def __init__(self, *, step: Decimal, unit: str, **options: Any) -> None:
        self.step_size_of = step
        places = -int(step.as_tuple().exponent)
        widget = forms.TextInput(attrs={"inputmode": "decimal", "data-unit": unit})
        super().__init__(decimal_places=places, widget=widget, **options)

    def clean(self, value: Any) -> Decimal:
        number = super().clean(value)
        return (number if number is not None else Decimal(0)).quantize(self.step_size_of)


def _count(label: Any, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=99999,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("请填写件数。"),
            "invalid": _("件数须为整数，如 10。"),
            "min_value": _("件数至少为 %(limit_value)s。"),
            "max_value": _("件数最多为 %(limit_value)s，请核对。"),
        },
        **options,
    )


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    errors = {"required": _("请选择一项。"), "invalid_choice": _("没有“%(value).20s”这个选项，请从列表中选择。")}
    return forms.ChoiceField(label=label, choices=choices, error_messages=errors)


def _money(label: Any, help_text: Any) -> Amount:
    return Amount(
        label=label,
        help_text=help_text,
        step=CENT,
        unit="元",
        min_value=0,
        max_value=MOST_MONEY,
        required=False,
        initial="0.00",
    )


def product_choices() -> list[tuple[str, str]]:
    """Return the products (§4.6) by their names, the choice left to us first."""
    return [("", _("由我们选择")), *((row.code, in_words(row)) for row in PRODUCTS.values())]


class DraftForm(forms.Form):
    """The content of an order. `form.draft()` is what `orders.services.place` and `edit` take."""

    shipper_name = Text(label=_("发货人"), max_length=60, error_messages={"required": _("请填写发货人姓名。")})
    shipper_phone = Phone(label=_("发货人电话"), help_text=_("手机、带区号的固定电话或 400 电话"))
    shipper_place = PlaceCode(label=_("发货地区"))
    shipper_address = Text(
        label=_("发货地址"), max_length=200, error_messages={"required": _("请填写街道、门牌号等详细地址。")}
    )
    consignee_name = Text(label=_("收货人"), max_length=60, error_messages={"required": _("请填写收货人姓名。")})
    consignee_phone = Phone(label=_("收货人电话"), help_text=_("手机、带区号的固定电话或 400 电话"))
    consignee_place = PlaceCode(label=_("收货地区"))
    consignee_address = Text(
        label=_("收货地址"), max_length=200, error_messages={"required": _("请填写街道、门牌号等详细地址。")}
    )
    goods = Text(label=_("货物名称"), max_length=60, error_messages={"required": _("请填写货物名称，如“五金配件”。")})
    pieces = _count(_("件数"))
    weight_kg = Amount(
        label=_("重量（千克）"), step=TEN_GRAMS, unit="kg", min_value=Decimal("0.01"), max_value=Decimal(100000),
        help_text=_("总重量，最多两位小数"),
    )  # fmt: skip
    # Shippers know pieces and weight, seldom the volume: 0 means not known, it is measured for the waybill (§1.4.3).
    volume_m3 = Amount(
        label=_("体积（立方米）"), step=LITRE, unit="m³", min_value=0, max_value=Decimal(1000), required=False, initial="0.000",
        help_text=_("总体积，最多三位小数；不清楚可不填，由营业部测量"),
    )  # fmt: skip
    branch_code = Text(
        label=_("营业部编号"), max_length=20, required=False, help_text=_("留空则由呼叫中心分配最近的营业部")
    )
    packing = Text(label=_("包装"), max_length=40, required=False, help_text=_("如纸箱、木箱、托盘"))
    insured = forms.BooleanField(label=_("保价"), required=False)
    declared_value = _money(_("声明价值（元）"), _("保价时必填"))
    cod_amount = _money(_("代收货款（元）"), _("不代收填 0"))
    payer = _choice(_("付款方式"), Payer.choices)
    delivery = _choice(_("送货方式"), Delivery.choices)
    slip_return = _choice(_("签收单"), SlipReturn.choices)
    product = forms.ChoiceField(
        label=_("产品"),
        choices=product_choices,
        required=False,
        help_text=_("不选则按汽运专线计价"),
        error_messages={"invalid_choice": _("没有“%(value).20s”这个选项，请从列表中选择。")},
    )
    pickup = forms.BooleanField(label=_("上门接货"), required=False, help_text=_("不勾选表示自己送货到营业部"))
    appointment = forms.DateTimeField(
        label=_("预约接货时间"),
        required=False,
        help_text=_("接货时间 09:00–18:00；不填则尽快上门"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("时间格式不正确，请按 2026-11-23 14:30 填写（北京时间）。")},
    )
    remark = Text(label=_("备注"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, initial: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(*args, initial={**DEFAULTS, **(initial or {})}, **options)

    def clean_goods(self) -> str:
        goods: str = self.cleaned_data["goods"]
        if row := prohibited(goods):
            words = _("“%(kind)s”属禁运品，不能托运（§4.4.4）。如货物并非禁运品，请写明准确名称。")
            raise ValidationError(words, code="prohibited", params={"kind": in_words(row), "clause": "§4.4.4"})
        return goods

    def clean_appointment(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data["appointment"]
        if moment is None:
            return None
        if moment.year not in YEARS:  # instants at the ends of time cannot be moved between zones
            raise ValidationError(self.fields["appointment"].error_messages["invalid"], code="invalid")
        return moment.astimezone(UTC)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values.get("insured") and values.get("declared_value") == 0:
            self.add_error(
                "declared_value",
                ValidationError(_("选择保价时请填写声明价值，或取消保价。"), code="needs_declared_value"),
            )
        if values.get("payer") == Payer.FROM_COD and values.get("cod_amount") == 0:
            self.add_error(
                "cod_amount",
                ValidationError(_("付款方式为“货款扣”时请填写代收货款，或改选付款方式。"), code="needs_cod_amount"),
            )
        return values

    def draft(self) -> Draft:
        """Return the content of a form that is valid."""
        values = dict(self.cleaned_data)
        parties = {role: _party(values, role) for role in ROLES}
        return Draft(**parties, **values)


class WithCoupon(DraftForm):
    """The content of a new order as people type it, and the coupon they want to use on it (§4.5); the content has no coupon."""

    coupon = Text(
        label=_("优惠券号"), max_length=12, required=False, help_text=_("致歉时赠送的优惠券，抵扣本单运费；没有可不填")
    )

    def draft(self) -> Draft:
        self.coupon_code = str(self.cleaned_data.pop("coupon", ""))
        return super().draft()


class RefunderForm(forms.Form):
    """Who takes the goods back if they are refused (退货接收人), as a channel names them."""

    name = Text(label=_("退货接收人"), max_length=60, error_messages={"required": _("请填写退货接收人姓名。")})
    phone = Phone(label=_("退货接收人电话"))
    place = PlaceCode(label=_("退货地区"))
    address = Text(label=_("退货地址"), max_length=200, error_messages={"required": _("请填写街道、门牌号等详细地址。")})

    def party(self) -> Party:
        return Party(**self.cleaned_data)


class _Shared(dict[str, forms.Field]):
    """Fields that no form changes: Django need not copy them for each one."""

    def __deepcopy__(self, _memo: object) -> _Shared:
        return self


class DraftReader(DraftForm):
    """The form for doors that read contents by the thousand and draw none: its fields are neither copied nor bound to labels."""

    def _clean_fields(self) -> None:
        for name, field in self.fields.items():
            if name in UNNAMED and self.data.get(name) is DEFAULTS[name]:
                self.cleaned_data[name] = UNNAMED[name]
                continue
            try:
                self.cleaned_data[name] = field.clean(field.widget.value_from_datadict(self.data, self.files, name))
                if further := getattr(self, f"clean_{name}", None):
                    self.cleaned_data[name] = further()
            except ValidationError as error:
                self.add_error(name, error)


DraftReader.base_fields = _Shared(DraftReader.base_fields)


ROLES = ("shipper", "consignee")
PARTY = tuple(f.name for f in fields(Party))
DEFAULTS: dict[str, Any] = {f.name: f.default for f in fields(Draft) if f.default is not MISSING}
"""What a field holds that nobody asked about: the starting values of the pages, what API and import fill in."""
UNNAMED: dict[str, Any] = {name: DraftForm.base_fields[name].clean(value) for name, value in DEFAULTS.items()}
"""The same, as the form reads it: half the fields of an order are not named, and need no reading."""


def _party(values: dict[str, Any], role: str) -> Party:
    return Party(**{part: values.pop(f"{role}_{part}") for part in PARTY})


def values_of(draft: Draft) -> dict[str, Any]:
    """Return the content as the form's values, to edit it: `DraftForm(initial=values_of(draft_of(order)))`."""
    plain = {f.name: getattr(draft, f.name) for f in fields(Draft) if f.name not in ROLES}
    return {f"{role}_{part}": getattr(getattr(draft, role), part) for role in ROLES for part in PARTY} | plain


def form_field(name: str) -> str:
    """Return the form's name of a draft's field, as refusals and differences name it: shipper.phone → shipper_phone."""
    return name.replace(".", "_")
