"""What every test may count on. A missing service is skipped on a desk and an error in CI (`CI=true`)."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import translation
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

expect.set_options(timeout=20_000)  # a page on a busy machine may take its time; what never comes still fails

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


TEMPLATE = os.environ.get("TEST_TEMPLATE", "")
"""What scripts/test.py has migrated once for all processes: a file of SQLite, or a database that PostgreSQL copies by itself."""


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    if TEMPLATE and connection.vendor == "sqlite":
        shutil.copy(TEMPLATE, connection.settings_dict["TEST"]["NAME"])


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """Keep the file that was copied, which lies in a folder of this run; a database is created anew."""
    return bool(request.config.getvalue("reuse_db") or (TEMPLATE and connection.vendor == "sqlite"))


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
def _forget_counters() -> None:
    """Start every test without the look-ups and tries that the one before it counted; a database cache is rolled back."""
    if settings.CACHES["default"]["BACKEND"].endswith("RedisCache"):
        cache.clear()


@pytest.fixture(autouse=True)
def _in_chinese() -> None:
    """Start every test in the product's first language, whatever the one before it spoke."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _postgres_only(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.skip("runs in the PostgreSQL stage")
