"""What the pages of price management ask for, checked (§3.3, §5.1)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.choices import Group
from desk.forms import CHOOSE, PICK, REQUIRED, Styled, day_field, text_field
from network.places import exists
from orders.choices import Channel
from orders.forms import Amount, product_choices
from pricing.choices import Audience, Benefit
from pricing.models import Campaign
from rulebook.errors import Refused

CENT = Decimal("0.01")
MOST = Decimal("999999.99")


def percent(label: Any, **options: Any) -> Amount:
    return Amount(label=label, step=CENT, unit="%", min_value=Decimal("0.1"), max_value=Decimal(100), **options)


def money(label: Any) -> Amount:
    return Amount(label=label, step=CENT, unit="元", min_value=0, max_value=MOST, required=False)


class Refusable(Styled):
    """A form that can show what a service refused beside the field it speaks of."""

    def refuse(self, refusal: Refused) -> None:
        self.add_error(refusal.field if refusal.field in self.fields else None, ValidationError(str(refusal)))


class TariffForm(Refusable):
    """A new version from a file."""

    code = text_field(_("版本号"), 40, required=True)
    origin = forms.CharField(
        label=_("始发区域"), max_length=6, required=False, help_text=_("行政区划代码前缀，如 33（浙江）；留空为全国")
    )
    valid_from = day_field(_("生效日期"))
    valid_to = day_field(_("截止日期"), required=False, help_text=_("可不填：到下一版本生效前一天为止"))
    note = text_field(_("说明"), 200)
    table = forms.FileField(
        label=_("文件"),
        max_length=255,
        help_text=_(".xlsx 或 .csv（UTF-8、GB18030），最多 5 MB、5000 行"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": _("请选择要导入的文件。"), "empty": _("文件是空的，请重新选择。")},
    )

    def clean_origin(self) -> str:
        prefix: str = self.cleaned_data["origin"]
        if prefix and (len(prefix) not in (2, 4, 6) or not exists(prefix.ljust(6, "0"))):
            raise ValidationError(_("没有这个行政区划代码。"), code="place")
        return prefix


class CampaignForm(Refusable):
    """A new campaign (§5.1): impossible dates are refused by the field, an end before its beginning by the service."""

    name = text_field(_("活动名称"), 60, required=True)
    valid_from = day_field(_("开始日期"))
    valid_to = day_field(_("结束日期"))
    audience = forms.ChoiceField(label=_("对象"), choices=Audience.choices, error_messages=CHOOSE)
    membership = forms.ChoiceField(label=_("客户类别"), choices=[*PICK, *Group.choices], required=False)
    channel = forms.ChoiceField(label=_("渠道"), choices=[*PICK, *Channel.choices], required=False)
    lane_from = forms.CharField(label=_("线路始发代码"), max_length=6, required=False)
    lane_to = forms.CharField(label=_("线路到达代码"), max_length=6, required=False)
    product = forms.ChoiceField(label=_("产品"), choices=product_choices, required=False)
    benefit = forms.ChoiceField(label=_("优惠"), choices=Benefit.choices, error_messages=CHOOSE)
    amount = money(_("一口价（元）"))
    percent = percent(_("运费的百分之几"), required=False, help_text=_("如 80 表示会员价八折"))
    gift = text_field(_("赠品"), 60)
    most_kg = money(_("限重（千克）"))

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        audience = values.get("audience")
        needed = {"membership": ["membership"], "channel": ["channel"], "lane": ["lane_from", "lane_to"]}.get(str(audience), [])
        for name in needed:
            if not values.get(name):
                self.add_error(name, REQUIRED["required"])
        for name in ("lane_from", "lane_to"):
            if (code := values.get(name)) and (len(code) not in (2, 4, 6) or not exists(code.ljust(6, "0"))):
                self.add_error(name, _("没有这个行政区划代码。"))
        return values

    def campaign(self) -> Campaign:
        """Return the campaign that the form describes."""
        said = self.cleaned_data
        lane = f"{said['lane_from']}>{said['lane_to']}"
        value = {"membership": said["membership"], "channel": said["channel"], "lane": lane}.get(said["audience"], "")
        share = (said["percent"] / 100).quantize(Decimal("0.001")) if said["percent"] else Decimal(1)
        return Campaign(
            name=said["name"], valid_from=said["valid_from"], valid_to=said["valid_to"], audience=said["audience"], value=value,
            product=said["product"], benefit=said["benefit"], amount=said["amount"], share=share, gift=said["gift"],
            most_kg=said["most_kg"] or None,
        )  # fmt: skip


class DecisionForm(Refusable):
    words = text_field(_("审批意见"), 300)


class FuelForm(Refusable):
    """The fuel share from a day on."""

    percent = Amount(label=_("燃油附加（运费的百分之几）"), step=CENT, unit="%", min_value=0, max_value=Decimal("99.99"))
    valid_from = day_field(_("生效日期"))
