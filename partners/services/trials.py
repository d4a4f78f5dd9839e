"""Orders of a sandbox partner: made, changed, moved on and pushed as real ones are told, and nowhere else (decision 0026)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import rows
from core.effects import after_commits
from orders.choices import State
from orders.models import Order
from orders.numbers import dated_number
from orders.services import Draft, Duplicate, Placed
from orders.services.draft import from_flat, write_to
from orders.services.placing import check_appointment, named_branch, pickup_day
from partners.models import Partner, Push, Trial
from partners.renderers import RENDERERS
from partners.services.pushes import receivers
from rulebook.due import local_day
from rulebook.errors import Conflict, Refused
from rulebook.events import On

MOST_FACTS = 200


@dataclass(frozen=True, slots=True)
class Move:
    """A step of a sandbox order's life: the word it is asked for by, its fact, what the fact says besides."""

    code: str
    name: On
    data: Mapping[str, Any] = field(default_factory=dict)


LIFE = (
    Move("CONTACTED", On.ORDER_CONTACTED, {"outcome": "reached"}),
    Move("ACCEPTED", On.ORDER_ACCEPTED),
    Move("PICKUP_ASSIGNED", On.PICKUP_DISPATCHED),
    Move("COLLECTED", On.PICKUP_COLLECTED),
    Move("WAYBILLED", On.WAYBILL_ISSUED, {"waybill": "0000000000"}),
    Move("DEPARTED", On.SHIPMENT_DEPARTED),
    Move("AT_HUB", On.SHIPMENT_REACHED_HUB),
    Move("AT_DEST_BRANCH", On.SHIPMENT_ARRIVED),
    Move("OUT_FOR_DELIVERY", On.SHIPMENT_LOADED_FOR_DELIVERY, {"attempt": 1}),
    Move("SIGNED", On.SHIPMENT_SIGNED, {"relation": "self"}),
)
"""What `advance` does one after the other."""
ASIDE = (
    Move("REJECTED", On.ORDER_CANCELLED, {"by_kind": "person", "reason": "out_of_area"}),
    Move("CANCELLED_CARRIER", On.ORDER_CANCELLED, {"by_kind": "person", "reason": "untrue_data"}),
    Move("PICKUP_FAILED", On.PICKUP_FAILED, {"reason": "nobody_there"}),
    Move("REDIRECTED", On.SHIPMENT_FORWARDED, {"carrier": "沙箱承运商"}),
    Move("DELIVERY_FAILED", On.DELIVERY_ATTEMPT_FAILED, {"reason": "nobody_there"}),
    Move("REFUSED", On.SHIPMENT_REFUSED, {"reason": "damaged"}),
    Move("RETURNING", On.SHIPMENT_SENT_BACK),
    Move("RETURNED", On.SHIPMENT_RETURNED),
    Move("SIGNED_PROXY", On.SHIPMENT_SIGNED, {"relation": "colleague"}),
    Move("SIGNED_EXCEPTION", On.SHIPMENT_SIGNED_WITH_EXCEPTION, {"exception": "damage"}),
    Move("LOST", On.SHIPMENT_DECLARED_LOST),
    Move("FOUND", On.SHIPMENT_FOUND),
)
"""What happens only when it is asked for."""
MOVES = {move.code: move for move in (*LIFE, *ASIDE)}
ENDED = frozenset({On.ORDER_CANCELLED, On.SHIPMENT_SIGNED, On.SHIPMENT_SIGNED_WITH_EXCEPTION, On.SHIPMENT_RETURNED})
STATES = {On.ORDER_ACCEPTED: State.ACCEPTED, On.WAYBILL_ISSUED: State.WAYBILLED, On.ORDER_CANCELLED: State.CANCELLED}


def place(partner: Partner, draft: Draft, *, external_no: str, now: datetime) -> Placed:
    """
    Take a sandbox order in, by the rules for the content of a real one.

    :raises Refused, Duplicate: as for a real order
    """
    branch = named_branch(draft)
    known = Trial.objects.filter(partner=partner, external_no=external_no).first()
    if known is None:
        check_appointment(draft, now, order_on=local_day(now))
        try:
            return Placed(order_of(_store(partner, draft, branch.pk if branch else None, external_no, now)), created=True)
        except IntegrityError:
            known = Trial.objects.get(partner=partner, external_no=external_no)
    first = from_flat(json.loads(known.first_content))
    if differing := draft.changed_from(first):
        raise Duplicate(order_of(known), differing)
    return Placed(order_of(known), created=False)


