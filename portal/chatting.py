"""Whose chats a visitor may read: those opened in this session, and those of the login (§3.2). Nobody else learns that there are any."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from customers.models import Conversation
from network.models import Account

SESSION = "hall_chats"
MOST_KEPT = 20  # chats a session remembers


def account_of(request: HttpRequest) -> Account | None:
    """Return the customer's login; staff who look at the hall are visitors like any other."""
    user: Any = request.user
    return user if user.is_authenticated and not request.person else None  # type: ignore[attr-defined]


def remembered(request: HttpRequest) -> list[str]:
    return list(request.session.get(SESSION, ()))


def remember(request: HttpRequest, chat: Conversation) -> None:
    """Let this session read the chat; the oldest are forgotten."""
    kept = [key for key in remembered(request) if key != chat.key]
    request.session[SESSION] = [*kept[-(MOST_KEPT - 1) :], chat.key]


def own(request: HttpRequest) -> QuerySet[Conversation, Any]:
    """Return this visitor's chats, the latest first."""
    account = account_of(request)
    mine = Q(key__in=remembered(request)) | (Q(account=account) if account else Q())
    return Conversation.objects.filter(mine).select_related("unit").order_by("-last_at", "-pk")


def unread(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `hall_unread`, how many lines wait for this visitor; asked only by pages that show it, and only if there may be any."""
    return {"hall_unread": SimpleLazyObject(lambda: _unread(request))} if hasattr(request, "session") else {}


def _unread(request: HttpRequest) -> int:
    if not remembered(request) and account_of(request) is None:
        return 0
    return int(own(request).order_by().aggregate(lines=Sum(F("count") - F("customer_seen")))["lines"] or 0)


def state_of(key: str) -> str:
    """Return a text that changes with everything the chat's page shows of it: one query; empty where there is none."""
    row = Conversation.objects.filter(key=key).values_list("count", "state", "unit").first()
    return ".".join(str(value) for value in row) if row else ""
