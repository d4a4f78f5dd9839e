"""What a partner sees and sets of itself: callback address, keys, calls, pushes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from orders.api.bodies import Body
from orders.api.callers import caller
from orders.api.openapi import operation
from orders.api.views import ApiView, checked
from partners.authentication import Signer
from partners.choices import State
from partners.models import Call, Partner, PartnerKey, Push
from partners.services import own, sending
from rulebook.errors import Denied

MOST_RESENT = 100


class OwnView(ApiView):
    for_partners = True

    def signer(self, request: Request) -> Signer:
        """:raises Denied: the caller is no partner"""
        who = caller(request)
        if not isinstance(who, Signer):
            raise Denied(_("此接口仅供合作平台使用，请用合作平台密钥签名。"))
        return who

    def partner(self, request: Request) -> Partner:
        """Return the partner as it is now, not as it was when its key was remembered."""
        return Partner.objects.get(pk=self.signer(request).actor.id)


class OwnPages(CursorPagination):
    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class PartnerAnswer(serializers.ModelSerializer[Partner]):
    class Meta:
        model = Partner
        fields = ("code", "name", "channel", "sandbox", "dialect", "callback_url", "callback_hosts", "per_minute")
        read_only_fields = fields


@operation("get", "partner_retrieve", answer=PartnerAnswer)
class Own(OwnView):
    """The partner itself: its callback address, the hosts it may name, its limit."""

    def get(self, request: Request) -> Response:
        return Response(PartnerAnswer(self.partner(request)).data)


class CallbackBody(Body):
    url = serializers.CharField(max_length=300, allow_blank=True, trim_whitespace=False, help_text="https 网址；空为不再推送")


@operation("post", "partner_callback", request=CallbackBody, answer=PartnerAnswer)
class Callback(OwnView):
    """Say where to push to; '' ends it."""

    def post(self, request: Request) -> Response:
        who, partner = self.signer(request), self.partner(request)
        url = checked(CallbackBody, request.data)["url"]
        return Response(PartnerAnswer(own.set_callback(partner, url=url, by=who.actor, now=clock.now())).data)


class KeyAnswer(serializers.ModelSerializer[PartnerKey]):
    class Meta:
        model = PartnerKey
        fields = ("key", "created_at", "expires_at", "revoked_at")
        read_only_fields = fields


class NewKeyAnswer(KeyAnswer):
    secret = serializers.CharField(help_text="只显示这一次")

    class Meta(KeyAnswer.Meta):
        fields = (*KeyAnswer.Meta.fields, "secret")
        read_only_fields = fields


@operation("get", "partner_keys", answer=KeyAnswer(many=True))
@operation("post", "partner_keys_create", request=None, answer={201: NewKeyAnswer})
class Keys(OwnView):
    """One's keys, the newest first; a POST gives another, its secret told this once (at most two are valid)."""

    def get(self, request: Request) -> Response:
        keys = PartnerKey.objects.filter(partner=self.partner(request)).order_by("-created_at", "-pk")[:50]
        return Response(KeyAnswer(keys, many=True).data)

    def post(self, request: Request) -> Response:
        who = self.signer(request)
        key, secret = own.new_key(self.partner(request), by=who.actor, now=clock.now())
        return Response({**KeyAnswer(key).data, "secret": secret}, status=201)


@operation("post", "partner_keys_end", request=None, answer=KeyAnswer)
class EndKey(OwnView):
    """End one's other key."""

    def post(self, request: Request, key: str) -> Response:
        who = self.signer(request)
        signing = who.ticket.key.key if who.ticket else ""
        ended = own.end_key(self.partner(request), name=key, by=who.actor, now=clock.now(), signing=signing)
        return Response(KeyAnswer(ended).data)


class CallAnswer(serializers.ModelSerializer[Call]):
    class Meta:
        model = Call
        fields = ("at", "key", "method", "path", "status", "code", "request_id", "milliseconds")
        read_only_fields = fields


@operation("get", "partner_calls", answer=CallAnswer(many=True))
class Calls(OwnView):
    """What one has called, the last first: kept for some weeks, without bodies."""

    def get(self, request: Request) -> Response:
        pages = OwnPages()
        page = pages.paginate_queryset(Call.objects.filter(partner=self.partner(request)), request, view=self)
        return pages.get_paginated_response(CallAnswer(page, many=True).data)


class PushAnswer(serializers.ModelSerializer[Push]):
    """`answer` of the receiver is not repeated: what it said is its own affair."""

    id = serializers.CharField(source="pk", help_text="与推送请求头 X-Push-Id 相同")
    number = serializers.CharField(source="order_number")
    state_name = serializers.CharField(source="get_state_display")

    class Meta:
        model = Push
        fields = ("id", "number", "seq", "name", "state", "state_name", "attempts", "status", "stored_at", "tried_at", "due_at", "settled_at")
        read_only_fields = fields


class PushQuery(Body):
    state = serializers.ChoiceField(choices=State.choices, required=False)
    number = serializers.CharField(max_length=20, required=False)
    cursor = serializers.CharField(max_length=300, required=False)
    page_size = serializers.IntegerField(min_value=1, max_value=200, required=False)


@operation("get", "pushes_list", parameters=[PushQuery], answer=PushAnswer(many=True))
class Pushes(OwnView):
    """What was pushed, or is to be, the last first."""

    def get(self, request: Request) -> Response:
        found = Push.objects.filter(partner=self.partner(request))
        wanted = checked(PushQuery, request.query_params.dict())
        found = found.filter(state=wanted["state"]) if "state" in wanted else found
        found = found.filter(order_number=wanted["number"]) if "number" in wanted else found
        pages = OwnPages()
        page = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(PushAnswer(page, many=True).data)


class ResendBody(Body):
    ids = serializers.ListField(child=serializers.RegexField(r"\A\d{1,18}\Z"), min_length=1, max_length=MOST_RESENT)


class ResentAnswer(serializers.Serializer[Any]):
    resent = serializers.IntegerField(help_text="再次推送的条数；不是您的、仍在等待的不计")


@operation("post", "pushes_resend", request=ResendBody, answer=ResentAnswer)
class Resend(OwnView):
    """Push again what was settled, with the id it had."""

    def post(self, request: Request) -> Response:
        partner = self.partner(request)
        ids = [int(key) for key in checked(ResendBody, request.data)["ids"]]
        return Response({"resent": sending.resend(ids, now=clock.now(), partner=partner)})
