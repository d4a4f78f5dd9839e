"""Re-measured goods on the waybill: sizes, differences, payer, and figures that cannot be (§1.4.3, issue "Bad input")."""

from decimal import Decimal

import pytest

from orders import services as orders
from orders.models import Waybill
from rulebook.errors import Refused
from rulebook.measures import Parcel
from tests.factories import Company
from tests.orders.bills import bill, billed, measures, ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    return Company()


def size(pieces: int, *lengths: str, weight: str | None = None) -> Parcel:
    length, width, height = (Decimal(each) for each in lengths)
    return Parcel(
        pieces=pieces, length_cm=length, width_cm=width, height_cm=height, weight_kg=Decimal(weight) if weight else None
    )


def test_sizes_give_the_volume_and_are_kept(company):
    sizes = [size(6, "40", "30", "25"), size(4, "100", "60", "50.5")]
    waybill = bill(company, ready(company), volume_m3=None, parcels=sizes)
    assert waybill.volume_m3 == Decimal("1.392")  # 180,000 + 1,212,000 cm³
    assert waybill.differences == [["volume_m3", "0.800", "1.392"]]
    assert waybill.parcels[1] == {"pieces": 4, "length_cm": "100", "width_cm": "60", "height_cm": "50.5", "weight_kg": None}


def test_pieces_weighed_singly_give_the_weight(company):
    sizes = [size(6, "40", "30", "25", weight="12.50"), size(4, "100", "60", "50", weight="20")]
    waybill = bill(company, ready(company), weight_kg=None, volume_m3=None, parcels=sizes)
    assert waybill.weight_kg == Decimal("155.00")


def test_another_payer_is_a_difference(company):
    waybill = billed(company)
    assert (waybill.payer, waybill.differences) == ("shipper", [])
    assert bill(company, ready(company), payer="consignee").differences == [["payer", "shipper", "consignee"]]


def test_the_confirmed_price_becomes_the_only_line(company):
    waybill = billed(company)
    line = waybill.lines_now().get()
    assert (waybill.amount, waybill.price_source, line.amount, line.words_zh) == (
        Decimal("320.00"), "confirmed", Decimal("320.00"), "一口价含送货",
    )  # fmt: skip


BAD = [  # what is sent, the field named, words
    ({"weight_kg": Decimal("NaN")}, "weight_kg", "请填写数字"),
    ({"weight_kg": Decimal("Infinity")}, "weight_kg", "请填写数字"),
    ({"weight_kg": Decimal("0")}, "weight_kg", "须大于 0"),
    ({"weight_kg": Decimal("-1")}, "weight_kg", "须大于 0"),
    ({"weight_kg": Decimal("100000.01")}, "weight_kg", "不能大于"),
    ({"weight_kg": Decimal("1E+40")}, "weight_kg", "不能大于"),
    ({"weight_kg": Decimal("120.001")}, "weight_kg", "最多保留 2 位"),
    ({"weight_kg": Decimal("99000"), "volume_m3": Decimal("1")}, "volume_m3", "23 吨"),
    ({"volume_m3": Decimal("NaN")}, "volume_m3", "请填写数字"),
    ({"volume_m3": Decimal("0")}, "volume_m3", "须大于 0"),
    ({"volume_m3": Decimal("1000.001")}, "volume_m3", "不能大于"),
    ({"volume_m3": Decimal("0.8001")}, "volume_m3", "最多保留 3 位"),
    ({"volume_m3": None}, "volume_m3", "请填写"),
    ({"weight_kg": None}, "weight_kg", "请填写"),
    ({"pieces": 0}, "pieces", "1 到 99999"),
    ({"pieces": -3}, "pieces", "1 到 99999"),
    ({"pieces": 100_000}, "pieces", "1 到 99999"),
    ({"payer": "somebody"}, "payer", "没有这种付款方式"),
    ({"payer": "from_cod"}, "payer", "没有代收货款"),
    ({"parcels": [size(9, "40", "30", "25")], "volume_m3": None}, "parcels", "合计 9 件"),
    ({"parcels": [size(10, "0", "30", "25")], "volume_m3": None}, "parcels", "第 1 行"),
    ({"parcels": [size(10, "NaN", "30", "25")], "volume_m3": None}, "parcels", "第 1 行"),
    ({"parcels": [size(10, "2000.1", "30", "25")], "volume_m3": None}, "parcels", "不能大于"),
    ({"parcels": [size(10, "40.05", "30", "25")], "volume_m3": None}, "parcels", "最多保留 1 位"),
    ({"parcels": [size(10, "40", "30", "25")]}, "volume_m3", "0.300"),
    ({"parcels": [size(10, "40", "30", "25", weight="13")], "volume_m3": None}, "weight_kg", "130"),
]


@pytest.mark.parametrize(("sent", "field", "words"), BAD)
def test_figures_that_cannot_be_are_refused_and_nothing_is_stored(company, sent, field, words):
    order = ready(company)
    with pytest.raises(Refused) as said:
        bill(company, order, **sent)
    assert (said.value.clause, said.value.field) == ("§1.4.3", field)
    assert words in said.value.reason
    order.refresh_from_db()
    assert order.state == "accepted"
    assert not Waybill.objects.exists()


@pytest.mark.parametrize("payer", ["shipper", "consignee", "monthly", "on_slip", "owed"])
def test_every_word_for_who_pays(company, payer):
    assert billed(company, payer=payer).payer == payer


def test_freight_out_of_the_cash_needs_cash(company):
    assert billed(company, payer="from_cod", cod_amount=Decimal("500.00")).payer == "from_cod"


def test_a_preview_stores_nothing(company):
    order = ready(company)
    seen = orders.preview(order, now=order.placed_at, **measures(pieces=11))
    assert seen.differences == [["pieces", "10", "11"]]
    assert seen.charge.total == Decimal("320.00")
    assert not Waybill.objects.exists()
