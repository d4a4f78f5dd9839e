"""Claims in the hall: opened with photos, followed, answered; and the link that answers one proposal once (§3.2, §4.5)."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from complaints.models import Claim, Evidence
from complaints.services.claims.answers import token_of
from tests.complaints.claimcases import disputed, fresh, goods, offices, opened, proposed, received
from tests.delivery.pictures import jpeg
from tests.factories import Company, sh

SAID = {"name": "张三", "phone": "13800138000", "amount": "6000", "cause": "handling", "text": "外箱破损"}


@pytest.fixture
def company(db) -> Company:
    return offices(Company())


@pytest.fixture(autouse=True)
def noon(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(sh("06 12:00:00"), tick=False) as clock:
        yield clock


def visitor(number: str = "", tail: str = "8000") -> Client:
    client = Client()
    if number.startswith("E"):
        client.post(f"/orders/{number}/unlock/", {"tail": tail})
    elif number:
        client.post("/claims/", {"number": number, "tail": tail})
    return client


def visitor_of(person) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


def photo(name: str = "破损.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, jpeg(), "image/jpeg")


def test_a_party_opens_a_claim_with_photos(company):
    number = goods(company)
    assert Client().get(f"/orders/{number}/claim/").status_code == 302
    client = visitor(number)
    assert "提出理赔" in client.get(f"/orders/{number}/").content.decode()
    for wrong in ({"amount": "NaN"}, {"amount": "-5"}, {"phone": "1"}, {"cause": "x"}, {"text": ""}):
        assert client.post(f"/orders/{number}/claim/", SAID | wrong).status_code == 422
    evil = SimpleUploadedFile("x.jpg", b"<script>alert(1)</script>", "image/jpeg")
    assert client.post(f"/orders/{number}/claim/", SAID | {"photos": [photo(), evil]}).status_code == 422
    assert (Claim.objects.count(), Evidence.objects.count()) == (0, 0)
    made = client.post(f"/orders/{number}/claim/", SAID | {"photos": [photo()]})
    claim = Claim.objects.get()
    assert made["Location"] == f"/claims/{claim.number}/"
    assert claim.papers.get(code="photos").received_at
    page = client.get(f"/claims/{claim.number}/").content.decode()
    assert "破损.jpg" in page
    key = Evidence.objects.get().key
    assert client.get(f"/claims/{claim.number}/files/{key}/").status_code == 200
    assert Client().get(f"/claims/{claim.number}/files/{key}/").status_code == 404
    for person, status in ((company.adjuster, 200), (company.clerk, 200), (company.third_clerk, 404), (company.driver, 403)):
        assert visitor_of(person).get(f"/desk/claims/{claim.number}/files/{key}/").status_code == status
    assert "破损.jpg" in visitor_of(company.adjuster).get(f"/desk/claims/{claim.number}/").content.decode()
    again = client.post(f"/orders/{number}/claim/", SAID)
    assert (again.status_code, Claim.objects.count()) == (422, 1)


def test_number_and_digits_open_a_claim_and_nothing_else_does(company):
    claim = opened(goods(company))
    assert visitor().get(f"/claims/{claim.number}/")["Location"] == f"/claims/?number={claim.number}"
    for number, tail in ((claim.number, "0000"), ("C0000000000000", "8000"), ("x", "8000"), (claim.number, "80 0"), (claim.number, "")):
        answer = Client().post("/claims/", {"number": number, "tail": tail})
        assert answer.status_code == 422, (number, tail)
    page = visitor(claim.number).get(f"/claims/{claim.number}/").content.decode()
    assert company.adjuster.name in page
    for secret in ("13800138000", "张三", "文三路", "6222"):
        assert secret not in page


def test_guessing_ends(company):
    claim = opened(goods(company))
    answers = [Client().post("/claims/", {"number": claim.number, "tail": f"000{n}"}).status_code for n in range(6)]
    assert answers == [422] * 5 + [429]


def test_papers_are_handed_in_until_complete(company):
    claim = opened(goods(company))
    client = visitor(claim.number)
    pdf = SimpleUploadedFile("发票.pdf", b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF", "application/pdf")
    at = f"/claims/{claim.number}/papers"
    assert client.post(f"{at}/invoice/", {}).status_code == 422
    assert client.post(f"{at}/magic/", {"files": [photo()]}).status_code == 422
    assert client.post(f"{at}/invoice/", {"files": [pdf, photo()]}).status_code == 302
    assert len(claim.papers.get(code="invoice").files) == 2
    assert client.post(f"{at}/invoice/", {"files": [photo("b.jpg")]}).status_code == 409
    assert Client().post(f"{at}/waybill/", {"files": [photo()]}).status_code == 404
    for n, code in enumerate(("application", "waybill", "photos", "identity")):
        assert client.post(f"{at}/{code}/", {"files": [SimpleUploadedFile(f"{n}.jpg", jpeg(width=300 + n), "image/jpeg")]}).status_code == 302
    assert fresh(claim).state == "papers_complete"


def test_yes_in_the_hall(company):
    claim = received(opened(goods(company), payee=""))
    proposed(claim, company)
    client = visitor(claim.number)
    assert "5000.00" in client.get(f"/claims/{claim.number}/").content.decode()
    at = f"/claims/{claim.number}"
    assert client.post(f"{at}/agree/", {"serial": "1"}).status_code == 422  # no account
    assert client.post(f"{at}/agree/", {"serial": "2", "payee": "张三 工行 1"}).status_code == 409
    assert Client().post(f"{at}/agree/", {"serial": "1", "payee": "张三 工行 1"}).status_code == 404
    assert client.post(f"{at}/agree/", {"serial": "1", "payee": "张三 工行 1"}).status_code == 302
    assert (fresh(claim).state, fresh(claim).answer_means) == ("agreed", "hall")
    assert client.post(f"{at}/agree/", {"serial": "1", "payee": "张三 工行 1"}).status_code == 409


def test_withdrawing_in_the_hall(company):
    claim = opened(goods(company))
    client = visitor(claim.number)
    assert client.post(f"/claims/{claim.number}/withdraw/", {"text": ""}).status_code == 422
    assert client.post(f"/claims/{claim.number}/withdraw/", {"text": "已解决"}).status_code == 302
    assert fresh(claim).state == "withdrawn"
    assert client.post(f"/claims/{claim.number}/pay/", {}).status_code == 404


# The link.


def test_a_link_takes_one_answer(company):
    claim = received(opened(goods(company)))
    at = f"/claims/answer/{token_of(proposed(claim, company))}/"
    stranger = Client()
    page = stranger.get(at).content.decode()
    assert "5000.00" in page
    for secret in ("13800138000", "张三", "文三路", "6222", claim.order.number):
        assert secret not in page
    assert stranger.post(at, {"answer": "magic"}).status_code == 200
    assert stranger.post(at, {"answer": "dispute", "text": ""}).status_code == 422
    assert stranger.post(at, {"answer": "agree"}).status_code == 200
    assert (fresh(claim).state, fresh(claim).answer_means) == ("agreed", "link")
    for answer in (stranger.get(at), stranger.post(at, {"answer": "dispute", "text": "不行"})):
        assert answer.status_code == 410
        assert "5000.00" not in answer.content.decode()
    assert fresh(claim).state == "agreed"


def test_links_that_are_not_ours_expired_or_superseded(company, noon):
    claim = received(opened(goods(company)))
    token = token_of(proposed(claim, company))
    for forged in (token[:-2] + "xx", "x", "x" * 500, "a:b:c"):
        assert Client().get(f"/claims/answer/{forged}/").status_code == 404
        assert Client().post(f"/claims/answer/{forged}/", {"answer": "agree"}).status_code == 404
    noon.move_to(sh("21 00:00:01"))
    assert Client().post(f"/claims/answer/{token}/", {"answer": "agree"}).status_code == 410
    noon.move_to(sh("07 12:00:00"))
    disputed(claim, at="07 12:00:00")
    assert Client().post(f"/claims/answer/{token}/", {"answer": "agree"}).status_code == 410
    assert fresh(claim).state == "disputed"
