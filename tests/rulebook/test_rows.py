"""What moves a clock: the columns of the handbook's tables, row by row."""

from datetime import timedelta

import pytest

from rulebook.clauses import CLAUSES, Kind
from rulebook.events import On
from rulebook.facts import Facts
from rulebook.limits import LIMITS, Holder
from rulebook.roles import Role
from tests.rulebook.moments import known, sh


def effects(clause: str, fact: On) -> set[str]:
    """Return what this fact does to a clock of this clause."""
    limit = LIMITS[clause]
    sets = {
        "starts": limit.starts_on,
        "meets": limit.met_by,
        "voids": limit.voided_by,
        "replaces": limit.replaced_by,
        "carries": limit.carried_by,
        "reopens": limit.reopened_by,
        "ends": limit.ends_on,
    }
    return {word for word, facts in sets.items() if fact in facts}


EFFECTS = [
    (On.ORDER_UNASSIGNED, {"§1.2.1.3": "starts"}),
    (On.ORDER_ASSIGNED, {"§1.2.1.3": "meets"}),
    (On.ORDER_REACHED_BRANCH, {"§1.2.1.1": "starts", "§1.2.2.a": "starts", "§1.2.2.c": "starts"}),
    (
        On.ORDER_ACCEPTED,
        {
            "§1.2.1.1": "meets",
            "§1.2.2.a": "meets",
            "§1.2.2.p": "starts replaces",
            "§1.4.4": "starts replaces",
        },
    ),
    (
        On.ORDER_REASSIGNED,
        {
            "§1.2.1.1": "replaces",
            "§1.2.2.a": "replaces",
            "§1.2.2.c": "replaces",
            "§1.2.2.p": "carries",
            "§1.4.4": "carries",
            "§1.3.1.1": "carries",
            "§1.3.1.2": "carries",
            "§1.3.1.2r": "carries",
            "§4.3.2.2n": "carries",
        },
    ),
    (
        On.ORDER_POSTPONED,
        {
            "§1.2.2.c": "meets",
            "§1.4.4": "meets",
            "§1.2.2.p": "starts replaces",
            "§1.3.1.1": "starts replaces",
            "§1.3.1.2": "starts replaces",
            "§1.3.1.2r": "replaces",
            "§4.3.2.2n": "starts replaces",
        },
    ),
    (
        On.ORDER_CANCELLED,
        {
            "§1.2.1.1": "voids",
            "§1.2.1.3": "voids",
            "§1.2.1.4r": "starts",
            "§1.2.2.a": "voids",
            "§1.2.2.c": "voids ends",
            "§1.2.2.p": "voids",
            "§1.4.4": "voids ends",
            "§1.3.1.1": "voids",
            "§1.3.1.2": "voids",
            "§1.3.1.2r": "voids",
            "§4.3.2.2n": "voids",
        },
    ),
    (On.CANCEL_REASON_RECORDED, {"§1.2.1.4r": "meets"}),
    (On.NOTE_PRINTED, {"§1.2.2.p": "meets"}),
    (On.TRACKING_NOTE_ADDED, {"§1.4.4": "meets"}),
    (On.WAYBILL_ISSUED, {"§1.4.4": "meets ends", "§1.2.2.c": "meets ends"}),
    (On.SHIPMENT_OPENED, {"§2.1.1.2": "starts"}),
    (On.SHIPMENT_FOLLOWED_UP, {"§2.1.1.2": "meets"}),
    (On.SHIPMENT_TO_FORWARD, {"§2.1.4.3": "starts"}),
    (On.SHIPMENT_NOT_TO_FORWARD, {"§1.3.3.1": "starts", "§1.3.3.1e": "starts", "§2.1.4.3": "voids"}),
    (On.SHIPMENT_LOADED_FOR_DELIVERY, {"§2.1.4.3": "voids"}),
    (
        On.ORDER_ACCEPTANCE_TAKEN_BACK,
        {"§1.2.1.1": "reopens", "§1.2.2.a": "reopens", "§1.2.2.p": "voids", "§1.4.4": "voids ends"},
    ),
    (
        On.ORDER_ASSIGNMENT_TAKEN_BACK,
        {"§1.2.1.3": "reopens", "§1.2.1.1": "replaces", "§1.2.2.a": "replaces", "§1.2.2.c": "replaces ends"},
    ),
    (On.PICKUP_TIME_INVALID, {"§1.3.1.2r": "starts"}),
    (
        On.PICKUP_APPOINTED,
        {
            "§1.3.1.1": "starts replaces",
            "§1.3.1.2": "starts replaces",
            "§4.3.2.2n": "starts replaces",
            "§1.3.1.2r": "meets",
            "§1.2.2.c": "starts replaces",
            "§1.4.4": "starts replaces",
        },
    ),
    (On.PICKUP_RESCHEDULED_LATE, {"§1.3.1.2r": "meets"}),
    (On.PICKUP_NOTICE_GIVEN, {"§4.3.2.2n": "meets"}),
    (On.PICKUP_COLLECTED, {"§1.3.1.1": "meets", "§1.3.1.2": "meets", "§1.3.1.2r": "voids"}),
    (
        On.PICKUP_CANCELLED,
        {"§1.3.1.1": "voids", "§1.3.1.2": "voids", "§1.3.1.2r": "voids", "§4.3.2.2n": "voids", "§1.2.2.p": "voids"},
    ),
    (On.PICKUP_FAILED, {}),
    (On.PICKUP_DISPATCHED, {}),
    (On.ORDER_RESUMED, {}),
    (On.ORDER_CONTACTED, {}),
    (
        On.SHIPMENT_FORWARDED,
        {"§1.3.2.1": "starts meets", "§1.3.3.1": "voids", "§1.3.3.1e": "voids", "§2.1.4.3": "meets"},
    ),
    (On.SHIPMENT_OFFERED_FOR_PICKUP, {"§1.3.3.1": "voids", "§1.3.3.1e": "voids", "§2.1.4.3": "voids"}),
    (On.DELIVERY_TIME_AGREED, {"§1.3.3.1": "starts replaces", "§1.3.3.1e": "starts replaces"}),
    (
        On.SHIPMENT_SIGNED,
        {
            "§1.3.2.1": "meets ends",
            "§1.3.2.2": "starts meets",
            "§1.3.3.1": "meets",
            "§1.3.3.1e": "meets",
            "§1.3.3.3": "meets",
            "§2.1.1.2": "meets ends",
            "§2.1.3.5": "starts",
            "§2.1.4.3": "voids",
        },
    ),
    (On.SHIPMENT_WAITING_ON_SITE, {"§1.3.3.3": "starts"}),
    (On.DELIVERY_ATTEMPT_FAILED, {"§1.3.3.3": "meets"}),
    (On.COMPLAINT_RESULT_TOLD, {"§1.6.1.1": "meets", "§1.6.1.2": "meets", "§1.6.1.4": "meets", "§4.4.6": "meets"}),
    (On.COMPLAINT_INTERIM_ANSWERED, {"§4.4.6": "meets"}),
    (On.INSURER_DATE_RECORDED, {"§1.6.1.1": "starts replaces"}),
]


