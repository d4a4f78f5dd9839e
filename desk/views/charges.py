"""Charges and COD plans of a draft tariff, one at a time (§3.3): added, changed, dropped; approved or live it is closed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import clock
from desk.chargeforms import ChargeForm, PlanForm, typed, typed_plan
from desk.views.answers import explained, person_of
from network.access import staff_required
from network.models import Person
from pricing.models import CodPlan, Surcharge, TariffVersion
from pricing.services import surcharges
from pricing.services.loading import charge
from rulebook.errors import Refused

KINDS = ("charges", "plans")


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def row(request: HttpRequest, pk: int, kind: str, row: int) -> HttpResponse:
    """Show a charge or plan of a version, `row` 0 for a new one; store or drop it."""
    person = person_of(request)
    person.require("manage_prices")
    version = get_object_or_404(TariffVersion, pk=pk)
    if kind not in KINDS:
        raise Http404
    if "drop" in request.POST and row:
        drop = surcharges.drop_charge if kind == "charges" else surcharges.drop_plan
        drop(pk=pk, row=row, by=person, now=clock.now())
        messages.success(request, _("已删除。"))
        return redirect("desk:tariff", pk)
    form = _form(request.POST if request.method == "POST" else None, version, kind, row)
    if request.method == "POST" and form.is_valid() and _stored(form, version, row, person):
        messages.success(request, _("已保存到草稿 %s。") % version.code)
        return redirect("desk:tariff", pk)
    context = {"version": version, "form": form, "kind": kind, "row": row}
    return render(request, "desk/charge.html", context, status=422 if form.errors else 200)


def _form(data: Any, version: TariffVersion, kind: str, row: int) -> Any:
    if kind == "charges":
        known = get_object_or_404(Surcharge.objects.prefetch_related("tiers"), pk=row, version=version) if row else None
        return ChargeForm(data, initial=typed(charge(known, version.code)) if known else None)
    plan = get_object_or_404(CodPlan, pk=row, version=version) if row else None
    return PlanForm(data, initial=typed_plan(plan) if plan else None)


def _stored(form: Any, version: TariffVersion, row: int, person: Person) -> bool:
    """Store it; what the service refuses is put beside its field."""
    given: dict[str, Any] = {"pk": version.pk, "row": row, "by": person, "now": clock.now()}
    try:
        if isinstance(form, ChargeForm):
            surcharges.set_charge(charge=form.charge(), **given)
        else:
            surcharges.set_plan(plan=form.plan(), **given)
    except Refused as refusal:
        form.refuse(refusal)
        return False
    return True
