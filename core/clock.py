"""The one place that reads the time. Edges (views, tasks, commands) call `now()` once and pass it down."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings


def now() -> datetime:
    """Return the present instant, aware, UTC.

    Tests of whole processes move it by the seconds written in `settings.CLOCK_OFFSET_FILE`; production refuses that setting.
    """
    return datetime.now(UTC) + _offset()


def _offset() -> timedelta:
    path = settings.CLOCK_OFFSET_FILE
    if not path:
        return timedelta()
    try:
        return timedelta(seconds=float(Path(path).read_text()))
    except (FileNotFoundError, ValueError):
        return timedelta()
