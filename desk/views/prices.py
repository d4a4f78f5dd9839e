"""Price management: tariff versions from a file, contracts, campaigns (§3.3, §5.1)."""

from __future__ import annotations

from decimal import Decimal
from secrets import token_urlsafe
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.fsm import in_source, unmet
from desk import tariffs
from desk.chargesheets import charge_words
from desk.contractforms import ContractForm
from desk.priceforms import CampaignForm, DecisionForm, FuelForm, TariffForm
from desk.views.answers import explained, person_of
from network.access import staff_required
from network.models import Person
from orders.answers import download
from orders.sheets import BadTable
from pricing.choices import TariffState
from pricing.models import Campaign, Contract, FuelRate, TariffVersion
from pricing.services import campaigns, contracts
from pricing.services import tariffs as versions
from pricing.services.loading import charge
from rulebook.due import local_day
from rulebook.errors import Refused

SHOWN = 50
KEPT_SECONDS = 3600  # how long refused rows wait to be fetched


def _viewer(request: HttpRequest) -> Person:
    person = person_of(request)
    person.require("see_prices")
    return person


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def prices(request: HttpRequest) -> HttpResponse:
    """List the versions; a file makes a new draft, or says line by line why not."""
    person = _viewer(request)
    may = person.may("manage_prices")
    form = TariffForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"faults": [], "token": ""}
    if request.method == "POST":
        person.require("manage_prices")
        if form.is_valid() and (made := _drafted(form, person, context)):
            return redirect("desk:tariff", made.pk)
    context |= {
        "form": form, "may": may, "fuel_form": FuelForm(), "fuel": FuelRate.objects.standing().order_by("-valid_from")[:5],
        "versions": TariffVersion.objects.select_related("drafted_by", "approved_by").order_by("-valid_from", "-pk")[:SHOWN],
        "today": local_day(clock.now()),
    }  # fmt: skip
    return render(request, "desk/prices.html", context, status=422 if form.errors or context["faults"] else 200)


def _drafted(form: TariffForm, person: Person, context: dict[str, Any]) -> TariffVersion | None:
    said = form.cleaned_data
    try:
        parsed = tariffs.parse(said["table"].read())
        if parsed.faults:
            token = token_urlsafe(12)
            cache.set(f"tariff-rejects:{person.pk}:{token}", tariffs.rejected(parsed), KEPT_SECONDS)
            context |= {"faults": parsed.faults[:SHOWN], "count": len(parsed.faults), "token": token}
            return None
        return versions.draft(
            code=said["code"], origin=said["origin"], valid_from=said["valid_from"], valid_to=said["valid_to"],
            note=said["note"], lanes=parsed.lanes, charges=parsed.charges, plans=parsed.plans, by=person, now=clock.now(),
        )  # fmt: skip
    except BadTable as bad:
        form.add_error("table", bad.reason)
    except Refused as refusal:
        form.refuse(refusal)
    return None


@staff_required
@explained
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """An .xlsx with the right headers and an invented row."""
    _viewer(request)
    return download(tariffs.template(), "tariff.xlsx")


@staff_required
@explained
@require_GET
def rejected(request: HttpRequest, token: str) -> HttpResponse:
    """The refused rows of one's own upload, each with what is wrong."""
    content = cache.get(f"tariff-rejects:{_viewer(request).pk}:{token}")
    if content is None:
        raise Http404
    return download(content, "tariff-errors.xlsx")


@staff_required
@explained
@require_GET
def tariff(request: HttpRequest, pk: int) -> HttpResponse:
    """A version: what it changes against the live one, its charges, and what may be done with it."""
    person = _viewer(request)
    version = get_object_or_404(TariffVersion.objects.select_related("drafted_by", "approved_by", "published_by"), pk=pk)
    found, counts = tariffs.changes(version) if version.state != "live" else ([], {})
    rows = version.surcharges.prefetch_related("tiers")
    against: Any = unmet(version.approve) if in_source(version.approve) else None
    context = {
        "version": version, "changes": found, "counts": counts, "lanes": version.lanes.count(), "may": person.may("manage_prices"),
        "charges": [(row, charge_words(charge(row, version.code))) for row in rows], "plans": version.cod_plans.order_by("pk"),
        "against": {"reason": against.reason, "clause": against.clause} if against else None, "may_edit": person.may("manage_prices") and version.state == TariffState.DRAFT,
    }  # fmt: skip
    return render(request, "desk/tariff.html", context)


