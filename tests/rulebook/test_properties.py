"""What holds for every limit, at any instant and for any facts."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulebook.due import at, local_day
from rulebook.facts import Facts
from rulebook.limits import LIMITS
from tests.rulebook.moments import SHANGHAI

BEFORE_AN_APPOINTMENT = {"§4.3.2.2n"}  # the notice may be due before the clock starts
clauses = st.sampled_from(sorted(LIMITS))
days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
micros = st.integers(0, 24 * 3600 * 10**6 - 1)


def instant(day: date, micro: int) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(microseconds=micro)


@st.composite
def facts_after(draw: st.DrawFn, day: date) -> Facts:
    """Return facts as they can be on that day: times agreed, promised or paid lie on a later one."""
    later = st.integers(1, 5)
    ahead = draw(st.integers(0, 3))
    return Facts(
        pickup=draw(st.booleans()),
        placed_at=draw(st.none() | st.just(instant(day, draw(micros)))),
        ship_on=draw(st.none() | st.just(day + timedelta(days=ahead))),
        pickup_on=draw(st.none() | st.just(day + timedelta(days=draw(later)))),
        appointment=draw(st.none() | st.just(instant(day + timedelta(days=5), draw(micros)))),
        delivery_at=draw(st.none() | st.just(instant(day + timedelta(days=draw(later)), draw(micros)))),
        promised_at=instant(day + timedelta(days=draw(later)), draw(micros)),
        insurer_on=day + timedelta(days=draw(later)),
        cause=draw(st.sampled_from(["", "wetting", "packing"])),
        amount=draw(st.none() | st.decimals(0, 50_000, places=2)),
        declared_value=draw(st.none() | st.decimals(0, 50_000, places=2)),
    )


@settings(max_examples=600, deadline=None)
@given(st.data(), clauses, days, micros, micros)
def test_due_is_monotone_within_a_local_day(data: st.DataObject, clause: str, day: date, one: int, other: int) -> None:
    limit, facts = LIMITS[clause], data.draw(facts_after(day))
    early, late = (limit.due(limit.start(instant(day, m), facts), facts) for m in sorted((one, other)))
    if early is None or late is None:
        assert early is late is None
    else:
        assert early <= late


@settings(max_examples=600, deadline=None)
@given(st.data(), clauses, days, micros)
def test_a_clock_starts_at_its_fact_or_later_and_ends_after_it(
    data: st.DataObject, clause: str, day: date, micro: int
) -> None:
    limit, facts, moment = LIMITS[clause], data.draw(facts_after(day)), instant(day, micro)
    start = limit.start(moment, facts)
    due = limit.due(start, facts)
    assert start >= moment
    if clause not in BEFORE_AN_APPOINTMENT and due is not None:
        assert due > start


@settings(max_examples=200, deadline=None)
@given(st.data(), clauses, days, micros)
def test_starting_is_idempotent(data: st.DataObject, clause: str, day: date, micro: int) -> None:
    limit, facts = LIMITS[clause], data.draw(facts_after(day))
    start = limit.start(instant(day, micro), facts)
    assert limit.start(start, facts) == start


@settings(max_examples=200, deadline=None)
@given(st.data(), days, micros)
def test_the_zone_an_instant_is_written_in_does_not_matter(data: st.DataObject, day: date, micro: int) -> None:
    """All clock times are Asia/Shanghai, however an instant is written (§0.1)."""
    moment, facts = instant(day, micro), data.draw(facts_after(day))
    for limit in LIMITS.values():
        assert limit.due(at(moment) + (moment - at(moment)), facts) == limit.due(moment, facts)


@pytest.mark.parametrize("clause", sorted(c for c, limit in LIMITS.items() if limit.recurs))
@settings(max_examples=200, deadline=None)
@given(st.data(), days, micros)
def test_a_daily_duty_left_undone_falls_due_once_each_day(
    clause: str, data: st.DataObject, day: date, micro: int
) -> None:
    limit, facts = LIMITS[clause], Facts(accepted=True, branch=1)
    due = limit.due(instant(day, micro), facts)
    assert due is not None
    for _ in range(4):
        following = limit.due(limit.next_start(due, due, facts), facts)
        assert following is not None
        assert following - due == timedelta(days=1)
        due = following


@settings(max_examples=300, deadline=None)
@given(days, st.integers(1, 40))
def test_working_days_are_counted_one_by_one(day: date, count: int) -> None:
    """N working days end with the N-th working day after the day of the fact (§0.6)."""
    calendar = Facts().calendar
    found, left = day, count
    while left:
        found += timedelta(days=1)
        left -= calendar.is_workday(found)
    assert calendar.add_workdays(day, count) == found


def test_local_day_turns_at_local_midnight() -> None:
    """24:00 of a day is 00:00 of the next, in Shanghai (§0.1, §0.5)."""
    assert local_day(datetime.fromisoformat("2026-11-04T15:59:59.999999+00:00")) == date(2026, 11, 4)
    assert local_day(datetime.fromisoformat("2026-11-04T16:00:00+00:00")) == date(2026, 11, 5)
