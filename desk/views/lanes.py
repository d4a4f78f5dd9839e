"""Lost lanes: the list, entering one with a preview of every amount, one lane with what it charged, withdrawing it (§2.2.2)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from desk.laneforms import LaneForm, WithdrawForm
from desk.views.answers import PROBLEMS, explained, person_of, status_of
from desk.views.imports import download
from desk.views.penalties import dressed
from network.access import staff_required
from network.models import Person
from orders import sheets
from penalties import services
from penalties.choices import Lost
from penalties.models import LostLane, Penalty
from rulebook.due import local
from rulebook.errors import Refused

PAGE = 30
MOST_EXPORTED = 5_000
RELATED = ("key_account__customer", "credited_to", "entered_by", "withdrawn_by")


def _viewer(request: HttpRequest) -> Person:
    person = person_of(request)
    person.require("see_penalties")
    return person


@staff_required
@explained
@require_GET
def lanes(request: HttpRequest) -> HttpResponse:
    """List the lost lanes within one's scope, the latest first."""
    person = _viewer(request)
    found = LostLane.objects.visible_to(person).select_related(*RELATED).order_by("-entered_at", "-pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/lanes.html", {"page": page, "may_enter": person.may("manage_penalties"), "query": ""})


@staff_required
@explained
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Give the list as a workbook."""
    found = LostLane.objects.visible_to(_viewer(request)).select_related(*RELATED).order_by("-entered_at", "-pk")
    headers = (_("流失日期"), _("项目客户"), _("线路"), _("月均收入（元）"), _("受偿营业部"), _("状态"), _("流失原因"), _("登记人"))
    book = sheets.workbook([sheets.Column(str(header)) for header in headers], [_line(lane) for lane in found[:MOST_EXPORTED]])
    return download(book, f"lost-lanes-{local(clock.now()):%Y%m%d-%H%M}.xlsx")


def _line(lane: LostLane) -> list[str]:
    return [
        lane.lost_on.isoformat(), lane.key_account.name, lane.lane, f"{lane.mean:.2f}", lane.credited_to.name,
        str(lane.get_state_display()), lane.text, lane.entered_by.name,
    ]  # fmt: skip


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a lost lane: first every amount is shown, then, confirmed, charged."""
    person = _viewer(request)
    person.require("manage_penalties")
    form = LaneForm(request.POST if request.method == "POST" else None, initial={"key": uuid4()})
    bears = problem = None
    status = 200
    if form.is_bound and form.is_valid():
        try:
            if "confirm" in request.POST:
                lane = services.enter_lost_lane(key=form.cleaned_data["key"], loss=form.loss, by=person, now=clock.now())
                messages.success(request, _("已登记线路流失并计罚。"))
                return redirect("desk:lost-lane", lane.pk)
            bears = services.assess_loss(form.loss, by=person, now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        except PROBLEMS as trouble:
            problem, status = trouble, status_of(trouble)
    status = 422 if form.errors else status
    return render(request, "desk/lane_new.html", {"form": form, "bears": bears, "problem": problem}, status=status)


@staff_required
@explained
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One lost lane: what it was worth, who shares the fault, what it charged."""
    return _detail(request, pk)


def _detail(request: HttpRequest, pk: int, *, form: WithdrawForm | None = None, problem: Any = None, status: int = 200) -> HttpResponse:
    person = _viewer(request)
    lane = LostLane.objects.visible_to(person).select_related(*RELATED).filter(pk=pk).first()
    if lane is None:
        raise Http404
    fines = Penalty.objects.filter(cause=lane.subject).select_related("person", "unit").order_by("pk")
    context = {
        "lane": lane, "shares": lane.shares.select_related("unit", "person").order_by("pk"), "fines": dressed(fines), "problem": problem,
        "form": form or WithdrawForm(), "may_withdraw": lane.state == Lost.CHARGED and person.may("manage_penalties"),
    }  # fmt: skip
    return render(request, "desk/lane.html", context, status=status)


@staff_required
@explained
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what a lost lane had charged."""
    person = _viewer(request)
    if not LostLane.objects.visible_to(person).filter(pk=pk).exists():
        raise Http404
    person.require("manage_penalties")
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _detail(request, pk, form=form, status=422)
    try:
        services.withdraw_lost_lane(pk=pk, by=person, now=clock.now(), **form.cleaned_data)
    except Refused as refusal:
        form.refuse(refusal)
        return _detail(request, pk, form=form, status=422)
    except PROBLEMS as problem:
        return _detail(request, pk, problem=problem, status=status_of(problem))
    messages.success(request, _("已撤回，已计的处罚以冲回记录撤销。"))
    return redirect("desk:lost-lane", pk)
