"""Production refuses what is unsafe and names it; the table of variables is the documented one."""

import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from ecomlogistics.settings import stores
from ecomlogistics.settings.environment import VARIABLES, refusals

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "DJANGO_SETTINGS_MODULE": "ecomlogistics.settings.production",
    "SECRET_KEY": "s" * 40,
    "FIELD_KEY": "f" * 40,
    "DATABASE_URL": "postgres://ecom@db/ecom",
    "REDIS_URL": "redis://redis:6379/0",
    "ALLOWED_HOSTS": "hall.example.cn",
    "BASE_URL": "https://hall.example.cn",
}


def start(tmp_path: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "STATE_DIR": str(tmp_path), **SAFE, **changes}
    command = [
        sys.executable,
        "-c",
        "import django; django.setup(); from django.conf import settings; print(settings.DEMO)",
    ]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_production_starts_with_all_it_needs_and_is_never_a_demo(tmp_path):
    done = start(tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "False"), done.stderr


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"FIELD_KEY": ""}, "FIELD_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is shorter than 32"),
        ({"FIELD_KEY": "s" * 40}, "SECRET_KEY and FIELD_KEY are the same"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
        ({"DATABASE_URL": "sqlite:///x"}, "DATABASE_URL is not PostgreSQL"),
        ({"REDIS_URL": ""}, "REDIS_URL is not set"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS allows every host"),
        ({"BASE_URL": "http://hall.example.cn"}, "BASE_URL is not https"),
        ({"DEMO": "1"}, "DEMO is on"),
        ({"CLOCK_OFFSET_FILE": "/x"}, "CLOCK_OFFSET_FILE is set"),
    ],
)
def test_production_refuses(monkeypatch, changes, named):
    for name, value in (SAFE | changes).items():
        monkeypatch.setenv(name, value)
    assert refusals() == [named]


def test_production_names_everything_at_once(tmp_path):
    done = start(tmp_path, SECRET_KEY="", DEMO="1")
    assert "SECRET_KEY is not set; DEMO is on" in done.stderr


def test_every_variable_is_documented():
    text = (ROOT / "docs/configuration.md").read_text()
    assert {name for name in VARIABLES if f"| `{name}` |" not in text} == set()


@pytest.mark.django_db
def test_the_database_driver_is_psycopg2():
    """With psycopg 3 present Django would silently prefer it, and the options of psycopg2 would not be tested."""
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        assert isinstance(connection.connection, psycopg2.extensions.connection)
    assert "psycopg" not in sys.modules


def test_sqlite_waits_for_the_lock_at_begin_and_survives_a_power_cut():
    options = stores.database("", file=Path("x"), statement_timeout=15)["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] == 20
    assert "synchronous=FULL" in options["init_command"]


def test_postgres_never_lets_a_page_hang():
    options = stores.database("postgres://x@h/d", file=Path("x"), statement_timeout=15)["OPTIONS"]
    assert (
        options["options"] == "-c lock_timeout=5s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
    )
    assert options["connect_timeout"] == 3


def test_subscribers_hear_in_the_order_of_the_design():
    order = ["pickup", "delivery", "sla", "penalties", "notify", "partners", "reports"]
    apps = [path.split(".")[0] for path in settings.EVENT_SUBSCRIBERS]
    assert apps == sorted(apps, key=order.index)


def test_no_tracked_file_names_a_registry():
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    hosts = re.compile(rb"registry\.npm" + rb"js|files\.python" + rb"hosted|py" + rb"pi\.org")
    named = [name for name in files.split("\0") if name and hosts.search((ROOT / name).read_bytes())]
    assert named == []
