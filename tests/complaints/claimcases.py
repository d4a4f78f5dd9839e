"""Claims at every point of their way, through the real services."""

from decimal import Decimal

from complaints.choices import AnswerMeans
from complaints.models import Claim, Proposal
from complaints.services import claims
from complaints.services.claims import Author
from core.models import Actor
from network.choices import UnitKind
from rulebook.roles import Role
from tests.factories import CUSTOMER, Company, post, sh, unit
from tests.orders.bills import billed

CALLER = Author(CUSTOMER, "客户")
PAYEE = "张三 工商银行 6222 0000 0000 0000"
PAPERS = ("application", "waybill", "photos", "invoice", "identity")


def offices(company: Company) -> Company:
    """The company with its claims department of two and two people of finance."""
    company.claims_office = unit("CLAIMS", UnitKind.DEPARTMENT, company.root, name="理赔部")
    company.money_office = unit("FIN", UnitKind.DEPARTMENT, company.root, name="财务部")
    company.adjuster = post(Role.CLAIMS, company.claims_office)
    company.superior = post(Role.CLAIMS, company.claims_office)
    company.cashier = post(Role.FINANCE, company.money_office)
    return company


def goods(company: Company, **changes: object) -> str:
    """An order billed at 320.00, its goods insured at 8,000.00 unless told otherwise; return its number."""
    return billed(company, **{"declared_value": Decimal("8000.00"), "insured": True, **changes}).order.number


def opened(number: str, amount: str = "6000.00", at: str = "05 09:00:00", cause: str = "handling", **said: object) -> Claim:
    values: dict[str, object] = {"name": "张三", "phone": "13800138000", "text": "外箱破损，内物损坏", "payee": PAYEE}
    return claims.open_claim(
        number=number, author=CALLER, amount=Decimal(amount), cause=cause, now=sh(at), **{**values, **said}
    )  # type: ignore[arg-type]


def received(claim: Claim, at: str = "05 10:00:00") -> Claim:
    """All required papers are handed in."""
    for paper in claim.papers.filter(required=True).order_by("pk"):
        claims.receive_paper(number=claim.number, paper=paper.code, author=CALLER, now=sh(at))
    return fresh(claim)


def proposed(claim: Claim, company: Company, amount: str = "5000.00", at: str = "06 09:00:00", **said: object) -> Proposal:
    values: dict[str, object] = {"proven": Decimal("6000.00"), "words": "按核定损失的部分赔付"}
    return claims.propose(
        number=claim.number, clerk=company.adjuster, amount=Decimal(amount), now=sh(at), **{**values, **said}
    )  # type: ignore[arg-type]


def agreed(claim: Claim, serial: int = 1, at: str = "06 15:00:00") -> Claim:
    return claims.agree(number=claim.number, author=CALLER, serial=serial, means=AnswerMeans.HALL, now=sh(at))


def disputed(claim: Claim, serial: int = 1, at: str = "06 15:00:00") -> Claim:
    return claims.dispute(number=claim.number, author=CALLER, serial=serial, text="太少", means=AnswerMeans.HALL, now=sh(at))


def paid(claim: Claim, company: Company, amount: str = "5000.00", bank_no: str = "B1", at: str = "07 09:00:00") -> Claim:
    return claims.pay(number=claim.number, clerk=company.cashier, amount=Decimal(amount), bank_no=bank_no, now=sh(at))


def fresh(claim: Claim) -> Claim:
    return Claim.objects.get(pk=claim.pk)


PARTNER = Author(Actor("partner", "1"), "合作平台")
