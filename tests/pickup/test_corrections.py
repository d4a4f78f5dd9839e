"""A wrong tap at a pickup (issue C8): collected or failed is taken back, its clock runs on, both stay in the journal."""

from decimal import Decimal

import pytest

from core.models import Entry
from orders import services as orders
from pickup import services as pickup
from rulebook.errors import Conflict, Refused
from sla.services import tick
from tests.clocks import dues, running, states
from tests.factories import CUSTOMER, sh
from tests.pickup.test_pickup import collect, dispatch, fail, taken

pytestmark = pytest.mark.django_db


def take_back(order, clerk, now: str, remark: str = "", at: str = ""):
    return pickup.take_back(number=order.number, clerk=clerk, now=sh(now), remark=remark, at=sh(at) if at else None)


def test_goods_that_were_not_collected_wait_for_their_pickup_as_before(company):
    order = taken(company)
    dispatch(company, order, "04 09:30:00")
    collect(company, order, "04 10:00:00")
    assert "§1.3.1.1" not in running(order)
    task = take_back(order, company.driver, "04 10:20:00")
    order.refresh_from_db()
    assert (task.state, task.pieces, task.collected_at, order.collected_at) == ("dispatched", None, None, None)
    assert task.driver == company.driver
    assert dues(order, "§1.3.1.1") == [("replaced", sh("04 11:00:00")), ("open", sh("04 11:00:00"))]
    names = list(Entry.objects.filter(subject=task.subject).order_by("seq").values_list("name", flat=True))
    assert names[-2:] == ["pickup_collected", "pickup_taken_back"]
    collect(company, order, "04 11:00:00")
    assert states(order, "§1.3.1.1") == ["replaced", "met"]


def test_what_runs_out_after_it_is_missed_with_its_notice(company):
    """§1.3.1.1 and, judged along with it, §4.3.2.2n"""
    order = taken(company)
    collect(company, order, "04 10:50:00")
    take_back(order, company.driver, "04 10:55:00")
    tick(now=sh("04 11:00:05"))
    assert (states(order, "§1.3.1.1"), states(order, "§4.3.2.2n")[-1]) == (["replaced", "breached"], "breached")


def test_a_failure_by_mistake(company):
    order = taken(company)
    fail(company, order, "04 10:00:00")
    task = take_back(order, company.driver, "04 10:01:00")
    assert (task.state, task.failed_at, task.fail_reason) == ("requested", None, "")
    assert collect(company, order, "04 10:30:00").state == "collected"


@pytest.mark.parametrize(("now", "allowed"), [("04 10:30:00", True), ("04 10:30:00.000001", False)])
def test_the_courier_has_thirty_minutes_the_branch_its_reason(company, now, allowed):
    order = taken(company)
    collect(company, order, "04 10:00:00")
    if not allowed:
        with pytest.raises(Refused, match="30 分钟"):
            take_back(order, company.driver, now)
        with pytest.raises(Refused, match="说明更正原因"):
            take_back(order, company.clerk, now)
    who, remark = (company.driver, "") if allowed else (company.clerk, "点错订单")
    assert take_back(order, who, now, remark).state == "requested"


def test_only_the_last_act_and_only_once(company):
    order = taken(company)
    with pytest.raises(Conflict):
        take_back(order, company.driver, "04 09:30:00")
    collect(company, order, "04 10:00:00")
    take_back(order, company.driver, "04 10:01:00")
    with pytest.raises(Conflict):
        take_back(order, company.driver, "04 10:02:00")


def test_billed_goods_are_with_us(company):
    order = taken(company)
    collect(company, order, "04 10:00:00")
    orders.quote(number=order.number, clerk=company.clerk, amount=Decimal(320), words="一口价", now=sh("04 10:05:00"))
    orders.answer_quote(number=order.number, agreed=True, by=CUSTOMER, now=sh("04 10:06:00"))
    sizes = {"pieces": 10, "weight_kg": Decimal(120), "volume_m3": Decimal("0.8")}
    orders.issue_waybill(number=order.number, clerk=company.clerk, now=sh("04 10:10:00"), **sizes)
    with pytest.raises(Refused, match="已开单") as refusal:
        take_back(order, company.driver, "04 10:11:00")
    assert refusal.value.clause == "§1.4.3"


@pytest.mark.parametrize("at", ["04 08:59:59", "04 11:30:01"])
def test_a_failure_told_late_keeps_the_phones_time_within_bounds(company, at):
    order = taken(company)
    given = {"number": order.number, "clerk": company.driver, "reason": "nobody_there", "remark": "", "now": sh("04 11:30:00")}
    with pytest.raises(Refused) as refusal:
        pickup.fail(**given, at=sh(at))
    assert refusal.value.field == "at"
    assert pickup.fail(**given, at=sh("04 10:30:00")).failed_at == sh("04 10:30:00")
    fact = Entry.objects.get(name="pickup_failed")
    assert (fact.occurred_at, fact.recorded_at) == (sh("04 10:30:00"), sh("04 11:30:00"))


def test_told_more_than_two_days_later_is_for_the_office(company):
    order = taken(company)
    with pytest.raises(Refused, match="2 天前"):
        collect(company, order, "06 10:00:01", at="04 10:00:00")
    assert collect(company, order, "06 10:00:00", at="04 10:00:00").collected_at == sh("04 10:00:00")
