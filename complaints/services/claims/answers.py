"""What is proposed, and what the customer says to it (§4.5)."""

from __future__ import annotations

import secrets
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils.translation import gettext as _

from complaints.choices import AnswerMeans, Claimed
from complaints.models import Claim, ClaimPayment, Proposal
from complaints.services.claims.facts import CLAUSE, Author, done, locked, loss_of, money_of, not_now, staff, text_of
from core.fsm import in_source, perform
from network.choices import MAY
from network.models import Person, Unit
from rulebook.claims import most_payable
from rulebook.due import at
from rulebook.errors import Conflict, Refused
from rulebook.events import On

SIGNER = Signer(salt="complaints.claim.answer")


def ceiling(claim: Claim, proven: Decimal) -> Decimal:
    """Return the most this claim can be settled at, given the loss proven (§4.5)."""
    before = ClaimPayment.objects.filter(claim__order=claim.order_id).total()
    return most_payable(
        insured=claim.insured, declared=claim.declared_value, freight=claim.freight, paid_before=before,
        freights=settings.CLAIM_UNINSURED_FREIGHTS, proven=min(proven, claim.amount),
    )  # fmt: skip


@transaction.atomic
def propose(
    *, number: str, clerk: Person, amount: Decimal, proven: Decimal, words: str, now: datetime, at_fault: str = ""
) -> Proposal:
    """
    Propose a settlement; a disputed one is proposed anew by another person than the one who decided before (§4.5).

    :param proven: the loss that the papers prove; what is claimed beyond it is not paid
    :param at_fault: code of the unit whose operation caused the loss, where one did (§2.2.3)
    :raises Refused: above what declared value and insurance allow; no words; the one disputed decides again
    :raises Conflict: the papers are not complete, or the customer has yet to answer
    """
    author = staff(clerk)
    claim = _to_decide(number, author)
    loss, offered = money_of(proven, "proven"), money_of(amount, "amount")
    said = text_of(words, "words", _("请填写方案说明，客户会看到。"))
    fault = _unit(at_fault) if at_fault else None
    most = ceiling(claim, loss)
    if offered > most:
        raise Refused(CLAUSE, _("最多可赔 %s 元：见赔付上限的说明。") % most, field="amount")
    perform(claim.propose, by=clerk, at=now)
    claim.at_fault = fault
    proposal = Proposal.objects.create(
        claim=claim, serial=claim.proposals.count() + 1, amount=offered, proven=loss, most=most, words=said,
        nonce=secrets.token_hex(16), expires_at=at(now, 24, days=settings.CLAIM_LINK_DAYS), by=clerk, at=now,
    )  # fmt: skip
    done(claim, On.CLAIM_PROPOSED, author, now, proposal=proposal.serial, proposed=str(offered))
    return proposal


def _to_decide(number: str, author: Author) -> Claim:
    """Return the claim if this member of staff may decide on it now."""
    claim, person = locked(number, author), author.person
    author.require("settle_dispute" if claim.state == Claimed.DISPUTED else "handle_claim")
    if claim.state == Claimed.DISPUTED and claim.decided_by == person:
        raise Refused(CLAUSE, _("客户有异议的理赔须由他人重新处理：请升级给其他负责人。"))
    return claim


def _unit(code: str) -> Unit:
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise Refused(CLAUSE, _("没有编号为 %s 的单位。") % code, field="at_fault")
    return unit


@transaction.atomic
def reject(*, number: str, clerk: Person, text: str, now: datetime) -> Claim:
    """
    Nothing is paid, for a reason the customer reads; they can contest it.

    :raises Refused: no reason; the one disputed decides again
    :raises Conflict: a proposal awaits its answer, or the claim is settled
    """
    author = staff(clerk)
    claim = _to_decide(number, author)
    said = text_of(text, "text", _("请填写不予赔付的理由，客户会看到。"))
    perform(claim.reject, by=clerk, text=said, at=now)
    return done(claim, On.CLAIM_REJECTED, author, now)


@transaction.atomic
def escalate(*, number: str, clerk: Person, to: str, now: datetime) -> Claim:
    """
    Take a dispute to another person of the claims department, or to the superior (§4.5).

    :param to: a staff number
    :raises Refused: the person may not settle disputes, or has decided on this claim before
    :raises Conflict: nothing is disputed
    """
    clerk.require("settle_dispute")
    claim = locked(number, staff(clerk))
    person = Person.objects.filter(number=to, posts__role__in=MAY["settle_dispute"], posts__until=None).distinct().first()
    if person is None or person == claim.decided_by:
        raise Refused(CLAUSE, _("请选择理赔部或上级部门的其他人员。"), field="to")
    perform(claim.escalate, to=person, at=now)
    return done(claim, On.CLAIM_ESCALATED, staff(clerk), now)


