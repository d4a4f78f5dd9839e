"""Calls to the consignee, lateness told, special circumstances, demands from the spot (§1.3.3.1, §4.3.2.7, §4.3.3)."""

import pytest
from django.db import DatabaseError, transaction

from core.models import Entry
from delivery import services as delivery
from delivery.models import Circumstance, DeliveryCall, Demand
from notify.models import Message
from orders.models import Order, Waybill
from rulebook.errors import Conflict, Denied, Refused
from rulebook.reasons import DELIVERY_FAILURE_REASONS, DEMANDS, LATENESS_REASONS
from rulebook.roles import Role
from sla.services import tick
from tests.clocks import dues, running, states
from tests.delivery.test_shipments import SIGNED, arrived, departed, does, loaded, shipment
from tests.factories import Company, post, sh

pytestmark = pytest.mark.django_db

FAILED = {"reason": "nobody_there", "contacted": "nobody", "contact": "两次未接"}


@pytest.fixture
def company(db) -> Company:
    company = Company()
    company.second_driver = post(Role.COURIER, company.second)
    return company


def says(verb: str, order: Order, clerk, at: str, **values: object):
    return getattr(delivery, verb)(number=order.number, clerk=clerk, now=sh(at), **values)


TOLD = {"reached": True, "expected_at": "2026-11-05T16:00:00+08:00", "address_confirmed": True}


def test_the_consignee_is_called_before_delivery(company):
    """§4.3.2.7, §4.3.3.1: the time is told, the present address confirmed."""
    order = arrived(company)
    goods = says("call_consignee", order, company.second_clerk, "05 12:30:00", **TOLD, extras="上楼")
    assert (goods.called_at, goods.told_at) == (sh("05 12:30:00"), sh("05 16:00:00"))
    call = DeliveryCall.objects.get()
    assert (call.kind, call.extras, call.address_confirmed, call.freight, call.cash) == ("before", "上楼", True, None, None)
    does(order, "load_for_delivery", company.second_clerk, "05 13:00:00", driver=company.second_driver.number)
    assert Entry.objects.get(name="shipment_loaded_for_delivery").data["called"] is True


@pytest.mark.parametrize(
    ("wrong", "clause", "field"),
    [
        ({"expected_at": ""}, "§4.3.3.1", "expected_at"),
        ({"expected_at": "2026-11-05T12:30:00+08:00"}, "§4.3.3.1", "expected_at"),
        ({"expected_at": "2026-11-05T16:00:00"}, "§4.3.3.1", "expected_at"),
        ({"address_confirmed": False}, "§4.3.3.1", "address_confirmed"),
        ({"freight_told": False}, "§4.3.2.7", "freight_told"),
        ({"means": ""}, "§4.3.3.2", "means"),
        ({"means": "shells"}, "§4.3.3.2", "means"),
        ({"extras": "楼" * 201}, "§4.3.3", "extras"),
    ],
)
def test_a_call_that_leaves_something_out(company, wrong, clause, field):
    order = arrived(company, cod="500.00")
    Waybill.objects.filter(order=order).update(payer="consignee")
    whole = {**TOLD, "freight_told": True, "means": "cash"}
    with pytest.raises(Refused) as refusal:
        says("call_consignee", order, company.second_clerk, "05 12:30:00", **whole | wrong)
    assert (refusal.value.clause, refusal.value.field) == (clause, field)
    assert not DeliveryCall.objects.exists()
    says("call_consignee", order, company.second_clerk, "05 12:30:00", **whole)
    call = DeliveryCall.objects.get()
    assert (str(call.freight), str(call.cash), call.means) == ("300.00", "500.00", "cash")


def test_nobody_reached_is_recorded_and_is_no_call(company):
    order = arrived(company)
    assert says("call_consignee", order, company.second_clerk, "05 12:30:00", reached=False).called_at is None
    assert DeliveryCall.objects.get().reached is False


def test_goods_may_leave_without_a_call_and_it_is_on_record(company):
    """A duty, not a lock: §4.3.2.7 bars nothing."""
    order = loaded(company)
    assert shipment(order).state == "out_for_delivery"
    assert Entry.objects.get(name="shipment_loaded_for_delivery").data["called"] is False


def test_every_attempt_wants_its_own_call(company):
    order = arrived(company)
    says("call_consignee", order, company.second_clerk, "05 12:30:00", **TOLD)
    does(order, "load_for_delivery", company.second_clerk, "05 13:00:00", driver=company.second_driver.number)
    assert does(order, "fail_attempt", company.second_clerk, "05 14:00:00", **FAILED).called_at is None


