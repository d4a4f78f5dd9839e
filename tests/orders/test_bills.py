"""What becomes of an issued waybill: printed, checked, confirmed, its copy returned, linked, amended (§1.4.3, §3.4.3, §4.3.2.3)."""

import json
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from core.models import Entry
from orders import services as orders
from orders.models import BillLine, Order, Waybill
from orders.services.amending import changes_of
from rulebook.errors import Conflict, Denied, Refused
from rulebook.events import On
from tests.factories import CUSTOMER, Company, sh
from tests.orders.bills import bill, billed, measures, ready

pytestmark = pytest.mark.django_db
NOW = sh("04 11:00:00")


@pytest.fixture
def company(db) -> Company:
    return Company()


def of(waybill: Waybill) -> str:
    return waybill.order.number


# Printing (§3.5).


def test_every_printing_is_counted(company):
    number = of(billed(company))
    prints = [orders.print_waybill(number=number, clerk=company.clerk, paper="labels", now=NOW) for _ in range(2)]
    prints.append(orders.print_waybill(number=number, clerk=company.clerk, paper="waybill", now=NOW))
    assert [(p.paper, p.serial, p.first, p.last) for p in prints] == [("labels", 1, 1, 10), ("labels", 2, 1, 10), ("waybill", 1, 1, 1)]
    facts = Entry.objects.filter(order_number=number, name=On.WAYBILL_PRINTED).order_by("seq")
    assert [fact.data["serial"] for fact in facts] == [1, 2, 1]


@pytest.mark.parametrize(("first", "last"), [(0, 3), (4, 3), (1, 11), (-1, 0)])
def test_labels_only_of_pieces_there_are(company, first, last):
    with pytest.raises(Refused) as said:
        orders.print_waybill(number=of(billed(company)), clerk=company.clerk, paper="labels", now=NOW, first=first, last=last)
    assert said.value.field == "last"


def test_many_labels_are_printed_in_parts(company):
    number = of(bill(company, ready(company, pieces=301), pieces=301))
    with pytest.raises(Refused):
        orders.print_waybill(number=number, clerk=company.clerk, paper="labels", now=NOW)
    orders.print_waybill(number=number, clerk=company.clerk, paper="labels", now=NOW, first=1, last=300)


def test_nothing_is_printed_of_an_unbilled_order(company):
    with pytest.raises(Conflict):
        orders.print_waybill(number=ready(company).number, clerk=company.clerk, paper="waybill", now=NOW)


# Check, telling, confirmation, copy (§4.3.2.3, §3.4.3).


def test_checked_told_and_confirmed(company):
    number = of(billed(company))
    with pytest.raises(Refused) as early:
        orders.answer_bill(number=number, agreed=True, by=CUSTOMER, now=NOW)
    assert early.value.clause == "§4.3.2.3"
    orders.check_bill(number=number, clerk=company.clerk, now=NOW)
    with pytest.raises(Conflict) as twice:
        orders.check_bill(number=number, clerk=company.manager, now=NOW)
    assert (twice.value.winner, twice.value.at) == (f"{company.clerk.name}（{company.clerk.number}）", NOW)
    orders.tell_bill(number=number, clerk=company.clerk, means="phone", now=NOW)
    waybill = orders.answer_bill(
        number=number, agreed=True, by=company.clerk.actor, person=company.clerk, means="phone", now=NOW
    )
    assert (waybill.told_means, waybill.confirmed_means, waybill.confirmed_at) == ("phone", "phone", NOW)
    with pytest.raises(Conflict):
        orders.answer_bill(number=number, agreed=True, by=CUSTOMER, now=NOW)


def test_a_doubt_opens_the_check_anew(company):
    number = of(billed(company))
    orders.check_bill(number=number, clerk=company.clerk, now=NOW)
    with pytest.raises(Refused) as silent:
        orders.answer_bill(number=number, agreed=False, by=CUSTOMER, now=NOW, text=" ")
    assert silent.value.field == "text"
    waybill = orders.answer_bill(number=number, agreed=False, by=CUSTOMER, now=NOW, text="我只发了 9 件")
    assert (waybill.checked_at, waybill.confirmed_at, waybill.dispute) == (None, None, "我只发了 9 件")
    assert "9" not in json.dumps(Entry.objects.get(order_number=number, name=On.BILL_DISPUTED).data.get("text", ""))
    orders.check_bill(number=number, clerk=company.clerk, now=NOW, remark="已与客户说明")


