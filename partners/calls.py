"""What partners call, for their engineers to read: kept without bodies, queries or addresses, written a moment later."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock, Timer
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from core import clock
from core.journal import request_id
from core.rows import insert, new
from partners.models import Call, PartnerKey

MOST_WAITING = 10_000

log = structlog.get_logger(__name__)


class Calls:
    """Calls of this process that wait to be written, for at most a moment; a process that dies loses them."""

    def __init__(self) -> None:
        self._waiting: list[Call] = []
        self._lock = Lock()

    def add(self, call: Call) -> None:
        with self._lock:
            first = not self._waiting
            if len(self._waiting) < MOST_WAITING:
                self._waiting.append(call)
        if first and settings.PARTNER_LOG_SECONDS:
            timer = Timer(settings.PARTNER_LOG_SECONDS, self._write)
            timer.daemon = True
            timer.start()

    def flush(self) -> None:
        """Write down what waits."""
        insert(self.take())

    def take(self) -> list[Call]:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        return waiting

    def _write(self) -> None:
        try:
            self.flush()
        except Exception:  # a log is not worth a page
            log.exception("partners' calls not written")
        finally:
            connection.close()


calls = Calls()


class PartnerCalls:
    """Note the call of whoever signed it, or tried to with a key that exists (`request.partner_key`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        if key := getattr(request, "partner_key", None):
            calls.add(_call(key, request, response, time.perf_counter() - started))
        return response


def _call(key: PartnerKey, request: HttpRequest, response: HttpResponse, seconds: float) -> Call:
    told: Any = getattr(response, "data", None)
    code = str(told.get("code", "")) if response.status_code >= 400 and isinstance(told, dict) else ""
    return new(
        Call, partner_id=key.partner_id, key=key.key, at=clock.now(), method=str(request.method)[:8], path=request.path[:200],
        status=response.status_code, code=code[:40], request_id=request_id.get()[:40], milliseconds=int(seconds * 1000),
    )  # fmt: skip
