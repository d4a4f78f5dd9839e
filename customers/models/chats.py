"""在线咨询: what customers and a desk write to each other, line by line, and the turns that are on the clock (§3.2, §4.3.1.1)."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from core.fsm import SafeFSMModelMixin
from core.language import in_words
from core.personal import EncryptedTextField, mask_phone
from customers.choices import Automatic, ChatState, Side, TurnState
from network.models import Account, Person, Unit
from rulebook.roles import Role

FOLDER = "chats"
LONGEST_LINE = 1000


def new_key() -> str:
    return secrets.token_hex(16)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, person: Person) -> ConversationQuerySet:
        """Restrict to what this person's units and those below them hold."""
        return self.filter(person.scope("unit__path"))

    def held_by(self, unit: Unit) -> ConversationQuerySet:
        return self.filter(unit=unit)

    def waiting(self) -> ConversationQuerySet:
        """Restrict to those in which the customer's last turn has no answer yet."""
        return self.filter(waiting_since__isnull=False)

    def locked(self) -> ConversationQuerySet:
        return self.select_for_update(of=("self",), no_key=True)


class Conversation(SafeFSMModelMixin, models.Model):
    """
    One customer with the unit that holds the chat: a branch, or the call centre. `key` names it in the hall, to whoever opened it.

    `account`: the login it belongs to, None for a visitor without one. `order_number`: what it is about, as given; `proven`: the
    visitor has shown to be a party of that order. `count`: how many lines there are; the two `_seen` say up to which line each
    side has read. `waiting_since`: when the turn that waits for an answer was opened.
    """

    key = models.CharField(max_length=32, unique=True, default=new_key)
    state = FSMField(_("状态"), max_length=8, default=ChatState.OPEN, choices=ChatState.choices, protected=True)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("称呼"), max_length=40, blank=True)
    phone = EncryptedTextField(_("电话"), blank=True)
    order_number = models.CharField(_("订单号"), max_length=20, blank=True)
    proven = models.BooleanField(_("身份已验证"), default=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("接待单位"))
    count = models.PositiveIntegerField(default=0)
    customer_seen = models.PositiveIntegerField(default=0)
    staff_seen = models.PositiveIntegerField(default=0)
    waiting_since = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    last_actor = models.CharField(max_length=60, blank=True)
    last_at = models.DateTimeField()

    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state="open") | Q(waiting_since=None), name="closed_chat_waits_for_nothing"),
        ]
        indexes = [
            models.Index(fields=["unit", "waiting_since"], condition=Q(waiting_since__isnull=False), name="chat_waiting_by_unit"),
            models.Index(fields=["unit", "-last_at"], name="chat_by_unit"),
            models.Index(fields=["-last_at", "-id"], name="chat_by_last_line"),
            models.Index(fields=["account"], condition=Q(account__isnull=False), name="chat_by_account"),
            models.Index(fields=["order_number"], condition=~Q(order_number=""), name="chat_by_order"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.state}"

    @property
    def subject(self) -> str:
        return f"chat/{self.pk}"

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)

    @property
    def unread(self) -> int:
        """Return how many lines the desk has not read."""
        return self.count - self.staff_seen

    @property
    def unread_by_customer(self) -> int:
        return self.count - self.customer_seen

    def last_act(self) -> dict[str, Any]:
        return {"winner": self.last_actor, "at": self.last_at}

    @transition(field=state, source=ChatState.OPEN, target=ChatState.CLOSED)
    def close(self, *, at: datetime) -> None:
        """The desk ends it; what was said stays."""
        self.closed_at = at

    @transition(field=state, source=ChatState.CLOSED, target=ChatState.OPEN)
    def reopen(self) -> None:
        """The customer has more to say."""
        self.closed_at = None


class ChatLine(models.Model):
    """
    One line, in order of `number`. Append-only, also at the database. Staff are shown by their unit and post, not by name.

    `text` of an automatic line is a code of `Automatic`. A picture lies outside everything that is served, drawn anew.
    """

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    side = models.CharField(max_length=10, choices=Side.choices)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=30, blank=True)
    text = models.CharField(_("内容"), max_length=LONGEST_LINE, blank=True)
    picture = models.CharField(max_length=32, blank=True)  # random: the name of its file
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()

    append_only = True

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["conversation", "number"], name="one_chat_line_per_number"),
            models.UniqueConstraint(fields=["picture"], condition=~Q(picture=""), name="one_chat_line_per_picture"),
            models.CheckConstraint(condition=~Q(text="") | ~Q(picture=""), name="chat_line_says_something"),
            models.CheckConstraint(
                condition=Q(side="staff", person__isnull=False) | ~Q(side="staff") & Q(person=None),
                name="staff_sign_their_chat_lines",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.number} {self.side}"

    @property
    def path(self) -> str:
        """Return where its picture lies, under MEDIA_ROOT."""
        return f"{FOLDER}/{self.picture[:2]}/{self.picture}.jpg"

    @property
    def words(self) -> str:
        """Return what it says, an automatic line in the reader's language."""
        if self.side != Side.AUTOMATIC:
            return self.text
        return str(Automatic(self.text).label) % {"unit": self.unit.name if self.unit else ""}

    @property
    def signed(self) -> str:
        """Return who wrote it, as the customer may know it: unit and post."""
        if self.side == Side.CUSTOMER:
            return _t("客户")
        unit = self.unit.name if self.unit else ""
        return f"{unit} · {in_words(Role(self.role))}" if self.role else unit


class ChatTurn(SafeFSMModelMixin, models.Model):
    """A turn opens with the customer's first line that has no answer; a member of staff's first line after it answers it (§4.3.1.1)."""

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="turns")
    state = FSMField(_("状态"), max_length=8, default=TurnState.WAITING, choices=TurnState.choices, protected=True)
    question = models.OneToOneField(ChatLine, models.PROTECT, related_name="turn")
    opened_at = models.DateTimeField()
    answer_line = models.OneToOneField(ChatLine, models.PROTECT, null=True, related_name="answers")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation"], condition=Q(state="waiting"), name="one_waiting_turn_per_chat"),
            models.CheckConstraint(
                condition=Q(state="waiting", answered_at=None, answer_line=None, answered_by=None)
                | Q(
                    state="answered", answer_line__isnull=False, answered_by__isnull=False, answered_at__gte=models.F("opened_at")
                ),
                name="chat_turn_is_answered_by_a_line_after_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.opened_at:%F %T} {self.state}"

    @transition(field=state, source=TurnState.WAITING, target=TurnState.ANSWERED)
    def answer(self, *, line: ChatLine, by: Person, at: datetime) -> None:
        """A member of staff has written (§4.3.1.1); the service states the fact."""
        self.answer_line, self.answered_by, self.answered_at = line, by, at


class PhraseQuerySet(models.QuerySet["Phrase"]):
    def offered_in(self, unit: Unit | None) -> PhraseQuerySet:
        """Return what a desk of this unit may insert: the unit's own phrases, then the company's."""
        own = self.filter(Q(unit=unit) | Q(unit=None)) if unit else self.filter(unit=None)
        return own.order_by(models.F("unit").asc(nulls_last=True), "pk")


class Phrase(models.Model):
    """常用语: what a desk says often. The company's have no unit; a branch has its own beside them."""

    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    text = models.CharField(_("常用语"), max_length=300)
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    objects = PhraseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "text"], name="one_phrase_per_unit_and_text"),
            models.UniqueConstraint(fields=["text"], condition=Q(unit=None), name="one_phrase_of_the_company_per_text"),
        ]

    def __str__(self) -> str:
        return self.text
