"""Anomalies: opened by the check and the door, reported the same day, answered as promised, closed (§2.1.1.3, §4.3.2.5)."""

import pytest

from core.models import Entry
from delivery.models import Anomaly
from delivery.services import anomalies
from network.choices import UnitKind
from notify.models import Message
from rulebook.errors import Conflict, Denied, Refused
from rulebook.roles import Role
from sla.services import tick
from tests.clocks import dues, states
from tests.delivery.pictures import photo
from tests.delivery.test_shipments import SIGNED, arrived, departed, does, loaded
from tests.factories import Company, contract, post, sh, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    company = Company()
    company.support_office = unit("KA", UnitKind.DEPARTMENT, company.root, name="大客户运作保障部")
    company.support = post(Role.KEY_ACCOUNTS, company.support_office)
    return company


def opened(company: Company, clerk=None, at: str = "05 12:00:00", **changes: object) -> Anomaly:
    order = arrived(company)
    said = {"kind": "delayed", "text": "干线晚到半天", **changes}
    return anomalies.open_anomaly(number=order.number, clerk=clerk or company.second_clerk, now=sh(at), **said)


def order_of(anomaly: Anomaly):
    return anomaly.shipment.order


@pytest.mark.parametrize("key", [False, True])
def test_the_arrival_check_opens_one_and_tells_the_billing_branch_at_once(company, key):
    """§2.1.3.1"""
    if key:
        contract(company)
    order = departed(company)
    does(order, "arrive", company.second_clerk, "05 23:00:00", checked=["wet", "dirty"])
    anomaly = Anomaly.objects.get()
    assert (anomaly.kind, anomaly.findings, anomaly.origin) == ("wet", ["wet", "dirty"], "arrival")
    assert (anomaly.unit, anomaly.found_by) == (company.second, company.second_clerk)
    assert Message.objects.filter(unit=company.branch, kind="arrival", order_number=order.number).count() == 1
    assert dues(order, "§2.1.1.3") == ([("open", sh("06 00:00:00"))] if key else [])


def test_goods_in_order_open_none(company):
    does(departed(company), "arrive", company.second_clerk, "05 23:00:00")
    assert not Anomaly.objects.exists()


def test_the_door_opens_one(company):
    order = loaded(company)
    does(
        order, "sign_with_exception", company.second_clerk, "05 15:00:00", **SIGNED, pieces=9, exception="shortage", remark="少一件",
        pictures=[photo()],
    )  # fmt: skip
    assert Anomaly.objects.values_list("kind", "origin", "text").get() == ("shortage", "sign_off", "少一件")


def test_refused_and_lost_goods_open_one(company):
    does(loaded(company), "refuse", company.second_clerk, "05 15:00:00", reason="damaged")
    does(arrived(company), "declare_lost", company.officer, "06 15:00:00", remark="查无此货")
    assert set(Anomaly.objects.values_list("kind", "origin")) == {("refused", "refusal"), ("lost", "loss")}


@pytest.mark.parametrize(("at", "state"), [("06 00:00:00", "met"), ("06 00:00:00.000001", "breached")])
def test_a_key_customers_is_reported_the_same_day(company, at, state):
    """§2.1.1.3"""
    contract(company)
    anomaly = opened(company)
    anomalies.report(pk=anomaly.pk, clerk=company.second_clerk, now=sh(at))
    assert states(order_of(anomaly), "§2.1.1.3") == [state]
    assert Message.objects.filter(unit=company.support_office, kind="anomaly").count() == 1
    with pytest.raises(Conflict, match="已上报"):
        anomalies.report(pk=anomaly.pk, clerk=company.second_clerk, now=sh("06 09:00:00"))


def test_nobody_reports_it_and_the_alarm_comes(company):
    contract(company)
    anomaly = opened(company)
    tick(now=sh("06 00:00:01"))
    assert states(order_of(anomaly), "§2.1.1.3") == ["breached"]
    assert Message.objects.filter(unit=company.second, kind="alarm", clause="§2.1.1.3").exists()


def promised(company: Company, anomaly: Anomaly) -> None:
    anomalies.promise(pk=anomaly.pk, clerk=company.second_clerk, promised_at=sh("05 16:00:00").isoformat(), now=sh("05 13:00:00"))


@pytest.mark.parametrize(("at", "state"), [("05 16:00:00", "met"), ("05 16:00:00.000001", "breached")])
def test_the_customer_is_answered_by_the_time_promised(company, at, state):
    """§4.3.2.5: for every customer, whether it is solved or not, however far up it has gone."""
    anomaly = opened(company)
    promised(company, anomaly)
    assert dues(order_of(anomaly), "§4.3.2.5") == [("open", sh("05 16:00:00"))]
    anomalies.escalate(pk=anomaly.pk, clerk=company.second_clerk, unit="R1", now=sh("05 14:00:00"))
    assert Message.objects.filter(unit=company.region, kind="escalated").count() == 1
    assert anomalies.answer(pk=anomaly.pk, clerk=company.regional_manager, text="明早送达", now=sh(at)).state == "open"
    assert states(order_of(anomaly), "§4.3.2.5") == [state]


