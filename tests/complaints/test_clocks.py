"""Every category's limit through the real clocks, with due times counted by hand on the official calendar (§1.6.1, §4.4.6, §4.4.1, §2.2.1).

2026: 20 September (Sunday) and 10 October (Saturday) are worked, 1-7 October free; 25-27 September free (Mid-Autumn); 1-3 January 2026 free, Sunday 4 January worked.
"""

from datetime import date

import pytest

from complaints import services
from core.models import Entry
from rulebook.errors import Conflict, Refused
from rulebook.roles import Role
from sla.services import tick
from tests.complaints.cases import Desk, clock, clocks, filed, taken, told, upheld, uphold
from tests.factories import contract, post, sh

pytestmark = pytest.mark.django_db
THREE = ("overcharge", "order_refused", "late_pickup", "late_arrival", "attitude", "inspection_refused", "service_refused")
SERVICE, INTERIM, DAMAGE, OTHER = "§1.6.1.2", "§4.4.6", "§1.6.1.1", "§1.6.1.4"
BORDERS = [  # filed, the last instant in time by clause
    *(({"category": name}, "2026-11-23 09:00", {SERVICE: "2026-11-27 00:00"}) for name in THREE),
    ({"category": "attitude"}, "2026-11-23 23:59:59.999999", {SERVICE: "2026-11-27 00:00"}),
    ({"category": "attitude"}, "2026-11-24 00:00", {SERVICE: "2026-11-28 00:00"}),
    ({"category": "attitude"}, "2026-11-27 20:30", {SERVICE: "2026-12-03 00:00", INTERIM: "2026-12-01 00:00"}),  # over a weekend
    ({"category": "attitude"}, "2026-09-30 12:00", {SERVICE: "2026-10-11 00:00", INTERIM: "2026-10-04 00:00"}),  # over National Day
    ({"category": "other"}, "2026-11-23 09:00", {OTHER: "2026-12-03 00:00", INTERIM: "2026-11-27 00:00"}),
    ({"category": "other"}, "2026-09-18 09:00", {OTHER: "2026-09-30 00:00", INTERIM: "2026-09-22 00:00"}),
    ({"category": "damage_loss"}, "2026-11-23 09:00", {DAMAGE: "2026-12-15 00:00", INTERIM: "2026-11-27 00:00"}),
    ({"category": "damage_loss", "amount": "9999.99"}, "2026-11-23 09:00", {DAMAGE: "2026-12-15 00:00", INTERIM: "2026-11-27 00:00"}),
    ({"category": "damage_loss", "amount": "10000"}, "2026-11-23 09:00", {DAMAGE: "2027-01-06 00:00", INTERIM: "2026-11-27 00:00"}),
    ({"category": "damage_loss", "cause": "handling"}, "2026-11-23 09:00", {DAMAGE: "2026-12-15 00:00", INTERIM: "2026-11-27 00:00"}),
    ({"category": "damage_loss", "cause": "wetting"}, "2026-11-23 09:00", {DAMAGE: None, INTERIM: "2026-11-27 00:00"}),
    ({"category": "damage_loss", "cause": "vehicle_accident", "amount": "20000"}, "2026-11-23 09:00", {DAMAGE: None, INTERIM: "2026-11-27 00:00"}),
    ({"category": "damage_loss", "cause": "theft_en_route"}, "2026-11-23 09:00", {DAMAGE: None, INTERIM: "2026-11-27 00:00"}),
    ({"category": "claim_handling"}, "2026-11-23 09:00", {INTERIM: "2026-11-27 00:00"}),
]  # fmt: skip


@pytest.fixture
def desk(db) -> Desk:
    return Desk()


@pytest.mark.parametrize(("said", "at", "limits"), BORDERS)
def test_each_category_has_its_limit(desk, said, at, limits):
    complaint = filed(desk, at=at, **said)
    assert clocks(complaint) == [(clause, "open", sh(due) if due else None) for clause, due in sorted(limits.items())]


