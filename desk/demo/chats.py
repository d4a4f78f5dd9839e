"""Chats of the demo company: one that waits, one that was answered, one that was ended, and phrases to insert (§3.2, §4.3.1.1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from customers import services as customers
from customers.models import Conversation, Phrase
from customers.services import Said
from desk.demo.company import SHOWCASE
from desk.demo.lives import World
from network.models import Unit
from orders.models import Order
from rulebook.roles import Role

COMPANYS = ("您好，请问有什么可以帮您？", "请稍等，正在为您查询。", "已为您反馈给营业部，稍后答复您。", "感谢您的咨询，祝您生活愉快。")
BRANCHS = ("本部周日照常营业。", "上门接货时间为 09:00–19:00。")


def plan_chats(world: World, now: datetime) -> None:
    """Leave a chat on the desk in each of its three states; the one that waits has a minute left."""
    steps = ((50, _writes_phrases), (45, _one_is_ended), (15, _one_is_answered), (1, _one_waits))
    for minutes_ago, act in steps:
        world.timeline.plan(now - timedelta(minutes=minutes_ago), partial(act, world))


def _writes_phrases(world: World, now: datetime) -> None:
    if Phrase.objects.exists():
        return
    for unit, role, texts in (("EC", Role.DEPARTMENT, COMPANYS), (SHOWCASE, Role.BRANCH_MANAGER, BRANCHS)):
        for text in texts:
            customers.write_phrase(clerk=world.company.holder(unit, role), text=text, now=now)


def _opens(text: str, now: datetime, *, name: str, phone: str, about: bool = False) -> Conversation:
    branch = Unit.objects.get(code=SHOWCASE)
    order = Order.objects.filter(branch=branch).order_by("-placed_at", "-pk").first() if about else None
    number = order.number if order else ""
    return customers.open_chat(said=Said(text), unit=branch, now=now, name=name, phone=phone, order_number=number, proven=bool(order))


def _one_is_ended(world: World, now: datetime) -> None:
    clerk = world.company.holder(SHOWCASE, Role.BRANCH_CLERK)
    chat = _opens("你们周日营业吗？", now, name="孙先生", phone="13500009001")
    customers.answer_chat(pk=chat.pk, clerk=clerk, text=BRANCHS[0], now=now + timedelta(seconds=40))
    customers.close_chat(pk=chat.pk, clerk=clerk, now=now + timedelta(minutes=5))


def _one_is_answered(world: World, now: datetime) -> None:
    chat = _opens("我的货什么时候来接？", now, name="周女士", phone="13500009002", about=True)
    clerk = world.company.holder(SHOWCASE, Role.BRANCH_CLERK)
    customers.answer_chat(pk=chat.pk, clerk=clerk, text="您好，司机已安排，请保持电话畅通。", now=now + timedelta(seconds=75))


def _one_waits(_world: World, now: datetime) -> None:
    _opens("能改一下收货地址吗？", now, name="吴先生", phone="13500009003", about=True)
