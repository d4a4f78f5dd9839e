"""`make run`'s supervisor with real processes: serves, ticks, stops, leaves nothing."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90  # seconds, for a busy machine

pytestmark = [pytest.mark.worker, pytest.mark.embedded, pytest.mark.slow]


class Running:
    """A supervisor of our own, known by its state folder: every process it starts carries that in its environment."""

    def __init__(self, state: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.mark = f"STATE_DIR={state}"
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "ecomlogistics.settings.local", "STATE_DIR": str(state)}
        environment |= {"PORT": str(port), "DEMO": "0", "DATABASE_URL": "", "REDIS_URL": "", "WEB_WORKERS": "1"}
        self.supervisor = subprocess.Popen(
            [sys.executable, "scripts/run.py"], cwd=ROOT, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return 0

    def until(self, path: str, status: int) -> None:
        end = time.monotonic() + PATIENCE
        while self.status(path) != status:
            assert self.supervisor.poll() is None, self.supervisor.stdout.read()
            assert time.monotonic() < end, f"{path} never answered {status}"
            time.sleep(0.2)

    def processes(self) -> list[int]:
        return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and self._ours(entry)]

    def _ours(self, entry: Path) -> bool:
        try:
            return self.mark.encode() in (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            return False

    def gone(self) -> bool:
        end = time.monotonic() + 20
        while self.processes() and time.monotonic() < end:
            time.sleep(0.1)
        return not self.processes()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    system = Running(tmp_path, port)
    yield system
    for pid in system.processes():
        os.kill(pid, signal.SIGKILL)
    system.supervisor.wait()
    system.supervisor.stdout.close()


def test_serves_ticks_refuses_a_taken_port_and_stops_without_a_trace(running, tmp_path):
    running.until("/readyz", 200)  # the worker has looked at the clocks
    second = Running(tmp_path / "second", int(running.url.rsplit(":", 1)[1]))
    said, _ = second.supervisor.communicate(timeout=30)
    assert second.supervisor.returncode == 1
    assert "无法使用" in said
    running.supervisor.send_signal(signal.SIGINT)
    assert running.supervisor.wait(timeout=20) == 0
    assert running.gone()


def test_a_killed_supervisor_leaves_no_process(running):
    running.until("/healthz", 200)
    running.supervisor.kill()
    assert running.gone()


def test_a_killed_web_server_comes_back(running):
    running.until("/healthz", 200)
    children = Path(f"/proc/{running.supervisor.pid}/task/{running.supervisor.pid}/children").read_text().split()
    commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_text() for pid in children}
    os.kill(next(pid for pid, command in commands.items() if "gunicorn" in command), signal.SIGKILL)
    running.until("/healthz", 0)
    running.until("/healthz", 200)
