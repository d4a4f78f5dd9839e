"""The JSON door of the daily tracking report of a key customer (§2.1.5)."""

from __future__ import annotations

from datetime import date
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from customers.models import KeyCustomer
from delivery.services import followups
from network.models import Person
from orders.api.bodies import Body, Day
from orders.api.callers import clerk
from orders.api.openapi import operation
from orders.api.views import ApiView, checked
from reports.keyaccounts import Report, of_day
from rulebook.due import local_day


class LineAnswer(serializers.Serializer[Any]):
    order = serializers.CharField(source="number")
    waybill = serializers.CharField()
    pieces = serializers.IntegerField(source="shipment.pieces")
    state = serializers.CharField()
    follow_ups = serializers.SerializerMethodField()
    anomalies = serializers.SerializerMethodField()
    slip = serializers.CharField(source="slip.state", allow_null=True, default=None)
    due_at = serializers.DateTimeField(allow_null=True)
    clause = serializers.CharField()
    to_follow = serializers.BooleanField()

    def get_follow_ups(self, line: Any) -> list[str]:
        return [each.text for each in line.follow_ups]

    def get_anomalies(self, line: Any) -> list[str]:
        return [each.kind for each in line.anomalies]


class ReportAnswer(serializers.Serializer[Any]):
    day = Day()
    unbilled = serializers.IntegerField()
    done_at = serializers.DateTimeField(source="done.at", allow_null=True, default=None)
    lines = LineAnswer(many=True)


class DayBody(Body):
    on = Day(required=False, help_text="默认今天")


ON = OpenApiParameter("on", OpenApiTypes.DATE, description="默认今天")


@operation("get", "key_customers_report", answer=ReportAnswer, parameters=[ON])
class KeyCustomerReport(ApiView):
    """A key customer's tracking report of a day (§2.1.5)."""

    def get(self, request: Request, key: int) -> Response:
        day = checked(DayBody, request.query_params.dict()).get("on") or local_day(clock.now())
        return Response(ReportAnswer(_report(clerk(request), key, day)).data)


@operation("post", "key_customers_report_done", request=DayBody, answer=ReportAnswer)
class FinishReport(ApiView):
    """Mark a day's report as worked; the person named for it does so (§2.1.5)."""

    def post(self, request: Request, key: int) -> Response:
        person, now = clerk(request), clock.now()
        day = checked(DayBody, request.data).get("on") or local_day(now)
        lines = _report(person, key, day).lines
        followups.finish_report(pk=key, on=day, shipments=len(lines), by=person, now=now)
        return Response(ReportAnswer(_report(person, key, day)).data)


def _report(person: Person, key: int, day: date) -> Report:
    person.require("see_key_accounts")
    return of_day(KeyCustomer.objects.visible_to(person).select_related("customer", "tracker").get(pk=key), day)
