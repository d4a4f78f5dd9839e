"""Claims (理赔, §1.6.1.3, §4.5): papers, proposals, the customer's answer, payment, coupon."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from complaints.choices import LIVE_CLAIM, AnswerMeans, Claimed
from complaints.models.complaints import Complaint
from core.fsm import SafeFSMModelMixin, guard
from core.language import in_words
from core.personal import PHONE_TAIL, EncryptedTextField, blind, digits
from network.models import Person, Unit
from orders.models import Coupon, Order
from rulebook.categories import CAUSES
from rulebook.claims import PAPERS


class ClaimQuerySet(models.QuerySet["Claim"]):
    def visible_to(self, person: Person) -> ClaimQuerySet:
        """Restrict to the claims on what this person's units sent."""
        return self.filter(person.scope("order__branch__path"))

    def locked(self) -> ClaimQuerySet:
        return self.select_for_update(of=("self",), no_key=True)

    def live(self) -> ClaimQuerySet:
        return self.filter(state__in=LIVE_CLAIM)

    def search(self, text: str) -> ClaimQuerySet:
        """Find by claim or order number, by the claimant's whole phone number or its last four digits."""
        plain = digits(text)
        found = Q(number=text.strip().upper()) | Q(order__number=text.strip().upper())
        if len(plain) == PHONE_TAIL:
            found |= Q(tail_index=blind(plain))
        elif len(plain) > PHONE_TAIL:
            found |= Q(phone_index=blind(plain))
        return self.filter(found)


@guard("§4.5", _("资料不齐：请先登记收到全部必需资料"))
def papers_are_here(claim: Claim) -> bool:
    return not any(paper.missing for paper in claim.papers.all())


@guard("§4.5", _("每件理赔须有专人跟进：请先指定负责人"))
def somebody_follows(claim: Claim) -> bool:
    return claim.handler_id is not None


