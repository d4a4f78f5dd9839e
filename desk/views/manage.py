"""The figures of §1.5 for a unit and a period; every number leads to the rows it was counted from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET

from core import clock
from core.language import english, in_words
from desk.officeforms import Scope
from desk.views.answers import explained
from network.access import staff_required
from network.choices import UnitKind
from network.models import Person, Unit
from orders import sheets
from orders.models import Order
from reports import kpis
from rulebook.due import local, local_day

PAGE = 50
MOST = 50_000  # rows of a file; more than that is narrowed first
WRITERS = {
    "csv": sheets.comma_separated,
    "xlsx": lambda head, rows: sheets.workbook([sheets.Column(title) for title in head], rows),
}
FEW = 20  # below this a share says little: shown grey
SIDES = {
    kpis.PART: gettext_lazy("计入的"),
    kpis.MISSED: gettext_lazy("未达标的"),
    kpis.WHOLE: gettext_lazy("全部"),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The unit, period and channel that a page of figures is about."""

    unit: Unit
    since: date
    until: date
    channel: str

    @property
    def period(self) -> kpis.Period:
        return kpis.Period.days(self.since, self.until)

    @property
    def narrowing(self) -> kpis.Narrowing:
        return kpis.Narrowing(channel=self.channel)

    def query(self, **changes: str) -> str:
        own = {"unit": self.unit.code, "since": self.since, "until": self.until, "channel": self.channel}
        return urlencode({**own, **changes})


@dataclass(frozen=True, slots=True)
class Figure:
    """A score as the page shows it, in the reader's language."""

    score: kpis.Score
    name: str
    part: str
    whole: str
    percent: str

    @property
    def few(self) -> bool:
        return self.score.whole < FEW


@staff_required
@explained
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """Show the figures of the chosen unit, and of each unit below it."""
    person, now = _manager(request), clock.now()
    form = _form(request, person, now)
    chosen = _chosen(form, person)
    if chosen is None:
        return render(request, "desk/manage.html", {"form": form, "chosen": None}, status=422)
    context = {
        "form": form, "chosen": chosen, "query": chosen.query(), "few": FEW,
        "figures": [_figure(score) for score in _scores(chosen, person, now)],
        "waiting": kpis.waiting(chosen.unit, chosen.period, now=now, narrowing=chosen.narrowing),
        "below": _below(chosen, now) if not chosen.channel else [], "names": _names(chosen),
    }  # fmt: skip
    return render(request, "desk/manage.html", context)


def _manager(request: HttpRequest) -> Person:
    person: Person = request.person  # type: ignore[attr-defined]
    person.require("see_kpis")
    return person


def _form(request: HttpRequest, person: Person, now: datetime) -> Scope:
    """Read the scope from the URL; what it leaves out is one's own unit and this month up to today."""
    today = local_day(now)
    start = {"unit": own_unit(person).code, "since": today.replace(day=1).isoformat(), "until": today.isoformat()}
    given = {key: value for key, value in request.GET.items() if value}
    return Scope({**start, **given}, units=Unit.objects.visible_to(person).order_by("path"), auto_id="scope_%s")


def own_unit(person: Person) -> Unit:
    """Return the unit one starts with: one's own, the whole company for those who see all of it."""
    company = Unit.objects.filter(kind=UnitKind.COMPANY).first() if person.nationwide else None
    unit = company or person.unit
    if unit is None:
        raise Http404
    return unit


def _chosen(form: Scope, person: Person) -> Chosen | None:
    """
    Return what was chosen, None where the form has errors.

    :raises Http404: the unit lies outside what the person may see
    """
    if form.is_valid():
        return Chosen(**form.cleaned_data)
    if any(error.code == "invalid_choice" for error in form.errors.as_data().get("unit", ())):
        raise Http404
    return None


def _codes(chosen: Chosen) -> list[str]:
    """The call centre's own figure belongs to it and to those above it."""
    above = chosen.unit.kind == UnitKind.COMPANY or chosen.unit.kind == UnitKind.DEPARTMENT
    return [code for code in kpis.FIGURES if code != kpis.ASSIGNMENT or above]


