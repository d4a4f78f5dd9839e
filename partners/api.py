"""Where partners' orders come in, and what they are told of them: the edge that joins orders with their clocks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from orders import services
from orders.api import bodies, content, views
from orders.api.answers import OrderAnswer, order_answer
from orders.api.callers import Caller, caller
from orders.api.openapi import ErrorAnswer, operation
from orders.api.views import ApiView, OrderDetail, OrderList, checked
from orders.choices import Channel
from orders.models import Order
from orders.services import ChannelSaid, Draft, Duplicate, Placed
from orders.services.draft import NOTHING_SAID
from orders.services.price import Claim
from partners import sandbox
from partners.answers import EventAnswer
from partners.authentication import Signer, once, spend
from partners.cancelling import cancel, unknown
from partners.models import Partner
from partners.services import trials
from reports import tracking
from rulebook.errors import Denied, Refused
from sla.api import deadline_answer
from sla.choices import State
from sla.models import Deadline
from sla.services import clocks_opened

NUMBER = re.compile(r"[\x21-\x7e]{1,64}")
BESIDES = {"partner_order_no": str, "quote": str, "coupon": str, "member": bool, "refunder": dict}
NAMES = ("partner_order_no", "quote", "coupon")
SCHEMA = content.schema(
    besides={
        "partner_order_no": {
            "type": "string", "minLength": 1, "maxLength": 64, "pattern": NUMBER.pattern,
            "description": "合作平台单号：合作平台必填且唯一；相同内容重复提交返回首次结果",
        },
        "quote": {"type": "string", "maxLength": 300, "description": "价格查询返回的报价编号，24 小时内按该价下单"},
        "coupon": {"type": "string", "maxLength": 12, "description": "优惠券号：抵扣本单运费，一张只用一次，属于发货电话或客户"},
        "member": {"type": "boolean", "default": False, "description": "渠道会员（阿里巴巴诚信通）的订单，享受会员活动价"},
        "refunder": {"description": "退货接收人：拒收的货物退给谁，不填则退给发货人", **content.refunder_schema()},
    }
)  # fmt: skip


EXAMPLE = {
    "partner_order_no": "TB-20261104-0001", "branch_code": "",
    "shipper": {"name": "张三", "phone": "13800138000", "place": "330106", "address": "文三路 100 号"},
    "consignee": {"name": "李四", "phone": "0571-88886666", "place": "310104", "address": "漕溪北路 200 号"},
    "goods": {"name": "五金配件", "pieces": 10, "weight_kg": "120.50", "volume_m3": "0.800"},
    "pickup": {"wanted": True},
}  # fmt: skip


@operation("get", "orders_list", parameters=views.QUERY, answer=OrderAnswer(many=True))
class Orders(OrderList):
    """The caller's orders; a POST takes one in (§1.2.1, §6)."""

    spends_nonce = True

    def get(self, request: Request) -> Response:
        partner = sandbox.partner_of(caller(request))
        return sandbox.listing(partner, request, self) if partner else super().get(request)

    @extend_schema(
        request={"application/json": SCHEMA},
        responses={
            201: OpenApiResponse(OrderAnswer, description="已下单"),
            200: OpenApiResponse(OrderAnswer, description="重复提交，返回首次结果，duplicate 为 true"),
            409: OpenApiResponse(ErrorAnswer, description="单号已用于内容不同的订单，fields 列出不同的字段"),
        },
        examples=[OpenApiExample("下单", value=EXAMPLE, request_only=True)],
        operation_id="orders_create",
    )
    def post(self, request: Request) -> Response:
        who = caller(request)
        if who.person:
            who.person.require("place")
        if partner := sandbox.partner_of(who):
            return _trial(partner, who, request.data)
        with once(who) as ticket, clocks_opened() as clocks:
            draft, besides = content.read(request.data, besides=BESIDES)
            number, quote, coupon = (str(besides.get(name) or "") for name in NAMES)
            placed = _place(draft, who, number, Claim(who.ships_for, quote, coupon), _channel_said(besides, who))
        if not placed.created:
            clocks = list(Deadline.objects.of_order(placed.order))
            if ticket:
                spend(ticket)
        return Response(_placed_answer(placed, clocks), status=201 if placed.created else 200)


def _trial(partner: Partner, who: Caller, body: object) -> Response:
    """Take a sandbox order in; its nonce is spent like any other's."""
    if isinstance(who, Signer) and who.ticket:
        spend(who.ticket)
    draft, besides = content.read(body, besides=BESIDES)
    number = str(besides.get("partner_order_no") or "")
    _check_number(number, who)
    _channel_said(besides, who)
    with named_as_the_body():
        placed = trials.place(partner, draft, external_no=number, now=clock.now())
    return Response(_placed_answer(placed, ()), status=201 if placed.created else 200)


@contextmanager
def named_as_the_body() -> Iterator[None]:
    """Name fields in what the services refuse as the body names them."""
    try:
        yield
    except Refused as refusal:
        raise Refused(refusal.clause, refusal.reason, content.path_of(refusal.field)) from refusal
    except Duplicate as duplicate:
        raise Duplicate(duplicate.order, [content.path_of(name) for name in duplicate.fields]) from duplicate


