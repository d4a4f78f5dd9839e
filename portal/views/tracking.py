"""How far orders are: several at once by number, one in full; personal data only for who proves to be a party."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.fsm import in_source, unmet
from customers.models import SurveyAnswer
from delivery.answers import picture
from delivery.models import Proof
from delivery.services.proofs import standing
from network.places import full_name
from orders.choices import OPEN, PriceState
from orders.models import Order
from orders.numbers import is_valid
from portal import access, changes, progress
from portal.access import Right
from pricing.words import price_told
from reports.tracking import Event, latest
from rulebook.errors import Conflict

MOST_NUMBERS = 20
APART = re.compile(r"[\s,，;；、]+")
WAYBILL_DIGITS = 10
TAIL = re.compile(r"\d{4}", re.ASCII)


@never_cache
@require_safe
def track(request: HttpRequest) -> HttpResponse:
    """Look up order and waybill numbers, several at once; a single one opens its page."""
    text = request.GET.get("numbers", "")[:2000]
    asked = list(dict.fromkeys(part.upper()[:40] for part in APART.split(text) if part))
    context: dict[str, Any] = {
        "text": " ".join(asked),
        "too_many": len(asked) > MOST_NUMBERS,
        "most": MOST_NUMBERS,
        "rows": [],
    }
    asked = asked[:MOST_NUMBERS]
    if asked and not access.may_look_up(request, len(asked), clock.now()):
        return too_often(request)
    found = progress.summaries([number for number in asked if _plausible(number)])
    if len(asked) == len(found) == 1:
        return redirect("portal:progress", number=found[asked[0]].number)
    last = latest([order.number for order in found.values()])
    context["rows"] = [_row(number, found.get(number), last) for number in asked]
    return render(request, "portal/track.html", context)


def _plausible(number: str) -> bool:
    return access.plausible(number) or (len(number) == WAYBILL_DIGITS and is_valid(number))


def _row(number: str, order: Order | None, last: dict[str, Event]) -> dict[str, Any]:
    words = progress.headline(order) if order else ""
    event = last.get(order.number) if order else None
    return {"asked": number, "order": order, "headline": words, "event": event, "mistyped": not _plausible(number)}


@never_cache
@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    """One order: its progress for everybody, its content and verbs for its parties."""
    now = clock.now()
    may = access.right(request, number)
    if may == Right.PUBLIC and not access.may_look_up(request, 1, now):
        return too_often(request)
    found = look_up(number)
    if found is None:
        return not_found(request, number)
    return page(request, found, now)


def look_up(number: str) -> Order | None:
    return progress.orders().filter(number=number).first() if access.plausible(number) else None


def page(
    request: HttpRequest, order: Order, now: datetime, *, problem: Any = None, wrong_tail: str = "", status: int = 200
) -> HttpResponse:
    """Render an order's page; `problem` is what refused the visitor's last act."""
    may = access.right(request, order.number)
    context: dict[str, Any] = {
        "order": order, "goods": progress.goods_of(order), "now": now, "headline": progress.headline(order), "stages": progress.stages(order),
        "events": progress.events(order, full=may != Right.PUBLIC), "promises": progress.promises(order, now), "may_view": may != Right.PUBLIC,
        "may_act": may == Right.ACT, "mine": access.owns(request, order.number), "from_city": progress.city(order.shipper_place),
        "to_city": progress.city(order.consignee_place), "problem": problem, "wrong_tail": wrong_tail, "edits": [],
        "complaints": [],
        "verbs": verbs(order) if may == Right.ACT else {},
    }  # fmt: skip
    if may != Right.PUBLIC:
        context |= {
            "complaints": order.complaints.filter(internal=False).order_by("-filed_at"), "edits": changes.edits(order), "money": progress.money(order), "quote": order.quotes.order_by("-pk").first(),
            "proofs": _proofs(order), "may_rate": may_rate(order), "price": price_told(order.price) if may == Right.ACT else None,
            "added": order.waybill.added.order_by("pk") if may == Right.ACT and order.waybilled_at else (),
            "from_place": full_name(order.shipper_place), "to_place": full_name(order.consignee_place),
        }  # fmt: skip
    return render(request, "portal/progress.html", context, status=status)


def may_rate(order: Order) -> bool:
    """Tell whether the survey is open: the goods are signed for, a branch served, and nobody has answered yet (§4.2.8)."""
    goods = progress.goods_of(order)
    served = bool(goods and goods.signed_at and order.branch)
    return served and not SurveyAnswer.objects.filter(order_number=order.number).exists()


def verbs(order: Order) -> dict[str, Any]:
    """Return what the shipper may do now; for cancelling also the words of what stands against it."""
    is_open = order.state in OPEN
    against = unmet(order.cancel) if in_source(order.cancel) else None
    return {
        "edit": is_open,
        "appointment": is_open and order.pickup and order.collected_at is None,
        "cancel": in_source(order.cancel) and against is None,
        "cancel_refused": against.reason if against else "",  # type: ignore[attr-defined]
        "quote": is_open and order.price_state == PriceState.QUOTED,
        "bill": order.waybilled_at is not None and order.waybill.checked_at is not None and order.waybill.confirmed_at is None,
    }


@never_cache
@require_safe
def proof(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """A picture of the hand-over, for a party of the order; nobody else learns that there is one (§4.3.2.8)."""
    found = look_up(number) if access.right(request, number) != Right.PUBLIC else None
    shown = [each for each in _proofs(found) if each.key == key] if found else []
    if not shown:
        raise Http404
    return picture(shown[0])


def _proofs(order: Order) -> list[Proof]:
    goods = getattr(order, "shipment", None)
    return list(standing(goods)) if goods and goods.signed_at else []


@never_cache
@require_POST
def unlock(request: HttpRequest, number: str) -> HttpResponse:
    """Open the full view to who knows the last four digits of a party's phone. The answer never tells which part was wrong."""
    now = clock.now()
    tail = request.POST.get("tail", "").strip()
    if not access.plausible(number):
        return not_found(request, number)
    if not access.may_guess(request, number, now):
        return too_often(request)
    found = look_up(number)
    what = access.matched(found, tail if TAIL.fullmatch(tail) else "")
    if found is not None and what != Right.PUBLIC:
        access.grant(request, number, what)
        messages.success(request, _("验证成功。") if what == Right.ACT else _("验证成功。修改和取消请由发货人办理。"))
        return redirect("portal:progress", number=number)
    words = _("电话后四位不正确，请核对后重试。")
    return page(request, found, now, wrong_tail=words, status=422) if found else not_found(request, number)


def too_often(request: HttpRequest) -> HttpResponse:
    response = render(request, "portal/too_often.html", status=429)
    response["Retry-After"] = "60"
    return response


def not_found(request: HttpRequest, number: str) -> HttpResponse:
    return render(request, "portal/not_found.html", {"number": number[:40]}, status=404)


def lost(request: HttpRequest, order: Order, conflict: Conflict, now: datetime) -> HttpResponse:
    """Say that somebody was first or that it is too late, on the order's page as it is now."""
    return page(request, order, now, problem=conflict, status=409)
