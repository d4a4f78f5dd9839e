"""The JSON door of the watch lists: findings, and clearing or upholding each (§1.4.3f, §1.2.2.c, §1.7.2.9)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from network.models import Person
from orders.api.bodies import Body, Day, Line
from orders.api.callers import clerk
from orders.api.openapi import operation
from orders.api.views import ApiView, checked
from penalties import services
from penalties.choices import Watched
from penalties.models import WatchItem
from rulebook.watches import WATCHES


class WatchAnswer(serializers.ModelSerializer[WatchItem]):
    clause = serializers.CharField(source="row.clause")
    unit = serializers.CharField(source="unit.code", default=None)
    person = serializers.CharField(source="person.number", default=None)
    culprit = serializers.CharField(source="culprit.number", default=None)
    orders = serializers.IntegerField(source="data.orders", default=None)
    shippers = serializers.IntegerField(source="data.shippers", default=None)

    class Meta:
        model = WatchItem
        fields = (
            "id", "kind", "clause", "day", "subject", "unit", "person", "order_number", "orders", "shippers", "listed_at", "state",
            "decided_at", "reason", "culprit",
        )  # fmt: skip
        read_only_fields = fields


class WatchPages(CursorPagination):
    ordering = ("-day", "-pk")
    page_size = 50


class WatchQuery(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=[(row.code, row.zh) for row in WATCHES.values()], required=False)
    state = serializers.ChoiceField(choices=Watched.choices, required=False)
    day = Day(required=False)


class ClearBody(Body):
    reason = Line(max_length=300)


class UpholdBody(ClearBody):
    culprit = Line(max_length=20, required=False, allow_blank=True, default="", help_text="责任人工号；连续漏接货由当时的营业部经理承担，不必填写")


def _viewer(request: Request) -> Person:
    person = clerk(request)
    person.require("see_watch")
    return person


@operation(
    "get", "watches_list", answer=WatchAnswer(many=True),
    parameters=[OpenApiParameter(n, str) for n in ("kind", "state", "day", "cursor")],
)  # fmt: skip
class Watches(ApiView):
    """Findings about the caller's units and everything below them, the latest day first."""

    def get(self, request: Request) -> Response:
        wanted = WatchQuery(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        found = WatchItem.objects.visible_to(_viewer(request)).filter(**wanted.validated_data)
        pages = WatchPages()
        rows = pages.paginate_queryset(found.select_related("unit", "person", "culprit"), request, view=self)
        return pages.get_paginated_response(WatchAnswer(rows, many=True).data)


@operation("get", "watches_retrieve", answer=WatchAnswer)
class WatchDetail(ApiView):
    """One finding."""

    def get(self, request: Request, key: int) -> Response:
        return Response(WatchAnswer(WatchItem.objects.visible_to(_viewer(request)).get(pk=key)).data)


@operation("post", "watches_clear", request=ClearBody, answer=WatchAnswer)
class Clear(ApiView):
    """Clear a finding: there is an explanation."""

    def post(self, request: Request, key: int) -> Response:
        values = checked(ClearBody, request.data)
        return Response(WatchAnswer(services.clear_item(pk=key, person=clerk(request), now=clock.now(), **values)).data)


@operation("post", "watches_uphold", request=UpholdBody, answer=WatchAnswer)
class Uphold(ApiView):
    """Uphold a finding: the person named is penalised (§1.7.2.9), of missed pickups the branch's manager (§1.7.2.8)."""

    def post(self, request: Request, key: int) -> Response:
        values = checked(UpholdBody, request.data)
        return Response(WatchAnswer(services.uphold_item(pk=key, person=clerk(request), now=clock.now(), **values)).data)


WATCH_VERBS = {"clear": Clear, "uphold": Uphold}
