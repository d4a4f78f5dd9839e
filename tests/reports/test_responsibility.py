"""The monthly responsibility report: every number by hand, every tie, and each tie red on a planted fault (§1.6, §1.7)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import SYSTEM
from network.choices import UnitKind
from network.models import Unit
from network.services import move
from penalties import services as penalties
from penalties.models import Appeal, LedgerEntry, Penalty, PointEntry, TierAction
from penalties.services.reversing import reverse
from reports import responsibility
from rulebook.roles import Role
from sla import services as sla
from sla.models import Deadline, Filing
from tests.factories import placed as ordered
from tests.factories import post, sh, unit
from tests.penalties.money import bonus, fine, run
from tests.penalties.upheld import Ladder, reopen, uphold

pytestmark = pytest.mark.django_db
NOVEMBER, NOW = date(2026, 11, 1), sh("2026-12-20 10:00:00")


@pytest.fixture
def firm() -> Ladder:
    firm = Ladder()
    firm.purser = post(Role.FINANCE, firm.department)  # type: ignore[attr-defined]
    return firm


@pytest.fixture
def november(firm: Ladder) -> Ladder:
    """Points in both regions, of which some are taken back; six fines, three appeals; two excuses."""
    uphold(firm, firm.branch, 2, "03 09:00:00")
    reopen(firm, uphold(firm, firm.second, 3, "04 09:00:00"), "05 09:00:00")
    uphold(firm, firm.third, 1, "06 09:00:00")
    uphold(firm, firm.branch, 4, "2026-12-01 00:00:00")
    Penalty.objects.all().delete()  # what complaints lead to is told by the ladder's own tests
    TierAction.objects.all().delete()
    fines(firm)
    excuses(firm)
    return firm


def fines(firm: Ladder) -> None:
    fine(firm, "100.10", "02 10:00:00")  # 60.10 of it will be taken
    wrong = fine(firm, "50.00", "04 10:00:00")
    objected = fine(firm, "30.00", "05 10:00:00", person=firm.third_clerk)
    fine(firm, None, "06 10:00:00", person=firm.second_clerk)
    lapsed = fine(firm, "20.00", "07 10:00:00", person=firm.second_clerk)
    fine(firm, "9.00", "2026-12-01 00:00:00")
    fine(firm, "7.00", "08 10:00:00", person=firm.regional_manager)
    for each in (wrong, objected, lapsed):
        penalties.appeal(pk=each.pk, text="不是我", person=each.person, now=each.at)
    penalties.decide_appeal(pk=wrong.pk, granted=True, decision="属实", person=firm.officer, now=sh("09 10:00:00"))
    reverse(cause=lapsed.cause, reason="录错", by=SYSTEM, at=sh("09 11:00:00"))
    bonus(firm, "60.10")
    run()


def excuses(firm: Ladder) -> None:
    expert = post(Role.IT, firm.department)
    ordered(sh("03 10:10:00"), branch=firm.branch)
    ordered(sh("03 10:10:00"), branch=firm.third)
    sla.tick(now=sh("03 14:00:00"))
    Penalty.objects.filter(clause__in=["§1.7.2.1", "§1.7.2.2"]).delete()
    made = []
    for clerk, branch in ((firm.clerk, firm.branch), (firm.third_clerk, firm.third)):
        late = Deadline.objects.get(holder=branch, clause="§1.2.1.1")
        made.append(sla.file(deadline_id=late.pk, clerk=clerk, now=sh("04 09:00:00"), reason="pc_fault", text="蓝屏"))
    sla.verify_filing(filing_id=made[0].pk, person=expert, now=sh("04 10:00:00"), confirmed=True, finding="属实")
    for grant in (False, True):
        sla.decide_filing(filing_id=made[0].pk, person=firm.officer, now=sh("04 11:00:00"), grant=grant, decision="如此")
        if not grant:
            sla.reopen_filing(filing_id=made[0].pk, person=firm.officer, now=sh("04 12:00:00"), reason="再看")
            sla.verify_filing(filing_id=made[0].pk, person=expert, now=sh("04 13:00:00"), confirmed=True, finding="属实")


def of(place: Unit) -> responsibility.Report:
    return responsibility.of_month(NOVEMBER, place, now=NOW)


def said(sums: Any, *groups: responsibility.Group) -> list[list[str]]:
    return [[str(sums[column.key]) for column in group.columns] for group in groups]


def test_every_number_of_the_area(november: Ladder) -> None:
    total = of(november.area).total
    points, actions, money, filed, appeals = said(total, *responsibility.GROUPS)
    assert points == ["6", "3", "3"]
    assert actions == ["0", "0", "0", "0", "0"]
    assert money == ["6", "1", "207.10", "70.00", "60.10", "77.00"]
    assert filed == ["2", "1", "0", "1", "1"]
    assert appeals == ["3", "1", "0", "1", "1"]


def test_it_drills_down_to_the_branch(november: Ladder) -> None:
    area, region = of(november.area), of(november.region)
    assert [(line.unit.code, line.own, line.sums["standing"], str(line.sums["outstanding"])) for line in area.lines] == [
        ("R1", False, 2, "47.00"), ("R2", False, 1, "30.00"),
    ]  # fmt: skip
    assert [(line.unit.code, line.own, line.sums["credited"], str(line.sums["outstanding"])) for line in region.lines] == [
        ("R1", True, 0, "7.00"), ("B1", False, 2, "40.00"), ("B2", False, 3, "0"),
    ]  # fmt: skip
    assert said(of(november.second).total, responsibility.FINES) == [["2", "1", "20.00", "20.00", "0", "0"]]
    assert [(clause, str(sums["assessed"])) for clause, sums in area.clauses] == [("§1.7.2.9", "207.10")]
    assert of(november.root).total == of(november.division).total


def test_an_empty_month_and_the_next_one(november: Ladder) -> None:
    before = responsibility.of_month(date(2026, 10, 1), november.root, now=NOW)
    assert (set(before.total.values()), before.clauses, [tie.holds for tie in before.ties()]) == (set(), [], [True] * 4)
    after = responsibility.of_month(date(2026, 12, 1), november.root, now=NOW).total
    assert (after["credited"], after["imposed"], str(after["assessed"])) == (4, 1, "9.00")


def test_actions_by_state(firm: Ladder) -> None:
    """Two points of one region ask its manager for a letter in three working days (§1.7.1.1); taken back, it is withdrawn."""
    first = uphold(firm, firm.branch, 2, "03 09:00:00")
    uphold(firm, firm.third, 2, "03 10:00:00")
    letter = TierAction.objects.get(unit=firm.other_region)
    penalties.complete(pk=letter.pk, clerk=firm.other_manager, now=sh("04 09:00:00"), text="整" * 300)
    numbers = ("issued", "done", "waiting", "overdue", "withdrawn")
    for now, expected in (("04 10:00:00", [2, 1, 1, 0, 0]), ("20 10:00:00", [2, 1, 1, 1, 0])):
        total = responsibility.of_month(NOVEMBER, firm.root, now=sh(now)).total
        assert [total[key] for key in numbers] == expected
    reopen(firm, first, "20 11:00:00")
    assert [of(firm.root).total[key] for key in numbers] == [2, 1, 0, 0, 1]
    assert [of(firm.region).total[key] for key in numbers] == [1, 0, 0, 0, 1]


def test_the_ties_of_a_true_month(november: Ladder) -> None:
    assert [(tie.says, tie.holds) for tie in responsibility.ties(NOVEMBER, now=NOW)] == [
        ("记入 6 − 冲回 3 = 有效 3", True),
        ("核定 207.10 − 撤销 70.00 − 已扣 60.10 = 未扣 77.00（元）", True),
        ("处理 2 次 − 重新处理 1 次 = 已认可 1 + 未认可 0", True),
        ("提出 3 − 成立 1 − 不成立 0 − 处罚已另行撤销 1 = 申诉中的处罚 1", True),
    ]


FAULTS = {
    "积分": lambda: PointEntry.objects.exclude(reverses=None).update(points=-2),
    "罚款": lambda: LedgerEntry.objects.filter(kind="take").update(amount=Decimal("60.11")),
    "备案": lambda: Filing.objects.filter(state="granted").update(state="reopened", confirmed=None),
    "申诉": lambda: Appeal.objects.filter(granted=True).delete() and Penalty.objects.filter(state="assessed").update(state="appealed"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_turns_its_tie_red_and_no_other(november: Ladder, name: str) -> None:
    if connection.vendor == "postgresql":  # whose triggers would refuse the fault
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
    FAULTS[name]()
    red = [tie for tie in responsibility.ties(NOVEMBER, now=NOW) if not tie.holds]
    assert [tie.name for tie in red] == [name]
    assert red[0].faults[0].startswith("两边不符：")


def test_what_a_penalty_says_it_paid_must_be_in_the_ledger(november: Ladder) -> None:
    Penalty.objects.filter(paid=Decimal("60.10")).update(paid=Decimal("60.00"))
    assert {tie.name: tie.faults for tie in responsibility.ties(NOVEMBER, now=NOW) if not tie.holds} == {"罚款": ("两边不符：77.00 与 77.10",)}


def test_no_more_queries_for_more_units(november: Ladder) -> None:
    counts = []
    for turn in range(2):
        with CaptureQueriesContext(connection) as seen:
            of(november.root)
        counts.append(len(seen))
        for number in range(12):
            made = unit(f"N{turn}{number}", UnitKind.BRANCH, november.region)
            fine(november, "5.00", person=post(Role.BRANCH_CLERK, made))
            uphold(november, made, 1, "12 09:00:00")
    assert counts[0] == counts[1] <= 9


def test_points_stay_where_they_were_credited(november: Ladder) -> None:
    """A reorganisation moves the branch; its points of before remain the old region's (§1.7.1), its fines go with it."""
    move(november.branch, parent=november.other_region, now=sh("15 00:00:00"))
    left, joined = of(november.region), of(november.other_region)
    assert [(line.unit.code, line.sums["standing"], str(line.sums["outstanding"])) for line in left.lines] == [
        ("R1", 0, "7.00"), ("B2", 0, "0"), ("B1", 2, "0"),
    ]  # fmt: skip
    assert [(line.unit.code, line.sums["standing"], str(line.sums["outstanding"])) for line in joined.lines] == [
        ("B1", 0, "40.00"), ("B3", 1, "30.00"),
    ]  # fmt: skip
