"""Edits until billed, every version kept, with a readable difference (§3.4.4)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.models import Entry
from orders import services as orders
from orders.models import Order
from orders.services.draft import draft_of
from rulebook.errors import Conflict, Refused
from tests.factories import CUSTOMER, SHIPPER, Company, placed, sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    return Company()


def change(order: Order, at: str = "04 09:05:00", seen: int = 0, **changes: object) -> Order:
    order = Order.objects.get(pk=order.pk)
    return orders.edit(
        number=order.number, draft=replace(draft_of(order), **changes), by=CUSTOMER, now=sh(at), who="张三", seen=seen
    )


def test_every_version_is_kept_with_what_changed(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    change(order, pieces=12, shipper=replace(SHIPPER, phone="13700137000"))
    order = change(order, "04 09:06:00", pieces=15, weight_kg=Decimal("99.5"))
    newest, oldest = orders.versions(order)
    assert [(d.field, d.before, d.after) for d in newest[1]] == [("pieces", 12, 15), ("weight_kg", "120", "99.5")]
    assert [(d.field, d.before, d.after) for d in oldest[1]] == [
        ("shipper.phone", "13800138000", "13700137000"), ("pieces", 10, 12),
    ]  # fmt: skip
    assert (oldest[0].number, oldest[0].by_kind, oldest[0].at) == (1, "customer", sh("04 09:05:00"))
    assert order.version == 3


def test_an_edit_that_changes_nothing_is_none(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    change(order, weight_kg=Decimal("120.000"))
    assert not order.versions.exists()
    assert not Entry.objects.filter(name="order_edited").exists()


def test_two_editors_do_not_overwrite_each_other(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    change(order, seen=1, pieces=12)
    with pytest.raises(Conflict):
        change(order, seen=1, pieces=13)
    assert Order.objects.get().pieces == 12


def test_the_journal_names_fields_and_never_their_values(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    change(order, shipper=replace(SHIPPER, name="赵六", phone="13700137000"))
    said = Entry.objects.get(name="order_edited")
    assert said.data["changed"] == ["shipper.name", "shipper.phone"]
    assert "赵六" not in str(said.data)
    assert "13700137000" not in str(said.data)


def test_collected_goods_are_no_drop_off(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    Order.objects.filter(pk=order.pk).update(collected_at=sh("04 09:04:00"))
    with pytest.raises(Refused) as said:
        change(order, pickup=False)
    assert said.value.field == "pickup"


def test_an_agreed_time_is_changed_not_emptied(company):
    order = placed(sh("04 09:00:00"), branch=company.branch, appointment=sh("04 12:00:00"))
    with pytest.raises(Refused) as said:
        change(order, appointment=None)
    assert (said.value.clause, said.value.field) == ("§1.3.1.1r", "appointment")
