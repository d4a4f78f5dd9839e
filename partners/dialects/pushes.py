"""Pushes in the platforms' words: the whole progress every time, the receipt read from the answer, not from its status alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils import translation

from partners.choices import Dialect
from partners.dialects import deppon, kdniao, kuaidi100
from partners.dialects.calls import CARRIER
from partners.dialects.signatures import RULES
from partners.models import DialectKey, Push
from partners.outgoing import Outgoing, Renderer
from partners.services.told import About, about
from reports.journey import TOLD
from reports.tracking import Event
from rulebook.due import local
from rulebook.errors import Refused
from rulebook.vocabulary import CODES

FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
Word = Callable[[Push, Event], str]
Form = Mapping[str, str]


def _address(push: Push) -> str:
    return push.subscription.url if push.subscription else push.partner.callback_url


def _key(push: Push, dialect: Dialect, now: datetime) -> DialectKey:
    """:raises Refused: the partner has no valid key of this dialect"""
    key = DialectKey.objects.valid(now).filter(partner=push.partner, dialect=dialect).order_by("created_at").first()
    if key is None:
        raise Refused("", f"该合作平台没有有效的{dialect.label}密钥，推送无法签名。")
    return key  # type: ignore[no-any-return]


def _data(push: Push) -> Mapping[str, str]:
    return push.subscription.data if push.subscription else {}


def _renderer(word: Word, render: Callable[[Push, About, datetime], Form], taken: Callable[[Any], bool]) -> Renderer:
    """
    Return how a dialect is pushed in.

    :param word: what it calls an event; facts it has no word for are not sent
    """

    def rendered(push: Push, now: datetime) -> Outgoing | None:
        with translation.override("zh-hans"):
            told = about(push)
            if not word(push, told.event):
                return None
            form = render(push, told, now)
        return Outgoing(_address(push), urlencode(form).encode(), FORM)

    def acknowledged(status: int, answer: bytes) -> bool:
        try:
            said = json.loads(answer)
        except ValueError:
            return False
        return status == 200 and isinstance(said, dict) and taken(said)

    return Renderer(rendered, acknowledged, frozenset(name for name, row in TOLD.items() if not row.parties))


def _tracked_by(told: About) -> str:
    return told.waybill or told.number


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)


# Kuaidi100: newest first, signed with the salt of the subscription.


def _kuaidi100(push: Push, told: About, _now: datetime) -> Form:
    orders = _of_order(push)
    param = _json(_k100_order(told) if orders else _k100_poll(told))
    salt = push.subscription.secret if push.subscription else ""
    form = {"param": param} | ({"sign": RULES["k100_push"].sign(body=param, salt=salt)} if salt else {})
    return form | ({"taskId": told.partner_order_no} if orders else {})


def _k100_poll(told: About) -> dict[str, Any]:
    progress = kuaidi100.events(told.events)
    result = {"message": "ok", "nu": _tracked_by(told), "com": CARRIER[Dialect.KUAIDI100], "status": "200", **progress}
    return {"status": "shutdown" if progress["ischeck"] == "1" else "polling", "message": "", "lastResult": result}


def _k100_order(told: About) -> dict[str, Any]:
    data = {"orderId": told.number, "status": CODES[told.event.code].k100_order, "time": told.event.time}
    numbers = {"kuaidicom": CARRIER[Dialect.KUAIDI100], "kuaidinum": _tracked_by(told)}
    return {**numbers, "status": "200", "message": told.event.text, "data": data}


# KDNiao: oldest first, in full, signed with the AppKey.


def _kdniao(push: Push, told: About, now: datetime) -> Form:
    key = _key(push, Dialect.KDNIAO, now)
    row = {
        "EBusinessID": key.account, "OrderCode": told.partner_order_no, "ShipperCode": _data(push).get("shipper", CARRIER[Dialect.KDNIAO]),
        "LogisticCode": _tracked_by(told), "Success": True, "Reason": "", "CallBack": _data(push).get("callback", ""),
        **kdniao.traces(told.events),
    }  # fmt: skip
    data = _json({"EBusinessID": key.account, "PushTime": f"{local(now):%F %T}", "Count": "1", "Data": [row]})
    return {"RequestData": data, "RequestType": _data(push).get("type", "101"), "DataSign": RULES["kdn"].sign(body=data, key=key.key)}


# The Deppon style: the trace in full.


def _deppon(push: Push, told: About, now: datetime) -> Form:
    key, stamp = _key(push, Dialect.DEPPON, now), str(int(now.timestamp() * 1000))
    params = _json({"track_list": [deppon.traces(told.waybill, told.partner_order_no, told.events)]})
    return {
        "companyCode": key.account, "params": params, "timestamp": stamp,
        "digest": RULES["deppon"].sign(body=params, key=key.key, stamp=stamp),
    }  # fmt: skip


def _true(said: Mapping[str, Any], name: str) -> bool:
    return said.get(name) in (True, "true")


def _k100_word(push: Push, event: Event) -> str:
    return CODES[event.code].k100_order if _of_order(push) else event.k100


def _of_order(push: Push) -> bool:
    """Tell whether the states of an order were asked for, not its progress."""
    return _data(push).get("kind") == "order"


RENDERERS: dict[str, Renderer] = {
    Dialect.KUAIDI100: _renderer(_k100_word, _kuaidi100, lambda said: _true(said, "result") and str(said.get("returnCode")) == "200"),
    Dialect.KDNIAO: _renderer(lambda _push, event: event.kdn, _kdniao, lambda said: said.get("Success") is True),
    Dialect.DEPPON: _renderer(
        lambda _push, event: CODES[event.code].deppon_trace, _deppon, lambda said: _true(said, "result") or _true(said, "success")
    ),
}
