"""The JSON door of lost lanes: preview, enter, read, withdraw (§2.2.2)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from network.models import Person
from orders.api.bodies import Body, Day, Line
from orders.api.callers import clerk
from orders.api.openapi import operation
from orders.api.views import ApiView, checked
from penalties import services
from penalties.api import PenaltyAnswer
from penalties.models import LostLane, Penalty

MOST = 500


def _money(**options: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=12, decimal_places=2, **options)


class DepartmentShare(Body):
    unit = Line(max_length=20, help_text="单位编号")
    percent = serializers.DecimalField(max_digits=5, decimal_places=2)


class PersonShare(Body):
    person = Line(max_length=20, help_text="工号")
    percent = serializers.DecimalField(max_digits=5, decimal_places=2)


class LossBody(Body):
    customer = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="项目客户")
    lane = Line(max_length=60)
    lost_on = Day()
    first = _money(help_text="流失前第三个月收入（元）")
    second = _money(help_text="流失前第二个月收入（元）")
    third = _money(help_text="流失前一个月收入（元）")
    text = Line(max_length=500)
    departments = serializers.ListField(child=DepartmentShare(), max_length=20)
    persons = serializers.ListField(child=PersonShare(), max_length=20, required=False, default=list)


class EnterLossBody(LossBody):
    key = serializers.UUIDField(help_text="幂等键：同一键只登记一次")


class WithdrawBody(Body):
    reason = Line(max_length=300)


class PartAnswer(serializers.Serializer[Any]):
    who = serializers.SerializerMethodField()
    percent = serializers.DecimalField(max_digits=5, decimal_places=2)
    amount = _money()

    def get_who(self, part: Any) -> str:
        return str(part.who.number if isinstance(part.who, Person) else part.who.code)


class AssessmentAnswer(serializers.Serializer[Any]):
    charged = _money()
    personal = _money()
    departments = PartAnswer(many=True)
    persons = PartAnswer(many=True)


class LaneAnswer(serializers.ModelSerializer[LostLane]):
    customer = serializers.IntegerField(source="key_account_id")
    credited_to = serializers.CharField(source="credited_to.code")
    penalties = serializers.SerializerMethodField()

    class Meta:
        model = LostLane
        fields = (
            "id", "customer", "lane", "lost_on", "first", "second", "third", "text", "credited_to", "state", "entered_at",
            "withdrawn_at", "reason", "penalties",
        )  # fmt: skip
        read_only_fields = fields

    def get_penalties(self, lane: LostLane) -> list[dict[str, Any]]:
        found = Penalty.objects.filter(cause=lane.subject).select_related("person", "unit").order_by("pk")
        return list(PenaltyAnswer(found, many=True).data)


def _loss(given: dict[str, Any]) -> services.Loss:
    departments = [(each["unit"], each["percent"]) for each in given.pop("departments")]
    persons = [(each["person"], each["percent"]) for each in given.pop("persons")]
    return services.Loss(**given, departments=departments, persons=persons)


def _viewer(request: Request) -> Person:
    person = clerk(request)
    person.require("see_penalties")
    return person


@operation("get", "lost_lanes_list", answer=LaneAnswer(many=True))
@operation("post", "lost_lanes_enter", request=EnterLossBody, answer=LaneAnswer)
class LostLanes(ApiView):
    """The lost lanes one sees, the latest first; the department enters one, which charges it at once (§2.2.2)."""

    def get(self, request: Request) -> Response:
        found = LostLane.objects.visible_to(_viewer(request)).select_related("credited_to").order_by("-pk")
        return Response(LaneAnswer(found[:MOST], many=True).data)

    def post(self, request: Request) -> Response:
        given = checked(EnterLossBody, request.data)
        key = given.pop("key")
        made = services.enter_lost_lane(key=key, loss=_loss(given), by=clerk(request), now=clock.now())
        return Response(LaneAnswer(made).data, status=201)


@operation("post", "lost_lanes_preview", request=LossBody, answer=AssessmentAnswer)
class PreviewLoss(ApiView):
    """What everybody would bear; nothing is stored."""

    def post(self, request: Request) -> Response:
        bears = services.assess_loss(_loss(checked(LossBody, request.data)), by=clerk(request), now=clock.now())
        return Response(AssessmentAnswer(bears).data)


@operation("get", "lost_lanes_retrieve", answer=LaneAnswer)
class LostLaneDetail(ApiView):
    """One lost lane with what it charged."""

    def get(self, request: Request, key: int) -> Response:
        return Response(LaneAnswer(LostLane.objects.visible_to(_viewer(request)).get(pk=key)).data)


@operation("post", "lost_lanes_withdraw", request=WithdrawBody, answer=LaneAnswer)
class WithdrawLoss(ApiView):
    """Take back what a lost lane had charged, by counter-entries."""

    def post(self, request: Request, key: int) -> Response:
        given = checked(WithdrawBody, request.data)
        return Response(LaneAnswer(services.withdraw_lost_lane(pk=key, by=clerk(request), now=clock.now(), **given)).data)
