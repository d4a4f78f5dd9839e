"""The native signature: HMAC-SHA256 over method, path and query, timestamp, nonce and body hash (design §6.14)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from core import clock, rows
from orders.api.callers import Caller
from partners import limits, services
from partners.models import Partner, PartnerKey

HEADERS = ("X-Key", "X-Timestamp", "X-Nonce", "X-Signature")
SECONDS = re.compile(r"\d{10}")
REMEMBERED = 60.0
_known: dict[str, tuple[PartnerKey, float]] = {}  # keys that exist, so no more of them than have been issued
NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Signer(Caller):
    """A partner, with the one use of its request."""

    ticket: services.Ticket | None = None


class SignedRequest(BaseAuthentication):
    """Every refusal (401) says which part differs and what we read; never the secret."""

    def authenticate(self, request: Request) -> tuple[Partner, Caller] | None:
        if not any(name in request.headers for name in HEADERS):
            return None
        now = clock.now()
        given = {name: request.headers.get(name, "") for name in HEADERS}
        if missing := [name for name in HEADERS if not given[name]]:
            raise AuthenticationFailed(_("缺少签名请求头：%s。") % "、".join(missing), code="signature_missing")
        _check_timestamp(given["X-Timestamp"], now)
        if not NONCE.fullmatch(given["X-Nonce"]):
            raise AuthenticationFailed(_("X-Nonce 须为 8–64 位字母、数字、“-”或“_”。"), code="nonce_invalid")
        key = _remembered(given["X-Key"]) or _key(given["X-Key"], now)
        request._request.partner_key = key  # type: ignore[attr-defined]  # whose call it is, for the log (partners.calls)
        if not _signed(request, given, key.secret):
            _check_signature(request, given, _key(given["X-Key"], now).secret)
        limits.check(key.key, key.partner, now)
        partner, ticket = key.partner, services.Ticket(key, given["X-Nonce"], now)
        if not _spent_by(request):
            spend(ticket)
        told = {"source": partner.source, "channel": partner.channel, "ships_for": partner.ships_for}
        return partner, Signer(partner.actor, partner.name, ticket=ticket, **told)

    def authenticate_header(self, request: Request) -> str:
        return 'HMAC-SHA256 realm="api"'


def _spent_by(request: Request) -> bool:
    """Tell whether the view spends the nonce itself, along with what it stores (`once`)."""
    view = request.parser_context.get("view")
    return request.method == "POST" and getattr(view, "spends_nonce", False)


@contextmanager
def once(who: Caller) -> Iterator[services.Ticket | None]:
    """
    Spend the nonce of a request in the transaction and the round trip of what is stored in here; alone, if that fails.

    :raises AuthenticationFailed: the request was received before, or its key was revoked since it was remembered
    """
    ticket = who.ticket if isinstance(who, Signer) else None
    if ticket is None:
        yield None
        return
    with rows.ahead(ticket.statement()):
        try:
            yield ticket
        except Exception:
            spend(ticket)
            raise


def spend(ticket: services.Ticket) -> None:
    """:raises AuthenticationFailed: the request was received before, or its key is valid no more"""
    if not ticket.spend():
        _key(ticket.key.key, ticket.now)
        raise AuthenticationFailed(_("该请求已经收到过（X-Nonce 重复）：每次请求须使用新的随机数。"), code="replayed")


def _key(name: str, now: datetime) -> PartnerKey:
    key = None
    if name.isascii() and name.isprintable() and len(name) <= 32:
        key = PartnerKey.objects.valid(now).select_related("partner").filter(key=name).first()
    if key is None:
        raise AuthenticationFailed(_("X-Key 无效：没有这个密钥编号，或密钥已停用、已过期。"), code="key_unknown")
    _known[name] = key, time.monotonic() + REMEMBERED
    return key


def _remembered(name: str) -> PartnerKey | None:
    """
    Return a key that signed a moment ago, with its partner.

    A key's secret never changes; whether it still signs is asked of the database each time, when the nonce is spent. What is
    edited of the partner (its name, its channel, its customers) shows after `REMEMBERED` seconds.
    """
    key, until = _known.get(name, (None, 0.0))
    return key if time.monotonic() < until else None


def _check_timestamp(text: str, now: datetime) -> None:
    if not SECONDS.fullmatch(text):
        raise AuthenticationFailed(_("X-Timestamp 须为 Unix 秒（10 位数字）。"), code="timestamp_invalid")
    apart = datetime.fromtimestamp(int(text), UTC) - now
    if abs(apart) > services.WINDOW:
        words = _("X-Timestamp 与服务器时间相差 %(apart)d 秒，最多允许 300 秒；服务器时间为 %(now)d，请校准时钟。")
        seconds = {"apart": apart.total_seconds(), "now": now.timestamp()}
        raise AuthenticationFailed(words % seconds, code="timestamp_out_of_window")


def _signed(request: Request, given: dict[str, str], secret: str) -> bool:
    return services.matches(_claim(request, given), secret, given["X-Signature"])


def _check_signature(request: Request, given: dict[str, str], secret: str) -> None:
    if not _signed(request, given, secret):
        words = _("签名不符。服务器的待签名串（换行以 \\n 表示）为：%s；请用您的密钥对它做 HMAC-SHA256，十六进制小写。")
        said = _claim(request, given).text().replace("\n", "\\n")
        raise AuthenticationFailed(words % said, code="signature_wrong")


def _claim(request: Request, given: dict[str, str]) -> services.Signed:
    query = request.META.get("QUERY_STRING", "")
    return services.Signed(
        method=str(request.method),
        target=f"{request.path}?{query}" if query else request.path,
        timestamp=given["X-Timestamp"],
        nonce=given["X-Nonce"],
        body=request._request.body,
    )
