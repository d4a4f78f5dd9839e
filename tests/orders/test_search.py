"""Finding an order: every way of asking goes by an index, however many orders there are (limits P3)."""

import pytest
from django.db import connection

from orders.models import Order


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize("text", ["E2611230000429", "TB-10023", "1234567895", "13800138000", "8000", "张"])
def test_no_search_reads_all_orders(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # a small table is read whole where that is at all allowed
        plan = Order.objects.search(text).order_by().explain()
    assert "Seq Scan" not in plan, plan
