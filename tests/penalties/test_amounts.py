"""Amounts that become known later, versions of regulations, payers named later, fines entered by hand (§1.7.2)."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from core.models import SYSTEM
from penalties.models import LedgerEntry, Penalty, RegulationVersion
from penalties.services import (
    assess,
    assess_pending,
    assessable,
    catalogue,
    enter,
    impose,
    ledger_faults,
    name_payer,
    reverse,
    set_regulation,
)
from rulebook.errors import Conflict, Denied, Refused
from rulebook.fines import REGULATIONS
from tests.factories import sh
from tests.penalties.money import fine

pytestmark = pytest.mark.django_db
NOW = sh("20 10:00:00")


def late(company, day: str) -> Penalty:
    """A branch accepted later than 10 minutes on that day of November."""
    given = {"clause": "§1.7.2.1", "case": "late_10", "by": SYSTEM, "unit": company.branch}
    return impose(cause=f"manual/{uuid4()}", at=sh(f"{day} 10:00:00"), **given)[0]


def sets(company, amount: str | None, since: str, **more: object) -> RegulationVersion:
    given = {"code": "rp_3.3.1_a", "title": "《奖励与处罚管理规定》3.3.1（a）", "by": company.officer, "now": NOW}
    values = given | {"amount": amount and Decimal(amount), "valid_from": date.fromisoformat(since)} | more
    return set_regulation(**values)  # type: ignore[arg-type]


def amounts() -> list[str]:
    return [f"{p.state} {p.amount}" for p in Penalty.objects.order_by("at")]


def test_setting_an_amount_assesses_nothing_by_itself_and_then_all_that_waited(company):
    for day in ("03", "04", "05"):
        late(company, day)
    sets(company, "50", "2026-11-04")
    assert amounts() == ["imposed None"] * 3
    assert [(p.at.day, str(amount)) for p, amount in assessable("rp_3.3.1_a")] == [(4, "50.00"), (5, "50.00")]
    assert assess_pending(code="rp_3.3.1_a", by=company.officer, now=NOW) == 2
    assert amounts() == ["imposed None", "assessed 50.00", "assessed 50.00"]
    assert assess_pending(code="rp_3.3.1_a", by=company.officer, now=NOW) == 0
    assert LedgerEntry.objects.count() == 2
    assert list(ledger_faults()) == []


def test_a_new_version_never_rewrites_what_was_assessed(company):
    sets(company, "50", "2026-11-01")
    late(company, "03")
    sets(company, "80", "2026-11-01")
    late(company, "05")
    assert assess_pending(code="rp_3.3.1_a", by=company.officer, now=NOW) == 0
    assert amounts() == ["assessed 50.00", "assessed 80.00"]


def test_an_amount_can_be_withdrawn_from_a_day_on(company):
    sets(company, "50", "2026-11-01")
    sets(company, None, "2026-11-05")
    late(company, "04")
    late(company, "05")
    assert amounts() == ["assessed 50.00", "imposed None"]


def test_the_catalogue_shows_every_seeded_regulation_and_what_waits(company):
    late(company, "04")
    rows = {row.code: row for row in catalogue(date(2026, 11, 20))}
    assert set(rows) == set(REGULATIONS)
    assert (rows["rp_3.3.1_a"].waiting, rows["rp_3.3.1_a"].amount) == (1, None)
    sets(company, "50", "2026-12-01")
    sets(company, "60", "2026-11-20", code="house_1", title="《仓库管理规定》")
    rows = {row.code: row for row in catalogue(date(2026, 11, 20))}
    assert rows["rp_3.3.1_a"].amount is None
    assert (rows["house_1"].title, rows["house_1"].amount) == ("《仓库管理规定》", 60)


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "1000000"])
def test_amounts_that_are_none_are_refused(company, amount):
    waiting = fine(company, None)
    for act in (
        lambda: sets(company, amount, "2026-11-01"),
        lambda: assess(pk=waiting.pk, amount=Decimal(amount), by=company.officer, now=NOW),
        lambda: fine(company, amount),
    ):
        with pytest.raises(Refused):
            act()
    assert (RegulationVersion.objects.count(), Penalty.objects.count(), LedgerEntry.objects.count()) == (0, 1, 0)


def test_the_handbook_itself_has_no_amount_to_set(company):
    with pytest.raises(Refused):
        sets(company, "50", "2026-11-01", code="handbook")


def test_only_the_department(company):
    waiting = fine(company, None)
    for act in (
        lambda: sets(company, "50", "2026-11-01", by=company.manager),
        lambda: assess(pk=waiting.pk, amount=Decimal(5), by=company.manager, now=NOW),
        lambda: assess_pending(code="execution", by=company.purser, now=NOW),
        lambda: name_payer(pk=waiting.pk, person=company.clerk, by=company.manager, now=NOW),
        lambda: fine(company, "5", by=company.manager),
    ):
        with pytest.raises(Denied):
            act()


def test_one_by_one_and_once(company):
    waiting = fine(company, None)
    assess(pk=waiting.pk, amount=Decimal("66.6"), by=company.officer, now=NOW)
    assert amounts() == ["assessed 66.60"]
    with pytest.raises(Conflict):
        assess(pk=waiting.pk, amount=Decimal(5), by=company.officer, now=NOW)


def test_a_vacant_post_gets_its_payer_and_its_booking(company):
    slip = {"clause": "§2.2.5", "case": "slip_late", "cause": "step/1", "at": sh("04 10:00:00"), "by": SYSTEM}
    vacant = next(p for p in impose(unit=company.branch, **slip) if p.is_vacant)
    with pytest.raises(Conflict):
        name_payer(pk=vacant.pk, person=company.manager, by=company.officer, now=NOW)  # pays as manager already
    name_payer(pk=vacant.pk, person=company.clerk, by=company.officer, now=NOW)
    fresh = Penalty.objects.get(pk=vacant.pk)
    assert (fresh.payer, fresh.state, fresh.outstanding) == (f"person/{company.clerk.pk}", "assessed", 20)
    assert list(ledger_faults()) == []
    with pytest.raises(Conflict):
        name_payer(pk=vacant.pk, person=company.second_clerk, by=company.officer, now=NOW)


def test_a_vacant_post_without_amount_waits_for_both(company):
    given = {"clause": "§1.7.2.2", "case": "late_15", "by": SYSTEM, "unit": company.third, "at": sh("04 10:00:00")}
    (vacant,) = impose(cause="step/1", **given)
    sets(company, "50", "2026-11-01")
    assert assess_pending(code="rp_3.3.1_a", by=company.officer, now=NOW) == 1
    assert (amounts(), LedgerEntry.objects.count()) == (["imposed 50.00"], 0)
    name_payer(pk=vacant.pk, person=company.clerk, by=company.officer, now=NOW)
    assert (amounts(), LedgerEntry.objects.count()) == (["assessed 50.00"], 1)


def test_a_doubled_submission_is_one_fine(company):
    key = uuid4()
    first = fine(company, "50", key=key)
    assert fine(company, "50", key=key) == first
    assert Penalty.objects.count() == 1


def test_a_fine_by_hand_by_a_regulation(company):
    sets(company, "70", "2026-11-01")
    assert fine(company, None, regulation="rp_3.3.1_a").amount == 70


@pytest.mark.parametrize(("field", "more"), [("at", {"at": sh("04 10:00:01")}), ("order_number", {"order_number": "E1"})])
def test_what_cannot_have_been_is_refused(company, field, more):
    with pytest.raises(Refused) as refused:
        enter(**{"key": uuid4(), "person": company.clerk, "text": "x", "at": sh("04 10:00:00"), "by": company.officer,
                 "now": sh("04 10:00:00")} | more)  # fmt: skip
    assert refused.value.field == field


@pytest.mark.postgres
@pytest.mark.parametrize("sql", ["UPDATE {} SET amount = 1", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["penalties_ledgerentry", "penalties_regulationversion", "penalties_bonus"])
def test_the_database_refuses_to_change_the_books(company, table, sql):
    sets(company, "50", "2026-11-01")
    late(company, "04")
    connection.cursor().execute(
        "INSERT INTO penalties_bonus (month, payer, amount, source, recorded_by_id, recorded_at) "
        "VALUES ('2026-11-01', 'person/1', 5, '', %s, now())",
        [company.purser.pk],
    )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table))


PLANTED = [  # what somebody changed behind the program's back -> where it is seen
    ("UPDATE penalties_penalty SET amount = 51", ["penalty", "payer"]),
    ("UPDATE penalties_penalty SET paid = 1", ["penalty", "payer"]),
    ("UPDATE penalties_penalty SET state = 'reversed'", ["penalty", "payer"]),
    ("UPDATE penalties_penalty SET payer = 'person/0'", ["payer", "payer"]),
    ("DELETE FROM penalties_ledgerentry", ["penalty", "payer"]),
    ("UPDATE penalties_ledgerentry SET amount = 49.99", ["penalty", "payer"]),
    ("UPDATE penalties_ledgerentry SET kind = 'take'", ["penalty", "payer"]),
]


@pytest.mark.parametrize(("sql", "seen"), PLANTED)
def test_a_planted_fault_is_seen(company, sql, seen):
    fine(company, "50")
    assert list(ledger_faults()) == []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
    assert [fault.kind for fault in ledger_faults()] == seen


def test_a_reversed_fine_needs_no_amount(company):
    waiting = fine(company, None)
    reverse(cause=waiting.cause, reason="误录", by=company.officer.actor, at=NOW)
    assert (amounts(), LedgerEntry.objects.count()) == (["reversed None"], 0)