def test_the_copy_is_open_until_recorded(company):
    waybill = billed(company)
    assert list(Waybill.objects.copy_open()) == [waybill]
    orders.return_copy(number=of(waybill), clerk=company.clerk, means="next_pickup", now=NOW)
    assert not Waybill.objects.copy_open().exists()
    with pytest.raises(Conflict):
        orders.return_copy(number=of(waybill), clerk=company.clerk, means="fax", now=NOW)


def test_another_branch_sees_nothing_of_it(company):
    number = of(billed(company))
    for act in (
        lambda: orders.check_bill(number=number, clerk=company.third_clerk, now=NOW),
        lambda: orders.print_waybill(number=number, clerk=company.third_clerk, paper="waybill", now=NOW),
        lambda: orders.return_copy(number=number, clerk=company.third_clerk, means="fax", now=NOW),
    ):
        with pytest.raises(Order.DoesNotExist):
            act()
    assert not Waybill.objects.visible_to(company.third_clerk).exists()


# A waybill made outside (§1.4.3).


def link(company: Company, order: Order, **changes: object) -> Waybill:
    given = {"outside_no": "XB-20261104-7", "reason": "停电，手工开单"} | measures() | changes
    return orders.link_waybill(number=order.number, clerk=company.clerk, now=NOW, **given)


def test_a_waybill_made_outside_is_linked(company):
    order = ready(company)
    waybill = link(company, order, pieces=9)
    assert (waybill.outside_no, waybill.differences) == ("XB-20261104-7", [["pieces", "10", "9"]])
    names = list(Entry.objects.of_order(order.number).values_list("name", flat=True))
    assert names.index(On.WAYBILL_ISSUED) < names.index(On.WAYBILL_LINKED)
    assert order.notes.get(kind="billing").text == "系统外运单号 XB-20261104-7：停电，手工开单"
    assert Order.objects.search("XB-20261104-7").get() == order


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"outside_no": ""}, "outside_no"), ({"outside_no": "运单 7"}, "outside_no"), ({"outside_no": "9" * 33}, "outside_no"), ({"reason": " "}, "reason")],
)
def test_linking_needs_number_and_reason(company, changes, field):
    with pytest.raises(Refused) as said:
        link(company, ready(company), **changes)
    assert (said.value.clause, said.value.field) == ("§1.4.3", field)


def test_one_number_belongs_to_one_order(company):
    link(company, ready(company))
    with pytest.raises(Refused) as said:
        link(company, ready(company))
    assert said.value.field == "outside_no"


# 更改单.


def propose(company: Company, waybill: Waybill, *, reason: str = "客户改址", **changes: object):
    amount = changes.pop("amount", None)
    wanted = {name.replace("__", "."): value for name, value in changes.items()}
    return orders.propose_amendment(
        number=of(waybill), clerk=company.clerk, changes=wanted, reason=reason, amount=amount, now=NOW
    )


def decide(company: Company, waybill: Waybill, approve: bool = True, **more: object):
    return orders.decide_amendment(number=of(waybill), person=company.manager, approve=approve, now=NOW, **more)


def test_an_amendment_counts_once_approved(company):
    waybill = billed(company)
    orders.check_bill(number=of(waybill), clerk=company.clerk, now=NOW)
    asked = propose(company, waybill, pieces=11, consignee__address="漕溪北路 300 号", payer="consignee")
    waybill.refresh_from_db()
    assert (waybill.pieces, waybill.version) == (10, 1)
    assert changes_of(asked) == {
        "pieces": ["10", "11"], "payer": ["shipper", "consignee"],
        "consignee.address": ["漕溪北路 200 号", "漕溪北路 300 号"],
    }  # fmt: skip
    decide(company, waybill)
    waybill.refresh_from_db()
    order = waybill.order
    order.refresh_from_db()
    assert (waybill.pieces, waybill.payer, waybill.version, waybill.checked_at) == (11, "consignee", 2, None)
    assert (order.consignee_address, order.version) == ("漕溪北路 300 号", 2)
    assert (order.pieces, order.payer) == (10, "shipper")  # what was ordered stays what was ordered
    (_version, changed), = orders.versions(order)
    assert [(d.field, d.before) for d in changed] == [("consignee.address", "漕溪北路 200 号")]
    fact = Entry.objects.get(order_number=order.number, name=On.WAYBILL_AMENDED)
    assert fact.data["changed"] == ["pieces", "payer", "consignee.address"]
    assert "300" not in json.dumps(fact.data, ensure_ascii=False)


