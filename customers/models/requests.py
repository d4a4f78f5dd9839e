"""What customers and colleagues turn to us with: problem tickets (§3.4.6), suggestions (§4.2.6, §4.3.2.10), enquiries (§4.3.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.fsm import SafeFSMModelMixin
from core.personal import EncryptedTextField, mask_phone
from customers.choices import Means, RequestState, SuggestionKind
from network.models import Person, Unit

Kind = TypeVar("Kind", bound="Request")


class RequestQuerySet(models.QuerySet[Kind]):
    def visible_to(self, person: Person) -> Self:
        """Restrict to what this person's units see to, and what this person took down."""
        return self.filter(person.scope("unit__path") | Q(taken_by=person))

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True)


class Request(SafeFSMModelMixin, models.Model):
    """
    What all of them share. `unit` sees to it; `taken_by` is the member of staff who took it down, nobody where the
    customer wrote it; `order_number` is what it is about, as given, where it is about an order.
    """

    state = FSMField(_("状态"), default=RequestState.OPEN, choices=RequestState.choices, protected=True)
    text = models.CharField(_("内容"), max_length=500)
    name = models.CharField(_("姓名"), max_length=40, blank=True)
    phone = EncryptedTextField(_("电话"), blank=True)
    order_number = models.CharField(_("订单号"), max_length=20, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("处理部门"))
    taken_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    last_actor = models.CharField(max_length=60, blank=True)
    last_at = models.DateTimeField()

    objects = RequestQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("-opened_at", "-pk")

    def __str__(self) -> str:
        return f"{self.subject} {self.state}"

    @property
    def subject(self) -> str:
        return f"{self._meta.model_name}/{self.pk}"

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)

    def last_act(self) -> dict[str, Any]:
        return {"winner": self.last_actor, "at": self.last_at}


class Ticket(Request):
    """
    问题单: something of ours does not work (cannot open, error). Marketing promotion collates it within a working day, then the
    information centre mends it (§3.4.6).
    """

    page = models.CharField(_("出问题的页面"), max_length=200, blank=True)
    collation = models.CharField(_("整理结果"), max_length=500, blank=True)
    collated_at = models.DateTimeField(null=True)
    solution = models.CharField(_("处理结果"), max_length=500, blank=True)
    solved_at = models.DateTimeField(null=True)
    reopened = models.PositiveSmallIntegerField(default=0)

    class Meta(Request.Meta):
        indexes = [models.Index(fields=["state", "opened_at"], name="ticket_by_state")]

    @transition(field="state", source=RequestState.OPEN, target=RequestState.COLLATED)
    def collate(self, *, text: str, unit: Unit, at: datetime) -> None:
        """Marketing promotion has put in order what is wrong; the information centre's `unit` mends it."""
        self.collation, self.collated_at, self.unit = text, at, unit

    @transition(field="state", source=RequestState.COLLATED, target=RequestState.SOLVED)
    def solve(self, *, text: str, at: datetime) -> None:
        self.solution, self.solved_at = text, at

    @transition(field="state", source=RequestState.SOLVED, target=RequestState.CLOSED)
    def close(self) -> None:
        """Whoever reported it has been told."""

    @transition(field="state", source=[RequestState.SOLVED, RequestState.CLOSED], target=RequestState.COLLATED)
    def reopen(self) -> None:
        """It is not mended after all; what was said before stays in the journal."""
        self.solution, self.solved_at = "", None
        self.reopened += 1


class Suggestion(Request):
    """建议与意见: registered, analysed, forwarded, answered; the answer is recorded (§4.2.6, §4.3.2.10)."""

    kind = models.CharField(_("类别"), max_length=12, choices=SuggestionKind.choices)
    analysis = models.CharField(_("分析"), max_length=500, blank=True)
    analysed_at = models.DateTimeField(null=True)
    answer = models.CharField(_("答复"), max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta(Request.Meta):
        indexes = [models.Index(fields=["state", "opened_at"], name="suggestion_by_state")]

    @transition(field="state", source=RequestState.OPEN, target=RequestState.ANALYSED)
    def analyse(self, *, text: str, unit: Unit, at: datetime) -> None:
        """What lies behind it is written down and the matter forwarded to the unit that can change it."""
        self.analysis, self.analysed_at, self.unit = text, at, unit

    @transition(field="state", source=RequestState.ANALYSED, target=RequestState.ANSWERED)
    def reply(self, *, text: str, at: datetime) -> None:
        self.answer, self.answered_at = text, at


class Enquiry(Request):
    """
    咨询: a question by phone, answered within 15 minutes, or by mail, answered within a working day (§4.3.1.2, §4.3.1.3).

    `promised_at`: the fixed time by which a key customer's mail is answered. `call_back_at`: when we promised to call back.
    """

    means = models.CharField(_("渠道"), max_length=8, choices=Means.choices)
    promised_at = models.DateTimeField(null=True)
    answer = models.CharField(_("答复"), max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    call_back_at = models.DateTimeField(_("承诺回电时间"), null=True)
    called_back_at = models.DateTimeField(null=True)

    class Meta(Request.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(called_back_at=None) | Q(call_back_at__isnull=False), name="called_back_as_promised"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(answered_at__gte=F("opened_at")),
                name="enquiry_answered_after_it_came",
            ),
        ]
        indexes = [
            models.Index(fields=["means", "opened_at"], name="enquiry_by_means"),
            models.Index(
                fields=["call_back_at"],
                condition=Q(called_back_at=None, call_back_at__isnull=False),
                name="enquiry_to_call_back",
            ),
        ]

    @property
    def subject(self) -> str:
        return f"mail/{self.pk}" if self.means == Means.MAIL else f"enquiry/{self.pk}"

    @transition(field="state", source=RequestState.OPEN, target=RequestState.ANSWERED)
    def reply(self, *, text: str, at: datetime) -> None:
        self.answer, self.answered_at = text, at