def test_one_promise_at_a_time_and_none_in_the_past(company):
    anomaly = opened(company)
    for when in ("", "05 16:00", sh("05 13:00:00").isoformat()):
        with pytest.raises(Refused) as refusal:
            anomalies.promise(pk=anomaly.pk, clerk=company.second_clerk, promised_at=when, now=sh("05 13:00:00"))
        assert refusal.value.field == "promised_at"
    with pytest.raises(Refused) as refusal:
        anomalies.promise(
            pk=anomaly.pk, clerk=company.second_clerk, promised_at=sh("05 16:00:00").isoformat(), owner="X", now=sh("05 13:00:00")
        )
    assert refusal.value.field == "owner"
    promised(company, anomaly)
    with pytest.raises(Conflict):
        promised(company, anomaly)


def test_from_open_to_closed_and_open_again(company):
    contract(company)
    anomaly = opened(company)
    act = {"pk": anomaly.pk, "clerk": company.second_clerk}
    with pytest.raises(Conflict, match="处理中"):
        anomalies.close_anomaly(**act, now=sh("05 13:00:00"))
    anomalies.solve(**act, text="已找到", now=sh("05 14:00:00"))
    with pytest.raises(Refused) as refusal:
        anomalies.close_anomaly(**act, now=sh("05 14:10:00"))
    assert refusal.value.clause == "§2.1.1.3"
    anomalies.report(**act, now=sh("05 14:20:00"))
    with pytest.raises(Refused) as refusal:
        anomalies.close_anomaly(**act, now=sh("05 14:30:00"))
    assert refusal.value.clause == "§4.3.2.5"
    anomalies.answer(**act, text="今日送达", now=sh("05 14:40:00"))
    assert anomalies.close_anomaly(**act, now=sh("05 14:50:00")).state == "closed"
    again = anomalies.reopen(**act, text="客户称仍少件", now=sh("05 15:00:00"))
    assert (again.state, again.reopened, again.answered_at) == ("open", 1, None)
    promised_again = sh("05 18:00:00").isoformat()
    anomalies.promise(**act, promised_at=promised_again, now=sh("05 15:10:00"))
    assert dues(order_of(anomaly), "§4.3.2.5") == [("open", sh("05 18:00:00"))]


def test_explained_with_an_apology_then_settled_by_the_billing_branch(company):
    """§2.1.3.4"""
    anomaly = opened(company)
    act = {"pk": anomaly.pk, "now": sh("05 15:00:00")}
    with pytest.raises(Refused, match="须先向客户解释并致歉"):
        anomalies.settle(**act, clerk=company.clerk, text="赔付两百元")
    with pytest.raises(Refused) as refusal:
        anomalies.explain(**act, clerk=company.second_clerk, text="干线晚到", apologised=False)
    assert refusal.value.field == "apologised"
    anomalies.explain(**act, clerk=company.second_clerk, text="干线晚到", apologised=True)
    with pytest.raises(Refused, match="由开单营业部（西湖营业部）"):
        anomalies.settle(**act, clerk=company.second_clerk, text="赔付两百元")
    assert anomalies.settle(**act, clerk=company.clerk, text="减免运费两百元").settled_at == sh("05 15:00:00")
    told = Entry.objects.filter(subject=anomaly.subject)
    assert "两百元" not in str(list(told.values_list("data", flat=True)))


@pytest.mark.parametrize("kind", ["accident", "force_majeure"])
def test_an_accident_is_told_to_the_shipper_at_once(company, kind):
    """§4.3.2.4"""
    with pytest.raises(Refused) as refusal:
        opened(company, kind=kind)
    assert (refusal.value.clause, refusal.value.field) == ("§4.3.2.4", "told")
    assert opened(company, kind=kind, told=True).kind == kind


def test_scope_and_posts(company):
    anomaly = opened(company)
    with pytest.raises(Anomaly.DoesNotExist):
        anomalies.report(pk=anomaly.pk, clerk=company.third_clerk, now=sh("05 13:00:00"))
    with pytest.raises(Denied):
        anomalies.report(pk=anomaly.pk, clerk=post(Role.SLIP_CLERK, company.second), now=sh("05 13:00:00"))
    assert anomalies.report(pk=anomaly.pk, clerk=company.support, now=sh("05 13:00:00")).reported_by == company.support
