"""The life of billed goods up to the terminal branch: the evening's vehicle, a hub, an outside carrier, now and then a loss (§1.3.2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from delivery import services as delivery
from delivery.models import Shipment
from desk.demo.habits import minutes
from desk.demo.lorries import put_on
from network.models import Person, Unit
from network.places import Spot, distance_km
from orders.models import Order
from rulebook.due import at, local
from rulebook.reasons import EXCEPTIONS, TRACKING_PHRASES
from rulebook.roles import Role

if TYPE_CHECKING:
    from desk.demo.lives import World

KM_AN_HOUR = 55
AT_THE_DOCK = timedelta(hours=3)
HALFWAY = 0.5


class Journey:
    """One shipment from its waybill on. A loss breaks off what was planned for it; found again it starts where it was."""

    def __init__(self, world: World, order: Order) -> None:
        self.world, self.order, self.number, self.origin = world, order, order.number, order.branch
        self.rng, self.habits, self.chance = world.rng, world.habits, world.chance
        self.luck = Random(order.placed_at.isoformat())  # noqa: S311 - whether it goes by a plan, or is scanned where it is not
        self.goods: Shipment  # as the last act left it

    def begin(self, now: datetime) -> None:
        """The goods leave on the evening's vehicle, or the next evening's."""
        evening = at(now, 20, self.rng.randint(0, 59))
        leaves = evening if evening > now else evening + timedelta(days=1)
        if self.luck.random() < self.habits.loaded_by_plan:
            put_on(self, leaves)
        else:
            self.then(leaves, self._depart)

    def then(self, instant: datetime, step: object) -> None:
        self.world.timeline.plan(instant, step)  # type: ignore[arg-type]

    def act(self, verb: str, clerk: Person, now: datetime, **values: object) -> None:
        self.goods = delivery.act(number=self.number, verb=verb, clerk=clerk, now=now, **values)

    def post(self, unit: Unit | None, role: Role) -> Person:
        return self.world.company.holder(unit.code, role) if unit else self.world.agent()

    @property
    def terminal(self) -> Unit | None:
        return self.goods.terminal or self.origin

    def working(self, wanted: datetime) -> datetime:
        """Return the instant wanted, or the next morning where it falls into the night."""
        hour = local(wanted).hour
        if 8 <= hour < 18:
            return wanted
        return at(wanted, 8, self.rng.randint(5, 50), days=1 if hour >= 18 else 0)

    # On the road.

    def vehicle(self) -> str:
        return f"演A{self.rng.randrange(10_000):04}"

    def _depart(self, now: datetime) -> None:
        self.act("depart", self.post(self.origin, Role.BRANCH_CLERK), now, vehicle=self.vehicle())
        self.left(now)

    def left(self, now: datetime) -> None:
        """On the road, by itself or with what was loaded along with it."""
        self.goods = Shipment.objects.select_related("terminal").get(order=self.order)
        takes = AT_THE_DOCK + self.drive() * self.rng.uniform(0.9, 1.2)
        if self.chance(self.habits.lost):
            self.then(now + takes + timedelta(hours=self.rng.randint(4, 8)), self._miss)
        elif self.chance(self.habits.via_hub):
            self.then(now + takes * HALFWAY, self._reach_hub)
            self.then(now + takes * HALFWAY + timedelta(hours=2), self._leave_hub)
            self.then(now + takes + timedelta(hours=2), self.arrive)
        else:
            self.then(now + takes, self.arrive)

    def drive(self) -> timedelta:
        """Return how long the drive between the two branches takes."""
        sites = [Spot(unit.lat, unit.lng) for unit in (self.origin, self.terminal) if unit and unit.lat and unit.lng]
        km = distance_km(*sites) if len(sites) == 2 else 300.0
        return timedelta(hours=km / KM_AN_HOUR)

    def _reach_hub(self, now: datetime) -> None:
        self.act("arrive_hub", self.world.company.holder("OPS", Role.TRANSIT_CLERK), now)

    def _leave_hub(self, now: datetime) -> None:
        self.act("depart", self.world.company.holder("OPS", Role.OPERATIONS_CENTRE), now, vehicle=self.vehicle())

    def _miss(self, now: datetime) -> None:
        """The vehicle is unloaded and the goods are not there."""
        manager = self.post(self.terminal, Role.BRANCH_MANAGER)
        self.act("declare_lost", manager, now, remark="到车清点未见货物，已查沿途各站")
        if self.chance(self.habits.found_again):
            self.then(self.working(now + timedelta(hours=self.rng.uniform(6, 40))), self._find)

    def _find(self, now: datetime) -> None:
        self.act("find", self.post(self.terminal, Role.BRANCH_CLERK), now)
        self.then(now + minutes(self.rng.uniform(5, 30)), self.arrive)

    # At the terminal branch.

    def arrive(self, now: datetime) -> None:
        if self.luck.random() < self.habits.scanned_wrongly:
            self._scan_wrongly(now)
            return
        checked = [self.rng.choice(list(EXCEPTIONS))] if self.chance(self.habits.found_damaged) else []
        self.act("arrive", self.post(self.terminal, Role.BRANCH_CLERK), now, checked=checked)
        door = self.world.doorstep(self)
        if not self.goods.door:
            self.then(self.working(now + minutes(self.rng.uniform(10, 90))), door.offer)
        elif self.chance(self.habits.forwarded):
            self.act("mark_to_forward", self.post(self.terminal, Role.BRANCH_CLERK), now)
            self.then(self.working(now + minutes(self.rng.uniform(30, 180))), self._forward)
        else:
            door.plan(self.working(now + minutes(self.rng.uniform(20, 150))))

    def _scan_wrongly(self, now: datetime) -> None:
        """The branch scans a paper whose goods are still on the road, and sees it a moment later."""
        self.act("arrive", self.post(self.terminal, Role.BRANCH_CLERK), now)
        self.then(now + minutes(self.luck.uniform(2, 20)), self._not_here)

    def _not_here(self, now: datetime) -> None:
        self.act("take_back_arrival", self.post(self.terminal, Role.BRANCH_CLERK), now)
        self.then(now + timedelta(hours=self.luck.uniform(1, 6)), self.arrive)

    def _forward(self, now: datetime) -> None:
        """To an outside carrier, with an entry every day until it is signed for (§1.3.2.1)."""
        self.act(
            "forward", self.post(self.terminal, Role.BRANCH_CLERK), now, carrier="演示专线物流", phone="0551-00000000",
            carrier_no=f"YS{self.rng.randrange(10**8):08}",
        )  # fmt: skip
        days = self.rng.randint(2, 4)
        for day in range(1, days):
            self.then(at(now, 16, self.rng.randint(0, 59), days=day), self._track)
        signed = at(now, self.rng.randint(9, 19), self.rng.randint(0, 59), days=days)
        self.then(signed, self.world.doorstep(self).sign)

    def _track(self, now: datetime) -> None:
        if not self.chance(self.habits.forgets_follow_up):
            said = {"phrase": self.rng.choice([*TRACKING_PHRASES])} if self.chance(0.8) else {"text": "承运商回复：运输途中"}
            self.act("track", self.post(self.terminal, Role.BRANCH_CLERK), now, **said)
