"""Who may see and change an order: its customer with a login, who placed it in this session, who knows a phone's last digits."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from core.models import Actor
from core.personal import PHONE_TAIL, blind
from customers.models import Customer, CustomerAccount
from customers.privacy import CURRENT
from customers.services import actor_of
from network.access import client_address
from orders.models import Order
from orders.numbers import is_valid

NUMBER = re.compile(r"E\d{13}", re.ASCII)
SESSION = "hall_orders"
MOST_KEPT = 50  # orders a session remembers

LOOKUPS_PER_MINUTE = 40  # of one address: numbers of strangers are not to be walked through
PRICES_PER_MINUTE = 60
TICKETS_PER_HOUR = 10
COMPLAINTS_PER_HOUR = 10
CODES_PER_HOUR = 20
EXPORTS_PER_HOUR = 5
CHATS_PER_HOUR = 10
LINES_PER_MINUTE = 20
GUESSES_PER_ORDER = 5
GUESSES_PER_VISITOR = 10
GUESSING_SECONDS = 15 * 60


class Right(StrEnum):
    """What a visitor may: nothing personal, all of it (the consignee), change it too (the shipper)."""

    PUBLIC = ""
    VIEW = "view"
    ACT = "act"


def plausible(number: str) -> bool:
    """Tell whether this can be an order number at all, its check digit included."""
    return NUMBER.fullmatch(number) is not None and is_valid(number[1:])


def account_of(request: HttpRequest) -> CustomerAccount | None:
    """Return the customer's login behind a request, looked up once; None for strangers and staff."""
    if not hasattr(request, "customer_account"):
        found = CustomerAccount.objects.select_related("account", "customer__branch")
        known = found.filter(account=request.user.pk).first() if request.user.is_authenticated else None
        request.customer_account = known  # type: ignore[attr-defined]
    return request.customer_account  # type: ignore[attr-defined, no-any-return]


def own_account(request: HttpRequest) -> CustomerAccount:
    """Return the login that `account_required` let in."""
    account = account_of(request)
    assert account is not None  # noqa: S101 - the guard's promise
    return account


def customer_of(request: HttpRequest) -> Customer | None:
    """Return the customer whose verified phone the login is bound to (§3.4.1), None before that."""
    account = account_of(request)
    return account.customer if account else None


def acting(request: HttpRequest) -> Actor:
    """Return how the journal names who acts in the hall."""
    return actor_of(account_of(request))


def ships_for(request: HttpRequest) -> tuple[int, ...]:
    """Return whose contract prices the visitor gets: the bound customer's (§3.4.1)."""
    customer = customer_of(request)
    return (customer.pk,) if customer else ()


View = Callable[..., HttpResponse]


def account_required(view: View) -> View:
    """Let customers with a login in; ask strangers to log in, turn staff away, and ask again where the privacy notice changed."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        account = account_of(request)
        if account is None:
            raise PermissionDenied
        if account.notice_hash != CURRENT.hash:
            return redirect_to_login(request.get_full_path(), reverse("portal:consent"))
        return view(request, *args, **kwargs)

    return guarded


def bound_required(view: View) -> View:
    """Let customers in whose phone is verified; lead the others to the page where that is done."""

    @wraps(view)
    @account_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if customer_of(request) is None:
            messages.info(request, _("请先验证您的发货电话。"))
            return redirect("portal:my-phone")
        return view(request, *args, **kwargs)

    return guarded


def owns(request: HttpRequest, number: str) -> bool:
    """Tell whether an order is the logged-in customer's."""
    account = account_of(request)
    return bool(account and plausible(number) and Order.objects.of_account(account).filter(number=number).exists())


def right(request: HttpRequest, number: str) -> Right:
    """Return what the visitor may with an order: its customer may all, others what this session has proved."""
    if owns(request, number):
        return Right.ACT
    return Right(request.session.get(SESSION, {}).get(number, ""))


