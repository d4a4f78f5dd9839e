"""A key customer's goods: followed daily, forwarded in time, remedies, slips chased, the day's report (§2.1)."""

from datetime import date

import pytest

from core.models import Entry
from delivery import services as delivery
from delivery.models import Attempt, FollowUp, Shipment, SlipChase
from delivery.services import followups
from rulebook.errors import Conflict, Denied, Refused
from rulebook.roles import Role
from sla.services import explain, tick
from tests.clocks import clock, dues, running, states
from tests.delivery.test_redelivery import FAILED, priced
from tests.delivery.test_shipments import SIGNED, arrived, departed, does, loaded, sent, shipment
from tests.delivery.test_slips import signed as signed_with_slip
from tests.factories import Company, contract, post, sh
from tests.pricing.prices import live

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    company = Company()
    company.slips = post(Role.SLIP_CLERK, company.branch)
    company.operations = post(Role.OPERATIONS_CENTRE, company.department)
    contract(company)
    return company


def follows(order, clerk, at: str, text: str = "在途正常") -> Shipment:
    return followups.follow_up(number=order.number, clerk=clerk, text=text, now=sh(at))


def test_the_daily_duty_starts_with_the_waybill_at_the_billing_branch(company):
    order = sent(company)
    assert dues(order, "§2.1.1.2") == [("open", sh("05 00:00:00"))]
    assert clock(order, "§2.1.1.2").holder == company.branch


@pytest.mark.parametrize(("at", "states_"), [("05 00:00:00", ["met", "open"]), ("05 00:00:00.000001", ["breached", "met", "open"])])
def test_a_day_is_served_until_its_last_instant(company, at, states_):
    order = sent(company)
    follows(order, company.clerk, at)
    assert states(order, "§2.1.1.2") == states_


def test_each_missed_day_is_on_record_until_the_signature(company):
    order = departed(company)
    tick(now=sh("05 00:00:01"))
    follows(order, company.agent, "05 10:00:00")
    tick(now=sh("07 00:00:01"))
    does(order, "arrive", company.second_clerk, "07 11:00:00")
    does(order, "load_for_delivery", company.second_clerk, "07 13:00:00", driver=company.second_clerk.number)
    does(order, "sign", company.second_clerk, "07 15:00:00", **SIGNED)
    assert states(order, "§2.1.1.2") == ["breached", "met", "breached", "met"]
    assert "§2.1.1.2" not in running(order)
    lines = [line.say("zh") for line in explain(clock(order, "§2.1.1.2"))]
    assert any("24:00" in line for line in lines)


def test_goods_lost_end_the_duty_and_signed_goods_are_not_followed(company):
    order = loaded(company)
    does(order, "sign", company.second_clerk, "05 15:00:00", **SIGNED)
    with pytest.raises(Conflict, match="已签收"):
        follows(order, company.clerk, "05 16:00:00")
    with pytest.raises(Refused) as refusal:
        follows(arrived(company), company.clerk, "05 12:00:00", text=" ")
    assert (refusal.value.clause, refusal.value.field) == ("§4.3.2.4", "text")
    assert not FollowUp.objects.exists()


def test_who_follows(company):
    order = departed(company)
    with pytest.raises(Denied):
        follows(order, company.driver, "04 21:00:00")
    with pytest.raises(Shipment.DoesNotExist):
        follows(order, company.third_clerk, "04 21:00:00")
    assert follows(order, company.officer, "04 21:00:00")
    assert "在途" not in str(Entry.objects.get(order_number=order.number, name="shipment_followed_up").data)


# Forwarding (§2.1.4.3).


@pytest.mark.parametrize(
    ("at", "due"), [("05 00:00:00", "07 00:00:00"), ("05 23:59:59.999999", "07 00:00:00"), ("06 00:00:00", "08 00:00:00")]
)
def test_goods_marked_at_the_arrival_leave_by_the_end_of_the_next_day(company, at, due):
    order = departed(company)
    does(order, "arrive", company.second_clerk, at, to_forward=True)
    assert dues(order, "§2.1.4.3") == [("open", sh(due))]
    assert "§1.3.3.1" not in running(order)


def test_marked_the_next_morning_it_counts_from_the_arrival(company):
    order = arrived(company, "05 11:00:00")
    does(order, "mark_to_forward", company.second_clerk, "06 09:00:00")
    assert dues(order, "§2.1.4.3") == [("open", sh("07 00:00:00"))]
    assert clock(order, "§2.1.4.3").holder == company.second
    with pytest.raises(Refused, match="已标记为需外发"):
        does(order, "mark_to_forward", company.second_clerk, "06 10:00:00")


