"""The complaint desk (screens §3.3 #16): the list, one complaint with its whole course, what can be done with it, filing one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST

from complaints.models import Complaint, Evidence, Saying
from complaints.services.common import may_handle
from core import clock
from core.language import in_words
from core.models import Entry
from core.personal import mask_name, mask_phone
from desk import complaints as board
from desk import penaltywords, words
from desk.complaintacts import ACTS, Act, replies
from desk.complaintforms import ActForm, Filters
from desk.views.answers import PROBLEMS, back_to, explained, person_of, status_of
from network.access import staff_required
from network.models import Person
from notify.services import see_complaint
from orders import sheets
from orders.answers import download
from penalties.models import Penalty, PointEntry
from rulebook.categories import CAUSES
from rulebook.due import local
from rulebook.errors import Refused
from rulebook.findings import FINDINGS
from rulebook.points import POINTS
from sla.models import Deadline
from sla.services import explain

MOST_EXPORTED = 5000
HEADERS = (
    lazy("投诉编号"), lazy("状态"), lazy("投诉类别"), lazy("时限"), lazy("条款"), lazy("订单"), lazy("责任或被投诉方"), lazy("投诉来源"),
    lazy("登记时间"), lazy("轮次"), lazy("情节严重"), lazy("重复投诉"), lazy("处理人"), lazy("投诉内容"),
)  # fmt: skip
RELATED = ("order__branch", "branch", "person", "fault", "owner", "filed_by", "unit", "key_account__customer", "repeats")


def viewer(request: HttpRequest) -> Person:
    person = person_of(request)
    person.require("see_complaints")
    return person


def _chosen(request: HttpRequest) -> tuple[board.Tab, Filters, dict[str, Any]]:
    """Return the tab and filters the URL names; what it names wrongly is left out."""
    filters = Filters(request.GET)
    filters.is_valid()
    return board.TAB.get(request.GET.get("tab", ""), board.TABS[0]), filters, filters.cleaned_data


@staff_required
@explained
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """List what one sees, those first whose clock runs out first."""
    return _listed(request, viewer(request), clock.now())


def _listed(request: HttpRequest, person: Person, now: datetime, *, problem: Any = None, status: int = 200) -> HttpResponse:
    tab, filters, chosen = _chosen(request)
    seen = board.known(person, chosen, now)
    counts = board.counts(seen)
    page = Paginator(board.listed(seen, tab), board.PAGE).get_page(request.GET.get("page"))
    query = urlencode({key: value for key, value in request.GET.items() if key not in ("page", "tab")})
    context = {
        "now": now, "tabs": [(each, counts[f"in_{each.key}"]) for each in board.TABS], "tab": tab, "page": page, "filters": filters,
        "rows": [(row, may_handle(row.complaint, person)) for row in board.rows(page, now)], "filtered": any(chosen.values()),
        "may_file": person.may("file_complaint"), "problem": problem, "query": f"{query}&" if query else "",
        "pages": f"{query}&tab={tab.key}&" if query else f"tab={tab.key}&",
    }  # fmt: skip
    return render(request, "desk/complaints.html", context, status=status)


@staff_required
@explained
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Give the tab with its filters as a workbook, with the columns of the page."""
    person, now = viewer(request), clock.now()
    tab, _filters, chosen = _chosen(request)
    found = board.listed(board.known(person, chosen, now), tab)[:MOST_EXPORTED]
    book = sheets.workbook([sheets.Column(str(each)) for each in HEADERS], [_line(row) for row in board.rows(found, now)])
    return download(book, f"complaints-{tab.key}-{local(now):%Y%m%d-%H%M}.xlsx")


def _line(row: board.Row) -> list[str]:
    each, due = row.complaint, row.clock.due_at if row.clock else None
    return [
        each.number, each.get_state_display(), row.category, f"{local(due):%Y-%m-%d %H:%M:%S}" if due else "",
        row.clock.clause if row.clock else "", each.order.number if each.order else "", str(row.responsible or ""),
        each.get_filer_display(), f"{local(each.filed_at):%Y-%m-%d %H:%M:%S}", str(each.round), _yes(each.serious),
        _yes(each.repeated), each.owner.name if each.owner else "", each.text,
    ]  # fmt: skip


def _yes(value: bool) -> str:
    return _("是") if value else ""


