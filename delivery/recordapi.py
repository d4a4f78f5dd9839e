"""The JSON door of what is said on the way: calls, special circumstances, demands from the spot (§1.3.3.1, §4.3.3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from delivery import services
from delivery.api import ShipmentAnswer, ShipmentVerb
from delivery.choices import Means
from delivery.models import Circumstance, DeliveryCall, Demand, OperatingCost, Shipment
from delivery.services.costs import MOST_HELPERS
from orders.api.bodies import Body, Line, coded
from orders.api.callers import clerk
from orders.api.openapi import operation
from orders.api.views import ApiView, made
from rulebook.reasons import CIRCUMSTANCES, DEMANDS, HIRE_REASONS, LATENESS_REASONS


def _line(longest: int = 300) -> Line:
    return Line(max_length=longest, required=False, allow_blank=True, default="")


class CallBody(Body):
    reached = serializers.BooleanField()
    expected_at = serializers.DateTimeField(required=False)
    address_confirmed = serializers.BooleanField(required=False, default=False)
    freight_told = serializers.BooleanField(required=False, default=False)
    means = serializers.ChoiceField(choices=Means.choices, required=False)
    extras = _line(200)
    remark = _line()


class LateBody(Body):
    reached = serializers.BooleanField()
    reason = coded(LATENESS_REASONS)
    expected_at = serializers.DateTimeField()
    remark = _line()


class CircumstanceBody(Body):
    cause = coded(CIRCUMSTANCES)
    text = Line(max_length=300)


class HireBody(Body):
    reason = coded(HIRE_REASONS)
    helpers = serializers.IntegerField(min_value=1, max_value=MOST_HELPERS)
    cost = serializers.DecimalField(max_digits=7, decimal_places=2, min_value=Decimal())


class DemandBody(Body):
    kind = coded(DEMANDS)
    text = Line(max_length=300)


class AnswerBody(Body):
    agreed = serializers.BooleanField()
    answer = Line(max_length=300)


RECORD_VERBS = {
    name.replace("_", "-"): made(ShipmentVerb, f"shipments_{name}", act, body=body, answer=ShipmentAnswer)
    for name, act, body in (
        ("call", services.call_consignee, CallBody),
        ("tell_lateness", services.tell_lateness, LateBody),
        ("note_circumstance", services.note_circumstance, CircumstanceBody),
        ("hire_helpers", services.hire_helpers, HireBody),
        ("report_demand", services.report_demand, DemandBody),
        ("answer_demand", services.answer_demand, AnswerBody),
    )
}


class CallAnswer(serializers.ModelSerializer[DeliveryCall]):
    person = serializers.CharField(source="person.number")

    class Meta:
        model = DeliveryCall
        fields = (
            "kind", "reached", "expected_at", "address_confirmed", "freight", "cash", "means", "extras", "reason", "remark",
            "person", "at",
        )  # fmt: skip
        read_only_fields = fields


class CircumstanceAnswer(serializers.ModelSerializer[Circumstance]):
    person = serializers.CharField(source="person.number")

    class Meta:
        model = Circumstance
        fields = ("cause", "text", "person", "at")
        read_only_fields = fields


class DemandAnswer(serializers.ModelSerializer[Demand]):
    person = serializers.CharField(source="person.number")
    answered_by = serializers.CharField(source="answered_by.number", allow_null=True, default=None)

    class Meta:
        model = Demand
        fields = ("kind", "text", "person", "at", "agreed", "answer", "answered_by", "answered_at")
        read_only_fields = fields


class HireAnswer(serializers.ModelSerializer[OperatingCost]):
    reason = serializers.CharField(source="cause")
    cost = serializers.DecimalField(source="amount", max_digits=9, decimal_places=2)
    charged_to = serializers.CharField(source="charged_to.code")
    person = serializers.CharField(source="person.number")

    class Meta:
        model = OperatingCost
        fields = ("reason", "helpers", "cost", "charged_to", "person", "at")
        read_only_fields = fields


class RecordsAnswer(serializers.Serializer[Any]):
    calls = CallAnswer(many=True)
    circumstances = CircumstanceAnswer(many=True)
    hires = HireAnswer(many=True)
    demands = DemandAnswer(many=True)


@operation("get", "shipments_records", answer=RecordsAnswer)
class Records(ApiView):
    """What was said on the way: calls to the consignee, special circumstances, demands from the spot, oldest first."""

    def get(self, request: Request, number: str) -> Response:
        goods = Shipment.objects.visible_to(clerk(request)).get(order__number=number)
        said = {
            "calls": goods.calls.select_related("person").order_by("pk"),
            "circumstances": goods.circumstances.select_related("person").order_by("pk"),
            "hires": goods.costs.hires().select_related("person", "charged_to").order_by("pk"),
            "demands": goods.demands.select_related("person", "answered_by").order_by("pk"),
        }
        return Response(RecordsAnswer(said).data)
