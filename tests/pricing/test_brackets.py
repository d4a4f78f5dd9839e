"""Brackets of a lane (screens.md §2.3): larger quantities at a lower unit price, and never dearer than the next bracket.

Hangzhou–Shanghai: 2.24 ¥/kg, from 500 kg on 1.90, from 1000 kg on 1.70; 227 ¥/m³, from 5 m³ on 200; least ¥34. Sums typed by hand.
"""

from dataclasses import replace
from datetime import date

import pytest

from desk import tariffs as files
from pricing.models import LaneBreak
from pricing.services import contracts, quote
from pricing.services.tariffs import draft
from rulebook.errors import Refused
from rulebook.quotes import Break
from rulebook.roles import Role
from tests.factories import Company, post, sh
from tests.pricing.prices import D, asked, lane, live

pytestmark = pytest.mark.django_db

BREAKS = (Break("kg", D(500), D("1.9")), Break("kg", D(1000), D("1.7")), Break("m3", D(5), D(200)))
BRACKETED = replace(lane(), breaks=BREAKS)


@pytest.fixture
def company(db) -> Company:
    return Company()


@pytest.fixture
def pricer(company: Company):
    return post(Role.PRICE_MANAGEMENT, company.department)


@pytest.mark.parametrize(
    ("kg", "m3", "total", "words"),
    [
        ("100", "0", "224.00", "100 kg × 2.24 = ¥224.00"),
        ("424.10", "0", "949.98", "424.1 kg × 2.24 = ¥949.98"),  # 500 kg in the next bracket would be 950.00
        ("424.11", "0", "950.00", "424.11 kg → 500 kg × 1.9 = ¥950.00"),  # its own, 950.01, is dearer
        ("499.99", "0", "950.00", "499.99 kg → 500 kg × 1.9 = ¥950.00"),
        ("500", "0", "950.00", "500 kg × 1.9 = ¥950.00"),  # the border belongs to the bracket it opens (§0.3)
        ("894", "0", "1698.60", "894 kg × 1.9 = ¥1698.60"),
        ("895", "0", "1700.00", "895 kg → 1000 kg × 1.7 = ¥1700.00"),
        ("1000", "0", "1700.00", "1000 kg × 1.7 = ¥1700.00"),
        ("2000", "0", "3400.00", "2000 kg × 1.7 = ¥3400.00"),
        ("1", "4.4", "998.80", "4.4 m³ × 227 = ¥998.80"),
        ("1", "4.5", "1000.00", "4.5 m³ → 5 m³ × 200 = ¥1000.00"),
        ("1", "6", "1200.00", "6 m³ × 200 = ¥1200.00"),
        ("10", "0", "34.00", "按最低收费计费"),
    ],
)
def test_the_bracket_or_the_next_one_where_that_is_cheaper(pricer, kg, m3, total, words):
    live(pricer, BRACKETED)
    given = quote(asked(kg, m3))
    assert given.total == D(total)
    assert words in given.zh


def test_the_line_says_what_is_charged(pricer):
    live(pricer, BRACKETED)
    line = quote(asked("450", "0")).lines[0]
    assert (line.quantity, line.unit_price, line.amount) == (D(500), D("1.9"), D("950.00"))


def test_a_contracts_share_goes_for_the_brackets_and_its_own_rate_stands_alone(company, pricer):
    """80 %: 500 kg × 1.52 = 760.00; its own 2 ¥/kg has no brackets: 1000.00."""
    live(pricer, BRACKETED)
    terms = {"valid_from": date(2026, 11, 1), "valid_to": date(2027, 10, 31), "reason": "量大", "by": company.clerk, "now": sh("01 09:00:00")}
    own = contracts.RateRow(product="road_lane", start="3301", end="31", heavy=D(2), light=D(210), minimum=D(30))
    for phone, more, total in (("13700137001", {"share": D("0.8")}, "760.00"), ("13700137002", {"rates": [own]}, "1000.00")):
        made = contracts.apply_by_phone(name="甲公司", phone=phone, code=phone, **terms, **more)
        contracts.decide(pk=made.pk, agreed=True, words="", by=pricer, now=sh("01 10:00:00"))
        assert quote(asked("500", "0", customer=made.customer_id)).total == D(total)


@pytest.mark.parametrize(
    "breaks",
    [
        (Break("kg", D(500), D("2.24")),),  # no cheaper than without
        (Break("kg", D(500), D("1.9")), Break("kg", D(1000), D("1.95"))),  # dearer again
        (Break("kg", D(1000), D("1.7")), Break("kg", D(500), D("1.9"))),  # out of order
        (Break("kg", D(500), D("1.9")), Break("kg", D(500), D("1.8"))),  # twice
        (Break("kg", D(0), D("1.9")),),
        (Break("kg", D("NaN"), D("1.9")),),
        (Break("kg", D(500), D(-1)),),
        (Break("pc", D(500), D("1.9")),),
        tuple(Break("kg", D(100 + each), D("2") - D(each) / 100) for each in range(21)),
    ],
)
def test_brackets_that_lie_are_refused(pricer, breaks):
    with pytest.raises(Refused) as refusal:
        draft(code="T9", valid_from=date(2026, 11, 5), lanes=[replace(lane(), breaks=breaks)], by=pricer, now=sh("04 09:00:00"))
    assert (refusal.value.clause, refusal.value.field) == ("§3.3", "lanes.0.breaks")
    assert not LaneBreak.objects.exists()


def test_brackets_go_out_with_the_file_and_come_back(pricer):
    version = live(pricer, BRACKETED)
    parsed = files.parse(files.export(version))
    assert parsed.faults == []
    assert parsed.lanes[0].breaks == BREAKS
    same = draft(code="T2", valid_from=date(2026, 11, 5), lanes=[BRACKETED], by=pricer, now=sh("04 09:00:00"))
    assert files.changes(same)[1] == {"added": 0, "dropped": 0, "changed": 0, "same": 1}
    dearer = draft(code="T3", valid_from=date(2026, 11, 5), lanes=[replace(BRACKETED, breaks=BREAKS[:1])], by=pricer, now=sh("04 09:00:00"))
    assert files.changes(dearer)[1] == {"added": 0, "dropped": 0, "changed": 1, "same": 0}
