"""The whole machine of a filing: reasons and what they excuse, verification by IT, decision, taking up again (§1.4.2, §3.6.1)."""

import contextlib

import pytest

from core.models import Entry
from network.choices import UnitKind
from network.models import Person
from reports.kpis import Period, score
from rulebook.errors import Conflict, Denied, Refused
from rulebook.events import On
from rulebook.roles import Role
from sla.models import Filing, Step
from sla.services import decide_filing, explain, file, reopen_filing, tick, verify_filing
from tests.clocks import clock, step
from tests.factories import Company, placed, post, sh, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def expert(company: Company) -> Person:
    return post(Role.IT, unit("IT", UnitKind.DEPARTMENT, company.root, name="信息管理中心"))


def missed(company: Company, at: str = "04 10:00:00", until: str = "04 10:15:01"):
    """An order nobody accepts: by day, so that only a fault may excuse it."""
    order = placed(sh(at), branch=company.branch)
    tick(now=sh(until))
    return order


def filed(company: Company, order, reason: str = "power_or_network", clause: str = "§1.2.1.1") -> Filing:
    key = str(clock(order, clause).pk)
    return file(deadline_id=key, clerk=company.clerk, reason=reason, text="停电", now=sh("04 11:00:00"))


def verified(filing: Filing, expert: Person, confirmed: bool = True, at: str = "04 12:00:00") -> Filing:
    return verify_filing(filing_id=filing.pk, person=expert, confirmed=confirmed, finding="供电局公告", now=sh(at))


def decided(filing: Filing, company: Company, grant: bool = True, at: str = "04 13:00:00") -> Filing:
    return decide_filing(filing_id=filing.pk, person=company.officer, grant=grant, decision="同意", now=sh(at))


def reopened(filing: Filing, company: Company, at: str = "04 14:00:00") -> Filing:
    return reopen_filing(filing_id=filing.pk, person=company.officer, reason="公告有误", now=sh(at))


def figure(company: Company) -> tuple[int, int]:
    period = Period(sh("04 00:00:00"), sh("05 00:00:00"))
    found = score("timely_handling", company.branch, period, now=sh("04 23:00:00"))
    return found.part, found.whole


@pytest.mark.parametrize("reason", ["system_fault", "power_or_network", "pc_fault"])
def test_a_fault_is_verified_before_it_is_granted(company, expert, reason):
    filing = filed(company, missed(company), reason)
    with pytest.raises(Refused) as said:
        decided(filing, company)
    assert said.value.clause == "§3.6.1"
    verified(filing, expert)
    assert decided(filing, company).state == "granted"


def test_what_it_finds_untrue_can_only_be_refused(company, expert):
    filing = verified(filed(company, missed(company)), expert, confirmed=False)
    assert (filing.state, filing.confirmed) == ("verified", False)
    with pytest.raises(Refused):
        decided(filing, company)
    assert decided(filing, company, grant=False).state == "refused"


def test_a_refusal_needs_no_verification(company):
    assert decided(filed(company, missed(company)), company, grant=False).state == "refused"


def test_off_hours_are_not_for_it_to_verify(company, expert):
    order = missed(company, "03 19:00:00", "03 19:15:01")
    filing = filed(company, order, "off_hours")
    with pytest.raises(Refused) as said:
        verified(filing, expert)
    assert said.value.clause == "§3.6.1"
    assert decided(filing, company).state == "granted"


def test_posts(company, expert):
    filing = filed(company, missed(company))
    for person in (company.clerk, company.officer, company.manager, company.agent):
        with pytest.raises(Denied):
            verified(filing, person)
    with pytest.raises(Denied):
        decide_filing(filing_id=filing.pk, person=expert, grant=False, decision="x", now=sh("04 13:00:00"))
    decided(filing, company, grant=False)
    for person in (company.clerk, expert):
        with pytest.raises(Denied):
            reopen_filing(filing_id=filing.pk, person=person, reason="x", now=sh("04 14:00:00"))


EXCUSED_BY = {
    # reason: limits it may excuse, among those missed by an order placed at 17:55 and left alone, and by one placed at 10:00
    "off_hours": {"evening": {"§1.2.1.1", "§1.3.1.2r"}, "morning": set()},
    "system_fault": {"evening": {"§1.2.1.1"}, "morning": {"§1.2.1.1"}},
    "power_or_network": {"evening": {"§1.2.1.1"}, "morning": {"§1.2.1.1"}},
    "pc_fault": {"evening": {"§1.2.1.1"}, "morning": {"§1.2.1.1"}},
    "special_circumstance": {"evening": set(), "morning": set()},
}


@pytest.mark.parametrize("reason", EXCUSED_BY)
@pytest.mark.parametrize("when", ["evening", "morning"])
def test_each_reason_excuses_its_limits_and_no_others(company, reason, when):
    """At 17:55 the goods are wanted at 18:30, which must be renegotiated within the hour (§1.3.1.2r)."""
    at, changes = ("03 17:55:00", {"appointment": sh("03 18:30:00")}) if when == "evening" else ("03 10:00:00", {})
    order = placed(sh(at), branch=company.branch, **changes)
    tick(now=sh("04 10:00:00"))
    late = set(order.deadlines.filter(steps__state="breached").values_list("clause", flat=True))
    assert {"§1.2.1.1", "§1.2.2.a"} < late
    taken = set()
    for clause in late:
        with contextlib.suppress(Refused):
            filed(company, order, reason, clause)
            taken.add(clause)
    assert taken == EXCUSED_BY[reason][when]


