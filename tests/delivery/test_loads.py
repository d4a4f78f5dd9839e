"""Load plans and splitting (§2.1.2.1, §2.1.2.2): key customers first, one act departs all, a key customer's goods split by consent."""

from decimal import Decimal

import pytest

from core.models import Entry
from delivery import services as delivery
from delivery.models import LoadPlan, Scan, Shipment, SplitConsent
from delivery.services.loads import filling, waiting_at
from notify.models import Message
from orders.models import Order
from rulebook.errors import Conflict, Denied, Refused
from tests.delivery.test_shipments import departed, does, sent, shipment
from tests.factories import Company, sh

pytestmark = pytest.mark.django_db

NOW = sh("04 19:00:00")


@pytest.fixture
def company(db) -> Company:
    return Company()


def plan(company: Company, clerk=None, vehicle: str = "浙A12345") -> LoadPlan:
    """A lorry for 1,000 kg and 4 m³."""
    return delivery.open_load(
        clerk=clerk or company.clerk, now=NOW, line="杭州—上海", vehicle=vehicle, most_kg=Decimal(1000), most_m3=Decimal(4)
    )


def add(load: LoadPlan, order: Order, clerk, pieces: int | None = None):
    return delivery.add_to_load(plan=load.pk, number=order.number, clerk=clerk, now=NOW, pieces=pieces)


def close(load: LoadPlan, clerk, at: str = "04 20:00:00") -> LoadPlan:
    return delivery.close_load(plan=load.pk, clerk=clerk, now=sh(at))


def ask(order: Order, clerk, pieces: int = 4) -> SplitConsent:
    return delivery.ask_split(number=order.number, clerk=clerk, now=NOW, pieces=pieces, reason="车厢已满")


def at_hub(company: Company, **changes: object) -> Order:
    """Goods of the first branch, at the second one's hall on their way."""
    order = departed(company, **changes)
    does(order, "arrive_hub", company.second_clerk, "04 22:00:00")
    return order


def test_key_customers_come_first_then_who_waits_longest(company):
    """§2.1.2.1, §2.1.3.2"""
    first, key, last = sent(company), sent(company, key_customer=True), sent(company)
    departed(company)
    assert [(goods.order, left) for goods, left in waiting_at(company.branch)] == [(key, 10), (first, 10), (last, 10)]


def test_closing_departs_everything_in_one_act_each_with_its_scan(company):
    orders, load = [sent(company), sent(company)], plan(company)
    for order in orders:
        add(load, order, company.clerk)
    assert list(waiting_at(company.branch)) == []
    load = close(load, company.clerk)
    assert (load.state, load.ended_by, load.ended_at) == ("closed", company.clerk, sh("04 20:00:00"))
    assert {(shipment(o).state, shipment(o).vehicle, shipment(o).departed_at) for o in orders} == {
        ("in_transit", "浙A12345", sh("04 20:00:00"))
    }
    assert Scan.objects.filter(verb="depart", data__load=load.pk).count() == 2
    assert Entry.objects.get(name="load_closed").data["shipments"] == 2
    with pytest.raises(Conflict, match="已发车"):
        close(load, company.clerk)


def test_how_full_the_vehicle_is(company):
    """Two orders of 120 kg and 0.8 m³, one of them by half: 180 kg of 1,000, 1.2 m³ of 4."""
    load = plan(company)
    add(load, sent(company), company.clerk)
    add(load, sent(company), company.clerk, pieces=5)
    full = filling(load, load.items.select_related("shipment__order__waybill"))
    assert (full.pieces, str(full.weight_kg), str(full.volume_m3)) == (15, "180.00", "1.200")
    assert (str(full.by_weight), str(full.by_volume), full.over) == ("18.0", "30.0", False)


