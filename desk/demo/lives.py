"""The life of one order up to its acceptance, each step through the real services. What follows is in `goods.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from core.models import Actor
from desk.demo.company import BRANCHES, SHOWCASE
from desk.demo.doorsteps import Doorstep
from desk.demo.drafts import draft
from desk.demo.founding import Company
from desk.demo.goods import Goods
from desk.demo.habits import CHANNELS, ORDINARY, Habits, is_night, minutes, next_morning
from desk.demo.journeys import Journey
from desk.demo.names import MOVE_WORDS
from desk.demo.timeline import Timeline
from network.models import Person, Unit
from network.places import BranchSite, nearest, place
from notify import services as notify
from orders import services as orders
from orders.choices import Channel, Outcome
from orders.models import Order
from rulebook.due import at, local
from rulebook.reasons import NOT_REACHED_REASONS
from rulebook.roles import Role

CHECKS = ["goods", "price", "wishes", "insurance", "customer"]
MOST_CALLS = 4
CUSTOMER = Actor("customer")
REGION = {row.code: row.region for row in BRANCHES}


class World:
    """What all lives share: the company, chance, the clock, and which branches are slack."""

    def __init__(self, company: Company, rng: Random, timeline: Timeline, habits: Habits = ORDINARY, seed: int = 1) -> None:
        self.company, self.rng, self.timeline, self.habits, self.seed = company, rng, timeline, habits, seed
        self.slack = {row.code for row in BRANCHES if rng.random() < habits.slack_branches}
        self.sites = [_site(unit) for unit in company.branches()]
        self.by_key = {unit.pk: unit for unit in company.branches()}
        self.lorries: dict[tuple[int, datetime], list[Journey]] = {}  # by branch and hour of leaving

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def luck(self, *what: object) -> Random:
        """Return a chance of its own for one thing: the lives of orders go on as they would without it."""
        return Random(f"{self.seed} {' '.join(map(str, what))}")  # noqa: S311 - repeatable by seed is the purpose

    def luck_of(self, order: Order | None, what: str) -> Random:
        """Return the luck of one order in one thing; not by its number, which is the database's own."""
        return self.luck(what, order.placed_at.isoformat() if order else "")

    def agent(self) -> Person:
        return self.rng.choice(self.company.staff["CC", Role.CALL_CENTRE])

    def doorstep(self, journey: Journey) -> Doorstep:
        return Doorstep(journey)

    def place_order(self, now: datetime) -> None:
        """A customer somewhere places an order."""
        Life(self, self.rng.choice(BRANCHES).code).begin(now)

    def place_key_order(self, now: datetime) -> None:
        """A key customer places one at its branch."""
        life = Life(self, SHOWCASE)
        life.habits = replace(self.habits, of_key_customer=1.0)
        life.begin(now, SHOWCASE)


def _site(unit: Unit) -> BranchSite:
    return BranchSite(
        id=unit.pk,
        lat=unit.lat or 0,
        lng=unit.lng or 0,
        serves=tuple(unit.serves),
        opens=unit.opens,
        closes=unit.closes,
    )


