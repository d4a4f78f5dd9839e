"""Pickups: the two hours, appointments, rescheduling, notice, collect, fail, hand back (§1.3.1, §4.3.2.2)."""

from dataclasses import replace
from datetime import date

import pytest

from core.models import Entry
from orders import services as orders
from orders.models import Order
from orders.services.draft import draft_of
from pickup import services as pickup
from pickup.models import PickupTask
from rulebook.errors import Conflict, Denied, Refused
from sla.services import tick
from tests.clocks import clock, dues, running, states
from tests.factories import CUSTOMER, Company, accepted, placed, sh

pytestmark = pytest.mark.django_db


def taken(company: Company, placed_at: str = "04 09:00:00", at: str = "04 09:05:00", **changes: object) -> Order:
    return accepted(sh(at), company.clerk, branch=company.branch, placed_at=sh(placed_at), **changes)


def agree(company: Company, order: Order, when: str, now: str, by: str = "branch") -> PickupTask:
    return pickup.appoint(number=order.number, clerk=company.clerk, appointment=sh(when), agreed_by=by, now=sh(now))


def collect(company: Company, order: Order, now: str, at: str = "") -> PickupTask:
    return pickup.collect(
        number=order.number, clerk=company.driver, pieces=10, packing_ok=True, now=sh(now), at=sh(at) if at else None
    )


def dispatch(company: Company, order: Order, now: str) -> PickupTask:
    return pickup.dispatch(number=order.number, clerk=company.clerk, driver=company.driver, vehicle="浙A12345", now=sh(now))


def fail(company: Company, order: Order, now: str) -> PickupTask:
    return pickup.fail(number=order.number, clerk=company.driver, reason="nobody_there", remark="", now=sh(now))


def hand_back(company: Company, order: Order, now: str) -> PickupTask:
    return pickup.hand_back(number=order.number, clerk=company.driver, now=sh(now))


def last_fact() -> str:
    return Entry.objects.filter(name__startswith="pickup").latest("pk").name


# Every step from every state (design §3); `no` is a Conflict, `-` no pickup is found any more.

