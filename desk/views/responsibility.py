"""The monthly responsibility report of a unit: as a page that drills down, a workbook and a sheet of paper (§1.6, §1.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import clock
from desk.officeforms import MonthScope
from desk.views.answers import explained, person_of
from desk.views.manage import own_unit
from network.access import staff_required
from network.choices import UnitKind
from network.models import Person, Unit
from orders import sheets
from orders.answers import download
from reports import responsibility
from reports.responsibility import APPEALS, FINES, GROUPS, POINTS, Column, Group, Line, Report, Sums
from rulebook.due import local_day

ALL = "all"
LISTS: dict[str, tuple[str, dict[str, str]]] = {
    **{column.key: ("points", {}) for column in POINTS.columns},
    "issued": ("actions", {"tab": ALL}), "done": ("actions", {"tab": "done"}), "waiting": ("actions", {"tab": "open"}),
    "overdue": ("actions", {"tab": "overdue"}), "withdrawn": ("actions", {"tab": "withdrawn"}),
    **{column.key: ("penalties", {}) for column in FINES.columns},
    "pending": ("penalties", {"tab": "pending"}), "reversed": ("penalties", {"state": "reversed"}),
    "filed": ("filings", {}), "granted": ("filings", {"state": "granted"}), "refused": ("filings", {"state": "refused"}),
    "raised": ("penalties", {"appeal": "raised"}), "upheld_for": ("penalties", {"appeal": "granted"}),
    "refused_to": ("penalties", {"appeal": "refused"}), "undecided": ("penalties", {"tab": "appeals"}),
}  # fmt: skip
"""The list behind each number: its page and what narrows it. Fines of another clause are narrowed by it too."""

SEEN_BY = {
    "points": ("see_points",), "actions": ("see_points",), "penalties": ("see_penalties",),
    "filings": ("decide_filing", "verify_filing", "file"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Number:
    """A number as the page shows it, and where it leads."""

    group: str
    label: Any
    says: str
    url: str


@staff_required
@explained
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show the month of a unit, what has to tie out, the fines by clause and the units below."""
    person = _reader(request)
    form = _form(request, person)
    report = _report(form)
    if report is None:
        return render(request, "desk/responsibility.html", {"form": form, "report": None}, status=422)
    month = report.month
    context = {
        "form": form, "report": report, "month": month, "query": _query(month, report.unit), "ties": report.ties(),
        "before": _query((month - timedelta(days=1)).replace(day=1), report.unit),
        "after": _query(responsibility.following(month), report.unit),
        "above": report.unit.parent if report.unit.parent and person.sees(report.unit.parent) else None,
        **_tables(report, person),
    }  # fmt: skip
    return render(request, "desk/responsibility.html", context)


@staff_required
@explained
@require_GET
def paper(request: HttpRequest) -> HttpResponse:
    """Show the same for A4 paper."""
    person = _reader(request)
    report = _known(_report(_form(request, person)))
    context = {
        "report": report, "query": _query(report.month, report.unit), "ties": report.ties(), "now": clock.now(), **_tables(report, person),
    }  # fmt: skip
    return render(request, "desk/print_responsibility.html", context)


