"""An import of orders from a table: the rows still to be taken in, how far it has come, the rows that were refused."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.personal import EncryptedTextField
from network.models import Person
from orders.choices import Channel, ImportState


class ImportJob(models.Model):
    """`rows` is what was read from the file (JSON, encrypted); it is emptied when the last row is done."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="imports")
    file_name = models.CharField(_("文件"), max_length=120)
    channel = models.CharField(_("渠道"), max_length=12, choices=Channel.choices)
    language = models.CharField(max_length=10, db_default="zh-hans")  # of whoever reads what is wrong
    state = models.CharField(_("状态"), max_length=10, choices=ImportState.choices, default=ImportState.WAITING)
    uploaded_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    headers = models.JSONField(default=list)
    rows = EncryptedTextField(blank=True)
    total = models.PositiveIntegerField()
    handled = models.PositiveIntegerField(default=0)
    placed = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)  # the same order came in before
    rejected = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["touched_at"], condition=~models.Q(state="done"), name="import_unfinished"),
            models.Index(fields=["person", "uploaded_at"], name="import_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.handled}/{self.total}"


class ImportReject(models.Model):
    """A row that was not taken in: its line in the file, its cells as they were, what is wrong with which."""

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="rejects")
    line = models.PositiveIntegerField()
    content = EncryptedTextField()  # JSON: {"cells": {header: text}, "errors": [[header, words], …]}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "line"], name="one_reject_per_line")]

    def __str__(self) -> str:
        return f"{self.job_id}:{self.line}"
