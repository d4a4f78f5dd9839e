"""What staff fill in about partners."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partners.choices import State
from partners.models import Partner
from partners.services.own import MOST_PER_MINUTE
from rulebook.errors import Refused

CONTROL = {"class": "form-control"}
SELECT = {"class": "form-select"}


class PushFilters(forms.Form):
    """The filters of the list, kept in the URL."""

    partner = forms.ModelChoiceField(
        label=_("合作平台"), required=False, queryset=Partner.objects.order_by("code"), to_field_name="code", empty_label=_("全部"),
        widget=forms.Select(attrs=SELECT),
    )  # fmt: skip
    number = forms.CharField(label=_("订单号"), required=False, max_length=20, widget=forms.TextInput(attrs=CONTROL))
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部状态")), *State.choices], widget=forms.Select(attrs=SELECT))


class TermsForm(forms.Form):
    """Which hosts callbacks may go to, one a line, and the limit of requests."""

    use_required_attribute = False
    callback_hosts = forms.CharField(
        label=_("允许的回调主机"), required=False, max_length=6000, widget=forms.Textarea(attrs=CONTROL | {"rows": 4}),
        help_text=_("每行一个域名，可带端口，如 api.example.com；合作平台只能把回调地址设在这些主机上"),
    )  # fmt: skip
    per_minute = forms.IntegerField(
        label=_("每分钟请求上限"), required=False, min_value=1, max_value=MOST_PER_MINUTE, widget=forms.NumberInput(attrs=CONTROL),
        help_text=_("每个密钥；留空用系统默认值"),
    )  # fmt: skip

    def clean_callback_hosts(self) -> list[str]:
        return str(self.cleaned_data["callback_hosts"]).split()

    def refuse(self, refusal: Refused) -> None:
        """Put what a rule forbids beside the field it speaks of."""
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, ValidationError(str(refusal).replace("%", "%%")))


def terms_of(partner: Partner) -> dict[str, Any]:
    return {"callback_hosts": "\n".join(partner.callback_hosts), "per_minute": partner.per_minute}
