"""Measure the nearest branch of 3,000 (limits P6) against a plain haversine loop, and the splitting of an address."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime, time
from statistics import median
from time import perf_counter

from network.places import BranchSite, atlas, distance_km, nearest, place, split

ROUNDS = 50
PASTED = (
    "张三 13800138000 浙江省杭州市余杭区文一西路969号",
    "收货人：欧阳娜娜，电话：0571-88888888转801，地址：浙江省 杭州市 西湖区 文三路 478号（华星大厦）",
    "鼓楼区中山路",
    "北京朝阳三里屯 李四 13800138000",
)


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median time of one call."""
    times = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        work()
        times.append(perf_counter() - begun)
    return 1000 * median(times)


def branches(count: int) -> list[BranchSite]:
    dice = random.Random(1)
    counties = [each for each in atlas().values() if each.level == 3]
    return [
        BranchSite(
            number,
            each.lat + dice.uniform(-0.1, 0.1),
            each.lng + dice.uniform(-0.1, 0.1),
            serves=(each.code,),
            opens=time(8),
            closes=time(18),
            services=frozenset({"pickup", "cod"}),
            open_load=dice.randrange(50),
        )
        for number, each in enumerate(dice.choices(counties, k=count))
    ]


def main() -> None:
    sites, here, at = branches(3_000), place("330110"), datetime(2026, 11, 23, 2, tzinfo=UTC)
    loop = milliseconds(lambda: min(distance_km(here, site) for site in sites))
    ours = milliseconds(lambda: nearest(here, sites, at=at, services=frozenset({"pickup"})))
    sys.stdout.write(f"nearest of 3,000: {ours:.1f} ms, plain haversine loop {loop:.1f} ms, ratio {ours / loop:.1f}\n")
    each = milliseconds(lambda: [split(text) for text in PASTED]) / len(PASTED)
    sys.stdout.write(f"split of a pasted address: {each * 1000:.0f} µs\n")


if __name__ == "__main__":
    main()
