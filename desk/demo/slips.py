"""The way back of the sign slip: in time, late, rejected and signed again, lost (§2.1.3.5, §2.2.5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from delivery import services as delivery
from orders.choices import SlipReturn
from rulebook.due import at
from rulebook.roles import Role

if TYPE_CHECKING:
    from desk.demo.journeys import Journey


def expect_slip(journey: Journey, now: datetime) -> None:
    """After the signature: the slip travels back, where the shipper wants one."""
    if journey.goods.order.slip_return == SlipReturn.NONE:
        return
    Slip(journey).begin(now)


class Slip:
    def __init__(self, journey: Journey) -> None:
        self.journey, self.number = journey, journey.number
        self.rng, self.habits, self.chance = journey.rng, journey.habits, journey.chance
        self.clerk = journey.post(journey.origin, Role.BRANCH_CLERK)

    def begin(self, now: datetime) -> None:
        if self.chance(self.habits.slip_lost):
            self._on(now, self.rng.randint(4, 7), self._lose)
            return
        if self.chance(0.5):
            self._on(now, 1, self._hand_on)
        late = self.chance(self.habits.slip_late)
        self._on(now, self.rng.randint(4, 6) if late else self.rng.choice((1, 2, 2, 3)), self._return)

    def _on(self, now: datetime, days: int, step: object) -> None:
        self.journey.then(at(now, self.rng.randint(9, 17), self.rng.randint(0, 59), days=days), step)

    def _hand_on(self, now: datetime) -> None:
        """Collected at the slip office on its way."""
        delivery.hand_on(number=self.number, clerk=self.journey.world.company.holder("SLIPS", Role.SLIP_CLERK), now=now)

    def _return(self, now: datetime) -> None:
        delivery.return_slip(number=self.number, clerk=self.clerk, now=now)
        if self.chance(self.habits.slip_rejected):
            self.journey.then(now + timedelta(minutes=self.rng.randint(20, 200)), self._reject)
        else:
            self._on(now, 1, self._close)

    def _reject(self, now: datetime) -> None:
        delivery.reject(number=self.number, clerk=self.clerk, remark="签收日期不清，请补签", now=now)
        late = self.chance(self.habits.slip_signed_again_late)
        self._on(now, self.rng.randint(4, 6) if late else self.rng.randint(1, 3), self._resend)

    def _resend(self, now: datetime) -> None:
        delivery.resend(number=self.number, clerk=self.clerk, now=now)
        self._on(now, 1, self._close)

    def _lose(self, now: datetime) -> None:
        manager = self.journey.post(self.journey.terminal, Role.BRANCH_MANAGER)
        delivery.lose(number=self.number, clerk=manager, remark="随车交接后遗失，已查三日", now=now)

    def _close(self, now: datetime) -> None:
        delivery.close(number=self.number, clerk=self.clerk, now=now)
