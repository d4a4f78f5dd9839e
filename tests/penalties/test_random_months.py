"""Random months of breaches, adjudications, excuses, appeals, bonuses and runs, against a plain model: equal after every step."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.journal import Fact, publish
from core.models import SYSTEM
from penalties.models import Penalty
from penalties.services import (
    BonusLine,
    appeal,
    decide_appeal,
    impose,
    ledger_faults,
    record_bonuses,
    run_bonus,
    sums_of_ledger,
    sums_of_penalties,
)
from rulebook.events import On
from tests.factories import Company, sh

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
START = sh("2026-09-01 10:00:00")
MONTHS = [date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)]
FEN = Decimal("0.01")


class Plain:
    """What a clerk with paper would keep: fines in order, what was taken of each in each month, bonuses by payer and month."""

    def __init__(self):
        self.fines, self.bonus = [], {}

    def fine(self, who, amount, month):
        self.fines.append({"who": who, "amount": amount, "since": month, "stands": True, "held": False, "taken": {}})

    def owed(self, f):
        return (f["amount"] if f["stands"] else 0) - sum(f["taken"].values())

    def set(self, at, month, *, stands=None, held=None):
        f = self.fines[at]
        if stands is not None:
            f["stands"], f["since"], f["held"] = stands, month, False
        if held is not None:
            f["held"] = held

    def move(self, f, month, amount):
        f["taken"][month] = f["taken"].get(month, 0) + amount

    def run(self, month):
        for who in {f["who"] for f in self.fines}:
            of = [f for f in self.fines if f["who"] == who]
            open_ = [f for f in of if not f["held"] and f["since"] <= month]
            left = self.bonus.get((who, month), 0) - sum(f["taken"].get(month, 0) for f in of)
            taken_before = {id(f): f["taken"].get(month, 0) for f in of}
            for f in open_:
                if (back := -self.owed(f)) > 0:
                    self.move(f, month, -back)
                    left += back
            if left < 0:
                for f in reversed(of):
                    part = min(max(taken_before[id(f)], 0), -left)
                    self.move(f, month, -part)
                    left += part
                continue
            for f in open_:
                part = min(max(self.owed(f), 0), left)
                self.move(f, month, part)
                left -= part

    def balances(self):
        return [(f["amount"] if f["stands"] else 0, sum(f["taken"].values())) for f in self.fines]


STEP = st.one_of(
    st.tuples(st.just("breach"), st.none()),
    st.tuples(st.just("adjudication"), st.integers(1, 20_000)),
    st.tuples(st.sampled_from(["excuse", "withdraw", "appeal", "grant", "refuse"]), st.integers(0, 9)),
    st.tuples(st.just("bonus"), st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 30_000))),
    st.tuples(st.just("run"), st.integers(0, 2)),
    st.tuples(st.just("month"), st.none()),
)


class Real:
    """Drives the services and the model side by side."""

    def __init__(self, company):
        self.company, self.plain, self.now = company, Plain(), START
        self.month, self.causes = MONTHS[0], []
        self.people = [company.manager, company.clerk, company.purser]

    def step(self, name, what):
        self.now += timedelta(minutes=1)
        getattr(self, name)(what)
        penalties = list(Penalty.objects.order_by("pk"))
        assert [(p.booked, p.paid) for p in penalties] == self.plain.balances()
        assert list(ledger_faults()) == []
        assert sums_of_ledger() == sums_of_penalties()

    def breach(self, _none):
        """The manager did not report his visit in time (§2.2.1): 100."""
        step = str(uuid4())
        data = {"deadline": str(uuid4()), "step": step, "clause": "§2.2.1", "unit": self.company.branch.pk, "late": False}
        data |= {"person": self.company.manager.pk, "holder": self.company.branch.pk}
        with transaction.atomic():
            publish(Fact(name=On.DEADLINE_BREACHED, subject="complaint/1", at=self.now, by=SYSTEM, data=data))
        self.causes.append(("step", step))
        self.plain.fine(0, Decimal(100), self.month)

    def adjudication(self, fen):
        cause = f"complaint/{len(self.causes) + 1}/1"
        amount = FEN * fen
        given = {"clause": "§1.7.2.6", "case": "overcharge", "cause": cause, "at": self.now, "by": SYSTEM, "unit": self.company.branch}
        impose(person=self.company.clerk, amount=amount, **given)
        self.causes.append(("complaint", cause))
        self.plain.fine(1, amount, self.month)

    def pick(self, at, *states):
        """Return the place of a penalty in one of these states, or None."""
        found = [(n, p) for n, p in enumerate(Penalty.objects.order_by("pk")) if p.state in states]
        return found[at % len(found)] if found else (None, None)

    def told(self, name, step):
        with transaction.atomic():
            publish(Fact(name=name, subject="filing/1", at=self.now, by=SYSTEM, data={"step": step, "deadline": None, "clause": ""}))

    def excuse(self, at):
        n, _p = self.pick(at, "assessed", "settled", "upheld", "appealed")
        if n is not None and self.causes[n][0] == "step":
            self.told(On.DEADLINE_EXCUSED, self.causes[n][1])
            self.plain.set(n, self.month, stands=False)

    def withdraw(self, at):
        n, p = self.pick(at, "reversed")
        if n is not None and p.reason == "excused":
            self.told(On.EXCUSE_WITHDRAWN, self.causes[n][1])
            self.plain.set(n, self.month, stands=True)

    def appeal(self, at):
        n, p = self.pick(at, "assessed", "settled")
        if n is not None and not hasattr(p, "objection") and self.now - p.imposed_at < timedelta(days=7):
            appeal(pk=p.pk, person=p.person, text="不服", now=self.now)
            self.plain.set(n, self.month, held=True)

    def decide(self, at, granted):
        n, p = self.pick(at, "appealed")
        if n is not None:
            decide_appeal(pk=p.pk, granted=granted, decision="核实", person=self.company.officer, now=self.now)
            self.plain.set(n, self.month, **({"stands": False} if granted else {"held": False}))

    def grant(self, at):
        self.decide(at, True)

    def refuse(self, at):
        self.decide(at, False)

    def bonus(self, what):
        who, month, fen = what
        if MONTHS[month] <= self.month:
            lines = [BonusLine(2, self.people[who].number, str(FEN * fen))]
            record_bonuses(month=MONTHS[month], lines=lines, source="x", by=self.company.purser, now=self.now)
            self.plain.bonus[who, MONTHS[month]] = FEN * fen

    def run(self, month):
        if MONTHS[month] <= self.month:
            run_bonus(month=MONTHS[month], by=SYSTEM, now=self.now)
            self.plain.run(MONTHS[month])
            assert run_bonus(month=MONTHS[month], by=SYSTEM, now=self.now).turns == []

    def month_(self, _none):
        if self.month != MONTHS[-1]:
            self.month = MONTHS[MONTHS.index(self.month) + 1]
            self.now = START.replace(month=self.month.month)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=10, max_size=40))
def test_balances_equal_a_plain_model_after_every_step(company: Company, steps):
    point = transaction.savepoint()
    real = Real(company)
    for name, what in steps:
        real.step("month_" if name == "month" else name, what)
    transaction.savepoint_rollback(point)
