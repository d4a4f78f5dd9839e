"""How customers find us: the month's calls, the survey's analysis, the standards with the telephone's figures (§4.2.9, §4.3.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from core.language import in_words
from core.personal import mask_phone
from customers import services
from customers.models import Customer, CustomerCall
from desk.serviceforms import CallForm, PhoneDayForm, PhoneFileForm
from desk.views.answers import PROBLEMS, explained, person_of
from network.access import staff_required
from network.models import Person
from orders import sheets
from reports import service as figures
from reports.service import Month
from rulebook.errors import Refused
from sla.choices import State
from sla.models import Step

PAGE = 30
MOST_SHOWN = 50
NAMES = {
    "chats": _("2 分钟内人工回复在线咨询"),
    "answered": _("电话接通率"), "two_rings": _("两声内接听"), "waiting": _("10 秒内接听或提示等待"), "enquiries": _("15 分钟内答复咨询"),
    "mails": _("按时答复邮件"), "tickets": _("1 个工作日内整理问题单"), "anomalies": _("按承诺答复异常"), "callbacks": _("按承诺回电"), "interim": _("3 日内书面阶段答复投诉"),
    "called": _("当月已回访客户"),
}  # fmt: skip
COLUMNS = {"部门编号": "unit", "日期": "on", "来电": "offered", "接听": "answered", "两声内接听": "in_two_rings", "10秒内接听或已提示等待": "waited_well"}


def _month(request: HttpRequest, now: datetime) -> Month:
    """Return the month asked for as 2026-11, this one where none is or it is none."""
    match = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", request.GET.get("month", ""))
    return Month.of(int(match[1]), int(match[2])) if match else Month.holding(now)


def _seen_by(request: HttpRequest) -> Person:
    person = person_of(request)
    person.require("see_service")
    return person


@staff_required
@explained
@require_GET
def calls(request: HttpRequest) -> HttpResponse:
    """Whom to call this month, the longest not called first; and what the last calls said (§4.3.2.9)."""
    person, now = _seen_by(request), clock.now()
    month = _month(request, now)
    page = Paginator(figures.to_call(person, month), PAGE).get_page(request.GET.get("page"))
    last = CustomerCall.objects.visible_to(person).select_related("customer", "by").order_by("-at")[:20]
    context = {"month": month, "page": page, "last": last, "may_call": person.may("call_customer"), "query": f"month={month.first:%Y-%m}&"}
    return render(request, "desk/service_calls.html", context)


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """One customer's calls, and the form for another."""
    person, now = _seen_by(request), clock.now()
    customer = Customer.objects.visible_to(person).select_related("branch").filter(pk=pk).first()
    if customer is None:
        raise Http404
    form = CallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.record_call(customer=pk, clerk=person, now=now, **form.cleaned_data)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("回访已登记。"))
            return redirect("desk:service-calls")
    context = {"customer": customer, "masked": mask_phone(customer.phone), "form": form, "calls": customer.calls.select_related("by").order_by("-at")[:50], "may_call": person.may("call_customer")}
    return render(request, "desk/service_call.html", context, status=422 if form.errors else 200)


