"""Timed air that comes late: the freight goes back as a ledger line of its own (§4.6). Sums and promises typed by hand.

Lane Hangzhou–Shanghai by timed air: 8 ¥/kg, 1 day, there by 18:00, ready by 17:00. 120 kg: ¥960.00.
"""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from core.models import Entry
from delivery import services as delivery
from delivery.models import Shipment
from orders import services as orders
from orders.models import FreightRefund, Order, Waybill
from pricing.models import Campaign
from pricing.services import campaigns
from rulebook.events import On
from rulebook.products import freight_is_refunded
from rulebook.roles import Role
from tests.api.client import PartnerClient, order_body, partner
from tests.delivery.pictures import photo
from tests.factories import Company, accepted, post, sh
from tests.pricing.prices import D, lane, live

pytestmark = pytest.mark.django_db
PROMISED = "05 18:00:00"
SIGNED = {"signer": "李四", "relation": "self"}


@pytest.fixture
def company(db) -> Company:
    company = Company()
    company.pricer = post(Role.PRICE_MANAGEMENT, company.department)
    live(company.pricer, lane(), lane(product="timed_air", heavy="8", light="1000", minimum="60"))
    return company


def billed(company: Company, **changes: object) -> Order:
    """Ordered at 9, billed at 10:00 on the 4th."""
    content = {"pickup": False, "product": "timed_air", "delivery": "door", **changes}
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), **content)
    return bill(company, order, "04 10:00:00")


def bill(company: Company, order: Order, at: str) -> Order:
    orders.issue_waybill(number=order.number, clerk=company.clerk, pieces=10, weight_kg=D("120.00"), volume_m3=D("0.800"), now=sh(at))
    return Order.objects.get(pk=order.pk)


def does(order: Order, verb: str, clerk, at: str, **values: object) -> None:
    delivery.act(number=order.number, verb=verb, clerk=clerk, now=sh(at), **values)


def sent(company: Company, order: Order, arrived: str = "05 09:00:00") -> Order:
    Shipment.objects.filter(order=order).update(terminal=company.second)
    does(order, "depart", company.clerk, "04 20:00:00", vehicle="浙A1")
    does(order, "arrive", company.second_clerk, arrived)
    return order


def signed(company: Company, order: Order, at: str) -> Order:
    sent(company, order)
    does(order, "load_for_delivery", company.second_clerk, "05 09:00:00", driver=company.second_clerk.number)
    does(order, "sign", company.second_clerk, at, **SIGNED)
    return order


def refunds(order: Order) -> list[Decimal]:
    return list(FreightRefund.objects.filter(waybill__order=order).order_by("serial").values_list("amount", flat=True))


@pytest.mark.parametrize(
    ("product", "there", "refunded"),
    [
        ("timed_air", "05 17:59:59.999999", False),
        ("timed_air", PROMISED, False),  # the very instant is in time (§0.2)
        ("timed_air", "05 18:00:00.000001", True),
        ("air", "06 18:00:00", False),
        ("road_lane", "06 18:00:00", False),
        ("", "06 18:00:00", False),
    ],
)
def test_who_is_refunded(product, there, refunded):
    assert freight_is_refunded(product, promised_at=sh(PROMISED), there_at=sh(there)) is refunded
    assert freight_is_refunded(product, promised_at=None, there_at=sh(there)) is False


@pytest.mark.parametrize(("at", "promised"), [("04 16:59:59", "05 18:00:00"), ("04 17:00:00", "06 18:00:00"), ("06 10:00:00", "07 18:00:00")])
def test_the_promise_is_fixed_at_billing(company, at, promised):
    """§4.6, §0.4: at the cut-off of 17:00 itself the goods wait a day. The order was placed at 9:00 on the 4th."""
    order = accepted(
        sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), pickup=False, product="timed_air"
    )
    waybill = bill(company, order, at).waybill
    assert (waybill.product, waybill.promised_at) == ("timed_air", sh(promised))


