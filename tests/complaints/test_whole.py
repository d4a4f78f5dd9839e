"""A complaint from the filing to the end: states, clocks, facts, and what other developers read of them."""

import pytest

from complaints import services
from complaints.models import Complaint, Ruling, Saying
from core.models import Entry
from orders.numbers import is_valid
from rulebook.errors import Conflict, Denied, Refused
from sla.models import Deadline
from sla.services import tick
from tests.complaints.cases import Desk, clock, clocks, filed, taken, told, upheld, uphold
from tests.factories import contract, sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db) -> Desk:
    return Desk()


def fact(complaint: Complaint, name: str) -> Entry:
    return Entry.objects.filter(subject=complaint.subject, name=name).latest("pk")


def test_filed_taken_upheld_told_answered_closed(desk):
    order = desk.order()
    complaint = filed(desk, order=order, category="late_pickup", text="约好九点没来")
    assert (complaint.state, complaint.branch, complaint.filer) == ("filed", desk.branch, "call_centre")
    assert complaint.number.startswith("T261123")
    assert is_valid(complaint.number[1:])
    assert complaint.contact_phone == "13800138000"
    assert clock(complaint, "§1.6.1.2") == [("open", sh("27 00:00:00"))]
    assert {each.holder for each in Deadline.objects.filter(subject=complaint.subject)} == {desk.department}
    services.take(pk=complaint.pk, clerk=desk.officer, now=sh("23 10:00:00"))
    services.note(pk=complaint.pk, clerk=desk.manager, text="司机堵车", now=sh("23 10:10:00"))
    services.propose(pk=complaint.pk, clerk=desk.officer, text="建议成立，记 2 分", now=sh("23 10:30:00"))
    uphold(desk, complaint, point_code="delay")
    assert clock(complaint, "§1.6.1.2") == [("open", sh("27 00:00:00"))]  # upheld is not told
    told(desk, complaint)
    assert clock(complaint, "§1.6.1.2") == [("met", sh("27 00:00:00"))]
    seen = Complaint.objects.filter(pk=complaint.pk)
    services.answer(seen=seen, answer="yes", by=desk.agent.actor, who="客户", now=sh("23 13:00:00"))
    ended = services.close(pk=complaint.pk, clerk=desk.officer, now=sh("23 14:00:00"))
    assert (ended.state, ended.answer, ended.closed_at) == ("closed", "yes", sh("23 14:00:00"))
    names = list(Entry.objects.filter(subject=complaint.subject).order_by("pk").values_list("name", flat=True))
    assert [name for name in names if name.startswith("complaint")] == [
        "complaint_filed", "complaint_taken", "complaint_noted", "complaint_proposed", "complaint_upheld",
        "complaint_result_told", "complaint_answered", "complaint_closed",
    ]  # fmt: skip
    assert Saying.objects.get(name="complaint_noted").text == "司机堵车"
    assert "司机堵车" not in str(list(Entry.objects.values_list("data", flat=True)))


def test_the_fact_of_an_upheld_complaint_says_what_points_and_fines_need(desk):
    contract(desk)
    order = desk.order()
    first = filed(desk, order=order, category="overcharge", text="多收")
    services.take(pk=first.pk, clerk=desk.officer, now=sh("23 09:30:00"))
    complaint = filed(desk, order=order, at="23 09:40:00", category="overcharge", text="又多收", amount="120.50", serious=True)
    services.take(pk=complaint.pk, clerk=desk.officer, now=sh("23 10:00:00"))
    findings = {"overcharge": {"person": desk.clerk.number}, "loss": {"loss": "120.5"}, "repeated": {}}
    uphold(desk, complaint, point_code="pricing_error", points=3, person=desk.clerk.number, findings=findings)
    entry = fact(complaint, "complaint_upheld")
    assert (entry.subject, entry.order_number) == (f"complaint/{complaint.pk}", order.number)
    assert {key: value for key, value in entry.data.items() if key not in ("cause", "insurer_on", "interim")} == {
        "complaint": complaint.pk, "round": 1, "category": "overcharge", "internal": False, "key_customer": True,
        "branch": desk.branch.pk, "person": desk.clerk.pk, "point_code": "pricing_error", "points": 3,
        "findings": {"overcharge": {"person": desk.clerk.pk}, "loss": {"loss": "120.50"}, "repeated": {}},
        "repeated": True, "serious": True, "filed_at": sh("23 09:40:00").isoformat(), "amount": "120.50", "declared_value": "0.00",
    }  # fmt: skip