@staff_required
@explained
@require_GET
def survey(request: HttpRequest) -> HttpResponse:
    """The month's satisfaction survey, analysed by question and by branch (§4.2.9)."""
    person = _seen_by(request)
    month = _month(request, clock.now())
    found = figures.survey(person, month)
    opinions = [(in_words(each.question), each) for each in found.opinions]
    words = [(each, [(in_words(figures.QUESTIONS[code]), score) for code, score in each.scores.items()]) for each in found.words]
    return render(request, "desk/service_survey.html", {"month": month, "survey": found, "opinions": opinions, "words": words})


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def standards(request: HttpRequest) -> HttpResponse:
    """The standards of service of a month; the telephone's figures come in by form or file (§4.3.1)."""
    person, now = _seen_by(request), clock.now()
    day, file = PhoneDayForm(auto_id="day_%s"), PhoneFileForm(auto_id="file_%s")
    if request.method == "POST":
        if "table" in request.FILES or request.POST.get("file"):
            file = PhoneFileForm(request.POST, request.FILES, auto_id="file_%s")
            stored = _stored(file, lambda: _lines(file.cleaned_data["table"].read()), person, now)
        else:
            day = PhoneDayForm(request.POST, auto_id="day_%s")
            stored = _stored(day, lambda: [services.Counted(**day.cleaned_data)], person, now)
        if stored:
            messages.success(request, _t("已保存 %d 天的电话数据。") % stored)
            return redirect("desk:service-standards")
    month = _month(request, now)
    rows = [(NAMES[each.code], each) for each in figures.standards(person, month, now=now)]
    unanswered = figures.unanswered(person, month, now=now) if person.may("see_complaints") else []
    context = {
        "month": month, "rows": rows, "day": day, "file": file, "may_enter": person.may("phone_figures"), "columns": list(COLUMNS),
        "unanswered": unanswered[:MOST_SHOWN], "more": max(len(unanswered) - MOST_SHOWN, 0),
    }  # fmt: skip
    return render(request, "desk/service_standards.html", context, status=422 if day.errors or file.errors else 200)


@staff_required
@explained
@require_GET
def standard(request: HttpRequest, code: str) -> HttpResponse:
    """The rows behind a share that is counted from clocks: each limit of the month, missed ones first, with who answered."""
    person, now = _seen_by(request), clock.now()
    clause = next((clause for clause, each in figures.CLOCKED.items() if each == code), "")
    if not clause:
        raise Http404
    month, late = _month(request, now), request.GET.get("late") == "1"
    found = figures.judged_steps(person, month, clause, now).select_related("deadline__holder", "deadline__order", "responsible_person")
    found = (found.exclude(state=State.MET) if late else found).order_by(Case(When(state=State.MET, then=1), default=0), "-at", "pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "name": NAMES[code], "clause": clause, "month": month, "page": page, "late": late, "rows": [(step, _place(step)) for step in page],
        "query": f"month={month.first:%Y-%m}&{'late=1&' if late else ''}",
    }  # fmt: skip
    return render(request, "desk/service_standard.html", context)


PLACES: dict[str, tuple[str, tuple[str, ...]]] = {
    "chat": ("desk:chat", ()), "ticket": ("desk:service-one", ("tickets",)), "enquiry": ("desk:service-one", ("enquiries",)),
    "mail": ("desk:service-one", ("enquiries",)), "complaint": ("desk:complaint", ()),
}  # fmt: skip


def _place(step: Step) -> str:
    """Return the page of what the clock ran for, where it has one by its key."""
    kind, _slash, key = step.deadline.subject.partition("/")
    if kind not in PLACES:
        return ""
    view, before = PLACES[kind]
    return reverse(view, args=[*before, key])


def _stored(form: Any, lines: Any, person: Person, now: datetime) -> int:
    """Store what the form holds; return how many days, 0 where the form says what is wrong."""
    if not form.is_valid():
        return 0
    try:
        return len(services.import_phone_days(lines=lines(), clerk=person, now=now))
    except sheets.BadTable as bad:
        form.add_error("table", bad.reason)
    except PROBLEMS as problem:
        form.add_error("table" if "table" in form.fields else getattr(problem, "field", None) or None, str(problem))
    return 0


def _lines(content: bytes) -> list[services.Counted]:
    """
    :raises BadTable: no table, a column missing
    :raises Refused: names the first line that is no figure
    """
    table = sheets.read(content)
    if missing := [name for name in COLUMNS if name not in table.headers]:
        raise sheets.BadTable(_t("缺少列：%s。") % "、".join(missing))
    return [_line(number, row) for number, row in table.rows]


def _line(number: int, row: Mapping[str, str]) -> services.Counted:
    said = {field: row.get(column, "").strip() for column, field in COLUMNS.items()}
    try:
        on = date.fromisoformat(said.pop("on")[:10])
        unit = said.pop("unit")
        return services.Counted(unit=unit, on=on, **{name: int(text) for name, text in said.items()})
    except ValueError as wrong:
        raise Refused("§4.3.1.2", _t("第 %d 行：日期须如 2026-11-23，数量须为整数。") % number, field="table") from wrong
