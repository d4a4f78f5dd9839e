"""A database of its own for a simulation, migrated and thrown away: nothing invented mixes with real data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection


@contextmanager
def scratch_database() -> Iterator[str]:
    """Point the connection at an empty, migrated database beside the configured one, and drop that in the end."""
    before = connection.settings_dict["NAME"]
    test = connection.settings_dict["TEST"]
    kept = test["NAME"]
    on_file = connection.vendor == "sqlite"
    test["NAME"] = str(Path(settings.STATE_DIR) / "simulation.sqlite3") if on_file else f"{before}_simulation"
    try:
        name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        _without_waiting_for_the_disk()
        try:
            with TemporaryDirectory() as folder, _files_in(folder):
                yield name
        finally:
            connection.creation.destroy_test_db(before, verbosity=0)
    finally:
        test["NAME"] = kept


@contextmanager
def _files_in(folder: str) -> Iterator[None]:
    """Keep pictures of invented hand-overs apart from real ones."""
    kept = default_storage._wrapped  # type: ignore[attr-defined]
    default_storage._wrapped = FileSystemStorage(location=folder)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        default_storage._wrapped = kept  # type: ignore[attr-defined]


def _without_waiting_for_the_disk() -> None:
    """A power cut may take a simulation with it: its commits need not reach the disk one by one."""
    statement = "SET synchronous_commit TO off" if connection.vendor == "postgresql" else "PRAGMA synchronous = OFF"
    with connection.cursor() as cursor:
        cursor.execute(statement)
