"""What our own operation costs on top: one append-only record for every clause, charged to a unit, taken back by a counter-row."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from core.models import Entry
from delivery import services as delivery
from delivery.models import OperatingCost
from delivery.services import costs
from orders.models import Order
from rulebook.errors import Conflict, Denied, Refused
from rulebook.roles import Role
from tests.delivery.test_shipments import arrived, does, loaded, sent
from tests.delivery.test_slips import say, signed
from tests.factories import Company, contract, post, sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    company = Company()
    company.slips = post(Role.SLIP_CLERK, company.branch)
    return company


def charge(order: Order, clerk, cause: str = "upstairs", amount: str = "80.00", **changes: object) -> OperatingCost:
    said = {"amount": Decimal(amount), "text": "收货人要求上六楼", **changes}
    return costs.charge_cost(number=order.number, clerk=clerk, cause=cause, now=sh("05 14:00:00"), **said)


def take_back(order: Order, clerk, pk: int, text: str = "记错") -> OperatingCost:
    return costs.take_back_cost(number=order.number, cost=pk, clerk=clerk, text=text, now=sh("05 15:00:00"))


def told(order: Order) -> list[dict[str, object]]:
    """What the ledger of others will read: clause, cause, amount and unit of every cost charged."""
    facts = Entry.objects.filter(order_number=order.number, name="cost_charged").order_by("pk")
    return [{name: fact.data[name] for name in ("clause", "cause", "amount", "unit")} for fact in facts]


def split(company: Company, **changes: object) -> Order:
    order = sent(company, **changes)
    does(order, "depart", company.clerk, "04 20:00:00", vehicle="浙A1", pieces=4)
    return order


def test_help_upstairs_is_charged_to_the_origin_branch_and_taken_back(company):
    """§2.1.3.4"""
    contract(company)
    order = loaded(company)
    cost = charge(order, company.second_clerk)
    assert (cost.clause, cost.charged_to, cost.incurred_by, cost.amount) == ("§2.1.3.4", company.branch, company.second, Decimal("80.00"))
    with pytest.raises(Refused, match="冲回原因"):
        take_back(order, company.second_clerk, cost.pk, " ")
    back = take_back(order, company.second_clerk, cost.pk)
    assert (back.amount, back.charged_to, back.clause) == (Decimal("-80.00"), company.branch, "§2.1.3.4")
    for pk in (cost.pk, back.pk):
        with pytest.raises(Conflict, match="已冲回"):
            take_back(order, company.second_clerk, pk)
    said = {"clause": "§2.1.3.4", "cause": "upstairs", "unit": company.branch.pk}
    assert told(order) == [said | {"amount": "80.00"}, said | {"amount": "-80.00"}]


def test_a_split_is_charged_to_the_branch_at_fault(company):
    """§2.1.2.2"""
    whole = sent(company)
    with pytest.raises(Refused, match="没有拆分"):
        charge(whole, company.clerk, "split", unit="B2")
    order = split(company)
    for wrong in ("", "ghost", company.department.code):
        with pytest.raises(Refused) as refusal:
            charge(order, company.clerk, "split", unit=wrong)
        assert (refusal.value.clause, refusal.value.field) == ("§2.1.2.2", "unit")
    assert charge(order, company.clerk, "split", "150.00", unit="B2").charged_to == company.second
    assert told(order) == [{"clause": "§2.1.2.2", "cause": "split", "amount": "150.00", "unit": company.second.pk}]


def test_our_own_delay_is_charged_to_the_department_at_fault(company):
    """§2.2.4"""
    with pytest.raises(Refused, match="不是项目客户"):
        charge(arrived(company), company.second_clerk, "delay", unit="B2")
    contract(company)
    order = arrived(company)
    cost = charge(order, company.second_clerk, "delay", unit=company.department.code)
    assert (cost.clause, cost.charged_to) == ("§2.2.4", company.department)


def test_signing_a_slip_again_is_charged_to_the_department_at_fault(company):
    """§2.2.5"""
    order = signed(company)
    say("return_slip", order, company.clerk, "05 13:00:00")
    with pytest.raises(Refused, match="没有被要求补签") as refusal:
        charge(order, company.second_clerk, "re_signing", "22.00", unit="B2")
    assert (refusal.value.clause, refusal.value.field) == ("§2.2.5", "cause")
    say("reject", order, company.slips, "05 13:30:00", remark="未盖章")
    assert charge(order, company.second_clerk, "re_signing", "22.00", unit="B2").clause == "§2.2.5"


@pytest.mark.parametrize(("key", "bearer"), [(False, "B2"), (True, "B1")])
def test_helpers_hired_from_outside(company, key, bearer):
    """§1.3.3.2; a key customer's cost is the origin branch's (§2.1.3.4)."""
    order = arrived(company, key_customer=key)
    hire = {"number": order.number, "clerk": company.second_clerk, "now": sh("05 12:30:00"), "reason": "staff_short", "helpers": 2}
    delivery.hire_helpers(cost="80.00", **hire)
    row = OperatingCost.objects.hires().get()
    assert (row.clause, row.cause, row.helpers, str(row.amount), row.charged_to.code) == ("§1.3.3.2", "staff_short", 2, "80.00", bearer)
    assert told(order) == [{"clause": "§1.3.3.2", "cause": "staff_short", "amount": "80.00", "unit": row.charged_to_id}]
    take_back(order, company.second_clerk, row.pk)
    assert sum(each.amount for each in OperatingCost.objects.all()) == 0


def test_helpers_who_cost_nothing_charge_nobody(company):
    order = arrived(company)
    delivery.hire_helpers(number=order.number, clerk=company.second_clerk, now=sh("05 12:30:00"), reason="oversized", helpers=1, cost="0")
    assert told(order) == []
    with pytest.raises(Conflict):
        take_back(order, company.second_clerk, OperatingCost.objects.get().pk)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": "0"}, "amount"), ({"amount": "-1"}, "amount"), ({"amount": "NaN"}, "amount"), ({"amount": "0.001"}, "amount"),
        ({"amount": "Infinity"}, "amount"), ({"amount": "100000.00"}, "amount"), ({"cause": "bribe"}, "cause"), ({"text": ""}, "text"),
        ({"cause": "staff_short"}, "cause"), ({"unit": "B2"}, "unit"),
    ],
)  # fmt: skip
def test_a_cost_that_cannot_be_is_refused(company, change, field):
    contract(company)
    order = loaded(company)
    with pytest.raises(Refused) as refusal:
        charge(order, company.second_clerk, **change)
    assert (refusal.value.clause, refusal.value.field) == ("§2.1.3.4", field)
    assert not OperatingCost.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reason": "lazy"}, "reason"), ({"helpers": 0}, "helpers"), ({"helpers": 21}, "helpers"), ({"helpers": True}, "helpers"),
        ({"cost": "-0.01"}, "cost"), ({"cost": "NaN"}, "cost"), ({"cost": "1.001"}, "cost"), ({"cost": "100000"}, "cost"),
    ],
)  # fmt: skip
def test_a_hire_that_cannot_be(company, wrong, field):
    order = arrived(company)
    hire = {"reason": "oversized", "helpers": 2, "cost": "80.00", **wrong}
    with pytest.raises(Refused) as refusal:
        delivery.hire_helpers(number=order.number, clerk=company.second_clerk, now=sh("05 12:30:00"), **hire)
    assert (refusal.value.clause, refusal.value.field) == ("§1.3.3.2", field)


def test_who_charges(company):
    order = split(company)
    with pytest.raises(Denied):
        charge(order, company.driver, "split", unit="B2")
    assert charge(order, post(Role.OPERATIONS_CENTRE, company.department), "split", unit="B2").pk


@pytest.mark.postgres
def test_a_cost_is_never_changed(company):
    charge(split(company), company.clerk, "split", unit="B2")
    for change in (lambda rows: rows.update(amount=1), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change(OperatingCost.objects.all())
