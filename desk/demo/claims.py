"""Claims of the living day, one for every state a visitor may want to see (§4.5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from complaints.choices import AnswerMeans
from complaints.models import Claim
from complaints.services import claims
from complaints.services.claims import Author
from core.models import Actor
from network.models import Person
from orders.choices import State
from orders.models import Order
from rulebook.roles import Role

if TYPE_CHECKING:
    from desk.demo.lives import World

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


def tell_claims(world: World, now: datetime) -> None:
    """Open claims on billed goods and let each come as far as its story goes; the newest step lies an hour back."""
    billed = Order.objects.filter(state=State.WAYBILLED, waybilled_at__lt=now - 12 * HOUR, waybill__amount__gt=0, claims=None)
    fit = billed.exclude(insured=True, declared_value=0).order_by("pk").values_list("number", flat=True)
    for story, number in zip(STORIES, list(fit[: len(STORIES)]), strict=False):
        _tell(world, number, story, now)


def _tell(world: World, number: str, story: tuple[str, str, str, str], now: datetime) -> None:
    end, amount, cause, text = story
    order = Order.objects.get(number=number)
    claim = claims.open_claim(
        number=number, author=CUSTOMER, amount=Decimal(amount), cause=cause, text=text, name=order.shipper_name,
        phone=order.shipper_phone, payee=f"{order.shipper_name} 演示银行 6200 0000 0000 0000", now=now - 8 * HOUR,
    )  # fmt: skip
    if end == "opened":
        return
    for paper in claim.papers.filter(required=True).order_by("pk"):
        claims.receive_paper(number=claim.number, paper=paper.code, author=CUSTOMER, now=now - 7 * HOUR)
    if end != "papers":
        _decided(world, claim, end, now)


def _decided(world: World, claim: Claim, end: str, now: datetime) -> None:
    adjuster = world.company.holder("CLAIMS", Role.CLAIMS)
    if end == "rejected":
        claims.reject(number=claim.number, clerk=adjuster, text="货物由发货人自行包装，包装不符合运输要求。", now=now - 5 * HOUR)
        return
    part = max((claim.amount / 4).quantize(Decimal("0.01")), Decimal(1))
    offer = min(part, claims.ceiling(claim, claim.amount))
    claims.propose(
        number=claim.number, clerk=adjuster, amount=offer, proven=claim.amount, words="按核定损失和保价情况赔付。", now=now - 5 * HOUR
    )
    steps: dict[str, Callable[[], object]] = {
        "disputed": lambda: claims.dispute(
            number=claim.number, author=CUSTOMER, serial=1, text="赔付金额低于实际损失。", means=AnswerMeans.HALL, now=now - 3 * HOUR
        ),
        "agreed": lambda: _agree(claim, now),
        "paid": lambda: (_agree(claim, now), _pay(world.company.holder("FIN", Role.FINANCE), claim, offer, now)),
    }
    if end in steps:
        steps[end]()


def _agree(claim: Claim, now: datetime) -> None:
    claims.agree(number=claim.number, author=CUSTOMER, serial=1, means=AnswerMeans.HALL, now=now - 3 * HOUR)


def _pay(cashier: Person, claim: Claim, amount: Decimal, now: datetime) -> None:
    claims.pay(number=claim.number, clerk=cashier, amount=amount, bank_no=f"演示{claim.number}", now=now - HOUR)
