"""An order taken by phone (§1.2.1.3g): the caller's last orders to repeat, addresses as spoken, the nearest branches."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import clock
from core.personal import blind, digits, mask_name, mask_phone
from desk.officeforms import PhoneOrderForm
from desk.views.answers import explained
from network.access import staff_required
from network.models import Person
from network.nearby import Nearby, suggestions
from network.places import exists, full_name, split
from orders import services as orders
from orders.choices import Channel
from orders.forms import ROLES, form_field, values_of
from orders.models import Order
from orders.picker import PlacePicker
from orders.services.common import label
from orders.services.draft import draft_of
from orders.services.price import Claim
from rulebook.errors import Refused

LAST_ORDERS = 5
LONGEST_PASTE = 1000
TOKEN_LIVES = 12 * 3600
WHOLE_NUMBER = 7  # digits; a shorter one is not a caller's number


@dataclass(frozen=True, slots=True)
class Earlier:
    """An order the caller shipped before, to repeat with one click."""

    order: Order
    shipper: str
    consignee: str
    phone: str
    origin: str
    destination: str


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """Show the form, help filling it in, or place the order (§1.2.1.3g): the button says which."""
    person: Person = request.person  # type: ignore[attr-defined]
    person.require("place")
    now = clock.now()
    if request.method == "GET":
        return _page(request, person, now, PhoneOrderForm(initial=_start(request, person)))
    typed = request.POST.copy()
    act = typed.get("act", "place")
    if act != "place":
        return _page(request, person, now, PhoneOrderForm(initial=_helped(typed, act)))
    return _place(request, person, now, PhoneOrderForm(typed))


def _start(request: HttpRequest, person: Person) -> dict[str, Any]:
    """Return what the form starts with: an earlier order to repeat, else the caller's number."""
    earlier = Order.objects.visible_to(person).filter(number=request.GET.get("repeat", "")[:20]).first()
    if earlier:
        return values_of(draft_of(earlier)) | {"appointment": None, "branch_code": "", "remark": ""}
    return {"shipper_phone": request.GET.get("caller", "")[:30]}


def _helped(typed: QueryDict, act: str) -> dict[str, Any]:
    """Return what was typed, with a pasted address divided into its fields where it can be."""
    values: dict[str, Any] = {
        key: typed.get(key) for key in typed if key not in ("csrfmiddlewaretoken", "act", "token")
    }
    values |= {f"{each}_place": PlacePicker().value_from_datadict(typed, {}, f"{each}_place") for each in ROLES}
    role = act.removeprefix("split_")
    if role in ROLES:
        found = split(str(values.get(f"{role}_paste", ""))[:LONGEST_PASTE])
        known = {"name": found.name[:60], "phone": found.phone, "address": found.detail[:200]}
        values |= {f"{role}_{part}": text for part, text in known.items() if text}
        if len(found.candidates) == 1:
            values[f"{role}_place"] = found.candidates[0].place.code
        elif found.candidates:
            values[f"{role}_place"] = ""
    return values


def _place(request: HttpRequest, person: Person, now: datetime, form: PhoneOrderForm) -> HttpResponse:
    if not form.is_valid():
        return _page(request, person, now, form, status=422)
    key = f"phone-order:{person.pk}:{request.POST.get('token', '')[:36]}"
    if not cache.add(key, "", TOKEN_LIVES):
        return _sent_twice(str(cache.get(key) or ""))
    try:
        draft = form.draft()
        claim = Claim(coupon=form.coupon_code)
        placed = orders.place(draft, channel=Channel.PHONE, by=person.actor, now=now, who=label(person), claim=claim)
    except Refused as refusal:
        cache.delete(key)
        form.refuse(form_field(refusal.field), refusal)
        return _page(request, person, now, form, status=422)
    except Exception:
        cache.delete(key)
        raise
    cache.set(key, placed.order.number, TOKEN_LIVES)
    messages.success(request, _said(placed.order))
    return redirect("desk:order", placed.order.number)


def _said(order: Order) -> str:
    if order.branch:
        return _("订单 %(number)s 已提交给 %(branch)s，10 分钟内受理。") % {
            "number": order.number,
            "branch": order.branch.name,
        }
    return _("订单 %s 已提交，等待分配营业部。") % order.number


def _sent_twice(number: str) -> HttpResponse:
    """The same form came twice: the first one's order is the answer."""
    return redirect("desk:order", number) if number else redirect("desk:queue")


def _page(request: HttpRequest, person: Person, now: datetime, form: PhoneOrderForm, status: int = 200) -> HttpResponse:
    place = str(form["shipper_place"].value() or "")
    context = {
        "form": form, "now": now, "caller": (caller := str(form["shipper_phone"].value() or "")),
        "earlier": _earlier(person, caller), "parties": [_party(form, role) for role in ROLES],
        "nearest": _nearest(place, now), "token": request.POST.get("token", "")[:36] or uuid.uuid4(),
    }  # fmt: skip
    return render(request, "desk/phone_order.html", context, status=status)


def _party(form: PhoneOrderForm, role: str) -> dict[str, Any]:
    """Return one party's part of the page, with the places a pasted text leaves open."""
    code = str(form[f"{role}_place"].value() or "")
    pasted = str(form[f"{role}_paste"].value() or "")[:LONGEST_PASTE]
    return {
        "role": role, "title": _("发货人") if role == "shipper" else _("收货人"), "paste": form[f"{role}_paste"],
        "fields": [form[f"{role}_{part}"] for part in ("name", "phone", "address")], "place": form[f"{role}_place"],
        "candidates": split(pasted).candidates if pasted and not exists(code) else (),
    }  # fmt: skip


def _nearest(place: str, now: datetime) -> list[Nearby]:
    return suggestions(place, now=now) if exists(place) else []


def _earlier(person: Person, caller: str) -> list[Earlier]:
    plain = digits(caller)
    if len(plain) < WHOLE_NUMBER:
        return []
    found = Order.objects.visible_to(person).filter(shipper_phone_index=blind(plain)).order_by("-placed_at")
    return [
        Earlier(
            order, order.shipper_name, mask_name(order.consignee_name), mask_phone(order.consignee_phone),
            _name(order.shipper_place), _name(order.consignee_place),
        )
        for order in found[:LAST_ORDERS]
    ]  # fmt: skip


def _name(code: str) -> str:
    return full_name(code) if exists(code) else code
