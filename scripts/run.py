"""Serve everything on one machine: web, worker and beat, until Ctrl-C. Leaves no process behind.

Each child has a session of its own, so the terminal's Ctrl-C reaches only this process, which stops them in order;
should this process be killed, the kernel tells the children.
"""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ecomlogistics.settings.environment import number, state_dir, text  # noqa: E402 - the path comes first

STOP_SECONDS = 10
LARGEST_LOG = 20 * 1024 * 1024
FAILED_EARLY = 30  # seconds: a child that ends sooner than this twice running is given up
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


class Child:
    """One supervised process group."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name, self.command = name, command
        self.early_ends = 0
        self.log = _folder("log") / f"{name}.log"
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".old"))
        self.start()

    def start(self) -> None:
        self.started = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # safe: this process has one thread
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def signal_group(self, what: signal.Signals) -> None:
        """Signal the whole group, also when its leader is gone."""
        try:
            os.killpg(self.process.pid, what)
        except ProcessLookupError:
            return

    def restart(self) -> None:
        self.early_ends = self.early_ends + 1 if time.monotonic() - self.started < FAILED_EARLY else 0
        if self.early_ends > 1:
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
            raise SystemExit(f"{tail}\n✗ {self.name} 启动失败，日志见 / failed to start, see {self.log}")
        print(f"! {self.name} 意外退出，正在重启 / ended unexpectedly, starting it again", flush=True)
        self.signal_group(signal.SIGKILL)
        self.start()


def _folder(name: str) -> Path:
    folder = state_dir() / name
    folder.mkdir(exist_ok=True)
    return folder


def _die_with_parent() -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def web(host: str, port: int) -> list[str]:
    return [
        *_module("gunicorn", "ecomlogistics.wsgi:application"),
        f"--bind={host}:{port}",
        "--worker-class=gthread",
        "--preload",  # one import for all workers: half of the start
        f"--workers={number('WEB_WORKERS')}",
        f"--threads={number('WEB_THREADS')}",
        f"--graceful-timeout={STOP_SECONDS - 2}",
        "--keep-alive=5",
        "--no-control-socket",
        "--log-level=warning",
    ]


def worker() -> list[str]:
    return [
        *_module("celery", "--app=ecomlogistics", "--quiet", "worker"),
        "--beat",
        "--pool=threads",
        f"--concurrency={number('WORKER_THREADS')}",
        f"--schedule={state_dir() / 'beat'}",
        "--loglevel=WARNING",
        "--without-gossip",
        "--without-mingle",
    ]


def _module(name: str, *rest: str) -> list[str]:
    return [sys.executable, "-m", name, *rest]


def refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SystemExit(
                f"✗ 端口 {port} 无法使用（{error.strerror}）。换一个端口：make run PORT={port + 1}\n"
                f"  Port {port} cannot be used. Try another one: make run PORT={port + 1}"
            ) from error


def prepare() -> None:
    """Bring the database to the present, unless it is the file that was brought there from these migrations."""
    stamp = state_dir() / "prepared"
    if stamp.exists() and stamp.read_text() == _fingerprint():
        return
    if subprocess.run([sys.executable, "scripts/prepare.py"], cwd=ROOT, check=False).returncode:
        raise SystemExit("✗ 数据库准备失败，详见上方输出 / preparing the database failed, see above")
    stamp.write_text(_fingerprint())


def _fingerprint() -> str:
    """Name the database file, its mode and the migrations; of another server's database nothing can be known: a new value."""
    file = state_dir() / "db.sqlite3"
    if text("DATABASE_URL") or not file.exists():
        return str(time.time_ns())
    migrations = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("*/migrations/*.py"))
    return "\n".join([f"{file.stat().st_ino} demo={text('DEMO')}", *migrations])


def wait_for_page(url: str, children: list[Child]) -> None:
    """Wait until the web answers."""
    while True:
        keep_running(children)
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=1):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)


def stop(children: list[Child]) -> None:
    for child in children:
        child.signal_group(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while any(child.running for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    for child in children:
        child.signal_group(signal.SIGKILL)  # whatever is left of the group
        child.process.wait()


def announce(url: str) -> None:
    logins = state_dir() / "logins.txt"
    print(f"\n  ✓ {text('CARRIER_NAME')}  →  {url}/\n", flush=True)
    if logins.exists():
        print(logins.read_text().replace(": /", f": {url}/"), flush=True)
    print(f"  日志 / logs: {_folder('log')} · Ctrl-C 停止 / stops everything\n", flush=True)


def keep_running(children: list[Child]) -> None:
    for child in children:
        if not child.running:
            child.restart()


def main() -> None:
    host, port = text("HOST"), number("PORT")
    url = f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{port}"  # noqa: S104
    refuse_taken_port(host, port)
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, _interrupt)
    shutil.rmtree(_folder("metrics"))
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_folder("metrics"))
    children: list[Child] = []
    try:
        prepare()
        children = [Child("web", web(host, port))]
        wait_for_page(url, children)
        children.append(Child("worker", worker()))  # second: both import the same, and somebody waits for the page
        announce(url)
        while True:
            time.sleep(0.5)
            keep_running(children)
    except KeyboardInterrupt:
        print("\n· 正在停止 / stopping", flush=True)
    finally:
        stop(children)


def _interrupt(*_args: object) -> None:
    """One interruption is enough; while stopping further ones are ignored."""
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
