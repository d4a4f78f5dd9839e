"""Cash on delivery (代收货款, §4.3.3.2): one row an order, and the ledger of every movement of its money."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, FSMField, transition

from core.fsm import SafeFSMModelMixin, guard
from delivery.choices import PAYOUT_DAYS, Cash, Holder, Means, Move
from network.models import Person, Unit
from orders.models import Order


class CashQuerySet(models.QuerySet["CashOnDelivery"]):
    def visible_to(self, person: Person) -> CashQuerySet:
        """Restrict to what this person's units sent, deliver or collect: the money is paid at the delivering branch."""
        return self.filter(
            person.scope("order__branch__path")
            | person.scope("order__shipment__terminal__path")
            | person.scope("unit__path")
        )

    def locked(self) -> CashQuerySet:
        return self.select_for_update(of=("self",), no_key=True)


@guard("§4.3.3.2", _("银行尚未确认到账，不能汇付"))
def bank_has_confirmed(cash: CashOnDelivery) -> bool:
    return cash.confirmed_at is not None


class CashOnDelivery(SafeFSMModelMixin, models.Model):
    """What the consignee pays for the goods, from the amount due to the shipper's account. CNY."""

    order = models.OneToOneField(Order, models.PROTECT, related_name="cash")
    state = FSMField(_("状态"), default=Cash.DUE, choices=Cash.choices, protected=True)
    amount = models.DecimalField(_("代收金额"), max_digits=12, decimal_places=2)
    plan = models.CharField(_("代收方案"), max_length=20, blank=True)  # of the tariff it was billed by
    payout_days = models.PositiveSmallIntegerField(_("到账天数"), default=PAYOUT_DAYS)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")  # the branch that collects
    means = models.CharField(_("收款方式"), max_length=8, choices=Means.choices, blank=True)
    collected_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="cash_in_hand")
    collected_at = models.DateTimeField(null=True)
    counted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    counted_at = models.DateTimeField(null=True)
    bank_slip = models.CharField(_("存款单号"), max_length=40, blank=True)
    banked_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    pay_by = models.DateField(_("最迟汇付日"), null=True)
    batch = models.CharField(_("汇付批次"), max_length=40, blank=True)
    remitted_at = models.DateTimeField(null=True)
    found = models.DecimalField(_("实际金额"), max_digits=12, decimal_places=2, null=True)
    remark = models.CharField(_("说明"), max_length=300, blank=True)
    last_actor = models.CharField(max_length=60, blank=True)
    last_at = models.DateTimeField(null=True)

    objects = CashQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lt=10_000_000), name="cash_amount_is_sane"),
            models.CheckConstraint(
                condition=Q(counted_by=None) | ~Q(counted_by=F("collected_by")), name="cash_is_counted_by_another"
            ),
            models.CheckConstraint(
                condition=~Q(state="remitted") | Q(confirmed_at__isnull=False), name="cash_is_paid_out_after_the_bank"
            ),
        ]
        indexes = [
            models.Index(fields=["collected_by"], condition=Q(state="collected"), name="cash_in_hand"),
            models.Index(fields=["state", "pay_by"], name="cash_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.amount} {self.state}"

    @property
    def subject(self) -> str:
        return f"cash/{self.pk}"

    def last_act(self) -> dict[str, Any]:
        return {"winner": self.last_actor, "at": self.last_at}

    @transition(field=state, source=Cash.DUE, target=Cash.COLLECTED)
    def collect(self, *, by: Person, means: str, at: datetime, pay_by: date) -> None:
        """The consignee has paid exactly what is due."""
        self.collected_by, self.means, self.collected_at, self.pay_by = by, means, at, pay_by

    @transition(field=state, source=Cash.COLLECTED, target=Cash.COUNTED)
    def count(self, *, by: Person, at: datetime) -> None:
        """Another person than the collector has counted the money."""
        self.counted_by, self.counted_at = by, at

    @transition(field=state, source=Cash.COUNTED, target=Cash.BANKED)
    def bank(self, *, slip: str, at: datetime) -> None:
        """The money is paid in; the bank has yet to confirm it."""
        self.bank_slip, self.banked_at = slip, at

    @transition(field=state, source=Cash.BANKED, target=Cash.REMITTED, conditions=[bank_has_confirmed])
    def remit(self, *, batch: str, at: datetime) -> None:
        """The shipper is paid, never before the bank's confirmation."""
        self.batch, self.remitted_at = batch, at

    @transition(field=state, source=[Cash.DUE, Cash.COLLECTED], target=Cash.DISCREPANCY)
    def raise_discrepancy(self, *, found: Decimal, remark: str) -> None:
        """Another amount than due was offered or found; nothing else is booked until it is settled."""
        self.found, self.remark = found, remark

    @transition(field=state, source=Cash.DISCREPANCY, target=RETURN_VALUE(Cash.DUE, Cash.COLLECTED))
    def resolve(self, *, remark: str, still_collected: bool) -> str:
        """The amount is right again (money held goes on), or it was never paid (the consignee owes it as before)."""
        self.found, self.remark = None, remark
        if still_collected:
            return Cash.COLLECTED
        self.collected_by = self.collected_at = self.pay_by = None
        self.means = ""
        return Cash.DUE

    @transition(field=state, source=[Cash.DUE], target=Cash.VOID)
    def void(self, *, remark: str) -> None:
        """Nothing is to be collected any more: the goods were refused or lost."""
        self.remark = remark

    @transition(field=state, source=Cash.VOID, target=Cash.DUE)
    def revive(self) -> None:
        """The refusal was a wrong tap: the money is due as before."""

    @transition(field=state, source=Cash.DISCREPANCY, target=Cash.WRITTEN_OFF)
    def write_off(self, *, remark: str) -> None:
        """What cannot be recovered leaves the books; the shipper's loss is a claim's matter (§4.5)."""
        self.remark = remark


class CashMovement(models.Model):
    """
    One movement of money between two accounts, both sides in one row: the books balance by construction.

    `debit` has it now, `credit` had it before. Append-only, also at the database.
    """

    cash = models.ForeignKey(CashOnDelivery, models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=Move.choices)
    debit = models.CharField(max_length=8, choices=Holder.choices)
    credit = models.CharField(max_length=8, choices=Holder.choices)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0) & ~Q(debit=F("credit")), name="movement_is_sane"),
        ]
        indexes = [models.Index(fields=["cash"], name="movement_by_cash")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
