"""What one payer's fines came to in a month (§1.7.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from penalties.choices import Account
from penalties.models import LedgerEntry

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Statement:
    """CNY owed by one payer: at the month's beginning, what moved it, at its end."""

    opening: Decimal
    lines: list[tuple[LedgerEntry, Decimal]]

    @property
    def closing(self) -> Decimal:
        return self.opening + sum((change for _entry, change in self.lines), NOTHING)


def statement(payer: str, month: date) -> Statement:
    """Return a payer's statement of a month: bookings with what each adds to what is owed; one query."""
    entries = LedgerEntry.objects.filter(payer=payer, month__lte=month).select_related("penalty").order_by("month", "pk")
    signed = [(each, each.amount if each.debit == Account.RECEIVABLE else -each.amount) for each in entries]
    opening = sum((change for each, change in signed if each.month < month), NOTHING)
    return Statement(opening, [(each, change) for each, change in signed if each.month == month])
