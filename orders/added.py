"""What a waybill costs on top after it was issued: charges that the delivery itself causes (§1.3.3.3), freight given back (§4.6)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from core.language import english
from orders.bills import Waybill

ZERO = Decimal("0.00")


class AddedChargeQuerySet(models.QuerySet["AddedCharge"]):
    def total(self) -> Decimal:
        return Decimal(self.aggregate(sum=Sum("amount"))["sum"] or ZERO).quantize(ZERO)


class AddedCharge(models.Model):
    """One charge added to an issued waybill, with the rule it comes from; once a cause. Append-only, also at the database.

    It stands beside the price lines of the waybill's versions: an amendment reckons those anew and leaves these alone.
    """

    waybill = models.ForeignKey(Waybill, models.PROTECT, related_name="added")
    cause = models.CharField(max_length=40)  # "redelivery/2": the 2nd attempt
    code = models.CharField(max_length=20)
    zh = models.CharField(max_length=60)
    en = models.CharField(max_length=60)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    rule = models.CharField(max_length=60, blank=True)
    tariff = models.CharField(max_length=40, blank=True)
    words_zh = models.CharField(max_length=400, blank=True)
    words_en = models.CharField(max_length=400, blank=True)
    by_kind = models.CharField(max_length=10)
    by = models.CharField(max_length=40, blank=True)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    append_only = True

    objects = AddedChargeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["waybill", "cause"], name="one_added_charge_per_cause"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="added_charge_is_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.zh} {self.amount}"

    @property
    def name(self) -> str:
        return self.en if english() else self.zh

    @property
    def words(self) -> str:
        return self.words_en if english() else self.words_zh


class FreightRefund(models.Model):
    """Freight given back because timed air came after its promise (§4.6): a ledger line of its own, never changed.

    Where the signature that showed it late is corrected, a counter-row `undoes` it, with the amount below zero.
    """

    waybill = models.ForeignKey(Waybill, models.PROTECT, related_name="refunds")
    serial = models.PositiveSmallIntegerField(default=1)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")
    version = models.PositiveIntegerField()  # of the bill whose freight lines these are
    amount = models.DecimalField(_("退还运费"), max_digits=12, decimal_places=2)
    promised_at = models.DateTimeField()
    there_at = models.DateTimeField()
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["waybill", "serial"], name="one_refund_at_a_time"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, undoes=None) | Q(amount__lt=0, undoes__isnull=False), name="refund_or_its_counter"
            ),
            models.CheckConstraint(condition=Q(there_at__gt=F("promised_at")), name="refund_is_of_late_goods"),
        ]

    def __str__(self) -> str:
        return f"{self.waybill_id} {self.amount}"
