"""The JSON door of complaints (§1.6, §4.4): staff do every verb; a partner files about its own orders, follows, answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import services
from complaints.answers import attachment
from complaints.choices import Answer, Filer, Ground, RedressKind, Told
from complaints.models import Complaint, Evidence, Redress, Ruling, Saying
from complaints.models.complaints import ComplaintQuerySet
from complaints.services import Matter, Sender, evidence
from complaints.services.common import locked_of
from complaints.services.handling import add_files
from core import clock
from orders.api.bodies import Body, Day, Line, Nothing
from orders.api.callers import Caller, caller, clerk
from orders.api.openapi import operation
from orders.api.views import ApiView, checked
from orders.forms import CENT, MOST_MONEY
from rulebook.categories import CATEGORIES, CAUSES
from rulebook.errors import Denied
from rulebook.events import On
from rulebook.findings import FINDINGS
from rulebook.points import POINTS

# What is answered.


class ComplaintAnswer(serializers.ModelSerializer[Complaint]):
    """What a partner and staff may both know."""

    order = serializers.CharField(source="order.number", allow_null=True, default=None)
    partner_complaint_no = serializers.CharField(source="external_no")
    state_name = serializers.CharField(source="get_state_display")
    category_name = serializers.CharField(source="get_category_display")
    clause = serializers.CharField(source="kind.clause")
    interim_answer = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()

    class Meta:
        model = Complaint
        fields: tuple[str, ...] = (
            "number", "order", "partner_complaint_no", "state", "state_name", "category", "category_name", "clause", "amount",
            "filed_at", "taken_at", "interim_at", "interim_until", "interim_answer", "told_at", "result", "answer", "answered_at",
            "closed_at", "round",
        )  # fmt: skip

    def get_interim_answer(self, complaint: Complaint) -> str:
        return _said(complaint, On.COMPLAINT_INTERIM_ANSWERED) if complaint.interim_at else ""

    def get_result(self, complaint: Complaint) -> str:
        return _said(complaint, On.COMPLAINT_RESULT_TOLD) if complaint.told_at else ""


def _said(complaint: Complaint, name: On) -> str:
    said = Saying.objects.filter(complaint=complaint, round=complaint.round, name=name).order_by("pk").last()
    return said.text if said else ""


class RulingAnswer(serializers.ModelSerializer[Ruling]):
    branch = serializers.CharField(source="branch.code", allow_null=True, default=None)
    person = serializers.CharField(source="person.number", allow_null=True, default=None)
    by = serializers.CharField(source="by.number")

    class Meta:
        model = Ruling
        fields = ("round", "upheld", "branch", "person", "point_code", "points", "findings", "ground", "reason", "by", "at")


class RedressAnswer(serializers.ModelSerializer[Redress]):
    person = serializers.CharField(source="person.number")

    class Meta:
        model = Redress
        fields = ("round", "kind", "person", "means", "text", "at")


class StaffComplaintAnswer(ComplaintAnswer):
    branch = serializers.CharField(source="branch.code", allow_null=True, default=None)
    fault = serializers.CharField(source="fault.code", allow_null=True, default=None)
    person = serializers.CharField(source="person.number", allow_null=True, default=None)
    owner = serializers.CharField(source="owner.number", allow_null=True, default=None)
    repeated = serializers.BooleanField()
    key_customer = serializers.BooleanField()
    rulings = RulingAnswer(many=True)
    redresses = RedressAnswer(many=True)

    class Meta(ComplaintAnswer.Meta):
        fields = (
            *ComplaintAnswer.Meta.fields, "text", "cause", "insurer_on", "internal", "serious", "repeated", "key_customer", "filer",
            "branch", "fault", "person", "owner", "rulings", "redresses",
        )  # fmt: skip


class EvidenceAnswer(serializers.ModelSerializer[Evidence]):
    class Meta:
        model = Evidence
        fields = ("key", "media", "name", "size", "width", "height", "sha256", "at")


# What is taken.


def _text(longest: int = 1000, **options: Any) -> serializers.CharField:
    return serializers.CharField(max_length=longest, **options)


def _maybe(longest: int = 500) -> serializers.CharField:
    return serializers.CharField(max_length=longest, required=False, allow_blank=True, default="")


def _money(**options: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=9, decimal_places=2, min_value=CENT, max_value=MOST_MONEY, **options)


CATEGORY_CHOICES = [(row.code, row.zh) for row in CATEGORIES.values()]
CAUSE_CHOICES = [(row.code, row.zh) for row in CAUSES.values()]


class MatterBody(Body):
    category = serializers.ChoiceField(choices=CATEGORY_CHOICES)
    text = _text()
    cause = serializers.ChoiceField(choices=CAUSE_CHOICES, required=False, allow_blank=True, default="")
    amount = _money(required=False, allow_null=True, default=None)
    contact_name = Line(max_length=60, required=False, allow_blank=True, default="")
    contact_phone = Line(max_length=30, required=False, allow_blank=True, default="")


class PartnerBody(MatterBody):
    order = Line(max_length=20)
    partner_complaint_no = Line(max_length=64, help_text="平台自己的编号，重复提交只登记一次")


class StaffBody(MatterBody):
    order = Line(max_length=20, required=False, allow_blank=True, default="")
    branch = Line(max_length=20, required=False, allow_blank=True, default="", help_text="被投诉营业部或部门编号")
    person = Line(max_length=20, required=False, allow_blank=True, default="", help_text="被投诉人工号")
    serious = serializers.BooleanField(required=False, default=False)
    internal = serializers.BooleanField(required=False, default=False)
    key = Line(max_length=64, required=False, allow_blank=True, default="", help_text="重复提交只登记一次")


class WordsBody(Body):
    text = _text()


class RecategoriseBody(Body):
    category = serializers.ChoiceField(choices=CATEGORY_CHOICES)
    cause = serializers.ChoiceField(choices=CAUSE_CHOICES, required=False, allow_blank=True, default="")
    amount = _money(required=False, allow_null=True, default=None)
    serious = serializers.BooleanField(required=False, default=False)
    internal = serializers.BooleanField(required=False, default=False)
    text = _maybe(300)


class InsurerBody(Body):
    insurer_on = Day()


class InterimBody(WordsBody):
    until = Day()


class FoundBody(Body):
    """The value a finding needs: a person's number, or a loss in CNY."""

    person = Line(max_length=20, required=False, allow_blank=True)
    loss = serializers.DecimalField(max_digits=9, decimal_places=2, min_value=Decimal(), max_value=MOST_MONEY, required=False)


