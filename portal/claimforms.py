"""What the hall asks for when a customer claims or answers a proposal (§4.5)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.language import in_words
from orders.forms import CENT, MOST_MONEY, Amount, Phone, Text
from rulebook.categories import CAUSES
from rulebook.errors import Refused

PICK = [("", _("请选择"))]
PAYEE_HELP = _("户名、开户行、账号；只有付款的财务人员能看到全部")


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; what they are is judged by their content when they are kept."""

    default_error_messages = {"required": _("请选择文件。"), "empty": _("文件是空的，请重新选择。")}

    def __init__(self, **options: Any) -> None:
        attrs = {"accept": "image/jpeg,image/png,image/webp,application/pdf", "class": "form-control"}
        super().__init__(widget=Files(attrs=attrs), max_length=255, **options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if not given:
            super().clean(None, initial)
        return [super(FilesField, self).clean(each, initial) for each in given]


class Said(forms.Form):
    """A form that can show what a service refused beside the field it speaks of."""

    use_required_attribute = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if select else "form-control"

    def refuse(self, refusal: Refused) -> None:
        words = ValidationError(refusal.reason.replace("%", "%%"), params={"clause": refusal.clause})
        self.add_error(refusal.field if refusal.field in self.fields else None, words)


def _words(label: Any, longest: int, **options: Any) -> Text:
    return Text(label=label, max_length=longest, widget=forms.Textarea(attrs={"rows": 3}), **options)


class HallClaimForm(Said):
    name = Text(label=_("索赔人"), max_length=60)
    phone = Phone(label=_("联系电话"), help_text=_("查询理赔进度时要用后四位"))
    amount = Amount(label=_("索赔金额（元）"), step=CENT, unit="元", min_value=CENT, max_value=MOST_MONEY)
    cause = forms.ChoiceField(
        label=_("货损原因"), choices=lambda: [*PICK, *((row.code, in_words(row)) for row in CAUSES.values())],
        error_messages={"required": _("请选择一项。"), "invalid_choice": _("请从列表中选择。")},
    )  # fmt: skip
    text = _words(_("货损经过"), 500)
    payee = Text(label=_("收款账户"), max_length=200, required=False, help_text=PAYEE_HELP)
    photos = FilesField(label=_("货损照片"), required=False, help_text=_("JPEG、PNG、WebP 照片或 PDF，每个不超过 8 MB，可多选"))


class HandInForm(Said):
    files = FilesField(label=_("文件"))


class AgreeForm(Said):
    payee = Text(label=_("收款账户"), max_length=200, help_text=PAYEE_HELP)


class DisputeForm(Said):
    text = _words(_("您的意见"), 500)


class WithdrawForm(Said):
    text = _words(_("撤回原因"), 300)


class LookUpForm(Said):
    number = forms.CharField(label=_("理赔单号"), max_length=20, error_messages={"required": _("请填写理赔单号。")})
    tail = forms.CharField(
        label=_("索赔人电话后四位"), max_length=4, error_messages={"required": _("请填写电话后四位。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip

    def clean_number(self) -> str:
        return str(self.cleaned_data["number"]).strip().upper()
