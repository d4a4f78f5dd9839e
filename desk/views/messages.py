"""The bell: what one's unit has been told and nobody there has seen (§1.2.2.n)."""

from django.contrib import messages as said
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from desk.views.answers import explained
from network.access import staff_required
from network.models import Person
from notify import services as notify
from notify.words import say


@staff_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what is unseen, the newest first; fetching it is what `delivered` means."""
    person: Person = request.person  # type: ignore[attr-defined]
    waiting = notify.deliver(person.unit, now=clock.now()) if person.unit else []
    return render(request, "desk/messages.html", {"waiting": [(message, say(message)) for message in waiting]})


@staff_required
@explained
@require_POST
def see(request: HttpRequest, number: str) -> HttpResponse:
    """Note that the messages about an order have been seen."""
    count = notify.see(order_number=number, person=request.person, now=clock.now())  # type: ignore[attr-defined]
    said.success(request, _("已标记 %d 条消息为已查看。") % count)
    return redirect("desk:messages")
