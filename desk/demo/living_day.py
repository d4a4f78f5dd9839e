"""The day a newcomer walks into: three days of true history, and right now something to do at every desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import NamedTuple

from delivery import services as delivery
from delivery.choices import AT_THE_DOOR, Cash, Slip, State
from delivery.models import CashOnDelivery, Shipment, SignSlip
from desk.demo.claims import plan_claims
from desk.demo.company import SHOWCASE
from desk.demo.fines import plan_fine_stories
from desk.demo.founding import Company, build
from desk.demo.goods import Goods
from desk.demo.habits import ORDINARY, arrivals, minutes
from desk.demo.lives import Life, World
from desk.demo.offices import plan_mornings
from desk.demo.service import plan_open_matters
from desk.demo.timeline import Timeline
from orders import services as orders
from orders.choices import Outcome, SlipReturn
from orders.models import Order
from rulebook.roles import Role

HISTORY, RECENT = timedelta(hours=78), timedelta(hours=30)
EARLIER = 4  # one order in so many is older than `RECENT`: its goods are on the road, at the door, signed for
KEY_CUSTOMERS_SHARE = 12  # one in so many of the older ones is a key customer's, so that its goods are on their way
FOUNDED_BEFORE = timedelta(days=365)
LIVELY = replace(ORDINARY, complaints_per_1000=160)  # a desk with something on it, in so few orders
NEIGHBOUR = "ZB02"
ARRIVING, ON_THE_VAN = 6, 2


class Scene(NamedTuple):
    """An order placed so many minutes ago at a branch (none: no branch named) that has come so far and no further."""

    minutes_ago: float
    branch: str
    stage: str


SCENES = (
    Scene(1, SHOWCASE, "waiting"),
    Scene(2, SHOWCASE, "waiting"),  # 8 minutes left
    Scene(5, SHOWCASE, "waiting"),  # 5
    Scene(8, SHOWCASE, "waiting"),  # 2
    Scene(9, SHOWCASE, "not_reached"),
    Scene(12, SHOWCASE, "waiting"),  # overdue
    Scene(19, SHOWCASE, "waiting"),  # overdue for the regional manager too
    Scene(3, NEIGHBOUR, "waiting"),
    Scene(14, NEIGHBOUR, "waiting"),
    Scene(1, "", "waiting"),
    Scene(4, "", "waiting"),
    Scene(8, "", "waiting"),
    Scene(13, "", "waiting"),
    Scene(16, SHOWCASE, "accepted"),  # note to be printed
    Scene(40, SHOWCASE, "accepted"),  # note overdue
    Scene(35, SHOWCASE, "printed"),
    Scene(55, SHOWCASE, "dispatched"),
    Scene(75, SHOWCASE, "dispatched"),
    Scene(90, SHOWCASE, "postponed"),
    Scene(150, SHOWCASE, "customer_cancelled"),  # its reason to be confirmed
    Scene(100, NEIGHBOUR, "customer_cancelled"),
)


class Staged(Life):
    """A life that stops at its stage, so that the next step is the visitor's."""

    def __init__(self, world: World, scene: Scene) -> None:
        super().__init__(world, scene.branch or SHOWCASE)
        self.stage = scene.stage

    def assign(self, now: datetime) -> None:
        """Nobody assigns it: that is the visitor's step."""

    def reached(self, now: datetime) -> None:
        if self.stage == "customer_cancelled":
            self.then(now + minutes(4), self._customer_cancels)
        elif self.stage != "waiting":
            self.then(now + minutes(2), self.call)

    def call(self, now: datetime) -> None:
        if self.stage == "not_reached":
            orders.contact(
                number=self.number,
                clerk=self.clerk,
                outcome=Outcome.NOT_REACHED,
                reason="no_answer",
                remark="稍后再拨",
                now=now,
            )
            return
        orders.contact(number=self.number, clerk=self.clerk, outcome=Outcome.REACHED, now=now)
        self.then(now + minutes(0.5), self._postpone if self.stage == "postponed" else self.accept)

    def accept(self, now: datetime) -> None:
        order = orders.accept(number=self.number, clerk=self.clerk, now=now)
        goods = Goods(self, order)
        if self.stage in ("printed", "dispatched"):
            self.then(now + minutes(6), goods.print_note)
        if self.stage == "dispatched":
            self.then(now + minutes(9), goods.send_driver)

    def _plan_customers_change_of_mind(self, now: datetime) -> None:
        """This customer does what the scene says."""

    def _confirm(self, reason: str, now: datetime) -> None:
        """Nobody confirms the reason: that is the visitor's step."""


