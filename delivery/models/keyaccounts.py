"""What §2.1 wants on record about a shipment: daily follow-up, remedies, extra costs, slips chased, tracking reports."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import KeyCustomer
from delivery.choices import CostKind, Side
from delivery.models.shipments import Shipment
from delivery.models.slips import SignSlip
from network.models import Person, Unit


class FollowUp(models.Model):
    """One line of a shipment's tracking sheet (§4.3.2.4), and the day's follow-up of a key customer's (§2.1.1.2). Append-only."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="follow_ups")
    text = models.CharField(_("跟进情况"), max_length=300)
    told = models.BooleanField(_("已告知发货人"), default=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.at:%F}"


class Measure(models.Model):
    """What the operations centre does about a delay upstream (§2.1.2.3). Append-only."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="measures")
    cause = models.CharField(_("延误原因"), max_length=20)
    text = models.CharField(_("补救措施"), max_length=300)
    expected_at = models.DateTimeField(_("预计恢复时间"), null=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.cause}"


class Cost(models.Model):
    """
    The extra cost of help given on request, charged to the origin branch (§2.1.3.4). CNY.

    Append-only: a wrong line is taken back by another one of the opposite amount that names it.
    """

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="costs")
    kind = models.CharField(_("费用类别"), max_length=12, choices=CostKind.choices)
    amount = models.DecimalField(_("金额（元）"), max_digits=9, decimal_places=2)
    text = models.CharField(_("说明"), max_length=300)
    charged_to = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    incurred_by = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                name="cost_is_charged_or_taken_back",
            )
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.amount}"


class SlipChase(models.Model):
    """A branch went after a slip: origin and terminal both do (§2.1.5). Append-only."""

    slip = models.ForeignKey(SignSlip, models.PROTECT, related_name="chases")
    side = models.CharField(_("追踪方"), max_length=8, choices=Side.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    text = models.CharField(_("追踪情况"), max_length=300)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.slip_id} {self.side}"


class TrackingReport(models.Model):
    """The daily tracking report of a key customer, done by the person named for it (§2.1.5)."""

    key_customer = models.ForeignKey(KeyCustomer, models.PROTECT, related_name="reports")
    on = models.DateField(_("日期"))
    shipments = models.PositiveIntegerField(_("票数"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key_customer", "on"], name="one_tracking_report_a_day")]

    def __str__(self) -> str:
        return f"{self.key_customer_id} {self.on}"