def _scores(chosen: Chosen, person: Person, now: datetime) -> list[kpis.Score]:
    options: Any = {"now": now, "narrowing": chosen.narrowing}
    return [kpis.score(code, chosen.unit, chosen.period, **options) for code in _codes(chosen)]


def _figure(score: kpis.Score) -> Figure:
    row = score.kpi
    names = (row.en, row.part_en, row.whole_en) if english() else (row.zh, row.part_zh, row.whole_zh)
    return Figure(score, *names, percent="–" if score.share is None else f"{score.share * 100:.2f}%")


def _names(chosen: Chosen) -> list[str]:
    rows = [kpis.FIGURES[code] for code in _codes(chosen)]
    return [in_words(row) for row in rows]


def _below(chosen: Chosen, now: datetime) -> list[tuple[Unit, list[Figure | None]]]:
    """Return each unit right below with its figures, in the order of the page's own."""
    codes = _codes(chosen)
    found = {code: dict(kpis.by_unit(code, chosen.unit, chosen.period, now=now)) for code in codes}
    units = sorted({unit for scores in found.values() for unit in scores}, key=lambda unit: unit.code)
    return [(unit, [_figure(found[code][unit]) if unit in found[code] else None for code in codes]) for unit in units]


@staff_required
@explained
@require_GET
def rows(request: HttpRequest) -> HttpResponseBase:
    """List what is behind one number, on pages or as a file with the same columns."""
    person, now = _manager(request), clock.now()
    code, side = request.GET.get("kpi", ""), request.GET.get("side", kpis.WHOLE)
    chosen = _chosen(_form(request, person, now), person)
    if chosen is None or code not in kpis.FIGURES or side not in SIDES:
        raise Http404
    found = kpis.rows(code, chosen.unit, chosen.period, side, now=now, narrowing=chosen.narrowing)
    if (kind := request.GET.get("as", "")) in WRITERS:
        name = f"{code}-{side}-{chosen.unit.code}-{chosen.since}-{chosen.until}.{kind}"
        content = WRITERS[kind](head(code), cells(code, found[:MOST].iterator(chunk_size=1000)))
        return FileResponse(BytesIO(content), as_attachment=True, filename=name)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    kpi = kpis.FIGURES[code]
    context = {
        "chosen": chosen, "page": page, "head": head(code), "rows": list(cells(code, page)), "kpi": kpi, "side": side,
        "name": in_words(kpi), "sides": [(key, SIDES[key], chosen.query(kpi=code, side=key)) for key in SIDES],
        "query": f"{chosen.query(kpi=code, side=side)}&", "back": chosen.query(), "most": MOST,
    }  # fmt: skip
    return render(request, "desk/manage_rows.html", context)


def head(code: str) -> list[str]:
    """Return the columns of the rows behind a figure."""
    common = [_("订单号"), _("渠道"), pgettext("label", "营业部")]
    if code == kpis.SUCCESS:
        return [*common, _("下单时间"), _("开单时间"), _("状态")]
    return [*common, _("条款"), _("起算"), _("到期"), _("结束"), _("结果"), _("责任人")]


def cells(code: str, found: Iterable[Any]) -> Iterator[list[str]]:
    for row in found:
        yield _of_order(row) if code == kpis.SUCCESS else _of_step(row)


def _of_order(order: Order) -> list[str]:
    return [
        order.number, order.get_channel_display(), str(order.branch or ""), _at(order.placed_at),
        _at(order.waybilled_at), order.get_state_display(),
    ]  # fmt: skip


def _of_step(step: Any) -> list[str]:
    deadline = step.deadline
    order = deadline.order
    return [
        order.number if order else deadline.subject, order.get_channel_display() if order else "",
        str(deadline.holder or ""), step.clause, _at(deadline.started_at), _at(step.at), _at(deadline.stopped_at),
        step.get_state_display(), str(step.responsible_person or ""),
    ]  # fmt: skip


def _at(moment: datetime | None) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M:%S}" if moment else ""
