"""A wrong tap is corrected by an appended act (issue C8): goods, money, attempts and clocks stand again as before it."""

import pytest

from core.models import Entry
from delivery import services as delivery
from delivery.models import Attempt, Scan
from delivery.services import anomalies, proofs
from orders.choices import SlipReturn
from rulebook.errors import Conflict, Denied, Refused
from rulebook.roles import Role
from sla.models import Deadline
from sla.services import tick
from tests.clocks import clock, dues, running, states, step
from tests.delivery.pictures import photo
from tests.delivery.test_proofs import BY_DOORMAN, forwarded
from tests.delivery.test_shipments import SHORT, SIGNED, arrived, departed, does, loaded, shipment
from tests.delivery.test_slips import at_the_door, key_customer
from tests.factories import Company, post, sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    made = Company()
    made.second_driver = post(Role.COURIER, made.second)
    return made


def on_the_van(company: Company, **changes: object):
    order = arrived(company, **changes)
    does(order, "load_for_delivery", company.second_clerk, "05 13:00:00", driver=company.second_driver.number)
    return order


def test_a_signature_by_mistake_is_taken_back_and_the_clock_runs_on(company):
    order = on_the_van(company)
    does(order, "sign", company.second_driver, "05 15:00:00", **SIGNED)
    assert running(order) == {}
    goods = does(order, "take_back", company.second_driver, "05 15:20:00")
    assert (goods.state, goods.signed_at, goods.signer, goods.pieces_signed, goods.ended_at) == (
        "out_for_delivery", None, "", None, None,
    )  # fmt: skip
    assert dues(order, "§1.3.3.1") == [("replaced", sh("05 20:30:00")), ("open", sh("05 20:30:00"))]
    assert dues(order, "§1.3.3.1e") == [("replaced", sh("05 20:30:00")), ("open", sh("05 20:30:00"))]
    assert [scan.verb for scan in goods.scans.order_by("pk")][-2:] == ["sign", "take_back"]
    does(order, "sign", company.second_driver, "05 20:30:00", **SIGNED)
    assert states(order, "§1.3.3.1") == ["replaced", "met"]


@pytest.mark.parametrize(("at", "allowed"), [("05 15:30:00", True), ("05 15:30:00.000001", False)])
def test_the_courier_has_thirty_minutes(company, at, allowed):
    order = on_the_van(company)
    does(order, "sign", company.second_driver, "05 15:00:00", **SIGNED)
    if allowed:
        assert does(order, "take_back", company.second_driver, at).state == "out_for_delivery"
    else:
        with pytest.raises(Refused, match="30 分钟"):
            does(order, "take_back", company.second_driver, at)


def test_after_them_the_branch_does_with_its_reason(company):
    order = on_the_van(company)
    does(order, "sign", company.second_driver, "05 15:00:00", **SIGNED)
    with pytest.raises(Refused, match="说明更正原因") as refusal:
        does(order, "take_back", company.second_clerk, "05 18:00:00")
    assert refusal.value.field == "remark"
    does(order, "take_back", company.second_clerk, "05 18:00:00", remark="点错订单")
    goods = does(order, "sign", company.second_driver, "05 18:30:00", at=sh("05 15:40:00"), **SIGNED)
    assert (goods.state, goods.signed_at) == ("signed", sh("05 15:40:00"))
    assert Scan.objects.get(verb="take_back").data == {"remark": "点错订单"}


def test_what_runs_out_after_the_correction_is_breached_as_if_nobody_had_signed(company):
    order = on_the_van(company)
    does(order, "sign", company.second_driver, "05 20:00:00", **SIGNED)
    does(order, "take_back", company.second_driver, "05 20:10:00")
    tick(now=sh("05 20:30:05"))
    assert clock(order, "§1.3.3.1").state == "breached"
    does(order, "sign", company.second_driver, "05 21:00:00", **SIGNED)
    assert states(order, "§1.3.3.1") == ["replaced", "breached"]


def test_a_breach_that_an_untrue_signature_had_corrected_comes_back(company):
    """Announced at 20:30, corrected by an offline signature of 20:00, which turns out to be a wrong tap (design §6.2)."""
    order = on_the_van(company)
    tick(now=sh("05 20:30:05"))
    phone = {"at": sh("05 20:00:00"), "source": "phone:1"}
    does(order, "sign", company.second_driver, "05 20:40:00", **phone, **SIGNED)
    assert clock(order, "§1.3.3.1").state == "met"
    does(order, "take_back", company.second_driver, "05 20:41:00", at=sh("05 20:20:00"), source="phone:2")
    tick(now=sh("05 20:41:05"))
    assert states(order, "§1.3.3.1") == ["replaced", "breached"]
    assert step(order, "§1.3.3.1").state == "breached"


