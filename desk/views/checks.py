"""Checks of contacts and cancel reasons (§1.7.2.3, §1.7.2.4): the list, and opening one from an order."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from desk.pointforms import DecideForm, OpenCheckForm
from desk.views.answers import explained, person_of
from network.access import staff_required
from orders.choices import State
from orders.models import Order
from penalties import services
from penalties.choices import Checked, CheckKind
from penalties.models import ContactCheck
from rulebook.errors import Refused

PAGE = 30
VERBS = {"clear": services.clear_check, "uphold": services.uphold_check}


@staff_required
@explained
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    return _listing(request)


def _listing(request: HttpRequest, failed: int = 0, form: DecideForm | None = None) -> HttpResponse:
    person = person_of(request)
    person.require("open_check")
    tab = request.GET.get("tab", Checked.OPEN)
    found = ContactCheck.objects.visible_to(person).filter(state=tab).order_by("opened_at", "pk")
    page = Paginator(found.select_related("order", "unit", "opened_by", "decided_by"), PAGE).get_page(request.GET.get("page"))
    deciding = person.may("decide_check")
    rows = [(each, form if each.pk == failed and form else DecideForm(auto_id=f"c{each.pk}_%s")) for each in page]
    context = {"tab": tab, "tabs": Checked.choices, "page": page, "rows": rows, "deciding": deciding, "failed": failed, "query": f"tab={tab}&"}
    return render(request, "desk/checks.html", context, status=422 if failed else 200)


@staff_required
@explained
@require_POST
def decide(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Clear or uphold one check."""
    person = person_of(request)
    if verb not in VERBS or not ContactCheck.objects.visible_to(person).filter(pk=pk).exists():
        raise Http404
    form = DecideForm(request.POST, auto_id=f"c{pk}_%s")
    if not form.is_valid():
        return _listing(request, pk, form)
    try:
        check = VERBS[verb](pk=pk, clerk=person, now=clock.now(), **form.cleaned_data)
    except Refused as refusal:
        form.refuse(refusal)
        return _listing(request, pk, form)
    messages.success(request, f"{check.order.number} · {check.get_state_display()}")
    return redirect("desk:checks")


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def open_check(request: HttpRequest, number: str) -> HttpResponse:
    """Open a check from an order: what the customer says."""
    person = person_of(request)
    person.require("open_check")
    order = Order.objects.visible_to(person).get(number=number)
    kind = CheckKind.CANCEL_REASON if order.state == State.CANCELLED else CheckKind.ACCEPTANCE
    form = OpenCheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.open_check(number=number, kind=kind, clerk=person, now=clock.now(), **form.cleaned_data)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("核查已建立，等待管理部核实。"))
            return redirect("desk:checks")
    context = {"order": order, "kind": kind.label, "form": form, "clause": services.checks.CLAUSES[kind]}
    return render(request, "desk/check_open.html", context, status=422 if form.errors else 200)
