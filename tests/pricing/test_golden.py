"""Prices, worked by hand (§3.3, §4.6, §5.1). Lane Hangzhou–Shanghai: 2.24 ¥/kg, 227 ¥/m³, at least ¥34."""

from datetime import date
from decimal import Decimal

import pytest

from customers.services import add
from pricing import services
from pricing.models import Campaign
from pricing.services import campaigns, contracts
from rulebook.charges import rounded, tiered
from rulebook.errors import Refused
from tests.factories import sh
from tests.pricing.prices import BEIJING, COD_TIERS, HANGZHOU, SHANGHAI, YUHANG, D, asked, lane, live

pytestmark = pytest.mark.django_db


def amounts(quote: services.Quote) -> dict[str, str]:
    return {line.code: str(line.amount) for line in quote.lines}


@pytest.mark.parametrize(
    ("kg", "m3", "total", "basis"),
    [
        ("120", "1.4", "317.80", "m3"),  # 268.80 by weight
        ("320", "1.4", "716.80", "kg"),
        ("227", "2.240", "508.48", "kg"),  # both the same: by weight
        ("227", "2.241", "508.71", "m3"),  # 508.707
        ("227", "2.239", "508.48", "kg"),
        ("15", "0.1", "34.00", "minimum"),  # 33.60
        ("15.17", "0.1", "34.00", "minimum"),  # 33.9808
        ("15.18", "0.1", "34.00", "kg"),  # 34.0032: the minimum itself is reached
        ("15.19", "0.1", "34.03", "kg"),  # 34.0256
        ("0.01", "0", "34.00", "minimum"),
        ("1", "0.15", "34.05", "m3"),
    ],
)
def test_freight_by_weight_volume_or_minimum(pricer, kg, m3, total, basis):
    """§3.3"""
    live(pricer)
    quote = services.quote(asked(kg, m3))
    assert (str(quote.total), quote.lines[0].basis, quote.source) == (total, basis, "listed")


@pytest.mark.parametrize(
    ("kg", "m3", "zh", "en"),
    [
        (
            "120", "1.4", "1.4 m³ × 227 = ¥317.80 > 120 kg × 2.24 = ¥268.80，按体积计费",
            "1.4 m³ × 227 = ¥317.80 > 120 kg × 2.24 = ¥268.80: charged by volume",
        ),
        (
            "320", "1.4", "320 kg × 2.24 = ¥716.80 ≥ 1.4 m³ × 227 = ¥317.80，按重量计费",
            "320 kg × 2.24 = ¥716.80 ≥ 1.4 m³ × 227 = ¥317.80: charged by weight",
        ),
        (
            "10", "0.1", "10 kg × 2.24 = ¥22.40，0.1 m³ × 227 = ¥22.70，均低于最低收费 ¥34.00，按最低收费计费",
            "10 kg × 2.24 = ¥22.40, 0.1 m³ × 227 = ¥22.70, both below the minimum of ¥34.00: charged at the minimum",
        ),
    ],
)  # fmt: skip
def test_one_sentence_says_why(pricer, kg, m3, zh, en):
    """§3.3"""
    live(pricer)
    quote = services.quote(asked(kg, m3))
    assert (quote.zh, quote.en) == (zh, en)


@pytest.mark.parametrize(
    ("cod", "fee"),
    [
        ("0.01", "2.00"), ("200", "2.00"), ("200.01", "4.00"), ("201", "4.00"), ("3000", "4.00"), ("3000.01", "4.50"),
        ("3001", "4.50"), ("20000", "30.00"), ("26666.66", "40.00"), ("26667", "40.00"), ("30000", "40.00"),
    ],
)  # fmt: skip
def test_cod_tiers_and_cap(pricer, cod, fee):
    """Up to 200: 2; up to 3,000: 4; above 0.15 %, at most 40 (§0.3: 不超过 includes the number). 3,001 × 0.0015 = 4.5015."""
    live(pricer)
    assert amounts(services.quote(asked(cod_amount=D(cod))))["cod_t3"] == fee


