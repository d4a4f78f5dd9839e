"""The working-day calendar: by year, edited day by day with its source, the clocks it moves shown first (§0.6)."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import clock
from desk.officeforms import DayForm
from desk.views.answers import explained
from network.access import staff_required
from network.models import CalendarDay, Person
from network.services import calendar, calendar_with
from rulebook.due import local_day
from rulebook.workdays import FIRST_YEAR, LAST_YEAR, published
from sla.services import apply_calendar, calendar_moves

SHOWN = 50  # moved clocks listed before the rest is only counted


@dataclass(frozen=True, slots=True)
class Cell:
    day: date
    is_workday: bool
    confirmed: bool
    edited: bool
    unusual: bool  # a weekend worked, a weekday off


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def year(request: HttpRequest) -> HttpResponse:
    """Show a year; take a day's edit, first as a preview of what it moves, then for good."""
    person: Person = request.person  # type: ignore[attr-defined]
    person.require("calendar")
    if request.method == "POST":
        return _edit(request, person)
    return _page(request, DayForm(initial=_start(request)))


def _start(request: HttpRequest) -> dict[str, Any]:
    """Start the form with the day that was clicked, as it stands."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return {"confirmed": True}
    stored = CalendarDay.objects.filter(date=day).first()
    now = calendar()
    known = {"date": day, "is_workday": str(int(now.is_workday(day))), "confirmed": not now.is_provisional(day)}
    return known | {"source": stored.source if stored else ""}


def _edit(request: HttpRequest, person: Person) -> HttpResponse:
    form, now = DayForm(request.POST), clock.now()
    if not form.is_valid():
        return _page(request, form, status=422)
    values = form.cleaned_data
    day = {"is_workday": values["is_workday"], "confirmed": values["confirmed"]}
    if request.POST.get("act") != "confirm":
        moves = calendar_moves(calendar_with(values["date"], **day), now=now)
        return _page(request, form, moves=moves)
    moves = apply_calendar(values["date"], **day, source=values["source"], person=person, now=now)
    told = {"day": values["date"].isoformat(), "count": len(moves)}
    messages.success(request, _("%(day)s 已保存；%(count)d 个进行中的时限改为新的到期时间。") % told)
    return redirect(f"{reverse('desk:calendar')}?year={values['date'].year}")


def _page(request: HttpRequest, form: DayForm, moves: list[Any] | None = None, status: int = 200) -> HttpResponse:
    now = clock.now()
    shown = _year(request, form, local_day(now).year)
    days = _days(shown)
    context = {
        "form": form, "year": shown, "months": _months(shown, days), "years": (shown - 1, shown + 1),
        "first": FIRST_YEAR, "last": LAST_YEAR, "provisional": not all(cell.confirmed for cell in days.values()),
        "edited": CalendarDay.objects.filter(date__year=shown), "today": local_day(now), "now": now,
        "moves": moves, "shown": moves[:SHOWN] if moves else [], "rest": max(len(moves or []) - SHOWN, 0),
        "workdays": sum(cell.is_workday for cell in days.values()),
    }  # fmt: skip
    return render(request, "desk/calendar.html", context, status=status)


def _year(request: HttpRequest, form: DayForm, this: int) -> int:
    """Return the year to show: asked for, else of the day being edited, else the present one; within the calendar."""
    asked = request.GET.get("year", "")
    if asked.isascii() and asked.isdigit():
        return min(max(int(asked[:5]), FIRST_YEAR), LAST_YEAR)
    chosen = form.cleaned_data.get("date") if form.is_bound and form.is_valid() else form.initial.get("date")
    return min(max(chosen.year if chosen else this, FIRST_YEAR), LAST_YEAR)


def _days(shown: int) -> dict[date, Cell]:
    edited = {row.date: (row.is_workday, row.confirmed) for row in CalendarDay.objects.filter(date__year=shown)}
    cells = {}
    for row in published():
        if row.on.year == shown:
            is_workday, confirmed = edited.get(row.on, (row.is_workday, row.confirmed))
            unusual = is_workday != (row.on.weekday() < 5)
            cells[row.on] = Cell(row.on, is_workday, confirmed, row.on in edited, unusual)
    return cells


def _months(shown: int, days: dict[date, Cell]) -> list[tuple[date, list[list[Cell | None]]]]:
    weeks = months.Calendar()
    return [
        (
            date(shown, month, 1),
            [[days[d] if d.month == month else None for d in week] for week in weeks.monthdatescalendar(shown, month)],
        )
        for month in range(1, 13)
    ]
