"""在线客服 in the hall: a chat with the order's branch, another one or the call centre, with or without a login (§3.2, §4.3.1.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from customers import services as customers
from customers.choices import Side
from customers.models import Conversation
from customers.services.chats import rests
from customers.transcripts import attachment
from customers.transcripts import picture as pictured
from network.choices import CALL_CENTRE_CODE
from network.models import Unit
from network.services import branch_by_code, head_department
from orders.models import Order
from portal import access, chatting
from portal.access import Right
from portal.chatforms import ORDERS, LineForm, StartForm
from portal.forms import Worded
from portal.views import tracking
from rulebook.errors import Refused


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The visitor's chats, and the first line of another."""
    now, named = clock.now(), branch_by_code(request.GET.get("branch", "")[:20])
    asked = request.GET.get("order", "")[:20]
    first = {"order_number": asked, "to": named.code if named else ORDERS if asked else CALL_CENTRE_CODE}
    form = StartForm(request.POST or None, request.FILES or None, initial=first, desks=_desks(named, now), error_class=Worded)
    if request.method == "POST" and not (access.may_write(request, now) and access.may_open_chat(request, now)):
        return tracking.too_often(request)
    if request.method == "POST" and form.is_valid() and (chat := _opened(request, form, named, now)):
        chatting.remember(request, chat)
        return redirect("portal:chat", key=chat.key)
    context = {"form": form, "chats": chatting.own(request)[: chatting.MOST_KEPT]}
    return render(request, "portal/chats.html", context, status=422 if form.errors else 200)


def _desks(named: Unit | None, now: datetime) -> list[tuple[str, str]]:
    """Return whom one can choose, each with a word about its hours."""
    desks = [(named.code, _told(named, now))] if named else []
    calls = head_department(CALL_CENTRE_CODE)
    return [*desks, (ORDERS, _("订单所属营业部（请填写订单号）")), *([(calls.code, _told(calls, now))] if calls else [])]


def _told(unit: Unit, now: datetime) -> str:
    return _("%s（现在是休息时间，回复可能较慢）") % unit.name if rests(unit, now) else unit.name


def _opened(request: HttpRequest, form: StartForm, named: Unit | None, now: datetime) -> Conversation | None:
    """Open the chat; None where the form has something to say instead."""
    said = form.cleaned_data
    order, proven = _order(request, form, now)
    unit = _unit(said["to"], order, named)
    if unit is None:
        form.add_error("order_number", _("请填写订单号；订单还没有营业部时，请选择呼叫中心。"))
    if form.errors or unit is None:
        return None
    try:
        return customers.open_chat(
            said=form.said(), unit=unit, now=now, account=chatting.account_of(request), name=said["name"], phone=said["phone"],
            order_number=order.number if order else "", proven=proven,
        )  # fmt: skip
    except Refused as refusal:
        form.refuse(refusal)
        return None


def _order(request: HttpRequest, form: StartForm, now: datetime) -> tuple[Order | None, bool]:
    """Return the order and whether the visitor has shown to be a party of it. The answer never tells which part was wrong."""
    number, tail = form.cleaned_data["order_number"].upper(), form.cleaned_data["tail"]
    if not number:
        return None, False
    known = access.right(request, number) != Right.PUBLIC
    if not known and not (access.may_look_up(request, 1, now) and (not tail or access.may_guess(request, number, now))):
        form.add_error("order_number", _("查询太频繁，请稍后再试，或不填订单号直接咨询呼叫中心。"))
        return None, False
    order = tracking.look_up(number)
    right = access.matched(order, tail if tracking.TAIL.fullmatch(tail) else "") if tail else Right.PUBLIC
    if order is None or (tail and right == Right.PUBLIC and not known):
        form.add_error("order_number", _("订单号或电话后四位不正确，请核对后重试。") if tail else _("没有这张订单，请核对订单号。"))
        return None, False
    if right != Right.PUBLIC and not known:
        access.grant(request, number, right)
    return order, known or right != Right.PUBLIC


def _unit(to: str, order: Order | None, named: Unit | None) -> Unit | None:
    if to == ORDERS:
        return order.branch if order else None
    return named if named and to == named.code else head_department(to)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def chat(request: HttpRequest, key: str) -> HttpResponse:
    """One chat of this visitor; a POST is another line."""
    now, found = clock.now(), _own(request, key)
    if request.method != "POST":
        return _page(request, found, LineForm(error_class=Worded))
    if not access.may_write(request, now):
        return tracking.too_often(request)
    form = LineForm(request.POST, request.FILES, error_class=Worded)
    if form.is_valid():
        try:
            customers.ask(pk=found.pk, said=form.said(), now=now)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _page(request, _own(request, key), form) if request.htmx else redirect("portal:chat", key=key)  # type: ignore[attr-defined]
    return _page(request, found, form, status=422)


def _own(request: HttpRequest, key: str) -> Conversation:
    """Return the visitor's chat, which this session remembers from here on; a stranger's is not there."""
    found = chatting.own(request).filter(key=key).first()
    if found is None:
        raise Http404
    if key not in chatting.remembered(request):
        chatting.remember(request, found)
    return found


def _page(request: HttpRequest, found: Conversation, form: LineForm, status: int = 200) -> HttpResponse:
    context = _shown(found) | {"form": form}
    template = "portal/chat.html#lines" if request.htmx else "portal/chat.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


def _shown(found: Conversation) -> dict[str, Any]:
    """Return the lines, read by the customer from here on."""
    lines = list(found.lines.select_related("unit"))
    customers.read_chat(pk=found.pk, side=Side.CUSTOMER, upto=len(lines))
    return {
        "chat": found, "lines": lines, "version": f"{len(lines)}.{found.state}.{found.unit_id}", "at_desk": False,
        "resting": rests(found.unit, clock.now()),
    }  # fmt: skip


@never_cache
@require_safe
def news(request: HttpRequest, key: str) -> HttpResponse:
    """Answer a poll: 204 while the chat is as the page shows it, at the cost of one query beside the session's own."""
    if key in chatting.remembered(request) and request.GET.get("v", "-") == chatting.state_of(key):
        return HttpResponse(status=204)
    return render(request, "portal/chat.html#lines", _shown(_own(request, key)))


@never_cache
@require_safe
def transcript(request: HttpRequest, key: str) -> HttpResponse:
    """The whole chat as a text file, to keep."""
    return attachment(_own(request, key))


@never_cache
@require_safe
def shown(request: HttpRequest, key: str, picture: str) -> HttpResponse:
    """A picture of the chat."""
    line = _own(request, key).lines.filter(picture=picture).exclude(picture="").first()
    if line is None:
        raise Http404
    return pictured(line)
