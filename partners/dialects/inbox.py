"""
Messages that place, edit or cancel: late, early, shuffled or doubled, they end the same.

A message takes effect once, in the transaction of its inbox row. One whose order is not here yet waits for it, edits before the
cancel; an edit older than one that took effect changes nothing. What waits too long expires.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q

from orders import services
from orders.api import content
from orders.forms import values_of
from orders.models import Order
from orders.services import Duplicate, Placed
from orders.services.common import locked
from orders.services.draft import draft_of
from orders.services.price import Claim
from partners import cancelling
from partners.choices import Dialect, InboxState, Verb
from partners.dialects.fields import put
from partners.models import InboxMessage, Partner
from rulebook.errors import Conflict, Refused

KEPT = timedelta(hours=24)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`event` names it, by what its signature covers; `content` is the native body, or `{"text": …}` of a cancel."""

    partner: Partner
    dialect: Dialect
    event: str
    external_no: str
    content: Mapping[str, Any]
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message; `order` is None while it waits."""

    state: InboxState
    order: Order | None = None
    words: str = ""


def place(message: Message, *, now: datetime) -> Placed:
    """
    Take an order in, then what was waiting for it.

    :raises Refused, Duplicate, Faulty: as the native API
    """
    partner = message.partner
    if _known(message) and (order := _order(partner, message.external_no)):
        return Placed(order, created=False)
    draft, _nothing = content.read(dict(message.content), besides={})
    try:
        with transaction.atomic():
            placed = services.place(
                draft, channel=partner.channel, by=partner.actor, who=partner.name, source=partner.source,
                external_no=message.external_no, claim=Claim(partner.ships_for), now=now,
            )  # fmt: skip
            if placed.created:
                _store(message, Verb.PLACE, InboxState.DONE, now)
    except Refused as refusal:
        raise Refused(refusal.clause, refusal.reason, content.path_of(refusal.field)) from refusal
    except Duplicate as duplicate:
        raise Duplicate(duplicate.order, [content.path_of(name) for name in duplicate.fields]) from duplicate
    if placed.created and drain(partner, message.external_no, now=now):
        placed = replace(placed, order=Order.objects.select_related("branch").get(pk=placed.order.pk))
    return placed


def change(message: Message, verb: Verb, *, now: datetime) -> Taken:
    """
    Edit or cancel an order; without the order, wait for it.

    :raises Refused, Conflict, Faulty: as the native API
    """
    order = _order(message.partner, message.external_no)
    if known := _known(message):
        return Taken(InboxState(known.state), order, known.words)
    try:
        with transaction.atomic():
            if order is None:
                row = _store(message, verb, InboxState.PARKED, now, json.dumps(message.content, ensure_ascii=False, default=str))
            else:
                row = _store(message, verb, InboxState.DONE, now)
                order = _take(row, order, message.content, now)
    except IntegrityError:  # the same message, at the same moment
        if known := _known(message):
            return Taken(InboxState(known.state), order, known.words)
        raise
    if order is None and drain(message.partner, message.external_no, now=now):  # the order came in between
        row.refresh_from_db()
        order = _order(message.partner, message.external_no)
    return Taken(InboxState(row.state), order, row.words)


def _known(message: Message) -> InboxMessage | None:
    """Return the row of a message that came before."""
    row: InboxMessage | None = InboxMessage.objects.filter(partner=message.partner, event=message.event).first()
    return row


def _order(partner: Partner, external_no: str) -> Order | None:
    found: Order | None = Order.objects.filter(source=partner.source, external_no=external_no).select_related("branch").first()
    return found


def _store(message: Message, verb: Verb, state: InboxState, now: datetime, kept: str = "") -> InboxMessage:
    row: InboxMessage = InboxMessage.objects.create(
        partner=message.partner, event=message.event, dialect=message.dialect, verb=verb, external_no=message.external_no,
        sent_at=message.sent_at, received_at=now, state=state, content=kept,
    )  # fmt: skip
    return row


def _take(row: InboxMessage, order: Order, said: Mapping[str, Any], now: datetime) -> Order:
    """Let a message take effect on its order; an edit as far as no newer one has changed the same fields."""
    order = locked(order.number)
    who = {"number": order.number, "by": row.partner.actor, "who": row.partner.name, "now": now}
    if row.verb == Verb.CANCEL:
        text = str(said.get("text", ""))
        return cancelling.cancel(reason="other" if text else "", text=text, **who)
    fresh = {path: value for path, value in leaves(said) if path not in _newer(row)}
    row.fields = [*fresh]
    if not fresh:
        row.state, row.words = InboxState.SUPERSEDED, "已有更新的修改，本次修改不再生效"
    row.save(update_fields=["state", "words", "fields"])
    draft, _nothing = content.read(_shaped(fresh), besides={}, start=values_of(draft_of(order)))
    return services.edit(draft=draft, ships_for=row.partner.ships_for, **who)


def _newer(row: InboxMessage) -> set[str]:
    """Return what edits sent later have changed; of two sent at the same instant the greater event counts as later."""
    if row.sent_at is None:
        return set()
    edits = InboxMessage.objects.filter(partner_id=row.partner_id, external_no=row.external_no, verb=Verb.EDIT, state=InboxState.DONE)
    later = edits.filter(Q(sent_at__gt=row.sent_at) | Q(sent_at=row.sent_at, event__gt=row.event))
    return {path for changed in later.values_list("fields", flat=True) for path in changed}


def leaves(said: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what a body says, by dotted path."""
    for name, value in said.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _shaped(flat: Mapping[str, Any]) -> dict[str, Any]:
    shaped: dict[str, Any] = {}
    for path, value in flat.items():
        put(shaped, path, value)
    return shaped


