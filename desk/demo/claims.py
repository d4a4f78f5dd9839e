"""Claims of the living day, one for every state a visitor may want to see (§4.5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from complaints.choices import AnswerMeans
from complaints.models import Claim
from complaints.services import claims
from complaints.services.claims import Author
from core.models import Actor
from desk.demo.lives import World
from orders.choices import State
from orders.models import Order
from rulebook.roles import Role

CUSTOMER = Author(Actor("customer"), "客户（网上营业厅）")
HOUR = timedelta(hours=1)
STORIES = (
    ("opened", "280", "packing", "外包装受潮，两件内物变形"),
    ("papers", "860", "handling", "木箱破裂，一台电机外壳损坏"),
    ("proposed", "1500", "wetting", "纸箱淋湿，部分货物无法使用"),
    ("disputed", "420", "handling", "少一件，箱体有重新封箱痕迹"),
    ("agreed", "640", "handling", "玻璃配件碎裂"),
    ("paid", "300", "handling", "外箱挤压，两个零件损坏"),
    ("rejected", "950", "packing", "发货人自行包装，运输途中散落"),
)
"""How far each claim has come, what is claimed, why, and what happened."""


def plan_claims(world: World, now: datetime) -> None:
    """Have claims on billed goods opened eight hours ago; each comes as far as its story goes, the newest step an hour back."""
    world.timeline.plan(now - 8 * HOUR, partial(_open, world))


def _open(world: World, now: datetime) -> None:
    billed = Order.objects.filter(state=State.WAYBILLED, waybilled_at__lt=now - 4 * HOUR, waybill__amount__gt=0, claims=None)
    fit = list(billed.exclude(insured=True, declared_value=0).order_by("pk")[: len(STORIES)])
    for (end, amount, cause, text), order in zip(STORIES, fit, strict=False):
        claim = claims.open_claim(
            number=order.number, author=CUSTOMER, amount=Decimal(amount), cause=cause, text=text, name=order.shipper_name,
            phone=order.shipper_phone, payee=f"{order.shipper_name} 演示银行 6200 0000 0000 0000", now=now,
        )  # fmt: skip
        for hours, step in STEPS[end]:
            world.timeline.plan(now + hours * HOUR, partial(step, world, claim.number))


def _hand_in(world: World, number: str, now: datetime) -> None:
    for paper in Claim.objects.get(number=number).papers.filter(required=True).order_by("pk"):
        claims.receive_paper(number=number, paper=paper.code, author=CUSTOMER, now=now)


def _reject(world: World, number: str, now: datetime) -> None:
    words = "货物由发货人自行包装，包装不符合运输要求。"
    claims.reject(number=number, clerk=world.company.holder("CLAIMS", Role.CLAIMS), text=words, now=now)


def _propose(world: World, number: str, now: datetime) -> None:
    claim = Claim.objects.get(number=number)
    part = max((claim.amount / 4).quantize(Decimal("0.01")), Decimal(1))
    claims.propose(
        number=number, clerk=world.company.holder("CLAIMS", Role.CLAIMS), amount=min(part, claims.ceiling(claim, claim.amount)),
        proven=claim.amount, words="按核定损失和保价情况赔付。", now=now,
    )  # fmt: skip


def _dispute(world: World, number: str, now: datetime) -> None:
    claims.dispute(number=number, author=CUSTOMER, serial=1, text="赔付金额低于实际损失。", means=AnswerMeans.HALL, now=now)


def _agree(world: World, number: str, now: datetime) -> None:
    claims.agree(number=number, author=CUSTOMER, serial=1, means=AnswerMeans.HALL, now=now)


def _pay(world: World, number: str, now: datetime) -> None:
    agreed = Claim.objects.select_related("agreed").get(number=number).agreed.amount
    claims.pay(number=number, clerk=world.company.holder("FIN", Role.FINANCE), amount=agreed, bank_no=f"演示{number}", now=now)


PAPERS, OFFER, YES = (1, _hand_in), (3, _propose), (5, _agree)
STEPS: dict[str, tuple[tuple[int, Callable[[World, str, datetime], None]], ...]] = {
    "opened": (),
    "papers": (PAPERS,),
    "proposed": (PAPERS, OFFER),
    "rejected": (PAPERS, (3, _reject)),
    "disputed": (PAPERS, OFFER, (5, _dispute)),
    "agreed": (PAPERS, OFFER, YES),
    "paid": (PAPERS, OFFER, YES, (7, _pay)),
}
"""Each end -> what leads to it, so many hours after the claim was opened."""
