"""Sign slips (§2.1.3.5, §2.2.5): which to chase, who has them, scanned in, back, signed again, lost."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from delivery import services as delivery
from delivery.choices import Slip
from delivery.models import SignSlip
from desk.views.answers import PROBLEMS, explained, person_of, status_of
from network.access import staff_required
from sla.models import Deadline

PAGE = 50
CLAUSES = ("§2.1.3.5", "§2.2.5")
ACTS: dict[str, tuple[Any, Any]] = {
    "hand-on": (delivery.hand_on, _("扫描接收")), "return": (delivery.return_slip, _("签收单已返回")),
    "reject": (delivery.reject, _("退回补签")), "resend": (delivery.resend, _("补签单已返回")),
    "lose": (delivery.lose, _("登记遗失")), "close": (delivery.close, _("已交发货人")),
}  # fmt: skip
REMARKED = ("reject", "lose", "close")
NEXT = {
    Slip.EXPECTED: ("hand-on", "return", "lose"), Slip.RETURNED: ("close", "reject", "lose"),
    Slip.REJECTED: ("hand-on", "resend", "lose"), Slip.LOST: ("close",), Slip.CLOSED: (),
}  # fmt: skip


@staff_required
@explained
@require_GET
def slips(request: HttpRequest) -> HttpResponse:
    """Show the slips to chase, the oldest signature first; then those back or lost that are not closed."""
    return _slips(request)


def _slips(request: HttpRequest, *, problem: Any = None, status: int = 200) -> HttpResponse:
    person, now = person_of(request), clock.now()
    person.require("slip")
    seen = SignSlip.objects.visible_to(person).select_related("shipment__order", "unit")
    settled = request.GET.get("tab") == "back"
    back = seen.filter(state__in=(Slip.RETURNED, Slip.LOST)).order_by("last_at", "pk")
    page = Paginator(back if settled else seen.to_chase(), PAGE).get_page(request.GET.get("page"))
    clocks = Deadline.objects.open().filter(clause__in=CLAUSES, subject__in=[slip.subject for slip in page])
    due = {each.subject: each for each in clocks}
    rows = [(slip, due.get(slip.subject), [(verb, ACTS[verb][1]) for verb in NEXT[Slip(slip.state)]]) for slip in page]
    context = {"now": now, "rows": rows, "page": page, "back": settled, "problem": problem, "remarked": REMARKED}
    return render(request, "desk/slips.html", context | {"query": "tab=back&" if settled else ""}, status=status)


@staff_required
@explained
@require_POST
def act(request: HttpRequest, verb: str) -> HttpResponse:
    """Do one verb with the slip of one order."""
    if verb not in ACTS:
        raise Http404
    service, done = ACTS[verb]
    number = request.POST.get("number", "").strip().upper()[:20]
    values = {"remark": request.POST.get("remark", "")} if verb in REMARKED else {}
    try:
        service(number=number, clerk=person_of(request), now=clock.now(), **values)
    except SignSlip.DoesNotExist:
        said = {"reason": _("没有这票签收单，或不属于您的单位。"), "clause": ""}
        return _slips(request, problem=said, status=422)
    except PROBLEMS as problem:
        return _slips(request, problem=problem, status=status_of(problem))
    messages.success(request, f"{number} · {done}")
    return redirect("desk:slips")
