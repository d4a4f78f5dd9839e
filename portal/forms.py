"""The hall's forms. The order's content is `orders.forms.DraftForm`; here is how a customer fills it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorList
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.language import in_words
from core.personal import mask_phone
from network.places import Candidate, exists, split
from orders import picker
from orders.forms import LITRE, ROLES, TEN_GRAMS, Amount, Phone, PlaceCode, Text, WithCoupon, form_field
from orders.services import Draft
from rulebook.errors import Refused
from rulebook.prices import SORTS
from rulebook.reasons import CANCEL_REASONS

LONGEST_PASTE = 1000
SHIPPERS_REASONS = ("not_shipping", "other_carrier", "too_late", "duplicate", "mistaken", "other")


class Worded(ErrorList):
    """Errors that end with the clause they follow from, where there is one."""

    def __getitem__(self, i: Any) -> Any:
        text, error = super().__getitem__(i), self.data[i]
        clause = (error.params or {}).get("clause") if isinstance(error, ValidationError) else None
        return f"{text}{gettext('（%s）') % clause}" if clause and clause not in text else text


class Radios(forms.RadioSelect):
    """Rendered by the page; a summary of errors leads to the first button."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_{index or 0}"


class KnownPhone(Phone):
    """A phone that is shown masked and stays what it is unless another one is typed."""

    def __init__(self, *, known: str, **options: Any) -> None:
        self.known = known
        super().__init__(**options)

    def clean(self, value: Any) -> str:
        return self.known if value == mask_phone(self.known) else super().clean(value)


@dataclass(frozen=True, slots=True)
class PartyFields:
    """One party's part of the page: its fields, its picker, and what a pasted text left open."""

    role: str
    title: Any
    name: forms.BoundField
    phone: forms.BoundField
    place: forms.BoundField
    address: forms.BoundField
    candidates: tuple[Candidate, ...]
    paste: str


class HallForm(WithCoupon):
    """The order's content as the hall asks for it: places by picker, pickup times as windows, the branch from a list."""

    use_required_attribute = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, error_class=Worded, label_suffix="", **options)
        for role in ROLES:
            for part, token in AUTOCOMPLETE.items():
                self.fields[f"{role}_{part}"].widget.attrs["autocomplete"] = f"section-{role} {token}"
        for name in OFTEN_NONE:
            self.initial[name] = self.initial.get(name) or ""  # an empty box reads better than 0.00
        for name in ("pickup", "appointment", "branch_code"):
            self.fields[name].widget = Radios()
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", _css(field.widget))

    @staticmethod
    def base_place(typed: Mapping[str, Any], role: str) -> str:
        """Return the place that posted selects stand for."""
        return picker.PlacePicker().value_from_datadict(typed, {}, f"{role}_place")

    def show_masked(self, known: Draft) -> None:
        """Let the phones of a known order be edited without being shown."""
        for role in ROLES:
            name, phone = f"{role}_phone", getattr(known, role).phone
            field = self.fields[name]
            self.fields[name] = KnownPhone(
                known=phone, label=field.label, help_text=field.help_text, widget=field.widget
            )
            self.initial[name] = mask_phone(phone)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not values.get("pickup"):
            values["appointment"] = None  # the window belongs to the pickup that is not wanted
        return values

    def refuse(self, refusal: Refused) -> None:
        """Put what a rule forbids beside the field it speaks of."""
        name = form_field(refusal.field)
        words = ValidationError(
            refusal.reason.replace("%", "%%"),
            code="refused",
            params={"clause": refusal.clause} if refusal.clause else {},
        )
        self.add_error(name if name in self.fields else None, words)

    def parties(self) -> list[PartyFields]:
        return [party_fields(self, role, title) for role, title in (("shipper", _("寄件人")), ("consignee", _("收件人")))]


def party_fields(form: forms.Form, role: str, title: Any) -> PartyFields:
    """Return a party's part of a form whose fields are named after it."""
    place = form[f"{role}_place"]
    pasted = str((form.data or form.initial).get(f"{role}_paste", ""))
    code = str(place.value() or "")
    candidates = split(pasted).candidates if pasted and not exists(code) and len(pasted) <= LONGEST_PASTE else ()
    return PartyFields(
        role, title, form[f"{role}_name"], form[f"{role}_phone"], place, form[f"{role}_address"],
        candidates if len(candidates) > 1 else (), pasted,
    )  # fmt: skip


OFTEN_NONE = ("volume_m3", "declared_value", "cod_amount")
AUTOCOMPLETE = {"name": "name", "phone": "tel", "address": "street-address"}


def _css(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


def pasted_into(typed: Mapping[str, str], role: str) -> dict[str, str]:
    """Return the form's data with a pasted text divided into the party's fields; what it does not say stays as typed.

    Several equally good places are not decided here: the picker is emptied and the page offers them.
    """
    data, found = dict(typed), split(typed.get(f"{role}_paste", "")[:LONGEST_PASTE])
    said = {"name": found.name[:60], "phone": found.phone, "address": found.detail[:200]}
    data |= {f"{role}_{part}": text for part, text in said.items() if text}
    if found.candidates:
        for key in ("", "_candidate", *(f"_{key}" for key, _label in picker.LEVELS)):
            data.pop(f"{role}_place{key}", None)
    if len(found.candidates) == 1:
        data |= place_data(role, found.candidates[0].place.code)
    return data


def place_data(role: str, code: str) -> dict[str, str]:
    return {f"{role}_place_{each.key}": each.chosen for each in picker.choices(code)}


class PriceForm(forms.Form):
    """The four fields of a price query (§3.2)."""

    from_place = PlaceCode(label=_("发货地区"))
    to_place = PlaceCode(label=_("收货地区"))
    weight_kg = Amount(
        label=_("重量（千克）"), step=TEN_GRAMS, unit="kg", min_value=Decimal("0.01"), max_value=Decimal(100000)
    )
    volume_m3 = Amount(
        label=_("体积（立方米）"), step=LITRE, unit="m³", min_value=0, max_value=Decimal(1000), required=False,
        help_text=_("不清楚可不填，先按重量估价"),
    )  # fmt: skip
    sort = forms.ChoiceField(choices=[(name, "") for name in SORTS], required=False, widget=forms.HiddenInput)
    use_required_attribute = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, error_class=Worded, label_suffix="", **options)
        for name in ("weight_kg", "volume_m3"):
            self.fields[name].widget.attrs["class"] = "form-control"

    def refuse(self, refusal: Refused) -> None:
        """Put what a rule forbids beside the field it speaks of."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))

    def as_query(self) -> dict[str, str]:
        """Return what was asked, without the order of the answer, for the links that change it."""
        return {name: str(value) for name, value in self.cleaned_data.items() if name != "sort"}


class CancelForm(forms.Form):
    """Why a customer cancels (§1.2.1.4); the branch confirms the reason with him the same day (§1.2.1.4r)."""

    reason = forms.ChoiceField(
        label=_("取消原因"),
        choices=lambda: [(code, in_words(CANCEL_REASONS[code])) for code in SHIPPERS_REASONS],
        widget=Radios(attrs={"class": "form-check-input"}),
        error_messages={"required": _("请选择取消原因。"), "invalid_choice": _("请从列表中选择取消原因。")},
    )
    text = Text(
        label=_("补充说明"), max_length=300, required=False, help_text=_("选择“其他”时必填"),
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
    )  # fmt: skip
    use_required_attribute = False
