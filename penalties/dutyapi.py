"""The JSON door of points, tiers, their actions and the checks of contacts (§1.6.2, §1.7.1, §1.7.2.3, §1.7.2.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from orders.api.bodies import Body, Day, Line
from orders.api.callers import clerk
from orders.api.openapi import operation
from orders.api.views import ApiView, checked
from penalties import services
from penalties.choices import CheckKind
from penalties.models import ContactCheck, Ladder, PointEntry, TierAction, ladder_on
from penalties.services.ladders import CHOOSABLE, CLAUSES, MOST_POINTS, MOST_WORKDAYS, WHO
from rulebook.due import local_day
from rulebook.roles import Role
from rulebook.tiers import Tier

MOST = 500
MONTH = OpenApiParameter("month", str, description="月份，如 2026-11；留空为本月")


class MonthQuery(Body):
    month = Day(input_formats=["%Y-%m"], required=False)


class PointAnswer(serializers.ModelSerializer[PointEntry]):
    branch = serializers.CharField(source="branch.code")
    region = serializers.CharField(source="region.code", allow_null=True, default=None)
    area = serializers.CharField(source="area.code", allow_null=True, default=None)
    division = serializers.CharField(source="division.code", allow_null=True, default=None)

    class Meta:
        model = PointEntry
        fields = ("id", "subject", "round", "order_number", "code", "points", "branch", "region", "area", "division", "month", "at", "reverses")
        read_only_fields = fields


@operation("get", "points_list", answer=PointAnswer(many=True), parameters=[MONTH])
class Points(ApiView):
    """The points of a month one sees, counter-entries too (§1.6.2)."""

    def get(self, request: Request) -> Response:
        person = clerk(request)
        person.require("see_points")
        month = checked(MonthQuery, request.query_params.dict()).get("month") or local_day(clock.now()).replace(day=1)
        seen = PointEntry.objects.visible_to(person).of_month(month).select_related("branch", "region", "area", "division")
        return Response(PointAnswer(seen.order_by("at", "pk")[:MOST], many=True).data)


class ActionAnswer(serializers.ModelSerializer[TierAction]):
    person = serializers.CharField(source="person.number", allow_null=True, default=None)
    unit = serializers.CharField(source="unit.code")

    class Meta:
        model = TierAction
        fields = (
            "id", "clause", "who", "scope", "low", "below", "action", "unit", "person", "month", "points", "state", "issued_at",
            "due_at", "done_at", "text", "call_with", "called_at", "call_text", "starts_on", "ends_on", "before", "after",
            "withdrawn_at",
        )  # fmt: skip
        read_only_fields = fields


@operation("get", "tier_actions_list", answer=ActionAnswer(many=True))
class Actions(ApiView):
    """What tiers and cases ask for: one's own, and of the units one oversees (§1.7.1)."""

    def get(self, request: Request) -> Response:
        person = clerk(request)
        seen = TierAction.objects.visible_to(person) if person.may("see_points") else TierAction.objects.filter(person=person)
        return Response(ActionAnswer(seen.select_related("person", "unit").order_by("due_at", "pk")[:MOST], many=True).data)


class ProofBody(Body):
    """What shows that it is done; which of these are needed depends on the action."""

    text = serializers.CharField(max_length=20_000, required=False)
    call_with = Line(max_length=60, required=False)
    called_at = serializers.DateTimeField(required=False)
    call_text = Line(max_length=1000, required=False)
    starts_on = Day(required=False)
    ends_on = Day(required=False)
    before = Line(max_length=60, required=False)
    after = Line(max_length=60, required=False)


class NameBody(Body):
    number = Line(max_length=20, help_text=_("责任人工号"))


class RowVerb(ApiView):
    """A verb of one row: the body, the service, the answer."""

    body: ClassVar[type[Body]]
    act: ClassVar[Callable[..., Any]]
    answer: ClassVar[type[serializers.BaseSerializer[Any]]]

    def post(self, request: Request, key: int) -> Response:
        person = clerk(request)
        done = type(self).act(pk=key, clerk=person, now=clock.now(), **checked(self.body, request.data))
        return Response(self.answer(done).data)


