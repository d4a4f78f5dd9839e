"""The JSON door of clocks: which run, why a deadline is what it is (the page's own words), and filings (§1.4.2)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from orders.api.bodies import Body, Line
from orders.api.callers import clerk
from orders.api.openapi import operation
from orders.api.views import ApiView, checked
from sla import services
from sla.choices import FilingReason, FilingState, State
from sla.models import Deadline, Filing, Step


def deadline_answer(deadline: Deadline) -> dict[str, Any]:
    """Return a clock in brief: its clause and until when."""
    return {
        "id": str(deadline.pk),
        "clause": deadline.clause,
        "title": deadline.limit.zh,
        "title_en": deadline.limit.en,
        "started_at": local_text(deadline.started_at),
        "due_at": local_text(deadline.due_at),
        "state": deadline.state,
        "stopped_at": local_text(deadline.stopped_at),
    }


def local_text(moment: Any) -> Any:
    return MOMENT.to_representation(moment) if moment else None


MOMENT = serializers.DateTimeField()


class StepAnswer(serializers.ModelSerializer[Step]):
    class Meta:
        model = Step
        fields = ("kind", "clause", "at", "state", "announced_at", "late", "corrected_at")
        read_only_fields = fields


class FilingAnswer(serializers.ModelSerializer[Filing]):
    deadline = serializers.CharField(source="deadline_id", allow_null=True)
    order = serializers.CharField(source="about.number", default=None)

    class Meta:
        model = Filing
        fields = ("id", "deadline", "order", "reason", "text", "state", "filed_at", "decided_at", "decision")
        read_only_fields = fields


class ListQuery(serializers.Serializer[Any]):
    order = serializers.SlugField(max_length=20, required=False)
    state = serializers.ChoiceField(choices=State.choices, required=False)


class DeadlinePages(CursorPagination):
    ordering = "-started_at"
    page_size = 50


class FilingPages(CursorPagination):
    ordering = "-filed_at"
    page_size = 50


@operation("get", "deadlines_list", parameters=[OpenApiParameter(n, str) for n in ("order", "state", "cursor")])
class Deadlines(ApiView):
    """Clocks held in the caller's unit and below, the latest first."""

    def get(self, request: Request) -> Response:
        wanted = ListQuery(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        found = Deadline.objects.visible_to(clerk(request))
        if number := wanted.validated_data.get("order"):
            found = found.filter(order__number=number)
        if state := wanted.validated_data.get("state"):
            found = found.filter(state=state)
        pages = DeadlinePages()
        rows = pages.paginate_queryset(found, request, view=self) or []
        return pages.get_paginated_response([deadline_answer(row) for row in rows])


@operation("get", "deadlines_retrieve")
class DeadlineDetail(ApiView):
    """Why this deadline: clause, start, each step of the reckoning, moves, result; in Chinese and English."""

    def get(self, request: Request, key: UUID) -> Response:
        deadline = Deadline.objects.visible_to(clerk(request)).get(pk=key)
        lines = services.explain(deadline)
        return Response(
            {
                **deadline_answer(deadline),
                "steps": StepAnswer(deadline.steps.order_by("at"), many=True).data,
                "explanation": {
                    "zh": [line.say("zh") for line in lines],
                    "en": [line.say("en") for line in lines],
                },
            }
        )


class FileBody(Body):
    reason = serializers.ChoiceField(
        choices=[(each.value, each.label) for each in (FilingReason.OFF_HOURS, FilingReason.SPECIAL_CIRCUMSTANCE)]
    )
    text = Line(max_length=500)


class DecideBody(Body):
    grant = serializers.BooleanField()
    decision = Line(max_length=300)


@operation("post", "deadlines_file", request=FileBody, answer={201: FilingAnswer})
class File(ApiView):
    """File why a clock was missed, 备案: in off-hours (§1.4.2), or for a circumstance noted before its limit (§1.3.3.1)."""

    def post(self, request: Request, key: UUID) -> Response:
        person = clerk(request)
        values = checked(FileBody, request.data)
        filing = services.file(deadline_id=str(key), clerk=person, now=clock.now(), **values)
        return Response(FilingAnswer(filing).data, status=201)


class FilingQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=FilingState.choices, required=False)


@operation("get", "filings_list", answer=FilingAnswer(many=True))
class Filings(ApiView):
    """Filings about clocks and orders of the caller's unit and below."""

    def get(self, request: Request) -> Response:
        wanted = FilingQuery(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        found = Filing.objects.visible_to(clerk(request)).filter(**wanted.validated_data)
        found = found.select_related("deadline__order", "order")
        pages = FilingPages()
        rows = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(FilingAnswer(rows, many=True).data)


@operation("post", "filings_decide", request=DecideBody, answer=FilingAnswer)
class Decide(ApiView):
    """Acknowledge or refuse a filing (§1.4.2)."""

    def post(self, request: Request, key: int) -> Response:
        person = clerk(request)
        values = checked(DecideBody, request.data)
        filing = services.decide_filing(filing_id=key, person=person, now=clock.now(), **values)
        return Response(FilingAnswer(filing).data)
