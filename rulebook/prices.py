"""How a price is reckoned (§3.3): freight by weight or volume, contract or best promotion, surcharges, one sentence why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from rulebook.charges import BASES, amount, is_due, quantity, rounded
from rulebook.due import at, local, local_day
from rulebook.quotes import (
    CAMPAIGN,
    CONTRACT,
    LISTED,
    NO_PRICE,
    ZERO,
    Break,
    Charge,
    CodPlan,
    Line,
    Offer,
    PriceBook,
    Quote,
    QuoteFacts,
    Rates,
    Terms,
)
from rulebook.windows import delivery_fee_due

CHOSEN_FOR_YOU = ("road_lane", "intercity", "express_road", "agent_lane")
"""Which product (§4.6) an order without a named one is priced as: the first of these its lane has; never by air unasked †."""

IN_PACKAGE = frozenset({"pickup", "door"})
"""A fixed package price stands for freight and fuel, pickup and delivery (§5.1: "¥60 with pickup and delivery")."""

MOST_KG, MOST_M3 = Decimal(100_000), Decimal(1_000)


def price(facts: QuoteFacts, book: PriceBook) -> Quote:
    """Return the price of the product asked for or, if none is named, of the first we would choose; else "to be quoted"."""
    found = {quote.product: quote for quote in prices(facts, book)}
    wanted = (facts.product,) if facts.product else CHOSEN_FOR_YOU
    return next((found[code] for code in wanted if code in found), NO_PRICE)


def prices(facts: QuoteFacts, book: PriceBook) -> list[Quote]:
    """Return the price of every product the lane has, in the order of the rates."""
    return [_of(facts, rates, book) for rates in book.rates]


def _of(facts: QuoteFacts, rates: Rates, book: PriceBook) -> Quote:
    """Reckon one product: the valid contract price; else the public price with the best promotion (§3.3)."""
    facts = with_plan(facts, book.plans.get(rates.version, ()))
    if terms := book.terms.get(rates.product):
        return _quote(facts, rates, book, terms=terms)
    listed = _quote(facts, rates, book)
    offers = [offer for offer in book.offers if holds(offer, facts, rates.product)]
    candidates = [listed, *(_quote(facts, rates, book, offer=offer) for offer in offers)]
    return min(candidates, key=lambda quote: (quote.total, quote.source == LISTED))


def with_plan(facts: QuoteFacts, plans: Sequence[CodPlan]) -> QuoteFacts:
    """Name the COD plan if none is: the slowest that takes the amount, which is the cheapest to carry out †."""
    if not facts.cod_amount or facts.cod_plan:
        return facts
    fitting = sorted((plan for plan in plans if facts.cod_amount <= plan.most), key=lambda plan: -plan.days)
    return replace(facts, cod_plan=fitting[0].code) if fitting else facts


def holds(offer: Offer, facts: QuoteFacts, product: str) -> bool:
    """Tell whether a campaign (§5.1) is running on that day, both ends included, for this customer, lane, product and size."""
    return (
        offer.since <= local_day(facts.at) <= offer.until
        and offer.product in ("", product)
        and _is_for(offer, facts)
        and (offer.most_kg is None or facts.weight_kg <= offer.most_kg)
        and (offer.most_m3 is None or facts.volume_m3 <= offer.most_m3)
    )


def _is_for(offer: Offer, facts: QuoteFacts) -> bool:
    """Tell whether the audience takes them in: everyone, members of a group (§4.1), a channel, a lane "3301>31"."""
    match offer.audience:
        case "everyone":
            return True
        case "membership":
            return facts.membership == offer.value
        case "channel":
            return facts.channel == offer.value
        case _:
            start, _arrow, end = offer.value.partition(">")
            return facts.from_place.startswith(start) and facts.to_place.startswith(end)


def _quote(
    facts: QuoteFacts, rates: Rates, book: PriceBook, *, terms: Terms | None = None, offer: Offer | None = None
) -> Quote:
    applied = _under(rates, terms)
    lines, zh, en = _freight(facts, applied, terms)
    if offer:
        lines, zh, en = _promoted(lines, offer, rates, zh, en)
    freight = sum((line.amount for line in lines), ZERO)
    due = _due(facts, rates, book, terms, package=offer is not None and offer.benefit == "package")
    return Quote(
        source=CONTRACT if terms else CAMPAIGN if offer else LISTED,
        product=rates.product,
        lines=(*lines, *(_charged(row, facts, freight) for row in due)),
        version=rates.version,
        rule=terms.rule if terms else offer.rule if offer else rates.rule,
        zh=zh,
        en=en,
        arrives_by=promise(rates, facts.ready or facts.at),
        rates=applied,
    )


def _due(facts: QuoteFacts, rates: Rates, book: PriceBook, terms: Terms | None, *, package: bool) -> list[Charge]:
    """Return the charges of the tariff that are due, fuel first; re-delivery of key customers by contract only (§2.1.3.3)."""
    exempt = facts.key_customer and not (terms and terms.redelivery_fee)
    charges = [] if package or not book.fuel else [_fuel(book.fuel, rates.version)]
    for row in book.charges.get(rates.version, ()):
        spared = (package and row.when in IN_PACKAGE) or (
            row.when == "redelivery" and not delivery_fee_due(facts.attempts, key_customer=exempt)
        )
        if row.product in ("", rates.product) and is_due(row, facts) and not spared:
            charges.append(row)
    return charges


def redelivery(facts: QuoteFacts, book: PriceBook) -> Line | None:
    """Return what this attempt costs on top (§1.3.3.3): the tariff's charge for re-delivery or, where it has none, for delivery †.

    None: the first attempt, a key customer whose contract does not say so (§2.1.3.3), or no tariff for the lane.
    """
    attempt, facts = facts.attempts, replace(facts, attempts=2)
    found = price(facts, book)
    terms = book.terms.get(found.product)
    exempt = facts.key_customer and not (terms and terms.redelivery_fee)
    if not found.priced or not delivery_fee_due(attempt, key_customer=exempt):
        return None
    rows = [row for row in book.charges.get(found.version, ()) if row.product in ("", found.product)]
    own = [row for row in rows if row.when == "redelivery"] or [row for row in rows if row.when == "door"]
    freight = sum((line.amount for line in found.lines if line.code in ("freight", "campaign")), ZERO)
    lines = [_charged(row, facts, freight) for row in own]
    if not lines:
        return None
    total = sum((line.amount for line in lines), ZERO)
    return replace(
        lines[0], code="redelivery", zh=f"第 {attempt} 次送货费", en=f"Delivery attempt {attempt}", amount=total,
        words_zh="；".join(line.words_zh for line in lines), words_en="; ".join(line.words_en for line in lines),
    )  # fmt: skip


def _under(rates: Rates, terms: Terms | None) -> Rates:
    """Return the rates a contract leaves of the public ones, brackets only where it has no rate of its own; the public minimum
    stays unless it has its own †."""
    if terms is None:
        return rates
    own = {"kg": terms.heavy is not None, "m3": terms.light is not None}
    return replace(
        rates,
        breaks=tuple(replace(each, price=each.price * terms.share) for each in rates.breaks if not own[each.basis]),
        heavy=rates.heavy * terms.share if terms.heavy is None else terms.heavy,
        light=rates.light * terms.share if terms.light is None else terms.light,
        minimum=rates.minimum if terms.minimum is None else terms.minimum,
        rule=terms.rule,
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """What a quantity comes to: as many units as are charged, their price, the amount, and how it is said."""

    quantity: Decimal
    price: Decimal
    amount: Decimal
    words: str


def counted(quantity: Decimal, rate: Decimal, basis: str, breaks: Iterable[Break]) -> Counted:
    """
    Return what a quantity comes to at its bracket's price; where the least quantity of a higher bracket comes to less, that.

    The border belongs to the bracket it opens (§0.3).
    """
    steps = sorted([(ZERO, rate), *((each.start, each.price) for each in breaks if each.basis == basis)])
    own = [price for start, price in steps if start <= quantity][-1]
    offered = [(quantity, own), *((start, price) for start, price in steps if quantity < start)] if quantity else [(quantity, own)]
    amount, count, price = min((rounded(count * price), count, price) for count, price in offered)
    unit = UNITS[basis]
    said = f"{plain(quantity)} {unit}" if count == quantity else f"{plain(quantity)} {unit} → {plain(count)} {unit}"
    return Counted(count, price, amount, f"{said} × {plain(price)} = ¥{amount}")


UNITS = {"kg": "kg", "m3": "m³"}


def _freight(facts: QuoteFacts, rates: Rates, terms: Terms | None) -> tuple[tuple[Line, ...], str, str]:
    """Return the freight, max(kg × heavy, m³ × light, minimum), and the sentence that says which of the three it is."""
    kg, m3 = (
        counted(quantity, rate, basis, rates.breaks)
        for quantity, rate, basis in ((facts.weight_kg, rates.heavy, "kg"), (facts.volume_m3, rates.light, "m3"))
    )
    heavy, light, by_kg, by_m3 = kg.amount, m3.amount, kg.words, m3.words
    if rates.minimum > max(heavy, light):
        told = ("minimum", Decimal(1), rates.minimum, rates.minimum)
        zh = f"{by_kg}，{by_m3}，均低于最低收费 ¥{rates.minimum}，按最低收费计费"
        en = f"{by_kg}, {by_m3}, both below the minimum of ¥{rates.minimum}: charged at the minimum"
    elif light > heavy:
        told = ("m3", m3.quantity, m3.price, light)
        zh, en = f"{by_m3} > {by_kg}，按体积计费", f"{by_m3} > {by_kg}: charged by volume"
    else:
        told = ("kg", kg.quantity, kg.price, heavy)
        zh, en = f"{by_kg} ≥ {by_m3}，按重量计费", f"{by_kg} ≥ {by_m3}: charged by weight"
    if terms:
        zh, en = f"合同 {terms.code}：{zh}", f"contract {terms.code}: {en}"
    basis, count, unit, total = told
    line = Line(
        code="freight", zh="运费", en="Freight", basis=basis, quantity=count, unit_price=unit, amount=total,
        rule=rates.rule, version=rates.version, words_zh=zh, words_en=en,
    )  # fmt: skip
    return (line,), zh, en


def _promoted(lines: tuple[Line, ...], offer: Offer, rates: Rates, zh: str, en: str) -> tuple[tuple[Line, ...], str, str]:
    """Put a campaign's benefit (§5.1) on the freight, each kind as the line it is shown by."""
    freight = lines[0].amount
    line = Line(
        code="campaign", zh=offer.name, en=offer.name, basis="flat", quantity=Decimal(1), unit_price=ZERO, amount=ZERO,
        rule=offer.rule, version=rates.version,
    )  # fmt: skip
    match offer.benefit:
        case "package":
            words = (
                f"“{offer.name}”一口价 ¥{offer.amount}，含接货、送货",
                f"“{offer.name}”: ¥{offer.amount} in all, pickup and delivery included",
            )
            line = replace(line, code="freight", unit_price=offer.amount, amount=offer.amount)
            return (replace(line, words_zh=words[0], words_en=words[1]),), *words
        case "percent":
            share = f"{plain(offer.share * 100)} %"
            after = rounded(freight * offer.share)
            words = (f"“{offer.name}”按运费的 {share} 计：¥{after}", f"“{offer.name}”: {share} of the freight, ¥{after}")
            line = replace(line, basis="pct_freight", quantity=freight, unit_price=offer.share - 1, amount=after - freight)
        case _:
            words = (f"“{offer.name}”赠送：{offer.gift}", f"“{offer.name}”, gift: {offer.gift}")
    line = replace(line, words_zh=words[0], words_en=words[1])
    return (*lines, line), f"{zh}；{words[0]}", f"{en}; {words[1]}"


