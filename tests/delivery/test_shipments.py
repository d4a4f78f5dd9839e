"""The way of the goods: machine, scans, and the limits of §1.3.2 and §1.3.3."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from delivery import services as delivery
from delivery.models import Attempt, Scan, Shipment
from network.models import Person
from orders.models import Order
from rulebook.errors import Conflict, Denied, Refused
from sla.services import tick
from tests.clocks import clock, dues, running, states
from tests.delivery.pictures import photo
from tests.delivery.test_cash import billed
from tests.factories import Company, sh

pytestmark = pytest.mark.django_db

SIGNED = {"signer": "李四", "relation": "self"}
SHORT = {"pieces": 9, "exception": "shortage", "remark": "少一件"}


@pytest.fixture
def company(db) -> Company:
    return Company()


def sent(company: Company, **changes: object) -> Order:
    """A billed order; for the door unless told otherwise; the terminal branch is the second one."""
    order = billed(company, Decimal(str(changes.pop("cod", "0.00"))))
    Shipment.objects.filter(order=order).update(**{"door": True, "terminal": company.second, **changes})
    return order


def shipment(order: Order) -> Shipment:
    return Shipment.objects.get(order=order)


def does(order: Order, verb: str, clerk, at: str, /, **values: object) -> Shipment:
    return delivery.act(number=order.number, verb=verb, clerk=clerk, now=sh(at), **values)


def departed(company: Company, **changes: object) -> Order:
    order = sent(company, **changes)
    does(order, "depart", company.clerk, "04 20:00:00", vehicle="浙A1")
    return order


def arrived(company: Company, at: str = "05 11:00:00", **changes: object) -> Order:
    order = departed(company, **changes)
    does(order, "arrive", company.second_clerk, at)
    return order


def loaded(company: Company, at: str = "05 13:00:00", **changes: object) -> Order:
    order = arrived(company, **changes)
    does(order, "load_for_delivery", company.second_clerk, at, driver=company.second_clerk.number)
    return order


def test_a_waybill_opens_the_shipment_at_its_origin(company):
    order = billed(company)
    goods = shipment(order)
    assert (goods.state, goods.place, goods.pieces, goods.door) == ("at_origin", company.branch, 10, False)
    assert goods.terminal is not None


def test_from_the_origin_to_the_signature(company):
    order = loaded(company)
    goods = does(order, "sign", company.second_clerk, "05 15:00:00", **SIGNED)
    assert (goods.state, goods.signed_at, goods.pieces_signed) == ("signed", sh("05 15:00:00"), 10)
    verbs = list(Scan.objects.filter(shipment=goods).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["depart", "arrive", "load_for_delivery", "sign"]
    assert running(order) == {}


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("05 12:00:00", "05 20:30:00"),
        ("05 12:00:00.000001", "06 12:00:00"),
        ("05 00:00:00", "05 20:30:00"),
        ("05 23:59:59.999999", "06 12:00:00"),
    ],
)
def test_delivery_is_due_by_half_past_eight_or_by_noon(company, at, due):
    """§1.3.3.1"""
    order = arrived(company, at)
    assert dues(order, "§1.3.3.1") == [("open", sh(due))]
    assert dues(order, "§1.3.3.1e") == [("open", sh(due))]
    assert clock(order, "§1.3.3.1").holder == company.second


@pytest.mark.parametrize(("signed", "state"), [("05 20:30:00", "met"), ("05 20:30:00.000001", "breached")])
def test_signed_exactly_at_the_limit_is_in_time(company, signed, state):
    """§0.2"""
    order = loaded(company)
    does(order, "sign", company.second_clerk, signed, **SIGNED)
    assert states(order, "§1.3.3.1") == [state]


def test_a_signature_told_late_is_in_time_and_entered_late(company):
    """§1.3.3.1 is judged by the signing time, §1.3.3.1e by the entry; the office enters when it enters."""
    order = loaded(company)
    does(order, "sign", company.second_clerk, "05 21:00:00", at=sh("05 20:00:00"), **SIGNED)
    assert states(order, "§1.3.3.1") == ["met"]
    assert states(order, "§1.3.3.1e") == ["breached"]


@pytest.mark.parametrize(
    ("captured", "told", "state"),
    [("20:30:00", "21:00:00", "met"), ("20:30:00.000001", "21:00:00", "breached"), ("20:30:00", "20:30:00", "met")],
)
def test_capture_on_the_couriers_device_counts_as_entry(company, captured, told, state):
    """§1.3.3.1e: met at 20:30:00.000000 on the phone, whenever the dead spot ends."""
    order = loaded(company)
    tick(now=sh("05 20:55:00"))
    at = sh(f"05 {captured}")
    does(order, "sign", company.second_clerk, f"05 {told}", at=at, source="phone:1", **SIGNED)
    assert states(order, "§1.3.3.1e") == [state]
    assert clock(order, "§1.3.3.1e").stopped_at == at


def test_goods_to_be_fetched_have_no_delivery_limit(company):
    order = arrived(company, door=False)
    assert states(order, "§1.3.3.1") == []
    with pytest.raises(Refused, match="自提"):
        does(order, "load_for_delivery", company.second_clerk, "05 13:00:00", driver=company.driver.number)
    does(order, "offer_for_pickup", company.second_clerk, "05 13:00:00")
    assert does(order, "sign", company.second_clerk, "05 15:00:00", **SIGNED).state == "signed"


def test_a_failed_attempt_needs_the_call_from_the_spot(company):
    """§1.3.3.3"""
    order = loaded(company)
    good = {"reason": "nobody_there", "contacted": "consignee", "contact": "收货人要求明天上午送"}
    for name in good:
        with pytest.raises(Refused) as refusal:
            does(order, "fail_attempt", company.second_clerk, "05 14:00:00", **{**good, name: ""})
        assert (refusal.value.clause, refusal.value.field) == ("§1.3.3.3", name)
    assert does(order, "fail_attempt", company.second_clerk, "05 14:00:00", **good).state == "held"
    assert states(order, "§1.3.3.1") == ["open"]


def test_wait_reschedule_and_deliver_with_the_second_attempts_fee(company):
    """§1.3.3.3: the wait is 30 minutes; a new time replaces the limit; from the 2nd attempt on a fee is due."""
    order = loaded(company)
    assert does(order, "wait", company.second_clerk, "05 14:00:00").waits_until == sh("05 14:30:00")
    does(
        order,
        "fail_attempt",
        company.second_clerk,
        "05 14:31:00",
        reason="nobody_there",
        contacted="nobody",
        contact="两次未接",
    )
    does(order, "reschedule", company.second_clerk, "05 15:00:00", delivery_at=sh("06 16:00:00").isoformat())
    assert dues(order, "§1.3.3.1") == [("replaced", sh("05 20:30:00")), ("open", sh("06 16:00:00"))]
    does(order, "load_for_delivery", company.second_clerk, "06 14:00:00", driver=company.driver.number)
    does(order, "sign", company.second_clerk, "06 15:59:00", **SIGNED)
    assert states(order, "§1.3.3.1") == ["replaced", "met"]
    assert Attempt.objects.get().fee_due is False
    assert shipment(order).attempts_made == 2


def test_cash_is_settled_before_the_signature_on_every_path(company):
    """§4.3.3.2"""
    order = loaded(company, cod="500.00")
    for verb, more in (
        ("sign", {}),
        ("sign_with_exception", {**SHORT, "pictures": [photo()]}),
    ):
        with pytest.raises(Refused, match="代收货款尚未结清") as refusal:
            does(order, verb, company.second_clerk, "05 15:00:00", **SIGNED, **more)
        assert refusal.value.clause == "§4.3.3.2"
    order.cash.unit = company.second
    order.cash.save()
    delivery.collect(
        number=order.number, clerk=company.second_clerk, amount=Decimal("500.00"), means="cash", now=sh("05 15:00:00")
    )
    assert does(order, "sign", company.second_clerk, "05 15:01:00", **SIGNED).state == "signed"


def test_refused_goods_go_back_and_their_cash_is_void(company):
    order = loaded(company, cod="500.00")
    does(order, "refuse", company.second_clerk, "05 15:00:00", reason="not_ordered")
    assert states(order, "§1.3.3.1") == ["void"]
    order.cash.refresh_from_db()
    assert order.cash.state == "void"
    with pytest.raises(Refused, match="退货指示"):
        does(order, "send_back", company.second_clerk, "05 16:00:00")
    does(order, "send_back", company.second_clerk, "05 16:00:00", instruction="原路退回", ordered_by="张三", means="phone")
    assert does(order, "close_return", company.clerk, "07 10:00:00").state == "returned"


def test_forwarded_goods_are_tracked_every_day_until_signed(company):
    """§1.3.2.1: the forwarding counts for day one, the sign-off for the last day; §1.3.2.2 for its entry."""
    order = arrived(company)
    does(
        order,
        "forward",
        company.second_clerk,
        "05 14:00:00",
        carrier="皖南专线",
        phone="0551-66668888",
        carrier_no="WN1",
    )
    assert states(order, "§1.3.3.1") == ["void"]
    does(order, "track", company.second_clerk, "06 10:00:00", text="已到合肥")
    tick(now=sh("08 00:00:05"))
    does(order, "sign", company.second_clerk, "08 18:00:00", **SIGNED)
    assert dues(order, "§1.3.2.1") == [
        ("met", sh("06 00:00:00")), ("met", sh("07 00:00:00")), ("breached", sh("08 00:00:00")), ("met", sh("09 00:00:00")),
    ]  # fmt: skip
    assert dues(order, "§1.3.2.2") == [("met", sh("09 12:00:00"))]


def test_the_carriers_phone_and_number_are_recorded(company):
    """§4.3.2.6"""
    order = arrived(company)
    with pytest.raises(Refused) as refusal:
        does(order, "forward", company.second_clerk, "05 14:00:00", carrier="皖南专线", phone="", carrier_no="WN1")
    assert (refusal.value.clause, refusal.value.field) == ("§4.3.2.6", "phone")


@pytest.mark.parametrize("pieces", [11, -1, "9", 9.5, None, True])
def test_pieces_that_cannot_be(company, pieces):
    order = loaded(company)
    with pytest.raises(Refused) as refusal:
        does(
            order, "sign_with_exception", company.second_clerk, "05 15:00:00", **SIGNED, pieces=pieces, exception="shortage",
            remark="少件",
        )  # fmt: skip
    assert refusal.value.field == "pieces"
    with pytest.raises(Refused, match="异常签收"):
        does(order, "sign", company.second_clerk, "05 15:00:00", **SIGNED, pieces=9)


def test_arrival_check(company):
    """§2.1.3.1"""
    order = departed(company)
    with pytest.raises(Refused, match="到货检查"):
        does(order, "arrive", company.second_clerk, "05 11:00:00", checked=["ghost"])
    assert does(order, "arrive", company.second_clerk, "05 11:00:00", checked=["wet"]).checked == ["wet"]


def test_the_branch_that_receives_misrouted_goods_delivers_them(company):
    order = departed(company)
    goods = does(order, "arrive", company.third_clerk, "05 11:00:00")
    assert (goods.terminal, goods.place) == (company.third, company.third)


def test_goods_that_are_lost_go_on_from_where_they_were_missed(company):
    order = arrived(company)
    with pytest.raises(Denied):
        does(order, "declare_lost", company.second_clerk, "05 15:00:00", remark="盘点未见")
    does(order, "declare_lost", company.officer, "05 15:00:00", remark="盘点未见")
    assert states(order, "§1.3.3.1") == ["void"]
    assert does(order, "find", company.clerk, "05 16:00:00").state == "arrived"


def test_the_same_scan_twice_is_one_act(company):
    order = loaded(company)
    key = str(uuid.uuid4())
    for at in ("05 15:00:00", "05 15:00:09"):
        goods = does(order, "sign", company.second_clerk, at, source=key, park=True, **SIGNED)
    assert (goods.state, goods.signed_at) == ("signed", sh("05 15:00:00"))
    assert Scan.objects.filter(verb="sign").count() == 1


def test_scans_out_of_order_are_parked_and_skip_nothing(company):
    """The arrival is told before the departure: it waits, and is done in its place with its own time."""
    order = sent(company)
    early = does(order, "arrive", company.second_clerk, "05 11:00:00", source="a", park=True)
    assert early.state == "at_origin"
    assert Scan.objects.get(source="a").state == "parked"
    goods = delivery.act(
        number=order.number, verb="depart", clerk=company.clerk, now=sh("05 11:30:00"), at=sh("05 06:00:00"), source="d",
        park=True, vehicle="浙A1",
    )  # fmt: skip
    assert (goods.state, goods.arrived_at) == ("arrived", sh("05 11:00:00"))
    assert Scan.objects.get(settles__source="a").state == "applied"
    assert list(goods.scans.parked()) == []
    assert dues(order, "§1.3.3.1") == [("open", sh("05 20:30:00"))]


def test_a_page_is_told_at_once_who_was_first(company):
    order = loaded(company)
    does(order, "sign", company.second_clerk, "05 15:00:00", **SIGNED)
    with pytest.raises(Conflict) as lost:
        does(order, "refuse", company.second_clerk, "05 15:00:01", reason="not_ordered")
    assert company.second_clerk.name in lost.value.winner


@pytest.mark.parametrize(
    "apart", [timedelta(microseconds=1), -timedelta(days=2, microseconds=1)], ids=["future", "too far back"]
)
def test_impossible_times(company, apart):
    order = sent(company)
    now = sh("05 10:00:00")
    with pytest.raises(Refused) as refusal:
        delivery.act(number=order.number, verb="depart", clerk=company.clerk, now=now, at=now + apart, vehicle="浙A1")
    assert refusal.value.field == "at"


def test_scope(company):
    order = arrived(company)
    with pytest.raises(Shipment.DoesNotExist):
        does(order, "offer_for_pickup", company.third_clerk, "05 13:00:00")
    with pytest.raises(Shipment.DoesNotExist):
        delivery.act(number="E2611040000000", verb="arrive", clerk=company.clerk, now=sh("05 10:00:00"))


@pytest.mark.postgres
def test_a_scan_is_never_changed(company):
    departed(company)
    for change in (lambda rows: rows.update(verb="x"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change(Scan.objects.all())


def test_what_one_may_act_on_is_what_one_sees(company):
    """`seen_by` of a row at hand is `visible_to` of the queryset: who sent, holds or delivers."""
    goods = shipment(arrived(company))
    seeing = {person.pk for person in Person.objects.all() if goods.seen_by(person)}
    assert seeing == {p.pk for p in Person.objects.all() if Shipment.objects.visible_to(p).exists()}
    assert company.second_clerk.pk in seeing
    assert company.third_clerk.pk not in seeing
