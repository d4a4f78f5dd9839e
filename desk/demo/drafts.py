"""What invented customers ask for: the content of an order, by chance, from a district that a branch serves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random

from desk.demo.company import BRANCHES, SHOWCASE
from desk.demo.habits import ORDINARY, Habits
from desk.demo.keyaccounts import KEY_CUSTOMERS
from desk.demo.names import GIVEN, GOODS, SHOPS, STREETS, SURNAMES
from network.places import atlas
from network.places.gazetteer import Level
from orders.choices import Delivery, Payer, SlipReturn
from orders.services import Draft, Party
from rulebook.due import at

PICKUP_SHARE = 0.78
APPOINTED_SHARE = 0.22
INSURED_SHARE = 0.35


def draft(rng: Random, *, origin: str, branch_code: str, now: datetime, habits: Habits = ORDINARY) -> Draft:
    """Return an order from a district served by the branch `origin`; it names a branch where `branch_code` says so."""
    goods, pieces = rng.choice(GOODS), rng.choice((1, 1, 2, 3, 4, 5, 6, 8, 10, 12, 20))
    value = Decimal(rng.randrange(5, 400) * 100)
    pickup = rng.random() < PICKUP_SHARE
    shipper = _party(rng, _district(rng, origin), shop=True)
    if origin == SHOWCASE and rng.random() < habits.of_key_customer:
        key = rng.choice(KEY_CUSTOMERS)
        shipper = replace(shipper, name=key.name, phone=key.phone)
    return Draft(
        shipper=shipper,
        consignee=_party(rng, _district(rng, rng.choice(BRANCHES).code), shop=rng.random() < 0.5),
        goods=goods.name,
        pieces=pieces,
        weight_kg=Decimal(pieces * rng.randint(*goods.kg)).quantize(Decimal("0.01")),
        volume_m3=(Decimal(pieces * rng.randint(*goods.litres)) / 1000).quantize(Decimal("0.001")),
        branch_code=branch_code,
        packing=goods.packing,
        declared_value=value,
        insured=rng.random() < INSURED_SHARE,
        cod_amount=value if rng.random() < habits.pays_on_delivery else Decimal("0.00"),
        payer=rng.choices((Payer.SHIPPER, Payer.CONSIGNEE, Payer.MONTHLY), (5, 3, 2))[0],
        delivery=rng.choices(Delivery.values, (4, 5, 1))[0],
        slip_return=_slip(rng, habits.wants_slip),
        pickup=pickup,
        appointment=_appointment(rng, now) if pickup and rng.random() < APPOINTED_SHARE else None,
    )


def _party(rng: Random, district: str, *, shop: bool) -> Party:
    name = rng.choice(SURNAMES) + rng.choice(GIVEN)
    return Party(
        name=f"{name}（{rng.choice(SHOPS)}店）" if shop else name,
        phone=f"1380000{rng.randrange(10_000):04}",
        place=district,
        address=f"{rng.choice(STREETS)}{rng.randint(1, 399)}号",
    )


def _district(rng: Random, branch: str) -> str:
    return rng.choice(_districts()[branch])


@cache
def _districts() -> dict[str, list[str]]:
    """Return, by branch, the districts in its service area; a city without districts stands for itself."""
    ends = [p for p in atlas().values() if not p.is_filler and p.level is Level.COUNTY]
    return {row.code: [p.code for p in ends if p.code.startswith(row.serves)] or [row.place] for row in BRANCHES}


def _slip(rng: Random, share: float) -> SlipReturn:
    """Three of four who want the slip back want the paper itself."""
    kinds = (SlipReturn.NONE, SlipReturn.ORIGINAL, SlipReturn.ELECTRONIC)
    return rng.choices(kinds, (1 - share, share * 0.75, share * 0.25))[0]


def _appointment(rng: Random, now: datetime) -> datetime:
    """Return a time a customer would choose: today or tomorrow; once in a while one the handbook does not allow."""
    hour = rng.choice((9, 10, 11, 13, 14, 15, 16, 17, 17, 18))
    wanted = at(now, hour, rng.choice((0, 30)))
    return wanted if wanted > now + timedelta(minutes=90) else wanted + timedelta(days=1)
