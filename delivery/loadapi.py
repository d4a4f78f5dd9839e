"""The JSON door of load plans (配载) and of splitting goods over vehicles (§2.1.2.1–2)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from delivery import services
from delivery.choices import Load
from delivery.models import LoadItem, LoadPlan, SplitConsent
from delivery.services.loads import filling
from orders.api.bodies import Body, Line, Nothing
from orders.api.callers import clerk
from orders.api.openapi import operation
from orders.api.views import ApiView, Verb, checked, made


class ItemAnswer(serializers.ModelSerializer[LoadItem]):
    order = serializers.CharField(source="shipment.order.number")
    of = serializers.IntegerField(source="shipment.pieces")
    key_customer = serializers.BooleanField(source="shipment.key_customer")
    weight_kg = serializers.DecimalField(max_digits=9, decimal_places=2)
    volume_m3 = serializers.DecimalField(max_digits=8, decimal_places=3)

    class Meta:
        model = LoadItem
        fields = ("order", "pieces", "of", "key_customer", "weight_kg", "volume_m3")
        read_only_fields = fields


class LoadAnswer(serializers.ModelSerializer[LoadPlan]):
    unit = serializers.CharField(source="unit.code")
    state_name = serializers.CharField(source="get_state_display")
    items = serializers.SerializerMethodField()
    filling = serializers.SerializerMethodField()

    class Meta:
        model = LoadPlan
        fields = (
            "id", "unit", "state", "state_name", "line", "vehicle", "most_kg", "most_m3", "made_at", "ended_at", "items", "filling",
        )  # fmt: skip
        read_only_fields = fields

    def get_items(self, plan: LoadPlan) -> list[dict[str, Any]]:
        return list(ItemAnswer(_items(plan), many=True).data)

    def get_filling(self, plan: LoadPlan) -> dict[str, Any]:
        full = filling(plan, _items(plan))
        return {
            "pieces": full.pieces, "weight_kg": str(full.weight_kg), "volume_m3": str(full.volume_m3),
            "by_weight": str(full.by_weight), "by_volume": str(full.by_volume), "over": full.over,
        }  # fmt: skip


def _items(plan: LoadPlan) -> Any:
    return plan.items.select_related("shipment__order__waybill").order_by("-shipment__key_customer", "pk")


class ConsentAnswer(serializers.ModelSerializer[SplitConsent]):
    order = serializers.CharField(source="shipment.order.number")
    unit = serializers.CharField(source="unit.code")

    class Meta:
        model = SplitConsent
        fields = ("order", "unit", "pieces", "reason", "asked_at", "given", "answer", "answered_at", "used_at")
        read_only_fields = fields


class OpenBody(Body):
    line = Line(max_length=60)
    vehicle = Line(max_length=12)
    most_kg = serializers.DecimalField(max_digits=9, decimal_places=2, min_value=Decimal("0.01"))
    most_m3 = serializers.DecimalField(max_digits=7, decimal_places=2, min_value=Decimal("0.01"))


class NumberBody(Body):
    number = Line(max_length=20)


class AddBody(NumberBody):
    pieces = serializers.IntegerField(min_value=1, max_value=99999, required=False)


class AskBody(Body):
    pieces = serializers.IntegerField(min_value=1, max_value=99999)
    reason = Line(max_length=300)


class AnswerBody(Body):
    agreed = serializers.BooleanField()
    answer = Line(max_length=300, required=False, allow_blank=True, default="")


class LoadPages(CursorPagination):
    ordering = "-made_at"
    page_size = 50


class LoadQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=Load.choices, required=False)


@operation("get", "loads_list", answer=LoadAnswer(many=True))
@operation("post", "loads_open", request=OpenBody, answer={201: LoadAnswer})
class Loads(ApiView):
    """Load plans of the caller's unit and below, the latest first; open one for a vehicle and line."""

    def get(self, request: Request) -> Response:
        wanted = LoadQuery(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        found = LoadPlan.objects.visible_to(clerk(request)).filter(**wanted.validated_data).select_related("unit")
        pages = LoadPages()
        rows = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(LoadAnswer(rows, many=True).data)

    def post(self, request: Request) -> Response:
        person = clerk(request)
        plan = services.open_load(clerk=person, now=clock.now(), **checked(OpenBody, request.data))
        return Response(LoadAnswer(plan).data, status=201)


@operation("get", "loads_retrieve", answer=LoadAnswer)
class LoadDetail(ApiView):
    """A load plan with its lines and how full the vehicle is."""

    def get(self, request: Request, key: int) -> Response:
        return Response(LoadAnswer(LoadPlan.objects.visible_to(clerk(request)).get(pk=key)).data)


class LoadVerb(ApiView):
    """A verb of one load plan; it answers with the plan."""

    body: ClassVar[type[Body]]
    act: ClassVar[Callable[..., Any]]

    def post(self, request: Request, key: int) -> Response:
        person = clerk(request)
        type(self).act(plan=key, clerk=person, now=clock.now(), **checked(self.body, request.data))
        return Response(LoadAnswer(LoadPlan.objects.visible_to(person).get(pk=key)).data)


LOAD_VERBS = {
    name.replace("_", "-"): made(LoadVerb, f"loads_{name}", act, body=body, answer=LoadAnswer)
    for name, act, body in (
        ("add", services.add_to_load, AddBody),
        ("take_off", services.take_off_load, NumberBody),
        ("close", services.close_load, Nothing),
        ("cancel", services.cancel_load, Nothing),
    )
}
SPLIT_VERBS = {
    f"split/{name}": made(Verb, f"shipments_split_{name}", act, body=body, answer=ConsentAnswer)
    for name, act, body in (("ask", services.ask_split, AskBody), ("answer", services.answer_split, AnswerBody))
}
