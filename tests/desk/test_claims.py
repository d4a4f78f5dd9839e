"""The claim desk: what runs out first, a missing paper asked for in two clicks, a proposal in two, the payment (§1.6.1.3, §4.5)."""

from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from complaints.models import Claim, Proposal
from complaints.services import claims
from orders import services as orders
from orders.models import Coupon
from orders.services.price import Claim as Asked
from tests.complaints.claimcases import agreed, disputed, fresh, goods, offices, opened, proposed, received
from tests.factories import CUSTOMER, Company, contract, draft, sh


@pytest.fixture
def desk_of(company: Company, clock: object):
    offices(company)

    def of(person) -> Client:
        client = Client()
        client.force_login(person.account)
        return client

    return of


def text(answer) -> str:
    return answer.content.decode()


def test_the_list_has_what_runs_out_first_at_the_top(desk_of, company):
    waiting, running = opened(goods(company)), received(opened(goods(company)))
    page = desk_of(company.adjuster).get("/desk/claims/")
    assert [claim.number for claim, _missing in page.context["rows"]] == [running.number, waiting.number]
    assert "理赔申请书、运单客户联" in text(page).replace("\n", "")
    for tab, found in (("papers", [waiting]), ("decide", [running]), ("answer", []), ("nonsense", [running, waiting])):
        rows = desk_of(company.adjuster).get(f"/desk/claims/?tab={tab}").context["rows"]
        assert [claim for claim, _missing in rows] == found, tab


def test_filters_and_scope(desk_of, company):
    contract(company)
    key = opened(goods(company), "400.00", cause="wetting")
    count = lambda query, person=company.adjuster: len(desk_of(person).get(f"/desk/claims/?{query}").context["rows"])  # noqa: E731
    assert [count(query) for query in ("small=on", "key=on", "cause=wetting", "cause=packing", "mine=on")] == [1, 1, 1, 0, 1]
    assert [count(f"text={each}") for each in (key.number, key.order.number, "8000", "13800138000", "0000")] == [1, 1, 1, 1, 0]
    assert count("", company.clerk) == 1
    assert count("", company.third_clerk) == 0
    assert desk_of(company.third_clerk).get(f"/desk/claims/{key.number}/").status_code == 404
    assert desk_of(company.driver).get("/desk/claims/").status_code == 403


def test_a_missing_paper_is_asked_for_in_two_clicks(desk_of, company):
    claim = opened(goods(company))
    client = desk_of(company.adjuster)
    assert f'href="/desk/claims/{claim.number}/"' in text(client.get("/desk/claims/"))
    client.post(f"/desk/claims/{claim.number}/ask/")
    assert claim.papers.exclude(asked_at=None).count() == 5
    assert "催补资料：理赔申请书、运单客户联" in text(client.get(f"/desk/claims/{claim.number}/"))
    client.post(f"/desk/claims/{claim.number}/receive/", {"paper": "photos"})
    assert claim.papers.get(code="photos").received_at
    assert client.post(f"/desk/claims/{claim.number}/receive/", {"paper": "photos"}).status_code == 409
    assert client.post(f"/desk/claims/{claim.number}/receive/", {"paper": "magic"}).status_code == 422


def test_a_proposal_goes_out_in_two_clicks(desk_of, company):
    claim = received(opened(goods(company), "9000.00"))
    client = desk_of(company.adjuster)
    form = {name: form for name, _act, form in client.get(f"/desk/claims/{claim.number}/").context["acts"]}["propose"]
    values = {name: str(form[name].value() or "") for name in form.fields}
    assert (values["proven"], values["amount"]) == ("9000.00", "8000.00")
    assert client.post(f"/desk/claims/{claim.number}/propose/", values).status_code == 302
    assert [str(each.amount) for each in Proposal.objects.all()] == ["8000.00"]
    assert fresh(claim).state == "proposed"


def test_what_is_refused_is_said_at_its_field(desk_of, company):
    claim = received(opened(goods(company)))
    client = desk_of(company.adjuster)
    said = {"proven": "6000.00", "amount": "6000.01", "words": "全额"}
    answer = client.post(f"/desk/claims/{claim.number}/propose/", said)
    assert (answer.status_code, Proposal.objects.count()) == (422, 0)
    assert "最多可赔 6000.00 元" in text(answer)
    for wrong in ("NaN", "-1", "1e9", "x"):
        assert client.post(f"/desk/claims/{claim.number}/propose/", {**said, "amount": wrong}).status_code == 422
    assert client.post(f"/desk/claims/{claim.number}/pay/", {"amount": "1", "bank_no": "B"}).status_code in (403, 409)
    assert client.post(f"/desk/claims/{claim.number}/magic/").status_code == 404
    assert desk_of(company.third_clerk).post(f"/desk/claims/{claim.number}/propose/", said).status_code == 404