def test_all_or_nothing(company):
    good, gone, load = sent(company), sent(company), plan(company)
    for order in (good, gone):
        add(load, order, company.clerk)
    does(gone, "depart", company.clerk, "04 19:30:00", vehicle="浙A9")
    with pytest.raises(Refused, match=gone.number):
        close(load, company.clerk)
    load.refresh_from_db()
    assert (load.state, shipment(good).state) == ("open", "at_origin")
    delivery.take_off_load(plan=load.pk, number=gone.number, clerk=company.clerk, now=NOW)
    assert close(load, company.clerk).state == "closed"


def test_an_empty_plan_does_not_leave_and_a_cancelled_one_lets_goods_wait_on(company):
    order, load = sent(company), plan(company)
    with pytest.raises(Refused, match="没有货物"):
        close(load, company.clerk)
    add(load, order, company.clerk)
    delivery.cancel_load(plan=load.pk, clerk=company.clerk, now=NOW)
    assert [left for _goods, left in waiting_at(company.branch)] == [10]
    with pytest.raises(Conflict):
        add(load, order, company.clerk)


@pytest.mark.parametrize("pieces", [0, -1, 11, True])
def test_pieces_that_cannot_be(company, pieces):
    order, load = sent(company), plan(company)
    with pytest.raises(Refused) as refusal:
        add(load, order, company.clerk, pieces=pieces)
    assert refusal.value.field == "pieces"
    with pytest.raises(Refused) as refusal:
        does(order, "depart", company.clerk, "04 20:00:00", vehicle="浙A1", pieces=pieces)
    assert (refusal.value.clause, refusal.value.field) == ("§2.1.2.2", "pieces")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"line": " "}, "line"), ({"vehicle": ""}, "vehicle"), ({"vehicle": "x" * 13}, "vehicle"), ({"most_kg": Decimal(0)}, "most_kg"),
        ({"most_kg": Decimal("NaN")}, "most_kg"), ({"most_m3": Decimal("1.001")}, "most_m3"), ({"most_m3": Decimal(1001)}, "most_m3"),
    ],
)  # fmt: skip
def test_a_vehicle_that_cannot_be(company, wrong, field):
    good = {"line": "杭州—上海", "vehicle": "浙A1", "most_kg": Decimal(1000), "most_m3": Decimal(4)}
    with pytest.raises(Refused) as refusal:
        delivery.open_load(clerk=company.clerk, now=NOW, **good | wrong)
    assert refusal.value.field == field


def test_two_vehicles_share_a_shipment_and_it_arrives_when_all_of_it_has_left(company):
    order, one, two = sent(company), plan(company), plan(company, vehicle="浙A2")
    add(one, order, company.clerk, pieces=4)
    with pytest.raises(Refused, match="可配载 6 件"):
        add(two, order, company.clerk, pieces=7)
    add(two, order, company.clerk)
    close(one, company.clerk)
    goods = shipment(order)
    assert (goods.state, goods.left_behind, goods.place) == ("in_transit", 6, company.branch)
    for verb in ("arrive", "arrive_hub"):
        with pytest.raises(Refused, match="尚未发车") as refusal:
            does(order, verb, company.second_clerk, "04 23:00:00")
        assert refusal.value.clause == "§2.1.2.2"
    close(two, company.clerk, "05 06:00:00")
    goods = shipment(order)
    assert (goods.state, goods.left_behind, goods.place, goods.vehicle) == ("in_transit", 0, None, "浙A2")
    assert goods.departed_at == sh("04 20:00:00")
    assert does(order, "arrive", company.second_clerk, "05 11:00:00").state == "arrived"


def test_a_key_customers_goods_are_not_split_without_the_origins_consent(company):
    """§2.1.2.2: on every path."""
    order = at_hub(company, key_customer=True)
    load = plan(company, company.second_clerk)
    with pytest.raises(Refused) as refusal:
        add(load, order, company.second_clerk, pieces=4)
    assert (refusal.value.clause, refusal.value.field) == ("§2.1.2.2", "pieces")
    with pytest.raises(Refused) as refusal:
        does(order, "depart", company.second_clerk, "04 23:00:00", vehicle="浙A1", pieces=4)
    assert refusal.value.clause == "§2.1.2.2"
    add(load, order, company.second_clerk)
    assert close(load, company.second_clerk, "04 23:00:00").state == "closed"


