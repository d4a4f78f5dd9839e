"""The statement of cash on delivery: what was collected, where it is, what was paid out, page by page (§3.2(9), §4.3.3.2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from delivery.choices import Cash
from delivery.models import CashOnDelivery
from delivery.services.books import WITH_US
from orders.api.bodies import Body, Day
from orders.api.callers import Caller, caller
from orders.api.openapi import operation
from orders.api.views import ApiView, checked
from rulebook.due import at

PAGE = 50
MOST = 200


class StatementQuery(Body):
    """Days are local and both included; they are those of the collection."""

    since = Day(required=False)
    until = Day(required=False)
    state = serializers.ChoiceField(choices=Cash.choices, required=False)
    page = serializers.IntegerField(min_value=1, max_value=100_000, required=False, default=1)
    page_size = serializers.IntegerField(min_value=1, max_value=MOST, required=False, default=PAGE)


class StatementLine(serializers.ModelSerializer[CashOnDelivery]):
    order = serializers.CharField(source="order.number")
    partner_order_no = serializers.CharField(source="order.external_no")
    waybill = serializers.CharField(source="order.waybill.number")
    state_name = serializers.CharField(source="get_state_display")

    class Meta:
        model = CashOnDelivery
        fields = (
            "order", "partner_order_no", "waybill", "amount", "state", "state_name", "plan", "collected_at", "confirmed_at", "pay_by",
            "remitted_at", "batch",
        )  # fmt: skip
        read_only_fields = fields


class Totals(serializers.Serializer[Any]):
    """CNY, of everything the query finds, not of the page; collected = remitted + outstanding + written off."""

    collected = serializers.DecimalField(max_digits=14, decimal_places=2)
    remitted = serializers.DecimalField(max_digits=14, decimal_places=2)
    outstanding = serializers.DecimalField(max_digits=14, decimal_places=2)
    written_off = serializers.DecimalField(max_digits=14, decimal_places=2)


class StatementAnswer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    page = serializers.IntegerField()
    page_size = serializers.IntegerField()
    totals = Totals()
    results = StatementLine(many=True)


QUERY = [OpenApiParameter(name, str) for name in ("since", "until", "state", "page", "page_size")]


@operation("get", "cash_statement", parameters=QUERY, answer=StatementAnswer)
class Statement(ApiView):
    """The cash of one's orders, the last collected first: where it is, and by which day it is paid out."""

    for_partners = True

    def get(self, request: Request) -> Response:
        wanted = checked(StatementQuery, request.query_params.dict())
        page, size = wanted.pop("page"), wanted.pop("page_size")
        found = narrowed(_own(caller(request)), **wanted)
        rows = found.select_related("order__waybill").order_by("-collected_at", "-pk")[(page - 1) * size : page * size]
        answer = {"count": found.count(), "page": page, "page_size": size, "totals": totals(found), "results": rows}
        return Response(StatementAnswer(answer).data)


def _own(who: Caller) -> QuerySet[CashOnDelivery, CashOnDelivery]:
    """:raises Denied: a member of staff who does not see the cash"""
    if who.person:
        who.person.require("see_cash")
        return CashOnDelivery.objects.visible_to(who.person)
    return CashOnDelivery.objects.filter(order__in=who.orders())


def narrowed(
    rows: QuerySet[CashOnDelivery, CashOnDelivery],
    *,
    since: date | None = None,
    until: date | None = None,
    state: str = "",
) -> QuerySet[CashOnDelivery, CashOnDelivery]:
    if since:
        rows = rows.filter(collected_at__gte=at(since))
    if until:
        rows = rows.filter(collected_at__lt=at(until, 24))
    return rows.filter(state=state) if state else rows


def totals(rows: QuerySet[CashOnDelivery, CashOnDelivery]) -> dict[str, Decimal]:
    taken = rows.filter(collected_at__isnull=False)
    sums = {
        "collected": taken, "remitted": taken.filter(state=Cash.REMITTED), "outstanding": taken.filter(WITH_US),
        "written_off": taken.filter(state=Cash.WRITTEN_OFF),
    }  # fmt: skip
    return {name: found.aggregate(sum=Sum("amount"))["sum"] or Decimal() for name, found in sums.items()}
