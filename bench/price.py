"""Measure price queries with 3,000 × 3,000 places loaded by zones (limits P5): the service, and the open API through its view."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from statistics import median, quantiles
from time import perf_counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
django.setup()

from django.test import Client, override_settings  # noqa: E402

from bench.company import FOUNDED, build  # noqa: E402
from network.models import Account, Person, Unit  # noqa: E402
from network.places import atlas  # noqa: E402
from network.services import appoint  # noqa: E402
from pricing.api import Throttle  # noqa: E402
from pricing.services import QuoteFacts, offers  # noqa: E402
from pricing.services.loading import lane_rates  # noqa: E402
from pricing.services.tariffs import LaneRow, approve, draft, publish  # noqa: E402
from rulebook.quotes import Charge  # noqa: E402
from rulebook.roles import Role  # noqa: E402

QUERIES = 1000
GOAL_MS = 50
PRODUCTS = ("timed_air", "air", "express_road", "road_lane")


def load() -> tuple[list[str], int]:
    """Put every county into the zone of its city, and publish a lane from each zone to each, one product in turn; return the counties."""
    build()
    by = Person.objects.create(account=Account.objects.create(username="pricer"), number="P1", name="价格")
    appoint(by, role=Role.PRICE_MANAGEMENT, unit=Unit.objects.get(code="HQ"), now=FOUNDED)
    counties = [each.code for each in atlas().values() if each.level == 3][:3000]
    zones: dict[str, list[str]] = {}
    for code in counties:
        zones.setdefault(code[:4], []).append(code)
    names = {key: (f"区{key}", tuple(places)) for key, places in zones.items()}
    dice = random.Random(1)
    lanes = [lane(names[a], names[b], PRODUCTS[n % 4], dice) for a in names for n, b in enumerate(names)]
    charges = [Charge(code="door", zh="送货费", en="Delivery", when="door", basis="per_kg", rate=Decimal("0.2"))]
    version = draft(code="B", valid_from=date(2026, 1, 1), lanes=lanes, by=by, now=FOUNDED, charges=charges)
    approve(pk=version.pk, by=by, now=FOUNDED)
    publish(pk=version.pk, by=by, now=FOUNDED)
    return counties, len(lanes)


def lane(start: tuple[str, tuple[str, ...]], end: tuple[str, tuple[str, ...]], product: str, dice: random.Random) -> LaneRow:
    return LaneRow(
        product=product, start=start[0], start_places=start[1], end=end[0], end_places=end[1],
        heavy=Decimal(dice.randrange(1000, 9000)) / 1000, light=Decimal(dice.randrange(100, 900)), minimum=Decimal(30), days=2,
    )  # fmt: skip


def times(work: Callable[[str, str], object], counties: list[str]) -> list[float]:
    """Return the milliseconds of each query between random counties."""
    dice, found = random.Random(2), []
    for _ in range(QUERIES):
        start, end = dice.choice(counties), dice.choice(counties)
        begun = perf_counter()
        work(start, end)
        found.append(1000 * (perf_counter() - begun))
    return found


def report(name: str, found: list[float]) -> float:
    p95 = quantiles(found, n=20)[-1]
    sys.stdout.write(f"{name}: median {median(found):.1f} ms, p95 {p95:.1f} ms, worst {max(found):.1f} ms\n")
    return p95


def main() -> int:
    counties, lanes = load()
    sys.stdout.write(f"{len(counties)} × {len(counties)} places in zones, {lanes} lanes, {QUERIES} random queries\n")
    now, weight, volume = datetime(2026, 11, 24, 2, tzinfo=UTC), Decimal(120), Decimal("1.4")

    def service(start: str, end: str) -> object:
        return offers(QuoteFacts(from_place=start, to_place=end, weight_kg=weight, volume_m3=volume, at=now))

    client = Client()

    def api(start: str, end: str) -> object:
        query = {"from_place": start, "to_place": end, "weight_kg": "120", "volume_m3": "1.4"}
        response = client.get("/api/v1/prices/", query)
        assert response.status_code == 200, response.content
        return response

    worst = report("service, lanes not met before", times(service, counties))
    report("service, lanes met before", times(service, counties))
    lane_rates.cache_clear()
    Throttle.rate = "1000000/min"
    with override_settings(ALLOWED_HOSTS=["*"]):
        worst = max(worst, report("open API, lanes not met before", times(api, counties)))
    sys.stdout.write(f"goal: p95 ≤ {GOAL_MS} ms\n")
    return int(worst > GOAL_MS)


if __name__ == "__main__":
    sys.exit(main())
