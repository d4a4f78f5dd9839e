"""Slips scanned in one after another, each answering for itself; the list to chase as a workbook (§2.1.3.5, §2.1.5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from delivery import services as delivery
from delivery.models import SignSlip
from desk.views.answers import PROBLEMS, explained, person_of
from desk.views.slips import CLAUSES
from network.access import staff_required
from network.models import Person
from orders import sheets
from rulebook.due import local
from sla.models import Deadline

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEPT = "slip_scans"
SHOWN = 30
MOST_EXPORTED = 5_000
HEADERS = (
    _("订单号"), _("运单号"), _("签收单"), _("状态"), _("签收时间"), _("时限到"), _("条款"), _("是否超时"), _("持有单位"), _("始发营业部"),
    _("派送营业部"), _("说明"),
)  # fmt: skip


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def scan(request: HttpRequest) -> HttpResponse:
    """One field, one scan after another; what became of the last ones stays in sight."""
    person = person_of(request)
    person.require("slip")
    if request.method == "POST":
        if request.POST.get("clear"):
            request.session[KEPT] = []
        elif text := request.POST.get("number", "").strip().upper()[:20]:
            _keep(request, _scanned(text, person, clock.now()))
        if not request.headers.get("HX-Request"):
            return redirect("desk:slips-scan")
    scans = request.session.get(KEPT, [])
    context = {"scans": scans, "good": sum(each["ok"] for each in scans), "bad": sum(not each["ok"] for each in scans)}
    page = "desk/slipscan.html#scans" if request.headers.get("HX-Request") else "desk/slipscan.html"
    return render(request, page, context)


def _scanned(text: str, person: Person, now: datetime) -> dict[str, Any]:
    at = f"{local(now):%H:%M:%S}"
    try:
        slip = delivery.receive(number=text, clerk=person, now=now)
    except SignSlip.DoesNotExist:
        return {"at": at, "number": text, "ok": False, "said": _t("没有这个号码的签收单。")}
    except PROBLEMS as problem:
        return {"at": at, "number": text, "ok": False, "said": str(problem)}
    where = slip.unit.name if slip.unit else ""
    return {"at": at, "number": slip.shipment.order.number, "ok": True, "said": f"{slip.get_state_display()} · {where}"}


def _keep(request: HttpRequest, scanned: dict[str, Any]) -> None:
    request.session[KEPT] = [scanned, *request.session.get(KEPT, [])][:SHOWN]


@staff_required
@explained
@require_GET
def chase(request: HttpRequest) -> HttpResponse:
    """Give the slips to chase as a workbook, the oldest signature first."""
    person, now = person_of(request), clock.now()
    person.require("slip")
    seen = SignSlip.objects.visible_to(person).to_chase()
    slips = list(
        seen.select_related("shipment__order__branch", "shipment__order__waybill", "shipment__terminal", "unit")[
            :MOST_EXPORTED
        ]
    )
    clocks = Deadline.objects.open().filter(clause__in=CLAUSES, order__in=[slip.shipment.order_id for slip in slips])
    due = {each.subject: each for each in clocks}
    lines = [_line(slip, due.get(slip.subject), now) for slip in slips]
    book = sheets.workbook([sheets.Column(str(header)) for header in HEADERS], lines)
    name = f"slips-{local(now):%Y%m%d-%H%M}.xlsx"
    return HttpResponse(book, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _line(slip: SignSlip, clock_: Deadline | None, now: datetime) -> list[str]:
    goods, order = slip.shipment, slip.shipment.order
    due = clock_.due_at if clock_ else None
    return [
        order.number, order.waybill.number, order.get_slip_return_display(), slip.get_state_display(),
        f"{local(goods.signed_at):%Y-%m-%d %H:%M:%S}" if goods.signed_at else "", f"{local(due):%Y-%m-%d %H:%M:%S}" if due else "",
        clock_.clause if clock_ else "", str(_t("超时")) if due and due < now else "", slip.unit.name if slip.unit else "",
        order.branch.name if order.branch else "", goods.terminal.name if goods.terminal else "", slip.remark,
    ]  # fmt: skip