@pytest.mark.parametrize("said", [{"category": name} for name in ("attitude", "other", "damage_loss", "claim_handling")])
def test_internal_ones_have_none(desk, said):
    assert clocks(filed(desk, clerk=desk.quality, internal=True, contact_phone="", **said)) == []


@pytest.mark.parametrize(("at", "state"), [("27 00:00:00", "met"), ("27 00:00:00.000001", "breached")])
@pytest.mark.parametrize("verb", ["uphold", "dismiss"])
def test_told_in_time_or_too_late(desk, at, state, verb):
    complaint = taken(desk, category="overcharge")
    if verb == "uphold":
        uphold(desk, complaint)
    else:
        services.dismiss(pk=complaint.pk, clerk=desk.officer, reason="费用无误", now=sh("23 11:00:00"))
    told(desk, complaint, at)
    assert clock(complaint, SERVICE) == [(state, sh("27 00:00:00"))]


def test_a_late_telling_after_the_alarm_stays_breached_and_the_warning_comes_a_day_before(desk):
    complaint = upheld(desk, category="overcharge")
    for at, warned in (("26 00:00:00", 0), ("26 00:00:00.000001", 1)):
        tick(now=sh(at))
        assert Entry.objects.filter(name="deadline_warned").count() == warned
    tick(now=sh("27 00:00:00.000001"))
    assert clock(complaint, SERVICE) == [("breached", sh("27 00:00:00"))]
    told(desk, complaint, "27 09:00:00")
    assert clock(complaint, SERVICE) == [("breached", sh("27 00:00:00"))]


def test_another_category_replaces_the_limit_counted_from_the_filing(desk):
    complaint = taken(desk, category="other")
    services.recategorise(pk=complaint.pk, clerk=desk.officer, category="overcharge", now=sh("25 09:00:00"))
    assert clocks(complaint) == [
        (SERVICE, "open", sh("27 00:00:00")), (OTHER, "replaced", sh("2026-12-03 00:00:00")), (INTERIM, "replaced", sh("27 00:00:00")),
    ]  # fmt: skip
    with pytest.raises(Refused, match="没有变化"):
        services.recategorise(pk=complaint.pk, clerk=desk.officer, category="overcharge", now=sh("25 09:01:00"))


def test_a_larger_amount_doubles_the_days_and_an_unchanged_limit_runs_on(desk):
    complaint = taken(desk, category="damage_loss", amount="500")
    services.recategorise(pk=complaint.pk, clerk=desk.officer, category="damage_loss", amount=complaint.amount * 2, now=sh("24 09:00:00"))
    assert clock(complaint, DAMAGE) == [("open", sh("2026-12-15 00:00:00"))]
    services.recategorise(pk=complaint.pk, clerk=desk.officer, category="damage_loss", amount=complaint.amount * 20, now=sh("24 09:10:00"))
    assert clock(complaint, DAMAGE) == [("replaced", sh("2026-12-15 00:00:00")), ("open", sh("2027-01-06 00:00:00"))]
    assert clock(complaint, INTERIM) == [("open", sh("27 00:00:00"))]


def test_an_interim_answer_stands_whatever_the_category_becomes(desk):
    complaint = taken(desk, category="other")
    services.give_interim_answer(pk=complaint.pk, clerk=desk.officer, text="在查", until=date(2026, 12, 2), now=sh("27 00:00:00"))
    assert clock(complaint, INTERIM) == [("met", sh("27 00:00:00"))]
    services.recategorise(pk=complaint.pk, clerk=desk.officer, category="damage_loss", now=sh("28 09:00:00"))
    assert clock(complaint, INTERIM) == [("met", sh("27 00:00:00"))]


def test_no_interim_answer_by_the_third_day_is_on_record(desk):
    complaint = taken(desk, category="other")
    tick(now=sh("27 00:00:00.000001"))
    assert clock(complaint, INTERIM) == [("breached", sh("27 00:00:00"))]
    assert clock(complaint, OTHER) == [("open", sh("2026-12-03 00:00:00"))]


