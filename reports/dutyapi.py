"""The JSON door of the monthly responsibility report (§1.6, §1.7)."""

from __future__ import annotations

from datetime import date
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from network.models import Unit
from orders.api.bodies import Body, Line
from orders.api.callers import clerk
from orders.api.openapi import operation
from orders.api.views import ApiView, checked
from reports.responsibility import COLUMNS, Sums, of_month
from rulebook.due import local_day
from rulebook.workdays import FIRST_YEAR, LAST_YEAR

SUMS = {
    column.key: serializers.DecimalField(max_digits=14, decimal_places=2) if column.money else serializers.IntegerField()
    for column in COLUMNS
}
SumsAnswer = type("SumsAnswer", (serializers.Serializer,), SUMS)


class ResponsibilityLine(serializers.Serializer[Any]):
    unit = serializers.CharField(source="unit.code")
    name = serializers.CharField(source="unit.name")
    own = serializers.BooleanField(help_text="记在单位本级，不在其下级")
    sums = SumsAnswer()


class ClauseSums(serializers.Serializer[Any]):
    clause = serializers.CharField()
    sums = SumsAnswer()


class TieAnswer(serializers.Serializer[Any]):
    name = serializers.CharField()
    says = serializers.CharField()
    holds = serializers.BooleanField()
    faults = serializers.ListField(child=serializers.CharField())


class ResponsibilityAnswer(serializers.Serializer[Any]):
    month = serializers.DateField(format="%Y-%m")
    unit = serializers.CharField(source="unit.code")
    total = SumsAnswer()
    below = ResponsibilityLine(source="lines", many=True)
    clauses = ClauseSums(many=True)
    ties = TieAnswer(many=True)


class ResponsibilityQuery(Body):
    month = serializers.DateField(required=False, input_formats=["%Y-%m"], help_text="默认本月")
    unit = Line(max_length=20)

    def validate_month(self, month: date) -> date:
        if not FIRST_YEAR <= month.year <= LAST_YEAR:
            raise serializers.ValidationError(f"{FIRST_YEAR}–{LAST_YEAR}")
        return month


UNIT = OpenApiParameter("unit", OpenApiTypes.STR, required=True, description="单位编号")
MONTH = OpenApiParameter("month", OpenApiTypes.STR, description="2026-11，默认本月")


@operation("get", "responsibility_retrieve", answer=ResponsibilityAnswer, parameters=[UNIT, MONTH])
class Responsibility(ApiView):
    """A month's points, tier actions, fines, excuses and appeals of a unit and of those right below it, with what ties out."""

    def get(self, request: Request) -> Response:
        person, now = clerk(request), clock.now()
        person.require("see_responsibility")
        asked = checked(ResponsibilityQuery, request.query_params.dict())
        unit = Unit.objects.visible_to(person).get(code=asked["unit"])
        report = of_month(asked.get("month") or local_day(now).replace(day=1), unit, now=now)
        return Response(ResponsibilityAnswer(_whole(report)).data)


def _whole(report: Any) -> dict[str, Any]:
    """Return the report with every number, also those that are nought."""
    return {
        "month": report.month, "unit": report.unit, "total": _all(report.total), "ties": report.ties(),
        "lines": [{"unit": line.unit, "own": line.own, "sums": _all(line.sums)} for line in report.lines],
        "clauses": [{"clause": clause, "sums": _all(sums)} for clause, sums in report.clauses],
    }  # fmt: skip


def _all(sums: Sums) -> dict[str, Any]:
    return {column.key: sums[column.key] for column in COLUMNS}