@pytest.mark.parametrize(("at", "state"), [("07 00:00:00", "met"), ("07 00:00:00.000001", "breached")])
def test_forwarded_exactly_at_the_limit_is_in_time(company, at, state):
    order = departed(company)
    does(order, "arrive", company.second_clerk, "05 11:00:00", to_forward=True)
    does(order, "forward", company.second_clerk, at, carrier="专线", phone="0551-66668888", carrier_no="1")
    assert states(order, "§2.1.4.3") == [state]


def test_kept_for_delivery_the_door_has_its_own_limit(company):
    order = departed(company)
    does(order, "arrive", company.second_clerk, "05 11:00:00", to_forward=True)
    does(order, "keep_for_delivery", company.second_clerk, "05 11:30:00")
    assert states(order, "§2.1.4.3") == ["void"]
    assert dues(order, "§1.3.3.1") == [("open", sh("05 20:30:00"))]


def test_a_place_outside_every_service_area_is_to_be_forwarded(company):
    """The consignee lives in Shanghai; no branch here serves it."""
    contract_order = sent(company)
    assert shipment(contract_order).to_forward is False  # to be fetched by the consignee
    company.pricer = post(Role.PRICE_MANAGEMENT, company.department)
    live(company.pricer)
    order = priced(company)
    assert shipment(order).to_forward is True
    assert dues(order, "§2.1.4.3") == [("open", sh("07 00:00:00"))]


# A failed attempt (§2.1.3.3).


def test_a_failed_attempt_takes_the_call_to_the_billing_branch(company):
    order = loaded(company)
    said = FAILED | {"billing_call": ""}
    with pytest.raises(Refused) as refusal:
        does(order, "fail_attempt", company.second_clerk, "05 14:00:00", **said)
    assert (refusal.value.clause, refusal.value.field) == ("§2.1.3.3", "billing_call")
    assert shipment(order).state == "out_for_delivery"
    does(order, "fail_attempt", company.second_clerk, "05 14:00:00", **FAILED)
    assert Attempt.objects.get(shipment__order=order).billing_call == "西湖营业部答复改日"


# Remedies (§2.1.2.3).


def test_the_operations_centre_records_its_remedy(company):
    order = departed(company)
    said = {"cause": "late_line_haul", "text": "改走加班车", "expected_at": sh("06 06:00:00").isoformat()}
    with pytest.raises(Denied):
        followups.remedy(number=order.number, clerk=company.clerk, now=sh("05 03:00:00"), **said)
    goods = followups.remedy(number=order.number, clerk=company.operations, now=sh("05 03:00:00"), **said)
    assert goods.measures.get().expected_at == sh("06 06:00:00")
    for change, field in (({"cause": "lazy"}, "cause"), ({"text": ""}, "text"), ({"expected_at": "gestern"}, "expected_at")):
        with pytest.raises(Refused) as refusal:
            followups.remedy(number=order.number, clerk=company.operations, now=sh("05 04:00:00"), **{**said, **change})
        assert (refusal.value.clause, refusal.value.field) == ("§2.1.2.3", field)


# Slips (§2.1.5) and the day's report.


def test_both_branches_chase_a_slip(company):
    order = signed_with_slip(company)
    for clerk in (company.clerk, company.second_clerk):
        followups.chase_slip(number=order.number, clerk=clerk, text="已电话催收", now=sh("06 09:00:00"))
    assert list(SlipChase.objects.order_by("pk").values_list("side", flat=True)) == ["origin", "terminal"]
    delivery.return_slip(number=order.number, clerk=company.clerk, now=sh("06 10:00:00"))
    with pytest.raises(Conflict):
        followups.chase_slip(number=order.number, clerk=company.clerk, text="再催", now=sh("06 11:00:00"))


def test_the_named_person_alone_finishes_the_report_once(company):
    account = sent(company).key_account
    other = post(Role.DEPARTMENT, company.department)
    said = {"pk": account.pk, "shipments": 1, "now": sh("04 18:00:00")}
    with pytest.raises(Refused, match="负责"):
        followups.finish_report(by=other, on=date(2026, 11, 4), **said)
    with pytest.raises(Refused) as refusal:
        followups.finish_report(by=company.officer, on=date(2026, 11, 5), **said)
    assert refusal.value.field == "on"
    followups.finish_report(by=company.officer, on=date(2026, 11, 4), **said)
    with pytest.raises(Conflict, match="已完成"):
        followups.finish_report(by=company.officer, on=date(2026, 11, 4), **said)
