"""The JSON door of claims (§4.5): one view a verb. Partners open and answer claims on their own orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.choices import AnswerMeans, Claimed
from complaints.models import Claim, ClaimPaper, Proposal
from complaints.models.claims import ClaimQuerySet
from complaints.services import claims
from complaints.services.claims import Author
from core import clock
from core.personal import mask_phone
from orders.api.bodies import Body, Day, Line, Nothing
from orders.api.callers import Caller, caller
from orders.api.openapi import operation
from orders.api.views import ApiView, checked
from orders.models import Coupon
from rulebook.categories import CAUSES
from rulebook.claims import PAPERS

# What is answered.


class ClaimPaperAnswer(serializers.ModelSerializer[ClaimPaper]):
    name = serializers.CharField(source="words")

    class Meta:
        model = ClaimPaper
        fields = ("code", "name", "required", "asked_at", "received_at", "returned_at", "return_reason", "waived_at", "waiver")
        read_only_fields = fields


class ProposalAnswer(serializers.ModelSerializer[Proposal]):
    class Meta:
        model = Proposal
        fields = ("serial", "amount", "proven", "most", "words", "expires_at", "at")
        read_only_fields = fields


class CouponAnswer(serializers.ModelSerializer[Coupon]):
    used_on = serializers.CharField(source="used_on.number", default=None, help_text="用于哪张订单")

    class Meta:
        model = Coupon
        fields = ("code", "amount", "valid_until", "apology", "given_at", "used_on")
        read_only_fields = fields


class ClaimAnswer(serializers.ModelSerializer[Claim]):
    order = serializers.CharField(source="order.number")
    state_name = serializers.CharField(source="get_state_display")
    claimant_phone = serializers.SerializerMethodField(help_text="已脱敏")
    handler = serializers.CharField(source="handler.number", allow_null=True, default=None)
    at_fault = serializers.CharField(source="at_fault.code", allow_null=True, default=None)
    agreed_amount = serializers.DecimalField(source="agreed.amount", max_digits=12, decimal_places=2, allow_null=True, default=None)
    papers = ClaimPaperAnswer(many=True)
    proposals = ProposalAnswer(many=True)
    coupon = CouponAnswer(allow_null=True)

    class Meta:
        model = Claim
        fields = (
            "number", "order", "state", "state_name", "claimant_name", "claimant_phone", "amount", "declared_value", "insured", "freight",
            "cause", "text", "small", "handler", "opened_at", "completed_at", "decided_at", "answered_at", "answer_means",
            "agreed_amount", "dispute", "escalated_at", "rejection", "withdrawal", "at_fault", "ended_at", "closed_at", "papers",
            "proposals", "coupon",
        )  # fmt: skip
        read_only_fields = fields

    def get_claimant_phone(self, claim: Claim) -> str:
        return mask_phone(claim.claimant_phone)


def _answer(number: str, status: int = 200) -> Response:
    return Response(ClaimAnswer(_whole(Claim.objects.filter(number=number)).get()).data, status=status)


def _whole(seen: ClaimQuerySet) -> ClaimQuerySet:
    related = seen.select_related("order", "handler", "at_fault", "agreed", "coupon__order")
    found: ClaimQuerySet = related.prefetch_related("papers", "proposals")
    return found


# What is taken.


def _money() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=12, decimal_places=2)


def _payee() -> Line:
    return Line(max_length=200, required=False, allow_blank=True, default="", help_text="收款账户：户名、开户行、账号")


class OpenBody(Body):
    order = Line(max_length=20, help_text="订单号")
    amount = _money()
    cause = serializers.ChoiceField(choices=list(CAUSES))
    text = Line(max_length=500)
    name = Line(max_length=60)
    phone = Line(max_length=40)
    payee = _payee()


class HandlerBody(Body):
    handler = Line(max_length=20, help_text="理赔部人员工号")


class PaperBody(Body):
    paper = serializers.ChoiceField(choices=list(PAPERS))


class WaiveBody(Body):
    waive = serializers.ListField(child=serializers.ChoiceField(choices=list(PAPERS)), max_length=len(PAPERS), required=False, default=list)
    text = Line(max_length=300, required=False, allow_blank=True, default="", help_text="免交原因")


class ReturnBody(Body):
    papers = serializers.ListField(child=serializers.ChoiceField(choices=list(PAPERS)), min_length=1, max_length=len(PAPERS))
    text = Line(max_length=300)


class ProposeBody(Body):
    amount, proven = _money(), _money()
    words = Line(max_length=500)
    at_fault = Line(max_length=20, required=False, allow_blank=True, default="", help_text="责任单位编号（§2.2.3）")


class EscalateClaimBody(Body):
    to = Line(max_length=20, help_text="工号")


class ReasonBody(Body):
    text = Line(max_length=500)


class AgreeBody(Body):
    serial = serializers.IntegerField(min_value=1, max_value=32767, help_text="客户所见方案的序号")
    means = serializers.ChoiceField(choices=AnswerMeans.choices, required=False, help_text="员工登记时必填")
    payee = _payee()


class DisputeBody(Body):
    serial = serializers.IntegerField(min_value=0, max_value=32767, help_text="没有方案时为 0")
    means = serializers.ChoiceField(choices=AnswerMeans.choices, required=False, help_text="员工登记时必填")
    text = Line(max_length=500)


class WithdrawBody(Body):
    text = Line(max_length=300)


class PayeeBody(Body):
    payee = Line(max_length=200)


class PayBody(Body):
    amount = _money()
    bank_no = Line(max_length=40)


class CouponBody(Body):
    amount = _money()
    valid_until = Day()
    apology = Line(max_length=300)


class ClaimQuery(serializers.Serializer[Any]):
    """What a list of claims may be narrowed by."""

    state = serializers.ChoiceField(choices=Claimed.choices, required=False)
    q = Line(max_length=60, required=False)


# Who may reach which claims.


def _author(who: Caller) -> Author:
    return claims.staff(who.person) if who.person else Author(who.actor, who.who)


def _seen(who: Caller) -> ClaimQuerySet:
    """Return the claims this caller may know of; any other number is unknown (404)."""
    if who.person:
        who.person.require("see_claims")
        return Claim.objects.visible_to(who.person)
    return Claim.objects.filter(order__in=who.orders())


class ClaimPages(CursorPagination):
    ordering = "-opened_at"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


QUERY = [OpenApiParameter(name, str) for name in ("state", "q", "cursor", "page_size")]


@operation("get", "claims_list", parameters=QUERY, answer=ClaimAnswer(many=True))
@operation("post", "claims_create", request=OpenBody, answer={201: ClaimAnswer}, description=claims.open_claim.__doc__)
class Claims(ApiView):
    """The claims one may see, the newest first; or a new one on an order."""

    for_partners = True

    def get(self, request: Request) -> Response:
        wanted = ClaimQuery(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        said, found = wanted.validated_data, _whole(_seen(caller(request)))
        found = found.filter(state=said["state"]) if said.get("state") else found
        found = found.search(said["q"]) if said.get("q") else found
        pages = ClaimPages()
        page = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(ClaimAnswer(page, many=True).data)

    def post(self, request: Request) -> Response:
        who, values = caller(request), checked(OpenBody, request.data)
        order = who.orders().get(number=values.pop("order"))
        claim = claims.open_claim(number=order.number, author=_author(who), now=clock.now(), **values)
        return _answer(claim.number, status=201)


@operation("get", "claims_retrieve", answer=ClaimAnswer)
class ClaimDetail(ApiView):
    """One claim: its papers, proposals and where it stands."""

    for_partners = True

    def get(self, request: Request, number: str) -> Response:
        return Response(ClaimAnswer(_whole(_seen(caller(request))).get(number=number)).data)


class ClaimVerb(ApiView):
    body: ClassVar[type[Body]]
    act: ClassVar[Callable[..., Any]]
    answers: ClassVar[bool] = False  # the customer's yes or no, which says how it reached us

    def post(self, request: Request, number: str) -> Response:
        who, values = caller(request), checked(self.body, request.data)
        _seen(who).values_list("pk").get(number=number)
        type(self).act(number=number, now=clock.now(), **self.actor(who, values), **values)
        return _answer(number)

    def actor(self, who: Caller, values: dict[str, Any]) -> dict[str, Any]:
        if not self.for_partners:
            return {"clerk": who.person}
        if self.answers:
            values["means"] = values.get("means", "") if who.person else AnswerMeans.PARTNER
        return {"author": _author(who)}


def _verb(
    name: str, act: Callable[..., Any], body: type[Body], *, shared: bool = False, answers: bool = False
) -> type[ClaimVerb]:
    made = type(
        name, (ClaimVerb,),
        {"act": staticmethod(act), "body": body, "for_partners": shared, "answers": answers, "__doc__": act.__doc__},
    )  # fmt: skip
    return operation("post", f"claims_{name}", request=body, answer=ClaimAnswer, description=act.__doc__)(made)


def _receive(**said: Any) -> Claim:
    return claims.receive_paper(author=claims.staff(said.pop("clerk")), **said)


_receive.__doc__ = claims.receive_paper.__doc__

CLAIM_VERBS = {
    "assign": _verb("assign", claims.assign, HandlerBody),
    "ask-papers": _verb("ask_papers", claims.ask_papers, Nothing),
    "receive-paper": _verb("receive_paper", _receive, PaperBody),
    "complete-papers": _verb("complete_papers", claims.complete_papers, WaiveBody),
    "return-papers": _verb("return_papers", claims.return_papers, ReturnBody),
    "propose": _verb("propose", claims.propose, ProposeBody),
    "escalate": _verb("escalate", claims.escalate, EscalateClaimBody),
    "reject": _verb("reject", claims.reject, ReasonBody),
    "pay": _verb("pay", claims.pay, PayBody),
    "close": _verb("close", claims.close, Nothing),
    "coupon": _verb("give_coupon", claims.give_coupon, CouponBody),
    "payee": _verb("record_payee", claims.record_payee, PayeeBody, shared=True),
    "agree": _verb("agree", claims.agree, AgreeBody, shared=True, answers=True),
    "dispute": _verb("dispute", claims.dispute, DisputeBody, shared=True, answers=True),
    "withdraw": _verb("withdraw", claims.withdraw, WithdrawBody, shared=True),
}
