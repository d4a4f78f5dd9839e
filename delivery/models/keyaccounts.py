"""What §2.1 wants on record about a shipment: daily follow-up, remedies, slips chased, tracking reports."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import KeyCustomer
from delivery.choices import Side
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

    append_only = True

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

    append_only = True

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.cause}"


class SlipChase(models.Model):
    """A branch went after a slip: origin and terminal both do (§2.1.5). Append-only."""

    slip = models.ForeignKey(SignSlip, models.PROTECT, related_name="chases")
    side = models.CharField(_("追踪方"), max_length=8, choices=Side.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    text = models.CharField(_("追踪情况"), max_length=300)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    append_only = True

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
