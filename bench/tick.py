"""P2: announce 1,000 due steps with their fines among many open ones, against one SQL statement that does the same (limits.md §1).

Run by `make bench` on PostgreSQL in a database of its own; OPEN sets the sizes (default 100000,1000000; the goal is 5000000).
"""

import os
import time
from datetime import UTC, date, datetime, timedelta
from statistics import median

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from bench.company import build  # noqa: E402
from network.models import Person  # noqa: E402
from penalties.models import RegulationVersion  # noqa: E402
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
           jsonb_build_object('step', id, 'clause', '§1.2.1.1') FROM due RETURNING id, occurred_at, data ->> 'step' AS step
), fines AS (
    INSERT INTO penalties_penalty (clause, "case", cause, payer, unit_id, order_number, entry_id, purse, regulation, state, amount,
                                   paid, text, at, imposed_at, assessed_at, since, reason, last_actor, last_at)
    SELECT '§1.7.2.1', 'late_10', 'step/' || step, 'unit/' || %(branch)s, %(branch)s, '', id, 'bonus', 'rp_3.3.1_a', 'assessed', 50,
           0, '', occurred_at, %(now)s, %(now)s, date_trunc('month', %(now)s), '', '', %(now)s FROM facts RETURNING id, cause
), books AS (
    INSERT INTO penalties_ledgerentry (penalty_id, kind, debit, credit, payer, amount, month, at, actor_kind, actor_id)
    SELECT id, 'assess', 'receivable', 'income', 'unit/' || %(branch)s, 50, date_trunc('month', %(now)s), %(now)s, 'system', ''
    FROM fines
), told AS (
    INSERT INTO core_entry (name, subject, also, order_number, occurred_at, recorded_at, actor_kind, actor_id, actor_role,
                            request_id, data)
    SELECT 'penalty_imposed', 'penalty/' || id, '[]', '', %(now)s, %(now)s, 'system', '', '', '',
           jsonb_build_object('penalty', id, 'cause', cause, 'amount', '50.00', 'clause', '§1.7.2.1') FROM fines RETURNING id
)
INSERT INTO notify_message (unit_id, kind, order_number, clause, entry_id, late, stored_at)
SELECT unit, 'alarm', '', '§1.2.1.1', facts.id, false, %(now)s FROM facts, unnest(ARRAY[%(branch)s, %(calls)s]) unit
UNION ALL SELECT %(branch)s, 'penalty', '', '§1.7.2.1', told.id, false, %(now)s FROM told
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


def fine() -> None:
    """Set the amount of late acceptance, so that a breach is booked too."""
    RegulationVersion.objects.create(
        code="rp_3.3.1_a", title="3.3.1 (a)", amount=50, valid_from=date(2020, 1, 1), entered_at=NOW, entered_by=Person.objects.get()
    )


def floor(branch: int, calls: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FLOOR, {"now": NOW, "branch": branch, "calls": calls})


WRITTEN = ("core_entry", "penalties_penalty", "penalties_ledgerentry", "notify_message")


def written(act: object) -> tuple[float, list[int]]:
    """Return the milliseconds an act takes, and how many rows it adds to each table it writes to."""
    before = _counts()
    took = timed(act)
    return took, [after - first for first, after in zip(before, _counts(), strict=True)]


def _counts() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in WRITTEN))
        return list(cursor.fetchone())


def rounds(branch: int, calls: int, start: int) -> tuple[float, float, float]:
    """Return the medians of floor, tick with 1,000 due, and idle tick, measured in turns."""
    floors, ticks, idles = [], [], []
    past = NOW - timedelta(minutes=5)
    for first in range(start, start + 2 * DUE * ROUNDS, 2 * DUE):
        fill(first, first + DUE - 1, branch=branch, due=past, tag="floor-")
        took, least = written(lambda: floor(branch, calls))
        floors.append(took)
        fill(first + DUE, first + 2 * DUE - 1, branch=branch, due=past, tag="tick-")
        took, ours = written(lambda: tick(now=NOW))
        ticks.append(took)
        if ours != least:
            raise RuntimeError(f"not the same work: {dict(zip(WRITTEN, zip(least, ours, strict=True), strict=True))}")
        idles.append(timed(lambda: tick(now=NOW)))
    return median(floors), median(ticks), median(idles)


def main() -> None:
    call_command("flush", interactive=False, verbosity=0)
    branch, calls = build()
    fine()
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
