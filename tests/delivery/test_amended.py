"""An approved amendment (更改单, §1.4.3) reaches goods, slip and money while it still can; later it is refused with its words."""

from decimal import Decimal

import pytest

from core.models import Entry
from delivery import services as delivery
from delivery.models import CashMovement, CashOnDelivery, Shipment, SignSlip
from orders import services as orders
from orders.models import Amendment, Order, Waybill
from rulebook.errors import Refused
from rulebook.events import On
from tests.clocks import dues, states
from tests.delivery.test_shipments import SIGNED, arrived, departed, does, loaded, sent
from tests.factories import Company, sh

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def company(db) -> Company:
    return Company()


def ask(company: Company, order: Order, at: str = "05 13:30:00", **changes: object) -> Amendment:
    wanted = {name.replace("__", "."): value for name, value in changes.items()}
    return orders.propose_amendment(number=order.number, clerk=company.clerk, changes=wanted, reason="客户要求", now=sh(at))


def amend(company: Company, order: Order, at: str = "05 13:30:00", **changes: object) -> Shipment:
    ask(company, order, at, **changes)
    orders.decide_amendment(number=order.number, person=company.manager, approve=True, now=sh(at))
    return Shipment.objects.get(order=order)


def cash(order: Order) -> CashOnDelivery:
    return CashOnDelivery.objects.get(order=order)


def facts(order: Order, name: On) -> list[dict[str, object]]:
    return [entry.data for entry in Entry.objects.filter(order_number=order.number, name=name).order_by("seq")]


def test_the_pieces_amended_are_the_pieces_to_sign_for(company):
    order = loaded(company)
    assert amend(company, order, pieces=9).pieces == 9
    with pytest.raises(Refused) as said:
        does(order, "sign", company.second_clerk, "05 15:00:00", pieces=10, **SIGNED)
    assert said.value.field == "pieces"
    does(order, "sign", company.second_clerk, "05 15:00:00", pieces=9, **SIGNED)


def test_nothing_reaches_the_goods_before_it_is_approved(company):
    order = arrived(company, cod="500.00")
    ask(company, order, pieces=9, cod_amount=D("400.00"))
    assert Shipment.objects.get(order=order).pieces == 10
    assert cash(order).amount == D("500.00")
    orders.decide_amendment(number=order.number, person=company.manager, approve=False, decision="不符", now=sh("05 14:00:00"))
    assert (Shipment.objects.get(order=order).pieces, cash(order).amount) == (10, D("500.00"))


def test_fetched_instead_of_delivered_voids_the_delivery_limit(company):
    """§1.3.3.1: arrived at 11:00, due at 20:30."""
    order = arrived(company)
    Order.objects.filter(pk=order.pk).update(delivery="door")
    goods = amend(company, order, delivery="self_pickup")
    assert (goods.door, states(order, "§1.3.3.1"), states(order, "§1.3.3.1e")) == (False, ["void"], ["void"])
    does(order, "offer_for_pickup", company.second_clerk, "05 14:00:00")


def test_delivered_instead_of_fetched_starts_it(company):
    """Wanted at 13:30, after 12:00: by noon of the next day; the goods had been offered for pickup."""
    order = arrived(company, door=False)
    does(order, "offer_for_pickup", company.second_clerk, "05 13:00:00")
    with pytest.raises(Refused) as said:
        does(order, "load_for_delivery", company.second_clerk, "05 13:10:00", driver=company.second_clerk.number)
    assert "请先修改送货方式" in said.value.reason
    assert amend(company, order, delivery="upstairs").door is True
    assert dues(order, "§1.3.3.1") == [("open", sh("06 12:00:00"))]
    does(order, "load_for_delivery", company.second_clerk, "05 14:00:00", driver=company.second_clerk.number)


def test_on_the_road_the_limit_follows_at_the_arrival(company):
    order = departed(company, door=False)
    assert amend(company, order, "05 09:00:00", delivery="door").door is True
    assert facts(order, On.DELIVERY_WANTED) == []
    does(order, "arrive", company.second_clerk, "05 11:00:00")
    assert dues(order, "§1.3.3.1") == [("open", sh("05 20:30:00"))]


def test_another_address_before_arrival_is_another_branch_of_delivery(company):
    company.third.place, company.third.serves, company.third.lat, company.third.lng = "330212", ["3302"], 29.82, 121.55
    company.third.save()
    order = departed(company)
    assert amend(company, order, "05 09:00:00", consignee__place="330212").terminal == company.third


def test_after_arrival_goods_do_not_change_branch_by_a_paper(company):
    company.third.place, company.third.serves, company.third.lat, company.third.lng = "330212", ["3302"], 29.82, 121.55
    company.third.save()
    order = arrived(company)
    with pytest.raises(Refused) as said:
        ask(company, order, consignee__place="330212")
    assert (said.value.clause, said.value.field) == ("§1.4.3", "consignee.place")
    assert "鄞州营业部" in said.value.reason
    ask(company, order, consignee__address="漕溪北路 300 号")  # the same place: the same branch


@pytest.mark.parametrize(("field", "value"), [("delivery", "self_pickup"), ("consignee__address", "别处 1 号"), ("consignee__phone", "13700137000")])
def test_what_is_on_the_courier_s_vehicle_keeps_its_address(company, field, value):
    order = loaded(company)
    Order.objects.filter(pk=order.pk).update(delivery="door")
    with pytest.raises(Refused) as said:
        ask(company, order, **{field: value})
    assert said.value.reason == "货物正在派送：请先登记派送未成功，再更改收货人或送货方式。"
    assert not Amendment.objects.exists()


