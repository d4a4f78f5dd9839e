"""What can be done with a claim, by whom and when: one row a verb (§4.5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints.choices import LIVE_CLAIM, Claimed
from complaints.models import Claim
from complaints.services import claims
from desk import claimforms as forms
from network.models import Person

Do = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Act:
    """One verb: its words, the right it takes, its form, its service, and whether it can be done now.

    `first`: what the desk does next; its form is open.
    """

    icon: str
    label: Any
    clause: str
    right: str
    do: Do
    now: Callable[[Claim], bool]
    form: type[forms.ClaimForm] | None = None
    first: bool = False


def _by_clerk(service: Do) -> Do:
    def do(*, number: str, person: Person, now: datetime, **said: Any) -> Any:
        return service(number=number, clerk=person, now=now, **said)

    return do


def _by_author(service: Do) -> Do:
    def do(*, number: str, person: Person, now: datetime, **said: Any) -> Any:
        return service(number=number, author=claims.staff(person), now=now, **said)

    return do


def _waive(*, number: str, person: Person, now: datetime, papers: list[str], text: str) -> Any:
    return claims.complete_papers(number=number, clerk=person, waive=papers, text=text, now=now)


def _in(*states: Claimed) -> Callable[[Claim], bool]:
    return lambda claim: claim.state in states


def _missing(claim: Claim) -> bool:
    return claim.state == Claimed.OPENED and any(paper.missing for paper in claim.papers.all())


def _can_return(claim: Claim) -> bool:
    here = any(paper.received_at and paper.required for paper in claim.papers.all())
    return here and claim.state in (Claimed.OPENED, Claimed.PAPERS_COMPLETE)


def _unhappy(claim: Claim) -> bool:
    return bool(claim.dispute or claim.state == Claimed.REJECTED) and claim.coupon_id is None


ACTS: dict[str, Act] = {
    "ask": Act("phone", _("催补缺少的资料"), "§4.5", "claim_papers", _by_clerk(claims.ask_papers), _missing),
    "propose": Act(
        "money", _("提出赔付方案"), "§1.6.1.3", "handle_claim", _by_clerk(claims.propose), _in(Claimed.PAPERS_COMPLETE),
        forms.ProposeForm, first=True,
    ),
    "settle": Act(
        "money", _("重新提出方案"), "§4.5", "settle_dispute", _by_clerk(claims.propose), _in(Claimed.DISPUTED), forms.ProposeForm,
        first=True,
    ),
    "pay": Act("money", _("登记付款"), "§4.5", "pay_claim", _by_clerk(claims.pay), _in(Claimed.AGREED), forms.PayForm, first=True),
    "agree": Act(
        "check", _("登记客户同意"), "§4.5", "answer_claim", _by_author(claims.agree), _in(Claimed.PROPOSED), forms.AgreeForm,
    ),
    "dispute": Act(
        "alert", _("登记客户异议"), "§4.5", "answer_claim", _by_author(claims.dispute), _in(Claimed.PROPOSED, Claimed.REJECTED),
        forms.DisputeForm,
    ),
    "escalate": Act(
        "arrow-right", _("升级给其他负责人"), "§4.5", "settle_dispute", _by_clerk(claims.escalate), _in(Claimed.DISPUTED),
        forms.EscalateClaimForm,
    ),
    "return": Act("undo", _("退回资料"), "§1.6.1.3", "handle_claim", _by_clerk(claims.return_papers), _can_return, forms.ReturnForm),
    "waive": Act("check", _("免交缺少的资料"), "§4.5", "handle_claim", _waive, _missing, forms.PapersForm),
    "assign": Act("users", _("指定负责人"), "§4.5", "handle_claim", _by_clerk(claims.assign), _in(*LIVE_CLAIM), forms.HandlerForm),
    "reject": Act(
        "x", _("不予赔付"), "§4.5", "handle_claim", _by_clerk(claims.reject), _in(Claimed.OPENED, Claimed.PAPERS_COMPLETE), forms.ReasonForm,
    ),
    "uphold": Act("x", _("维持不予赔付"), "§4.5", "settle_dispute", _by_clerk(claims.reject), _in(Claimed.DISPUTED), forms.ReasonForm),
    "coupon": Act("star", _("致歉并赠送优惠券"), "§4.5", "settle_dispute", _by_clerk(claims.give_coupon), _unhappy, forms.CouponForm),
    "payee": Act("note", _("登记收款账户"), "§4.5", "answer_claim", _by_author(claims.record_payee), _in(*LIVE_CLAIM), forms.PayeeForm),
    "withdraw": Act(
        "undo", _("登记客户撤回"), "§4.5", "answer_claim", _by_author(claims.withdraw),
        _in(Claimed.OPENED, Claimed.PAPERS_COMPLETE, Claimed.PROPOSED, Claimed.DISPUTED), forms.WithdrawForm,
    ),
    "close": Act(
        "check", _("结案"), "§4.5", "handle_claim", _by_clerk(claims.close),
        _in(Claimed.PAID, Claimed.REJECTED, Claimed.WITHDRAWN),
    ),
}  # fmt: skip


def open_to(claim: Claim, person: Person) -> dict[str, Act]:
    """Return what this person can do with the claim now."""
    return {name: act for name, act in ACTS.items() if act.now(claim) and person.may(act.right)}
