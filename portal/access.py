"""Who may see and change an order without a login: who placed it in this session, or who knows the phone's last digits."""

from __future__ import annotations

import hmac
import re
from datetime import datetime
from enum import StrEnum

from django.core.cache import cache
from django.http import HttpRequest

from core.personal import PHONE_TAIL, blind
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


def right(request: HttpRequest, number: str) -> Right:
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
        return cache.incr(key, by)
    except ValueError:  # expired between the two
        cache.set(key, by, timeout=2 * seconds)
        return by
