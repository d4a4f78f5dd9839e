"""The department's list of the next morning (§1.2.2.c, §1.2.2.a)."""

from datetime import date

import pytest

from orders import services as orders
from pickup import services as pickups
from reports.dayend import of_day, still_open
from sla import services as sla
from tests.factories import Company, accepted, placed, sh

MORNING = sh("05 08:00:00")


@pytest.fixture
def company(db: None) -> Company:
    return Company()


def numbers(steps) -> list[str]:
    return [step.deadline.order.number for step in steps]


def test_what_the_day_left_open(company):
    """Collected but not billed: to bill. Never accepted: to end, and late. Cancelled, postponed: on no list."""
    collected = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    pickups.collect(number=collected.number, clerk=company.driver, pieces=10, packing_ok=True, now=sh("04 10:00:00"))
    waiting = placed(sh("04 11:00:00"), branch=company.branch, pickup=False)
    cancelled = placed(sh("04 11:00:00"), branch=company.branch)
    orders.cancel(
        number=cancelled.number,
        by=company.clerk.actor,
        person=company.clerk,
        reason="mistaken",
        text="",
        now=sh("04 12:00:00"),
    )
    put_off = accepted(sh("04 12:00:00"), company.clerk, branch=company.branch, placed_at=sh("04 11:55:00"))
    orders.postpone(
        number=put_off.number,
        clerk=company.clerk,
        ship_on=date(2026, 11, 6),
        reason="goods_not_ready",
        now=sh("04 12:05:00"),
    )
    sla.tick(now=MORNING)
    lists = of_day(date(2026, 11, 4), company.officer)
    assert numbers(lists.to_bill) == [collected.number]
    assert numbers(lists.to_end) == [waiting.number]
    assert numbers(lists.accepted_late) == [waiting.number]
    assert numbers(of_day(date(2026, 11, 5), company.officer).to_end) == []


def test_a_branch_sees_its_own_list_only(company):
    placed(sh("04 11:00:00"), branch=company.third, pickup=False)
    sla.tick(now=MORNING)
    assert of_day(date(2026, 11, 4), company.manager).to_end == []
    assert len(of_day(date(2026, 11, 4), company.third_clerk).to_end) == 1


def test_what_was_ended_since_is_no_longer_open(company):
    order = placed(sh("04 11:00:00"), branch=company.branch, pickup=False)
    sla.tick(now=MORNING)
    assert len(still_open(of_day(date(2026, 11, 4), company.officer).to_end)) == 1
    orders.cancel(
        number=order.number,
        by=company.clerk.actor,
        person=company.clerk,
        reason="mistaken",
        text="",
        now=sh("05 09:00:00"),
    )
    assert still_open(of_day(date(2026, 11, 4), company.officer).to_end) == []
