"""What an adjudication may and may not say (§1.6.2, §4.4.4), and what is made good after it (§4.4.1 to §4.4.5)."""

from decimal import Decimal
from typing import Any

import pytest

from complaints import services
from complaints.models import Complaint, Redress, Ruling
from core.models import Entry
from rulebook.errors import Conflict, Refused
from tests.complaints.cases import Desk, filed, taken, told, upheld, uphold
from tests.factories import contract, sh

pytestmark = pytest.mark.django_db
RANGES = [  # §1.6.2
    ("label_error", 1, 1), ("broken_promise", 2, 2), ("irregular_pickup_papers", 3, 5), ("false_sign_off", 5, 5), ("billing_error", 2, 2),
    ("handover_error", 2, 2), ("pricing_error", 1, 3), ("delay", 2, 2), ("sign_slip_error", 1, 2), ("other", 1, 1),
]  # fmt: skip


@pytest.fixture
def desk(db) -> Desk:
    return Desk()


@pytest.mark.parametrize(("code", "low", "high"), RANGES)
def test_points_inside_the_range_alone(desk, code, low, high):
    complaint = taken(desk)
    for points in (low - 1, high + 1, -1, 99, True, 2.5, "3", None if low != high else 99):
        with pytest.raises(Refused) as refusal:
            uphold(desk, complaint, point_code=code, points=points)
        assert (refusal.value.clause, refusal.value.field) == ("§1.6.2", "points")
    assert not Ruling.objects.exists()
    assert Complaint.objects.get().state == "investigating"
    assert uphold(desk, complaint, point_code=code, points=high).ruling.points == high


def test_the_item_of_one_value_need_not_be_counted(desk):
    assert upheld(desk, ruled={"point_code": "delay"}).ruling.points == 2


def test_attitude_is_scored_for_attitude_complaints_and_names_the_person(desk):
    with pytest.raises(Refused, match="先把投诉类别改为"):
        upheld(desk, ruled={"point_code": "attitude", "person": desk.clerk.number})
    complaint = taken(desk, category="attitude")
    with pytest.raises(Refused, match="须指明当事人"):
        uphold(desk, complaint, point_code="attitude")
    with pytest.raises(Refused, match="不是西湖营业部的人员"):
        uphold(desk, complaint, point_code="attitude", person=desk.third_clerk.number)
    assert uphold(desk, complaint, point_code="attitude", person=desk.clerk.number).ruling.points == 5


