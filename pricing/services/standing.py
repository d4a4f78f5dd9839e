"""What is in force on a day, asked in one query: live versions of the regions concerned, running campaigns, the fuel share.

The answer is kept in the process for `settings.KEPT_SECONDS`. A version begins at a later midnight than it was
published, so a price is never wrong for it; a campaign that is started or ended is noticed that many seconds later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db.models import CharField, Value
from django.db.models.functions import Cast

from core.kept import Kept
from pricing.models import Campaign, FuelRate, TariffVersion
from rulebook.due import local_day
from rulebook.quotes import Offer


@dataclass(frozen=True, slots=True)
class Standing:
    """Keys of the live versions, the narrower region first; the campaigns; the fuel share."""

    versions: tuple[UUID, ...]
    campaigns: tuple[UUID, ...]
    fuel: Decimal


_kept: Kept[tuple[date, tuple[str, ...]], Standing] = Kept(lambda: settings.KEPT_SECONDS)


def standing(at: datetime, starts: tuple[str, ...]) -> Standing:
    """Return what is in force at an instant for goods from these GB/T 2260 prefixes."""
    return _kept.get((local_day(at), starts), lambda: _ask(at, starts))


def _ask(at: datetime, starts: tuple[str, ...]) -> Standing:
    day, text = local_day(at), CharField()
    versions = TariffVersion.objects.live_on(day).filter(origin__in=starts)
    shares = FuelRate.objects.standing()
    fuel = shares.filter(valid_from__lte=day).order_by("-valid_from").values("valid_from")[:1]
    rows = (
        versions.values_list(Value("v"), Cast("key", text), "origin")
        .union(Campaign.objects.running(day, at).values_list(Value("c"), Cast("key", text), Cast("pk", text)), all=True)
        .union(shares.filter(valid_from=fuel).values_list(Value("f"), Cast("share", text), Value("")), all=True)
    )
    found: dict[str, list[tuple[str, str]]] = {"v": [], "c": [], "f": []}
    for kind, value, more in rows:
        found[kind].append((value, more))
    return Standing(
        tuple(UUID(key) for key, _origin in sorted(found["v"], key=lambda row: -len(row[1]))),
        tuple(UUID(key) for key, _pk in sorted(found["c"], key=lambda row: int(row[1]))),
        Decimal(found["f"][0][0]) if found["f"] else Decimal(0),
    )


@lru_cache(maxsize=1_000)
def offer(key: UUID) -> Offer:
    """Return a campaign as a plain value; what it offers never changes, only when it ends."""
    row = Campaign.objects.get(key=key)
    return Offer(
        code=str(row.pk), name=row.name, since=row.valid_from, until=row.valid_to, audience=row.audience, value=row.value,
        benefit=row.benefit, amount=row.amount, share=row.share, gift=row.gift, product=row.product, most_kg=row.most_kg,
        most_m3=row.most_m3, rule=f"campaign:{row.pk}",
    )  # fmt: skip