def test_lateness_is_told_with_reason_and_next_time_and_the_limit_stays(company):
    """§4.3.3.3; only a new time agreed with the customer replaces the limit (§1.3.3.1)."""
    order = loaded(company)
    late = {"reached": True, "reason": "traffic_or_weather", "expected_at": "2026-11-05T22:00:00+08:00"}
    assert says("tell_lateness", order, company.second_driver, "05 19:00:00", **late).told_at == sh("05 22:00:00")
    assert dues(order, "§1.3.3.1") == [("open", sh("05 20:30:00"))]
    for name, wrong in (("reason", "no_staff"), ("expected_at", "2026-11-05T18:59:59+08:00")):
        with pytest.raises(Refused) as refusal:
            says("tell_lateness", order, company.second_driver, "05 19:00:00", **late | {name: wrong})
        assert (refusal.value.clause, refusal.value.field) == ("§4.3.3.3", name)


def test_no_staff_is_no_reason_for_anything_on_the_last_mile():
    """§1.3.3.2"""
    for table in (LATENESS_REASONS, DELIVERY_FAILURE_REASONS):
        assert "no_staff" not in table
        assert not any("人手" in row.zh for row in table.values())
    assert not any("上楼" in row.zh for row in DEMANDS.values())  # §4.3.3.6


def test_goods_not_at_the_terminal_have_nobody_to_call(company):
    order = departed(company)
    with pytest.raises(Conflict, match="运输途中"):
        says("call_consignee", order, company.clerk, "05 10:00:00", **TOLD)


def test_the_courier_stays_until_the_branch_has_answered(company):
    """§4.3.3.5"""
    order = loaded(company)
    says("report_demand", order, company.second_driver, "05 15:00:00", kind="installing", text="要求组装货架")
    assert [(m.unit.code, m.kind) for m in Message.objects.filter(kind="demand")] == [("B2", "demand")]
    leaving = {
        "sign": SIGNED, "sign_with_exception": {**SIGNED, "pieces": 9, "exception": "shortage", "remark": "少一件"},
        "refuse": {"reason": "other"}, "fail_attempt": FAILED,
    }  # fmt: skip
    for verb, values in leaving.items():
        with pytest.raises(Refused, match="尚未答复") as refusal:
            does(order, verb, company.second_driver, "05 15:01:00", **values)
        assert refusal.value.clause == "§4.3.3.5"
    assert does(order, "wait", company.second_driver, "05 15:01:00").state == "waiting"
    with pytest.raises(Refused) as refusal:
        says("answer_demand", order, company.second_clerk, "05 15:05:00", agreed=False, answer=" ")
    assert refusal.value.field == "answer"
    says("answer_demand", order, company.second_clerk, "05 15:05:00", agreed=False, answer="按合同送到门口")
    demand = Demand.objects.get()
    assert (demand.agreed, demand.answered_by, demand.answered_at) == (False, company.second_clerk, sh("05 15:05:00"))
    assert does(order, "sign", company.second_driver, "05 15:10:00", **SIGNED).state == "signed"


def test_who_reports_does_not_answer_and_one_demand_at_a_time(company):
    order = loaded(company)
    says("report_demand", order, company.second_clerk, "05 15:00:00", kind="other", text="要求等到晚上")
    with pytest.raises(Conflict, match="等待营业部答复") as waiting:
        says("report_demand", order, company.second_driver, "05 15:00:01", kind="other", text="再报")
    assert waiting.value.winner == company.second_clerk.name
    with pytest.raises(Denied, match="其他人员"):
        says("answer_demand", order, company.second_clerk, "05 15:01:00", agreed=True, answer="可以")
    with pytest.raises(Denied):
        says("answer_demand", order, company.second_driver, "05 15:01:00", agreed=True, answer="可以")


def test_a_demand_is_made_at_the_door_only(company):
    order = arrived(company)
    with pytest.raises(Conflict):
        says("report_demand", order, company.second_driver, "05 15:00:00", kind="other", text="x")
    with pytest.raises(Conflict, match="没有等待答复"):
        says("answer_demand", order, company.second_clerk, "05 15:00:00", agreed=True, answer="x")


def test_a_special_circumstance_is_coded_and_worded(company):
    order = arrived(company)
    for name, wrong in (("cause", "laziness"), ("text", "")):
        with pytest.raises(Refused) as refusal:
            says("note_circumstance", order, company.second_clerk, "05 15:00:00", **{"cause": "weather", "text": "暴雪封路", name: wrong})
        assert (refusal.value.clause, refusal.value.field) == ("§1.3.3.1", name)
    says("note_circumstance", order, company.second_clerk, "05 15:00:00", cause="weather", text="暴雪封路")
    assert Circumstance.objects.get().text == "暴雪封路"
    assert Entry.objects.get(name="circumstance_noted").data["cause"] == "weather"
    assert "暴雪" not in str(Entry.objects.get(name="circumstance_noted").data)


