"""The branch queue: what runs out first, with everything one needs to act on it (§1.2.1)."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from desk import queries
from desk.forms import NoteForm, QueueFilters, SaveView
from desk.models import SavedView
from desk.navigation import KEYS_OFF
from desk.views.answers import back_to, person_of
from network.access import staff_required
from orders import sheets
from orders.models import Order
from rulebook.due import local

SALT = "desk.queue"
DAY = 24 * 3600
FOUND = 50
MOST_EXPORTED = 5_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADERS = (
    _("订单号"), _("状态"), _("渠道"), _("营业部"), _("时限到"), _("时限"), _("发货人"), _("电话"), _("接货地址"), _("到达地"),
    _("货物"), _("件数"), _("重量（千克）"), _("体积（立方米）"), _("标签"),
)  # fmt: skip


@staff_required
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Show the tab, filters and page that the URL names."""
    return render(request, "desk/queue.html", _context(request) | {"views": SavedView.objects.of(person_of(request))})


@staff_required
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Give the tab with its filters as a workbook, phones masked as on the page."""
    now, person = clock.now(), person_of(request)
    filters = QueueFilters(request.GET or None)
    chosen = filters.cleaned_data if filters.is_bound and filters.is_valid() else {}
    tab = queries.TAB.get(request.GET.get("tab", ""), _first_tab(request))
    found = queries.queue(person, tab, chosen, now)[:MOST_EXPORTED]
    lines = [_line(row) for row in queries.rows(found, person, now)]
    book = sheets.workbook([sheets.Column(str(header)) for header in HEADERS], lines)
    name = f"{tab.key}-{local(now):%Y%m%d-%H%M}.xlsx"
    return HttpResponse(book, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _line(row: queries.Row) -> list[str]:
    order = row.order
    return [
        order.number, order.get_state_display(), order.get_channel_display(), order.branch.name if order.branch else "",
        f"{local(row.due_at):%Y-%m-%d %H:%M:%S}" if row.due_at else "", f"{row.clock} {row.clause}".strip(),
        order.shipper_name, row.phone, f"{row.origin} {order.shipper_address}", row.destination,
        order.goods, str(order.pieces), str(order.weight_kg), str(order.volume_m3), " ".join(chip.word for chip in row.chips),
    ]  # fmt: skip


@require_GET
def rows(request: HttpRequest) -> HttpResponse:
    """Answer a poll: 204 while nothing has changed since the page was drawn, else the rows anew.

    The signed version names the login and its scope, so that "nothing new" costs one query beside the session's own; whether the
    account may still come in is asked before anything is shown.
    """
    try:
        owner, scope, seen = signing.loads(request.GET.get("v", ""), salt=SALT, max_age=DAY)
    except signing.BadSignature:
        owner = scope = seen = None
    if owner is not None and str(owner) == request.session.get(SESSION_KEY) and seen == queries.version(scope):
        return HttpResponse(status=204)
    return _redrawn(request)


@staff_required
def _redrawn(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/queue.html#rows", _context(request))


def _context(request: HttpRequest) -> dict[str, Any]:
    now, person = clock.now(), person_of(request)
    scope = queries.ranges(person)
    seen = queries.version(scope)  # read before the rows: what happens meanwhile is shown by the next poll
    filters = QueueFilters(request.GET or None)
    chosen = filters.cleaned_data if filters.is_bound and filters.is_valid() else {}
    tab = queries.TAB.get(request.GET.get("tab", ""), _first_tab(request))
    page = _page(request)
    start = (page - 1) * queries.PAGE
    found = list(queries.queue(person, tab, chosen, now)[start : start + queries.PAGE + 1])
    numbers = queries.counts(person, now)
    query = urlencode({key: value for key, value in request.GET.items() if key not in ("v", "page", "tab")})
    return {
        "now": now, "tab": tab, "filters": filters, "filtered": any(chosen.values()), "page": page,
        "rows": queries.rows(found[: queries.PAGE], person, now),
        "more": len(found) > queries.PAGE, "newest": numbers.newest, "waiting": numbers.tabs["waiting"],
        "tabs": [(each, numbers.tabs[each.key]) for each in queries.TABS],
        "query": f"{query}&" if query else "",
        "version": signing.dumps([request.user.pk, scope, seen], salt=SALT, compress=True),
        "note": NoteForm(auto_id="note_%s"), "save": SaveView(auto_id="save_%s"), "single": len(scope) == 1,
        "may_accept": person.may("accept"),
    }  # fmt: skip


def _first_tab(request: HttpRequest) -> queries.Tab:
    """The branch starts with what waits for it; those above it with all that is open."""
    return queries.TAB["waiting" if person_of(request).may("accept") else "open"]


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return min(max(int(text), 1), 10_000) if text.isascii() and text.isdigit() else 1


@staff_required
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Find orders by number, partner number, waybill, phone or its tail, name; one exact hit opens at once."""
    text = request.GET.get("q", "").strip()[:60]
    now, person = clock.now(), person_of(request)
    found: list[Order] = []
    if text:
        hits = Order.objects.visible_to(person).search(text)
        if len(exact := list(hits.values_list("number", flat=True)[:2])) == 1:
            return redirect("desk:order", exact[0])
        found = list(queries.found(person, text)[:FOUND])
    rows = queries.rows(found, person, now)
    return render(request, "desk/search.html", {"text": text, "rows": rows, "now": now, "most": FOUND})


@staff_required
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the present filters under a name, for oneself or for the unit."""
    form, person = SaveView(request.POST), person_of(request)
    if form.is_valid():
        shared_in = person.unit if form.cleaned_data["shared"] else None
        SavedView.objects.update_or_create(
            owner=person, name=form.cleaned_data["name"],
            defaults={"query": form.cleaned_data["query"], "shared_in": shared_in},
        )  # fmt: skip
        messages.success(request, _t("视图“%s”已保存。") % form.cleaned_data["name"])
        return HttpResponseRedirect(f"{reverse('desk:queue')}?{form.cleaned_data['query']}")
    messages.error(request, _t("视图没有保存：请填写名称（最多 20 个字）。"))
    return redirect("desk:queue")


@staff_required
@require_POST
def drop_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one of one's own views."""
    SavedView.objects.filter(pk=pk, owner=person_of(request)).delete()
    return redirect("desk:queue")


@staff_required
@require_POST
def keys(request: HttpRequest) -> HttpResponse:
    """Switch the single-key shortcuts off or on for this login (WCAG 2.1.4)."""
    request.session[KEYS_OFF] = request.POST.get("keys") == "off"
    return HttpResponseRedirect(back_to(request, reverse("desk:queue")))


