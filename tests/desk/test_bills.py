"""Billing at the desk: the form with its differences and price, the bill's steps, papers whose bars are read, amendments."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from core.models import Entry
from desk.words import SENTENCES
from orders import services as orders
from orders.models import Order, Waybill
from pickup import services as pickup
from tests.desk.code128 import read
from tests.desk.conftest import NOON
from tests.factories import CUSTOMER, Company, accepted

MEASURED = {"pieces": "11", "weight_kg": "130.5", "sizes": "6×40×30×25\n5 x 100 x 60 x 50.5", "volume_m3": "", "payer": "consignee"}


def login(person) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


def ready(company: Company, **changes: object) -> Order:
    content = {"pickup": False, **changes}
    order = accepted(NOON, company.clerk, branch=company.branch, placed_at=NOON, **content)
    orders.quote(number=order.number, clerk=company.clerk, amount=Decimal("320.00"), words="一口价", now=NOON)
    return orders.answer_quote(number=order.number, agreed=True, by=CUSTOMER, now=NOON)


def billed(company: Company, **changes: object) -> Waybill:
    order = ready(company, **changes)
    return orders.issue_waybill(
        number=order.number, clerk=company.clerk, pieces=order.pieces, weight_kg=Decimal(120), volume_m3=Decimal("0.8"), now=NOON
    )


def url(order: Order, rest: str = "bill/") -> str:
    return f"/desk/orders/{order.number}/{rest}"


def step(client: Client, waybill: Waybill, name: str, **given: object):
    return client.post(url(waybill.order, f"bill/{name}/"), given)


def test_differences_and_price_are_shown_before_anything_is_stored(desk: Client, company: Company) -> None:
    order = ready(company)
    html = desk.post(url(order), MEASURED, headers={"HX-Request": "true", "HX-Target": "outcome"}).content.decode()
    assert "<html" not in html
    for words in ("<del>10</del> → <ins>11</ins>", "<del>120.00</del> → <ins>130.50</ins>", "1.695", "<del>现付</del> → <ins>到付</ins>", "¥320.00"):
        assert words in html, words
    assert not Waybill.objects.exists()


def test_the_form_issues_the_waybill(desk: Client, company: Company) -> None:
    order = ready(company)
    assert desk.post(url(order), MEASURED | {"issue": "1"}).status_code == 302
    waybill = Waybill.objects.get()
    assert (waybill.pieces, waybill.weight_kg, waybill.volume_m3, waybill.payer) == (11, Decimal("130.50"), Decimal("1.695"), "consignee")
    page = desk.get(url(order)).content.decode()
    assert waybill.number in page
    assert "5 × 100 × 60 × 50.5 cm" in page


def test_the_volume_as_ordered_gives_way_to_the_sizes(desk: Client, company: Company) -> None:
    """The form is filled with the order's 0.8 m³; another one that contradicts the sizes is a slip and said so."""
    order = ready(company)
    answer = desk.post(url(order), MEASURED | {"volume_m3": "0.9", "issue": "1"})
    assert "1.695 立方米不一致" in answer.content.decode()
    assert desk.post(url(order), MEASURED | {"volume_m3": "0.800", "issue": "1"}).status_code == 302
    assert Waybill.objects.get().volume_m3 == Decimal("1.695")


BAD = [
    ({"weight_kg": "NaN"}, "请填写数字"), ({"weight_kg": "0"}, "不能小于"), ({"weight_kg": "-5"}, "不能小于"),
    ({"weight_kg": "1e9"}, "请核对单位"), ({"weight_kg": "1.234"}, "最多保留 2 位"), ({"weight_kg": ""}, "请填写复核后的重量"),
    ({"pieces": "0"}, "1"), ({"pieces": "1.5"}, "件数须为整数"), ({"sizes": "六件"}, "第 1 行看不懂"),
    ({"sizes": "11×40×30×0"}, "须大于 0"), ({"sizes": "3×40×30×25"}, "合计 3 件"), ({"payer": "gold"}, "没有这个选项"),
    ({"sizes": "", "volume_m3": "0.0001"}, "最多保留 3 位"), ({"weight_kg": "99999", "sizes": "", "volume_m3": "0.5"}, "23 吨"),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "words"), BAD)