def grant(request: HttpRequest, number: str, what: Right) -> None:
    """Remember for this session what the visitor may do with an order; the oldest are forgotten."""
    known = {key: value for key, value in request.session.get(SESSION, {}).items() if key != number}
    kept = list(known.items())[-(MOST_KEPT - 1) :]
    request.session[SESSION] = {**dict(kept), number: str(what)}


def matched(order: Order | None, tail: str) -> Right:
    """Compare the last four digits with both phones, in the same time whether there is such an order or not."""
    given = blind(tail)
    shipper = hmac.compare_digest(order.shipper_tail_index if order else blind("-"), given)
    consignee = hmac.compare_digest(order.consignee_tail_index if order else blind("-"), given)
    if order is None or len(tail) != PHONE_TAIL:
        return Right.PUBLIC
    return Right.ACT if shipper else Right.VIEW if consignee else Right.PUBLIC


def may_look_up(request: HttpRequest, numbers: int, now: datetime) -> bool:
    """Count look-ups of one address in this minute; False once there are too many."""
    return _counted(f"lookup:{client_address(request)}", 60, now, by=numbers) <= LOOKUPS_PER_MINUTE


def may_ask_prices(request: HttpRequest, now: datetime) -> bool:
    """Count price queries of one address in this minute; False once there are too many."""
    return _counted(f"price:{client_address(request)}", 60, now) <= PRICES_PER_MINUTE


def may_report(request: HttpRequest, now: datetime) -> bool:
    """Count the problems reported from one address in this hour; False once there are too many."""
    return _counted(f"ticket:{client_address(request)}", 3600, now) <= TICKETS_PER_HOUR


def may_complain(request: HttpRequest, now: datetime) -> bool:
    """Count complaints filed from one address in this hour; False once there are too many."""
    return _counted(f"complain:{client_address(request)}", 3600, now) <= COMPLAINTS_PER_HOUR


def may_export(account: int, now: datetime) -> bool:
    """Count the copies of one's data in this hour; False once there are too many."""
    return _counted(f"export:{account}", 3600, now) <= EXPORTS_PER_HOUR


def may_ask_code(request: HttpRequest, now: datetime) -> bool:
    """Count the codes asked for from one address in this hour; False once there are too many."""
    return _counted(f"code:{client_address(request)}", 3600, now) <= CODES_PER_HOUR


def may_open_chat(request: HttpRequest, now: datetime) -> bool:
    """Count chats begun from one address in this hour; False once there are too many."""
    return _counted(f"chat:{client_address(request)}", 3600, now) <= CHATS_PER_HOUR


def may_write(request: HttpRequest, now: datetime) -> bool:
    """Count lines of chats from one address in this minute; False once there are too many."""
    return _counted(f"line:{client_address(request)}", 60, now) <= LINES_PER_MINUTE


def may_guess(request: HttpRequest, number: str, now: datetime) -> bool:
    """Count tries of an order's last digits, by order, session and address; False once there are too many."""
    visitor = request.session.session_key or ""
    tries = [(_counted(f"guess:{number}", GUESSING_SECONDS, now), GUESSES_PER_ORDER)]
    for who in {f"address:{client_address(request)}", f"session:{visitor}" if visitor else ""} - {""}:
        tries.append((_counted(f"guess:{who}", GUESSING_SECONDS, now), GUESSES_PER_VISITOR))
    return all(count <= most for count, most in tries)


def _counted(key: str, seconds: int, now: datetime, by: int = 1) -> int:
    """Count in the shared cache; the window is part of the key, so that it ends by itself."""
    key = f"hall:{key}:{seconds}:{int(now.timestamp()) // seconds}"
    cache.add(key, 0, timeout=2 * seconds)
    try:
        count = cache.incr(key, by)
        cache.touch(key, timeout=2 * seconds)  # a database's counting falls back on the default timeout, shorter than an hour
        return count
    except ValueError:  # expired between the two
        cache.set(key, by, timeout=2 * seconds)
        return by
