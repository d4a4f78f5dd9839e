"""The forms of the address book: one entry, a search, a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Address
from customers.services.addresses import Contact
from orders import picker, sheets
from orders.forms import Phone, PlaceCode, Text
from portal.forms import PartyFields, Worded, party_fields

ROLE = "contact"
PARTS = ("name", "phone", "place", "address")
TOO_LARGE = _("文件超过 5 MB，请分成几个文件导入。")


class EntryForm(forms.Form):
    """One entry; its party's fields are named as in the order form, so that the same part of the page asks for them."""

    contact_name = Text(label=_("姓名或单位"), max_length=60, error_messages={"required": _("请填写姓名或单位名称。")})
    contact_phone = Phone(label=_("电话"), help_text=_("手机、带区号的固定电话或 400 电话"))
    contact_place = PlaceCode(label=_("地区"))
    contact_address = Text(
        label=_("详细地址"), max_length=200, error_messages={"required": _("请填写街道、门牌号等详细地址。")}
    )
    group = Text(label=_("分组"), max_length=20, required=False, help_text=_("如“杭州客户”，可不填"))
    default = forms.BooleanField(label=_("设为默认发货地址"), required=False)
    use_required_attribute = False

    def __init__(self, *args: Any, groups: bool = False, **options: Any) -> None:
        super().__init__(*args, error_class=Worded, label_suffix="", **options)
        for name, field in self.fields.items():
            field.widget.attrs.setdefault("class", "form-check-input" if name == "default" else "form-control")
        if groups:
            self.fields["group"].widget.attrs["list"] = "groups"

    def party(self) -> PartyFields:
        return party_fields(self, ROLE, _("地址"))

    def contact(self) -> Contact:
        """Return what a valid form says."""
        values = self.cleaned_data
        return Contact(**{part: values[f"{ROLE}_{part}"] for part in PARTS}, group=values["group"])


def values_of(entry: Address | Contact) -> dict[str, Any]:
    """Return an entry as the form's values."""
    return {f"{ROLE}_{part}": getattr(entry, part) for part in PARTS} | {"group": entry.group}


def typed_into(typed: Mapping[str, str]) -> dict[str, Any]:
    """Return what was typed so far, the place by its selects."""
    return {**typed, f"{ROLE}_place": picker.PlacePicker().value_from_datadict(typed, {}, f"{ROLE}_place")}


class SearchForm(forms.Form):
    """What a list of entries is narrowed to; the values stand in the URL."""

    q = forms.CharField(label=_("搜索"), max_length=60, required=False)
    group = forms.ChoiceField(label=_("分组"), required=False)
    use_required_attribute = False

    def __init__(self, *args: Any, groups: list[str], **options: Any) -> None:
        super().__init__(*args, label_suffix="", **options)
        self.fields["group"].choices = [("", _("全部分组")), *((each, each) for each in groups)]  # type: ignore[attr-defined]
        self.fields["q"].widget.attrs |= {"class": "form-control", "placeholder": _("姓名、电话、地址")}
        self.fields["group"].widget.attrs["class"] = "form-select"


class TableForm(forms.Form):
    """A table to be read."""

    table = forms.FileField(
        label=_("文件"), max_length=255,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv", "class": "form-control"}),
        error_messages={"required": _("请选择要导入的文件。"), "empty": _("文件是空的，请重新选择。")},
    )  # fmt: skip
    use_required_attribute = False

    def __init__(self, *args: Any, help_text: Any = "", **options: Any) -> None:
        super().__init__(*args, error_class=Worded, label_suffix="", **options)
        self.fields["table"].help_text = help_text

    def clean_table(self) -> Any:
        table = self.cleaned_data["table"]
        if table.size > sheets.MOST_BYTES:
            raise forms.ValidationError(TOO_LARGE, code="too_large")
        return table
