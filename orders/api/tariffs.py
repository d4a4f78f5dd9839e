"""The JSON door of those who manage prices: tariff versions with their lanes, charges and COD plans (§3.3). Staff only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from network.models import Person
from network.places import exists
from orders.api.bodies import Body, Line, Nothing
from orders.api.callers import clerk
from orders.api.openapi import operation
from orders.api.views import ApiView, checked
from pricing.choices import Basis, Rounding, When
from pricing.models import CodPlan, Surcharge, TariffVersion
from pricing.services import surcharges, tariffs
from pricing.services.values import LaneRow, PlanRow
from rulebook.products import PRODUCTS
from rulebook.quotes import Break, Charge, Tier

MOST_LANES = 5000
PREFIX_LENGTHS = (2, 4, 6)
PRODUCT = [(row.code, row.zh) for row in PRODUCTS.values()]


def viewer(request: Request) -> Person:
    """:raises Denied: whoever does not see prices"""
    person = clerk(request)
    person.require("see_prices")
    return person


def known_prefix(prefix: str) -> None:
    """:raises ValidationError: no GB/T 2260 division has this prefix; '' is everywhere"""
    if prefix and (len(prefix) not in PREFIX_LENGTHS or not exists(prefix.ljust(6, "0"))):
        raise serializers.ValidationError(_("没有这个行政区划代码。"), code="place")


def money(digits: int = 9, places: int = 2, **more: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=digits, decimal_places=places, min_value=Decimal(), **more)


# What is taken.


class ZoneBody(Body):
    name = Line(max_length=120)
    places = serializers.ListField(
        child=serializers.CharField(max_length=6, validators=[known_prefix]), min_length=1, max_length=500
    )


class BreakBody(Body):
    basis = serializers.ChoiceField(choices=["kg", "m3"])
    start = money(places=3)
    price = money(places=3)


class LaneBody(Body):
    product = serializers.ChoiceField(choices=PRODUCT)
    start = ZoneBody()
    end = ZoneBody()
    heavy = money(places=3)
    light = money()
    minimum = money()
    days = serializers.IntegerField(min_value=0)
    arrives = serializers.TimeField(required=False, default=time(18))
    cut_off = serializers.TimeField(required=False, default=time(17))
    breaks = BreakBody(many=True, required=False, default=list, help_text=_("分段：自该数量起（含）的单价"))


class TierBody(Body):
    upto = money(12, required=False, allow_null=True, default=None, help_text=_("最后一档不填：以上"))
    fixed = money(required=False, default=Decimal())
    rate = money(12, 6, required=False, default=Decimal())
    cap = money(required=False, allow_null=True, default=None)


class ChargeBody(Body):
    code = Line(max_length=20)
    zh = Line(max_length=40)
    en = Line(max_length=40, required=False, allow_blank=True, default="")
    when = serializers.ChoiceField(choices=When.choices)
    detail = Line(max_length=20, required=False, allow_blank=True, default="")
    product = serializers.ChoiceField(choices=[("", ""), *PRODUCT], required=False, default="")
    basis = serializers.ChoiceField(choices=Basis.choices)
    rate = money(12, 6, required=False, default=Decimal())
    minimum = money(required=False, default=Decimal())
    cap = money(required=False, allow_null=True, default=None)
    rounding = serializers.ChoiceField(choices=Rounding.choices, required=False, default=Rounding.FEN)
    tiers = TierBody(many=True, required=False, default=list)


class PlanBody(Body):
    code = Line(max_length=20)
    zh = Line(max_length=40)
    en = Line(max_length=40, required=False, allow_blank=True, default="")
    days = serializers.IntegerField(min_value=0)
    most = money(12)


class DraftBody(Body):
    code = Line(max_length=40)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True, default=None)
    origin = serializers.CharField(max_length=6, required=False, allow_blank=True, default="", validators=[known_prefix])
    note = Line(max_length=200, required=False, allow_blank=True, default="")
    lanes = serializers.ListField(child=LaneBody(), min_length=1, max_length=MOST_LANES)
    charges = ChargeBody(many=True, required=False, allow_null=True, default=None, help_text=_("不填则沿用上一版本"))
    plans = PlanBody(many=True, required=False, allow_null=True, default=None, help_text=_("不填则沿用上一版本"))


class ChargeRowBody(ChargeBody):
    row = serializers.IntegerField(min_value=1, required=False, default=0, help_text=_("要替换的行，不填为新增"))


class PlanRowBody(PlanBody):
    row = serializers.IntegerField(min_value=1, required=False, default=0, help_text=_("要替换的行，不填为新增"))


class DropBody(Body):
    row = serializers.IntegerField(min_value=1)


def _lane(given: dict[str, Any]) -> LaneRow:
    start, end, breaks = given.pop("start"), given.pop("end"), given.pop("breaks")
    return LaneRow(
        start=start["name"], start_places=tuple(start["places"]), end=end["name"], end_places=tuple(end["places"]),
        breaks=tuple(Break(**each) for each in breaks), **given,
    )


def _charge(given: dict[str, Any]) -> Charge:
    return Charge(tiers=tuple(Tier(**tier) for tier in given.pop("tiers")), **given)


# What is answered.


class PlanAnswer(serializers.ModelSerializer[CodPlan]):
    class Meta:
        model = CodPlan
        fields = ("id", "code", "zh", "en", "days", "most")
        read_only_fields = fields


class ChargeAnswer(serializers.ModelSerializer[Surcharge]):
    tiers = serializers.SerializerMethodField()

    class Meta:
        model = Surcharge
        fields = ("id", "code", "zh", "en", "when", "detail", "product", "basis", "rate", "minimum", "cap", "rounding", "tiers")
        read_only_fields = fields

    def get_tiers(self, row: Surcharge) -> list[dict[str, str | None]]:
        known = ("upto", "fixed", "rate", "cap")
        return [{name: None if getattr(tier, name) is None else str(getattr(tier, name)) for name in known} for tier in row.tiers.all()]


class TariffAnswer(serializers.ModelSerializer[TariffVersion]):
    state_name = serializers.CharField(source="get_state_display")
    lanes = serializers.SerializerMethodField()

    class Meta:
        model = TariffVersion
        fields = (
            "id", "code", "origin", "note", "state", "state_name", "valid_from", "valid_to", "drafted_at", "approved_at",
            "published_at", "lanes",
        )  # fmt: skip
        read_only_fields = fields

    def get_lanes(self, version: TariffVersion) -> int:
        return version.lanes.count()


class TariffDetailAnswer(TariffAnswer):
    charges = ChargeAnswer(many=True, source="surcharges")
    plans = PlanAnswer(many=True, source="cod_plans")

    class Meta(TariffAnswer.Meta):
        fields = (*TariffAnswer.Meta.fields, "charges", "plans")  # type: ignore[assignment]
        read_only_fields = fields


@operation("get", "tariffs_list", answer=TariffAnswer(many=True))
@operation("post", "tariffs_draft", request=DraftBody, answer=TariffAnswer)
class Tariffs(ApiView):
    """The versions of the public price lists, the last first; a new one is drafted whole or not at all (§3.3)."""

    def get(self, request: Request) -> Response:
        viewer(request)
        return Response(TariffAnswer(TariffVersion.objects.order_by("-valid_from", "-pk")[:200], many=True).data)

    def post(self, request: Request) -> Response:
        given = checked(DraftBody, request.data)
        lanes, charges, plans = given.pop("lanes"), given.pop("charges"), given.pop("plans")
        version = tariffs.draft(
            lanes=[_lane(dict(row)) for row in lanes], charges=None if charges is None else [_charge(dict(row)) for row in charges],
            plans=None if plans is None else [PlanRow(**row) for row in plans], by=clerk(request), now=clock.now(), **given,
        )  # fmt: skip
        return Response(TariffAnswer(version).data, status=201)


@operation("get", "tariffs_retrieve", answer=TariffDetailAnswer)
class TariffDetail(ApiView):
    """One version with its charges and COD plans."""

    def get(self, request: Request, key: int) -> Response:
        viewer(request)
        return Response(TariffDetailAnswer(_version(key)).data)


def _version(key: int) -> TariffVersion:
    found: TariffVersion = TariffVersion.objects.prefetch_related("surcharges__tiers", "cod_plans").get(pk=key)
    return found


class TariffVerb(ApiView):
    """A verb of one version: `act` is the service."""

    body: ClassVar[type[Body]] = Nothing
    act: ClassVar[Callable[..., object]]

    def post(self, request: Request, key: int) -> Response:
        given = checked(self.body, request.data)
        type(self).act(pk=key, by=clerk(request), now=clock.now(), **given)
        return Response(TariffDetailAnswer(_version(key)).data)


def _set_charge(*, pk: int, by: Person, now: datetime, row: int, **given: Any) -> Surcharge:
    return surcharges.set_charge(pk=pk, charge=_charge(given), by=by, now=now, row=row)


def _set_plan(*, pk: int, by: Person, now: datetime, row: int, **given: Any) -> CodPlan:
    return surcharges.set_plan(pk=pk, plan=PlanRow(**given), by=by, now=now, row=row)


def _verb(name: str, act: Callable[..., object], words: str | None, body: type[Body] = Nothing) -> type[TariffVerb]:
    made = type(name, (TariffVerb,), {"act": staticmethod(act), "body": body, "__doc__": words})
    return operation("post", f"tariffs_{name}", request=body, answer=TariffDetailAnswer, description=words)(made)


TARIFF_VERBS = {
    "approve": _verb("approve", tariffs.approve, tariffs.approve.__doc__),
    "send-back": _verb("send_back", tariffs.send_back, tariffs.send_back.__doc__),
    "publish": _verb("publish", tariffs.publish, tariffs.publish.__doc__),
    "set-charge": _verb("set_charge", _set_charge, surcharges.set_charge.__doc__, ChargeRowBody),
    "drop-charge": _verb("drop_charge", surcharges.drop_charge, surcharges.drop_charge.__doc__, DropBody),
    "set-plan": _verb("set_plan", _set_plan, surcharges.set_plan.__doc__, PlanRowBody),
    "drop-plan": _verb("drop_plan", surcharges.drop_plan, surcharges.drop_plan.__doc__, DropBody),
}
