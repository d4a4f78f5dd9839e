"""The JSON door of outages: preview, file all, verify, decide or reopen all, and what came of each row (§3.6.1)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from network.models import Person, Unit
from orders.api.bodies import Body, Line
from orders.api.callers import clerk
from orders.api.openapi import operation
from orders.api.views import ApiView, checked
from rulebook.excuses import OUTAGES
from sla import services
from sla.choices import FilingReason, FilingVerb
from sla.models import Outage, OutageAct, OutageRow, Step
from sla.services import Fault

REASONS = [(code, FilingReason(code).label) for code in OUTAGES]
MOST_UNITS = 200


class FaultBody(Body):
    reason = serializers.ChoiceField(choices=REASONS)
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    units = serializers.ListField(child=Line(max_length=20), min_length=1, max_length=MOST_UNITS)


class OpenBody(FaultBody):
    text = Line(max_length=500)
    seen = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class WordsBody(Body):
    words = Line(max_length=300)


class VerifyAllBody(WordsBody):
    confirmed = serializers.BooleanField()


class DecideAllBody(WordsBody):
    grant = serializers.BooleanField()


class StepAnswer(serializers.ModelSerializer[Step]):
    deadline = serializers.CharField(source="deadline_id")
    order = serializers.CharField(source="deadline.order.number", default=None)
    unit = serializers.CharField(source="deadline.holder.code", default=None)

    class Meta:
        model = Step
        fields = ("deadline", "order", "unit", "clause", "at", "state")
        read_only_fields = fields


class ActAnswer(serializers.ModelSerializer[OutageAct]):
    by = serializers.CharField(source="by.number")

    class Meta:
        model = OutageAct
        fields = ("id", "outage", "verb", "by", "at", "words", "state", "total", "handled", "failed")
        read_only_fields = fields


class RowAnswer(serializers.ModelSerializer[OutageRow]):
    deadline = serializers.CharField(source="deadline_id")
    order = serializers.CharField(source="deadline.order.number", default=None)
    clause = serializers.CharField(source="deadline.clause")
    filing = serializers.IntegerField(source="filing_id", allow_null=True)
    state = serializers.CharField(source="filing.state", default=None)

    class Meta:
        model = OutageRow
        fields = ("deadline", "order", "clause", "filing", "state", "said")
        read_only_fields = fields


class OutageAnswer(serializers.ModelSerializer[Outage]):
    units = serializers.SlugRelatedField(slug_field="code", many=True, read_only=True)
    opened_by = serializers.CharField(source="opened_by.number")

    class Meta:
        model = Outage
        fields = ("id", "reason", "text", "since", "until", "units", "opened_by", "opened_at")
        read_only_fields = fields


class OutagePages(CursorPagination):
    ordering = "-opened_at"
    page_size = 50


class RowPages(CursorPagination):
    ordering = "pk"
    page_size = 200


def fault_of(values: dict[str, Any], person: Person) -> Fault:
    """:raises ValidationError: a unit that is not there, or not below the caller's"""
    codes = list(dict.fromkeys(values["units"]))
    units = {unit.code: unit for unit in Unit.objects.visible_to(person).filter(code__in=codes)}
    if unknown := [code for code in codes if code not in units]:
        raise serializers.ValidationError({"units": _("没有这个单位，或不属于您的单位：%s。") % _("、").join(unknown[:5])})
    return Fault(reason=values["reason"], since=values["since"], until=values["until"], units=[units[code] for code in codes])


@operation("post", "outages_preview", request=FaultBody)
class PreviewOutage(ApiView):
    """What filing a fault would come to: how many clocks, which, and what stays outside and why. Nothing is stored."""

    def post(self, request: Request) -> Response:
        person = clerk(request)
        seen = services.preview(fault_of(checked(FaultBody, request.data), person), person, clock.now())
        outside = [{**StepAnswer(each.step).data, "why": each.why} for each in seen.outside]
        return Response({"clocks": seen.clocks, "steps": StepAnswer(seen.steps, many=True).data, "outside": outside})


@operation("get", "outages_list", answer=OutageAnswer(many=True), parameters=[OpenApiParameter("cursor", str)])
@operation("post", "outages_open", request=OpenBody, answer={201: ActAnswer})
class Outages(ApiView):
    """Outages that struck the caller's unit or below; POST files every clock that one touched."""

    def get(self, request: Request) -> Response:
        found = Outage.objects.visible_to(clerk(request)).select_related("opened_by").prefetch_related("units")
        pages = OutagePages()
        rows = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(OutageAnswer(rows, many=True).data)

    def post(self, request: Request) -> Response:
        person = clerk(request)
        values = checked(OpenBody, request.data)
        act = services.open_outage(
            fault=fault_of(values, person), text=values["text"], seen=values.get("seen"), person=person, now=clock.now()
        )
        return Response(ActAnswer(act).data, status=201)


@operation("get", "outages_retrieve", parameters=[OpenApiParameter("cursor", str)])
class OutageDetail(ApiView):
    """One outage: its acts with their progress, and its rows, each with its filing or why there is none."""

    def get(self, request: Request, key: int) -> Response:
        person = clerk(request)
        outage = Outage.objects.visible_to(person).select_related("opened_by").get(pk=key)
        found = outage.rows.filter(person.scope("deadline__holder__path")).select_related("deadline__order", "filing")
        pages = RowPages()
        rows = pages.paginate_queryset(found, request, view=self)
        acts = outage.acts.select_related("by").order_by("pk")
        about = {**OutageAnswer(outage).data, "acts": ActAnswer(acts, many=True).data}
        return Response({**about, "next": pages.get_next_link(), "rows": RowAnswer(rows, many=True).data})


def _done(request: Request, key: int, verb: FilingVerb, words: str) -> Response:
    person = clerk(request)
    Outage.objects.visible_to(person).get(pk=key)
    act = services.act_on_outage(outage_id=key, verb=verb, words=words, person=person, now=clock.now())
    return Response(ActAnswer(act).data)


@operation("post", "outages_verify", request=VerifyAllBody, answer=ActAnswer)
class VerifyAll(ApiView):
    """Record what the information centre found, for all of an outage (§3.6.1)."""

    def post(self, request: Request, key: int) -> Response:
        values = checked(VerifyAllBody, request.data)
        return _done(request, key, FilingVerb.CONFIRM if values["confirmed"] else FilingVerb.DENY, values["words"])


@operation("post", "outages_decide", request=DecideAllBody, answer=ActAnswer)
class DecideAll(ApiView):
    """Acknowledge or refuse all filings of an outage."""

    def post(self, request: Request, key: int) -> Response:
        values = checked(DecideAllBody, request.data)
        return _done(request, key, FilingVerb.GRANT if values["grant"] else FilingVerb.REFUSE, values["words"])


@operation("post", "outages_reopen", request=WordsBody, answer=ActAnswer)
class ReopenAll(ApiView):
    """Take up all decided filings of an outage again."""

    def post(self, request: Request, key: int) -> Response:
        return _done(request, key, FilingVerb.REOPEN, checked(WordsBody, request.data)["words"])


OUTAGE_VERBS = {"verify": VerifyAll, "decide": DecideAll, "reopen": ReopenAll}
