"""The chat console: what waits first, one chat with its order beside it, the reply, handing over, ending (§3.2, §4.3.1.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from customers import services as customers
from customers.choices import Side
from customers.models import ChatLine, Conversation
from customers.transcripts import attachment, picture
from desk import chats
from desk.chatforms import ChatFilters, ReplyForm, TransferForm
from desk.priceforms import Refusable
from desk.queries import ranges
from desk.views.answers import PROBLEMS, explained, person_of, status_of
from desk.views.imports import download
from network.access import staff_required
from network.choices import CALL_CENTRE_CODE
from network.models import Person, Unit
from notify.services import see_chat
from orders import sheets
from rulebook.due import local
from rulebook.errors import Refused
from sla.models import Deadline
from sla.services import explain

SALT = "desk.chats"
DAY = 24 * 3600
MOST_EXPORTED = 5_000
MOST_SUGGESTED = 30
HEADERS = (
    _("编号"), _("状态"), _("接待单位"), _("待回复自"), _("客户"), _("电话"), _("订单号"), _("身份"), _("开始时间"), _("最近一条"), _("条数"), _("未读"),
)  # fmt: skip
FORMS: dict[str, type[Refusable]] = {"answer": ReplyForm, "transfer": TransferForm}


def _viewer(request: HttpRequest) -> Person:
    person = person_of(request)
    person.require("see_chats")
    return person


def _unchanged(request: HttpRequest, about: object, seen: Any) -> bool:
    """
    Tell whether what the page shows is what there is. The signed version names the login and its scope, so that "nothing new" costs
    one query beside the session's own; whether the account may still come in is asked before anything is shown.
    """
    try:
        owner, what, version = signing.loads(request.GET.get("v", ""), salt=SALT, max_age=DAY)
    except signing.BadSignature:
        return False
    mine = str(owner) == request.session.get(SESSION_KEY)
    return mine and (about is None or what == about) and version == seen(what)


def _signed(request: HttpRequest, about: object, version: str) -> str:
    return signing.dumps([request.user.pk, about, version], salt=SALT, compress=True)


# The list.


@staff_required
@explained
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Chats of one's units by tab, what waits longest first."""
    return render(request, "desk/chats.html", _listed(request, _viewer(request), clock.now()))


@require_GET
def rows(request: HttpRequest) -> HttpResponse:
    """Answer a poll: 204 while nothing has changed since the page was drawn, else the rows anew."""
    now = clock.now()
    if _unchanged(request, None, lambda scope: chats.version(scope, now)):
        return HttpResponse(status=204)
    return _rows(request, now)


@staff_required
@explained
def _rows(request: HttpRequest, now: datetime) -> HttpResponse:
    return render(request, "desk/chats.html#rows", _listed(request, _viewer(request), now))


def _chosen(request: HttpRequest) -> tuple[chats.Tab, ChatFilters]:
    """Return the tab and filters the URL names; what it names wrongly is left out."""
    filters = ChatFilters(request.GET)
    filters.is_valid()
    return chats.TAB.get(request.GET.get("tab", ""), chats.TABS[0]), filters


def _listed(request: HttpRequest, person: Person, now: datetime) -> dict[str, Any]:
    scope = ranges(person)
    seen = chats.version(scope, now)  # read before the rows: what happens meanwhile is shown by the next poll
    tab, filters = _chosen(request)
    found = list(chats.listed(person, tab, filters.cleaned_data, request.GET.get("after", ""))[: chats.PAGE + 1])
    query = urlencode({key: value for key, value in request.GET.items() if key not in ("v", "tab", "after")})
    number = chats.counts(person)
    return {
        "now": now, "tab": tab, "tabs": [(each, number[each.key]) for each in chats.TABS], "filters": filters,
        "filtered": any(filters.cleaned_data.values()), "query": f"{query}&" if query else "", "waiting": number["waiting"],
        "rows": chats.clocked(found[: chats.PAGE]), "after": request.GET.get("after", "")[:40],
        "more": chats.cursor_of(found[chats.PAGE - 1], tab) if len(found) > chats.PAGE else "",
        "version": _signed(request, scope, seen),
    }  # fmt: skip


