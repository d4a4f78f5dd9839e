"""What a push is about, for every dialect: its order's numbers, and the events up to it — of real orders and of the sandbox's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation

from core.models import Entry
from orders.models import Order
from partners.models import Push, Trial
from reports import tracking
from reports.tracking import Event


@dataclass(frozen=True, slots=True)
class About:
    """The order of a push and its story so far, oldest first; `event` is the one it was stored for."""

    number: str
    partner_order_no: str
    waybill: str
    events: list[Event]
    event: Event


def about(push: Push) -> About:
    """Return what is to be told, in Chinese; what happened after the push's fact is not in it."""
    with translation.override("zh-hans"):
        told = tracking.told(entries_of(push.trial)) if push.trial else tracking.events(push.order_number, full=True)
        events = [event for event in told if event.seq <= push.seq]
        event = next(event for event in events if event.seq == push.seq)
    if push.trial:
        return About(push.order_number, push.trial.external_no, "", events, event)
    order = Order.objects.select_related("waybill").only("number", "external_no", "waybill__number").get(number=push.order_number)
    waybill = getattr(order, "waybill", None)
    return About(order.number, order.external_no, waybill.number if waybill else "", events, event)


def entries_of(trial: Trial) -> list[Entry]:
    """Return what happened to a trial as entries that are not in the journal."""
    pieces = json.loads(trial.content)["pieces"]
    return [
        Entry(
            name=fact["name"], subject=f"trial/{trial.pk}", order_number=trial.number, seq=seq, occurred_at=datetime.fromisoformat(fact["at"]),
            recorded_at=datetime.fromisoformat(fact["at"]), actor_kind="system", data={"pieces": pieces, "branch": trial.branch_id} | fact["data"],
        )
        for seq, fact in enumerate(trial.facts, 1)
    ]  # fmt: skip
