"""Complaints (投诉, §1.6, §4.4): filed, investigated, decided, told, answered, closed; and taken up again."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from complaints.choices import UNDECIDED, Answer, Filer, State
from core.fsm import SafeFSMModelMixin, guard
from core.personal import EncryptedTextField, blind, digits
from customers.models import KeyCustomer
from network.models import Person, Unit
from orders.models import Order
from rulebook.categories import CATEGORIES, CAUSES, Category
from rulebook.due import local_day


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def visible_to(self, person: Person) -> ComplaintQuerySet:
        """Restrict to what this person's units have complained of, are complained of, or were found at fault for."""
        paths = ("branch__path", "order__branch__path", "unit__path", "fault__path")
        return self.filter(reduce(or_, (person.scope(path) for path in paths)))

    def locked(self) -> ComplaintQuerySet:
        return self.select_for_update(of=("self",), no_key=True)

    def live(self) -> ComplaintQuerySet:
        return self.exclude(state=State.CLOSED)

    def undecided(self) -> ComplaintQuerySet:
        return self.filter(state__in=UNDECIDED)


@guard("§1.6.1", _("处理结果尚未告知投诉人：请先登记告知"))
def result_is_told(complaint: Complaint) -> bool:
    return complaint.internal or complaint.told_at is not None


@guard("§4.4", _("对投诉人的道歉、拜访或补救尚未登记齐全，不能结案"))
def redress_is_made(complaint: Complaint) -> bool:
    return not complaint.owed()


