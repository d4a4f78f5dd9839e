"""Fines of the living day, one for every state a visitor may want to see, and a bonus run that has settled one (§1.7.2 to §1.7.4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from desk.demo.company import SHOWCASE
from desk.demo.lives import World
from penalties import services
from penalties.models import Penalty
from penalties.services import BonusLine
from penalties.services.booking import month_of
from rulebook.roles import Role

HOUR = timedelta(hours=1)
BONUS, ITS_BRANCH_S = "600", "180"  # the second does not bear what its branch owes: the rest is carried over


class Story(NamedTuple):
    """A fine the department entered: who pays, CNY (none: not known yet), what for, and what became of it."""

    post: Role
    amount: str | None
    text: str
    becomes: str = ""


STORIES = (
    Story(Role.BRANCH_CLERK, "50", "未按规定佩戴工牌接待客户", "reversed"),
    Story(Role.BRANCH_CLERK, None, "交接班未登记在途货物，金额待核定"),
    Story(Role.BRANCH_CLERK, "30", "托运书留存联未归档"),
    Story(Role.BRANCH_MANAGER, "80", "周例会缺席且未请假", "appealed"),
    Story(Role.BRANCH_MANAGER, "60", "月度培训记录不完整", "refused"),
    Story(Role.REGIONAL_MANAGER, "120", "未按期完成网点巡查"),
)
"""The regional manager's bonus settles the last one."""


def plan_fine_stories(world: World, now: datetime) -> None:
    """Have the fines entered thirty hours ago, objected to a day ago, decided and run since."""
    for number, story in enumerate(STORIES):
        world.timeline.plan(now - 30 * HOUR, partial(_enter, world, number, story))
        if story.becomes:
            world.timeline.plan(now - 24 * HOUR, partial(_object, world, number, story))
        if story.becomes in ("reversed", "refused"):
            world.timeline.plan(now - 8 * HOUR, partial(_decide, world, number, story.becomes == "reversed"))
    world.timeline.plan(now - 6 * HOUR, partial(_run, world))


def _unit(world: World, role: Role) -> str:
    """Return the code of the unit at or above the showcase branch where this post stands."""
    unit = world.company.units[SHOWCASE]
    while (unit.code, role) not in world.company.staff and unit.parent:
        unit = unit.parent
    return unit.code


def _fined(number: int) -> Penalty:
    found: Penalty = Penalty.objects.get(cause=f"manual/{uuid5(NAMESPACE_URL, f'fine {number}')}")
    return found


def _enter(world: World, number: int, story: Story, now: datetime) -> None:
    services.enter(
        key=uuid5(NAMESPACE_URL, f"fine {number}"), person=world.company.holder(_unit(world, story.post), story.post), text=story.text,
        at=now, by=world.company.holder("EC", Role.DEPARTMENT), now=now, amount=Decimal(story.amount) if story.amount else None,
    )  # fmt: skip


def _object(world: World, number: int, story: Story, now: datetime) -> None:
    person = world.company.holder(_unit(world, story.post), story.post)
    services.appeal(pk=_fined(number).pk, person=person, text="当时另有安排，已事先报备", now=now)


def _decide(world: World, number: int, granted: bool, now: datetime) -> None:
    words = "报备记录属实，予以撤销" if granted else "没有报备记录，维持原处罚"
    services.decide_appeal(pk=_fined(number).pk, granted=granted, decision=words, person=world.company.holder("EC", Role.DEPARTMENT), now=now)


def _run(world: World, now: datetime) -> None:
    manager = world.company.holder(_unit(world, Role.REGIONAL_MANAGER), Role.REGIONAL_MANAGER)
    purser, month = world.company.holder("FIN", Role.FINANCE), month_of(now)
    lines = [BonusLine(2, manager.number, BONUS), BonusLine(3, SHOWCASE, ITS_BRANCH_S)]
    services.record_bonuses(month=month, lines=lines, source="演示奖金表", by=purser, now=now)
    services.run_bonus(month=month, by=purser.actor, now=now)
