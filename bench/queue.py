"""P3: the branch queue page at ORDERS orders (default 100,000): statements, milliseconds, unchanged polls."""

import os
import time
from datetime import timedelta
from statistics import quantiles

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench.company import build  # noqa: E402
from core import clock  # noqa: E402
from core.models import Actor  # noqa: E402
from network.models import Account, Unit  # noqa: E402
from network.services import found  # noqa: E402
from orders import services  # noqa: E402
from orders.models import Order  # noqa: E402
from tests.factories import draft  # noqa: E402

ORDERS = int(os.environ.get("ORDERS", "100000"))
BRANCHES = 500
WAITING = 60
ROUNDS = 60

COPY = """
INSERT INTO orders_order ({columns})
SELECT {values} FROM orders_order o, generate_series(1, %(count)s) n WHERE o.id = %(id)s
"""
CHANGED = {
    "number": "'X' || n", "id": "1000000 + n", "state": "CASE WHEN n %% 50 = 0 THEN 'accepted' ELSE 'waybilled' END",
    "branch_id": "%(first)s + n %% %(branches)s", "placed_at": "o.placed_at - n * interval '20 seconds'",
}  # fmt: skip


def fill() -> None:
    """Copy one order over five hundred branches and two years; leave sixty waiting at the first branch."""
    now = clock.now()
    root = Unit.objects.get(code="HQ")
    for n in range(BRANCHES):
        found(Unit(code=f"C{n}", name=f"营业部{n}", kind="branch", parent=root, lat=30.0, lng=120.0), now=now)
    for n in range(WAITING):
        at = now - timedelta(seconds=9 * n)
        services.place(draft(branch_code="B1"), channel="hall", by=Actor("customer", "1"), now=at)
    order = Order.objects.first()
    columns = [field.column for field in Order._meta.concrete_fields]
    values = ", ".join(CHANGED.get(name, f'o."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    first = Unit.objects.get(code="C0").pk
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            COPY.format(columns=names, values=values),
            {"count": ORDERS, "id": order.pk, "first": first, "branches": BRANCHES},
        )
        cursor.execute("VACUUM ANALYZE")


def timed(client: Client, **headers: str) -> tuple[float, int]:
    start = time.perf_counter()
    answer = client.get("/desk/", headers=headers)
    return (time.perf_counter() - start) * 1_000, answer.status_code


def main() -> None:
    call_command("flush", interactive=False, verbosity=0)
    build()
    fill()
    client = Client()
    client.force_login(Account.objects.get(username="manager"))
    client.get("/desk/")
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/desk/")
    times = sorted(timed(client)[0] for _round in range(ROUNDS))
    cuts = quantiles(times, n=20)
    print(
        f"P3 queue page at {Order.objects.count():,} orders: status {page.status_code}, {len(queries)} statements, "
        f"median {cuts[9]:.0f} ms, p95 {cuts[-1]:.0f} ms, {len(page.content) / 1024:.0f} KB of HTML before gzip"
    )


if __name__ == "__main__":
    main()
