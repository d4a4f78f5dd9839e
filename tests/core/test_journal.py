"""The journal: numbered without gaps, told in the same transaction, never changed (design §3, §6.24)."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from core.effects import after_commit, after_commits, diverted
from core.journal import Fact, publish, request_id
from core.models import SYSTEM, Actor, Entry
from rulebook.events import On
from tests.factories import sh

pytestmark = pytest.mark.django_db

AT = sh("04 09:00:00")


def fact(order: str = "E1", **changes: object) -> Fact:
    return Fact(**{"name": On.ORDER_NOTE_ADDED, "subject": "order/0", "at": AT, "by": SYSTEM, "order": order, **changes})


def numbers(order: str) -> list[int | None]:
    return list(Entry.objects.filter(order_number=order).order_by("pk").values_list("seq", flat=True))


def test_each_order_is_numbered_for_itself():
    publish(fact("E1"), fact("E2"), fact("E1"))
    publish(fact("E1"), fact(""), fact("E2"))
    assert (numbers("E1"), numbers("E2"), numbers("")) == ([1, 2, 3], [1, 2], [None])


def test_what_the_tick_says_takes_no_number():
    publish(fact(), fact(in_sequence=False), fact())
    assert numbers("E1") == [1, None, 2]


def test_a_number_is_given_once():
    publish(fact())
    [said] = Entry.objects.all()
    said.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        said.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_facts_are_stated_inside_the_transaction_that_makes_them_true():
    with pytest.raises(RuntimeError):
        publish(fact())
    assert not Entry.objects.exists()


def test_an_entry_keeps_both_times_the_actor_and_the_request():
    token = request_id.set("req-1")
    try:
        publish(fact(recorded=sh("04 09:30:00"), by=Actor("person", "7", "branch_clerk"), also=("pickup/3",)))
    finally:
        request_id.reset(token)
    said = Entry.objects.get()
    assert (said.occurred_at, said.recorded_at, said.request_id) == (AT, sh("04 09:30:00"), "req-1")
    assert (said.actor, said.subjects) == (Actor("person", "7", "branch_clerk"), ("order/0", "pickup/3"))


@pytest.mark.postgres
@pytest.mark.parametrize("spoil", [lambda: Entry.objects.update(name="x"), lambda: Entry.objects.all().delete()])
def test_the_database_refuses_to_change_or_forget(spoil):
    publish(fact())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        spoil()
    assert Entry.objects.get().name == "order_note_added"


def test_effects_vanish_with_a_rollback(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as waiting:
        with transaction.atomic():
            after_commit("notify.tasks.send", ids=[1])
            transaction.set_rollback(True)
        with transaction.atomic():
            after_commit("notify.tasks.send", ids=[2])
    assert len(waiting) == 1


def test_a_simulation_takes_the_effects_itself():
    with diverted() as effects:
        after_commit("notify.tasks.send", ids=[1])
    assert effects == [("notify.tasks.send", {"ids": [1]})]


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_does_not_fail_saved_work(monkeypatch):
    monkeypatch.setattr("celery.canvas.Signature.apply_async", _refuse)
    with transaction.atomic():
        publish(fact())
        after_commit("notify.tasks.send", ids=[1])
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_keys_of_one_moment_are_queued_as_one_task(monkeypatch):
    queued: list[dict[str, object]] = []
    monkeypatch.setattr("celery.canvas.Signature.apply_async", lambda self, **_options: queued.append(dict(self.kwargs)))
    for key in (1, 2, 3):
        with transaction.atomic():
            after_commits("notify.tasks.send", [key])
    _let_the_moment_pass()
    assert queued == [{"ids": [1, 2, 3]}]


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_is_forgotten_the_next_moment(monkeypatch):
    monkeypatch.setattr("celery.canvas.Signature.apply_async", _refuse)
    after_commits("notify.tasks.send", [1])
    _let_the_moment_pass()
    monkeypatch.undo()
    queued: list[dict[str, object]] = []
    monkeypatch.setattr("celery.canvas.Signature.apply_async", lambda self, **_options: queued.append(dict(self.kwargs)))
    after_commits("notify.tasks.send", [2])
    _let_the_moment_pass()
    assert queued == [{"ids": [2]}]


def _let_the_moment_pass() -> None:
    for timer in threading.enumerate():
        if isinstance(timer, threading.Timer):
            timer.join()


def _refuse(*_args: object, **_options: object) -> None:
    raise ConnectionError("broker away")


@pytest.mark.django_db(transaction=True)
def test_news_changes_with_a_fact_whose_key_is_lower_than_the_last():
    """Connections hold blocks of keys: a later fact may have a lower key, and is news all the same."""
    now = datetime(2026, 11, 4, 2, 3, tzinfo=UTC)
    fact = {"name": On.ORDER_SUBMITTED, "subject": "order/1", "occurred_at": now, "recorded_at": now, "actor_kind": "system"}
    Entry.objects.create(id=100, **fact)
    before = Entry.objects.news(now)
    assert Entry.objects.news(now + timedelta(minutes=6, seconds=59)) == before
    Entry.objects.create(id=7, **fact)
    assert Entry.objects.news(now) != before
