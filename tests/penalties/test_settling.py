"""The bonus run: oldest fine first, the rest carried over, corrected bonuses by counter-entries (§1.7.3)."""

from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from core.models import SYSTEM, Entry
from network.services import appoint
from penalties.models import BonusRun, LedgerEntry, Penalty
from penalties.services import appeal, decide_appeal, impose, ledger_faults, plan_run, reinstate, reverse, run_bonus
from rulebook.errors import Refused
from rulebook.roles import Role
from tests.factories import sh
from tests.penalties.money import DEC, LATER, NOV, OCT, bonus, fine, run, stands

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_books_balance(db):
    """After every test here the ledger must tie out."""
    yield
    assert list(ledger_faults()) == []


def test_oldest_first_and_the_rest_is_carried_over(company):
    second, first = fine(company, "80", "05 10:00:00"), fine(company, "50", "04 10:00:00")
    bonus(company, "100")
    assert run() == [("take", "50.00"), ("take", "50.00")]
    assert (stands(first), stands(second)) == (("settled", "50.00"), ("assessed", "50.00"))
    assert run() == []
    bonus(company, "29.99", DEC)
    assert run(DEC) == [("take", "29.99")]
    assert stands(second) == ("assessed", "79.99")
    assert BonusRun.objects.count() == 2
    assert Entry.objects.filter(name="penalty_settled").count() == 1


def test_without_a_bonus_everything_is_carried(company):
    only = fine(company, "80")
    assert run() == []
    assert plan_run(month=NOV, now=LATER).carried == 80
    assert stands(only) == ("assessed", "0.00")


def test_a_fine_of_a_later_month_is_not_taken(company):
    fine(company, "80", "2026-12-01 00:00:00")
    bonus(company, "100")
    assert run() == []
    bonus(company, "100", DEC)
    assert run(DEC) == [("take", "80.00")]


def test_a_lower_bonus_gives_back_the_newest_first(company):
    first, second = fine(company, "50", "04 10:00:00"), fine(company, "80", "05 10:00:00")
    bonus(company, "130")
    run()
    bonus(company, "45")
    assert run() == [("give_back", "80.00"), ("give_back", "5.00")]
    assert (stands(first), stands(second)) == (("assessed", "45.00"), ("assessed", "0.00"))
    assert run() == []


def test_a_higher_bonus_takes_more(company):
    only = fine(company, "80")
    bonus(company, "30")
    run()
    bonus(company, "70")
    assert run() == [("take", "40.00")]
    bonus(company, "500")
    assert run() == [("take", "10.00")]
    assert stands(only) == ("settled", "80.00")


def test_a_settled_fine_that_is_reversed_is_refunded_and_frees_its_bonus(company):
    first, second = fine(company, "50", "04 10:00:00"), fine(company, "80", "05 10:00:00")
    bonus(company, "60")
    run()
    reverse(cause=first.cause, reason="误罚", by=company.officer.actor, at=sh("20 10:00:00"))
    assert stands(first) == ("reversed", "50.00")
    assert run() == [("refund", "50.00"), ("take", "50.00")]
    assert (stands(first), stands(second)) == (("reversed", "0.00"), ("assessed", "60.00"))


def test_a_reversal_of_a_later_month_is_refunded_then(company):
    only = fine(company, "50")
    bonus(company, "60")
    run()
    reverse(cause=only.cause, reason="误罚", by=company.officer.actor, at=sh("2026-12-05 10:00:00"))
    assert run() == []
    assert run(DEC) == [("refund", "50.00")]
    reinstate(cause=only.cause, reason="撤销有误", by=company.officer.actor, at=sh("2026-12-06 10:00:00"))
    assert stands(only) == ("assessed", "0.00")
    bonus(company, "60", DEC)
    assert run(DEC) == [("take", "50.00")]


def test_reinstated_before_the_refund_it_is_settled_again(company):
    only = fine(company, "50")
    bonus(company, "60")
    run()
    reverse(cause=only.cause, reason="误罚", by=company.officer.actor, at=sh("20 10:00:00"))
    reinstate(cause=only.cause, reason="撤销有误", by=company.officer.actor, at=sh("21 10:00:00"))
    assert stands(only) == ("settled", "50.00")
    assert run() == []


def test_under_appeal_nothing_is_taken(company):
    only = fine(company, "50")
    bonus(company, "60")
    appeal(pk=only.pk, person=company.clerk, text="当时已联系客户", now=sh("05 10:00:00"))
    assert run() == []
    decide_appeal(pk=only.pk, granted=False, decision="录音未见", person=company.officer, now=sh("06 10:00:00"))
    assert run() == [("take", "50.00")]
    bonus(company, "10")
    assert run() == [("give_back", "40.00")]
    assert stands(only) == ("upheld", "10.00")


def test_salary_and_profit_are_apart_from_the_bonus(company):
    salary = {"clause": "§2.2.1", "case": "attitude", "at": sh("04 10:00:00"), "by": SYSTEM, "unit": company.branch}
    impose(cause="complaint/1/1", person=company.clerk, **salary)
    shares = {company.branch.pk: Decimal(1)}
    impose(clause="§2.2.2", case="lane_lost", cause="manual/1", at=sh("04 10:00:00"), by=SYSTEM, base=Decimal(900), shares=shares)
    assert run() == [("take", "100.00"), ("take", "450.00")]
    assert run() == []
    accounts = LedgerEntry.objects.filter(kind="take").order_by("pk").values_list("debit", "credit")
    assert list(accounts) == [("salary", "receivable"), ("profit", "receivable")]


def test_a_branch_pays_from_its_own_bonus(company):
    loss = {"clause": "§2.2.3", "case": "loss", "cause": "complaint/2/1", "at": sh("04 10:00:00"), "by": SYSTEM}
    (penalty,) = impose(unit=company.branch, base=Decimal(1000), **loss)
    bonus(company, "200", person=type("Named", (), {"number": company.branch.code}))
    assert run() == [("take", "200.00")]
    assert stands(penalty) == ("assessed", "200.00")


def test_a_month_to_come_is_refused(company):
    with pytest.raises(Refused, match="尚未开始"):
        run_bonus(month=DEC, by=SYSTEM, now=sh("30 23:59:59"))


def test_the_command_is_dry_by_default(company):
    only = fine(company, "80", "2026-10-04 10:00:00")
    bonus(company, "30", OCT)
    said = StringIO()
    with time_machine.travel(sh("20 10:00:00"), tick=False):
        call_command("bonus_run", stdout=said)
        assert stands(only) == ("assessed", "0.00")
        assert "扣款 30.00" in said.getvalue()
        assert company.clerk.number in said.getvalue()
        assert "结转 50.00" in said.getvalue()
        call_command("bonus_run", "--month", "2026-10", "--commit", stdout=said)
        assert stands(only) == ("assessed", "30.00")
        again = StringIO()
        call_command("bonus_run", "--month", "2026-10", "--commit", stdout=again)
        assert "扣款 0.00" in again.getvalue()
        for month in ("2026-13", "10", "2027-01"):
            with pytest.raises(CommandError):
                call_command("bonus_run", "--month", month)


def test_whoever_changed_posts_still_pays_for_what_was(company):
    only = fine(company, "80")
    appoint(company.clerk, role=Role.COURIER, unit=company.third, now=sh("05 10:00:00"))
    bonus(company, "100")
    run()
    assert stands(only) == ("settled", "80.00")
    assert Penalty.objects.get().unit == company.branch