def test_a_late_signature_taken_back_leaves_the_breach(company):
    order = on_the_van(company)
    does(order, "sign", company.second_driver, "05 20:40:00", **SIGNED)
    does(order, "take_back", company.second_driver, "05 20:41:00")
    assert states(order, "§1.3.3.1") == ["breached", "breached"]
    assert running(order)["§1.3.3.1"] == sh("05 20:30:00")
    does(order, "sign", company.second_driver, "05 20:50:00", **SIGNED)
    assert Deadline.objects.filter(order=order, clause="§1.3.3.1", steps__kind="due").count() == 1


def test_the_slips_limit_goes_with_the_signature(company):
    """§2.1.3.5 started by a signature that was none is void; a slip that is back stands for a true one."""
    key_customer(company)
    order = at_the_door(company)
    does(order, "sign", company.second_clerk, "05 15:00:00", **SIGNED)
    assert states(order, "§2.1.3.5") == ["open"]
    does(order, "take_back", company.second_clerk, "05 15:10:00")
    assert states(order, "§2.1.3.5") == ["void"]
    does(order, "sign", company.second_clerk, "05 16:00:00", **SIGNED)
    assert states(order, "§2.1.3.5") == ["void", "open"]
    delivery.return_slip(number=order.number, clerk=company.clerk, now=sh("06 10:00:00"))
    assert order.slip_return != SlipReturn.NONE
    with pytest.raises(Conflict, match="签收单已返回"):
        does(order, "take_back", company.second_clerk, "06 11:00:00", remark="点错")


def test_the_entry_of_a_signature_that_was_none_is_not_judged(company):
    """§1.3.2.2 and the day of §1.3.2.1"""
    order = forwarded(company)
    does(order, "sign", company.second_clerk, "07 10:00:00", at=sh("06 10:00:00"), **SIGNED)
    assert states(order, "§1.3.2.2") == ["breached"]
    does(order, "take_back", company.second_clerk, "07 10:05:00", remark="承运商报错单号")
    assert states(order, "§1.3.2.2") == ["void"]
    assert shipment(order).state == "forwarded"
    assert list(running(order)) == ["§1.3.2.1"]


def test_a_refusal_by_mistake_makes_the_money_due_again(company):
    order = on_the_van(company, cod="500.00")
    does(order, "refuse", company.second_driver, "05 15:00:00", reason="not_ordered")
    assert (states(order, "§1.3.3.1"), order.cash.__class__.objects.get().state) == (["void"], "void")
    assert does(order, "take_back", company.second_driver, "05 15:01:00").state == "out_for_delivery"
    assert (running(order)["§1.3.3.1"], order.cash.__class__.objects.get().state) == (sh("05 20:30:00"), "due")


def test_a_failed_attempt_by_mistake_does_not_count_as_one(company):
    order = on_the_van(company)
    call = {"reason": "nobody_there", "contacted": "nobody", "contact": "两次未接"}
    does(order, "wait", company.second_driver, "05 14:00:00")
    does(order, "fail_attempt", company.second_driver, "05 14:05:00", **call)
    goods = does(order, "take_back", company.second_driver, "05 14:06:00")
    assert (goods.state, goods.waits_until, goods.place) == ("waiting", sh("05 14:30:00"), None)
    does(order, "fail_attempt", company.second_driver, "05 14:31:00", **call)
    assert list(Attempt.objects.order_by("pk").values_list("serial", "taken_back_at")) == [
        (1, sh("05 14:06:00")), (1, None),
    ]  # fmt: skip


def test_only_the_last_act_and_only_once(company):
    order = on_the_van(company)
    with pytest.raises(Conflict):
        does(order, "take_back", company.second_driver, "05 13:30:00")
    does(order, "refuse", company.second_driver, "05 15:00:00", reason="not_ordered")
    does(order, "take_back", company.second_driver, "05 15:01:00")
    with pytest.raises(Conflict):
        does(order, "take_back", company.second_driver, "05 15:02:00")
    does(order, "refuse", company.second_driver, "05 15:03:00", reason="not_ordered")
    does(order, "send_back", company.second_clerk, "05 15:10:00", instruction="原路退回", ordered_by="张三", means="phone")
    with pytest.raises(Conflict):
        does(order, "take_back", company.second_driver, "05 15:11:00")


def test_a_new_time_agreed_is_not_a_wrong_tap(company):
    order = arrived(company)
    does(order, "reschedule", company.second_clerk, "05 12:30:00", delivery_at=sh("06 16:00:00").isoformat())
    with pytest.raises(Refused, match="可以更正"):
        does(order, "take_back", company.second_clerk, "05 12:31:00")