def test_the_link_is_shown_to_who_may_hand_it_on_and_the_account_to_who_pays(desk_of, company):
    claim = received(opened(goods(company)))
    proposed(claim, company)
    assert "/claims/answer/" in text(desk_of(company.adjuster).get(f"/desk/claims/{claim.number}/"))
    assert "/claims/answer/" not in text(desk_of(company.clerk).get(f"/desk/claims/{claim.number}/"))
    agreed(claim)
    at = f"/desk/claims/{claim.number}/"
    assert "/claims/answer/" not in text(desk_of(company.adjuster).get(at))
    assert "6222" not in text(desk_of(company.adjuster).get(at))
    assert "6222" in text(desk_of(company.cashier).get(at))
    paying = desk_of(company.cashier).post(f"{at}pay/", {"amount": "5000.00", "bank_no": "B1"})
    assert (paying.status_code, fresh(claim).state) == (302, "paid")


def test_a_dispute_is_settled_by_the_department(desk_of, company):
    claim = received(opened(goods(company)))
    proposed(claim, company)
    disputed(claim)
    said = {"proven": "6000.00", "amount": "6000.00", "words": "全额赔付"}
    assert desk_of(company.adjuster).post(f"/desk/claims/{claim.number}/settle/", said).status_code == 422
    at = f"/desk/claims/{claim.number}/"
    assert desk_of(company.adjuster).post(f"{at}escalate/", {"to": company.officer.number}).status_code == 302
    assert desk_of(company.officer).post(f"{at}settle/", said).status_code == 302
    assert (fresh(claim).state, fresh(claim).handler) == ("proposed", company.officer)


def test_a_claim_is_taken_in_by_phone(desk_of, company):
    client, number = desk_of(company.agent), goods(company)
    said = {"number": number, "name": "张三", "phone": "13800138000", "amount": "300", "cause": "packing", "text": "少件", "payee": ""}
    for wrong in ({"amount": "-1"}, {"amount": "NaN"}, {"cause": "x"}, {"phone": "1"}, {"number": "E1"}):
        assert client.post("/desk/claims/new/", said | wrong).status_code == 422
    assert not Claim.objects.exists()
    made = client.post("/desk/claims/new/", said)
    claim = Claim.objects.get()
    assert (made.status_code, made["Location"], claim.small) == (302, f"/desk/claims/{claim.number}/", True)
    assert client.post("/desk/claims/new/", said).status_code == 409


def test_the_export_has_what_the_page_has(desk_of, company):
    claim = received(opened(goods(company)))
    answer = desk_of(company.adjuster).get("/desk/claims/export.xlsx?tab=decide")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0][:4] == ["理赔单号", "订单号", "状态", "索赔金额"]
    assert rows[1][:4] == [claim.number, claim.order.number, "资料齐全", "6000.00"]


def test_the_claim_tells_what_became_of_its_coupon(desk_of, company, clock):
    claim = received(opened(goods(company)))
    client = desk_of(company.superior)
    claims.reject(number=claim.number, clerk=company.adjuster, text="包装不善所致", now=sh("06 12:00:00"))
    said = {"amount": "50.00", "valid_until": "2026-11-30", "apology": "非常抱歉"}
    assert client.post(f"/desk/claims/{claim.number}/coupon/", said).status_code == 302
    page = f"/desk/claims/{claim.number}/"
    assert "未使用" in text(client.get(page))
    code = fresh(claim).coupon.code
    order = orders.place(draft(branch_code="B1"), channel="hall", by=CUSTOMER, now=sh("07 12:00:00"), claim=Asked(coupon=code)).order
    assert f'href="/desk/orders/{order.number}/"' in text(client.get(page))
    assert "已使用" in text(client.get(page))
    orders.cancel(number=order.number, by=CUSTOMER, reason="not_shipping", text="", now=sh("07 13:00:00"))
    assert "未使用" in text(client.get(page))
    Coupon.objects.update(valid_until=date(2026, 11, 1))
    assert "已过期" in text(client.get(page))
