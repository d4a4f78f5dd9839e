"""The pickup task of an order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, FSMField, transition

from core.fsm import SafeFSMModelMixin, guard
from network.models import Person
from orders.models import Order
from pickup.choices import WAITING, AgreedBy, State


class PickupQuerySet(models.QuerySet["PickupTask"]):
    def visible_to(self, person: Person) -> PickupQuerySet:
        """Restrict to the pickups of this person's unit and everything below it."""
        return self.filter(person.scope("order__branch__path"))

    def locked(self) -> PickupQuerySet:
        return self.select_for_update(of=("self",), no_key=True)

    def waiting(self) -> PickupQuerySet:
        return self.filter(state__in=WAITING)

    def key_customers_first(self) -> PickupQuerySet:
        """Put the pickups of key customers before the others (§2.1.1.1)."""
        return self.order_by(F("order__key_account").asc(nulls_last=True), "pk")


@guard("§4.3.2.2", _("只有刚登记的接货或接货失败可以更正，之后没有其他操作"))
def tapped_last(task: PickupTask) -> bool:
    return bool(task.tap)


@guard("§1.4.3", _("订单已开单，不能再更正接货"))
def not_billed(task: PickupTask) -> bool:
    return task.order.waybilled_at is None


class PickupTask(SafeFSMModelMixin, models.Model):
    """One pickup, from the request to the goods in the vehicle. An order has at most one that is not cancelled."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="pickups")
    state = FSMField(_("状态"), default=State.REQUESTED, choices=State.choices, protected=True)
    requested_at = models.DateTimeField()
    appointment = models.DateTimeField(_("预约时间"), null=True)
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.CharField(max_length=12, choices=AgreedBy.choices, blank=True)
    driver = models.ForeignKey(Person, models.PROTECT, null=True, related_name="pickups", db_index=False)
    vehicle = models.CharField(_("车牌号"), max_length=12, blank=True)
    dispatched_at = models.DateTimeField(null=True)
    collected_at = models.DateTimeField(null=True)
    pieces = models.PositiveIntegerField(_("实接件数"), null=True)
    packing_ok = models.BooleanField(_("包装合格"), default=True)
    early = models.BooleanField(default=False)  # before A − 1 h (§1.3.1.2): recorded, no fine
    failed_at = models.DateTimeField(null=True)
    fail_reason = models.CharField(_("失败原因"), max_length=40, blank=True)
    remark = models.CharField(_("说明"), max_length=300, blank=True)
    change_reason = models.CharField(_("改约原因"), max_length=20, blank=True)  # why the branch moved the time, coded
    agreement = models.CharField(_("客户同意记录"), max_length=300, blank=True)  # to "no vehicle", "no staff" (§2.1.1.1)
    notice_at = models.DateTimeField(null=True)  # last lateness notice (§4.3.2.2n)
    handed_back_at = models.DateTimeField(null=True)
    tap = models.JSONField(default=dict)  # the last act, where it can be taken back: verb, person, at, what it overwrote
    last_actor = models.CharField(max_length=60, blank=True)
    last_at = models.DateTimeField(null=True)

    objects = PickupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=~Q(state="cancelled"), name="one_live_pickup_per_order")
        ]
        indexes = [models.Index(fields=["driver", "state"], name="pickup_by_driver")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.state}"

    @property
    def subject(self) -> str:
        return f"pickup/{self.pk}"

    def last_act(self) -> dict[str, Any]:
        return {"winner": self.last_actor, "at": self.last_at}

    @transition(
        field=state, source=[State.REQUESTED, State.APPOINTED, State.DISPATCHED, State.FAILED], target=State.APPOINTED
    )
    def appoint(self, *, appointment: datetime, by: str, at: datetime) -> None:
        """Agree a time with the customer, the first or another (§1.3.1.2, §1.3.1.1r)."""
        self.appointment, self.agreed_by, self.agreed_at = appointment, by, at

    @transition(
        field=state, source=[State.REQUESTED, State.APPOINTED, State.DISPATCHED, State.FAILED], target=State.REQUESTED
    )
    def postpone(self) -> None:
        """Wait for another day: times and vehicle agreed before no longer hold (§0.10)."""
        self.appointment = self.agreed_at = self.driver = self.dispatched_at = None
        self.agreed_by = self.vehicle = ""

    @transition(
        field=state, source=[State.REQUESTED, State.APPOINTED, State.DISPATCHED, State.FAILED], target=State.DISPATCHED
    )
    def dispatch(self, *, driver: Person, vehicle: str, at: datetime) -> None:
        """Send a driver and a vehicle; again to send others."""
        self.driver, self.vehicle, self.dispatched_at = driver, vehicle, at

    @transition(field=state, source=[State.REQUESTED, State.APPOINTED, State.DISPATCHED], target=State.COLLECTED)
    def collect(self, *, pieces: int, packing_ok: bool, early: bool, at: datetime) -> None:
        """The goods are with us: pieces counted, packing checked, note signed (§4.3.2.2)."""
        self.pieces, self.packing_ok, self.early, self.collected_at = pieces, packing_ok, early, at

    @transition(field=state, source=[State.REQUESTED, State.APPOINTED, State.DISPATCHED], target=State.FAILED)
    def fail(self, *, reason: str, remark: str, at: datetime) -> None:
        """The goods could not be fetched this time."""
        self.fail_reason, self.remark, self.failed_at = reason, remark, at

    @transition(
        field=state, source=[State.COLLECTED, State.FAILED],
        target=RETURN_VALUE(State.REQUESTED, State.APPOINTED, State.DISPATCHED), conditions=[tapped_last, not_billed],
    )  # fmt: skip
    def take_back(self) -> str:
        """A wrong tap: what it overwrote holds again."""
        before = self.tap["before"]
        for name, value in before.items():
            if name != "state":
                field: Any = self._meta.get_field(name)
                setattr(self, name, field.to_python(value))
        self.tap = {}
        return str(before["state"])

    @transition(field=state, source=State.COLLECTED, target=State.CANCELLED)
    def hand_back(self, *, at: datetime) -> None:
        """Collected goods are returned to the shipper."""
        self.handed_back_at = at

    @transition(
        field=state, source=[State.REQUESTED, State.APPOINTED, State.DISPATCHED, State.FAILED], target=State.CANCELLED
    )
    def cancel(self) -> None:
        """No pickup is wanted any more."""
