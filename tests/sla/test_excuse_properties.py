"""After any sequence of filing, verifying, deciding and taking up again, breaches, fines and the two sides of §1.5.1 agree."""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from network.choices import UnitKind
from orders import services as orders
from penalties.models import Penalty
from reports.kpis import Period, score
from rulebook.errors import Conflict, Refused
from rulebook.roles import Role
from sla import services as sla
from sla.models import Filing
from tests.clocks import clock, step
from tests.factories import Company, placed, post, reached, sh, unit
from tests.orders.test_races import in_parallel

VERBS = ["file", "file_fault", "confirm", "deny", "grant", "refuse", "reopen"]
PERIOD = Period(sh("04 00:00:00"), sh("05 00:00:00"))


def act(company: Company, expert, order, verb: str, minute: int) -> None:
    """Try one verb on the latest filing of an order's acceptance clock; what a rule or the state forbids changes nothing."""
    now = sh(f"05 {9 + minute // 60:02}:{minute % 60:02}:00")
    filing = Filing.objects.filter(deadline__order=order).order_by("pk").last()
    key = filing.pk if filing else 0
    if verb.startswith("file"):
        reason = "pc_fault" if verb == "file_fault" else "off_hours"
        sla.file(deadline_id=str(clock(order, "§1.2.1.1").pk), clerk=company.clerk, reason=reason, text="x", now=now)
    elif verb in ("confirm", "deny"):
        sla.verify_filing(filing_id=key, person=expert, confirmed=verb == "confirm", finding="x", now=now)
    elif verb == "reopen":
        sla.reopen_filing(filing_id=key, person=company.officer, reason="x", now=now)
    else:
        sla.decide_filing(filing_id=key, person=company.officer, grant=verb == "grant", decision="x", now=now)


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 1), st.sampled_from(VERBS)), max_size=14))
def test_the_figure_and_the_fines_follow_the_filings(company, sequence):
    """Two orders missed in off-hours, one accepted in time."""
    with transaction.atomic():
        expert = post(Role.IT, unit("IT", UnitKind.DEPARTMENT, company.root))
        late = [placed(sh(f"04 19:0{n}:00"), branch=company.branch) for n in range(2)]
        good = placed(sh("04 19:05:00"), branch=company.branch)
        reached(good, company.clerk, sh("04 19:06:00"))
        orders.accept(number=good.number, clerk=company.clerk, now=sh("04 19:06:00"))
        sla.tick(now=sh("04 19:30:00"))
        for minute, (which, verb) in enumerate(sequence):
            try:
                with transaction.atomic():
                    act(company, expert, late[which], verb, minute)
            except (Refused, Conflict, Filing.DoesNotExist):
                pass
            excused = [Filing.objects.filter(deadline__order=order, state="granted").exists() for order in late]
            found = score("timely_handling", company.branch, PERIOD, now=sh("05 09:00:00"))
            assert (found.part, found.whole) == (1, 3 - sum(excused))
            for order, granted in zip(late, excused, strict=True):
                state = "excused" if granted else "breached"
                assert {clock(order, "§1.2.1.1").state, step(order, "§1.2.1.1").state, step(order, "§1.2.1.1b", "second").state} == {state}
                fines = Penalty.objects.filter(order_number=order.number, clause__in=("§1.7.2.1", "§1.7.2.2"))
                assert {fine.state == "reversed" for fine in fines} == {granted}
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verbs", [(True, False), (True, True)])
def test_two_deciders_of_one_filing(verbs):
    company = Company()
    order = placed(sh("04 19:00:00"), branch=company.branch)
    sla.tick(now=sh("04 19:30:00"))
    deadline = str(clock(order, "§1.2.1.1").pk)
    filing = sla.file(deadline_id=deadline, clerk=company.clerk, reason="off_hours", text="x", now=sh("05 08:30:00"))
    deciders = [company.officer, post(Role.DEPARTMENT, company.department)]
    tries = 40 if connection.vendor == "postgresql" else 8
    answers = in_parallel(
        tries,
        lambda n: sla.decide_filing(
            filing_id=filing.pk, person=deciders[n % 2], grant=verbs[n % 2], decision="x", now=sh("05 10:00:00")
        ),
        threads=8,
    )
    won = [answer for answer in answers if isinstance(answer, Filing)]
    lost = [answer for answer in answers if isinstance(answer, Conflict)]
    assert (len(won), len(lost)) == (1, tries - 1)
    assert {conflict.winner for conflict in lost} == {won[0].decided_by.name}
    assert filing.acts.filter(verb__in=("grant", "refuse")).count() == 1
    state = "excused" if won[0].state == "granted" else "breached"
    assert {step(order, "§1.2.1.1").state, clock(order, "§1.2.1.1").state} == {state}
