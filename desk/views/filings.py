"""备案: a branch states why a clock was missed, the department acknowledges or refuses (§1.4.2, §1.3.3.1)."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from core.language import english
from delivery.models import Circumstance
from desk import words
from desk.officeforms import DecisionForm, FilingForm
from desk.views.answers import explained
from network.access import staff_required
from network.models import Person
from rulebook.windows import NOTED, filing_needed, noted_in_time
from sla import services as sla
from sla.choices import FilingState, State, StepKind
from sla.models import Deadline, Filing

PAGE = 30


@staff_required
@explained
@require_GET
def filings(request: HttpRequest) -> HttpResponse:
    """Show what can be filed and what has been: a branch its own, the department everybody's."""
    person = _concerned(request)
    fileable = (
        Deadline.objects.visible_to(person).fileable().select_related("order", "holder").order_by("-due_at", "pk")
    )
    state = request.GET.get("state", "")
    filed = _visible(person)
    filed = filed.filter(state=state) if state in FilingState.values else filed
    context = {
        "fileable": Paginator(fileable, PAGE).get_page(request.GET.get("fileable")) if person.may("file") else None,
        "page": Paginator(filed.order_by("-filed_at", "-pk"), PAGE).get_page(request.GET.get("page")),
        "state": state, "states": FilingState.choices, "query": f"state={state}&" if state else "",
        "may_decide": person.may("decide_filing"),
    }  # fmt: skip
    return render(request, "desk/filings.html", context)


def _concerned(request: HttpRequest) -> Person:
    person: Person = request.person  # type: ignore[attr-defined]
    person.require("decide_filing" if person.may("decide_filing") else "file")
    return person


def _visible(person: Person) -> Any:
    related = ("deadline__order", "deadline__holder", "order__branch", "filed_by", "decided_by")
    return Filing.objects.visible_to(person).select_related(*related)


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def file(request: HttpRequest, deadline: str) -> HttpResponse:
    """File the reason for one clock."""
    person, now = _concerned(request), clock.now()
    late = Deadline.objects.visible_to(person).select_related("order", "holder").get(pk=deadline)
    form = FilingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sla.file(
            deadline_id=deadline, clerk=person, reason=sla.reason_for(late), text=form.cleaned_data["text"], now=now
        )
        messages.success(request, _("备案已提交，等待电子商务管理部处理。"))
        return redirect("desk:filings")
    context = {"form": form, "deadline": late, "breaches": _breaches(late), "lines": _why(late), "notes": _notes(late)}
    return render(request, "desk/filing_new.html", context, status=422 if form.is_bound else 200)


def _breaches(deadline: Deadline) -> list[Any]:
    steps = deadline.steps.exclude(kind=StepKind.WARN).filter(state__in=(State.BREACHED, State.EXCUSED)).order_by("at")
    return [
        step for step in steps
        if step.clause in NOTED or filing_needed(step.clause, started_at=deadline.started_at, due_at=step.at)
    ]  # fmt: skip


def _notes(deadline: Deadline) -> list[Any]:
    """Return the special circumstances noted for the goods, each with whether it came before the limit (§1.3.3.1)."""
    kind, _slash, key = deadline.subject.partition("/")
    if kind != "shipment" or deadline.clause not in NOTED or deadline.due_at is None:
        return []
    noted = Circumstance.objects.filter(shipment=key).select_related("person").order_by("at")
    due = deadline.due_at
    return [(row, words.reason_words(row.cause), noted_in_time(deadline.clause, noted_at=row.at, due_at=due)) for row in noted]


def _why(deadline: Deadline) -> list[str]:
    return [line.say("en" if english() else "zh") for line in sla.explain(deadline)]


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a filing; the department acknowledges or refuses it."""
    person, now = _concerned(request), clock.now()
    filing = get_object_or_404(_visible(person), pk=pk)
    form = DecisionForm(request.POST or None)
    if request.method == "POST":
        person.require("decide_filing")
        if form.is_valid():
            sla.decide_filing(filing_id=pk, person=person, now=now, **form.cleaned_data)
            granted = _("已认可，超时已免责。") if filing.deadline_id else _("已认可系统外开单的备案。")
            told = granted if form.cleaned_data["grant"] else _("已记录不认可。")
            messages.success(request, told)
            return redirect("desk:filings")
    deadline = filing.deadline
    earlier = Filing.objects.filter(deadline=deadline).exclude(pk=pk) if deadline else Filing.objects.none()
    context = {
        "filing": filing, "form": form, "deadline": deadline,
        "breaches": _breaches(deadline) if deadline else [], "lines": _why(deadline) if deadline else [],
        "notes": _notes(deadline) if deadline else [],
        "earlier": earlier.select_related("decided_by").order_by("filed_at"), "may_decide": person.may("decide_filing") and filing.state == FilingState.FILED,
    }  # fmt: skip
    return render(request, "desk/filing.html", context, status=422 if form.is_bound else 200)
