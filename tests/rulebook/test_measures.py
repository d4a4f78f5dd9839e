"""Volume and weight from sizes (§1.4.3, §3.5). Every expectation is reckoned by hand."""

from decimal import Decimal

import pytest

from rulebook.measures import Parcel, impossibly_dense, is_exact, volume_of, weight_of


def parcel(text: str) -> Parcel:
    pieces, length, width, height, *weight = text.split()
    return Parcel(
        pieces=int(pieces), length_cm=Decimal(length), width_cm=Decimal(width), height_cm=Decimal(height),
        weight_kg=Decimal(weight[0]) if weight else None,
    )  # fmt: skip


VOLUMES = [  # pieces length width height (cm) -> m³
    (["1 100 100 100"], "1.000"),
    (["10 40 30 25"], "0.300"),
    (["1 10 10 10"], "0.001"),
    (["1 10 10 14.9"], "0.001"),  # 1,490 cm³
    (["1 10 10 15"], "0.002"),  # 1,500 cm³: half goes up
    (["1 5 5 5"], "0.001"),  # 125 cm³: never nothing
    (["1 10 10 14", "1 10 10 14"], "0.003"),  # 2,800 cm³ rounded once; each by itself would give 0.002
    (["3 120.5 80 60", "2 40 40 40"], "1.863"),  # 1,735,200 + 128,000 = 1,863,200 cm³
]


@pytest.mark.parametrize(("sizes", "expected"), VOLUMES)
def test_volume_is_summed_exactly_and_rounded_once(sizes, expected):
    assert volume_of(parcel(size) for size in sizes) == Decimal(expected)


def test_weight_is_known_when_every_piece_was_weighed():
    assert weight_of([parcel("2 10 10 10 12.50"), parcel("1 10 10 10 5")]) == Decimal("30.00")
    assert weight_of([parcel("2 10 10 10 12.50"), parcel("1 10 10 10")]) is None
    assert weight_of([]) is None


@pytest.mark.parametrize(
    ("weight", "volume", "expected"),
    [("23", "0.000", False), ("23.01", "0.000", True), ("46", "0.001", False), ("46.01", "0.001", True), ("120", "0.8", False)],
)
def test_nothing_is_denser_than_osmium(weight, volume, expected):
    assert impossibly_dense(Decimal(weight), Decimal(volume)) is expected


@pytest.mark.parametrize(("value", "expected"), [("1.50", True), ("1.500", True), ("1.501", False), ("NaN", False), ("Infinity", False)])
def test_more_decimals_than_the_scale_gives(value, expected):
    assert is_exact(Decimal(value), Decimal("0.01")) is expected
