"""Requests to be erased: the office's list, with what stands against each, and the decision with its reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from customers.choices import Erasure
from customers.models import ErasureRequest
from customers.services import refuse_erasure
from desk.erasing import erase, stands_against
from desk.views.answers import PROBLEMS, explained, person_of, status_of
from network.access import staff_required

PAGE = 30


@staff_required
@explained
@require_GET
def erasures(request: HttpRequest) -> HttpResponse:
    """List the requests, what is open first."""
    person_of(request).require("erase")
    return _page(request)


def _page(request: HttpRequest, problem: Any = None, status: int = 200) -> HttpResponse:
    found = ErasureRequest.objects.select_related("account__account", "account__customer", "decided_by")
    waiting_first = Case(When(state=Erasure.OPEN, then=0), default=1)
    page = Paginator(found.order_by(waiting_first, "-asked_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    rows = [(each, stands_against(each.account) if each.state == Erasure.OPEN else []) for each in page.object_list]
    return render(request, "desk/erasures.html", {"page": page, "rows": rows, "problem": problem, "query": ""}, status=status)


@staff_required
@explained
@require_POST
def decide(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Erase, or refuse with the reason."""
    person, now = person_of(request), clock.now()
    person.require("erase")
    if verb not in ("erase", "refuse") or not ErasureRequest.objects.filter(pk=pk).exists():
        raise Http404
    try:
        if verb == "erase":
            erase(pk=pk, person=person, now=now)
        else:
            refuse_erasure(pk=pk, person=person, words=request.POST.get("words", ""), now=now)
    except PROBLEMS as problem:
        return _page(request, problem, status_of(problem))
    messages.success(request, _("已删除，账号已注销。") if verb == "erase" else _("已答复客户。"))
    return redirect("desk:erasures")