@pytest.mark.parametrize(("at", "amounts"), [(PROMISED, []), ("05 18:00:00.000001", [D("960.00")])])
def test_late_at_the_door_gives_the_freight_back(company, at, amounts):
    """The delivery fee of ¥24.00 is no freight and stays."""
    order = signed(company, billed(company), at)
    assert order.waybill.amount == D("984.00")
    assert refunds(order) == amounts


def test_the_refund_is_a_fact_and_leaves_the_bill_alone(company):
    order = signed(company, billed(company), "05 19:30:00")
    fact = Entry.objects.get(order_number=order.number, name=On.FREIGHT_REFUNDED)
    assert (fact.data["amount"], fact.data["waybill"], fact.data["payer"]) == ("960.00", order.waybill.number, "shipper")
    assert Waybill.objects.get().amount == D("984.00")


def test_a_discount_on_the_freight_is_not_given_back_twice(company):
    """960.00 × 80 % = 768.00 was paid, so 768.00 goes back."""
    offer = Campaign(
        name="八折", valid_from=sh("03 00:00:00").date(), valid_to=sh("09 00:00:00").date(), audience="everyone",
        benefit="percent", share=D("0.8"),
    )  # fmt: skip
    campaigns.create(offer, by=company.pricer, now=sh("03 09:00:00"))
    assert refunds(signed(company, billed(company), "05 19:30:00")) == [D("768.00")]


def test_goods_to_be_fetched_are_judged_by_their_arrival(company):
    """It is for the consignee to come for them."""
    in_time = sent(company, billed(company, delivery="self_pickup"), arrived=PROMISED)
    late = sent(company, billed(company, delivery="self_pickup"), arrived="05 18:00:01")
    for order in (in_time, late):
        does(order, "offer_for_pickup", company.second_clerk, "05 19:00:00")
        does(order, "sign", company.second_clerk, "07 09:00:00", **SIGNED)
    assert (refunds(in_time), refunds(late)) == ([], [D("960.00")])


def test_a_signature_told_late_is_judged_by_its_own_time(company):
    order = sent(company, billed(company))
    does(order, "load_for_delivery", company.second_clerk, "05 10:00:00", driver=company.second_clerk.number)
    delivery.act(
        number=order.number, verb="sign", clerk=company.second_clerk, now=sh("05 20:00:00"), at=sh("05 17:30:00"), **SIGNED
    )
    assert refunds(order) == []


def test_an_exception_does_not_take_the_refund_away(company):
    order = sent(company, billed(company))
    does(order, "load_for_delivery", company.second_clerk, "05 10:00:00", driver=company.second_clerk.number)
    does(
        order, "sign_with_exception", company.second_clerk, "05 19:00:00", pieces=9, exception="shortage", remark="少一件",
        pictures=[photo()], **SIGNED,
    )  # fmt: skip
    assert refunds(order) == [D("960.00")]


def test_other_products_and_branch_prices_carry_no_refund(company):
    road = signed(company, billed(company, product="road_lane"), "20 09:00:00")
    assert (road.waybill.product, refunds(road)) == ("road_lane", [])


def test_another_destination_is_promised_anew(company):
    """To another district of Shanghai, at 11:00 on the 5th: the lane's day is counted from there."""
    order = billed(company)
    asked = orders.propose_amendment(
        number=order.number, clerk=company.clerk, changes={"consignee.place": "310115"}, reason="改址", now=sh("05 11:00:00")
    )
    assert asked.promised_at == sh("06 18:00:00")
    kept = orders.decide_amendment(number=order.number, person=company.manager, approve=False, decision="不改", now=sh("05 11:00:00"))
    assert kept.waybill.promised_at == sh(PROMISED)
    orders.propose_amendment(number=order.number, clerk=company.clerk, changes={"weight_kg": D("130.00")}, reason="复称", now=sh("05 12:00:00"))
    orders.decide_amendment(number=order.number, person=company.manager, approve=True, now=sh("05 12:00:00"))
    assert Waybill.objects.get().promised_at == sh(PROMISED)  # a new weight moves no promise
    assert refunds(signed(company, order, "05 18:30:00")) == [D("1040.00")]  # 130 × 8: the bill as it stands


