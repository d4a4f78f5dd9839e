"""The JSON door of filings, 备案: file, verify, decide, reopen (§1.4.2, §1.3.3.1, §3.6.1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.answers import attachment
from complaints.api import EvidenceAnswer, EvidenceBody
from complaints.models import Evidence
from complaints.models.evidence import EvidenceQuerySet
from complaints.services import evidence
from core import clock
from network.models import Person
from orders.api.bodies import Body, Line
from orders.api.callers import clerk
from orders.api.openapi import operation
from orders.api.views import ApiView, checked
from sla import services
from sla.choices import FilingReason, FilingState
from sla.models import Filing, FilingAct

FILED_BY_HAND = [(each.value, each.label) for each in FilingReason if each != FilingReason.OUTSIDE_WAYBILL]


class FilingAnswer(serializers.ModelSerializer[Filing]):
    deadline = serializers.CharField(source="deadline_id", allow_null=True)
    clause = serializers.CharField()
    order = serializers.CharField(source="about.number", default=None)

    class Meta:
        model = Filing
        fields = (
            "id", "deadline", "clause", "order", "reason", "text", "state", "filed_at", "confirmed", "verified_at", "verification",
            "decided_at", "decision",
        )  # fmt: skip
        read_only_fields = fields


class ActAnswer(serializers.ModelSerializer[FilingAct]):
    by = serializers.CharField(source="by.number")

    class Meta:
        model = FilingAct
        fields = ("verb", "by", "at", "words")
        read_only_fields = fields


class FilingDetailAnswer(FilingAnswer):
    acts = ActAnswer(many=True)

    class Meta(FilingAnswer.Meta):
        fields = (*FilingAnswer.Meta.fields, "acts")  # type: ignore[assignment]
        read_only_fields = fields


class FilingPages(CursorPagination):
    ordering = "-filed_at"
    page_size = 50


class FileBody(Body):
    reason = serializers.ChoiceField(choices=FILED_BY_HAND)
    text = Line(max_length=500)


class VerifyBody(Body):
    confirmed = serializers.BooleanField()
    finding = Line(max_length=300)


class DecideBody(Body):
    grant = serializers.BooleanField()
    decision = Line(max_length=300)


class ReopenBody(Body):
    reason = Line(max_length=300)


@operation("post", "deadlines_file", request=FileBody, answer={201: FilingAnswer})
class File(ApiView):
    """File why a clock was missed, 备案: in off-hours, for a circumstance noted before, for a fault that IT will verify."""

    def post(self, request: Request, key: UUID) -> Response:
        person = clerk(request)
        values = checked(FileBody, request.data)
        filing = services.file(deadline_id=str(key), clerk=person, now=clock.now(), **values)
        return Response(FilingAnswer(filing).data, status=201)


class FilingQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=FilingState.choices, required=False)
    reason = serializers.ChoiceField(choices=FilingReason.choices, required=False)


@operation(
    "get", "filings_list", answer=FilingAnswer(many=True), parameters=[OpenApiParameter(n, str) for n in ("state", "reason", "cursor")]
)
class Filings(ApiView):
    """Filings about clocks and orders of the caller's unit and below."""

    def get(self, request: Request) -> Response:
        wanted = FilingQuery(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        found = Filing.objects.visible_to(clerk(request)).filter(**wanted.validated_data)
        found = found.select_related("deadline__order", "order")
        pages = FilingPages()
        rows = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(FilingAnswer(rows, many=True).data)


@operation("get", "filings_retrieve", answer=FilingDetailAnswer)
class FilingDetail(ApiView):
    """One filing with every turn it took: what was refused or taken up again stays visible."""

    def get(self, request: Request, key: int) -> Response:
        found = Filing.objects.visible_to(clerk(request)).select_related("deadline__order", "order")
        return Response(FilingDetailAnswer(found.get(pk=key)).data)


@operation("post", "filings_verify", request=VerifyBody, answer=FilingAnswer)
class Verify(ApiView):
    """Record what the information centre found (§3.6.1)."""

    def post(self, request: Request, key: int) -> Response:
        person = clerk(request)
        values = checked(VerifyBody, request.data)
        return Response(FilingAnswer(services.verify_filing(filing_id=key, person=person, now=clock.now(), **values)).data)


@operation("post", "filings_decide", request=DecideBody, answer=FilingAnswer)
class Decide(ApiView):
    """Acknowledge or refuse a filing (§1.4.2)."""

    def post(self, request: Request, key: int) -> Response:
        person = clerk(request)
        values = checked(DecideBody, request.data)
        return Response(FilingAnswer(services.decide_filing(filing_id=key, person=person, now=clock.now(), **values)).data)


@operation("post", "filings_reopen", request=ReopenBody, answer=FilingAnswer)
class Reopen(ApiView):
    """Take up a decided filing again; a breach it excused comes back with its fine."""

    def post(self, request: Request, key: int) -> Response:
        person = clerk(request)
        values = checked(ReopenBody, request.data)
        return Response(FilingAnswer(services.reopen_filing(filing_id=key, person=person, now=clock.now(), **values)).data)


def _proofs(person: Person, key: int) -> EvidenceQuerySet:
    return Evidence.objects.of(Filing.objects.visible_to(person).get(pk=key).subject)


@operation("get", "filings_evidence_list", answer=EvidenceAnswer(many=True))
@operation("post", "filings_evidence_create", request={"multipart/form-data": EvidenceBody}, answer=EvidenceAnswer(many=True))
class FilingFiles(ApiView):
    """The files that prove a filing: list them, or add one while it is undecided."""

    parser_classes = [MultiPartParser]

    def get(self, request: Request, key: int) -> Response:
        return Response(EvidenceAnswer(_proofs(clerk(request), key), many=True).data)

    def post(self, request: Request, key: int) -> Response:
        person = clerk(request)
        person.require("file")
        clause = Filing.objects.visible_to(person).get(pk=key).excuse.clause
        upload = checked(EvidenceBody, request.data)["file"]
        read = [evidence.read(upload.read(), upload.name or "", clause=clause, field="file")]
        kept = services.add_evidence(filing_id=key, clerk=person, files=read, now=clock.now())
        return Response(EvidenceAnswer(kept, many=True).data)


@operation("get", "filings_evidence_retrieve", answer={(200, "application/octet-stream"): OpenApiTypes.BINARY})
class FilingFile(ApiView):
    """The file itself, as an attachment."""

    def get(self, request: Request, key: int, file: str) -> HttpResponse:
        return attachment(_proofs(clerk(request), key).get(key=file))


FILING_VERBS = {"verify": Verify, "decide": Decide, "reopen": Reopen}
