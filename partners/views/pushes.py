"""The pushes to partners: what waits, what was given up, the last answer; sent again one by one or together (design §6.14)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from network.access import staff_required
from orders import sheets
from partners.choices import State
from partners.forms import PushFilters
from partners.models import Push
from partners.services import sending
from partners.views.answers import explained, person_of
from rulebook.due import local

PAGE = 50
MOST_EXPORTED = 5000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADERS = (
    _("推送编号"), _("合作平台"), _("订单号"), _("序号"), _("事件"), _("状态"), _("次数"), _("应答状态码"), _("最近应答"), _("产生时间"), _("最近推送"), _("下次推送"),
)  # fmt: skip


@staff_required
@explained
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """List pushes, the last first; at first those that were given up."""
    person_of(request)
    filters, found = _chosen(request)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    waiting = Push.objects.waiting().count()
    context = {"page": page, "filters": filters, "waiting": waiting, "query": f"{query.urlencode()}&" if query else ""}
    return render(request, "desk/pushes.html", context)


def _chosen(request: HttpRequest) -> tuple[PushFilters, QuerySet[Push]]:
    filters = PushFilters(request.GET if request.GET else {"state": State.DEAD})
    said: dict[str, Any] = filters.cleaned_data if filters.is_valid() else {}
    wanted = {"partner": said.get("partner"), "order_number": said.get("number"), "state": said.get("state")}
    found = Push.objects.filter(**{name: value for name, value in wanted.items() if value})
    return filters, found.select_related("partner").order_by("-pk")


@staff_required
@explained
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Give the list with its filters as a workbook."""
    person_of(request)
    _filters, found = _chosen(request)
    book = sheets.workbook([sheets.Column(str(header)) for header in HEADERS], [_line(push) for push in found[:MOST_EXPORTED]])
    name = f"pushes-{local(clock.now()):%Y%m%d-%H%M}.xlsx"
    return HttpResponse(book, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _line(push: Push) -> list[str]:
    times = [f"{local(at):%Y-%m-%d %H:%M:%S}" if at else "" for at in (push.stored_at, push.tried_at, None if push.settled_at else push.due_at)]
    return [
        str(push.pk), push.partner.code, push.order_number, str(push.seq), push.name, push.get_state_display(), str(push.attempts),
        str(push.status or ""), push.answer, *times,
    ]  # fmt: skip


@staff_required
@explained
@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Send again what was ticked, or the one whose button was pressed."""
    person_of(request)
    given = [*request.POST.getlist("push"), request.POST.get("one", "")]
    keys = [int(key) for key in given if key.isascii() and key.isdigit() and len(key) < 19]
    count = sending.resend(keys, now=clock.now())
    if count:
        messages.success(request, _t("已安排重新推送 %d 条，约 10 秒内发出。") % count)
    else:
        messages.error(request, _t("没有可以重新推送的：请先勾选已失败或已送达的推送。"))
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(back if safe else reverse("partners:pushes"))
