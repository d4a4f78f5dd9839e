"""The prices that were given: what was asked, the lines, the sum. Never changed; a new price is a new row."""

from __future__ import annotations

from django.db import models

from pricing.choices import Source


class GivenQuote(models.Model):
    """A price as it was given; `lines` are the fields of `rulebook.quotes.Line`, `facts` those of `QuoteFacts`, as plain JSON."""

    at = models.DateTimeField()
    source = models.CharField(max_length=10, choices=Source.choices)
    product = models.CharField(max_length=20)
    version = models.CharField(max_length=40)  # code of the tariff version
    rule = models.CharField(max_length=40)  # the lane, contract or campaign that decided
    total = models.DecimalField(max_digits=12, decimal_places=2)
    lines = models.JSONField()
    facts = models.JSONField()
    zh = models.CharField(max_length=400)
    en = models.CharField(max_length=400)
    arrives_by = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(total__gte=0), name="quote_total_is_sane")]

    def __str__(self) -> str:
        return f"{self.source} {self.total}"
