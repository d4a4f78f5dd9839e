"""The monthly call (§4.3.2.9), the survey (§4.2.8-9), the telephone's figures (§4.3.1.2), and the month's standards from them."""

from datetime import date
from decimal import Decimal

import pytest

from customers import services as customers
from customers.models import PhoneDay, SurveyAnswer
from customers.services import Counted
from reports import service as figures
from reports.service import Month
from rulebook.errors import Conflict, Denied, Refused
from rulebook.roles import Role
from tests.factories import Company, post, sh

pytestmark = pytest.mark.django_db
NINE, NOVEMBER = sh("04 09:00:00"), Month.of(2026, 11)


@pytest.fixture
def company(db) -> Company:
    made = Company()
    made.head = post(Role.CALL_CENTRE_MANAGER, made.call_centre)
    return made


def customer(company: Company, phone: str, added: str = "2026-10-01 09:00:00"):
    return customers.add(name="甲公司", phone=phone, branch=company.branch, now=sh(added))


def standard(company: Company, code: str) -> tuple[int, int, bool | None]:
    found = next(each for each in figures.standards(company.officer, NOVEMBER, now=sh("2026-12-01 08:00:00")) if each.code == code)
    return found.part, found.whole, found.held


def test_every_customer_is_called_once_a_month(company):
    """§4.3.2.9, §4.2.7"""
    first, second = customer(company, "13700137000"), customer(company, "13700137001")
    customer(company, "13700137002", added="2026-12-01 00:00:00")  # not yet ours in November
    call = {"clerk": company.clerk, "text": "一切正常"}
    customers.record_call(customer=first.pk, result="reached", satisfaction=5, now=sh("2026-10-31 23:59:59"), **call)
    customers.record_call(customer=first.pk, result="reached", satisfaction=5, now=sh("2026-11-01 00:00:00"), **call)
    customers.record_call(customer=second.pk, result="not_reached", now=sh("2026-11-02 09:00:00"), **call)
    assert [each.pk for each in figures.to_call(company.officer, NOVEMBER)] == [second.pk]
    assert standard(company, "called") == (1, 2, False)


@pytest.mark.parametrize(
    ("change", "field"), [({"result": "?"}, "result"), ({"text": " "}, "text"), ({"satisfaction": 6}, "satisfaction"), ({"result": "not_reached"}, "satisfaction")]
)
def test_a_call_says_how_it_went(company, change, field):
    said = {"result": "reached", "text": "好", "satisfaction": 4} | change
    with pytest.raises(Refused) as refusal:
        customers.record_call(customer=customer(company, "13700137000").pk, clerk=company.clerk, now=NINE, **said)
    assert refusal.value.field == field


def answers(company: Company, number: str, **scores: int) -> SurveyAnswer:
    return customers.answer_survey(order_number=number, branch=company.branch, scores=scores, now=NINE)


def test_the_survey_is_answered_once_and_analysed(company):
    """§4.2.8, §4.2.9"""
    answers(company, "E1", pickup=5, staff=2)
    answers(company, "E2", pickup=4)
    with pytest.raises(Conflict):
        answers(company, "E2", pickup=1)
    found = figures.survey(company.officer, NOVEMBER)
    means = {each.question.code: (each.mean, each.count, each.low) for each in found.opinions}
    assert means["pickup"] == (Decimal("4.5"), 2, 0)
    assert means["staff"] == (Decimal("2.0"), 1, 1)
    assert means["price"] == (None, 0, 0)
    assert [each.order_number for each in found.words] == ["E1"]
    assert figures.survey(company.third_clerk, NOVEMBER).answers == 0


@pytest.mark.parametrize("scores", [{}, {"pickup": 0}, {"pickup": 6}, {"pickup": True}, {"pickup": "5"}])
def test_a_survey_scores_one_to_five(company, scores):
    with pytest.raises(Refused):
        answers(company, "E1", **scores)
    assert not SurveyAnswer.objects.exists()


def day(**changes: object) -> Counted:
    return Counted(**{"unit": "CC", "on": date(2026, 11, 3), "offered": 100, "answered": 99, "in_two_rings": 99, "waited_well": 99} | changes)  # type: ignore[arg-type]


def test_ninety_nine_of_a_hundred_calls_is_the_standard(company):
    """§4.3.1.2"""
    customers.import_phone_days(lines=[day()], clerk=company.head, now=NINE)
    assert standard(company, "answered") == (99, 100, True)
    customers.import_phone_days(lines=[day(answered=98, in_two_rings=97, waited_well=98)], clerk=company.head, now=NINE)
    assert standard(company, "answered") == (98, 100, False)
    assert standard(company, "two_rings") == (97, 98, False)
    assert standard(company, "waiting") == (98, 98, True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"unit": "XX"}, "unit"),
        ({"on": date(2026, 11, 5)}, "on"),  # tomorrow
        ({"on": date(2026, 11, 2)}, "on"),  # twice in the file
        ({"offered": -1}, "offered"),
        ({"answered": 101}, "answered"),
        ({"in_two_rings": 100}, "in_two_rings"),
    ],
)
def test_one_wrong_line_and_nothing_is_stored(company, change, field):
    with pytest.raises(Refused, match="第 2 行") as refusal:
        customers.import_phone_days(lines=[day(on=date(2026, 11, 2)), day(**change)], clerk=company.head, now=NINE)
    assert refusal.value.field == field
    assert not PhoneDay.objects.exists()


def test_only_the_head_and_the_department_enter_figures(company):
    with pytest.raises(Denied):
        customers.import_phone_days(lines=[day()], clerk=company.clerk, now=NINE)
