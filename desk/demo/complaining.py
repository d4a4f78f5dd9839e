"""Complaints (§1.6, §4.4): so many of a thousand orders, filed by every door, worked by the department twice a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q

from complaints import services
from complaints.choices import DECIDED, Answer, Filer, Ground, State, Told
from complaints.models import Complaint
from complaints.services import Matter, Sender
from core.models import Actor
from network.models import Person
from orders.choices import State as Stage
from orders.models import Order
from rulebook.due import local_day
from rulebook.points import POINTS
from rulebook.roles import Role

if TYPE_CHECKING:
    from desk.demo.lives import World

CUSTOMER = Actor("customer")
APART = timedelta(seconds=40)
LATELY = timedelta(days=2)
TENDED = 0.7  # of what waits, each turn


class Trouble(NamedTuple):
    """What customers complain of: category, how many of a hundred, after how many hours at least, item, words."""

    category: str
    weight: int
    hours: int
    item: str
    text: str


TROUBLES = (
    Trouble("late_arrival", 28, 20, "delay", "说好三天到，第五天还没有到，查询也没有更新。"),
    Trouble("late_pickup", 20, 3, "delay", "约好上午接货，等到下午才来，也没有提前打电话。"),
    Trouble("damage_loss", 18, 20, "handover_error", "收到时外箱压破，里面有两件损坏。"),
    Trouble("attitude", 10, 3, "attitude", "打电话催货，接电话的人态度很不耐烦，说完就挂了。"),
    Trouble("service_refused", 8, 20, "broken_promise", "下单选了送货上门，到了让自己去网点提。"),
    Trouble("overcharge", 7, 6, "pricing_error", "开单费用比网上报价多出几十元，没有说明原因。"),
    Trouble("inspection_refused", 4, 20, "irregular_pickup_papers", "签字前想看一下外包装，送货员不同意。"),
    Trouble("other", 5, 20, "sign_slip_error", "签收单说好三天内返回，一直没有收到。"),
)
TURNED_DOWN = Trouble("order_refused", 0, 3, "broken_promise", "营业部以“超范围”为由取消了订单，没有联系我。")
ITEMS = {each.category: each.item for each in (*TROUBLES, TURNED_DOWN)}
REASON = "调取通话和扫描记录核对，客户反映属实"
UNFOUNDED = "核对记录，当日已按约定时间操作并电话告知"


def complain(world: World, now: datetime) -> None:
    """Those customers of the last two days whose patience has ended complain, by the hall, by phone, or through a branch."""
    known = Order.objects.filter(Q(accepted_at__isnull=False) | Q(state=Stage.CANCELLED, branch__isnull=False))
    recent = known.filter(placed_at__gte=now - LATELY, complaints=None).order_by("number")
    angry = []
    for order in recent.only("number", "placed_at", "state"):
        luck = world.luck_of(order, "complains")
        if luck.random() < world.habits.complaints_per_1000 / 1000:
            trouble = TURNED_DOWN if order.state == Stage.CANCELLED else luck.choices(TROUBLES, [each.weight for each in TROUBLES])[0]
            if order.placed_at + timedelta(hours=trouble.hours + luck.random() * 20) <= now:
                angry.append(partial(_file, world, order.number, trouble, luck))
    world.timeline.plan_each(angry, now, APART)


def _file(world: World, number: str, trouble: Trouble, luck: Random, now: datetime) -> None:
    order, door = Order.objects.select_related("branch").get(number=number), luck.random()
    said = Matter(
        category=trouble.category, text=trouble.text, serious=trouble.category == "attitude" and luck.random() < 0.2,
        amount=order.declared_value / 10 or None if trouble.category == "damage_loss" else None,
    )  # fmt: skip
    if door < 0.5:
        sender = Sender(by=CUSTOMER, who="客户（网上营业厅）", filer=Filer.CUSTOMER)
        services.file_from(sender=sender, matter=said, order=order, now=now)
    else:
        through = order.branch if door > 0.9 else None
        clerk = world.company.holder(through.code, Role.BRANCH_CLERK) if through else luck.choice(world.company.staff["CC", Role.CALL_CENTRE])
        services.file(matter=said, clerk=clerk, order=number, now=now)


def work_complaints(world: World, now: datetime) -> None:
    """Twice a day each complaint that is not left waiting goes one step on."""
    luck = world.luck("work", f"{now:%F %H}")
    officer = world.company.holder("EC", Role.DEPARTMENT)
    live = Complaint.objects.live().filter(internal=False).order_by("filed_at", "pk")
    going = [partial(_step, world, complaint.pk, officer) for complaint in live if luck.random() < TENDED]
    world.timeline.plan_each(going, now, APART)


def _step(world: World, pk: int, officer: Person, now: datetime) -> None:
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
            services.propose(**act, text="建议成立，按项目记分" if _justified(world, complaint) else "建议不成立，向客户说明")
        case State.PROPOSED:
            _rule(world, complaint, officer, now)
        case _ if complaint.told_at is None and complaint.state in DECIDED:
            words = "经核查您的投诉属实，责任方已处理，向您致歉。" if complaint.state == State.UPHELD else "经核查操作符合规定，投诉不成立。"
            services.tell_result(**act, text=words, means=Told.PHONE)
        case _:
            _end(world, complaint, officer, now)


def _luck(world: World, what: str, complaint: Complaint) -> Random:
    """Each round of a complaint has its own luck; one that is taken up again may end otherwise."""
    return world.luck_of(complaint.order, f"{what} {complaint.round}")


def _justified(world: World, complaint: Complaint) -> bool:
    return complaint.branch is not None and _luck(world, "justified", complaint).random() < world.habits.complaint_upheld


def _manager(world: World, complaint: Complaint) -> Person | None:
    unit = complaint.fault or complaint.branch
    known = unit is not None and (unit.code, Role.BRANCH_MANAGER) in world.company.staff
    return world.company.holder(unit.code, Role.BRANCH_MANAGER) if unit and known else None


def _answered_by_the_branch(world: World, complaint: Complaint, now: datetime) -> None:
    if manager := _manager(world, complaint):
        services.note(pk=complaint.pk, clerk=manager, text="已向当班人员了解，情况说明和通话记录已提交。", now=now)


def _rule(world: World, complaint: Complaint, officer: Person, now: datetime) -> None:
    act = {"pk": complaint.pk, "clerk": officer, "now": now}
    if complaint.branch is None or not _justified(world, complaint):
        ground = Ground.NOT_REFUSED if complaint.category == "order_refused" else ""
        services.dismiss(**act, reason=UNFOUNDED, ground=ground)
        return
    luck, item = _luck(world, "rule", complaint), ITEMS[complaint.category]
    culprit = world.company.holder(complaint.branch.code, Role.BRANCH_CLERK)
    points = luck.randint(POINTS[item].low, POINTS[item].high)
    services.uphold(
        **act, branch=complaint.branch.code, reason=REASON, point_code=item, points=points, person=culprit.number,
        findings=_findings(complaint, culprit, luck, world.habits.found_besides),
    )  # fmt: skip


def _findings(complaint: Complaint, culprit: Person, luck: Random, share: float) -> dict[str, dict[str, Any]]:
    """What is found besides: every one where it fits, now and then."""
    found: dict[str, dict[str, Any]] = {}
    if complaint.category == "overcharge" and luck.random() < share:
        found["overcharge"] = {"person": culprit.number}
    if complaint.category == "late_pickup" and luck.random() < share:
        found["not_contacted"] = {}
    if luck.random() < share / 2:
        found["untrue_information"] = {}
    if complaint.key_customer and complaint.category == "late_arrival":
        found["own_delay"] = {}
    if complaint.key_customer and complaint.amount:
        found["loss"] = {"loss": str(complaint.amount)}
    return found


def _end(world: World, complaint: Complaint, officer: Person, now: datetime) -> None:
    """First what is owed to the customer, one thing a turn; then the end, with their answer, or it is taken up again."""
    owed, manager = complaint.owed(), _manager(world, complaint)
    luck = _luck(world, "answer", complaint)
    if luck.random() < world.habits.complaint_reopened and complaint.round == 1:
        services.reopen(pk=complaint.pk, clerk=officer, text="客户提供了新的凭证，重新核查", now=now)
    elif owed and manager:
        _make_good(world, complaint, manager, str(owed[0].kind), now)
    elif not owed:
        answer = Answer.YES if luck.random() < 0.85 else Answer.NONE
        services.close(pk=complaint.pk, clerk=officer, answer=answer, text="多次联系未能取得答复" if answer == Answer.NONE else "", now=now)


def _make_good(world: World, complaint: Complaint, manager: Person, kind: str, now: datetime) -> None:
    act = {"pk": complaint.pk, "clerk": manager, "now": now}
    match kind:
        case "apology":
            person = "" if complaint.category == "attitude" else manager.number
            services.record_apology(**act, text="已电话致歉，客户表示理解", person=person)
        case "visit":
            services.record_visit(**act, text="经理和当事人上门致歉")
        case "report":
            services.report_visit(**act, text="客户接受道歉，要求今后准时")
        case "callback":
            services.call_back(**{**act, "clerk": world.company.holder("KA", Role.KEY_ACCOUNTS)}, text="客户认可处理结果")
        case "fee" | "promise" | "cause":
            services.record_remedy(**act, kind=kind, text="与发货人协商一致，已办理")