# The customer's answer.


@transaction.atomic
def agree(*, number: str, author: Author, serial: int, means: str, now: datetime, payee: str = "") -> Claim:
    """
    The customer accepts the proposal; the money goes to `payee`, where that was not said before.

    :param serial: of the proposal the customer has read
    :raises Refused: no account is known; a clerk records the answer to a proposal of their own
    :raises Conflict: another proposal stands, or it is answered already
    """
    claim = _answerable(number, author, means)
    proposal = _read(claim, serial)
    claim.payee = payee.strip()[:200] or claim.payee
    if not claim.payee:
        raise Refused(CLAUSE, _("请填写收款账户：户名、开户行、账号。"), field="payee")
    perform(claim.agree, proposal=proposal, means=means, at=now)
    return done(claim, On.CLAIM_AGREED, author, now, proposal=serial, proposed=str(proposal.amount), **loss_of(claim))


@transaction.atomic
def dispute(*, number: str, author: Author, serial: int, text: str, means: str, now: datetime) -> Claim:
    """
    The customer does not accept the proposal, or that nothing is paid (`serial` 0 where nothing was proposed).

    :raises Refused: nothing is said about why
    :raises Conflict: another proposal stands, it is answered already, or the order has another claim by now
    """
    claim = _answerable(number, author, means)
    said = text_of(text, "text", _("请填写您的意见，便于我们重新处理。"))
    _read(claim, serial)
    if claim.state == Claimed.REJECTED and claim.order.claims.live().exists():
        raise Conflict(_("该订单已有新的理赔。"), **claim.last_act())
    perform(claim.contest, text=said, means=means, at=now)
    return done(claim, On.CLAIM_DISPUTED, author, now, proposal=serial)


@transaction.atomic
def withdraw(*, number: str, author: Author, text: str, now: datetime) -> Claim:
    """
    The customer does not claim any more.

    :raises Refused: nothing is said about why
    :raises Conflict: it is agreed or settled already
    """
    author.require("answer_claim")
    claim = locked(number, author)
    perform(claim.withdraw, text=text_of(text, "text", _("请填写撤回原因。"), longest=300), at=now)
    return done(claim, On.CLAIM_WITHDRAWN, author, now)


def _answerable(number: str, author: Author, means: str) -> Claim:
    author.require("answer_claim")
    if means not in AnswerMeans.values:
        raise Refused(CLAUSE, _("请选择客户答复的方式。"), field="means")
    claim = locked(number, author)
    if author.person and author.person == claim.decided_by:
        raise Refused(CLAUSE, _("客户的答复须由提出方案以外的人登记。"))
    return claim


def _read(claim: Claim, serial: int) -> Proposal:
    """Return the proposal that stands, if it is the one the customer has read."""
    standing = claim.standing()
    if not in_source(claim.agree) and not in_source(claim.contest):
        raise not_now(claim)
    if (standing.serial if standing else 0) != serial:
        raise Conflict(_("方案已更新，请按最新的方案答复。"), **claim.last_act())
    return standing  # type: ignore[return-value]


# The link the customer answers by, without a login: signed, for one proposal, used once.


def token_of(proposal: Proposal) -> str:
    return SIGNER.sign_object([proposal.claim.number, proposal.serial, proposal.nonce])


def proposal_of(token: str) -> Proposal | None:
    """Return the proposal a link is for; None where we never made it. Whether it still holds is `link_holds`."""
    try:
        number, serial, nonce = SIGNER.unsign_object(token)
    except (BadSignature, ValueError, TypeError):
        return None
    found = Proposal.objects.select_related("claim__order", "claim__handler")
    proposal: Proposal | None = found.filter(claim__number=number, serial=serial, nonce=nonce).first()
    return proposal


def link_holds(proposal: Proposal, now: datetime) -> bool:
    """Tell whether the proposal can still be answered by its link: it stands, is not answered, and its days are not over."""
    standing = proposal.claim.standing()
    return proposal.claim.state == Claimed.PROPOSED and standing == proposal and now <= proposal.expires_at
