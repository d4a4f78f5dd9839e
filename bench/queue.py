"""P3: the branch queue page at ORDERS orders (default 100,000): statements, scans, milliseconds, bytes, unchanged polls."""

import gzip
import html
import os
import re
import time
from datetime import timedelta
from statistics import quantiles

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
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
ROUNDS = 200
WARM = 10
LARGE = ("orders_order", "sla_deadline", "sla_step", "core_entry", "notify_message")

COPY = """
INSERT INTO orders_order ({columns})
SELECT {values} FROM orders_order o, generate_series(1, %(count)s) n WHERE o.id = %(id)s
"""
CHANGED = {
    "number": "'X' || n", "id": "1000000 + n", "state": "CASE WHEN n %% 50 = 0 THEN 'accepted' ELSE 'waybilled' END",
    "branch_id": "%(first)s + n %% %(branches)s", "placed_at": "o.placed_at - n * interval '20 seconds'",
}  # fmt: skip

BESIDE = (  # what each of the copied orders has beside it: a clock, running while the order is open, with its step, and a fact
    """
    INSERT INTO core_entry (name, subject, also, order_number, seq, occurred_at, recorded_at, actor_kind, actor_id, actor_role,
                            request_id, data)
    SELECT 'order_submitted', 'order/' || id, '[]', number, 1, placed_at, placed_at, 'customer', '', '', '', '{}'
    FROM orders_order WHERE id > 1000000
    """,
    """
    INSERT INTO sla_deadline (id, clause, rulebook, subject, order_id, holder_id, start_entry_id, started_at, due_at, facts, state,
                              stopped_at)
    SELECT md5(id::text)::uuid, '§1.4.4', 'bench', 'order/' || id, id, branch_id, 1, placed_at, placed_at + interval '1 day', '{}',
           CASE WHEN state = 'accepted' THEN 'breached' ELSE 'met' END, CASE WHEN state = 'accepted' THEN NULL ELSE placed_at END
    FROM orders_order WHERE id > 1000000
    """,
    """
    INSERT INTO sla_step (id, deadline_id, kind, clause, at, state, late, attempts, error)
    SELECT id, id, 'due', clause, due_at, state, false, 0, '' FROM sla_deadline WHERE rulebook = 'bench'
    """,
    """
    INSERT INTO notify_message (unit_id, kind, order_number, clause, entry_id, late, stored_at, sent_at, seen_at)
    SELECT branch_id, 'new_order', number, '', id, false, placed_at, placed_at, placed_at FROM orders_order WHERE id > 1000000
    """,
)


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
        for statement in BESIDE:
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")


def timed(client: Client, url: str) -> tuple[float, int]:
    start = time.perf_counter()
    answer = client.get(url)
    return (time.perf_counter() - start) * 1_000, answer.status_code


def p95(client: Client, url: str) -> tuple[float, float]:
    """Return median and 95th percentile of the milliseconds a page takes."""
    cuts = quantiles([timed(client, url)[0] for _round in range(ROUNDS)], n=20)
    return cuts[9], cuts[-1]


def scans(statements: list[str]) -> list[str]:
    """Return the statements that read a large table from end to end."""
    found = []
    with connection.cursor() as cursor:
        for statement in [sql for sql in statements if sql.startswith("SELECT")]:
            cursor.execute(f"EXPLAIN {statement}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            if any(f"Seq Scan on {table}" in plan for table in LARGE):
                found.append(f"{statement}\n{plan}")
    return found


def captured(client: Client, url: str) -> tuple[list[str], HttpResponse]:
    """Return the statements of a page with it; the next request forgets them."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    return [query["sql"] for query in queries.captured_queries], answer


def main() -> None:
    call_command("flush", interactive=False, verbosity=0)
    build()
    fill()
    client = Client(headers={"host": "localhost"})
    client.force_login(Account.objects.get(username="manager"))
    for _round in range(WARM):
        client.get("/desk/")
    queries, page = captured(client, "/desk/")
    worked = time.process_time()
    middle, high = p95(client, "/desk/")
    worked = (time.process_time() - worked) / ROUNDS * 1_000
    size = len(gzip.compress(page.content))
    print(
        f"P3 queue page at {Order.objects.count():,} orders: status {page.status_code}, {len(queries)} statements, "
        f"{len(read := scans(queries))} full scans, median {middle:.0f} ms ({worked:.0f} ms of it our own), p95 {high:.0f} ms, {size / 1024:.0f} KB gzipped"
    )
    found = re.search(r'"([^"]*[?&;]v=[^"]+)"', page.content.decode())
    poll = html.unescape(found[1]) if found else "/desk/"
    asked, answer = captured(client, poll)
    middle, high = p95(client, poll)
    print(
        f"   unchanged poll: status {answer.status_code}, {len(asked)} statements, {len(again := scans(asked))} full scans, "
        f"median {middle:.1f} ms, p95 {high:.1f} ms"
    )
    for statement in read + again:
        print(statement)


if __name__ == "__main__":
    main()