def test_no_cod_no_fee_and_too_much_is_refused(pricer):
    """§4.3.3.2"""
    live(pricer)
    assert amounts(services.quote(asked())) == {"freight": "317.80"}
    assert amounts(services.quote(asked(cod_amount=D(50000))))["cod_t3"] == "40.00"
    with pytest.raises(Refused) as said:
        services.quote(asked(cod_amount=D("50000.01")))
    assert (said.value.clause, said.value.field) == ("§4.3.3.2", "cod_amount")


@pytest.mark.parametrize(
    ("facts", "code", "amount"),
    [
        ({"pickup": True}, "pickup", "15.00"),
        ({"delivery": "door"}, "door", "24.00"),  # 120 × 0.2
        ({"delivery": "door", "weight_kg": D("100")}, "door", "20.00"),  # the minimum itself
        ({"delivery": "door", "weight_kg": D("99")}, "door", "20.00"),  # 19.80
        ({"delivery": "door", "weight_kg": D("1500")}, "door", "300.00"),  # the cap itself
        ({"delivery": "door", "weight_kg": D("1501")}, "door", "300.00"),  # 300.20
        ({"delivery": "upstairs", "weight_kg": D("120.5")}, "upstairs", "39.80"),  # 39.765, to the jiao
        ({"delivery": "upstairs", "weight_kg": D("120.4")}, "upstairs", "39.70"),  # 39.732
        ({"insured": True, "declared_value": D("10000")}, "insurance", "30.00"),
        ({"insured": True, "declared_value": D("10000.01")}, "insurance", "31.00"),  # 30.00003, up to the yuan
        ({"insured": True, "declared_value": D("100")}, "insurance", "1.00"),  # 0.30
        ({"slip_return": "original"}, "slip", "10.00"),
        ({"attempts": 2}, "redelivery", "30.00"),  # §1.3.3.3: each from the 2nd on
        ({"attempts": 3}, "redelivery", "60.00"),
    ],
)
def test_surcharges_with_minimum_cap_and_rounding(pricer, facts, code, amount):
    live(pricer)
    assert amounts(services.quote(asked(**facts)))[code] == amount


@pytest.mark.parametrize(
    "facts",
    [
        {"insured": True}, {"declared_value": D(100)}, {"slip_return": "electronic"}, {"attempts": 1},
        {"attempts": 2, "key_customer": True},  # §2.1.3.3
    ],
)  # fmt: skip
def test_what_is_not_asked_for_costs_nothing(pricer, facts):
    live(pricer)
    assert amounts(services.quote(asked(**facts))) == {"freight": "317.80"}


def test_fuel_is_a_share_of_the_freight_from_its_day_on(pricer):
    """317.80 × 3.5 % = 11.123"""
    live(pricer)
    campaigns.set_fuel(share=D("0.035"), valid_from=date(2026, 11, 5), by=pricer, now=sh("04 10:00:00"))
    assert amounts(services.quote(asked(at="04 23:59:59"))) == {"freight": "317.80"}
    quote = services.quote(asked(at="05 00:00:00"))
    assert (amounts(quote), str(quote.total)) == ({"freight": "317.80", "fuel": "11.12"}, "328.92")


def test_the_version_switches_at_midnight_in_shanghai(pricer):
    """§3.3, §0.5: T1 until 24:00 of the 4th, T2 from 00:00 of the 5th."""
    first = live(pricer)
    live(pricer, lane(heavy="3", light="300"), code="T2", since="2026-11-05", at="04 12:00:00")
    last = services.quote(asked(at="04 23:59:59.999999"))
    new = services.quote(asked(at="05 00:00:00"))
    assert [(each.version, str(each.total)) for each in (last, new)] == [("T1", "317.80"), ("T2", "420.00")]
    first.refresh_from_db()
    assert first.valid_to == date(2026, 11, 4)


def test_before_the_first_version_there_is_no_price(pricer):
    live(pricer)
    assert services.quote(asked(at=sh("2026-10-31 23:59:59"))).source == "to_quote"