class FindingsBody(Body):
    """Codes of what is found besides the item, each with the value it needs."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {code: FoundBody(required=False) for code in FINDINGS}


class UpholdBody(Body):
    branch = Line(max_length=20, help_text="责任营业部或部门编号")
    reason = _text(500)
    point_code = serializers.ChoiceField(choices=list(POINTS), required=False, allow_blank=True, default="")
    points = serializers.IntegerField(required=False, allow_null=True, default=None)
    person = Line(max_length=20, required=False, allow_blank=True, default="")
    findings = FindingsBody(required=False)


class DismissBody(Body):
    reason = _text(500)
    ground = serializers.ChoiceField(choices=Ground.choices, required=False, allow_blank=True, default="")


class TellBody(WordsBody):
    means = serializers.ChoiceField(choices=Told.choices)


class CloseBody(Body):
    answer = serializers.ChoiceField(choices=Answer.choices, required=False, allow_blank=True, default="")
    text = _maybe()


class ApologyBody(Body):
    text = _text(500)
    means = serializers.ChoiceField(choices=Told.choices, required=False, default=Told.PHONE)
    person = Line(max_length=20, required=False, allow_blank=True, default="")
    at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class VisitBody(Body):
    text = _text(500)
    person = Line(max_length=20, required=False, allow_blank=True, default="")
    at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class RemedyBody(Body):
    kind = serializers.ChoiceField(choices=[(each.value, each.label) for each in (RedressKind.FEE, RedressKind.PROMISE, RedressKind.CAUSE)])
    text = _text(500)
    at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    amendment = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1, help_text="更改单序号")


class AnswerBody(Body):
    answer = serializers.ChoiceField(choices=[(each.value, each.label) for each in (Answer.YES, Answer.NO)])
    text = _maybe()


class EvidenceBody(Body):
    file = serializers.FileField(max_length=255, help_text="JPEG、PNG、WebP 或 PDF，最大 8 MB")


# The views.


def _seen(who: Caller) -> ComplaintQuerySet:
    """Return the complaints this caller may know of; any other number is unknown (404)."""
    if who.person:
        who.person.require("see_complaints")
        return Complaint.objects.visible_to(who.person)
    return Complaint.objects.filter(source=who.source, internal=False)


def _told(who: Caller, complaint: Complaint, status: int = 200) -> Response:
    form = StaffComplaintAnswer if who.person else ComplaintAnswer
    return Response(form(complaint).data, status=status)


@operation("get", "complaints_list", answer=StaffComplaintAnswer(many=True))
@operation("post", "complaints_file", request=StaffBody, answer=StaffComplaintAnswer)
class Complaints(ApiView):
    """The latest complaints one sees; file one. A partner names its own number and one of its orders."""

    for_partners = True

    def get(self, request: Request) -> Response:
        who = caller(request)
        rows = _seen(who).select_related("order", "branch", "fault", "person", "owner").order_by("-filed_at", "-pk")[:200]
        form = StaffComplaintAnswer if who.person else ComplaintAnswer
        return Response(form(rows, many=True).data)

    def post(self, request: Request) -> Response:
        who, now = caller(request), clock.now()
        if who.person:
            given = checked(StaffBody, request.data)
            order, key = given.pop("order"), given.pop("key")
            return _told(who, services.file(matter=Matter(**given), clerk=who.person, order=order, key=key, now=now), 201)
        return _told(who, _of_partner(who, checked(PartnerBody, request.data), now), 201)


def _of_partner(who: Caller, given: dict[str, Any], now: datetime) -> Complaint:
    order = who.orders().get(number=given.pop("order"))
    sender = Sender(by=who.actor, who=who.who, filer=Filer.PARTNER, source=who.source, key=given.pop("partner_complaint_no"))
    return services.file_from(sender=sender, matter=Matter(**given), order=order, now=now)


@operation("get", "complaints_retrieve", answer=StaffComplaintAnswer)
class ComplaintDetail(ApiView):
    """One complaint with its decisions and what was done to make good."""

    for_partners = True

    def get(self, request: Request, number: str) -> Response:
        who = caller(request)
        return _told(who, _seen(who).get(number=number))


class ComplaintVerb(ApiView):
    body: ClassVar[type[Body]]
    act: ClassVar[Callable[..., Complaint]]

    def post(self, request: Request, number: str) -> Response:
        person = clerk(request)
        found = _seen(caller(request)).get(number=number)
        done = type(self).act(pk=found.pk, clerk=person, now=clock.now(), **checked(self.body, request.data))
        return Response(StaffComplaintAnswer(done).data)


def _verb(name: str, act: Callable[..., Complaint], body: type[Body]) -> type[ComplaintVerb]:
    made = type(name, (ComplaintVerb,), {"act": staticmethod(act), "body": body, "__doc__": act.__doc__})
    described = operation("post", f"complaints_{name.replace('-', '_')}", request=body, answer=StaffComplaintAnswer, description=act.__doc__)
    return described(made)


COMPLAINT_VERBS = {
    name: _verb(name, act, body)
    for name, act, body in (
        ("take", services.take, Nothing),
        ("note", services.note, WordsBody),
        ("recategorise", services.recategorise, RecategoriseBody),
        ("insurer-date", services.record_insurer_date, InsurerBody),
        ("propose", services.propose, WordsBody),
        ("interim-answer", services.give_interim_answer, InterimBody),
        ("uphold", services.uphold, UpholdBody),
        ("dismiss", services.dismiss, DismissBody),
        ("tell-result", services.tell_result, TellBody),
        ("close", services.close, CloseBody),
        ("reopen", services.reopen, WordsBody),
        ("apology", services.record_apology, ApologyBody),
        ("visit", services.record_visit, VisitBody),
        ("visit-report", services.report_visit, WordsBody),
        ("callback", services.call_back, WordsBody),
        ("remedy", services.record_remedy, RemedyBody),
    )
}


@operation("post", "complaints_answer", request=AnswerBody, answer=ComplaintAnswer)
class AnswerResult(ApiView):
    """The partner's customer says yes or no to the result."""

    for_partners = True

    def post(self, request: Request, number: str) -> Response:
        who = caller(request)
        if who.person:
            raise Denied(_("客户的答复由客户或合作平台提交；电话答复请在结案时登记。"))
        given = checked(AnswerBody, request.data)
        seen = _seen(who).filter(number=number)
        return _told(who, services.answer(seen=seen, by=who.actor, who=who.who, now=clock.now(), **given))


