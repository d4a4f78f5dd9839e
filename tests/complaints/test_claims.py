"""Claims: papers start the clock, proposals stay within their limit, money moves once (§1.6.1.3, §4.5). Expectations typed by hand."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from complaints.models import Claim, ClaimPayment, Proposal
from complaints.services import claims
from complaints.services.claims.answers import link_holds, proposal_of, token_of
from complaints.services.claims.payments import faults
from core.models import Entry
from rulebook.claims import most_payable
from rulebook.errors import Conflict, Denied, Refused
from sla.models import Deadline
from tests.complaints.claimcases import (
    CALLER,
    agreed,
    disputed,
    fresh,
    goods,
    offices,
    opened,
    paid,
    proposed,
    received,
)
from tests.factories import Company, sh

D = Decimal


@pytest.fixture
def company(db: None) -> Company:
    return offices(Company())


# The clock (§1.6.1.3): claimed up to 500 or declared under 10,000: 3 working days; otherwise 7. 5 November 2026 is a Thursday.

CLOCKS = [
    # declared      claimed      small   due
    ("10000.00", "500.00", True, "11 00:00:00"),  # 6, 9, 10
    ("10000.00", "500.01", False, "17 00:00:00"),  # 6, 9, 10, 11, 12, 13, 16
    ("9999.99", "500.01", False, "11 00:00:00"),
    ("9999.99", "9000.00", False, "11 00:00:00"),
    ("10000.00", "10000.00", False, "17 00:00:00"),
    ("0.00", "500.00", True, "11 00:00:00"),
]


@pytest.mark.parametrize(("declared", "claimed", "small", "due"), CLOCKS)
def test_complete_papers_start_the_clock(company, declared, claimed, small, due):
    number = goods(company, declared_value=D(declared), insured=D(declared) > 0)
    claim = opened(number, claimed)
    assert claim.small is small
    assert not Deadline.objects.filter(clause="§1.6.1.3").exists()
    assert received(claim).state == "papers_complete"
    clock = Deadline.objects.get(clause="§1.6.1.3")
    assert (clock.subject, clock.started_at, clock.due_at, clock.holder) == (
        claim.subject, sh("05 10:00:00"), sh(due), company.claims_office,
    )  # fmt: skip


def test_the_last_required_paper_starts_the_clock_and_papers_returned_start_it_anew(company):
    claim = opened(goods(company))
    needed = ["application", "waybill", "photos", "invoice", "identity"]
    assert list(claim.papers.filter(required=True).order_by("pk").values_list("code", flat=True)) == needed
    for code in needed[:-1]:
        claims.receive_paper(number=claim.number, paper=code, author=CALLER, now=sh("05 10:00:00"))
    assert fresh(claim).state == "opened"
    claims.receive_paper(number=claim.number, paper="identity", author=CALLER, now=sh("05 11:00:00"))
    claims.return_papers(number=claim.number, clerk=company.adjuster, papers=["invoice"], text="看不清", now=sh("06 09:00:00"))
    assert fresh(claim).state == "opened"
    claims.receive_paper(number=claim.number, paper="invoice", author=CALLER, now=sh("09 09:00:00"))
    clocks = Deadline.objects.filter(clause="§1.6.1.3").order_by("started_at").values_list("state", "started_at", "due_at")
    assert list(clocks) == [
        ("replaced", sh("05 11:00:00"), sh("11 00:00:00")),
        ("open", sh("09 09:00:00"), sh("13 00:00:00")),  # 10, 11, 12
    ]
    proposed(claim, company, at="12 23:59:59")
    assert Deadline.objects.get(clause="§1.6.1.3", started_at=sh("09 09:00:00")).state == "met"


def test_a_small_claim_needs_fewer_papers_and_theft_a_police_report(company):
    small = opened(goods(company), "500.00")
    assert set(small.papers.filter(required=True).values_list("code", flat=True)) == {"application", "waybill", "photos"}
    stolen = opened(goods(company), "500.01", cause="theft_en_route")
    assert stolen.papers.get(code="police").required
    assert not stolen.papers.filter(code="accident").exists()


def test_papers_done_without_carry_a_reason(company):
    claim = opened(goods(company))
    with pytest.raises(Refused, match="资料不齐"):
        claims.complete_papers(number=claim.number, clerk=company.adjuster, now=sh("05 10:00:00"))
    everything = ["application", "waybill", "photos", "invoice", "identity"]
    with pytest.raises(Refused, match="免交原因"):
        claims.complete_papers(number=claim.number, clerk=company.adjuster, waive=everything, now=sh("05 10:00:00"))
    claims.complete_papers(number=claim.number, clerk=company.adjuster, waive=everything, text="现场已核实", now=sh("05 10:00:00"))
    assert fresh(claim).state == "papers_complete"


# What a claim is settled at (§4.5): insured up to the declared value, uninsured up to 3 freights of 320.00 (a setting).

LIMITS = [
    # insured  declared      freight    before     proven      most
    (True, "8000.00", "320.00", "0.00", "6000.00", "6000.00"),
    (True, "8000.00", "320.00", "0.00", "8000.01", "8000.00"),
    (True, "8000.00", "320.00", "3000.00", "6000.00", "5000.00"),
    (True, "8000.00", "320.00", "8000.00", "1.00", "0.00"),
    (False, "0.00", "320.00", "0.00", "6000.00", "960.00"),
    (False, "0.00", "320.00", "0.00", "959.99", "959.99"),
    (False, "500.00", "320.00", "0.00", "6000.00", "500.00"),
    (False, "0.00", "320.00", "1000.00", "6000.00", "0.00"),
]


@pytest.mark.parametrize(("insured", "declared", "freight", "before", "proven", "most"), LIMITS)
def test_most_payable(insured, declared, freight, before, proven, most):
    found = most_payable(
        insured=insured, declared=D(declared), freight=D(freight), freights=3, paid_before=D(before), proven=D(proven)
    )
    assert found == D(most)


@pytest.mark.parametrize(("changes", "most"), [({}, "6000.00"), ({"insured": False, "declared_value": D(0)}, "960.00")])
def test_a_proposal_stays_within_its_limit(company, changes, most):
    claim = received(opened(goods(company, **changes)))
    with pytest.raises(Refused, match="最多可赔") as refused:
        proposed(claim, company, str(D(most) + D("0.01")))
    assert refused.value.field == "amount"
    assert proposed(claim, company, most).most == D(most)


def test_what_was_paid_for_the_same_goods_counts(company):
    number = goods(company)
    first = received(opened(number))
    proposed(first, company)
    agreed(first)
    paid(first, company)
    second = received(opened(number, "8000.00", at="08 09:00:00"), at="08 10:00:00")
    with pytest.raises(Refused, match=r"最多可赔 3000\.00 元"):
        proposed(second, company, "3000.01", proven=D("8000.00"), at="09 09:00:00")
    assert proposed(second, company, "3000.00", proven=D("8000.00"), at="09 09:00:00").amount == D("3000.00")


BAD = ["NaN", "-1.00", "0.00", "0.001", "Infinity", "10000000.00"]


@pytest.mark.parametrize("amount", BAD)
def test_amounts_that_are_none_are_refused_everywhere(company, amount):
    number = goods(company)
    with pytest.raises(Refused) as refused:
        opened(number, amount)
    assert refused.value.field == "amount"
    claim = received(opened(number))
    for values, field in (({"amount": amount}, "amount"), ({"proven": D(amount)}, "proven")):
        with pytest.raises(Refused) as refused:
            proposed(claim, company, **values)
        assert refused.value.field == field
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [({"phone": "123"}, "phone"), ({"name": " "}, "name"), ({"text": ""}, "text"), ({"cause": "magic"}, "cause")],
)
def test_what_is_missing_is_named(company, said, field):
    with pytest.raises(Refused) as refused:
        opened(goods(company), **said)
    assert refused.value.field == field
    assert not Claim.objects.exists()


def test_an_order_has_one_live_claim(company):
    number = goods(company)
    claim = opened(number)
    with pytest.raises(Conflict, match=claim.number):
        opened(number)
    claims.withdraw(number=claim.number, author=CALLER, text="已自行解决", now=sh("05 12:00:00"))
    assert opened(number, at="05 13:00:00").state == "opened"


# Yes, no, the superior.


def test_a_yes_is_paid_exactly_once_by_another(company):
    claim = received(opened(goods(company)))
    proposed(claim, company)
    with pytest.raises(Conflict, match="方案已更新"):
        agreed(claim, serial=2)
    agreed(claim)
    for amount in ("4999.99", "5000.01"):
        with pytest.raises(Refused, match="完全一致") as refused:
            paid(claim, company, amount)
        assert refused.value.field == "amount"
    paid(claim, company)
    with pytest.raises(Conflict, match="已赔付"):
        paid(claim, company)
    assert ClaimPayment.objects.total() == D("5000.00")
    assert faults() == []
    claims.close(number=claim.number, clerk=company.adjuster, now=sh("08 09:00:00"))
    assert (fresh(claim).state, faults()) == ("closed", [])


def test_one_transfer_pays_one_claim(company):
    for turn in (1, 2):
        claim = received(opened(goods(company)))
        proposed(claim, company)
        agreed(claim)
        if turn == 2:
            with pytest.raises(Refused, match="流水号") as refused:
                paid(claim, company)
            assert refused.value.field == "bank_no"
        else:
            paid(claim, company)


def test_who_proposed_neither_pays_nor_records_the_answer(company):
    claim = received(opened(goods(company)))
    proposal = proposed(claim, company)
    with pytest.raises(Refused, match="以外的人"):
        claims.agree(number=claim.number, author=claims.staff(company.adjuster), serial=1, means="phone", now=sh("06 15:00:00"))
    agreed(claim)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimPayment.objects.create(
            claim=claim, proposal=proposal, amount=D("5000.00"), bank_no="X", proposer=company.adjuster, by=company.adjuster,
            at=sh("07 09:00:00"),
        )  # fmt: skip


def test_a_no_is_decided_by_somebody_else(company):
    claim = received(opened(goods(company)))
    proposed(claim, company)
    disputed(claim)
    with pytest.raises(Refused, match="须由他人"):
        proposed(claim, company, "5500.00", at="07 09:00:00")
    with pytest.raises(Refused) as refused:
        claims.escalate(number=claim.number, clerk=company.superior, to=company.adjuster.number, now=sh("07 09:00:00"))
    assert refused.value.field == "to"
    claims.escalate(number=claim.number, clerk=company.adjuster, to=company.superior.number, now=sh("07 09:00:00"))
    assert fresh(claim).handler == company.superior
    claims.propose(
        number=claim.number, clerk=company.superior, amount=D("6000.00"), proven=D("6000.00"), words="全额赔付", now=sh("07 10:00:00")
    )
    agreed(claim, serial=2, at="07 11:00:00")
    assert fresh(claim).agreed.amount == D("6000.00")
    assert list(Proposal.objects.order_by("serial").values_list("serial", "amount")) == [(1, D("5000.00")), (2, D("6000.00"))]


def test_getting_nothing_can_be_contested_and_ends_with_an_apology(company):
    claim = received(opened(goods(company)))
    claims.reject(number=claim.number, clerk=company.adjuster, text="包装不善所致", now=sh("06 09:00:00"))
    assert Deadline.objects.get(clause="§1.6.1.3").state == "met"
    disputed(claim, serial=0)
    claims.reject(number=claim.number, clerk=company.superior, text="维持原处理", now=sh("07 09:00:00"))
    coupon = claims.give_coupon(
        number=claim.number, clerk=company.superior, amount=D("50.00"), valid_until=sh("30 09:00:00").date(), apology="非常抱歉",
        now=sh("07 10:00:00"),
    )  # fmt: skip
    assert len(coupon.code) == 10
    with pytest.raises(Conflict):
        claims.give_coupon(
            number=claim.number, clerk=company.superior, amount=D("50.00"), valid_until=sh("30 09:00:00").date(), apology="再次抱歉",
            now=sh("07 11:00:00"),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "until", "field"),
    [("200.01", "30", "amount"), ("-1", "30", "amount"), ("NaN", "30", "amount"), ("50", "06", "valid_until")],
)
def test_coupons_have_their_limits(company, amount, until, field):
    claim = received(opened(goods(company)))
    claims.reject(number=claim.number, clerk=company.adjuster, text="包装不善所致", now=sh("06 09:00:00"))
    with pytest.raises(Refused) as refused:
        claims.give_coupon(
            number=claim.number, clerk=company.superior, amount=D(amount), valid_until=sh(f"{until} 12:00:00").date(),
            apology="抱歉", now=sh("07 09:00:00"),
        )  # fmt: skip
    assert refused.value.field == field


def test_an_operating_loss_names_loss_and_unit(company):
    claim = received(opened(goods(company)))
    proposed(claim, company, at_fault="B2")
    agreed(claim)
    paid(claim, company)
    for name in ("claim_agreed", "claim_paid"):
        data = Entry.objects.get(name=name).data
        assert (data["loss"], data["branch"], data["at_fault"]) == ("6000.00", company.second.pk, company.second.pk)


def test_journal_holds_no_personal_data(company):
    claim = received(opened(goods(company)))
    proposed(claim, company)
    agreed(claim)
    told = str(list(Entry.objects.filter(subject=claim.subject).values_list("data", flat=True)))
    for secret in ("13800138000", "张三", "6222"):
        assert secret not in told
    with connection.cursor() as cursor:
        cursor.execute("SELECT claimant_phone, payee FROM complaints_claim")
        assert "138" not in str(cursor.fetchone())[:12]


def test_only_the_right_posts(company):
    claim = received(opened(goods(company)))
    with pytest.raises(Denied):
        claims.propose(
            number=claim.number, clerk=company.clerk, amount=D(1), proven=D(1), words="好", now=sh("06 09:00:00")
        )
    with pytest.raises(Denied):
        claims.pay(number=claim.number, clerk=company.adjuster, amount=D(1), bank_no="X", now=sh("06 09:00:00"))
    with pytest.raises(Claim.DoesNotExist):  # another branch's goods
        claims.ask_papers(number=claim.number, clerk=company.third_clerk, now=sh("06 09:00:00"))


def test_claims_go_to_who_follows_the_fewest(company):
    assert [opened(goods(company)).handler for _turn in range(3)] == [company.adjuster, company.superior, company.adjuster]


# The link.


def test_a_link_holds_for_its_proposal_alone_and_for_fourteen_days(company):
    claim = received(opened(goods(company)))
    proposal = proposed(claim, company)
    token = token_of(proposal)
    assert proposal_of(token) == proposal
    for broken in ("", "x", token[:-1], token.replace(":", "", 1), token_of(proposal) + "x"):
        assert proposal_of(broken) is None
    assert proposal.expires_at == sh("21 00:00:00")  # 24:00 of 6 + 14
    assert link_holds(proposal_of(token), sh("21 00:00:00"))
    assert not link_holds(proposal_of(token), sh("21 00:00:01"))
    disputed(claim)
    assert not link_holds(proposal_of(token), sh("06 16:00:00"))
    claims.propose(
        number=claim.number, clerk=company.superior, amount=D("6000.00"), proven=D("6000.00"), words="全额赔付", now=sh("07 10:00:00")
    )
    assert not link_holds(proposal_of(token), sh("07 11:00:00"))


@pytest.mark.postgres
def test_proposals_and_payments_are_never_rewritten(company):
    claim = received(opened(goods(company)))
    proposed(claim, company)
    agreed(claim)
    paid(claim, company)
    for rows in (Proposal.objects, ClaimPayment.objects):
        with pytest.raises(DatabaseError, match="append"), transaction.atomic():
            rows.update(amount=D("1.00"))
        with pytest.raises(DatabaseError, match="append"), transaction.atomic():
            rows.all()._raw_delete("default")
