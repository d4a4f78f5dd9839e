"""P2: announce 1,000 due steps among many open ones, against one SQL statement that does the same work (limits.md §1).

Run by `make bench` on PostgreSQL in a database of its own; OPEN sets the sizes (default 100000,1000000; the goal is 5000000).
"""

import os
import time
from datetime import UTC, datetime, timedelta
from statistics import median

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from bench.company import build  # noqa: E402
from sla.services import tick  # noqa: E402

NOW = datetime(2026, 11, 4, 1, 0, tzinfo=UTC)
SIZES = [int(size) for size in os.environ.get("OPEN", "100000,1000000").split(",")]
DUE = 1_000
ROUNDS = 9

CLOCKS = """
INSERT INTO sla_deadline (id, clause, rulebook, subject, holder_id, start_entry_id, started_at, due_at, facts, state)
SELECT md5(%(tag)s || n)::uuid, '§1.2.1.1', 'bench', 'order/' || n, %(branch)s, 1, %(start)s, %(due)s + n * interval '1 ms',
       '{}', 'open'
FROM generate_series(%(first)s, %(last)s) n;
INSERT INTO sla_step (id, deadline_id, kind, clause, at, state, late, attempts, error)
SELECT gen_random_uuid(), md5(%(tag)s || n)::uuid, 'due', '§1.2.1.1', %(due)s + n * interval '1 ms', 'open', false, 0, ''
FROM generate_series(%(first)s, %(last)s) n;
"""

FLOOR = """
WITH due AS (
    SELECT s.id, s.deadline_id, s.at FROM sla_step s JOIN sla_deadline d ON d.id = s.deadline_id
    WHERE s.state = 'open' AND s.attempts = 0 AND s.at < %(now)s ORDER BY s.at LIMIT 1000 FOR UPDATE OF s, d SKIP LOCKED
), steps AS (
    UPDATE sla_step s SET state = 'breached', announced_at = %(now)s, responsible_unit_id = %(branch)s
    FROM due WHERE due.id = s.id
), clocks AS (
    UPDATE sla_deadline d SET state = 'breached' FROM due WHERE due.deadline_id = d.id
), facts AS (
    INSERT INTO core_entry (name, subject, also, order_number, occurred_at, recorded_at, actor_kind, actor_id, actor_role,
                            request_id, data)
    SELECT 'deadline_breached', 'order/1', '[]', '', at, %(now)s, 'system', '', '', '',
           jsonb_build_object('step', id, 'clause', '§1.2.1.1') FROM due RETURNING id
)
INSERT INTO notify_message (unit_id, kind, order_number, clause, entry_id, late, stored_at)
SELECT unit, 'alarm', '', '§1.2.1.1', facts.id, false, %(now)s FROM facts, unnest(ARRAY[%(branch)s, %(calls)s]) unit
"""


def fill(first: int, last: int, *, branch: int, due: datetime, tag: str) -> None:
    values = {"first": first, "last": last, "branch": branch, "due": due, "start": due - timedelta(minutes=10), "tag": tag}
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET session_replication_role = replica")  # keys are known to be good
        cursor.execute(CLOCKS, values)
        cursor.execute("SET session_replication_role = DEFAULT")


def timed(act: object) -> float:
    """Return the milliseconds an act takes."""
    start = time.perf_counter()
    act()  # type: ignore[operator]
    return (time.perf_counter() - start) * 1_000


def floor(branch: int, calls: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FLOOR, {"now": NOW, "branch": branch, "calls": calls})


def rounds(branch: int, calls: int, start: int) -> tuple[float, float, float]:
    """Return the medians of floor, tick with 1,000 due, and idle tick, measured in turns."""
    floors, ticks, idles = [], [], []
    past = NOW - timedelta(minutes=5)
    for first in range(start, start + 2 * DUE * ROUNDS, 2 * DUE):
        fill(first, first + DUE - 1, branch=branch, due=past, tag="floor-")
        floors.append(timed(lambda: floor(branch, calls)))
        fill(first + DUE, first + 2 * DUE - 1, branch=branch, due=past, tag="tick-")
        ticks.append(timed(lambda: tick(now=NOW)))
        idles.append(timed(lambda: tick(now=NOW)))
    return median(floors), median(ticks), median(idles)


def main() -> None:
    call_command("flush", interactive=False, verbosity=0)
    branch, calls = build()
    filled = 0
    for turn, size in enumerate(SIZES):
        fill(10_000_000 + filled, 10_000_000 + size - 1, branch=branch, due=NOW + timedelta(days=1), tag="open-")
        filled = size
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        low, ours, idle = rounds(branch, calls, 2 * DUE * ROUNDS * turn)
        print(f"P2 {size:>9,} open: floor {low:6.1f} ms, tick {ours:6.1f} ms = {ours / low:4.1f} x floor, idle {idle:4.1f} ms")


if __name__ == "__main__":
    main()
