"""The timeline of an order for those outside: the same for the customers' page, the staff and the partners' programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.models import Entry
from network.models import Unit
from network.places import exists, lineage
from reports.journey import TOLD, code_of, sentence, site_of
from rulebook.due import local
from rulebook.vocabulary import CODES, KDN_FAILURES


@dataclass(frozen=True, slots=True)
class Event:
    """One fact as it is told: when, in one sentence, where with city and phone, by our code and those of the hubs; `seq` is its number within the order."""

    at: datetime
    text: str
    code: str
    site: str
    city: str
    phone: str
    k100: str
    kdn: str
    seq: int

    @property
    def time(self) -> str:
        """Return the local time as hubs write it, without an offset (GMT+8)."""
        return f"{local(self.at):%Y-%m-%d %H:%M:%S}"


def public() -> list[str]:
    """Return the names of the facts told to who only knows the number."""
    return [name for name, row in TOLD.items() if not row.parties]


def events(number: str, *, full: bool) -> list[Event]:
    """
    Return what happened to an order, oldest first, in two queries.

    :param full: also what is told to its parties only: the money collected, the sign slip
    """
    names = list(TOLD) if full else public()
    return told(list(Entry.objects.of_order(number).filter(name__in=names)))


def latest(numbers: Sequence[str]) -> dict[str, Event]:
    """Return the last public event of several orders, in two queries."""
    entries = Entry.objects.filter(order_number__in=numbers, name__in=public()).order_by("occurred_at", "id")
    last = {entry.order_number: entry for entry in entries}
    return dict(zip(last, told(list(last.values())), strict=True))


def told(entries: Sequence[Entry]) -> list[Event]:
    """Return entries as they are told, in their order; two queries at most."""
    sites = Unit.objects.in_bulk({site for entry in entries if (site := site_of(entry))})
    names = {key: unit.name for key, unit in sites.items()}
    events_told, earlier = [], defaultdict(set)
    for entry in entries:
        code = code_of(entry, earlier[entry.order_number])
        earlier[entry.order_number].add(entry.name)
        site = sites.get(site_of(entry) or 0)
        events_told.append(
            Event(
                entry.occurred_at, sentence(entry, names), code, site.name if site else "", city(site.place) if site else "",
                site.phone if site else "", CODES[code].k100, _kdn(entry, code), entry.seq or 0,
            )
        )  # fmt: skip
    return events_told


def _kdn(entry: Entry, code: str) -> str:
    reason = str(entry.data.get("reason", ""))
    return KDN_FAILURES.get(reason, CODES[code].kdn) if code == "DELIVERY_FAILED" else CODES[code].kdn


def city(code: str) -> str:
    """Return the city of a place, or '' where it is not known."""
    if not exists(code):
        return ""
    return [each.name for each in lineage(code)[:2] if not each.is_filler][-1]