def _verb(name: str, act: Callable[..., Any], body: type[Body], answer: type[serializers.BaseSerializer[Any]]) -> type[RowVerb]:
    made = type(name, (RowVerb,), {"act": staticmethod(act), "body": body, "answer": answer, "__doc__": act.__doc__})
    return operation("post", name, request=body, answer=answer, description=act.__doc__)(made)


ACTION_VERBS = {
    "complete": _verb("tier_actions_complete", services.complete, ProofBody, ActionAnswer),
    "name": _verb("tier_actions_name", services.name_person, NameBody, ActionAnswer),
}


class CheckAnswer(serializers.ModelSerializer[ContactCheck]):
    order = serializers.CharField(source="order.number")
    unit = serializers.CharField(source="unit.code")

    class Meta:
        model = ContactCheck
        fields = ("id", "kind", "order", "unit", "judged_at", "doubtful", "state", "text", "opened_at", "decided_at", "decision")
        read_only_fields = fields


class OpenBody(Body):
    order = Line(max_length=20)
    kind = serializers.ChoiceField(choices=CheckKind.choices)
    text = Line(max_length=300)


class DecisionBody(Body):
    decision = Line(max_length=300)


@operation("get", "contact_checks_list", answer=CheckAnswer(many=True))
@operation("post", "contact_checks_open", request=OpenBody, answer=CheckAnswer)
class Checks(ApiView):
    """The checks one sees; a new one on a customer's call (§1.7.2.3, §1.7.2.4)."""

    def get(self, request: Request) -> Response:
        person = clerk(request)
        person.require("open_check")
        seen = ContactCheck.objects.visible_to(person).select_related("order", "unit").order_by("-opened_at", "-pk")
        return Response(CheckAnswer(seen[:MOST], many=True).data)

    def post(self, request: Request) -> Response:
        given = checked(OpenBody, request.data)
        check = services.open_check(number=given.pop("order"), clerk=clerk(request), now=clock.now(), **given)
        return Response(CheckAnswer(check).data, status=201)


CHECK_VERBS = {
    "clear": _verb("contact_checks_clear", services.clear_check, DecisionBody, CheckAnswer),
    "uphold": _verb("contact_checks_uphold", services.uphold_check, DecisionBody, CheckAnswer),
}


class TierBody(Body):
    """One tier: low <= points < below."""

    clause = serializers.ChoiceField(choices=[(each, each) for each in CLAUSES])
    who = serializers.ChoiceField(choices=[(row.value, row.zh) for row in sorted(WHO)])
    scope = serializers.ChoiceField(choices=[("region", "区域"), ("area", "大区")])
    low = serializers.IntegerField(min_value=1, max_value=MOST_POINTS)
    below = serializers.IntegerField(min_value=2, max_value=MOST_POINTS, allow_null=True, required=False, default=None)
    action = serializers.ChoiceField(choices=[(each, each) for each in CHOOSABLE])
    workdays = serializers.IntegerField(min_value=1, max_value=MOST_WORKDAYS)


class LadderBody(Body):
    valid_from = Day()
    note = Line(max_length=200, required=False, allow_blank=True, default="")
    rows = TierBody(many=True)


class LadderAnswer(serializers.ModelSerializer[Ladder]):
    class Meta:
        model = Ladder
        fields = ("id", "valid_from", "note", "at")
        read_only_fields = fields


@operation("get", "tiers_list", answer=TierBody(many=True))
@operation("post", "tiers_write", request=LadderBody, answer=LadderAnswer)
class Tiers(ApiView):
    """The tiers that hold today; a new version from a coming day (§1.7.1)."""

    def get(self, request: Request) -> Response:
        clerk(request).require("see_points")
        return Response(TierBody(ladder_on(local_day(clock.now())), many=True).data)

    def post(self, request: Request) -> Response:
        given = checked(LadderBody, request.data)
        rows = [Tier(**{**row, "who": Role(row["who"])}) for row in given.pop("rows")]
        made = services.write_ladder(rows=rows, clerk=clerk(request), now=clock.now(), **given)
        return Response(LadderAnswer(made).data, status=201)
