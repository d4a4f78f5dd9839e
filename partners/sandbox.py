"""The API for a sandbox partner: the same addresses and answers, of orders that touch nothing else (decision 0026)."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from orders.api import bodies, content
from orders.api.answers import order_answer
from orders.api.bodies import Body
from orders.api.callers import Caller
from orders.forms import values_of
from orders.models import Order
from orders.services.draft import draft_of
from partners.authentication import Signer
from partners.cancelling import NotCancelled, unknown
from partners.models import Partner, Trial
from partners.services import trials
from partners.services.told import entries_of
from reports import tracking
from rulebook.errors import Conflict


def partner_of(who: Caller) -> Partner | None:
    """Return the sandbox partner that calls, None for everybody else."""
    if isinstance(who, Signer) and who.ticket and who.ticket.key.partner.sandbox:
        return who.ticket.key.partner
    return None


def one(partner: Partner, number: str) -> Trial:
    """:raises Trial.DoesNotExist: it is no order of this partner's"""
    return Trial.objects.select_related("partner", "branch").get(partner=partner, number=number)


class TrialPages(CursorPagination):
    ordering = "-placed_at"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


def listing(partner: Partner, request: Request, view: APIView) -> Response:
    """List the sandbox orders by cursor; one may be asked for by the partner's own number."""
    wanted = bodies.ListQuery(data=request.query_params)
    wanted.is_valid(raise_exception=True)
    found = Trial.objects.select_related("partner", "branch").filter(partner=partner)
    if number := wanted.validated_data.get("partner_order_no"):
        found = found.filter(external_no=number)
    pages = TrialPages()
    page = pages.paginate_queryset(found, request, view=view) or []
    return pages.get_paginated_response([order_answer(trials.order_of(trial)) for trial in page])


def detail(partner: Partner, number: str) -> dict[str, Any]:
    """Return a sandbox order with its content; it has neither price, waybill nor clocks."""
    order = trials.order_of(one(partner, number))
    told = {"content": content.content_of(draft_of(order)), "price": None, "quotes": [], "waybill": None, "deadlines": []}
    return {**order_answer(order), **told}


def edit(partner: Partner, number: str, body: object) -> Order:
    """:raises Faulty, Conflict: as for a real order"""
    trial = one(partner, number)
    known = trials.order_of(trial)
    draft, extra = content.read(body, besides={"seen": int}, start=values_of(draft_of(known)))
    if extra.get("seen") not in (None, trial.version):
        raise Conflict(_("订单已被修改，请重新读取。"))
    return trials.edit(trial, draft, now=clock.now())


def cancel(partner: Partner, number: str, values: dict[str, Any]) -> Order:
    """:raises NotCancelled: with the same four reasons as a real order"""
    trial = Trial.objects.select_related("partner", "branch").filter(partner=partner, number=number).first()
    if trial is None:
        raise unknown()
    try:
        return trials.cancel(trial, reason=values["reason"], now=clock.now())
    except Conflict as conflict:
        order = trials.order_of(trial)
        raise NotCancelled("cancelled" if order.cancelled_at else "collected", conflict.reason) from conflict


def events(partner: Partner, number: str) -> dict[str, Any]:
    """Return the progress of a sandbox order."""
    trial = one(partner, number)
    with translation.override("zh-hans"):
        return {"number": trial.number, "events": tracking.told(entries_of(trial))}


class AdvanceBody(Body):
    to = serializers.ChoiceField(
        choices=list(trials.MOVES), required=False, allow_blank=True, default="", help_text="要发生的状态代码；空为下一步"
    )
