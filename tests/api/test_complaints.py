"""Complaints over the JSON door: a partner's own, every verb for staff, nonsense refused in plain words (§1.6, §4.4)."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from complaints.models import Complaint, Evidence
from tests.api.client import PartnerClient, order_body, partner
from tests.complaints.cases import Desk, filed
from tests.factories import sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db) -> Desk:
    return Desk()


@pytest.fixture(autouse=True)
def _noon(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(sh("23 12:00:00"), tick=False):
        yield


def says(person, path: str, /, **values: object):
    client = Client(raise_request_exception=False)
    client.force_login(person.account)
    return client.post(f"/api/v1/complaints/{path}", values, content_type="application/json")


def test_staff_work_one_from_the_filing_to_the_end(desk):
    made = says(desk.agent, "", category="late_pickup", text="没来", contact_phone="13800138000", branch="B1")
    assert made.status_code == 201, made.json()
    number = made.json()["number"]
    assert (made.json()["clause"], made.json()["branch"], made.json()["filer"]) == ("§1.6.1.2", "B1", "call_centre")
    assert says(desk.clerk, f"{number}/take/").status_code == 403
    assert says(desk.officer, f"{number}/take/").json()["owner"] == desk.officer.number
    assert says(desk.manager, f"{number}/note/", text="堵车").status_code == 200
    wrong = says(desk.officer, f"{number}/uphold/", branch="B1", reason="属实", point_code="delay", points=3)
    assert (wrong.status_code, wrong.json()["clause"], wrong.json()["field"]) == (422, "§1.6.2", "points")
    body = {"branch": "B1", "reason": "属实", "point_code": "broken_promise", "findings": {"untrue_information": {}}}
    ruled = says(desk.officer, f"{number}/uphold/", **body).json()
    assert (ruled["state"], ruled["rulings"][0]["points"], ruled["rulings"][0]["findings"]) == ("upheld", 2, {"untrue_information": {}})
    lost = says(desk.second_officer, f"{number}/dismiss/", reason="不实")
    assert lost.status_code == 409
    assert desk.officer.number in lost.json()["winner"]
    assert says(desk.officer, f"{number}/tell-result/", text="属实", means="phone").json()["result"] == "属实"
    blocked = says(desk.officer, f"{number}/close/", answer="yes")
    assert (blocked.status_code, blocked.json()["clause"]) == (422, "§4.4")
    for path, values in (("apology", {"text": "致歉"}), ("remedy", {"kind": "promise", "text": "已送"}), ("remedy", {"kind": "cause", "text": "已告知"})):
        assert says(desk.manager, f"{number}/{path}/", **values).status_code == 200
    assert says(desk.officer, f"{number}/close/", answer="yes").json()["state"] == "closed"
    assert says(desk.officer, f"{number}/reopen/", text="再查").json()["round"] == 2


@pytest.fixture
def shop(desk) -> PartnerClient:
    return PartnerClient(partner())


def ordered(shop: PartnerClient) -> str:
    return shop.post("/api/v1/orders/", order_body()).json()["number"]


def test_a_partner_files_once_follows_and_answers(desk, shop):
    body = {"order": ordered(shop), "partner_complaint_no": "C-1", "category": "overcharge", "text": "多收三十元"}
    first, again = (shop.post("/api/v1/complaints/", body) for _ in range(2))
    assert first.status_code == 201, first.json()
    assert first.json()["number"] == again.json()["number"]
    assert shop.post("/api/v1/complaints/", body | {"text": "另一件事"}).status_code == 409
    complaint = Complaint.objects.get()
    assert (complaint.filer, complaint.contact_phone) == ("partner", "13800138000")
    number = complaint.number
    assert shop.post(f"/api/v1/complaints/{number}/answer/", {"answer": "yes"}).status_code == 409
    says(desk.officer, f"{number}/take/")
    says(desk.officer, f"{number}/dismiss/", reason="不外传的理由")
    says(desk.officer, f"{number}/tell-result/", text="费用无误", means="phone")
    seen = shop.get(f"/api/v1/complaints/{number}/").json()
    assert (seen["state"], seen["result"]) == ("dismissed", "费用无误")
    assert "不外传的理由" not in str(seen)
    assert shop.post(f"/api/v1/complaints/{number}/answer/", {"answer": "no", "text": "不服"}).json()["answer"] == "no"
    assert [each["number"] for each in shop.get("/api/v1/complaints/").json()] == [number]


def test_a_partner_knows_its_own_orders_and_complaints_alone(desk, shop):
    other = PartnerClient(partner("ALI"))
    number = ordered(shop)
    body = {"order": number, "partner_complaint_no": "C-1", "category": "other", "text": "问题"}
    assert other.post("/api/v1/complaints/", body).status_code == 404
    made = shop.post("/api/v1/complaints/", body).json()["number"]
    assert other.get(f"/api/v1/complaints/{made}/").status_code == 404
    assert other.get(f"/api/v1/complaints/{made}/evidence/").status_code == 404
    assert shop.post(f"/api/v1/complaints/{made}/take/", {}).status_code == 403
    assert other.get("/api/v1/complaints/").json() == []


@pytest.mark.parametrize(
    "change",
    [
        {"category": "nonsense"}, {"text": ""}, {"text": "x" * 1001}, {"amount": "NaN"}, {"amount": -1}, {"amount": "1.001"}, {"text": "\u0000"},
        {"cause": 7}, {"internal": "maybe"}, {"unknown": 1}, {"contact_phone": "1" * 31}, {"person": {"a": 1}},
    ],
)  # fmt: skip
def test_nonsense_is_a_plain_4xx_and_stores_nothing(desk, change):
    body = {"category": "other", "text": "问题", "contact_phone": "13800138000"}
    answer = says(desk.agent, "", **body | change)
    assert answer.status_code in (400, 422), answer.content
    assert not Complaint.objects.exists()


@pytest.mark.parametrize(
    "findings", [[], "loss", {"loss": 5}, {"nonsense": {}}, {"loss": {"loss": "NaN"}}, {"loss": {"other": 1}}, {"overcharge": {"person": ["x"]}}]
)
def test_findings_that_are_none(desk, findings):
    complaint = filed(desk)
    says(desk.officer, f"{complaint.number}/take/")
    answer = says(desk.officer, f"{complaint.number}/uphold/", branch="B1", reason="属实", point_code="delay", findings=findings)
    assert answer.status_code in (400, 422), answer.content
    assert Complaint.objects.get().state == "investigating"


def test_files_go_in_and_come_out_as_attachments(desk):
    complaint = filed(desk, branch="B1")
    client = Client(raise_request_exception=False)
    client.force_login(desk.clerk.account)
    at = f"/api/v1/complaints/{complaint.number}/evidence/"
    refused = client.post(at, {"file": SimpleUploadedFile("a.pdf", b"<html>")})
    assert (refused.status_code, refused.json()["field"]) == (422, "file")
    kept = client.post(at, {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF")}).json()
    assert client.get(f"{at}{kept[0]['key']}/")["Content-Disposition"].startswith("attachment")
    assert [each["key"] for each in client.get(at).json()] == [kept[0]["key"]]
    assert Evidence.objects.count() == 1
    assert client.get(f"{at}{'0' * 32}/").status_code == 404
