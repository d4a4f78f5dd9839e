"""P7: a day of 935 orders, from the order to the signature, through the real services.

Seconds depend on what else the machine does; processor seconds, ours and those of the database's process, less so.
"""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from time import perf_counter, process_time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from core.models import Entry  # noqa: E402
from desk.demo import simulation  # noqa: E402

ORDERS, GOAL = 935, 60.0


def main() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")  # as `manage.py simulate` does
    plan = simulation.Plan(orders=ORDERS, first=date(2026, 11, 2), days=1, seed=1)
    began, worked = perf_counter(), process_time()
    outcome = simulation.play(plan, name=settings.CARRIER_NAME, on_act=lambda: None)
    took, busy = perf_counter() - began, process_time() - worked
    theirs = backend_seconds()
    sys.stdout.write(
        f"simulated day of {ORDERS} orders: {took:.1f} s (goal {GOAL:.0f} s), processor {busy:.1f} s ours, {theirs:.1f} s the database's; "
        f"{Entry.objects.count()} facts, {outcome.ticks} ticks\n"
    )
    torn = [tie.name for tie in outcome.ties if not tie.holds]
    if torn:
        sys.stdout.write(f"does not tie out: {', '.join(torn)}\n")
    return int(took > GOAL or bool(torn))


def backend_seconds() -> float:
    """Return the processor seconds of the process that serves our connection, 0 where it cannot be seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    fields = stat.read_text().rpartition(")")[2].split() if stat.exists() else []
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
