"""What partners are told of their orders: stored with the fact, sent in order, until it is acknowledged or given up (design §6.14)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.conf import settings

from core.effects import after_commits
from core.journal import Fact
from core.kept import Kept
from core.models import Entry
from core.rows import insert, new
from orders.models import Order
from partners.models import Partner, Push, Subscription
from partners.renderers import RENDERERS
from reports.journey import TOLD
from rulebook.events import On

Receiver = tuple[int, int | None, str]
"""A partner, its subscription where it is not its own callback address that is told, and the dialect."""

_receivers: Kept[str, dict[str, Receiver]] = Kept(lambda: settings.KEPT_SECONDS)
_subscribed: Kept[str, bool] = Kept(lambda: settings.KEPT_SECONDS)


def on_entries(entries: Sequence[Entry]) -> Iterable[Fact]:
    """Store what partners are to be told of these facts; senders are woken once the transaction has committed."""
    facts = [entry for entry in entries if entry.order_number and entry.seq and entry.name in TOLD]
    stored = [push for entry, receiver in _told(facts) for push in _pushes(entry, receiver)] if facts else []
    if stored:
        insert(stored)
        after_commits("partners.tasks.push", {push.partner_id for push in stored})
    return []


def _told(facts: Sequence[Entry]) -> Iterator[tuple[Entry, Receiver]]:
    own = receivers()
    sources = _sources(facts, list(own)) if own else {}
    subscribed = _subscriptions({entry.order_number for entry in facts})
    for entry in facts:
        if receiver := own.get(sources.get(entry.order_number, "")):
            yield entry, receiver
        for receiver in subscribed.get(entry.order_number, ()):
            yield entry, receiver


def _pushes(entry: Entry, receiver: Receiver) -> Iterator[Push]:
    partner, subscription, dialect = receiver
    if entry.name in RENDERERS[dialect].facts:
        yield new(
            Push, partner_id=partner, subscription_id=subscription, order_number=entry.order_number,
            stream=f"{partner}/{subscription or ''}/{entry.order_number}", seq=entry.seq, entry=entry, name=entry.name,
            stored_at=entry.recorded_at, due_at=entry.recorded_at,
        )  # fmt: skip


def receivers() -> dict[str, Receiver]:
    """Return the partners that are told of all their orders, by the source their orders carry; remembered for a moment."""

    def ask() -> dict[str, Receiver]:
        called = Partner.objects.filter(closed_at=None).exclude(callback_url="")
        return {partner.source: (partner.pk, None, partner.dialect) for partner in called}

    return _receivers.get("", ask)


def _sources(facts: Sequence[Entry], told: list[str]) -> dict[str, str]:
    """Return whose orders these are, as far as they are told at all; an order that is just coming in says so itself."""
    born = {entry.order_number: f"{entry.actor_kind}:{entry.actor_id}" for entry in facts if entry.name == On.ORDER_SUBMITTED}
    others = {entry.order_number for entry in facts} - born.keys()
    known = Order.objects.filter(number__in=others, source__in=told).values_list("number", "source") if others else ()
    return born | dict(known)


def _subscriptions(numbers: set[str]) -> dict[str, list[Receiver]]:
    """Return who subscribed to these orders; nothing is asked while nobody has subscribed to any."""
    if not _subscribed.get("", Subscription.objects.filter(ended_at=None).exists):
        return {}
    live = Subscription.objects.filter(order_number__in=numbers, ended_at=None, partner__closed_at=None)
    told: dict[str, list[Receiver]] = {}
    for number, partner, key, dialect in live.order_by("pk").values_list("order_number", "partner_id", "pk", "dialect"):
        told.setdefault(number, []).append((partner, key, dialect))
    return told
