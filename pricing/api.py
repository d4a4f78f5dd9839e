"""What goods cost, for anybody who asks (no login): every product of the lane with its lines and promise (§3.3, §4.6)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from core import clock
from core.language import in_words
from network.access import client_address
from network.places import exists
from pricing.services import HOLDS, Quote, QuoteFacts, number_of, offers
from pricing.words import lines_told
from rulebook.channels import CHANNELS
from rulebook.prices import MOST_KG, MOST_M3, SORTS, in_order
from rulebook.products import PRODUCTS

ZERO = Decimal("0.00")


class Throttle(SimpleRateThrottle):
    """So many price queries a minute of one address."""

    rate = "120/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"prices:{client_address(request._request)}"


def known_place(code: str) -> None:
    """:raises ValidationError: GB/T 2260 has no such division"""
    if not exists(code):
        raise serializers.ValidationError(_("没有这个行政区划代码。"), code="place")


class Asked(serializers.Serializer[Any]):
    """The four fields of a price query, and what is wanted besides."""

    from_place = serializers.CharField(max_length=6, validators=[known_place], help_text=_("始发地 GB/T 2260 代码"))
    to_place = serializers.CharField(max_length=6, validators=[known_place], help_text=_("目的地 GB/T 2260 代码"))
    weight_kg = serializers.DecimalField(max_digits=8, decimal_places=2, min_value=0, max_value=MOST_KG)
    volume_m3 = serializers.DecimalField(max_digits=7, decimal_places=3, min_value=0, max_value=MOST_M3, default=ZERO)
    pieces = serializers.IntegerField(min_value=1, max_value=99999, default=1)
    product = serializers.ChoiceField(choices=list(PRODUCTS), required=False)
    channel = serializers.ChoiceField(choices=list(CHANNELS), default="hall")
    pickup = serializers.BooleanField(default=False)
    delivery = serializers.ChoiceField(choices=["self_pickup", "door", "upstairs"], default="self_pickup")
    slip_return = serializers.ChoiceField(choices=["none", "original", "electronic", "photo"], default="none")
    insured = serializers.BooleanField(default=False)
    declared_value = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0, default=ZERO)
    cod_amount = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0, default=ZERO)
    sort = serializers.ChoiceField(choices=[*SORTS, *(f"-{name}" for name in SORTS)], default="price")


class Prices(APIView):
    """运价查询：按始发地、目的地、重量、体积列出各产品的价格、明细和到达承诺，无需登录（§3.3）。"""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (Throttle,)

    @extend_schema(operation_id="prices", parameters=[Asked], responses=OpenApiTypes.OBJECT, auth=[])
    def get(self, request: Request) -> Response:
        body = Asked(data=request.query_params)
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        sort, product = values.pop("sort"), values.get("product")
        facts = QuoteFacts(**values, at=clock.now())
        found = in_order(offers(facts), sort)
        return Response({"prices": [answer(each, facts) for each in found if product in (None, each.product)]})


def answer(quote: Quote, facts: QuoteFacts) -> dict[str, Any]:
    """Return a price with the number it can be ordered at for 24 hours."""
    product = PRODUCTS[quote.product]
    return {
        "product": product.code,
        "name": in_words(product),
        "source": quote.source,
        "total": str(quote.total),
        "saved": str(quote.saved),
        "why": in_words(quote),
        "arrives_by": quote.arrives_by.isoformat() if quote.arrives_by else None,
        "refund_if_late": product.refund_if_late,
        "version": quote.version,
        "quote": number_of(quote, facts),
        "quote_valid_until": (facts.at + HOLDS).isoformat(),
        "rates": {name: str(getattr(quote.rates, name)) for name in ("heavy", "light", "minimum")},
        "lines": [{"name": line.name, "words": line.words, "amount": str(line.amount)} for line in lines_told(quote.lines)],
    }