@pytest.mark.parametrize(
    ("start", "total"),
    [
        ("330106", "317.80"),  # Xihu has no zone of its own: Hangzhou
        ("330110", "420.00"),  # Yuhang has
        ("330110002", "420.00"),  # a street of Yuhang
        ("330199", "317.80"),  # no such county: its city
        ("330200", None),  # Ningbo: no lane
    ],
)
def test_the_longest_known_place_decides(pricer, start, total):
    live(pricer, lane(), lane(YUHANG, heavy="3", light="300"))
    quote = services.quote(asked(from_place=start))
    assert (str(quote.total) if quote.priced else None) == total


def test_a_county_that_lacks_a_product_takes_its_citys(pricer):
    live(pricer, lane(), lane(YUHANG, product="air", heavy="8", light="1300", minimum="50"))
    assert {each.product for each in services.offers(asked(from_place="330110"))} == {"road_lane", "air"}


def test_the_list_of_the_narrower_region_goes_first(pricer):
    """§3.3: one list per region; what it lacks comes from the list of the whole country."""
    live(pricer, lane(), lane(end=BEIJING, heavy="4", light="400"))
    live(pricer, lane(heavy="2", light="200"), code="ZJ", origin="33")
    assert str(services.quote(asked()).total) == "280.00"  # 1.4 × 200
    assert str(services.quote(asked(to_place="110105")).total) == "560.00"  # 1.4 × 400


def contract(company, pricer, since="2026-11-01", until="2026-11-30", code="C1", verified=True, **more):
    customer = more.pop("customer", None) or add(
        name="甲公司", phone="13700137000", branch=company.branch, verified=verified, now=sh("01 09:00:00")
    )
    made = contracts.apply(
        code=code, customer=customer, valid_from=date.fromisoformat(since), valid_to=date.fromisoformat(until),
        reason="月发货 20 吨", by=company.manager, now=sh("01 09:00:00"), **more,
    )  # fmt: skip
    return contracts.decide(pk=made.pk, agreed=True, words="", by=pricer, now=sh("01 10:00:00"))


@pytest.mark.parametrize(
    ("more", "kg", "m3", "total", "basis"),
    [
        ({"share": D("0.85")}, "120", "1.4", "270.13", "m3"),  # 1.4 × 192.95
        ({"share": D("0.85")}, "17", "0.1", "34.00", "minimum"),  # 17 × 1.904 = 32.368: below the public minimum
        ({"share": D("0.85"), "minimum": D(25)}, "17", "0.1", "32.37", "kg"),
        ({"share": D("0.85"), "minimum": D(25)}, "10", "0.1", "25.00", "minimum"),
        (
            {"rates": [contracts.RateRow(product="road_lane", start="33", end="31", heavy=D(2), light=D(180), minimum=D(20))]},
            "120", "1.4", "252.00", "m3",
        ),
    ],
)  # fmt: skip
def test_contract_prices(company, pricer, more, kg, m3, total, basis):
    """§3.3: a valid contract goes first."""
    live(pricer)
    customer = contract(company, pricer, **more).customer_id
    quote = services.quote(asked(kg, m3, customer=customer))
    assert (str(quote.total), quote.lines[0].basis, quote.source) == (total, basis, "contract")
    assert str(services.quote(asked()).total) == "317.80"


def test_a_contract_holds_for_its_period_and_a_bound_customer(company, pricer):
    """§3.3, §3.4.1"""
    live(pricer)
    made = contract(company, pricer, "2026-11-05", "2026-11-10", share=D("0.5"))
    ask = {"customer": made.customer_id}
    times = ["04 23:59:59.999999", "05 00:00:00", "10 23:59:59.999999", "11 00:00:00"]
    assert [services.quote(asked(at=at, **ask)).source for at in times] == ["listed", "contract", "contract", "listed"]
    made.customer.bound_at = None
    made.customer.save()
    assert services.quote(asked(at="06 09:00:00", **ask)).source == "listed"


