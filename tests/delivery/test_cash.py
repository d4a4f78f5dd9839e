"""Cash on delivery: exact to the fen, counted by another, paid out after the bank's confirmation (§4.3.3.2)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import Actor, Entry
from delivery import services as delivery
from delivery.models import CashMovement, CashOnDelivery, Shipment
from delivery.services.books import Sums
from orders import services as orders
from orders.models import Order
from pricing.services.values import PlanRow
from rulebook.errors import Conflict, Denied, Refused
from rulebook.roles import Role
from tests.factories import Company, accepted, post, sh
from tests.pricing.prices import live

pytestmark = pytest.mark.django_db

NOON = sh("04 12:00:00")
PRICE = Decimal("1200.00")


@pytest.fixture
def company(db) -> Company:
    company = Company()
    company.finance = post(Role.FINANCE, company.department)
    return company


def billed(company: Company, amount: Decimal = PRICE) -> Order:
    """An order with cash to collect, delivered to the branch and billed."""
    order = accepted(
        sh("04 09:05:00"),
        company.clerk,
        branch=company.branch,
        placed_at=sh("04 09:00:00"),
        cod_amount=amount,
        pickup=False,
    )
    orders.quote(number=order.number, clerk=company.clerk, amount=Decimal("300.00"), words="", now=sh("04 09:06:00"))
    orders.answer_quote(number=order.number, by=Actor("customer", "1"), agreed=True, now=sh("04 09:07:00"))
    orders.issue_waybill(
        number=order.number, clerk=company.clerk, pieces=10, weight_kg=order.weight_kg, volume_m3=order.volume_m3,
        now=sh("04 10:00:00"),
    )  # fmt: skip
    return order


def paid(company: Company, amount: Decimal = PRICE) -> Order:
    order = billed(company, amount)
    delivery.collect(number=order.number, clerk=company.driver, amount=amount, means="cash", now=NOON)
    return order


def cash(order: Order) -> CashOnDelivery:
    return CashOnDelivery.objects.get(order=order)


def movements(order: Order) -> list[tuple[str, str, str, Decimal]]:
    return list(
        CashMovement.objects.filter(cash__order=order).order_by("pk").values_list("kind", "debit", "credit", "amount")
    )


def test_a_waybill_with_cash_to_collect_opens_its_row(company):
    order = billed(company)
    assert (cash(order).state, cash(order).amount) == ("due", PRICE)
    assert delivery.unsettled(order) == cash(order)


def test_the_whole_way_of_the_money(company):
    order = paid(company)
    assert delivery.unsettled(order) is None
    assert (cash(order).collected_by, cash(order).unit, cash(order).pay_by) == (
        company.driver,
        company.branch,
        date(2026, 11, 7),
    )
    delivery.count(numbers=[order.number], clerk=company.clerk, total=PRICE, now=NOON)
    delivery.bank(numbers=[order.number], clerk=company.manager, slip="ICBC-7", now=NOON)
    delivery.confirm_bank(slip="ICBC-7", clerk=company.finance, now=NOON)
    delivery.remit(numbers=[order.number], clerk=company.finance, batch="R1", now=NOON)
    assert cash(order).state == "remitted"
    assert movements(order) == [
        ("collect", "courier", "owed", PRICE),
        ("count", "branch", "courier", PRICE),
        ("bank", "bank", "branch", PRICE),
        ("remit", "owed", "bank", PRICE),
    ]
    assert delivery.books() == Sums(collected=PRICE, remitted=PRICE, outstanding=0, written_off=0)
    told = (
        Entry.objects.filter(order_number=order.number, name__startswith="cash_")
        .order_by("seq")
        .values_list("name", flat=True)
    )
    assert list(told) == ["cash_collected", "cash_counted", "cash_banked", "cash_confirmed_by_bank", "cash_remitted"]


@pytest.mark.parametrize("amount", ["1199.99", "1200.01", "0", "-1200", "NaN", "Infinity"])
def test_another_amount_than_due_is_refused_and_nothing_is_booked(company, amount):
    order = billed(company)
    with pytest.raises(Refused) as refusal:
        delivery.collect(number=order.number, clerk=company.driver, amount=Decimal(amount), means="cash", now=NOON)
    assert (refusal.value.clause, refusal.value.field) == ("§4.3.3.2", "amount")
    assert cash(order).state == "due"
    assert movements(order) == []


@pytest.mark.parametrize(
    "at", [NOON + timedelta(microseconds=1), NOON - timedelta(days=2, microseconds=1)], ids=["future", "too far back"]
)
def test_impossible_times_are_refused(company, at):
    order = billed(company)
    with pytest.raises(Refused, match="两天"):
        delivery.collect(number=order.number, clerk=company.driver, amount=PRICE, means="cash", now=NOON, at=at)


def test_a_phone_that_was_offline_tells_its_own_time(company):
    order = billed(company)
    at = NOON - timedelta(hours=1)
    delivery.collect(number=order.number, clerk=company.driver, amount=PRICE, means="code", now=NOON, at=at)
    fact = Entry.objects.get(order_number=order.number, name="cash_collected")
    assert (fact.occurred_at, fact.recorded_at) == (at, NOON)


def test_paying_twice_is_told_who_was_first(company):
    order = paid(company)
    with pytest.raises(Conflict) as lost:
        delivery.collect(number=order.number, clerk=company.clerk, amount=PRICE, means="cash", now=NOON)
    assert company.driver.name in lost.value.winner


def test_the_collector_does_not_count(company):
    order = billed(company)
    delivery.collect(number=order.number, clerk=company.clerk, amount=PRICE, means="cash", now=NOON)
    with pytest.raises(Refused, match="他人清点"):
        delivery.count(numbers=[order.number], clerk=company.clerk, total=PRICE, now=NOON)
    assert delivery.count(numbers=[order.number], clerk=company.manager, total=PRICE, now=NOON)


def test_a_wrong_total_books_nothing(company):
    one, other = paid(company), paid(company, Decimal("80.50"))
    with pytest.raises(Refused, match=r"相差 -0\.50") as refusal:
        delivery.count(numbers=[one.number, other.number], clerk=company.clerk, total=Decimal("1280.00"), now=NOON)
    assert refusal.value.field == "total"
    assert [cash(one).state, cash(other).state] == ["collected", "collected"]
    assert delivery.count(numbers=[one.number, other.number], clerk=company.clerk, total=Decimal("1280.50"), now=NOON)


def test_no_payout_before_the_bank(company):
    order = paid(company)
    delivery.count(numbers=[order.number], clerk=company.clerk, total=PRICE, now=NOON)
    delivery.bank(numbers=[order.number], clerk=company.clerk, slip="S", now=NOON)
    with pytest.raises(Refused, match="银行尚未确认"):
        delivery.remit(numbers=[order.number], clerk=company.finance, batch="R", now=NOON)
    with pytest.raises(Refused, match="没有待确认"):
        delivery.confirm_bank(slip="", clerk=company.finance, now=NOON)


def test_a_discrepancy_at_the_door_is_settled_and_then_paid(company):
    order = billed(company)
    delivery.raise_discrepancy(
        number=order.number, clerk=company.driver, found=Decimal("1000.00"), remark="客户只带了 1000 元", now=NOON
    )
    assert delivery.unsettled(order).state == "discrepancy"
    with pytest.raises(Conflict):
        delivery.collect(number=order.number, clerk=company.driver, amount=PRICE, means="cash", now=NOON)
    with pytest.raises(Refused, match="尚未收款"):
        delivery.resolve(number=order.number, clerk=company.manager, paid=True, remark="补足", now=NOON)
    delivery.resolve(number=order.number, clerk=company.manager, paid=False, remark="客户已补足，请收款", now=NOON)
    delivery.collect(number=order.number, clerk=company.driver, amount=PRICE, means="cash", now=NOON)
    assert movements(order) == [("collect", "courier", "owed", PRICE)]


def test_money_that_was_not_there_is_booked_back(company):
    order = paid(company)
    delivery.raise_discrepancy(number=order.number, clerk=company.clerk, found=Decimal("0"), remark="未交款", now=NOON)
    delivery.resolve(number=order.number, clerk=company.manager, paid=False, remark="误登，客户未付", now=NOON)
    assert cash(order).state == "due"
    assert movements(order) == [("collect", "courier", "owed", PRICE), ("take_back", "owed", "courier", PRICE)]
    assert delivery.books().outstanding == 0


def test_what_is_lost_is_written_off_by_finance_alone(company):
    order = paid(company)
    delivery.raise_discrepancy(number=order.number, clerk=company.clerk, found=Decimal("0"), remark="被抢", now=NOON)
    with pytest.raises(Denied):
        delivery.write_off(number=order.number, clerk=company.manager, remark="被抢", now=NOON)
    delivery.write_off(number=order.number, clerk=company.finance, remark="已报案，转理赔", now=NOON)
    assert cash(order).state == "written_off"
    assert delivery.books() == Sums(collected=PRICE, remitted=0, outstanding=0, written_off=PRICE)


def test_another_branch_finds_nothing(company):
    order = billed(company)
    with pytest.raises(CashOnDelivery.DoesNotExist):
        delivery.collect(number=order.number, clerk=company.third_clerk, amount=PRICE, means="cash", now=NOON)


def test_who_may(company):
    order = paid(company)
    with pytest.raises(Denied):
        delivery.count(numbers=[order.number], clerk=company.driver, total=PRICE, now=NOON)
    with pytest.raises(Denied):
        delivery.remit(numbers=[order.number], clerk=company.manager, batch="R", now=NOON)


def test_the_delivering_branch_collects_and_counts(company):
    """§4.3.3.2: the consignee pays where the goods arrive, mostly another branch than the one that sent them."""
    order = billed(company)
    with pytest.raises(CashOnDelivery.DoesNotExist):
        delivery.collect(number=order.number, clerk=company.third_clerk, amount=PRICE, means="cash", now=NOON)
    Shipment.objects.filter(order=order).update(terminal=company.third)
    row = delivery.collect(number=order.number, clerk=company.third_clerk, amount=PRICE, means="cash", now=NOON)
    assert (row.state, row.unit) == ("collected", company.third)
    other = post(Role.BRANCH_CLERK, company.third)
    assert delivery.count(numbers=[order.number], clerk=other, total=PRICE, now=NOON)[0].state == "counted"


def test_one_foreign_order_of_several_refuses_all(company):
    order = paid(company)
    with pytest.raises(CashOnDelivery.DoesNotExist):
        delivery.count(numbers=[order.number, "E2611040000000"], clerk=company.clerk, total=PRICE, now=NOON)
    assert cash(order).state == "collected"


def test_no_cash_no_row(company):
    order = billed(company, Decimal("0.00"))
    assert not CashOnDelivery.objects.filter(order=order).exists()
    assert delivery.unsettled(order) is None


@pytest.mark.postgres
def test_a_movement_is_never_changed(company):
    order = paid(company)
    for change in (lambda rows: rows.update(amount=1), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change(CashMovement.objects.filter(cash__order=order))


def test_a_planted_fault_is_found(company):
    order = paid(company)
    assert list(delivery.out_of_balance()) == []
    CashOnDelivery.objects.filter(order=order).update(state="remitted", confirmed_at=NOON)
    assert list(delivery.out_of_balance()) == [cash(order)]


STEPS = ("collect", "short", "count", "resolve_paid", "resolve_owed", "bank", "confirm", "remit", "write_off")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), max_size=12), amount=st.decimals("0.01", "99999.99", places=2))
def test_the_books_balance_after_every_step(company, steps, amount):
    """Against a plain model: what was collected is remitted, written off or still with us, whatever is tried (issue D10)."""
    with transaction.atomic():
        order = billed(company, amount)
        state, booked = "due", False
        for step in steps:
            allowed, after = model(step, state, booked)
            try:
                try_step(company, order, step, amount)
            except (Refused, Conflict):
                assert not allowed, (step, state)
            else:
                assert allowed, (step, state)
                state, booked = after
            assert cash(order).state == state.removesuffix("+")
            found = delivery.books()
            assert found.gap == 0
            held = (
                amount
                if state in ("collected", "counted", "banked", "banked+") or (state == "discrepancy" and booked)
                else 0
            )
            assert found.outstanding == held
            assert list(delivery.faults()) == []
        transaction.set_rollback(True)


def model(step: str, state: str, booked: bool) -> tuple[bool, tuple[str, bool]]:
    """Return whether the step is allowed and what stands afterwards; "banked+" is confirmed by the bank."""
    table = {
        ("collect", "due"): ("collected", True),
        ("short", "due"): ("discrepancy", booked),
        ("short", "collected"): ("discrepancy", booked),
        ("count", "collected"): ("counted", True),
        ("resolve_owed", "discrepancy"): ("due", False),
        ("bank", "counted"): ("banked", True),
        ("confirm", "banked"): ("banked+", True),
        ("remit", "banked+"): ("remitted", True),
        ("write_off", "discrepancy"): ("written_off", booked),
    }
    if booked:
        table["resolve_paid", "discrepancy"] = ("collected", True)
    return (step, state) in table, table.get((step, state), (state, booked))


def try_step(company: Company, order: Order, step: str, amount: Decimal) -> None:
    one = {"number": order.number, "now": NOON}
    some = {"numbers": [order.number], "now": NOON}
    match step:
        case "collect":
            delivery.collect(**one, clerk=company.driver, amount=amount, means="cash")
        case "short":
            delivery.raise_discrepancy(**one, clerk=company.clerk, found=Decimal("0"), remark="差额")
        case "count":
            delivery.count(**some, clerk=company.clerk, total=amount)
        case "resolve_paid" | "resolve_owed":
            delivery.resolve(**one, clerk=company.manager, paid=step == "resolve_paid", remark="已核实")
        case "bank":
            delivery.bank(**some, clerk=company.clerk, slip="S")
        case "confirm":
            delivery.confirm_bank(slip="S", clerk=company.finance, now=NOON)
        case "remit":
            delivery.remit(**some, clerk=company.finance, batch="R")
        case "write_off":
            delivery.write_off(**one, clerk=company.finance, remark="核销")


@pytest.mark.parametrize(("amount", "plan", "pay_by"), [("20000.00", "t3", "2026-11-07"), ("30000.00", "t1", "2026-11-05")])
def test_paid_out_by_the_plan_of_the_tariff_it_was_billed_by(company, amount, plan, pay_by):
    """The slowest plan that takes the amount: three days up to 20,000, one day above (§3.3). Collected on the 4th."""
    plans = [PlanRow(code=code, zh=code, en=code, days=days, most=Decimal(most)) for code, days, most in (("t3", 3, 20000), ("t1", 1, 50000))]
    live(post(Role.PRICE_MANAGEMENT, company.department), plans=plans)
    order = accepted(
        sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), cod_amount=Decimal(amount), pickup=False
    )
    orders.issue_waybill(
        number=order.number, clerk=company.clerk, pieces=10, weight_kg=order.weight_kg, volume_m3=order.volume_m3, now=sh("04 10:00:00")
    )
    delivery.collect(number=order.number, clerk=company.driver, amount=Decimal(amount), means="cash", now=NOON)
    row = cash(order)
    assert (row.plan, row.pay_by) == (plan, date.fromisoformat(pay_by))
