"""What the chat's pages ask for, checked (§3.2, §4.3.1.1)."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms import PictureField
from customers.models.chats import LONGEST_LINE
from customers.services import Said
from customers.services.phrases import LONGEST
from desk.forms import REQUIRED, Styled, day_field, text_field
from desk.priceforms import Refusable


class ReplyForm(Refusable):
    """One line of the desk."""

    text = text_field(_("回复"), LONGEST_LINE, rows=3)
    picture = PictureField()

    def said(self) -> Said:
        return Said(self.cleaned_data["text"], self.cleaned_data["picture"])


class TransferForm(Refusable):
    unit = forms.CharField(
        label=_("转接到（营业部编号；呼叫中心为 CC）"), max_length=20, error_messages=REQUIRED, widget=forms.TextInput(attrs={"list": "chat-units"})
    )


class ChatFilters(Styled):
    """All optional, kept in the URL."""

    number = forms.CharField(label=_("订单号"), required=False, max_length=20)
    unit = forms.CharField(label=_("单位编号"), required=False, max_length=20)
    since = day_field(_("自"), required=False)
    until = day_field(_("至"), required=False)


class PhraseForm(Refusable):
    text = text_field(_("常用语"), LONGEST, required=True, rows=2)
