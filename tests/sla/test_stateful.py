"""Random lives of orders against a small plain model: what the machines allow happens, what they forbid does not, and after
every step the clocks, the journal and the order tell one story."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.models import Entry
from network.services import appoint
from orders import services as orders
from orders.models import Order
from orders.services.draft import draft_of
from pickup import services as pickup
from pickup.models import PickupTask
from rulebook.due import local_day
from rulebook.errors import Conflict, Refused
from rulebook.limits import LIMITS
from rulebook.roles import Role
from sla.models import Deadline, Step
from sla.services import tick
from tests.factories import CUSTOMER, Company, placed, post, sh

WAITING = {"requested", "appointed", "dispatched", "failed"}
SKIPS = st.sampled_from([0, 0, 1, 30, 240, 601, 3_600, 7_201, 30_000])
"""Seconds that pass before an act: within limits, just past ten minutes, an hour, two, the night, a day."""

# What each fact makes of an order, for replaying the journal.
MAKES = {
    "order_unassigned": "unassigned", "order_reached_branch": "at_branch", "order_accepted": "accepted",
    "order_acceptance_taken_back": "at_branch", "order_assignment_taken_back": "unassigned", "order_postponed": "postponed",
    "order_resumed": "accepted", "waybill_issued": "waybilled", "order_cancelled": "cancelled",
}  # fmt: skip


class Life(RuleBasedStateMachine):
    """One order, one person who may do everything, a clock that only goes forward."""

    def __init__(self) -> None:
        super().__init__()
        self.atom = transaction.atomic()
        self.atom.__enter__()
        self.company = Company()
        self.person = post(Role.BRANCH_CLERK, self.company.branch)
        for each in (self.company.second, self.company.third):
            appoint(self.person, role=Role.BRANCH_CLERK, unit=each, now=sh("01 00:00:00"))
        appoint(self.person, role=Role.CALL_CENTRE, unit=self.company.call_centre, now=sh("01 00:00:00"))
        self.branches = [self.company.branch, self.company.second, self.company.third]
        self.now = sh("04 08:30:00")

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atom.__exit__(None, None, None)

    @initialize(named=st.booleans(), wanted=st.booleans(), hour=st.sampled_from([7, 9, 17, 21]))
    def come_in(self, named: bool, wanted: bool, hour: int) -> None:
        self.now = sh(f"04 {hour:02}:00:00")
        self.number = placed(self.now, branch=self.company.branch if named else None, pickup=wanted).number
        self.state, self.price, self.called = ("at_branch" if named else "unassigned"), "to_quote", False
        self.task, self.ship_on = ("requested" if wanted else None), date(2026, 11, 4)

    # The model says what has to happen; the services are asked.

    def act(self, allowed: bool, verb, *, refusable: bool = False, **values: object) -> bool:
        """Do it inside a savepoint; a Conflict exactly where the model forbids, a refusal where a guard may speak."""
        try:
            with transaction.atomic():
                verb(**values)
        except Conflict:
            assert not allowed, f"{verb.__name__} from {self.state}/{self.task} must go"
            return False
        except Refused:
            assert refusable, f"{verb.__name__} from {self.state}/{self.task} was refused"
            return False
        assert allowed, f"{verb.__name__} from {self.state}/{self.task} must not go"
        return True

    @rule()
    def the_tick_comes(self) -> None:
        tick(now=self.now)

    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(later=SKIPS, to=st.integers(0, 2))
    def assign(self, later: int, to: int) -> None:
        self.wait(later)
        if self.act(self.state == "unassigned", orders.assign, branch=self.branches[to], **self.by()):
            self.state, self.called = "at_branch", False

    @rule(later=SKIPS, to=st.integers(0, 2))
    def reassign(self, later: int, to: int) -> None:
        self.wait(later)
        same = self.order.branch_id == self.branches[to].pk
        allowed = self.state in ("at_branch", "accepted", "postponed") and not same
        if self.act(allowed, orders.reassign, branch=self.branches[to], reason="太远", refusable=same, **self.by()):
            self.state, self.called = "at_branch", False

    @rule()
    def call(self) -> None:
        went = self.act(self.state not in ("waybilled", "cancelled"), orders.contact, outcome="reached", **self.by())
        self.called = self.called or (went and self.state != "unassigned")

    @rule(later=SKIPS, phoned=st.booleans())
    def accept(self, later: int, phoned: bool) -> None:
        self.wait(later)
        if phoned and self.state not in ("waybilled", "cancelled"):
            self.call()
        allowed = self.state == "at_branch" and self.called
        if self.act(allowed, orders.accept, refusable=self.state == "at_branch", **self.by()):
            self.state = "accepted"

    @rule(undo=st.sampled_from([orders.take_back_acceptance, orders.take_back_assignment]))
    def undo(self, undo) -> None:
        wanted = ["order_accepted"] if undo is orders.take_back_acceptance else ["order_assigned", "order_reached_branch"]
        said = list(Entry.objects.filter(order_number=self.number, seq__isnull=False).order_by("-seq")[: len(wanted)])[::-1]
        mine = said[-1].actor == self.person.actor and self.now - said[-1].occurred_at <= timedelta(seconds=10)
        if self.act([e.name for e in said] == wanted and mine, undo, **self.by()):
            self.state = "at_branch" if undo is orders.take_back_acceptance else "unassigned"

    @rule(later=SKIPS, days=st.integers(0, 4))
    def postpone(self, later: int, days: int) -> None:
        self.wait(later)
        on = date(2026, 11, 4) + timedelta(days=days)
        fits = self.ship_on < on <= date(2026, 11, 7) and on > local_day(self.now)
        from_here = self.state in ("accepted", "postponed") or (self.state == "at_branch" and self.called)
        went = self.act(
            fits and from_here, orders.postpone, ship_on=on, reason="other", refusable=not fits or self.state == "at_branch",
            **self.by(),
        )  # fmt: skip
        if went:
            self.state, self.ship_on = "postponed", on
            if self.task in WAITING:
                self.task = "requested"

    @rule()
    def resume(self) -> None:
        if self.act(self.state == "postponed", orders.resume, **self.by()):
            self.state = "accepted"

    @rule(later=SKIPS)
    def annotate(self, later: int) -> None:
        self.wait(later)
        orders.annotate(kind="tracking", text="跟踪", **self.by())

    @rule(later=SKIPS)
    def print_note(self, later: int) -> None:
        self.wait(later)
        may = self.state in ("accepted", "postponed", "waybilled")
        self.act(may, orders.print_note, refusable=not may, **self.by())

    @rule()
    def settle_price(self) -> None:
        open_order = self.state not in ("waybilled", "cancelled")
        if self.act(open_order and self.price != "confirmed", orders.quote, amount=Decimal(100), words="一口价", **self.by()):
            orders.answer_quote(number=self.number, agreed=True, by=CUSTOMER, now=self.now)
            self.price = "confirmed"

    @rule(later=SKIPS)
    def bill(self, later: int) -> None:
        self.wait(later)
        here = self.task in (None, "collected")
        allowed = self.state in ("accepted", "postponed") and here and self.price == "confirmed"
        went = self.act(
            allowed, orders.issue_waybill, pieces=10, weight_kg=Decimal(120), volume_m3=Decimal("0.8"),
            refusable=self.state in ("accepted", "postponed"), **self.by(),
        )  # fmt: skip
        if went:
            self.state = "waybilled"

    @rule(later=SKIPS, staff=st.booleans())
    def cancel(self, later: int, staff: bool) -> None:
        self.wait(later)
        allowed = self.state not in ("waybilled", "cancelled") and self.task != "collected"
        by = {"by": self.person.actor, "person": self.person} if staff else {"by": CUSTOMER}
        went = self.act(
            allowed, orders.cancel, number=self.number, reason="duplicate", text="", now=self.now,
            refusable=self.task == "collected", **by,
        )  # fmt: skip
        if went:
            self.state = "cancelled"
            self.task = "cancelled" if self.task in WAITING else self.task

    @rule(later=SKIPS)
    def edit_pickup(self, later: int) -> None:
        self.wait(later)
        order = self.order
        draft = replace(draft_of(order), pickup=not order.pickup)
        allowed = self.state not in ("waybilled", "cancelled") and self.task != "collected"
        went = self.act(
            allowed, orders.edit, number=self.number, draft=draft, by=CUSTOMER, now=self.now, refusable=self.task == "collected"
        )
        if went:
            self.price = "to_quote"
            self.task = "requested" if draft.pickup else ("cancelled" if self.task in WAITING else self.task)

    @precondition(lambda self: self.task in WAITING | {"collected"})
    @rule(later=SKIPS, hours=st.integers(1, 30), wish=st.sampled_from(["branch", "customer"]))
    def agree(self, later: int, hours: int, wish: str) -> None:
        self.wait(later)
        when = self.now + timedelta(hours=hours)
        in_days = local_day(when) <= date(2026, 11, 7)
        allowed = self.task in WAITING and in_days
        if self.act(allowed, pickup.appoint, appointment=when, agreed_by=wish, refusable=not in_days, **self.by()):
            self.task = "appointed"

    @precondition(lambda self: self.task in WAITING | {"collected"})
    @rule()
    def dispatch(self) -> None:
        self.fetch(self.task in WAITING, pickup.dispatch, "dispatched", driver=self.company.driver, vehicle="浙A12345")

    @precondition(lambda self: self.task in WAITING | {"collected"})
    @rule(later=SKIPS, ago=st.sampled_from([0, 600]))
    def collect(self, later: int, ago: int) -> None:
        self.wait(later)
        at = max(self.now - timedelta(seconds=ago), PickupTask.objects.latest("pk").requested_at)
        self.fetch(self.task in WAITING - {"failed"}, pickup.collect, "collected", pieces=10, packing_ok=True, at=at)

    def fetch(self, allowed: bool, verb, end: str, **values: object) -> None:
        taken = self.order.accepted_at is not None
        if self.act(allowed and taken, verb, refusable=not taken, **values, **self.by()):
            self.task = end

    @precondition(lambda self: self.task in WAITING | {"collected"})
    @rule()
    def fail(self) -> None:
        if self.act(self.task in WAITING - {"failed"}, pickup.fail, reason="other", remark="", **self.by()):
            self.task = "failed"

    @precondition(lambda self: self.task in WAITING | {"collected"})
    @rule()
    def hand_back(self) -> None:
        if self.act(self.task == "collected" and self.state != "waybilled", pickup.hand_back, **self.by()):
            self.task = "cancelled"

    # What holds after every step.

    @invariant()
    def the_order_is_what_the_model_says(self) -> None:
        order, task = self.order, PickupTask.objects.order_by("pk").last()
        assert (order.state, order.price_state) == (self.state, self.price)
        assert (task.state if task else None) == self.task

    @invariant()
    def the_journal_has_no_gap_and_replays_to_the_state(self) -> None:
        said = list(Entry.objects.filter(order_number=self.number, seq__isnull=False).order_by("seq"))
        assert [entry.seq for entry in said] == list(range(1, len(said) + 1))
        replayed = [MAKES[entry.name] for entry in said if entry.name in MAKES]
        assert replayed[-1] == self.state

    @invariant()
    def the_clocks_are_in_order(self) -> None:
        clocks = list(Deadline.objects.filter(order=self.order).prefetch_related("steps"))
        running = [clock for clock in clocks if clock.stopped_at is None]
        assert len({(clock.clause, clock.subject) for clock in running}) == len(running)
        for clock in clocks:
            assert clock.due_at is not None
            if clock.stopped_at is None:
                assert clock.state in ("open", "breached"), clock
            else:
                assert clock.state != "open", clock
            for each in clock.steps.all():
                self.the_step_is_in_order(clock, each)

    def the_step_is_in_order(self, clock: Deadline, each: Step) -> None:
        if each.kind == "warn":
            return
        follows = bool(LIMITS[clock.clause].follows)
        if each.state == "breached":
            assert each.at < self.now
            assert clock.stopped_at is None or each.at <= clock.stopped_at, clock
            assert each.announced_at is not None
        elif each.state == "open":
            assert clock.stopped_at is None, clock
        elif each.state == "met" and not follows:
            assert clock.stopped_at <= each.at, clock

    @invariant()
    def an_ended_order_keeps_only_what_it_has_to(self) -> None:
        running = set(Deadline.objects.filter(order=self.order, stopped_at=None).values_list("clause", flat=True))
        if self.state == "cancelled":
            assert running <= {"§1.2.1.4r"}
        if self.state == "waybilled":
            assert running <= {"§1.2.2.p", "§1.3.1.2r"}
        expected = {
            "unassigned": {"§1.2.1.3"}, "at_branch": {"§1.2.1.1", "§1.2.2.a", "§1.2.2.c"},
            "accepted": {"§1.2.2.c", "§1.4.4"}, "postponed": {"§1.2.2.c", "§1.4.4"},
        }.get(self.state, set())  # fmt: skip
        assert expected <= running, (self.state, running)
        assert len(running & {"§1.3.1.1", "§1.3.1.2"}) == (self.task in WAITING)

    @invariant()
    def who_holds_the_clock_is_who_has_the_order(self) -> None:
        order = self.order
        for clock in Deadline.objects.filter(order=order, stopped_at=None).exclude(clause__in=("§1.2.1.3", "§1.2.1.4r")):
            assert clock.holder_id == order.branch_id, clock

    @property
    def order(self) -> Order:
        return Order.objects.get(number=self.number)

    def by(self) -> dict[str, object]:
        return {"number": self.number, "clerk": self.person, "now": self.now}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("part", range(5))
def test_random_lives(part):
    """In parts, so that a busy machine has time enough for each."""
    run_state_machine_as_test(
        seed(part)(type(f"Life{part}", (Life,), {})),
        settings=settings(
            max_examples=6, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), database=None
        ),
    )
