"""What a customer writes in a chat, and to whom it goes (§3.2, §4.3.1.1)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms import PictureField
from customers.models.chats import LONGEST_LINE
from customers.services import Said
from orders.forms import Phone, Text
from portal.forms import Radios
from rulebook.errors import Refused

ORDERS = "order"  # the branch of the order


class Words(forms.CharField):
    """Several lines of text."""

    default_error_messages = {
        "null_characters_not_allowed": _("内容含有无法显示的字符，请删去后重试。"),
        "max_length": _("最多 %(limit_value)d 个字，现为 %(show_value)d 个，请缩短。"),
    }


class LineForm(forms.Form):
    """One line: words, a picture, or both."""

    text = Words(label=_("内容"), required=False, max_length=LONGEST_LINE, widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}))
    picture = PictureField()

    def said(self) -> Said:
        return Said(self.cleaned_data["text"], self.cleaned_data["picture"])

    def refuse(self, refusal: Refused) -> None:
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.reason)


class StartForm(LineForm):
    """The first line: with whom, about which order, and whom we speak to."""

    to = forms.ChoiceField(
        label=_("和谁聊"), widget=Radios(attrs={"class": "form-check-input"}), error_messages={"required": _("请选择营业部或呼叫中心。")}
    )
    order_number = Text(label=_("订单号（没有可不填）"), max_length=20, required=False, widget=forms.TextInput(attrs={"class": "form-control"}))
    tail = Text(
        label=_("寄件人或收件人电话的后四位（可不填）"), max_length=4, required=False,
        help_text=_("验证后客服才能告诉您订单里的收发货信息"), widget=forms.TextInput(attrs={"class": "form-control", "inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    name = Text(label=_("您的称呼（可不填）"), max_length=40, required=False, widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "name"}))
    phone = Phone(
        label=_("联系电话（可不填）"), required=False, widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "class": "form-control", "autocomplete": "tel"})
    )
    field_order = ("to", "order_number", "tail", "text", "picture", "name", "phone")

    def __init__(self, *args: Any, desks: list[tuple[str, Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"].choices = desks  # type: ignore[attr-defined]