def test_the_origin_branch_is_asked_and_consents(company):
    order = at_hub(company, key_customer=True)
    ask(order, company.second_clerk)
    assert [(m.unit.code, m.kind) for m in Message.objects.filter(kind="split")] == [("B1", "split")]
    with pytest.raises(Conflict, match="等待答复"):
        ask(order, company.second_clerk)
    with pytest.raises(Shipment.DoesNotExist):
        delivery.answer_split(number=order.number, clerk=company.second_clerk, now=NOW, agreed=True, answer="")
    delivery.answer_split(number=order.number, clerk=company.clerk, now=NOW, agreed=True, answer="可以")
    load = plan(company, company.second_clerk)
    add(load, order, company.second_clerk, pieces=4)
    close(load, company.second_clerk, "04 23:00:00")
    consent = SplitConsent.objects.get()
    assert (consent.given, consent.answered_by, consent.used_at) == (True, company.clerk, sh("04 23:00:00"))
    assert shipment(order).left_behind == 6
    with pytest.raises(Refused):  # a consent is for one split
        does(order, "depart_rest", company.second_clerk, "04 23:30:00", vehicle="浙A2", pieces=2)
    assert does(order, "depart_rest", company.second_clerk, "04 23:30:00", vehicle="浙A2").left_behind == 0


def test_the_origin_branch_refuses_with_a_reason(company):
    order = at_hub(company, key_customer=True)
    ask(order, company.second_clerk)
    with pytest.raises(Refused) as refusal:
        delivery.answer_split(number=order.number, clerk=company.clerk, now=NOW, agreed=False, answer=" ")
    assert refusal.value.field == "answer"
    delivery.answer_split(number=order.number, clerk=company.clerk, now=NOW, agreed=False, answer="客户要求整批到")
    with pytest.raises(Refused):
        add(plan(company, company.second_clerk), order, company.second_clerk, pieces=4)
    assert ask(order, company.second_clerk, 5).given is None  # it may be asked anew
    with pytest.raises(Denied):
        delivery.answer_split(number=order.number, clerk=company.driver, now=NOW, agreed=True, answer="")


def test_fewer_pieces_than_consented_to_is_another_split(company):
    order = at_hub(company, key_customer=True)
    ask(order, company.second_clerk, 4)
    delivery.answer_split(number=order.number, clerk=company.clerk, now=NOW, agreed=True, answer="")
    load = plan(company, company.second_clerk)
    with pytest.raises(Refused):
        add(load, order, company.second_clerk, pieces=3)
    assert add(load, order, company.second_clerk, pieces=5).pieces == 5


def test_where_the_origin_loads_itself_its_act_is_the_consent(company):
    order = sent(company, key_customer=True)
    consent = ask(order, company.clerk)
    assert (consent.given, consent.answered_by) == (True, company.clerk)
    assert not Message.objects.filter(kind="split").exists()
    assert add(plan(company), order, company.clerk, pieces=4).pieces == 4


@pytest.mark.parametrize("pieces", [0, 10, 11, True])
def test_a_split_leaves_something_for_both_vehicles(company, pieces):
    order = at_hub(company, key_customer=True)
    with pytest.raises(Refused) as refusal:
        ask(order, company.second_clerk, pieces)
    assert refusal.value.field == "pieces"


def test_scope(company):
    load, order = plan(company), sent(company)
    for act in (lambda: add(load, order, company.third_clerk), lambda: close(load, company.third_clerk)):
        with pytest.raises(LoadPlan.DoesNotExist):
            act()
    with pytest.raises(Conflict, match="不在本处"):
        add(plan(company), departed(company), company.clerk)
    with pytest.raises(Denied):
        plan(company, company.driver)
