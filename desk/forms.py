"""What the desk's pages ask for, checked."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.language import in_words
from desk.choices import CALL_CHECKS
from network.models import Person
from network.places import provinces
from orders.choices import Channel, NoteKind
from orders.forms import DraftForm, values_of
from orders.models import Order
from orders.services import Draft
from orders.services.draft import draft_of
from pickup.choices import AgreedBy
from rulebook.reasons import (
    CANCEL_REASONS,
    NOT_REACHED_REASONS,
    PICKUP_CHANGE_REASONS,
    PICKUP_FAILURE_REASONS,
    POSTPONE_REASONS,
    Reason,
)

PICK = [("", _("请选择"))]
REQUIRED = {"required": _("请填写此项。")}
CHOOSE = {"required": _("请选择一项。"), "invalid_choice": _("没有这个选项，请从列表中选择。")}


def coded(table: dict[str, Reason]) -> Any:
    """Return the choices of a coded list in the reader's language, worked out when shown."""
    return lambda: [*PICK, *((row.code, in_words(row)) for row in table.values())]


def reason_field(table: dict[str, Reason], label: Any, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=coded(table), error_messages=CHOOSE, **options)


def text_field(label: Any, length: int, *, required: bool = False, rows: int = 0) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    errors = REQUIRED | {"max_length": _("最多 %(limit_value)d 个字，现为 %(show_value)d 个，请缩短。")}
    return forms.CharField(label=label, max_length=length, required=required, widget=widget, error_messages=errors)


def moment_field(label: Any, **options: Any) -> forms.DateTimeField:
    errors = REQUIRED | {"invalid": _("时间格式不正确，请按 2026-11-23 14:30 填写（北京时间）。")}
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, error_messages=errors, **options)


def day_field(label: Any, **options: Any) -> forms.DateField:
    errors = REQUIRED | {"invalid": _("日期格式不正确，请按 2026-11-23 填写。")}
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), error_messages=errors, **options
    )


class Styled(forms.Form):
    """Gives every control the look of the pages and ties errors to their field for screen readers."""

    required_css_class = "required"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        dress(self)


def dress(form: forms.BaseForm) -> None:
    """Set the class of every control by its kind."""
    for field in form.fields.values():
        match field.widget:
            case forms.CheckboxInput() | forms.RadioSelect() | forms.CheckboxSelectMultiple():
                kind = "form-check-input"
            case forms.Select():
                kind = "form-select"
            case _:
                kind = "form-control"
        field.widget.attrs.setdefault("class", kind)


class QueueFilters(Styled):
    """The filters of the queue, all optional, kept in the URL."""

    channel = forms.ChoiceField(label=_("渠道"), required=False, choices=[("", _("全部渠道")), *Channel.choices])
    to = forms.ChoiceField(label=_("到达省份"), required=False, choices=lambda: [("", _("全部到达地")), *_provinces()])
    text = forms.CharField(label=_("单号、电话、姓名"), required=False, max_length=60)
    overdue = forms.BooleanField(label=_("只看超时"), required=False)


def _provinces() -> list[tuple[str, str]]:
    return [(each.code[:2], each.name) for each in provinces()]


class SaveView(Styled):
    name = text_field(_("视图名称"), 20, required=True)
    shared = forms.BooleanField(label=_("在本单位共享"), required=False)
    query = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput())


class NoteForm(Styled):
    kind = forms.ChoiceField(label=_("备注类别"), choices=NoteKind.choices, error_messages=CHOOSE)
    text = text_field(_("备注内容"), 500, required=True, rows=2)


class ContactForm(Styled):
    """A call that reached nobody: why, and when to try again."""

    reason = reason_field(NOT_REACHED_REASONS, _("未接通原因"))
    remark = text_field(_("重拨说明"), 300)


class CancelForm(Styled):
    reason = reason_field(CANCEL_REASONS, _("取消原因"))
    text = text_field(_("取消说明"), 300)


class PostponeForm(Styled):
    ship_on = day_field(_("新发货日期"))
    reason = reason_field(POSTPONE_REASONS, _("延期原因"))


class ReassignForm(Styled):
    branch = forms.CharField(label=_("改派到（营业部编号）"), max_length=20, error_messages=REQUIRED)
    reason = text_field(_("改派原因"), 300, required=True)


class QuoteForm(Styled):
    amount = forms.DecimalField(
        label=_("报价（元）"), min_value=Decimal("0.01"), max_value=Decimal("9999999.99"), decimal_places=2, max_digits=9,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}), error_messages=REQUIRED,
    )  # fmt: skip
    words = text_field(_("报价说明（客户听到的内容）"), 300, required=True)


class AppointForm(Styled):
    appointment = moment_field(_("接货时间"))
    agreed_by = forms.ChoiceField(
        label=_("谁提出的"), choices=[*PICK, *AgreedBy.choices], error_messages=CHOOSE,
        help_text=_("客户提出的改约替换原时限；营业部提出的，只有在时限内才替换（§1.3.1.1r）"),
    )  # fmt: skip
    reason = reason_field(PICKUP_CHANGE_REASONS, _("改约原因"), required=False)
    agreement = text_field(_("客户同意记录（项目客户因无车、无人改约时必填）"), 300)
    remark = text_field(_("说明"), 300)

    def clean_appointment(self) -> datetime:
        moment: datetime = self.cleaned_data["appointment"]
        return moment.astimezone(UTC)


