"""The sign slip: who has it, back within three days for key customers, signed again, lost (§2.1.3.5, §2.2.5)."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import Actor, Entry
from delivery import services as delivery
from delivery.models import Shipment, SignSlip
from network.models import Person
from orders import services as orders
from orders.models import Order
from rulebook.errors import Conflict, Denied, Refused
from rulebook.roles import Role
from sla.services import tick
from tests.clocks import dues, states
from tests.delivery.test_shipments import SIGNED, does, shipment
from tests.factories import Company, accepted, contract, post, sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    company = Company()
    company.slips = post(Role.SLIP_CLERK, company.branch)
    return company


def key_customer(company: Company) -> None:
    """The shipper of every order here is a contract customer (§4.1)."""
    contract(company)


def billed(company: Company, slip: str = "original") -> Order:
    order = accepted(
        sh("04 09:05:00"),
        company.clerk,
        branch=company.branch,
        placed_at=sh("04 09:00:00"),
        slip_return=slip,
        pickup=False,
    )
    orders.quote(number=order.number, clerk=company.clerk, amount=100, words="", now=sh("04 09:06:00"))
    orders.answer_quote(number=order.number, by=Actor("customer", "1"), agreed=True, now=sh("04 09:07:00"))
    orders.issue_waybill(
        number=order.number, clerk=company.clerk, pieces=10, weight_kg=order.weight_kg, volume_m3=order.volume_m3,
        now=sh("04 10:00:00"),
    )  # fmt: skip
    Shipment.objects.filter(order=order).update(door=True, terminal=company.second)
    return order


def at_the_door(company: Company, slip: str = "original") -> Order:
    order = billed(company, slip)
    does(order, "depart", company.clerk, "04 20:00:00", vehicle="浙A1")
    does(order, "arrive", company.second_clerk, "05 11:00:00")
    does(order, "load_for_delivery", company.second_clerk, "05 13:00:00", driver=company.second_clerk.number)
    return order


def signed(company: Company, at: str = "05 15:00:00") -> Order:
    order = at_the_door(company)
    does(order, "sign", company.second_clerk, at, **SIGNED)
    return order


def slip(order: Order) -> SignSlip:
    return SignSlip.objects.get(shipment__order=order)


def say(verb: str, order: Order, clerk: Person, at: str, **values: object) -> SignSlip:
    return getattr(delivery, verb)(number=order.number, clerk=clerk, now=sh(at), **values)


def test_a_slip_the_shipper_wants_back_is_expected_with_the_goods(company):
    paper = slip(billed(company))
    assert (paper.state, paper.unit) == ("expected", company.branch)


def test_no_slip_wanted_no_slip(company):
    order = billed(company, "none")
    assert not SignSlip.objects.exists()
    with pytest.raises(SignSlip.DoesNotExist):
        say("hand_on", order, company.clerk, "05 10:00:00")


def test_back_before_the_signature_is_refused(company):
    """§2.1.3.5"""
    order = at_the_door(company)
    with pytest.raises(Refused, match="尚未签收"):
        say("return_slip", order, company.clerk, "05 14:00:00")
    assert slip(order).state == "expected"


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("05 15:00:00", "09 00:00:00"),  # 24:00 of the 8th, the third day after the 5th (§0.7)
        ("05 23:59:59", "09 00:00:00"),
        ("06 00:00:00", "10 00:00:00"),
    ],
)
def test_a_key_customers_slip_is_due_in_three_days(company, at, due):
    """§2.1.3.5"""
    key_customer(company)
    order = signed(company, at)
    assert dues(order, "§2.1.3.5") == [("open", sh(due))]


@pytest.mark.parametrize(("back", "state"), [("09 00:00:00", "met"), ("09 00:00:00.000001", "breached")])
def test_back_exactly_at_the_limit_is_in_time(company, back, state):
    """§0.2"""
    key_customer(company)
    order = signed(company)
    assert say("return_slip", order, company.clerk, back).returned_at == sh(back)
    assert states(order, "§2.1.3.5") == [state]


def test_another_customers_slip_has_no_limit(company):
    order = signed(company)
    assert states(order, "§2.1.3.5") == []
    assert list(SignSlip.objects.to_chase()) == [slip(order)]


def test_a_slip_signed_again_has_three_days_from_its_rejection(company):
    """§2.2.5"""
    key_customer(company)
    order = signed(company)
    say("return_slip", order, company.clerk, "07 10:00:00")
    say("reject", order, company.slips, "07 11:00:00", remark="未盖章")
    assert dues(order, "§2.2.5") == [("open", sh("11 00:00:00"))]
    tick(now=sh("11 00:00:01"))
    assert states(order, "§2.2.5") == ["breached"]
    assert say("resend", order, company.clerk, "11 09:00:00").state == "returned"


def test_a_lost_slip_ends_its_limit_and_is_settled_in_words(company):
    """§2.2.5"""
    key_customer(company)
    order = signed(company)
    with pytest.raises(Denied):
        say("lose", order, company.clerk, "06 10:00:00", remark="找不到")
    with pytest.raises(Refused, match="查找经过"):
        say("lose", order, company.slips, "06 10:00:00", remark=" ")
    assert say("lose", order, company.slips, "06 10:00:00", remark="车上和仓库均未找到").unit is None
    assert states(order, "§2.1.3.5") == ["void"]
    with pytest.raises(Refused, match="处理结果"):
        say("close", order, company.slips, "07 10:00:00")
    assert say("close", order, company.slips, "07 10:00:00", remark="客户接受电子件").state == "closed"


def test_its_holder_is_known_at_any_time(company):
    order = signed(company)
    say("hand_on", order, company.second_clerk, "05 18:00:00")
    say("hand_on", order, company.third_clerk, "06 08:00:00")
    say("return_slip", order, company.clerk, "06 17:00:00")
    units = [(held.at, held.unit) for held in delivery.chain(slip(order))]
    assert units == [
        (sh("04 10:00:00"), company.branch.pk),
        (sh("05 18:00:00"), company.second.pk),
        (sh("06 08:00:00"), company.third.pk),
        (sh("06 17:00:00"), company.branch.pk),
    ]


def test_a_branch_that_never_had_it_knows_nothing_of_it(company):
    order = signed(company)
    with pytest.raises(SignSlip.DoesNotExist):
        say("return_slip", order, company.third_clerk, "06 08:00:00")
    assert not SignSlip.objects.visible_to(company.third_clerk).exists()


def test_goods_sent_back_unsigned_end_the_slip(company):
    order = at_the_door(company)
    does(order, "refuse", company.second_clerk, "05 15:00:00", reason="not_ordered")
    does(order, "send_back", company.second_clerk, "05 16:00:00", instruction="原车退回", ordered_by="张三", means="phone")
    does(order, "close_return", company.clerk, "07 16:00:00")
    assert slip(order).state == "closed"
    assert Entry.objects.filter(order_number=order.number, name="slip_closed").count() == 1
    assert shipment(order).state == "returned"


TABLE = {
    ("hand_on", "expected"): "expected", ("hand_on", "rejected"): "rejected", ("return_slip", "expected"): "returned",
    ("reject", "returned"): "rejected", ("resend", "rejected"): "returned", ("lose", "expected"): "lost",
    ("lose", "returned"): "lost", ("lose", "rejected"): "lost", ("close", "returned"): "closed", ("close", "lost"): "closed",
}  # fmt: skip
"""The machine of design §3 as a plain table, for signed goods."""


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(sorted({verb for verb, _ in TABLE})), max_size=10))
def test_every_path_of_the_machine_and_no_other(company, steps):
    with transaction.atomic():
        order, state = signed(company), "expected"
        for hour, verb in enumerate(steps):
            values = {"remark": "说明"} if verb in ("reject", "lose", "close") else {}
            try:
                say(verb, order, company.slips, f"06 {hour:02}:00:00", **values)
            except Conflict:
                assert (verb, state) not in TABLE
            else:
                state = TABLE[verb, state]
            assert slip(order).state == state
        transaction.set_rollback(True)


@pytest.mark.parametrize(("back", "state"), [("11 00:00:00", "met"), ("11 00:00:00.000001", "breached")])
def test_signed_again_exactly_at_the_limit_is_in_time(company, back, state):
    """§2.2.5: 3 calendar days after the rejection of the 7th end at 24:00 of the 10th (§0.7)."""
    key_customer(company)
    order = signed(company)
    say("return_slip", order, company.clerk, "07 10:00:00")
    say("reject", order, company.slips, "07 23:59:59", remark="未盖章")
    assert say("receive", order, company.clerk, back).state == "returned"
    assert states(order, "§2.2.5") == [state]


def test_rejected_once_more_it_has_three_new_days(company):
    """§2.2.5"""
    key_customer(company)
    order = signed(company)
    say("return_slip", order, company.clerk, "07 10:00:00")
    say("reject", order, company.slips, "07 11:00:00", remark="未盖章")
    say("receive", order, company.clerk, "08 10:00:00")
    say("reject", order, company.slips, "09 00:00:00", remark="姓名不符")
    assert dues(order, "§2.2.5") == [("met", sh("11 00:00:00")), ("open", sh("13 00:00:00"))]
