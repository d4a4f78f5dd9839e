"""A claim comes in, somebody follows it, its papers are gathered (§1.6.1.3, §4.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from complaints.choices import LIVE_CLAIM, Claimed
from complaints.models import Claim, ClaimPaper
from complaints.services import evidence
from complaints.services.claims.facts import CLAUSE, Author, done, locked, money_of, not_now, staff, text_of
from complaints.services.evidence import File
from core import rows
from core.files import files_with_rows
from core.fsm import perform
from network.models import Person
from orders.models import Order
from orders.numbers import dated_number
from orders.phones import canonical
from orders.services.common import locked as locked_order
from rulebook.categories import CAUSES
from rulebook.claims import PAPERS, is_small, papers_for
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.roles import Role


@files_with_rows()
@transaction.atomic
def open_claim(
    *, number: str, author: Author, amount: Decimal, cause: str, text: str, name: str, phone: str, now: datetime,
    payee: str = "", files: Sequence[File] = (),
) -> Claim:  # fmt: skip
    """
    Take in what a customer claims for the goods of an order; somebody of the claims department is named to follow it.

    :param number: the order's; whether the claimant is a party of it, the edge has seen to
    :param payee: where the money is to go; can be given later
    :param files: photos of the damage, which stand on the list of papers
    :raises Refused: goods that were never with us, an amount that is none, no phone, cause or words
    :raises Conflict: the order has a claim that is still to be settled
    """
    author.require("open_claim")
    order = locked_order(number, author.person)
    if order.collected_at is None and order.waybilled_at is None:
        raise Refused(CLAUSE, _("该订单的货物还没有交给我们，不能理赔。"), field="number")
    if other := order.claims.live().first():
        raise Conflict(_("该订单已有理赔 %s，结案前不能再提出。") % other.number, **other.last_act())
    claim: Claim = rows.new(Claim, order=order, amount=money_of(amount, "amount"), opened_at=now)
    claim.claimant_name = text_of(name, "name", _("请填写索赔人。"), longest=60)
    claim.set_phone(_phone(phone))
    claim.cause = _cause(cause)
    claim.text = text_of(text, "text", _("请填写货损经过。"))
    claim.payee = payee.strip()[:200]
    _take_over(claim, order)
    claim.handler = least_busy()
    rows.give_keys([claim])
    claim.number = dated_number("C", claim.pk, now)
    claim.last_actor, claim.last_at = author.label, now
    claim.save(force_insert=True)
    listed = papers_for(cause=claim.cause, small=claim.small)
    ClaimPaper.objects.bulk_create(ClaimPaper(claim=claim, code=row.code, required=needed) for row, needed in listed)
    done(claim, On.CLAIM_OPENED, author, now, small=claim.small)
    if files:
        _receive(claim, claim.papers.get(code="photos"), author, files, now)
    return claim


def _take_over(claim: Claim, order: Order) -> None:
    """Keep what limits the settlement as it stands at opening."""
    waybill = getattr(order, "waybill", None)
    claim.declared_value, claim.insured = order.declared_value, order.insured
    claim.freight = waybill.amount if waybill else Decimal("0.00")
    claim.small = is_small(claim.amount)
    claim.complaint = order.complaints.filter(category="damage_loss").order_by("filed_at").last()


def _phone(text: str) -> str:
    number = canonical(text)
    if number is None:
        raise Refused(CLAUSE, _("电话号码不正确：请填 11 位手机号，或带区号的固定电话。"), field="phone")
    return number


def _cause(code: str) -> str:
    if code not in CAUSES:
        raise Refused(CLAUSE, _("请选择货损原因。"), field="cause")
    return code


def least_busy() -> Person | None:
    """Return who of the claims department follows the fewest claims; None where nobody holds the post."""
    held = Person.objects.filter(posts__role=Role.CLAIMS, posts__until=None)
    load = Count("claims", filter=Q(claims__state__in=LIVE_CLAIM), distinct=True)
    found: Person | None = held.annotate(load=load).order_by("load", "pk").first()
    return found


@transaction.atomic
def assign(*, number: str, clerk: Person, handler: str, now: datetime) -> Claim:
    """
    Name who follows the claim and informs the customer (§4.5).

    :param handler: a staff number of the claims department
    :raises Refused: nobody of that number holds a post there
    :raises Conflict: the claim is settled
    """
    clerk.require("handle_claim")
    claim = _live(number, staff(clerk))
    person = Person.objects.filter(number=handler, posts__role=Role.CLAIMS, posts__until=None).distinct().first()
    if person is None:
        raise Refused(CLAUSE, _("理赔部没有工号为 %s 的在岗人员。") % handler, field="handler")
    claim.handler = person
    return done(claim, On.CLAIM_ASSIGNED, staff(clerk), now)


# Papers.


@transaction.atomic
def ask_papers(*, number: str, clerk: Person, now: datetime) -> Claim:
    """
    Ask the customer for every required paper that is still missing.

    :raises Conflict: none is missing
    """
    clerk.require("claim_papers")
    claim = locked(number, staff(clerk))
    missing = [paper for paper in claim.papers.order_by("pk") if paper.missing]
    if claim.state != Claimed.OPENED or not missing:
        raise Conflict(_("没有缺少的资料。"), **claim.last_act())
    claim.papers.filter(pk__in=[paper.pk for paper in missing]).update(asked_at=now)
    return done(claim, On.CLAIM_PAPERS_ASKED, staff(clerk), now, papers=[paper.code for paper in missing])


@files_with_rows()
@transaction.atomic
def receive_paper(*, number: str, paper: str, author: Author, now: datetime, files: Sequence[File] = ()) -> Claim:
    """
    A paper of the list is here. With the last required one the papers are complete, at this instant (§1.6.1.3).

    :param files: what was handed in as photos or PDF; none where the paper itself lies at the desk
    :raises Refused: it is not on the list; too many or too large files
    :raises Conflict: it is here already, or papers are not awaited any more
    """
    author.require("claim_papers")
    claim = locked(number, author)
    row = claim.papers.filter(code=paper).first()
    if row is None:
        raise Refused(CLAUSE, _("资料清单中没有这一项，请从清单中选择。"), field="paper")
    if claim.state not in (Claimed.OPENED, Claimed.PAPERS_COMPLETE) or row.received_at:
        raise Conflict(_("该资料已收到，或当前状态不再收资料。"), **claim.last_act())
    _receive(claim, row, author, files, now)
    if claim.state == Claimed.OPENED and not any(each.missing for each in claim.papers.all()):
        return _completed(claim, author, now)
    return claim


def _receive(claim: Claim, row: ClaimPaper, author: Author, files: Sequence[File], now: datetime) -> None:
    kept = evidence.keep(claim.subject, files, by=author.actor, person=author.person, now=now, clause=CLAUSE)
    row.files = [*row.files, *(each.key for each in kept)]
    row.received_at, row.received_by, row.returned_at, row.return_reason = now, author.label, None, ""
    row.save()
    done(claim, On.CLAIM_PAPER_RECEIVED, author, now, paper=row.code, files=len(kept))


def _completed(claim: Claim, author: Author, now: datetime) -> Claim:
    perform(claim.complete_papers, at=now)
    return done(claim, On.CLAIM_PAPERS_COMPLETED, author, now, small=claim.small)


@transaction.atomic
def complete_papers(*, number: str, clerk: Person, now: datetime, waive: Sequence[str] = (), text: str = "") -> Claim:
    """
    Declare the papers complete, doing without those named, for the reason given.

    :param waive: codes of required papers that are missing
    :raises Refused: a required paper is missing and not named, or nothing is said about why one is not needed
    :raises Conflict: the papers are complete already, or the claim is settled
    """
    clerk.require("handle_claim")
    claim = locked(number, staff(clerk))
    if waive:
        reason = text_of(text, "text", _("请填写免交原因。"), longest=300)
        missing = {paper.code: paper for paper in claim.papers.all() if paper.missing}
        if unknown := set(waive) - missing.keys():
            raise Refused(CLAUSE, _("这些资料不缺：%s。") % "、".join(_titles(unknown)), field="waive")
        for code in waive:
            missing[code].waived_at, missing[code].waiver = now, reason
            missing[code].save()
    return _completed(claim, staff(clerk), now)


def _titles(codes: set[str]) -> list[str]:
    return [PAPERS[code].zh if code in PAPERS else code[:20] for code in sorted(codes)]


@transaction.atomic
def return_papers(*, number: str, clerk: Person, papers: Sequence[str], text: str, now: datetime) -> Claim:
    """
    Papers are not in order: they go back, and the clock starts anew when all is complete again (§1.6.1.3).

    :param papers: codes of required papers that were received
    :raises Refused: none is named, one was not received or is not required, or no reason is given
    :raises Conflict: a proposal is made already
    """
    clerk.require("handle_claim")
    claim = locked(number, staff(clerk))
    reason = text_of(text, "text", _("请填写退回原因，客户会看到。"), longest=300)
    rows_ = list(claim.papers.filter(code__in=set(papers), required=True, received_at__isnull=False))
    if not papers or len(rows_) != len(set(papers)):
        raise Refused(CLAUSE, _("请勾选要退回的资料：只能退回已收到的必需资料。"), field="papers")
    if claim.state != Claimed.OPENED:
        perform(claim.return_papers)
    for row in rows_:
        row.received_at, row.received_by, row.returned_at, row.return_reason = None, "", now, reason
        row.save()
    return done(claim, On.CLAIM_PAPERS_RETURNED, staff(clerk), now, papers=[row.code for row in rows_])


@transaction.atomic
def record_payee(*, number: str, author: Author, payee: str, now: datetime) -> Claim:
    """
    Record where the money is to go.

    :raises Refused: nothing is said
    :raises Conflict: the claim is settled
    """
    author.require("answer_claim")
    claim = _live(number, author)
    claim.payee = text_of(payee, "payee", _("请填写收款账户：户名、开户行、账号。"), longest=200)
    return done(claim, On.CLAIM_PAYEE_RECORDED, author, now)


def _live(number: str, author: Author) -> Claim:
    claim = locked(number, author)
    if claim.state not in LIVE_CLAIM:
        raise not_now(claim)
    return claim
