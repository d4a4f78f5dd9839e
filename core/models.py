"""The journal: every fact that ever happened, append-only (design §3). Screens, replay, audit and pushes read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: kind is person, customer, partner or system; id is that kind's key; role the post held at the moment."""

    kind: str
    id: str = ""
    role: str = ""


SYSTEM = Actor("system")
LONGEST_ACT = timedelta(minutes=1)  # from reading the clock to the commit


class EntryQuerySet(models.QuerySet["Entry"]):
    def about(self, subject: str) -> EntryQuerySet:
        """Return the entries whose main subject this is, oldest first."""
        return self.filter(subject=subject).order_by("occurred_at", "id")

    def news(self, now: datetime) -> str:
        """
        Return a text that changes with every fact stated: how many there are since shortly before the last full ten minutes.

        Keys and times do not follow the order in which transactions commit, so a greatest one would miss facts.
        """
        turn = now.replace(minute=now.minute // 10 * 10, second=0, microsecond=0)
        return f"{turn:%H%M}.{self.filter(recorded_at__gte=turn - LONGEST_ACT).count()}"

    def of_order(self, number: str) -> EntryQuerySet:
        """Return everything that happened to an order, oldest first."""
        return self.filter(order_number=number).order_by("occurred_at", "id")


class Entry(models.Model):
    """One fact. `occurred_at` is the event's own time, `recorded_at` when we learned of it; `data` holds ids and values
    of the process, never personal data (erasure keeps the journal whole)."""

    name = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)
    also = models.JSONField(default=list)
    order_number = models.CharField(max_length=20, blank=True)
    seq = models.PositiveIntegerField(null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=40, blank=True)
    actor_role = models.CharField(max_length=30, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    data = models.JSONField(default=dict)

    append_only = True

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order_number", "seq"], condition=models.Q(seq__isnull=False), name="one_seq_per_order"
            ),
        ]
        indexes = [
            models.Index(fields=["order_number", "occurred_at"], name="entry_by_order"),
            models.Index(fields=["subject", "name"], name="entry_by_subject"),
            models.Index(fields=["name", "occurred_at"], name="entry_by_name"),
            models.Index(fields=["recorded_at"], name="entry_by_recording"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject} {self.occurred_at:%F %T}"

    @property
    def subjects(self) -> tuple[str, ...]:
        """Return all the subjects this fact concerns, the main one first."""
        return (self.subject, *self.also)

    @property
    def actor(self) -> Actor:
        return Actor(self.actor_kind, self.actor_id, self.actor_role)
