"""The whole system as real processes, started by the supervisor of `make run`, on a database and a broker of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import redis

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds, for a busy machine
MORNING = datetime(2026, 11, 4, 2, 0, tzinfo=UTC)  # Wednesday, ten o'clock in Shanghai


class Clock:
    """The system's clock: runs at its own pace, and can be moved ahead in all processes at once."""

    def __init__(self, file: Path, start: datetime) -> None:
        self.file = file
        self.offset = start - datetime.now(UTC)
        self._write()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def pass_by(self, instant: datetime) -> None:
        """Go to one second after the instant, unless it is already past: time never goes back."""
        if self.now() <= instant:
            self.offset = instant + timedelta(seconds=1) - datetime.now(UTC)
            self._write()

    def _write(self) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(str(self.offset.total_seconds()))
        new.replace(self.file)  # at once: a half-written number would be another time


class System:
    """The supervisor and what it started; every process of it carries the state folder in its environment."""

    def __init__(self, state: Path, database: str, broker: str) -> None:
        self.state = state
        self.clock = Clock(state / "clock", MORNING)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "ecomlogistics.settings.local", "STATE_DIR": str(state), "PORT": str(port), "DEMO": "0",
            "DATABASE_URL": database, "REDIS_URL": broker, "CLOCK_OFFSET_FILE": str(self.clock.file), "WEB_WORKERS": "2",
            "LOG_LEVEL": "WARNING",
        }  # fmt: skip
        self.supervisor: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        self._run("scripts/prepare.py")
        self._run("manage.py", "shell", "--command=from tests.e2e.company import build; build()")

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        with (self.state / "supervisor.log").open("wb") as log:
            self.supervisor = subprocess.Popen(
                [sys.executable, "scripts/run.py"], cwd=ROOT, env=self.environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        end = time.monotonic() + PATIENCE
        while not self.ready():
            assert self.supervisor.poll() is None, self.logs()
            assert time.monotonic() < end, self.logs()
            time.sleep(0.2)

    def ready(self) -> bool:
        """Tell whether the pages answer and the worker has looked at the clocks."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                return True
        except urllib.error.HTTPError as error:
            error.close()
            return False
        except OSError:
            return False

    def web_group(self) -> int:
        """Return the process group of the web server: its leader and its workers."""
        children = Path(f"/proc/{self.supervisor.pid}/task/{self.supervisor.pid}/children").read_text().split()
        return next(int(pid) for pid in children if "gunicorn" in Path(f"/proc/{pid}/cmdline").read_text())

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Keep the web server from answering: its port is open, nobody is there."""
        group = self.web_group()
        os.killpg(group, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(group, signal.SIGCONT)

    def stop(self) -> None:
        """Stop everything; nothing may be left."""
        if self.supervisor:
            self.supervisor.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self.supervisor.wait(timeout=60)
        left = self.processes()
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.supervisor:
            self.supervisor.wait()
        assert left == [], f"left running: {left}\n{self.logs()}"

    def processes(self) -> list[int]:
        mark = f"STATE_DIR={self.state}".encode()
        return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _carries(entry, mark)]

    def logs(self) -> str:
        files = [self.state / "supervisor.log", *sorted((self.state / "log").glob("*.log"))]
        return "\n".join(
            f"== {file.name}\n{file.read_text(errors='replace')[-4000:]}" for file in files if file.exists()
        )


def _carries(process: Path, mark: bytes) -> bool:
    try:
        return mark in (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


@contextmanager
def database_of_its_own(url: str) -> Iterator[str]:
    """Give a new PostgreSQL database beside the one named, dropped at the end; no URL: the state folder's SQLite file."""
    if not url.startswith("postgres"):
        yield ""
        return
    name = f"e2e_{os.getpid()}"
    parts = urlsplit(url)
    _administer(parts._replace(path="/postgres").geturl(), f'CREATE DATABASE "{name}"')
    try:
        yield parts._replace(path=f"/{name}").geturl()
    finally:
        _administer(parts._replace(path="/postgres").geturl(), f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(url: str, statement: str) -> None:
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


@contextmanager
def broker_of_its_own(url: str) -> Iterator[str]:
    """Give an empty Redis database of the server named, emptied again at the end; no URL: the embedded broker."""
    if not url:
        yield ""
        return
    for number in range(15, 0, -1):
        own = urlsplit(url)._replace(path=f"/{number}").geturl()
        with redis.Redis.from_url(own) as server:
            if server.dbsize() == 0 and server.set("taken by", os.getpid(), nx=True):
                break
    else:
        raise AssertionError("no empty Redis database")
    try:
        yield own
    finally:
        with redis.Redis.from_url(own) as server:
            server.flushdb()