def test_figures_that_cannot_be_stay_on_the_form(desk: Client, company: Company, sent: dict[str, str], words: str) -> None:
    order = ready(company)
    answer = desk.post(url(order), MEASURED | sent | {"issue": "1"})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Waybill.objects.exists()


def test_collected_orders_wait_to_be_billed(desk: Client, company: Company) -> None:
    order = ready(company, pickup=True)
    assert order.number not in desk.get("/desk/bills/").content.decode()
    assert "货物接到后才能开单" in desk.get(url(order)).content.decode()
    pickup.collect(number=order.number, clerk=company.driver, pieces=10, packing_ok=True, now=NOON)
    assert url(order) in desk.get("/desk/bills/").content.decode()


def test_every_tab_lists_what_waits_there(desk: Client, company: Company) -> None:
    waybill = billed(company)
    listed = {tab: waybill.number in desk.get(f"/desk/bills/?tab={tab}").content.decode() for tab in ("check", "confirm", "copy", "amend")}
    assert listed == {"check": True, "confirm": False, "copy": True, "amend": False}
    assert waybill.number not in login(company.third_clerk).get("/desk/bills/?tab=check").content.decode()


def test_the_steps_from_check_to_copy(desk: Client, company: Company) -> None:
    waybill = billed(company)
    assert step(desk, waybill, "agreed", means="phone").status_code == 422
    assert step(desk, waybill, "check", remark="").status_code == 302
    assert step(desk, waybill, "check", remark="").status_code == 409
    assert step(desk, waybill, "tell", means="phone").status_code == 302
    assert step(desk, waybill, "doubted", text="").status_code == 400
    assert step(desk, waybill, "doubted", text="件数不对").status_code == 302
    assert "件数不对" in desk.get(url(waybill.order)).content.decode()
    assert step(desk, waybill, "check").status_code == 302
    assert step(desk, waybill, "agreed", means="phone").status_code == 302
    assert step(desk, waybill, "copy", means="fax").status_code == 302
    waybill.refresh_from_db()
    assert (bool(waybill.confirmed_at), waybill.copy_means) == (True, "fax")


def test_a_waybill_made_outside_is_linked_by_the_same_form(desk: Client, company: Company) -> None:
    order = ready(company)
    answer = desk.post(url(order), MEASURED | {"outside_no": "XB88-1", "issue": "1"})
    assert "请说明为什么在系统外开单" in answer.content.decode()
    assert desk.post(url(order), MEASURED | {"outside_no": "XB88-1", "reason": "断网", "issue": "1"}).status_code == 302
    officer = login(company.officer)
    listing = officer.get("/desk/filings/").content.decode()
    assert order.number in listing
    filing = order.filings.get()
    assert "系统外开单，事后关联" in officer.get(f"/desk/filings/{filing.pk}/").content.decode()
    assert officer.post(f"/desk/filings/{filing.pk}/", {"grant": "1", "decision": "属实"}).status_code == 302
    filing.refresh_from_db()
    assert filing.state == "granted"


# Papers.


def barcodes(html: str) -> list[str]:
    return [read(svg) for svg in re.findall(r'<svg class="barcode".*?</svg>', html, re.DOTALL)]


def test_a_label_for_every_piece_with_bars_that_decode(desk: Client, company: Company) -> None:
    waybill = billed(company, pieces=12)
    assert step(desk, waybill, "print-labels", first="1", last="12").status_code == 302
    page = desk.get(url(waybill.order, "papers/labels/")).content.decode()
    assert barcodes(page) == [f"{waybill.number}-{piece:03}/012" for piece in range(1, 13)]
    assert page.count('class="p-label"') == 12
    step(desk, waybill, "print-labels", first="3", last="4")
    page = desk.get(url(waybill.order, "papers/labels/")).content.decode()
    assert barcodes(page) == [f"{waybill.number}-003/012", f"{waybill.number}-004/012"]
    assert [p.serial for p in waybill.prints.order_by("serial")] == [1, 2]


