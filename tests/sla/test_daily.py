"""The duties of every day: §1.4.4 and §1.2.2.c, caught up after missed days, with and without a living tick (design §6.5)."""

from datetime import date

import pytest

from orders import services as orders
from orders.models import Order
from pickup import services as pickup
from sla.services import tick
from tests.clocks import clock, dues, running, states
from tests.factories import CUSTOMER, Company, accepted, placed, sh

pytestmark = pytest.mark.django_db


def taken(company: Company, **changes: object) -> Order:
    """Return a drop-off order placed at 9:00 on the 4th and accepted at 9:05."""
    return accepted(
        sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), **{"pickup": False, **changes}
    )


def note(company: Company, order: Order, at: str) -> None:
    orders.annotate(number=order.number, clerk=company.clerk, kind="tracking", text="客户备货中", now=sh(at))


def test_one_tick_catches_up_three_missed_days(company):
    order = taken(company)
    tick(now=sh("07 08:00:00"))
    assert dues(order, "§1.2.2.c") == [
        ("breached", sh("05 00:00:00")),
        ("breached", sh("06 00:00:00")),
        ("breached", sh("07 00:00:00")),
        ("open", sh("08 00:00:00")),
    ]
    assert dues(order, "§1.4.4") == [
        ("breached", sh("04 23:00:00")),
        ("breached", sh("05 23:00:00")),
        ("breached", sh("06 23:00:00")),
        ("open", sh("07 23:00:00")),
    ]


@pytest.mark.parametrize("ticking", [True, False], ids=["living tick", "dead tick"])
def test_a_cancel_after_missed_days_leaves_the_same_record_with_and_without_a_tick(company, ticking):
    order = taken(company)
    if ticking:
        for day in ("04", "05", "06"):
            tick(now=sh(f"{day} 23:00:05"))
            tick(now=sh(f"{day} 23:59:59"))
        tick(now=sh("06 00:00:05"))
    orders.cancel(number=order.number, by=CUSTOMER, reason="", text="", now=sh("07 10:00:00"))
    assert dues(order, "§1.2.2.c") == [
        ("breached", sh("05 00:00:00")),
        ("breached", sh("06 00:00:00")),
        ("breached", sh("07 00:00:00")),
        ("void", sh("08 00:00:00")),
    ]
    assert states(order, "§1.4.4") == ["breached", "breached", "breached", "void"]


@pytest.mark.parametrize("ticking", [True, False], ids=["living tick", "dead tick"])
def test_a_move_after_a_missed_day_hands_the_duty_on(company, ticking):
    order = taken(company)
    if ticking:
        tick(now=sh("05 00:00:05"))
    orders.reassign(number=order.number, branch=company.third, clerk=company.agent, reason="太远", now=sh("05 10:00:00"))
    assert dues(order, "§1.4.4") == [
        ("breached", sh("04 23:00:00")),
        ("replaced", sh("05 23:00:00")),
        ("open", sh("05 23:00:00")),
    ]
    assert clock(order, "§1.4.4").holder == company.third
    assert dues(order, "§1.2.2.c") == [
        ("breached", sh("05 00:00:00")),
        ("replaced", sh("06 00:00:00")),
        ("open", sh("06 00:00:00")),
    ]


def test_a_second_note_on_one_day_changes_nothing(company):
    order = taken(company)
    note(company, order, "04 10:00:00")
    note(company, order, "04 15:00:00")
    assert dues(order, "§1.4.4") == [("met", sh("04 23:00:00")), ("open", sh("05 23:00:00"))]


def test_a_note_at_the_last_instant_and_one_just_after(company):
    order, other = taken(company), taken(company)
    note(company, order, "04 23:00:00")
    orders.annotate(number=other.number, clerk=company.clerk, kind="tracking", text="晚了", now=sh("04 23:00:00.000001"))
    assert dues(order, "§1.4.4") == [("met", sh("04 23:00:00")), ("open", sh("05 23:00:00"))]
    assert dues(other, "§1.4.4") == [("breached", sh("04 23:00:00")), ("open", sh("05 23:00:00"))]


