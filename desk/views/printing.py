"""The consignment note (托运书): two copies on A4, counted; one order or the ticked ones (§1.2.2.p, §3.4.3)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import clock
from desk.views.answers import explained, person_of
from network.access import staff_required
from orders.models import Order
from orders.notes import sheet_of

MOST = 60
COPIES = (1, 2)


@staff_required
@explained
@require_GET
def notes(request: HttpRequest) -> HttpResponse:
    """Show the notes of the numbers in the URL, printed before; printing itself is a POST that counts."""
    numbers = request.GET.getlist("n")[:MOST]
    person = person_of(request)
    found = Order.objects.visible_to(person).filter(number__in=numbers, printed_at__isnull=False).select_related("branch", "key_account__customer")
    sheets = [sheet_of(order) for order in found.prefetch_related("prints")]
    if not sheets:
        messages.error(request, _("没有可打印的托运书：请先受理并登记打印。"))
        return redirect("desk:queue")
    context = {"sheets": sheets, "copies": COPIES, "now": clock.now(), "single": len(sheets) == 1}
    return render(request, "desk/print.html", context)


def after_printing(numbers: list[str]) -> HttpResponse:
    query = "&".join(f"n={number}" for number in numbers)
    return HttpResponseRedirect(f"{reverse('desk:notes')}?{query}&now=1")


def ticked(request: HttpRequest) -> list[Any]:
    """Return the numbers of the ticked rows, each once, at most a page of them."""
    return list(dict.fromkeys(request.POST.getlist("number")))[:MOST]
