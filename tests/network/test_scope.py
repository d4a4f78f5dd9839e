"""What a person sees, whatever else it is joined with: a nationwide role sees everything, an idle person nothing."""

from uuid import uuid4

import pytest
from django.apps import apps
from django.db.models import Q

from customers.models import Ticket
from customers.services import open_ticket
from network.choices import NATIONWIDE
from network.models import Account, Person, Unit
from penalties.models import Penalty
from penalties.services.entering import enter
from rulebook.roles import Role
from tests.factories import Company, post, sh

pytestmark = pytest.mark.django_db
SCOPED = sorted(
    (model for model in apps.get_models() if hasattr(model._default_manager.all(), "visible_to")), key=lambda model: model.__name__
)


@pytest.fixture
def company(db) -> Company:
    return Company()


@pytest.mark.parametrize("role", sorted(NATIONWIDE))
def test_a_nationwide_role_sees_everything_whatever_its_scope_is_joined_with(company, role):
    person, everything = post(role, company.department), Unit.objects.count()
    own = Q(pk=company.department.pk)
    for condition in (person.scope("path"), person.scope("path") | own, own | person.scope("path")):
        assert Unit.objects.filter(condition).count() == everything
    assert Unit.objects.filter(person.scope("path") & own).count() == 1


def test_nobody_without_a_post_sees_more_than_the_own(company):
    idle = Person.objects.create(account=Account.objects.create(username="idle"), number="P0", name="未任职")
    own = Q(pk=company.department.pk)
    assert [Unit.objects.filter(each).count() for each in (idle.scope("path"), idle.scope("path") | own)] == [0, 1]


@pytest.mark.parametrize("role", [Role.BRANCH_CLERK, *sorted(NATIONWIDE)])
def test_no_scope_is_empty(company, role):
    """An empty condition vanishes beside another; with it what is nationwide would shrink to the other part."""
    assert post(role, company.branch).scope("path")


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
def test_every_scoped_queryset_has_a_condition_that_a_nationwide_role_meets(company, model):
    """By its SQL: beside what is one's own stands the condition that always holds."""
    person = post(Role.DEPARTMENT, company.department)
    said = str(model._default_manager.visible_to(person).query)
    where = said.partition(" WHERE ")[2]
    assert not where or "IS NOT NULL" in where, said


def test_who_oversees_the_country_sees_what_others_took_down_and_were_fined(company):
    open_ticket(text="报错", by=company.third_clerk, now=sh("04 09:00:00"))
    assert Ticket.objects.visible_to(company.officer).count() == 1
    assert [Ticket.objects.visible_to(each).count() for each in (company.third_clerk, company.second_clerk)] == [1, 0]
    enter(key=uuid4(), person=company.third_clerk, text="违反公司规定", at=sh("04 09:00:00"), by=company.officer, now=sh("04 09:10:00"))
    assert [Penalty.objects.visible_to(each).count() for each in (company.officer, company.third_clerk, company.clerk)] == [1, 1, 0]
