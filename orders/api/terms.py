"""The JSON door of what changes the public price: contracts (§3.3), campaigns (§5.1), the fuel share. Staff only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from customers.choices import Group
from network.models import Person
from orders.api.bodies import Body, Line, Nothing, PhoneLine
from orders.api.callers import clerk
from orders.api.openapi import operation
from orders.api.tariffs import PRODUCT, known_prefix, money, viewer
from orders.api.views import ApiView, checked
from pricing.choices import Audience, Benefit
from pricing.models import Campaign, Contract, ContractRate, FuelRate
from pricing.services import campaigns, contracts
from pricing.services.contracts import RateRow
from rulebook.channels import CHANNELS

MOST_RATES = 100


def _share(**more: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=4, decimal_places=3, min_value=Decimal("0.001"), max_value=Decimal(1), **more)


# Contracts.


class RateBody(Body):
    product = serializers.ChoiceField(choices=PRODUCT)
    start = serializers.CharField(max_length=6, allow_blank=True, validators=[known_prefix], help_text="GB/T 2260 前缀，空为不限")
    end = serializers.CharField(max_length=6, allow_blank=True, validators=[known_prefix])
    heavy = money(places=3)
    light = money()
    minimum = money()


class ApplyBody(Body):
    name = Line(max_length=60)
    phone = PhoneLine(max_length=40)
    code = Line(max_length=40)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()
    share = _share(required=False, default=Decimal(1))
    minimum = money(required=False, allow_null=True, default=None)
    redelivery_fee = serializers.BooleanField(required=False, default=False)
    reason = Line(max_length=300)
    rates = serializers.ListField(child=RateBody(), max_length=MOST_RATES, required=False, default=list)

    def validate_rates(self, rates: list[dict[str, Any]]) -> list[dict[str, Any]]:
        lanes = [(row["product"], row["start"], row["end"]) for row in rates]
        if len(set(lanes)) < len(lanes):
            raise serializers.ValidationError(_("同一产品、同一线路只能有一个价格。"), code="twice")
        return rates


class DecisionBody(Body):
    words = Line(max_length=300, required=False, allow_blank=True, default="")


class RateAnswer(serializers.ModelSerializer[ContractRate]):
    class Meta:
        model = ContractRate
        fields = ("product", "from_prefix", "to_prefix", "heavy_rate", "light_rate", "minimum")
        read_only_fields = fields


class ContractAnswer(serializers.ModelSerializer[Contract]):
    state_name = serializers.CharField(source="get_state_display")
    customer = serializers.CharField(source="customer.name")
    branch = serializers.CharField(source="branch.code")
    rates = RateAnswer(many=True)

    class Meta:
        model = Contract
        fields = (
            "id", "code", "customer", "branch", "state", "state_name", "valid_from", "valid_to", "share", "minimum",
            "redelivery_fee", "reason", "applied_at", "decided_at", "decision", "ended_at", "rates",
        )  # fmt: skip
        read_only_fields = fields


@operation("get", "contracts_list", answer=ContractAnswer(many=True))
@operation("post", "contracts_apply", request=ApplyBody, answer=ContractAnswer)
class Contracts(ApiView):
    """The contract prices one sees, the last first; a branch applies for one (§3.3)."""

    def get(self, request: Request) -> Response:
        seen = Contract.objects.visible_to(viewer(request)).select_related("customer", "branch").prefetch_related("rates")
        return Response(ContractAnswer(seen.order_by("-pk")[:200], many=True).data)

    def post(self, request: Request) -> Response:
        given = checked(ApplyBody, request.data)
        rates = [RateRow(**row) for row in given.pop("rates")]
        made = contracts.apply_by_phone(rates=rates, by=clerk(request), now=clock.now(), **given)
        return Response(ContractAnswer(made).data, status=201)


class TermVerb(ApiView):
    """A verb of one contract, campaign or fuel share."""

    body: ClassVar[type[Body]] = Nothing
    act: ClassVar[Callable[..., Any]]
    answer: ClassVar[type[serializers.BaseSerializer[Any]]]

    def post(self, request: Request, key: int) -> Response:
        given = checked(self.body, request.data)
        return Response(self.answer(type(self).act(pk=key, by=clerk(request), now=clock.now(), **given)).data)


def _verb(
    name: str, act: Callable[..., Any], words: str | None, answer: type[serializers.BaseSerializer[Any]], body: type[Body] = Nothing
) -> type[TermVerb]:
    attributes = {"act": staticmethod(act), "body": body, "answer": answer, "__doc__": words}
    return operation("post", name, request=body, answer=answer, description=words)(type(name, (TermVerb,), attributes))


def _seen(pk: int, by: Person) -> None:
    """:raises Contract.DoesNotExist: it lies outside the scope"""
    by.require("see_prices")
    Contract.objects.visible_to(by).get(pk=pk)


def _approve(*, pk: int, by: Person, now: datetime, words: str) -> Contract:
    _seen(pk, by)
    return contracts.decide(pk=pk, agreed=True, words=words, by=by, now=now)


def _refuse(*, pk: int, by: Person, now: datetime, words: str) -> Contract:
    _seen(pk, by)
    return contracts.decide(pk=pk, agreed=False, words=words, by=by, now=now)


def _end(*, pk: int, by: Person, now: datetime) -> Contract:
    _seen(pk, by)
    return contracts.end(pk=pk, by=by, now=now)


CONTRACT_VERBS = {
    "approve": _verb("contracts_approve", _approve, "Approve a contract price (§3.3).", ContractAnswer, DecisionBody),
    "refuse": _verb("contracts_refuse", _refuse, "Refuse a contract price, with the reason (§3.3).", ContractAnswer, DecisionBody),
    "end": _verb("contracts_end", _end, contracts.end.__doc__, ContractAnswer),
}


# Campaigns.


class CampaignBody(Body):
    name = Line(max_length=60)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()
    audience = serializers.ChoiceField(choices=Audience.choices)
    value = Line(max_length=30, required=False, allow_blank=True, default="", help_text="客户类别、渠道，或线路 3301>31")
    product = serializers.ChoiceField(choices=[("", ""), *PRODUCT], required=False, default="")
    benefit = serializers.ChoiceField(choices=Benefit.choices)
    amount = money(required=False, default=Decimal())
    share = _share(required=False, default=Decimal(1))
    gift = Line(max_length=60, required=False, allow_blank=True, default="")
    most_kg = money(required=False, allow_null=True, default=None)
    most_m3 = money(8, 3, required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not _is_audience(attrs["audience"], attrs["value"]):
            raise serializers.ValidationError({"value": _("对象取值与对象不符，请核对。")}, code="audience")
        return attrs


def _is_audience(audience: str, value: str) -> bool:
    match audience:
        case Audience.EVERYONE:
            return not value
        case Audience.MEMBERSHIP:
            return value in Group.values
        case Audience.CHANNEL:
            return value in CHANNELS
    start, _arrow, end = value.partition(">")
    try:
        known_prefix(start)
        known_prefix(end)
    except serializers.ValidationError:
        return False
    return bool(start and end)


class CampaignAnswer(serializers.ModelSerializer[Campaign]):
    class Meta:
        model = Campaign
        fields = (
            "id", "name", "valid_from", "valid_to", "audience", "value", "product", "benefit", "amount", "share", "gift", "most_kg",
            "most_m3", "created_at", "ended_at",
        )  # fmt: skip
        read_only_fields = fields


@operation("get", "campaigns_list", answer=CampaignAnswer(many=True))
@operation("post", "campaigns_create", request=CampaignBody, answer=CampaignAnswer)
class Campaigns(ApiView):
    """The campaigns (§5.1), the last first; a new one begins on its first day by itself."""

    def get(self, request: Request) -> Response:
        viewer(request)
        return Response(CampaignAnswer(Campaign.objects.order_by("-valid_from", "-pk")[:200], many=True).data)

    def post(self, request: Request) -> Response:
        campaign = Campaign(**checked(CampaignBody, request.data))
        made = campaigns.create(campaign, by=clerk(request), now=clock.now())
        return Response(CampaignAnswer(made).data, status=201)


CAMPAIGN_VERBS = {"end": _verb("campaigns_end", campaigns.end, campaigns.end.__doc__, CampaignAnswer)}


# Fuel.


class FuelBody(Body):
    share = serializers.DecimalField(max_digits=5, decimal_places=4, help_text="0.08 为运费的 8 %")
    valid_from = serializers.DateField()


class FuelAnswer(serializers.ModelSerializer[FuelRate]):
    class Meta:
        model = FuelRate
        fields = ("id", "share", "valid_from", "set_at", "withdrawn_at")
        read_only_fields = fields


@operation("get", "fuel_list", answer=FuelAnswer(many=True))
@operation("post", "fuel_set", request=FuelBody, answer=FuelAnswer)
class Fuel(ApiView):
    """The fuel share of the freight from a day on, the last first; withdrawn ones stay on record."""

    def get(self, request: Request) -> Response:
        viewer(request)
        return Response(FuelAnswer(FuelRate.objects.order_by("-valid_from", "-pk")[:200], many=True).data)

    def post(self, request: Request) -> Response:
        row = campaigns.set_fuel(by=clerk(request), now=clock.now(), **checked(FuelBody, request.data))
        return Response(FuelAnswer(row).data, status=201)


FUEL_VERBS = {"withdraw": _verb("fuel_withdraw", campaigns.withdraw_fuel, campaigns.withdraw_fuel.__doc__, FuelAnswer)}
