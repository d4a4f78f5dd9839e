"""Appeals: by whoever is fined, within 7 days, once, decided with a reason (§1.7.4)."""

from decimal import Decimal

import pytest

from core.models import SYSTEM
from network.services import appoint
from penalties.models import Appeal, LedgerEntry, Penalty
from penalties.services import appeal, assess, decide_appeal, impose, is_fined, reinstate, reverse
from rulebook.errors import Conflict, Denied, Refused
from rulebook.roles import Role
from tests.factories import PersonFactory, sh
from tests.penalties.money import bonus, fine, run, stands

pytestmark = pytest.mark.django_db

WHY = "当时已与客户通话"


def decide(company, penalty, *, granted, decision="经核实", at="06 10:00:00"):
    return decide_appeal(pk=penalty.pk, granted=granted, decision=decision, person=company.officer, now=sh(at))


@pytest.mark.parametrize(
    ("imposed", "appealed", "in_time"),
    [
        ("04 10:00:00", "11 23:59:59", True),
        ("04 10:00:00", "12 00:00:00", True),
        ("04 10:00:00", "12 00:00:00.000001", False),
        ("04 00:00:00", "12 00:00:00", True),
        ("03 23:59:59", "11 00:00:00.000001", False),
    ],
)
def test_within_seven_calendar_days(company, imposed, appealed, in_time):
    penalty = fine(company, "50", imposed)
    if in_time:
        assert appeal(pk=penalty.pk, person=company.clerk, text=WHY, now=sh(appealed)).state == "appealed"
        return
    with pytest.raises(Refused, match="7 个自然日"):
        appeal(pk=penalty.pk, person=company.clerk, text=WHY, now=sh(appealed))
    assert not Appeal.objects.exists()


def test_the_days_are_a_setting(company, settings):
    settings.APPEAL_DAYS = 1
    penalty = fine(company, "50", "04 10:00:00")
    with pytest.raises(Refused, match="1 个自然日"):
        appeal(pk=penalty.pk, person=company.clerk, text=WHY, now=sh("06 00:00:00.000001"))


def test_an_amount_set_later_opens_the_days_anew(company):
    penalty = fine(company, None, "04 10:00:00")
    assess(pk=penalty.pk, amount=Decimal(50), by=company.officer, now=sh("20 10:00:00"))
    assert appeal(pk=penalty.pk, person=company.clerk, text=WHY, now=sh("28 00:00:00")).state == "appealed"


def test_only_who_is_fined_may_appeal(company):
    penalty = fine(company, "50")
    for other in (company.manager, company.officer, company.second_clerk):
        with pytest.raises(Denied):
            appeal(pk=penalty.pk, person=other, text=WHY, now=sh("05 10:00:00"))
    assert not Appeal.objects.exists()


def test_a_branchs_fine_is_its_managers_to_appeal(company):
    late = {"clause": "§1.7.2.1", "case": "late_10", "at": sh("04 10:00:00"), "by": SYSTEM, "cause": "manual/1"}
    (penalty,) = impose(unit=company.branch, **late)
    for other in (company.clerk, company.regional_manager):
        with pytest.raises(Denied):
            appeal(pk=penalty.pk, person=other, text=WHY, now=sh("05 10:00:00"))
    successor = PersonFactory()
    appoint(successor, role=Role.BRANCH_MANAGER, unit=company.branch, now=sh("05 09:00:00"))
    assert (is_fined(penalty, company.manager), is_fined(penalty, successor)) == (False, True)
    assert appeal(pk=penalty.pk, person=successor, text=WHY, now=sh("05 10:00:00")).state == "appealed"


def test_without_a_reason_it_is_refused(company):
    penalty = fine(company, "50")
    with pytest.raises(Refused, match="理由"):
        appeal(pk=penalty.pk, person=company.clerk, text="  ", now=sh("05 10:00:00"))


def test_once_only(company):
    penalty = fine(company, "50")
    appeal(pk=penalty.pk, person=company.clerk, text=WHY, now=sh("05 10:00:00"))
    with pytest.raises(Conflict):
        appeal(pk=penalty.pk, person=company.clerk, text=WHY, now=sh("05 10:00:00"))
    decide(company, penalty, granted=False)
    with pytest.raises(Conflict):
        appeal(pk=penalty.pk, person=company.clerk, text=WHY, now=sh("06 11:00:00"))