class Claim(SafeFSMModelMixin, models.Model):
    """
    What a customer claims for goods lost or damaged. Money is CNY.

    `declared_value`, `insured` and `freight` are those of the order and its waybill at opening; `handler` follows the claim.
    """

    number = models.CharField(_("理赔单号"), max_length=14, unique=True)
    state = FSMField(_("状态"), default=Claimed.OPENED, choices=Claimed.choices, protected=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="claims")
    complaint = models.ForeignKey(Complaint, models.PROTECT, null=True, related_name="claims")  # of the same loss
    claimant_name = models.CharField(_("索赔人"), max_length=60)
    claimant_phone = EncryptedTextField(_("索赔人电话"))
    phone_index = models.CharField(max_length=32)
    tail_index = models.CharField(max_length=32)
    amount = models.DecimalField(_("索赔金额"), max_digits=12, decimal_places=2)
    declared_value = models.DecimalField(_("声明价值"), max_digits=12, decimal_places=2)
    insured = models.BooleanField(_("保价"))
    freight = models.DecimalField(_("运费"), max_digits=12, decimal_places=2)
    cause = models.CharField(
        _("货损原因"), max_length=20, choices=[(row.code, row.zh) for row in CAUSES.values()]
    )
    text = models.CharField(_("货损经过"), max_length=500)
    small = models.BooleanField(_("小额赔付"))
    handler = models.ForeignKey(Person, models.PROTECT, null=True, related_name="claims")
    opened_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # proposed or rejected last
    decided_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer_means = models.CharField(max_length=8, choices=AnswerMeans.choices, blank=True)
    agreed = models.OneToOneField("Proposal", models.PROTECT, null=True, related_name="+")
    payee = EncryptedTextField(_("收款账户"), blank=True)
    dispute = models.CharField(_("异议"), max_length=500, blank=True)
    escalated_at = models.DateTimeField(null=True)
    rejection = models.CharField(_("不予赔付的理由"), max_length=500, blank=True)
    withdrawal = models.CharField(_("撤回原因"), max_length=300, blank=True)
    at_fault = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")  # whose operation caused the loss
    coupon = models.OneToOneField(Coupon, models.PROTECT, null=True, related_name="claim")  # the apology's
    ended_at = models.DateTimeField(null=True)  # paid, rejected or withdrawn
    closed_at = models.DateTimeField(null=True)
    last_actor = models.CharField(max_length=60, blank=True)
    last_at = models.DateTimeField(null=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lt=10_000_000, declared_value__gte=0, freight__gte=0),
                name="claim_amounts_are_sane",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state__in=LIVE_CLAIM), name="one_live_claim_per_order"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("agreed", "paid")) | (Q(agreed__isnull=False) & ~Q(payee="")),
                name="agreed_claim_has_proposal_and_payee",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "opened_at"], name="claim_by_state"),
            models.Index(fields=["phone_index"], name="claim_by_phone"),
            models.Index(fields=["tail_index"], name="claim_by_tail"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        return f"claim/{self.pk}"

    @property
    def key_customer(self) -> bool:
        return self.order.key_account_id is not None

    @property
    def cause_words(self) -> str:
        return in_words(CAUSES[self.cause])

    def last_act(self) -> dict[str, Any]:
        return {"winner": self.last_actor, "at": self.last_at}

    def set_phone(self, phone: str) -> None:
        self.claimant_phone = phone
        self.phone_index, self.tail_index = blind(digits(phone)), blind(digits(phone)[-PHONE_TAIL:])

    def standing(self) -> Proposal | None:
        """Return the proposal made last."""
        found: Proposal | None = self.proposals.order_by("serial").last()
        return found

    # The lifecycle (design §3): each step changes this row only; its service saves and states the fact.

    @transition(
        field=state, source=Claimed.OPENED, target=Claimed.PAPERS_COMPLETE, conditions=[papers_are_here]
    )
    def complete_papers(self, *, at: datetime) -> None:
        """All required papers are here: the proposal's clock starts (§1.6.1.3)."""
        self.completed_at = at

    @transition(field=state, source=Claimed.PAPERS_COMPLETE, target=Claimed.OPENED)
    def return_papers(self) -> None:
        """Papers are not in order; the clock starts anew when they are complete again."""
        self.completed_at = None

    @transition(
        field=state,
        source=[Claimed.PAPERS_COMPLETE, Claimed.DISPUTED],
        target=Claimed.PROPOSED,
        conditions=[somebody_follows],
    )
    def propose(self, *, by: Person, at: datetime) -> None:
        """A settlement is proposed to the customer (§4.5)."""
        self.decided_by, self.decided_at = by, at
        self.answered_at, self.answer_means = None, ""

    @transition(field=state, source=Claimed.PROPOSED, target=Claimed.AGREED)
    def agree(self, *, proposal: Proposal, means: str, at: datetime) -> None:
        """The customer says yes to exactly this proposal."""
        self.agreed, self.answer_means, self.answered_at = proposal, means, at

    @transition(field=state, source=[Claimed.PROPOSED, Claimed.REJECTED], target=Claimed.DISPUTED)
    def contest(self, *, text: str, means: str, at: datetime) -> None:
        """The customer says no, to a proposal or to getting nothing: the superior decides (§4.5)."""
        self.dispute, self.answer_means, self.answered_at, self.ended_at = text, means, at, None

    @transition(field=state, source=Claimed.DISPUTED, target=Claimed.DISPUTED)
    def escalate(self, *, to: Person, at: datetime) -> None:
        """Another person takes the dispute up (§4.5)."""
        self.handler, self.escalated_at = to, at

    @transition(
        field=state, source=[Claimed.OPENED, Claimed.PAPERS_COMPLETE, Claimed.DISPUTED], target=Claimed.REJECTED
    )
    def reject(self, *, by: Person, text: str, at: datetime) -> None:
        """Nothing is paid, for the reason given."""
        self.decided_by, self.decided_at, self.rejection, self.ended_at = by, at, text, at

    @transition(
        field=state,
        source=[Claimed.OPENED, Claimed.PAPERS_COMPLETE, Claimed.PROPOSED, Claimed.DISPUTED],
        target=Claimed.WITHDRAWN,
    )
    def withdraw(self, *, text: str, at: datetime) -> None:
        """The customer does not claim any more."""
        self.withdrawal, self.ended_at = text, at

    @transition(field=state, source=Claimed.AGREED, target=Claimed.PAID)
    def pay(self, *, at: datetime) -> None:
        """What was agreed is paid."""
        self.ended_at = at

    @transition(field=state, source=[Claimed.PAID, Claimed.REJECTED, Claimed.WITHDRAWN], target=Claimed.CLOSED)
    def close(self, *, at: datetime) -> None:
        """Nothing is left to do."""
        self.closed_at = at


class ClaimPaper(models.Model):
    """One paper of a claim's checklist (rulebook.claims.PAPERS): asked for, received, returned, done without."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="papers")
    code = models.CharField(_("资料"), max_length=12, choices=[(row.code, row.zh) for row in PAPERS.values()])
    required = models.BooleanField()
    asked_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    received_by = models.CharField(max_length=60, blank=True)
    returned_at = models.DateTimeField(null=True)
    return_reason = models.CharField(_("退回原因"), max_length=300, blank=True)
    files = models.JSONField(default=list)  # keys of the evidence that was handed in as this paper
    waived_at = models.DateTimeField(null=True)
    waiver = models.CharField(_("免交原因"), max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["claim", "code"], name="a_paper_stands_once_on_a_claims_list")]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.code}"

    @property
    def words(self) -> str:
        return in_words(PAPERS[self.code])

    @property
    def missing(self) -> bool:
        return self.required and self.received_at is None and self.waived_at is None


class Proposal(models.Model):
    """
    A settlement proposed: its amount, the loss proven, the most that could be paid, the words the customer reads.

    Append-only, also at the database; the customer answers by a link that holds until `expires_at`.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="proposals")
    serial = models.PositiveSmallIntegerField()
    amount = models.DecimalField(_("赔付金额"), max_digits=12, decimal_places=2)
    proven = models.DecimalField(_("核定损失"), max_digits=12, decimal_places=2)
    most = models.DecimalField(_("赔付上限"), max_digits=12, decimal_places=2)
    words = models.CharField(_("方案说明"), max_length=500)
    nonce = models.CharField(max_length=32)
    expires_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "serial"], name="one_proposal_per_serial"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=F("most")) & Q(most__lte=F("proven")), name="proposal_within_its_limit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} #{self.serial} {self.amount}"


class ClaimPaymentQuerySet(models.QuerySet["ClaimPayment"]):
    def total(self) -> Decimal:
        return Decimal(self.aggregate(sum=Sum("amount"))["sum"] or 0).quantize(Decimal("0.01"))


class ClaimPayment(models.Model):
    """The payment of an agreed proposal, once a claim, by another person than the proposer. Append-only, also at the database."""

    claim = models.OneToOneField(Claim, models.PROTECT, related_name="payment")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="payment")
    amount = models.DecimalField(_("付款金额"), max_digits=12, decimal_places=2)
    bank_no = models.CharField(_("银行流水号"), max_length=40, unique=True)
    proposer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    append_only = True

    objects = ClaimPaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0) & ~Q(by=F("proposer")), name="claim_is_paid_by_another_than_the_proposer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.amount}"
