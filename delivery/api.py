"""The JSON door of shipments, sign slips and cash on delivery: one view a verb, under the order they belong to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from delivery import services
from delivery.answers import picture
from delivery.choices import Contacted, Means, ProofKind, Relation
from delivery.models import CashOnDelivery, Proof, Shipment, SignSlip
from delivery.services import codes, pictures, proofs
from orders.api.bodies import Body, Line, Nothing, coded
from orders.api.callers import caller, clerk
from orders.api.openapi import operation
from orders.api.views import ApiView, Verb, checked, made
from orders.choices import Means as ToldBy
from orders.forms import CENT, MOST_MONEY
from rulebook.reasons import DELIVERY_FAILURE_REASONS, EXCEPTIONS, REFUSAL_REASONS, TRACKING_PHRASES

# What is answered.


class ShipmentAnswer(serializers.ModelSerializer[Shipment]):
    order = serializers.CharField(source="order.number")
    state_name = serializers.CharField(source="get_state_display")
    place = serializers.CharField(source="place.code", allow_null=True, default=None)
    terminal = serializers.CharField(source="terminal.code", allow_null=True, default=None)
    driver = serializers.CharField(source="driver.number", allow_null=True, default=None)
    parked = serializers.SerializerMethodField(help_text="等待前序的扫描")

    class Meta:
        model = Shipment
        fields = (
            "order", "state", "state_name", "pieces", "door", "key_customer", "to_forward", "place", "terminal", "departed_at", "vehicle", "left_behind",
            "arrived_at", "checked", "carrier", "carrier_phone", "carrier_no", "forwarded_at", "driver", "attempts_made",
            "delivery_at", "waits_until", "called_at", "told_at", "signed_at", "signer", "relation", "pieces_signed", "exception", "remark",
            "return_ordered_by", "return_means", "return_instruction", "ended_at", "parked",
        )  # fmt: skip
        read_only_fields = fields

    def get_parked(self, shipment: Shipment) -> list[str]:
        return list(shipment.scans.parked().values_list("verb", flat=True))


class SlipAnswer(serializers.ModelSerializer[SignSlip]):
    order = serializers.CharField(source="shipment.order.number")
    state_name = serializers.CharField(source="get_state_display")
    unit = serializers.CharField(source="unit.code", allow_null=True, default=None)

    class Meta:
        model = SignSlip
        fields = ("order", "state", "state_name", "unit", "returned_at", "remark")
        read_only_fields = fields


class CashAnswer(serializers.ModelSerializer[CashOnDelivery]):
    order = serializers.CharField(source="order.number")
    state_name = serializers.CharField(source="get_state_display")

    class Meta:
        model = CashOnDelivery
        fields = (
            "order", "state", "state_name", "amount", "plan", "payout_days", "means", "collected_at", "counted_at", "bank_slip", "banked_at",
            "confirmed_at", "pay_by", "batch", "remitted_at", "found", "remark",
        )  # fmt: skip
        read_only_fields = fields


# What is taken.


class Scanned(Body):
    """Every verb of a shipment may come from a device that was offline, or come twice, or too early."""

    at = serializers.DateTimeField(required=False, help_text="设备时间")
    source = Line(max_length=40, required=False, help_text="设备给本次操作的唯一编号，重复提交只算一次")
    park = serializers.BooleanField(required=False, help_text="前序未到时先保存")


def _text(longest: int = 300) -> Line:
    return Line(max_length=longest)


def _remark() -> Line:
    return Line(max_length=300, required=False, allow_blank=True, default="")


class DepartBody(Scanned):
    vehicle = _text(12)
    pieces = serializers.IntegerField(min_value=1, max_value=99999, required=False, help_text="拆分装车的件数，缺省为全部")


class ArriveBody(Scanned):
    checked = serializers.ListField(child=coded(EXCEPTIONS), max_length=len(EXCEPTIONS), required=False, default=list)
    to_forward = serializers.BooleanField(required=False, help_text="需外发（§2.1.4.3）")


class ForwardBody(Scanned):
    carrier = _text(60)
    phone = _text(30)
    carrier_no = _text(40)


class TrackBody(Scanned):
    phrase = serializers.ChoiceField(choices=list(TRACKING_PHRASES), required=False, help_text="常用语，会告知客户")
    text = Line(max_length=300, required=False, allow_blank=True, default="", help_text="未选常用语时必填")


class LoadBody(Scanned):
    driver = Line(max_length=20, help_text="工号")
    vehicle = Line(max_length=12, required=False, allow_blank=True, default="")


class FailBody(Scanned):
    reason = coded(DELIVERY_FAILURE_REASONS)
    contacted = serializers.ChoiceField(choices=Contacted.choices)
    contact = _text()
    billing_call = Line(max_length=300, required=False, allow_blank=True, default="", help_text="项目客户：致电开单营业部（§2.1.3.3）")


class RescheduleBody(Scanned):
    delivery_at = serializers.DateTimeField()


class SignBody(Scanned):
    signer = _text(40)
    relation = serializers.ChoiceField(choices=Relation.choices)
    pieces = serializers.IntegerField(min_value=0, max_value=99999, required=False)


class ExceptionBody(SignBody):
    pieces = serializers.IntegerField(min_value=0, max_value=99999)
    exception = coded(EXCEPTIONS)
    remark = _text()


class RefuseBody(Scanned):
    reason = coded(REFUSAL_REASONS)
    remark = _remark()


class TakeBackBody(Scanned):
    remark = Line(max_length=300, required=False, allow_blank=True, default="", help_text="本人 30 分钟内可不填")


class LostBody(Scanned):
    remark = _text()


class SendBackBody(Scanned):
    instruction = _text()
    ordered_by = _text(40)
    means = serializers.ChoiceField(choices=ToldBy.choices)


class SaidBody(Body):
    remark = _text()


class RemarkBody(Body):
    remark = _remark()


class CollectBody(Body):
    amount = serializers.DecimalField(max_digits=9, decimal_places=2, min_value=CENT, max_value=MOST_MONEY)
    means = serializers.ChoiceField(choices=Means.choices)
    at = serializers.DateTimeField(required=False, help_text="设备时间")


class DiscrepancyBody(SaidBody):
    found = serializers.DecimalField(max_digits=9, decimal_places=2, min_value=Decimal(), max_value=MOST_MONEY)


class ResolveBody(SaidBody):
    paid = serializers.BooleanField()


class NumbersBody(Body):
    numbers = serializers.ListField(child=Line(max_length=20), min_length=1, max_length=200)


class CountBody(NumbersBody):
    total = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=CENT)


class BankBody(NumbersBody):
    slip = _text(40)


class ConfirmBody(Body):
    slip = _text(40)


class RemitBody(NumbersBody):
    batch = _text(40)


# The goods.


class ShipmentVerb(Verb):
    """The scan keeps what was said as plain JSON; only the device's time is the service's own."""

    answer = ShipmentAnswer

    def values(self, request: Request) -> dict[str, Any]:
        given = super().values(request)
        return {name: _plain(value) if name != "at" else value for name, value in given.items()}


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


SAID: dict[str, tuple[type[Body], str]] = {
    "depart": (DepartBody, "The goods leave with a vehicle."),
    "depart_rest": (DepartBody, "What was left of a split follows with another vehicle (§2.1.2.2)."),
    "arrive_hub": (Scanned, "The goods reach a hub (中转场)."),
    "arrive": (ArriveBody, "The goods reach the terminal branch and are looked over (§2.1.3.1)."),
    "mark_to_forward": (Scanned, "An outside carrier has to take the goods on (§2.1.4.3)."),
    "keep_for_delivery": (Scanned, "We deliver the goods ourselves after all."),
    "forward": (ForwardBody, "Hand the goods to an outside carrier (§4.3.2.6)."),
    "track": (TrackBody, "Enter what the day's tracking of forwarded goods found (§1.3.2.1)."),
    "offer_for_pickup": (Scanned, "The consignee fetches the goods."),
    "load_for_delivery": (LoadBody, "Send the goods out for delivery with a driver, named by staff number."),
    "wait": (Scanned, "Wait at the door for 30 minutes (§1.3.3.3)."),
    "fail_attempt": (FailBody, "The attempt failed; with the call made from the spot (§1.3.3.3)."),
    "reschedule": (RescheduleBody, "Agree a new time of delivery with the customer (§1.3.3.3)."),
    "sign": (SignBody, "The consignee, or somebody in their place, signs for all pieces (§4.3.2.8)."),
    "sign_with_exception": (ExceptionBody, "Sign with damage or shortage noted (§4.3.2.8, §4.3.3.8)."),
    "refuse": (RefuseBody, "The consignee refuses the goods."),
    "take_back": (TakeBackBody, "Correct a wrong tap: the last act at the door is taken back, and stays on record."),
    "take_back_arrival": (TakeBackBody, "The goods were scanned in where they are not: they are still on their way."),
    "declare_lost": (LostBody, "The goods cannot be found."),
    "find": (Scanned, "The goods are found again and go on from where they were missed."),
    "send_back": (SendBackBody, "Send the goods back on the shipper's instruction."),
    "close_return": (Scanned, "The goods are back at the shipper."),
}


SHIPMENT_VERBS = {
    name.replace("_", "-"): made(
        ShipmentVerb, f"shipments_{name}", partial(services.act, verb=name), body=body, answer=ShipmentAnswer, words=words
    )
    for name, (body, words) in SAID.items()
}


@operation("get", "shipments_retrieve", answer=ShipmentAnswer)
class ShipmentDetail(ApiView):
    """Where the goods of an order are."""

    def get(self, request: Request, number: str) -> Response:
        seen = Shipment.objects.visible_to(clerk(request)).select_related("order", "place", "terminal", "driver")
        return Response(ShipmentAnswer(seen.get(order__number=number)).data)


# The slip and the money, of one order.

SLIP_VERBS = {
    f"slip/{name.replace('_', '-')}": made(Verb, f"slips_{name}", act, body=body, answer=SlipAnswer)
    for name, act, body in (
        ("hand_on", services.hand_on, Nothing),
        ("receive", services.receive, Nothing),
        ("return", services.return_slip, Nothing),
        ("reject", services.reject, SaidBody),
        ("resend", services.resend, Nothing),
        ("lose", services.lose, SaidBody),
        ("close", services.close, RemarkBody),
    )
}

CASH_VERBS = {
    f"cash/{name.replace('_', '-')}": made(Verb, f"cash_{name}", act, body=body, answer=CashAnswer)
    for name, act, body in (
        ("collect", services.collect, CollectBody),
        ("raise_discrepancy", services.raise_discrepancy, DiscrepancyBody),
        ("resolve", services.resolve, ResolveBody),
        ("write_off", services.write_off, SaidBody),
    )
}


@operation("get", "slips_retrieve", answer=SlipAnswer)
class SlipDetail(ApiView):
    """Where the sign slip of an order is."""

    def get(self, request: Request, number: str) -> Response:
        seen = SignSlip.objects.visible_to(clerk(request)).select_related("shipment__order", "unit")
        return Response(SlipAnswer(seen.get(shipment__order__number=number)).data)


@operation("get", "cash_retrieve", answer=CashAnswer)
class CashDetail(ApiView):
    """Where the money collected for the shipper stands."""

    def get(self, request: Request, number: str) -> Response:
        seen = CashOnDelivery.objects.visible_to(clerk(request)).select_related("order")
        return Response(CashAnswer(seen.get(order__number=number)).data)


# What proves a hand-over.


class ProofAnswer(serializers.ModelSerializer[Proof]):
    kind_name = serializers.CharField(source="get_kind_display")

    class Meta:
        model = Proof
        fields = ("key", "kind", "kind_name", "media", "size", "width", "height", "sha256", "at", "recorded_at")
        read_only_fields = fields


class ProofBody(Body):
    kind = serializers.ChoiceField(choices=ProofKind.choices)
    photo = serializers.FileField(max_length=255, help_text="JPEG、PNG 或 WebP，最大 8 MB")


def _told_to(request: Request, number: str) -> QuerySet[Proof, Proof]:
    """Return what proves the hand-over that stands, for staff who may see the goods and the partner whose order it is."""
    who = caller(request)
    seen = Shipment.objects.visible_to(who.person) if who.person else Shipment.objects.filter(order__in=who.orders())
    return proofs.standing(seen.get(order__number=number))


@operation("get", "proofs_list", answer=ProofAnswer(many=True))
@operation("post", "proofs_create", request={"multipart/form-data": ProofBody}, answer=ProofAnswer)
class Proofs(ApiView):
    """What proves the hand-over of an order's goods (§4.3.2.8): list it, or hand in a picture by itself (staff)."""

    for_partners = True
    parser_classes = [MultiPartParser]

    def get(self, request: Request, number: str) -> Response:
        return Response(ProofAnswer(_told_to(request, number), many=True).data)

    def post(self, request: Request, number: str) -> Response:
        person, values = clerk(request), checked(ProofBody, request.data)
        drawn = pictures.read(values["kind"], values["photo"].read())
        proof = services.add_proof(number=number, clerk=person, picture=drawn, now=clock.now())
        return Response(ProofAnswer(proof).data)


