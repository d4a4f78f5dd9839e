"""The forms of a customer's own pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import CustomerAccount
from notify.choices import Medium, Topic
from notify.telling import media_of
from orders.forms import PlaceCode, Text
from portal.forms import Worded


class Own(forms.Form):
    """A form of the hall: our errors, our classes."""

    use_required_attribute = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, error_class=Worded, label_suffix="", **options)
        for field in self.fields.values():
            if not isinstance(field, PlaceCode):
                field.widget.attrs.setdefault("class", "form-control")


class PhoneForm(Own):
    phone = Text(
        label=_("发货用的手机号"), max_length=20, help_text=_("验证码发到这个号码"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip


class CodeForm(Own):
    """The code, and what a record is made of where the phone has none yet."""

    code = Text(
        label=_("短信验证码"), max_length=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )  # fmt: skip
    name = Text(label=_("姓名或公司名称"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "organization"}))
    place = PlaceCode(label=_("常用发货地区"))


class TellsForm(forms.Form):
    """One row a topic, one box a medium."""

    def __init__(self, *args: Any, account: CustomerAccount, **options: Any) -> None:
        super().__init__(*args, error_class=Worded, label_suffix="", **options)
        for topic in Topic:
            self.fields[topic.value] = forms.MultipleChoiceField(
                label=topic.label, choices=Medium.choices, required=False, initial=media_of(account, topic),
                widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
            )  # fmt: skip