def test_only_the_step_that_touched_off_hours_is_excused(company):
    """17:45: ten minutes end at 17:55, within hours; the fifteen at 18:00, off-hours (§0.4)."""
    order = missed(company, "03 17:45:00", "03 18:00:01")
    decided(filed(company, order, "off_hours"), company)
    assert (step(order, "§1.2.1.1").state, step(order, "§1.2.1.1b", "second").state) == ("breached", "excused")
    assert clock(order, "§1.2.1.1").state == "breached"
    told = Entry.objects.filter(name=On.DEADLINE_EXCUSED)
    assert [entry.data["clause"] for entry in told] == ["§1.2.1.1b"]


def test_taken_up_again_the_breach_comes_back_as_it_was(company, expert):
    order = missed(company)
    filing = decided(verified(filed(company, order), expert), company)
    reopened(filing, company)
    assert clock(order, "§1.2.1.1").state == "breached"
    assert {step(order, "§1.2.1.1").state, step(order, "§1.2.1.1b", "second").state} == {"breached"}
    breaches = {e.data["step"]: e.data for e in Entry.objects.filter(name=On.DEADLINE_BREACHED)}
    back = {e.data["step"]: e.data for e in Entry.objects.filter(name=On.EXCUSE_WITHDRAWN)}
    assert len(back) == 2
    assert back == {key: {**breaches[key], "filing": "power_or_network"} for key in back}


def test_taken_up_again_it_is_verified_and_decided_anew(company, expert):
    order = missed(company)
    filing = reopened(decided(verified(filed(company, order), expert), company), company)
    with pytest.raises(Refused):
        decided(filing, company, at="04 15:00:00")
    decided(verified(filing, expert, at="04 15:00:00"), company, at="04 16:00:00")
    assert clock(order, "§1.2.1.1").state == "excused"
    assert [act.verb for act in filing.acts.order_by("at", "pk")] == [
        "file", "confirm", "grant", "reopen", "confirm", "grant",
    ]  # fmt: skip
    lines = [line.say() for line in explain(clock(order, "§1.2.1.1"))]
    assert "备案重新处理：公告有误: 2026-11-04 14:00:00" in lines


def test_a_refusal_is_decided_again(company):
    order = missed(company, "03 19:00:00", "03 19:15:01")
    filing = reopened(decided(filed(company, order, "off_hours"), company, grant=False), company)
    assert clock(order, "§1.2.1.1").state == "breached"
    assert not Entry.objects.filter(name=On.EXCUSE_WITHDRAWN).exists()
    decided(filing, company, at="04 15:00:00")
    assert clock(order, "§1.2.1.1").state == "excused"


def test_what_is_not_decided_is_not_taken_up_again_and_nothing_is_verified_twice(company, expert):
    filing = filed(company, missed(company))
    with pytest.raises(Conflict):
        reopened(filing, company)
    verified(filing, expert)
    with pytest.raises(Conflict) as lost:
        verified(filing, expert, at="04 12:00:01")
    assert (lost.value.winner, lost.value.at) == (expert.name, sh("04 12:00:00"))


def test_a_second_filing_waits_for_the_first(company, expert):
    order = missed(company)
    filing = decided(filed(company, order), company, grant=False)
    filed(company, order, "pc_fault")
    with pytest.raises(Conflict):
        reopened(filing, company)
    with pytest.raises(Conflict):
        filed(company, order)


def test_a_step_missed_after_the_excuse_is_filed_by_itself(company, expert):
    order = missed(company, until="04 10:10:01")
    decided(verified(filed(company, order), expert), company)
    tick(now=sh("04 10:20:00"))
    assert (step(order, "§1.2.1.1").state, step(order, "§1.2.1.1b", "second").state) == ("excused", "breached")
    decided(verified(filed(company, order), expert), company)
    assert step(order, "§1.2.1.1b", "second").state == "excused"


def test_the_figure_leaves_both_sides_and_counts_again(company, expert):
    """§1.5.1: three missed, one of them by a fault."""
    orders = [missed(company, f"04 10:0{n}:00", "04 10:30:00") for n in range(3)]
    assert figure(company) == (0, 3)
    filing = verified(filed(company, orders[0]), expert)
    assert figure(company) == (0, 3)
    decided(filing, company)
    assert figure(company) == (0, 2)
    reopened(filing, company)
    assert figure(company) == (0, 3)
    decided(filing, company, grant=False, at="04 15:00:00")
    assert figure(company) == (0, 3)


def test_history_is_whole_in_the_journal(company, expert):
    filing = reopened(decided(verified(filed(company, missed(company)), expert), company), company)
    told = Entry.objects.about(f"filing/{filing.pk}").values_list("name", "actor_id")
    assert list(told) == [
        ("filing_filed", str(company.clerk.pk)), ("filing_verified", str(expert.pk)), ("filing_decided", str(company.officer.pk)),
        ("filing_reopened", str(company.officer.pk)),
    ]  # fmt: skip
    assert Step.objects.filter(excuses=filing).count() == 0