def tell(company_name: str, *, now: datetime, count: int, seed: int, on_act: Callable[[], object]) -> Company:
    """Found the company and play its last days up to this minute, with `count` orders in all."""
    rng = Random(seed)  # noqa: S311 - repeatable by seed is the purpose
    start = now - HISTORY
    company = build(rng, name=company_name, now=start - FOUNDED_BEFORE)
    timeline = Timeline(start, on_act=on_act)
    world = World(company, rng, timeline, LIVELY, seed)
    ordinary = max(count - len(SCENES), 0)
    older = arrivals(rng, count=ordinary // EARLIER, start=start, end=now - RECENT)
    newer = arrivals(rng, count=ordinary - ordinary // EARLIER, start=now - RECENT, end=now)
    for serial, instant in enumerate(older + newer):
        of_key_customer = serial < len(older) and serial % KEY_CUSTOMERS_SHARE == 0
        timeline.plan(instant, world.place_key_order if of_key_customer else world.place_order)
    for scene in SCENES[:count]:
        timeline.plan(
            now - minutes(scene.minutes_ago), lambda then, scene=scene: Staged(world, scene).begin(then, scene.branch)
        )  # type: ignore[misc]
    plan_mornings(world, start, now)
    plan_open_matters(world, now)
    plan_claims(world, now)
    plan_fine_stories(world, now)
    timeline.plan(now - minutes(110), lambda then: _vehicle_comes(world, then))
    timeline.plan(now - minutes(50), lambda then: _van_leaves(world, then))
    for minutes_ago, trouble in ((35, _money_is_short), (30, _slip_is_rejected), (25, _bill_is_to_be_amended)):
        timeline.plan(now - minutes(minutes_ago), partial(trouble, world))
    timeline.play(now)
    return company


def _vehicle_comes(world: World, now: datetime) -> None:
    """The showcase branch has goods to plan: what is on the road to it comes in."""
    clerk = world.company.holder(SHOWCASE, Role.BRANCH_CLERK)
    coming = Shipment.objects.filter(terminal__code=SHOWCASE, state=State.IN_TRANSIT).order_by("-door", "pk")
    for number in coming.values_list("order__number", flat=True)[:ARRIVING]:
        delivery.act(number=number, verb="arrive", clerk=clerk, now=now)


def _money_is_short(world: World, now: datetime) -> None:
    """Somewhere a consignee offers less than is due: the branch's manager has to settle it."""
    due = CashOnDelivery.objects.filter(state=Cash.DUE, order__shipment__state__in=AT_THE_DOOR).order_by("pk")
    cash = due.select_related("order__shipment__terminal").first()
    if cash and (unit := cash.order.shipment.terminal):
        clerk = world.company.holder(unit.code, Role.BRANCH_CLERK)
        short = cash.amount - min(cash.amount, 50)
        delivery.raise_discrepancy(number=cash.order.number, clerk=clerk, found=short, remark="收货人少付 50 元", now=now)


def _slip_is_rejected(world: World, now: datetime) -> None:
    """A slip has come back that has to be signed again."""
    slip = SignSlip.objects.filter(state=Slip.RETURNED).select_related("shipment__order__branch").order_by("pk").first()
    if slip and (unit := slip.shipment.order.branch):
        clerk = world.company.holder(unit.code, Role.BRANCH_CLERK)
        delivery.reject(number=slip.shipment.order.number, clerk=clerk, remark="签收日期不清，请补签", now=now)


def _bill_is_to_be_amended(world: World, now: datetime) -> None:
    """An amendment waits for the showcase branch's manager."""
    order = Order.objects.filter(branch__code=SHOWCASE, state="waybilled", slip_return=SlipReturn.NONE).order_by("-pk").first()
    if order:
        clerk = world.company.holder(SHOWCASE, Role.BRANCH_CLERK)
        changes = {"slip_return": SlipReturn.ORIGINAL}
        orders.propose_amendment(number=order.number, clerk=clerk, changes=changes, reason="发货人来电要求签收单", now=now)


def _van_leaves(world: World, now: datetime) -> None:
    """Its courier is out with two of them."""
    clerk = world.company.holder(SHOWCASE, Role.BRANCH_CLERK)
    courier = world.company.holder(SHOWCASE, Role.COURIER)
    here = Shipment.objects.filter(terminal__code=SHOWCASE, state=State.ARRIVED, door=True).order_by("pk")
    for number in here.values_list("order__number", flat=True)[:ON_THE_VAN]:
        delivery.act(number=number, verb="load_for_delivery", clerk=clerk, now=now, driver=courier.number, vehicle="演A0001")
