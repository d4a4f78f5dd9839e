"""One view a verb: read the body, call the service once, answer with what became of the order."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from core import clock
from network.models import Unit
from orders import services
from orders.api import answers, bodies, content
from orders.api.callers import Known, caller, clerk
from orders.api.openapi import operation
from orders.forms import values_of
from orders.models import Order, OrderQuerySet
from orders.services.draft import draft_of
from rulebook.errors import Refused

View = TypeVar("View", bound=APIView)


class ApiView(APIView):
    permission_classes = [Known]
    for_partners: ClassVar[bool] = False


def checked(body: type[bodies.Body], data: Any) -> dict[str, Any]:
    """:raises ValidationError: naming the fields"""
    serializer = body(data=data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


class Verb(ApiView):
    """A verb of staff: `act` is the service, `body` what it takes besides number, clerk and now."""

    body: ClassVar[type[bodies.Body]] = bodies.Nothing
    act: ClassVar[Callable[..., Any]]
    answer: ClassVar[type[BaseSerializer[Any]]] = answers.OrderAnswer

    def values(self, request: Request) -> dict[str, Any]:
        return checked(self.body, request.data)

    def post(self, request: Request, number: str) -> Response:
        done = type(self).act(number=number, clerk=clerk(request), now=clock.now(), **self.values(request))
        return Response(self.answer(done).data)


def verb(
    name: str, act: Callable[..., Any], *, body: type = bodies.Nothing, answer: type = answers.OrderAnswer
) -> type[Verb]:
    """Return the view of a staff verb of an order."""
    return made(Verb, f"orders_{snake(name)}", act, body=body, answer=answer)


def made(base: type[View], name: str, act: Callable[..., Any], *, body: type, answer: Any, told: Any = None, words: str | None = None) -> type[View]:
    """
    Return a view that does one verb the way `base` does, described by its service's own words.

    :param answer: the serializer the view answers with; `told`: what the schema says of it where that is another
    """
    words = words or act.__doc__
    view = type(name, (base,), {"act": staticmethod(act), "body": body, "answer": answer, "__doc__": words})
    return operation("post", name, request=body, answer=told or answer, description=words)(view)


def snake(name: str) -> str:
    """TakeBackAcceptance → take_back_acceptance."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


Accept = verb("Accept", services.accept)
TakeBackAcceptance = verb("TakeBackAcceptance", services.take_back_acceptance)
Postpone = verb("Postpone", services.postpone, body=bodies.PostponeBody)
Resume = verb("Resume", services.resume)
ConfirmReason = verb("ConfirmReason", services.confirm_reason, body=bodies.ConfirmReasonBody)
TakeBackAssignment = verb("TakeBackAssignment", services.take_back_assignment)
Contacts = verb("Contacts", services.contact, body=bodies.ContactBody, answer=answers.ContactAnswer)
Notes = verb("Notes", services.annotate, body=bodies.NoteBody, answer=answers.NoteAnswer)
Print = verb("Print", services.print_note, answer=answers.PrintAnswer)
Quote = verb("Quote", services.quote, body=bodies.QuoteBody, answer=answers.QuoteAnswer)
IssueWaybill = verb("IssueWaybill", services.issue_waybill, body=bodies.WaybillBody, answer=answers.WaybillAnswer)


class BranchVerb(Verb):
    """A verb that names another branch by its code."""

    def values(self, request: Request) -> dict[str, Any]:
        values = super().values(request)
        code = values.pop("branch_code")
        branch = Unit.objects.branches().filter(code=code).first()
        if branch is None:
            raise Refused("§3.4.3", _("没有编号为 %s 的营业部。") % code, field="branch_code")
        return {**values, "branch": branch}


@operation("post", "orders_assign", request=bodies.AssignBody, answer=answers.OrderAnswer)
class Assign(BranchVerb):
    body = bodies.AssignBody
    act = staticmethod(services.assign)


@operation("post", "orders_reassign", request=bodies.ReassignBody, answer=answers.OrderAnswer)
class Reassign(BranchVerb):
    body = bodies.ReassignBody
    act = staticmethod(services.reassign)


