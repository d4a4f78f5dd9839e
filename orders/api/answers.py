"""What the API says of orders. Fields are listed one by one; phones are whole only for the partner whose order it is."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from typing import Any

from rest_framework import serializers

from core.personal import mask_phone
from network.models import Unit
from orders.api.content import content_of
from orders.choices import PriceState, State
from orders.models import (
    AddedCharge,
    Amendment,
    BillLine,
    BranchQuote,
    Contact,
    FreightRefund,
    Note,
    NotePrint,
    Order,
    Waybill,
    WaybillPrint,
)
from orders.services.draft import channel_said, draft_of
from pricing.models import GivenQuote
from pricing.words import price_told


class BranchAnswer(serializers.ModelSerializer[Unit]):
    class Meta:
        model = Unit
        fields = ("code", "name", "phone")
        read_only_fields = fields


class OrderAnswer(serializers.ModelSerializer[Order]):
    """An order in a list, and after every verb."""

    branch = BranchAnswer(allow_null=True)
    partner_order_no = serializers.CharField(source="external_no")
    state_name = serializers.SerializerMethodField()
    price_state_name = serializers.SerializerMethodField()
    route = serializers.SerializerMethodField()

    class Meta:
        model = Order
        fields = (
            "number", "partner_order_no", "channel", "state", "state_name", "price_state", "price_state_name", "branch",
            "placed_at", "ship_on", "pickup_on", "version", "goods", "pieces", "route",
            "accepted_at", "collected_at", "waybilled_at", "cancelled_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_state_name(self, order: Order) -> str:
        return str(State(order.state).label)

    def get_price_state_name(self, order: Order) -> str:
        return str(PriceState(order.price_state).label)

    def get_route(self, order: Order) -> list[str]:
        return [order.shipper_place, order.consignee_place]


@cache
def _shape() -> OrderAnswer:
    return OrderAnswer()


def order_answer(order: Order) -> dict[str, Any]:
    """Return an order as the API tells it; the shape is worked out once a process, not once a request."""
    return dict(_shape().to_representation(order))


def order_detail(order: Order, *, masked: bool) -> dict[str, Any]:
    """Return an order with its content, quotes and waybill."""
    content = content_of(draft_of(order))
    for role in ("shipper", "consignee"):
        if masked:
            content[role]["phone"] = mask_phone(content[role]["phone"])
    waybill = Waybill.objects.filter(order=order).first()
    return {
        **order_answer(order),
        "content": content,
        **channel_answer(order, masked=masked),
        "price": price_answer(order.price),
        "coupon": order.coupon.code if order.coupon else None,
        "quotes": QuoteAnswer(order.quotes.order_by("pk"), many=True).data,
        "waybill": WaybillAnswer(waybill).data if waybill else None,
    }


def channel_answer(order: Order, *, masked: bool) -> dict[str, Any]:
    """Return what the channel said of an order besides its content."""
    said = channel_said(order)
    refunder = asdict(said.refunder) if said.refunder else None
    if refunder and masked:
        refunder["phone"] = mask_phone(refunder["phone"])
    return {"member": said.member, "refunder": refunder}


def price_answer(kept: GivenQuote | None) -> dict[str, Any] | None:
    """Return a price as the system gave it, its lines adding up to its total; None where the branch quotes."""
    told = price_told(kept)
    if kept is None or told is None:
        return None
    lines = [{"name": line.name, "words": line.words, "amount": str(line.amount)} for line in told.lines]
    given = {"id": kept.pk, "source": kept.source, "product": kept.product, "version": kept.version, "total": str(kept.total)}
    return {**given, "why": told.why, "lines": lines}


class QuoteAnswer(serializers.ModelSerializer[BranchQuote]):
    class Meta:
        model = BranchQuote
        fields = ("id", "amount", "words", "at", "answer", "answered_at")
        read_only_fields = fields


class BillLineAnswer(serializers.ModelSerializer[BillLine]):
    class Meta:
        model = BillLine
        fields = ("code", "zh", "en", "basis", "quantity", "unit_price", "amount", "rule", "tariff", "words_zh", "words_en")
        read_only_fields = fields


class AddedChargeAnswer(serializers.ModelSerializer[AddedCharge]):
    class Meta:
        model = AddedCharge
        fields = ("code", "zh", "en", "amount", "rule", "tariff", "words_zh", "words_en", "at")
        read_only_fields = fields


class RefundAnswer(serializers.ModelSerializer[FreightRefund]):
    """Freight given back for timed air that came after its promise (§4.6)."""

    class Meta:
        model = FreightRefund
        fields = ("amount", "promised_at", "there_at", "at")
        read_only_fields = fields


class WaybillAnswer(serializers.ModelSerializer[Waybill]):
    lines = BillLineAnswer(source="lines_now", many=True)
    added = AddedChargeAnswer(many=True, help_text="开单后的费用，如再送费")
    refund = RefundAnswer(allow_null=True, default=None)

    class Meta:
        model = Waybill
        fields = (
            "number", "outside_no", "version", "pieces", "weight_kg", "volume_m3", "parcels", "payer", "price_source", "product",
            "promised_at", "amount", "refund", "price_zh", "price_en", "lines", "added",
            "differences", "issued_at", "checked_at", "told_at", "confirmed_at",
            "disputed_at", "copy_at",
        )  # fmt: skip
        read_only_fields = fields


class WaybillPrintAnswer(serializers.ModelSerializer[WaybillPrint]):
    class Meta:
        model = WaybillPrint
        fields = ("paper", "serial", "first", "last", "at")
        read_only_fields = fields


class AmendmentAnswer(serializers.ModelSerializer[Amendment]):
    """An amendment by the names of what it changes; phones and addresses are not repeated."""

    effect = serializers.DecimalField(max_digits=12, decimal_places=2, read_only=True)

    class Meta:
        model = Amendment
        fields = (
            "serial", "state", "changed", "reason", "amount_before", "amount_after", "effect", "asked_at", "decided_at",
            "decision",
        )  # fmt: skip
        read_only_fields = fields


class ContactAnswer(serializers.ModelSerializer[Contact]):
    class Meta:
        model = Contact
        fields = ("id", "at", "outcome", "reason", "remark", "checks")
        read_only_fields = fields


class NoteAnswer(serializers.ModelSerializer[Note]):
    class Meta:
        model = Note
        fields = ("id", "kind", "text", "at")
        read_only_fields = fields


class PrintAnswer(serializers.ModelSerializer[NotePrint]):
    class Meta:
        model = NotePrint
        fields = ("serial", "copies", "at")
        read_only_fields = fields
