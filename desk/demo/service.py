"""Customer service of a demo day: questions by phone and mail, a problem, a suggestion, calls, surveys, the telephone's figures.

It draws from a source of its own, so that the lives of the orders stay as their seed made them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from random import Random

from customers import services as customers
from customers.models import Customer, Enquiry, Suggestion, SurveyAnswer, Ticket
from customers.services import Counted
from delivery.models import Shipment
from desk.demo.chats import plan_chats
from desk.demo.company import SHOWCASE
from desk.demo.lives import World
from rulebook.due import at, local_day
from rulebook.roles import Role
from rulebook.standards import QUESTIONS

QUESTIONS_ASKED = ("货到哪里了？", "送到南京要几天？", "能不能改收货地址？", "代收货款什么时候到账？", "发票怎么开？")
ANSWERS = "已查询并告知客户"
SURVEYED = 0.4  # of the orders signed since the day before †
PHONE = "1350000{:04}"
MARKETING, IT = ("MKT", Role.MARKETING), ("IT", Role.IT)


def plan_service(world: World, day: datetime) -> None:
    """Plan one day of customer service (§3.4.6, §4.2.8, §4.3.1)."""
    rng = Random(f"service {local_day(day)}")  # noqa: S311 - repeatable by day is the purpose
    for hour in (9, 10, 11, 14, 16):
        asked = at(day, hour, rng.randrange(50))
        world.timeline.plan(asked, partial(_asks, world, rng))
        world.timeline.plan(asked + timedelta(minutes=rng.choice((3, 5, 8, 12, 19))), partial(_is_answered, world))
    world.timeline.plan(at(day, 10, 15), partial(_suggests, world, rng))
    world.timeline.plan(at(day, 15, 40), partial(_works_suggestions, world))
    world.timeline.plan(at(day, 13, 20), partial(_reports_a_problem, world, rng))
    world.timeline.plan(at(day, 9, 40), partial(_works_tickets, world))
    world.timeline.plan(at(day, 16, 10), partial(_calls_customers, world, rng))
    world.timeline.plan(at(day, 18), partial(_rates, rng))
    world.timeline.plan(at(day, 23, 30), partial(_counts_calls, world, rng))


def plan_open_matters(world: World, now: datetime) -> None:
    """Leave something on every desk of customer service: a question that ticks, a callback, a problem, a suggestion."""
    plan_chats(world, now)
    for minutes_ago, act in ((120, _problem_stays), (60, _suggestion_stays), (9, _callback_is_promised), (6, _question_ticks)):
        world.timeline.plan(now - timedelta(minutes=minutes_ago), partial(act, world))


def _question_ticks(world: World, now: datetime) -> None:
    _ask(world, now, "报价和送达时间？", name="赵先生", phone=PHONE.format(6))


def _callback_is_promised(world: World, now: datetime) -> None:
    asked = _ask(world, now, "要求回电说明理货情况", name="王先生", phone=PHONE.format(7))
    agent = world.company.holder("CC", Role.CALL_CENTRE)
    customers.answer_enquiry(pk=asked.pk, clerk=agent, text="核实后回电", now=now)
    customers.promise_callback(pk=asked.pk, clerk=agent, call_back_at=now + timedelta(minutes=30), now=now)


def _problem_stays(world: World, now: datetime) -> None:
    customers.open_ticket(text="打印托运书时页面空白", page="/desk/", by=world.company.holder(SHOWCASE, Role.BRANCH_CLERK), now=now)


def _suggestion_stays(world: World, now: datetime) -> None:
    clerk = world.company.holder(SHOWCASE, Role.BRANCH_CLERK)
    customers.register_suggestion(clerk=clerk, text="希望周日也能上门接货", name="李女士", phone=PHONE.format(8), now=now)


def _ask(world: World, now: datetime, text: str, means: str = "phone", **who: str) -> Enquiry:
    return customers.take_enquiry(clerk=world.company.holder("CC", Role.CALL_CENTRE), means=means, text=text, now=now, **who)


def _asks(world: World, rng: Random, now: datetime) -> None:
    means = rng.choice(("phone", "phone", "phone", "mail"))
    _ask(world, now, rng.choice(QUESTIONS_ASKED), means, name="客户", phone=PHONE.format(rng.randrange(9000)))


def _is_answered(world: World, now: datetime) -> None:
    agent = world.company.holder("CC", Role.CALL_CENTRE)
    for each in Enquiry.objects.filter(answered_at=None).order_by("opened_at", "pk")[:1]:
        customers.answer_enquiry(pk=each.pk, clerk=agent, text=ANSWERS, now=now)


def _suggests(world: World, rng: Random, now: datetime) -> None:
    text, kind = rng.choice((("建议增加短信通知", "suggestion"), ("送货前没有打电话", "opinion"), ("接线员语气生硬", "tone")))
    clerk = world.company.holder("CC", Role.CALL_CENTRE)
    customers.register_suggestion(clerk=clerk, text=text, kind=kind, name="客户", phone=PHONE.format(rng.randrange(9000)), now=now)


def _works_suggestions(world: World, now: datetime) -> None:
    officer = world.company.holder("EC", Role.DEPARTMENT)
    for each in Suggestion.objects.filter(answered_at=None).order_by("pk")[:3]:
        if each.analysed_at is None:
            customers.analyse_suggestion(pk=each.pk, clerk=officer, text="流程中确有遗漏，已列入改进", now=now)
        customers.answer_suggestion(pk=each.pk, clerk=officer, text="已致谢并说明改进安排", now=now)


def _reports_a_problem(world: World, rng: Random, now: datetime) -> None:
    text = rng.choice(("下单页点提交没有反应", "验证码收不到", "运单打印错位"))
    customers.open_ticket(text=text, name="客户", phone=PHONE.format(rng.randrange(9000)), page="/order/", now=now)


def _works_tickets(world: World, now: datetime) -> None:
    marketing, it = world.company.holder(*MARKETING), world.company.holder(*IT)
    for each in Ticket.objects.filter(state="open").order_by("pk"):
        customers.collate_ticket(pk=each.pk, clerk=marketing, text="已复现，附步骤", now=now)
        customers.solve_ticket(pk=each.pk, clerk=it, text="已修复并验证", now=now + timedelta(minutes=1))
        customers.close_ticket(pk=each.pk, clerk=marketing, now=now + timedelta(minutes=2))


def _calls_customers(world: World, rng: Random, now: datetime) -> None:
    """The branch calls a few of its customers (§4.3.2.9); some are not reached."""
    waiting = Customer.objects.exclude(calls__at__gte=now - timedelta(days=25)).select_related("branch").order_by("pk")
    for each in waiting.distinct()[:2]:
        clerk = world.company.holder(each.branch.code, Role.BRANCH_CLERK)
        reached = rng.random() < 0.8
        customers.record_call(
            customer=each.pk, clerk=clerk, result="reached" if reached else "not_reached", now=now,
            satisfaction=rng.choice((3, 4, 5, 5)) if reached else None, text="对时效满意" if reached else "电话未接",
        )  # fmt: skip


def _rates(rng: Random, now: datetime) -> None:
    """Some whose goods were signed for since yesterday say how it was."""
    signed = Shipment.objects.filter(signed_at__gt=now - timedelta(days=1), signed_at__lte=now).select_related("order__branch")
    for goods in signed.order_by("pk"):
        order = goods.order
        if order.branch is None or rng.random() >= SURVEYED or SurveyAnswer.objects.filter(order_number=order.number).exists():
            continue
        scores = {code: rng.choice((2, 3, 4, 4, 5, 5, 5)) for code in QUESTIONS}
        text = "送货晚了半天" if scores["delivery"] == 2 else ""
        customers.answer_survey(order_number=order.number, branch=order.branch, scores=scores, text=text, now=now)


def _counts_calls(world: World, rng: Random, now: datetime) -> None:
    offered = rng.randrange(280, 420)
    answered = offered - rng.randrange(6)
    line = Counted(
        unit="CC", on=local_day(now), offered=offered, answered=answered, in_two_rings=answered - rng.randrange(9),
        waited_well=answered - rng.randrange(4),
    )  # fmt: skip
    customers.import_phone_days(lines=[line], clerk=world.company.holder("CC", Role.CALL_CENTRE_MANAGER), now=now)
