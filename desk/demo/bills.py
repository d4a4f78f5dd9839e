"""The bill after it is issued: checked, told, confirmed or doubted, now and then amended (§4.3.2.3, §1.4.3)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from core.models import Actor
from desk.demo.habits import minutes
from orders import services as orders
from orders.choices import SlipReturn
from rulebook.roles import Role

if TYPE_CHECKING:
    from desk.demo.journeys import Journey


def hand_over(journey: Journey, now: datetime) -> None:
    """Some bills are gone through with the customer the same day, a few are amended."""
    if journey.chance(journey.habits.bill_checked):
        journey.then(now + minutes(journey.rng.uniform(5, 40)), Bill(journey).check)
    if journey.chance(journey.habits.amended):
        journey.then(now + minutes(journey.rng.uniform(3, 15)), Bill(journey).amend)


class Bill:
    def __init__(self, journey: Journey) -> None:
        self.journey, self.number, self.rng = journey, journey.number, journey.rng
        self.clerk = journey.post(journey.origin, Role.BRANCH_CLERK)

    def check(self, now: datetime) -> None:
        orders.check_bill(number=self.number, clerk=self.clerk, now=now)
        orders.tell_bill(number=self.number, clerk=self.clerk, means=self.rng.choice(("phone", "sms")), now=now)
        self.journey.then(now + minutes(self.rng.uniform(2, 90)), self._answer)

    def _answer(self, now: datetime) -> None:
        agreed = not self.journey.chance(self.journey.habits.bill_disputed)
        text = "" if agreed else "件数与实际不符，请核对"
        orders.answer_bill(number=self.number, agreed=agreed, by=Actor("customer"), text=text, now=now)

    def amend(self, now: datetime) -> None:
        """The shipper wants the slip after all, or not."""
        wanted = SlipReturn.ORIGINAL if self.journey.order.slip_return == SlipReturn.NONE else SlipReturn.NONE
        orders.propose_amendment(
            number=self.number, clerk=self.clerk, changes={"slip_return": wanted}, reason="发货人来电要求", now=now
        )
        self.journey.then(now + minutes(self.rng.uniform(5, 60)), self._decide)

    def _decide(self, now: datetime) -> None:
        manager = self.journey.post(self.journey.origin, Role.BRANCH_MANAGER)
        agreed = self.journey.chance(0.8)
        words = "" if agreed else "请客户书面确认"
        orders.decide_amendment(number=self.number, person=manager, approve=agreed, decision=words, now=now)