def test_a_contract_may_say_that_key_customers_pay_for_re_delivery(company, pricer):
    """§2.1.3.3"""
    live(pricer)
    made = contract(company, pricer, redelivery_fee=True)
    facts = asked(attempts=2, key_customer=True)
    assert "redelivery" not in amounts(services.quote(facts))
    assert amounts(services.quote(asked(attempts=2, key_customer=True, customer=made.customer_id)))["redelivery"] == "30.00"


def campaign(by, **fields: object) -> Campaign:
    period = {"valid_from": date(2026, 11, 3), "valid_to": date(2026, 11, 5), "name": "双十一"}
    return campaigns.create(Campaign(**{**period, "audience": "everyone", **fields}), by=by, now=sh("02 09:00:00"))


PACKAGE = {"benefit": "package", "amount": D(60), "most_kg": D(120)}
MEMBERS = {"benefit": "percent", "share": D("0.8"), "audience": "membership", "value": "alibaba_member", "name": "会员价"}


def test_the_sixty_yuan_package(pricer):
    """§5.1: ¥60 with pickup and delivery; what else is wanted is added."""
    live(pricer)
    campaign(pricer, **PACKAGE)
    campaigns.set_fuel(share=D("0.035"), valid_from=date(2026, 11, 3), by=pricer, now=sh("02 10:00:00"))
    quote = services.quote(asked(pickup=True, delivery="door", insured=True, declared_value=D(1000)))
    assert (amounts(quote), quote.source) == ({"freight": "60.00", "insurance": "3.00"}, "campaign")
    assert quote.zh == "“双十一”一口价 ¥60.00，含接货、送货"
    assert services.quote(asked("120.01")).source == "listed"


def test_the_package_is_not_used_where_the_list_is_cheaper(pricer):
    live(pricer)
    campaign(pricer, **PACKAGE)
    assert (services.quote(asked("20", "0.1")).source, str(services.quote(asked("20", "0.1")).total)) == ("listed", "44.80")


def test_members_pay_eighty_percent(pricer):
    """§5.1: 317.80 × 80 % = 254.24"""
    live(pricer)
    campaign(pricer, **MEMBERS)
    quote = services.quote(asked(membership="alibaba_member"))
    assert amounts(quote) == {"freight": "317.80", "campaign": "-63.56"}
    assert (str(quote.total), str(quote.saved), quote.source) == ("254.24", "63.56", "campaign")
    assert quote.zh.endswith("；“会员价”按运费的 80 % 计：¥254.24")
    assert services.quote(asked(membership="alibaba")).source == "listed"


def test_the_best_promotion_is_used(pricer):
    """§3.3"""
    live(pricer)
    campaign(pricer, **MEMBERS)
    campaign(pricer, **PACKAGE)
    assert [str(services.quote(asked(kg, m3, membership="alibaba_member")).total) for kg, m3 in [("120", "1.4"), ("25", "0.1")]] == [
        "60.00", "44.80",
    ]  # fmt: skip


def test_a_gift_is_shown_and_costs_nothing(pricer):
    live(pricer)
    campaign(pricer, benefit="gift", gift="打包带一卷")
    quote = services.quote(asked())
    assert (quote.source, str(quote.total), quote.lines[1].words_zh) == ("campaign", "317.80", "“双十一”赠送：打包带一卷")


@pytest.mark.parametrize(
    ("fields", "facts", "holds"),
    [
        ({}, {"at": "02 23:59:59.999999"}, False),
        ({}, {"at": "03 00:00:00"}, True),
        ({}, {"at": "05 23:59:59.999999"}, True),
        ({}, {"at": "06 00:00:00"}, False),
        ({"audience": "channel", "value": "alibaba"}, {"channel": "alibaba"}, True),
        ({"audience": "channel", "value": "alibaba"}, {"channel": "hall"}, False),
        ({"audience": "lane", "value": "3301>31"}, {}, True),
        ({"audience": "lane", "value": "3302>31"}, {}, False),
        ({"product": "air"}, {}, False),
        ({"product": "road_lane"}, {}, True),
    ],
)
def test_for_whom_and_when_a_campaign_runs(pricer, fields, facts, holds):
    """§5.1: from–to, both days included (§0.3)."""
    live(pricer)
    campaign(pricer, benefit="percent", share=D("0.9"), **fields)
    assert (services.quote(asked(**facts)).source == "campaign") is holds


