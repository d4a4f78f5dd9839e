"""Rows written in one statement come back as they went, on both databases; several inserts go out in one round trip."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from core.models import Entry
from core.rows import give_keys, insert, together, write_back
from sla.models import Deadline, Heartbeat

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 4, 1, 2, 3, 456789, tzinfo=UTC)


def entry(place: int, **changes: object) -> Entry:
    values = {"name": "order_note_added", "subject": f"order/{place}", "occurred_at": AT, "recorded_at": AT, "actor_kind": "system"}
    return Entry(**values | changes)


def test_inserted_rows_have_the_keys_of_their_own_places():
    rows = insert([entry(place) for place in range(300)])
    stored = dict(Entry.objects.values_list("pk", "subject"))
    assert {row.pk: row.subject for row in rows} == stored
    assert not any(row._state.adding for row in rows)


def test_every_kind_of_value_survives():
    data = {"words": "备注 ' \" \\ %s {}", "list": [1, None, True], "nested": {"id": str(uuid4()), "none": None}}
    (row,) = insert([entry(1, also=["deadline/1", "pickup/2"], seq=7, order_number="E1", data=data)])
    stored = Entry.objects.get()
    assert (stored.also, stored.seq, stored.order_number, stored.data) == (["deadline/1", "pickup/2"], 7, "E1", data)
    assert (stored.occurred_at, stored.request_id) == (AT, "")
    assert Entry.objects.filter(data__nested__none=None, seq=7).exists()
    assert insert([entry(2)])[0].pk == row.pk + 1
    assert Entry.objects.get(subject="order/2").seq is None


def test_nothing_to_write_sends_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert insert([]) == []
        write_back([], "state")


def test_written_back_rows_change_in_the_named_columns_alone(django_assert_num_queries):
    later = datetime(2026, 11, 4, 2, tzinfo=UTC)
    rows = [Heartbeat.objects.create(name=f"beat-{n}", at=AT, handled=n) for n in range(3)]
    for row in rows[:2]:
        row.at, row.handled = later, 99
    with django_assert_num_queries(1):
        write_back(rows[:2], "at")
    assert list(Heartbeat.objects.order_by("name").values_list("at", "handled")) == [(later, 0), (later, 1), (AT, 2)]


def keys_for(count: int) -> list[int]:
    rows = [entry(place) for place in range(count)]
    give_keys(rows)
    return [row.pk for row in rows]


def test_keys_are_handed_out_once_and_grow():
    keys = [*keys_for(3), *keys_for(50), *keys_for(1)]
    assert len(keys) == 54
    assert keys == sorted(set(keys))


def test_a_key_taken_by_somebody_else_is_not_handed_out():
    insert([entry(1)])
    somebody = entry(2)
    somebody.save(force_insert=True)
    assert somebody.pk not in keys_for(40)


@pytest.mark.django_db(transaction=True)
def test_another_connection_has_keys_of_its_own():
    mine = keys_for(1)
    connections.close_all()
    [stored] = insert([entry(1)])
    assert stored.pk not in mine or connection.vendor == "sqlite"  # one writer: what was not stored is free again


@pytest.mark.postgres
def test_together_is_one_round_trip():
    first, second = entry(1), entry(2)
    give_keys([first, second])
    with CaptureQueriesContext(connection) as queries, together():
        insert([first])
        with together():
            insert([second])
        assert not Entry.objects.exists()
    assert len(queries) == 2  # one of them asked in between
    assert Entry.objects.count() == 2


def store(*batches: list[Entry], then: Exception | None = None) -> None:
    with transaction.atomic(), together():
        for batch in batches:
            insert(batch)
        if then:
            raise then


def test_what_fails_inside_stores_nothing():
    with pytest.raises(LookupError):
        store([entry(1)], then=LookupError())
    store([entry(1)])
    assert Entry.objects.count() == 1


def test_a_constraint_speaks_at_the_end():
    twice = [entry(1, order_number="E1", seq=1)], [entry(2, order_number="E1", seq=1)]
    with pytest.raises(IntegrityError):
        store(*twice)
    assert not Entry.objects.exists()


def test_what_is_written_back_waits_for_the_others_in_its_order(db: None) -> None:
    """A clock is closed before the next one of its kind opens: the order of the statements is kept."""
    fields = {"clause": "§1.2.1.1", "rulebook": "1", "subject": "order/1", "start_entry_id": 1, "started_at": AT}
    (closed,) = insert([Deadline(**fields)])
    with together():
        closed.stopped_at = AT
        write_back([closed], "stopped_at")
        insert([Deadline(**fields)])  # one runs per limit and subject
        assert Deadline.objects.get().stopped_at is None
    assert sorted(clock.stopped_at is None for clock in Deadline.objects.all()) == [False, True]