def test_an_acceptance_note_is_no_follow_up(company):
    order = taken(company)
    orders.annotate(number=order.number, clerk=company.clerk, kind="acceptance", text="已核对", now=sh("04 10:00:00"))
    assert states(order, "§1.4.4") == ["open"]


def test_a_later_pickup_moves_both_duties_to_its_day(company):
    order = taken(company, pickup=True)
    pickup.appoint(
        number=order.number, clerk=company.clerk, appointment=sh("06 10:00:00"), agreed_by="order_call", now=sh("04 09:06:00")
    )
    assert running(order)["§1.4.4"] == sh("06 23:00:00")
    assert running(order)["§1.2.2.c"] == sh("07 00:00:00")
    tick(now=sh("06 22:59:59"))
    assert states(order, "§1.2.2.c") == ["replaced", "open"]


def test_a_drop_off_ordered_at_five_is_due_the_same_day(company):
    order = placed(sh("04 17:00:00"), branch=company.branch, pickup=False)
    assert running(order)["§1.2.2.c"] == sh("05 00:00:00")


def test_follow_up_of_an_order_accepted_at_eleven_at_night(company):
    order = accepted(sh("04 23:00:00"), company.clerk, branch=company.branch, placed_at=sh("04 22:55:00"), pickup=False)
    assert running(order)["§1.4.4"] == sh("05 23:00:00")


def test_the_waybill_ends_the_duties(company):
    order = priced(company, taken(company))
    bill(company, order, "04 12:00:00")
    assert states(order, "§1.4.4") == ["met"]
    assert states(order, "§1.2.2.c") == ["met"]
    assert "§1.2.2.c" not in running(order)


def test_a_day_that_had_not_begun_is_not_counted_as_served(company):
    order = priced(company, taken(company))
    note(company, order, "04 10:00:00")
    bill(company, order, "04 12:00:00")
    assert states(order, "§1.4.4") == ["met", "void"]


def test_postponed_twice_on_one_day_serves_that_day_once(company):
    order = taken(company)
    for day, at in ((5, "04 10:00:00"), (7, "04 11:00:00")):
        orders.postpone(
            number=order.number, clerk=company.clerk, ship_on=date(2026, 11, day), reason="goods_not_ready", now=sh(at)
        )
    assert dues(order, "§1.2.2.c") == [
        ("met", sh("05 00:00:00")),
        ("replaced", sh("06 00:00:00")),
        ("open", sh("08 00:00:00")),
    ]
    assert dues(order, "§1.4.4") == [
        ("met", sh("04 23:00:00")),
        ("replaced", sh("05 23:00:00")),
        ("open", sh("07 23:00:00")),
    ]


def test_a_waybill_recorded_just_after_the_tick_closed_its_day(company):
    order = priced(company, taken(company))
    tick(now=sh("05 00:00:01"))
    bill(company, order, "05 00:00:00")
    assert dues(order, "§1.2.2.c") == [("met", sh("05 00:00:00")), ("void", sh("06 00:00:00"))]
    corrected = clock(order, "§1.2.2.c").order.deadlines.get(clause="§1.2.2.c", state="met")
    assert corrected.corrected_at == sh("05 00:00:00")


def test_a_cancel_recorded_just_after_the_tick_closed_its_day(company):
    order = taken(company)
    tick(now=sh("05 00:00:01"))
    orders.cancel(number=order.number, by=CUSTOMER, reason="", text="", now=sh("05 00:00:00"))
    assert states(order, "§1.2.2.c") == ["void", "void"]


def priced(company: Company, order: Order) -> Order:
    orders.quote(number=order.number, clerk=company.clerk, amount=100, words="一口价", now=sh("04 09:06:00"))
    return orders.answer_quote(number=order.number, agreed=True, by=CUSTOMER, now=sh("04 09:07:00"))


def bill(company: Company, order: Order, at: str) -> None:
    orders.issue_waybill(
        number=order.number, clerk=company.clerk, pieces=10, weight_kg=order.weight_kg, volume_m3=order.volume_m3, now=sh(at)
    )