def _place(draft: Draft, who: Caller, external_no: str, claim: Claim, said: ChannelSaid) -> Placed:
    """Take the order in, errors named as the body names its fields."""
    _check_number(external_no, who)
    with named_as_the_body():
        return services.place(
            draft,
            channel=who.channel or Channel.PHONE,
            by=who.actor,
            who=who.who,
            source=who.source,
            external_no=external_no,
            claim=claim,
            said=said,
            now=clock.now(),
        )


def _channel_said(besides: dict[str, Any], who: Caller) -> ChannelSaid:
    """Read what only a channel may say of an order (§6)."""
    said = ChannelSaid(besides.get("member") is True, content.refunder(besides.get("refunder")))
    if who.person and said != NOTHING_SAID:
        field = "member" if said.member else "refunder"
        raise content.Faulty([content.Fault(field, "unknown", _("此项由渠道填写，员工下单不填。"))])
    return said


def _check_number(external_no: str, who: Caller) -> None:
    """A partner's orders carry its own number; the call centre's have none."""
    field = "partner_order_no"
    if who.person:
        if external_no:
            raise content.Faulty([content.Fault(field, "unknown", _("员工下单不填合作平台单号。"))])
    elif not external_no:
        raise content.Faulty([content.Fault(field, "required", _("请填写合作平台单号。"))])
    elif not NUMBER.fullmatch(external_no):
        words = _("合作平台单号须为 1–64 位字母、数字或符号，不含空格和汉字。")
        raise content.Faulty([content.Fault(field, "invalid", words)])


def _placed_answer(placed: Placed, clocks: Iterable[Deadline]) -> dict[str, Any]:
    return {
        **order_answer(placed.order),
        "deadlines": _deadlines(clocks),
        "duplicate": not placed.created,
    }


def _deadlines(clocks: Iterable[Deadline]) -> list[dict[str, Any]]:
    """Return clocks in brief in the order they started and fall due, those without a due time last."""
    told = sorted(clocks, key=lambda clock: (clock.started_at, clock.due_at is None, clock.due_at, clock.clause))
    return [deadline_answer(deadline) for deadline in told]


@operation("get", "orders_retrieve", answer=OpenApiTypes.OBJECT)
class OrderWithClocks(OrderDetail):
    """An order with its content and its clocks."""

    def get(self, request: Request, number: str) -> Response:
        partner = sandbox.partner_of(caller(request))
        return Response(sandbox.detail(partner, number)) if partner else super().get(request, number)

    def detail(self, order: Order, *, masked: bool) -> dict[str, Any]:
        told = _deadlines(Deadline.objects.of_order(order))
        return {**super().detail(order, masked=masked), "deadlines": told if masked else [_promised(each) for each in told]}


def _promised(told: dict[str, Any]) -> dict[str, Any]:
    """Return a clock as a partner reads it: what is excused among ourselves was a promise to the customer all the same."""
    return told | {"state": State.BREACHED} if told["state"] == State.EXCUSED else told


class TrackAnswer(serializers.Serializer[Any]):
    number = serializers.CharField()
    events = EventAnswer(many=True)


@operation("get", "orders_track", answer=TrackAnswer)
class Track(ApiView):
    """The progress of an order from placing to the signature, oldest first: one sentence and one code an event, as on the page."""

    for_partners = True

    def get(self, request: Request, number: str) -> Response:
        if partner := sandbox.partner_of(caller(request)):
            return Response(TrackAnswer(sandbox.events(partner, number)).data)
        order = caller(request).orders().get(number=number)
        with translation.override("zh-hans"):
            told = tracking.events(order.number, full=True)
            return Response(TrackAnswer({"number": order.number, "events": told}).data)


@operation("post", "orders_cancel", request=bodies.CancelBody, answer=OrderAnswer)
class Cancel(views.Cancel):
    """
    Cancel an order that is not billed (§1.2.1.4).

    A partner whose order stays is told why by one of four codes: not_found (30001), collected (30002), cancelled (30003),
    unsupported (30004).
    """

    def post(self, request: Request, number: str) -> Response:
        who = caller(request)
        if who.person:
            return super().post(request, number)
        if partner := sandbox.partner_of(who):
            return Response(order_answer(sandbox.cancel(partner, number, checked(bodies.CancelBody, request.data))))
        if not who.orders().filter(number=number).exists():
            raise unknown()
        values = checked(bodies.CancelBody, request.data)
        return Response(order_answer(cancel(number=number, by=who.actor, who=who.who, now=clock.now(), **values)))


@operation("post", "orders_edit", request={"application/json": views.EDIT}, answer=OrderAnswer)
class Edit(views.Edit):
    """Change what the body names, until the waybill is issued (§3.4.4); `seen` is the version the editor saw."""

    def post(self, request: Request, number: str) -> Response:
        if partner := sandbox.partner_of(caller(request)):
            return Response(order_answer(sandbox.edit(partner, number, request.data)))
        return super().post(request, number)


@operation("post", "orders_advance", request=sandbox.AdvanceBody, answer=OrderAnswer)
class Advance(ApiView):
    """Let the next thing happen to a sandbox order, or what is named: what its tracking says and what is pushed (sandbox only)."""

    for_partners = True

    def post(self, request: Request, number: str) -> Response:
        partner = sandbox.partner_of(caller(request))
        if partner is None:
            raise Denied(_("此接口仅供沙箱合作平台使用：正式订单的状态由实际作业产生。"))
        trial = sandbox.one(partner, number)
        values = checked(sandbox.AdvanceBody, request.data)
        return Response(order_answer(trials.advance(trial, to=values["to"], now=clock.now())))
