"""The operator's commands: doctor, explain, tick, rulebook."""

from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from core.models import Entry
from desk import doctor
from network.models import Unit
from notify.models import Message
from sla import services as sla
from sla.models import Deadline, Heartbeat, Step
from tests.factories import Company, accepted, placed, sh

NINE = sh("04 09:00:00")


@pytest.fixture
def company(db: None) -> Company:
    return Company()


def run(command: str, *args: str, **options: object) -> str:
    out = StringIO()
    call_command(command, *args, stdout=out, **options)
    return out.getvalue()


def troubles(now) -> dict[str, list[str]]:
    """Return what is wrong by the name of the check, warnings aside."""
    found = {name: [f.zh for f in findings if not f.warning] for name, findings in doctor.examine(now)}
    return {name: words for name, words in found.items() if words}


def test_a_well_installation_has_no_trouble(company: Company) -> None:
    sla.tick(now=NINE)
    assert troubles(NINE) == {}


def test_a_clock_nobody_looks_at(company: Company) -> None:
    assert troubles(NINE) == {"时钟巡检": ["时钟从未巡检过"]}
    sla.tick(now=NINE)
    assert troubles(sh("04 09:00:15")) == {}
    assert troubles(sh("04 09:00:16")) == {"时钟巡检": ["时钟上次巡检在 16 秒前"]}


def test_a_step_set_aside(company: Company) -> None:
    placed(NINE, branch=company.branch)
    Step.objects.filter(clause="§1.2.1.1", kind="due").update(attempts=2, error="坏行")
    sla.tick(now=NINE)
    assert troubles(NINE) == {"公布失败": ["1 个时点公布失败，例如 §1.2.1.1：坏行"]}


def test_a_step_passed_over_by_a_tick_that_ran(company: Company) -> None:
    placed(NINE, branch=company.branch)
    Heartbeat.objects.create(name="tick", at=sh("04 09:10:05"))
    assert troubles(sh("04 09:10:05")) == {"漏公布": ["3 个已到期时点尚未公布"], "通知": ["有通知已等待 605 秒未发出"]}


def test_a_clock_without_steps(company: Company) -> None:
    placed(NINE, branch=company.branch)
    sla.tick(now=NINE)
    Message.objects.update(sent_at=NINE)
    Step.objects.filter(deadline__clause="§1.2.2.a").delete()
    assert troubles(NINE) == {"空时限": ["1 个进行中的时限没有时点，不会被公布"]}


def test_a_gap_in_the_journal(company: Company) -> None:
    sla.tick(now=NINE)
    for seq in (1, 2, 4):
        Entry.objects.create(
            name="x", subject="order/1", order_number="E1", seq=seq, occurred_at=NINE, recorded_at=NINE
        )
    Entry.objects.create(name="x", subject="order/2", order_number="E2", seq=1, occurred_at=NINE, recorded_at=NINE)
    assert troubles(NINE) == {"日志编号": ["1 票订单的日志编号不连续，例如 E1"]}


def test_an_organisation_without_a_call_centre(company: Company) -> None:
    sla.tick(now=NINE)
    Unit.objects.filter(code="CC").update(code="CALLS")
    assert troubles(NINE) == {"组织": ["没有编号为 CC 的呼叫中心"]}


def test_a_year_without_its_official_calendar_is_a_warning_only(company: Company) -> None:
    late = sh("2026-11-23 09:00:00")
    sla.tick(now=late)
    found = dict(doctor.examine(late))["工作日历"]
    assert [(f.zh[:6], f.warning) for f in found] == [("2027 年", True)]
    assert troubles(late) == {}


def test_doctor_says_it_and_exits_with_one(company: Company) -> None:
    out = StringIO()
    with time_machine.travel(NINE, tick=False), pytest.raises(SystemExit) as exit_:
        call_command("doctor", stdout=out)
    assert exit_.value.code == 1
    assert "✗ 时钟巡检：时钟从未巡检过。" in out.getvalue()
    assert "make run" in out.getvalue()
    with time_machine.travel(NINE, tick=False):
        run("tick")
        assert "一切正常" in run("doctor")


def test_tick_says_how_many_it_handled(company: Company) -> None:
    placed(NINE, branch=company.branch, pickup=False)
    with time_machine.travel(sh("04 09:10:01"), tick=False):
        assert run("tick") == "3\n"  # two reminders and the breach
        assert run("tick") == "0\n"


def test_explain_tells_every_clock_of_an_order(company: Company) -> None:
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=NINE)
    zh, en = run("explain", order.number), run("explain", order.number.lower(), lang="en")
    assert Deadline.objects.of_order(order).count() == zh.count("\n\n")
    assert "§1.2.1.1 营业部联系客户并确认受理\n" in zh
    assert "起算后 10 分钟内: 2026-11-04 09:10:00" in zh
    assert "within 10 minutes of the start: 2026-11-04 09:10:00" in en
    with pytest.raises(CommandError, match="E000"):
        run("explain", "E000")


def test_rulebook_says_what_is_there_and_what_is_not() -> None:
    zh, missing = run("rulebook"), run("rulebook", missing=True, lang="en")
    assert "§1.2.1.1 营业部联系客户并确认受理\n  实现: sla/services/clockwork.py: Clockwork" in zh
    assert "§5.2" in missing
    assert "not yet" in missing
