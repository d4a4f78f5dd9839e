"""Outages: see what a fault touched, then file, verify, decide all of it in one act (§3.6.1)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from desk.outageforms import OutageForm, WordsForm
from desk.views.answers import PROBLEMS, explained, person_of, status_of
from network.access import staff_required
from network.models import Person
from penalties.choices import State as Penal
from penalties.models import Penalty
from rulebook.errors import Conflict, Denied, Refused
from sla import services as sla
from sla.choices import FILING_OPEN, FilingState, FilingVerb, OutageActState
from sla.models import Outage
from sla.services.outages import RIGHTS

PAGE = 50
OUTSIDE = {
    "before": gettext_lazy("故障开始前已到期"), "after": gettext_lazy("故障结束后才起算"), "clause": gettext_lazy("该时限不因此原因免责"),
    "filed": gettext_lazy("已有待处理的备案"), "excused": gettext_lazy("已免责"), "running": gettext_lazy("仍在进行，尚未超时"),
}  # fmt: skip
"""Why something near an outage is not excused by it."""


def _concerned(request: HttpRequest) -> Person:
    person = person_of(request)
    if not any(person.may(right) for right in ("open_outage", "verify_filing", "decide_filing")):
        raise Denied(_("您的岗位不处理成批备案。"))
    return person


@staff_required
@explained
@require_GET
def outages(request: HttpRequest) -> HttpResponse:
    """List the outages of one's units, the latest first."""
    person = _concerned(request)
    found = Outage.objects.visible_to(person).select_related("opened_by").prefetch_related("units")
    counted = found.annotate(clocks=Count("rows")).order_by("-opened_at", "-pk")
    page = Paginator(counted, PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/outages.html", {"page": page, "query": "", "may_open": person.may("open_outage")})


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask what happened, show what it touched, and file it when that has been seen."""
    person, now = _concerned(request), clock.now()
    person.require("open_outage")
    own = person.unit.code if person.unit and not person.nationwide else ""
    form = OutageForm(request.POST or None, person=person, initial={"units": own})
    if request.method == "GET" or not form.is_valid():
        return _asked(request, form)
    try:
        if "preview" in request.POST or not form.was_previewed:
            return _previewed(request, form, sla.preview(form.fault(), person, now))
        act = sla.open_outage(
            fault=form.fault(), text=form.cleaned_data["text"], seen=form.cleaned_data["seen"], person=person, now=now
        )
    except Refused as refusal:
        form.refuse(refusal)
        return _asked(request, form)
    except Conflict as problem:
        return _previewed(request, form, sla.preview(form.fault(), person, now), problem=problem)
    messages.success(request, _("已成批备案。") if act.state == OutageActState.DONE else _("成批备案已开始，可在此页看进度。"))
    return redirect("desk:outage", act.outage_id)


def _asked(request: HttpRequest, form: OutageForm) -> HttpResponse:
    return render(request, "desk/outage_new.html", {"form": form, "preview": None}, status=422 if form.is_bound else 200)


def _previewed(request: HttpRequest, form: OutageForm, preview: sla.Preview, problem: Exception | None = None) -> HttpResponse:
    units, people, fines, amount = _consequences(form.fault())
    context = {
        "form": form, "preview": preview, "problem": problem, "units": units, "people": people, "fines": fines, "amount": amount,
        "outside": [(each.step, OUTSIDE[each.why]) for each in preview.outside],
    }  # fmt: skip
    return render(request, "desk/outage_new.html", context, status=409 if problem else 200)


def _consequences(fault: sla.Fault) -> tuple[list[Any], list[Any], int, Decimal]:
    """Return whose breaches they are, by unit and person, and the fines that would be reversed."""
    steps = sla.struck_steps(fault)
    counted = steps.order_by().values
    units = list(counted("responsible_unit__name").annotate(count=Count("pk")).order_by("-count", "responsible_unit__name"))
    people = list(counted("responsible_person__name").annotate(count=Count("pk")).order_by("-count", "responsible_person__name"))
    causes = [f"step/{key}" for key in steps.values_list("pk", flat=True)]
    standing = Penalty.objects.filter(cause__in=causes).exclude(state=Penal.REVERSED)
    found = standing.aggregate(count=Count("pk"), amount=Sum("amount"))
    return units, people, found["count"], found["amount"] or Decimal("0.00")


@staff_required
@explained
@require_GET
def outage(request: HttpRequest, pk: int) -> HttpResponse:
    """One outage: how far its acts have come, each row, what can be done next."""
    return _outage(request, pk)


def _outage(
    request: HttpRequest, pk: int, *, verb: str = "", form: WordsForm | None = None, problem: Any = None, status: int = 200
) -> HttpResponse:
    person = _concerned(request)
    found = Outage.objects.visible_to(person).select_related("opened_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    rows = found.rows.filter(person.scope("deadline__holder__path")).select_related("deadline__order", "deadline__holder", "filing")
    wanted = request.GET.get("show", "")
    rows = rows.exclude(said="") if wanted == "failed" else rows
    acts = list(found.acts.select_related("by").order_by("pk"))
    running = bool(acts) and acts[-1].state == OutageActState.RUNNING
    forms = [
        (each, form if each == verb and form else WordsForm(auto_id=f"{each}_%s"), each == verb)
        for each in _open_verbs(found, person) if not running
    ]  # fmt: skip
    context = {
        "outage": found, "acts": acts, "running": running, "forms": forms, "problem": problem, "failed": form is not None,
        "page": Paginator(rows.order_by("pk"), PAGE).get_page(request.GET.get("page")), "show": wanted,
        "query": f"show={wanted}&" if wanted else "",
    }  # fmt: skip
    part = "#progress" if request.htmx and request.method == "GET" else ""  # type: ignore[attr-defined]
    return render(request, f"desk/outage.html{part}", context, status=status)


def _open_verbs(outage: Outage, person: Person) -> list[FilingVerb]:
    """Return what this person may do with all of it, as far as any of its filings stands where that starts."""
    states = set(outage.rows.exclude(filing=None).values_list("filing__state", flat=True))
    starts = {
        FilingVerb.CONFIRM: {FilingState.FILED, FilingState.REOPENED}, FilingVerb.DENY: {FilingState.FILED, FilingState.REOPENED},
        FilingVerb.GRANT: {FilingState.VERIFIED}, FilingVerb.REFUSE: set(FILING_OPEN),
        FilingVerb.REOPEN: {FilingState.GRANTED, FilingState.REFUSED},
    }  # fmt: skip
    return [verb for verb, sources in starts.items() if states & sources and person.may(RIGHTS[verb])]


@staff_required
@explained
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Do one verb with every filing of an outage."""
    person, now = _concerned(request), clock.now()
    if verb not in RIGHTS or not Outage.objects.visible_to(person).filter(pk=pk).exists():
        raise Http404
    form = WordsForm(request.POST, auto_id=f"{verb}_%s")
    if not form.is_valid():
        return _outage(request, pk, verb=verb, form=form, status=422)
    try:
        done = sla.act_on_outage(outage_id=pk, verb=verb, words=form.cleaned_data["words"], person=person, now=now)
    except PROBLEMS as problem:
        return _outage(request, pk, problem=problem, status=status_of(problem))
    good = done.handled - done.failed
    if done.state == OutageActState.DONE:
        messages.success(request, _("成功 %(good)d 条，未成功 %(bad)d 条。") % {"good": good, "bad": done.failed})
    return redirect("desk:outage", pk)
