"""Races over one claim: one answer, one payment, one claim an order (§4.5)."""

from decimal import Decimal

import pytest
from django.db import connections

from complaints.models import Claim, ClaimPayment
from complaints.services import claims
from rulebook.errors import Conflict, Refused
from rulebook.roles import Role
from tests.complaints.claimcases import CALLER, PAYEE, agreed, fresh, goods, offices, opened, proposed, received
from tests.factories import Company, post, sh
from tests.orders.test_races import in_parallel

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


@pytest.fixture
def company(transactional_db) -> Company:
    return offices(Company())


def caught(act):
    def safely(n: int) -> object:
        try:
            return act(n)
        except Refused as refused:
            connections.close_all()
            return refused

    return safely


def test_eight_open_a_claim_on_one_order(company):
    number = goods(company)
    done = in_parallel(8, lambda _n: opened(number), threads=8)
    assert sum(isinstance(each, Claim) for each in done) == 1
    assert sum(isinstance(each, Conflict) for each in done) == 7
    assert Claim.objects.count() == 1


def test_yes_and_no_at_the_same_moment(company):
    claim = received(opened(goods(company)))
    proposed(claim, company)

    def answer(n: int) -> object:
        said = {"number": claim.number, "author": CALLER, "serial": 1, "means": "link", "now": sh("06 15:00:00")}
        return claims.agree(**said, payee=PAYEE) if n % 2 else claims.dispute(**said, text="太少")

    done = in_parallel(8, answer, threads=8)
    assert sum(isinstance(each, Claim) for each in done) == 1
    assert sum(isinstance(each, Conflict) for each in done) == 7
    assert fresh(claim).state in ("agreed", "disputed")


def test_eight_cashiers_pay_one_claim(company):
    claim = received(opened(goods(company)))
    proposed(claim, company)
    agreed(claim)
    cashiers = [post(Role.FINANCE, company.money_office) for _n in range(8)]

    def pay(n: int) -> object:
        said = {"amount": Decimal("5000.00"), "bank_no": f"B{n}", "now": sh("07 09:00:00")}
        return claims.pay(number=claim.number, clerk=cashiers[n], **said)

    done = in_parallel(8, pay, threads=8)
    assert sum(isinstance(each, Claim) for each in done) == 1
    assert ClaimPayment.objects.total() == Decimal("5000.00")


def test_one_transfer_number_for_eight_claims(company):
    waiting = []
    for _n in range(8):
        claim = received(opened(goods(company)))
        proposed(claim, company)
        waiting.append(agreed(claim))

    def pay(n: int) -> object:
        said = {"amount": Decimal("5000.00"), "bank_no": "B1", "now": sh("07 09:00:00")}
        return claims.pay(number=waiting[n].number, clerk=company.cashier, **said)

    done = in_parallel(8, caught(pay), threads=8)
    assert sum(isinstance(each, Claim) for each in done) == 1
    assert sum(isinstance(each, Refused) for each in done) == 7
    assert ClaimPayment.objects.count() == 1
