"""Branches offered for a place, with what they have in hand."""

import pytest

from network.nearby import suggestions
from network.places import UnknownPlace
from orders import services as orders
from tests.factories import CUSTOMER, Company, placed, sh

pytestmark = pytest.mark.django_db
WEST_LAKE, NINGBO = "330106", "330212"


@pytest.fixture
def company() -> Company:
    made = Company()
    made.third.lat, made.third.lng, made.third.serves = 29.82, 121.55, ["3302"]
    made.third.save()
    return made


def test_the_branch_whose_area_it_is_comes_first(company):
    assert suggestions(NINGBO, now=sh("04 10:00:00"))[0].unit == company.third


def test_open_orders_count_and_ended_ones_do_not(company):
    placed(sh("04 09:00:00"), branch=company.branch)
    ended = placed(sh("04 09:00:00"), branch=company.second)
    orders.cancel(number=ended.number, by=CUSTOMER, reason="", text="", now=sh("04 09:05:00"))
    offered = {each.unit: each.suggestion.load for each in suggestions(WEST_LAKE, now=sh("04 10:00:00"))}
    assert (offered[company.branch], offered[company.second]) == (1, 0)
    assert suggestions(WEST_LAKE, now=sh("04 10:00:00"))[0].unit == company.second


def test_a_closed_branch_is_not_offered(company):
    company.branch.closed_at = sh("01 00:00:00")
    company.branch.save()
    assert company.branch not in [each.unit for each in suggestions(WEST_LAKE, now=sh("04 10:00:00"))]


def test_three_queries_whatever_the_number(company, django_assert_num_queries):
    with django_assert_num_queries(3):
        suggestions(WEST_LAKE, now=sh("04 10:00:00"))


def test_unknown_place(company):
    with pytest.raises(UnknownPlace):
        suggestions("999999", now=sh("04 10:00:00"))
