"""Breached steps = the fines they carry, in both directions (§1.7.2): red on what is missing, doubled, or left over; silent else."""

import pytest

from desk.doctor import CHECKS
from network.services import appoint
from orders import services as orders
from penalties.models import LedgerEntry, Penalty
from penalties.services import appeal, breaches_fined, carried_faults, decide_appeal
from rulebook.roles import Role
from sla import services as sla
from sla.models import Step
from tests.factories import Company, placed, reached, sh
from tests.penalties.test_breaches import excused

pytestmark = pytest.mark.django_db
LATE = sh("04 09:20:00")


@pytest.fixture
def late(company: Company) -> Company:
    """One order nobody accepted by 09:15: the branch is fined for ten minutes, the regional manager for fifteen."""
    company.order = placed(sh("04 09:00:00"), branch=company.branch, pickup=False)  # type: ignore[attr-defined]
    sla.tick(now=LATE)
    return company


def faults() -> list[tuple[str, int, int]]:
    return [(fault.clause, fault.owed, fault.carried) for fault in carried_faults()]


def gone(clause: str) -> None:
    """Take a penalty out of the database, as no service can."""
    LedgerEntry.objects.all()._raw_delete(LedgerEntry.objects.db)
    Penalty.objects.filter(clause=clause).delete()


def test_a_true_history_agrees(late):
    assert (faults(), breaches_fined()) == ([], (2, 2))


def test_an_excuse_leaves_neither(late):
    excused(late, late.order.deadlines.get(clause="§1.2.1.1"), "pc_fault")
    assert Penalty.objects.exclude(state="reversed").count() == 0
    assert (faults(), breaches_fined()) == ([], (0, 0))


def test_a_late_fact_that_corrects_one_leaves_the_other_out_too(late):
    reached(late.order, late.clerk, sh("04 09:09:00"))
    orders.accept(number=late.order.number, clerk=late.clerk, now=sh("04 09:10:00"))
    assert (faults(), breaches_fined()) == ([], (0, 0))


@pytest.mark.parametrize("granted", [True, False])
def test_a_fine_that_an_appeal_reversed_was_carried(late, granted):
    fine = Penalty.objects.get(clause="§1.7.2.1")
    appeal(pk=fine.pk, person=late.manager, text="不服", now=sh("05 09:00:00"))
    decide_appeal(pk=fine.pk, granted=granted, decision="核实", person=late.officer, now=sh("06 09:00:00"))
    assert (faults(), breaches_fined()) == ([], (2, 2))


def test_two_posts_in_one_hand_are_fined_once(company):
    """A sign slip that is late costs slip clerk and manager ¥20 each (§2.2.5); one who is both, once."""
    appoint(company.manager, role=Role.SLIP_CLERK, unit=company.branch, now=sh("03 09:00:00"))
    company.order = placed(sh("04 09:00:00"), branch=company.branch, pickup=False)
    sla.tick(now=sh("04 09:10:01"))
    Step.objects.filter(clause="§1.2.1.1", kind="due").update(clause="§2.1.3.5")
    Penalty.objects.update(clause="§2.2.5", case="slip_late", payer=f"person/{company.manager.pk}")
    assert (faults(), breaches_fined()) == ([], (1, 1))
    gone("§2.2.5")
    assert faults() == [("§2.1.3.5", 1, 0)]


def test_a_fine_that_is_missing_is_told(late):
    gone("§1.7.2.1")
    assert faults() == [("§1.2.1.1", 1, 0)]
    (finding,) = CHECKS["超时处罚"](LATE)
    assert (finding.warning, "应有 1 笔，实有 0 笔" in finding.zh) == (False, True)


def test_a_fine_too_many_is_told(late):
    twin = Penalty.objects.get(clause="§1.7.2.1")
    twin.pk, twin.payer = None, f"unit/{late.second.pk}"
    twin.save(force_insert=True)
    assert faults() == [("§1.2.1.1", 1, 2)]


def test_a_fine_for_a_step_that_was_in_time_is_told(late):
    Step.objects.filter(clause="§1.2.1.1b", kind="second").update(state="met")
    assert faults() == [("", 0, 1)]


def test_a_fine_reversed_without_an_appeal_or_an_excuse_is_told(late):
    Penalty.objects.filter(clause="§1.7.2.2").update(state="reversed", reason="自行撤销")
    assert faults() == [("§1.2.1.1b", 1, 0)]


def test_the_doctor_looks_at_what_is_not_long_past(late):
    gone("§1.7.2.1")
    assert CHECKS["超时处罚"](sh("2027-01-05 09:10:00")) != []
    assert CHECKS["超时处罚"](sh("2027-01-05 09:10:00.000001")) == []
