"""The JSON door of penalties, regulations and bonuses (§1.7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

from django.utils.translation import gettext as _
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
from penalties.choices import Booking
from penalties.models import Penalty, RegulationVersion
from rulebook.errors import Refused

MOST = 500


class PenaltyAnswer(serializers.ModelSerializer[Penalty]):
    person = serializers.CharField(source="person.number", allow_null=True, default=None)
    unit = serializers.CharField(source="unit.code", allow_null=True, default=None)

    class Meta:
        model = Penalty
        fields = (
            "id", "clause", "case", "cause", "payer", "person", "unit", "order_number", "purse", "regulation", "state", "amount",
            "paid", "text", "at", "imposed_at", "assessed_at", "reversed_at", "reason",
        )  # fmt: skip
        read_only_fields = fields


class RegulationAnswer(serializers.ModelSerializer[RegulationVersion]):
    class Meta:
        model = RegulationVersion
        fields = ("code", "title", "amount", "valid_from", "note", "entered_at")
        read_only_fields = fields


class EnterBody(Body):
    key = serializers.UUIDField(help_text="幂等键：同一键只录入一次")
    person = Line(max_length=20, help_text="责任人工号")
    text = Line(max_length=500)
    at = serializers.DateTimeField()
    amount = serializers.DecimalField(max_digits=8, decimal_places=2, required=False, allow_null=True, default=None)
    regulation = Line(max_length=20, required=False, default="handbook")
    order_number = Line(max_length=20, required=False, allow_blank=True, default="")


class AppealBody(Body):
    text = Line(max_length=1000)


class DecideBody(Body):
    granted = serializers.BooleanField()
    decision = Line(max_length=500)


class AssessBody(Body):
    amount = serializers.DecimalField(max_digits=8, decimal_places=2)


class PayerBody(Body):
    person = Line(max_length=20, help_text="责任人工号")


class RegulationBody(Body):
    code = serializers.RegexField(r"^[a-z0-9_.]{2,20}$")
    title = Line(max_length=120)
    amount = serializers.DecimalField(max_digits=8, decimal_places=2, required=False, allow_null=True, default=None)
    valid_from = Day()
    note = Line(max_length=300, required=False, allow_blank=True, default="")


class CodeBody(Body):
    code = Line(max_length=20)


class BonusLineBody(Body):
    code = Line(max_length=20, help_text="员工工号或单位编号")
    amount = Line(max_length=20)


class BonusesBody(Body):
    month = serializers.RegexField(r"^\d{4}-\d{2}$")
    bonuses = serializers.ListField(child=BonusLineBody(), max_length=5000)


class MonthBody(Body):
    month = serializers.RegexField(r"^\d{4}-\d{2}$")
    commit = serializers.BooleanField(required=False, default=False)


class CountAnswer(serializers.Serializer[Any]):
    count = serializers.IntegerField()


class RunAnswer(serializers.Serializer[Any]):
    month = serializers.CharField()
    committed = serializers.BooleanField()
    taken = serializers.DecimalField(max_digits=14, decimal_places=2)
    given_back = serializers.DecimalField(max_digits=14, decimal_places=2)
    refunded = serializers.DecimalField(max_digits=14, decimal_places=2)
    carried = serializers.DecimalField(max_digits=14, decimal_places=2)


def _person(number: str) -> Person:
    found = Person.objects.filter(number=number).first()
    if found is None:
        raise Refused("", _("没有这个工号。"), field="person")
    return found


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise Refused("§1.7.3", _("月份格式不正确，请按 2026-11 填写。"), field="month") from error


def _visible(person: Person) -> Any:
    return Penalty.objects.visible_to(person).select_related("person", "unit")


@operation("get", "penalties_list", answer=PenaltyAnswer(many=True))
@operation("post", "penalties_enter", request=EnterBody, answer=PenaltyAnswer)
class Penalties(ApiView):
    """The penalties one sees, the latest first; the department enters any other violation (§1.7.2.9)."""

    def get(self, request: Request) -> Response:
        return Response(PenaltyAnswer(_visible(clerk(request)).order_by("-pk")[:MOST], many=True).data)

    def post(self, request: Request) -> Response:
        given = checked(EnterBody, request.data)
        person = _person(given.pop("person"))
        made = services.enter(person=person, by=clerk(request), now=clock.now(), **given)
        return Response(PenaltyAnswer(made).data, status=201)


@operation("get", "penalties_retrieve", answer=PenaltyAnswer)
class PenaltyDetail(ApiView):
    """One penalty."""

    def get(self, request: Request, key: int) -> Response:
        return Response(PenaltyAnswer(_visible(clerk(request)).get(pk=key)).data)


class PenaltyVerb(ApiView):
    """A verb of one penalty; `act` takes its key, who acts, now, and the body."""

    body: ClassVar[type[Body]]
    act: ClassVar[Callable[..., Penalty]]

    def post(self, request: Request, key: int) -> Response:
        person = clerk(request)
        if not _visible(person).filter(pk=key).exists() and not services.is_fined(Penalty.objects.get(pk=key), person):
            raise Penalty.DoesNotExist
        done = type(self).act(key, person, checked(self.body, request.data))
        return Response(PenaltyAnswer(done).data)


def _verb(name: str, body: type[Body], act: Callable[..., Penalty], words: str) -> type[PenaltyVerb]:
    made = type(name, (PenaltyVerb,), {"act": staticmethod(act), "body": body, "__doc__": words})
    return operation("post", f"penalties_{name}", request=body, answer=PenaltyAnswer, description=words)(made)


PENALTY_VERBS = {
    "appeal": _verb(
        "appeal", AppealBody, lambda pk, who, given: services.appeal(pk=pk, person=who, now=clock.now(), **given),
        "Object to a penalty: the one fined, in time, once (§1.7.4).",
    ),
    "decide": _verb(
        "decide", DecideBody, lambda pk, who, given: services.decide_appeal(pk=pk, person=who, now=clock.now(), **given),
        "Decide an appeal with a reason; granted, the penalty is reversed by counter-entry (§1.7.4).",
    ),
    "assess": _verb(
        "assess", AssessBody, lambda pk, who, given: services.assess(pk=pk, by=who, now=clock.now(), **given),
        "Set the amount of one pending penalty (§1.7.2).",
    ),
    "name-payer": _verb(
        "name_payer", PayerBody,
        lambda pk, who, given: services.name_payer(pk=pk, person=_person(given["person"]), by=who, now=clock.now()),
        "Name who answers for a post that nobody held.",
    ),
}  # fmt: skip


@operation("get", "regulations_list", answer=RegulationAnswer(many=True))
@operation("post", "regulations_set", request=RegulationBody, answer=RegulationAnswer)
class Regulations(ApiView):
    """The versions of the regulations; the department adds one (§1.7.2)."""

    def get(self, request: Request) -> Response:
        clerk(request).require("see_penalties")
        return Response(RegulationAnswer(RegulationVersion.objects.order_by("code", "pk"), many=True).data)

    def post(self, request: Request) -> Response:
        made = services.set_regulation(by=clerk(request), now=clock.now(), **checked(RegulationBody, request.data))
        return Response(RegulationAnswer(made).data, status=201)


@operation("post", "regulations_assess", request=CodeBody, answer=CountAnswer)
class AssessPending(ApiView):
    """Assess all that waited for a regulation, each by the version of its own day (§1.7.2)."""

    def post(self, request: Request) -> Response:
        count = services.assess_pending(by=clerk(request), now=clock.now(), **checked(CodeBody, request.data))
        return Response({"count": count})


@operation("post", "bonuses_record", request=BonusesBody, answer=CountAnswer)
class Bonuses(ApiView):
    """Record the bonuses of a month; with one wrong line nothing is stored. The answer counts what has changed (§1.7.3)."""

    def post(self, request: Request) -> Response:
        given = checked(BonusesBody, request.data)
        lines = [services.BonusLine(at, each["code"], each["amount"]) for at, each in enumerate(given["bonuses"], start=1)]
        month = _month(given["month"])
        count = services.record_bonuses(month=month, lines=lines, source="API", by=clerk(request), now=clock.now())
        return Response({"count": count})


@operation("post", "bonuses_run", request=MonthBody, answer=RunAnswer)
class BonusRuns(ApiView):
    """Show what a run of the month would take; with `commit` take it (§1.7.3)."""

    def post(self, request: Request) -> Response:
        person, now, given = clerk(request), clock.now(), checked(MonthBody, request.data)
        person.require("run_bonus")
        month = _month(given["month"])
        plan = (
            services.run_bonus(month=month, by=person.actor, now=now) if given["commit"] else services.plan_run(month=month, now=now)
        )
        answer = {
            "month": given["month"], "committed": given["commit"], "taken": plan.total(Booking.TAKE), "carried": plan.carried,
            "given_back": plan.total(Booking.GIVE_BACK), "refunded": plan.total(Booking.REFUND),
        }  # fmt: skip
        return Response(RunAnswer(answer).data)
