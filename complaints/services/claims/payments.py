"""The money of a claim: paid once, exactly as agreed, by another than the proposer; the apology's coupon (§4.5)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from complaints.choices import Claimed
from complaints.models import Claim, ClaimPayment, Proposal
from complaints.services.claims.facts import CLAUSE, done, locked, loss_of, money_of, not_now, staff, text_of
from core.fsm import in_source, perform
from customers.models import Customer
from network.models import Person
from orders.models import Coupon
from rulebook.due import local_day
from rulebook.errors import Conflict, Refused
from rulebook.events import On

LONGEST_VALID = timedelta(days=366)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no 0 and O, no 1 and I


@transaction.atomic
def pay(*, number: str, clerk: Person, amount: Decimal, bank_no: str, now: datetime) -> Claim:
    """
    Pay what was agreed, exactly, and once.

    :param bank_no: the bank's number of the transfer; one transfer pays one claim
    :raises Refused: another amount, a transfer that paid another claim, or the clerk proposed the settlement
    :raises Conflict: it is not agreed, or paid already
    """
    clerk.require("pay_claim")
    claim = locked(number, staff(clerk))
    proposal, transfer = claim.agreed, text_of(bank_no, "bank_no", _("请填写银行流水号。"), longest=40)
    if proposal is None or not in_source(claim.pay):
        raise not_now(claim)
    _check_payment(proposal, clerk, money_of(amount, "amount"))
    perform(claim.pay, at=now)
    try:
        with transaction.atomic():
            ClaimPayment.objects.create(
                claim=claim, proposal=proposal, amount=proposal.amount, bank_no=transfer, proposer=proposal.by, by=clerk, at=now
            )
    except IntegrityError as taken:
        raise Refused(CLAUSE, _("该银行流水号已用于另一笔赔付，请核对。"), field="bank_no") from taken
    return done(claim, On.CLAIM_PAID, staff(clerk), now, paid=str(proposal.amount), **loss_of(claim))


def _check_payment(proposal: Proposal, clerk: Person, amount: Decimal) -> None:
    if amount != proposal.amount:
        words = _("客户同意的金额是 %s 元，付款金额须与之完全一致。")
        raise Refused(CLAUSE, words % proposal.amount, field="amount")
    if proposal.by == clerk:
        raise Refused(CLAUSE, _("提出方案的人不能付款，请由其他财务人员付款。"))


@transaction.atomic
def close(*, number: str, clerk: Person, now: datetime) -> Claim:
    """
    Close a claim that was paid, rejected or withdrawn.

    :raises Conflict: it is still to be settled, or closed already
    """
    clerk.require("handle_claim")
    claim = locked(number, staff(clerk))
    perform(claim.close, at=now)
    return done(claim, On.CLAIM_CLOSED, staff(clerk), now)


@transaction.atomic
def give_coupon(
    *, number: str, clerk: Person, amount: Decimal, valid_until: date, apology: str, now: datetime
) -> Coupon:
    """
    Apologise to a customer who is still unhappy, and give a coupon for the next shipment (§4.5).

    :param amount: CNY, up to the setting COUPON_MOST †
    :raises Refused: too much, a date that is past or more than a year off, no words
    :raises Conflict: the customer never contested anything, or has a coupon already
    """
    clerk.require("settle_dispute")
    claim = locked(number, staff(clerk))
    unhappy = claim.dispute or claim.state == Claimed.REJECTED
    if not unhappy or claim.coupon_id:
        raise Conflict(_("客户没有异议，或已有优惠券。"), **claim.last_act())
    worth = money_of(amount, "amount")
    if worth > settings.COUPON_MOST:
        raise Refused(CLAUSE, _("优惠券最多 %s 元。") % settings.COUPON_MOST, field="amount")
    today = local_day(now)
    if not today <= valid_until <= today + LONGEST_VALID:
        raise Refused(CLAUSE, _("有效期须在今天与一年之内。"), field="valid_until")
    words = text_of(apology, "apology", _("请填写致歉内容，客户会看到。"), longest=300)
    code = "".join(secrets.choice(LETTERS) for _each in range(10))
    coupon = Coupon.objects.create(
        code=code, amount=worth, valid_until=valid_until, phone_index=claim.phone_index, customer=_record_of(claim),
        apology=words, given_by=clerk, given_at=now,
    )  # fmt: skip
    claim.coupon = coupon
    done(claim, On.COUPON_GIVEN, staff(clerk), now, worth=str(worth), valid_until=valid_until.isoformat())
    return coupon


def _record_of(claim: Claim) -> Customer | None:
    """Return the record of the key customer whose goods they were, else of the claimant's phone; None for a stranger."""
    account = claim.order.key_account
    return account.customer if account else Customer.objects.filter(phone_index=claim.phone_index).first()


@dataclass(frozen=True, slots=True)
class Fault:
    """A claim whose payment is not what was agreed."""

    number: str
    agreed: Decimal
    paid: Decimal


def faults() -> list[Fault]:
    """Return the claims whose money does not tie out: paid without payment, not as agreed, or payment without being paid (§4.5)."""
    paid = Claim.objects.filter(agreed__isnull=False).annotate(sum=Sum("payment__amount")).select_related("agreed")
    found = []
    for claim in paid.order_by("pk").iterator(chunk_size=1000):
        owed = claim.agreed.amount if claim.state in (Claimed.PAID, Claimed.CLOSED) else Decimal("0.00")
        if (claim.sum or Decimal("0.00")) != owed:
            found.append(Fault(claim.number, owed, claim.sum or Decimal("0.00")))
    return found
