"""Whatever is asked: the lines sum to the total, amounts are whole fen, a promotion never makes it dearer (§3.3, §0.9)."""

from datetime import date, time
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rulebook.prices import prices
from rulebook.quotes import Charge, CodPlan, Offer, PriceBook, QuoteFacts, Rates, Terms, Tier
from tests.factories import sh

FEN = Decimal("0.01")


def decimals(least: str, most: str, places: int):
    return st.decimals(Decimal(least), Decimal(most), places=places, allow_nan=False, allow_infinity=False)


money = decimals("0", "9999", 2)
tiers = st.lists(st.builds(Tier, decimals("1", "9999", 2), money, decimals("0", "0.1", 4), st.none() | money), max_size=3).map(
    lambda rows: tuple(sorted(rows, key=lambda row: row.upto))
)
charges = st.builds(
    Charge, code=st.sampled_from("abcdef"), zh=st.just("费"), en=st.just("fee"),
    when=st.sampled_from(["always", "pickup", "door", "upstairs", "insured", "cod", "redelivery"]),
    basis=st.sampled_from(["flat", "per_kg", "per_m3", "per_piece", "pct_freight", "pct_declared", "pct_cod"]),
    rate=decimals("0", "1", 6), minimum=money, cap=st.none() | money, rounding=st.sampled_from(["fen", "jiao", "up_yuan"]),
    tiers=tiers, version=st.just("T"),
)  # fmt: skip
rates = st.builds(
    Rates, product=st.just("road_lane"), heavy=decimals("0.001", "99", 3), light=decimals("0.01", "9999", 2), minimum=money,
    days=st.integers(0, 9), arrives=st.just(time(18)), cut_off=st.just(time(17)), rule=st.just("lane:1"), version=st.just("T"),
)  # fmt: skip
offers = st.builds(
    Offer, code=st.just("1"), name=st.just("活动"), since=st.just(date(2026, 11, 1)), until=st.just(date(2026, 11, 30)),
    audience=st.just("everyone"), value=st.just(""), benefit=st.sampled_from(["package", "percent", "gift"]),
    amount=decimals("0.01", "9999", 2), share=decimals("0.001", "0.999", 3), gift=st.just("礼品"), rule=st.just("campaign:1"),
)  # fmt: skip
terms = st.builds(
    Terms, code=st.just("C"), rule=st.just("contract:1"), share=decimals("0.001", "1", 3), minimum=st.none() | money,
    redelivery_fee=st.booleans(),
)  # fmt: skip
books = st.builds(
    PriceBook, rates=st.tuples(rates), charges=st.lists(charges, max_size=6).map(lambda rows: {"T": tuple(rows)}),
    plans=st.just({"T": (CodPlan("t3", 3, Decimal(10**9)),)}), offers=st.lists(offers, max_size=3).map(tuple),
    terms=st.just({}) | terms.map(lambda each: {"road_lane": each}), fuel=decimals("0", "0.5", 4),
)  # fmt: skip
facts = st.builds(
    QuoteFacts, from_place=st.just("330106"), to_place=st.just("310104"), weight_kg=decimals("0.01", "99999", 2),
    volume_m3=decimals("0", "999", 3), at=st.just(sh("04 09:00:00")), pieces=st.integers(1, 99), pickup=st.booleans(),
    insured=st.booleans(), declared_value=money, cod_amount=money, attempts=st.integers(1, 4), key_customer=st.booleans(),
    delivery=st.sampled_from(["self_pickup", "door", "upstairs"]),
)  # fmt: skip


@given(facts, books)
def test_lines_sum_to_the_total_in_whole_fen(asked, book):
    (quote,) = prices(asked, book)
    assert quote.total == sum(line.amount for line in quote.lines) >= 0
    assert all(line.amount == line.amount.quantize(FEN) for line in quote.lines)
    assert all(line.words_zh and line.words_en for line in quote.lines)


@given(facts, books)
def test_a_promotion_never_makes_it_dearer(asked, book):
    (with_offers,) = prices(asked, book)
    (without,) = prices(asked, PriceBook(**{**{n: getattr(book, n) for n in book.__slots__}, "offers": ()}))
    assert with_offers.total <= without.total


@given(facts, rates)
def test_more_weight_never_costs_less(asked, lane):
    book = PriceBook(rates=(lane,))
    heavier = QuoteFacts(**{**{n: getattr(asked, n) for n in asked.__slots__}, "weight_kg": asked.weight_kg + 1})
    assert prices(heavier, book)[0].total >= prices(asked, book)[0].total
