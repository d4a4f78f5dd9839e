"""What a demonstration would have sent: codes, links and messages, caught instead of leaving. Elsewhere there is no such page."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notify.models import Notice

MOST = 50


@never_cache
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    return render(request, "desk/outbox.html", {"notices": Notice.objects.order_by("-pk")[:MOST], "most": MOST})