@staff_required
@explained
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Give the tab with its filters as a workbook; phones stay masked."""
    person, (tab, filters) = _viewer(request), _chosen(request)
    found = chats.listed(person, tab, filters.cleaned_data)[:MOST_EXPORTED]
    book = sheets.workbook([sheets.Column(str(header)) for header in HEADERS], [_line(each) for each in found])
    return download(book, f"chats-{tab.key}-{local(clock.now()):%Y%m%d-%H%M}.xlsx")


def _line(chat: Conversation) -> list[str]:
    moments = (f"{local(at):%Y-%m-%d %H:%M:%S}" if at else "" for at in (chat.waiting_since, chat.opened_at, chat.last_at))
    waiting, opened, last = moments
    proven = _t("已验证") if chat.proven else _t("未验证")
    return [
        str(chat.pk), str(chat.get_state_display()), chat.unit.name, waiting, chat.name, chat.masked_phone, chat.order_number, proven,
        opened, last, str(chat.count), str(chat.unread),
    ]  # fmt: skip


# One chat.


def _found(person: Person, pk: int) -> Conversation:
    chat = Conversation.objects.visible_to(person).select_related("unit").filter(pk=pk).first()
    if chat is None:
        raise Http404
    return chat


@staff_required
@explained
@require_GET
def chat(request: HttpRequest, pk: int) -> HttpResponse:
    """One chat; opening it is reading it."""
    return _page(request, pk)


def _page(request: HttpRequest, pk: int, *, forms: dict[str, Refusable] | None = None, problem: Any = None, status: int = 200) -> HttpResponse:
    person, now = _viewer(request), clock.now()
    shown = _shown(request, person, pk, problem)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "desk/chat.html#lines", shown | {"problem": problem, "forms": forms or {}}, status=status)
    talk, beside = shown["chat"], chats.card(person, shown["chat"].order_number)
    forms = {name: kind(auto_id=f"{name}_%s") for name, kind in FORMS.items()} | (forms or {})
    context = shown | {
        "now": now, "card": beside, "forms": forms, "may": person.may("chat"), "may_file": person.may("file"), "phrases": chats.phrases(person.unit_for(talk.unit), beside),
        "units": _suggested(talk, beside),
    }  # fmt: skip
    return render(request, "desk/chat.html", context, status=status)


def _shown(request: HttpRequest, person: Person, pk: int, problem: Any) -> dict[str, Any]:
    """Return the lines with the chat's clocks, read from here on by whoever may answer."""
    seen = chats.state_of(pk)
    talk = _found(person, pk)
    if person.may("chat"):
        customers.read_chat(pk=pk, side=Side.STAFF, upto=talk.count)
        see_chat(chat=pk, person=person, now=clock.now())
    clocks = Deadline.objects.filter(subject=talk.subject).select_related("holder").order_by("-started_at", "-due_at")[: chats.MOST_CLOCKS]
    return {
        "chat": talk, "lines": talk.lines.select_related("unit", "person"), "clocks": clocks, "now": clock.now(), "problem": problem, "at_desk": True,
        "version": _signed(request, pk, seen),
    }  # fmt: skip


def _suggested(talk: Conversation, beside: chats.Card | None) -> list[Unit]:
    """Return whom the chat may be handed to with one choice: the call centre, the order's branch, the region's branches."""
    named = [beside.order.branch_id] if beside and beside.order.branch_id else []
    near = Unit.objects.filter(parent=talk.unit.parent_id, closed_at=None)
    found = Unit.objects.filter(code=CALL_CENTRE_CODE) | Unit.objects.filter(pk__in=named) | near.branches()
    return [unit for unit in found.order_by("kind", "code")[:MOST_SUGGESTED] if unit != talk.unit]


@require_GET
def news(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a poll: 204 while the chat is as the page shows it, else its lines anew."""
    if _unchanged(request, pk, chats.state_of):
        return HttpResponse(status=204)
    return _news(request, pk)


@staff_required
@explained
def _news(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "desk/chat.html#lines", _shown(request, _viewer(request), pk, None))


@staff_required
@explained
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Reply, hand over or end."""
    person = _viewer(request)
    _found(person, pk)
    form = FORMS[verb](request.POST, request.FILES, auto_id=f"{verb}_%s") if verb in FORMS else None
    if form is not None and not form.is_valid():
        return _page(request, pk, forms={verb: form}, status=422)
    try:
        _do(verb, form, pk, person)
    except Refused as refusal:
        if form is not None:
            form.refuse(refusal)
        return _page(request, pk, forms={verb: form} if form else None, problem=None if form else refusal, status=422)
    except PROBLEMS as problem:
        return _page(request, pk, problem=problem, status=status_of(problem))
    if verb == "answer":
        return _page(request, pk) if request.htmx else redirect("desk:chat", pk)  # type: ignore[attr-defined]
    messages.success(request, _t("已转接。") if verb == "transfer" else _t("咨询已结束。"))
    return redirect("desk:chats")


def _do(verb: str, form: Any, pk: int, person: Person) -> None:
    now = clock.now()
    match verb:
        case "answer":
            customers.answer_chat(pk=pk, clerk=person, said=form.said(), now=now)
        case "transfer":
            customers.transfer_chat(pk=pk, clerk=person, now=now, **form.cleaned_data)
        case "close":
            customers.close_chat(pk=pk, clerk=person, now=now)
        case _:
            raise Http404


@staff_required
@explained
@require_GET
def shown(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """A picture of the chat."""
    line = ChatLine.objects.filter(conversation=_found(_viewer(request), pk), picture=key).exclude(picture="").first()
    if line is None:
        raise Http404
    return picture(line)


@staff_required
@explained
@require_GET
def why(request: HttpRequest, pk: int, deadline: UUID) -> HttpResponse:
    """Why this deadline? The same lines as in the API, in the reader's language."""
    talk = _found(_viewer(request), pk)
    found = Deadline.objects.filter(subject=talk.subject).select_related("holder").get(pk=deadline)
    lines = [line.say(str(get_language())) for line in explain(found)]
    return render(request, "desk/chat_why.html", {"chat": talk, "clock": found, "lines": lines, "now": clock.now()})


@staff_required
@explained
@require_GET
def transcript(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole chat as a text file."""
    return attachment(_found(_viewer(request), pk))
