"""A coupon takes its worth off one order of its owner (§4.5). Sums typed by hand: 120 kg × 2.24 = 268.80."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connections, transaction

from core.models import Entry
from core.personal import blind
from customers import services as customers
from orders import services as orders
from orders.coupons import Coupon
from orders.models import Order
from orders.services.price import Claim
from orders.services.refunding import refund_if_late
from reports.ties import coupons as coupons_tie
from reports.ties import ties
from rulebook.errors import Refused
from rulebook.roles import Role
from tests.factories import CONSIGNEE, CUSTOMER, SHIPPER, Company, draft, post, reached, sh
from tests.orders.bills import bill
from tests.orders.test_races import in_parallel
from tests.pricing.prices import D, lane, live

pytestmark = pytest.mark.django_db
ELSEWHERE = replace(CONSIGNEE, place="440106")  # no tariff: the branch quotes
OTHER = "13700137000"


@pytest.fixture
def company(db) -> Company:
    return founded()


def founded() -> Company:
    company = Company()
    company.pricer = post(Role.PRICE_MANAGEMENT, company.department)
    return company


def given(
    company: Company, amount: str = "50.00", *, phone: str = SHIPPER.phone, until: str = "2026-11-30", **more: object
) -> Coupon:
    return Coupon.objects.create(
        code=more.pop("code", "ABCDEFGH23"), amount=Decimal(amount), valid_until=date.fromisoformat(until), phone_index=blind(phone),
        apology="非常抱歉", given_by=company.officer, given_at=sh("02 09:00:00"), **more,
    )  # fmt: skip


def place(company: Company, code: str = "ABCDEFGH23", at: str = "04 09:00:00", **changes: object) -> Order:
    content = draft(branch_code=company.branch.code, **{"pickup": False, **changes})
    return orders.place(content, channel="hall", by=CUSTOMER, now=sh(at), claim=Claim(coupon=code)).order


def accepted(company: Company, order: Order) -> Order:
    reached(order, company.clerk, sh("04 09:05:00"))
    return orders.accept(number=order.number, clerk=company.clerk, now=sh("04 09:05:00"))


def lines_of(waybill) -> list[tuple[str, Decimal]]:
    return [(line.code, line.amount) for line in waybill.lines_now()]


def said(order: Order) -> list[str]:
    return list(
        Entry.objects.filter(order_number=order.number, name__startswith="coupon")
        .order_by("seq")
        .values_list("name", flat=True)
    )


def test_it_is_a_line_of_the_price_and_of_the_bill(company):
    live(company.pricer)
    given(company)
    order = place(company, " abcdefgh23 ")
    assert order.price.total == D("218.80")
    assert [(line["code"], line["amount"]) for line in order.price.lines] == [
        ("freight", "268.80"),
        ("coupon", "-50.00"),
    ]
    assert "优惠券 ABCDEFGH23 抵 ¥50.00" in order.price.zh
    waybill = bill(company, accepted(company, order), weight_kg=D("150.00"))  # 150 kg × 2.24 = 336.00
    assert (waybill.amount, lines_of(waybill)) == (D("286.00"), [("freight", D("336.00")), ("coupon", D("-50.00"))])
    assert waybill.lines_now().get(code="coupon").rule == "coupon:ABCDEFGH23"
    assert said(order) == ["coupon_used"]
    assert [tie.faults for tie in ties() if not tie.holds] == []


def test_it_comes_off_what_the_branch_quoted(company):
    given(company)
    order = accepted(company, place(company, consignee=ELSEWHERE))
    orders.quote(
        number=order.number, clerk=company.clerk, amount=Decimal("320.00"), words="一口价", now=sh("04 09:06:00")
    )
    orders.answer_quote(number=order.number, agreed=True, by=CUSTOMER, now=sh("04 09:07:00"))
    waybill = bill(company, order)
    assert (waybill.amount, lines_of(waybill)) == (D("270.00"), [("freight", D("320.00")), ("coupon", D("-50.00"))])


def test_it_never_pays_out(company):
    """The freight is 268.80; of 300.00 the rest lapses."""
    live(company.pricer)
    given(company, "300.00")
    order = place(company)
    assert order.price.total == D("0.00")
    assert "抵 ¥268.80（面值 ¥300.00，余额不退）" in order.price.zh
    assert bill(company, accepted(company, order)).amount == D("0.00")


def test_an_amendment_reckons_it_anew(company):
    """200 kg × 2.24 = 448.00; 448.00 − 50.00 = 398.00."""
    live(company.pricer)
    given(company)
    order = accepted(company, place(company))
    bill(company, order)
    now = sh("04 11:00:00")
    asked = orders.propose_amendment(
        number=order.number, clerk=company.clerk, changes={"weight_kg": D("200.00")}, reason="复称", now=now
    )
    assert (asked.amount_before, asked.amount_after) == (D("218.80"), D("398.00"))
    orders.decide_amendment(number=order.number, person=company.manager, approve=True, now=now)
    order.waybill.refresh_from_db()
    assert lines_of(order.waybill) == [("freight", D("448.00")), ("coupon", D("-50.00"))]
    assert coupons_tie().holds


def test_late_air_gives_back_what_was_paid(company):
    """Freight 268.80, 50.00 of it by coupon: 218.80 goes back (§4.6)."""
    live(company.pricer, lane(product="timed_air"))
    given(company)
    order = accepted(company, place(company, product="timed_air"))
    waybill = bill(company, order)
    late = waybill.promised_at + (sh("05 09:00:00") - sh("04 09:00:00"))
    assert refund_if_late(Order.objects.get(pk=order.pk), there_at=late, now=late).amount == D("218.80")


@pytest.mark.parametrize(
    ("coupon", "code", "at", "words"),
    [
        ({}, "ZZZZZZZZZZ", "04 09:00:00", "没有这张优惠券"),
        ({"phone": OTHER}, "ABCDEFGH23", "04 09:00:00", "没有这张优惠券"),
        ({"until": "2026-11-03"}, "ABCDEFGH23", "04 00:00:00", "已于 2026-11-03 到期"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_stored(company, coupon, code, at, words):
    given(company, **coupon)
    with pytest.raises(Refused, match=words) as refused:
        place(company, code, at)
    assert (refused.value.field, refused.value.clause) == ("coupon", "§4.5")
    assert not Order.objects.exists()


def test_the_last_day_still_counts(company):
    given(company, until="2026-11-04")
    assert place(company, at="04 23:59:59").coupon.code == "ABCDEFGH23"


def test_it_is_used_once_and_the_second_is_told_where(company):
    given(company)
    first = place(company)
    with pytest.raises(Refused, match=f"已用于订单 {first.number}（待受理）"):
        place(company)
    assert Order.objects.count() == 1
    other = place(company, "")
    with pytest.raises(IntegrityError), transaction.atomic():  # not by the service alone
        Order.objects.filter(pk=other.pk).update(coupon=first.coupon)


def test_a_form_sent_twice_is_one_order(company):
    given(company)
    send = {"channel": "hall", "by": CUSTOMER, "now": sh("04 09:00:00"), "source": "hall", "external_no": "T" * 20}
    content = draft(branch_code="B1")
    first = orders.place(content, **send, claim=Claim(coupon="ABCDEFGH23"))
    again = orders.place(content, **send, claim=Claim(coupon="ABCDEFGH23"))
    assert (first.created, again.created, again.order) == (True, False, first.order)


def test_cancelling_gives_it_back(company):
    given(company)
    first = place(company)
    orders.cancel(number=first.number, by=CUSTOMER, reason="not_shipping", text="", now=sh("04 09:30:00"))
    assert said(first) == ["coupon_used", "coupon_given_back"]
    assert place(company, at="04 09:40:00").coupon == Coupon.objects.get()
    assert coupons_tie().holds


def test_declining_the_price_gives_it_back(company):
    given(company)
    order = accepted(company, place(company, consignee=ELSEWHERE))
    orders.quote(
        number=order.number, clerk=company.clerk, amount=Decimal("320.00"), words="一口价", now=sh("04 09:06:00")
    )
    orders.answer_quote(number=order.number, agreed=False, by=CUSTOMER, now=sh("04 09:07:00"))
    order.refresh_from_db()
    assert (order.state, order.coupon) == ("cancelled", None)


def test_an_edit_keeps_it_and_another_shipper_loses_it(company):
    """100 kg × 2.24 = 224.00."""
    live(company.pricer)
    given(company)
    order = place(company)
    same = {"pickup": False, "branch_code": company.branch.code, "weight_kg": D("100.00"), "volume_m3": D("0.500")}
    order = orders.edit(number=order.number, draft=draft(**same), by=CUSTOMER, now=sh("04 09:10:00"))
    assert order.price.total == D("174.00")
    other = draft(**same, shipper=replace(SHIPPER, phone=OTHER))
    order = orders.edit(number=order.number, draft=other, by=CUSTOMER, now=sh("04 09:20:00"))
    assert (order.coupon, order.price.total) == (None, D("224.00"))
    assert said(order) == ["coupon_used", "coupon_given_back"]


def test_the_customers_record_owns_it_too(company):
    record = customers.add(name="示例客户", phone=OTHER, branch=company.branch, verified=True, now=sh("01 09:00:00"))
    given(company, phone="13600136000", customer=record)
    assert place(company, shipper=replace(SHIPPER, phone=OTHER)).coupon is not None


def test_the_tie_notices_what_is_missing(company):
    live(company.pricer)
    given(company)
    bill(company, accepted(company, place(company)))
    tie = coupons_tie()
    assert (tie.holds, tie.says) == (True, "已用优惠券 1 张，已开单 1 张，抵扣 50.00 元")
    Order.objects.update(coupon=None)
    assert not coupons_tie().holds


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_orders_race_for_one_coupon(transactional_db):
    company = founded()
    given(company)

    def order(_n: int) -> object:
        try:
            return place(company)
        except Refused as refused:
            return refused
        finally:
            connections.close_all()

    done = in_parallel(8, order, threads=8)
    assert sum(isinstance(each, Order) for each in done) == 1
    assert all("已用于订单" in str(each) for each in done if isinstance(each, Refused))
    assert Order.objects.exclude(coupon=None).count() == Order.objects.count() == 1
