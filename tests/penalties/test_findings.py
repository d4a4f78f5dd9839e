"""What an adjudication finds: fines with their payers and amounts, performance points, forms, return to HR (§1.7.2, §2.2)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from core.models import Entry
from orders import services as orders
from penalties.choices import Asked, State
from penalties.models import Penalty, PerformancePoint, TierAction
from rulebook.events import On
from rulebook.roles import Role
from tests.factories import accepted, post, sh
from tests.penalties.upheld import Ladder, reopen, uphold
from tests.pricing.prices import live


@pytest.fixture
def firm(db: None) -> Ladder:
    return Ladder()


def fined() -> list[tuple[str, str, Decimal | None]]:
    """Clause, person or unit, amount of every fine that stands."""
    found = Penalty.objects.exclude(state=State.REVERSED).select_related("person", "unit").order_by("clause", "pk")
    return [(each.clause, each.person.name if each.person else each.unit.name, each.amount) for each in found]


BRANCH, REGION, AREA = "西湖营业部营业部经理", "杭州区域区域经理", "浙江大区大区总监"
FINDINGS = [  # finding, values, key customer, who is fined how much (None: pending)
    ("untrue_information", {}, False, [("§1.7.2.5", REGION, None)]),
    ("not_contacted", {}, False, [("§1.7.2.7", BRANCH, None)]),
    ("repeated", {}, False, [("§1.7.2.9", BRANCH, None), ("§1.7.2.9", REGION, None), ("§1.7.2.9", AREA, None)]),
    ("loss", {"loss": "1000.05"}, True, [("§2.2.3", "西湖营业部", Decimal("300.02"))]),  # 30 %, half-up
    ("own_delay", {}, True, [("§2.2.4", BRANCH, Decimal("20.00"))]),
]


@pytest.mark.parametrize(("code", "values", "key", "expected"), FINDINGS)
def test_fines_of_findings(firm: Ladder, code: str, values: dict, key: bool, expected: list) -> None:
    entry = uphold(firm, firm.branch, 1, category="other", findings={code: values}, key_customer=key)
    assert fined() == expected
    assert {each.cause for each in Penalty.objects.all()} == {f"{entry.subject}/1"}


def test_fines_are_seen_by_who_oversees_the_unit(firm: Ladder) -> None:
    uphold(firm, firm.branch, 1, category="other", findings={"untrue_information": {}})
    may = {"officer": 1, "regional_manager": 1, "director": 1, "manager": 0, "other_manager": 0, "clerk": 0}
    assert {name: Penalty.objects.visible_to(getattr(firm, name)).count() for name in may} == may


def test_nothing_is_found_in_internal_complaints(firm: Ladder) -> None:
    uphold(firm, firm.branch, 0, internal=True, findings={"untrue_information": {}})
    assert fined() == []


def test_an_overcharge_is_pending_at_three_times_the_freight(firm: Ladder) -> None:
    live(post(Role.PRICE_MANAGEMENT, firm.department), since="2026-11-01", at="2026-11-01 08:00:00")
    order = accepted(sh("04 10:00:00"), firm.clerk, branch=firm.branch, placed_at=sh("04 09:59:00"), pickup=False)
    orders.issue_waybill(
        number=order.number, clerk=firm.clerk, pieces=10, weight_kg=Decimal(120), volume_m3=Decimal("0.8"), now=sh("04 11:00:00")
    )
    uphold(firm, firm.branch, 1, category="overcharge", findings={"overcharge": {"person": firm.clerk.pk}}, order=order.number)
    penalty = Penalty.objects.get(clause="§1.7.2.6")
    assert (penalty.person, penalty.amount, penalty.state) == (firm.clerk, None, State.IMPOSED)
    assert penalty.text == "3 × 268.80 = 806.40"


def test_who_accepted_without_contact_is_fined_as_of_then(firm: Ladder) -> None:
    order = accepted(sh("04 10:00:00"), firm.clerk, branch=firm.branch, placed_at=sh("04 09:59:00"))
    post(Role.BRANCH_MANAGER, firm.branch, since=sh("05 00:00:00"))
    uphold(firm, firm.branch, 1, "10 09:00:00", category="other", findings={"not_contacted": {}}, order=order.number)
    assert Penalty.objects.get(clause="§1.7.2.7").person == firm.manager


def test_a_loss_costs_the_manager_points_and_a_form(firm: Ladder) -> None:
    entry = uphold(firm, firm.branch, 1, "2026-11-27 10:00:00", category="other", findings={"loss": {"loss": "500"}}, key_customer=True)
    taken = PerformancePoint.objects.get()
    assert (taken.person, taken.points) == (firm.manager, -5)
    form = TierAction.objects.get(action="key_rectification_form")
    assert (form.clause, form.person, form.due_at) == ("§2.2.3", firm.manager, sh("2026-12-03 00:00:00"))
    reopen(firm, entry, "2026-11-28 10:00:00")
    assert sum(each.points for each in PerformancePoint.objects.all()) == 0
    form.refresh_from_db()
    assert form.state == Asked.WITHDRAWN
    assert fined() == []


def test_fines_of_a_round_are_reversed_and_the_next_round_fines_anew(firm: Ladder) -> None:
    entry = uphold(firm, firm.branch, 1, complaint=7, findings={"untrue_information": {}})
    reopen(firm, entry)
    assert fined() == []
    uphold(firm, firm.branch, 1, "12 09:00:00", complaint=7, turn=2, findings={"untrue_information": {}})
    assert fined() == [("§1.7.2.5", REGION, None)]


# Attitude of key customers (§2.2.1).


def rude(firm: Ladder, at: datetime | str, **more: object) -> Entry:
    return uphold(firm, firm.branch, 5, at, key_customer=True, person=firm.clerk.pk, **more)


def returned() -> list[str]:
    """When a return to HR that stands was ordered."""
    return [f"{each.issued_at:%m-%d}" for each in TierAction.objects.standing().filter(action="return_to_hr").order_by("pk")]


def test_an_attitude_complaint_costs_100_of_the_salary(firm: Ladder) -> None:
    rude(firm, "10 10:00:00")
    penalty = Penalty.objects.get()
    assert (penalty.clause, penalty.person, penalty.amount, penalty.purse) == ("§2.2.1", firm.clerk, Decimal("100.00"), "salary")


def test_a_platform_customers_attitude_complaint_does_not(firm: Ladder) -> None:
    uphold(firm, firm.branch, 5, person=firm.clerk.pk)
    assert fined() == []


A, B = "rude", "other"  # upheld complaints about the same person, in order
HR = [
    ([A], 0),
    ([A, A], 1),
    ([A, B, A], 0),
    ([A, B, A, B], 0),
    ([A, B, A, B, A], 1),
    ([B, A, A], 1),
    ([A, A, A], 1),  # ordered once a month
]


@pytest.mark.parametrize(("kinds", "count"), HR)
def test_two_in_a_row_or_three_in_a_month(firm: Ladder, kinds: list[str], count: int) -> None:
    for turn, kind in enumerate(kinds):
        if kind == A:
            rude(firm, f"{10 + turn} 10:00:00")
        else:
            uphold(firm, firm.branch, 1, f"{10 + turn} 10:00:00", category="other", person=firm.clerk.pk)
    assert len(returned()) == count
    assert Entry.objects.filter(name=On.RETURN_TO_HR_ORDERED).count() == count


def test_the_count_is_of_a_calendar_month_and_a_person(firm: Ladder) -> None:
    rude(firm, "30 23:59:59")
    rude(firm, "2026-12-01 00:00:00")
    assert returned() == []
    uphold(firm, firm.branch, 5, "2026-12-02 00:00:00", key_customer=True, person=firm.second_clerk.pk)
    assert returned() == []


@pytest.mark.parametrize("back", [0, 1])
def test_a_return_is_withdrawn_with_either_complaint(firm: Ladder, back: int) -> None:
    upheld = [rude(firm, "10 10:00:00"), rude(firm, "11 10:00:00")]
    reopen(firm, upheld[back], "12 10:00:00")
    assert returned() == []