@transaction.atomic
def _store(partner: Partner, draft: Draft, branch: int | None, external_no: str, now: datetime) -> Trial:
    content = json.dumps(draft.flat(), ensure_ascii=False)
    trial = Trial(partner=partner, external_no=external_no, first_content=content, content=content, branch_id=branch, placed_at=now)
    trial.number = f"pending-{external_no}"[:20]
    rows.give_keys([trial])
    trial.number = dated_number("S", trial.pk, now)
    trial.save(force_insert=True)
    where = On.ORDER_REACHED_BRANCH if branch else On.ORDER_UNASSIGNED
    _state(trial, now, (On.ORDER_SUBMITTED, {}), (where, {}))
    return trial


@transaction.atomic
def edit(trial: Trial, draft: Draft, *, now: datetime) -> Order:
    """
    Change a sandbox order until its waybill is issued.

    :raises Conflict: it is billed or cancelled
    """
    trial = _locked(trial)
    order = order_of(trial)
    if order.state in {State.WAYBILLED, State.CANCELLED}:
        raise Conflict(_("当前状态为“%(state)s”，不能执行该操作。") % {"state": order.get_state_display()})
    changed = draft.changed_from(from_flat(json.loads(trial.content)))
    if changed:
        trial.content, trial.version = json.dumps(draft.flat(), ensure_ascii=False), trial.version + 1
        _state(trial, now, (On.ORDER_EDITED, {"changed": changed}))
    return order_of(trial)


@transaction.atomic
def cancel(trial: Trial, *, reason: str, now: datetime) -> Order:
    """
    Cancel a sandbox order that was not collected.

    :raises Conflict: it was, or is cancelled
    """
    trial = _locked(trial)
    order = order_of(trial)
    if order.state in {State.WAYBILLED, State.CANCELLED} or order.collected_at:
        raise Conflict(_("当前状态为“%(state)s”，不能执行该操作。") % {"state": order.get_state_display()})
    _state(trial, now, (On.ORDER_CANCELLED, {"by_kind": "partner", "reason": reason}))
    return order_of(trial)


@transaction.atomic
def advance(trial: Trial, *, to: str, now: datetime) -> Order:
    """
    Let the next thing of a sandbox order's life happen, or what is named.

    :raises Refused: its life is over, or so much has happened that it is time for another
    """
    trial = _locked(trial)
    done = [fact["name"] for fact in trial.facts]
    if ENDED.intersection(done) or len(done) >= MOST_FACTS:
        raise Refused("", _("沙箱订单已经办结，请另下一单。"), field="to")
    move = MOVES[to] if to else next(move for move in LIFE if move.name not in done)
    _state(trial, now, (move.name, move.data))
    return order_of(trial)


def _locked(trial: Trial) -> Trial:
    return Trial.objects.select_for_update().get(pk=trial.pk)


def _state(trial: Trial, now: datetime, *facts: tuple[On, Mapping[str, Any]]) -> None:
    """Note facts on the trial and store what is pushed of them, as the journal's subscriber does for real ones."""
    told = receivers().get(trial.partner.source)
    pushes = []
    for name, data in facts:
        trial.facts.append({"name": name, "at": now.isoformat(), "data": dict(data)})
        if told and name in RENDERERS[told[2]].facts:
            seq = len(trial.facts)
            stream = f"{trial.partner_id}//{trial.number}"
            pushes.append(
                Push(
                    partner_id=trial.partner_id, trial=trial, order_number=trial.number, stream=stream, seq=seq, name=name, stored_at=now, due_at=now,
                )
            )  # fmt: skip
    trial.save()
    if pushes:
        rows.insert(pushes)
        after_commits("partners.tasks.push", {trial.partner_id})


def order_of(trial: Trial) -> Order:
    """Return the trial as an order that is not in the orders' table, and is never saved."""
    order: Order = rows.new(
        Order, number=trial.number, channel=trial.partner.channel, source=trial.partner.source, external_no=trial.external_no,
        placed_at=trial.placed_at, order_on=local_day(trial.placed_at), version=trial.version,
    )  # fmt: skip
    write_to(order, from_flat(json.loads(trial.content)))
    order.ship_on, order.pickup_on = order.order_on, pickup_day(order, trial.placed_at)
    order.branch = trial.branch
    order.__dict__["state"] = State.AT_BRANCH if trial.branch_id else State.UNASSIGNED
    for fact in trial.facts:
        _apply(order, On(fact["name"]), datetime.fromisoformat(fact["at"]))
    return order


def _apply(order: Order, name: On, at: datetime) -> None:
    order.__dict__["state"] = STATES.get(name, order.state)
    column = {
        On.ORDER_ACCEPTED: "accepted_at", On.PICKUP_COLLECTED: "collected_at", On.WAYBILL_ISSUED: "waybilled_at", On.ORDER_CANCELLED: "cancelled_at",
    }.get(name)  # fmt: skip
    if column:
        setattr(order, column, at)
