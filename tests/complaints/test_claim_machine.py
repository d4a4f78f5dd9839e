"""Random lives of a claim against a plain model of design §3, typed by hand: what the machine allows happens, all else is refused."""

from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from complaints.choices import Claimed
from complaints.models import Claim, ClaimPayment, Proposal
from complaints.services import claims
from complaints.services.claims.payments import faults
from core.models import Entry
from rulebook.errors import Conflict, Refused
from sla.models import Deadline
from tests.complaints.claimcases import CALLER, goods, offices, opened
from tests.factories import Company, sh

MACHINE = {
    ("complete_papers", "opened"): "papers_complete", ("return_papers", "papers_complete"): "opened",
    ("return_papers", "opened"): "opened",
    ("propose", "papers_complete"): "proposed", ("propose", "disputed"): "proposed", ("agree", "proposed"): "agreed",
    ("dispute", "proposed"): "disputed", ("dispute", "rejected"): "disputed", ("escalate", "disputed"): "disputed",
    ("reject", "opened"): "rejected", ("reject", "papers_complete"): "rejected", ("reject", "disputed"): "rejected",
    ("withdraw", "opened"): "withdrawn", ("withdraw", "papers_complete"): "withdrawn", ("withdraw", "proposed"): "withdrawn",
    ("withdraw", "disputed"): "withdrawn", ("pay", "agreed"): "paid", ("close", "paid"): "closed", ("close", "rejected"): "closed",
    ("close", "withdrawn"): "closed",
}  # fmt: skip
VERBS = sorted({verb for verb, _state in MACHINE})
OTHERS = ["application", "waybill", "invoice", "identity"]
"""Required papers that are done without from the first time on; photos come, go back and come again."""


class Life(RuleBasedStateMachine):
    """One claim of 6,000.00 on goods insured at 8,000.00; two adjusters, who take turns in a dispute."""

    def __init__(self) -> None:
        super().__init__()
        self.atom = transaction.atomic()
        self.atom.__enter__()
        self.company = offices(Company())
        self.claim = opened(goods(self.company))
        self.state, self.decider, self.offered, self.serial, self.paid = "opened", None, Decimal(0), 0, Decimal(0)
        self.here: set[str] = set()
        self.clocks = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atom.__exit__(None, None, None)

    @rule(verb=st.sampled_from(VERBS), second=st.booleans(), amount=st.sampled_from(["1.00", "6000.00", "6000.01"]))
    def act(self, verb: str, second: bool, amount: str) -> None:
        clerk = self.company.superior if second else self.company.adjuster
        target = MACHINE.get((verb, self.state))
        refused = self.refuses(verb, clerk, amount)
        now = sh("09 09:00:00")
        try:
            with transaction.atomic():
                self.call(verb, clerk, Decimal(amount), now)
        except Refused:
            assert refused, (verb, self.state)
        except Conflict:
            assert target is None, (verb, self.state)
        else:
            assert target is not None, (verb, self.state)
            assert not refused, (verb, self.state)
            self.goes(verb, target, clerk, amount)

    def refuses(self, verb: str, clerk: object, amount: str) -> bool:
        """Say whether a rule stands against it; a wrong state may be told first, so this only has to be possible then."""
        disputed = self.state == "disputed" and verb in ("propose", "reject") and clerk == self.decider
        above = verb == "propose" and amount == "6000.01"
        nobody = verb == "escalate" and self.other(clerk) == self.decider
        wrong_sum = verb == "pay" and Decimal(amount) != self.offered
        nothing_here = verb in ("return_papers", "complete_papers") and "photos" not in self.here
        return disputed or above or nobody or wrong_sum or nothing_here

    def other(self, clerk: object) -> object:
        return self.company.adjuster if clerk == self.company.superior else self.company.superior

    def call(self, verb: str, clerk: object, amount: Decimal, now: object) -> None:
        number = {"number": self.claim.number, "now": now}
        by, customer = {**number, "clerk": clerk}, {**number, "author": CALLER}
        match verb:
            case "complete_papers":
                waive = OTHERS if self.state == "opened" and not self.clocks else []
                claims.complete_papers(**by, waive=waive, text="已核实")
            case "return_papers":
                claims.return_papers(**by, papers=["photos"], text="看不清")
            case "propose":
                claims.propose(**by, amount=amount, proven=Decimal("6000.00"), words="方案")
            case "escalate":
                claims.escalate(**by, to=self.other(clerk).number)
            case "agree" | "dispute":
                said = {"text": "太少"} if verb == "dispute" else {}
                getattr(claims, verb)(**customer, serial=self.serial, means="hall", **said)
            case "withdraw":
                claims.withdraw(**customer, text="算了")
            case "reject":
                claims.reject(**by, text="不属责任范围")
            case "pay":
                claims.pay(**{**by, "clerk": self.company.cashier}, amount=amount, bank_no="B1")
            case "close":
                claims.close(**by)

    def goes(self, verb: str, target: str, clerk: object, amount: str) -> None:
        self.state = target
        self.decider = clerk if verb in ("propose", "reject") else self.decider
        if verb == "propose":
            self.offered, self.serial = Decimal(amount), self.serial + 1
        if verb == "pay":
            self.paid = self.offered
        if verb == "return_papers":
            self.here.discard("photos")
        if verb == "complete_papers":
            self.clocks += 1

    @rule()
    def photos_come(self) -> None:
        """The one paper that is never done without: the others are waived on the way."""
        allowed = self.state in ("opened", "papers_complete") and "photos" not in self.here
        try:
            with transaction.atomic():
                claims.receive_paper(number=self.claim.number, paper="photos", author=CALLER, now=sh("09 09:00:00"))
        except Conflict:
            assert not allowed
        else:
            assert allowed
            self.here.add("photos")
            if self.state == "opened" and self.clocks:  # the others were waived before: complete again by this paper
                self.state, self.clocks = "papers_complete", self.clocks + 1

    @invariant()
    def the_claim_is_what_the_model_says(self) -> None:
        claim = Claim.objects.get()
        assert (claim.state, ClaimPayment.objects.total()) == (self.state, self.paid)
        assert Proposal.objects.count() == self.serial
        assert faults() == []
        assert Deadline.objects.filter(clause="§1.6.1.3").count() == self.clocks

    @invariant()
    def the_journal_has_no_gap(self) -> None:
        said = Entry.objects.filter(order_number=self.claim.order.number, seq__isnull=False).order_by("seq").values_list("seq", flat=True)
        assert list(said) == list(range(1, len(said) + 1))


def test_the_table_is_whole():
    assert {state for _verb, state in MACHINE} | set(MACHINE.values()) == set(Claimed.values)


@pytest.mark.slow
@pytest.mark.django_db
def test_random_lives():
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True,
            phases=[Phase.generate],
        ),
    )
