"""What proves a hand-over (§4.3.2.8, §4.3.3.8): the signature drawn on a phone, photos of the slip and of damage."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from delivery.choices import PHOTOS, ProofKind
from delivery.models.shipments import Scan, Shipment
from network.models import Person

FOLDER = "proofs"
ENDINGS = {"image/jpeg": "jpg", "image/png": "png"}


class ProofQuerySet(models.QuerySet["Proof"]):
    def since(self, leg: Scan | None) -> ProofQuerySet:
        """Restrict to what came with acts from this one on, also where such an act was told before its turn and waited."""
        if leg is None:
            return self.none()
        return self.filter(Q(scan__turn__gte=leg.turn) | Q(scan__settled__turn__gte=leg.turn))

    def photos(self) -> ProofQuerySet:
        return self.filter(kind__in=PHOTOS)


class Proof(models.Model):
    """
    A picture of a hand-over. Append-only, also at the database; its file lies outside everything that is served.

    `scan` is the act it came with; one that came by itself belongs to the act that began this leg of the way.
    """

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="proofs")
    scan = models.ForeignKey(Scan, models.PROTECT, related_name="proofs")
    kind = models.CharField(max_length=10, choices=ProofKind.choices)
    key = models.CharField(max_length=32, unique=True)  # random: the name of the file, told to who may see it
    media = models.CharField(max_length=10, choices=[(media, media) for media in ENDINGS])
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()  # the device's time
    recorded_at = models.DateTimeField()

    append_only = True

    objects = ProofQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scan", "kind", "sha256"], name="the_same_picture_once_an_act"),
            models.CheckConstraint(condition=Q(size__gt=0), name="a_proof_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def path(self) -> str:
        """Return where its file lies, under MEDIA_ROOT."""
        return f"{FOLDER}/{self.key[:2]}/{self.key}.{ENDINGS[self.media]}"
