"""One verb for many ticked rows: each row succeeds or fails for itself, and the page says which (§1.2.1)."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from desk.acts import ACTS, form_for
from desk.views.answers import PROBLEMS, back_to, explained, person_of
from desk.views.printing import after_printing, ticked
from network.access import staff_required
from orders.models import Order
from pickup.models import PickupTask

ALLOWED = ("accept", "note", "print", "dispatch")


@dataclass(frozen=True, slots=True)
class Result:
    number: str
    problem: Any = None


@staff_required
@explained
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Do the verb for every ticked order."""
    verb = request.POST.get("verb", "")
    if verb not in ALLOWED:
        raise Http404
    now, person = clock.now(), person_of(request)
    results = [_one(request, verb, number, now) for number in ticked(request)]
    good = [result.number for result in results if not result.problem]
    if verb == "print" and good and len(good) == len(results):
        return after_printing(good)
    context = {
        "results": results, "good": len(good), "bad": len(results) - len(good), "act": ACTS[verb], "person": person,
        "back": back_to(request, reverse("desk:queue")), "printed": good if verb == "print" else [],
    }  # fmt: skip
    return render(request, "desk/bulk.html", context)


def _one(request: HttpRequest, verb: str, number: str, now: Any) -> Result:
    act, person = ACTS[verb], person_of(request)
    try:
        order = Order.objects.visible_to(person).get(number=number)
        form = form_for(act, order, request.POST) if act.form else None
        if form is not None and not form.is_valid():
            return Result(number, {"reason": next(iter(form.errors.values()))[0], "clause": ""})
        act.run(number, person, form.cleaned_data if form else {}, now)
    except PROBLEMS as problem:
        return Result(number, problem)
    except (Order.DoesNotExist, PickupTask.DoesNotExist):
        return Result(number, {"reason": _("没有找到，或没有待接货任务。"), "clause": ""})
    return Result(number)
