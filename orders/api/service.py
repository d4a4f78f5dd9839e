"""The JSON door of customer service: tickets, suggestions, enquiries, calls, surveys, telephone figures (§3.4.6, §4.2, §4.3.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.personal import mask_phone
from customers import services
from customers.choices import CallResult, Means, SuggestionKind
from customers.models import CustomerCall, Enquiry, PhoneDay, Suggestion, Ticket
from customers.models import Request as Asked
from orders.api.bodies import Body, Day, Line, Nothing
from orders.api.callers import clerk
from orders.api.openapi import operation
from orders.api.views import ApiView, checked

SHARED = ("id", "state", "state_name", "text", "name", "phone", "order_number", "unit", "taken_by", "opened_at", "last_at")
MOST = 500


class MaskedPhone(serializers.CharField):
    def to_representation(self, value: str) -> str:
        return mask_phone(value)


class AskedAnswer(serializers.ModelSerializer[Asked]):
    state_name = serializers.CharField(source="get_state_display")
    phone = MaskedPhone()
    unit = serializers.CharField(source="unit.code", allow_null=True, default=None)
    taken_by = serializers.CharField(source="taken_by.number", allow_null=True, default=None)


class TicketAnswer(AskedAnswer):
    class Meta:
        model = Ticket
        fields = (*SHARED, "page", "collation", "collated_at", "solution", "solved_at", "reopened")
        read_only_fields = fields


class SuggestionAnswer(AskedAnswer):
    class Meta:
        model = Suggestion
        fields = (*SHARED, "kind", "analysis", "analysed_at", "answer", "answered_at")
        read_only_fields = fields


class EnquiryAnswer(AskedAnswer):
    class Meta:
        model = Enquiry
        fields = (*SHARED, "means", "promised_at", "answer", "answered_at", "call_back_at", "called_back_at")
        read_only_fields = fields


class AskBody(Body):
    text = Line(max_length=500)
    name = Line(max_length=40, required=False, allow_blank=True, default="")
    phone = Line(max_length=30, required=False, allow_blank=True, default="")
    order_number = Line(max_length=20, required=False, allow_blank=True, default="")


class TicketBody(AskBody):
    page = Line(max_length=200, required=False, allow_blank=True, default="")


class SuggestionBody(AskBody):
    kind = serializers.ChoiceField(choices=SuggestionKind.choices)


class EnquiryBody(AskBody):
    means = serializers.ChoiceField(choices=Means.choices)
    at = serializers.DateTimeField(required=False)


class WordsBody(Body):
    text = Line(max_length=500)


class AnalysisBody(WordsBody):
    unit = Line(max_length=20, required=False, allow_blank=True, default="", help_text="转交部门编号，留空为本部门")


class CallbackBody(Body):
    call_back_at = serializers.DateTimeField()


Opened = Callable[..., Asked]


def _collection(name: str, model: type[Asked], opened: Opened, by: str, body: type[Body], answer: type[AskedAnswer]) -> type[ApiView]:
    """Return the view that lists what one sees, the newest first (`?state=` narrows), and takes down another."""

    class Collection(ApiView):
        def get(self, request: Request) -> Response:
            found = model._default_manager.visible_to(clerk(request))  # type: ignore[attr-defined]
            state = request.query_params.get("state", "")
            found = found.filter(state=state) if state else found
            return Response(answer(found.select_related("unit", "taken_by")[:MOST], many=True).data)

        def post(self, request: Request) -> Response:
            person = clerk(request)
            made = opened(now=clock.now(), **{by: person}, **checked(body, request.data))
            return Response(answer(made).data, status=201)

    Collection.__name__, Collection.__doc__ = name, opened.__doc__
    described = operation("get", f"{name}_list", answer=answer(many=True), description=Collection.get.__doc__)(Collection)
    return operation("post", f"{name}_open", request=body, answer=answer, description=opened.__doc__)(described)


class AskedVerb(ApiView):
    body: ClassVar[type[Body]]
    answer: ClassVar[type[AskedAnswer]]
    act: ClassVar[Opened]

    def post(self, request: Request, key: int) -> Response:
        done = type(self).act(pk=key, clerk=clerk(request), now=clock.now(), **checked(self.body, request.data))
        return Response(self.answer(done).data)


def _verb(kind: str, name: str, act: Opened, body: type[Body], answer: type[AskedAnswer]) -> type[AskedVerb]:
    made = type(name, (AskedVerb,), {"act": staticmethod(act), "body": body, "answer": answer, "__doc__": act.__doc__})
    return operation("post", f"{kind}_{name}", request=body, answer=answer, description=act.__doc__)(made)


COLLECTIONS = {
    "tickets": _collection("tickets", Ticket, services.open_ticket, "by", TicketBody, TicketAnswer),
    "suggestions": _collection("suggestions", Suggestion, services.register_suggestion, "clerk", SuggestionBody, SuggestionAnswer),
    "enquiries": _collection("enquiries", Enquiry, services.take_enquiry, "clerk", EnquiryBody, EnquiryAnswer),
}
VERBS = {
    f"{kind}/{name.replace('_', '-')}": _verb(kind, name, act, body, answer)
    for kind, answer, rows in (
        ("tickets", TicketAnswer, (
            ("collate", services.collate_ticket, WordsBody), ("solve", services.solve_ticket, WordsBody),
            ("close", services.close_ticket, Nothing), ("reopen", services.reopen_ticket, WordsBody),
        )),
        ("suggestions", SuggestionAnswer, (
            ("analyse", services.analyse_suggestion, AnalysisBody), ("answer", services.answer_suggestion, WordsBody),
        )),
        ("enquiries", EnquiryAnswer, (
            ("answer", services.answer_enquiry, WordsBody), ("promise_callback", services.promise_callback, CallbackBody),
            ("call_back", services.call_back, Nothing),
        )),
    )
    for name, act, body in rows
}  # fmt: skip


class CallBody(Body):
    customer = serializers.IntegerField(min_value=1)
    result = serializers.ChoiceField(choices=CallResult.choices)
    text = Line(max_length=500)
    satisfaction = serializers.IntegerField(min_value=1, max_value=5, required=False)


class CallAnswer(serializers.ModelSerializer[CustomerCall]):
    by = serializers.CharField(source="by.number")

    class Meta:
        model = CustomerCall
        fields = ("id", "customer", "result", "text", "satisfaction", "by", "at")
        read_only_fields = fields


@operation("post", "customers_call", request=CallBody, answer=CallAnswer)
class CustomerCalls(ApiView):
    """Record a call to a customer (§4.3.2.9)."""

    def post(self, request: Request) -> Response:
        made = services.record_call(clerk=clerk(request), now=clock.now(), **checked(CallBody, request.data))
        return Response(CallAnswer(made).data, status=201)


class PhoneDayBody(Body):
    unit = Line(max_length=20)
    on = Day()
    offered = serializers.IntegerField(min_value=0)
    answered = serializers.IntegerField(min_value=0)
    in_two_rings = serializers.IntegerField(min_value=0)
    waited_well = serializers.IntegerField(min_value=0)


class PhoneDaysBody(Body):
    days = serializers.ListField(child=PhoneDayBody(), min_length=1, max_length=MOST)


class PhoneDayAnswer(serializers.ModelSerializer[PhoneDay]):
    unit = serializers.CharField(source="unit.code")

    class Meta:
        model = PhoneDay
        fields = ("unit", "on", "offered", "answered", "in_two_rings", "waited_well")
        read_only_fields = fields


@operation("post", "phone_figures_import", request=PhoneDaysBody, answer=PhoneDayAnswer(many=True))
class PhoneFigures(ApiView):
    """Store the telephone's figures by unit and day, all or none; a day given again is replaced (§4.3.1.2)."""

    def post(self, request: Request) -> Response:
        lines = [services.Counted(**line) for line in checked(PhoneDaysBody, request.data)["days"]]
        stored = services.import_phone_days(lines=lines, clerk=clerk(request), now=clock.now())
        return Response(PhoneDayAnswer(stored, many=True).data, status=201)
