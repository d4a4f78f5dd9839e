"""The tracking workbench: what nobody has said anything of, what is in trouble, a day's entries for many at once (§4.3.2.4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from delivery import services as delivery
from delivery.models import Shipment
from desk import tracking
from desk.trackforms import BulkTrackForm, TrackingFilters
from desk.views.answers import PROBLEMS, explained, person_of
from network.access import staff_required
from network.models import Person
from orders import sheets
from rulebook.due import local

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_EXPORTED = 5_000
MOST_AT_ONCE = 200
HEADERS = (
    _("订单号"), _("运单号"), _("状态"), _("所在"), _("最近更新"), _("时限到"), _("条款"), _("最近情况"), _("问题"), _("到达地"),
    _("货物"), _("件数"),
)  # fmt: skip
Results = list[tuple[str, str]]


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def workbench(request: HttpRequest) -> HttpResponse:
    """Show a tab, or what was pasted; a single number that is known opens its page at once. A POST enters the day's tracking."""
    person, now = _person(request), clock.now()
    if request.method == "POST":
        return _enter(request, person, now)
    numbers = tracking.split(request.GET.get("numbers", ""))
    if not numbers:
        return _listed(request, person, now)
    goods, unknown = tracking.found(person, numbers, now)
    if len(goods) == len(numbers) == 1:
        return redirect("desk:goods", goods[0].order.number)
    return _page(request, person, now, rows=tracking.rows(goods, now), pasted=" ".join(numbers), unknown=unknown, tab=None)


def _person(request: HttpRequest) -> Person:
    person = person_of(request)
    person.require("see_goods")
    return person


def _listed(request: HttpRequest, person: Person, now: datetime, **more: Any) -> HttpResponse:
    tab, filters, chosen = _chosen(request)
    found = tracking.listed(person, tab.key, chosen, now)
    page = Paginator(found, tracking.PAGE).get_page(request.GET.get("page"))
    return _page(
        request,
        person,
        now,
        rows=tracking.rows(page, now),
        page=page,
        tab=tab,
        filters=filters,
        filtered=any(chosen.values()),
        **more,
    )


def _chosen(request: HttpRequest) -> tuple[tracking.Tab, TrackingFilters, dict[str, Any]]:
    """Return the tab and filters the URL names; what it names wrongly is left out."""
    filters = TrackingFilters(request.GET)
    filters.is_valid()
    return tracking.TAB.get(request.GET.get("tab", ""), tracking.TABS[0]), filters, filters.cleaned_data


def _page(request: HttpRequest, person: Person, now: datetime, *, status: int = 200, **context: Any) -> HttpResponse:
    number = tracking.counts(person, now)
    query = urlencode({key: value for key, value in request.GET.items() if key not in ("page", "tab")})
    blank: dict[str, Any] = {
        "page": None, "filters": TrackingFilters(), "filtered": False, "pasted": "", "unknown": [], "results": [],
        "entry": BulkTrackForm(auto_id="entry_%s"),
    }  # fmt: skip
    shared = {
        "now": now, "tabs": [(each, number[each.key]) for each in tracking.TABS], "may_track": person.may("forward"),
        "query": f"{query}&" if query else "", "most": tracking.MOST_NUMBERS,
    }  # fmt: skip
    tab = context.get("tab")
    shared["pages"] = f"{shared['query']}tab={tab.key}&" if tab else shared["query"]
    return render(request, "desk/tracking.html", blank | shared | context, status=status)


@staff_required
@explained
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Give the tab with its filters, or what was pasted, as a workbook with the columns of the page."""
    person, now = _person(request), clock.now()
    tab, _filters, chosen = _chosen(request)
    numbers = tracking.split(request.GET.get("numbers", ""))
    goods = (
        tracking.found(person, numbers, now)[0]
        if numbers
        else tracking.listed(person, tab.key, chosen, now)[:MOST_EXPORTED]
    )
    book = sheets.workbook(
        [sheets.Column(str(header)) for header in HEADERS], [_line(row) for row in tracking.rows(goods, now)]
    )
    name = f"tracking-{tab.key}-{local(now):%Y%m%d-%H%M}.xlsx"
    return HttpResponse(book, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _line(row: tracking.Row) -> list[str]:
    goods, order = row.goods, row.goods.order
    due = f"{local(row.clock.due_at):%Y-%m-%d %H:%M:%S}" if row.clock and row.clock.due_at else ""
    return [
        order.number, order.waybill.number, goods.get_state_display(), row.where, f"{local(goods.heard_at):%Y-%m-%d %H:%M:%S}", due,
        row.clock.clause if row.clock else "", f"{row.last.time} {row.last.text}" if row.last else "",
        " ".join(chip.word for chip in row.problems), row.destination, order.goods, str(goods.pieces),
    ]  # fmt: skip


def _enter(request: HttpRequest, person: Person, now: datetime) -> HttpResponse:
    """Enter the day's tracking for all ticked (§1.3.2.1); each answers for itself."""
    person.require("forward")
    numbers = request.POST.getlist("number")[:MOST_AT_ONCE]
    form = BulkTrackForm(request.POST, auto_id="entry_%s")
    if not form.is_valid() or not numbers:
        said = [each for errors in form.errors.values() for each in errors] or [_t("请至少选择一票订单。")]
        return _listed(request, person, now, entry=form, results=[("", each) for each in said], status=422)
    failed = [(number, said) for number in numbers if (said := _one(number, person, now, form.values()))]
    good = len(numbers) - len(failed)
    messages.success(request, _t("成功 %(good)d 票，未成功 %(bad)d 票。") % {"good": good, "bad": len(failed)})
    return _listed(request, person, now, results=failed, status=422) if failed else redirect(request.get_full_path())


def _one(number: str, person: Person, now: datetime, values: dict[str, Any]) -> str:
    try:
        delivery.act(number=number[:20], verb="track", clerk=person, now=now, **values)
    except PROBLEMS as problem:
        return str(problem)
    except Shipment.DoesNotExist:
        return _t("没有这票货物，或不属于您的单位。")
    return ""
