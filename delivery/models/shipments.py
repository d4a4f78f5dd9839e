"""The goods on their way: the shipment, its delivery attempts, the append-only ledger of scans."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, FSMField, transition

from core.fsm import SafeFSMModelMixin, guard
from delivery.choices import (
    ARRIVALS,
    AT_THE_DOOR,
    CORRECTABLE,
    ON_THE_ROAD,
    TO_PLAN,
    Cash,
    Contacted,
    Relation,
    ScanState,
    State,
)
from delivery.models.cash import CashOnDelivery
from network.models import Person, Unit
from orders.choices import Delivery, Means, SlipReturn
from orders.models import Order


class ShipmentQuerySet(models.QuerySet["Shipment"]):
    def visible_to(self, person: Person) -> ShipmentQuerySet:
        """Restrict to what this person's units sent, hold or deliver."""
        return self.filter(
            person.scope("order__branch__path") | person.scope("terminal__path") | person.scope("place__path")
        )

    def locked(self) -> ShipmentQuerySet:
        return self.select_for_update(of=("self",), no_key=True)

    def with_parked(self) -> ShipmentQuerySet:
        """Add whether scans wait for an earlier one."""
        waiting = Scan.objects.parked().filter(shipment=OuterRef("pk"))
        return self.annotate(has_parked=Exists(waiting))

    def with_cash(self) -> ShipmentQuerySet:
        """Add whether money has to be settled before the goods are signed for."""
        waiting = CashOnDelivery.objects.filter(order=OuterRef("order"), state__in=(Cash.DUE, Cash.DISCREPANCY))
        return self.annotate(cash_waits=Exists(waiting))


@guard("§4.3.3.2", _("代收货款尚未结清，不能签收：请先收款，或登记并处理差异"))
def cash_is_settled(shipment: Shipment) -> bool:
    return not CashOnDelivery.objects.filter(order=shipment.order_id, state__in=(Cash.DUE, Cash.DISCREPANCY)).exists()


@guard("§4.3.3.5", _("收货人的要求已上报，营业部尚未答复：请等答复后再办理，不要离开现场"))
def demand_is_answered(shipment: Shipment) -> bool:
    return not shipment.demands.unanswered().exists()


@guard("§2.1.2.2", _("另有部分件尚未发车：到齐后再登记到达"))
def all_has_left(shipment: Shipment) -> bool:
    return not shipment.left_behind


@guard("§2.1.2.2", _("没有未发车的余件"))
def something_is_left(shipment: Shipment) -> bool:
    return shipment.left_behind > 0


@guard("§1.3.3.1", _("货物为自提，不能派送：客户改为送货的，请先修改送货方式"))
def is_for_the_door(shipment: Shipment) -> bool:
    return shipment.door


@guard("§2.1.4.3", _("货物已标记为需外发"))
def is_not_marked(shipment: Shipment) -> bool:
    return not shipment.to_forward


@guard("§2.1.4.3", _("货物未标记为需外发"))
def is_marked(shipment: Shipment) -> bool:
    return shipment.to_forward


@guard("§4.3.2.8", _("只有刚登记的签收、拒收或派送未成功可以更正，之后没有其他操作"))
def last_act_can_be_corrected(shipment: Shipment) -> bool:
    scan = shipment.last_scan()
    return scan is not None and scan.verb in CORRECTABLE


@guard("§4.3.2.6", _("只有刚登记的到达可以撤销，之后没有其他操作"))
def last_act_was_the_arrival(shipment: Shipment) -> bool:
    scan = shipment.last_scan()
    return scan is not None and scan.verb in ARRIVALS