class Complaint(SafeFSMModelMixin, models.Model):
    """
    One complaint. `branch` and `person` are complained about; who is at fault is decided by the `Ruling` of each round.

    `opened_at` is when its clocks began: the filing, or the last reopening (§1.6.1). A round ends with each reopening.
    """

    number = models.CharField(_("投诉编号"), max_length=20, unique=True)
    state = FSMField(_("状态"), default=State.FILED, choices=State.choices, protected=True)
    order = models.ForeignKey(Order, models.PROTECT, null=True, blank=True, related_name="complaints")
    key_account = models.ForeignKey(KeyCustomer, models.PROTECT, null=True, related_name="complaints")
    filer = models.CharField(_("投诉来源"), max_length=12, choices=Filer.choices)
    filed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")  # that filed it
    source = models.CharField(max_length=40, blank=True)  # whose external numbers these are: "partner:7"
    external_no = models.CharField(max_length=64, blank=True)
    filed_at = models.DateTimeField(_("登记时间"))
    opened_at = models.DateTimeField()
    contact_name = models.CharField(_("投诉人"), max_length=60, blank=True)
    contact_phone = EncryptedTextField(_("投诉人电话"), blank=True)
    contact_index = models.CharField(max_length=32, blank=True)

    internal = models.BooleanField(_("内部投诉"), default=False)
    category = models.CharField(_("投诉类别"), max_length=20, choices=[(row.code, row.zh) for row in CATEGORIES.values()])
    cause = models.CharField(_("损失原因"), max_length=20, blank=True, choices=[(row.code, row.zh) for row in CAUSES.values()])
    amount = models.DecimalField(_("索赔金额"), max_digits=12, decimal_places=2, null=True, blank=True)
    insurer_on = models.DateField(_("保险公司赔付日"), null=True, blank=True)
    text = models.CharField(_("投诉内容"), max_length=1000)
    branch = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="complaints")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    fault = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")  # found at fault in this round
    serious = models.BooleanField(_("情节严重"), default=False)
    repeats = models.ForeignKey("self", models.PROTECT, null=True, related_name="repeated_by")  # of the same order (§4.4.6r)

    round = models.PositiveSmallIntegerField(default=1)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="complaints_taken")
    taken_at = models.DateTimeField(null=True)
    proposed_at = models.DateTimeField(null=True)
    interim_at = models.DateTimeField(null=True)
    interim_until = models.DateField(_("承诺答复日期"), null=True)
    decided_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    answer = models.CharField(_("投诉人答复"), max_length=4, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    last_actor = models.CharField(max_length=60, blank=True)
    last_at = models.DateTimeField(null=True)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_no"], condition=~Q(external_no=""), name="one_complaint_per_external_number"
            ),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gt=0), name="claimed_amount_is_positive"),
            models.CheckConstraint(condition=Q(round__gte=1, opened_at__gte=F("filed_at")), name="rounds_follow_the_filing"),
            models.CheckConstraint(
                condition=Q(told_at=None) | Q(decided_at__isnull=False), name="a_result_is_told_after_it_is_decided"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["state", "filed_at"], name="complaint_by_state"),
            models.Index(fields=["branch", "filed_at"], name="complaint_by_branch"),
            models.Index(fields=["contact_index"], condition=~Q(contact_index=""), name="complaint_by_contact"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        return f"complaint/{self.pk}"

    @property
    def kind(self) -> Category:
        return CATEGORIES[self.category]

    @property
    def key_customer(self) -> bool:
        return self.key_account_id is not None

    @property
    def repeated(self) -> bool:
        """Tell whether the same order was complained of before, or this complaint was taken up again (§4.4.6r)."""
        return self.repeats_id is not None or self.round > 1

    @property
    def ruling(self) -> Any:
        """Return the decision of this round, if there is one."""
        return next((each for each in self.rulings.all() if each.round == self.round), None)

    def owed(self) -> list[Any]:
        """Return what is still owed to the customer in this round, with the clause that says so (§4.4, §2.2.1)."""
        done = {each.kind for each in self.redresses.all() if each.round == self.round}
        ruling = self.ruling
        due = ruling.duties() if ruling and ruling.upheld else []
        return [duty for duty in due if duty.kind not in done]

    def set_contact(self, name: str, phone: str) -> None:
        self.contact_name, self.contact_phone, self.contact_index = name, phone, blind(digits(phone))

    def last_act(self) -> dict[str, Any]:
        return {"winner": self.last_actor, "at": self.last_at}

    def clock_facts(self) -> dict[str, object]:
        """Return what the due functions and the owners of points and fines ask about it; goes into its journal entries."""
        return {
            "complaint": self.pk,
            "round": self.round,
            "category": self.category,
            "internal": self.internal,
            "key_customer": self.key_customer,
            "branch": self.branch_id,
            "person": self.person_id,
            "serious": self.serious,
            "repeated": self.repeated,
            "filed_at": self.opened_at.isoformat(),
            "cause": self.cause,
            "amount": str(self.amount) if self.amount is not None else None,
            "insurer_on": self.insurer_on.isoformat() if self.insurer_on else None,
            "interim": self.interim_at is not None,
        }

    # The lifecycle (design §3): each step changes this row only; its service saves and states the fact.

    @transition(field=state, source=State.FILED, target=State.INVESTIGATING)
    def take(self, *, by: Person, at: datetime) -> None:
        """Somebody sees to it from now on."""
        self.owner, self.taken_at = by, at

    @transition(field=state, source=State.INVESTIGATING, target=State.PROPOSED)
    def propose(self, *, at: datetime) -> None:
        """What was found and what is to follow from it, for whoever decides."""
        self.proposed_at = at

    @transition(field=state, source=[State.INVESTIGATING, State.PROPOSED], target=State.UPHELD)
    def uphold(self, *, fault: Unit, at: datetime) -> None:
        self.fault, self.decided_at = fault, at

    @transition(field=state, source=[State.INVESTIGATING, State.PROPOSED], target=State.DISMISSED)
    def dismiss(self, *, at: datetime) -> None:
        self.decided_at = at

    @transition(
        field=state, source=[State.UPHELD, State.DISMISSED], target=State.CLOSED, conditions=[result_is_told, redress_is_made]
    )
    def close(self, *, at: datetime) -> None:
        self.closed_at = at

    @transition(field=state, source=[State.UPHELD, State.DISMISSED, State.CLOSED], target=State.INVESTIGATING)
    def reopen(self, *, at: datetime) -> None:
        """Begin a new round, with clocks of its own (§1.6.1). What was decided before stays as the ruling of its round."""
        self.round, self.opened_at, self.answer = self.round + 1, at, ""
        self.fault = None
        self.proposed_at = self.interim_at = self.interim_until = self.decided_at = None
        self.told_at = self.answered_at = self.closed_at = None
        if self.insurer_on and self.insurer_on < local_day(at):
            self.insurer_on = None
