"""Eight workers over the same thousand breaches impose exactly a thousand penalties (PostgreSQL); without the constraint they do not."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from core.models import SYSTEM
from penalties.models import LedgerEntry, Penalty
from penalties.services import impose, ledger_faults, run_bonus
from rulebook.roles import Role
from tests.factories import Company, post, sh
from tests.penalties.money import LATER, NOV, bonus, fine
from tests.penalties.upheld import Ladder, uphold

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WORKERS, BREACHES = 8, 1_000
NAME = "one_penalty_per_cause_clause_and_payer"


@pytest.fixture
def company(transactional_db: None) -> Company:
    company = Company()
    company.purser = post(Role.FINANCE, company.department)  # type: ignore[attr-defined]
    return company


@pytest.fixture
def without_the_constraint(transactional_db: None) -> Iterator[None]:
    constraint = next(each for each in Penalty._meta.constraints if each.name == NAME)
    with connection.schema_editor() as editor:
        editor.remove_constraint(Penalty, constraint)
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE penalties_penalty CASCADE")
    with connection.schema_editor() as editor:
        editor.add_constraint(Penalty, constraint)


def at_once(company: Company, breaches: int) -> None:
    """Let every worker impose the fine of every breach, all starting together."""
    causes = [f"step/{uuid4()}" for _n in range(breaches)]
    start = Barrier(WORKERS)

    def work(_n: int) -> None:
        try:
            for cause in causes:
                if cause is causes[0]:
                    start.wait(timeout=60)
                impose(clause="§2.2.1", case="no_report", cause=cause, at=sh("04 10:00:00"), by=SYSTEM, person=company.clerk)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))


@pytest.mark.timeout(900)
def test_a_thousand_breaches_are_a_thousand_penalties(company: Company) -> None:
    at_once(company, BREACHES)
    assert (Penalty.objects.count(), LedgerEntry.objects.count()) == (BREACHES, BREACHES)
    assert list(ledger_faults()) == []


def test_without_the_constraint_there_would_be_more(company: Company, without_the_constraint: None) -> None:
    """The control: the check above can fail."""
    at_once(company, 50)
    assert Penalty.objects.count() > 50


def test_two_runs_at_once_take_a_bonus_once(company: Company) -> None:
    fine(company, "80")
    bonus(company, "50")
    start = Barrier(2)

    def work(_n: int) -> None:
        try:
            start.wait(timeout=60)
            with transaction.atomic():
                run_bonus(month=NOV, by=SYSTEM, now=LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    assert str(Penalty.objects.get().paid) == "50.00"
    assert list(ledger_faults()) == []


@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["pointentry", "performancepoint"])
def test_the_database_refuses_to_change_points(transactional_db: None, table: str, sql: str) -> None:
    firm = Ladder()
    uphold(firm, firm.branch, 1, category="other", findings={"loss": {"loss": "500"}}, key_customer=True)
    assert apps.get_model("penalties", table).objects.exists()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(f"penalties_{table}"))
