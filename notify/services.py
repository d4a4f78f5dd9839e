"""Which fact tells whom, and the journey of a message: stored, sent, delivered, seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from core.effects import after_commits
from core.journal import Fact
from core.models import Entry
from core.rows import insert, new
from network.models import Person, Unit
from network.services import units_of
from notify.choices import Kind
from notify.models import Message
from rulebook.events import On
from rulebook.roles import Role
from sla.services.entries import call_centre

ALARMING = frozenset({"§1.2.1.1", "§1.2.1.1b", "§4.3.1.1"})
"""Breaches that alert the call centre: an order not accepted (§3.6.1), a chat not answered (†)."""

TO_ONE: dict[str, tuple[str, Kind]] = {
    On.ORDER_REACHED_BRANCH: ("branch", Kind.NEW_ORDER), On.BILL_DISPUTED: ("branch", Kind.BILL_DISPUTED),
    On.AMENDMENT_PROPOSED: ("branch", Kind.AMENDMENT), On.DEMAND_REPORTED: ("branch", Kind.DEMAND),
    On.PENALTY_IMPOSED: ("unit", Kind.PENALTY), On.PENALTY_UPHELD: ("unit", Kind.PENALTY_DECIDED),
    On.PENALTY_REVERSED: ("unit", Kind.PENALTY_DECIDED), On.CHAT_TURN_OPENED: ("branch", Kind.CHAT),
    On.CHAT_TRANSFERRED: ("branch", Kind.CHAT),
}  # fmt: skip
"""Facts that tell the one unit they name, by the key of their data."""
BOOKS = {"cash": Kind.BOOKS, "fines": Kind.FINE_BOOKS}
OF_CLAIMS: dict[str, tuple[Role | None, Kind]] = {
    On.CLAIM_OPENED: (Role.CLAIMS, Kind.CLAIM), On.CLAIM_PAPERS_COMPLETED: (Role.CLAIMS, Kind.CLAIM),
    On.CLAIM_DISPUTED: (Role.CLAIMS, Kind.CLAIM), On.CLAIM_AGREED: (Role.FINANCE, Kind.CLAIM_PAYMENT),
    On.CLAIM_PAPERS_ASKED: (None, Kind.CLAIM_NEWS), On.CLAIM_PAPERS_RETURNED: (None, Kind.CLAIM_NEWS),
    On.CLAIM_PROPOSED: (None, Kind.CLAIM_NEWS), On.CLAIM_REJECTED: (None, Kind.CLAIM_NEWS),
    On.CLAIM_PAID: (None, Kind.CLAIM_NEWS),
}  # fmt: skip
"""Who is told of which step of a claim (§4.5); nobody named: the branch that billed the goods."""
OF_FILINGS = {
    "verified": Kind.FILING_VERIFIED, "granted": Kind.FILING_GRANTED, "refused": Kind.FILING_REFUSED, "reopened": Kind.FILING_REOPENED,
}  # fmt: skip
"""What the branch whose clock it was is told of each turn its filing takes, by the state it came to (§1.4.2, §3.6.1)."""
SWEEP_AFTER = timedelta(seconds=10)


def on_entries(entries: Sequence[Entry]) -> Iterable[Fact]:
    """Store the messages these facts cause (§1.2.2.n, §3.6.1); the worker is told once the transaction has committed."""
    calls = call_centre() if any(_concerns_calls(entry) for entry in entries) else None
    messages = [message for entry in entries for message in _caused_by(entry, calls)]
    if messages:
        stored = insert(messages)
        after_commits("notify.tasks.send", [message.pk for message in stored])
    return []


def _concerns_calls(entry: Entry) -> bool:
    return entry.name == On.ORDER_UNASSIGNED or entry.data.get("clause") in ALARMING


def _caused_by(entry: Entry, calls: int | None) -> Iterator[Message]:
    tell = TELL.get(entry.name)
    for unit, kind in tell(entry) if tell else _addressees(entry, calls):
        if unit is not None:
            yield new(
                Message, unit_id=unit, kind=kind, order_number=entry.order_number,
                complaint_id=_of(entry, "complaint"), chat_id=_of(entry, "chat"), filing_id=_of(entry, "filing"),
                clause=str(entry.data.get("clause") or ""),
                entry=entry, late=bool(entry.data.get("late")), stored_at=entry.recorded_at,
            )  # fmt: skip


def _of(entry: Entry, wanted: str) -> int | None:
    """Return the key of the complaint, chat or filing a fact is about; None where it is about something else."""
    kind, _slash, key = entry.subject.partition("/")
    return int(key) if kind == wanted else None


def _addressees(entry: Entry, calls: int | None) -> list[tuple[int | None, Kind]]:
    """Return who is told what; a unit is told once. `calls` is the call centre where it may have to know."""
    data = entry.data
    match entry.name:
        case name if name in TO_ONE:
            key, kind = TO_ONE[name]
            return [(data[key], kind)]
        case On.ORDER_UNASSIGNED:
            return [(calls, Kind.TO_ASSIGN)]
        case On.ORDER_CANCELLED if data["branch"] and entry.actor_kind != "person":
            return [(data["branch"], Kind.CANCELLED)]
        case On.BOOKS_DIFFERED:
            return [(unit, BOOKS[data.get("books", "cash")]) for unit in units_of(Role.FINANCE)]
        case On.SHIPMENT_ARRIVED if data["checked"]:
            return [(data["origin"], Kind.ARRIVAL_CHECK)]
        case On.SPLIT_ASKED if not data["answered"]:
            return [(data["origin"], Kind.SPLIT)]
        case On.ANOMALY_FOUND | On.ANOMALY_REPORTED | On.ANOMALY_ESCALATED:
            return _of_anomaly(entry)
        case On.DEADLINE_WARNED:
            return [(data["holder"], Kind.REMINDER)]
        case On.DEADLINE_BREACHED:
            told = {data["holder"], calls} if data["clause"] in ALARMING else {data["holder"]}
            return [(unit, Kind.ALARM) for unit in sorted(told - {None})]
    return []


def _of_anomaly(entry: Entry) -> list[tuple[int | None, Kind]]:
    """The billing branch at once (§2.1.3.1), support the same day (§2.1.1.3), whoever it is taken to (§4.3.2.5)."""
    if entry.name == On.ANOMALY_REPORTED:
        return [(unit, Kind.ANOMALY) for unit in units_of(Role.KEY_ACCOUNTS)]
    if entry.name == On.ANOMALY_ESCALATED:
        return [(entry.data["to"], Kind.ESCALATED)]
    told = entry.data["source"] == "arrival"  # with the arrival itself
    return [] if told else [(entry.data["origin"], Kind.ANOMALY)]


def _of_claim(entry: Entry) -> list[tuple[int | None, Kind]]:
    """Whose turn it is: the claims department's, finance's; the billing branch, whom the customer asks, knows how it stands."""
    role, kind = OF_CLAIMS[entry.name]
    return [(unit, kind) for unit in units_of(role)] if role else [(entry.data["origin"], kind)]


def _filed(entry: Entry) -> list[tuple[int | None, Kind]]:
    """Whoever decides on it, and the branch complained about."""
    role = Role.QUALITY if entry.data["internal"] else Role.DEPARTMENT
    told = {*units_of(role)[:1], entry.data["branch"]} - {None}
    return [(unit, Kind.COMPLAINT) for unit in sorted(told)]


def _of_branch(entry: Entry) -> list[tuple[int | None, Kind]]:
    return [(entry.data["branch"], Kind.RULED)]


def _answered(entry: Entry) -> list[tuple[int | None, Kind]]:
    unhappy = entry.data["answer"] == "no"
    return [(unit, Kind.UNHAPPY) for unit in units_of(Role.DEPARTMENT)[:1]] if unhappy else []


def _visited(entry: Entry) -> list[tuple[int | None, Kind]]:
    return [(unit, Kind.VISITED) for unit in units_of(Role.KEY_ACCOUNTS)]


OF_COMPLAINTS: dict[str, Callable[[Entry], list[tuple[int | None, Kind]]]] = {
    On.COMPLAINT_FILED: _filed, On.COMPLAINT_UPHELD: _of_branch, On.COMPLAINT_DISMISSED: _of_branch,
    On.COMPLAINT_REOPENED: _of_branch, On.COMPLAINT_ANSWERED: _answered, On.COMPLAINT_VISIT_REPORTED: _visited,
}  # fmt: skip
"""Who is told what of a complaint (§1.6.1, §2.2.1)."""


def _of_filing(entry: Entry) -> list[tuple[int | None, Kind]]:
    return [(entry.data["branch"], OF_FILINGS[entry.data["state"]])]


TELL: dict[str, Callable[[Entry], list[tuple[int | None, Kind]]]] = {
    **OF_COMPLAINTS, **dict.fromkeys(OF_CLAIMS, _of_claim),
    **dict.fromkeys((On.FILING_VERIFIED, On.FILING_DECIDED, On.FILING_REOPENED), _of_filing),
}  # fmt: skip
"""Who is told what of complaints, claims and filings, by the fact."""


def send(ids: Sequence[int], *, now: datetime) -> int:
    """Hand messages to the desks; one sent before is passed over."""
    return Message.objects.filter(pk__in=ids, sent_at=None).update(sent_at=now)


def sweep(*, now: datetime) -> int:
    """Send what a dead broker or worker left behind."""
    return Message.objects.unsent(now - SWEEP_AFTER).update(sent_at=now)


def deliver(unit: Unit, *, now: datetime) -> list[Message]:
    """Return what a desk of this unit has not seen yet, newest first, and note that it has arrived there."""
    waiting = list(Message.objects.to(unit).unseen().select_related("complaint").order_by("-stored_at", "-pk")[:50])
    fresh = [message.pk for message in waiting if message.delivered_at is None]
    if fresh:
        Message.objects.filter(pk__in=fresh, delivered_at=None).update(delivered_at=now)
    return waiting


def see(*, order_number: str, person: Person, now: datetime) -> int:
    """Note that somebody of the unit has opened the order the messages are about."""
    if person.unit is None:
        return 0
    unseen = Message.objects.to(person.unit).unseen().filter(order_number=order_number, chat=None)
    return unseen.update(seen_at=now, seen_by=person)


def see_complaint(*, complaint: int, person: Person, now: datetime) -> int:
    """Note that somebody of the unit has opened the complaint the messages are about."""
    if person.unit is None:
        return 0
    unseen = Message.objects.to(person.unit).unseen().filter(complaint=complaint)
    return unseen.update(seen_at=now, seen_by=person)


def see_chat(*, chat: int, person: Person, now: datetime) -> int:
    """Note that somebody of the unit has opened the chat the messages are about."""
    if person.unit is None:
        return 0
    return Message.objects.to(person.unit).unseen().filter(chat=chat).update(seen_at=now, seen_by=person)


def see_filing(*, filing: int, person: Person, now: datetime) -> int:
    """Note that somebody of the unit has opened the filing the messages are about."""
    if person.unit is None:
        return 0
    return Message.objects.to(person.unit).unseen().filter(filing=filing).update(seen_at=now, seen_by=person)
