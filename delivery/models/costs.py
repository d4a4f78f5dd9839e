"""What our own operation cost on top, and the unit that bears it (§1.3.3.2, §2.1.2.2, §2.1.3.4, §2.2.4, §2.2.5)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.language import in_words
from delivery.models.shipments import Shipment
from network.models import Person, Unit
from rulebook.reasons import COST_CAUSES


class OperatingCostQuerySet(models.QuerySet["OperatingCost"]):
    def hires(self) -> OperatingCostQuerySet:
        """Restrict to helpers hired from outside (§1.3.3.2)."""
        return self.filter(helpers__isnull=False)


class OperatingCost(models.Model):
    """
    A cost charged to a unit, with the clause and the cause of `COST_CAUSES`. CNY.

    Append-only: a wrong line is taken back by another one of the opposite amount that names it.
    """

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="costs")
    clause = models.CharField(_("条款"), max_length=12)
    cause = models.CharField(_("费用类别"), max_length=20)
    helpers = models.PositiveSmallIntegerField(_("外雇人数"), null=True)
    amount = models.DecimalField(_("金额（元）"), max_digits=9, decimal_places=2)
    text = models.CharField(_("说明"), max_length=300, blank=True)
    charged_to = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    incurred_by = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    append_only = True

    objects = OperatingCostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses=None, helpers=None, amount__gt=0)
                | Q(reverses=None, helpers__gte=1, amount__gte=0)
                | Q(reverses__isnull=False, helpers=None, amount__lt=0),
                name="operating_cost_is_charged_or_taken_back",
            )
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.amount}"

    @property
    def cause_name(self) -> str:
        return in_words(COST_CAUSES[self.cause])
