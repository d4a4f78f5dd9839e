"""A late delivery is excusable where a special circumstance was noted before its limit, after review (§1.3.3.1)."""

import pytest

from delivery import services as delivery
from orders.models import Order
from rulebook.errors import Conflict, Refused
from sla.models import Deadline, Filing
from sla.services import decide_filing, file, tick
from tests.clocks import clock, states
from tests.delivery.test_shipments import SIGNED, arrived, does
from tests.factories import Company, sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    return Company()


def noted(company: Company, at: str | None) -> Order:
    """Goods that arrived at 11:00, due 20:30, late; a circumstance noted at that instant."""
    order = arrived(company)
    if at:
        delivery.note_circumstance(
            number=order.number, clerk=company.second_clerk, now=sh(at), cause="weather", text="暴雪封路"
        )
    tick(now=sh("05 21:00:00"))
    return order


def filed(company: Company, order: Order, reason: str = "special_circumstance") -> Filing:
    deadline = clock(order, "§1.3.3.1")
    return file(deadline_id=str(deadline.pk), clerk=company.second_clerk, reason=reason, text="见日志", now=sh("06 09:00:00"))


@pytest.mark.parametrize(
    ("at", "fileable"),
    [
        ("05 11:00:01", True), ("05 20:29:59.999999", True), ("05 20:30:00", True), ("05 20:30:00.000001", False), (None, False),
    ],
)  # fmt: skip
def test_noted_before_the_limit(company, at, fileable):
    order = noted(company, at)
    assert Deadline.objects.fileable().filter(order=order).exists() is fileable
    if fileable:
        assert filed(company, order).reason == "special_circumstance"
    else:
        with pytest.raises(Refused, match="时限前") as said:
            filed(company, order)
        assert said.value.clause == "§1.3.3.1"


@pytest.mark.parametrize(("grant", "state"), [(True, "excused"), (False, "breached")])
def test_only_the_review_excuses_it(company, grant, state):
    order = noted(company, "05 18:00:00")
    assert states(order, "§1.3.3.1") == ["breached"]
    filing = filed(company, order)
    with pytest.raises(Conflict):
        filed(company, order)
    decide_filing(filing_id=filing.pk, person=company.officer, grant=grant, decision="已核实", now=sh("06 10:00:00"))
    does(order, "load_for_delivery", company.second_clerk, "06 11:00:00", driver=company.second_clerk.number)
    does(order, "sign", company.second_clerk, "06 12:00:00", **SIGNED)
    assert states(order, "§1.3.3.1") == [state]
    assert states(order, "§1.3.3.1e") == ["breached"]


def test_another_shipments_note_and_the_other_reason_do_not_help(company):
    noted(company, "05 18:00:00")
    other = noted(company, None)
    for reason in ("special_circumstance", "off_hours"):
        with pytest.raises(Refused):
            filed(company, other, reason)


def test_what_was_delivered_in_time_needs_no_excuse(company):
    order = arrived(company)
    delivery.note_circumstance(number=order.number, clerk=company.second_clerk, now=sh("05 12:00:00"), cause="weather", text="雪")
    does(order, "load_for_delivery", company.second_clerk, "05 13:00:00", driver=company.second_clerk.number)
    does(order, "sign", company.second_clerk, "05 15:00:00", **SIGNED)
    with pytest.raises(Refused):
        filed(company, order)