def test_the_fact_of_a_reopening_names_the_round_that_ended(desk):
    complaint = told(desk, upheld(desk))
    again = services.reopen(pk=complaint.pk, clerk=desk.officer, text="客户补充证据", now=sh("24 09:00:00"))
    assert (again.state, again.round, again.told_at, again.repeated) == ("investigating", 2, None, True)
    assert {key: fact(complaint, "complaint_reopened").data[key] for key in ("complaint", "round", "was")} == {
        "complaint": complaint.pk, "round": 1, "was": "upheld",
    }  # fmt: skip
    assert clock(complaint, "§1.6.1.4") == [("met", sh("2026-12-03 00:00:00")), ("open", sh("2026-12-04 00:00:00"))]
    services.dismiss(pk=complaint.pk, clerk=desk.officer, reason="证据不足", now=sh("24 10:00:00"))
    assert list(Ruling.objects.order_by("round").values_list("round", "upheld")) == [(1, True), (2, False)]
    services.reopen(pk=complaint.pk, clerk=desk.officer, text="再查", now=sh("24 11:00:00"))
    assert [fact(complaint, "complaint_reopened").data[key] for key in ("round", "was")] == [2, "dismissed"]


def test_a_decision_taken_back_before_it_is_told_gives_no_more_time(desk):
    complaint = upheld(desk)
    services.reopen(pk=complaint.pk, clerk=desk.officer, text="裁定有误", now=sh("24 09:00:00"))
    assert clock(complaint, "§1.6.1.4") == [("open", sh("2026-12-03 00:00:00"))]


def test_an_internal_complaint_has_no_clock_no_points_and_is_the_quality_centres(desk):
    complaint = filed(desk, clerk=desk.manager, internal=True, category="attitude", contact_phone="", branch="B2")
    assert clocks(complaint) == []
    with pytest.raises(Denied, match="品管中心"):
        services.take(pk=complaint.pk, clerk=desk.officer, now=sh("23 10:00:00"))
    services.take(pk=complaint.pk, clerk=desk.quality, now=sh("23 10:00:00"))
    act = {"pk": complaint.pk, "clerk": desk.quality, "branch": "B2", "reason": "属实", "now": sh("23 11:00:00")}
    with pytest.raises(Refused, match="内部投诉不记分"):
        services.uphold(**act, point_code="attitude", points=5)
    ruled = services.uphold(**act)
    assert (ruled.ruling.points, fact(complaint, "complaint_upheld").data["points"]) == (0, 0)
    assert clocks(complaint) == []
    ended = services.close(pk=complaint.pk, clerk=desk.quality, text="已通报", now=sh("23 12:00:00"))
    assert ended.state == "closed"


def test_a_complaint_without_an_order_is_announced_like_any_other(desk):
    complaint = taken(desk, category="attitude")
    tick(now=sh("27 00:00:01"))
    breach = Entry.objects.get(subject=complaint.subject, name="deadline_breached")
    assert (breach.order_number, breach.data["clause"], breach.data["unit"]) == ("", "§1.6.1.2", desk.department.pk)
    assert breach.data["person"] == desk.officer.pk


def test_decided_twice_the_second_is_told_who_was_first(desk):
    complaint = upheld(desk)
    with pytest.raises(Conflict) as lost:
        services.dismiss(pk=complaint.pk, clerk=desk.second_officer, reason="不成立", now=sh("23 11:00:01"))
    assert lost.value.winner.startswith(desk.officer.name)
    assert lost.value.at == sh("23 11:00:00")
    assert Ruling.objects.count() == 1
