"""Does the fine ledger tie out? What the penalties say on one side, the bookings on the other (§1.7.3, §1.7.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Case, DecimalField, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from core.journal import Fact, publish
from core.models import SYSTEM
from penalties.choices import BOOKED, Booking
from penalties.models import LedgerEntry, Penalty
from rulebook.due import local
from rulebook.events import On
from sla.services import beaten

log = structlog.get_logger(__name__)

BEAT = "fine-ledger"
MONEY = DecimalField(max_digits=14, decimal_places=2)
NOTHING = Value(Decimal("0.00"), output_field=MONEY)
DUE = {Booking.ASSESS: 1, Booking.REINSTATE: 1, Booking.REVERSE: -1}
TAKEN = {Booking.TAKE: 1, Booking.GIVE_BACK: -1, Booking.REFUND: -1}
STANDS = Q(state__in=BOOKED, amount__isnull=False)


@dataclass(frozen=True, slots=True)
class Sums:
    """CNY: what stands as fined, what of it was taken, what is still owed."""

    fined: Decimal
    taken: Decimal

    @property
    def outstanding(self) -> Decimal:
        return self.fined - self.taken


@dataclass(frozen=True, slots=True)
class LedgerFault:
    """A penalty or a payer for whom the two sides differ: what the penalties say, what the ledger says."""

    kind: str
    name: str
    says: Sums
    booked: Sums


def sums_of_penalties(penalties: QuerySet[Penalty] | None = None) -> Sums:
    found = (Penalty.objects.all() if penalties is None else penalties).aggregate(
        fined=Coalesce(Sum("amount", filter=STANDS), NOTHING), taken=Coalesce(Sum("paid"), NOTHING)
    )
    return Sums(found["fined"], found["taken"])


def sums_of_ledger(lines: QuerySet[LedgerEntry] | None = None) -> Sums:
    found = (LedgerEntry.objects.all() if lines is None else lines).aggregate(
        fined=_signed("kind", "amount", DUE), taken=_signed("kind", "amount", TAKEN)
    )
    return Sums(found["fined"], found["taken"])


def ledger_faults() -> Iterator[LedgerFault]:
    """Yield every penalty and every payer whose sums differ; nothing while the books are whole."""
    for row in unbalanced()[:100]:
        booked = Sums(row.booked_due, row.booked_taken)  # type: ignore[attr-defined]
        yield LedgerFault("penalty", str(row.pk), Sums(row.booked, row.paid), booked)
    said = _by_payer(Penalty.objects.values_list("payer").annotate(
        fined=Coalesce(Sum("amount", filter=STANDS), NOTHING), taken=Coalesce(Sum("paid"), NOTHING)
    ))  # fmt: skip
    booked_by = _by_payer(LedgerEntry.objects.values_list("payer").annotate(
        fined=_signed("kind", "amount", DUE), taken=_signed("kind", "amount", TAKEN)
    ))  # fmt: skip
    none = Sums(Decimal("0.00"), Decimal("0.00"))
    for payer in sorted(said.keys() | booked_by.keys()):
        if said.get(payer, none) != booked_by.get(payer, none):
            yield LedgerFault("payer", payer, said.get(payer, none), booked_by.get(payer, none))


def _by_payer(found: Any) -> dict[str, Sums]:
    return {payer: Sums(fined, taken) for payer, fined, taken in found.order_by()}


def unbalanced() -> QuerySet[Penalty]:
    """Return the penalties whose bookings do not say what they say."""
    found = Penalty.objects.annotate(
        booked_due=_signed("bookings__kind", "bookings__amount", DUE),
        booked_taken=_signed("bookings__kind", "bookings__amount", TAKEN),
        due=Case(When(STANDS, then=F("amount")), default=NOTHING, output_field=MONEY),
    )
    wrong: QuerySet[Penalty] = found.filter(~Q(booked_due=F("due")) | ~Q(booked_taken=F("paid"))).order_by("pk")
    return wrong


def _signed(kind: str, amount: str, signs: dict[Booking, int]) -> Coalesce:
    """Return the sum of the amounts of these kinds, each with its sign."""
    cases = [When(**{kind: each}, then=F(amount) if sign > 0 else -F(amount)) for each, sign in signs.items()]
    return Coalesce(Sum(Case(*cases, default=NOTHING, output_field=MONEY)), NOTHING)


@transaction.atomic
def check_ledger(*, now: datetime) -> int:
    """Hold penalties and ledger against each other; finance is told by the fact that they differ. Return in how many places."""
    found = list(ledger_faults())
    beaten(BEAT, handled=len(found), now=now)
    if found:
        log.error("fine ledger differs", faults=[f"{fault.kind} {fault.name}" for fault in found[:100]])
        data = {"books": "fines", "faults": len(found), "penalties": [f.name for f in found if f.kind == "penalty"][:20]}
        publish(Fact(name=On.BOOKS_DIFFERED, subject=f"books/f{local(now):%Y%m%d%H%M%S}", at=now, by=SYSTEM, data=data))
    return len(found)
