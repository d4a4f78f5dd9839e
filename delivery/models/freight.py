"""Freight taken from the consignee (到付, §4.3.2.7): a receipt a payment, and the ledger of every movement of its money."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.fsm import SafeFSMModelMixin
from delivery.choices import Freight, Holder, Means, Move
from network.models import Person, Unit
from orders.models import Order


class FreightQuerySet(models.QuerySet["FreightReceipt"]):
    def visible_to(self, person: Person) -> FreightQuerySet:
        """Restrict to what this person's units sent, deliver or collected."""
        return self.filter(
            person.scope("order__branch__path")
            | person.scope("order__shipment__terminal__path")
            | person.scope("unit__path")
        )

    def locked(self) -> FreightQuerySet:
        return self.select_for_update(of=("self",), no_key=True)

    def standing(self) -> FreightQuerySet:
        """Leave out what was taken back."""
        return self.exclude(state=Freight.TAKEN_BACK)


class FreightReceipt(SafeFSMModelMixin, models.Model):
    """One payment of freight by the consignee: who took how much, when, by which means; until it lies in the bank. CNY."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="freight_receipts")
    state = FSMField(_("状态"), default=Freight.COLLECTED, choices=Freight.choices, protected=True)
    amount = models.DecimalField(_("到付运费"), max_digits=12, decimal_places=2)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")  # the branch that collects
    means = models.CharField(_("收款方式"), max_length=8, choices=Means.choices)
    collected_by = models.ForeignKey(Person, models.PROTECT, related_name="freight_in_hand")
    collected_at = models.DateTimeField()
    counted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    counted_at = models.DateTimeField(null=True)
    bank_slip = models.CharField(_("存款单号"), max_length=40, blank=True)
    banked_at = models.DateTimeField(null=True)
    remark = models.CharField(_("说明"), max_length=300, blank=True)
    last_actor = models.CharField(max_length=60, blank=True)
    last_at = models.DateTimeField(null=True)

    objects = FreightQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lt=10_000_000), name="freight_amount_is_sane"),
            models.CheckConstraint(
                condition=Q(counted_by=None) | ~Q(counted_by=F("collected_by")), name="freight_is_counted_by_another"
            ),
        ]
        indexes = [
            models.Index(fields=["collected_by"], condition=Q(state="collected"), name="freight_in_hand"),
            models.Index(fields=["collected_at"], name="freight_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.amount} {self.state}"

    @property
    def subject(self) -> str:
        return f"freight/{self.pk}"

    def last_act(self) -> dict[str, Any]:
        return {"winner": self.last_actor, "at": self.last_at}

    @transition(field=state, source=Freight.COLLECTED, target=Freight.COUNTED)
    def count(self, *, by: Person, at: datetime) -> None:
        """Another person than the collector has counted the money."""
        self.counted_by, self.counted_at = by, at

    @transition(field=state, source=Freight.COUNTED, target=Freight.BANKED)
    def bank(self, *, slip: str, at: datetime) -> None:
        """The money is paid in."""
        self.bank_slip, self.banked_at = slip, at

    @transition(field=state, source=Freight.COLLECTED, target=Freight.TAKEN_BACK)
    def take_back(self, *, remark: str) -> None:
        """It was never paid, or was given back: the consignee owes the freight as before."""
        self.remark = remark


class FreightMovement(models.Model):
    """
    One movement of freight between two accounts, both sides in one row: the books balance by construction.

    `debit` has it now, `credit` had it before. Append-only, also at the database.
    """

    receipt = models.ForeignKey(FreightReceipt, models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=Move.choices)
    debit = models.CharField(max_length=8, choices=Holder.choices)
    credit = models.CharField(max_length=8, choices=Holder.choices)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0) & ~Q(debit=F("credit")), name="freight_movement_is_sane")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