def test_the_proof_of_a_wrong_signature_does_not_prove_the_next(company):
    order = on_the_van(company)
    does(order, "sign_with_exception", company.second_driver, "05 15:00:00", pictures=[photo("damage")], **SIGNED, **SHORT)
    does(order, "take_back", company.second_driver, "05 15:05:00")
    assert list(proofs.standing(shipment(order))) == []
    with pytest.raises(Refused, match="代签须附"):
        does(order, "sign", company.second_driver, "05 15:06:00", **BY_DOORMAN)
    does(order, "sign", company.second_driver, "05 15:06:00", pictures=[photo("slip", "white")], **BY_DOORMAN)
    assert [each.kind for each in proofs.standing(shipment(order))] == ["slip"]


def test_a_correction_told_twice_is_one(company):
    order = loaded(company)
    does(order, "sign", company.second_clerk, "05 15:00:00", source="phone:1", **SIGNED)
    for second in ("00", "05"):
        goods = does(order, "take_back", company.second_clerk, f"05 15:01:{second}", source="phone:2")
        assert goods.state == "out_for_delivery"
    assert Scan.objects.filter(verb="take_back").count() == 1


def test_the_anomaly_that_a_wrong_tap_opened_is_closed_by_the_correction(company):
    """Nobody is owed a report (§2.1.1.3) or a reply (§4.3.2.5) about what never was."""
    order = on_the_van(company, key_customer=True)
    does(order, "sign_with_exception", company.second_driver, "05 15:00:00", pictures=[photo("damage")], **SIGNED, **SHORT)
    opened = shipment(order).anomalies.get()
    anomalies.promise(pk=opened.pk, clerk=company.second_clerk, now=sh("05 15:01:00"), promised_at=sh("05 18:00:00").isoformat())
    does(order, "take_back", company.second_driver, "05 15:05:00")
    anomaly = shipment(order).anomalies.get()
    assert (anomaly.state, anomaly.solution, anomaly.closed_at) == ("closed", "登记有误，已更正", sh("05 15:05:00"))
    ended = Deadline.objects.filter(subject=anomaly.subject).order_by("clause").values_list("clause", "state")
    assert list(ended) == [("§2.1.1.3", "void"), ("§4.3.2.5", "void")]


# A scan at a place where the goods are not.


@pytest.mark.parametrize(("verb", "state"), [("arrive", "arrived"), ("arrive_hub", "at_hub")])
def test_goods_scanned_in_by_mistake_are_still_on_their_way(company, verb, state):
    order = departed(company)
    terminal = shipment(order).terminal
    assert does(order, verb, company.third_clerk, "05 11:00:00").state == state
    goods = does(order, "take_back_arrival", company.third_clerk, "05 11:30:00")
    assert (goods.state, goods.place, goods.terminal, goods.arrived_at, goods.checked) == ("in_transit", None, terminal, None, [])
    assert does(order, "arrive", company.second_clerk, "06 11:00:00").place == company.second


def test_the_clocks_of_an_arrival_that_was_none_never_ran(company):
    """§1.3.3.1: not even where they were breached by the time somebody noticed."""
    order = departed(company)
    does(order, "arrive", company.second_clerk, "05 11:00:00", checked=["damage"])
    tick(now=sh("05 20:30:01"))
    assert states(order, "§1.3.3.1") == ["breached"]
    with pytest.raises(Refused, match="更正原因"):
        does(order, "take_back_arrival", company.second_clerk, "05 21:00:00")
    does(order, "take_back_arrival", company.second_clerk, "05 21:00:00", remark="同名单号扫错")
    assert (states(order, "§1.3.3.1"), states(order, "§1.3.3.1e")) == (["void"], ["void"])
    assert Entry.objects.filter(name="deadline_corrected", order_number=order.number).exists()
    assert shipment(order).anomalies.get().state == "closed"
    does(order, "arrive", company.second_clerk, "06 11:00:00")
    assert dues(order, "§1.3.3.1")[-1] == ("open", sh("06 20:30:00"))


def test_only_the_last_act_and_only_an_arrival_is_taken_back_so(company):
    order = arrived(company)
    does(order, "mark_to_forward", company.second_clerk, "05 11:30:00")
    with pytest.raises(Refused, match="刚登记的到达"):
        does(order, "take_back_arrival", company.second_clerk, "05 11:40:00")
    with pytest.raises(Denied):
        does(arrived(company), "take_back_arrival", company.second_driver, "05 11:40:00")