def test_a_reversed_one_cannot_be_appealed(company):
    penalty = fine(company, "50")
    reverse(cause=penalty.cause, reason="误录", by=company.officer.actor, at=sh("05 09:00:00"))
    with pytest.raises(Conflict):
        appeal(pk=penalty.pk, person=company.clerk, text=WHY, now=sh("05 10:00:00"))


def test_granted_it_is_reversed_by_counter_entry_also_after_it_was_settled(company):
    penalty = fine(company, "50")
    bonus(company, "60")
    run()
    appeal(pk=penalty.pk, person=company.clerk, text=WHY, now=sh("05 10:00:00"))
    assert decide(company, penalty, granted=True).state == "reversed"
    kinds = [(b.kind, str(b.amount)) for b in LedgerEntry.objects.order_by("pk")]
    assert kinds == [("assess", "50.00"), ("take", "50.00"), ("reverse", "50.00")]
    assert run() == [("refund", "50.00")]


@pytest.mark.parametrize(("bonus_of", "after"), [("60", "settled"), ("40", "upheld")])
def test_refused_it_stands_as_it_was(company, bonus_of, after):
    penalty = fine(company, "50")
    bonus(company, bonus_of)
    run()
    appeal(pk=penalty.pk, person=company.clerk, text=WHY, now=sh("05 10:00:00"))
    decide(company, penalty, granted=False)
    assert stands(penalty) == (after, f"{min(int(bonus_of), 50)}.00")


def test_a_pending_amount_can_be_appealed_and_assessed_meanwhile(company):
    penalty = fine(company, None)
    appeal(pk=penalty.pk, person=company.clerk, text=WHY, now=sh("05 10:00:00"))
    assess(pk=penalty.pk, amount=Decimal(50), by=company.officer, now=sh("05 11:00:00"))
    assert stands(penalty)[0] == "appealed"
    decide(company, penalty, granted=False)
    assert stands(penalty)[0] == "upheld"
    bonus(company, "60")
    assert run() == [("take", "50.00")]


def test_only_the_department_decides_and_never_twice(company):
    penalty = fine(company, "50")
    with pytest.raises(Conflict):
        decide(company, penalty, granted=True)
    appeal(pk=penalty.pk, person=company.clerk, text=WHY, now=sh("05 10:00:00"))
    with pytest.raises(Denied):
        decide_appeal(pk=penalty.pk, granted=True, decision="好", person=company.manager, now=sh("06 10:00:00"))
    with pytest.raises(Refused, match="理由"):
        decide(company, penalty, granted=True, decision=" ")
    decide(company, penalty, granted=True)
    with pytest.raises(Conflict):
        decide(company, penalty, granted=False)


def test_nobody_decides_about_themselves(company):
    penalty = fine(company, "50", person=company.officer)
    appeal(pk=penalty.pk, person=company.officer, text=WHY, now=sh("05 10:00:00"))
    with pytest.raises(Denied):
        decide(company, penalty, granted=True)
    assert Penalty.objects.get().state == "appealed"


def test_an_appeal_waits_again_when_what_had_reversed_its_fine_is_withdrawn(company):
    """Reversed by an excuse meanwhile there is nothing to decide; back again, the appeal is open as before (§1.7.4, design §6.2)."""
    penalty = fine(company, "50", "04 10:00:00")
    appeal(pk=penalty.pk, person=company.clerk, text=WHY, now=sh("05 10:00:00"))
    reverse(cause=penalty.cause, reason="excused", by=SYSTEM, at=sh("05 11:00:00"))
    for granted in (True, False):
        with pytest.raises(Conflict):
            decide(company, penalty, granted=granted)
    reinstate(cause=penalty.cause, reason="excuse_withdrawn", by=SYSTEM, at=sh("05 12:00:00"))
    penalty.refresh_from_db()
    assert (penalty.state, penalty.booked) == ("appealed", Decimal("50.00"))
    decide(company, penalty, granted=False)
    penalty.refresh_from_db()
    assert penalty.state == "upheld"
