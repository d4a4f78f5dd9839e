"""What a customer reads once the goods are on their way: one sentence an event, where they are, money and slip to parties."""

import pytest
import time_machine

from core.models import Entry
from delivery import services as delivery
from delivery.models import Proof
from reports.journey import TOLD
from rulebook.events import On
from rulebook.vocabulary import CODES
from tests.delivery.pictures import photo
from tests.delivery.test_shipments import SIGNED, arrived, departed, does, loaded, sent
from tests.delivery.test_slips import signed
from tests.factories import sh

pytestmark = pytest.mark.django_db
OURS_ALONE = {
    On.SHIPMENT_OPENED, On.SHIPMENT_FOLLOWED_UP, On.SHIPMENT_TO_FORWARD, On.SHIPMENT_NOT_TO_FORWARD, On.SHIPMENT_REMEDIED,
    On.CIRCUMSTANCE_NOTED, On.DEMAND_REPORTED, On.DEMAND_ANSWERED, On.HELPERS_HIRED, On.COST_CHARGED, On.LOAD_OPENED,
    On.LOAD_CLOSED, On.LOAD_CANCELLED, On.SPLIT_ASKED, On.SPLIT_ANSWERED, On.SLIP_CHASED,
    On.BOOKS_DIFFERED, On.PROOF_ADDED, On.FREIGHT_COUNTED, On.FREIGHT_BANKED,
}  # fmt: skip
"""Facts that concern nobody outside: the waybill has told of it, or it is noted and settled among us."""


@pytest.fixture(autouse=True)
def six_november():
    with time_machine.travel(sh("06 09:00:00"), tick=False):
        yield


def page(client, order) -> str:
    return client.get(f"/orders/{order.number}/").content.decode().split("<main")[1]


def test_every_fact_of_goods_money_and_slip_is_told_or_ours_alone():
    names = list(On)
    facts = set(names[names.index(On.SHIPMENT_OPENED) : names.index(On.COMPLAINT_FILED)])
    assert facts - set(TOLD) == OURS_ALONE


def test_money_and_slips_concern_the_parties_alone():
    ours = {name for name in On if name.startswith(("cash_", "slip_"))} - OURS_ALONE
    assert {name for name, row in TOLD.items() if row.parties} == ours | {On.FREIGHT_COLLECTED, On.FREIGHT_TAKEN_BACK}


def test_every_code_is_a_word_of_the_vocabulary():
    assert {row.code for row in TOLD.values() if isinstance(row.code, str)} <= set(CODES)


def test_the_way_of_the_goods_one_sentence_an_event(client, company):
    order = loaded(company)
    call = {"reason": "nobody_there", "contacted": "consignee", "contact": "约次日下午"}
    does(order, "wait", company.second_clerk, "05 14:00:00")
    does(order, "fail_attempt", company.second_clerk, "05 14:31:00", **call)
    does(order, "reschedule", company.second_clerk, "05 14:40:00", delivery_at="2026-11-07T15:00:00+08:00")
    text = page(client, order)
    for words in (
        "【西湖营业部】货物已发车，运往目的地", "【滨江营业部】货物已到达目的地营业部", "【滨江营业部】第 1 次派送，货物已送出",
        "现场等待最多 30 分钟", "【滨江营业部】本次派送未成功，会与您另约时间（现场无人）",
        "【滨江营业部】已约定送达时间：11月7日 15:00", "货物已到达滨江营业部，等待派送",
    ):  # fmt: skip
        assert words in text, words
    assert "约次日下午" not in text


@pytest.mark.parametrize(
    ("made", "words"),
    [(sent, "已开单，运单号"), (departed, "货物运输途中"), (arrived, "等待派送"), (loaded, "货物派送中")],
)
def test_the_headline_says_where_they_are(client, company, made, words):
    assert words in page(client, made(company)).split("</h2>")[0]


def test_signed_is_the_end(client, company):
    order = loaded(company)
    assert "hx-trigger" in page(client, order)
    does(order, "sign", company.second_clerk, "05 15:00:00", **SIGNED)
    text = page(client, order)
    assert "货物已签收" in text
    assert "已签收，共 10 件" in text
    assert "hx-trigger" not in text
    assert "李四" not in text
    client.post(f"/orders/{order.number}/unlock/", {"tail": "8000"})
    assert "李四 · 本人" in page(client, order)


def test_money_is_told_to_parties_only(client, company):
    order = loaded(company, cod="1200.00")
    delivery.collect(
        number=order.number, clerk=company.second_clerk, amount=order.cod_amount, means="cash", now=sh("05 14:00:00")
    )
    assert "已收款" not in page(client, order)
    assert "1200" not in page(client, order)
    client.post(f"/orders/{order.number}/unlock/", {"tail": "8000"})
    assert "¥1200.00 · 已收款" in page(client, order)
    assert "已收到代收货款 ¥1200.00" in page(client, order)
    way = page(client, order).split('class="hall-money"')[1].split("</ol>")[0]
    assert [word in way for word in ("已收款 <time", "已清点 –", "已存行 –", "银行已确认 –", "最迟 2026-11-08")] == [True] * 5


def test_the_slip_is_told_to_parties_only(client, company):
    order = signed(company)
    assert "待返回" not in page(client, order)
    client.post(f"/orders/{order.number}/unlock/", {"tail": "8000"})
    assert "待返回" in page(client, order)
    assert Entry.objects.of_order(order.number).filter(name="shipment_signed").exists()


def test_what_proves_the_hand_over_is_shown_to_parties_only(client, company):
    """§4.3.2.8: with the last four digits; nobody else learns that there is a picture."""
    order = loaded(company)
    doorman = {"signer": "王五", "relation": "doorman", "pictures": [photo()]}
    does(order, "sign", company.second_clerk, "05 15:00:00", **doorman)
    url = f"/orders/{order.number}/proofs/{Proof.objects.get().key}/"
    assert client.get(url).status_code == 404
    assert "签收凭证" not in page(client, order)
    client.post(f"/orders/{order.number}/unlock/", {"tail": "9000"})
    assert url in page(client, order)
    shown = client.get(url)
    assert (shown.status_code, shown["Content-Type"], shown["X-Content-Type-Options"]) == (200, "image/jpeg", "nosniff")
    assert client.get(f"/orders/{order.number}/proofs/{'0' * 32}/").status_code == 404
    does(order, "take_back", company.second_clerk, "05 15:05:00")
    assert client.get(url).status_code == 404
