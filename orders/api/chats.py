"""The JSON door of chats: what waits, the lines, the reply, handing over, ending (§3.2, §4.3.1.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.personal import mask_phone
from customers import services
from customers.choices import ChatState
from customers.models import ChatLine, Conversation
from customers.models.chats import LONGEST_LINE
from network.models import Person
from orders.api.bodies import Body, Line, Nothing
from orders.api.callers import clerk
from orders.api.openapi import operation
from orders.api.views import ApiView, checked


class ChatAnswer(serializers.ModelSerializer[Conversation]):
    unit = serializers.CharField(source="unit.code")
    phone = serializers.SerializerMethodField()
    lines = serializers.IntegerField(source="count")
    unread = serializers.IntegerField()

    class Meta:
        model = Conversation
        fields = (
            "id", "state", "unit", "name", "phone", "order_number", "proven", "waiting_since", "lines", "unread", "opened_at", "last_at",
            "closed_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_phone(self, chat: Conversation) -> str:
        return mask_phone(chat.phone)


class LineAnswer(serializers.ModelSerializer[ChatLine]):
    by = serializers.CharField(source="signed")
    text = serializers.CharField(source="words")
    picture = serializers.SerializerMethodField()

    class Meta:
        model = ChatLine
        fields = ("number", "side", "by", "text", "picture", "at")
        read_only_fields = fields

    def get_picture(self, line: ChatLine) -> bool:
        return bool(line.picture)


class ChatQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=ChatState.choices, required=False)
    waiting = serializers.ChoiceField(choices=[("yes", "待回复"), ("no", "不待回复")], required=False)


class ReplyBody(Body):
    text = serializers.CharField(max_length=LONGEST_LINE)


class TransferBody(Body):
    unit = Line(max_length=20, help_text="营业部编号，或呼叫中心 CC")


class ChatPages(CursorPagination):
    ordering = ("-last_at", "-pk")
    page_size = 50


class LinePages(CursorPagination):
    ordering = "number"
    page_size = 200


def _viewer(request: Request) -> Person:
    person = clerk(request)
    person.require("see_chats")
    return person


@operation("get", "chats_list", parameters=[ChatQuery], answer=ChatAnswer(many=True))
class Chats(ApiView):
    """Chats of the caller's unit and below, the latest line first."""

    def get(self, request: Request) -> Response:
        wanted = ChatQuery(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        found = Conversation.objects.visible_to(_viewer(request)).select_related("unit")
        if state := wanted.validated_data.get("state"):
            found = found.filter(state=state)
        if waiting := wanted.validated_data.get("waiting"):
            found = found.filter(waiting_since__isnull=waiting == "no")
        pages = ChatPages()
        return pages.get_paginated_response(ChatAnswer(pages.paginate_queryset(found, request, view=self) or (), many=True).data)


@operation("get", "chats_lines", answer=LineAnswer(many=True))
class Lines(ApiView):
    """The lines of a chat, the first first; reading them here leaves them unread at the desk."""

    def get(self, request: Request, key: int) -> Response:
        chat = Conversation.objects.visible_to(_viewer(request)).get(pk=key)
        pages = LinePages()
        rows = pages.paginate_queryset(chat.lines.select_related("unit"), request, view=self)
        return pages.get_paginated_response(LineAnswer(rows or (), many=True).data)


class ChatVerb(ApiView):
    body: ClassVar[type[Body]]
    act: ClassVar[Callable[..., Any]]

    def post(self, request: Request, key: int) -> Response:
        type(self).act(pk=key, clerk=_viewer(request), now=clock.now(), **checked(self.body, request.data))
        return Response(ChatAnswer(Conversation.objects.select_related("unit").get(pk=key)).data)


def _verb(name: str, act: Callable[..., Any], body: type[Body]) -> type[ChatVerb]:
    made = type(name, (ChatVerb,), {"act": staticmethod(act), "body": body, "__doc__": act.__doc__})
    return operation("post", f"chats_{name}", request=body, answer=ChatAnswer, description=act.__doc__)(made)


CHAT_VERBS = {
    "answer": _verb("answer", services.answer_chat, ReplyBody),
    "transfer": _verb("transfer", services.transfer_chat, TransferBody),
    "close": _verb("close", services.close_chat, Nothing),
}
