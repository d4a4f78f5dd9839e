"""The verbs of delivery, and what it hears of the journal."""

from collections.abc import Iterable, Sequence

from core.journal import Fact
from core.models import Entry
from delivery.services import cash
from delivery.services.cash import (
    bank,
    books,
    collect,
    confirm_bank,
    count,
    out_of_balance,
    raise_discrepancy,
    remit,
    resolve,
    unsettled,
    write_off,
)

__all__ = [
    "bank",
    "books",
    "collect",
    "confirm_bank",
    "count",
    "on_entries",
    "out_of_balance",
    "raise_discrepancy",
    "remit",
    "resolve",
    "unsettled",
    "write_off",
]


def on_entries(entries: Sequence[Entry]) -> Iterable[Fact]:
    """Open and end what a waybill and its shipment demand."""
    return [fact for entry in entries if (react := REACTIONS.get(entry.name)) for fact in react(entry)]


REACTIONS = dict(cash.REACTIONS)
