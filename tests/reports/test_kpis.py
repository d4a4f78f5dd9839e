"""The figures of §1.5 on a hand-made morning; every expected number is counted by hand from the story above it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from network.models import Unit
from orders import services as orders
from orders.models import Order
from reports import kpis
from reports.kpis import ASSIGNMENT, INFORMATION, MISSED, PART, SUCCESS, TIMELY, WHOLE, Narrowing, Period
from rulebook.errors import Denied
from sla import services as sla
from sla.models import Deadline
from tests.factories import CUSTOMER, Company, accepted, placed, reached, sh

DAY = Period.days(date(2026, 11, 4), date(2026, 11, 4))
NOON = sh("04 12:00:00")


@pytest.fixture
def company(db: None) -> Company:
    return Company()


def counted(code: str, unit: Unit, now=NOON, period=DAY, **narrowing: object) -> tuple[int, int]:
    score = kpis.score(code, unit, period, now=now, narrowing=Narrowing(**narrowing))
    return score.part, score.whole


@pytest.fixture
def morning(company: Company) -> Company:
    """Five orders at the branch, its neighbour and the other region; nobody has run the tick."""
    accepted(sh("04 09:10:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))  # exactly in time
    accepted(
        sh("04 09:10:01"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), channel="taobao"
    )  # late
    placed(sh("04 09:30:00"), branch=company.branch)  # overdue, never accepted
    moved = placed(sh("04 10:00:00"), branch=company.second)
    orders.reassign(
        number=moved.number, branch=company.third, clerk=company.second_clerk, reason="太远", now=sh("04 10:02:00")
    )  # replaced at the second branch
    reached(moved, company.third_clerk, sh("04 10:04:00"))
    orders.accept(number=moved.number, clerk=company.third_clerk, now=sh("04 10:05:00"))  # 3 minutes at the third
    ended = placed(sh("04 10:00:00"), branch=company.third)
    orders.cancel(
        number=ended.number,
        by=company.third_clerk.actor,
        person=company.third_clerk,
        reason="duplicate",
        text="",
        now=sh("04 10:05:00"),
    )  # void
    placed(sh("04 11:55:00"), branch=company.branch)  # still running at noon
    return company


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("branch", (1, 3)),
        ("second", (0, 0)),
        ("third", (1, 1)),
        ("region", (1, 3)),
        ("other_region", (1, 1)),
        ("root", (2, 4)),
    ],
)
@pytest.mark.parametrize("ticked", [False, True])
def test_timely_handling_counts_overdue_orders_and_leaves_out_replaced_void_and_running(
    morning, unit, expected, ticked
):
    """§1.5.1; what the tick has announced changes nothing (design §2)."""
    if ticked:
        sla.tick(now=NOON)
    assert counted(TIMELY, getattr(morning, unit)) == expected


def test_a_quiet_unit_has_no_share(morning):
    score = kpis.score(TIMELY, morning.second, DAY, now=NOON)
    assert score.share is None
    assert kpis.score(TIMELY, morning.branch, DAY, now=NOON).share == Decimal("0.3333")


def test_a_step_counts_in_the_period_of_its_due_instant(morning):
    """Due 09:10, 09:10, 09:40, 10:12: the last instant of the first period is exclusive."""
    until = Period(sh("04 09:00:00"), sh("04 09:40:00"))
    assert counted(TIMELY, morning.root, period=until) == (1, 2)
    assert counted(TIMELY, morning.root, period=Period(sh("04 09:40:00"), sh("04 10:12:00"))) == (0, 1)


def test_excused_breaches_leave_both_sides(company):
    """A night order missed, filed and acknowledged (§1.4.2) is neither for nor against."""
    placed(sh("04 02:00:00"), branch=company.branch)
    sla.tick(now=sh("04 08:30:00"))
    assert counted(TIMELY, company.branch) == (0, 1)
    clock = Deadline.objects.get(clause="§1.2.1.1")
    filing = sla.file(
        deadline_id=str(clock.pk), clerk=company.clerk, reason="off_hours", text="夜间", now=sh("04 08:40:00")
    )
    sla.decide_filing(filing_id=filing.pk, person=company.officer, grant=True, decision="", now=sh("04 09:00:00"))
    assert counted(TIMELY, company.branch) == (0, 0)


def test_a_pinned_order_counts_against_the_responsible_branch(company):
    """From the third move on, breaches belong to the branch that first accepted (§1.2.1.6), announced or not."""
    order = accepted(sh("04 09:03:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    for minute, branch in ((4, company.second), (5, company.branch), (6, company.third)):
        orders.reassign(
            number=order.number, branch=branch, clerk=company.agent, reason="改派", now=sh(f"04 09:{minute:02}:00")
        )
    assert counted(TIMELY, company.third) == (0, 0)
    assert counted(TIMELY, company.branch) == (1, 2)
    sla.tick(now=NOON)
    assert counted(TIMELY, company.third) == (0, 0)
    assert counted(TIMELY, company.branch) == (1, 2)


def test_assignment_is_the_call_centres(company):
    """Two orders without a branch: one assigned at exactly ten minutes, one a second late."""
    for second in ("04 09:10:00", "04 09:10:01"):
        order = placed(sh("04 09:00:00"))
        orders.assign(number=order.number, branch=company.branch, clerk=company.agent, now=sh(second))
    assert counted(ASSIGNMENT, company.call_centre) == (1, 2)
    assert counted(ASSIGNMENT, company.branch) == (0, 0)


def test_rows_are_what_the_numbers_count(morning):
    def numbers(side: str) -> list[str]:
        steps = kpis.rows(TIMELY, morning.root, DAY, side, now=NOON)
        return [step.deadline.order.number for step in steps]

    first, late, never, moved, _ended, _fresh = Order.objects.order_by("pk").values_list("number", flat=True)
    assert sorted(numbers(PART)) == sorted([first, moved])
    assert sorted(numbers(MISSED)) == sorted([late, never])
    assert sorted(numbers(WHOLE)) == sorted([first, late, never, moved])


def test_split_by_unit_channel_and_clerk(morning):
    def split(unit: Unit) -> list[tuple[str, int, int]]:
        return [(below.code, s.part, s.whole) for below, s in kpis.by_unit(TIMELY, unit, DAY, now=NOON)]

    assert split(morning.area) == [("R1", 1, 3), ("R2", 1, 1)]
    assert split(morning.region) == [("B1", 1, 3)]
    assert split(morning.branch) == []
    channels = kpis.by_channel(TIMELY, morning.root, DAY, now=NOON)
    assert {key: (s.part, s.whole) for key, s in channels.items()} == {"hall": (2, 3), "taobao": (0, 1)}
    clerks = kpis.by_clerk(TIMELY, morning.root, DAY, now=NOON)
    assert [(p.pk, s.part, s.whole) for p, s in clerks] == [(morning.clerk.pk, 1, 2), (morning.third_clerk.pk, 1, 1)]
    assert counted(TIMELY, morning.root, channel="taobao") == (0, 1)
    assert counted(TIMELY, morning.root, clerk=morning.clerk.pk) == (1, 2)


def test_waiting_by_nearest_rank(morning):
    """Accepted after 10:00, 10:01 and 3:00 minutes; the order never accepted has no time."""
    waited = kpis.waiting(morning.root, DAY, now=NOON)
    assert waited.count == 3
    assert waited.median == timedelta(minutes=10)
    assert waited.p90 == timedelta(minutes=10, seconds=1)
    assert kpis.waiting(morning.second, DAY, now=NOON).median is None


def test_information_entry_and_the_same_day_beside_it(company):
    """§1.5.2: staff gave a reason; a customer's waits for confirmation; another's was confirmed the next morning."""
    by_staff, waiting, next_day = (placed(sh("04 09:00:00"), branch=company.branch) for _ in range(3))
    orders.cancel(
        number=by_staff.number,
        by=company.clerk.actor,
        person=company.clerk,
        reason="mistaken",
        text="",
        now=sh("04 09:05:00"),
    )
    for order in (waiting, next_day):
        orders.cancel(number=order.number, by=CUSTOMER, reason="not_shipping", text="", now=sh("04 23:30:00"))
    orders.confirm_reason(
        number=next_day.number, clerk=company.clerk, reason="not_shipping", text="", now=sh("05 08:00:00")
    )
    score = kpis.score(INFORMATION, company.branch, DAY, now=sh("05 09:00:00"))
    assert (score.part, score.whole, score.beside) == (2, 3, 1)
    missed = kpis.rows(INFORMATION, company.branch, DAY, MISSED, now=sh("05 09:00:00"))
    assert [step.deadline.order.number for step in missed] == [waiting.number]
    next_period = Period.days(date(2026, 11, 5), date(2026, 11, 5))
    assert counted(INFORMATION, company.branch, period=next_period) == (0, 0)


def bill(order: Order, company: Company, at) -> None:
    amount = Decimal("80.00")
    orders.quote(number=order.number, clerk=company.clerk, amount=amount, words="80 元", now=sh("04 09:20:00"))
    orders.answer_quote(number=order.number, agreed=True, by=CUSTOMER, now=sh("04 09:21:00"))
    orders.issue_waybill(
        number=order.number, clerk=company.clerk, pieces=10, weight_kg=Decimal(120), volume_m3=Decimal("0.8"), now=at
    )


def test_success_within_a_day_of_placing(company):
    """§1.5.3: exactly 24 h is in; a second later is out; by phone is left out; young and unbilled waits outside."""
    for at, channel in (("05 09:00:00", "hall"), ("05 09:00:01", "hall"), ("04 11:00:00", "phone")):
        order = accepted(
            sh("04 09:05:00"),
            company.clerk,
            branch=company.branch,
            placed_at=sh("04 09:00:00"),
            pickup=False,
            channel=channel,
        )
        bill(order, company, sh(at))
    placed(sh("04 20:00:00"), branch=company.branch)
    placed(sh("04 20:00:00"))  # no branch: only the company's figure knows it
    at_nine = sh("05 09:30:00")
    assert counted(SUCCESS, company.branch, now=at_nine) == (1, 2)
    assert counted(SUCCESS, company.root, now=at_nine) == (1, 2)
    assert counted(SUCCESS, company.branch, now=sh("05 20:00:00")) == (1, 2)  # exactly 24 h old is not older
    assert counted(SUCCESS, company.branch, now=sh("05 20:00:01")) == (1, 3)
    assert counted(SUCCESS, company.root, now=sh("05 20:00:01")) == (1, 4)
    assert len(kpis.rows(SUCCESS, company.root, DAY, MISSED, now=sh("05 20:00:01"))) == 3


def test_each_figure_is_one_query(morning):
    with CaptureQueriesContext(connection) as queries:
        kpis.scores(morning.root, DAY, now=NOON)
    assert len(queries) == 4


def test_nobody_looks_into_another_unit(morning):
    kpis.check_may_see(morning.regional_manager, morning.branch)
    with pytest.raises(Denied):
        kpis.check_may_see(morning.regional_manager, morning.third)
    with pytest.raises(Denied):
        kpis.check_may_see(morning.regional_manager, morning.root)
