"""Problem tickets, suggestions, enquiries (§3.4.6, §4.2.6, §4.3.1, §4.3.2.10): their steps, their clocks, who may."""

import pytest

from core.models import Entry
from customers import services as customers
from customers.choices import RequestState
from network.choices import UnitKind
from rulebook.errors import Conflict, Denied, Refused
from rulebook.roles import Role
from sla.choices import State
from sla.models import Deadline
from sla.services import tick
from tests.factories import SHIPPER, Company, contract, post, sh, unit

pytestmark = pytest.mark.django_db
NINE = sh("04 09:00:00")


@pytest.fixture
def company(db) -> Company:
    made = Company()
    made.marketing = post(Role.MARKETING, unit("MK", UnitKind.DEPARTMENT, made.root, name="营销推广部"))
    made.it = post(Role.IT, unit("IT", UnitKind.DEPARTMENT, made.root, name="信息管理中心"))
    made.agent = post(Role.CALL_CENTRE, made.call_centre)
    return made


def clock_of(request) -> Deadline:
    return Deadline.objects.get(subject=request.subject)


def test_a_ticket_is_collated_in_a_working_day_mended_and_closed(company):
    """§3.4.6"""
    ticket = customers.open_ticket(text="下单页打不开", now=NINE, by=company.clerk)
    clock = clock_of(ticket)
    assert (clock.clause, clock.due_at, clock.holder) == ("§3.4.6", sh("06 00:00:00"), company.marketing.unit)
    with pytest.raises(Denied):
        customers.collate_ticket(pk=ticket.pk, clerk=company.it, text="复现", now=NINE)
    customers.collate_ticket(pk=ticket.pk, clerk=company.marketing, text="已复现：浏览器缓存", now=sh("05 23:59:59"))
    assert clock_of(ticket).state == State.MET
    with pytest.raises(Conflict):
        customers.close_ticket(pk=ticket.pk, clerk=company.it, now=sh("06 08:00:00"))
    customers.solve_ticket(pk=ticket.pk, clerk=company.it, text="已修复", now=sh("06 09:00:00"))
    customers.reopen_ticket(pk=ticket.pk, clerk=company.clerk, text="还是不行", now=sh("06 10:00:00"))
    customers.solve_ticket(pk=ticket.pk, clerk=company.it, text="再次修复", now=sh("06 11:00:00"))
    done = customers.close_ticket(pk=ticket.pk, clerk=company.clerk, now=sh("06 12:00:00"))
    assert (done.state, done.solution, done.reopened) == (RequestState.CLOSED, "再次修复", 1)


def test_a_ticket_nobody_collates_is_on_record_against_marketing(company):
    ticket = customers.open_ticket(text="打不开", now=NINE, phone="13800138000")
    tick(now=sh("06 00:00:00"))
    assert clock_of(ticket).state == State.OPEN  # exactly on time is in time (§0.2)
    tick(now=sh("06 00:00:05"))
    step = clock_of(ticket).steps.get(kind="due")
    assert (step.state, step.responsible_person) == (State.BREACHED, company.marketing)


@pytest.mark.parametrize(("text", "phone", "field"), [("", "13800138000", "text"), ("打不开", "", "phone"), ("x" * 501, "13800138000", "text")])
def test_a_customers_ticket_says_what_and_whom_to_call(company, text, phone, field):
    with pytest.raises(Refused) as refusal:
        customers.open_ticket(text=text, phone=phone, now=NINE)
    assert (refusal.value.clause, refusal.value.field) == ("§3.4.6", field)
    assert not Entry.objects.exists()


def test_a_suggestion_is_analysed_forwarded_and_answered(company):
    """§4.2.6, §4.3.2.10"""
    said = customers.register_suggestion(clerk=company.clerk, text="希望周末接货", now=NINE, phone="13800138000")
    with pytest.raises(Conflict):
        customers.answer_suggestion(pk=said.pk, clerk=company.clerk, text="好", now=NINE)
    with pytest.raises(Refused, match="没有编号"):
        customers.analyse_suggestion(pk=said.pk, clerk=company.officer, text="周末人手", unit="NOWHERE", now=NINE)
    customers.analyse_suggestion(pk=said.pk, clerk=company.officer, text="周末人手", unit="B2", now=NINE)
    done = customers.answer_suggestion(pk=said.pk, clerk=company.second_clerk, text="下月起周六接货", now=NINE)
    assert (done.state, done.unit.code, done.answer) == (RequestState.ANSWERED, "B2", "下月起周六接货")


@pytest.mark.parametrize(("answered", "state"), [("04 09:15:00", State.MET), ("04 09:15:00.000001", State.BREACHED)])
def test_a_phone_enquiry_is_answered_within_a_quarter_of_an_hour(company, answered, state):
    asked = customers.take_enquiry(clerk=company.agent, means="phone", text="到哪了", now=NINE)
    customers.answer_enquiry(pk=asked.pk, clerk=company.agent, text="已到杭州", now=sh(answered))
    clock = clock_of(asked)
    assert (clock.clause, clock.due_at, clock.state) == ("§4.3.1.2", sh("04 09:15:00"), state)


def test_mail_is_due_in_a_working_day_and_a_key_customers_at_its_fixed_time(company):
    contract(company, mail_times=("09:30", "14:00"))
    plain = customers.take_enquiry(clerk=company.agent, means="mail", text="报价？", phone="13700137000", now=NINE)
    key = customers.take_enquiry(clerk=company.agent, means="mail", text="报价？", phone=SHIPPER.phone, now=NINE)
    assert (clock_of(plain).due_at, clock_of(key).due_at) == (sh("06 00:00:00"), sh("04 09:30:00"))


def test_a_promised_callback_is_made_once(company):
    asked = customers.take_enquiry(clerk=company.agent, means="phone", text="改地址", phone="13800138000", now=NINE)
    with pytest.raises(Refused):
        customers.promise_callback(pk=asked.pk, clerk=company.agent, call_back_at=NINE, now=NINE)
    customers.promise_callback(pk=asked.pk, clerk=company.agent, call_back_at=sh("04 11:00:00"), now=NINE)
    with pytest.raises(Conflict):
        customers.promise_callback(pk=asked.pk, clerk=company.agent, call_back_at=sh("04 12:00:00"), now=NINE)
    customers.call_back(pk=asked.pk, clerk=company.agent, now=sh("04 11:00:00"))
    with pytest.raises(Conflict):
        customers.call_back(pk=asked.pk, clerk=company.agent, now=sh("04 11:00:00"))
    assert Entry.objects.get(name="callback_done").data["in_time"] is True


def test_a_branch_sees_only_what_it_took_down_or_was_given(company):
    mine = customers.take_enquiry(clerk=company.clerk, means="phone", text="到哪了", now=NINE)
    with pytest.raises(type(mine).DoesNotExist):
        customers.answer_enquiry(pk=mine.pk, clerk=company.third_clerk, text="不知道", now=NINE)
