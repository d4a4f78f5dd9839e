"""The JSON door of key customers, tracking sheets and anomalies (§2.1, §2.3, §4.3.2.4, §4.3.2.5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from customers import services as customers
from customers.models import DayNeed, KeyCustomer, Requirement
from customers.services import Terms
from delivery.models import Anomaly, FollowUp, Measure, OperatingCost, Shipment, SlipChase
from delivery.services import anomalies, costs, followups
from network.models import Person, Unit
from orders.api.bodies import Body, Day, Line, Nothing, PhoneLine, coded
from orders.api.callers import clerk
from orders.api.openapi import operation
from orders.api.views import ApiView, Verb, checked, made
from rulebook.reasons import ANOMALIES, LATENESS_REASONS

# Key customers.


class KeyCustomerAnswer(serializers.ModelSerializer[KeyCustomer]):
    name = serializers.CharField(source="customer.name")
    branch = serializers.CharField(source="customer.branch.code")
    tracker = serializers.CharField(source="tracker.number")

    class Meta:
        model = KeyCustomer
        fields = (
            "id", "name", "branch", "contract_no", "valid_from", "valid_to", "redelivery_fee", "tracker", "order_times",
            "mail_times", "requirements", "version", "signed_at", "ended_at",
        )  # fmt: skip
        read_only_fields = fields


class RequirementAnswer(serializers.ModelSerializer[Requirement]):
    by = serializers.CharField(source="by.number")

    class Meta:
        model = Requirement
        fields = ("version", "text", "by", "at")
        read_only_fields = fields


class KeyCustomerDetailAnswer(KeyCustomerAnswer):
    versions = RequirementAnswer(many=True, source="written")

    class Meta(KeyCustomerAnswer.Meta):
        fields = (*KeyCustomerAnswer.Meta.fields, "versions")  # type: ignore[assignment]
        read_only_fields = fields


class TermsBody(Body):
    contract_no = Line(max_length=40)
    valid_from = Day()
    valid_to = Day()
    tracker = Line(max_length=20, help_text="跟踪人工号（§2.1.5）")
    redelivery_fee = serializers.BooleanField(required=False, default=False)
    order_times = serializers.ListField(child=Line(max_length=5), max_length=12, required=False, default=list)
    mail_times = serializers.ListField(child=Line(max_length=5), max_length=12, required=False, default=list)


class SignBody(TermsBody):
    name = Line(max_length=60)
    phone = PhoneLine(max_length=40)
    branch = Line(max_length=20, required=False, allow_blank=True, default="", help_text="开单营业部编号，新客户必填")
    requirements = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class RequirementsBody(Body):
    text = serializers.CharField(max_length=2000)


def _terms(given: dict[str, Any]) -> Terms:
    times = {name: tuple(given.pop(name)) for name in ("order_times", "mail_times")}
    return Terms(**{name: given.pop(name) for name in TERM_NAMES}, **times)


TERM_NAMES = ("contract_no", "valid_from", "valid_to", "tracker", "redelivery_fee")


def _viewer(request: Request) -> Person:
    person = clerk(request)
    person.require("see_key_accounts")
    return person


@operation("get", "key_customers_list", answer=KeyCustomerAnswer(many=True))
@operation("post", "key_customers_sign", request=SignBody, answer=KeyCustomerAnswer)
class KeyCustomers(ApiView):
    """The contract customers one sees; a new one is taken down by the department or support (§2.3)."""

    def get(self, request: Request) -> Response:
        seen = KeyCustomer.objects.visible_to(_viewer(request)).select_related("customer__branch", "tracker").order_by("pk")
        return Response(KeyCustomerAnswer(seen[:500], many=True).data)

    def post(self, request: Request) -> Response:
        given = checked(SignBody, request.data)
        code = given.pop("branch")
        branch = Unit.objects.branches().filter(code=code).first() if code else None
        terms = _terms(given)
        made = customers.sign(branch=branch, terms=terms, by=clerk(request), now=clock.now(), **given)
        return Response(KeyCustomerAnswer(made).data, status=201)


@operation("get", "key_customers_retrieve", answer=KeyCustomerDetailAnswer)
class KeyCustomerDetail(ApiView):
    """One contract customer with every version of its requirements."""

    def get(self, request: Request, key: int) -> Response:
        seen = KeyCustomer.objects.visible_to(_viewer(request)).select_related("customer__branch", "tracker")
        return Response(KeyCustomerDetailAnswer(seen.prefetch_related("written__by").get(pk=key)).data)


class AccountVerb(ApiView):
    """A verb of one contract customer."""

    body: ClassVar[type[Body]] = Nothing

    def act(self, key: int, given: dict[str, Any], by: Person, now: datetime) -> KeyCustomer:
        raise NotImplementedError

    def post(self, request: Request, key: int) -> Response:
        person = _viewer(request)
        KeyCustomer.objects.visible_to(person).get(pk=key)
        done = self.act(key, checked(self.body, request.data), person, clock.now())
        return Response(KeyCustomerAnswer(done).data)


@operation("post", "key_customers_amend", request=TermsBody, answer=KeyCustomerAnswer)
class Amend(AccountVerb):
    """Change what the contract says."""

    body = TermsBody

    def act(self, key: int, given: dict[str, Any], by: Person, now: datetime) -> KeyCustomer:
        return customers.amend(pk=key, terms=_terms(given), by=by, now=now)


@operation("post", "key_customers_requirements", request=RequirementsBody, answer=KeyCustomerAnswer)
class Requirements(AccountVerb):
    """Write the special requirements anew (§2.3)."""

    body = RequirementsBody

    def act(self, key: int, given: dict[str, Any], by: Person, now: datetime) -> KeyCustomer:
        return customers.write_requirements(pk=key, text=given["text"], by=by, now=now)


class DayNeedBody(Body):
    on = Day()
    pieces = serializers.IntegerField(min_value=0)
    volume_m3 = serializers.DecimalField(max_digits=8, decimal_places=3, min_value=0)
    vehicles = Line(max_length=60, required=False, allow_blank=True, default="")


class DayNeedAnswer(serializers.ModelSerializer[DayNeed]):
    by = serializers.CharField(source="by.number")

    class Meta:
        model = DayNeed
        fields = ("on", "pieces", "volume_m3", "vehicles", "by", "at")
        read_only_fields = fields


@operation("get", "key_customers_days", answer=DayNeedAnswer(many=True))
@operation("post", "key_customers_day", request=DayNeedBody, answer=DayNeedAnswer)
class DayNeeds(ApiView):
    """What the customer said of each day's volume and vehicles (§4.3.2.1), the last word first."""

    def get(self, request: Request, key: int) -> Response:
        account = KeyCustomer.objects.visible_to(_viewer(request)).get(pk=key)
        return Response(DayNeedAnswer(account.day_needs.select_related("by").order_by("-on", "-pk")[:100], many=True).data)

    def post(self, request: Request, key: int) -> Response:
        made = customers.tell_day_need(pk=key, by=_viewer(request), now=clock.now(), **checked(DayNeedBody, request.data))
        return Response(DayNeedAnswer(made).data, status=201)


