"""Each sum ties out over a small true history, and turns red, it alone, on a planted fault."""

from contextlib import nullcontext
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from core.models import Entry
from delivery import services as delivery
from delivery.models import CashOnDelivery, Scan, Shipment
from desk.demo import simulation
from orders.models import Order, Waybill
from penalties.models import Penalty
from reports.ties import ties
from sla.models import Step
from sla.services import tick
from tests.delivery.test_cash import billed
from tests.factories import Company, placed, sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    """One order billed, hauled, paid for and signed; another cancelled by nobody, overdue since 09:10."""
    company = Company()
    order = billed(company, Decimal("300.00"))
    Shipment.objects.filter(order=order).update(door=True, terminal=company.second)
    said = {"number": order.number, "clerk": company.second_clerk}
    delivery.act(number=order.number, verb="depart", clerk=company.clerk, now=sh("04 20:00:00"), vehicle="浙A1")
    delivery.act(**said, verb="arrive", now=sh("05 08:00:00"))
    delivery.act(**said, verb="load_for_delivery", now=sh("05 09:00:00"), driver=company.second_clerk.number)
    delivery.collect(**said, amount=Decimal("300.00"), means="cash", now=sh("05 10:00:00"))
    delivery.act(**said, verb="sign", now=sh("05 10:01:00"), signer="李四", relation="self")
    placed(sh("05 10:00:00"), branch=company.branch, pickup=False)
    tick(now=sh("05 12:00:00"))
    return order


def torn() -> dict[str, str]:
    return {tie.name: tie.faults[0] for tie in ties() if not tie.holds}


def test_a_true_history_ties_out(order):
    said = {tie.name: tie.says for tie in ties()}
    assert torn() == {}
    assert said["订单"] == "下单 2 = 已开单 1 + 已取消 0 + 未结 1"
    assert said["件数"] == "开单 10 件 = 签收 10 + 签收时缺少 0 + 退回 0 + 丢失 0 + 在途 0"
    assert said["代收货款"] == "已收 300.00 元 = 已汇付 0.00 + 在手 300.00 + 已核销 0.00（另有 0 票待收）"
    assert said["扫描"] == "4 条扫描逐条相接，止于货物现状"
    assert said["罚款账"] == "处罚 0.00 元 = 已扣 0.00 + 未扣 0.00"
    assert said["超时处罚"] == "应罚的超时 2 个时点，处罚 2 笔"
    assert said["超时公布"] == f"超时 {Step.objects.filter(state='breached').count()} 个时点，各公布一次"


def lose_an_order(order: Order) -> None:
    Order.objects.exclude(pk=order.pk).update(state="returned_to_nowhere")


def lose_pieces(order: Order) -> None:
    Shipment.objects.update(pieces_signed=9)


def lose_money(order: Order) -> None:
    CashOnDelivery.objects.update(state="remitted", confirmed_at=sh("06 09:00:00"))


def announce_nothing(order: Order) -> None:
    Step.objects.filter(state="open").update(state="breached")


def skip_a_state(order: Order) -> None:
    Shipment.objects.update(state="in_transit", pieces_signed=None)


@pytest.mark.parametrize(
    ("fault", "name", "words"),
    [
        (lose_an_order, "订单", "下单事实与已开单、已取消、未结之和不符：2 与 1"),
        (lose_pieces, "件数", "签收事实与签收件数不符：10 与 9"),
        (lose_money, "代收货款", "相差"),
    ],
)
def test_a_planted_fault_is_told_by_its_own_tie(order, fault, name, words):
    fault(order)
    assert list(torn()) == [name]
    assert words in torn()[name]


def test_a_breach_nobody_announced_is_told_and_has_no_fine(order):
    """The second order's ten and fifteen minutes are fined; a third one's are breached behind everybody's back."""
    placed(sh("05 13:00:00"), branch=order.branch, pickup=False)
    announce_nothing(order)
    assert list(torn()) == ["超时公布", "超时处罚"]
    assert "已超时而未公布" in torn()["超时公布"]
    assert "应有 1 笔处罚，实有 0 笔" in torn()["超时处罚"]


def test_a_fine_the_ledger_does_not_know_is_told(order):
    Penalty.objects.filter(clause="§1.7.2.1").update(amount=Decimal("50.00"), state="assessed", assessed_at=sh("05 14:00:00"))
    assert list(torn()) == ["罚款账"]
    assert "处罚合计与账簿不符：50" in torn()["罚款账"]


def test_a_state_nobody_scanned_is_told(order):
    skip_a_state(order)
    assert torn()["扫描"] == f"订单 {order.number} 的扫描止于“signed”，货物却为“in_transit”"


def test_a_scan_out_of_turn_and_a_gap_in_the_journal_are_told(order):
    again = Scan.objects.get(verb="depart")
    again.pk, again.source, again.turn = None, "again", 99
    again.save(force_insert=True)
    Entry.objects.create(
        name="x", subject=order.subject, order_number=order.number, seq=99, occurred_at=sh("06 09:00:00"),
        recorded_at=sh("06 09:00:00"), actor_kind="system",
    )  # fmt: skip
    assert torn() == {
        "扫描": f"订单 {order.number} 的“depart”不能接在“signed”之后",
        "日志": f"{order.number} 的日志编号不连续",
    }


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_simulate_fails_in_plain_words_where_a_sum_does_not_tie_out(monkeypatch):
    """A piece is written onto a bill behind everybody's back, just before the sums are drawn."""
    monkeypatch.setattr("desk.management.commands.simulate.scratch_database", nullcontext)

    def after_a_fraud():
        first = Waybill.objects.order_by("pk")[:1].values("pk")
        Waybill.objects.filter(pk__in=first).update(pieces=F("pieces") + 1)
        return ties()

    monkeypatch.setattr(simulation, "ties", after_a_fraud)
    out = StringIO()
    with pytest.raises(CommandError, match="总数对不上。件数：运单件数与货物件数不符"):
        call_command("simulate", orders=12, days=1, day=date(2026, 11, 4), stdout=out, stderr=StringIO())
    assert "✓ 订单" in out.getvalue()
    assert "✗ 件数" in out.getvalue()
