"""Customer service: problem tickets, suggestions, enquiries, one list and one page for each kind (§3.4.6, §4.2.6, §4.3.1)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from complaints.answers import attachment
from complaints.models import Evidence
from core import clock
from core.models import Entry
from customers.models import Request
from desk import words
from desk.priceforms import Refusable
from desk.service import KINDS, Act, Kind
from desk.views.answers import PROBLEMS, explained, person_of, status_of
from network.access import staff_required
from network.models import Person
from orders import sheets
from rulebook.due import local
from rulebook.errors import Refused
from sla.models import Deadline

PAGE = 30
MOST_EXPORTED = 5_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADERS = (
    _("编号"), _("状态"), _("登记时间"), _("内容"), _("客户"), _("订单号"), _("处理部门"), _("登记人"), _("最近办理"), _("办理人"),
)  # fmt: skip


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest, kind: str) -> HttpResponse:
    """Requests of one kind by tab, those first whose clock runs out first; and a form for another."""
    person, now, row = person_of(request), clock.now(), _kind(kind)
    form = row.form(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            person.require(row.right)
            made = row.opened(by=person, now=now, **{name: value for name, value in form.cleaned_data.items() if value is not None})
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("已登记。"))
            return redirect("desk:service-one", kind, made.pk)
    tab = _tab(row, request.GET.get("tab", ""))
    seen = row.model._default_manager.visible_to(person)  # type: ignore[attr-defined]
    page = Paginator(_ordered(seen.filter(tab[2])), PAGE).get_page(request.GET.get("page"))
    context = {
        "kinds": [(name, each, name == kind) for name, each in KINDS.items()], "kind": kind, "row": row, "now": now, "form": form, "page": page,
        "tabs": [(key, label, seen.filter(condition).count()) for key, label, condition in row.tabs], "tab": tab[0],
        "rows": _clocked(page), "query": f"tab={tab[0]}&", "may_open": person.may(row.right), "counted": person.may("see_service"),
    }  # fmt: skip
    return render(request, "desk/service.html", context, status=422 if form.errors else 200)


def _tab(row: Kind, wanted: str) -> tuple[str, Any, Any]:
    return next((tab for tab in row.tabs if tab[0] == wanted), row.tabs[0])


def _ordered(found: Any) -> Any:
    return found.select_related("unit", "taken_by").order_by("opened_at", "pk")


def _clocked(page: Any) -> list[tuple[Request, Deadline | None]]:
    """Put the running clock beside each request; one query."""
    found = list(page)
    running = Deadline.objects.open().filter(subject__in=[each.subject for each in found], due_at__isnull=False)
    first = {each.subject: each for each in running}
    return [(each, first.get(each.subject)) for each in found]


@staff_required
@explained
@require_GET
def detail(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One request: what was said and done, its clocks, what can be done now."""
    return _detail(request, kind, pk)


def _detail(
    request: HttpRequest, kind: str, pk: int, *, failed: str = "", form: Refusable | None = None, problem: Any = None, status: int = 200
) -> HttpResponse:
    person, row = person_of(request), _kind(kind)
    found = _ordered(row.model._default_manager.visible_to(person)).filter(pk=pk).first()  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    clocks = Deadline.objects.filter(subject=found.subject).select_related("holder").order_by("started_at", "due_at")
    acts = [
        (name, act, form if name == failed and form else _form(act, name))
        for name, act in row.acts.items()
        if act.now(found) and (not act.right or person.may(act.right))
    ]
    context = {
        "kind": kind, "row": row, "each": found, "now": clock.now(), "acts": acts, "failed": failed, "problem": problem, "clocks": clocks,
        "said": [(label, text) for name, label in row.said if (text := getattr(found, name))],
        "files": Evidence.objects.of(found.subject),
        "timeline": words.timeline(Entry.objects.filter(subject=found.subject).order_by("occurred_at", "pk")),
    }  # fmt: skip
    return render(request, "desk/service_one.html", context, status=status)


def _form(act: Act, name: str, data: Any = None) -> Refusable | None:
    return act.form(data, auto_id=f"{name}_%s") if act.form else None


@staff_required
@explained
@never_cache
@require_safe
def file(request: HttpRequest, kind: str, pk: int, key: str) -> HttpResponse:
    """Answer with a file of a request, for staff who may see it; anybody else finds nothing."""
    seen = _kind(kind).model._default_manager.visible_to(person_of(request))  # type: ignore[attr-defined]
    found = get_object_or_404(seen, pk=pk)
    return attachment(get_object_or_404(Evidence.objects.of(found.subject), key=key))


@staff_required
@explained
@require_POST
def act(request: HttpRequest, kind: str, pk: int, verb: str) -> HttpResponse:
    """Do one verb of a request."""
    row = _kind(kind)
    chosen = row.acts.get(verb)
    if chosen is None:
        raise Http404
    form = _form(chosen, verb, request.POST)
    if form is not None and not form.is_valid():
        return _detail(request, kind, pk, failed=verb, form=form, status=422)
    try:
        chosen.service(pk=pk, clerk=person_of(request), now=clock.now(), **(form.cleaned_data if form else {}))
    except row.model.DoesNotExist as missing:
        raise Http404 from missing
    except Refused as refusal:
        if form is not None:
            form.refuse(refusal)
        return _detail(request, kind, pk, failed=verb if form else "", form=form, problem=None if form else refusal, status=422)
    except PROBLEMS as problem:
        return _detail(request, kind, pk, problem=problem, status=status_of(problem))
    messages.success(request, chosen.label)
    return redirect("desk:service-one", kind, pk)


@staff_required
@explained
@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """Give the tab as a workbook; phones stay masked."""
    person, row = person_of(request), _kind(kind)
    person.require("see_service")
    tab = _tab(row, request.GET.get("tab", ""))
    found = _ordered(row.model._default_manager.visible_to(person).filter(tab[2]))[:MOST_EXPORTED]  # type: ignore[attr-defined]
    book = sheets.workbook([sheets.Column(str(header)) for header in HEADERS], [_line(each, person) for each in found])
    name = f"{kind}-{local(clock.now()):%Y%m%d-%H%M}.xlsx"
    return HttpResponse(book, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _line(each: Any, person: Person) -> list[str]:
    return [
        str(each.pk), str(each.get_state_display()), f"{local(each.opened_at):%Y-%m-%d %H:%M:%S}", each.text,
        f"{each.name} {each.masked_phone}".strip(), each.order_number, each.unit.name if each.unit else "",
        each.taken_by.name if each.taken_by else "", f"{local(each.last_at):%Y-%m-%d %H:%M:%S}", each.last_actor,
    ]  # fmt: skip
