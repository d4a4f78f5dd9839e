"""Random lives of a complaint against a plain model of design §3, typed by hand: what the machine allows happens, everything else is
refused or lost, one ruling a round, one limit running until the result of its round is told; an overcharge that is upheld stays open
until the fee is corrected and the manager of the branch has apologised (§4.4.2)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from complaints import services
from complaints.models import Complaint, Ruling, Saying
from core.models import Entry
from rulebook.errors import Conflict, Refused
from sla.models import Deadline
from tests.complaints.cases import Desk, filed
from tests.factories import sh

UNDECIDED = {"filed", "investigating", "proposed"}
DECIDED = {"upheld", "dismissed"}
MACHINE = {  # from which states, to which
    "take": ({"filed"}, "investigating"),
    "note": (UNDECIDED | DECIDED, "same"),
    "recategorise": (UNDECIDED, "same"),
    "interim": (UNDECIDED, "same"),
    "propose": ({"investigating"}, "proposed"),
    "uphold": ({"investigating", "proposed"}, "upheld"),
    "dismiss": ({"investigating", "proposed"}, "dismissed"),
    "tell": (DECIDED, "same"),
    "answer": (DECIDED, "same"),
    "fee": ({"upheld"}, "same"),
    "apology": ({"upheld"}, "same"),
    "close": (DECIDED, "closed"),
    "reopen": (DECIDED | {"closed"}, "investigating"),
}
SETTLING = ("§1.6.1.1", "§1.6.1.2", "§1.6.1.4")


class Course(RuleBasedStateMachine):
    """One complaint without an order, and a clock that only goes forward."""

    def __init__(self) -> None:
        super().__init__()
        self.atom = transaction.atomic()
        self.atom.__enter__()
        self.desk = Desk()
        self.now = sh("02 09:00:00")
        self.pk = filed(self.desk, at="02 09:00:00").pk
        self.state, self.round, self.category = "filed", 1, "other"
        self.told = self.answered = False
        self.redressed: set[str] = set()  # in this round
        self.rulings: list[tuple[int, bool]] = []
        self.facts = 1

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atom.__exit__(None, None, None)

    def outcome(self, verb: str) -> str:
        """Say what the model has this verb do now."""
        if self.state not in MACHINE[verb][0]:
            return "conflict"
        if verb == "tell" and self.told:
            return "conflict"
        if verb == "answer" and (not self.told or self.answered):
            return "conflict"
        if verb in self.redressed:
            return "conflict"
        if verb == "close" and (not self.told or self.owed()):
            return "refused"
        return "goes"

    def owed(self) -> set[str]:
        """Return what §4.4.2 still asks for: this model upholds no attitude, promise or untrue word, which owe other things."""
        return {"fee", "apology"} - self.redressed if (self.state, self.category) == ("upheld", "overcharge") else set()

    def goes(self, verb: str) -> None:
        target = MACHINE[verb][1]
        was, self.state = self.state, self.state if target == "same" else target
        self.facts += 1
        match verb:
            case "recategorise":
                self.category = "overcharge" if self.category == "other" else "other"
            case "uphold" | "dismiss":
                self.rulings.append((self.round, verb == "uphold"))
            case "tell":
                self.told = True
            case "fee" | "apology":
                self.redressed.add(verb)
            case "answer" | "close":
                self.answered = True
            case "reopen":
                self.round, self.told, self.answered, self.redressed = self.round + 1, False, False, set()
                assert was in DECIDED | {"closed"}

    def act(self, verb: str) -> Callable[[], Any]:
        acts = {"pk": self.pk, "clerk": self.desk.officer, "now": self.now}
        amends = acts if self.state != "upheld" else {**acts, "clerk": self.desk.manager}  # who sees it once the branch is at fault
        other = "overcharge" if self.category == "other" else "other"
        seen = Complaint.objects.filter(pk=self.pk)
        return {
            "take": lambda: services.take(**acts),
            "note": lambda: services.note(**acts, text="调查"),
            "recategorise": lambda: services.recategorise(**acts, category=other),
            "interim": lambda: services.give_interim_answer(**acts, text="在查", until=date(2028, 1, 1)),
            "propose": lambda: services.propose(**acts, text="方案"),
            "uphold": lambda: services.uphold(**acts, branch="B1", reason="属实", point_code="label_error"),
            "dismiss": lambda: services.dismiss(**acts, reason="不实"),
            "tell": lambda: services.tell_result(**acts, text="结果", means="phone"),
            "answer": lambda: services.answer(seen=seen, answer="no", text="不服", by=self.desk.agent.actor, who="客户", now=self.now),
            "fee": lambda: services.record_remedy(**amends, kind="fee", text="退还多收的费用"),
            "apology": lambda: services.record_apology(**amends, text="致歉"),
            "close": lambda: services.close(**acts, answer="none", text="联系不上"),
            "reopen": lambda: services.reopen(**acts, text="再查"),
        }[verb]  # fmt: skip

    @rule(verb=st.sampled_from(sorted(MACHINE)), minutes=st.integers(1, 3 * 24 * 60))
    def tries(self, verb: str, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        wanted = self.outcome(verb)
        try:
            with transaction.atomic():
                self.act(verb)()
            happened = "goes"
        except Conflict:
            happened = "conflict"
        except Refused:
            happened = "refused"
        assert happened == wanted, (verb, self.state)
        if happened == "goes":
            self.goes(verb)

    @precondition(lambda self: self.state != "closed")
    @rule(minutes=st.integers(1, 600))
    def goes_on(self, minutes: int) -> None:
        """Take the next step there is, so that lives get far."""
        steps = [verb for verb in ("take", "propose", "uphold", "fee", "apology", "tell", "answer", "close") if self.outcome(verb) == "goes"]
        self.tries(steps[0], minutes)

    @invariant()
    def is_as_the_model_says(self) -> None:
        complaint = Complaint.objects.get(pk=self.pk)
        assert (complaint.state, complaint.round, complaint.category) == (self.state, self.round, self.category)
        assert (complaint.told_at is not None, complaint.answered_at is not None) == (self.told, self.answered)
        assert list(Ruling.objects.order_by("pk").values_list("round", "upheld")) == self.rulings

    @invariant()
    def one_limit_runs_until_the_result_is_told(self) -> None:
        running = Deadline.objects.filter(subject=f"complaint/{self.pk}", clause__in=SETTLING, stopped_at=None)
        wanted = [] if self.told else ["§1.6.1.2" if self.category == "overcharge" else "§1.6.1.4"]
        assert list(running.values_list("clause", flat=True)) == wanted

    @invariant()
    def every_act_is_one_fact_and_words_belong_to_facts(self) -> None:
        facts = Entry.objects.filter(subject=f"complaint/{self.pk}", name__startswith="complaint_")
        assert facts.count() == self.facts
        assert set(Saying.objects.values_list("entry_id", flat=True)) <= set(facts.values_list("pk", flat=True))


@pytest.mark.slow
@pytest.mark.django_db
def test_the_machine_is_the_model() -> None:
    run_state_machine_as_test(
        Course,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, database=None, derandomize=True,
            phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
