"""Complaints of the demonstration (§1.6, §4.4): a few orders in a hundred, filed by every door, worked by the department twice a day.

Chance here is its own, from the hour: the lives of orders go on as they would without.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from complaints import services
from complaints.choices import DECIDED, Answer, Filer, State, Told
from complaints.models import Complaint
from complaints.services import Matter, Sender
from core.models import Actor
from network.models import Person
from orders.models import Order
from rulebook.due import local_day
from rulebook.roles import Role

if TYPE_CHECKING:
    from desk.demo.lives import World

CUSTOMER = Actor("customer")
APART = timedelta(seconds=40)
LATELY = timedelta(days=2)
SHARE = 0.03  # of the orders of two days, each turn
MOST = 6  # a turn
TENDED = 0.7  # of what waits, each turn
MATTERS = (  # category, item, what the customer says
    ("late_pickup", "delay", "约好上午接货，等到下午才来，也没有提前打电话。"),
    ("late_arrival", "delay", "说好三天到，第五天还没有到，查询也没有更新。"),
    ("attitude", "attitude", "打电话催货，接电话的人态度很不耐烦，说完就挂了。"),
    ("overcharge", "pricing_error", "开单费用比网上报价多出几十元，没有说明原因。"),
    ("damage_loss", "handover_error", "收到时外箱压破，里面有两件损坏。"),
    ("service_refused", "broken_promise", "下单选了送货上门，到了让自己去网点提。"),
    ("other", "sign_slip_error", "签收单说好三天内返回，一直没有收到。"),
)
REASON = "调取通话和扫描记录核对，客户反映属实"
UNFOUNDED = "核对记录，当日已按约定时间操作并电话告知"


def complain(world: World, now: datetime) -> None:
    """Some of the customers of the last two days complain, by the hall or by phone; now and then a branch files."""
    rng = _chance(now, "complain")
    recent = Order.objects.filter(placed_at__gte=now - LATELY, accepted_at__isnull=False, complaints=None).order_by("number")
    picked = [order for order in recent.select_related("branch") if rng.random() < SHARE][:MOST]
    for turn, order in enumerate(picked, start=1):
        world.timeline.plan(now + turn * APART, partial(_file, world, order, rng.choice(MATTERS), rng.random()))


def _chance(now: datetime, what: str) -> Random:
    return Random(f"{what} {now:%F %H}")  # noqa: S311 - a demonstration


def _file(world: World, order: Order, matter: tuple[str, str, str], chance: float, now: datetime) -> None:
    category, _item, text = matter
    amount = order.declared_value / 10 or None if category == "damage_loss" else None
    said = Matter(category=category, text=text, amount=amount, serious=category == "attitude" and chance > 0.8)
    if chance < 0.5:
        sender = Sender(by=CUSTOMER, who="客户（网上营业厅）", filer=Filer.CUSTOMER)
        services.file_from(sender=sender, matter=said, order=order, now=now)
    else:
        branch = order.branch if chance > 0.9 else None
        clerk = world.company.holder(branch.code, Role.BRANCH_CLERK) if branch else world.agent()
        services.file(matter=said, clerk=clerk, order=order.number, now=now)


def work_complaints(world: World, now: datetime) -> None:
    """Twice a day each complaint that is not left waiting goes one step on."""
    rng = _chance(now, "work")
    officer = world.company.holder("EC", Role.DEPARTMENT)
    live = Complaint.objects.live().filter(internal=False).order_by("filed_at", "pk")
    going = [(complaint, rng.random()) for complaint in live if rng.random() < TENDED]
    for turn, (complaint, chance) in enumerate(going, start=1):
        world.timeline.plan(now + turn * APART, partial(_step, world, complaint.pk, officer, chance))


def _step(world: World, pk: int, officer: Person, chance: float, now: datetime) -> None:
    complaint = Complaint.objects.select_related("branch", "order__branch").get(pk=pk)
    act = {"pk": pk, "clerk": officer, "now": now}
    match complaint.state:
        case State.FILED:
            services.take(**act)
        case State.INVESTIGATING if complaint.interim_at is None and complaint.category in ("damage_loss", "other"):
            until = local_day(now) + timedelta(days=7)
            services.give_interim_answer(**act, text="已向相关营业部取证，将在承诺日期前答复结果。", until=until)
        case State.INVESTIGATING:
            _answered_by_the_branch(world, complaint, now)
            services.propose(**act, text="建议成立，按项目记分" if chance > 0.25 else "建议不成立，向客户说明")
        case State.PROPOSED:
            _rule(world, complaint, officer, chance, now)
        case _ if complaint.told_at is None and complaint.state in DECIDED:
            words = "经核查您的投诉属实，责任方已处理，向您致歉。" if complaint.state == State.UPHELD else "经核查操作符合规定，投诉不成立。"
            services.tell_result(**act, text=words, means=Told.PHONE)
        case _:
            _make_good_and_close(world, complaint, officer, chance, now)


def _manager(world: World, complaint: Complaint) -> Person | None:
    unit = complaint.fault or complaint.branch
    known = unit is not None and (unit.code, Role.BRANCH_MANAGER) in world.company.staff
    return world.company.holder(unit.code, Role.BRANCH_MANAGER) if unit and known else None


def _answered_by_the_branch(world: World, complaint: Complaint, now: datetime) -> None:
    if manager := _manager(world, complaint):
        services.note(pk=complaint.pk, clerk=manager, text="已向当班人员了解，情况说明和通话记录已提交。", now=now)


def _rule(world: World, complaint: Complaint, officer: Person, chance: float, now: datetime) -> None:
    act = {"pk": complaint.pk, "clerk": officer, "now": now}
    if chance < 0.25 or complaint.branch is None:
        services.dismiss(**act, reason=UNFOUNDED)
        return
    item = next(code for category, code, _text in MATTERS if category == complaint.category)
    culprit = world.company.holder(complaint.branch.code, Role.BRANCH_CLERK)
    services.uphold(**act, branch=complaint.branch.code, reason=REASON, point_code=item, points=_points(item), person=culprit.number)


def _points(item: str) -> int | None:
    return {"pricing_error": 2, "sign_slip_error": 1}.get(item)


def _make_good_and_close(world: World, complaint: Complaint, officer: Person, chance: float, now: datetime) -> None:
    """First what is owed to the customer, one thing a turn; then the end, with their answer."""
    owed, manager = complaint.owed(), _manager(world, complaint)
    if owed and manager:
        _make_good(complaint, manager, str(owed[0].kind), now)
        return
    if not owed:
        answer = Answer.YES if chance < 0.85 else Answer.NONE
        services.close(pk=complaint.pk, clerk=officer, answer=answer, text="多次联系未能取得答复" if answer == Answer.NONE else "", now=now)


def _make_good(complaint: Complaint, manager: Person, kind: str, now: datetime) -> None:
    act = {"pk": complaint.pk, "clerk": manager, "now": now}
    match kind:
        case "apology":
            person = "" if complaint.category == "attitude" else manager.number
            services.record_apology(**act, text="已电话致歉，客户表示理解", person=person)
        case "visit":
            services.record_visit(**act, text="经理和当事人上门致歉")
        case "report":
            services.report_visit(**act, text="客户接受道歉，要求今后准时")
        case "fee" | "promise" | "cause":
            services.record_remedy(**act, kind=kind, text="与发货人协商一致，已办理")
