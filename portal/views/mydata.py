"""A copy of one's own data, and asking to be erased (个人信息保护法 art. 45, 47)."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.journal import Fact, publish
from customers.models import CustomerAccount
from customers.services import actor_of, ask_erasure, withdraw_erasure
from portal import access
from portal.access import account_of, account_required
from portal.persondata import packed
from portal.views.tracking import too_often
from rulebook.errors import Conflict
from rulebook.events import On


def _own(request: HttpRequest) -> CustomerAccount:
    account = account_of(request)
    assert account is not None  # noqa: S101 - the guard's promise
    return account


@never_cache
@require_safe
@account_required
def data(request: HttpRequest) -> HttpResponse:
    """Show both ways, and how one's requests stand."""
    return render(request, "portal/my_data.html", {"requests": _own(request).erasures.order_by("-asked_at")})


@never_cache
@require_POST
@account_required
def export(request: HttpRequest) -> HttpResponse:
    """Hand out everything the product holds of the customer; that it was handed out is on record."""
    now, account = clock.now(), _own(request)
    if not access.may_export(account.pk, now):
        return too_often(request)
    with transaction.atomic():
        publish(Fact(name=On.PERSONAL_DATA_EXPORTED, subject=f"account/{account.pk}", at=now, by=actor_of(account)))
    response = HttpResponse(packed(account), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    return response


@never_cache
@require_POST
@account_required
def erasure(request: HttpRequest) -> HttpResponse:
    """Ask to be erased, or take it back."""
    now, account = clock.now(), _own(request)
    if request.POST.get("act") == "withdraw":
        withdraw_erasure(account, now=now)
        messages.success(request, _("申请已撤回。"))
        return redirect("portal:my-data")
    try:
        ask_erasure(account, reason=request.POST.get("reason", "").replace("\0", ""), now=now)
    except Conflict as conflict:
        messages.info(request, conflict.reason)
    else:
        messages.success(request, _("申请已提交，15 个工作日内答复。办理前可以撤回。"))
    return redirect("portal:my-data")
