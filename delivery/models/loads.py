"""The load plan (配载): which goods, or which part of them, leave with which vehicle; and consent to split (§2.1.2.1–2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.fsm import SafeFSMModelMixin
from delivery.choices import Load
from delivery.models.shipments import Shipment
from network.models import Person, Unit

CENT, LITRE = Decimal("0.01"), Decimal("0.001")


class LoadPlanQuerySet(models.QuerySet["LoadPlan"]):
    def visible_to(self, person: Person) -> LoadPlanQuerySet:
        """Restrict to the plans of this person's units and everything below them."""
        return self.filter(person.scope("unit__path"))

    def locked(self) -> LoadPlanQuerySet:
        return self.select_for_update(of=("self",), no_key=True)


class LoadPlan(SafeFSMModelMixin, models.Model):
    """What one vehicle takes from one place; closing it departs all of it."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    state = FSMField(_("状态"), default=Load.OPEN, choices=Load.choices, protected=True)
    line = models.CharField(_("线路"), max_length=60)
    vehicle = models.CharField(_("车牌号"), max_length=12)
    most_kg = models.DecimalField(_("可载重量（千克）"), max_digits=9, decimal_places=2)
    most_m3 = models.DecimalField(_("可载体积（立方米）"), max_digits=7, decimal_places=2)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = LoadPlanQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(most_kg__gt=0, most_m3__gt=0), name="vehicle_takes_something")]
        indexes = [models.Index(fields=["unit", "state"], name="load_by_unit")]

    def __str__(self) -> str:
        return f"{self.line} {self.vehicle}"

    @property
    def subject(self) -> str:
        return f"load/{self.pk}"

    def last_act(self) -> dict[str, Any]:
        return {"winner": self.ended_by.name if self.ended_by else "", "at": self.ended_at}

    @transition(field=state, source=Load.OPEN, target=Load.CLOSED)
    def close(self) -> None:
        """The vehicle leaves with everything on the list."""

    @transition(field=state, source=Load.OPEN, target=Load.CANCELLED)
    def cancel(self) -> None:
        """The vehicle does not go; what was on the list waits on."""


class LoadItem(models.Model):
    """A shipment, or part of its pieces, on a load plan."""

    plan = models.ForeignKey(LoadPlan, models.PROTECT, related_name="items")
    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="loads")
    pieces = models.PositiveIntegerField(_("件数"))
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "shipment"], name="one_line_per_plan_and_shipment"),
            models.CheckConstraint(condition=Q(pieces__gt=0), name="load_item_has_pieces"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.shipment_id} {self.pieces}"

    @property
    def share(self) -> Decimal:
        return Decimal(self.pieces) / self.shipment.pieces

    @property
    def weight_kg(self) -> Decimal:
        """Return what these pieces weigh: their share of the waybill's weight."""
        return (self.shipment.order.waybill.weight_kg * self.share).quantize(CENT)

    @property
    def volume_m3(self) -> Decimal:
        return (self.shipment.order.waybill.volume_m3 * self.share).quantize(LITRE)


class SplitConsentQuerySet(models.QuerySet["SplitConsent"]):
    def unanswered(self) -> SplitConsentQuerySet:
        return self.filter(answered_at=None)

    def usable(self, shipment: Shipment, pieces: int) -> SplitConsentQuerySet:
        """Restrict to consents given to load this many pieces, or fewer, from where the goods are now."""
        return self.filter(shipment=shipment, unit=shipment.place, given=True, used_at=None, pieces__lte=pieces)


class SplitConsent(models.Model):
    """The origin branch is asked whether a key customer's goods may be split; what it says is kept (§2.1.2.2)."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="splits")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # the place that loads
    pieces = models.PositiveIntegerField(_("先装件数"))
    reason = models.CharField(_("拆分原因"), max_length=300)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    given = models.BooleanField(_("同意"), null=True)
    answer = models.CharField(_("始发营业部答复"), max_length=300, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    objects = SplitConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment"], condition=Q(answered_at=None), name="one_open_question_per_shipment"),
            models.CheckConstraint(condition=Q(used_at=None) | Q(given=True), name="only_a_given_consent_is_used"),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.pieces}"
