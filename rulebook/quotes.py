"""What a price is asked for, what it is reckoned from, and what is answered (§3.3, §4.6, §5.1): frozen values, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

ZERO = Decimal("0.00")

LISTED, CONTRACT, CAMPAIGN, TO_QUOTE = "listed", "contract", "campaign", "to_quote"
"""Where a price comes from, in the words of the order's price state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteFacts:
    """What a price depends on. Places are GB/T 2260 codes, weight in kg, volume in m³, money in CNY, `at` the instant asked.

    `product` is a code of §4.6, '' leaves it to us; `customer` the key of a bound customer record (§3.4.1);
    `membership` the group of §4.1; `attempts` how often delivery was tried (§1.3.3.3). `ready` is when the goods are handed over,
    which the promise counts from; None: at `at`.
    """

    from_place: str
    to_place: str
    weight_kg: Decimal
    volume_m3: Decimal
    at: datetime
    ready: datetime | None = None
    pieces: int = 1
    product: str = ""
    customer: int | None = None
    membership: str = ""
    channel: str = ""
    declared_value: Decimal = ZERO
    insured: bool = False
    cod_amount: Decimal = ZERO
    cod_plan: str = ""
    delivery: str = "self_pickup"
    pickup: bool = False
    slip_return: str = "none"
    attempts: int = 1
    key_customer: bool = False


@dataclass(frozen=True, slots=True)
class Break:
    """A bracket of a lane (§0.3): from `start` on, that quantity included, `price` a unit of `basis` ("kg" or "m3")."""

    basis: str
    start: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """A lane's rates: CNY a kg (heavy goods), CNY a m³ (light goods), the least freight, and the promise.

    `breaks` are unit prices of larger quantities. Ready by `cut_off`, goods leave that day and are there `days` later by `arrives`. `rule` names the row they come from.
    """

    product: str
    heavy: Decimal
    light: Decimal
    minimum: Decimal
    days: int
    arrives: time
    cut_off: time
    rule: str
    version: str
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True)
class Tier:
    """A step of a charge: up to and including `upto` (None: no end) `fixed` plus `rate` × base, at most `cap`."""

    upto: Decimal | None
    fixed: Decimal = ZERO
    rate: Decimal = ZERO
    cap: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A surcharge of a tariff: when it is due, what it is counted on, its least and its most, how it is rounded.

    `detail` narrows `when`: the COD plan, the kind of sign slip. `product` '' is every product.
    """

    code: str
    zh: str
    en: str
    when: str
    basis: str
    rate: Decimal = ZERO
    minimum: Decimal = ZERO
    cap: Decimal | None = None
    rounding: str = "fen"
    tiers: tuple[Tier, ...] = ()
    detail: str = ""
    product: str = ""
    rule: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class CodPlan:
    """A way to pay out collected cash (代收货款): after how many days, for which amount at most."""

    code: str
    days: int
    most: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """An approved contract (§3.3) as it bears on one lane: own rates, or a share of the public ones; perhaps its own minimum."""

    code: str
    rule: str
    share: Decimal = Decimal(1)
    heavy: Decimal | None = None
    light: Decimal | None = None
    minimum: Decimal | None = None
    redelivery_fee: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A campaign (§5.1): from–to inclusive, for whom, and its benefit.

    `benefit` is package (`amount` for freight, fuel, pickup and delivery, up to a size), percent (`share` of the freight) or gift.
    """

    code: str
    name: str
    since: date
    until: date
    audience: str
    value: str
    benefit: str
    amount: Decimal = ZERO
    share: Decimal = Decimal(1)
    gift: str = ""
    product: str = ""
    most_kg: Decimal | None = None
    most_m3: Decimal | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a price, never changed: what it is counted on, how much of it, the unit price, the amount, the rule behind it."""

    code: str
    zh: str
    en: str
    basis: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    rule: str
    version: str
    words_zh: str = ""
    words_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A price with its lines; the total is their sum. `source` is where it comes from, in the order's price states.

    Without a price (`to_quote`) there are no lines. `zh` and `en` say in one sentence why; `arrives_by` is the promise of §4.6;
    `rates` what the lane costs whatever the goods are.
    """

    source: str
    product: str = ""
    lines: tuple[Line, ...] = ()
    version: str = ""
    rule: str = ""
    zh: str = ""
    en: str = ""
    arrives_by: datetime | None = None
    rates: Rates | None = None

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def priced(self) -> bool:
        return self.source != TO_QUOTE

    @property
    def saved(self) -> Decimal:
        """Return what campaigns took off, a positive amount."""
        return -sum((line.amount for line in self.lines if line.amount < 0), ZERO)


@dataclass(frozen=True, slots=True)
class PriceBook:
    """Everything that bears on one quote: rates, contract terms, charges and COD plans by their keys, offers that are running."""

    rates: tuple[Rates, ...] = ()
    terms: Mapping[str, Terms] = field(default_factory=dict)  # by product
    charges: Mapping[str, tuple[Charge, ...]] = field(default_factory=dict)  # by version
    plans: Mapping[str, tuple[CodPlan, ...]] = field(default_factory=dict)  # by version
    offers: tuple[Offer, ...] = ()
    fuel: Decimal = ZERO


NO_PRICE = Quote(
    source=TO_QUOTE,
    zh="该线路暂无公布价，由营业部报价、客户确认后执行。",
    en="No public price for this lane yet: the branch quotes and the customer confirms.",
)