@staff_required
@explained
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One complaint: its clocks, what is known, its whole course, what can be done."""
    return _detail(request, pk)


def seen_by(person: Person, pk: int) -> Complaint:
    related = ("rulings__branch", "rulings__person", "rulings__by", "redresses__person")
    found = Complaint.objects.visible_to(person).select_related(*RELATED).prefetch_related(*related)
    complaint = found.filter(pk=pk).first()
    if complaint is None:
        raise Http404
    return complaint


def _detail(
    request: HttpRequest, pk: int, *, failed: str = "", form: ActForm | None = None, problem: Any = None, status: int = 200
) -> HttpResponse:
    person, now = viewer(request), clock.now()
    complaint = seen_by(person, pk)
    see_complaint(complaint=pk, person=person, now=now)
    entries = list(Entry.objects.filter(subject=complaint.subject).order_by("occurred_at", "pk"))
    said = dict(Saying.objects.filter(complaint=complaint).values_list("entry_id", "text"))
    told = zip(words.timeline(entries), (said.get(entry.pk, "") for entry in reversed(entries)), strict=True)
    acts = [
        (name, act, form if name == failed and form else _form(act, name, complaint))
        for name, act in ACTS.items()
        if act.may(complaint, person) and act.now(complaint)
    ]
    context = {
        "complaint": complaint, "kind": in_words(complaint.kind), "now": now, "acts": acts, "failed": failed,
        "problem": problem, "clocks": _clocks(complaint), "timeline": list(told), "owed": complaint.owed(),
        "cause": in_words(CAUSES[complaint.cause]) if complaint.cause else "", "rulings": _rulings(complaint),
        "files": Evidence.objects.of(complaint.subject), "others": board.related_to(complaint, person),
        "contact": _contact(request, complaint, now), "may_see_contact": person.may("answer_complaint"),
        **_consequences(complaint, person),
        "replies": replies(complaint) if may_handle(complaint, person) else [],
    }  # fmt: skip
    return render(request, "desk/complaint.html", context, status=status)


SHOWN = "complaint_contacts"
SHOWN_FOR = timedelta(minutes=15)


def _contact(request: HttpRequest, complaint: Complaint, now: datetime) -> str:
    """Return who complained, masked unless it was shown to this login a moment ago, which is on record."""
    shown_at = request.session.get(SHOWN, {}).get(str(complaint.pk), 0)
    if now.timestamp() - shown_at <= SHOWN_FOR.total_seconds():
        return f"{complaint.contact_name} {complaint.contact_phone}".strip()
    return f"{mask_name(complaint.contact_name)} {mask_phone(complaint.contact_phone)}".strip()


def _clocks(complaint: Complaint) -> QuerySet[Deadline]:
    return Deadline.objects.filter(subject=complaint.subject).select_related("holder").order_by("started_at", "due_at")


def _consequences(complaint: Complaint, person: Person) -> dict[str, Any]:
    """Return the fines and points that followed from its adjudications, as far as this person may see them (§1.7)."""
    fined = Penalty.objects.visible_to(person).filter(cause__startswith=f"{complaint.subject}/").order_by("pk")
    scored = PointEntry.objects.visible_to(person).filter(subject=complaint.subject).select_related("branch").order_by("pk")
    return {
        "fines": [(each, penaltywords.what(each), penaltywords.payer(each)) for each in fined.select_related("person", "unit")],
        "scores": scored if person.may("see_points") else (),
    }


def _rulings(complaint: Complaint) -> list[dict[str, Any]]:
    """Put each round's decision into words, the latest first."""
    return [
        {
            "ruling": each, "item": in_words(POINTS[each.point_code]) if each.point_code else "",
            "found": [FINDINGS[code] for code in each.findings if code in FINDINGS],
        }
        for each in sorted(complaint.rulings.all(), key=lambda row: -row.round)
    ]  # fmt: skip


def _form(act: Act, name: str, complaint: Complaint, *data: Any) -> ActForm | None:
    return act.form(*data, complaint=complaint, auto_id=f"{name}_%s") if act.form else None


@staff_required
@explained
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Do one verb with one complaint; taking one from the list leads back to the list."""
    person, what, now = viewer(request), ACTS.get(verb), clock.now()
    if what is None:
        raise Http404
    complaint = seen_by(person, pk)
    form = _form(what, verb, complaint, request.POST, request.FILES)
    if form is not None and not form.is_valid():
        return _detail(request, pk, failed=verb, form=form, status=422)
    try:
        what.service(pk=pk, clerk=person, now=now, **(form.values() if form else {}))
    except Refused as refusal:
        if form is not None:
            form.refuse(refusal)
        return _detail(request, pk, failed=verb, form=form, problem=None if form else refusal, status=422)
    except PROBLEMS as problem:
        return _detail(request, pk, failed=verb, form=form, problem=problem, status=status_of(problem))
    messages.success(request, f"{complaint.number} · {what.label}")
    return redirect(back_to(request, reverse("desk:complaint", args=[pk])))


@staff_required
@explained
@require_GET
def why(request: HttpRequest, pk: int, deadline: UUID) -> HttpResponse:
    """Why this deadline? The same lines as in the API, in the reader's language."""
    complaint = seen_by(viewer(request), pk)
    found = _clocks(complaint).get(pk=deadline)
    lines = [line.say(str(get_language())) for line in explain(found)]
    return render(request, "desk/complaint_why.html", {"complaint": complaint, "clock": found, "lines": lines, "now": clock.now()})
