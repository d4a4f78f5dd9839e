"""A customer's own pages: what is theirs, without proving it order by order."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.personal import mask_phone
from orders.models import Order
from portal import progress
from portal.access import account_of, account_required

NEWEST = 10


@never_cache
@require_safe
@account_required
def home(request: HttpRequest) -> HttpResponse:
    """The newest orders of the login or its customer, and what is still to be done about the account."""
    account = account_of(request)
    assert account is not None  # noqa: S101 - the guard's promise
    newest = progress.orders().filter(pk__in=Order.objects.of_account(account).order_by("-placed_at").values("pk")[:NEWEST])
    rows = [(order, progress.headline(order)) for order in newest.order_by("-placed_at")]
    phone = mask_phone(account.customer.phone) if account.customer else ""
    return render(request, "portal/my.html", {"account": account, "phone": phone, "rows": rows})
