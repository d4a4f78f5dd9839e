"""Late facts correct, they do not argue; a dead tick changes no outcome (design §2, §6.2)."""

import pytest

from core.models import Entry
from orders import services as orders
from pickup import services as pickup
from sla.services import tick
from tests.clocks import clock, states, step
from tests.factories import CUSTOMER, accepted, placed, reached, sh

pytestmark = pytest.mark.django_db


def corrections() -> list[tuple[str, str]]:
    rows = Entry.objects.filter(name="deadline_corrected").order_by("data__clause")
    return [(entry.data["clause"], entry.data["state"]) for entry in rows]


def breaches(clause: str) -> int:
    return Entry.objects.filter(name="deadline_breached", data__clause=clause).count()


def test_an_acceptance_at_the_limit_recorded_after_the_alarm(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    reached(order, company.clerk, sh("04 09:08:00"))
    tick(now=sh("04 09:10:01"))
    assert clock(order, "§1.2.1.1").state == "breached"
    orders.accept(number=order.number, clerk=company.clerk, now=sh("04 09:10:00"))
    settled = clock(order, "§1.2.1.1")
    assert (settled.state, settled.corrected_at) == ("met", sh("04 09:10:00"))
    assert (step(order, "§1.2.1.1").state, step(order, "§1.2.1.1b", "second").state) == ("met", "met")
    assert corrections() == [("§1.2.1.1", "met")]


def test_an_acceptance_one_microsecond_too_late_stays_breached(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    reached(order, company.clerk, sh("04 09:08:00"))
    orders.accept(number=order.number, clerk=company.clerk, now=sh("04 09:10:00.000001"))
    assert clock(order, "§1.2.1.1").state == "breached"
    assert step(order, "§1.2.1.1b", "second").state == "met"
    assert (breaches("§1.2.1.1"), corrections()) == (1, [])


def test_a_cancel_at_the_limit_recorded_after_the_alarm(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    tick(now=sh("04 09:10:01"))
    orders.cancel(number=order.number, by=CUSTOMER, reason="", text="", now=sh("04 09:10:00"))
    assert clock(order, "§1.2.1.1").state == "void"
    assert corrections() == [("§1.2.1.1", "void")]


def test_a_move_at_the_limit_recorded_after_the_alarm(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    tick(now=sh("04 09:10:01"))
    orders.reassign(number=order.number, branch=company.second, clerk=company.clerk, reason="太远", now=sh("04 09:10:00"))
    assert states(order, "§1.2.1.1") == ["replaced", "open"]
    assert corrections() == [("§1.2.1.1", "replaced")]


@pytest.mark.parametrize("ticking", [True, False], ids=["living tick", "dead tick"])
def test_cancelled_after_the_limit_is_breached(company, ticking):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    if ticking:
        tick(now=sh("04 09:10:01"))
    orders.cancel(number=order.number, by=CUSTOMER, reason="", text="", now=sh("04 09:10:00.000001"))
    assert clock(order, "§1.2.1.1").state == "breached"
    assert (step(order, "§1.2.1.1").state, step(order, "§1.2.1.1b", "second").state) == ("breached", "void")
    assert step(order, "§1.2.1.1").responsible_person == company.manager
    assert (breaches("§1.2.1.1"), breaches("§1.2.1.1b")) == (1, 0)


@pytest.mark.parametrize("ticking", [True, False], ids=["living tick", "dead tick"])
def test_moved_just_after_the_limit_stays_with_the_old_branch(company, ticking):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    if ticking:
        tick(now=sh("04 09:10:03"))
    orders.reassign(number=order.number, branch=company.third, clerk=company.agent, reason="太远", now=sh("04 09:10:04"))
    tick(now=sh("04 09:20:05"))
    first, second = (c.steps.get(kind="due") for c in order.deadlines.filter(clause="§1.2.1.1").order_by("started_at"))
    assert (first.state, first.responsible_unit, first.responsible_person) == ("breached", company.branch, company.manager)
    assert (second.state, second.responsible_unit, second.at) == ("breached", company.third, sh("04 09:20:04"))
    assert order.deadlines.filter(clause="§1.2.1.1").order_by("started_at").first().steps.get(kind="second").state == "replaced"


def test_a_courier_who_was_offline_corrects_pickup_and_notice(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    tick(now=sh("04 11:00:01"))
    assert (clock(order, "§1.3.1.1").state, clock(order, "§4.3.2.2n").state) == ("breached", "breached")
    pickup.collect(
        number=order.number, clerk=company.driver, pieces=10, packing_ok=True, now=sh("04 11:30:00"), at=sh("04 10:59:00")
    )
    collected, notice = clock(order, "§1.3.1.1"), clock(order, "§4.3.2.2n")
    assert (collected.state, collected.stopped_at, collected.corrected_at) == ("met", sh("04 10:59:00"), sh("04 11:30:00"))
    assert (notice.state, notice.corrected_at) == ("void", sh("04 11:30:00"))
    assert corrections() == [("§1.3.1.1", "met"), ("§4.3.2.2n", "void")]


def test_a_courier_who_was_late_stays_late(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    tick(now=sh("04 11:00:01"))
    pickup.collect(
        number=order.number, clerk=company.driver, pieces=10, packing_ok=True, now=sh("04 11:30:00"),
        at=sh("04 11:00:00.000001"),
    )  # fmt: skip
    assert (clock(order, "§1.3.1.1").state, clock(order, "§4.3.2.2n").state) == ("breached", "breached")
    assert corrections() == []


def test_an_alarm_that_a_dead_tick_left_to_the_next_act_is_marked_late(company):
    order, quick = placed(sh("04 09:00:00"), branch=company.branch), placed(sh("04 09:00:00"), branch=company.branch)
    for each, at in ((order, "04 09:12:00"), (quick, "04 09:10:15")):
        reached(each, company.clerk, sh("04 09:09:00"))
        orders.accept(number=each.number, clerk=company.clerk, now=sh(at))
    assert (step(order, "§1.2.1.1").late, step(order, "§1.2.1.1").announced_at) == (True, sh("04 09:12:00"))
    assert step(quick, "§1.2.1.1").late is False


def test_the_tick_marks_what_it_announces_late(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    tick(now=sh("04 09:10:16"))
    assert step(order, "§1.2.1.1").late is True
    tick(now=sh("04 09:15:15"))
    assert step(order, "§1.2.1.1b", "second").late is False
    assert [e.data["late"] for e in Entry.objects.filter(name="deadline_breached").order_by("pk")] == [True, False]


def test_the_notice_is_never_ticked(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    tick(now=sh("04 10:45:05"))
    assert clock(order, "§4.3.2.2n").state == "open"
    pickup.collect(number=order.number, clerk=company.driver, pieces=10, packing_ok=True, now=sh("04 10:50:00"))
    assert clock(order, "§4.3.2.2n").state == "void"
    assert breaches("§4.3.2.2n") == 0
