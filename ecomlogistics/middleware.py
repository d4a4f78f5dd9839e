"""What happens to every request: its id in the journal, the end of idle logins, a plain word when the database is down."""

import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core.journal import request_id
from ecomlogistics import figures

Handler = Callable[[HttpRequest], HttpResponse]

RETRY_SECONDS = 5
SEEN = "seen_at"
SEEN_STEP = 60  # seconds: polls must not write the session every time

log = structlog.get_logger(__name__)


class JournalRequestId:
    """Journal rows written during a request carry its id, the same as its log lines."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(str(structlog.contextvars.get_contextvars().get("request_id", "")))
        try:
            return self.get_response(request)
        finally:
            request_id.reset(token)


class Figures:
    """Count each answer and its time, by view name: addresses carry numbers and would never end."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        view = request.resolver_match.view_name if request.resolver_match else "-"
        figures.SECONDS.labels(view).observe(time.perf_counter() - started)
        figures.REQUESTS.labels(request.method, view, response.status_code).inc()
        return response


class DatabaseDown:
    """A database that is away is answered with 503 and a time to come back, not with an error page."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError) as error:
            return unavailable(request, error)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return unavailable(request, error) if isinstance(error, OperationalError | InterfaceError) else None


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """Say in plain words that the system is busy; the same for pages and API."""
    log.error("database unavailable", error=str(error))
    message = _("系统暂时繁忙，请稍后重试。您提交的内容没有保存。")
    if request.path.startswith("/api/"):
        answer: HttpResponse = JsonResponse({"code": "unavailable", "message": message, "request_id": request_id.get()})
    else:
        answer = HttpResponse(render_to_string("503.html", {"message": message}))
    answer.status_code = 503
    answer["Retry-After"] = str(RETRY_SECONDS)
    return answer


class SessionLimits:
    """A login ends when nothing has been asked with it for a while. A page that is open and polling counts as in use:
    a clerk who waits for the bell must not be logged out by waiting; the absolute limit is the cookie's age.

    The session alone is asked, so that a poll with nothing new does not load the account; log lines name it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if account := request.session.get(SESSION_KEY):
            structlog.contextvars.bind_contextvars(user_id=account)
            self._touch(request)
        return self.get_response(request)

    def _touch(self, request: HttpRequest) -> None:
        now = int(time.time())
        seen = request.session.get(SEEN, now)
        if now - seen > settings.SESSION_IDLE_SECONDS:
            logout(request)
        elif now - seen >= SEEN_STEP or SEEN not in request.session:
            request.session[SEEN] = now
