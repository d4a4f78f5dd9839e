"""The demo's claims: one for every state a visitor may want to see."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from complaints.models import Claim
from complaints.services.claims.payments import faults
from desk.demo.claims import STORIES, tell_claims
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
    tell_claims(SimpleNamespace(company=SimpleNamespace(holder=lambda _unit, role: holders[role])), sh("05 12:00:00"))
    states = list(Claim.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["opened", "papers_complete", "proposed", "disputed", "agreed", "paid", "rejected"]
    assert faults() == []