@operation("post", "key_customers_end", request=Nothing, answer=KeyCustomerAnswer)
class End(AccountVerb):
    """End the contract before its last day."""

    def act(self, key: int, given: dict[str, Any], by: Person, now: datetime) -> KeyCustomer:
        return customers.end(pk=key, by=by, now=now)


# The tracking sheet of a shipment.


class FollowUpAnswer(serializers.ModelSerializer[FollowUp]):
    person = serializers.CharField(source="person.number")

    class Meta:
        model = FollowUp
        fields = ("text", "told", "person", "at")
        read_only_fields = fields


class MeasureAnswer(serializers.ModelSerializer[Measure]):
    person = serializers.CharField(source="person.number")

    class Meta:
        model = Measure
        fields = ("cause", "text", "expected_at", "person", "at")
        read_only_fields = fields


class CostAnswer(serializers.ModelSerializer[OperatingCost]):
    person = serializers.CharField(source="person.number")
    charged_to = serializers.CharField(source="charged_to.code")

    class Meta:
        model = OperatingCost
        fields = ("id", "clause", "cause", "helpers", "amount", "text", "charged_to", "reverses", "person", "at")
        read_only_fields = fields


class AnomalyAnswer(serializers.ModelSerializer[Anomaly]):
    order = serializers.CharField(source="shipment.order.number")
    key_customer = serializers.BooleanField(source="shipment.key_customer")
    state_name = serializers.CharField(source="get_state_display")
    unit = serializers.CharField(source="unit.code", allow_null=True, default=None)
    owner = serializers.CharField(source="owner.number", allow_null=True, default=None)
    escalated_to = serializers.CharField(source="escalated_to.code", allow_null=True, default=None)

    class Meta:
        model = Anomaly
        fields = (
            "id", "order", "key_customer", "state", "state_name", "kind", "findings", "origin", "text", "unit", "owner", "found_at",
            "reported_at", "promised_at", "answer", "answered_at", "explanation", "apologised", "explained_at", "settlement",
            "settled_at", "escalated_to", "escalated_at", "solution", "solved_at", "closed_at", "reopened",
        )  # fmt: skip
        read_only_fields = fields


class ChaseAnswer(serializers.ModelSerializer[SlipChase]):
    person = serializers.CharField(source="person.number")

    class Meta:
        model = SlipChase
        fields = ("side", "text", "person", "at")
        read_only_fields = fields


class SheetAnswer(serializers.Serializer[Any]):
    follow_ups = FollowUpAnswer(many=True)
    measures = MeasureAnswer(many=True)
    costs = CostAnswer(many=True)
    anomalies = AnomalyAnswer(many=True)


def _sheet(goods: Shipment) -> dict[str, Any]:
    return {
        "follow_ups": goods.follow_ups.select_related("person").order_by("pk"),
        "measures": goods.measures.select_related("person").order_by("pk"),
        "costs": goods.costs.select_related("person", "charged_to").order_by("pk"),
        "anomalies": goods.anomalies.select_related("shipment__order", "unit", "owner", "escalated_to").order_by("pk"),
    }


