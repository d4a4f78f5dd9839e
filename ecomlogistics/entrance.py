"""The door everybody comes in by, and the one preference that needs no login: how the pages look."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from customers.models import CustomerAccount
from network.choices import CALL_CENTRE
from network.models import Person
from rulebook.roles import Role

THEMES = ("light", "dark", "auto")
YEAR = 365 * 24 * 3600


def first_page(person: Person | None) -> str:
    """Return where somebody starts who asked for no page: their own desk, or the hall."""
    if not person:
        return "/"
    if Role.COURIER in person.roles:
        return reverse("desk:courier")
    return reverse("desk:queue") if person.roles.isdisjoint(CALL_CENTRE) else reverse("desk:callcentre")


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Lead on from the login, where no page was asked for: staff to their desk, customers to their own pages."""
    if request.user.is_authenticated and CustomerAccount.objects.filter(account=request.user.pk).exists():
        return redirect("portal:my")
    return redirect(first_page(request.person))  # type: ignore[attr-defined]


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep light, dark or the system's theme in a cookie and go back."""
    back = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if safe else "/")
    if request.POST.get("theme") in THEMES:
        response.set_cookie("theme", request.POST["theme"], max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response
