"""The department's watch lists: fraud watch (§1.4.3f), day's end (§1.2.2.c, §1.2.2.a), missed pickups (§1.7.2.8); each finding cleared or upheld."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.language import in_words
from customers.models import Customer
from desk.forms import Styled
from desk.reasonwords import REVERSED
from desk.views.answers import PROBLEMS, explained, person_of, status_of
from desk.watchforms import TABS, ClearForm, UpholdForm, WatchFilters
from network.access import staff_required
from network.models import Person, Unit
from orders import sheets
from orders.answers import download
from orders.models import Order
from penalties import services as penalties
from penalties.choices import Watched
from penalties.models import Penalty, WatchItem
from rulebook.due import local
from rulebook.errors import Refused

PAGE = 50
MOST_EXPORTED = 5_000
HEADERS = (_("日期"), _("名单"), _("条款"), _("对象"), _("单位"), _("责任人"), _("下单数"), _("发货人数"), _("状态"), _("处理理由"), _("处理人"))
RELATED = ("unit", "person", "decided_by", "culprit")
FORMS: Mapping[str, tuple[type[Styled], Callable[..., WatchItem]]] = {
    "clear": (ClearForm, penalties.clear_item), "uphold": (UpholdForm, penalties.uphold_item),
}  # fmt: skip


def _viewer(request: HttpRequest) -> Person:
    person = person_of(request)
    person.require("see_watch")
    return person


@staff_required
@explained
@require_GET
def watches(request: HttpRequest) -> HttpResponse:
    """List the findings of one's units, the latest day first."""
    person = _viewer(request)
    tab, filters, found = _chosen(request, person)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    other = request.GET.copy()
    for name in ("page", "tab"):
        other.pop(name, None)
    context = {
        "page": page, "rows": [(item, in_words(item.row), subject_words(item)) for item in page], "tab": tab, "filters": filters,
        "tabs": [(key, label) for key, label, _states in TABS], "query": f"{query.urlencode()}&" if query else "",
        "others": f"{other.urlencode()}&" if other else "", "filtered": any(filters.cleaned_data.values()),
    }  # fmt: skip
    return render(request, "desk/watches.html", context)


def _chosen(request: HttpRequest, person: Person) -> tuple[str, WatchFilters, QuerySet[WatchItem]]:
    """Return the tab and filters the URL names with what they leave; what it names wrongly is left out."""
    filters = WatchFilters(request.GET)
    filters.is_valid()
    chosen = filters.cleaned_data
    states = {key: states for key, _label, states in TABS}
    tab = request.GET.get("tab", "open")
    tab = tab if tab in states else "open"
    found = WatchItem.objects.visible_to(person).filter(state__in=states[tab])
    if chosen.get("kind"):
        found = found.filter(kind=chosen["kind"])
    if code := chosen.get("unit"):
        unit = Unit.objects.filter(code=code).first()
        found = found.filter(unit__path__gte=unit.path, unit__path__lt=unit.path_end) if unit else found.none()
    if since := chosen.get("since"):
        found = found.filter(day__gte=since)
    if until := chosen.get("until"):
        found = found.filter(day__lte=until)
    return tab, filters, found.select_related(*RELATED).order_by("-day", "kind", "unit__path", "pk")


def subject_words(item: WatchItem) -> str:
    """Say whom or what a finding is about."""
    kind, _slash, key = item.subject.partition("/")
    if kind == "order":
        return item.order_number
    if kind == "missed_pair":
        return " · ".join(item.data["order_numbers"])
    if kind == "unit":
        return str(item.unit)
    found = Customer.objects.filter(pk=key) if kind == "customer" else Customer.objects.filter(accounts=key)
    customer = found.first()
    number = _t("账号 %s") % key if kind == "account" else _t("客户 %s") % key
    return f"{customer.name}（{number}）" if customer else number


