"""The courier's phone pages: deliveries in order, acts that may have waited in a dead spot, what they left on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core import clock
from delivery.choices import ON_THE_ROAD, Means
from delivery.models import Shipment
from desk import rounds
from desk.goodsforms import form_for
from desk.rounds import Told
from desk.views.answers import PROBLEMS, explained, person_of, status_of
from desk.views.goods import LABELS, Row, rows_of
from network.access import staff_required

Page = Callable[..., HttpResponse]


@staff_required
@explained
@require_GET
def deliveries(request: HttpRequest) -> HttpResponse:
    """Show a courier's own deliveries in order, and what was done at the door today."""
    return _deliveries(request)


def _deliveries(request: HttpRequest, *, number: str = "", problem: Any = None, status: int = 200) -> HttpResponse:
    person, now = person_of(request), clock.now()
    person.require("deliver")
    own = Shipment.objects.filter(driver=person, state__in=ON_THE_ROAD).select_related("order__waybill", "order__key_account__customer").with_cash()
    rows = sorted(rows_of(own, now), key=_turn)
    context = {
        "now": now, "rows": rows, "failed": number, "problem": problem,
        "astray": problem and number not in {row.number for row in rows},
        "done": [(each, LABELS[each.scan.verb][1]) for each in rounds.done_today(person, now)], "means": Means.choices,
        "photo_cases": settings.PROOF_PHOTO, "exception": form_for("sign_with_exception"), "refuse": form_for("refuse"),
        "fail": form_for("fail_attempt"), "sign": form_for("sign"),
    }  # fmt: skip
    return render(request, "desk/my_goods.html", context, status=status)


def _turn(row: Row) -> tuple[Any, ...]:
    """Agreed times first, by time; then key customers (§2.1.3.2); then whose limit runs out first (§1.3.3.1)."""
    agreed, due = row.goods.delivery_at, row.due_at
    return (agreed is None, agreed and agreed.timestamp(), not row.goods.key_customer, due is None, due, row.goods.pk)


@staff_required
@explained
@require_POST
def deliver(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """One verb from the courier's phone; `cash` and `freight` are the money at the door (§4.3.3.2)."""
    if verb not in rounds.MONEY and verb not in rounds.AT_THE_DOOR:
        raise Http404
    done = _("已收款") if verb in rounds.MONEY else LABELS[verb][1]
    said = f"{number} · {done}"
    return answered(request, number, verb, rounds.deliver, page=_deliveries, home="desk:my-goods", said=said)


@staff_required
@never_cache
@require_GET
def state(request: HttpRequest) -> HttpResponse:
    """Tell a phone who is logged in, the token its acts need and the time here, so that its clock may be wrong."""
    now = int(clock.now().timestamp() * 1000)
    return JsonResponse({"me": person_of(request).number, "token": get_token(request), "now": now})


@staff_required
@never_cache
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The script that serves these pages in a dead spot; from here, as it may only serve what lies below its own address."""
    script = (settings.BASE_DIR / "static" / "js" / "phone-worker.js").read_text()
    return HttpResponse(script, content_type="text/javascript")


def answered(
    request: HttpRequest, number: str, verb: str, run: Callable[[Told], None], *, page: Page, home: str, said: str
) -> HttpResponse:
    """Do what the phone tells and answer it as it asks: a page, or for its queue a few words of JSON."""
    queued = request.headers.get("Accept", "").startswith("application/json")
    told = Told(person_of(request), verb, number, request.POST, request.FILES, clock.now())
    try:
        rounds.tell(told, run)
    except PROBLEMS as problem:
        clause, field = getattr(problem, "clause", ""), getattr(problem, "field", "")
        if queued:
            body = {"ok": False, "words": problem.reason, "clause": clause, "field": field}
            return JsonResponse(body, status=status_of(problem))
        return page(request, number=number, problem=problem, status=status_of(problem))
    except ObjectDoesNotExist as missing:
        if queued:
            words = _("这票不在您的任务里，可能已改派给他人。")
            return JsonResponse({"ok": False, "words": words, "clause": "", "field": ""}, status=404)
        raise Http404 from missing
    if queued:
        return JsonResponse({"ok": True, "words": said})
    messages.success(request, said)
    return redirect(home)
