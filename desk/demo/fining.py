"""What follows from fines: amounts become known, some are appealed against, actions are done, bonuses bear what is owed (§1.7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from desk.demo.amounts import FOUND_OUT, enter
from desk.demo.lives import World
from network.models import Person
from orders.models import Order
from penalties import services
from penalties.choices import Asked, Checked, CheckKind, State, Watched
from penalties.models import ContactCheck, Penalty, TierAction, WatchItem
from penalties.models.penalties import PenaltyQuerySet
from penalties.services import BonusLine
from reports.responsibility import following
from rulebook.due import at, local_day
from rulebook.roles import Role

APART = timedelta(seconds=30)
DAY = timedelta(days=1)
CUSTOMARY = Decimal(100)  # the department's own fines
BY = ("unit__code", "person__number", "order_number", "clause", "imposed_at")  # not by keys: those are the database's own
CALL = {"call_with": "主管领导", "call_text": "说明积分来源和整改安排"}
LETTER = "本月区域积分已达到整改标准。经查，主要原因是接单高峰时段人手不足、交接不清，以及未及时告知客户。现整改如下：" + "；".join(
    f"第 {turn} 项，明确责任人和完成时间，每日晨会通报，区域经理逐项核查并留存记录" for turn in range(1, 9)
)


def plan_fines(world: World, day: datetime) -> None:
    """Plan what a day brings."""
    for hour, minute, act in (
        (9, 50, decide_checks), (9, 55, decide_streaks), (10, 30, appeal), (15, 10, decide_appeals), (16, 20, doubt_contacts), (16, 50, assess), (17, 10, do_actions),
    ):  # fmt: skip
        world.timeline.plan(at(day, hour, minute), partial(act, world))


def _officer(world: World) -> Person:
    return world.company.holder("EC", Role.DEPARTMENT)


def _found() -> PenaltyQuerySet:
    """Return what breaches, complaints and checks carried; what was entered by hand has a story of its own."""
    found: PenaltyQuerySet = Penalty.objects.exclude(cause__startswith="manual/")
    return found


def appeal(world: World, now: datetime) -> None:
    """A few of those who were fined since yesterday object; for a branch its manager does (§1.7.4)."""
    fresh = _found().filter(imposed_at__gt=now - DAY, state__in=(State.IMPOSED, State.ASSESSED, State.SETTLED)).select_related("unit", "person")
    luck = world.luck("appeals", f"{now:%F}")
    objecting = [fine for fine in fresh.order_by(*BY) if luck.random() < world.habits.appeals]
    heads = {fine.pk: fine.person or _head(world, fine) for fine in objecting}
    acts = [partial(_object, fine.pk, head) for fine in objecting if (head := heads[fine.pk])]
    world.timeline.plan_each(acts, now, APART)


def _head(world: World, fine: Penalty) -> Person | None:
    known = world.company.staff.get((fine.unit.code, Role.BRANCH_MANAGER)) if fine.unit and not fine.is_vacant else None
    return known[0] if known else None


def _object(pk: int, person: Person, now: datetime) -> None:
    services.appeal(pk=pk, person=person, text="当时正在与客户通话，有通话记录为证", now=now)


def decide_appeals(world: World, now: datetime) -> None:
    luck = world.luck("decides", f"{now:%F}")
    waiting = _found().filter(objection__granted=None, state=State.APPEALED).order_by(*BY).values_list("pk", flat=True)
    acts = [partial(_decide, world, pk, luck.random() < world.habits.appeal_granted) for pk in waiting]
    world.timeline.plan_each(acts, now, APART)


def _decide(world: World, pk: int, granted: bool, now: datetime) -> None:
    words = "通话记录属实，予以撤销" if granted else "记录不能证明，维持原处罚"
    services.decide_appeal(pk=pk, granted=granted, decision=words, person=_officer(world), now=now)


def assess(world: World, now: datetime) -> None:
    """The department sets the amounts that no regulation names: as proposed, else the customary one."""
    pending = _found().pending().filter(regulation=services.OWN).exclude(payer__startswith="vacant").order_by("pk")
    for fine in pending:
        proposed = fine.text.rpartition("= ")[2] if " = " in fine.text else ""
        services.assess(pk=fine.pk, amount=Decimal(proposed) if proposed else CUSTOMARY, by=_officer(world), now=now)


def doubt_contacts(world: World, now: datetime) -> None:
    """A follow-up call of the call centre finds customers who say that nobody had phoned them (§1.7.2.3)."""
    agent = world.company.holder("CC", Role.CALL_CENTRE)
    accepted = Order.objects.filter(accepted_at__gt=now - DAY, checks=None).order_by("number").only("number", "placed_at")
    doubted = [order for order in accepted if world.luck_of(order, "doubted").random() < world.habits.contact_doubted]
    world.timeline.plan_each([partial(_doubt, agent, order.number) for order in doubted], now, APART)


def _doubt(agent: Person, number: str, now: datetime) -> None:
    services.open_check(number=number, kind=CheckKind.ACCEPTANCE, text="客户称没有接到过电话", clerk=agent, now=now)


def decide_checks(world: World, now: datetime) -> None:
    for check in ContactCheck.objects.filter(state=Checked.OPEN).select_related("order").order_by("order__number"):
        untrue = check.doubtful or world.luck_of(check.order, "untrue").random() < world.habits.doubt_upheld
        decide = services.uphold_check if untrue else services.clear_check
        world.timeline.plan(now, partial(_settle, decide, check.pk, _officer(world)))


def decide_streaks(world: World, now: datetime) -> None:
    """Two missed pickups in a row stand on the watch list until the department has looked into them (§1.7.2.8)."""
    listed = WatchItem.objects.filter(kind="missed_pickups", state=Watched.OPEN).select_related("unit").order_by("day", "order_number")
    for item in listed:
        true = world.luck("streak", item.day, item.unit.code if item.unit else "").random() < world.habits.doubt_upheld
        decide = services.uphold_item if true else services.clear_item
        world.timeline.plan(now, partial(_decide_item, decide, item.pk, _officer(world)))


def _decide_item(decide: Any, pk: int, officer: Person, now: datetime) -> None:
    decide(pk=pk, reason="核对派车和通话记录", person=officer, now=now)


def _settle(decide: Any, pk: int, officer: Person, now: datetime) -> None:
    decide(pk=pk, decision="调取通话记录核对", clerk=officer, now=now)


def do_actions(world: World, now: datetime) -> None:
    """Who was asked for something does it; suspensions and changes of post are recorded by the department (§1.7.1)."""
    luck = world.luck("actions", f"{now:%F}")
    asked = TierAction.objects.filter(state=Asked.ISSUED, person__isnull=False).select_related("person").order_by("unit__code", "clause", "who", "issued_at")
    going = [action for action in asked if luck.random() < world.habits.action_done]
    world.timeline.plan_each([partial(_complete, world, action) for action in going], now, APART)


def _complete(world: World, action: TierAction, now: datetime) -> None:
    if action.person is not None:
        own = action.row.proof in services.SELF
        services.complete(pk=action.pk, clerk=action.person if own else _officer(world), now=now, **_proof(action, now))


def _proof(action: TierAction, now: datetime) -> dict[str, Any]:
    today = local_day(now)
    match action.row.proof:
        case "letter":
            return {"text": LETTER}
        case "call":
            return {**CALL, "called_at": now}
        case "call_and_report":
            return {**CALL, "called_at": now, "text": LETTER}
        case "days":
            return {"starts_on": today + DAY, "ends_on": today + DAY * action.row.days}
        case _:
            return {"before": "一级", "after": "二级", "starts_on": today + DAY}


# The end of a month.


def months(since: datetime, until: datetime) -> list[date]:
    """Return the first day of each local month in [since, until)."""
    found = [local_day(since).replace(day=1)]
    while at(following(found[-1])) < until:
        found.append(following(found[-1]))
    return found


def plan_months(world: World, since: datetime, until: datetime, end: datetime) -> None:
    """Plan the bonuses of each month: on the next month's first morning, and once more at the end, some corrected."""
    for month in months(since, until):
        first = min(at(following(month)), until)
        for turn, instant in enumerate((first + timedelta(hours=10), end - timedelta(minutes=30))):
            world.timeline.plan(instant, partial(close_month, world, month, turn))


def close_month(world: World, month: date, turn: int, now: datetime) -> None:
    """Another regulation's text is found; finance enters the month's bonuses, some corrected later, and runs them (§1.7.3)."""
    officer, purser = _officer(world), world.company.holder("FIN", Role.FINANCE)
    code, amount = FOUND_OUT
    if turn == 0:
        enter(officer, code, amount, month, now)
        services.assess_pending(code=code, by=officer, now=now)
    lines = list(_bonuses(world, month, turn))
    services.record_bonuses(month=month, lines=lines, source="演示奖金表", by=purser, now=now)
    services.run_bonus(month=month, by=purser.actor, now=now)


def _bonuses(world: World, month: date, turn: int) -> Iterator[BonusLine]:
    """Yield every branch's and person's bonus: some get none; at the second turn a few are corrected."""
    people = sorted({person.number for held in world.company.staff.values() for person in held})
    for line, code in enumerate([*(unit.code for unit in world.company.branches()), *people], start=2):
        luck = world.luck("bonus", month, code)
        amount = luck.choice((0, 200, 500, 800, 1200))
        corrected = luck.random() < 0.05 and turn
        yield BonusLine(line, code, str(amount // 2 if corrected else amount))