@pytest.mark.parametrize(("fact", "expected"), EFFECTS)
def test_what_a_fact_does(fact: On, expected: dict[str, str]) -> None:
    found = {clause: effects(clause, fact) for clause in LIMITS if effects(clause, fact)}
    assert found == {clause: set(words.split()) for clause, words in expected.items()}


APPLIES = [
    ("§1.2.2.p", {"accepted": True, "pickup": True}, True),
    ("§1.2.2.p", {"accepted": True, "pickup": False}, False),  # drop-off has no clock
    ("§1.2.2.p", {"accepted": True, "pickup": True, "printed": True}, False),
    ("§1.2.2.p", {"pickup": True}, False),
    ("§1.4.4", {"accepted": True}, True),
    ("§1.4.4", {}, False),
    ("§1.2.2.c", {"branch": 7}, True),
    ("§1.2.2.c", {}, False),
    ("§1.3.1.1", {"pickup": True}, True),
    ("§1.3.1.1", {"pickup": False}, False),
    ("§1.3.1.1", {"pickup": True, "collected": True}, False),
    ("§1.3.1.1", {"pickup": True, "appointment": "2026-11-04 17:59:59.999999"}, False),
    ("§1.3.1.1", {"pickup": True, "appointment": "2026-11-04 18:00"}, True),  # invalid: §1.3.1.1 runs
    ("§1.3.1.1", {"pickup": True, "appointment": "2026-11-04 08:59:59.999999"}, True),
    ("§1.3.1.2", {"pickup": True, "appointment": "2026-11-04 09:00"}, True),
    ("§1.3.1.2", {"pickup": True, "appointment": "2026-11-04 18:00"}, False),
    ("§1.3.1.2", {"pickup": True, "appointment": "2026-11-04 10:00", "ship_on": "2026-11-05"}, False),
    ("§1.3.1.2", {"pickup": True, "appointment": "2026-11-05 10:00", "ship_on": "2026-11-05"}, True),
    ("§1.3.2.2", {"forwarded": True}, True),
    ("§1.3.2.2", {}, False),
    ("§1.3.3.1", {"door": True}, True),
    ("§1.3.3.1", {}, False),
    ("§1.3.3.1e", {"door": True, "forwarded": True}, False),
    ("§2.1.1.2", {"key_customer": True}, True),
    ("§2.1.1.2", {}, False),
    ("§2.1.3.5", {"key_customer": True, "slip": True}, True),
    ("§2.1.3.5", {"slip": True}, False),
    ("§2.1.4.3", {"key_customer": True}, False),
    ("§2.1.4.3", {"key_customer": True, "to_forward": True}, True),
    ("§2.1.4.3", {"to_forward": True}, False),
    ("§1.3.3.1", {"door": True, "key_customer": True, "to_forward": True}, False),  # §2.1.4.3 instead
    ("§1.3.3.1", {"door": True, "to_forward": True}, True),
    ("§2.1.1.3", {"key_customer": True}, True),
    ("§2.1.1.3", {}, False),
    ("§1.6.1.1", {"category": "damage_loss"}, True),
    ("§1.6.1.1", {"category": "damage_loss", "internal": True}, False),
    ("§1.6.1.2", {"category": "late_pickup"}, True),
    ("§1.6.1.2", {"category": "other"}, False),
    ("§1.6.1.4", {"category": "other"}, True),
    ("§4.4.1", {"category": "attitude"}, True),
    ("§4.4.1", {"category": "overcharge"}, False),
    ("§2.2.1", {"category": "attitude"}, False),
    ("§2.2.1", {"category": "attitude", "key_customer": True}, True),
    # §4.4.6 only where §1.6.1 allows longer than 3 calendar days: Monday + 3 working days does not, Friday does
    ("§4.4.6", {"category": "overcharge", "filed_at": "2026-11-23 09:00"}, False),
    ("§4.4.6", {"category": "overcharge", "filed_at": "2026-11-27 09:00"}, True),
    ("§4.4.6", {"category": "other", "filed_at": "2026-11-23 09:00"}, True),
    ("§4.4.6", {"category": "damage_loss", "cause": "wetting", "filed_at": "2026-11-23 09:00"}, True),
    ("§4.4.6", {"category": "other", "internal": True}, False),
]


