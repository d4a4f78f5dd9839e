"""A simulated company that is dogged by bad luck: every act of an order's whole life happens, and the sums tie out."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction

from core.models import Entry
from delivery.models import Scan
from delivery.services import VERBS
from desk.demo import simulation
from desk.demo.habits import ORDINARY
from rulebook.events import On

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

UNLUCKY = replace(
    ORDINARY, pays_on_delivery=0.6, wants_slip=0.8, names_branch=0.9, late_branch=0.05, slack_branches=0.0, postponed=0.08, cancelled_by_customer=0.06,
    failed_pickup=0.25, withdrawn_after_pickup=0.06, linked_outside=0.06, bill_checked=0.4, bill_disputed=0.4, amended=0.2,
    via_hub=0.4, lost=0.1, found_again=0.6, forwarded=0.3, late_delivery=0.3, notes_circumstance=0.6, failed_delivery=0.35,
    waits_on_site=0.5, demands=0.25, refused=0.15, signed_with_exception=0.15, cash_short_at_door=0.4, cash_short_at_count=0.4,
    written_off=0.5, scanned_wrongly=0.15, slip_late=0.3, slip_rejected=0.4, slip_lost=0.35, wrong_tap=0.2,
    blames_fault=0.6, excuse_reopened=0.5, complaints_per_1000=500, complaint_reopened=0.4, found_besides=0.8, contact_doubted=0.2, appeals=0.3,
)  # fmt: skip

PICKUP_AND_BILL = {
    On.ORDER_POSTPONED, On.ORDER_RESUMED, On.ORDER_CANCELLED, On.CANCEL_REASON_RECORDED, On.PICKUP_FAILED, On.PICKUP_COLLECTED,
    On.PICKUP_HANDED_BACK, On.WAYBILL_LINKED, On.BILL_CHECKED, On.BILL_CONFIRMED, On.BILL_DISPUTED, On.AMENDMENT_PROPOSED,
}  # fmt: skip
DOOR = {
    On.CONSIGNEE_CALLED, On.LATENESS_TOLD, On.CIRCUMSTANCE_NOTED, On.DEMAND_REPORTED, On.DEMAND_ANSWERED,
    On.DELIVERY_TIME_AGREED, On.DELIVERY_TAKEN_BACK, On.ARRIVAL_TAKEN_BACK, On.LOAD_OPENED, On.LOAD_CLOSED, On.ANOMALY_REPORTED, On.ANOMALY_ANSWERED, On.ANOMALY_CLOSED,
}  # fmt: skip
CASH = {
    On.CASH_COLLECTED, On.CASH_DISCREPANCY_RAISED, On.CASH_RESOLVED, On.CASH_COUNTED, On.CASH_BANKED, On.CASH_CONFIRMED_BY_BANK,
    On.CASH_REMITTED, On.CASH_WRITTEN_OFF, On.CASH_VOIDED,
}  # fmt: skip
SLIP = {On.SLIP_HANDED_ON, On.SLIP_RETURNED, On.SLIP_REJECTED, On.SLIP_RESENT, On.SLIP_LOST, On.SLIP_CLOSED}

ACCOUNTABILITY = {
    On.COMPLAINT_FILED, On.COMPLAINT_TAKEN, On.COMPLAINT_PROPOSED, On.COMPLAINT_UPHELD, On.COMPLAINT_DISMISSED, On.COMPLAINT_RESULT_TOLD,
    On.COMPLAINT_REOPENED, On.COMPLAINT_CLOSED, On.CONTACT_CHECK_OPENED, On.CONTACT_CHECK_UPHELD, On.CONTACT_CHECK_CLEARED,
    On.TIER_ACTION_ISSUED, On.TIER_ACTION_DONE, On.FILING_FILED, On.FILING_VERIFIED, On.FILING_DECIDED, On.FILING_REOPENED,
    On.DEADLINE_EXCUSED, On.EXCUSE_WITHDRAWN, On.PENALTY_IMPOSED, On.PENALTY_ASSESSED, On.PENALTY_APPEALED, On.PENALTY_UPHELD,
    On.PENALTY_REVERSED, On.PENALTY_SETTLED, On.REGULATION_CHANGED, On.BONUS_RECORDED, On.BONUS_RUN,
}  # fmt: skip

NOT_PLAYED = {"keep_for_delivery", "depart_rest"}


def test_everything_happens_and_ties_out() -> None:
    plan = simulation.Plan(orders=70, first=date(2026, 11, 2), days=9, seed=5, habits=UNLUCKY)
    outcome = simulation.play(plan, name="演示", on_act=lambda: None)
    assert [tie.name for tie in outcome.ties if not tie.holds] == []
    told = set(Entry.objects.values_list("name", flat=True).distinct())
    assert {str(name) for name in PICKUP_AND_BILL | DOOR | CASH | SLIP | ACCOUNTABILITY} - told == set()
    assert set(VERBS) - NOT_PLAYED - set(Scan.objects.values_list("verb", flat=True).distinct()) == set()
    assert outcome.breaches.exists()
    (report,) = outcome.reports
    told = {key for key, number in report.total.items() if number}
    assert {"standing", "taken_back", "done", "imposed", "reversed", "taken", "granted", "reopened", "upheld_for", "refused_to"} - told == set()
    assert len(outcome.complaints) >= 5


def test_the_same_seed_gives_the_same_figures_another_one_others():
    plan = simulation.Plan(orders=24, first=date(2026, 11, 2), days=2, seed=3, habits=UNLUCKY)
    assert _figures(plan) == _figures(plan) != _figures(replace(plan, seed=4))


def _figures(plan: simulation.Plan) -> tuple[object, ...]:
    """Return what a plan comes to; nothing of it stays, so that the database numbers the next one's rows otherwise."""
    point = transaction.savepoint()
    outcome = simulation.play(plan, name="演示", on_act=lambda: None)
    breaches = list(outcome.breaches.values_list("at", "clause", "responsible_unit__code", "responsible_person__number"))
    said = [tie.says for tie in outcome.ties], outcome.complaints, sorted(map(str, breaches))
    transaction.savepoint_rollback(point)
    return said
