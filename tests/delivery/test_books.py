"""The checker of the collected cash, shown red on planted faults: collected = remitted + outstanding + written off (§4.3.3.2)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from core.models import Entry
from delivery import services as delivery
from delivery.models import CashMovement, CashOnDelivery
from desk.doctor import CHECKS
from notify.models import Message
from notify.words import say
from reports.tasks import check_books
from rulebook.roles import Role
from sla.models import Heartbeat
from tests.delivery.test_cash import NOON, PRICE, cash, paid
from tests.factories import Company, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    company = Company()
    company.finance = post(Role.FINANCE, company.department)
    return company


def found() -> list[tuple[str, str, Decimal]]:
    return [(fault.kind, fault.name, fault.sums.gap) for fault in delivery.faults()]


def plant(table: str, assignment: str, key: int) -> None:
    """Change a row behind the application's back, past the trigger that refuses it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {table} SET {assignment} WHERE id = %s", [key])  # noqa: S608
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_whole_books_tie_out_at_every_station(company):
    order, waiting = paid(company), paid(company, Decimal("80.50"))
    stations = [
        lambda: delivery.count(numbers=[order.number], clerk=company.clerk, total=PRICE, now=NOON),
        lambda: delivery.bank(numbers=[order.number], clerk=company.clerk, slip="S", now=NOON),
        lambda: delivery.confirm_bank(slip="S", clerk=company.finance, now=NOON),
        lambda: delivery.remit(numbers=[order.number], clerk=company.finance, batch="R", now=NOON),
    ]
    for station in stations:
        station()
        assert found() == []
    sums = delivery.books()
    assert (sums.collected, sums.remitted, sums.outstanding, sums.written_off) == (
        Decimal("1280.50"),
        PRICE,
        Decimal("80.50"),
        0,
    )
    assert cash(waiting).state == "collected"


def test_a_row_paid_out_without_a_movement(company):
    order = paid(company)
    CashOnDelivery.objects.filter(order=order).update(state="remitted", confirmed_at=NOON)
    phone = order.shipper_phone_index
    assert found() == [("branch", "B1", PRICE), ("customer", phone, PRICE), ("order", order.number, PRICE)]


def test_a_movement_of_a_wrong_amount(company):
    order = paid(company)
    plant("delivery_cashmovement", "amount = 1199.99", CashMovement.objects.get().pk)
    assert ("order", order.number, Decimal("-0.01")) in found()
    assert len(found()) == 3


def test_a_movement_booked_at_another_branch(company):
    """Every order ties out, and yet the branch's money is not where its rows are."""
    paid(company)
    plant("delivery_cashmovement", f"unit_id = {company.second.pk}", CashMovement.objects.get().pk)
    assert found() == [("branch", "B1", -PRICE), ("branch", "B2", PRICE)]


def test_money_in_other_hands_than_the_row_says(company):
    """What is owed is right, but the movements never brought the money from the courier to the branch."""
    order = paid(company)
    CashOnDelivery.objects.filter(order=order).update(state="counted", counted_by=company.clerk, counted_at=NOON)
    assert [(fault.kind, fault.name) for fault in delivery.faults()] == [("order", order.number)]


def test_the_nightly_job_leaves_its_heartbeat_and_is_silent_when_all_is_well(company):
    paid(company)
    check_books()
    assert Heartbeat.objects.get(name="cash-books").handled == 0
    assert not Message.objects.filter(kind="books").exists()


def test_the_nightly_job_alarms_finance(company):
    order = paid(company)
    CashOnDelivery.objects.filter(order=order).update(state="remitted", confirmed_at=NOON)
    check_books()
    assert Heartbeat.objects.get(name="cash-books").handled == 3
    message = Message.objects.get(kind="books")
    assert message.unit == company.department
    assert "代收货款账目不平" in say(message)
    assert Entry.objects.get(name="books_differed").data == {"faults": 3, "orders": [order.number]}


def test_the_doctor_misses_the_nightly_job(company):
    """It runs once a night: 26 hours without it are too long."""
    check_books()
    at = Heartbeat.objects.get(name="cash-books").at
    assert CHECKS["代收货款"](at + timedelta(hours=26)) == []
    (finding,) = CHECKS["代收货款"](at + timedelta(hours=26, microseconds=1))
    assert finding.warning
