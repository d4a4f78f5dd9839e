"""Every limit at its borders, under every server time zone (§0.1)."""

import time
from collections.abc import Iterator

import pytest

from rulebook.facts import Facts
from rulebook.limits import LIMITS
from tests.rulebook.borders import answers, complaints, delivery, orders, pickup
from tests.rulebook.moments import known, sh

CASES = [*orders.CASES, *pickup.CASES, *delivery.CASES, *complaints.CASES, *answers.CASES]


@pytest.fixture(params=["UTC", "Asia/Shanghai", "America/Los_Angeles"])
def server_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("server_zone")
@pytest.mark.parametrize("clause", sorted(LIMITS))
def test_due(clause: str) -> None:
    limit = LIMITS[clause]
    wrong = []
    for _, moment, due, values in (case for case in CASES if case[0] == clause):
        facts = known(**values)
        found = limit.due(limit.start(sh(moment), facts), facts)
        if found != sh(due):
            wrong.append(f"{moment} {values}: {found} instead of {due}")
    assert wrong == []


def test_every_limit_has_its_borders() -> None:
    assert {clause for clause, *_ in CASES} == set(LIMITS)


@pytest.mark.parametrize(("clause", "moment", "due", "values"), CASES)
def test_the_explanation_ends_at_the_due_time(clause: str, moment: str, due: str, values: dict[str, object]) -> None:
    reckoning = LIMITS[clause].explain(sh(moment), known(**values))
    assert reckoning.due == sh(due)
    assert reckoning.stages[-1].at == sh(due)
    assert all(stage.zh and stage.en for stage in reckoning.stages)


UNKNOWN = [
    ("§1.3.1.2", {"pickup": True}),
    ("§1.6.1.1", {"category": "damage_loss", "cause": "vehicle_accident"}),
    ("§1.6.1.1", {"category": "damage_loss", "cause": "wetting", "amount": "20000"}),
    ("§4.3.2.5", {}),
]


@pytest.mark.parametrize(("clause", "values"), UNKNOWN)
def test_a_due_time_is_open_while_its_fact_is_unknown(clause: str, values: dict[str, object]) -> None:
    facts: Facts = known(**values)
    assert LIMITS[clause].due(sh("2026-11-04 09:00"), facts) is None


PROVISIONAL = [
    ("§1.6.1.2", "2026-12-31 09:00", True),
    ("§1.6.1.2", "2026-12-28 09:00", False),
    ("§1.6.1.4", "2026-12-23 09:00", True),
    ("§2.1.3.5", "2026-12-31 09:00", False),  # calendar days need no calendar
]


@pytest.mark.parametrize(("clause", "moment", "provisional"), PROVISIONAL)
def test_a_year_not_yet_published_is_provisional(clause: str, moment: str, provisional: bool) -> None:
    reckoning = LIMITS[clause].explain(sh(moment), known())
    assert reckoning.provisional is provisional
    assert any("暂按法定节假日推算" in stage.zh for stage in reckoning.stages) is provisional
