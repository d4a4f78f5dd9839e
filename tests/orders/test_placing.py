"""Orders come in: numbers, appointments, the same external number twice (§3.4.3, §6)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.models import Actor, Entry
from orders import services as orders
from orders.models import Order
from orders.numbers import check_digit, is_valid, order_number, waybill_number
from rulebook.errors import Refused
from tests.clocks import running
from tests.factories import CUSTOMER, Company, draft, placed, sh

pytestmark = pytest.mark.django_db
PARTNER = Actor("partner", "7")


@pytest.fixture
def company(db) -> Company:
    return Company()


def arrive(no: str = "A-1", source: str = "partner:7", at: str = "04 09:00:00", **changes: object) -> orders.Placed:
    return orders.place(draft(**changes), channel="partner", by=PARTNER, now=sh(at), source=source, external_no=no)


# ISO 7064 Mod 11,10, worked by hand: P=10; each digit: S=(P+d) mod 10, 0 counts as 10; P=2S mod 11; check=(11-P) mod 10.


@pytest.mark.parametrize(
    ("digits", "check"),
    [
        ("0794", "5"),  # P 10 → 9 → 1 → 9 → 6: 11-6
        ("0", "2"),  # S 10, P 20 mod 11 = 9: 11-9
        ("1", "9"),  # S 11 mod 10 = 1, P 2: 11-2
        ("9", "4"),  # S 9, P 18 mod 11 = 7: 11-7
        ("261123000042", "9"),  # P 4 9 9 9 2 10 9 7 3 6 9 2: 11-2
    ],
)
def test_check_digits(digits, check):
    assert check_digit(digits) == check
    assert is_valid(digits + check)


def test_every_single_wrong_digit_is_found():
    good = "2611230000429"
    wrong = [good[:i] + str(d) + good[i + 1 :] for i in range(len(good)) for d in range(10) if str(d) != good[i]]
    assert len(wrong) == 117
    assert not any(is_valid(each) for each in wrong)
    assert not any(is_valid(each) for each in ("", "5", "07９45", "0794a"))


def test_what_numbers_look_like():
    assert order_number(42, sh("2026-11-23 00:00:00")) == "E2611230000429"
    assert order_number(42, sh("2026-11-22 23:59:59"))[:7] == "E261122"
    assert len(waybill_number(1)) == 10
    assert is_valid(waybill_number(987_654_321))


def test_an_order_with_its_branch(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    assert is_valid(order.number[1:])
    assert (order.state, order.branch, order.reached_branch_at) == ("at_branch", company.branch, sh("04 09:00:00"))
    assert [e.name for e in Entry.objects.filter(order_number=order.number).order_by("seq")] == [
        "order_submitted", "order_reached_branch", "pickup_requested",
    ]  # fmt: skip
    assert running(order) == {
        "§1.2.1.1": sh("04 09:10:00"), "§1.2.2.a": sh("04 23:00:00"), "§1.2.2.c": sh("05 00:00:00"),
        "§1.3.1.1": sh("04 11:00:00"), "§4.3.2.2n": sh("04 10:45:00"),
    }  # fmt: skip


def test_an_order_without_branch(company):
    order = placed(sh("04 09:00:00"), pickup=False)
    assert (order.state, order.branch) == ("unassigned", None)
    assert running(order) == {"§1.2.1.3": sh("04 09:10:00")}


@pytest.mark.parametrize("code", ["NOPE", "R1", "CC", "b1"])
def test_an_unknown_branch_or_what_is_none(company, code):
    with pytest.raises(Refused) as said:
        orders.place(draft(branch_code=code), channel="hall", by=CUSTOMER, now=sh("04 09:00:00"))
    assert said.value.field == "branch_code"
    assert not Order.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("appointment", "pickup", "clause"),
    [
        ("04 09:00:00", True, "§1.3.1.2"),
        ("03 15:00:00", True, "§1.3.1.2"),
        ("08 09:00:00", True, "§1.2.1.4p"),
        ("04 15:00:00", False, "§1.3.1.2"),
    ],
)
def test_impossible_appointments(company, appointment, pickup, clause):
    with pytest.raises(Refused) as said:
        placed(sh("04 09:00:00"), branch=company.branch, appointment=sh(appointment), pickup=pickup)
    assert (said.value.clause, said.value.field) == (clause, "appointment")
    assert not Order.objects.exists()


def test_the_third_day_is_still_possible(company):
    order = placed(sh("04 09:00:00"), branch=company.branch, appointment=sh("07 17:00:00"))
    assert running(order)["§1.3.1.2"] == sh("07 18:00:00")
    assert running(order)["§1.2.2.c"] == sh("08 00:00:00")


def test_the_same_number_with_the_same_content_is_the_same_order(company):
    first, again = arrive(), arrive(at="04 09:05:00", weight_kg=Decimal("120.0"))
    assert (first.created, again.created, again.order) == (True, False, first.order)
    assert Entry.objects.filter(name="order_submitted").count() == 1


def test_the_same_number_with_other_content_names_the_fields(company):
    arrive()
    with pytest.raises(orders.Duplicate) as said:
        arrive(pieces=11, consignee=replace(draft().consignee, name="王五"))
    assert said.value.fields == ["consignee.name", "pieces"]
    assert Order.objects.count() == 1


def test_a_repeat_is_compared_with_what_first_came_even_after_an_edit(company):
    order = arrive().order
    orders.edit(number=order.number, draft=draft(pieces=20), by=CUSTOMER, now=sh("04 09:01:00"))
    assert arrive(at="04 09:05:00").created is False


def test_a_repeat_whose_appointment_has_passed_meanwhile_is_still_the_repeat(company):
    order = arrive(appointment=sh("04 10:00:00")).order
    assert arrive(at="04 12:00:00", appointment=sh("04 10:00:00")).order == order


def test_two_sources_may_use_one_number(company):
    assert arrive().order != arrive(source="partner:8").order
