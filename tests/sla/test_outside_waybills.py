"""A waybill made outside opens a filing with the department (§1.4.3)."""

import pytest

from core.models import Entry
from rulebook.errors import Conflict
from rulebook.events import On
from sla.models import Filing
from sla.services import decide_filing
from tests.factories import Company, sh
from tests.orders.bills import bill, ready
from tests.orders.test_bills import link

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    return Company()


def test_linking_opens_a_filing(company):
    order = ready(company)
    link(company, order)
    filing = Filing.objects.get()
    assert (filing.order, filing.deadline, filing.reason, filing.state) == (order, None, "outside_waybill", "filed")
    assert (filing.filed_by, filing.filed_at) == (company.clerk, sh("04 11:00:00"))
    assert "停电，手工开单" in filing.text
    fact = Entry.objects.get(order_number=order.number, name=On.FILING_FILED)
    assert (fact.data["clause"], fact.data["deadline"]) == ("§1.4.3", None)


def test_a_waybill_of_this_flow_opens_none(company):
    bill(company, ready(company))
    assert not Filing.objects.exists()


@pytest.mark.parametrize(("grant", "state"), [(True, "granted"), (False, "refused")])
def test_the_department_decides_it_once(company, grant, state):
    link(company, ready(company))
    filing = Filing.objects.get()
    decided = decide_filing(
        filing_id=filing.pk, person=company.officer, grant=grant, decision="已核实", now=sh("04 12:00:00")
    )
    assert decided.state == state
    with pytest.raises(Conflict):
        decide_filing(filing_id=filing.pk, person=company.officer, grant=grant, decision="再来", now=sh("04 12:01:00"))
    assert not Entry.objects.filter(name=On.DEADLINE_EXCUSED).exists()


def test_only_who_sees_the_order_sees_it(company):
    link(company, ready(company))
    seen = {name: Filing.objects.visible_to(getattr(company, name)).count() for name in ("clerk", "officer", "third_clerk")}
    assert seen == {"clerk": 1, "officer": 1, "third_clerk": 0}
