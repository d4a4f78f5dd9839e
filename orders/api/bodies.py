"""What the verbs take: one strict body each. Unknown keys are refused, texts are checked as in the form."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError as FormError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from orders.choices import CopyMeans, Delivery, Means, NoteKind, Outcome, Paper, Payer, SlipReturn, State
from orders.forms import CENT, LINE_BREAKS, LITRE, MOST_MONEY, TEN_GRAMS, YEARS, Phone, check_characters
from orders.phones import canonical
from orders.services.measuring import MOST_SIZES
from rulebook.measures import LEAST_CM, MOST_CM, Parcel
from rulebook.reasons import CANCEL_REASONS, NOT_REACHED_REASONS, POSTPONE_REASONS, Reason


class Day(serializers.DateField):
    """A day that begins and ends in every time zone; the ends of time do not."""

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if day.year not in YEARS:
            self.fail("invalid", format="YYYY-MM-DD")
        return day


class Body(serializers.Serializer[Any]):
    """A JSON object with these keys and no others."""

    default_error_messages = {"invalid": gettext_lazy("请求内容须为 JSON 对象。")}

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        if unknown := [str(key)[:60] for key in data if key not in self.fields]:
            words = _("没有“%s”这个字段，请核对接口文档。")
            raise serializers.ValidationError({key: words % key for key in unknown}, code="unknown")
        return values


class Line(serializers.CharField):
    """One line of text, as in the form."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data).translate(LINE_BREAKS)
        try:
            check_characters(text)
        except FormError as error:
            raise serializers.ValidationError(error.messages[0], code=str(error.code)) from error
        return text


class PhoneLine(Line):
    """A telephone number that can be called in China, as it is stored."""

    def to_internal_value(self, data: Any) -> str:
        phone = canonical(super().to_internal_value(data))
        if phone is None:
            raise serializers.ValidationError(str(Phone.default_error_messages["phone"]), code="phone")
        return phone


def coded(reasons: dict[str, Reason], **options: Any) -> serializers.ChoiceField:
    """Return a field that takes one of the rulebook's coded reasons."""
    return serializers.ChoiceField(choices=[(row.code, row.zh) for row in reasons.values()], **options)


class Nothing(Body):
    pass


class ContactBody(Body):
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    reason = coded(NOT_REACHED_REASONS, required=False, allow_blank=True)
    remark = Line(max_length=300, required=False, allow_blank=True)
    checks = serializers.ListField(child=Line(max_length=40), max_length=20, required=False)


class NoteBody(Body):
    kind = serializers.ChoiceField(choices=NoteKind.choices)
    text = Line(max_length=500)


class PostponeBody(Body):
    ship_on = serializers.DateField()
    reason = coded(POSTPONE_REASONS)


class AssignBody(Body):
    branch_code = Line(max_length=20)


class ReassignBody(AssignBody):
    reason = Line(max_length=300)


class CancelBody(Body):
    reason = coded(CANCEL_REASONS, required=False, allow_blank=True, default="")
    text = Line(max_length=300, required=False, allow_blank=True, default="")


class ConfirmReasonBody(Body):
    reason = coded(CANCEL_REASONS)
    text = Line(max_length=300, required=False, allow_blank=True, default="")


class QuoteBody(Body):
    amount = serializers.DecimalField(max_digits=9, decimal_places=2, min_value=CENT, max_value=MOST_MONEY)
    words = Line(max_length=300)


class AnswerBody(Body):
    agreed = serializers.BooleanField()
    seen = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1, default=0)


def _cm() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=5, decimal_places=1, min_value=LEAST_CM, max_value=MOST_CM)


class ParcelBody(Body):
    """Pieces of one size; `weight_kg` is that of each."""

    pieces = serializers.IntegerField(min_value=1, max_value=99999)
    length_cm, width_cm, height_cm = _cm(), _cm(), _cm()
    weight_kg = serializers.DecimalField(
        max_digits=8, decimal_places=2, min_value=TEN_GRAMS, max_value=100000, required=False
    )

    def to_internal_value(self, data: Any) -> Parcel:
        return Parcel(**super().to_internal_value(data))


class WaybillBody(Body):
    """Either the volume or the sizes of the pieces; without `payer` the order's stands."""

    pieces = serializers.IntegerField(min_value=1, max_value=99999)
    weight_kg = serializers.DecimalField(
        max_digits=8, decimal_places=2, min_value=TEN_GRAMS, max_value=100000, required=False
    )
    volume_m3 = serializers.DecimalField(
        max_digits=7, decimal_places=3, min_value=LITRE, max_value=1000, required=False
    )
    payer = serializers.ChoiceField(choices=Payer.choices, required=False)
    parcels = serializers.ListField(child=ParcelBody(), max_length=MOST_SIZES, required=False)


class LinkBody(WaybillBody):
    outside_no = Line(max_length=32)
    reason = Line(max_length=300)


class PaperBody(Body):
    paper = serializers.ChoiceField(choices=Paper.choices)
    first = serializers.IntegerField(min_value=1, max_value=99999, required=False)
    last = serializers.IntegerField(min_value=1, max_value=99999, required=False)


class CheckBody(Body):
    remark = Line(max_length=300, required=False, allow_blank=True)


class TellBody(Body):
    means = serializers.ChoiceField(choices=Means.choices)


class BillAnswerBody(Body):
    agreed = serializers.BooleanField()
    means = serializers.ChoiceField(choices=Means.choices, required=False)
    text = Line(max_length=300, required=False, allow_blank=True)
    seen = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class CopyBody(Body):
    means = serializers.ChoiceField(choices=CopyMeans.choices)


class ChangesBody(WaybillBody):
    """What an amendment may change; what is not named stays."""

    pieces = serializers.IntegerField(min_value=1, max_value=99999, required=False)
    parcels = None
    consignee_name = Line(max_length=60, required=False)
    consignee_phone = Line(max_length=30, required=False)
    consignee_place = Line(max_length=6, required=False)
    consignee_address = Line(max_length=200, required=False)
    delivery = serializers.ChoiceField(choices=Delivery.choices, required=False)
    slip_return = serializers.ChoiceField(choices=SlipReturn.choices, required=False)
    cod_amount = serializers.DecimalField(max_digits=9, decimal_places=2, min_value=0, max_value=MOST_MONEY, required=False)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        values = super().to_internal_value(data)
        return {name.replace("consignee_", "consignee."): value for name, value in values.items()}


class AmendBody(Body):
    changes = ChangesBody()
    reason = Line(max_length=300)
    amount = serializers.DecimalField(
        max_digits=9, decimal_places=2, min_value=CENT, max_value=MOST_MONEY, required=False
    )
    seen = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class DecideBody(Body):
    approve = serializers.BooleanField()
    decision = Line(max_length=300, required=False, allow_blank=True)
    serial = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class ListQuery(serializers.Serializer[Any]):
    """What a list of orders may be narrowed by."""

    state = serializers.ChoiceField(choices=State.choices, required=False)
    branch = Line(max_length=20, required=False)
    q = Line(max_length=60, required=False)
    partner_order_no = Line(max_length=64, required=False)
