"""The partner console (screens.md §3.3, screen 24): who there is, their health, hosts and limit, keys, what they called."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from network.access import staff_required
from partners.choices import State
from partners.forms import TermsForm, terms_of
from partners.models import Call, Partner, PartnerKey, Push
from partners.services import own
from partners.views.answers import explained, person_of
from rulebook.errors import Refused

PAGE = 50
SHOWN = 10
DAY = timedelta(days=1)
BIGGEST_KEY = 2**63


@staff_required
@explained
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """List the partners with what waits for them and how their calls of the last day went."""
    person_of(request)
    now = clock.now()
    calls = Call.objects.filter(at__gte=now - DAY)
    found = Partner.objects.annotate(
        waiting=_count(Push.objects.filter(state=State.WAITING)), dead=_count(Push.objects.filter(state=State.DEAD)),
        calls_today=_count(calls), failed=_count(calls.filter(status__gte=400)), valid_keys=_count(PartnerKey.objects.valid(now)),
    )  # fmt: skip
    page = Paginator(found.order_by(F("closed_at").asc(nulls_first=True), "code"), PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/partners.html", {"page": page, "query": ""})


def _count(rows: QuerySet[Any]) -> Any:
    """Count the rows of each partner."""
    of_one = rows.filter(partner=OuterRef("pk")).order_by().values("partner").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(of_one, output_field=IntegerField()), 0)


def _one(pk: int) -> Partner:
    partner = Partner.objects.filter(pk=pk).first() if pk < BIGGEST_KEY else None
    if partner is None:
        raise Http404
    return partner


@staff_required
@explained
@require_http_methods(["GET", "POST"])
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One partner: its hosts and limit, which a POST sets, its keys and last calls."""
    person, partner = person_of(request), _one(pk)
    form = TermsForm(request.POST if request.method == "POST" else None, initial=terms_of(partner))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            own.set_terms(partner, hosts=said["callback_hosts"], per_minute=said["per_minute"], clerk=person, now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("已保存。新的上限约一分钟内生效。"))
            return redirect("partners:partner", partner.pk)
    return _detail(request, partner, form, status=422 if form.errors else 200)


def _detail(request: HttpRequest, partner: Partner, form: TermsForm, *, secret: str = "", key: str = "", status: int = 200) -> HttpResponse:
    now = clock.now()
    context = {
        "partner": partner, "form": form, "now": now, "secret": secret, "fresh": key,
        "keys": partner.keys.annotate(live=Count("pk", filter=Q(pk__in=PartnerKey.objects.valid(now)))).order_by("-created_at", "-pk")[:20],
        "calls": Call.objects.filter(partner=partner).order_by("-pk")[:SHOWN],
        "dead": Push.objects.filter(partner=partner, state=State.DEAD).count(),
        "waiting": Push.objects.filter(partner=partner, state=State.WAITING).count(),
    }  # fmt: skip
    answer = render(request, "desk/partner.html", context, status=status)
    if secret:
        answer["Cache-Control"] = "no-store"
    return answer


@staff_required
@explained
@require_POST
def new_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the partner a further key; its secret is on this page alone."""
    person, partner = person_of(request), _one(pk)
    key, secret = own.new_key(partner, by=person.actor, now=clock.now(), clerk=person)
    return _detail(request, partner, TermsForm(initial=terms_of(partner)), secret=secret, key=key.key)


@staff_required
@explained
@require_POST
def end_key(request: HttpRequest, pk: int) -> HttpResponse:
    """End a key of the partner now."""
    person, partner = person_of(request), _one(pk)
    try:
        key = own.end_key(partner, name=request.POST.get("key", "")[:32], by=person.actor, now=clock.now(), clerk=person)
    except (PartnerKey.DoesNotExist, ValueError) as missing:
        raise Http404 from missing
    messages.success(request, _("密钥 %s 已停用。") % key.key)
    return redirect("partners:partner", partner.pk)


@staff_required
@explained
@require_GET
def log(request: HttpRequest, pk: int) -> HttpResponse:
    """What a partner called, the last first."""
    person_of(request)
    partner, failed = _one(pk), request.GET.get("failed") == "1"
    found = Call.objects.filter(partner=partner, **({"status__gte": 400} if failed else {})).order_by("-pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/partner_calls.html", {"partner": partner, "page": page, "failed": failed, "query": "failed=1&" if failed else ""})
