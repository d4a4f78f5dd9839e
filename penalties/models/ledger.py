"""The fine ledger (§1.7.3): double entry, append-only, also at the database."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from network.models import Unit
from penalties.choices import Account, Booking
from penalties.models.penalties import Penalty


class LedgerEntry(models.Model):
    """
    One booking between two accounts, both sides in one row: debits and credits are equal by construction.

    The receivable and what it is taken from are accounts of the payer; the income is the company's or `income_of`'s (§2.2.2).
    """

    penalty = models.ForeignKey(Penalty, models.PROTECT, related_name="bookings", db_index=False)
    kind = models.CharField(max_length=10, choices=Booking.choices)
    debit = models.CharField(max_length=10, choices=Account.choices)
    credit = models.CharField(max_length=10, choices=Account.choices)
    payer = models.CharField(max_length=60)
    income_of = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    month = models.DateField()  # first day of the month whose statement shows it
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=40, blank=True)
    run = models.ForeignKey("BonusRun", models.PROTECT, null=True, related_name="bookings", db_index=False)

    append_only = True

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0) & ~Q(debit=F("credit")), name="booking_is_sane"),
            models.CheckConstraint(condition=Q(debit="receivable") | Q(credit="receivable"), name="booking_moves_the_receivable"),
            models.UniqueConstraint(fields=["penalty"], condition=Q(kind="assess"), name="a_penalty_is_booked_once"),
        ]
        indexes = [
            models.Index(fields=["penalty"], name="booking_by_penalty"),
            models.Index(fields=["payer", "month"], name="booking_by_payer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.payer} {self.amount}"


class BonusRun(models.Model):
    """One run that took fines from a month's bonuses; what it did are its bookings."""

    month = models.DateField()
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["month"], name="bonus_run_by_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.at:%F %T}"
