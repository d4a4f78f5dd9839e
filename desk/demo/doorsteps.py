"""The last mile: the call before, the van, the wait, refusals and returns, the money and the signature (§1.3.3, §4.3.2.7–8, §4.3.3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from delivery import services as delivery
from delivery.choices import Cash, Means, Relation, State
from delivery.models import CashOnDelivery
from desk.demo.habits import minutes
from desk.demo.journeys import AT_THE_DOCK, Journey
from desk.demo.papers import drawn
from desk.demo.slips import expect_slip
from rulebook.due import at
from rulebook.reasons import CIRCUMSTANCES, DELIVERY_FAILURE_REASONS, DEMANDS, LATENESS_REASONS, REFUSAL_REASONS
from rulebook.roles import Role

FAILURES = [code for code in DELIVERY_FAILURE_REASONS if code != "other"]
MOST_ATTEMPTS = 3


class Doorstep:
    """What happens to one shipment between the terminal branch and the consignee."""

    def __init__(self, journey: Journey) -> None:
        self.journey, self.number = journey, journey.number
        self.rng, self.habits, self.chance = journey.rng, journey.habits, journey.chance
        self.act, self.then = journey.act, journey.then

    def _post(self, role: Role) -> Any:
        return self.journey.post(self.journey.terminal, role)

    # The branch plans.

    def offer(self, now: datetime) -> None:
        """The consignee is to fetch the goods."""
        self.act("offer_for_pickup", self._post(Role.BRANCH_CLERK), now)
        self.then(self.journey.working(now + timedelta(hours=self.rng.uniform(1, 30))), self._fetched)

    def _fetched(self, now: datetime) -> None:
        if self.chance(self.habits.refused):
            self._refuse(now)
        else:
            self.sign(now)

    def plan(self, leaves: datetime) -> None:
        """A call, then the van."""
        if self.chance(self.habits.called_ahead):
            self.then(leaves - minutes(self.rng.uniform(5, 18)), self._call)
        self.then(leaves, self._load)

    def _call(self, now: datetime) -> None:
        """Time, address, freight to collect, cash and its means (§4.3.2.7, §4.3.3.1)."""
        reached = not self.chance(self.habits.not_reached)
        said = {
            "expected_at": (now + timedelta(hours=3)).isoformat(), "address_confirmed": True, "freight_told": True,
            "means": self.rng.choice(Means.values),
        }  # fmt: skip
        delivery.call_consignee(number=self.number, clerk=self._post(Role.COURIER), now=now, reached=reached, **said if reached else {})

    def _load(self, now: datetime) -> None:
        courier = self._post(Role.COURIER)
        vehicle = f"演B{self.rng.randrange(10_000):04}"
        self.act("load_for_delivery", self._post(Role.BRANCH_CLERK), now, driver=courier.number, vehicle=vehicle)
        if not self.chance(self.habits.late_delivery):
            self.then(now + timedelta(hours=self.rng.uniform(0.5, 4)), self._at_the_door)
            return
        self.then(now + timedelta(hours=self.rng.uniform(9, 14)), self._at_the_door)
        if self.chance(self.habits.notes_circumstance):
            self.then(now + timedelta(hours=2), self._note_circumstance)
        if self.chance(self.habits.tells_lateness):
            self.then(now + timedelta(hours=3), self._tell_lateness)

    def _note_circumstance(self, now: datetime) -> None:
        cause = self.rng.choice([code for code in CIRCUMSTANCES if code != "other"])
        courier = self._post(Role.COURIER)
        delivery.note_circumstance(number=self.number, clerk=courier, now=now, cause=cause, text="途中受阻，已报营业部")

    def _tell_lateness(self, now: datetime) -> None:
        reason = self.rng.choice([code for code in LATENESS_REASONS if code != "other"])
        later = (now + timedelta(hours=8)).isoformat()
        delivery.tell_lateness(
            number=self.number, clerk=self._post(Role.COURIER), now=now, reached=True, reason=reason, expected_at=later
        )

    # At the door.

    def _at_the_door(self, now: datetime) -> None:
        if self.chance(self.habits.failed_delivery):
            if self.chance(self.habits.waits_on_site):
                self.act("wait", self._post(Role.COURIER), now)
                self.then(now + minutes(self.rng.uniform(8, 29)), self._after_the_wait)
            else:
                self._fail(now)
        elif self.chance(self.habits.demands):
            self._demand(now)
        elif self.chance(self.habits.refused):
            self._refuse(now)
        else:
            self.sign(now)

    def _after_the_wait(self, now: datetime) -> None:
        if self.chance(self.habits.waiting_helps):
            self.sign(now)
        else:
            self._fail(now)

    def _fail(self, now: datetime) -> None:
        self.act(
            "fail_attempt", self._post(Role.COURIER), now, reason=self.rng.choice(FAILURES), contacted="consignee",
            contact="收货人要求改日送达", **self._billing_call(),
        )  # fmt: skip
        if self.journey.goods.attempts_made >= MOST_ATTEMPTS:
            self.then(now + timedelta(hours=2), self._send_back)
        else:
            self.then(now + minutes(self.rng.uniform(10, 60)), self._reschedule)

    def _billing_call(self) -> dict[str, str]:
        return {"billing_call": "已致电开单营业部，同意改日送达"} if self.journey.goods.key_customer else {}

    def _reschedule(self, now: datetime) -> None:
        wanted = at(now, self.rng.randint(10, 16), days=1)
        self.act("reschedule", self._post(Role.BRANCH_CLERK), now, delivery_at=wanted.isoformat())
        self.plan(wanted - timedelta(hours=2))

    def _demand(self, now: datetime) -> None:
        """The consignee asks for too much; the courier stays until the branch has answered (§4.3.3.5)."""
        kind = self.rng.choice([code for code in DEMANDS if code != "other"])
        delivery.report_demand(number=self.number, clerk=self._post(Role.COURIER), now=now, kind=kind, text="收货人现场提出")
        self.then(now + minutes(self.rng.uniform(2, 12)), self._answer_demand)
        self.then(now + minutes(15), self.sign)

    def _answer_demand(self, now: datetime) -> None:
        agreed = self.chance(0.5)
        words = "可以，请按收货人要求办理" if agreed else "不在服务范围内，请向收货人说明"
        delivery.answer_demand(number=self.number, clerk=self._post(Role.BRANCH_CLERK), now=now, agreed=agreed, answer=words)

    # Refused, sent back.

    def _refuse(self, now: datetime) -> None:
        hand = self._post(Role.BRANCH_CLERK if self.journey.goods.state == State.READY_FOR_PICKUP else Role.COURIER)
        self.act("refuse", hand, now, reason=self.rng.choice(list(REFUSAL_REASONS)))
        self.then(self.journey.working(now + timedelta(hours=self.rng.uniform(1, 6))), self._send_back)

    def _send_back(self, now: datetime) -> None:
        said = {"instruction": "原路退回发货人", "ordered_by": self.journey.order.shipper_name[:40], "means": "phone"}
        self.act("send_back", self._post(Role.BRANCH_CLERK), now, **said)
        back = now + AT_THE_DOCK + self.journey.drive()
        self.then(self.journey.working(back), self._returned)

    def _returned(self, now: datetime) -> None:
        self.act("close_return", self.journey.post(self.journey.origin, Role.BRANCH_CLERK), now)

    # The money first, to the fen (§4.3.3.2), then the signature (§4.3.2.8).

    def sign(self, now: datetime) -> None:
        by_courier = self.journey.goods.state in (State.OUT_FOR_DELIVERY, State.WAITING)
        hand = self._post(Role.COURIER if by_courier else Role.BRANCH_CLERK)
        if (cash := delivery.unsettled(self.journey.order)) and not self._collected(cash, hand, now):
            return
        if freight := delivery.freight_to_collect(self.journey.goods):
            delivery.collect_freight(number=self.number, clerk=hand, amount=freight, means=self.rng.choice(Means.values), now=now)
        signer = {
            "signer": self.journey.order.consignee_name[:40],
            "relation": self.rng.choice(("self", "self", "colleague")),
        }
        if self.chance(self.habits.signed_with_exception):
            self.act(
                "sign_with_exception", hand, now, **signer, pieces=max(self.journey.goods.pieces - 1, 0),
                exception="shortage", remark="少一件，已与发货网点核实", pictures=[drawn("damage"), drawn("signature")],
            )  # fmt: skip
        else:
            by_proxy = signer["relation"] != Relation.SELF
            self.act("sign", hand, now, **signer, pictures=[drawn("slip"), drawn("signature")] if by_proxy else [])
        if by_courier and self.chance(self.habits.wrong_tap):
            self.then(now + minutes(self.rng.uniform(1, 9)), self._take_back)
        else:
            expect_slip(self.journey, now)

    def _take_back(self, now: datetime) -> None:
        """The courier had tapped the wrong stop; the signature follows when the right one is reached."""
        self.act("take_back", self._post(Role.COURIER), now)
        self.then(now + minutes(self.rng.uniform(5, 60)), self.sign)

    def _collected(self, cash: CashOnDelivery, hand: Any, now: datetime) -> bool:
        """Collect what is due; where the consignee offers less, that is settled first and the goods wait (§4.3.3.2)."""
        if cash.state == Cash.DUE and self.chance(self.habits.cash_short_at_door):
            short = cash.amount - min(cash.amount, 50)
            delivery.raise_discrepancy(number=self.number, clerk=hand, found=short, remark="收货人少付，要求核对", now=now)
            self.then(now + minutes(self.rng.uniform(5, 25)), self._settle_short)
            self.then(now + minutes(28), self.sign)
            return False
        delivery.collect(number=self.number, clerk=hand, amount=cash.amount, means=self.rng.choice(Means.values), now=now)
        return True

    def _settle_short(self, now: datetime) -> None:
        manager = self._post(Role.BRANCH_MANAGER)
        words = "已与发货人核对，收货人同意按应收金额付款"
        delivery.resolve(number=self.number, clerk=manager, paid=False, remark=words, now=now)
