"""Showing that what a tier asks for is done; naming who answers for a vacant post; editing the ladder (§1.7.1)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from network.models import Person, Post
from network.services import relieve
from penalties import services
from penalties.choices import Asked
from penalties.models import Ladder as LadderVersion
from penalties.models import TierAction, ladder_on
from rulebook.errors import Conflict, Denied, Refused
from rulebook.roles import Role
from rulebook.tiers import TIERS, Tier, overlapping
from tests.factories import sh
from tests.penalties.upheld import Ladder, uphold

NOW = sh("11 12:00:00")
CALL = {"call_with": "客服中心总经理", "called_at": sh("11 10:00:00"), "call_text": "说明了整改安排"}


@pytest.fixture
def firm(db: None) -> Ladder:
    return Ladder()


def asked(firm: Ladder, points: int, action: str) -> TierAction:
    uphold(firm, firm.branch, points, "10 09:00:00")
    return TierAction.objects.filter(action=action).order_by("pk").first()


def done(action: TierAction, clerk: Person, now: datetime = NOW, **said: Any) -> TierAction:
    return services.complete(pk=action.pk, clerk=clerk, now=now, **said)


LETTERS = [("整" * 299, False), ("整" * 300, True), ("整 \n　" * 299, False), ("整 \n　" * 300, True), ("", False), (" " * 400, False)]


@pytest.mark.parametrize(("text", "long_enough"), LETTERS)
def test_a_letter_has_300_characters(firm: Ladder, text: str, long_enough: bool) -> None:
    action = asked(firm, 2, "rectification_letter")
    if long_enough:
        assert done(action, firm.regional_manager, text=text).state == Asked.DONE
        return
    with pytest.raises(Refused) as refusal:
        done(action, firm.regional_manager, text=text)
    assert (refusal.value.clause, refusal.value.field) == ("§1.7.1.1", "text")


def test_a_letter_is_the_persons_own(firm: Ladder) -> None:
    action = asked(firm, 2, "rectification_letter")
    with pytest.raises(Denied):
        done(action, firm.director, text="整" * 300)
    with pytest.raises(TierAction.DoesNotExist):
        done(action, firm.other_manager, text="整" * 300)


def test_done_once(firm: Ladder) -> None:
    action = asked(firm, 2, "rectification_letter")
    done(action, firm.regional_manager, text="整" * 300)
    with pytest.raises(Conflict) as conflict:
        done(action, firm.regional_manager, text="改" * 300)
    assert conflict.value.winner == f"{firm.regional_manager.name}（{firm.regional_manager.number}）"


def test_a_director_explains_and_reports(firm: Ladder) -> None:
    action = asked(firm, 5, "explanation_and_report")
    for left_out in ("call_with", "called_at", "call_text", "text"):
        said = {**CALL, "text": "整改报告"} | {left_out: None}
        with pytest.raises(Refused) as refusal:
            done(action, firm.director, **said)
        assert refusal.value.field == left_out
    assert done(action, firm.director, **CALL, text="整改报告").call_with == "客服中心总经理"


@pytest.mark.parametrize(("called", "fine"), [("10 08:59:59", False), ("10 09:00:00", True), ("11 12:00:00", True), ("11 12:00:01", False)])
def test_the_call_lies_between_issue_and_now(firm: Ladder, called: str, fine: bool) -> None:
    action = asked(firm, 10, "explanation_to_deputy_gm")
    said = CALL | {"called_at": sh(called)}
    if fine:
        assert done(action, firm.gm, **said).state == Asked.DONE
    else:
        with pytest.raises(Refused):
            done(action, firm.gm, **said)


DAYS = [  # points, action, first, last, adds up
    (15, "suspension_1_day", "2026-11-12", "2026-11-12", True),
    (15, "suspension_1_day", "2026-11-12", "2026-11-13", False),
    (20, "suspension_3_days", "2026-11-12", "2026-11-14", True),
    (20, "suspension_3_days", "2026-11-12", "2026-11-13", False),
    (20, "suspension_3_days", "2026-11-30", "2026-12-02", True),
    (20, "suspension_3_days", "2026-11-14", "2026-11-12", False),
]


@pytest.mark.parametrize(("points", "action", "first", "last", "adds_up"), DAYS)
def test_days_of_suspension(firm: Ladder, points: int, action: str, first: str, last: str, adds_up: bool) -> None:
    said = {"starts_on": date.fromisoformat(first), "ends_on": date.fromisoformat(last)}
    row = asked(firm, points, action)
    if adds_up:
        assert done(row, firm.officer, **said).state == Asked.DONE
    else:
        with pytest.raises(Refused):
            done(row, firm.officer, **said)


def test_nobody_suspends_or_demotes_himself(firm: Ladder) -> None:
    action = asked(firm, 20, "demotion")
    said = {"before": "区域经理", "after": "营业部经理", "starts_on": date(2026, 11, 15)}
    with pytest.raises(Denied):
        done(action, firm.regional_manager, **said)
    with pytest.raises(Refused):
        done(action, firm.officer, **(said | {"after": "区域经理"}))
    assert done(action, firm.officer, **said).after == "营业部经理"


def test_the_department_names_who_answers_for_a_vacant_post(firm: Ladder) -> None:
    relieve(Post.objects.get(person=firm.regional_manager, until=None), now=sh("09 00:00:00"))
    action = asked(firm, 2, "rectification_letter")
    with pytest.raises(Denied):
        services.name_person(pk=action.pk, clerk=firm.director, number=firm.director.number, now=NOW)
    with pytest.raises(Refused):
        services.name_person(pk=action.pk, clerk=firm.officer, number="none", now=NOW)
    assert services.name_person(pk=action.pk, clerk=firm.officer, number=firm.manager.number, now=NOW).person == firm.manager
    with pytest.raises(Conflict):
        services.name_person(pk=action.pk, clerk=firm.officer, number=firm.clerk.number, now=NOW)
    assert done(action, firm.manager, text="整" * 300).state == Asked.DONE


# The ladder and its versions.

LETTER = Tier("§1.7.1.1", Role.REGIONAL_MANAGER, "region", 2, 5, "rectification_letter", 3)
OVERLAPS = [  # low, below of two tiers of one post and scope; they overlap
    ((2, 5), (5, 9), False), ((2, 6), (5, 9), True), ((2, None), (20, 25), True), ((20, None), (2, 20), False),
    ((2, 9), (3, 4), True), ((2, 5), (2, 5), True),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "overlap"), OVERLAPS)
def test_overlaps(one: tuple[int, int | None], other: tuple[int, int | None], overlap: bool) -> None:
    rows = [Tier("§1.7.1.1", Role.REGIONAL_MANAGER, "region", *each, "rectification_letter", 3) for each in (one, other)]
    assert (overlapping(rows) is not None) is overlap
    apart = Tier("§1.7.1.1", Role.AREA_DIRECTOR, "region", *other, "rectification_letter", 3)
    assert overlapping([rows[0], apart]) is None


def test_the_handbooks_own_tiers_do_not_overlap() -> None:
    assert overlapping(TIERS) is None


def write(firm: Ladder, *rows: Tier, since: date = date(2026, 11, 12), clerk: Person | None = None) -> LadderVersion:
    return services.write_ladder(rows=rows, valid_from=since, note="", clerk=clerk or firm.officer, now=NOW)


def test_a_version_holds_from_its_day(firm: Ladder) -> None:
    assert ladder_on(date(2026, 11, 11)) == list(TIERS)
    write(firm, LETTER)
    assert ladder_on(date(2026, 11, 11)) == list(TIERS)
    assert [(row.clause, row.low, row.below, row.workdays) for row in ladder_on(date(2026, 11, 12))] == [("§1.7.1.1", 2, 5, 3)]
    uphold(firm, firm.branch, 5, "12 00:00:00")
    assert TierAction.objects.count() == 0
    uphold(firm, firm.third, 5, "11 23:59:59")
    assert [each.clause for each in TierAction.objects.all()] == ["§1.7.1.4", "§1.7.1.4"]  # R2, and the area with 10


REFUSED = [
    ([], "rows"),
    ([Tier("§1.7.1.1", Role.REGIONAL_MANAGER, "region", 0, 5, "rectification_letter", 3)], "rows"),
    ([Tier("§1.7.1.1", Role.REGIONAL_MANAGER, "region", 5, 5, "rectification_letter", 3)], "rows"),
    ([Tier("§1.7.1.1", Role.REGIONAL_MANAGER, "region", 5, 10_000, "rectification_letter", 3)], "rows"),
    ([Tier("§1.7.2.1", Role.REGIONAL_MANAGER, "region", 2, 5, "rectification_letter", 3)], "rows"),
    ([Tier("§1.7.1.1", Role.REGIONAL_MANAGER, "region", 2, 5, "key_rectification_form", 3)], "rows"),
    ([Tier("§1.7.1.1", Role.REGIONAL_MANAGER, "region", 2, 5, "rectification_letter", 0)], "rows"),
    ([LETTER, Tier("§1.7.1.2", Role.REGIONAL_MANAGER, "region", 4, 9, "suspension_1_day", 3)], "rows"),
    ([LETTER, Tier("§1.7.1.1", Role.REGIONAL_MANAGER, "region", 5, 9, "suspension_1_day", 3)], "rows"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "field"), REFUSED)
def test_what_a_version_cannot_say(firm: Ladder, rows: list[Tier], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        write(firm, *rows)
    assert refusal.value.field == field
    assert LadderVersion.objects.count() == 0


def test_no_version_from_today_nor_twice_nor_by_others(firm: Ladder) -> None:
    with pytest.raises(Refused):
        write(firm, LETTER, since=date(2026, 11, 11))
    with pytest.raises(Denied):
        write(firm, LETTER, clerk=firm.regional_manager)
    write(firm, LETTER)
    with pytest.raises(Conflict):
        write(firm, LETTER)


def test_a_preview_says_what_would_change(firm: Ladder) -> None:
    uphold(firm, firm.branch, 5, "10 09:00:00")  # §1.7.1.4: the director
    raised = Tier("§1.7.1.1", Role.REGIONAL_MANAGER, "region", 2, 6, "rectification_letter", 3)
    found = services.preview([raised], month=date(2026, 11, 1))
    assert [(each.unit.code, each.tier.clause, each.person, each.added) for each in found] == [
        ("R1", "§1.7.1.1", "杭州区域区域经理", True), ("R1", "§1.7.1.4", "浙江大区大区总监", False),
    ]  # fmt: skip
    assert services.preview(TIERS, month=date(2026, 11, 1)) == []
    assert TierAction.objects.count() == 1