@operation("get", "shipments_tracking_sheet", answer=SheetAnswer)
class TrackingSheet(ApiView):
    """A shipment's tracking sheet: its lines, remedies, costs and anomalies, the oldest first (§4.3.2.4)."""

    def get(self, request: Request, number: str) -> Response:
        return Response(SheetAnswer(_sheet(Shipment.objects.visible_to(clerk(request)).get(order__number=number))).data)


class WordsBody(Body):
    text = Line(max_length=300)


class FollowBody(Body):
    text = Line(max_length=300)
    told = serializers.BooleanField(required=False, default=False, help_text="已告知发货人")


class RemedyBody(Body):
    cause = coded(LATENESS_REASONS)
    text = Line(max_length=300)
    expected_at = serializers.DateTimeField(required=False)


class CostBody(Body):
    cause = serializers.ChoiceField(choices=list(costs.CHARGES))
    amount = serializers.DecimalField(max_digits=7, decimal_places=2)
    text = Line(max_length=300)
    unit = Line(max_length=20, required=False, allow_blank=True, default="", help_text="责任单位编号（§2.1.2.2、§2.2.4、§2.2.5）")


class TakeBackBody(Body):
    cost = serializers.IntegerField(min_value=1)
    text = Line(max_length=300)


class AnomalyBody(Body):
    kind = coded(ANOMALIES)
    text = Line(max_length=300)
    told = serializers.BooleanField(required=False, default=False, help_text="已告知发货人（§4.3.2.4）")


class SheetVerb(Verb):
    """An entry of the sheet; instants go on as plain text."""

    def values(self, request: Request) -> dict[str, Any]:
        return {name: _plain(value) for name, value in super().values(request).items()}


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


class SheetOfShipment(serializers.BaseSerializer[Shipment]):
    """Answers with the whole sheet of the shipment that was written to."""

    def to_representation(self, instance: Shipment) -> Any:
        return SheetAnswer(_sheet(instance)).data


SHEET_VERBS = {
    path: made(
        SheetVerb, f"shipments_{act.__name__}", act, body=body, answer=answer,
        told=SheetAnswer if answer is SheetOfShipment else None,
    )
    for path, act, body, answer in (
        ("follow-up", followups.follow_up, FollowBody, SheetOfShipment),
        ("remedy", followups.remedy, RemedyBody, SheetOfShipment),
        ("costs", costs.charge_cost, CostBody, CostAnswer),
        ("costs/take-back", costs.take_back_cost, TakeBackBody, CostAnswer),
        ("anomalies", anomalies.open_anomaly, AnomalyBody, AnomalyAnswer),
        ("slip/chase", followups.chase_slip, WordsBody, ChaseAnswer),
    )
}  # fmt: skip


# Anomalies.


class PromiseBody(Body):
    promised_at = serializers.DateTimeField()
    owner = Line(max_length=20, required=False, allow_blank=True, default="", help_text="负责人工号，留空为本人")


class ExplainBody(WordsBody):
    apologised = serializers.BooleanField()


class EscalateBody(Body):
    unit = Line(max_length=20, help_text="上级或部门编号")


@operation("get", "anomalies_list", answer=AnomalyAnswer(many=True))
class Anomalies(ApiView):
    """The anomalies one sees that are not closed, the oldest first; `?order=` narrows to one order, closed ones too."""

    def get(self, request: Request) -> Response:
        person = clerk(request)
        person.require("anomaly")
        found = Anomaly.objects.visible_to(person)
        number = request.query_params.get("order", "")
        found = found.filter(shipment__order__number=number) if number else found.live()
        rows = found.select_related("shipment__order", "unit", "owner", "escalated_to").distinct().order_by("found_at", "pk")
        return Response(AnomalyAnswer(rows[:500], many=True).data)


class AnomalyVerb(ApiView):
    body: ClassVar[type[Body]]
    act: ClassVar[Callable[..., Anomaly]]

    def post(self, request: Request, key: int) -> Response:
        values = {name: _plain(value) for name, value in checked(self.body, request.data).items()}
        return Response(AnomalyAnswer(type(self).act(pk=key, clerk=clerk(request), now=clock.now(), **values)).data)


ANOMALY_VERBS = {
    name: made(AnomalyVerb, f"anomalies_{name}", act, body=body, answer=AnomalyAnswer)
    for name, act, body in (
        ("report", anomalies.report, Nothing),
        ("promise", anomalies.promise, PromiseBody),
        ("answer", anomalies.answer, WordsBody),
        ("explain", anomalies.explain, ExplainBody),
        ("settle", anomalies.settle, WordsBody),
        ("escalate", anomalies.escalate, EscalateBody),
        ("solve", anomalies.solve, WordsBody),
        ("close", anomalies.close_anomaly, Nothing),
        ("reopen", anomalies.reopen, WordsBody),
    )
}
