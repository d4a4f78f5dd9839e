"""The floor of P1: a DRF serializer with the same fields and one SQL statement that stores order, clocks and fact."""

import json
from typing import Any

from django.db import connection
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

STATEMENT = """
WITH fresh AS (
    INSERT INTO orders_order (
        number, channel, source, external_no, state, price_state, placed_at, order_on, ship_on, version, last_actor, named_code,
        moves, cancelled_by, cancel_reason, cancel_text, shipper_name, shipper_phone, shipper_phone_index, shipper_tail_index,
        shipper_place, shipper_address, consignee_name, consignee_phone, consignee_phone_index, consignee_tail_index,
        consignee_place, consignee_address, goods, pieces, weight_kg, volume_m3, packing, declared_value, insured, cod_amount,
        payer, delivery, slip_return, pickup, remark, branch_id, reached_branch_at)
    VALUES ('F' || %(no)s, 'partner', 'floor', %(no)s, 'at_branch', 'to_quote', now(), current_date, current_date, 1, '', 'B1',
        0, '', '', '', %(shipper_name)s, %(shipper_phone)s, 'x', 'x', %(shipper_place)s, %(shipper_address)s,
        %(consignee_name)s, %(consignee_phone)s, 'y', 'y', %(consignee_place)s, %(consignee_address)s, %(goods)s, %(pieces)s,
        %(weight_kg)s, %(volume_m3)s, '', 0, false, 0, 'shipper', 'self_pickup', 'none', true, '',
        (SELECT id FROM network_unit WHERE code = 'B1'), now())
    RETURNING id, branch_id
), fact AS (
    INSERT INTO core_entry (name, subject, also, order_number, seq, occurred_at, recorded_at, actor_kind, actor_id, actor_role,
                            request_id, data)
    SELECT 'order_submitted', 'order/' || id, '[]', 'F' || %(no)s, 1, now(), now(), 'partner', '', '', '', '{}' FROM fresh
    RETURNING id
)
INSERT INTO sla_deadline (id, clause, rulebook, subject, order_id, holder_id, start_entry_id, started_at, due_at, facts, state)
SELECT gen_random_uuid(), clause, 'floor', 'order/' || fresh.id, fresh.id, branch_id, fact.id, now(),
       now() + interval '10 min', '{}', 'open'
FROM fresh, fact, unnest(ARRAY['§1.2.1.1', '§1.2.2.a', '§1.2.2.c', '§1.3.1.1']) clause
"""


class Party(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60)
    phone = serializers.CharField(max_length=30)
    place = serializers.CharField(max_length=6)
    address = serializers.CharField(max_length=200)


class Goods(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60)
    pieces = serializers.IntegerField(min_value=1)
    weight_kg = serializers.DecimalField(max_digits=9, decimal_places=2)
    volume_m3 = serializers.DecimalField(max_digits=8, decimal_places=3)


class OrderIn(serializers.Serializer[Any]):
    partner_order_no = serializers.CharField(max_length=64)
    shipper = Party()
    consignee = Party()
    goods = Goods()


class Floor(APIView):
    authentication_classes = ()
    permission_classes = ()

    def post(self, request: Request) -> Response:
        order = OrderIn(data=request.data)
        order.is_valid(raise_exception=True)
        data = json.loads(json.dumps(order.data))
        values = {f"{role}_{key}": value for role in ("shipper", "consignee") for key, value in data[role].items()}
        goods = data["goods"]
        with connection.cursor() as cursor:
            cursor.execute(
                STATEMENT, {**values, **goods, "goods": goods["name"], "no": data["partner_order_no"]}
            )
        return Response({"number": f"F{data['partner_order_no']}"}, status=201)


urlpatterns = [path("api/v1/orders/", Floor.as_view())]
