"""Run every bench in a PostgreSQL database of its own: `make bench` (BENCH_DATABASE_URL, ONLY=tick,intake to choose)."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import psycopg2

URL = os.environ.get("BENCH_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/ecomlogistics_bench")
REDIS = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/10")
BENCHES = ("nearest", "price", "tick", "intake", "queue", "simulate")
LOCAL = {"127.0.0.1", "localhost", "::1"}


def fresh_database() -> None:
    at = urlsplit(URL)
    if at.hostname not in LOCAL:
        raise SystemExit("A bench fills and empties its database: it runs on this machine only.")
    connection = psycopg2.connect(URL.replace(at.path, "/postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        name = at.path.strip("/")
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()


def main() -> int:
    chosen = os.environ.get("ONLY", ",".join(BENCHES)).split(",")
    environment = os.environ | {"DATABASE_URL": URL, "REDIS_URL": REDIS, "DJANGO_SETTINGS_MODULE": "bench.settings", "LOG_LEVEL": "ERROR"}
    failed = 0
    for name in chosen:
        fresh_database()
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=environment, check=True)
        failed += subprocess.run([sys.executable, "-m", f"bench.{name}"], env=environment, check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