@operation("get", "proofs_retrieve", answer={(200, "image/*"): OpenApiTypes.BINARY})
class ProofPicture(ApiView):
    """The picture itself."""

    for_partners = True

    def get(self, request: Request, number: str, key: str) -> HttpResponse:
        return picture(_told_to(request, number).get(key=key))


# What a scanner reads.


class CodeBody(Body):
    code = Line(max_length=60, help_text="运单号、标签（1234567895-001/012）或订单号")
    mode = serializers.ChoiceField(choices=list(codes.MODES), required=False, default="look")
    at = serializers.DateTimeField(required=False, help_text="设备时间")
    source = Line(max_length=40, required=False, help_text="设备给本次操作的唯一编号")


class CodeAnswer(serializers.Serializer[codes.Scanned]):
    shipment = ShipmentAnswer()
    piece = serializers.IntegerField(help_text="标签的件号，0 为未注明")
    again = serializers.BooleanField(help_text="此前已登记")


@operation("post", "scans_create", request=CodeBody, answer=CodeAnswer)
class ScanCode(ApiView):
    """Find goods by what a scanner reads, or register their arrival by it."""

    def post(self, request: Request) -> Response:
        found = codes.scan(clerk=clerk(request), now=clock.now(), **checked(CodeBody, request.data))
        return Response(CodeAnswer(found).data)


# The money of several orders.


class CashOffice(ApiView):
    """A verb of the office: all of the orders named, or none."""

    body: ClassVar[type[Body]]
    act: ClassVar[Callable[..., Sequence[CashOnDelivery]]]

    def post(self, request: Request) -> Response:
        values = checked(self.body, request.data)
        done = type(self).act(clerk=clerk(request), now=clock.now(), **values)
        return Response(CashAnswer(done, many=True).data)


OFFICE_VERBS = {
    name.replace("_", "-"): made(CashOffice, f"cash_{name}", act, body=body, answer=CashAnswer, told=CashAnswer(many=True))
    for name, act, body in (
        ("count", services.count, CountBody),
        ("bank", services.bank, BankBody),
        ("confirm_bank", services.confirm_bank, ConfirmBody),
        ("remit", services.remit, RemitBody),
    )
}
