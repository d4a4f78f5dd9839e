"""The door everybody comes in by, and the one preference that needs no login: how the pages look."""

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

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


class Login(LoginView):
    """Log in; without a page asked for, go to one's own desk."""

    def get_default_redirect_url(self) -> str:
        person = Person.objects.filter(account=self.request.user.pk).first()
        return first_page(person)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep light, dark or the system's theme in a cookie and go back."""
    back = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if safe else "/")
    if request.POST.get("theme") in THEMES:
        response.set_cookie("theme", request.POST["theme"], max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response