def test_contracts_go_before_campaigns(company, pricer):
    """§3.3"""
    live(pricer)
    campaign(pricer, **PACKAGE)
    made = contract(company, pricer, share=D("0.9"))
    assert services.quote(asked(customer=made.customer_id)).source == "contract"


def test_no_lane_no_price(pricer):
    """§3.3: the branch quotes."""
    live(pricer)
    quote = services.quote(asked(to_place="440106"))
    assert (quote.source, quote.lines, quote.total) == ("to_quote", (), 0)
    assert "营业部报价" in quote.zh


def test_a_product_not_named_is_never_air(pricer):
    """§4.6"""
    live(pricer, lane(product="air", heavy="1", light="210", minimum="1"), lane(product="express_road", heavy="3", light="300"))
    assert services.quote(asked()).product == "express_road"
    assert services.quote(asked(product="air")).product == "air"
    assert services.quote(asked(product="intercity")).source == "to_quote"


def test_offers_are_sorted_and_promise_a_time(pricer):
    """§4.6: before the cut-off of 17:00 the goods leave that day; at 17:00 they wait a day (§0.4)."""
    live(pricer, lane(days=2), lane(product="air", heavy="8", light="1300", minimum="50"))
    found = services.offers(asked(at="04 16:59:59"))
    assert [(each.product, each.arrives_by) for each in found] == [
        ("road_lane", sh("06 18:00:00")), ("air", sh("05 18:00:00")),
    ]  # fmt: skip
    assert services.offers(asked(at="04 17:00:00"))[0].arrives_by == sh("07 18:00:00")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"weight_kg": D("NaN")}, "weight_kg"), ({"weight_kg": D(0)}, "weight_kg"), ({"weight_kg": D(-1)}, "weight_kg"),
        ({"weight_kg": D("100000.01")}, "weight_kg"), ({"weight_kg": D("Infinity")}, "weight_kg"),
        ({"volume_m3": D("-0.001")}, "volume_m3"), ({"volume_m3": D("1000.001")}, "volume_m3"),
        ({"cod_amount": D(-1)}, "cod_amount"), ({"declared_value": D("NaN")}, "declared_value"), ({"pieces": 0}, "pieces"),
        ({"product": "rocket"}, "product"),
    ],
)  # fmt: skip
def test_measures_that_cannot_be(pricer, facts, field):
    live(pricer)
    with pytest.raises(Refused) as said:
        services.quote(asked(**facts))
    assert said.value.field == field


@pytest.mark.parametrize(
    ("amount", "how", "result"),
    [
        ("1.005", "fen", "1.01"), ("1.0049", "fen", "1.00"), ("1.05", "jiao", "1.10"), ("1.049", "jiao", "1.00"),
        ("1.000001", "up_yuan", "2.00"), ("1", "up_yuan", "1.00"),
    ],
)  # fmt: skip
def test_rounding(amount, how, result):
    """§0.9: half-up."""
    assert str(rounded(Decimal(amount), how)) == result


def test_a_gap_above_the_last_tier_costs_nothing():
    assert tiered(D(300), COD_TIERS[:1]) == 0


def test_a_price_is_kept_as_it_was_given(pricer):
    live(pricer, lane(HANGZHOU, SHANGHAI))
    facts = asked(pickup=True)
    given = services.quote(facts)
    kept = services.keep(given, facts)
    assert (kept.total, kept.source, kept.version, kept.facts["weight_kg"]) == (D("332.80"), "listed", "T1", "120")
    assert tuple(services.lines_of(kept)) == given.lines
