"""The bonuses of a month, as human resources and finance report them (§1.7.3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from network.models import Person


class BonusQuerySet(models.QuerySet["Bonus"]):
    def of_month(self, month: date) -> dict[str, Decimal]:
        """Return each payer's bonus of a month as it stands: what was recorded last."""
        last = self.filter(month=month).values("payer").annotate(last=Max("pk")).values("last")
        return dict(self.filter(pk__in=last).values_list("payer", "amount"))


class Bonus(models.Model):
    """A payer's bonus of a month. Corrected by another row, append-only."""

    month = models.DateField(_("月份"))
    payer = models.CharField(max_length=60)
    amount = models.DecimalField(_("奖金（元）"), max_digits=12, decimal_places=2)
    source = models.CharField(_("来源"), max_length=100, blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    append_only = True

    objects = BonusQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="bonus_is_not_negative")]
        indexes = [models.Index(fields=["month", "payer"], name="bonus_by_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.payer} {self.amount}"