def _fuel(share: Decimal, version: str) -> Charge:
    return Charge(
        code="fuel", zh="燃油附加", en="Fuel", when="always", basis="pct_freight", rate=share, rule="fuel", version=version
    )


def _charged(row: Charge, facts: QuoteFacts, freight: Decimal) -> Line:
    """Return a surcharge as its line; the words name tier, minimum or cap through the figures themselves."""
    base, total = quantity(row, facts, freight), amount(row, facts, freight)
    share = row.basis.startswith("pct")
    rate = f"{plain(row.rate * 100)} %" if share else f"¥{plain(row.rate)}"
    zh_unit, en_unit = BASES[row.basis][:2]
    if row.tiers:
        zh, en = f"{zh_unit} ¥{plain(base)}，按档计 ¥{total}", f"¥{plain(base)} {en_unit}, by tier ¥{total}"
    elif share:
        zh, en = f"{zh_unit} ¥{plain(base)} × {rate}，计 ¥{total}", f"{rate} {en_unit} ¥{plain(base)}: ¥{total}"
    else:
        zh, en = f"{plain(base)} {zh_unit} × {rate}，计 ¥{total}", f"{plain(base)} {en_unit} × {rate}: ¥{total}"
    return Line(
        code=row.code, zh=row.zh, en=row.en, basis=row.basis, quantity=base, unit_price=row.rate, amount=total,
        rule=row.rule, version=row.version, words_zh=zh, words_en=en,
    )  # fmt: skip


SORTS: dict[str, Callable[[Quote], Any]] = {
    "price": lambda quote: quote.total,
    "time": lambda quote: (quote.arrives_by is None, quote.arrives_by, quote.total),
    "heavy": lambda quote: (quote.rates.heavy if quote.rates else ZERO, quote.total),
    "light": lambda quote: (quote.rates.light if quote.rates else ZERO, quote.total),
}
"""What prices may be put in order by: the total, the promise, the rate of heavy goods, the rate of light goods."""


def in_order(quotes: Iterable[Quote], sort: str) -> list[Quote]:
    """Return prices in the order of a key of `SORTS`, the least first; with "-" before it, the greatest first."""
    return sorted(quotes, key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))


def promise(rates: Rates, moment: datetime) -> datetime:
    """Return the instant goods handed over now are promised at the terminal by (§4.6); at the cut-off itself they wait a day (§0.4)."""
    leaves = 0 if local(moment).time() < rates.cut_off else 1
    span = timedelta(hours=rates.arrives.hour, minutes=rates.arrives.minute)
    return at(moment, days=leaves + rates.days) + span


def plain(value: Decimal) -> str:
    """Write a figure without needless zeros: 227, 2.24, 1.4."""
    return format(value.normalize(), "f") if value else "0"
