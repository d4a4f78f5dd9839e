"""The JSON door of freight paid by the consignee (到付, §4.3.2.7): taken, taken back, counted, paid in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from delivery import services
from delivery.api import BankBody, CollectBody, CountBody, SaidBody, Verb
from delivery.models import FreightReceipt, Shipment
from orders.api.bodies import Body
from orders.api.callers import clerk
from orders.api.openapi import operation
from orders.api.views import ApiView, checked


class ReceiptAnswer(serializers.ModelSerializer[FreightReceipt]):
    order = serializers.CharField(source="order.number")
    state_name = serializers.CharField(source="get_state_display")
    unit = serializers.CharField(source="unit.code", allow_null=True, default=None)
    collected_by = serializers.CharField(source="collected_by.number")

    class Meta:
        model = FreightReceipt
        fields = (
            "order", "state", "state_name", "amount", "means", "unit", "collected_by", "collected_at", "counted_at",
            "bank_slip", "banked_at", "remark",
        )  # fmt: skip
        read_only_fields = fields


class FreightAnswer(serializers.Serializer[Any]):
    due = serializers.DecimalField(max_digits=12, decimal_places=2, help_text="收货人尚应付的运费")
    receipts = ReceiptAnswer(many=True)


@operation("get", "freight_retrieve", answer=FreightAnswer)
class FreightDetail(ApiView):
    """What the consignee has yet to pay of the freight, and every receipt, the first first."""

    def get(self, request: Request, number: str) -> Response:
        person = clerk(request)
        goods = Shipment.objects.visible_to(person).select_related("order__waybill").get(order__number=number)
        receipts = FreightReceipt.objects.filter(order=goods.order).select_related("order", "unit", "collected_by")
        found = {"due": services.freight_to_collect(goods), "receipts": receipts.order_by("pk")}
        return Response(FreightAnswer(found).data)


def _verb(name: str, act: Callable[..., FreightReceipt], body: type[Body]) -> type[Verb]:
    made = type(name, (Verb,), {"act": staticmethod(act), "body": body, "answer": ReceiptAnswer, "__doc__": act.__doc__})
    return operation("post", name, request=body, answer=ReceiptAnswer, description=act.__doc__)(made)


FREIGHT_VERBS = {
    "freight/collect": _verb("freight_collect", services.collect_freight, CollectBody),
    "freight/take-back": _verb("freight_take_back", services.take_back_freight, SaidBody),
}


class FreightOffice(ApiView):
    """A verb of the office: the freight of all orders named, or none."""

    body: ClassVar[type[Body]]
    act: ClassVar[Callable[..., Sequence[FreightReceipt]]]

    def post(self, request: Request) -> Response:
        values = checked(self.body, request.data)
        done = type(self).act(clerk=clerk(request), now=clock.now(), **values)
        return Response(ReceiptAnswer(done, many=True).data)


def _office(name: str, act: Callable[..., Sequence[FreightReceipt]], body: type[Body]) -> type[FreightOffice]:
    made = type(name, (FreightOffice,), {"act": staticmethod(act), "body": body, "__doc__": act.__doc__})
    return operation("post", name, request=body, answer=ReceiptAnswer(many=True), description=act.__doc__)(made)


OFFICE_VERBS = {
    "count": _office("freight_count", services.count_freight, CountBody),
    "bank": _office("freight_bank", services.bank_freight, BankBody),
}
