"""Contract customers: signed, amended, recognised by every door; priority and the special window of their pickups (§2.1, §2.3)."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from core.models import Entry
from customers import services as customers
from customers.models import KeyCustomer, Requirement
from customers.services import Terms
from orders import services as orders
from pickup import services as pickup
from pickup.models import PickupTask
from rulebook.errors import Conflict, Denied, Refused
from rulebook.roles import Role
from tests.clocks import dues, states
from tests.factories import CUSTOMER, SHIPPER, Company, Party, accepted, contract, draft, placed, post, sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    return Company()


def terms(company: Company, **changes: object) -> Terms:
    said = {
        "contract_no": "XM-001", "valid_from": date(2026, 11, 1), "valid_to": date(2026, 11, 30), "tracker": company.officer.number,
    }  # fmt: skip
    return Terms(**{**said, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("at", "key"),
    [
        ("2026-10-31 23:59:59", False),
        ("2026-11-01 00:00:00", True),
        ("2026-11-30 23:59:59.999999", True),  # the last day is included
        ("2026-12-01 00:00:00", False),
    ],
)
def test_an_order_is_a_key_customers_on_the_days_of_the_contract(company, at, key):
    contract(company, valid_to=date(2026, 11, 30))
    order = placed(sh(at), branch=company.branch)
    assert (order.key_account is not None) is key
    said = Entry.objects.filter(order_number=order.number, name="order_submitted").get()
    assert said.data["key_customer"] is key


def test_every_door_recognises_the_bound_phone(company):
    account = contract(company)
    for number, channel in enumerate(("hall", "alibaba", "phone", "kingdee")):
        content = draft(branch_code="B1")
        made = orders.place(content, channel=channel, by=CUSTOMER, now=sh("04 09:00:00"), source="x", external_no=str(number))
        assert made.order.key_account == account


def test_another_phone_is_nobody_and_an_edit_of_the_phone_is_noticed(company):
    account = contract(company)
    stranger = Party(name="王五", phone="13700137000", place="330106", address="文二路 1 号")
    order = placed(sh("04 09:00:00"), branch=company.branch, shipper=stranger)
    assert order.key_account is None
    orders.edit(number=order.number, draft=draft(branch_code="B1"), by=CUSTOMER, now=sh("04 09:01:00"))
    order.refresh_from_db()
    assert order.key_account == account


def test_an_ended_contract_is_none_any_more(company):
    account = contract(company)
    before = placed(sh("04 09:00:00"), branch=company.branch)
    customers.end(pk=account.pk, by=company.officer, now=sh("04 10:00:00"))
    assert before.key_account == account  # what was placed under it stays under it (§0.8)
    assert placed(sh("04 10:00:01"), branch=company.branch).key_account is None
    with pytest.raises(Conflict, match="已终止"):
        customers.write_requirements(pk=account.pk, text="改", by=company.officer, now=sh("04 11:00:00"))


def test_requirements_are_kept_version_by_version(company):
    account = contract(company, wants="送货前一小时致电。")
    customers.write_requirements(pk=account.pk, text="周末不送货。\r\n须带工牌。", by=company.officer, now=sh("02 09:00:00"))
    account.refresh_from_db()
    assert (account.version, account.requirements) == (2, "周末不送货。\n须带工牌。")
    kept = list(Requirement.objects.filter(key_customer=account).order_by("version").values_list("version", "text"))
    assert kept == [(1, "送货前一小时致电。"), (2, "周末不送货。\n须带工牌。")]
    for text, words in ((" ", "请填写"), ("周末不送货。\n须带工牌。", "没有改动"), ("长" * 2001, "最多 2000 个字")):
        with pytest.raises(Refused, match=words):
            customers.write_requirements(pk=account.pk, text=text, by=company.officer, now=sh("03 09:00:00"))
    assert account.written.count() == 2
    assert Entry.objects.filter(subject=account.subject, name="requirements_written").count() == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"contract_no": " "}, "contract_no"),
        ({"valid_to": date(2026, 10, 31)}, "valid_to"),
        ({"tracker": "nobody"}, "tracker"),
        ({"order_times": ("9:30",)}, "order_times"),
        ({"mail_times": ("24:00",)}, "mail_times"),
        ({"order_times": tuple(f"{hour:02}:00" for hour in range(13))}, "order_times"),
    ],
)
def test_a_contract_that_cannot_be_is_refused_whole(company, change, field):
    with pytest.raises(Refused) as refusal:
        customers.sign(
            name="甲", phone="13700137000", branch=company.branch, terms=terms(company, **change), requirements="",
            by=company.officer, now=sh("04 09:00:00"),
        )  # fmt: skip
    assert refusal.value.field == field
    assert not KeyCustomer.objects.exists()


def test_a_branch_clerk_tracks_for_nobody_and_signs_nothing(company):
    with pytest.raises(Refused) as refusal:
        contract(company, tracker=company.clerk.number)
    assert (refusal.value.clause, refusal.value.field) == ("§2.1.5", "tracker")
    with pytest.raises(Denied):
        customers.sign(
            name="甲", phone="13700137000", branch=company.branch, terms=terms(company), requirements="", by=company.clerk,
            now=sh("04 09:00:00"),
        )  # fmt: skip


def test_one_contract_a_customer_and_one_number_a_contract(company):
    account = contract(company)
    with pytest.raises(Refused) as refusal:
        contract(company, contract_no="XM-002")
    assert refusal.value.field == "phone"
    with pytest.raises(Refused) as refusal:
        contract(company, phone="13700137000")
    assert refusal.value.field == "contract_no"
    with pytest.raises(IntegrityError), transaction.atomic():
        KeyCustomer.objects.filter(pk=account.pk).update(valid_to=date(2020, 1, 1))


def test_support_and_another_tracker_may_take_over(company):
    account = contract(company)
    support = post(Role.KEY_ACCOUNTS, company.department)
    customers.amend(
        pk=account.pk, by=support, now=sh("05 09:00:00"),
        terms=terms(company, tracker=support.number, redelivery_fee=True, order_times=("14:00", "09:30", "09:30")),
    )  # fmt: skip
    account.refresh_from_db()
    assert (account.tracker, account.redelivery_fee, account.order_times) == (support, True, ["09:30", "14:00"])
    said = Entry.objects.get(subject=account.subject, name="key_customer_amended")
    assert SHIPPER.phone not in str(said.data)


# The pickup's window (§2.1.1.1).


def collected_by_appointment(company: Company) -> str:
    """A key customer's order with the pickup agreed for 15:00."""
    contract(company)
    order = accepted(
        sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), appointment=sh("04 15:00:00")
    )
    return str(order.number)


