"""The regulations that amounts of fines are cited from, in versions that are only ever added to (§1.7.2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from network.models import Person


class VersionQuerySet(models.QuerySet["RegulationVersion"]):
    def of(self, codes: Iterable[str]) -> dict[str, list[RegulationVersion]]:
        """Return the versions of these regulations, each list from the one that holds last to the first; one query."""
        found: dict[str, list[RegulationVersion]] = {}
        for row in self.filter(code__in=sorted(set(codes))).order_by("-valid_from", "-pk"):
            found.setdefault(row.code, []).append(row)
        return found


def in_force(versions: Iterable[RegulationVersion], day: date) -> RegulationVersion | None:
    """Return the version that holds on a day: the latest valid one, of several from the same day the one entered last."""
    return next((row for row in versions if row.valid_from <= day), None)


class RegulationVersion(models.Model):
    """What a regulation says from a day on: its citation and, where it is known, the amount of its fine. Append-only."""

    code = models.CharField(_("编号"), max_length=20)
    title = models.CharField(_("名称与条款"), max_length=120)
    amount = models.DecimalField(_("金额（元）"), max_digits=12, decimal_places=2, null=True)
    valid_from = models.DateField(_("生效日期"))
    note = models.CharField(_("依据与说明"), max_length=300, blank=True)
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    append_only = True

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gt=0, amount__lt=1_000_000), name="regulation_amount_is_sane"
            )
        ]
        indexes = [models.Index(fields=["code", "valid_from"], name="regulation_by_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.valid_from:%F} {self.amount}"
