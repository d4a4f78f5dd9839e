"""Lint, then every test on SQLite alone, then every test on PostgreSQL with Redis. Ends with pytest's own summary line.

The second round is left out on a desk without these services; with CI=true a missing service is a failure. Pages are looked at
in the browser in the first, the whole system with real processes in both.
TESTS="tests/sla -k tick" narrows both rounds; STAGES=lint,sqlite,postgres chooses. The tables are made once, not once a process:
on PostgreSQL here, on SQLite by tests/conftest.py, which keeps them until a migration changes.
"""

import os
import shlex
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
CI = os.environ.get("CI", "").lower() == "true"
POSTGRES = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/ecomlogistics")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
PORTS = {"postgres": 5432, "postgresql": 5432, "redis": 6379}
ONLY_ONCE = "not embedded and (not browser or worker)"
"""What the second round leaves to the first: pages in the browser, whose views it tests itself, and `make run` without services."""
STAGES = os.environ.get("STAGES", "lint,sqlite,postgres").split(",")


def answers(url: str) -> bool:
    """Tell whether somebody listens at the URL's host and port."""
    at = urlsplit(url)
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((at.hostname or "127.0.0.1", at.port or PORTS[at.scheme])) == 0


def pytest(*options: str, **environment: str) -> int:
    tests = shlex.split(os.environ.get("TESTS", "tests"))
    at_once = ["--numprocesses=auto", "--maxprocesses=3", "--dist=loadfile"]
    command = [sys.executable, "-m", "pytest", "--quiet", "--durations=10", *at_once, *options, *tests]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=False).returncode


def lint() -> int:
    return subprocess.run([sys.executable, "scripts/lint.py"], cwd=ROOT, check=False).returncode


def migrate(url: str) -> None:
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "ecomlogistics.settings.test"}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, env=environment, check=True)


def sqlite() -> int:
    return pytest(DATABASE_URL="", REDIS_URL="")


def postgres() -> int:
    away = [url for url in (POSTGRES, REDIS) if not answers(url)]
    if away and CI:
        print(f"✗ nobody answers at {' and '.join(away)}, and CI=true", flush=True)
        return 1
    if away:
        print(f"· PostgreSQL and Redis round left out: nobody answers at {' and '.join(away)}", flush=True)
        return 0
    template = f"{urlsplit(POSTGRES).path.strip('/')}_template"
    anew(template)
    migrate(urlsplit(POSTGRES)._replace(path=f"/{template}").geturl())
    shown = ["-m", ONLY_ONCE] if "sqlite" in STAGES else []
    return pytest(*shown, DATABASE_URL=POSTGRES, REDIS_URL=REDIS, TEST_TEMPLATE=template)


def anew(name: str) -> None:
    """Create a database, instead of the one an earlier round may have left."""
    with closing(psycopg2.connect(urlsplit(POSTGRES)._replace(path="/postgres").geturl())) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')


ROUNDS = {"lint": lint, "sqlite": sqlite, "postgres": postgres}


def main() -> int:
    """Run every stage, also after a failed one: one run tells all that is wrong."""
    failed = []
    for name in STAGES:
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        if ROUNDS[name]():
            failed.append(name)
        if name != STAGES[-1]:  # pytest's summary, which names its own time, stays the last line
            print(f"== {name}: {time.monotonic() - started:.0f} s", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr, flush=True)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
