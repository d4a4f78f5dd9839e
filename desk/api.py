"""The JSON door of the tracking workbench (§4.3.2.4): what nobody has said anything of, what is in trouble, page by page."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from delivery.choices import State
from desk import tracking
from orders.api.callers import clerk
from orders.api.openapi import operation
from orders.api.views import ApiView


class TrackQuery(serializers.Serializer[Any]):
    tab = serializers.ChoiceField(choices=[(tab.key, tab.label) for tab in tracking.TABS], required=False, default="stale")
    state = serializers.ChoiceField(choices=State.choices, required=False)
    kind = serializers.ChoiceField(choices=[(row.key, row.label) for row in tracking.PROBLEMS], required=False)
    to = serializers.RegexField(r"^\d{2,6}$", required=False, help_text="到达地行政区划代码或其开头")
    branch = serializers.CharField(max_length=20, required=False, help_text="营业部编号")


class TrackAnswer(serializers.Serializer[tracking.Row]):
    order = serializers.CharField(source="number")
    waybill = serializers.CharField(source="goods.order.waybill.number")
    state = serializers.CharField(source="goods.state")
    state_name = serializers.CharField(source="goods.get_state_display")
    key_customer = serializers.BooleanField(source="goods.key_customer")
    where = serializers.CharField()
    destination = serializers.CharField()
    heard_at = serializers.DateTimeField(source="goods.heard_at", help_text="最近更新")
    due_at = serializers.DateTimeField(source="clock.due_at", allow_null=True, default=None, help_text="最先到期的时限")
    clause = serializers.CharField(source="clock.clause", allow_null=True, default=None)
    last = serializers.CharField(source="last.text", allow_null=True, default=None, help_text="最近情况")
    problems = serializers.SerializerMethodField()

    def get_problems(self, row: tracking.Row) -> list[str]:
        return [chip.word for chip in row.problems]


class TrackPages(CursorPagination):
    ordering = ("heard_at", "pk")
    page_size = tracking.PAGE


@operation("get", "shipments_list", parameters=[TrackQuery], answer=TrackAnswer(many=True))
class Tracking(ApiView):
    """The goods of a tab of the tracking workbench, those first of which one has heard nothing for the longest."""

    def get(self, request: Request) -> Response:
        person, now = clerk(request), clock.now()
        person.require("see_goods")
        wanted = TrackQuery(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        filters = wanted.validated_data
        pages = TrackPages()
        found = pages.paginate_queryset(tracking.listed(person, filters.pop("tab"), filters, now), request, view=self)
        return pages.get_paginated_response(TrackAnswer(tracking.rows(found or (), now), many=True).data)