def test_a_corrected_signature_takes_the_refund_back_by_a_counter_row(company):
    """Tapped for the wrong goods at 19:30, taken back at 19:40; when they are signed for in truth, late too, it is due again."""
    order = signed(company, billed(company), "05 19:30:00")
    assert Waybill.objects.get().refund.amount == D("960.00")
    does(order, "take_back", company.second_clerk, "05 19:40:00")
    assert refunds(order) == [D("960.00"), D("-960.00")]
    assert Waybill.objects.get().refund is None
    assert not Waybill.objects.refunded().exists()
    fact = Entry.objects.get(order_number=order.number, name=On.FREIGHT_REFUND_TAKEN_BACK)
    assert fact.data["amount"] == "960.00"
    does(order, "sign", company.second_clerk, "05 19:50:00", **SIGNED)
    assert refunds(order) == [D("960.00"), D("-960.00"), D("960.00")]
    assert Waybill.objects.refunded().count() == 1


def test_a_correction_in_time_takes_back_nothing(company):
    order = signed(company, billed(company), PROMISED)
    does(order, "take_back", company.second_clerk, "05 18:10:00")
    assert refunds(order) == []


def test_once_a_waybill(company):
    order = signed(company, billed(company), "05 19:30:00")
    with pytest.raises(IntegrityError), transaction.atomic():
        FreightRefund.objects.create(
            waybill=order.waybill, version=1, amount=1, promised_at=sh(PROMISED), there_at=sh("06 09:00:00"), at=sh("06 09:00:00")
        )


@pytest.mark.postgres
def test_a_refund_is_never_changed(company):
    signed(company, billed(company), "05 19:30:00")
    for change in (lambda rows: rows.update(amount=1), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change(FreightRefund.objects.all())


def test_staff_customer_and_partner_are_told(company, client):
    who = PartnerClient(partner())
    body = order_body(pickup__wanted=False, services__product="timed_air", services__delivery="door")
    number = who.post("/api/v1/orders/", body).json()["number"]
    Order.objects.filter(number=number).update(placed_at=sh("04 09:00:00"))
    order = Order.objects.get(number=number)
    assert order.product == "timed_air"
    orders.contact(number=number, clerk=company.clerk, outcome="reached", now=order.reached_branch_at)
    orders.accept(number=number, clerk=company.clerk, now=order.reached_branch_at)
    waybill = orders.issue_waybill(
        number=number, clerk=company.clerk, pieces=10, weight_kg=D("120.00"), volume_m3=D("0.800"), now=order.reached_branch_at
    )
    refund = FreightRefund.objects.create(
        waybill=waybill, version=1, amount=D("960.00"), promised_at=waybill.promised_at,
        there_at=sh("2030-01-02 09:30:00"), at=sh("2030-01-02 09:30:00"),
    )  # fmt: skip
    told = who.get(f"/api/v1/orders/{number}/").json()["waybill"]
    assert (told["product"], told["refund"]["amount"]) == ("timed_air", "960.00")
    desk = Client()
    desk.force_login(company.clerk.account)
    page = desk.get(f"/desk/orders/{number}/bill/").content.decode()
    assert "空运定时达" in page
    assert "¥960.00</b> 实际 01-02 09:30 到达，迟于承诺" in page
    assert waybill.number in desk.get("/desk/bills/?tab=refund").content.decode()
    client.post(f"/orders/{number}/unlock/", {"tail": "8000"})
    assert f"¥{refund.amount} · 实际 01-02 09:30 到达" in client.get(f"/orders/{number}/").content.decode()
