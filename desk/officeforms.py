"""What the pages beside the queue ask for, checked: phone orders, figures, calendar, organisation."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from core.language import in_words
from desk.forms import CHOOSE, PICK, REQUIRED, Styled, day_field, dress, text_field
from desk.penaltyforms import MonthField
from network.choices import UnitKind
from network.models import Account, Person, Unit
from network.places import exists
from orders.choices import Channel
from orders.forms import Phone, PlaceCode, WithCoupon
from orders.services import Draft
from rulebook.errors import Refused
from rulebook.roles import Role
from rulebook.workdays import FIRST_YEAR, LAST_YEAR

PASTES = ("shipper_paste", "consignee_paste")
PASTE_HELP = _("照客户说的写：姓名、电话、省市区、街道门牌，顺序不限，再按“拆分”")


def _paste(label: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2, "autocomplete": "off"})
    return forms.CharField(label=label, required=False, max_length=1000, widget=widget, help_text=PASTE_HELP)


class PhoneOrderForm(WithCoupon):
    """The order's content as an agent types it while the caller speaks."""

    use_required_attribute = False
    shipper_paste = _paste(_("发货地址（口述或粘贴）"))
    consignee_paste = _paste(_("收货地址（口述或粘贴）"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        dress(self)

    def draft(self) -> Draft:
        for name in PASTES:
            self.cleaned_data.pop(name, None)
        return super().draft()

    def refuse(self, field: str, refusal: Refused) -> None:
        """Put what a rule forbids beside the field it speaks of."""
        self.add_error(field if field in self.fields else None, ValidationError(str(refusal).replace("%", "%%")))


class Scope(Styled):
    """The unit and the local days of a page of figures; both ends included."""

    unit = forms.ModelChoiceField(
        label=_("单位"), queryset=Unit.objects.none(), to_field_name="code", empty_label=None, error_messages=CHOOSE
    )
    since = day_field(_("从"))
    until = day_field(_("到"))
    channel = forms.ChoiceField(label=_("渠道"), required=False, choices=[("", _("全部渠道")), *Channel.choices])

    def __init__(self, *args: Any, units: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["unit"]
        field.queryset = units  # type: ignore[attr-defined]
        field.label_from_instance = _indented  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        since, until = values.get("since"), values.get("until")
        for name in ("since", "until"):
            if (day := values.get(name)) and not FIRST_YEAR <= day.year <= LAST_YEAR:
                self.add_error(
                    name, str(_("年份须在 %(first)d–%(last)d 之间。") % {"first": FIRST_YEAR, "last": LAST_YEAR})
                )
        if since and until and until < since:
            self.add_error("until", str(_("结束日期不能早于开始日期。")))
        return values


def _indented(unit: Unit) -> str:
    return "　" * (unit.path.count("/") - 1) + unit.name


class MonthScope(Styled):
    """The unit and the month of a report."""

    month = MonthField(label=_("月份"), error_messages=REQUIRED)
    unit = forms.ModelChoiceField(
        label=_("单位"), queryset=Unit.objects.none(), to_field_name="code", empty_label=None, error_messages=CHOOSE
    )

    def __init__(self, *args: Any, units: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["unit"]
        field.queryset = units  # type: ignore[attr-defined]
        field.label_from_instance = _indented  # type: ignore[attr-defined]

    def clean_month(self) -> date:
        month: date = self.cleaned_data["month"]
        if not FIRST_YEAR <= month.year <= LAST_YEAR:
            raise ValidationError(_("年份须在 %(first)d–%(last)d 之间。"), params={"first": FIRST_YEAR, "last": LAST_YEAR})
        return month


class DayForm(Styled):
    """One day of the working-day calendar, with where it is known from (§0.6)."""

    date = day_field(_("日期"))
    is_workday = forms.TypedChoiceField(
        label=_("这一天"), choices=[("1", _("工作日")), ("0", _("休息日"))], coerce=lambda text: text == "1",
        error_messages=CHOOSE,
    )  # fmt: skip
    confirmed = forms.BooleanField(label=_("已由官方通知确认"), required=False)
    source = text_field(_("来源（通知名称、文号）"), 60, required=True)

    def clean_date(self) -> date:
        day: date = self.cleaned_data["date"]
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(
                _("年份须在 %(first)d–%(last)d 之间。"), params={"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        return day


CODE = RegexValidator(r"^[A-Za-z0-9-]{1,20}$", _("编号只用字母、数字和短横线，最多 20 个。"))


class UnitForm(Styled):
    """A unit to be founded. A branch needs a site: a place is enough, its position is the division's own until surveyed."""

    code = forms.CharField(label=_("编号"), max_length=20, validators=[CODE], error_messages=REQUIRED)
    name = text_field(_("名称"), 60, required=True)
    kind = forms.ChoiceField(label=_("类别"), choices=[*PICK, *UnitKind.choices], error_messages=CHOOSE)
    parent = forms.ModelChoiceField(
        label=_("上级单位"), queryset=Unit.objects.filter(closed_at=None).order_by("path"), to_field_name="code",
        empty_label=_("请选择"), error_messages=CHOOSE,
    )  # fmt: skip
    phone = Phone(label=_("电话"), required=False)
    place = PlaceCode(
        label=_("行政区划代码"), required=False, help_text=_("营业部必填；6 位 GB/T 2260 代码，如 330106")
    )
    address = text_field(_("地址"), 200)
    serves = forms.CharField(
        label=_("服务范围"),
        required=False,
        max_length=400,
        help_text=_("行政区划代码或其开头，用逗号分开，如 3301,330782"),
    )
    opens = forms.TimeField(label=_("营业开始"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    closes = forms.TimeField(label=_("营业结束"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].upper()
        if Unit.objects.filter(code=code).exists():
            raise ValidationError(_("编号已被使用；撤销的单位也保留其编号。"))
        return code

    def clean_serves(self) -> list[str]:
        codes = [part.strip() for part in self.cleaned_data["serves"].replace("，", ",").split(",") if part.strip()]
        wrong = [code for code in codes if not (code.isascii() and code.isdigit() and _begins_a_code(code))]
        if wrong:
            raise ValidationError(_("没有以“%(code)s”开头的行政区划代码。"), params={"code": wrong[0][:20]})
        return codes

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values.get("kind") == UnitKind.BRANCH and not values.get("place") and "place" not in self.errors:
            self.add_error("place", str(_("营业部须填写所在地区，用于就近分配。")))
        if values.get("kind") == UnitKind.COMPANY:
            self.add_error("kind", str(_("公司只有一个，不能再设。")))
        return values


def _begins_a_code(code: str) -> bool:
    return len(code) <= 6 and len(code) % 2 == 0 and exists(code.ljust(6, "0"))


class MoveForm(Styled):
    parent = forms.ModelChoiceField(
        label=_("新的上级单位"),
        queryset=Unit.objects.none(),
        to_field_name="code",
        empty_label=_("请选择"),
        error_messages=CHOOSE,
    )

    def __init__(self, *args: Any, unit: Unit, **options: Any) -> None:
        super().__init__(*args, **options)
        others = Unit.objects.filter(closed_at=None).exclude(path__startswith=unit.path)
        self.fields["parent"].queryset = others.order_by("path")  # type: ignore[attr-defined]


def _roles() -> list[tuple[str, Any]]:
    return [*PICK, *((role.value, in_words(role)) for role in Role)]


class PostForm(Styled):
    """A post to be given: which, where."""

    unit = forms.ModelChoiceField(
        label=_("单位"), queryset=Unit.objects.filter(closed_at=None).order_by("path"), to_field_name="code",
        empty_label=_("请选择"), error_messages=CHOOSE,
    )  # fmt: skip
    role = forms.ChoiceField(label=_("岗位"), choices=_roles, error_messages=CHOOSE)


class PersonForm(Styled):
    """A new member of staff with the login that goes with the number."""

    number = forms.CharField(label=_("工号"), max_length=20, validators=[CODE], error_messages=REQUIRED)
    name = text_field(_("姓名"), 40, required=True)
    phone = Phone(label=_("电话"), required=False)
    password = forms.CharField(
        label=_("初始密码"), max_length=128, error_messages=REQUIRED, help_text=_("至少 10 个字符；登录名是工号"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        if Person.objects.filter(number=number).exists() or Account.objects.filter(username=number).exists():
            raise ValidationError(_("工号已被使用。"))
        return number

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password
