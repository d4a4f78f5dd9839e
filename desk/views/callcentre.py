"""The call centre's board: nationwide, assigned by one key (§1.2.1.3, §1.2.1.5, §3.6.1)."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from desk import callboard
from desk.forms import text_field
from desk.views.answers import explained, status_of
from desk.views.queue import KEYS_OFF
from network.access import staff_required
from network.models import Person, Unit
from notify import services as notify
from notify.words import say
from orders import services as orders
from orders.models import Order
from orders.services.desk import UNDO
from rulebook.errors import Conflict, Denied, Refused

UNDOABLE = "calls_undoable"  # the agent's last assignment, kept in the session


@staff_required
@explained
def board(request: HttpRequest) -> HttpResponse:
    """Show the board; a poll that names the version it has is answered 204 while nothing has changed."""
    person = _watcher(request)
    if request.htmx and request.GET.get("v") == callboard.version(person):  # type: ignore[attr-defined]
        return HttpResponse(status=204)
    return _board(request, person, clock.now())


def _watcher(request: HttpRequest) -> Person:
    person: Person = request.person  # type: ignore[attr-defined]
    person.require("watch_calls")
    return person


def _board(
    request: HttpRequest, person: Person, now: datetime, problem: Exception | None = None, number: str = ""
) -> HttpResponse:
    tab = request.GET.get("tab", "todo")
    tab = tab if tab in callboard.TAB else "todo"
    name = "desk/callcentre.html#board" if request.htmx else "desk/callcentre.html"  # type: ignore[attr-defined]
    context = {
        "tab": tab, "tabs": callboard.TABS, "counts": callboard.counts(person, now), "now": now, "problem": problem,
        "problem_number": number, "version": callboard.version(person), "may_assign": person.may("assign"),
        "undo": _undoable(request, now), "keys": not request.session.get(KEYS_OFF), "query": f"tab={tab}&", **_content(request, person, tab, now),
    }  # fmt: skip
    return render(request, name, context, status=status_of(problem) if problem else 200)


def _content(request: HttpRequest, person: Person, tab: str, now: datetime) -> dict[str, Any]:
    found: Any = callboard.alarms(person) if tab == "alarms" else callboard.clocks(person, tab, now)
    page = Paginator(found, callboard.PAGE).get_page(request.GET.get("page"))
    if tab == "alarms":
        return {"page": page, "rows": [], "alarms": [(message, say(message)) for message in page]}
    return {"page": page, "rows": callboard.rows(page, now), "alarms": []}


def _undoable(request: HttpRequest, now: datetime) -> dict[str, Any] | None:
    """Return the agent's last assignment while it can be taken back, with the instant until which it can."""
    last = request.session.get(UNDOABLE)
    until = datetime.fromisoformat(last["at"]) + UNDO if last else now - timedelta(1)
    return {**last, "until": until} if now <= until else None


@staff_required
@explained
@require_POST
def assign(request: HttpRequest, number: str) -> HttpResponse:
    """Give the order to the branch whose key was pressed: a first assignment, or a move away from a branch that slept."""
    person, now = _watcher(request), clock.now()
    branch = Unit.objects.branches().filter(code=request.POST.get("branch", "").strip()[:20]).first()
    try:
        if branch is None:
            raise Refused("§1.2.1.3", _("没有这个编号的营业部，或它已撤销，请从建议中选择。"), field="branch")
        words = _give(request, number, branch, person, now)
    except (Refused, Conflict, Denied) as problem:
        return _board(request, person, now, problem, number)
    return _done(request, person, now, words)


def _give(request: HttpRequest, number: str, branch: Unit, person: Person, now: datetime) -> str:
    """Assign or move; what the page saw decides which, so that a race is told and not turned into the other act."""
    if request.POST.get("had"):
        reason = text_field("", 300).clean(request.POST.get("reason", "").strip()[:300]) or _(
            "超过 10 分钟未受理，呼叫中心改派"
        )
        _still_there(number, request.POST["had"], person)
        orders.reassign(number=number, branch=branch, clerk=person, reason=reason, now=now)
        request.session.pop(UNDOABLE, None)
        return _("订单 %(number)s 已改派到 %(branch)s。") % {"number": number, "branch": branch.name}
    orders.assign(number=number, branch=branch, clerk=person, now=now)
    request.session[UNDOABLE] = {"number": number, "branch": branch.name, "at": now.isoformat()}
    return _("订单 %(number)s 已分配给 %(branch)s。") % {"number": number, "branch": branch.name}


def _still_there(number: str, had: str, person: Person) -> None:
    """:raises Conflict: the order has left the branch at which the page showed it"""
    order = Order.objects.visible_to(person).select_related("branch").get(number=number)
    if order.branch is None or order.branch.code != had:
        raise Conflict(_("订单已不在原营业部，请刷新后再操作。"), **order.last_act())


@staff_required
@explained
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back one's own assignment within its ten seconds (design §6.27)."""
    person, now = _watcher(request), clock.now()
    last = request.session.pop(UNDOABLE, None)
    try:
        if last is None:
            raise Conflict(_("没有可以撤销的分配。"))
        orders.take_back_assignment(number=last["number"], clerk=person, now=now)
    except (Refused, Conflict, Denied) as problem:
        return _board(request, person, now, problem)
    return _done(request, person, now, _("已撤销分配：订单 %s 回到待分配。") % last["number"])


@staff_required
@explained
@require_POST
def seen(request: HttpRequest, number: str) -> HttpResponse:
    """Note that the alarm about an order has been seen (§3.6.1)."""
    person, now = _watcher(request), clock.now()
    notify.see(order_number=number, person=person, now=now)
    return _done(request, person, now, _("已标记：订单 %s 的告警已查看。") % number)


def _done(request: HttpRequest, person: Person, now: datetime, words: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        messages.success(request, words)
        return _board(request, person, now)
    messages.success(request, words)
    tab = request.GET.get("tab", "")
    return redirect(f"{reverse('desk:callcentre')}?tab={tab}" if tab in callboard.TAB else reverse("desk:callcentre"))
