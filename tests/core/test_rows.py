"""Rows written in one statement come back as they went, on both databases."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from core.models import Entry
from core.rows import insert, write_back
from sla.models import Heartbeat

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
