"""A claim in a real browser, every hand its own: adjuster, customer with the link, finance; and the pages before axe."""

from datetime import timedelta
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from complaints.models import Claim
from complaints.services import claims
from core import clock
from tests.complaints.claimcases import CALLER, PAYEE, offices
from tests.desk.test_browser import browser_context_args, company  # noqa: F401  (fixtures)
from tests.desk.test_delivery_browser import Hand, billed, hand  # noqa: F401  (fixture)
from tests.factories import Company

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


def complete(company: Company) -> Claim:  # noqa: F811
    """A claim of 900.00 on goods insured at 800.00, its papers complete a moment ago."""
    order = billed(company, insured=True, declared_value=Decimal("800.00"))
    now = clock.now() - timedelta(minutes=1)
    claim = claims.open_claim(
        number=order.number, author=CALLER, amount=Decimal("900.00"), cause="handling", text="外箱破损", name="张三",
        phone="13800138000", payee=PAYEE, now=now,
    )  # fmt: skip
    for paper in claim.papers.filter(required=True):
        claims.receive_paper(number=claim.number, paper=paper.code, author=CALLER, now=now)
    return claim


def problems(page: Page, theme: str) -> list[str]:
    """What axe finds at this page in a theme, and how much wider than a phone it is."""
    page.context.add_cookies([{"name": "theme", "value": theme, "url": page.url}])
    page.reload()
    found = [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in Axe().run(page, options=RULES).response["violations"]]
    page.set_viewport_size({"width": 390, "height": 844})
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": 1440, "height": 900})
    return [f"{page.url} {theme} {each}" for each in [*found, *([f"{wide} px wide"] if wide > 390 else [])]]


def test_from_the_proposal_to_the_money(hand: Hand, company: Company) -> None:  # noqa: F811
    offices(company)
    claim = complete(company)
    adjuster, customer, finance = hand(company.adjuster), hand(None), hand(company.cashier)
    adjuster.goto("/desk/claims/?tab=decide")
    adjuster.get_by_role("link", name=claim.number).click()
    adjuster.get_by_role("button", name="提出赔付方案").click()
    expect(adjuster.get_by_role("heading", name=claim.number)).to_contain_text("待客户答复")
    link = adjuster.get_by_label("给客户的答复链接").input_value()
    customer.goto(link)
    expect(customer.get_by_text("¥800.00")).to_be_visible()
    customer.get_by_role("button", name="同意方案").click()
    expect(customer.get_by_role("heading", name="已收到您的答复")).to_be_visible()
    customer.goto(link)
    expect(customer.get_by_role("heading", name="链接不能再用")).to_be_visible()
    finance.goto(f"/desk/claims/{claim.number}/")
    finance.get_by_label("银行流水号").fill("B20261105001")
    finance.get_by_role("button", name="登记付款").click()
    expect(finance.get_by_role("heading", name=claim.number)).to_contain_text("已赔付")


def test_the_pages_pass_axe_and_fit_a_phone(hand: Hand, company: Company) -> None:  # noqa: F811
    offices(company)
    claim = complete(company)
    adjuster, customer = hand(company.adjuster), hand(None)
    claims.propose(
        number=claim.number, clerk=company.adjuster, amount=Decimal("800.00"), proven=Decimal("900.00"), words="在保价金额内赔付", now=clock.now()
    )
    customer.goto("/claims/")
    customer.get_by_label("理赔单号").fill(claim.number)
    customer.get_by_label("索赔人电话后四位").fill("8000")
    customer.get_by_role("button", name="查询").click()
    expect(customer.get_by_role("heading", name=claim.number)).to_be_visible()
    adjuster.goto(f"/desk/claims/{claim.number}/")
    link = adjuster.get_by_label("给客户的答复链接").input_value()
    found = []
    for page, paths in ((adjuster, ["/desk/claims/", f"/desk/claims/{claim.number}/", "/desk/claims/new/"]), (customer, ["/claims/", f"/claims/{claim.number}/", link])):
        for path in paths:
            page.goto(path)
            found += [each for theme in ("light", "dark") for each in problems(page, theme)]
    assert found == []