@staff_required
@explained
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Give the tab with its filters as a workbook."""
    tab, _filters, found = _chosen(request, _viewer(request))
    lines = [_line(item) for item in found[:MOST_EXPORTED]]
    book = sheets.workbook([sheets.Column(str(header)) for header in HEADERS], lines)
    return download(book, f"watch-{tab}-{local(clock.now()):%Y%m%d-%H%M}.xlsx")


def _line(item: WatchItem) -> list[str]:
    return [
        item.day.isoformat(), in_words(item.row), item.row.clause, subject_words(item), str(item.unit or ""),
        str(item.person.name if item.person else ""), str(item.data.get("orders", "")), str(item.data.get("shippers", "")),
        str(item.get_state_display()), reason_words(item), item.decided_by.name if item.decided_by else "",
    ]  # fmt: skip


@staff_required
@explained
@require_GET
def watch(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding: what was counted, the orders, who billed them, what became of it."""
    return _watch(request, pk)


def _watch(request: HttpRequest, pk: int, *, verb: str = "", form: Styled | None = None, problem: Any = None, status: int = 200) -> HttpResponse:
    person = _viewer(request)
    item = WatchItem.objects.visible_to(person).select_related(*RELATED).filter(pk=pk).first()
    if item is None:
        raise Http404
    numbers = item.data.get("order_numbers") or [item.order_number]
    orders = Order.objects.visible_to(person).filter(number__in=numbers).select_related("branch", "waybill__issued_by")
    may = person.may("decide_watch") and item.state == Watched.OPEN
    culprit = {"culprit": item.person.number} if item.person else {}
    forms = {name: form if name == verb and form else _form(name, item, initial=culprit) for name in FORMS}
    context = {
        "item": item, "kind": in_words(item.row), "subject": subject_words(item), "may": may, "forms": forms, "form": form,
        "problem": problem, "page": Paginator(orders.order_by("placed_at", "pk"), PAGE).get_page(request.GET.get("page")),
        "branches": _counted(Unit.objects.all(), item.data.get("branches", {})),
        "clerks": _counted(Person.objects.all(), item.data.get("clerks", {})), "query": "",
        "penalties": Penalty.objects.visible_to(person).filter(cause=item.cause), "reason": reason_words(item),
    }  # fmt: skip
    return render(request, "desk/watch.html", context, status=status)


def _form(name: str, item: WatchItem, data: Any = None, **options: Any) -> Styled:
    kind, _service = FORMS[name]
    if kind is UpholdForm:
        options["names_a_person"] = item.row.names_a_person
    return kind(data, auto_id=f"{name}_%s", **options)


def reason_words(item: WatchItem) -> str:
    """Return why it was decided so; what lapsed by itself has a code."""
    return str(REVERSED.get(item.reason, item.reason))


def _counted(rows: QuerySet[Any], counted: Mapping[str, int]) -> list[tuple[Any, int]]:
    """Return units or people with the number of orders counted for each, the most first."""
    found = {str(row.pk): row for row in rows.filter(pk__in=list(counted))}
    return sorted(((found[key], count) for key, count in counted.items() if key in found), key=lambda pair: -pair[1])


@staff_required
@explained
@require_POST
def decide(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Clear or uphold one finding."""
    person, now = _viewer(request), clock.now()
    item = WatchItem.objects.visible_to(person).filter(pk=pk).first()
    if verb not in FORMS or item is None:
        raise Http404
    person.require("decide_watch")
    form, service = _form(verb, item, request.POST), FORMS[verb][1]
    if not form.is_valid():
        return _watch(request, pk, verb=verb, form=form, status=422)
    try:
        service(pk=pk, person=person, now=now, **form.cleaned_data)
    except Refused as refusal:
        if isinstance(form, UpholdForm):
            form.refuse(refusal)
        return _watch(request, pk, verb=verb, form=form, status=422)
    except PROBLEMS as problem:
        return _watch(request, pk, problem=problem, status=status_of(problem))
    messages.success(request, _t("已排除。") if verb == "clear" else _t("已认定属实，处罚已登记。"))
    return redirect("desk:watches")


