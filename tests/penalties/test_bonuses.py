"""Bonuses of a month: every line right, or nothing stored (§1.7.3)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.models import Entry
from desk.doctor import CHECKS
from notify.models import Message
from notify.words import say
from orders.sheets import BadTable, Column, workbook
from penalties.models import Bonus, Penalty
from penalties.services import BadBonuses, BonusLine, bonus_template, read_bonuses, record_bonuses
from penalties.tasks import check_ledger
from rulebook.errors import Denied, Refused
from sla.models import Heartbeat
from tests.factories import sh
from tests.penalties.money import LATER, NOV, bonus, fine

pytestmark = pytest.mark.django_db


def record(company, *lines: tuple[str, str], month: date = NOV, by: object = None) -> int:
    given = [BonusLine(at, code, amount) for at, (code, amount) in enumerate(lines, start=2)]
    return record_bonuses(month=month, lines=given, source="x", by=by or company.purser, now=LATER)


def test_people_and_units_by_their_numbers(company):
    assert record(company, (company.clerk.number, "1200.5"), (" B1 ", "0")) == 2
    assert Bonus.objects.of_month(NOV) == {
        f"person/{company.clerk.pk}": Decimal("1200.50"),
        f"unit/{company.branch.pk}": Decimal("0.00"),
    }
    assert record(company, (company.clerk.number, "1200.50"), ("B1", "10")) == 1
    assert Bonus.objects.count() == 3
    assert Bonus.objects.of_month(NOV)[f"unit/{company.branch.pk}"] == 10
    assert [e.data["changed"] for e in Entry.objects.filter(name="bonus_recorded").order_by("pk")] == [2, 1]


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity", "1e3", "", "12.345", "1,200", "一百", "１２"])
def test_amounts_that_are_none(company, amount):
    with pytest.raises(BadBonuses) as bad:
        record(company, (company.manager.number, "5"), (company.clerk.number, amount))
    assert [(fault.line, fault.column) for fault in bad.value.faults] == [(3, "奖金")]
    assert not Bonus.objects.exists()


def test_every_wrong_line_is_named_and_nothing_is_stored(company):
    clerk = company.clerk.number
    with pytest.raises(BadBonuses) as bad:
        record(company, (clerk, "5"), ("P99999", "5"), (clerk, "6"), ("", "-1"))
    assert [(fault.line, fault.column) for fault in bad.value.faults] == [(3, "编号"), (4, "编号"), (5, "编号"), (5, "奖金")]
    assert "已在第 2 行出现" in bad.value.faults[1].reason
    assert not Bonus.objects.exists()


def test_months_that_are_none(company):
    for month in (date(2026, 11, 2), date(2027, 1, 1)):
        with pytest.raises(Refused) as refused:
            record(company, (company.clerk.number, "5"), month=month)
        assert refused.value.field == "month"
    with pytest.raises(Refused):
        record(company)


def test_only_finance(company):
    with pytest.raises(Denied):
        record(company, (company.clerk.number, "5"), by=company.officer)


def test_the_template_can_be_read_back(company):
    with pytest.raises(BadTable, match="只有表头"):
        read_bonuses(bonus_template())
    book = workbook([Column("编号"), Column("名称"), Column("奖金")], [["P1", "张", "5"], ["P2", "李", "6.5"]])
    assert read_bonuses(book) == [BonusLine(2, "P1", "5"), BonusLine(3, "P2", "6.5")]
    with pytest.raises(BadTable, match="奖金"):
        read_bonuses(workbook([Column("编号"), Column("金额")], [["P1", "5"]]))


def test_the_nightly_check_is_silent_when_all_is_well_and_alarms_finance_when_not(company):
    penalty = fine(company, "50")
    check_ledger()
    assert Heartbeat.objects.get(name="fine-ledger").handled == 0
    Penalty.objects.filter(pk=penalty.pk).update(paid=1)
    check_ledger()
    assert Heartbeat.objects.get(name="fine-ledger").handled == 2
    message = Message.objects.get(kind="fine_books")
    assert (message.unit, "罚款账目不平" in say(message)) == (company.department, True)
    assert Entry.objects.get(name="books_differed").data["penalties"] == [str(penalty.pk)]


def test_the_doctor_sees_the_fault_and_misses_the_nightly_check(company):
    penalty = fine(company, "50")
    assert CHECKS["罚款账"](LATER) == []
    check_ledger()
    at = Heartbeat.objects.get(name="fine-ledger").at
    assert CHECKS["罚款账"](at + timedelta(hours=26)) == []
    assert CHECKS["罚款账"](at + timedelta(hours=26, microseconds=1))[0].warning
    Penalty.objects.filter(pk=penalty.pk).update(paid=1)
    (finding,) = CHECKS["罚款账"](at)
    assert ("2 处罚款账目不平" in finding.zh, finding.warning) == (True, False)


def test_a_fine_is_told_to_the_unit_without_a_name(company):
    fine(company, "50")
    message = Message.objects.get(kind="penalty")
    assert message.unit == company.branch
    assert "我的处罚" in say(message)
    assert company.clerk.name not in say(message)
    assert bonus(company, "5") == 1
    assert sh("04 10:00:00") == message.stored_at