@staff_required
@explained
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Give the units, the fines by clause and the ties as a workbook of three sheets."""
    report = _known(_report(_form(request, _reader(request))))
    head = [f"{group.label} · {column.label}" for group in GROUPS for column in group.columns]
    fines = [f"{group.label} · {column.label}" for group in (FINES, APPEALS) for column in group.columns]
    book = sheets.book_of([
        sheets.Sheet(_("单位"), _columns(_("单位"), *head), _rows(report)),
        sheets.Sheet(_("条款"), _columns(_("条款"), *fines), ([clause, *_cells(sums, FINES, APPEALS)] for clause, sums in report.clauses)),
        sheets.Sheet(_("勾稽"), _columns(_("项目"), _("关系"), _("结果")), ([t.name, t.says, *(t.faults or (_("相符"),))] for t in report.ties())),
    ])  # fmt: skip
    return download(book, f"responsibility-{report.unit.code}-{report.month:%Y-%m}.xlsx")


def _columns(*headers: str) -> list[sheets.Column]:
    return [sheets.Column(header) for header in headers]


def _rows(report: Report) -> Iterator[list[str]]:
    yield [f"{report.unit.name} {_('合计')}", *_cells(report.total, *GROUPS)]
    for line in report.lines:
        yield [_named(line), *_cells(line.sums, *GROUPS)]


def _cells(sums: Sums, *groups: Group) -> list[str]:
    return [_said(sums, column) for group in groups for column in group.columns]


def _said(sums: Sums, column: Column) -> str:
    return f"{sums[column.key]:.2f}" if column.money else str(sums[column.key])


def _named(line: Line) -> str:
    return f"{line.unit.name} {_('本级')}" if line.own else line.unit.name


def _reader(request: HttpRequest) -> Person:
    person = person_of(request)
    person.require("see_responsibility")
    return person


def _form(request: HttpRequest, person: Person) -> MonthScope:
    """Read month and unit from the URL; what it leaves out is one's own unit and this month."""
    start = {"unit": own_unit(person).code, "month": f"{local_day(clock.now()):%Y-%m}"}
    given = {key: value for key, value in request.GET.items() if value}
    return MonthScope({**start, **given}, units=Unit.objects.visible_to(person).order_by("path"), auto_id="scope_%s")


def _report(form: MonthScope) -> Report | None:
    """
    Return the report that was asked for, None where the form has errors.

    :raises Http404: the unit lies outside what the person may see
    """
    if form.is_valid():
        return responsibility.of_month(form.cleaned_data["month"], form.cleaned_data["unit"], now=clock.now())
    if any(error.code == "invalid_choice" for error in form.errors.as_data().get("unit", ())):
        raise Http404
    return None


def _known(report: Report | None) -> Report:
    if report is None:
        raise Http404
    return report


def _query(month: date, unit: Unit) -> str:
    return urlencode({"month": f"{month:%Y-%m}", "unit": unit.code})


def _tables(report: Report, person: Person) -> dict[str, Any]:
    """Return totals, units below and clauses, each number with the list behind it."""
    lists = Lists(report.month, person)
    return {
        "groups": [(group, lists.numbers(report.total, report.unit, group)) for group in GROUPS],
        "lines": [
            (line, _query(report.month, line.unit), [n for g in GROUPS for n in lists.numbers(line.sums, line.unit, g, own=line.own)])
            for line in report.lines
        ],
        "clauses": [
            (clause, [n for g in (FINES, APPEALS) for n in lists.numbers(sums, report.unit, g, clause=clause)])
            for clause, sums in report.clauses
        ],
        "fines": (FINES, APPEALS),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lists:
    """The pages behind the numbers of a month, those that this person may open."""

    month: date
    person: Person

    def numbers(self, sums: Sums, unit: Unit, group: Group, *, clause: str = "", own: bool = False) -> list[Number]:
        """Return a group's numbers; what lies with a unit itself has no list of its own."""
        urls = ("" if own or not sums[column.key] else self.behind(column.key, unit, clause) for column in group.columns)
        return [Number(group.key, column.label, _said(sums, column), url) for column, url in zip(group.columns, urls, strict=True)]

    def behind(self, key: str, unit: Unit, clause: str) -> str:
        """Return the address of the list, empty where there is none that shows just this."""
        view, narrowed = LISTS.get(key, ("", {}))
        if not view or not any(self.person.may(verb) for verb in SEEN_BY[view]):
            return ""
        whole = unit.kind == UnitKind.COMPANY
        query = {**narrowed, **self._span(view), **({} if whole else {"unit": unit.code}), **({"clause": clause} if clause else {})}
        return f"{reverse(f'desk:{view}')}?{urlencode(query)}{'#behind' if view == 'points' and not whole else ''}"

    def _span(self, view: str) -> dict[str, str]:
        if view == "filings":
            last = responsibility.following(self.month) - timedelta(days=1)
            return {"since": f"{self.month:%Y-%m-%d}", "until": f"{last:%Y-%m-%d}"}
        return {"month": f"{self.month:%Y-%m}"}

