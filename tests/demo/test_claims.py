"""The demo's claims: one for every state a visitor may want to see."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from complaints.models import Claim
from complaints.services.claims.payments import faults
from desk.demo.claims import STORIES, plan_claims
from desk.demo.timeline import Timeline
from rulebook.roles import Role
from tests.complaints.claimcases import goods, offices
from tests.factories import Company, sh


@pytest.mark.django_db
def test_there_is_a_claim_for_every_story():
    company = offices(Company())
    for story in STORIES:
        insured = story[0] != "agreed"
        goods(company, insured=insured, declared_value=Decimal("8000.00") if insured else Decimal(0))
    holders = {Role.CLAIMS: company.adjuster, Role.FINANCE: company.cashier}
    timeline = Timeline(sh("05 00:00:00"), on_act=lambda: None)
    world = SimpleNamespace(company=SimpleNamespace(holder=lambda _unit, role: holders[role]), timeline=timeline)
    plan_claims(world, sh("05 12:00:00"))
    timeline.play(sh("05 12:00:00"))
    states = list(Claim.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["opened", "papers_complete", "proposed", "disputed", "agreed", "paid", "rejected"]
    assert faults() == []
