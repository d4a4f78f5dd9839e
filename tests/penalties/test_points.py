"""Points and the tiers of §1.7.1: who is asked for what at which sum, once, and what a reopening takes back."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from core.models import Entry
from network.models import Post
from network.services import move, relieve
from penalties.choices import Asked
from penalties.models import PointEntry, TierAction
from rulebook.events import On
from rulebook.roles import Role
from tests.factories import post, sh, unit
from tests.penalties.upheld import Ladder, reopen, uphold

NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def firm(db: None) -> Ladder:
    return Ladder()


def asked(**narrowed: object) -> list[tuple[str, str, str]]:
    """Clause, unit and person of every action that stands, in the order of issue."""
    found = TierAction.objects.standing().filter(**narrowed).select_related("unit", "person").order_by("pk")
    return [(each.clause, each.unit.code, each.person.name if each.person else "") for each in found]


MANAGER, DIRECTOR, GM = "杭州区域区域经理", "浙江大区大区总监", "华东事业部事业部总经理"
REGION = [  # region points in one step -> who is asked for what (§1.7.1); the area's own sum is kept below 10 by hand
    (1, []),
    (2, [("§1.7.1.1", MANAGER, "rectification_letter")]),
    (4, [("§1.7.1.1", MANAGER, "rectification_letter")]),
    (5, [("§1.7.1.4", DIRECTOR, "explanation_and_report")]),
    (9, [("§1.7.1.4", DIRECTOR, "explanation_and_report")]),
    (10, [("§1.7.1.7", GM, "explanation_to_deputy_gm")]),
    (14, [("§1.7.1.7", GM, "explanation_to_deputy_gm")]),
    (15, [("§1.7.1.2", MANAGER, "suspension_1_day"), ("§1.7.1.5", DIRECTOR, "suspension_1_day")]),
    (19, [("§1.7.1.2", MANAGER, "suspension_1_day"), ("§1.7.1.5", DIRECTOR, "suspension_1_day")]),
    (20, [("§1.7.1.3", MANAGER, "demotion"), ("§1.7.1.6", DIRECTOR, "suspension_3_days")]),
]


@pytest.mark.parametrize(("points", "expected"), REGION)
def test_region_borders(firm: Ladder, points: int, expected: list[tuple[str, str, str]]) -> None:
    uphold(firm, firm.branch, points)
    found = TierAction.objects.filter(unit=firm.region).order_by("pk")
    assert [(each.clause, each.person.name, each.action) for each in found] == expected


AREA = [  # area points -> the area's own tiers
    (9, []),
    (10, [("§1.7.1.4", DIRECTOR, "explanation_and_report")]),
    (14, [("§1.7.1.4", DIRECTOR, "explanation_and_report")]),
    (15, [("§1.7.1.7", GM, "explanation_to_deputy_gm")]),
    (19, [("§1.7.1.7", GM, "explanation_to_deputy_gm")]),
    (20, []),
]


@pytest.mark.parametrize(("points", "expected"), AREA)
def test_area_borders(firm: Ladder, points: int, expected: list[tuple[str, str, str]]) -> None:
    uphold(firm, firm.branch, points)
    found = TierAction.objects.filter(unit=firm.area).order_by("pk")
    assert [(each.clause, each.person.name, each.action) for each in found] == expected


def test_the_area_adds_up_its_regions(firm: Ladder) -> None:
    uphold(firm, firm.branch, 5, "10 09:00:00")
    uphold(firm, firm.third, 5, "11 09:00:00")
    assert asked(unit=firm.area) == [("§1.7.1.4", "A1", DIRECTOR)]
    assert asked(unit=firm.region) == [("§1.7.1.4", "R1", DIRECTOR)]
    assert asked(unit=firm.other_region) == [("§1.7.1.4", "R2", DIRECTOR)]


def test_a_tier_is_asked_for_once_a_month(firm: Ladder) -> None:
    for day in (10, 11, 12):
        uphold(firm, firm.branch, 1, f"{day} 09:00:00")
    assert asked() == [("§1.7.1.1", "R1", MANAGER)]
    assert TierAction.objects.get().issued_at == sh("11 09:00:00")
    uphold(firm, firm.branch, 2, "2026-12-01 00:00:00")
    assert [(clause, f"{month:%m}") for clause, month in TierAction.objects.order_by("pk").values_list("clause", "month")] == [
        ("§1.7.1.1", "11"), ("§1.7.1.1", "12"),
    ]  # fmt: skip


def test_from_14_to_20_only_the_last_is_asked_for(firm: Ladder) -> None:
    uphold(firm, firm.branch, 14, "10 09:00:00")
    uphold(firm, firm.second, 6, "11 09:00:00")
    assert asked(unit=firm.region) == [("§1.7.1.7", "R1", GM), ("§1.7.1.3", "R1", MANAGER), ("§1.7.1.6", "R1", DIRECTOR)]


def test_the_month_is_the_local_one_of_the_adjudication(firm: Ladder) -> None:
    uphold(firm, firm.branch, 1, "30 23:59:59.999999")
    uphold(firm, firm.branch, 1, "2026-12-01 00:00:00")
    assert [f"{row.month:%Y-%m}" for row in PointEntry.objects.order_by("pk")] == ["2026-11", "2026-12"]
    assert asked() == []


@pytest.mark.parametrize("more", [{"internal": True}, {"points": 0}, {"branch": None}])
def test_what_scores_nothing(firm: Ladder, more: dict[str, object]) -> None:
    uphold(firm, **({"branch": firm.branch, "points": 5} | more))
    assert PointEntry.objects.count() == 0


def test_points_go_to_the_units_as_they_stood(firm: Ladder) -> None:
    uphold(firm, firm.branch, 2, "10 09:00:00")
    move(firm.branch, parent=firm.other_region, now=sh("15 00:00:00"))
    uphold(firm, firm.branch, 3, "15 00:00:00")
    uphold(firm, firm.branch, 1, "14 23:59:59")  # adjudicated before the move, told after it
    of_month = PointEntry.objects.of_month(NOVEMBER)
    assert of_month.by("region__code") == {"R1": 3, "R2": 3}
    assert of_month.by("area__code") == {"A1": 6}
    assert of_month.by("division__code") == {"D1": 6}


def test_it_falls_on_whoever_held_the_post_then(firm: Ladder) -> None:
    successor = post(Role.REGIONAL_MANAGER, firm.region, since=sh("10 12:00:00"))
    uphold(firm, firm.branch, 2, "10 11:59:59")
    uphold(firm, firm.branch, 1, "10 12:00:00")
    assert list(TierAction.objects.order_by("pk").values_list("person", flat=True)) == [firm.regional_manager.pk, successor.pk]


def test_a_vacant_post_is_listed_without_a_person(firm: Ladder) -> None:
    relieve(Post.objects.get(person=firm.regional_manager, until=None), now=sh("09 00:00:00"))
    uphold(firm, firm.branch, 2, "10 09:00:00")
    uphold(firm, firm.branch, 1, "11 09:00:00")
    action = TierAction.objects.get()
    assert (action.person, action.answers) == (None, f"vacant/regional_manager/{firm.region.pk}")


def test_due_in_working_days(firm: Ladder) -> None:
    uphold(firm, firm.branch, 2, "2026-11-27 23:59:59")  # a Friday
    assert TierAction.objects.get().due_at == sh("2026-12-03 00:00:00")  # 24:00 of Wednesday, the third working day


def test_the_same_adjudication_scores_once(firm: Ladder) -> None:
    uphold(firm, firm.branch, 2, complaint=7)
    uphold(firm, firm.branch, 2, complaint=7)
    assert PointEntry.objects.count() == 1
    given = PointEntry.objects.get()
    twin = {name: getattr(given, name) for name in ("subject", "round", "code", "points", "branch", "month", "at")}
    with pytest.raises(IntegrityError), transaction.atomic():
        PointEntry.objects.create(**twin)


# What a reopening takes back.


def test_reopening_takes_points_and_tiers_back_by_counter_entries(firm: Ladder) -> None:
    upheld = uphold(firm, firm.branch, 2, "10 09:00:00")
    reopen(firm, upheld, "2026-12-03 09:00:00")
    rows = PointEntry.objects.order_by("pk")
    assert [(row.points, f"{row.month:%Y-%m}") for row in rows] == [(2, "2026-11"), (-2, "2026-11")]
    assert rows[1].reverses == rows[0]
    action = TierAction.objects.get()
    assert (action.state, action.withdrawn_at) == (Asked.WITHDRAWN, sh("2026-12-03 09:00:00"))
    told = Entry.objects.filter(name__in=(On.POINTS_WITHDRAWN, On.TIER_ACTION_WITHDRAWN)).order_by("pk")
    assert [entry.name for entry in told] == ["points_withdrawn", "tier_action_withdrawn"]


def test_reopening_twice_takes_back_once(firm: Ladder) -> None:
    upheld = uphold(firm, firm.branch, 2)
    reopen(firm, upheld)
    reopen(firm, upheld)
    assert PointEntry.objects.total() == 0


def test_upheld_anew_scores_and_asks_anew(firm: Ladder) -> None:
    upheld = uphold(firm, firm.branch, 2, "10 09:00:00", complaint=7)
    reopen(firm, upheld, "11 09:00:00")
    uphold(firm, firm.branch, 3, "12 09:00:00", complaint=7, turn=2)
    assert PointEntry.objects.of_month(NOVEMBER).total() == 3
    assert sorted(TierAction.objects.values_list("state", flat=True)) == ["issued", "withdrawn"]


CARRIED = [  # points adjudicated one after the other in a region, which is taken back, clauses that stand afterwards
    ([18, 2], 1, ["§1.7.1.2", "§1.7.1.5"]),  # 18, 20: back to 18
    ([18, 2], 0, []),  # the 2 points that remain would reach 2-4, but nothing new is issued
    ([5, 5], 0, ["§1.7.1.4"]),  # the second alone reaches 5-9 too
    ([3, 5], 0, ["§1.7.1.4"]),  # 2-4 was carried by the first alone
    ([3, 5], 1, ["§1.7.1.1"]),
    ([1, 5], 0, ["§1.7.1.4"]),
    ([2, 1, 1], 0, ["§1.7.1.1"]),  # 1, 2: reached once more
    ([10, 5, 5], 1, ["§1.7.1.7", "§1.7.1.2", "§1.7.1.5"]),  # 10, 15
]


@pytest.mark.parametrize(("points", "back", "standing"), CARRIED)
def test_only_what_the_points_carried_is_withdrawn(firm: Ladder, points: list[int], back: int, standing: list[str]) -> None:
    upheld = [uphold(firm, firm.branch, each, f"{10 + turn} 09:00:00") for turn, each in enumerate(points)]
    reopen(firm, upheld[back], "20 09:00:00")
    assert [clause for clause, *_rest in asked(unit=firm.region)] == standing


def test_the_area_is_withdrawn_with_the_region(firm: Ladder) -> None:
    uphold(firm, firm.branch, 5, "10 09:00:00")
    second = uphold(firm, firm.third, 5, "11 09:00:00")
    reopen(firm, second, "12 09:00:00")
    assert asked(unit=firm.area) == []
    assert asked(unit=firm.region) == [("§1.7.1.4", "R1", DIRECTOR)]


def test_a_branch_right_under_its_area(firm: Ladder) -> None:
    lone = unit("B9", "branch", firm.area)
    uphold(firm, lone, 10)
    assert asked() == [("§1.7.1.4", "A1", DIRECTOR)]