def test_the_insurers_date_is_the_limit_and_may_move(desk):
    complaint = taken(desk, category="damage_loss", cause="wetting")
    act = {"pk": complaint.pk, "clerk": desk.officer}
    with pytest.raises(Refused) as refusal:
        services.record_insurer_date(**act, insurer_on=date(2026, 11, 22), now=sh("24 09:00:00"))
    assert refusal.value.field == "insurer_on"
    services.record_insurer_date(**act, insurer_on=date(2026, 12, 31), now=sh("24 09:00:00"))
    services.record_insurer_date(**act, insurer_on=date(2027, 1, 5), now=sh("25 09:00:00"))
    known = [("replaced", sh("2027-01-01 00:00:00")), ("open", sh("2027-01-06 00:00:00"))]
    assert sorted(clock(complaint, DAMAGE), key=str) == sorted([*known, ("replaced", None)], key=str)
    told(desk, uphold(desk, complaint, "25 10:00:00"), "25 11:00:00")
    with pytest.raises(Conflict):
        services.record_insurer_date(**act, insurer_on=date(2027, 1, 8), now=sh("25 12:00:00"))
    assert [state for state, _due in clock(complaint, DAMAGE)].count("open") == 0


def test_only_what_the_insurer_pays_for_waits_for_its_date(desk):
    complaint = taken(desk, category="damage_loss", cause="packing")
    with pytest.raises(Refused, match="先更正损失原因"):
        services.record_insurer_date(pk=complaint.pk, clerk=desk.officer, insurer_on=date(2026, 12, 31), now=sh("24 09:00:00"))


@pytest.mark.parametrize(("at", "state"), [("25 00:00:00", "met"), ("25 00:00:00.000001", "breached")])
def test_the_apology_comes_within_a_day(desk, at, state):
    """§4.4.1: upheld on the 23rd: 24:00 of the 24th; held by the branch at fault."""
    complaint = upheld(desk, category="attitude", ruled={"point_code": "attitude", "person": desk.clerk.number})
    assert complaint.order is None
    services.record_apology(pk=complaint.pk, clerk=desk.manager, text="致歉", now=sh(at))
    assert clock(complaint, "§4.4.1") == [(state, sh("25 00:00:00"))]


def test_an_apology_made_in_time_and_recorded_late_counts(desk):
    complaint = upheld(desk, category="attitude", ruled={"point_code": "attitude", "person": desk.clerk.number})
    tick(now=sh("25 00:00:01"))
    services.record_apology(pk=complaint.pk, clerk=desk.manager, text="昨日已致歉", at=sh("24 20:00:00"), now=sh("25 09:00:00"))
    assert clock(complaint, "§4.4.1") == [("met", sh("25 00:00:00"))]


def test_a_reopening_voids_the_apology_that_was_owed(desk):
    complaint = upheld(desk, category="attitude", ruled={"point_code": "attitude", "person": desk.clerk.number})
    services.reopen(pk=complaint.pk, clerk=desk.officer, text="裁定有误", now=sh("24 09:00:00"))
    assert clock(complaint, "§4.4.1") == [("void", sh("25 00:00:00"))]


@pytest.mark.parametrize(("at", "state"), [("26 00:00:00", "met"), ("26 00:00:00.000001", "breached")])
def test_the_leader_visits_a_key_customer_and_reports_in_two_working_days(desk, at, state):
    """§2.2.1"""
    contract(desk)
    complaint = upheld(desk, order=desk.order(), category="attitude", ruled={"point_code": "attitude", "person": desk.clerk.number})
    act = {"pk": complaint.pk, "clerk": desk.manager}
    with pytest.raises(Refused, match="先登记上门拜访"):
        services.report_visit(**act, text="已拜访", now=sh("24 09:00:00"))
    with pytest.raises(Refused, match="直接领导"):
        services.record_visit(**act, person=post(Role.BRANCH_MANAGER, desk.third).number, text="拜访", now=sh("24 09:00:00"))
    services.record_visit(**act, text="上门", now=sh("24 10:00:00"))
    services.report_visit(**act, text="客户接受", now=sh(at))
    assert clock(complaint, "§2.2.1") == [(state, sh("26 00:00:00"))]
