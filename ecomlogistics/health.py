"""For machines that watch this one: is the process there, can it do its work, what are its figures."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from functools import cache

import structlog
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from core import clock
from ecomlogistics.figures import exposition
from sla.models import Heartbeat
from sla.services import tick_age

STALE = timedelta(seconds=15)  # three intervals of the tick
LEAST_FREE_BYTES = 200 * 1024 * 1024
REPORT_BYTES = 4000

log = structlog.get_logger(__name__)


@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    """Tell that the process answers; asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """Tell whether work can be done here; 503 names what is wrong."""
    wrong = {name: reason for name, check in CHECKS.items() if (reason := _run(check))}
    response = JsonResponse({"ready": not wrong, "wrong": wrong}, status=503 if wrong else 200)
    if wrong:
        response["Retry-After"] = "5"
    return response


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures in Prometheus' format, for the addresses of METRICS_ALLOW alone."""
    if request.META.get("REMOTE_ADDR") not in settings.METRICS_ALLOW:
        raise Http404
    body, content_type = exposition(clock.now())
    return HttpResponse(body, content_type=content_type)


@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """Note what a browser refused to run; browsers post it without our token."""
    log.warning("csp violation", report=request.read(REPORT_BYTES).decode(errors="replace"))
    return HttpResponse(status=204)


def _run(check: Callable[[], str]) -> str:
    try:
        return check()
    except (DatabaseError, OSError) as error:
        return f"{type(error).__name__}: {error}".strip()


def _database() -> str:
    """Write for real, changing nothing: a read-only or full database must not look healthy."""
    with transaction.atomic():
        Heartbeat.objects.filter(name="tick").update(name="tick")
    return ""


def _migrations() -> str:
    return "" if _all_applied() else "there are migrations to apply"


@cache
def _all_applied() -> bool:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise DatabaseError("there are migrations to apply")  # raised, so that only the good answer is kept
    return True


def _broker() -> str:
    with current_app.connection_for_write(connect_timeout=0.2) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=0.5)
    return ""


def _tick() -> str:
    age = tick_age(clock.now())
    if age is None:
        return "the clocks have not been looked at yet"
    return f"the clocks were last looked at {age.total_seconds():.0f} s ago" if age > STALE else ""


def _disk() -> str:
    free = shutil.disk_usage(settings.STATE_DIR).free
    return f"{free // 1024 // 1024} MB free" if free < LEAST_FREE_BYTES else ""


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
    "tick": _tick,
    "disk": _disk,
}