def drain(partner: Partner, external_no: str, *, now: datetime) -> int:
    """Let what waits for an order take effect, if the order is here: edits in the order they were sent, then the cancel."""
    order = _order(partner, external_no)
    waiting = InboxMessage.objects.filter(partner=partner, external_no=external_no, state=InboxState.PARKED)
    if order is None:
        return 0
    keys = [key for key, _verb, _sent in sorted(waiting.values_list("pk", "verb", "sent_at"), key=_turn)]
    for key in keys:
        _settle(key, order, now)
    return len(keys)


def _turn(row: tuple[int, str, datetime | None]) -> tuple[bool, bool, Any, int]:
    key, verb, sent_at = row
    return verb == Verb.CANCEL, sent_at is not None, sent_at or 0, key


@transaction.atomic
def _settle(key: int, order: Order, now: datetime) -> None:
    """Settle one waiting message; whoever else drains waits for its row and finds it done."""
    row = InboxMessage.objects.select_for_update().select_related(None).filter(pk=key, state=InboxState.PARKED).first()
    if row is None:
        return
    row.state = InboxState.DONE
    try:
        with transaction.atomic():
            _take(row, order, json.loads(row.content), now)
    except (Refused, Conflict, content.Faulty) as refusal:
        row.state, row.words = InboxState.REFUSED, str(refusal)[:300]
    row.content = ""
    row.save(update_fields=["state", "words", "content"])


def settle(*, now: datetime, limit: int = 500) -> int:
    """Drain what was missed by a process that died between two commits; give up what has waited a day, and say so."""
    parked = InboxMessage.objects.filter(state=InboxState.PARKED)
    rows = list(parked.select_related("partner").order_by("received_at")[:limit])
    moved = sum(drain(row.partner, row.external_no, now=now) for row in rows)
    late = parked.filter(received_at__lt=now - KEPT)
    for row in late:
        log.warning("partner message expired", partner=row.partner_id, verb=row.verb, order=row.external_no)
    late.update(state=InboxState.EXPIRED, words="24 小时内没有收到对应的订单", content="")
    return moved
