"""What the machines say when a step is not allowed."""

import pytest
from django.db.migrations.loader import MigrationLoader
from django.db.models.signals import class_prepared
from django.utils import translation

from core.fsm import in_source, perform, unmet
from orders.models import Order
from rulebook.errors import Conflict, Refused
from tests.factories import Company, placed, sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(db) -> Order:
    company = Company()
    return placed(sh("04 09:00:00"), branch=company.branch)


def test_a_guard_that_says_no_is_a_refusal_with_its_clause(order):
    assert unmet(order.accept).clause == "§1.4.1"
    with pytest.raises(Refused) as said:
        perform(order.accept, by=None, at=None)
    assert said.value.clause == "§1.4.1"
    assert order.state == "at_branch"


def test_a_step_from_elsewhere_is_a_conflict(order):
    assert not in_source(order.resume)
    with pytest.raises(Conflict) as said, translation.override("zh-hans"):
        perform(order.resume)
    assert "待受理" in said.value.reason


def test_states_are_changed_by_their_steps_alone(order):
    with pytest.raises(AttributeError):
        order.state = "accepted"
    order.refresh_from_db()
    assert order.state == "at_branch"


def test_the_models_of_migrations_do_not_listen():
    before = len(class_prepared.receivers)
    assert MigrationLoader(None).project_state().apps.get_model("orders", "Order")._meta.get_field("state")
    assert len(class_prepared.receivers) == before
