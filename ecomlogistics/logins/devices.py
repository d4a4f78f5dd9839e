"""
Guessing passwords is slowed by allauth's limits, counted so that a stranger cannot lock anybody out (docs/decisions/0030).

A browser that has logged in to an account carries a signed cookie that says so and is counted by itself. All others are counted by
account and address, and together by account: when that is used up, only a known browser or the link of a reset letter gets in.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE, SALT = "known_device", "logins.device"
YEAR = 365 * 24 * 3600
MOST = 5  # accounts a browser is known to


def known(request: HttpRequest) -> dict[str, str]:
    """Return the accounts this browser has logged in to, each with the mark of that acquaintance; {} if forged or spoilt."""
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=YEAR)
    except signing.BadSignature:
        return {}
    return told if isinstance(told, dict) else {}


def mark_of(request: HttpRequest, login: str) -> str:
    """Return the mark by which this browser is counted for this account, '' for a browser that is not known to it."""
    return known(request).get(_name(login), "")


def remember(request: HttpRequest, response: HttpResponse, login: str) -> None:
    """Let the browser be known to the account it has just logged in to; the oldest acquaintance is forgotten."""
    others = {name: mark for name, mark in known(request).items() if name != _name(login)}
    told = {**dict(list(others.items())[-(MOST - 1) :]), _name(login): mark_of(request, login) or secrets.token_urlsafe(12)}
    response.set_cookie(
        COOKIE, signing.dumps(told, salt=SALT), max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def _name(login: str) -> str:
    """Return a short name for a login: the cookie tells nobody who uses the browser."""
    return signing.Signer(salt=SALT).signature(login.lower())[:16]