@pytest.mark.postgres
def test_calls_are_never_changed(company):
    says("call_consignee", arrived(company), company.second_clerk, "05 12:30:00", **TOLD)
    for change in (lambda rows: rows.update(remark="x"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change(DeliveryCall.objects.all())


# Carrying upstairs (§1.3.3.2).


def sizes(*rows: tuple[int, str | None]) -> list[dict[str, object]]:
    size = {"length_cm": "40", "width_cm": "30", "height_cm": "20"}
    return [{"pieces": count, "weight_kg": kg, **size} for count, kg in rows]


@pytest.mark.parametrize(
    ("parcels", "kg", "helpers", "heaviest", "weighed"),
    [
        (sizes((9, "10.00"), (1, "24.99")), "114.99", 1, "24.99", True),
        (sizes((9, "10.00"), (1, "25.00")), "115.00", 2, "25.00", True),
        ([], "249.99", 1, "24.99", False),  # the mean of ten pieces, 24.999 kg
        ([], "250.00", 2, "25.00", False),
        (sizes((9, None), (1, "30.00")), "120.00", 2, "30.00", False),
    ],
)
def test_helpers_by_the_heaviest_piece(company, parcels, kg, helpers, heaviest, weighed):
    order = arrived(company)
    Order.objects.filter(pk=order.pk).update(delivery="upstairs")
    Waybill.objects.filter(order=order).update(parcels=parcels, weight_kg=kg)
    crew = delivery.crew_of(shipment(order))
    assert (crew.helpers, str(crew.heaviest_kg), crew.weighed) == (helpers, heaviest, weighed)


def test_nobody_carries_what_is_not_to_go_upstairs(company):
    assert delivery.crew_of(shipment(arrived(company))) is None


# Waiting, going back, arriving damaged.


def test_the_wait_is_on_the_clock_and_its_end_is_told(company):
    """§1.3.3.3: 30 minutes, the last instant included."""
    order = loaded(company)
    does(order, "wait", company.second_driver, "05 14:00:00")
    assert dues(order, "§1.3.3.3") == [("open", sh("05 14:30:00"))]
    tick(now=sh("05 14:30:00"))
    assert states(order, "§1.3.3.3") == ["open"]
    tick(now=sh("05 14:30:01"))
    assert states(order, "§1.3.3.3") == ["breached"]
    assert [(m.unit.code, m.kind) for m in Message.objects.filter(clause="§1.3.3.3")] == [("B2", "alarm")]
    does(order, "fail_attempt", company.second_driver, "05 14:35:00", **FAILED)
    assert running(order).keys() == {"§1.3.3.1", "§1.3.3.1e"}


def test_who_can_receive_within_the_wait_ends_it_in_time(company):
    order = loaded(company)
    does(order, "wait", company.second_driver, "05 14:00:00")
    does(order, "sign", company.second_driver, "05 14:30:00", **SIGNED)
    assert states(order, "§1.3.3.3") == ["met"]


@pytest.mark.parametrize("missing", ["instruction", "ordered_by", "means"])
def test_goods_go_back_on_an_instruction_that_says_who_and_how(company, missing):
    order = loaded(company)
    does(order, "refuse", company.second_driver, "05 15:00:00", reason="not_ordered")
    given = {"instruction": "退回杭州仓库", "ordered_by": "张三", "means": "phone"}
    with pytest.raises(Refused) as refusal:
        does(order, "send_back", company.second_clerk, "05 16:00:00", **given | {missing: ""})
    assert refusal.value.field == missing
    goods = does(order, "send_back", company.second_clerk, "05 16:00:00", **given)
    assert (goods.return_instruction, goods.return_ordered_by, goods.return_means) == ("退回杭州仓库", "张三", "phone")
    assert "张三" not in str(Entry.objects.get(name="shipment_sent_back").data)


@pytest.mark.parametrize(("checked", "told"), [(["wet"], [("B1", "arrival")]), ([], [])])
def test_what_the_arrival_check_finds_is_told_to_the_billing_branch_at_once(company, checked, told):
    """§2.1.3.1"""
    order = departed(company)
    does(order, "arrive", company.second_clerk, "05 11:00:00", checked=checked)
    assert [(m.unit.code, m.kind) for m in Message.objects.filter(kind="arrival")] == told