def test_its_cost_is_told_before_and_the_lines_of_each_version_stay(company):
    waybill = billed(company)
    asked = propose(company, waybill, weight_kg=Decimal("150.00"), amount=Decimal("380.50"))
    assert asked.effect == Decimal("60.50")
    decide(company, waybill)
    waybill.refresh_from_db()
    assert waybill.amount == Decimal("380.50")
    assert [(line.version, line.amount) for line in BillLine.objects.order_by("version")] == [
        (1, Decimal("320.00")), (2, Decimal("380.50")),
    ]  # fmt: skip


def test_refused_it_changes_nothing_and_says_why(company):
    waybill = billed(company)
    propose(company, waybill, pieces=11)
    with pytest.raises(Refused) as silent:
        decide(company, waybill, approve=False)
    assert silent.value.field == "decision"
    decide(company, waybill, approve=False, decision="与实物不符")
    waybill.refresh_from_db()
    assert (waybill.pieces, waybill.version) == (10, 1)
    propose(company, waybill, pieces=12)  # another may follow
    assert [a.serial for a in waybill.amendments.order_by("serial")] == [1, 2]


def test_who_asks_does_not_approve_and_a_clerk_never_does(company):
    waybill = billed(company)
    orders.propose_amendment(number=of(waybill), clerk=company.manager, changes={"pieces": 9}, reason="少一件", now=NOW)
    with pytest.raises(Denied):
        decide(company, waybill)
    with pytest.raises(Denied):
        orders.decide_amendment(number=of(waybill), person=company.clerk, approve=True, now=NOW)
    orders.decide_amendment(number=of(waybill), person=company.regional_manager, approve=True, now=NOW)


def test_one_waits_at_a_time(company):
    waybill = billed(company)
    propose(company, waybill, pieces=11)
    with pytest.raises(Conflict) as second:
        propose(company, waybill, pieces=12)
    assert second.value.winner.startswith(company.clerk.name)
    orders.withdraw_amendment(number=of(waybill), clerk=company.clerk, now=NOW)
    propose(company, waybill, pieces=12)
    with pytest.raises(Conflict):
        decide(company, waybill, serial=1)  # that one was read before it was taken back
    decide(company, waybill, serial=2)


def test_a_stale_page_amends_nothing(company):
    waybill = billed(company)
    propose(company, waybill, pieces=11)
    decide(company, waybill)
    with pytest.raises(Conflict):
        orders.propose_amendment(number=of(waybill), clerk=company.clerk, changes={"pieces": 12}, reason="x", now=NOW, seen=1)
    with pytest.raises(Conflict):
        orders.answer_bill(number=of(waybill), agreed=True, by=CUSTOMER, now=NOW, seen=1)


BAD_CHANGES = [
    ({"pieces": 10}, ""), ({"goods": "黄金"}, "goods"),
    ({"pieces": 0}, "pieces"), ({"weight_kg": Decimal("NaN")}, "weight_kg"), ({"consignee__phone": "12"}, "consignee.phone"),
    ({"consignee__name": " "}, "consignee.name"), ({"consignee__place": "999999"}, "consignee.place"),
    ({"delivery": "fly"}, "delivery"), ({"pieces": 11, "amount": Decimal("NaN")}, "amount"),
    ({"pieces": 11, "amount": Decimal(0)}, "amount"), ({"pieces": 11, "amount": Decimal("1.001")}, "amount"),
    ({"payer": "from_cod"}, "payer"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "field"), BAD_CHANGES)
def test_what_cannot_be_amended(company, changes, field):
    waybill = billed(company)
    with pytest.raises(Refused) as said:
        propose(company, waybill, **changes)
    assert (said.value.clause, said.value.field) == ("§1.4.3", field)
    assert not waybill.amendments.exists()


@pytest.mark.postgres
def test_price_lines_are_append_only_at_the_database(company):
    billed(company)
    with pytest.raises(DatabaseError), transaction.atomic():
        BillLine.objects.update(amount=1)
