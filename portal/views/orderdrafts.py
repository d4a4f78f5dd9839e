"""A customer's drafts: order forms kept half filled, to be gone on with or deleted."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from customers.models import CustomerAccount
from orders.drafts import OrderDraft
from orders.services.drafting import typed_in
from portal.access import account_required, own_account

LONGEST_KEY = 18  # digits


@never_cache
@require_safe
@account_required
def kept(request: HttpRequest) -> HttpResponse:
    rows = [(draft, _told(draft)) for draft in own_account(request).drafts.order_by("-kept_at", "-pk")]
    return render(request, "portal/drafts.html", {"rows": rows})


def _told(draft: OrderDraft) -> str:
    """Return what a draft is about, in few words."""
    typed = typed_in(draft)
    said = [typed.get(name, "")[:40] for name in ("consignee_name", "goods")]
    return " · ".join(part for part in said if part) or _("（尚未填写收件人和货物）")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@account_required
def remove(request: HttpRequest, key: int) -> HttpResponse:
    """Ask, then delete."""
    draft = get_object_or_404(own_account(request).drafts, pk=key)
    if request.method == "POST":
        draft.delete()
        messages.success(request, _("草稿已删除。"))
        return redirect("portal:drafts")
    context = {
        "title": _("删除草稿"), "lines": [_told(draft)], "words": _("删除后不能恢复。"), "yes": _("确认删除"), "no": _("不删除，返回草稿"),
        "back": reverse("portal:drafts"),
    }  # fmt: skip
    return render(request, "portal/my_confirm.html", context)


def named(account: CustomerAccount, key: str) -> OrderDraft | None:
    """Return the login's own draft of that key as typed in a form or an address, None where it has none."""
    sane = key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY
    draft: OrderDraft | None = account.drafts.filter(pk=key).first() if sane else None
    return draft
