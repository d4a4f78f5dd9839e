"""What every test may count on. A missing service is skipped on a desk and an error in CI (`CI=true`)."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import translation
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

expect.set_options(timeout=20_000)  # a page on a busy machine may take its time; what never comes still fails

ROOT = Path(__file__).resolve().parent.parent
CI = os.environ.get("CI", "").lower() == "true"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def missing(what: str) -> None:
    """Skip, or fail where everything has to be there."""
    if CI:
        pytest.fail(f"{what} is missing, and CI=true")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Use the system's Chromium; no browser is downloaded."""
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not executable:
        missing("Chromium")
    # Playwright's sync API runs an event loop in the test's thread; Django's guard would refuse every query there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    return {**browser_type_launch_args, "executable_path": executable, "args": CHROMIUM_FLAGS, "headless": True}


def pytest_sessionstart(session: pytest.Session) -> None:
    """Make the tables before the clock of any test runs; the processes of a round copy them."""
    if connection.vendor == "sqlite" and not hasattr(session.config, "workerinput"):
        template()


def template() -> Path:
    """
    Return a database with all tables. It is migrated once and kept until a migration, or a row one may have stored, changes;
    PostgreSQL copies its own, which scripts/test.py makes.
    """
    said = hashlib.sha256()
    for source in sorted(chain(ROOT.glob("*/migrations/*.py"), ROOT.glob("rulebook/**/*.py"), ROOT.glob("network/data/*"))):
        said.update(source.read_bytes())
    kept = Path(tempfile.gettempdir()) / f"ecomlogistics-tests-{os.getuid()}" / f"{said.hexdigest()[:20]}.sqlite3"
    if not kept.exists():
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        fresh = kept.with_suffix(f".{os.getpid()}")
        environment = os.environ | {"DATABASE_URL": f"sqlite:///{fresh}"}
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, env=environment, check=True)
        fresh.replace(kept)
    return kept


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    if connection.vendor == "sqlite":
        shutil.copy(template(), connection.settings_dict["TEST"]["NAME"])


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """Keep the file that was copied, which lies in a folder of this run; a database is created anew."""
    return bool(request.config.getvalue("reuse_db") or connection.vendor == "sqlite")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """End what a browser's last poll left open on PostgreSQL, so that the test database can be dropped."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session")
def base_url() -> str:
    """Take the place of pytest-base-url's own, whose form pytest 9 warns about; tests name whole addresses."""
    return ""


@pytest.fixture(autouse=True)
def _forget_counters(request: pytest.FixtureRequest) -> None:
    """
    Start every test without the look-ups and tries that the one before it counted. A database cache is rolled back with its
    test; it is emptied where nothing is rolled back, for its table is no model's and no flush empties it.
    """
    if {"live_server", "transactional_db"} & set(request.fixturenames):
        request.getfixturevalue("transactional_db")
        cache.clear()
    elif settings.CACHES["default"]["BACKEND"].endswith("RedisCache"):
        cache.clear()


@pytest.fixture(autouse=True)
def _in_chinese() -> None:
    """Start every test in the product's first language, whatever the one before it spoke."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _postgres_only(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.skip("runs in the PostgreSQL stage")
