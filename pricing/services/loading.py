"""What one quote needs, in few queries: which versions and campaigns are in force is asked each time, their content is kept.

The content of a live version never changes and its key is unique for good, so what is kept needs no invalidation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import Prefetch

from pricing.models import CodPlan, Contract, ContractRate, Lane, Surcharge, TariffVersion, ZonePlace
from pricing.services.standing import offer, standing
from rulebook import quotes as values
from rulebook.due import local_day
from rulebook.products import PRODUCTS
from rulebook.quotes import PriceBook, QuoteFacts, Rates, Terms

LENGTHS = (9, 6, 4, 2, 0)  # street, county, city, province, everywhere


def prefixes(place: str) -> tuple[str, ...]:
    """Return the GB/T 2260 prefixes a place belongs to, the longest first."""
    return tuple(dict.fromkeys(place[:length] for length in LENGTHS))


def book_for(facts: QuoteFacts) -> PriceBook:
    """Return rates, terms, charges and offers that bear on these goods at that instant."""
    starts, ends = prefixes(facts.from_place), prefixes(facts.to_place)
    now = standing(facts.at, starts)
    rates: dict[str, Rates] = {}
    for key in now.versions:  # the list of the narrower region first; a product it lacks comes from the wider one
        for each in lane_rates(key, starts, ends):
            rates.setdefault(each.product, each)
    if not rates:
        return PriceBook()
    codes = {each.version for each in rates.values()}
    contents = [content for key in now.versions if (content := charges_of(key)).version in codes]
    return PriceBook(
        rates=tuple(rates[code] for code in PRODUCTS if code in rates),
        terms=_terms(facts, tuple(rates)) if facts.customer else {},
        charges={content.version: content.charges for content in contents},
        plans={content.version: content.plans for content in contents},
        offers=tuple(offer(key) for key in now.campaigns),
        fuel=now.fuel,
    )


@dataclass(frozen=True, slots=True)
class Map:
    """Which zone each GB/T 2260 prefix of a version belongs to."""

    version: str
    zones: dict[str, int]

    def of(self, prefixes: tuple[str, ...]) -> list[int]:
        """Return the zones of a place, the one by the longest prefix first."""
        return list(dict.fromkeys(self.zones[prefix] for prefix in prefixes if prefix in self.zones))


@lru_cache(maxsize=200)
def map_of(key: UUID) -> Map:
    rows = list(ZonePlace.objects.filter(version__key=key).values_list("version__code", "prefix", "zone_id"))
    return Map(rows[0][0] if rows else "", {prefix: zone for _code, prefix, zone in rows})


@lru_cache(maxsize=20_000)
def lane_rates(key: UUID, starts: tuple[str, ...], ends: tuple[str, ...]) -> tuple[Rates, ...]:
    """Return the rates of a version on one lane, a product each: the longest prefixes decide, first where from, then where to."""
    known = map_of(key)
    from_zones, to_zones = known.of(starts), known.of(ends)
    if not from_zones or not to_zones:
        return ()
    rows = Lane.objects.filter(from_zone__in=from_zones, to_zone__in=to_zones).prefetch_related("breaks")
    best: dict[str, Rates] = {}
    for row in sorted(rows, key=lambda row: (from_zones.index(row.from_zone_id), to_zones.index(row.to_zone_id))):
        best.setdefault(row.product, _rates(row, known.version))
    return tuple(best.values())


def _rates(row: Lane, version: str) -> Rates:
    return Rates(
        product=row.product, heavy=row.heavy_rate, light=row.light_rate, minimum=row.minimum, days=row.days,
        arrives=row.arrives, cut_off=row.cut_off, rule=f"lane:{row.pk}", version=version,
        breaks=tuple(values.Break(each.basis, each.start, each.price) for each in row.breaks.all()),
    )  # fmt: skip


class _Charges:
    """The charges and COD plans of one version."""

    def __init__(self, version: TariffVersion) -> None:
        self.version = version.code
        self.charges = tuple(charge(row, version.code) for row in version.surcharges.all())
        self.plans = tuple(values.CodPlan(row.code, row.days, row.most) for row in version.cod_plans.all())


@lru_cache(maxsize=200)
def charges_of(key: UUID) -> _Charges:
    surcharges = Prefetch("surcharges", Surcharge.objects.prefetch_related("tiers"))
    plans = Prefetch("cod_plans", CodPlan.objects.order_by("pk"))
    return _Charges(TariffVersion.objects.prefetch_related(surcharges, plans).get(key=key))


def charge(row: Surcharge, version: str) -> values.Charge:
    """Return a surcharge as a plain value."""
    return values.Charge(
        code=row.code, zh=row.zh, en=row.en, when=row.when, basis=row.basis, rate=row.rate, minimum=row.minimum,
        cap=row.cap, rounding=row.rounding, detail=row.detail, product=row.product, rule=f"surcharge:{row.pk}",
        version=version, tiers=tuple(values.Tier(t.upto, t.fixed, t.rate, t.cap) for t in row.tiers.all()),
    )  # fmt: skip


def _terms(facts: QuoteFacts, products: Sequence[str]) -> dict[str, Terms]:
    """Return the terms of the customer's valid contract by product; empty without one."""
    contract = Contract.objects.valid(facts.customer or 0, local_day(facts.at), facts.at).first()
    if contract is None:
        return {}
    fitting = contract.rates.filter(from_prefix__in=prefixes(facts.from_place), to_prefix__in=prefixes(facts.to_place))
    own: dict[str, ContractRate] = {}
    for row in sorted(fitting, key=lambda row: (len(row.from_prefix), len(row.to_prefix))):
        own[row.product] = row
    return {product: _of(contract, own.get(product)) for product in products}


def _of(contract: Contract, own: ContractRate | None) -> Terms:
    return Terms(
        code=contract.code,
        rule=f"contract:{contract.pk}",
        share=contract.share,
        heavy=own.heavy_rate if own else None,
        light=own.light_rate if own else None,
        minimum=own.minimum if own else contract.minimum,
        redelivery_fee=contract.redelivery_fee,
    )