def test_signed_goods_change_by_their_bill_alone(company):
    order = loaded(company)
    does(order, "sign", company.second_clerk, "05 15:00:00", **SIGNED)
    for changes in ({"pieces": 9}, {"delivery": "self_pickup"}, {"cod_amount": D(5)}, {"slip_return": "original"}, {"consignee__name": "王五"}):
        Order.objects.filter(pk=order.pk).update(delivery="door")
        with pytest.raises(Refused) as said:
            ask(company, order, "05 16:00:00", **changes)
        assert said.value.clause == "§1.4.3"
        assert "已签收" in said.value.reason
    amend(company, order, "05 16:00:00", weight_kg=D("130.00"))
    assert Waybill.objects.get(order=order).weight_kg == D("130.00")


# The cash to collect (§4.3.3.2).


def test_cash_that_is_due_is_due_in_its_new_amount(company):
    order = loaded(company, cod="500.00")
    amend(company, order, cod_amount=D("480.50"))
    assert (cash(order).state, cash(order).amount) == ("due", D("480.50"))
    assert Order.objects.get(pk=order.pk).cod_amount == D("480.50")
    assert facts(order, On.CASH_CHANGED) == [{"before": "500.00", "amount": "480.50"}]
    with pytest.raises(Refused):
        delivery.collect(number=order.number, clerk=company.second_clerk, amount=D("500.00"), means="cash", now=sh("05 15:00:00"))
    delivery.collect(number=order.number, clerk=company.second_clerk, amount=D("480.50"), means="cash", now=sh("05 15:00:00"))
    assert CashMovement.objects.get().amount == D("480.50")
    assert not delivery.out_of_balance().exists()


def test_cash_may_be_added_and_dropped(company):
    order = arrived(company)
    amend(company, order, cod_amount=D("100.00"))
    assert (cash(order).state, cash(order).amount) == ("due", D("100.00"))
    amend(company, order, "05 14:00:00", cod_amount=D("0"))
    assert cash(order).state == "void"
    assert len(facts(order, On.CASH_VOIDED)) == 1
    with pytest.raises(Refused) as said:
        ask(company, order, "05 15:00:00", cod_amount=D("100.00"))
    assert said.value.clause == "§4.3.3.2"


def test_cash_that_is_collected_is_not_amended(company):
    order = loaded(company, cod="500.00")
    delivery.collect(number=order.number, clerk=company.second_clerk, amount=D("500.00"), means="cash", now=sh("05 14:00:00"))
    with pytest.raises(Refused) as said:
        ask(company, order, "05 15:00:00", cod_amount=D("400.00"))
    assert (said.value.clause, said.value.field) == ("§4.3.3.2", "cod_amount")
    assert said.value.reason == "代收货款已是“已收款”，只有待收款时才能更改金额。"


def test_cash_collected_while_the_amendment_waited_stops_its_approval(company):
    order = loaded(company, cod="500.00")
    ask(company, order, cod_amount=D("400.00"), pieces=9)
    delivery.collect(number=order.number, clerk=company.second_clerk, amount=D("500.00"), means="cash", now=sh("05 14:00:00"))
    with pytest.raises(Refused):
        orders.decide_amendment(number=order.number, person=company.manager, approve=True, now=sh("05 15:00:00"))
    assert Amendment.objects.get().state == "proposed"  # nothing half done
    assert (Shipment.objects.get().pieces, Waybill.objects.get().pieces, cash(order).amount) == (10, 10, D("500.00"))


@pytest.mark.parametrize("amount", ["NaN", "-1", "1.001", "10000000.00", "Infinity"])
def test_cash_that_cannot_be(company, amount):
    order = sent(company, cod="500.00")
    with pytest.raises(Refused) as said:
        ask(company, order, cod_amount=D(amount))
    assert (said.value.clause, said.value.field) == ("§4.3.3.2", "cod_amount")


def test_the_freight_is_taken_from_cash_only_while_there_is_some(company):
    order = sent(company, cod="500.00")
    amend(company, order, "04 11:00:00", payer="from_cod")
    with pytest.raises(Refused) as said:
        ask(company, order, "04 12:00:00", cod_amount=D(0))
    assert said.value.field == "payer"


# The sign slip (§2.1.3.5).


def test_a_slip_may_be_wanted_later_and_called_off(company):
    order = arrived(company)
    amend(company, order, slip_return="original")
    assert SignSlip.objects.get(shipment__order=order).state == "expected"
    amend(company, order, "05 14:00:00", slip_return="none")
    assert SignSlip.objects.get(shipment__order=order).state == "closed"
    with pytest.raises(Refused) as said:
        ask(company, order, "05 15:00:00", slip_return="original")
    assert said.value.clause == "§2.1.3.5"


def test_the_pieces_of_a_split_wait_for_the_rest(company):
    """§2.1.2.2"""
    order = sent(company)
    does(order, "depart", company.clerk, "04 20:00:00", vehicle="浙A1", pieces=4)
    with pytest.raises(Refused, match="余件") as refusal:
        ask(company, order, "04 21:00:00", pieces=3)
    assert (refusal.value.clause, refusal.value.field) == ("§2.1.2.2", "pieces")
