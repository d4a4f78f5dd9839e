"""The life of an accepted order: quote, note, pickup or drop-off, follow-up, waybill."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from core.models import Actor
from desk.demo.bills import hand_over
from desk.demo.habits import minutes
from desk.demo.journeys import Journey
from desk.demo.names import FOLLOW_UPS
from orders import services as orders
from orders.choices import NoteKind, PriceState
from orders.models import Order
from pickup import services as pickups
from pickup.choices import AgreedBy
from rulebook.due import appointment_valid, at, local
from rulebook.reasons import NEVER_FOR_KEY_CUSTOMERS, PICKUP_FAILURE_REASONS
from rulebook.roles import Role

if TYPE_CHECKING:
    from desk.demo.lives import Life

KG_PRICE, LEAST_PRICE = Decimal("1.60"), Decimal(45)
HOUR = timedelta(hours=1)


class Goods:
    """What happens to the goods of a life once its order is accepted."""

    def __init__(self, life: Life, order: Order) -> None:
        self.life = life
        self.rng, self.habits, self.chance = life.rng, life.habits, life.chance
        self.order = order
        self.due: datetime | None = None

    def agreed(self, now: datetime) -> None:
        """The customer has agreed at the call: quote, print and fetch the goods, or wait for them."""
        self.life.then(now + minutes(self.rng.uniform(1, 6)), self._quote)
        if not self.order.pickup:
            self.life.then(self._brought_in_at(now), self._brought_in)
            return
        late = self.chance(self.habits.late_print)
        self.life.then(
            now + minutes(self.rng.uniform(31, 80) if late else self.rng.triangular(1, 28, 8)), self.print_note
        )
        self._agree_time(now)

    # The price: where there is none the branch quotes (§3.3).

    def _quote(self, now: datetime) -> None:
        if self.order.price_state != PriceState.TO_QUOTE:
            return
        amount = max(LEAST_PRICE, (self.order.weight_kg * KG_PRICE).quantize(Decimal("0.01")))
        words = f"运费 {amount} 元，含接货"
        orders.quote(number=self.order.number, clerk=self.life.clerk, amount=amount, words=words, now=now)
        self.life.then(now + minutes(self.rng.uniform(0.5, 5)), self._answer)

    def _answer(self, now: datetime) -> None:
        agreed = not self.chance(self.habits.price_declined)
        orders.answer_quote(number=self.order.number, agreed=agreed, by=Actor("customer"), now=now)
        self.life.over = not agreed

    def print_note(self, now: datetime) -> None:
        orders.print_note(number=self.order.number, clerk=self.life.clerk, now=now)

    # The pickup (§1.3.1).

    def _agree_time(self, now: datetime) -> None:
        if (agreed := self.order.appointment) and appointment_valid(agreed):
            self._expect(agreed, now)
        elif agreed:
            if self.chance(self.habits.renegotiated):
                self.life.then(now + minutes(self.rng.uniform(5, 30)), self._reappoint)
            else:
                self._fetch_at_once(now)
        elif self.chance(self.habits.time_agreed_at_call) or local(now).hour >= 16:
            self._reappoint(now)
        else:
            self._fetch_at_once(now)

    def _reappoint(self, now: datetime) -> None:
        """Agree a time that the handbook allows, today or on a later day within the three of §1.2.1.4p."""
        hour = self.rng.choice((9, 10, 11, 13, 14, 15, 16, 17))
        wanted = at(now, hour, self.rng.choice((0, 30)))
        wanted = wanted if wanted > now + HOUR else wanted + timedelta(days=1)
        pickups.appoint(
            number=self.order.number, clerk=self.life.clerk, appointment=wanted, agreed_by=AgreedBy.ORDER_CALL, now=now
        )
        self._expect(wanted, now)

    def _expect(self, agreed: datetime, now: datetime) -> None:
        self.due = agreed + HOUR
        self._plan_fetching(max(agreed + minutes(self.rng.triangular(-25, 45, 5)), now + minutes(5)))
        if local(agreed).date() > local(now).date() and not self.chance(self.habits.forgets_follow_up):
            evening = at(now, 17, self.rng.randint(0, 59)) + timedelta(hours=self.rng.randint(0, 4))
            self.life.then(max(evening, now + minutes(10)), self._follow_up)

    def _fetch_at_once(self, now: datetime) -> None:
        start = max(self.order.placed_at, at(self.order.placed_at, 9))
        if local(now).date() > local(self.order.placed_at).date():
            start = max(now, at(now, 9))
        self.due = start + 2 * HOUR
        span = max((self.due - now).total_seconds() / 60, 20)
        self._plan_fetching(max(now, start) + minutes(self.rng.uniform(0.35, 0.95) * span))

    def _plan_fetching(self, fetched: datetime) -> None:
        if self.due and self.chance(self.habits.late_pickup):
            fetched = self.due + minutes(self.rng.uniform(3, 70))
            if self.chance(self.habits.gives_notice):
                self.life.then(self.due - minutes(self.rng.uniform(16, 40)), self._notice)
        self.life.then(fetched - minutes(self.rng.uniform(15, 35)), self.send_driver)
        self.life.then(fetched, self._fetch)

    def _notice(self, now: datetime) -> None:
        pickups.give_notice(number=self.order.number, clerk=self.life.clerk, next_time="稍后一小时内", now=now)

    def send_driver(self, now: datetime) -> None:
        driver = self.life.post(Role.COURIER)
        vehicle = f"演A{self.rng.randrange(10_000):04}"
        pickups.dispatch(number=self.order.number, clerk=self.life.clerk, driver=driver, vehicle=vehicle, now=now)

    def _fetch(self, now: datetime) -> None:
        driver, number = self.life.post(Role.COURIER), self.order.number
        if self.chance(self.habits.failed_pickup):
            why = self.rng.choice([code for code in PICKUP_FAILURE_REASONS if code != "other" and code not in NEVER_FOR_KEY_CUSTOMERS])
            pickups.fail(number=number, clerk=driver, reason=why, remark="", now=now)
            self.life.then(now + minutes(self.rng.uniform(5, 20)), self._reappoint)
            return
        pickups.collect(number=number, clerk=driver, pieces=self.order.pieces, packing_ok=True, now=now)
        if self.chance(self.habits.withdrawn_after_pickup):
            self.life.then(now + minutes(self.rng.uniform(10, 18)), self._hand_back)
        else:
            self.life.then(self._billed_at(now), self._bill)

    def _hand_back(self, now: datetime) -> None:
        """The shipper wants the goods back: returned first, then cancelled (design §3)."""
        pickups.hand_back(number=self.order.number, clerk=self.life.post(Role.COURIER), now=now)
        self.life.cancel("not_shipping", now)

    def _follow_up(self, now: datetime) -> None:
        words = self.rng.choice(FOLLOW_UPS)
        orders.annotate(number=self.order.number, clerk=self.life.clerk, kind=NoteKind.TRACKING, text=words, now=now)

    # Drop-off and waybill (§3.5, §1.4.3).

    def _brought_in_at(self, now: datetime) -> datetime:
        wanted = now + minutes(self.rng.uniform(60, 360))
        if wanted < at(wanted, 20):
            return max(wanted, at(wanted, 8, 30))
        return at(wanted, 8, days=1) + minutes(self.rng.uniform(30, 360))

    def _brought_in(self, now: datetime) -> None:
        self.print_note(now)
        self.life.then(now + minutes(self.rng.uniform(3, 20)), self._bill)

    def _billed_at(self, now: datetime) -> datetime:
        return min(now + minutes(self.rng.uniform(20, 150)), max(at(now, 22, 30), now + minutes(10)))

    def _bill(self, now: datetime) -> None:
        """Weigh, measure and issue the waybill."""
        weight = self.order.weight_kg
        if self.chance(self.habits.measures_differ):
            weight = (weight * Decimal(self.rng.randint(96, 112)) / 100).quantize(Decimal("0.01"))
        seen = {"pieces": self.order.pieces, "weight_kg": max(weight, Decimal("0.01")), "volume_m3": self.order.volume_m3}
        issue = orders.issue_waybill
        if self.chance(self.habits.linked_outside):  # billed on paper, linked afterwards (§1.4.3)
            issue = partial(orders.link_waybill, outside_no=f"WB{self.rng.randrange(10**8):08}", reason="系统短时无法访问")
        waybill = issue(number=self.order.number, clerk=self.life.clerk, now=now, **seen)
        self.life.over = True
        journey = Journey(self.life.world, waybill.order)
        journey.begin(now)
        hand_over(journey, now)
