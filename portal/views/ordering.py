"""Placing an order without a login (§3.4.3)."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import pricing.services as prices
from core import clock
from customers.models import CustomerAccount
from customers.services import shown_with
from network.models import Unit
from network.nearby import Nearby, suggestions
from network.places import exists
from orders.choices import Channel
from orders.forms import ROLES, values_of
from orders.models import Order
from orders.services import Duplicate, Placed, place
from orders.services.draft import draft_of
from orders.services.drafting import keep_draft, typed_in
from orders.services.price import Claim
from pickup import windows
from portal import access, drafts, progress
from portal.access import Right, account_of, acting, grant, right, ships_for
from portal.beside import Beside, price_of
from portal.forms import LONGEST_PASTE, HallForm, pasted_into
from portal.views import book, orderdrafts
from rulebook.errors import Refused

TOKEN = re.compile(r"[\w-]{16,40}", re.ASCII)
SOURCE = "hall"  # the form's token is the external number: a form sent twice places one order
AGAIN = ("again", "sender")
BOOK = "book_"  # before the party that is chosen from the address book


def who() -> str:
    return _("客户（网上营业厅）")


@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    if request.method != "POST":
        start = _start(request)
        form = HallForm(data=None, initial=start)
        return _page(request, form, now, token=secrets.token_urlsafe(16), quoted=str(start.get("quote", "")))
    typed = request.POST.dict()
    act = typed.get("act", "")
    if act == "clear":
        drafts.forget(request)
        return redirect("portal:order")
    account = account_of(request)
    if account and act.startswith(BOOK):
        drafts.keep(request, typed)
        return redirect(f"{reverse('portal:book')}?pick={act.removeprefix(BOOK)}")
    if account and act == "save":
        return _save(request, account, typed, now)
    if act:
        return _help(request, act, typed, now)
    return _submit(request, typed, now)


def _start(request: HttpRequest) -> dict[str, Any]:
    """Return what the form begins with: what was typed before, an earlier order of this session, the branch looked up."""
    if number := next((request.GET[key] for key in AGAIN if key in request.GET), ""):
        return _from_order(request, number, everything="again" in request.GET)
    account = account_of(request)
    draft = orderdrafts.named(account, request.GET.get("draft", "")) if account else None
    start: dict[str, Any] = {**typed_in(draft), "draft": draft.pk} if draft else dict(drafts.kept(request))
    if account and not start:
        start |= book.of_default(account)
    for role in ROLES:
        start[f"{role}_place"] = HallForm.base_place(start, role)
    if account:
        start |= book.picked(request, account)
    if number := request.GET.get("quote", ""):
        start |= _as_quoted(request, number)
    if code := request.GET.get("branch", ""):
        start["branch_code"] = code[:20]
    return start


def _as_quoted(request: HttpRequest, number: str) -> dict[str, Any]:
    """Return what a price that was told is for, so that it can be ordered at (§3.3); {} where the number is none of ours."""
    try:
        held = prices.read(number)
    except Refused:
        return {}
    asked = {name: request.GET.get(name, "")[:12] for name in ("weight_kg", "volume_m3")}
    lane = {"shipper_place": held.from_place, "consignee_place": held.to_place, "product": held.product}
    return {"quote": number, **lane, **{name: value for name, value in asked.items() if value}}


def _held(number: str, now: datetime) -> prices.Held | None:
    """Return the price the form orders at, None without one or where it holds no more."""
    try:
        held = prices.read(number) if number else None
    except Refused:
        return None
    return held if held and now <= held.until else None


def _from_order(request: HttpRequest, number: str, *, everything: bool) -> dict[str, Any]:
    """Return the content, or only the sender, of an order this session placed: nothing is typed twice (WCAG 3.3.7)."""
    known = Order.objects.filter(number=number).first() if right(request, number) == Right.ACT else None
    if known is None:
        return {}
    values = values_of(draft_of(known))
    kept = values if everything else {key: value for key, value in values.items() if key.startswith("shipper_")}
    return {key: value for key, value in kept.items() if key != "appointment"}


def _save(request: HttpRequest, account: CustomerAccount, typed: dict[str, str], now: datetime) -> HttpResponse:
    """Keep the form half filled with the login, to be gone on with anywhere."""
    try:
        keep_draft(account, drafts.worth_keeping(typed), known=orderdrafts.named(account, typed.get("draft", "")), now=now)
    except Refused as refusal:
        return _help(request, "save", typed, now, note=refusal.reason)
    drafts.forget(request)
    messages.success(request, _("已存为草稿。"))
    return redirect("portal:drafts")


@require_POST
def price(request: HttpRequest) -> HttpResponse:
    """The price beside the form, asked for while it is filled in."""
    now = clock.now()
    if not access.may_ask_prices(request, now):
        return render(request, "portal/order_price.html", {"price": Beside(words=_("询价过于频繁，请稍候再试。"))})
    return render(request, "portal/order_price.html", {"price": _beside(request, request.POST.dict(), now)})


def _beside(request: HttpRequest, typed: dict[str, str], now: datetime) -> Beside | None:
    return price_of(HallForm(data=typed), Claim(ships_for(request), typed.get("quote", "")), now)


def _help(request: HttpRequest, act: str, typed: dict[str, str], now: datetime, *, note: str = "") -> HttpResponse:
    """Answer a button that only fills in more of the form: divide a pasted text, open the next select, find branches."""
    role = act.removeprefix("split_")
    if role in ROLES:
        too_long = len(typed.get(f"{role}_paste", "")) > LONGEST_PASTE
        note = _("粘贴的内容过长，只识别了前 %d 字。") % LONGEST_PASTE if too_long else ""
        typed = pasted_into(typed, role)
    form = HallForm(data=None, initial={**typed, **{f"{r}_place": HallForm.base_place(typed, r) for r in ROLES}})
    beside = _beside(request, typed, now) if act == "price" and access.may_ask_prices(request, now) else None
    return _page(request, form, now, token=_token(typed), note=note, anchor=act, quoted=typed.get("quote", ""), beside=beside)


def _submit(request: HttpRequest, typed: dict[str, str], now: datetime) -> HttpResponse:
    form, token, note = HallForm(data=typed), _token(typed), ""
    if form.is_valid():
        try:
            placed = _place(request, form, token, typed.get("quote", ""), now)
        except Refused as refusal:
            form.refuse(refusal)
            if refusal.field == "quote":
                typed.pop("quote")
                note = _("报价编号不能再用于这个订单：再次提交，将按现行价格下单。")
        except Duplicate as taken:
            grant(request, taken.order.number, Right.ACT)
            return render(request, "portal/sent_already.html", {"order": taken.order}, status=409)
        else:
            _forget(request, typed)
            grant(request, placed.order.number, Right.ACT)
            return redirect("portal:placed", number=placed.order.number)
    drafts.keep(request, typed)
    return _page(request, form, now, token=token, note=note, quoted=typed.get("quote", ""), status=422)


def _forget(request: HttpRequest, typed: dict[str, str]) -> None:
    """Let go of what was kept of a form that has become an order."""
    drafts.forget(request)
    if (account := account_of(request)) and (draft := orderdrafts.named(account, typed.get("draft", ""))):
        draft.delete()


@transaction.atomic
def _place(request: HttpRequest, form: HallForm, token: str, quoted: str, now: datetime) -> Placed:
    """Place the order; without a login the privacy notice that was shown is noted with it."""
    account, draft = account_of(request), form.draft()
    placed = place(
        draft, channel=Channel.HALL, by=acting(request), now=now, source=SOURCE, external_no=token, who=who(),
        claim=Claim(ships_for(request), quoted, form.coupon_code), account=account,
    )  # fmt: skip
    if placed.created and account is None:
        shown_with(placed.order.number, now=now)
    return placed


def _token(typed: dict[str, str]) -> str:
    token = typed.get("token", "")
    return token if TOKEN.fullmatch(token) else secrets.token_urlsafe(16)


def _page(
    request: HttpRequest,
    form: HallForm,
    now: datetime,
    *,
    token: str,
    note: str = "",
    anchor: str = "",
    quoted: str = "",
    beside: Beside | None = None,
    status: int = 200,
) -> HttpResponse:
    account = account_of(request)
    context = form_context(form, now) | {
        "token": token,
        "note": note,
        "anchor": anchor,
        "kept": bool(drafts.kept(request)),
        "held": (held := _held(quoted, now)),
        "quoted": quoted if held else "",
        "book": account is not None,
        "draft": form.data.get("draft", "") or form.initial.get("draft", ""),
        "price": beside,
        "last": Order.objects.of_account(account).order_by("-placed_at").first() if account and not form.is_bound else None,
    }
    return render(request, "portal/order.html", context, status=status)


def form_context(form: HallForm, now: datetime, kept: datetime | None = None) -> dict[str, Any]:
    """Return what the order form shows besides its fields: windows, branches, what is chosen."""
    near = offers(str(form["shipper_place"].value() or ""), now)
    branch = str(form["branch_code"].value() or "")
    named = Unit.objects.branches().filter(code=branch).first() if branch and branch.isprintable() else None
    appointment = form["appointment"].value()
    return {
        "form": form,
        "days": windows.choices(now, kept),
        "nearby": near,
        "named": named if named and named not in [each.unit for each in near] else None,
        "chosen": branch,
        "window": appointment.isoformat() if isinstance(appointment, datetime) else str(appointment or ""),
        "agreed": kept is not None,
        "wants_pickup": str(form["pickup"].value()) not in ("False", "", "None"),
    }


def offers(code: str, now: datetime) -> list[Nearby]:
    return suggestions(code, now=now) if exists(code) else []


@require_safe
def placed(request: HttpRequest, number: str) -> HttpResponse:
    """The page after the order: its number, what happens next, by when."""
    if right(request, number) != Right.ACT:
        return redirect("portal:progress", number=number)
    now = clock.now()
    found = progress.orders().filter(number=number).first()
    if found is None:
        return redirect("portal:track")
    context = {"order": found, "promises": progress.promises(found, now), "now": now}
    return render(request, "portal/placed.html", context)
