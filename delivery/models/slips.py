"""The sign slip (签收单, §2.1.3.5, §2.2.5): the paper the consignee signs and the shipper wants back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.fsm import SafeFSMModelMixin, guard
from delivery.choices import SIGNED, Slip
from delivery.models.shipments import Shipment
from network.models import Person, Unit


class SlipQuerySet(models.QuerySet["SignSlip"]):
    def visible_to(self, person: Person) -> SlipQuerySet:
        """Restrict to what this person's units sent, deliver, or hold the slip of; both branches chase it (§2.1.5)."""
        return self.filter(
            person.scope("shipment__order__branch__path")
            | person.scope("shipment__terminal__path")
            | person.scope("unit__path")
        )

    def locked(self) -> SlipQuerySet:
        return self.select_for_update(of=("self",), no_key=True)

    def to_chase(self) -> SlipQuerySet:
        """Restrict to slips that are signed and not back, or sent for signing again; the oldest signature first."""
        waiting = self.filter(state__in=(Slip.EXPECTED, Slip.REJECTED), shipment__state__in=SIGNED)
        return waiting.order_by("shipment__signed_at", "pk")


@guard("§2.1.3.5", _("货物尚未签收，签收单不能返回"))
def goods_are_signed(slip: SignSlip) -> bool:
    return slip.shipment.state in SIGNED


class SignSlip(SafeFSMModelMixin, models.Model):
    """One slip a shipment whose shipper wants it back; every hand-over is a fact, so its holder at any time is known."""

    shipment = models.OneToOneField(Shipment, models.PROTECT, related_name="slip")
    state = FSMField(_("状态"), default=Slip.EXPECTED, choices=Slip.choices, protected=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")  # where it was seen last
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # who said so
    returned_at = models.DateTimeField(null=True)
    remark = models.CharField(_("说明"), max_length=300, blank=True)
    last_actor = models.CharField(max_length=60, blank=True)
    last_at = models.DateTimeField(null=True)

    objects = SlipQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["unit", "state"], name="slip_by_holder")]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.state}"

    @property
    def subject(self) -> str:
        return f"slip/{self.pk}"

    def last_act(self) -> dict[str, Any]:
        return {"winner": self.last_actor, "at": self.last_at}

    @transition(field=state, source=[Slip.EXPECTED, Slip.REJECTED], target=None)
    def hand_on(self) -> None:
        """Scanned in by another hand on its way; what is back, lost or closed travels no more."""

    @transition(field=state, source=Slip.EXPECTED, target=Slip.RETURNED, conditions=[goods_are_signed])
    def return_slip(self, *, at: datetime) -> None:
        """Back at the branch that sent the goods."""
        self.returned_at, self.remark = at, ""

    @transition(field=state, source=Slip.RETURNED, target=Slip.REJECTED)
    def reject(self, *, remark: str) -> None:
        """Not acceptable, to be signed again (补签)."""
        self.returned_at, self.remark = None, remark

    @transition(field=state, source=Slip.REJECTED, target=Slip.RETURNED)
    def resend(self, *, at: datetime) -> None:
        """Signed again and back."""
        self.returned_at, self.remark = at, ""

    @transition(field=state, source=[Slip.EXPECTED, Slip.RETURNED, Slip.REJECTED], target=Slip.LOST)
    def lose(self, *, remark: str) -> None:
        self.returned_at, self.remark = None, remark

    @transition(field=state, source=[Slip.RETURNED, Slip.LOST], target=Slip.CLOSED)
    def close(self, *, remark: str) -> None:
        """Handed to the shipper, or its loss settled."""
        self.remark = remark

    @transition(field=state, source=Slip.EXPECTED, target=Slip.CLOSED)
    def call_off(self) -> None:
        """The goods went back unsigned: there is nothing to return."""