@staff_required
@explained
@require_GET
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """A version as a file that can be changed and read back."""
    _viewer(request)
    version = get_object_or_404(TariffVersion, pk=pk)
    return download(tariffs.export(version), f"tariff-{version.pk}.xlsx")


TARIFF_VERBS = {"approve": versions.approve, "send-back": versions.send_back, "publish": versions.publish}


@staff_required
@explained
@require_POST
def tariff_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    if verb not in TARIFF_VERBS:
        raise Http404
    get_object_or_404(TariffVersion, pk=pk)
    version = TARIFF_VERBS[verb](pk=pk, by=person_of(request), now=clock.now())
    messages.success(request, _("版本 %(code)s：%(state)s。") % {"code": version.code, "state": version.get_state_display()})
    return redirect("desk:tariff", pk)


@staff_required
@explained
@require_POST
def fuel(request: HttpRequest) -> HttpResponse:
    """Set the fuel share from a day on."""
    person_of(request).require("manage_prices")
    form = FuelForm(request.POST)
    if not form.is_valid():
        raise Refused("§3.3", "；".join(words for errors in form.errors.values() for words in errors))
    share = (form.cleaned_data["percent"] / 100).quantize(Decimal("0.0001"))
    campaigns.set_fuel(share=share, valid_from=form.cleaned_data["valid_from"], by=person_of(request), now=clock.now())
    messages.success(request, _("燃油附加比例已设置。"))
    return redirect("desk:prices")


@staff_required
@explained
@require_POST
def withdraw_fuel(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(FuelRate, pk=pk)
    campaigns.withdraw_fuel(pk=pk, by=person_of(request), now=clock.now())
    messages.success(request, _("燃油附加比例已撤销。"))
    return redirect("desk:prices")


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def contract_list(request: HttpRequest) -> HttpResponse:
    """The contracts one sees; a branch applies for one."""
    person = _viewer(request)
    form = ContractForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = contracts.apply_by_phone(**form.terms(), by=person, now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("合同 %s 已提交，等待价格管理审批。") % made.code)
            return redirect("desk:contracts")
    found = Contract.objects.visible_to(person).select_related("customer", "branch", "applied_by", "decided_by").prefetch_related("rates")
    context = {
        "form": form, "contracts": found.order_by("-pk")[:SHOWN], "decision": DecisionForm(auto_id=False),
        "may_apply": person.may("apply_contract"), "may_decide": person.may("manage_prices"),
    }  # fmt: skip
    return render(request, "desk/contracts.html", context, status=422 if form.errors else 200)


@staff_required
@explained
@require_POST
def contract_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    person, now = _viewer(request), clock.now()
    get_object_or_404(Contract.objects.visible_to(person), pk=pk)
    if verb == "end":
        contracts.end(pk=pk, by=person, now=now)
    elif verb in ("approve", "refuse"):
        words = request.POST.get("words", "").replace("\0", "")[:300]
        contracts.decide(pk=pk, agreed=verb == "approve", words=words, by=person, now=now)
    else:
        raise Http404
    messages.success(request, _("合同已更新。"))
    return redirect("desk:contracts")


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def campaign_list(request: HttpRequest) -> HttpResponse:
    """The campaigns; marketing or price management starts one."""
    person, now = _viewer(request), clock.now()
    form = CampaignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = campaigns.create(form.campaign(), by=person, now=now)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("活动“%s”已创建。") % made.name)
            return redirect("desk:campaigns")
    context = {
        "form": form, "campaigns": Campaign.objects.order_by("-valid_from", "-pk")[:SHOWN], "may": person.may("campaign"),
        "today": local_day(now),
    }  # fmt: skip
    return render(request, "desk/campaigns.html", context, status=422 if form.errors else 200)


@staff_required
@explained
@require_POST
def campaign_end(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Campaign, pk=pk)
    ended = campaigns.end(pk=pk, by=person_of(request), now=clock.now())
    messages.success(request, _("活动“%s”已结束。") % ended.name)
    return redirect("desk:campaigns")
