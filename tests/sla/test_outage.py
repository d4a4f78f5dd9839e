"""Worker and beat killed with -9 and absent for twenty minutes, then two beats at once: the record is the same, alarms are
late, nothing comes twice (design §2, "one tick, one way through")."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from core import clock
from core.models import Entry
from network.services import appoint
from notify.models import Message
from orders import services as orders
from rulebook.roles import Role
from sla.models import Heartbeat, Step
from tests.factories import Company, PersonFactory, placed, sh

pytestmark = [pytest.mark.worker, pytest.mark.slow, pytest.mark.drill]

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds, for a busy machine
TEN = sh("04 10:00:00")


class Processes:
    """Workers and beats of our own on the test's database, with a broker and a clock file of their own."""

    def __init__(self, state: Path) -> None:
        self.state, self.clock = state, state / "clock"
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "ecomlogistics.settings.test", "STATE_DIR": str(state), "DATABASE_URL": _database(),
            "REDIS_URL": _broker(), "CLOCK_OFFSET_FILE": str(self.clock),
        }  # fmt: skip
        self.all: list[subprocess.Popen[bytes]] = []

    def set_clock(self, instant: datetime) -> None:
        new = self.state / "clock.new"
        new.write_text(str((instant - datetime.now(UTC)).total_seconds()))
        new.replace(self.clock)

    def start(self, *command: str) -> None:
        log = (self.state / "celery.log").open("ab")
        with log:
            self.all.append(
                subprocess.Popen(
                    [sys.executable, "-m", "celery", "--app=ecomlogistics", "--quiet", *command], cwd=ROOT,
                    env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )  # fmt: skip

    def worker(self) -> None:
        self.start("worker", "--pool=threads", "--concurrency=2", "--loglevel=WARNING", "--without-gossip", "--without-mingle")

    def beat(self, name: str) -> None:
        self.start("beat", f"--schedule={self.state / name}", "--pidfile=", "--loglevel=WARNING")

    def kill(self) -> None:
        for process in self.all:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.all.clear()

    def until(self, happened: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not happened():
            assert all(process.poll() is None for process in self.all), self.log()
            assert time.monotonic() < end, self.log()
            time.sleep(0.2)

    def log(self) -> str:
        return (self.state / "celery.log").read_text(errors="replace")[-4000:]


def _database() -> str:
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT'] or 5432}/{at['NAME']}"


def _broker() -> str:
    """Return a broker of our own: another database of the same Redis, or the folder that STATE_DIR gives."""
    url = os.environ.get("REDIS_URL", "")
    return urlsplit(url)._replace(path="/13").geturl() if url else ""


@pytest.fixture
def processes(tmp_path: Path, transactional_db, settings) -> Iterator[Processes]:
    started = Processes(tmp_path)
    settings.CLOCK_OFFSET_FILE = str(started.clock)
    started.set_clock(TEN)
    yield started
    started.kill()


def ticked_after(instant: datetime) -> bool:
    return Heartbeat.objects.filter(name="tick", at__gt=instant).exists()


def breached() -> list[tuple[str, str, int | None, bool]]:
    said = Entry.objects.filter(name="deadline_breached").order_by("order_number", "occurred_at")
    return [(e.order_number, e.data["clause"], e.data["person"], e.data["late"]) for e in said]


def test_twenty_minutes_without_worker_and_beat(processes):
    company = Company()
    alone, late, quick = (placed(clock.now(), branch=company.branch, pickup=False).number for _ in range(3))
    processes.worker()
    processes.beat("beat")
    processes.until(lambda: ticked_after(TEN))
    reached_and_accepted(company, quick)
    processes.kill()

    processes.set_clock(TEN + timedelta(minutes=12))
    reached_and_accepted(company, late)
    appoint(PersonFactory(), role=Role.BRANCH_MANAGER, unit=company.branch, now=clock.now())
    processes.set_clock(TEN + timedelta(minutes=20))
    processes.worker()
    processes.beat("beat")
    processes.beat("second-beat")
    processes.until(lambda: len(breached()) >= 3)
    last = Heartbeat.objects.get(name="tick").at
    processes.until(lambda: ticked_after(last + timedelta(seconds=10)))

    assert breached() == [
        (alone, "§1.2.1.1", company.manager.pk, True),
        (alone, "§1.2.1.1b", company.regional_manager.pk, True),
        (late, "§1.2.1.1", company.manager.pk, True),
    ]
    assert not Step.objects.due(clock.now()).exists()
    alarms = Message.objects.filter(kind="alarm").order_by("order_number", "clause", "unit__code")
    assert [(m.order_number, m.clause, m.unit.code, m.late) for m in alarms.select_related("unit")] == [
        (alone, "§1.2.1.1", "B1", True),
        (alone, "§1.2.1.1", "CC", True),
        (alone, "§1.2.1.1b", "B1", True),
        (alone, "§1.2.1.1b", "CC", True),
        (late, "§1.2.1.1", "B1", True),
        (late, "§1.2.1.1", "CC", True),
    ]
    processes.until(lambda: not Message.objects.filter(sent_at=None).exists())


def reached_and_accepted(company: Company, number: str) -> None:
    order = orders.contact(number=number, clerk=company.clerk, outcome="reached", now=clock.now()).order
    assert orders.accept(number=order.number, clerk=company.clerk, now=clock.now()).state == "accepted"
