"""Who held which post over which unit, at any instant; reorganising rewrites nothing."""

import pytest

from network.models import Person, Unit
from network.services import Answerable, appoint, close, move, relieve
from orders import services as orders
from rulebook.errors import Refused
from rulebook.roles import Role
from tests.factories import CUSTOMER, Company, PersonFactory, placed, post, sh, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    return Company()


def manager_at(company: Company, instant: str) -> int | None:
    return Answerable([company.branch.pk]).person(Role.BRANCH_MANAGER, company.branch.pk, sh(instant))


def test_a_sole_post_passes_on_at_the_instant(company):
    successor = PersonFactory()
    appoint(successor, role=Role.BRANCH_MANAGER, unit=company.branch, now=sh("04 12:00:00"))
    assert manager_at(company, "04 11:59:59.999999") == company.manager.pk
    assert manager_at(company, "04 12:00:00") == successor.pk


def test_a_sole_post_is_not_handed_on_in_the_instant_it_began(company):
    appoint(PersonFactory(), role=Role.BRANCH_MANAGER, unit=company.branch, now=sh("04 12:00:00"))
    with pytest.raises(Refused):
        appoint(PersonFactory(), role=Role.BRANCH_MANAGER, unit=company.branch, now=sh("04 12:00:00"))


def test_clerks_stand_beside_each_other(company):
    post(Role.BRANCH_CLERK, company.branch, sh("04 12:00:00"))
    assert company.branch.posts.filter(role=Role.BRANCH_CLERK, until=None).count() == 2


def test_appointed_twice_is_one_post(company):
    for _ in range(2):
        appoint(company.clerk, role=Role.BRANCH_CLERK, unit=company.branch, now=sh("04 12:00:00"))
    assert company.clerk.posts.count() == 1


def test_a_vacant_post_is_nobodys_and_regions_answer_for_their_branches(company):
    relieve(company.manager.posts.get(), now=sh("04 12:00:00"))
    assert manager_at(company, "04 12:00:00") is None
    region = Answerable([company.branch.pk]).person(Role.REGIONAL_MANAGER, company.branch.pk, sh("04 12:00:00"))
    assert region == company.regional_manager.pk


def test_a_moved_region_takes_its_branches_along_and_keeps_its_past(company):
    area = unit("A2", "area", company.division, name="江苏大区")
    old, new = post(Role.AREA_DIRECTOR, company.area), post(Role.AREA_DIRECTOR, area)
    move(company.region, parent=area, now=sh("04 12:00:00"))
    assert Unit.objects.get(code="B1").path == "HQ/D1/A2/R1/B1/"
    assert Unit.objects.get(code="B3").path == "HQ/D1/A1/R2/B3/"
    answerable = Answerable([company.branch.pk])
    assert answerable.person(Role.AREA_DIRECTOR, company.branch.pk, sh("04 11:59:59")) == old.pk
    assert answerable.person(Role.AREA_DIRECTOR, company.branch.pk, sh("04 12:00:00")) == new.pk


def test_what_is_seen_moves_with_the_unit(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    other = post(Role.REGIONAL_MANAGER, company.other_region)
    move(company.branch, parent=company.other_region, now=sh("04 12:00:00"))
    seen = {p: type(order).objects.visible_to(Person.objects.get(pk=p.pk)).exists() for p in (other, company.regional_manager)}
    assert seen == {other: True, company.regional_manager: False}


def test_a_sibling_whose_code_begins_alike_is_not_below(company):
    twin = unit("R10", "region", company.area, name="相似区域")
    inside = unit("B10", "branch", twin, name="相似营业部")
    assert inside not in Unit.objects.below(company.region)
    assert set(Unit.objects.below(company.region).branches()) == {company.branch, company.second}


def test_a_unit_does_not_move_below_itself(company):
    with pytest.raises(Refused):
        move(company.area, parent=company.region, now=sh("04 12:00:00"))


def test_a_branch_with_orders_in_hand_is_not_closed(company):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    with pytest.raises(Refused):
        close(company.branch, now=sh("04 12:00:00"))
    orders.cancel(number=order.number, by=CUSTOMER, reason="", text="", now=sh("04 12:00:00"))
    close(company.branch, now=sh("04 13:00:00"))
    assert company.branch not in Unit.objects.branches()
    assert Person.objects.get(pk=company.clerk.pk).roles == set()
    with pytest.raises(Refused):
        placed(sh("04 14:00:00"), branch=company.branch)
