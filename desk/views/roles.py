"""The role choice of demo mode: one click into each role. Elsewhere there is no such page."""

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from desk.demo.access import DOORS, account_of, sandbox

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_http_methods(["GET", "HEAD", "POST"])
def roles(request: HttpRequest) -> HttpResponse:
    """Show the roles; log in as the one chosen."""
    if not settings.DEMO:
        raise Http404
    if request.method != "POST":
        return render(request, "desk/roles.html", {"doors": DOORS, "sandbox": sandbox()})
    door = next((door for door in DOORS if door.key == request.POST.get("role")), None)
    if door is None:
        raise Http404
    if not door.login:
        logout(request)
        return redirect(door.leads_to)
    account = account_of(door)
    if account is None:
        return render(request, "desk/roles.html", {"doors": DOORS, "sandbox": sandbox(), "missing": door}, status=409)
    login(request, account, backend=BACKEND)
    return redirect(door.leads_to)