@pytest.mark.parametrize(
    ("at", "due", "violations"),
    [
        ("04 14:00:00", "04 18:00:00", 0),  # exactly one hour before: still in the window
        ("04 14:00:00.000001", "04 16:00:00", 1),
    ],
)
@pytest.mark.parametrize("wished", ["customer", "branch"])
def test_a_key_customers_time_moves_until_one_hour_before_it(company, at, due, violations, wished):
    number = collected_by_appointment(company)
    task = pickup.appoint(
        number=number, clerk=company.clerk, appointment=sh("04 17:00:00"), agreed_by=wished, now=sh(at), reason="route"
    )
    running = [row for row in dues(task.order, "§1.3.1.2") if row[0] == "open"]
    assert running == [("open", sh(due))]
    late = Entry.objects.filter(order_number=number, name="pickup_rescheduled_late")
    assert [entry.data["violation"] for entry in late] == ["§2.1.1.1"] * violations


def test_an_ordinary_customer_moves_their_time_as_before(company):
    order = accepted(
        sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), appointment=sh("04 15:00:00")
    )
    pickup.appoint(
        number=order.number, clerk=company.clerk, appointment=sh("04 17:00:00"), agreed_by="customer", now=sh("04 15:30:00")
    )
    assert states(order, "§1.3.1.2") == ["replaced", "open"]


def test_an_edit_in_the_hall_after_the_window_replaces_nothing(company):
    number = collected_by_appointment(company)
    changed = draft(branch_code="B1", appointment=sh("04 17:00:00"))
    order = orders.edit(number=number, draft=changed, by=CUSTOMER, now=sh("04 14:30:00"))
    assert dues(order, "§1.3.1.2") == [("open", sh("04 16:00:00"))]
    assert Entry.objects.get(order_number=number, name="pickup_rescheduled_late").data["violation"] == "§2.1.1.1"


@pytest.mark.parametrize("reason", ["no_vehicle", "no_staff"])
def test_want_of_vehicle_or_staff_is_no_reason_unless_the_customer_agreed(company, reason):
    number = collected_by_appointment(company)
    moved = {
        "number": number, "clerk": company.clerk, "appointment": sh("04 17:00:00"), "agreed_by": "branch", "now": sh("04 10:00:00"),
    }  # fmt: skip
    for said, field in (({"reason": ""}, "reason"), ({"reason": reason}, "agreement"), ({"reason": "bogus"}, "reason")):
        with pytest.raises(Refused) as refusal:
            pickup.appoint(**moved, **said)
        assert refusal.value.field == field
    with pytest.raises(Refused) as refusal:
        pickup.fail(number=number, clerk=company.driver, reason=reason, remark="", now=sh("04 15:10:00"))
    assert (refusal.value.clause, refusal.value.field) == ("§2.1.1.1", "agreement")
    task = pickup.appoint(**moved, reason=reason, agreement="王经理电话同意改到 17 点")
    assert (task.change_reason, task.agreement) == (reason, "王经理电话同意改到 17 点")
    assert Entry.objects.filter(order_number=number, name="pickup_appointed").last().data["reason"] == reason


def test_an_ordinary_pickup_may_fail_for_want_of_a_vehicle(company):
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    pickup.fail(number=order.number, clerk=company.driver, reason="no_vehicle", remark="", now=sh("04 10:00:00"))
    assert PickupTask.objects.get(order=order).state == "failed"
