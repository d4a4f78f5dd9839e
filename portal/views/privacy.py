"""The privacy notice, the consent to it, and by which media a customer wants to be told of what."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.language import in_words
from customers.privacy import CURRENT
from customers.services import agree, choose
from portal.access import account_of, account_required
from portal.accountforms import TellsForm


@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """Show what we do with personal data and why (个人信息保护法 art. 17)."""
    return render(request, "portal/privacy.html", {"edition": CURRENT, "paragraphs": in_words(CURRENT).splitlines()})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def consent(request: HttpRequest) -> HttpResponse:
    """Ask for the consent to a notice that has changed since the last one."""
    account = account_of(request)
    if account is None:
        raise PermissionDenied
    after = request.POST.get("next") or request.GET.get("next", "")
    if request.method == "POST" and request.POST.get("edition") == CURRENT.hash:
        agree(account, now=clock.now())
        own = url_has_allowed_host_and_scheme(after, allowed_hosts={request.get_host()}, require_https=request.is_secure())
        return HttpResponseRedirect(after) if own else redirect("portal:my")
    context = {"edition": CURRENT, "paragraphs": in_words(CURRENT).splitlines(), "next": after[:500]}
    return render(request, "portal/consent.html", context, status=422 if request.method == "POST" else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@account_required
def tells(request: HttpRequest) -> HttpResponse:
    """By which media the customer is told of which topics."""
    account = account_of(request)
    assert account is not None  # noqa: S101 - the guard's promise
    form = TellsForm(request.POST if request.method == "POST" else None, account=account)
    if request.method == "POST" and form.is_valid():
        choose(account, form.cleaned_data)
        messages.success(request, _("通知方式已保存。"))
        return redirect("portal:my-tells")
    context = {"form": form, "account": account}
    return render(request, "portal/my_tells.html", context, status=422 if form.errors else 200)
