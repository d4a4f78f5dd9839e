"""Races: one winner, the losers are told who won and when (limits I4)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from core.models import Entry
from network.models import Person
from orders import services as orders
from orders.models import Order
from rulebook.errors import Conflict
from rulebook.roles import Role
from sla.models import Step
from sla.services import tick
from tests.factories import Company, placed, post, reached, sh

AT = sh("04 09:05:00")


@pytest.fixture
def company(transactional_db) -> Company:
    return Company()


def in_parallel(count: int, act: Callable[[int], object], threads: int = 16) -> list[object]:
    """Run an act many times at once, each on a connection of its own; return results and exceptions."""

    def one(n: int) -> object:
        try:
            return act(n)
        except Conflict as lost:
            return lost
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(count)))


@pytest.mark.slow
def test_two_hundred_accept_one_order(company):
    clerks: list[Person] = [post(Role.BRANCH_CLERK, company.branch) for _ in range(8)]
    order = placed(sh("04 09:00:00"), branch=company.branch)
    reached(order, company.clerk, sh("04 09:04:00"))
    tries = 200 if connection.vendor == "postgresql" else 40
    answers = in_parallel(tries, lambda n: orders.accept(number=order.number, clerk=clerks[n % 8], now=AT))
    won = [answer for answer in answers if isinstance(answer, Order)]
    lost = [answer for answer in answers if isinstance(answer, Conflict)]
    assert (len(won), len(lost)) == (1, tries - 1)
    winner = won[0].accepted_by
    assert {conflict.winner for conflict in lost} == {f"{winner.name}（{winner.number}）"}
    assert {conflict.at for conflict in lost} == {AT}
    assert Entry.objects.filter(name="order_accepted").count() == 1


@pytest.mark.slow
def test_two_agents_assign_one_order(company):
    order = placed(sh("04 09:00:00"))
    agents = [post(Role.CALL_CENTRE, company.call_centre) for _ in range(8)]
    branches = [company.branch, company.second]
    answers = in_parallel(
        8, lambda n: orders.assign(number=order.number, branch=branches[n % 2], clerk=agents[n], now=AT), threads=8
    )
    assert sum(isinstance(answer, Order) for answer in answers) == 1
    assert Entry.objects.filter(name="order_assigned").count() == 1


@pytest.mark.slow
@pytest.mark.postgres
def test_four_ticks_announce_each_breach_once(company):
    for n in range(60):
        placed(sh(f"04 09:00:{n:02}"), branch=company.branch)
    in_parallel(4, lambda _n: tick(now=sh("04 09:30:00"), batch=7), threads=4)
    tick(now=sh("04 09:30:05"))
    assert Entry.objects.filter(name="deadline_breached", data__clause="§1.2.1.1").count() == 60
    assert Entry.objects.filter(name="deadline_breached", data__clause="§1.2.1.1b").count() == 60
    assert not Step.objects.due(sh("04 09:30:00")).exists()