@pytest.mark.parametrize(("clause", "values", "expected"), APPLIES)
def test_where_a_limit_applies(clause: str, values: dict[str, object], expected: bool) -> None:
    assert LIMITS[clause].applies(known(**values)) is expected


STEPS = {
    "§1.2.1.1": [("warn", 5, "09:05"), ("warn", 8, "09:08"), ("due", 10, "09:10"), ("second", 15, "09:15")],
    "§1.2.1.3": [("warn", 5, "09:05"), ("warn", 8, "09:08"), ("due", 10, "09:10")],
    "§1.2.2.p": [("warn", 20, "09:20"), ("due", 30, "09:30")],
    "§1.3.1.1": [("warn", 90, "10:30"), ("warn", 105, "10:45"), ("due", 120, "11:00")],
}


@pytest.mark.parametrize("clause", sorted(STEPS))
def test_steps(clause: str) -> None:
    start, limit = sh("2026-11-04 09:00"), LIMITS[clause]
    due = limit.due(start, Facts())
    assert due is not None
    found = [(row.kind, (instant - start) // timedelta(minutes=1)) for row, instant in limit.instants(start, due)]
    assert found == [(kind, minutes) for kind, minutes, _ in STEPS[clause]]
    assert [at for _, at in limit.instants(start, due)] == [sh(f"2026-11-04 {clock}") for *_, clock in STEPS[clause]]


def test_the_second_step_of_acceptance_is_the_regional_managers() -> None:
    due, second = LIMITS["§1.2.1.1"].steps[-2:]
    assert (due.clause, due.answers) == ("§1.2.1.1", Role.BRANCH_MANAGER)
    assert (second.clause, second.answers) == ("§1.2.1.1b", Role.REGIONAL_MANAGER)


def test_a_warning_before_the_start_is_left_out() -> None:
    limit, start = LIMITS["§1.2.2.a"], sh("2026-11-04 22:30")
    assert [row.kind for row, _ in limit.instants(start, sh("2026-11-04 23:00"))] == ["due"]


@pytest.mark.parametrize("limit", LIMITS.values(), ids=lambda limit: limit.clause)
def test_every_row_is_whole(limit) -> None:
    assert [row.kind for row in limit.steps].count("due") == 1
    assert {row.clause for row in limit.steps} <= set(CLAUSES)
    assert all(row.offset < timedelta() for row in limit.steps if row.kind == "warn")
    assert all(row.offset > timedelta() for row in limit.steps if row.kind == "second")
    assert limit.starts_on
    assert limit.met_by
    assert limit.zh
    assert limit.en
    assert bool(limit.ends_on) == limit.recurs
    assert limit.follows <= set(LIMITS)
    assert limit.counts_from_start <= limit.met_by
    assert not limit.only_later or limit.starts_on & limit.replaced_by


@pytest.mark.parametrize("limit", LIMITS.values(), ids=lambda limit: limit.clause)
def test_a_moved_start_says_why(limit) -> None:
    moves = limit.start(sh("2026-11-04 02:00"), known(ship_on="2026-11-06", pickup=True)) != sh("2026-11-04 02:00")
    assert not moves or all(limit.moved_start)


def test_limits_and_clauses_agree() -> None:
    steps = {row.clause for limit in LIMITS.values() for row in limit.steps}
    assert {clause.id for clause in CLAUSES.values() if clause.kind == Kind.LIMIT} == set(LIMITS) | steps


def test_judged_by_entry() -> None:
    assert {c for c, limit in LIMITS.items() if limit.judged_by == "recorded_at"} == {"§1.3.2.2"}
    assert {c for c, limit in LIMITS.items() if limit.judged_by == "captured_at"} == {"§1.3.3.1e"}


def test_daily_duties() -> None:
    assert {c for c, limit in LIMITS.items() if limit.recurs} == {"§1.2.2.c", "§1.4.4", "§1.3.2.1", "§2.1.1.2"}


def test_the_call_centre_holds_assignment() -> None:
    held = {c for c, limit in LIMITS.items() if limit.holder == Holder.CALL_CENTRE}
    assert held == {"§1.2.1.3", "§4.3.1.2", "§4.3.1.3"}


NEXT = [  # clause, closed at, due, facts, next clock starts, next due
    ("§1.2.2.c", "2026-11-04 24:00", "2026-11-04 24:00", {}, "2026-11-05 00:00", "2026-11-05 24:00"),
    (
        "§1.2.2.c",
        "2026-11-04 15:00",
        "2026-11-04 24:00",
        {"ship_on": "2026-11-06"},
        "2026-11-06 09:00",
        "2026-11-06 24:00",
    ),
    (
        "§1.2.2.c",
        "2026-11-04 15:00",
        "2026-11-07 24:00",
        {"ship_on": "2026-11-05"},
        "2026-11-05 09:00",
        "2026-11-05 24:00",
    ),
    (
        "§1.4.4",
        "2026-11-04 15:00",
        "2026-11-04 23:00",
        {"ship_on": "2026-11-04"},
        "2026-11-05 00:00",
        "2026-11-05 23:00",
    ),
    ("§1.4.4", "2026-11-04 23:30", "2026-11-05 23:00", {}, "2026-11-06 00:00", "2026-11-06 23:00"),
    ("§1.4.4", "2026-12-31 23:00", "2026-12-31 23:00", {}, "2027-01-01 00:00", "2027-01-01 23:00"),
    ("§1.3.2.1", "2028-02-28 24:00", "2028-02-28 24:00", {}, "2028-02-29 00:00", "2028-02-29 24:00"),
    ("§2.1.1.2", "2026-11-30 10:00", "2026-11-30 24:00", {}, "2026-12-01 00:00", "2026-12-01 24:00"),
]


@pytest.mark.parametrize(("clause", "closed", "due", "values", "start", "next_due"), NEXT)
def test_the_next_day_of_a_daily_duty(
    clause: str, closed: str, due: str, values: dict[str, object], start: str, next_due: str
) -> None:
    limit, facts = LIMITS[clause], known(**values)
    following = limit.next_start(sh(closed), sh(due), facts)
    assert following == sh(start)
    assert limit.due(following, facts) == sh(next_due)
