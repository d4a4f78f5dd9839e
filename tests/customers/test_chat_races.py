"""Chats under load: whoever comes at once, a turn is answered once, no line is lost, no clock is left behind (§4.3.1.1)."""

import pytest

from core.models import Entry
from customers import services as customers
from customers.models import ChatTurn, Conversation
from customers.services import Said
from rulebook.roles import Role
from sla.models import Deadline
from tests.factories import Company, post, sh
from tests.orders.test_races import in_parallel

AT = sh("04 10:01:00")


@pytest.fixture
def company(transactional_db) -> Company:
    return Company()


def opened(company: Company) -> Conversation:
    return customers.open_chat(said=Said("货到哪里了？"), unit=company.branch, now=sh("04 10:00:00"))


@pytest.mark.slow
def test_clerks_who_answer_at_once_answer_one_turn_and_keep_every_line(company):
    clerks, chat = [post(Role.BRANCH_CLERK, company.branch) for _ in range(8)], opened(company)
    lines = in_parallel(16, lambda n: customers.answer_chat(pk=chat.pk, clerk=clerks[n % 8], text=f"第{n}句", now=AT), threads=8)
    assert sorted(line.number for line in lines) == list(range(3, 19))
    turn = ChatTurn.objects.get()
    assert (turn.state, turn.answered_by, turn.answer_line.number) == ("answered", turn.answer_line.person, 3)
    assert Entry.objects.filter(name="chat_turn_answered").count() == 1
    assert Deadline.objects.get(subject=chat.subject).state == "met"
    chat.refresh_from_db()
    assert (chat.count, chat.lines.count(), chat.waiting_since) == (18, 18, None)


@pytest.mark.slow
def test_a_customer_writes_while_the_chat_is_handed_over(company):
    for _round in range(5):
        chat = opened(company)
        customers.answer_chat(pk=chat.pk, clerk=company.clerk, text="在途", now=sh("04 10:00:30"))
        acts = (
            lambda chat=chat: customers.ask(pk=chat.pk, said=Said("能改地址吗？"), now=AT),
            lambda chat=chat: customers.transfer_chat(pk=chat.pk, clerk=company.clerk, unit="CC", now=AT),
        )
        in_parallel(2, lambda n, acts=acts: acts[n](), threads=2)
        running = Deadline.objects.get(subject=chat.subject, stopped_at=None)
        assert (running.holder, running.started_at, running.due_at) == (company.call_centre, AT, sh("04 10:03:00"))
        chat.refresh_from_db()
        assert (chat.unit, chat.waiting_since, chat.count) == (company.call_centre, AT, 5)


@pytest.mark.slow
def test_questions_that_come_at_once_open_one_turn(company):
    chat = opened(company)
    customers.answer_chat(pk=chat.pk, clerk=company.clerk, text="在途", now=sh("04 10:00:30"))
    in_parallel(12, lambda n: customers.ask(pk=chat.pk, said=Said(f"问{n}"), now=AT), threads=6)
    assert sorted(ChatTurn.objects.values_list("state", flat=True)) == ["answered", "waiting"]
    assert chat.lines.filter(side="customer").count() == 13
    assert Deadline.objects.filter(subject=chat.subject, stopped_at=None).count() == 1