class NoticeForm(Styled):
    next_time = text_field(_("与客户约定的新时间"), 60, required=True)


class CollectForm(Styled):
    pieces = forms.IntegerField(
        label=_("实接件数"), min_value=1, max_value=99999, widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=REQUIRED,
    )  # fmt: skip
    packing_ok = forms.BooleanField(label=_("包装合格"), required=False)


class TakeBackForm(Styled):
    remark = text_field(_("更正原因（本人 30 分钟内可不填）"), 300)


class FailForm(Styled):
    reason = reason_field(PICKUP_FAILURE_REASONS, _("失败原因"))
    agreement = text_field(_("客户同意记录（项目客户因无车、无人未接货时必填）"), 300)
    remark = text_field(_("说明"), 300)


class DispatchForm(Styled):
    driver = forms.ModelChoiceField(
        label=_("司机"), queryset=Person.objects.none(), empty_label=_("请选择"), error_messages=CHOOSE
    )
    vehicle = text_field(_("车牌号"), 12)

    def __init__(self, *args: Any, drivers: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["driver"]
        field.queryset = drivers  # type: ignore[attr-defined]


END_ACCEPT, END_POSTPONE, END_CANCEL, END_MISSED = "accept", "postpone", "cancel", "missed"
ENDINGS = (
    (END_ACCEPT, _("客户确认：受理")),
    (END_POSTPONE, _("客户改期：受理并延期（最多 3 天）")),
    (END_CANCEL, _("客户不发货：取消")),
    (END_MISSED, _("未接通：登记后再拨")),
)


class CallForm(Styled):
    """The order call (§4.3.2.1): the points gone through, the agreement, how it ended. The content is a DraftForm beside it."""

    checks = forms.MultipleChoiceField(
        label=_("核对事项"), required=False, choices=CALL_CHECKS, widget=forms.CheckboxSelectMultiple()
    )
    ending = forms.ChoiceField(
        label=_("通话结果"), choices=ENDINGS, widget=forms.RadioSelect(), error_messages=CHOOSE, initial=END_ACCEPT
    )
    pickup_at = moment_field(_("约定接货时间"), required=False)
    ship_on = day_field(_("新发货日期"), required=False)
    postpone_reason = reason_field(POSTPONE_REASONS, _("延期原因"), required=False)
    cancel_reason = reason_field(CANCEL_REASONS, _("取消原因"), required=False)
    cancel_text = text_field(_("取消说明"), 300)
    day_pieces = forms.IntegerField(
        label=_("今日总件数（项目客户）"), required=False, min_value=0, max_value=99999,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}), error_messages={"invalid": _("件数须为整数，如 10。")},
    )  # fmt: skip
    day_volume = forms.DecimalField(
        label=_("今日总体积（立方米）"), required=False, min_value=0, max_value=1000, decimal_places=3,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}), error_messages={"invalid": _("体积须为数字，如 1.2。")},
    )  # fmt: skip
    day_vehicles = text_field(_("今日用车需求"), 60)
    missed_reason = reason_field(NOT_REACHED_REASONS, _("未接通原因"), required=False)
    retry = text_field(_("重拨说明"), 300)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput())
    needs = {
        END_POSTPONE: ("ship_on", "postpone_reason"),
        END_CANCEL: ("cancel_reason",),
        END_MISSED: ("missed_reason",),
    }

    def clean_pickup_at(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data["pickup_at"]
        return moment.astimezone(UTC) if moment else None

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        for name in self.needs.get(values.get("ending", ""), ()):
            if not values.get(name) and name not in self.errors:
                self.add_error(name, str(_("按所选通话结果，请填写此项。")))
        return values

    @property
    def keeps_content(self) -> bool:
        """Tell whether the customer was reached and the order goes on: corrections are kept only then."""
        return self.cleaned_data.get("ending") in (END_ACCEPT, END_POSTPONE)


KEPT = ("branch_code", "appointment")
PHONES = ("shipper_phone", "consignee_phone")


class ContentForm(DraftForm):
    """The order's content as the desk edits it; branch and pickup time have verbs of their own."""

    def __init__(self, *args: Any, phones: bool, **options: Any) -> None:
        """`phones`: whether the full numbers have been shown to this login and may be corrected."""
        super().__init__(*args, **options)
        self.phones = phones
        for name in KEPT if phones else KEPT + PHONES:
            del self.fields[name]
        dress(self)

    def draft_for(self, order: Order) -> Draft:
        """Return the corrected content, with what this form does not ask about as it is."""
        known = values_of(draft_of(order))
        self.cleaned_data |= {name: known[name] for name in KEPT + PHONES if name not in self.cleaned_data}
        return self.draft()
