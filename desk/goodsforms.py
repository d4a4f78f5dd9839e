"""What the verbs of a shipment ask for on the pages (delivery.services.VERBS); values come out as plain JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from delivery.choices import Contacted, ProofKind, Relation
from delivery.services import pictures
from delivery.services.pictures import Picture
from desk.forms import CHOOSE, PICK, Styled, coded, moment_field, text_field
from network.models import Person
from orders.choices import Means
from rulebook.reasons import DELIVERY_FAILURE_REASONS, EXCEPTIONS, REFUSAL_REASONS, TRACKING_PHRASES, Reason


def _chosen(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, error_messages=CHOOSE)


def _reason(label: Any, table: dict[str, Reason]) -> forms.ChoiceField:
    return _chosen(label, coded(table))


def _pieces() -> forms.IntegerField:
    errors = {"required": _("请填写件数。"), "invalid": _("件数须为整数，如 10。")}
    return forms.IntegerField(
        label=_("签收件数"), widget=forms.TextInput(attrs={"inputmode": "numeric"}), error_messages=errors
    )


class Goods(Styled):
    """A form whose cleaned data are the values of a verb."""

    def values(self) -> dict[str, Any]:
        return {name: _plain(value) for name, value in self.cleaned_data.items()}

    def pictures(self) -> list[Picture]:
        """Return what came along as proof. :raises Refused: one of the files is no picture of ours"""
        return []


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


class DepartForm(Goods):
    vehicle = text_field(_("车牌号"), 12, required=True)
    pieces = forms.IntegerField(
        label=_("装车件数（拆分时填写）"), required=False, min_value=1, widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": _("件数须为整数，如 10。")},
    )  # fmt: skip

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values().items() if value is not None}


class ArriveForm(Goods):
    checked = forms.MultipleChoiceField(
        label=_("到货检查（无异常不勾）"), required=False, widget=forms.CheckboxSelectMultiple(),
        choices=lambda: coded(EXCEPTIONS)()[1:], error_messages={"invalid_choice": CHOOSE["invalid_choice"]},
    )  # fmt: skip
    to_forward = forms.BooleanField(label=_("需外发（§2.1.4.3）"), required=False)


class ForwardForm(Goods):
    carrier = text_field(_("外发承运商"), 60, required=True)
    phone = text_field(_("承运商电话"), 30, required=True)
    carrier_no = text_field(_("承运商单号"), 40, required=True)


class TrackForm(Goods):
    """A phrase is told to the customer; other words are kept for us."""

    phrase = forms.ChoiceField(
        label=_("常用语"), required=False, choices=coded(TRACKING_PHRASES), error_messages=CHOOSE
    )
    text = text_field(_("今日跟踪情况"), 300, rows=2)


class LoadForm(Goods):
    driver = _chosen(_("司机"), [])
    vehicle = text_field(_("车牌号"), 12)

    def __init__(self, *args: Any, drivers: Any = (), **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["driver"]
        field.choices = [*PICK, *((each.number, each.name) for each in drivers)]


class FailForm(Goods):
    reason = _reason(_("未成功原因"), DELIVERY_FAILURE_REASONS)
    contacted = _chosen(_("现场联系"), [*PICK, *Contacted.choices])
    contact = text_field(_("联系记录"), 300, required=True)
    billing_call = text_field(_("致电开单营业部（项目客户必填，§2.1.3.3）"), 300)


class RescheduleForm(Goods):
    delivery_at = moment_field(_("与客户另约的送达时间"))


class Photos(forms.FileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Any number of photos; whether they are some is found out when they are opened (delivery.services.pictures)."""

    def __init__(self, label: Any) -> None:
        widget = Photos(attrs={"accept": "image/jpeg,image/png,image/webp", "multiple": True})
        super().__init__(label=label, required=False, widget=widget, max_length=255, allow_empty_file=True)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(PhotosField, self).clean(each) for each in data or ()]


class SignForm(Goods):
    photo_kind: ClassVar[ProofKind] = ProofKind.SLIP
    signer = text_field(_("签收人"), 40, required=True)
    relation = _chosen(_("与收货人关系"), Relation.choices)
    at = moment_field(_("签收时间（留空为现在）"), required=False)
    photo = PhotosField(_("签收单或现场照片（代签必须）"))

    def values(self) -> dict[str, Any]:
        """The time is the service's own; the files are no values."""
        given = super().values()
        at = self.cleaned_data["at"]
        return {k: v for k, v in given.items() if k not in ("at", "photo")} | ({"at": at} if at else {})

    def pictures(self) -> list[Picture]:
        found = [pictures.read(self.photo_kind, file.read()) for file in self.cleaned_data["photo"]]
        if drawn := self.files.get("signature"):  # from a phone that can draw
            found.append(pictures.read(ProofKind.SIGNATURE, drawn.read(), field="signature"))
        return found


class ExceptionForm(SignForm):
    pieces = _pieces()
    exception = _reason(_("异常"), EXCEPTIONS)
    remark = text_field(_("异常情况"), 300, required=True, rows=2)
    photo_kind = ProofKind.DAMAGE
    photo = PhotosField(_("破损、短少或签收单的照片（必须）"))


class RefuseForm(Goods):
    reason = _reason(_("拒收原因"), REFUSAL_REASONS)
    remark = text_field(_("说明"), 300)


class TakeBackForm(Goods):
    remark = text_field(_("更正原因（本人 30 分钟内可不填）"), 300)


class LostForm(Goods):
    remark = text_field(_("查找经过"), 300, required=True, rows=2)


class SendBackForm(Goods):
    instruction = text_field(_("发货人的退货指示"), 300, required=True)
    ordered_by = text_field(_("指示人"), 40, required=True)
    means = _chosen(_("指示方式"), [*PICK, *Means.choices])


FORMS: dict[str, type[Goods]] = {
    "depart": DepartForm, "depart_rest": DepartForm, "arrive": ArriveForm, "forward": ForwardForm, "track": TrackForm, "load_for_delivery": LoadForm,
    "fail_attempt": FailForm, "reschedule": RescheduleForm, "sign": SignForm, "sign_with_exception": ExceptionForm,
    "refuse": RefuseForm, "take_back": TakeBackForm, "take_back_arrival": TakeBackForm, "declare_lost": LostForm, "send_back": SendBackForm,
}  # fmt: skip
"""A verb without a form asks nothing."""


def form_for(verb: str, data: Any = None, files: Any = None, *, drivers: Any = ()) -> Goods | None:
    """Return the verb's form, bound to what was sent; None where nothing is asked."""
    if verb not in FORMS:
        return None
    more = {"drivers": drivers} if verb == "load_for_delivery" else {}
    return FORMS[verb](data, files, auto_id=f"{verb}_%s", **more)


def drivers_near(person: Person) -> Any:
    """Return the couriers of the person's units, by name."""
    held = Person.objects.filter(posts__role="courier", posts__until=None)
    return held.filter(person.scope("posts__unit__path")).distinct().order_by("name")
