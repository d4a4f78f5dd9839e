"""Where rows, tasks and cached values are kept: embedded (SQLite, a message folder) or PostgreSQL and Redis."""

from pathlib import Path
from typing import Any

import dj_database_url

SQLITE_BUSY_SECONDS = 20
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"


def database(url: str, *, file: Path, statement_timeout: int) -> dict[str, Any]:
    """Return the database named by the URL, or the embedded SQLite file."""
    settings: dict[str, Any] = dict(dj_database_url.parse(url or f"sqlite:///{file}"))
    if settings["ENGINE"].endswith("sqlite3"):
        return settings | {"OPTIONS": _sqlite()}
    return settings | {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": settings.get("OPTIONS", {}) | _postgres(statement_timeout),
    }


def _sqlite() -> dict[str, Any]:
    """Writers queue for the lock at BEGIN instead of failing in the middle; a commit survives a power cut."""
    return {"transaction_mode": "IMMEDIATE", "timeout": SQLITE_BUSY_SECONDS, "init_command": PRAGMAS}


def _postgres(statement_timeout: int) -> dict[str, Any]:
    """Pages never hang: the database ends what waits too long, the driver notices a dead peer."""
    return {
        "connect_timeout": 3,
        "tcp_user_timeout": 4000,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 2,
        "options": (
            f"-c lock_timeout=5s -c statement_timeout={statement_timeout}s -c idle_in_transaction_session_timeout=30s"
        ),
    }


def cache(redis_url: str) -> dict[str, Any]:
    """Return a cache all processes share: counters and nonces in it must hold across them."""
    if redis_url:
        return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}
    return {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}


def broker(redis_url: str, *, folder: Path) -> dict[str, Any]:
    """Return Celery's broker settings, without their prefix: Redis, or a folder of messages."""
    if redis_url:
        return {"BROKER_URL": redis_url, "BROKER_TRANSPORT_OPTIONS": _redis()}
    for part in (folder, folder / "control"):
        part.mkdir(parents=True, exist_ok=True)
    return {
        "BROKER_URL": "filesystem://localhost",
        "BROKER_TRANSPORT_OPTIONS": _files(folder),
        "WORKER_ENABLE_REMOTE_CONTROL": False,
    }


def _redis() -> dict[str, Any]:
    """A task that its worker lost comes back after 15 min; a request never waits for a dead broker."""
    return {
        "visibility_timeout": 900,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 0.2,
        "socket_timeout": 5,
    }


def _files(folder: Path) -> dict[str, Any]:
    """In and out are the same folder on purpose: every process both sends and receives."""
    return {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.2,
    }
