"""A day's money at every branch: four equations, each sum leading to its rows, as a page and as a workbook (§4.3.3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core import clock
from desk.cashforms import LedgerDays
from desk.views.answers import explained, person_of
from network.access import staff_required
from network.models import Person
from orders import sheets
from reports import reconciliation
from reports.reconciliation import OF_FREIGHT, PARTS, Day
from rulebook.due import at, local, local_day

PAGE = 100
MOST_DAYS = 31
MOST_EXPORTED = 20_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OF_ROWS = (
    _("订单号"), _("营业部"), _("金额（元）"), _("状态"), _("收款人"), _("收款时间"), _("清点时间"), _("存款单号"), _("银行确认"),
    _("最迟汇付日"), _("汇付批次"), _("汇付时间"),
)  # fmt: skip


@staff_required
@explained
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show the days asked for, today if none; with `part` also the rows one sum is made of."""
    person, today = person_of(request), local_day(clock.now())
    person.require("see_cash")
    given = request.GET if request.GET.get("since") else {"since": f"{today:%F}", "until": f"{today:%F}"}
    form = LedgerDays(given)
    if not form.is_valid():
        return _render(request, {"form": form, "days": []}, 422)
    since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    if not timedelta() <= until - since < timedelta(days=MOST_DAYS):
        form.add_error("until", _t("止日不能早于起日，最多 %d 天。") % MOST_DAYS)
        return _render(request, {"form": form, "days": []}, 422)
    found = reconciliation.days(person, at(since), at(until, 24))
    part = request.GET.get("part", "")
    if part:
        return _part(request, person, form, found, part)
    if request.GET.get("as") == "xlsx":
        return _file(f"cash-days-{since:%Y%m%d}-{until:%Y%m%d}", *_sheet_of_days(found))
    return _render(request, {"form": form, "days": found})


def _part(request: HttpRequest, person: Person, form: LedgerDays, found: list[Day], part: str) -> HttpResponse:
    """Show the rows of one sum: of the branch and day named, or of all."""
    if part not in PARTS:
        raise Http404
    since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    rows: Any = reconciliation.cohort(person, at(since), at(until, 24), part).filter(PARTS[part][1])
    if unit := request.GET.get("unit", ""):
        rows = rows.filter(unit__code=unit)
    rows = rows.select_related("order", "unit", "collected_by").order_by("collected_at", "pk")
    if request.GET.get("as") == "xlsx":
        lines = [_line(cash) for cash in rows[:MOST_EXPORTED]]
        return _file(f"cash-{part}-{since:%Y%m%d}-{until:%Y%m%d}", [str(header) for header in OF_ROWS], lines)
    query = urlencode({key: value for key, value in request.GET.items() if key != "page"})
    context = {
        "form": form, "days": found, "part": part, "part_name": PARTS[part][0], "unit": unit, "freight": part in OF_FREIGHT,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")), "pages": f"{query}&",
    }  # fmt: skip
    return _render(request, context)


def _render(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    blank = {"part": "", "page": None, "pages": "", "unit": "", "part_name": "", "freight": False}
    query = urlencode({key: request.GET[key] for key in ("since", "until") if key in request.GET})
    return render(
        request, "desk/reconciling.html", blank | {"query": f"{query}&" if query else ""} | context, status=status
    )


def _sheet_of_days(found: Sequence[Day]) -> tuple[list[str], list[list[str]]]:
    labels = [str(label) for label, _condition in PARTS.values()]
    header = [str(_t("日期")), str(_t("营业部")), *labels, str(_t("核对"))]
    return header, [[f"{day.on:%F}", day.unit.name, *_amounts(day), _verdict(day)] for day in found]


def _amounts(day: Day) -> list[str]:
    terms = [term for equation in day.equations for term in (equation.left, *equation.right)]
    amounts = {term.part: str(term.amount) for term in terms}
    return [amounts.get(part, "0.00") for part in PARTS]


def _verdict(day: Day) -> str:
    return str(_t("相符")) if day.ties_out else str(_t("不符"))


def _line(cash: Any) -> list[str]:
    """A row of either kind; freight is ours once it lies in the bank, and is paid out to nobody."""
    names = ("collected_at", "counted_at", "confirmed_at", "remitted_at")
    moments = (getattr(cash, name, None) for name in names)
    collected, counted, confirmed, remitted = (f"{local(m):%Y-%m-%d %H:%M:%S}" if m else "" for m in moments)
    pay_by, batch = getattr(cash, "pay_by", None), getattr(cash, "batch", "")
    return [
        cash.order.number, cash.unit.name if cash.unit else "", str(cash.amount), cash.get_state_display(),
        cash.collected_by.name if cash.collected_by else "", collected, counted, cash.bank_slip, confirmed,
        f"{pay_by:%F}" if pay_by else "", batch, remitted,
    ]  # fmt: skip


def _file(name: str, header: Sequence[str], lines: Sequence[Sequence[str]]) -> HttpResponse:
    book = sheets.workbook([sheets.Column(each) for each in header], lines)
    return HttpResponse(book, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'})
