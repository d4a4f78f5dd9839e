"""Two adjudications that commit together cross a tier once (§1.7.1); without lock and constraint they would issue it twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection, connections

from network.models import Unit
from penalties.models import PointEntry, TierAction
from penalties.services import points, tiers
from tests.penalties.upheld import Ladder, uphold

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def firm(transactional_db: None) -> Ladder:
    return Ladder()


def at_once(firm: Ladder, monkeypatch: pytest.MonkeyPatch, *branches: Unit) -> None:
    """Uphold one complaint of a point about each branch; none tests the sums before all have credited theirs, if nothing holds it up."""
    credited, real = Barrier(len(branches)), tiers.issue

    def issue(*args: Any, **options: Any) -> Any:
        with suppress(BrokenBarrierError):
            credited.wait(timeout=2)
        return real(*args, **options)

    monkeypatch.setattr(tiers, "issue", issue)

    def one(turn: int) -> None:
        try:
            uphold(firm, branches[turn], 1, "11 09:00:00", complaint=turn + 1)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(branches)) as pool:
        list(pool.map(one, range(len(branches))))


@contextmanager
def without_the_constraint() -> Iterator[None]:
    rule = next(c for c in TierAction._meta.constraints if c.name == "a_tier_once_a_month_person_and_unit")
    with connection.schema_editor() as editor:
        editor.remove_constraint(TierAction, rule)
    try:
        yield
    finally:
        TierAction.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(TierAction, rule)


def test_two_that_cross_together_issue_once(firm: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    uphold(firm, firm.branch, 1, "10 09:00:00")
    at_once(firm, monkeypatch, firm.branch, firm.second)
    assert PointEntry.objects.total() == 3
    assert [(each.clause, each.points) for each in TierAction.objects.all()] == [("§1.7.1.1", 2)]


def test_two_regions_cross_the_tier_of_their_area_together(firm: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    uphold(firm, firm.branch, 4, "10 09:00:00")
    uphold(firm, firm.third, 4, "10 09:00:00")
    at_once(firm, monkeypatch, firm.branch, firm.third)
    assert [(each.clause, each.points) for each in TierAction.objects.filter(unit=firm.area)] == [("§1.7.1.4", 10)]


def test_the_control_issues_twice(firm: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    uphold(firm, firm.branch, 1, "10 09:00:00")
    monkeypatch.setattr(points, "lock_months", lambda units, month: None)
    with without_the_constraint():
        at_once(firm, monkeypatch, firm.branch, firm.second)
        assert [(each.clause, each.points) for each in TierAction.objects.all()] == [("§1.7.1.1", 2), ("§1.7.1.1", 2)]
