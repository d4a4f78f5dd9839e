"""What allauth has no page for: one's account at a glance, ending one other session."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ecomlogistics.logins import factor


@never_cache
@require_safe
@login_required
def security(request: HttpRequest) -> HttpResponse:
    """Password, mail address, second factor and sessions, each with the way to change it."""
    return render(
        request, "account/security.html", {"second_factor": factor.has(request.user), "due": factor.DUE in request.session}  # type: ignore[arg-type]
    )


@never_cache
@require_POST
@login_required
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions, wherever it is."""
    get_object_or_404(UserSession, pk=pk, user=request.user).end()
    return redirect("usersessions_list")
