"""The JSON door of clocks: which run, and why a deadline is what it is, in the page's own words."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from orders.api.callers import clerk
from orders.api.openapi import operation
from orders.api.views import ApiView
from sla import services
from sla.choices import State
from sla.models import Deadline, Step


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


def local_text(moment: datetime | None) -> str | None:
    return timezone.localtime(moment).isoformat() if moment else None


class StepAnswer(serializers.ModelSerializer[Step]):
    class Meta:
        model = Step
        fields = ("kind", "clause", "at", "state", "announced_at", "late", "corrected_at")
        read_only_fields = fields


class ListQuery(serializers.Serializer[Any]):
    order = serializers.SlugField(max_length=20, required=False)
    state = serializers.ChoiceField(choices=State.choices, required=False)


class DeadlinePages(CursorPagination):
    ordering = "-started_at"
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
