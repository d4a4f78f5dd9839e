"""A customer complains in the hall, follows it, answers the result (§1.6.1, §4.4.6, screens §3.3 #31)."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from complaints import services
from complaints.models import Complaint, Evidence
from notify.models import Message
from portal import access
from sla.models import Deadline
from tests.complaints.cases import Desk, filed, told, uphold
from tests.delivery.pictures import jpeg
from tests.factories import sh

pytestmark = pytest.mark.django_db
PHONE = "13800138000"
SAID = {"category": "late_pickup", "text": "约好九点没来", "phone": PHONE, "name": "张三"}


@pytest.fixture(autouse=True)
def _today(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(sh("23 12:00:00"), tick=False):
        yield


@pytest.fixture
def office(db) -> Desk:
    return Desk()


@pytest.fixture
def order(office):
    return office.order()


def proven(order, tail: str = "8000") -> Client:
    client = Client()
    client.post(f"/orders/{order.number}/unlock/", {"tail": tail})
    return client


def text(answer, status: int = 200) -> str:
    assert answer.status_code == status
    return answer.content.decode()


def test_filed_with_photos_by_a_party_and_seen_step_by_step(office, order):
    client = proven(order)
    assert f"/orders/{order.number}/complain/" in text(client.get(f"/orders/{order.number}/"))
    photo = SimpleUploadedFile("破损.jpg", jpeg(), "image/jpeg")
    answer = client.post(f"/orders/{order.number}/complain/", SAID | {"files": [photo], "key": "k"}, follow=True)
    complaint = Complaint.objects.get()
    assert answer.redirect_chain[-1][0] == f"/complaints/{complaint.number}/"
    page = text(answer)
    assert "最迟 2026-11-27 00:00 前答复处理结果" in page
    assert (complaint.filer, complaint.contact_phone, complaint.branch) == ("customer", PHONE, office.branch)
    assert set(Message.objects.filter(kind="complaint").values_list("unit__code", flat=True)) == {"B1", "EC"}
    key = Evidence.objects.get().key
    assert client.get(f"/complaints/{complaint.number}/files/{key}/")["Content-Disposition"].startswith("attachment")
    services.take(pk=complaint.pk, clerk=office.officer, now=sh("23 13:00:00"))
    services.give_interim_answer(pk=complaint.pk, clerk=office.officer, text="正在核查", until=sh("25 00:00:00").date(), now=sh("23 13:10:00"))
    services.note(pk=complaint.pk, clerk=office.manager, text="内部说明不外传", now=sh("23 13:20:00"))
    page = text(client.get(f"/complaints/{complaint.number}/"))
    for words in (office.officer.name, "正在核查", "11-23 13:00"):
        assert words in page
    assert "内部说明不外传" not in page
    uphold(office, Complaint.objects.get(), "23 14:00:00", point_code="delay", reason="裁定理由不外传")
    page = text(client.get(f"/complaints/{complaint.number}/"))
    assert "裁定理由不外传" not in page
    assert "请答复处理结果" not in page
    told(office, complaint, "23 15:00:00")
    page = text(client.get(f"/complaints/{complaint.number}/"))
    assert "投诉成立" in page
    assert "请答复处理结果" in page


def test_yes_or_no_to_the_result_once(office, order):
    complaint = filed(office, order=order)
    services.take(pk=complaint.pk, clerk=office.officer, now=sh("23 10:00:00"))
    client = proven(order)
    at = f"/complaints/{complaint.number}/answer/"
    assert "当前状态" in text(client.post(at, {"answer": "yes"}), 409)
    told(office, uphold(office, complaint))
    assert "请选择认可或不认可" in text(client.post(at, {"answer": ""}), 422)
    assert "请写明不认可的原因" in text(client.post(at, {"answer": "no"}), 422)
    assert client.post(at, {"answer": "no", "text": "只道歉不够"}).status_code == 302
    assert Message.objects.get(kind="unhappy").unit == office.department
    assert "您已经答复过" in text(client.post(at, {"answer": "yes"}), 409)
    assert Complaint.objects.get().answer == "no"


def test_strangers_file_and_see_nothing(office, order):
    complaint = filed(office, order=order, text="只有当事人看得到")
    stranger = Client()
    assert stranger.post(f"/orders/{order.number}/complain/", SAID).status_code == 302
    page = text(stranger.get(f"/complaints/{complaint.number}/"))
    assert "请先验证" in page
    assert "只有当事人看得到" not in page
    assert stranger.post(f"/complaints/{complaint.number}/answer/", {"answer": "yes"}).status_code == 404
    assert stranger.get(f"/complaints/{complaint.number}/files/{'0' * 32}/").status_code == 404
    for number in (complaint.number, "T2611230000169"):
        assert "投诉编号或电话后四位不正确" in text(stranger.post(f"/complaints/{number}/unlock/", {"tail": "1111"}), 422)
    assert Complaint.objects.count() == 1


def test_one_without_an_order_opens_by_its_own_phone(office):
    complaint = filed(office, contact_phone="13712345678")
    client = Client()
    assert client.post(f"/complaints/{complaint.number}/unlock/", {"tail": "5678"}).status_code == 302
    assert "客户反映问题" in text(client.get(f"/complaints/{complaint.number}/"))


def test_an_internal_complaint_is_not_the_halls(office, order):
    complaint = filed(office, clerk=office.quality, order=order, internal=True, text="内部")
    client = proven(order)
    assert complaint.number not in text(client.get(f"/orders/{order.number}/"))
    assert client.post(f"/complaints/{complaint.number}/unlock/", {"tail": "8000"}).status_code == 422


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"category": ""}, "请选择投诉类别"), ({"text": " "}, "请写明投诉内容"), ({"phone": "12"}, "电话"),
        ({"amount": "-1"}, "不能小于"), ({"amount": "NaN"}, "请填写数字"), ({"files": SimpleUploadedFile("a.jpg", b"GIF89a")}, "只收 JPEG"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(office, order, changes, words):
    answer = proven(order).post(f"/orders/{order.number}/complain/", SAID | changes)
    assert words in text(answer, 422)
    assert not Complaint.objects.exists()
    assert not Deadline.objects.filter(subject__startswith="complaint/").exists()


def test_a_double_click_files_once_and_a_flood_is_stopped(office, order, monkeypatch):
    client = proven(order)
    for _ in range(2):
        client.post(f"/orders/{order.number}/complain/", SAID | {"key": "once"})
    assert Complaint.objects.count() == 1
    monkeypatch.setattr(access, "COMPLAINTS_PER_HOUR", 3)
    client.post(f"/orders/{order.number}/complain/", SAID | {"key": "third"})
    assert client.post(f"/orders/{order.number}/complain/", SAID | {"key": "fourth"}).status_code == 429


def test_the_way_in_by_number(office, order):
    client = Client()
    assert "要投诉的订单号" in text(client.get("/complaints/"))
    assert client.get(f"/complaints/?number={order.number.lower()}")["Location"] == f"/orders/{order.number}/complain/"
    assert client.get("/complaints/?number=T123")["Location"] == "/complaints/T123/"
    assert "请先验证" in text(client.get("/complaints/T123/"))
    assert "号码有误" in text(client.get("/complaints/?number=123"))