class Shipment(SafeFSMModelMixin, models.Model):
    """The goods of one waybill, from the origin branch to the signature."""

    order = models.OneToOneField(Order, models.PROTECT, related_name="shipment")
    state = FSMField(_("状态"), default=State.AT_ORIGIN, choices=State.choices, protected=True)
    pieces = models.PositiveIntegerField(_("件数"))
    door = models.BooleanField(_("送货上门"))
    key_customer = models.BooleanField(_("项目客户"), default=False)
    place = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+"
    )  # where the goods are, None on the road
    terminal = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="shipments")  # the branch that delivers
    to_forward = models.BooleanField(_("需外发"), default=False)  # marked, or the place lies outside every service area
    opened_at = models.DateTimeField()
    departed_at = models.DateTimeField(null=True)
    vehicle = models.CharField(_("车牌号"), max_length=12, blank=True)
    left_behind = models.PositiveIntegerField(_("余件"), default=0)  # pieces of a split that have not left yet (§2.1.2.2)
    arrived_at = models.DateTimeField(null=True)
    checked = models.JSONField(default=list)  # what the arrival check found (§2.1.3.1), coded
    carrier = models.CharField(_("外发承运商"), max_length=60, blank=True)
    carrier_phone = models.CharField(_("承运商电话"), max_length=30, blank=True)
    carrier_no = models.CharField(_("承运商单号"), max_length=40, blank=True)
    forwarded_at = models.DateTimeField(null=True)
    driver = models.ForeignKey(Person, models.PROTECT, null=True, related_name="deliveries")
    attempts_made = models.PositiveSmallIntegerField(default=0)
    delivery_at = models.DateTimeField(_("约定送达时间"), null=True)
    waits_until = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)  # the consignee was reached for the delivery to come (§4.3.2.7)
    told_at = models.DateTimeField(null=True)  # the time of delivery the consignee was told last (§4.3.3.1, §4.3.3.3)
    signed_at = models.DateTimeField(null=True)
    signer = models.CharField(_("签收人"), max_length=40, blank=True)
    relation = models.CharField(_("与收货人关系"), max_length=12, choices=Relation.choices, blank=True)
    pieces_signed = models.PositiveIntegerField(_("签收件数"), null=True)
    exception = models.CharField(_("异常"), max_length=20, blank=True)
    remark = models.CharField(_("说明"), max_length=300, blank=True)
    return_ordered_by = models.CharField(_("退货指示人"), max_length=40, blank=True)
    return_means = models.CharField(_("指示方式"), max_length=12, choices=Means.choices, blank=True)
    return_instruction = models.CharField(_("退货指示"), max_length=300, blank=True)
    lost_from = models.CharField(max_length=24, blank=True)
    ended_at = models.DateTimeField(null=True)
    turns = models.PositiveIntegerField(default=0)  # scans applied so far
    last_actor = models.CharField(max_length=60, blank=True)
    last_at = models.DateTimeField(null=True)

    objects = ShipmentQuerySet.as_manager()
    has_parked: bool  # by `with_parked`

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pieces_signed=None) | Q(pieces_signed__lte=models.F("pieces")),
                name="no_more_signed_than_sent",
            ),
            models.CheckConstraint(condition=Q(left_behind__lt=models.F("pieces")), name="not_all_left_behind"),
        ]
        indexes = [
            models.Index(fields=["terminal", "state"], name="shipment_by_terminal"),
            models.Index(fields=["driver", "state"], name="shipment_by_driver"),
            models.Index(fields=["place"], condition=Q(ended_at=None), name="shipment_by_place"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.state}"

    @property
    def subject(self) -> str:
        return f"shipment/{self.pk}"

    def seen_by(self, person: Person) -> bool:
        """Tell whether `visible_to` holds for this shipment."""
        return any(person.sees(unit) for unit in (self.order.branch, self.terminal, self.place))

    def splits_made(self) -> bool:
        """Tell whether the goods left, or are leaving, on more than one vehicle (§2.1.2.2)."""
        return self.left_behind > 0 or self.scans.filter(verb="depart_rest").exists()

    def last_act(self) -> dict[str, Any]:
        return {"winner": self.last_actor, "at": self.last_at}

    def last_scan(self) -> Scan | None:
        """Return what was done with the goods last."""
        found: Scan | None = self.scans.exclude(turn=None).order_by("turn").last()
        return found

    def clock_facts(self) -> dict[str, object]:
        """Return what the limits of §1.3.2, §1.3.3 and §2.1 ask about, as journal data."""
        moments = {"arrived_at": self.arrived_at, "delivery_at": self.delivery_at, "signed_at": self.signed_at}
        return {
            "branch": self.terminal_id or self.order.branch_id, "door": self.door, "key_customer": self.key_customer,
            "forwarded": bool(self.forwarded_at), "slip": self.order.slip_return != SlipReturn.NONE,
            "to_forward": self.to_forward, "origin": self.order.branch_id,
            **{name: moment.isoformat() for name, moment in moments.items() if moment},
        }  # fmt: skip

    # Line-haul

    @transition(field=state, source=[State.AT_ORIGIN, State.AT_HUB], target=State.IN_TRANSIT)
    def depart(self, *, vehicle: str, at: datetime, left: int = 0) -> None:
        """Leave with a vehicle; of a split, so many pieces are left where they are (§2.1.2.2)."""
        self.vehicle, self.left_behind = vehicle, left
        self.place = self.place if left else None
        self.departed_at = self.departed_at or at

    @transition(field=state, source=State.IN_TRANSIT, target=State.IN_TRANSIT, conditions=[something_is_left])
    def depart_rest(self, *, vehicle: str, left: int) -> None:
        """What was left of a split follows with another vehicle."""
        self.vehicle, self.left_behind = vehicle, left
        self.place = self.place if left else None

    @transition(field=state, source=State.IN_TRANSIT, target=State.AT_HUB, conditions=[all_has_left])
    def arrive_hub(self, *, place: Unit | None) -> None:
        self.place = place

    @transition(field=state, source=State.IN_TRANSIT, target=State.ARRIVED, conditions=[all_has_left])
    def arrive(self, *, place: Unit | None, checked: list[str], to_forward: bool, at: datetime) -> None:
        """At the terminal branch (进港), goods looked over (§2.1.3.1); the branch that receives them delivers them."""
        self.place = self.terminal = place
        self.to_forward = to_forward
        self.checked, self.arrived_at = checked, at

    @transition(field=state, source=[State.ARRIVED, State.AT_HUB, State.HELD], target=State.FORWARDED)
    def forward(self, *, carrier: str, phone: str, number: str, at: datetime) -> None:
        """To an outside carrier, whose phone and number are recorded (§4.3.2.6)."""
        self.carrier, self.carrier_phone, self.carrier_no, self.forwarded_at = carrier, phone, number, at
        self.place = None

    @transition(field=state, source=[State.AT_HUB, *TO_PLAN], target=None, conditions=[is_not_marked])
    def mark_to_forward(self) -> None:
        """The terminal branch finds that an outside carrier has to take the goods on (§2.1.4.3)."""
        self.to_forward = True

    @transition(field=state, source=[State.AT_HUB, *TO_PLAN], target=None, conditions=[is_marked])
    def keep_for_delivery(self) -> None:
        """We deliver them ourselves after all."""
        self.to_forward = False

    @transition(field=state, source=State.FORWARDED, target=State.FORWARDED)
    def track(self) -> None:
        """The day's tracking entry (§1.3.2.1)."""

    # The last mile

    @transition(field=state, source=list(TO_PLAN), target=State.READY_FOR_PICKUP)
    def offer_for_pickup(self) -> None:
        """The consignee fetches the goods."""
        self.door = False

    @transition(field=state, source=[*TO_PLAN, State.READY_FOR_PICKUP], target=State.OUT_FOR_DELIVERY, conditions=[is_for_the_door])
    def load_for_delivery(self, *, driver: Person, vehicle: str) -> None:
        self.driver, self.vehicle, self.place = driver, vehicle, None
        self.attempts_made += 1

    @transition(field=state, source=State.OUT_FOR_DELIVERY, target=State.WAITING)
    def wait(self, *, until: datetime) -> None:
        """The customer can receive within 30 minutes (§1.3.3.3)."""
        self.waits_until = until

    @transition(field=state, source=list(ON_THE_ROAD), target=State.HELD, conditions=[demand_is_answered])
    def fail_attempt(self, *, place: Unit | None) -> None:
        self.place, self.waits_until = place, None
        self.called_at = self.told_at = None  # the next attempt wants its own call

    @transition(field=state, source=list(TO_PLAN), target=State.HELD)
    def reschedule(self, *, delivery_at: datetime) -> None:
        """A new time is agreed with the customer (§1.3.3.3)."""
        self.delivery_at = delivery_at

    @transition(field=state, source=list(AT_THE_DOOR), target=State.SIGNED, conditions=[cash_is_settled, demand_is_answered])
    def sign(self, *, signer: str, relation: str, at: datetime) -> None:
        self.signer, self.relation, self.pieces_signed = signer, relation, self.pieces
        self.signed_at = self.ended_at = at

    @transition(
        field=state, source=list(AT_THE_DOOR), target=State.SIGNED_WITH_EXCEPTION,
        conditions=[cash_is_settled, demand_is_answered],
    )  # fmt: skip
    def sign_with_exception(
        self, *, signer: str, relation: str, pieces: int, exception: str, remark: str, at: datetime
    ) -> None:
        self.signer, self.relation, self.pieces_signed = signer, relation, pieces
        self.exception, self.remark = exception, remark
        self.signed_at = self.ended_at = at

    @transition(field=state, source=list(AT_THE_DOOR), target=State.REFUSED, conditions=[demand_is_answered])
    def refuse(self, *, reason: str, remark: str, place: Unit | None) -> None:
        self.exception, self.remark, self.place, self.waits_until = reason, remark, place, None

    @transition(
        field=state,
        source=[State.SIGNED, State.SIGNED_WITH_EXCEPTION, State.REFUSED, State.HELD],
        target=RETURN_VALUE(*AT_THE_DOOR),
        conditions=[last_act_can_be_corrected],
    )
    def take_back(self, *, before: dict[str, Any]) -> str:
        """A wrong tap: what it overwrote holds again."""
        self._restore(before)
        return str(before["state"])

    def _restore(self, before: dict[str, Any]) -> None:
        for name, value in before.items():
            if name != "state":
                field: Any = self._meta.get_field(name)
                setattr(self, field.attname, field.to_python(value))

    @transition(
        field=state, source=[State.ARRIVED, State.AT_HUB], target=State.IN_TRANSIT, conditions=[last_act_was_the_arrival]
    )
    def take_back_arrival(self, *, before: dict[str, Any]) -> None:
        """They were scanned in where they are not: still on their way."""
        self._restore(before)

    # Lost, found, sent back

    @transition(
        field=state,
        source=[State.IN_TRANSIT, State.AT_HUB, State.ARRIVED, State.FORWARDED, State.HELD, State.READY_FOR_PICKUP, State.RETURNING],
        target=State.LOST,
    )  # fmt: skip
    def declare_lost(self, *, remark: str, was: str) -> None:
        self.remark, self.lost_from, self.place = remark, was, None

    @transition(
        field=state, source=State.LOST,
        target=RETURN_VALUE(
            State.IN_TRANSIT, State.AT_HUB, State.ARRIVED, State.FORWARDED, State.HELD, State.READY_FOR_PICKUP, State.RETURNING
        ),
    )  # fmt: skip
    def find(self, *, place: Unit | None) -> str:
        """Found again: it goes on from where it was missed."""
        self.place = place
        return self.lost_from

    @transition(field=state, source=[State.REFUSED, State.HELD, State.ARRIVED], target=State.RETURNING)
    def send_back(self, *, instruction: str, ordered_by: str, means: str) -> None:
        """Back to the shipper, on the shipper's instruction: whose it is and how it was given is kept with it."""
        self.place = None
        self.return_instruction, self.return_ordered_by, self.return_means = instruction, ordered_by, means

    @transition(field=state, source=State.RETURNING, target=State.RETURNED)
    def close_return(self, *, at: datetime) -> None:
        self.ended_at = at


class Attempt(models.Model):
    """One try at the consignee's door that came to nothing, with the call made from the spot (§1.3.3.3)."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="attempts")
    serial = models.PositiveSmallIntegerField()
    reason = models.CharField(_("原因"), max_length=20)
    contacted = models.CharField(_("现场联系"), max_length=10, choices=Contacted.choices)
    contact = models.CharField(_("联系记录"), max_length=300)
    billing_call = models.CharField(_("致电开单营业部"), max_length=300, blank=True)  # key customers (§2.1.3.3)
    fee_due = models.BooleanField(default=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)  # a wrong tap

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment", "serial"], condition=Q(taken_back_at=None), name="one_row_per_attempt"
            )
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id}/{self.serial}"


class ScanQuerySet(models.QuerySet["Scan"]):
    def parked(self) -> ScanQuerySet:
        """Restrict to scans that wait for an earlier one, in the order they happened."""
        return self.filter(settled=None, state=ScanState.PARKED).order_by("at", "pk")


class Scan(models.Model):
    """
    What a person or a device said about a shipment, as it was said. Append-only, also at the database.

    `source` is the device's own key of the act: the same one twice is one act. A scan that came before the one it
    builds on is parked; the scan that settles it later names it.
    """

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="scans")
    source = models.CharField(max_length=40, unique=True)
    verb = models.CharField(max_length=24)
    state = models.CharField(max_length=8, choices=ScanState.choices)
    settles = models.OneToOneField("self", models.PROTECT, null=True, related_name="settled")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()  # the device's time
    recorded_at = models.DateTimeField()
    data = models.JSONField(default=dict)
    turn = models.PositiveIntegerField(null=True)  # the order in which scans were applied; keys and times need not follow it
    before = models.JSONField(default=dict)  # what a correctable act overwrote

    append_only = True

    objects = ScanQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shipment", "turn"], name="one_scan_a_turn")]
        indexes = [models.Index(fields=["shipment", "at"], name="scan_by_shipment")]

    def __str__(self) -> str:
        return f"{self.verb} {self.source}"


DOOR = (Delivery.DOOR, Delivery.UPSTAIRS)
