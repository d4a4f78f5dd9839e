"""What the pages of key customers and anomalies ask for, checked (§2.1, §2.3, §4.3.2.4, §4.3.2.5)."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.language import in_words
from customers.models import KeyCustomer
from customers.services import Terms
from customers.services.keyaccounts import TRACKERS
from delivery.models import Shipment
from delivery.services import costs
from delivery.services.costs import CENT, MOST_COST
from desk.forms import CHOOSE, PICK, Styled, day_field, moment_field, reason_field, text_field
from desk.priceforms import Refusable
from network.models import Person, Unit
from orders.forms import LITRE, Amount, Phone
from rulebook.reasons import ANOMALIES, COST_CAUSES, LATENESS_REASONS

TIMES = _("如 09:30 14:00，多个用空格分开；没有则留空")


def trackers() -> list[tuple[str, str]]:
    """Return who may work the daily report: staff number and name."""
    held = Person.objects.filter(posts__role__in=TRACKERS, posts__until=None).distinct().order_by("name", "number")
    return [*PICK, *((each.number, f"{each.name}（{each.number}）") for each in held)]


class TermsForm(Refusable):
    """The terms of a contract."""

    contract_no = text_field(_("合同编号"), 40, required=True)
    valid_from = day_field(_("生效日期"))
    valid_to = day_field(_("截止日期"))
    tracker = forms.ChoiceField(label=_("每日跟踪报表负责人（§2.1.5）"), choices=trackers, error_messages=CHOOSE)
    redelivery_fee = forms.BooleanField(label=_("合同约定收取再送费（§2.1.3.3）"), required=False)
    order_times = text_field(_("固定下单时间（§4.3.2.1）"), 100)
    mail_times = text_field(_("邮件答复时间（§4.3.1.3）"), 100)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["order_times"].help_text = self.fields["mail_times"].help_text = TIMES

    def terms(self) -> Terms:
        said = self.cleaned_data
        names = ("contract_no", "valid_from", "valid_to", "tracker", "redelivery_fee")
        return Terms(
            **{name: said[name] for name in names}, order_times=_times(said["order_times"]), mail_times=_times(said["mail_times"])
        )


def _times(text: str) -> tuple[str, ...]:
    return tuple(text.replace("，", " ").replace(",", " ").replace("、", " ").replace("：", ":").split())


class DayNeedForm(Refusable):
    """The day's volume and vehicles, asked at the order call (§4.3.2.1)."""

    on = day_field(_("日期"))
    pieces = forms.IntegerField(
        label=_("件数"), min_value=0, max_value=99999, widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": _("请填写件数。"), "invalid": _("件数须为整数，如 10。")},
    )  # fmt: skip
    volume_m3 = Amount(label=_("体积（立方米）"), step=LITRE, unit="m³", min_value=0, max_value=Decimal(1000))
    vehicles = text_field(_("车辆需求，如 9.6 米 1 辆"), 60)


def known_terms(account: KeyCustomer) -> dict[str, Any]:
    """Return a contract's terms as the form shows them."""
    names = ("contract_no", "valid_from", "valid_to", "redelivery_fee")
    times = {name: " ".join(getattr(account, name)) for name in ("order_times", "mail_times")}
    return {name: getattr(account, name) for name in names} | times | {"tracker": account.tracker.number}


class SignForm(TermsForm):
    """A new contract customer."""

    name = text_field(_("客户名称"), 60, required=True)
    phone = Phone(label=_("客户发货电话"), help_text=_("已与客户核实；以此电话识别其订单"))
    branch = forms.CharField(label=_("开单营业部编号（新客户必填）"), max_length=20, required=False)
    requirements = text_field(_("特殊要求"), 2000, rows=4)

    field_order = ("name", "phone", "branch")

    def clean_branch(self) -> Unit | None:
        code = self.cleaned_data["branch"]
        branch = Unit.objects.branches().filter(code=code).first() if code else None
        if code and branch is None:
            raise forms.ValidationError(_("没有这个编号的营业部。"))
        return branch


class RequirementsForm(Refusable):
    text = text_field(_("特殊要求"), 2000, required=True, rows=5)


class SheetForm(Refusable):
    """What is written into the tracking sheet of these goods."""

    def __init__(self, *args: Any, goods: Shipment, **options: Any) -> None:
        super().__init__(*args, **options)


class FollowForm(SheetForm):
    text = text_field(_("今日跟进情况"), 300, required=True, rows=2)
    told = forms.BooleanField(label=_("已告知发货人"), required=False)


class MeasureForm(SheetForm):
    cause = reason_field(LATENESS_REASONS, _("延误原因"))
    text = text_field(_("补救措施"), 300, required=True, rows=2)
    expected_at = moment_field(_("预计恢复时间"), required=False)

    def clean_expected_at(self) -> str:
        moment = self.cleaned_data["expected_at"]
        return moment.astimezone(UTC).isoformat() if moment else ""


class CostForm(SheetForm):
    """Which causes can be chosen depends on the goods, and so does who can bear the cost."""

    cause = forms.ChoiceField(label=_("费用类别"), error_messages=CHOOSE)
    unit = forms.ChoiceField(label=_("责任单位（上楼、卸货等由始发营业部承担，不用选）"), required=False)
    amount = Amount(label=_("金额（元）"), step=CENT, unit="元", min_value=CENT, max_value=MOST_COST)
    text = text_field(_("费用由来"), 300, required=True)

    def __init__(self, *args: Any, goods: Shipment, **options: Any) -> None:
        super().__init__(*args, goods=goods, **options)
        causes = costs.chargeable(goods)
        fields: dict[str, Any] = self.fields
        fields["cause"].choices = [*PICK, *((each, f"{in_words(COST_CAUSES[each])}（{COST_CAUSES[each].clause}）") for each in causes)]
        fields["unit"].choices = [*PICK, *costs.bearers(*causes).values_list("code", "name")]


class AnomalyForm(SheetForm):
    kind = reason_field(ANOMALIES, _("异常类别"))
    text = text_field(_("异常情况"), 300, required=True, rows=2)
    told = forms.BooleanField(label=_("已告知发货人（不可抗力、事故须立即告知）"), required=False)


class PromiseForm(Refusable):
    promised_at = moment_field(_("承诺答复时间"))
    owner = forms.CharField(label=_("负责人工号（留空为本人）"), max_length=20, required=False)

    def clean_promised_at(self) -> str:
        return str(self.cleaned_data["promised_at"].astimezone(UTC).isoformat())


class WordsForm(Refusable):
    text = text_field(_("内容"), 300, required=True, rows=2)


class ExplainForm(WordsForm):
    apologised = forms.BooleanField(label=_("已同时致歉（§2.1.3.4）"), required=False)


class EscalateForm(Refusable):
    unit = forms.CharField(label=_("上级或部门编号"), max_length=20)

    def offer(self, units: Any) -> None:
        """Offer the units above the one that answers, and the departments."""
        self.fields["unit"] = forms.ChoiceField(
            label=_("上级或部门"), choices=[*PICK, *((unit.code, unit.name) for unit in units)], error_messages=CHOOSE,
            widget=forms.Select(attrs={"class": "form-select"}),
        )  # fmt: skip


class AnomalyFilters(Styled):
    """The filters of the list, kept in the URL."""

    kind = forms.ChoiceField(label=_("异常类别"), required=False, choices=reason_field(ANOMALIES, "").choices)
    key = forms.BooleanField(label=_("只看项目客户"), required=False)
    mine = forms.BooleanField(label=_("只看我负责的"), required=False)
    text = forms.CharField(label=_("订单号"), required=False, max_length=20)
