"""The second factor: everybody may have one, the offices of `MFA_ROLES` must, before they see their desk."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from network.models import Account, Person

DUE = "second_factor_due"
GUARDED = ("/desk/", "/api/", "/admin/")


def demanded(account: Account) -> bool:
    """Tell whether one of the posts behind a login must have a second factor."""
    if not settings.MFA_ROLES:
        return False
    person = Person.objects.filter(account=account.pk).first()
    return person is not None and not person.roles.isdisjoint(settings.MFA_ROLES)


def has(account: Account) -> bool:
    return Authenticator.objects.filter(user=account.pk, type=Authenticator.Type.TOTP).exists()


def note(request: HttpRequest, account: Account) -> None:
    """Remember for this session that a second factor has to be set up first."""
    if demanded(account) and not has(account):
        request.session[DUE] = True


class SecondFactorDue:
    """Lead a session that owes a second factor to where it is set up; asks the session alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not (request.path.startswith(GUARDED) and request.session.get(DUE)):
            return self.get_response(request)
        if has(request.user):  # type: ignore[arg-type]
            del request.session[DUE]
            return self.get_response(request)
        if request.path.startswith("/api/"):
            return JsonResponse({"code": "second_factor", "message": _("您的岗位须先开启两步验证。")}, status=403)
        return redirect("mfa_index")