# What a partner may do too, with its own orders.


class SharedVerb(ApiView):
    """A verb of staff and partner: the order is looked up among the caller's own first."""

    for_partners = True
    body: ClassVar[type[bodies.Body]]
    act: ClassVar[Callable[..., Order]]

    def post(self, request: Request, number: str) -> Response:
        who = caller(request)
        who.orders().values_list("pk").get(number=number)
        values = checked(self.body, request.data)
        order = type(self).act(number=number, now=clock.now(), **who.service(), **values)
        return Response(answers.order_answer(order))


@operation("post", "orders_cancel", request=bodies.CancelBody, answer=answers.OrderAnswer)
class Cancel(SharedVerb):
    body = bodies.CancelBody
    act = staticmethod(services.cancel)


@operation("post", "orders_answer_quote", request=bodies.AnswerBody, answer=answers.OrderAnswer)
class AnswerQuote(SharedVerb):
    body = bodies.AnswerBody
    act = staticmethod(services.answer_quote)


EDIT = content.schema(besides={"seen": {"type": "integer", "minimum": 1}}, partial=True)


@operation("post", "orders_edit", request={"application/json": EDIT}, answer=answers.OrderAnswer)
class Edit(ApiView):
    """Change what the body names, until the waybill is issued (§3.4.4); `seen` is the version the editor saw."""

    for_partners = True

    def post(self, request: Request, number: str) -> Response:
        who = caller(request)
        known = who.orders().get(number=number)
        draft, extra = content.read(request.data, besides={"seen": int}, start=values_of(draft_of(known)))
        seen = extra.get("seen") or known.version
        order = services.edit(number=number, draft=draft, now=clock.now(), seen=seen, ships_for=who.ships_for, **who.service())
        return Response(answers.order_answer(order))


class OrderPages(CursorPagination):
    ordering = "-placed_at"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


QUERY = [OpenApiParameter(name, str) for name in ("state", "branch", "q", "partner_order_no", "cursor", "page_size")]


@operation("get", "orders_list", parameters=QUERY, answer=answers.OrderAnswer(many=True))
class OrderList(ApiView):
    for_partners = True

    def get(self, request: Request) -> Response:
        wanted = bodies.ListQuery(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        found = narrowed(caller(request).orders().select_related("branch"), **wanted.validated_data)
        pages = OrderPages()
        page = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(answers.OrderAnswer(page, many=True).data)


def narrowed(
    orders: OrderQuerySet, *, state: str = "", branch: str = "", q: str = "", partner_order_no: str = ""
) -> OrderQuerySet:
    """Narrow a list of orders by what was asked for."""
    if state:
        orders = orders.filter(state=state)
    if branch:
        orders = orders.filter(branch__code=branch)
    if partner_order_no:
        orders = orders.filter(external_no=partner_order_no)
    return orders.search(q) if q else orders


@operation("get", "orders_retrieve")
class OrderDetail(ApiView):
    for_partners = True

    def get(self, request: Request, number: str) -> Response:
        who = caller(request)
        order = who.orders().select_related("branch").get(number=number)
        return Response(self.detail(order, masked=who.person is not None))

    def detail(self, order: Order, *, masked: bool) -> dict[str, Any]:
        """Return what is told of an order; higher apps add what they know."""
        return answers.order_detail(order, masked=masked)


@operation("get", "orders_versions")
class Versions(ApiView):
    """The edits of an order, newest first, each with what it changed (§3.4.4)."""

    for_partners = True

    def get(self, request: Request, number: str) -> Response:
        order = caller(request).orders().get(number=number)
        return Response([_edit(version, changes) for version, changes in services.versions(order)])


def _edit(version: Any, changes: Any) -> dict[str, Any]:
    """Phones and addresses are named as changed, not shown: the detail shows the present ones to whom it may."""
    return {
        "version": version.number,
        "by_kind": version.by_kind,
        "at": version.at,
        "changes": [
            {"field": content.path_of(each.field)}
            | ({} if "phone" in each.field or "address" in each.field else {"before": each.before, "after": each.after})
            for each in changes
        ],
    }