def _evidence(who: Caller, number: str) -> list[Evidence]:
    """Return the files of a complaint: staff see all, a partner what came from outside."""
    rows = Evidence.objects.of(_seen(who).get(number=number).subject)
    return list(rows if who.person else rows.filter(person=None))


@operation("get", "complaints_evidence_list", answer=EvidenceAnswer(many=True))
@operation("post", "complaints_evidence_create", request={"multipart/form-data": EvidenceBody}, answer=EvidenceAnswer(many=True))
class EvidenceFiles(ApiView):
    """The files that prove a complaint: list them, or add one."""

    for_partners = True
    parser_classes = [MultiPartParser]

    def get(self, request: Request, number: str) -> Response:
        return Response(EvidenceAnswer(_evidence(caller(request), number), many=True).data)

    def post(self, request: Request, number: str) -> Response:
        who, upload = caller(request), checked(EvidenceBody, request.data)["file"]
        seen = _seen(who).filter(number=number)
        if who.person:
            who.person.require("answer_complaint")
        read = [evidence.read(upload.read(), upload.name or "", field="file")]
        with transaction.atomic():
            kept = add_files(locked_of(seen), read, by=who.actor, who=who.who, person=who.person, now=clock.now())
        return Response(EvidenceAnswer(kept, many=True).data)


@operation("get", "complaints_evidence_retrieve", answer={(200, "application/octet-stream"): OpenApiTypes.BINARY})
class EvidenceFile(ApiView):
    """The file itself, as an attachment."""

    for_partners = True

    def get(self, request: Request, number: str, key: str) -> HttpResponse:
        found = next((each for each in _evidence(caller(request), number) if each.key == key), None)
        if found is None:
            raise Evidence.DoesNotExist
        return attachment(found)
