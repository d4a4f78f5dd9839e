"""One decision for many ticked filings: each is granted or refused for itself, and the page says which was not (§1.4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from desk.filingforms import DecisionForm
from desk.views.answers import PROBLEMS, back_to, explained, person_of
from network.access import staff_required
from network.models import Person
from sla import services as sla
from sla.models import Filing

MOST = 100


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one ticked filing; a problem has a reason and perhaps a clause."""

    filing: Filing
    problem: Any = None


@staff_required
@explained
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Grant or refuse every ticked filing that the person sees."""
    person, now = person_of(request), clock.now()
    person.require("decide_filing")
    form = DecisionForm(request.POST)
    seen = Filing.objects.visible_to(person).select_related("deadline__order", "order").order_by("filed_at", "pk")
    chosen = list(seen.filter(pk__in=_ticked(request)))
    results = [_one(each, person, form.cleaned_data, now) for each in chosen] if form.is_valid() else []
    good = sum(result.problem is None for result in results)
    context = {
        "form": form, "results": results, "good": good, "bad": len(results) - good, "chosen": chosen, "back": back_to(request, "/desk/filings/"),
    }  # fmt: skip
    return render(request, "desk/filing_bulk.html", context, status=422 if form.errors else 200)


def _ticked(request: HttpRequest) -> list[int]:
    """Return the keys of the ticked rows, at most a page of them; what is no key is left out."""
    return [int(key) for key in dict.fromkeys(request.POST.getlist("filing")) if key.isascii() and key.isdigit() and len(key) < 19][:MOST]


def _one(filing: Filing, person: Person, said: dict[str, Any], now: datetime) -> Result:
    try:
        return Result(sla.decide_filing(filing_id=filing.pk, person=person, now=now, **said))
    except PROBLEMS as problem:
        return Result(filing, problem)
    except Filing.DoesNotExist:
        return Result(filing, {"reason": _("没有找到这项备案。"), "clause": ""})
