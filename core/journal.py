"""State facts once; whoever is named in `settings.EVENT_SUBSCRIBERS` hears them in the same transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.module_loading import import_string

from core import rows
from core.models import Actor, Entry
from core.prepared import Prepared
from rulebook.events import On

request_id: ContextVar[str] = ContextVar("request_id", default="")

LAST: Prepared[Entry] = Prepared(
    lambda number: Entry.objects.filter(order_number=number, seq__isnull=False).order_by("-seq").only("seq")[:1]
)

Subscriber = Callable[[Sequence[Entry]], Iterable["Fact"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact to be stated. `at` is its own time; `recorded` when it became known (default: the same instant).

    `order` is the order number; with `in_sequence` the fact takes the order's next number (its row is locked by the service).
    The tick, which locks no order, states its facts out of sequence.
    """

    name: On
    subject: str
    at: datetime
    by: Actor
    order: str = ""
    also: tuple[str, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)
    recorded: datetime | None = None
    in_sequence: bool = True


def publish(*facts: Fact, born: str = "") -> list[Entry]:
    """Tell the facts to the subscribers, in their order, and write them into the journal, all in this transaction.

    A subscriber may answer with further facts: they join the batch that the subscribers after it hear. The entries have their
    keys from the start and are stored with what the subscribers insert, in one round trip at the end.
    `born` is the number of an order that these facts create: nothing can precede them, so its numbering is not looked up.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("facts are stated inside the transaction that makes them true")
    numbers = _Numbering(born)
    with rows.together():
        entries = _entries(facts, numbers)
        for subscriber in _subscribers():
            entries += _entries(list(subscriber(entries)), numbers)
        rows.insert(entries)
    return entries


def _entries(facts: Sequence[Fact], numbers: "_Numbering") -> list[Entry]:
    if not facts:
        return []
    numbers.learn({fact.order for fact in facts if fact.order and fact.in_sequence})
    entries = [_entry(fact, numbers) for fact in facts]
    rows.give_keys(entries)
    return entries


class _Numbering:
    """Hands out the next journal numbers of the orders concerned; each order's last one is looked up once."""

    def __init__(self, born: str) -> None:
        self.last: dict[str, int] = {born: 0}

    def learn(self, orders: set[str]) -> None:
        if unknown := orders - self.last.keys():
            self.last |= dict.fromkeys(unknown, 0)
            if len(unknown) == 1:  # nearly always
                number = unknown.pop()
                self.last[number] = last.seq or 0 if (last := LAST.one(number)) else 0
                return
            said = Entry.objects.filter(order_number__in=unknown, seq__isnull=False).values_list("order_number")
            self.last.update(said.annotate(last=Max("seq")))

    def next(self, order: str) -> int:
        self.last[order] += 1
        return self.last[order]


def _entry(fact: Fact, numbers: _Numbering) -> Entry:
    return rows.new(
        Entry,
        name=fact.name,
        subject=fact.subject,
        also=list(fact.also),
        order_number=fact.order,
        seq=numbers.next(fact.order) if fact.order and fact.in_sequence else None,
        occurred_at=fact.at,
        recorded_at=fact.recorded or fact.at,
        actor_kind=fact.by.kind,
        actor_id=fact.by.id,
        actor_role=fact.by.role,
        request_id=request_id.get(),
        data=dict(fact.data),
    )


@cache
def _subscribers() -> tuple[Subscriber, ...]:
    return tuple(import_string(path) for path in settings.EVENT_SUBSCRIBERS)
