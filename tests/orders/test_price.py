"""Orders with a tariff: placed at the system's price, priced anew by edits, quoted where there is none (§3.3)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.models import Entry
from customers.services import add
from orders import services as orders
from orders.models import Order
from orders.services.draft import draft_of
from pricing.models import Campaign, GivenQuote
from pricing.services import campaigns, contracts
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.roles import Role
from tests.factories import CONSIGNEE, CUSTOMER, Company, accepted, draft, placed, post, sh
from tests.pricing.prices import D, lane, live

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    company = Company()
    company.pricer = post(Role.PRICE_MANAGEMENT, company.department)
    live(company.pricer)
    return company


def test_an_order_is_placed_at_the_listed_price(company):
    """120 kg × 2.24 = 268.80 > 0.8 m³ × 227 = 181.60; with pickup 15."""
    order = Order.objects.get(pk=placed(sh("04 09:00:00"), branch=company.branch).pk)
    assert (order.price_state, str(order.price.total), order.price.version) == ("listed", "283.80", "T1")
    assert [(line["code"], line["amount"]) for line in order.price.lines] == [("freight", "268.80"), ("pickup", "15.00")]
    noted = Entry.objects.get(name=On.ORDER_SUBMITTED).data
    assert (noted["price"], noted["total"], noted["quote"]) == ("listed", "283.80", order.price.pk)


def test_an_order_at_the_systems_price_is_billed_without_a_quote(company):
    """§1.4.3"""
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), pickup=False)
    with pytest.raises(Conflict):  # the system price prevails: the branch has nothing to quote
        orders.quote(number=order.number, clerk=company.clerk, amount=Decimal(1), words="", now=sh("04 09:06:00"))
    orders.issue_waybill(
        number=order.number, clerk=company.clerk, pieces=10, weight_kg=D(120), volume_m3=D("0.8"), now=sh("04 10:00:00")
    )
    assert Order.objects.get().state == "waybilled"


def test_a_lane_without_a_price_is_quoted_by_the_branch(company):
    order = placed(sh("04 09:00:00"), branch=company.branch, consignee=replace(CONSIGNEE, place="440106"))
    assert (order.price_state, order.price) == ("to_quote", None)
    assert GivenQuote.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "state", "total", "fact"),
    [
        ({"weight_kg": D("200")}, "listed", "448.00", On.PRICE_RECKONED),
        ({"consignee": replace(CONSIGNEE, place="440106")}, "to_quote", None, On.PRICE_REOPENED),
        ({"product": "air"}, "listed", "960.00", On.PRICE_RECKONED),
        ({"product": "agent_lane"}, "to_quote", None, On.PRICE_REOPENED),
        ({"remark": "轻放"}, "listed", "268.80", None),
    ],
)
def test_an_edit_of_the_basis_is_priced_anew(company, change, state, total, fact):
    """§3.3: the price before stays on record."""
    live(company.pricer, lane(product="air", heavy="8", light="1000", minimum="50"), code="AIR", origin="33")
    order = placed(sh("04 09:00:00"), branch=company.branch, pickup=False)
    orders.edit(number=order.number, draft=replace(draft_of(order), **change), by=CUSTOMER, now=sh("04 09:30:00"))
    order = Order.objects.get()
    assert (order.price_state, str(order.price.total) if order.price else None) == (state, total)
    assert list(Entry.objects.filter(name__in=[On.PRICE_RECKONED, On.PRICE_REOPENED]).values_list("name", flat=True)) == (
        [fact] if fact else []
    )
    assert str(GivenQuote.objects.order_by("pk").first().total) == "268.80"


def test_a_confirmed_quote_gives_way_to_a_price_an_edit_finds(company):
    order = placed(sh("04 09:00:00"), branch=company.branch, pickup=False, consignee=replace(CONSIGNEE, place="440106"))
    orders.quote(number=order.number, clerk=company.clerk, amount=D("88.50"), words="", now=sh("04 09:10:00"))
    orders.answer_quote(number=order.number, agreed=True, by=CUSTOMER, now=sh("04 09:20:00"))
    order.refresh_from_db()
    orders.edit(
        number=order.number, draft=replace(draft_of(order), consignee=CONSIGNEE), by=CUSTOMER, now=sh("04 09:30:00")
    )
    assert Order.objects.get().price_state == "listed"


def test_the_contract_is_used_when_staff_places_for_a_bound_customer(company):
    """§3.4.1: bound customers only, and not for whoever types their phone into the hall."""
    customer = add(name="甲公司", phone="138 0013 8000", branch=company.branch, verified=True, now=sh("01 09:00:00"))
    made = contracts.apply(
        code="C1", customer=customer, valid_from=date(2026, 11, 1), valid_to=date(2026, 11, 30), share=D("0.5"), reason="量大",
        by=company.manager, now=sh("01 09:00:00"),
    )  # fmt: skip
    contracts.decide(pk=made.pk, agreed=True, words="", by=company.pricer, now=sh("01 10:00:00"))
    by_phone = orders.place(draft(pickup=False), channel="phone", by=company.agent.actor, now=sh("04 09:00:00")).order
    assert (by_phone.price_state, str(by_phone.price.total)) == ("contract", "134.40")
    assert placed(sh("04 09:01:00"), branch=company.branch).price_state == "listed"


def test_a_campaign_of_a_channel_is_used_automatically(company):
    """§5.1"""
    campaigns.create(
        Campaign(
            name="阿里专享", valid_from=date(2026, 11, 4), valid_to=date(2026, 11, 4), audience="channel", value="alibaba",
            benefit="percent", share=D("0.8"),
        ),
        by=company.pricer, now=sh("03 09:00:00"),
    )  # fmt: skip
    order = placed(sh("04 09:00:00"), branch=company.branch, channel="alibaba", pickup=False)
    assert (order.price_state, str(order.price.total)) == ("campaign", "215.04")
    assert placed(sh("04 09:00:00"), branch=company.branch, pickup=False).price_state == "listed"


def test_too_much_cash_on_delivery_is_refused_and_nothing_is_stored(company):
    with pytest.raises(Refused) as said:
        placed(sh("04 09:00:00"), branch=company.branch, cod_amount=D("50000.01"))
    assert said.value.field == "cod_amount"
    assert (Order.objects.count(), GivenQuote.objects.count(), Entry.objects.filter(name=On.ORDER_SUBMITTED).count()) == (0, 0, 0)
