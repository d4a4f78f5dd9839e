"""The demo company's prices: a live tariff between its cities, a contract, a campaign. All figures are invented and say so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import product

from customers.services import add
from desk.demo.company import BRANCHES, SHOWCASE
from desk.demo.keyaccounts import KEY_CUSTOMERS
from network.models import Person, Unit
from network.places import Place, distance_km, full_name, place
from pricing.choices import Audience, Benefit
from pricing.models import Campaign
from pricing.services import campaigns, contracts
from pricing.services.tariffs import LaneRow, PlanRow, approve, draft, publish
from rulebook.due import local_day
from rulebook.quotes import Charge, Tier

UNPRICED = frozenset({"5101", "50"})
"""Places without a public price: there the branch quotes, which a demonstration should show too."""

YEARS = timedelta(days=3 * 365)
CENT, MILL = Decimal("0.01"), Decimal("0.001")

CHARGES = (
    Charge(code="pickup", zh="接货费", en="Pickup", when="pickup", basis="flat", rate=Decimal(10)),
    Charge(
        code="door", zh="送货费", en="Delivery", when="door", basis="per_kg", rate=Decimal("0.15"), minimum=Decimal(15),
        cap=Decimal(300),
    ),
    Charge(
        code="upstairs", zh="上楼费", en="Upstairs", when="upstairs", basis="per_kg", rate=Decimal("0.20"),
        minimum=Decimal(10), rounding="jiao",
    ),
    Charge(
        code="insurance", zh="保价费", en="Insurance", when="insured", basis="pct_declared", rate=Decimal("0.003"),
        minimum=Decimal(1), rounding="up_yuan",
    ),
    Charge(
        code="cod_t3", zh="代收手续费", en="COD fee", when="cod", detail="t3", basis="pct_cod",
        tiers=(Tier(Decimal(200), Decimal(2)), Tier(Decimal(3000), Decimal(4)), Tier(None, rate=Decimal("0.0015"), cap=Decimal(40))),
    ),
    Charge(
        code="cod_t1", zh="代收手续费", en="COD fee", when="cod", detail="t1", basis="pct_cod",
        tiers=(Tier(Decimal(3000), Decimal(8)), Tier(None, rate=Decimal("0.003"), cap=Decimal(80))),
    ),
    Charge(code="slip", zh="签收回单费", en="Sign slip", when="slip", detail="original", basis="flat", rate=Decimal(8)),
    Charge(code="redelivery", zh="再送费", en="Re-delivery", when="redelivery", basis="flat", rate=Decimal(20)),
)  # fmt: skip
PLANS = (
    PlanRow(code="t3", zh="三日退", en="Paid out in three days", days=3, most=Decimal(500_000)),
    PlanRow(code="t1", zh="次日退", en="Paid out the next day", days=1, most=Decimal(100_000)),
)

"""The phone that the contract customer of the showcase branch ships under."""


def open_prices(pricer: Person, manager: Person, branch: Unit, *, now: datetime) -> None:
    """Publish the tariff, approve one contract, start one campaign, in force since `now`."""
    first = local_day(now)
    version = draft(
        code="演示价目", note="演示用价目，全部数字均为虚构", valid_from=first, lanes=list(_lanes()), by=pricer, now=now,
        charges=CHARGES, plans=PLANS,
    )  # fmt: skip
    approve(pk=version.pk, by=pricer, now=now)
    publish(pk=version.pk, by=pricer, now=now)
    _contract(pricer, manager, branch, first, now)
    offer = Campaign(
        name="阿里会员专享（演示）", valid_from=first, valid_to=first + YEARS, audience=Audience.CHANNEL, value="alibaba",
        benefit=Benefit.PERCENT, share=Decimal("0.9"),
    )  # fmt: skip
    campaigns.create(offer, by=pricer, now=now)


def _contract(pricer: Person, manager: Person, branch: Unit, first: date, now: datetime) -> None:
    customer = add(name="演示五金有限公司", phone=KEY_CUSTOMERS[0].phone, branch=branch, group="key", verified=True, now=now)
    made = contracts.apply(
        code=f"HT-{SHOWCASE}-001", customer=customer, valid_from=first, valid_to=first + YEARS, share=Decimal("0.85"),
        minimum=Decimal(25), reason="月发货约 20 吨（演示）", by=manager, now=now,
    )  # fmt: skip
    contracts.decide(pk=made.pk, agreed=True, words="同意（演示）", by=pricer, now=now)


def _lanes() -> Iterator[LaneRow]:
    cities = {_zone(row.place): place(row.place) for row in BRANCHES if _zone(row.place) not in UNPRICED}
    for (start, here), (end, there) in product(cities.items(), repeat=2):
        yield from _products(start, here, end, there)


def _zone(code: str) -> str:
    """Return the prefix a city is priced by: the municipality, else the city."""
    return code[:2] if code[:2] in ("11", "12", "31", "50") else code[:4]


def _products(start: str, here: Place, end: str, there: Place) -> Iterator[LaneRow]:
    """Make up what each product costs from the distance: the farther the dearer and the longer."""
    km = Decimal(round(distance_km(here, there)))
    days = 1 + int(km / 700)
    if km < 250:
        yield _lane("intercity", start, end, Decimal("0.50") + km / 1500, 1, Decimal(20))
    yield _lane("road_lane", start, end, Decimal("0.60") + km / 1000, days + 1, Decimal(30))
    yield _lane("express_road", start, end, Decimal("0.80") + km / 800, days, Decimal(40))
    if km > 600:
        yield _lane("timed_air", start, end, Decimal("4.50") + km / 500, 1, Decimal(80))


def _lane(code: str, start: str, end: str, heavy: Decimal, days: int, minimum: Decimal) -> LaneRow:
    per_m3 = Decimal(167) if code == "timed_air" else Decimal(210)  # kg a m³ at which both rates meet
    heavy = heavy.quantize(MILL)
    return LaneRow(
        product=code, start=_name(start), start_places=(start,), end=_name(end), end_places=(end,), heavy=heavy,
        light=(heavy * per_m3).quantize(CENT), minimum=minimum, days=days, arrives=time(18), cut_off=time(17),
    )  # fmt: skip


def _name(prefix: str) -> str:
    return full_name(prefix.ljust(6, "0"))
