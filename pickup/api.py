"""The JSON door of pickups (§1.3.1): one view a verb, under the order they belong to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from network.models import Person
from orders.api.bodies import Body, Line, coded
from orders.api.callers import clerk
from orders.api.openapi import operation
from orders.api.views import ApiView, Verb, snake
from pickup import services
from pickup.choices import AgreedBy
from pickup.models import PickupTask
from rulebook.errors import Refused
from rulebook.reasons import PICKUP_CHANGE_REASONS, PICKUP_FAILURE_REASONS


class PickupAnswer(serializers.ModelSerializer[PickupTask]):
    order = serializers.CharField(source="order.number")
    state_name = serializers.CharField(source="get_state_display")
    driver = serializers.CharField(source="driver.number", allow_null=True, default=None)

    class Meta:
        model = PickupTask
        fields = (
            "order", "state", "state_name", "requested_at", "appointment", "agreed_by", "driver", "vehicle", "dispatched_at",
            "collected_at", "pieces", "packing_ok", "early", "failed_at", "fail_reason", "remark", "change_reason", "agreement", "notice_at", "handed_back_at",
        )  # fmt: skip
        read_only_fields = fields


class AppointBody(Body):
    appointment = serializers.DateTimeField()
    agreed_by = serializers.ChoiceField(choices=AgreedBy.choices)
    remark = Line(max_length=300, required=False, allow_blank=True, default="")
    reason = coded(PICKUP_CHANGE_REASONS, required=False)
    agreement = Line(max_length=300, required=False, allow_blank=True, default="", help_text="客户同意记录（§2.1.1.1）")


class NoticeBody(Body):
    next_time = Line(max_length=100)


class DispatchBody(Body):
    driver = Line(max_length=20, help_text="工号")
    vehicle = Line(max_length=12)


class CollectBody(Body):
    pieces = serializers.IntegerField(min_value=1, max_value=99999)
    packing_ok = serializers.BooleanField()


class FailBody(Body):
    reason = coded(PICKUP_FAILURE_REASONS)
    agreement = Line(max_length=300, required=False, allow_blank=True, default="", help_text="客户同意记录（§2.1.1.1）")
    remark = Line(max_length=300, required=False, allow_blank=True, default="")


class TakeBackBody(Body):
    remark = Line(max_length=300, required=False, allow_blank=True, default="", help_text="本人 30 分钟内可不填")


class NoBody(Body):
    pass


def _verb(name: str, act: Callable[..., PickupTask], body: type[Body]) -> type[Verb]:
    view = type(name, (Verb,), {"act": staticmethod(act), "body": body, "answer": PickupAnswer, "__doc__": act.__doc__})
    return operation("post", f"pickup_{snake(name)}", request=body, answer=PickupAnswer, description=act.__doc__)(view)


Appoint = _verb("Appoint", services.appoint, AppointBody)
GiveNotice = _verb("GiveNotice", services.give_notice, NoticeBody)
Collect = _verb("Collect", services.collect, CollectBody)
Fail = _verb("Fail", services.fail, FailBody)
TakeBack = _verb("TakeBack", services.take_back, TakeBackBody)
HandBack = _verb("HandBack", services.hand_back, NoBody)


@operation("post", "pickup_dispatch", request=DispatchBody, answer=PickupAnswer)
class Dispatch(Verb):
    """Send a driver, named by staff number, and a vehicle."""

    body = DispatchBody
    act = staticmethod(services.dispatch)
    answer = PickupAnswer

    def values(self, request: Request) -> dict[str, Any]:
        values = super().values(request)
        driver = Person.objects.filter(number=values["driver"]).first()
        if driver is None:
            raise Refused("", _("没有工号为 %s 的员工。") % values["driver"], field="driver")
        return {**values, "driver": driver}


@operation("get", "pickup_retrieve", answer=PickupAnswer)
class PickupDetail(ApiView):
    """The latest pickup of an order."""

    def get(self, request: Request, number: str) -> Response:
        tasks = PickupTask.objects.visible_to(clerk(request)).select_related("order", "driver")
        task = tasks.filter(order__number=number).order_by("-pk").first()
        if task is None:
            raise PickupTask.DoesNotExist
        return Response(PickupAnswer(task).data)