TABLE = """
step       requested appointed  dispatched collected failed     cancelled
appoint    appointed appointed  appointed  no        appointed  -
dispatch   dispatched dispatched dispatched no       dispatched -
collect    collected collected  collected  no        no         -
fail       failed    failed     failed     no        no         -
hand_back  no        no         no         cancelled no         -
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]
CASES = [(row[0], state, end) for row in ROWS[1:] for state, end in zip(ROWS[0][1:], row[1:], strict=True)]
STEPS = {
    "appoint": lambda c, o: agree(c, o, "04 15:00:00", "04 09:30:00", "customer"),
    "dispatch": lambda c, o: dispatch(c, o, "04 09:30:00"),
    "collect": lambda c, o: collect(c, o, "04 09:30:00"),
    "fail": lambda c, o: fail(c, o, "04 09:30:00"),
    "hand_back": lambda c, o: hand_back(c, o, "04 09:30:00"),
}
ROADS = {
    "requested": [], "appointed": ["appoint"], "dispatched": ["dispatch"], "collected": ["collect"], "failed": ["fail"],
    "cancelled": ["collect", "hand_back"],
}  # fmt: skip


@pytest.mark.parametrize(("step", "state", "end"), CASES, ids=[f"{step}-{state}" for step, state, _ in CASES])
def test_every_step_from_every_state(company, step, state, end):
    order = taken(company)
    for name in ROADS[state]:
        STEPS[name](company, order)
    assert PickupTask.objects.get().state == state
    if end == "no":
        with pytest.raises(Conflict) as lost:
            STEPS[step](company, order)
        assert (bool(lost.value.winner), lost.value.at) == (state != "requested", sh("04 09:30:00") if state != "requested" else None)
    elif end == "-":
        with pytest.raises(PickupTask.DoesNotExist):
            STEPS[step](company, order)
    else:
        STEPS[step](company, order)
        assert PickupTask.objects.get().state == end


# Appointments (§1.3.1.2, §1.3.1.2r).


@pytest.mark.parametrize(
    ("appointment", "clause", "due"),
    [
        ("04 10:30:00", "§1.3.1.2", "04 11:30:00"),
        ("04 17:59:59.999999", "§1.3.1.2", "04 18:59:59.999999"),
        ("04 18:00:00", "§1.3.1.1", "04 11:00:00"),
        ("05 08:59:59.999999", "§1.3.1.1", "04 11:00:00"),
        ("05 09:00:00", "§1.3.1.2", "05 10:00:00"),
    ],
)
def test_a_time_chosen_in_the_hall_is_an_appointment_if_it_is_valid(company, appointment, clause, due):
    order = placed(sh("04 09:00:00"), branch=company.branch, appointment=sh(appointment))
    assert running(order)[clause] == sh(due)
    assert ("§1.3.1.2r" in running(order)) == (clause == "§1.3.1.1")
    assert {"§1.3.1.1", "§1.3.1.2"} & set(running(order)) == {clause}


def test_an_invalid_time_is_to_be_renegotiated_within_the_hour(company):
    order = taken(company, appointment=sh("04 18:30:00"))
    assert running(order)["§1.3.1.2r"] == sh("04 10:00:00")
    agree(company, order, "04 15:00:00", "04 10:00:00")
    assert (states(order, "§1.3.1.2r"), last_fact()) == (["met"], "pickup_appointed")
    assert (running(order)["§1.3.1.2"], states(order, "§1.3.1.1")) == (sh("04 16:00:00"), ["replaced"])


def test_an_invalid_time_agreed_twice_keeps_its_first_hour(company):
    order = taken(company)
    agree(company, order, "05 08:00:00", "04 09:10:00", "customer")
    agree(company, order, "05 18:00:00", "04 09:50:00", "customer")
    assert running(order)["§1.3.1.2r"] == sh("04 10:10:00")
    assert running(order)["§1.3.1.1"] == sh("04 11:00:00")


def test_the_appointment_of_an_invalid_time_leaves_the_two_hours_running(company):
    order = taken(company)
    agree(company, order, "04 18:00:00", "04 09:10:00", "customer")
    assert running(order)["§1.3.1.1"] == sh("04 11:00:00")
    assert last_fact() == "pickup_time_invalid"


@pytest.mark.parametrize(
    ("appointment", "now", "clause"),
    [("04 09:59:59", "04 10:00:00", "§1.3.1.2"), ("04 10:00:00", "04 10:00:00", "§1.3.1.2"), ("08 10:00:00", "04 10:00:00", "§1.2.1.4p")],
)
def test_past_times_and_times_beyond_the_three_days_are_refused(company, appointment, now, clause):
    order = taken(company)
    with pytest.raises(Refused) as said:
        agree(company, order, appointment, now)
    assert (said.value.clause, said.value.field) == (clause, "appointment")
    assert running(order)["§1.3.1.1"] == sh("04 11:00:00")


def test_the_three_days_of_an_edited_appointment_count_from_the_order_date(company):
    order = taken(company, appointment=sh("05 10:00:00"))
    with pytest.raises(Refused) as said:
        orders.edit(
            number=order.number, draft=replace(draft_of(order), appointment=sh("08 10:00:00")), by=CUSTOMER,
            now=sh("05 09:00:00"),
        )  # fmt: skip
    assert said.value.clause == "§1.2.1.4p"


# Rescheduling (§1.3.1.1r).


@pytest.mark.parametrize(
    ("now", "by", "fact"),
    [
        ("04 10:00:00", "branch", "pickup_appointed"),
        ("04 10:00:00.000001", "branch", "pickup_rescheduled_late"),
        ("04 10:30:00", "order_call", "pickup_appointed"),
        ("04 10:59:00", "customer", "pickup_appointed"),
    ],
)
def test_the_branch_has_an_hour_and_the_customer_any_time(company, now, by, fact):
    order = taken(company)
    agree(company, order, "04 15:00:00", now, by)
    assert last_fact() == fact
    replaced = fact == "pickup_appointed"
    assert states(order, "§1.3.1.1") == (["replaced"] if replaced else ["open"])
    assert running(order).get("§1.3.1.2") == (sh("04 16:00:00") if replaced else None)


def test_outside_pickup_hours_the_hour_counts_from_nine(company):
    order = taken(company, "04 20:00:00", "04 20:05:00")
    agree(company, order, "05 15:00:00", "05 10:00:00")
    assert last_fact() == "pickup_appointed"


def test_two_late_changes_do_not_make_a_timely_one(company):
    order = taken(company)
    agree(company, order, "04 15:00:00", "04 10:30:00")
    agree(company, order, "04 16:00:00", "04 10:40:00")
    assert last_fact() == "pickup_rescheduled_late"
    assert running(order)["§1.3.1.1"] == sh("04 11:00:00")


def test_an_invalid_time_of_the_branchs_own_making_buys_no_new_hour(company):
    order = taken(company)
    agree(company, order, "04 18:30:00", "04 10:30:00")
    agree(company, order, "04 15:00:00", "04 10:31:00")
    assert last_fact() == "pickup_rescheduled_late"
    assert running(order)["§1.3.1.1"] == sh("04 11:00:00")


@pytest.mark.parametrize(
    ("now", "fact"),
    [("04 12:45:00", "pickup_appointed"), ("04 12:45:00.000001", "pickup_rescheduled_late")],
)
def test_a_valid_appointment_is_changed_until_15_minutes_before_its_due_time(company, now, fact):
    order = taken(company, appointment=sh("04 12:00:00"))
    agree(company, order, "04 16:00:00", now)
    assert last_fact() == fact
    due = "04 17:00:00" if fact == "pickup_appointed" else "04 13:00:00"
    assert running(order)["§1.3.1.2"] == sh(due)


def test_a_time_agreed_after_the_breach_at_the_customers_wish_starts_anew_and_erases_nothing(company):
    order = taken(company)
    tick(now=sh("04 11:00:01"))
    agree(company, order, "04 15:00:00", "04 11:30:00", "customer")
    assert (states(order, "§1.3.1.1"), running(order)["§1.3.1.2"]) == (["breached"], sh("04 16:00:00"))


def test_a_postponed_pickup_has_its_hour_on_the_new_day(company):
    order = taken(company)
    orders.postpone(
        number=order.number, clerk=company.clerk, ship_on=date(2026, 11, 6), reason="goods_not_ready", now=sh("04 10:30:00")
    )
    agree(company, order, "06 14:00:00", "05 16:00:00")
    assert last_fact() == "pickup_appointed"
    assert running(order)["§1.3.1.2"] == sh("06 15:00:00")


def test_a_postponed_pickup_waits_without_vehicle_or_time(company):
    order = taken(company, appointment=sh("04 12:00:00"))
    dispatch(company, order, "04 10:00:00")
    orders.postpone(
        number=order.number, clerk=company.clerk, ship_on=date(2026, 11, 6), reason="goods_not_ready", now=sh("04 10:30:00")
    )
    task = PickupTask.objects.get()
    assert (task.state, task.appointment, task.driver, task.vehicle) == ("requested", None, None, "")
    assert dues(order, "§1.3.1.2") == [("replaced", sh("04 13:00:00"))]
    assert running(order)["§1.3.1.1"] == sh("06 11:00:00")


# Notice (§4.3.2.2n).


@pytest.mark.parametrize(("told", "state"), [("04 10:45:00", "met"), ("04 10:45:00.000001", "breached")])
def test_the_notice_is_given_15_minutes_before(company, told, state):
    order = taken(company)
    pickup.give_notice(number=order.number, clerk=company.clerk, next_time="12:00", now=sh(told))
    tick(now=sh("04 11:00:01"))
    assert clock(order, "§4.3.2.2n").state == state


def test_a_notice_for_an_appointment_counts_from_its_due_time(company):
    order = taken(company, appointment=sh("04 12:00:00"))
    assert running(order)["§4.3.2.2n"] == sh("04 12:45:00")


def test_without_breach_the_missing_notice_is_nothing(company):
    order = taken(company)
    tick(now=sh("04 10:50:00"))
    collect(company, order, "04 11:00:00")
    assert (states(order, "§1.3.1.1"), states(order, "§4.3.2.2n")) == (["met"], ["void"])


# Collecting, failing, handing back.


@pytest.mark.parametrize(("at", "early"), [("04 12:59:59.999999", True), ("04 13:00:00", False), ("04 15:00:00", False)])
def test_collected_more_than_an_hour_before_is_early_and_in_time(company, at, early):
    order = taken(company, appointment=sh("04 14:00:00"))
    assert collect(company, order, at).early is early
    assert states(order, "§1.3.1.2") == ["met"]


def test_early_goes_by_the_time_that_stands(company):
    order = taken(company, appointment=sh("04 18:30:00"))
    assert collect(company, order, "04 10:00:00").early is False
    late = taken(company)
    agree(company, late, "04 16:00:00", "04 10:30:00")
    assert collect(company, late, "04 10:50:00").early is False


@pytest.mark.parametrize("at", ["04 10:00:00.000001", "04 08:59:59"])
def test_an_impossible_time_of_collecting_is_refused(company, at):
    order = taken(company)
    with pytest.raises(Refused) as said:
        collect(company, order, "04 10:00:00", at)
    assert said.value.field == "at"


def test_unfit_packing_is_not_taken(company):
    order = taken(company)
    with pytest.raises(Refused) as said:
        pickup.collect(number=order.number, clerk=company.driver, pieces=10, packing_ok=False, now=sh("04 10:00:00"))
    assert (said.value.clause, said.value.field) == ("§4.3.2.2", "packing_ok")


def test_nothing_is_fetched_before_the_acceptance(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    for act in (dispatch, collect):
        with pytest.raises(Refused):
            act(company, order, "04 09:30:00")


def test_a_failed_pickup_runs_on_and_can_be_agreed_anew(company):
    order = taken(company)
    fail(company, order, "04 10:00:00")
    assert running(order)["§1.3.1.1"] == sh("04 11:00:00")
    agree(company, order, "04 15:00:00", "04 10:05:00", "customer")
    assert collect(company, order, "04 15:30:00").state == "collected"
    assert states(order, "§1.3.1.2") == ["met"]


def test_a_failure_takes_a_reason_of_the_list(company):
    order = taken(company)
    with pytest.raises(Refused) as said:
        pickup.fail(number=order.number, clerk=company.driver, reason="", remark="", now=sh("04 10:00:00"))
    assert said.value.field == "reason"


def test_collected_goods_are_handed_back_before_the_order_is_cancelled(company):
    order = taken(company)
    collect(company, order, "04 10:00:00")
    end = {"number": order.number, "by": CUSTOMER, "reason": "", "text": ""}
    with pytest.raises(Refused) as said:
        orders.cancel(**end, now=sh("04 10:10:00"))
    assert said.value.clause == "§0.10"
    hand_back(company, order, "04 10:20:00")
    assert orders.cancel(**end, now=sh("04 10:30:00")).state == "cancelled"
    assert set(running(order)) == {"§1.2.1.4r"}
    assert states(order, "§1.3.1.1") == ["met"]


def test_billed_goods_are_not_handed_back(company):
    order = taken(company)
    collect(company, order, "04 10:00:00")
    orders.quote(number=order.number, clerk=company.clerk, amount=100, words="一口价", now=sh("04 10:01:00"))
    orders.answer_quote(number=order.number, agreed=True, by=CUSTOMER, now=sh("04 10:02:00"))
    orders.issue_waybill(
        number=order.number, clerk=company.clerk, pieces=10, weight_kg=order.weight_kg, volume_m3=order.volume_m3,
        now=sh("04 10:03:00"),
    )  # fmt: skip
    with pytest.raises(Conflict):
        hand_back(company, order, "04 10:20:00")


def test_cancelling_ends_the_pickup(company):
    order = taken(company)
    orders.cancel(number=order.number, by=CUSTOMER, reason="", text="", now=sh("04 09:30:00"))
    assert PickupTask.objects.get().state == "cancelled"
    assert (states(order, "§1.3.1.1"), states(order, "§4.3.2.2n"), states(order, "§1.2.2.p")) == (["void"], ["void"], ["void"])


# Edits (design §6.8).


def test_edited_to_a_drop_off_and_back(company):
    order = taken(company)
    orders.edit(number=order.number, draft=replace(draft_of(order), pickup=False), by=CUSTOMER, now=sh("04 09:20:00"))
    assert not {"§1.3.1.1", "§4.3.2.2n", "§1.2.2.p"} & set(running(order))
    order = Order.objects.get()
    orders.edit(number=order.number, draft=replace(draft_of(order), pickup=True), by=CUSTOMER, now=sh("04 17:30:00"))
    assert running(order)["§1.3.1.1"] == sh("05 12:00:00")
    assert running(order)["§1.2.2.p"] == sh("04 18:00:00")
    assert running(order)["§1.2.2.c"] == sh("06 00:00:00")
    assert PickupTask.objects.filter(state="requested").count() == 1


def test_edited_to_a_drop_off_after_handing_back_and_back_again(company):
    order = taken(company)
    collect(company, order, "04 10:00:00")
    hand_back(company, order, "04 10:20:00")
    for pickup_wanted, minute in ((False, 30), (True, 40)):
        order = Order.objects.get()
        draft = replace(draft_of(order), pickup=pickup_wanted)
        orders.edit(number=order.number, draft=draft, by=CUSTOMER, now=sh(f"04 10:{minute}:00"))
    assert running(order)["§1.3.1.1"] == sh("04 12:40:00")
    assert collect(company, order, "04 11:00:00").state == "collected"


def test_an_edited_appointment_is_the_customers_wish(company):
    order = taken(company, appointment=sh("04 12:00:00"))
    draft = replace(draft_of(order), appointment=sh("05 15:00:00"))
    orders.edit(number=order.number, draft=draft, by=CUSTOMER, now=sh("04 12:50:00"))
    assert (states(order, "§1.3.1.2"), running(order)["§1.3.1.2"]) == (["replaced", "open"], sh("05 16:00:00"))
    assert running(order)["§1.2.2.c"] == sh("06 00:00:00")


def test_an_edit_to_an_invalid_time_does_not_move_the_day_of_the_pickup(company):
    order = taken(company, appointment=sh("05 10:00:00"))
    draft = replace(draft_of(order), appointment=sh("06 18:30:00"))
    orders.edit(number=order.number, draft=draft, by=CUSTOMER, now=sh("04 19:30:00"))
    assert Order.objects.get().pickup_on == date(2026, 11, 5)
    assert running(order)["§1.3.1.2r"] == sh("04 20:30:00")


# Posts and scope.


def test_posts(company):
    order = taken(company)
    for act in (
        lambda: pickup.appoint(
            number=order.number, clerk=company.agent, appointment=sh("04 15:00:00"), agreed_by="customer", now=sh("04 09:30:00")
        ),
        lambda: pickup.dispatch(
            number=order.number, clerk=company.driver, driver=company.driver, vehicle="", now=sh("04 09:30:00")
        ),
        lambda: pickup.collect(
            number=order.number, clerk=company.officer, pieces=10, packing_ok=True, now=sh("04 09:30:00")
        ),
    ):
        with pytest.raises(Denied):
            act()
    with pytest.raises(Order.DoesNotExist):
        pickup.collect(
            number=order.number, clerk=company.third_clerk, pieces=10, packing_ok=True, now=sh("04 09:30:00")
        )
    assert set(PickupTask.objects.visible_to(company.third_clerk)) == set()
