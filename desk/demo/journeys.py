"""The life of billed goods: the evening's vehicle, the terminal branch, the door, the money, now and then trouble (§1.3.2, §1.3.3)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from delivery import services as delivery
from delivery.choices import Cash, Means, Relation, State
from delivery.models import CashOnDelivery, Shipment
from desk.demo.habits import minutes
from desk.demo.papers import drawn
from network.models import Person, Unit
from network.places import Spot, distance_km
from orders.models import Order
from rulebook.due import at, local
from rulebook.reasons import DELIVERY_FAILURE_REASONS, EXCEPTIONS, REFUSAL_REASONS
from rulebook.roles import Role

if TYPE_CHECKING:
    from desk.demo.lives import World

KM_AN_HOUR = 55
AT_THE_DOCK = timedelta(hours=3)


class Journey:
    """One shipment from its waybill on."""

    def __init__(self, world: World, order: Order) -> None:
        self.world, self.number, self.origin = world, order.number, order.branch
        self.rng, self.habits, self.chance = world.rng, world.habits, world.chance
        self.goods: Shipment  # as the last act left it

    def begin(self, now: datetime) -> None:
        """The goods leave on the evening's vehicle, or the next evening's."""
        evening = at(now, 20, self.rng.randint(0, 59))
        leaves = evening if evening > now else evening + timedelta(days=1)
        self._then(leaves, self._depart)

    def _then(self, instant: datetime, step: object) -> None:
        self.world.timeline.plan(instant, step)  # type: ignore[arg-type]

    def _act(self, verb: str, clerk: Person, now: datetime, **values: object) -> None:
        self.goods = delivery.act(number=self.number, verb=verb, clerk=clerk, now=now, **values)

    def _post(self, unit: Unit | None, role: Role) -> Person:
        return self.world.company.holder(unit.code, role) if unit else self.world.agent()

    @property
    def terminal(self) -> Unit | None:
        return self.goods.terminal or self.origin

    def _depart(self, now: datetime) -> None:
        clerk = self._post(self.origin, Role.BRANCH_CLERK)
        self._act("depart", clerk, now, vehicle=f"演A{self.rng.randrange(10_000):04}")
        arrives = now + AT_THE_DOCK + timedelta(hours=self._km() / KM_AN_HOUR * self.rng.uniform(0.9, 1.2))
        self._then(arrives, self._arrive)

    def _km(self) -> float:
        here, there = self.origin, self.terminal
        sites = [Spot(unit.lat, unit.lng) for unit in (here, there) if unit and unit.lat and unit.lng]
        return distance_km(*sites) if len(sites) == 2 else 300.0

    def _arrive(self, now: datetime) -> None:
        checked = [self.rng.choice(list(EXCEPTIONS))] if self.chance(self.habits.found_damaged) else []
        self._act("arrive", self._post(self.terminal, Role.BRANCH_CLERK), now, checked=checked)
        if not self.goods.door:
            self._then(self._working(now + minutes(self.rng.uniform(10, 90))), self._offer)
        elif self.chance(self.habits.forwarded):
            self._then(self._working(now + minutes(self.rng.uniform(30, 180))), self._forward)
        else:
            self._then(self._working(now + minutes(self.rng.uniform(20, 150))), self._load)

    def _working(self, wanted: datetime) -> datetime:
        """Return the instant wanted, or the next morning where it falls into the night."""
        hour = local(wanted).hour
        if 8 <= hour < 18:
            return wanted
        return at(wanted, 8, self.rng.randint(5, 50), days=1 if hour >= 18 else 0)

    def _offer(self, now: datetime) -> None:
        self._act("offer_for_pickup", self._post(self.terminal, Role.BRANCH_CLERK), now)
        self._then(self._working(now + timedelta(hours=self.rng.uniform(1, 30))), self._sign)

    def _forward(self, now: datetime) -> None:
        self._act(
            "forward", self._post(self.terminal, Role.BRANCH_CLERK), now, carrier="演示专线物流", phone="0551-00000000",
            carrier_no=f"YS{self.rng.randrange(10**8):08}",
        )  # fmt: skip
        for day in range(1, self.rng.randint(2, 3)):
            self._then(at(now, 16, self.rng.randint(0, 59), days=day), self._track)
        self._then(at(now, self.rng.randint(9, 17), self.rng.randint(0, 59), days=3), self._sign)

    def _track(self, now: datetime) -> None:
        if not self.chance(self.habits.forgets_follow_up):
            self._act("track", self._post(self.terminal, Role.BRANCH_CLERK), now, text="承运商回复：运输途中")

    def _load(self, now: datetime) -> None:
        courier = self._post(self.terminal, Role.COURIER)
        clerk = self._post(self.terminal, Role.BRANCH_CLERK)
        self._act("load_for_delivery", clerk, now, driver=courier.number, vehicle=f"演B{self.rng.randrange(10_000):04}")
        late = self.chance(self.habits.late_delivery)
        self._then(
            now + timedelta(hours=self.rng.uniform(9, 14) if late else self.rng.uniform(0.5, 4)), self._at_the_door
        )

    def _at_the_door(self, now: datetime) -> None:
        courier = self._post(self.terminal, Role.COURIER)
        if self.chance(self.habits.failed_delivery):
            reason = self.rng.choice([code for code in DELIVERY_FAILURE_REASONS if code != "other"])
            self._act("fail_attempt", courier, now, reason=reason, contacted="consignee", contact="收货人要求改日送达", **self._billing_call())
            self._then(now + minutes(self.rng.uniform(10, 60)), self._reschedule)
        elif self.chance(self.habits.refused):
            self._act("refuse", courier, now, reason=self.rng.choice(list(REFUSAL_REASONS)))
            self._then(now + timedelta(hours=2), self._send_back)
        else:
            self._sign(now)

    def _billing_call(self) -> dict[str, str]:
        return {"billing_call": "已致电开单营业部，同意改日送达"} if self.goods.key_customer else {}

    def _reschedule(self, now: datetime) -> None:
        wanted = at(now, self.rng.randint(10, 16), days=1)
        clerk = self._post(self.terminal, Role.BRANCH_CLERK)
        self._act("reschedule", clerk, now, delivery_at=wanted.isoformat())
        self._then(wanted - timedelta(hours=3), self._load)

    def _send_back(self, now: datetime) -> None:
        self._act("send_back", self._post(self.terminal, Role.BRANCH_CLERK), now, instruction="原路退回发货人", ordered_by="发货人", means="phone")
        back = now + AT_THE_DOCK + timedelta(hours=self._km() / KM_AN_HOUR)
        self._then(self._working(back), self._returned)

    def _returned(self, now: datetime) -> None:
        self._act("close_return", self._post(self.origin, Role.BRANCH_CLERK), now)

    def _sign(self, now: datetime) -> None:
        """The money first, to the fen (§4.3.3.2), then the signature (§4.3.2.8)."""
        by_courier = self.goods.state in (State.OUT_FOR_DELIVERY, State.WAITING)
        hand = self._post(self.terminal, Role.COURIER if by_courier else Role.BRANCH_CLERK)
        if cash := delivery.unsettled(self.goods.order):
            CashOnDelivery.objects.filter(pk=cash.pk, unit=None).update(unit=self.terminal)
            means = self.rng.choice(list(Means.values))
            delivery.collect(number=self.number, clerk=hand, amount=cash.amount, means=means, now=now)
        signer = {
            "signer": self.goods.order.consignee_name[:40],
            "relation": self.rng.choice(("self", "self", "colleague")),
        }
        if self.chance(self.habits.signed_with_exception):
            self._act(
                "sign_with_exception", hand, now, **signer, pieces=max(self.goods.pieces - 1, 0), exception="shortage",
                remark="少一件，已与发货网点核实", pictures=[drawn("damage"), drawn("signature")],
            )  # fmt: skip
        else:
            by_proxy = signer["relation"] != Relation.SELF
            self._act("sign", hand, now, **signer, pictures=[drawn("slip"), drawn("signature")] if by_proxy else [])


def count_the_day(world: World, now: datetime) -> None:
    """In the evening each branch counts what its collectors bring, and pays it in."""
    piles: dict[int, list[CashOnDelivery]] = defaultdict(list)
    rows = CashOnDelivery.objects.filter(state=Cash.COLLECTED).select_related("order", "unit").order_by("unit", "pk")
    for cash in rows:
        piles[cash.unit_id or 0].append(cash)
    for pile in piles.values():
        unit = pile[0].unit
        if unit is None:
            continue
        manager = world.company.holder(unit.code, Role.BRANCH_MANAGER)
        numbers = [cash.order.number for cash in pile]
        delivery.count(numbers=numbers, clerk=manager, total=sum((cash.amount for cash in pile), Decimal()), now=now)
        delivery.bank(numbers=numbers, clerk=manager, slip=f"演示{now:%m%d}-{unit.code}", now=now)


def pay_out(world: World, now: datetime) -> None:
    """In the morning finance confirms the slips of the day before and pays the shippers."""
    finance = world.company.staff.get(("FIN", Role.FINANCE), [])
    waiting = CashOnDelivery.objects.filter(state=Cash.BANKED, confirmed_at=None)
    for slip in sorted(set(waiting.values_list("bank_slip", flat=True))) if finance else ():
        rows = delivery.confirm_bank(slip=slip, clerk=finance[0], now=now)
        delivery.remit(numbers=[cash.order.number for cash in rows], clerk=finance[0], batch=f"演示{now:%m%d}", now=now)