def test_the_customers_copy_is_masked(desk: Client, company: Company) -> None:
    waybill = billed(company)
    assert desk.get(url(waybill.order, "papers/waybill/")).status_code == 302  # never printed: nothing to show
    step(desk, waybill, "print-waybill")
    for paper in ("waybill", "labels"):
        if paper == "labels":
            step(desk, waybill, "print-labels", first="1", last="10")
        html = desk.get(url(waybill.order, f"papers/{paper}/")).content.decode()
        assert waybill.number in barcodes(html)[0]
        assert not re.search(r"1[3-9]\d{9}", html)
        for hidden in ("张三", "李四"):
            assert hidden not in html
    assert login(company.third_clerk).get(url(waybill.order, "papers/waybill/")).status_code == 404
    assert desk.get(url(waybill.order, "papers/all/")).status_code == 404


# 更改单.


def amended(waybill: Waybill, **changes: object) -> dict[str, object]:
    order = waybill.order
    return {
        "pieces": waybill.pieces, "weight_kg": waybill.weight_kg, "volume_m3": waybill.volume_m3, "payer": waybill.payer,
        "consignee_name": order.consignee_name, "consignee_phone": "", "consignee_place": order.consignee_place,
        "consignee_address": order.consignee_address, "delivery": order.delivery, "slip_return": order.slip_return,
        "cod_amount": order.cod_amount, "amount": "", "reason": "客户改址", "seen": waybill.version, **changes,
    }  # fmt: skip


def test_an_amendment_is_reckoned_submitted_and_approved(desk: Client, company: Company) -> None:
    waybill = billed(company)
    sent = amended(waybill, consignee_address="漕溪北路 300 号", pieces=11, amount="350")
    html = desk.post(url(waybill.order, "amend/"), sent | {"preview": "1"}).content.decode()
    assert "费用变动 ¥30.00" in re.sub(r"\s+", " ", html)
    assert not waybill.amendments.exists()
    assert desk.post(url(waybill.order, "amend/"), sent | {"submit": "1"}).status_code == 302
    manager = login(company.manager)
    assert waybill.number in manager.get("/desk/bills/?tab=amend").content.decode()
    assert step(desk, waybill, "approve", serial=1, decision="").status_code == 403
    assert step(manager, waybill, "approve", serial=1, decision="").status_code == 302
    waybill.refresh_from_db()
    assert (waybill.pieces, waybill.amount, waybill.version) == (11, Decimal("350.00"), 2)


def test_an_amendment_of_nothing_is_refused(desk: Client, company: Company) -> None:
    waybill = billed(company)
    answer = desk.post(url(waybill.order, "amend/"), amended(waybill) | {"submit": "1"})
    assert answer.status_code == 422
    assert "没有任何更改" in answer.content.decode()


def test_the_timeline_tells_the_whole_life_of_a_bill(desk: Client, company: Company) -> None:
    waybill = billed(company)
    number = waybill.order.number
    step(desk, waybill, "print-labels", first="1", last="10")
    step(desk, waybill, "check")
    step(desk, waybill, "doubted", text="不对")
    step(desk, waybill, "check")
    step(desk, waybill, "tell", means="sms")
    step(desk, waybill, "agreed", means="phone")
    step(desk, waybill, "copy", means="next_pickup")
    orders.propose_amendment(number=number, clerk=company.clerk, changes={"pieces": 9}, reason="少一件", now=NOON)
    orders.withdraw_amendment(number=number, clerk=company.clerk, now=NOON)
    orders.propose_amendment(number=number, clerk=company.clerk, changes={"pieces": 9}, reason="少一件", now=NOON)
    orders.decide_amendment(number=number, person=company.manager, approve=False, decision="不符", now=NOON)
    orders.propose_amendment(number=number, clerk=company.clerk, changes={"pieces": 9}, reason="少一件", now=NOON)
    orders.decide_amendment(number=number, person=company.manager, approve=True, now=NOON)
    assert set(Entry.objects.of_order(number).values_list("name", flat=True)) - set(SENTENCES) == set()
    html = desk.get(url(waybill.order, "")).content.decode()
    for words in (
        "第 1 次打印货物标签（第 1–10 件）", "将开单信息告知客户：短信", "客户确认开单信息：电话", "运单客户联已交客户：下次接货时交回",
        "更改单 3 已批准：件数，费用变动 0.00 元，现为 320.00 元", "更改单 2 未批准", "撤回更改单 1",
    ):  # fmt: skip
        assert words in html, words
    english = desk.get(url(waybill.order, ""), headers={"Accept-Language": "en"})
    assert english.status_code == 200