class Life:
    """One order from its placing on. A step planned for one holder lapses when the order has moved on or ended."""

    def __init__(self, world: World, origin: str) -> None:
        self.world, self.origin = world, origin
        self.rng, self.habits, self.chance = world.rng, world.habits, world.chance
        self.branch: Unit | None = None
        self.turn = self.calls = 0
        self.number = self.place = ""
        self.over = self.accepted = False

    def then(self, instant: datetime, step: Callable[[datetime], None]) -> None:
        turn = self.turn

        def act(now: datetime) -> None:
            if turn == self.turn and not self.over:
                step(now)

        self.world.timeline.plan(instant, act)

    def post(self, role: Role) -> Person:
        if self.branch is None:
            raise LookupError("no branch has the order")
        return self.world.company.holder(self.branch.code, role)

    @property
    def clerk(self) -> Person:
        return self.post(Role.BRANCH_CLERK)

    # Intake.

    def begin(self, now: datetime, branch_code: str | None = None) -> None:
        """Place the order by a channel; with a branch code by that branch, else as customers do."""
        channel = self.rng.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        code = self._named(channel) if branch_code is None else branch_code
        wanted = draft(self.rng, origin=self.origin, branch_code=code, now=now, habits=self.habits)
        by, source, external = self._door(channel, now)
        placed = orders.place(wanted, channel=channel, by=by, now=now, source=source, external_no=external)
        if placed.created:
            self._placed(placed.order, now)

    def _named(self, channel: str) -> str:
        if channel == Channel.PHONE or not self.chance(self.habits.names_branch):
            return ""
        if self.chance(self.habits.names_wrong_branch):
            return self.rng.choice(self._neighbours())
        return self.origin

    def _neighbours(self) -> list[str]:
        return [code for code, region in REGION.items() if region == REGION[self.origin] and code != self.origin]

    def _door(self, channel: str, now: datetime) -> tuple[Actor, str, str]:
        match channel:
            case Channel.PHONE:
                return self.world.agent().actor, "", ""
            case Channel.HALL:
                return CUSTOMER, "", ""
            case _:
                return (
                    Actor("partner", channel),
                    f"demo:{channel}",
                    f"{channel[:2].upper()}{now:%y%m%d%H%M%S}{self.rng.randrange(10**6):06}",
                )

    def _placed(self, order: Order, now: datetime) -> None:
        self.number, self.branch, self.place = order.number, order.branch, order.shipper_place
        if self.branch:
            self.reached(now)
        else:
            self.then(self._assigned_by(now), self.assign)
        if self.chance(self.habits.cancelled_by_customer):
            self._plan_customers_change_of_mind(now)

    def _assigned_by(self, now: datetime) -> datetime:
        start = next_morning(now) if is_night(now) else now
        late = self.chance(self.habits.late_assignment)
        return start + minutes(self.rng.uniform(10.1, 18) if late else self.rng.triangular(0.5, 9, 2))

    def assign(self, now: datetime) -> None:
        """The call centre gives the order to the nearest suitable branch (§1.2.1.3)."""
        unit = self.world.by_key[nearest(place(self.place), self.world.sites, at=now, limit=1)[0].id]
        orders.assign(number=self.number, branch=unit, clerk=self.world.agent(), now=now)
        self.branch = unit
        self.reached(now)

    # The branch's ten minutes.

    def reached(self, now: datetime) -> None:
        """A branch has the order: its clerk calls, sooner or later; when it takes too long the call centre steps in."""
        self.turn += 1
        self.accepted = False
        call_at = self._answered_at(now)
        self.then(call_at, self.call)
        alarm = now + minutes(10.2)
        if call_at > alarm and not is_night(alarm):
            self.then(alarm + minutes(self.rng.uniform(0.5, 3)), self.rescue)

    def _answered_at(self, now: datetime) -> datetime:
        if is_night(now) and not self.chance(self.habits.on_duty_at_night):
            return next_morning(now) + minutes(self.rng.uniform(1, 35))
        slack = self.branch is not None and self.branch.code in self.world.slack
        if self.chance(self.habits.late_branch * (3 if slack else 1)):
            return now + minutes(self.rng.uniform(10, 45))
        return now + minutes(self.rng.triangular(0.6, 7, 2.5))

    def rescue(self, now: datetime) -> None:
        """The call centre, alarmed at minute ten (§3.6.1), phones the branch or gives the order to its neighbour."""
        if self.accepted:
            return
        if self.chance(self.habits.saved_by_call_centre):
            self.then(now + minutes(self.rng.uniform(0.3, 2)), self.call)
        elif self.chance(self.habits.moved_by_call_centre) and (near := self._neighbours()):
            self._move(near[0], self.world.agent(), "营业部未在 10 分钟内受理，改派就近营业部", now)

    def _move(self, code: str, by: Person, reason: str, now: datetime) -> None:
        unit = self.world.company.units[code]
        orders.reassign(number=self.number, branch=unit, clerk=by, reason=reason, now=now)
        self.branch = unit
        self.reached(now)

    def call(self, now: datetime) -> None:
        """The clerk opens the order and phones the customer (§1.4.1, §4.3.2.1)."""
        if self.accepted:
            return
        notify.see(order_number=self.number, person=self.clerk, now=now)
        self.calls += 1
        if self.chance(self.habits.not_reached):
            self._nobody_answers(now)
            return
        orders.contact(number=self.number, clerk=self.clerk, outcome=Outcome.REACHED, now=now, checks=CHECKS)
        self._after_the_call(now)

    def _nobody_answers(self, now: datetime) -> None:
        why = self.rng.choice([code for code in NOT_REACHED_REASONS if code != "other"])
        orders.contact(number=self.number, clerk=self.clerk, outcome=Outcome.NOT_REACHED, reason=why, now=now)
        if self.calls < MOST_CALLS:
            self.then(now + minutes(self.rng.uniform(1.5, 6)), self.call)
        else:
            self.then(now + minutes(self.rng.uniform(5, 60)), lambda then: self.cancel("not_reached", then))

    def _after_the_call(self, now: datetime) -> None:
        if self.branch and self.branch.code != self.origin and self.origin in self._same_region() and self.calls == 1:
            self._move(self.origin, self.clerk, self.rng.choice(MOVE_WORDS), now)
        elif self.chance(self.habits.cancelled_at_call):
            self.cancel(self.rng.choice(("not_shipping", "other_carrier", "duplicate", "untrue_data")), now)
        elif self.chance(self.habits.postponed):
            self._postpone(now)
        else:
            self.then(now + minutes(self.rng.uniform(0.2, 0.8)), self.accept)

    def _same_region(self) -> list[str]:
        return [code for code, region in REGION.items() if self.branch and region == REGION.get(self.branch.code)]

    def accept(self, now: datetime) -> None:
        order = orders.accept(number=self.number, clerk=self.clerk, now=now)
        self.accepted = True
        Goods(self, order).agreed(now)

    def _postpone(self, now: datetime) -> None:
        ship_on = local(now).date() + timedelta(days=self.rng.choice((1, 1, 2)))
        orders.postpone(number=self.number, clerk=self.clerk, ship_on=ship_on, reason="goods_not_ready", now=now)
        self.accepted = True
        self.then(at(ship_on, 8, self.rng.randint(5, 50)), self._resume)

    def _resume(self, now: datetime) -> None:
        order = orders.resume(number=self.number, clerk=self.clerk, now=now)
        Goods(self, order).agreed(now)

    # Ends without a waybill.

    def cancel(self, reason: str, now: datetime) -> None:
        orders.cancel(number=self.number, by=self.clerk.actor, person=self.clerk, reason=reason, text="", now=now)
        self.over = True

    def _plan_customers_change_of_mind(self, now: datetime) -> None:
        def act(then: datetime) -> None:
            if not self.over:
                self._customer_cancels(then)

        self.world.timeline.plan(now + minutes(self.rng.uniform(2, 120)), act)

    def _customer_cancels(self, now: datetime) -> None:
        reason = (
            self.rng.choice(("not_shipping", "other_carrier", "mistaken")) if self.chance(self.habits.says_why) else ""
        )
        orders.cancel(number=self.number, by=CUSTOMER, reason=reason, text="", now=now)
        self.over = True
        if self.chance(self.habits.reason_confirmed):
            later = max(now + minutes(self.rng.uniform(5, 90)), at(now, 8))
            self.world.timeline.plan(
                min(later, at(now, 23, 55)), lambda then: self._confirm(reason or "not_shipping", then)
            )

    def _confirm(self, reason: str, now: datetime) -> None:
        """The branch confirms the reason; where no branch had the order, the call centre (§1.2.1.4r)."""
        clerk = self.clerk if self.branch else self.world.agent()
        orders.confirm_reason(number=self.number, clerk=clerk, reason=reason, text="", now=now)
