"""What was said on the way to the consignee's door: calls, special circumstances, demands beyond the service (§4.3.3)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from delivery.choices import CallKind, Means
from delivery.models.shipments import Shipment
from network.models import Person


class DeliveryCall(models.Model):
    """A call to the consignee: before the delivery (§4.3.2.7, §4.3.3.1), or that it will be late (§4.3.3.3). Append-only."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="calls")
    kind = models.CharField(_("致电类别"), max_length=8, choices=CallKind.choices)
    reached = models.BooleanField(_("已接通"))
    expected_at = models.DateTimeField(_("告知的预计送达时间"), null=True)
    address_confirmed = models.BooleanField(_("已核对现在的收货地址"), default=False)
    freight = models.DecimalField(_("告知到付运费"), max_digits=12, decimal_places=2, null=True)
    cash = models.DecimalField(_("告知代收货款"), max_digits=12, decimal_places=2, null=True)
    means = models.CharField(_("付款方式"), max_length=8, choices=Means.choices, blank=True)
    extras = models.CharField(_("附加服务"), max_length=200, blank=True)
    reason = models.CharField(_("晚到原因"), max_length=20, blank=True)
    remark = models.CharField(_("说明"), max_length=300, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reached=False) | Q(expected_at__isnull=False), name="call_tells_the_time")
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.kind}"


class Circumstance(models.Model):
    """A special circumstance written into the log (§1.3.3.1): noted before the limit it may excuse it. Append-only."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="circumstances")
    cause = models.CharField(_("特殊情况"), max_length=20)
    text = models.CharField(_("说明"), max_length=300)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    append_only = True

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.cause}"


class DemandQuerySet(models.QuerySet["Demand"]):
    def unanswered(self) -> DemandQuerySet:
        return self.filter(answered_at=None)


class Demand(models.Model):
    """An excessive demand of the consignee, reported from the spot, and the branch's answer (§4.3.3.5)."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="demands")
    kind = models.CharField(_("要求"), max_length=20)
    text = models.CharField(_("具体要求"), max_length=300)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    agreed = models.BooleanField(_("同意"), null=True)
    answer = models.CharField(_("营业部答复"), max_length=300, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = DemandQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment"], condition=Q(answered_at=None), name="one_unanswered_demand_per_shipment"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, agreed=None, answered_by=None)
                | Q(answered_at__isnull=False, agreed__isnull=False, answered_by__isnull=False),
                name="demand_answered_as_a_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.kind}"
