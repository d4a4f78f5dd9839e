"""A promise to a customer is never changed by an excuse: the hall and the partner are told the same before and after."""

import pytest

from orders.models import Order
from portal import progress
from sla import services as sla
from tests.api.client import PartnerClient, order_body, partner
from tests.api.test_verbs import API, _four_november, company, done  # noqa: F401  (fixtures)
from tests.clocks import clock, running
from tests.factories import Company, sh

pytestmark = pytest.mark.django_db
LATER = sh("05 10:00:00")


def test_what_is_excused_stays_a_broken_promise_to_the_partner(company: Company) -> None:  # noqa: F811
    channel = PartnerClient(partner("TB"))
    number = done(channel.post(f"{API}/orders/", order_body()), 201)["number"]
    order = Order.objects.get(number=number)
    order.deadlines.filter(clause="§1.2.1.1").update(started_at=sh("03 19:00:00"))
    sla.tick(now=LATER)
    late = clock(order, "§1.2.1.1")

    def told() -> tuple:
        deadlines = done(channel.get(f"{API}/orders/{number}/"))["deadlines"]
        return progress.promises(order, LATER), deadlines, running(order)

    before = told()
    filing = sla.file(deadline_id=str(late.pk), clerk=company.clerk, reason="off_hours", text="x", now=LATER)
    sla.decide_filing(filing_id=filing.pk, person=company.officer, grant=True, decision="", now=LATER)
    late.refresh_from_db()
    assert late.state == "excused"
    assert told() == before
    assert "§1.2.1.1" in {each.clause for each in before[0]}
