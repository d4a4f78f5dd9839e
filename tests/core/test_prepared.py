"""Queries compiled once answer as the queryset they were written as."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from core.models import Entry
from core.prepared import SIZES, Prepared
from network.models import Unit
from orders.models import Order
from sla.models import Deadline, Step
from tests.factories import Company, placed, sh

NINE = sh("04 09:00:00")


@pytest.fixture
def company(db: None) -> Company:
    return Company()


def test_it_answers_for_each_value_with_related_rows_and_converted_columns(company: Company) -> None:
    whole = Prepared(lambda number: Order.objects.select_related("branch").filter(number=number))
    first, second = (placed(NINE, branch=branch) for branch in (company.branch, None))
    for order in (first, second, first):
        (found,) = whole.ask(order.number)
        assert {f.attname: getattr(found, f.attname) for f in Order._meta.concrete_fields} == {
            f.attname: getattr(Order.objects.get(pk=order.pk), f.attname) for f in Order._meta.concrete_fields
        }
    assert whole.one(first.number).branch == company.branch
    assert whole.one(second.number).branch is None
    assert whole.one("E0") is None
    assert whole.one(first.number).shipper_phone == first.shipper_phone != ""


def test_what_it_finds_can_be_saved(company: Company) -> None:
    found = Prepared(lambda key: Order.objects.filter(pk=key)).one(placed(NINE, branch=company.branch).pk)
    found.remark = "轻放"
    found.save()
    assert Order.objects.get().remark == "轻放"


def test_lists_of_any_length_are_asked_with_few_queries_compiled(company: Company) -> None:
    orders = [placed(NINE, branch=company.branch) for _each in range(5)]
    several = Prepared(lambda keys: Order.objects.filter(pk__in=keys).order_by("pk"))
    for count in range(1, 6):
        assert several.ask([order.pk for order in orders[:count]]) == orders[:count]
    assert len(several._compiled) == 5  # 1, 2, 3, 4 and, for five, 6
    assert several.ask([]) == []
    assert several.ask([orders[0].pk, *range(10**6, 10**6 + SIZES[-1])]) == orders[:1]  # longer than any that is compiled


def test_uuids_and_lists_beside_each_other(company: Company) -> None:
    order = placed(NINE, branch=company.branch)
    clocks = list(Deadline.objects.all())
    steps = Prepared(lambda clocks: Step.objects.filter(deadline__in=clocks).order_by("at", "pk"))
    assert steps.ask([clock.pk for clock in clocks]) == list(Step.objects.order_by("at", "pk"))
    assert steps.ask([uuid4()]) == []
    either = Prepared(lambda subjects, orders: Deadline.objects.running(subjects, orders))
    assert {clock.pk for clock in either.ask(["nobody/1"], [order.pk])} == {clock.pk for clock in clocks}
    assert {clock.clause for clock in either.ask([f"pickup/{order.pickups.get().pk}"], [0])} >= {"§1.3.1.1"}


def test_a_row_is_locked_inside_a_transaction_only(transactional_db: None) -> None:
    locked = Prepared(lambda code: Unit.objects.select_for_update().filter(code=code))
    Unit.objects.create(code="A", name="甲", kind="company", path="A/")
    locked_already = Prepared(lambda code: Unit.objects.filter(code=code))
    assert locked_already.one("A").name == "甲"
    with pytest.raises(TransactionManagementError):
        locked.one("A")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_first_question_that_fails_spoils_no_later_one() -> None:
    """The statement is there though its first call was refused; a connection opened anew prepares it again."""
    Unit.objects.create(code="A", name="甲", kind="company", path="A/")
    locked = Prepared(lambda code: Unit.objects.select_for_update(nowait=True).filter(code=code))
    with transaction.atomic(), other_connection() as other:
        other.execute("SELECT 1 FROM network_unit WHERE code = 'A' FOR UPDATE")
        with pytest.raises(OperationalError), transaction.atomic():
            locked.one("A")
        other.execute("ROLLBACK")
        assert locked.one("A").name == "甲"
    connection.close()
    with transaction.atomic(), CaptureQueriesContext(connection) as said:
        assert [locked.one("A").name for _twice in range(2)] == ["甲", "甲"]
    assert [query["sql"].startswith(("PREPARE", "EXECUTE")) for query in said][-2:] == [True, True]


@contextmanager
def other_connection() -> Iterator[Any]:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            yield cursor
    finally:
        other.close()


def test_a_value_that_the_query_changes_is_found_out(db: None) -> None:
    """What becomes another value in the SQL would be asked for the first time's value for ever."""
    begins = Prepared(lambda name: Entry.objects.filter(name__startswith=name))
    with pytest.raises(ValueError, match="not found"):
        begins.ask("order_")


@pytest.mark.postgres
@pytest.mark.django_db
def test_behind_a_pooler_nothing_is_prepared_on_a_connection(settings) -> None:
    """A transaction later the same client may have another connection, which knows no name of this one's (DB_PREPARES)."""
    settings.DB_PREPARES = False
    unit = Unit.objects.create(code="HQ", name="总公司", kind="company", path="HQ/")
    by_code: Prepared[Unit] = Prepared(lambda code: Unit.objects.filter(code=code))
    with CaptureQueriesContext(connection) as asked:
        assert by_code.one("HQ") == unit
    assert [query["sql"].split()[0] for query in asked] == ["SELECT"]
