"""Excuses (备案): branches file what they missed, the information centre verifies, the department decides, some are taken up again."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db.models import QuerySet

from desk.demo.lives import World
from desk.demo.names import FILING_WORDS
from network.models import Person
from rulebook.roles import Role
from rulebook.windows import in_off_hours
from sla import services
from sla.choices import FILING_DECIDED, FilingReason, FilingState, State
from sla.models import Deadline, Filing

APART = timedelta(seconds=20)
DAY = timedelta(days=1)
FAULTS = {
    FilingReason.SYSTEM_FAULT: "系统未弹出新单提醒，消息记录为空。",
    FilingReason.POWER_OR_NETWORK: "园区停电半小时，物业有通知。",
    FilingReason.PC_FAULT: "受理电脑蓝屏重启，已报修。",
}
NOTED = "暴雨封路，到达前已在日志注明。"


def _missed(clause: str, now: datetime) -> QuerySet[Deadline]:
    """Return the clocks of a clause that were missed since the day before and that nobody has filed."""
    missed = Deadline.objects.filter(
        clause=clause, state=State.BREACHED, due_at__gte=now - DAY, filings=None, holder__isnull=False
    )
    return missed.select_related("holder", "order").order_by("due_at", "order_id")


def _by_night(clock: Deadline) -> bool:
    return any(in_off_hours(instant) for instant in (clock.started_at, clock.due_at) if instant)


def _file(world: World, clock: Deadline, reason: FilingReason, words: str, now: datetime) -> None:
    if clock.holder:
        clerk = world.company.holder(clock.holder.code, Role.BRANCH_CLERK)
        services.file(deadline_id=str(clock.pk), clerk=clerk, reason=reason, text=words, now=now)


def file_the_night(world: World, now: datetime) -> None:
    """Each branch files the acceptances it missed in off-hours since the day before."""
    for clock in _missed("§1.2.1.1", now):
        if _by_night(clock) and world.chance(world.habits.files_excuse):
            _file(world, clock, FilingReason.OFF_HOURS, world.rng.choice(FILING_WORDS), now)


def file_the_day(world: World, now: datetime) -> None:
    """It blames faults for some it missed by day (§3.6.1), and names circumstances that it had noted in time (§1.3.3.1)."""
    acts = []
    for clock in _missed("§1.2.1.1", now):
        luck = world.luck_of(clock.order, "fault")
        if not _by_night(clock) and luck.random() < world.habits.blames_fault:
            reason = luck.choice(list(FAULTS))
            acts.append(partial(_file, world, clock, reason, FAULTS[reason]))
    for clock in _missed("§1.3.3.1", now):
        if FilingReason.SPECIAL_CIRCUMSTANCE in services.reasons_for(clock):
            acts.append(partial(_file, world, clock, FilingReason.SPECIAL_CIRCUMSTANCE, NOTED))
    world.timeline.plan_each(acts, now, APART)


def verify(world: World, now: datetime) -> None:
    """The information centre looks into the faults (§3.6.1)."""
    person = world.company.holder("IT", Role.IT)
    for filing in Filing.objects.to_verify().order_by("pk"):
        true = world.luck_of(filing.about, "verified").random() < world.habits.fault_confirmed
        finding = "日志显示故障属实" if true else "日志中没有故障记录"
        world.timeline.plan(now, partial(_verify, filing.pk, person, true, finding))


def _verify(pk: int, person: Person, true: bool, finding: str, now: datetime) -> None:
    services.verify_filing(filing_id=pk, person=person, confirmed=true, finding=finding, now=now)


def decide(world: World, now: datetime) -> None:
    """The e-commerce department goes through the filings of the morning."""
    person = world.company.holder("EC", Role.DEPARTMENT)
    for filing in Filing.objects.to_decide().order_by("pk"):
        if filing.state == FilingState.FILED and not filing.excuse.verified:
            grant = world.chance(world.habits.excuse_granted)
        else:
            grant = filing.confirmed is not False and world.luck_of(filing.about, "again").random() < world.habits.excuse_granted
        services.decide_filing(filing_id=filing.pk, person=person, grant=grant, decision="" if grant else "值班安排不足", now=now)


def take_up_again(world: World, now: datetime) -> None:
    """Of what was decided the day before, some is taken up again, once."""
    person = world.company.holder("EC", Role.DEPARTMENT)
    decided = Filing.objects.filter(state__in=FILING_DECIDED, decided_at__gt=now - DAY - timedelta(hours=1), decided_at__lt=now - timedelta(hours=1))
    for filing in decided.exclude(acts__verb="reopen").order_by("pk"):
        if world.luck_of(filing.about, "reopened").random() < world.habits.excuse_reopened:
            world.timeline.plan(now, partial(_take_up, filing.pk, person))


def _take_up(pk: int, person: Person, now: datetime) -> None:
    services.reopen_filing(filing_id=pk, person=person, reason="收到新的凭证，重新核查", now=now)
