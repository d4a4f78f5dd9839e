"""The lines of the fine ledger: which accounts a booking moves, and in which month it shows (§1.7.3)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from core.models import Actor
from core.rows import new
from penalties.choices import Account, Booking
from penalties.models import BonusRun, LedgerEntry, Penalty
from rulebook.due import local_day

TO_THE_RECEIVABLE = (Booking.ASSESS, Booking.REINSTATE, Booking.GIVE_BACK, Booking.REFUND)
"""What the payer owes more by."""


def month_of(at: datetime) -> date:
    """Return the first day of the local month."""
    return local_day(at).replace(day=1)


def line(
    penalty: Penalty, kind: Booking, amount: Decimal, *, month: date, at: datetime, by: Actor, run: BonusRun | None = None
) -> LedgerEntry:
    """Return one booking of a penalty, not stored yet."""
    taken = kind in (Booking.TAKE, Booking.GIVE_BACK, Booking.REFUND)
    other = Account(penalty.purse) if taken else Account.INCOME
    debit, credit = (Account.RECEIVABLE, other) if kind in TO_THE_RECEIVABLE else (other, Account.RECEIVABLE)
    return new(
        LedgerEntry, penalty_id=penalty.pk, kind=kind, debit=debit, credit=credit, payer=penalty.payer,
        income_of_id=penalty.credited_to_id, amount=amount, month=month, at=at, actor_kind=by.kind, actor_id=by.id,
        run_id=run.pk if run else None,
    )  # fmt: skip
