"""The simulated clock: acts in order, the real tick in between, refusals counted."""

from datetime import timedelta

import pytest

from desk.demo.timeline import Timeline, next_beat
from notify.models import Message
from orders import services as orders
from orders.models import Order
from sla.models import Step
from tests.factories import Company, placed, reached, sh


@pytest.fixture
def company(db: None) -> Company:
    return Company()


@pytest.mark.parametrize(
    ("due", "beat"),
    [
        ("04 09:10:00", "04 09:10:05"),  # exactly on time is in time: the next beat announces it
        ("04 09:10:01", "04 09:10:05"),
        ("04 09:10:04", "04 09:10:05"),
        ("04 23:59:58", "05 00:00:00"),
    ],
)
def test_a_breach_is_announced_at_the_next_beat(due: str, beat: str) -> None:
    assert next_beat(sh(due)) == sh(beat)


def test_acts_run_in_the_order_of_their_instants(db: None) -> None:
    said: list[str] = []
    timeline = Timeline(sh("04 09:00:00"))
    timeline.plan(sh("04 09:02:00"), lambda now: said.append("second"))
    timeline.plan(sh("04 09:01:00"), lambda now: timeline.plan(sh("04 09:00:30"), lambda at: said.append(f"{at:%S}")))
    timeline.plan(sh("04 09:05:00"), lambda now: said.append("too late"))
    timeline.play(sh("04 09:04:00"))
    assert said == ["00", "second"]  # what was planned for the past runs at once, at 09:01:00
    assert timeline.now == sh("04 09:04:00")


def test_the_tick_runs_where_something_is_due(company: Company) -> None:
    """Warnings at 5 and 8 minutes, the breach at 10, the second step at 15: four ticks, none between."""
    timeline = Timeline(sh("04 09:00:00"))
    timeline.plan(sh("04 09:00:00"), lambda now: placed(now, branch=company.branch, pickup=False))
    timeline.play(sh("04 09:30:00"))
    assert timeline.ticks == 4
    step = Step.objects.get(clause="§1.2.1.1", kind="due")
    assert step.announced_at == sh("04 09:10:05")
    assert not step.late
    assert step.responsible_person == company.manager


def test_an_act_at_the_due_instant_is_in_time(company: Company) -> None:
    timeline = Timeline(sh("04 09:00:00"))

    def accept(now) -> None:
        order = Order.objects.get()
        reached(order, company.clerk, now)
        orders.accept(number=order.number, clerk=company.clerk, now=now)

    timeline.plan(sh("04 09:00:00"), lambda now: placed(now, branch=company.branch))
    timeline.plan(sh("04 09:10:00"), accept)
    timeline.play(sh("04 09:30:00"))
    assert Step.objects.get(clause="§1.2.1.1", kind="due").state == "met"


def test_messages_go_out_on_the_simulated_clock(company: Company) -> None:
    timeline = Timeline(sh("04 09:00:00"))
    timeline.plan(sh("04 09:00:00"), lambda now: placed(now, branch=company.branch))
    timeline.play(sh("04 09:06:00"))
    sent = Message.objects.order_by("pk").values_list("kind", "sent_at")
    assert list(sent) == [("new_order", sh("04 09:00:00")), ("reminder", sh("04 09:05:05"))]


def test_what_a_rule_refuses_is_counted(company: Company) -> None:
    timeline = Timeline(sh("04 09:00:00"))
    timeline.plan(sh("04 09:00:00"), lambda now: placed(now, branch=company.branch))
    for _twice in range(2):
        timeline.plan(
            sh("04 09:01:00"),
            lambda now: orders.accept(number=Order.objects.get().number, clerk=company.clerk, now=now),
        )
    timeline.play(sh("04 09:02:00") + timedelta(seconds=1))
    assert timeline.refused == {"§1.4.1": 2}
