"""Files that prove what a complaint, a claim, a filing or a ticket says: photos drawn anew, PDFs kept as they came and never opened here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from network.models import Person

FOLDER = "evidence"
ENDINGS = {"image/jpeg": "jpg", "application/pdf": "pdf"}


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def of(self, subject: str) -> EvidenceQuerySet:
        """Restrict to the files of one complaint, claim, filing or ticket, oldest first."""
        return self.filter(subject=subject).order_by("pk")


class Evidence(models.Model):
    """
    One file of a complaint, claim, filing or ticket ("complaint/12", "filing/7"). Append-only, also at the database.

    Its file lies outside everything that is served; who may see its subject gets it, as an attachment.
    """

    subject = models.CharField(max_length=40)
    key = models.CharField(max_length=32, unique=True)  # random: the name of the file, told to who may see it
    media = models.CharField(max_length=20, choices=[(media, media) for media in ENDINGS])
    name = models.CharField(_("文件名"), max_length=80, blank=True)  # as the sender called it, made harmless
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64)
    by_kind = models.CharField(max_length=10)  # kind of actor
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    append_only = True

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "sha256"], name="the_same_file_once_a_subject"),
            models.CheckConstraint(condition=Q(size__gt=0), name="evidence_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.key}"

    @property
    def path(self) -> str:
        """Return where its file lies, under MEDIA_ROOT."""
        return f"{FOLDER}/{self.key[:2]}/{self.key}.{ENDINGS[self.media]}"

    @property
    def is_picture(self) -> bool:
        return self.media != "application/pdf"
