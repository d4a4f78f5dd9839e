"""A lost lane (§2.2.2): every amount typed by hand, from the revenues to the fen each bears; books before, after and withdrawn."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from core.models import SYSTEM, Entry
from customers import services as customers
from customers.services import Terms
from network.models import Unit
from penalties.models import LaneShare, LedgerEntry, LostLane, Penalty
from penalties.services import (
    Loss,
    appeal,
    assess_loss,
    enter_lost_lane,
    ledger_faults,
    run_bonus,
    sums_of_ledger,
    withdraw_lost_lane,
)
from rulebook.errors import Conflict, Denied, Refused
from tests.factories import Company, sh

pytestmark = pytest.mark.django_db
NOW, KEY = sh("20 10:00:00"), UUID(int=1)
NOV, DEC = date(2026, 11, 1), date(2026, 12, 1)


@pytest.fixture
def firm(company: Company) -> Company:
    """A key customer of the third branch; the first and second lost its lane."""
    terms = Terms(contract_no="XM-1", valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31), tracker=company.officer.number)
    company.account = customers.sign(  # type: ignore[attr-defined]
        name="五金公司", phone="13900009999", branch=company.third, terms=terms, requirements="", by=company.officer, now=sh("01 09:00:00")
    )
    return company


def loss(firm: Company, *revenues: str, departments: str = "B1 60/B2 40", persons: str = "", **changes: object) -> Loss:
    first, second, third = map(Decimal, revenues or ("30000.00", "24000.00", "36000.00"))
    given = {"customer": firm.account.pk, "lane": "杭州—广州", "lost_on": date(2026, 11, 16), "text": "连续三周延误，客户转投他家"}  # type: ignore[attr-defined]
    shares = {"departments": pairs(departments), "persons": pairs(persons)}
    return Loss(**{**given, "first": first, "second": second, "third": third, **shares, **changes})  # type: ignore[arg-type]


def pairs(text: object) -> object:
    if not isinstance(text, str):
        return text
    return [(name, Decimal(percent)) for name, percent in (each.split() for each in text.split("/") if each)]


def enter(firm: Company, what: Loss, key: UUID = KEY) -> LostLane:
    return enter_lost_lane(key=key, loss=what, by=firm.officer, now=NOW)


AMOUNTS = [  # three months' revenue, departments' parts, persons' parts: what each department, and each person, bears
    (("30000.00", "24000.00", "36000.00"), "B1 60/B2 40", "C 100", ["9000.00", "6000.00"], ["150.00"]),
    (("30000.00", "24000.00", "36000.00"), "B1 100", "", ["15000.00"], []),
    # 1000.01 in all: a mean of 333.33666…, half of it 166.6683… → 166.67; thirds of that 55.55, 55.55 and what is left
    (("1000.01", "0", "0"), "B1 33.33/B2 33.33/B3 33.34", "", ["55.55", "55.55", "55.57"], []),
    # 100.03: half the mean is 16.67166… → 16.67; halves 8.335 → 8.34 and the rest; 1 % of 16.67 is 0.1667 → 0.17: 0.09 and 0.08
    (("100.03", "0.00", "0.00"), "B1 50/B2 50", "C 50/M 50", ["8.34", "8.33"], ["0.09", "0.08"]),
    # 0.03: the mean is 0.01, half of it 0.005 → 0.01 (half-up)
    (("0.01", "0.01", "0.01"), "B1 100", "", ["0.01"], []),
    (("99999999.99", "99999999.99", "99999999.99"), "B1 100", "C 100", ["50000000.00"], ["500000.00"]),
]


@pytest.mark.parametrize(("revenues", "departments", "persons", "charged", "personal"), AMOUNTS)
def test_what_each_bears_is_shown_and_then_charged(firm, revenues, departments, persons, charged, personal):
    named = persons.replace("C", firm.clerk.number).replace("M", firm.manager.number)
    what = loss(firm, *revenues, departments=departments, persons=named)
    shown = assess_loss(what, by=firm.officer, now=NOW)
    assert ([str(p.amount) for p in shown.departments], [str(p.amount) for p in shown.persons]) == (charged, personal)
    assert not Penalty.objects.exists()
    enter(firm, what)
    fines = Penalty.objects.order_by("pk")
    assert [str(p.amount) for p in fines if p.case == "lane_lost"] == charged
    assert [str(p.amount) for p in fines if p.case == "lane_lost_persons"] == personal
    assert list(ledger_faults()) == []


def test_departments_pay_from_profit_to_the_customers_branch_persons_from_their_bonus(firm):
    lane = enter(firm, loss(firm, persons=f"{firm.clerk.number} 100"))
    rows = [(p.clause, p.payer, p.purse, p.credited_to, p.cause, p.state) for p in Penalty.objects.order_by("pk")]
    assert rows == [
        ("§2.2.2", f"unit/{firm.branch.pk}", "profit", firm.third, f"lost_lane/{lane.pk}", "assessed"),
        ("§2.2.2", f"unit/{firm.second.pk}", "profit", firm.third, f"lost_lane/{lane.pk}", "assessed"),
        ("§2.2.2", f"person/{firm.clerk.pk}", "bonus", firm.third, f"lost_lane/{lane.pk}", "assessed"),
    ]
    assert set(LedgerEntry.objects.values_list("income_of", flat=True)) == {firm.third.pk}
    run_bonus(month=NOV, by=SYSTEM, now=NOW)  # no bonus was reported: the departments' profit pays all the same
    assert [(str(p.paid), p.state) for p in Penalty.objects.order_by("pk")] == [
        ("9000.00", "settled"), ("6000.00", "settled"), ("0.00", "assessed")
    ]  # fmt: skip
    assert Entry.objects.get(name="lane_lost").data["charged"] == "15000.00"


def test_withdrawn_it_is_reversed_by_counter_entries_and_what_was_taken_comes_back(firm):
    lane = enter(firm, loss(firm, persons=f"{firm.clerk.number} 100"))
    run_bonus(month=NOV, by=SYSTEM, now=NOW)
    withdrawn = withdraw_lost_lane(pk=lane.pk, reason="客户因停产不再发货", by=firm.officer, now=sh("2026-12-02 09:00:00"))
    assert (withdrawn.state, withdrawn.withdrawn_by) == ("withdrawn", firm.officer)
    assert set(Penalty.objects.values_list("state", "reason")) == {("reversed", "客户因停产不再发货")}
    run_bonus(month=DEC, by=SYSTEM, now=sh("2026-12-20 09:00:00"))
    assert [b.kind for b in LedgerEntry.objects.filter(payer=f"unit/{firm.branch.pk}").order_by("pk")] == ["assess", "take", "reverse", "refund"]
    assert (list(ledger_faults()), sums_of_ledger().outstanding) == ([], 0)
    with pytest.raises(Conflict):
        withdraw_lost_lane(pk=lane.pk, reason="再次", by=firm.officer, now=sh("2026-12-02 10:00:00"))


def test_the_same_form_twice_is_one_and_the_same_loss_anew_only_after_a_withdrawal(firm):
    lane = enter(firm, loss(firm))
    assert enter(firm, loss(firm)) == lane
    with pytest.raises(Conflict, match="当日流失已登记"):
        enter(firm, loss(firm), key=uuid4())
    assert Penalty.objects.count() == 2
    withdraw_lost_lane(pk=lane.pk, reason="比例有误", by=firm.officer, now=NOW)
    enter(firm, loss(firm, departments="B1 50/B2 50"), key=uuid4())
    assert [str(p.amount) for p in Penalty.objects.exclude(state="reversed").order_by("pk")] == ["7500.00", "7500.00"]


def test_a_department_may_object_through_its_manager(firm):
    enter(firm, loss(firm))
    fine = Penalty.objects.get(payer=f"unit/{firm.branch.pk}")
    assert appeal(pk=fine.pk, person=firm.manager, text="延误发生在转运段", now=NOW).state == "appealed"


BAD = [  # what is wrong, the field that is named
    ({"departments": []}, "departments"),
    ({"departments": "B1 60/B2 39.99"}, "departments"),
    ({"departments": "B1 60/B2 40.01"}, "departments"),
    ({"departments": "B1 60/B1 40"}, "departments"),
    ({"departments": "B1 60/X9 40"}, "departments"),
    ({"departments": "B1 0/B2 100"}, "departments"),
    ({"departments": "B1 -10/B2 110"}, "departments"),
    ({"departments": "B1 NaN"}, "departments"),
    ({"departments": "B1 33.333/B2 66.667"}, "departments"),
    ({"persons": "P0 100"}, "persons"),
    ({"customer": 10**9}, "customer"),
    ({"lost_on": date(2026, 11, 21)}, "lost_on"),
    ({"lane": "  "}, "lane"),
    ({"text": ""}, "text"),
    ({"first": Decimal("-0.01")}, "first"),
    ({"second": Decimal("NaN")}, "second"),
    ({"third": Decimal("1.001")}, "third"),
    ({"first": Decimal("Infinity")}, "first"),
    ({"first": Decimal("100000000.00")}, "first"),
    ({"first": Decimal(0), "second": Decimal(0), "third": Decimal(0)}, "departments"),  # nothing to share
    ({"first": Decimal("0.10"), "second": Decimal(0), "third": Decimal(0), "persons": "the clerk"}, "persons"),  # 1 % of 0.02
]


@pytest.mark.parametrize(("changes", "field"), BAD)
def test_what_does_not_add_up_is_refused_and_nothing_is_stored(firm, changes, field):
    if changes.get("persons") == "the clerk":
        changes = {**changes, "persons": f"{firm.clerk.number} 100"}
    with pytest.raises(Refused) as refused:
        enter(firm, loss(firm, **changes))
    assert (refused.value.clause, refused.value.field) == ("§2.2.2", field)
    assert (LostLane.objects.count(), LaneShare.objects.count(), Penalty.objects.count()) == (0, 0, 0)


def test_a_closed_department_bears_nothing(firm):
    Unit.objects.filter(pk=firm.second.pk).update(closed_at=NOW)
    with pytest.raises(Refused, match="B2"):
        enter(firm, loss(firm))


def test_only_the_department_enters_and_withdraws(firm):
    lane = enter(firm, loss(firm))
    for person in (firm.manager, firm.regional_manager, firm.clerk):
        with pytest.raises(Denied):
            assess_loss(loss(firm), by=person, now=NOW)
        with pytest.raises(Denied):
            withdraw_lost_lane(pk=lane.pk, reason="x", by=person, now=NOW)


def test_who_bears_it_and_whose_customer_it_was_see_it(firm):
    enter(firm, loss(firm, departments="B1 100"))
    seen = [LostLane.objects.visible_to(person).count() for person in (firm.manager, firm.regional_manager, firm.officer, firm.third_clerk)]
    assert seen == [1, 1, 1, 1]
    assert LostLane.objects.visible_to(firm.second_clerk).count() == 0


def test_the_database_knows_it_too(firm):
    lane = enter(firm, loss(firm))
    for bad in ({"unit": firm.third, "person": firm.clerk}, {"unit": None}, {"unit": firm.branch}, {"unit": firm.third, "percent": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LaneShare.objects.create(**{"lane": lane, "percent": Decimal(10), **bad})
    with pytest.raises(IntegrityError), transaction.atomic():
        LostLane.objects.filter(pk=lane.pk).update(first=-1)
