"""The nearest suitable branch (§1.2.1.3): distances, hours, service areas, load. Expectations typed by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from network.places import BranchSite, Spot, distance_km, nearest, place

PEKING, SHANGHAI = Spot(39.9042, 116.4074, "110101"), Spot(31.2304, 121.4737, "310101")
NEAR = BranchSite(1, 39.95, 116.41, serves=("1101",), opens=time(8), closes=time(18))
FAR = BranchSite(2, 40.10, 116.41, serves=("1101",), opens=time(8), closes=time(18))


def sh(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))


def order(*branches: BranchSite, services: frozenset[str] = frozenset()) -> list[int]:
    return [each.id for each in nearest(PEKING, branches, at=sh(10), services=services)]


def test_distance():
    assert distance_km(PEKING, SHANGHAI) == pytest.approx(1067, abs=1)
    assert distance_km(PEKING, PEKING) == 0
    assert distance_km(Spot(0, 0), Spot(0, 180)) == pytest.approx(20015, abs=1)
    assert distance_km(Spot(0, 179.5), Spot(0, -179.5)) == pytest.approx(111.2, abs=0.1)


def test_a_place_is_a_point_too():
    assert distance_km(place("110100"), place("310100")) == pytest.approx(1067, abs=20)
    assert nearest(place("110105"), [NEAR], at=sh(10))[0].in_service_area


def test_the_near_one_comes_first():
    assert order(FAR, NEAR) == [1, 2]


def test_service_area_goes_before_distance():
    stranger = replace(NEAR, id=3, serves=("3101", "120000"))
    assert order(stranger, FAR) == [2, 3]


def test_service_area_goes_before_opening():
    stranger = replace(NEAR, id=3, serves=())
    shut = replace(FAR, opens=time(12))
    assert order(stranger, shut) == [2, 3]


def test_a_county_prefix_serves_that_county_only():
    dongcheng = replace(NEAR, serves=("110101",))
    found = nearest(replace(PEKING, code="110105"), [dongcheng], at=sh(10))
    assert not found[0].in_service_area


def test_open_goes_before_near():
    shut = replace(NEAR, opens=time(12))
    assert order(shut, FAR) == [2, 1]


HOURS = [  # opens, closes, at, open now, open in time
    (time(8), time(18), sh(8), True, True),
    (time(8), time(18), sh(7, 59), False, True),  # handled at 08:00
    (time(8), time(18), sh(17, 59), True, True),
    (time(8), time(18), sh(18), False, False),
    (time(8), time(18), sh(19, 59), False, False),
    (time(8), time(18), sh(20), False, True),  # handled at the next 08:00
    (time(9), time(18), sh(7), False, False),
    (time(9), time(18), sh(23), False, False),
    (time(20), time(6), sh(23), True, True),  # across midnight
    (time(20), time(6), sh(5, 59), True, True),
    (time(20), time(6), sh(6), False, False),
    (time(8), time(0), sh(23, 59), True, True),  # until 24:00
    (time(0), time(0), sh(3), True, True),
    (None, None, sh(3), True, True),
]


@pytest.mark.parametrize(("opens", "closes", "at", "now", "in_time"), HOURS)
def test_hours(opens, closes, at, now, in_time):
    found = nearest(PEKING, [replace(NEAR, opens=opens, closes=closes)], at=at)[0]
    assert (found.open_now, found.open_in_time) == (now, in_time)


def test_hours_are_local_whatever_the_zone_of_the_instant():
    found = nearest(PEKING, [NEAR], at=datetime(2026, 11, 23, 0, 0, tzinfo=UTC))[0]  # 08:00 in Shanghai
    assert found.open_now
    assert not nearest(PEKING, [NEAR], at=datetime(2026, 11, 23, 10, 0, tzinfo=UTC))[0].open_now  # 18:00


def test_load_counts_as_distance():
    # NEAR is 5.1 km away, FAR 21.8 km: 84 orders (16.8 km) tip it, 83 do not
    assert order(replace(NEAR, open_load=83), FAR) == [1, 2]
    assert order(replace(NEAR, open_load=84), FAR) == [2, 1]


def test_load_costs_twenty_kilometres_at_most():
    further = replace(FAR, lat=40.20)  # 32.9 km
    assert order(replace(NEAR, open_load=100_000), further) == [1, 2]


def test_only_branches_with_all_wanted_services():
    cod = replace(NEAR, id=3, services=frozenset({"cod", "pickup"}))
    assert order(NEAR, cod, services=frozenset({"cod"})) == [3]
    assert order(NEAR, cod, services=frozenset({"cod", "cold"})) == []


def test_limit_and_ties():
    same = [replace(NEAR, id=number) for number in (9, 4, 7)]
    assert order(*same) == [4, 7, 9]
    assert [each.id for each in nearest(PEKING, same, at=sh(10), limit=2)] == [4, 7]
    assert nearest(PEKING, [], at=sh(10)) == []


def test_an_unknown_place_is_in_nobodys_area():
    assert not nearest(Spot(39.9, 116.4), [NEAR], at=sh(10))[0].in_service_area


def test_why_names_every_part():
    found = nearest(PEKING, [replace(NEAR, open_load=12)], at=sh(10))[0]
    assert found.why_zh == "服务区内 · 营业中 · 5.1 km · 12 单在办 (+2.4 km)"
    assert found.why_en == "in service area · open · 5.1 km · 12 orders in hand (+2.4 km)"
    assert found.score == pytest.approx(5.1 + 2.4, abs=0.05)


def test_why_of_the_unsuitable():
    found = nearest(SHANGHAI, [NEAR], at=sh(19))[0]
    assert found.why_zh.startswith("服务区外 · 未营业 · ")
    assert found.score == pytest.approx(90_000 + found.km)


def test_why_of_one_that_opens_in_time():
    found = nearest(PEKING, [NEAR], at=sh(22))[0]
    assert found.why_en.startswith("in service area · open by 08:00 · ")
