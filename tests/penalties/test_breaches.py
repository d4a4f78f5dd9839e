"""A breach carries its fine once, for whoever held the post at the due instant; what undoes it undoes the fine (§1.7.2)."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import transaction

from core.journal import Fact, publish
from core.models import SYSTEM, Entry
from network.services import appoint
from orders import services as orders
from penalties.models import LedgerEntry, Penalty, RegulationVersion
from penalties.services import appeal, decide_appeal, impose, on_entries, reinstate, reverse
from rulebook.events import On
from rulebook.fines import FINES, FINES_FOR_BREACH
from rulebook.roles import Role
from sla import services as sla
from sla.models import Deadline, Step
from tests.factories import Company, PersonFactory, placed, post, reached, sh

pytestmark = pytest.mark.django_db


def regulation(company: Company, code: str, amount: str, since: str = "2026-11-01") -> RegulationVersion:
    return RegulationVersion.objects.create(
        code=code, title=code, amount=Decimal(amount), valid_from=date.fromisoformat(since), entered_by=company.officer,
        entered_at=sh("01 08:00:00"),
    )  # fmt: skip


def breached(company: Company, clause: str, at: str = "04 09:10:00", step: str = "", **data: object) -> Entry:
    """State that a step was breached, as the clocks do."""
    said = {
        "deadline": str(uuid4()), "step": step or str(uuid4()), "clause": clause, "unit": company.branch.pk, "late": False,
        "person": company.manager.pk, "holder": company.branch.pk, "kind": "due", "state": "breached",
    }  # fmt: skip
    with transaction.atomic():
        fact = Fact(name=On.DEADLINE_BREACHED, subject="order/1", at=sh(at), by=SYSTEM, data={**said, **data})
        return publish(fact)[0]


def payers(company: Company) -> dict[str, str]:
    named = {
        f"unit/{company.branch.pk}": "branch", f"person/{company.manager.pk}": "manager",
        f"person/{company.regional_manager.pk}": "region",
    }  # fmt: skip
    return {named.get(p.payer, p.payer): f"{p.clause} {p.case} {p.amount} {p.state}" for p in Penalty.objects.order_by("pk")}


CARRIED = {  # step's clause -> payer: clause, case, amount, state (§1.7.2.1, §1.7.2.2, §2.2.1, §2.2.5), typed by hand
    "§1.2.1.1": {"branch": "§1.7.2.1 late_10 None imposed"},
    "§1.2.1.1b": {"region": "§1.7.2.2 late_15 None imposed"},
    "§2.1.3.5": {"clerk": "§2.2.5 slip_late 20.00 assessed", "manager": "§2.2.5 slip_late 20.00 assessed"},
    "§2.2.5": {"clerk": "§2.2.5 resigned_late 30.00 assessed", "manager": "§2.2.5 resigned_late 30.00 assessed"},
    "§2.2.1": {"manager": "§2.2.1 no_report 100.00 assessed"},
    "§1.3.1.1": {},
    "§1.2.1.3": {},
}


@pytest.mark.parametrize("clause", CARRIED)
def test_what_a_breach_carries(company, clause):
    clerk = post(Role.SLIP_CLERK, company.branch)
    breached(company, clause)
    found = {"clerk" if payer == f"person/{clerk.pk}" else payer: said for payer, said in payers(company).items()}
    assert found == CARRIED[clause]


def test_every_fine_that_a_breach_carries_is_in_the_table():
    assert {clause for clause, said in CARRIED.items() if said} == set(FINES_FOR_BREACH)


def test_the_real_clock_fines_at_ten_and_fifteen_minutes(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    sla.tick(now=sh("04 09:10:00"))
    assert not Penalty.objects.exists()
    sla.tick(now=sh("04 09:10:00.000001"))
    assert payers(company) == {"branch": "§1.7.2.1 late_10 None imposed"}
    sla.tick(now=sh("04 09:15:00.000001"))
    assert payers(company) == {"branch": "§1.7.2.1 late_10 None imposed", "region": "§1.7.2.2 late_15 None imposed"}
    sla.tick(now=sh("04 09:20:00"))
    assert Penalty.objects.count() == 2
    late = Penalty.objects.get(clause="§1.7.2.1")
    assert (late.order_number, late.entry.name, late.cause) == (
        order.number,
        "deadline_breached",
        f"step/{Step.objects.get(clause='§1.2.1.1', kind='due').pk}",
    )
    assert Entry.objects.filter(name="penalty_imposed", order_number=order.number).count() == 2


def test_the_post_is_read_at_the_due_instant(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    appoint(PersonFactory(), role=Role.REGIONAL_MANAGER, unit=company.region, now=sh("04 09:15:00.000001"))
    sla.tick(now=sh("04 09:40:00"))
    assert Penalty.objects.get(clause="§1.7.2.2", order_number=order.number).person == company.regional_manager


@pytest.mark.parametrize(("day", "amount"), [("03", None), ("04", "50.00"), ("05", "80.00"), ("06", "80.00")])
def test_the_amount_is_the_one_valid_on_the_local_day(company, day, amount):
    regulation(company, "rp_3.3.1_a", "50", "2026-11-04")
    regulation(company, "rp_3.3.1_a", "70", "2026-11-05")
    regulation(company, "rp_3.3.1_a", "80", "2026-11-05")  # entered last
    breached(company, "§1.2.1.1", f"{day} 00:00:00")
    penalty = Penalty.objects.get()
    assert penalty.amount == (amount and Decimal(amount))
    assert penalty.state == ("assessed" if amount else "imposed")
    booked = [(b.kind, b.debit, b.credit, str(b.amount), b.month) for b in LedgerEntry.objects.all()]
    assert booked == ([("assess", "receivable", "income", amount, date(2026, 11, 1))] if amount else [])


def test_a_vacant_post_is_kept_for_the_department(company):
    breached(company, "§2.1.3.5")
    vacant = Penalty.objects.vacant().get()
    assert vacant.payer == f"vacant/slip_clerk/{company.branch.pk}"
    assert (vacant.person, vacant.unit, vacant.amount, vacant.state) == (None, company.branch, Decimal("20.00"), "imposed")
    assert not LedgerEntry.objects.filter(penalty=vacant).exists()


def test_one_person_in_two_posts_pays_once(company):
    appoint(company.manager, role=Role.SLIP_CLERK, unit=company.branch, now=sh("01 08:00:00"))
    breached(company, "§2.1.3.5")
    assert payers(company) == {"manager": "§2.2.5 slip_late 20.00 assessed"}


def test_the_same_breach_twice_is_fined_once(company):
    step = str(uuid4())
    breached(company, "§2.2.1", step=step)
    breached(company, "§2.2.1", step=step)
    assert (Penalty.objects.count(), LedgerEntry.objects.count()) == (1, 1)


def test_a_correction_reverses_the_fine(company):
    regulation(company, "rp_3.3.1_a", "50")
    order = placed(sh("04 09:00:00"), branch=company.branch)
    reached(order, company.clerk, sh("04 09:08:00"))
    sla.tick(now=sh("04 09:10:01"))
    orders.accept(number=order.number, clerk=company.clerk, now=sh("04 09:10:00"))
    penalty = Penalty.objects.get()
    assert (penalty.state, penalty.reason, penalty.outstanding) == ("reversed", "corrected", 0)
    assert [b.kind for b in LedgerEntry.objects.order_by("pk")] == ["assess", "reverse"]


def missed_twice(company: Company) -> Deadline:
    """17:45: ten minutes end at 17:55, within hours; the fifteen at 18:00, off-hours (§0.4). The branch pays, and the region."""
    regulation(company, "rp_3.3.1_a", "50")
    order = placed(sh("04 17:45:00"), branch=company.branch)
    sla.tick(now=sh("04 18:00:01"))
    return order.deadlines.get(clause="§1.2.1.1")


def excused(company: Company, clock: Deadline, reason: str) -> int:
    filing = sla.file(deadline_id=str(clock.pk), clerk=company.clerk, reason=reason, text="说明", now=sh("05 08:00:00"))
    if reason != "off_hours":
        expert = post(Role.IT, company.department)
        sla.verify_filing(filing_id=filing.pk, person=expert, confirmed=True, finding="属实", now=sh("05 08:30:00"))
    sla.decide_filing(filing_id=filing.pk, person=company.officer, grant=True, decision="属实", now=sh("05 09:00:00"))
    return filing.pk


def taken_up_again(company: Company, filing: int) -> None:
    sla.reopen_filing(filing_id=filing, person=company.officer, reason="公告有误", now=sh("05 10:00:00"))


def states() -> dict[str, str]:
    return {p.clause: p.state for p in Penalty.objects.all()}


def test_an_excuse_reverses_the_fine_of_its_step_and_its_withdrawal_brings_back_this_one(company):
    clock = missed_twice(company)
    assert states() == {"§1.7.2.1": "assessed", "§1.7.2.2": "assessed"}
    off_hours = excused(company, clock, "off_hours")
    assert states() == {"§1.7.2.1": "assessed", "§1.7.2.2": "reversed"}
    excused(company, clock, "pc_fault")
    assert states() == {"§1.7.2.1": "reversed", "§1.7.2.2": "reversed"}
    taken_up_again(company, off_hours)
    assert states() == {"§1.7.2.1": "reversed", "§1.7.2.2": "assessed"}
    back = Penalty.objects.get(clause="§1.7.2.2")
    assert (back.outstanding, back.reason) == (50, "")
    assert [b.kind for b in back.bookings.order_by("pk")] == ["assess", "reverse", "reinstate"]


def test_a_withdrawn_excuse_does_not_bring_back_what_an_appeal_reversed(company):
    """Whatever the decision was worded like; the ledger holds one reversal and nothing after it."""
    clock = missed_twice(company)
    penalty = Penalty.objects.get(clause="§1.7.2.2")
    appeal(pk=penalty.pk, person=company.regional_manager, text="已电话督促", now=sh("04 19:00:00"))
    decide_appeal(pk=penalty.pk, granted=True, decision="excused", person=company.officer, now=sh("04 20:00:00"))
    taken_up_again(company, excused(company, clock, "off_hours"))
    penalty.refresh_from_db()
    assert (penalty.state, penalty.reason, penalty.outstanding) == ("reversed", "excused", 0)
    assert [b.kind for b in penalty.bookings.order_by("pk")] == ["assess", "reverse"]


def test_what_was_reversed_by_hand_comes_back_by_hand(company):
    penalty = impose(clause="§2.2.5", case="slip_late", cause="manual/1", at=sh("04 09:00:00"), by=SYSTEM, unit=company.branch)[1]
    reverse(cause="manual/1", reason="录入错误", by=company.officer.actor, at=sh("04 10:00:00"))
    penalty.refresh_from_db()
    assert (penalty.state, penalty.reason) == ("reversed", "录入错误")
    reinstate(cause="manual/1", reason="撤销有误", by=company.officer.actor, at=sh("05 11:00:00"))
    penalty.refresh_from_db()
    assert (penalty.state, penalty.outstanding) == ("assessed", 20)


def test_facts_that_concern_no_fine_cost_no_query(company, django_assert_num_queries):
    entry = breached(company, "§1.3.1.1")
    accepted = Entry(name=On.ORDER_ACCEPTED, data={})
    with django_assert_num_queries(0):
        assert list(on_entries([entry, accepted])) == []


SHARED = [  # clause, case, base, amount given, expected (§1.7.2.6, §2.2.3): half-up, at the cent
    ("§1.7.2.6", "overcharge", "100.00", None, "300.00"),
    ("§1.7.2.6", "overcharge", None, "250", "250.00"),
    ("§2.2.3", "loss", "1000.05", None, "300.02"),
    ("§2.2.3", "loss", "0.05", None, "0.02"),
    ("§2.2.3", "loss", None, None, None),
    ("§2.2.1", "attitude", None, None, "100.00"),
    ("§1.7.2.9", "other", None, None, None),
    ("§1.7.2.9", "other", None, "66.666", "66.67"),
]


@pytest.mark.parametrize(("clause", "case", "base", "amount", "expected"), SHARED)
def test_amounts(company, clause, case, base, amount, expected):
    (penalty,) = impose(
        clause=clause, case=case, cause="complaint/1/1", at=sh("04 09:00:00"), by=SYSTEM, unit=company.branch,
        person=company.clerk, base=base and Decimal(base), amount=amount and Decimal(amount),
    )  # fmt: skip
    assert penalty.amount == (expected and Decimal(expected))


def test_departments_share_by_fault_and_the_last_bears_the_rounding(company):
    penalties = impose(
        clause="§2.2.2", case="lane_lost", cause="manual/2", at=sh("04 09:00:00"), by=SYSTEM, base=Decimal("100.01"),
        shares={company.branch.pk: Decimal("0.3"), company.second.pk: Decimal("0.3"), company.third.pk: Decimal("0.4")},
        credited_to=company.second,
    )  # fmt: skip
    assert [(p.payer, str(p.amount), p.purse) for p in penalties] == [
        (f"unit/{company.branch.pk}", "15.00", "profit"),
        (f"unit/{company.second.pk}", "15.00", "profit"),
        (f"unit/{company.third.pk}", "20.01", "profit"),
    ]
    assert {entry.income_of for entry in LedgerEntry.objects.all()} == {company.second}


def test_the_direct_leader(company):
    def leader(person):
        cause = f"manual/{person.pk}"
        (penalty,) = impose(clause="§2.2.1", case="no_report", cause=cause, at=sh("04 09:00:00"), by=SYSTEM, person=person)
        return penalty.person

    assert leader(company.clerk) == company.manager
    assert leader(company.manager) == company.regional_manager
    assert leader(company.agent) == company.head_of_calls
    assert leader(company.officer) is None


def test_the_purses():
    taken = {(row.clause, row.case): row.purse for row in FINES if row.purse != "bonus"}
    assert taken == {("§2.2.1", "attitude"): "salary", ("§2.2.2", "lane_lost"): "profit"}


def test_an_unknown_fine_is_a_mistake_of_the_program(company):
    with pytest.raises(LookupError):
        impose(clause="§1.7.2.1", case="nothing", cause="manual/3", at=sh("04 09:00:00"), by=SYSTEM)
