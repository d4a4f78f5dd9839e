"""备案 of off-hours breaches (§1.4.2)."""

import pytest

from orders import services as orders
from orders.models import Order
from pickup import services as pickup
from rulebook.errors import Conflict, Denied, Refused
from sla.models import Deadline, Filing
from sla.services import decide_filing, file, tick
from tests.clocks import clock, step
from tests.factories import Company, accepted, placed, reached, sh

pytestmark = pytest.mark.django_db


def filed(company: Company, order: Order, clause: str = "§1.2.1.1", at: str = "05 08:30:00") -> Filing:
    return file(
        deadline_id=str(clock(order, clause).pk), clerk=company.clerk, reason="off_hours", text="夜间无人值班", now=sh(at)
    )


def decided(company: Company, filing: Filing, grant: bool = True) -> Filing:
    return decide_filing(filing_id=filing.pk, person=company.officer, grant=grant, decision="属实", now=sh("05 10:00:00"))


@pytest.mark.parametrize(
    ("placed_at", "fileable"),
    [
        ("04 17:49:59.999999", True),  # the ten minutes end in time, the fifteen at 18:04:59: that step may be filed
        ("04 17:44:59.999999", False),  # 17:54:59 and 17:59:59 are both within hours
        ("04 17:50:00", True),  # due at 18:00 exactly
        ("04 18:00:00", True),
        ("05 07:59:59.999999", True),  # started in off-hours
        ("05 08:00:00", False),
    ],
)
def test_started_or_due_from_18_to_8(company, placed_at, fileable):
    order = placed(sh(placed_at), branch=company.branch)
    tick(now=sh("05 08:20:00"))
    listed = Deadline.objects.fileable().filter(order=order, clause="§1.2.1.1").exists()
    assert listed is fileable
    if fileable:
        assert filed(company, order).state == "filed"
    else:
        with pytest.raises(Refused) as said:
            filed(company, order)
        assert said.value.clause == "§1.4.2"


def test_granted_it_excuses_both_steps_and_refused_it_excuses_none(company):
    order, other = placed(sh("04 19:00:00"), branch=company.branch), placed(sh("04 19:00:00"), branch=company.branch)
    tick(now=sh("04 19:30:00"))
    decided(company, filed(company, order))
    decided(company, filed(company, other), grant=False)
    assert (clock(order, "§1.2.1.1").state, step(order, "§1.2.1.1").state, step(order, "§1.2.1.1b", "second").state) == (
        "excused", "excused", "excused",
    )  # fmt: skip
    assert clock(other, "§1.2.1.1").state == "breached"


def test_an_excused_clock_runs_on_and_stays_excused(company):
    order = placed(sh("04 19:00:00"), branch=company.branch)
    tick(now=sh("04 19:30:00"))
    decided(company, filed(company, order))
    reached(order, company.clerk, sh("05 10:30:00"))
    orders.accept(number=order.number, clerk=company.clerk, now=sh("05 10:30:00"))
    assert (clock(order, "§1.2.1.1").state, clock(order, "§1.2.1.1").stopped_at) == ("excused", sh("05 10:30:00"))


def test_nothing_is_filed_that_was_not_breached(company):
    order = accepted(sh("04 19:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 19:00:00"))
    tick(now=sh("04 19:30:00"))
    with pytest.raises(Refused):
        filed(company, order)


def test_other_clauses_are_not_filed(company):
    order = placed(sh("04 19:00:00"), branch=company.branch)
    tick(now=sh("05 12:00:01"))
    assert clock(order, "§1.3.1.1").state == "breached"
    with pytest.raises(Refused):
        filed(company, order, "§1.3.1.1", "05 13:00:00")


def test_a_renegotiation_at_night_is_filed(company):
    order = accepted(sh("04 19:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 19:00:00"))
    pickup.appoint(
        number=order.number, clerk=company.clerk, appointment=sh("05 18:30:00"), agreed_by="customer", now=sh("04 19:06:00")
    )
    tick(now=sh("04 20:06:01"))
    assert filed(company, order, "§1.3.1.2r").state == "filed"


def test_one_filing_at_a_time_and_one_decision(company):
    order = placed(sh("04 19:00:00"), branch=company.branch)
    tick(now=sh("04 19:30:00"))
    filing = filed(company, order)
    with pytest.raises(Conflict):
        filed(company, order)
    decided(company, filing)
    with pytest.raises(Conflict):
        decided(company, filing)


def test_posts_and_scope(company):
    order = placed(sh("04 19:00:00"), branch=company.branch)
    tick(now=sh("04 19:30:00"))
    key = str(clock(order, "§1.2.1.1").pk)
    with pytest.raises(Denied):
        file(deadline_id=key, clerk=company.officer, reason="off_hours", text="x", now=sh("05 08:30:00"))
    with pytest.raises(Deadline.DoesNotExist):
        file(deadline_id=key, clerk=company.third_clerk, reason="off_hours", text="x", now=sh("05 08:30:00"))
    with pytest.raises(Denied):
        decide_filing(
            filing_id=filed(company, order).pk, person=company.clerk, grant=True, decision="", now=sh("05 10:00:00")
        )