@pytest.mark.parametrize(
    ("ruled", "field"),
    [
        ({"branch": ""}, "branch"), ({"branch": "XX"}, "branch"), ({"reason": "  "}, "reason"), ({"reason": "长" * 501}, "reason"),
        ({"point_code": "nonsense"}, "point_code"), ({"point_code": ""}, "point_code"), ({"person": "nobody"}, "person"),
        ({"findings": {"nonsense": {}}}, "findings"), ({"findings": {"loss": {"loss": "10"}}}, "findings"),
        ({"findings": {"repeated": {}}}, "findings"), ({"findings": {"not_contacted": {}}}, "findings"),
        ({"findings": {"overcharge": {}}}, "overcharge_person"), ({"findings": {"overcharge": {"person": "nobody"}}}, "overcharge_person"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_field_and_nothing_is_stored(desk, ruled, field):
    complaint = taken(desk)
    with pytest.raises(Refused) as refusal:
        uphold(desk, complaint, **ruled)
    assert refusal.value.field == field
    assert not Ruling.objects.exists()
    assert not Entry.objects.filter(name="complaint_upheld").exists()


@pytest.mark.parametrize("loss", ["0", "-1", "NaN", "Infinity", "1.005", "abc", "", None, "99999999999"])
def test_a_loss_is_an_amount(desk, loss):
    contract(desk)
    complaint = taken(desk, order=desk.order())
    with pytest.raises(Refused) as refusal:
        uphold(desk, complaint, findings={"loss": {"loss": loss}})
    assert (refusal.value.clause, refusal.value.field) == ("§2.2.3", "loss_loss")


def test_decided_only_while_it_is_looked_into(desk):
    complaint = filed(desk)
    with pytest.raises(Conflict, match="待受理"):
        uphold(desk, complaint)
    services.take(pk=complaint.pk, clerk=desk.officer, now=sh("23 10:00:00"))
    with pytest.raises(Conflict) as lost:
        services.take(pk=complaint.pk, clerk=desk.second_officer, now=sh("23 10:00:01"))
    assert lost.value.winner.startswith(desk.officer.name)
    uphold(desk, complaint)
    for again in ("uphold", "dismiss"):
        with pytest.raises(Conflict):
            uphold(desk, complaint) if again == "uphold" else services.dismiss(
                pk=complaint.pk, clerk=desk.officer, reason="不成立", now=sh("23 12:00:00")
            )
    assert Ruling.objects.count() == 1


def test_an_order_is_refused_for_prohibited_goods_alone(desk):
    """§4.4.4"""
    complaint = taken(desk, order=desk.order(), category="order_refused")
    act = {"pk": complaint.pk, "clerk": desk.officer, "reason": "查证", "now": sh("23 11:00:00")}
    for ground in ("", "too_far"):
        with pytest.raises(Refused) as refusal:
            services.dismiss(**act, ground=ground)
        assert (refusal.value.clause, refusal.value.field) == ("§4.4.4", "ground")
    assert services.dismiss(**act, ground="prohibited").ruling.ground == "prohibited"


def test_the_same_order_complained_of_again_is_a_repetition(desk):
    """§4.4.6r"""
    order = desk.order()
    first = filed(desk, order=order)
    filed(desk, order=order, clerk=desk.quality, internal=True, contact_phone="", at="23 09:10:00")
    second = filed(desk, order=order, at="23 09:20:00")
    assert (first.repeats, second.repeats, second.repeated) == (None, first, True)
    services.take(pk=second.pk, clerk=desk.officer, now=sh("23 10:00:00"))
    assert uphold(desk, second, findings={"repeated": {}}).ruling.findings == {"repeated": {}}


def closing(desk: Desk, complaint: Complaint, **said: Any) -> Complaint:
    return services.close(pk=complaint.pk, clerk=desk.officer, now=sh("24 18:00:00"), **{"answer": "yes", **said})


def test_a_fee_dispute_ends_with_a_corrected_fee_and_the_managers_apology(desk):
    """§4.4.2"""
    complaint = told(desk, upheld(desk, order=desk.order(), category="overcharge", ruled={"point_code": "pricing_error", "points": 1}))
    assert [(duty.kind, duty.clause) for duty in complaint.owed()] == [("fee", "§4.4.2"), ("apology", "§4.4.2")]
    with pytest.raises(Refused) as refusal:
        closing(desk, complaint)
    assert refusal.value.clause == "§4.4"
    act = {"pk": complaint.pk, "clerk": desk.manager, "now": sh("24 10:00:00")}
    with pytest.raises(Refused, match="营业部经理道歉"):
        services.record_apology(**act, text="致歉", person=desk.clerk.number)
    with pytest.raises(Refused, match="没有第 7 号"):
        services.record_remedy(**act, kind="fee", text="已更正", amendment=7)
    services.record_apology(**act, text="致歉")
    services.record_remedy(**act, kind="fee", text="与发货人协商，退还三十元")
    with pytest.raises(Conflict, match="已登记"):
        services.record_remedy(**act, kind="fee", text="再退")
    assert closing(desk, complaint).state == "closed"
    assert Redress.objects.count() == 2


def test_a_broken_promise_is_kept_after_all_and_untrue_feedback_explained(desk):
    """§4.4.3, §4.4.5"""
    ruled = {"point_code": "broken_promise", "findings": {"untrue_information": {}}}
    complaint = upheld(desk, category="service_refused", ruled=ruled)
    assert [(duty.kind, duty.clause) for duty in complaint.owed()] == [("promise", "§4.4.3"), ("apology", "§4.4.3"), ("cause", "§4.4.5")]
    act = {"pk": complaint.pk, "clerk": desk.manager, "now": sh("24 10:00:00")}
    for kind in ("promise", "cause"):
        services.record_remedy(**act, kind=kind, text="已办")
    services.record_apology(**act, text="致歉")
    assert Complaint.objects.get().owed() == []


def test_a_serious_attitude_complaint_needs_a_visit(desk):
    """§4.4.1"""
    complaint = told(desk, upheld(desk, category="attitude", serious=True, ruled={"point_code": "attitude", "person": desk.clerk.number}))
    assert [(duty.kind, duty.clause) for duty in complaint.owed()] == [("apology", "§4.4.1"), ("visit", "§4.4.1")]
    act = {"pk": complaint.pk, "clerk": desk.manager, "now": sh("24 10:00:00")}
    with pytest.raises(Refused, match="电话或书面"):
        services.record_apology(**act, text="致歉", means="hall")
    for at in (sh("23 10:59:59"), sh("24 10:00:01")):
        with pytest.raises(Refused) as refusal:
            services.record_apology(**act, text="致歉", at=at)
        assert refusal.value.field == "at"
    services.record_apology(**act, text="致歉")
    services.record_visit(**act, text="上门")
    assert closing(desk, complaint).state == "closed"


def test_closing_takes_an_answer_and_a_reason_where_it_is_no_yes(desk):
    complaint = upheld(desk)
    with pytest.raises(Refused, match="尚未告知投诉人"):
        closing(desk, complaint)
    told(desk, complaint)
    with pytest.raises(Refused) as refusal:
        closing(desk, complaint, answer="")
    assert refusal.value.field == "answer"
    with pytest.raises(Refused) as refusal:
        closing(desk, complaint, answer="none")
    assert refusal.value.field == "text"
    assert closing(desk, complaint, answer="none", text="三次联系未果").answer == "none"
    with pytest.raises(Conflict):
        closing(desk, complaint)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"category": "nonsense"}, "category"), ({"text": ""}, "text"), ({"text": "长" * 1001}, "text"), ({"cause": "wetting"}, "cause"),
        ({"category": "damage_loss", "cause": "nonsense"}, "cause"), ({"amount": Decimal(0)}, "amount"), ({"amount": Decimal("NaN")}, "amount"),
        ({"amount": Decimal("1.001")}, "amount"), ({"amount": Decimal("1e12")}, "amount"), ({"branch": "XX"}, "branch"),
        ({"person": "nobody"}, "person"), ({"contact_phone": ""}, "contact_phone"),
    ],
)  # fmt: skip
def test_what_cannot_be_filed(desk, said, field):
    with pytest.raises(Refused) as refusal:
        filed(desk, **said)
    assert refusal.value.field == field
    assert not Complaint.objects.exists()
