"""The complaint desk: the list with its tabs, filters and export; one complaint worked from the filing to the end (screens §3.3 #16)."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from complaints import services
from complaints.models import Complaint, Evidence
from core.models import Entry
from notify.models import Message
from penalties.models import Penalty
from rulebook.roles import Role
from tests.complaints.cases import Desk, filed, taken, told, upheld, uphold
from tests.delivery.pictures import jpeg
from tests.factories import contract, post, sh

pytestmark = pytest.mark.django_db
NOW = sh("23 12:00:00")


@pytest.fixture
def office(db) -> Desk:
    return Desk()


@pytest.fixture(autouse=True)
def _today(clock, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    clock.move_to(NOW)


def login(person) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


def page(person, path: str = "", status: int = 200) -> str:
    answer = login(person).get(f"/desk/complaints/{path}")
    assert answer.status_code == status
    return answer.content.decode()


def sends(person, path: str, status: int = 302, /, **values: object) -> str:
    answer = login(person).post(f"/desk/complaints/{path}", values)
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return answer.content.decode()


def test_a_complaint_is_filed_from_the_order_with_photos_and_the_branch_is_told(office):
    order = office.order()
    sheet = login(office.clerk).get(f"/desk/orders/{order.number}/").content.decode()
    assert f"/desk/complaints/new/?order={order.number}" in sheet
    assert f'value="{order.number}"' in page(office.clerk, f"new/?order={order.number}")
    photos = [SimpleUploadedFile("破损.jpg", jpeg(), "image/jpeg"), SimpleUploadedFile("b.png", jpeg(color="red"), "image/png")]
    said = {"order": order.number, "category": "damage_loss", "cause": "handling", "text": "箱角压破", "amount": "300", "files": photos, "key": "k1"}
    sends(office.clerk, "new/", **said)
    complaint = Complaint.objects.get()
    assert (complaint.filer, complaint.cause, str(complaint.amount)) == ("branch", "handling", "300.00")
    assert Evidence.objects.of(complaint.subject).count() == 2
    assert set(Message.objects.filter(kind="complaint").values_list("unit__code", flat=True)) == {"B1", "EC"}
    sheet = login(office.clerk).get(f"/desk/orders/{order.number}/").content.decode()
    assert complaint.number in sheet
    assert complaint.number in login(office.officer).get("/desk/messages/").content.decode()
    page(office.officer, f"{complaint.pk}/")
    assert not Message.objects.filter(unit=office.department, seen_at=None).exists()


def test_filing_says_what_is_wrong(office):
    order = office.order()
    said = {"category": "other", "text": "问题", "contact_phone": "13800138000"}
    assert "没有这个订单" in sends(office.third_clerk, "new/", 422, **said | {"order": order.number})
    assert "请填写投诉人电话" in sends(office.agent, "new/", 422, **said | {"contact_phone": ""})
    assert "只收 JPEG" in sends(office.agent, "new/", 422, **said | {"files": SimpleUploadedFile("a.jpg", b"<script>")})
    assert "请选择一项" in sends(office.agent, "new/", 422, **said | {"category": ""})
    assert "没有编号为 XX" in sends(office.agent, "new/", 422, **said | {"branch": "XX"})
    assert "不能小于" in sends(office.agent, "new/", 422, **said | {"amount": "-5"})
    sends(office.driver, "new/", 403, **said)
    assert not Complaint.objects.exists()


def test_a_double_click_files_once(office):
    said = {"category": "other", "text": "问题", "contact_phone": "13800138000", "key": "same"}
    sends(office.agent, "new/", **said)
    sends(office.agent, "new/", **said)
    assert Complaint.objects.count() == 1


def test_worked_from_the_list_to_the_end(office):
    complaint = filed(office, order=office.order(), category="late_pickup", text="约好九点没来")
    listed = page(office.officer)
    assert complaint.number in listed
    assert 'data-key="KeyT"' in listed
    at = f"{complaint.pk}/"
    sends(office.officer, f"{at}take/", next="/desk/complaints/?tab=new")
    sends(office.manager, f"{at}note/", text="司机堵车晚到")
    sends(office.officer, f"{at}interim/", text="正在核查", until="2026-11-25")
    sends(office.officer, f"{at}propose/", text="建议成立")
    shown = page(office.officer, at)
    assert "延误时效（2 分）" in shown
    assert "价格开错（1–3 分）" in shown
    refused = sends(office.officer, f"{at}uphold/", 422, branch="B1", point_code="delay", points="3", reason="属实")
    assert "只能在 2 到 2 分之间" in refused
    sends(office.officer, f"{at}uphold/", branch="B1", point_code="delay", reason="属实")
    assert Message.objects.filter(kind="ruled", unit=office.branch).exists()
    sends(office.officer, f"{at}tell/", text="属实，已处理", means="sms")
    sends(office.officer, f"{at}close/", answer="yes")
    shown = page(office.manager, at)
    for words in ("约好九点没来", "司机堵车晚到", "正在核查", "裁定成立：责任方西湖营业部，延误时效记 2 分", "已结案", "为什么是这个时限"):
        assert words in shown
    assert complaint.number in page(office.officer, "?tab=closed")


def test_whoever_is_second_reads_who_was_first(office):
    complaint = upheld(office)
    answer = sends(office.second_officer, f"{complaint.pk}/dismiss/", 409, reason="不成立")
    assert office.officer.number in answer
    assert "11-23 11:00:00" in answer


def test_tabs_count_filters_narrow_and_the_workbook_has_the_same(office):
    filed(office, text="甲")
    serious = filed(office, at="23 09:30:00", category="attitude", serious=True, text="乙", branch="B2")
    told(office, upheld(office, text="丙"))
    filed(office, clerk=office.quality, internal=True, text="丁", contact_phone="", at="23 09:40:00")
    listed = page(office.officer)
    for label, count in (("待受理", 3), ("待补救或结案", 1), ("全部", 4)):
        assert f"{label} <b>{count}</b>" in listed
    only = page(office.officer, "?tab=all&only=serious")
    assert serious.number in only
    assert "全部 <b>1</b>" in only
    assert "全部 <b>1</b>" in page(office.officer, "?tab=all&branch=B2")
    assert "全部 <b>1</b>" in page(office.officer, "?tab=all&only=internal")
    assert "全部 <b>1</b>" in page(office.officer, f"?tab=all&text={serious.number}")
    assert "全部 <b>3</b>" in page(office.officer, "?tab=all&text=138 0013 8000")
    assert "没有符合条件的投诉" in page(office.officer, "?tab=new&category=overcharge")
    book = login(office.officer).get("/desk/complaints/export.xlsx?tab=all&only=serious")
    rows = CalamineWorkbook.from_filelike(BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert rows[0][:3] == ["投诉编号", "状态", "投诉类别"]
    assert [row[0] for row in rows[1:]] == [serious.number]
    assert rows[1][3] == "2026-11-27 00:00:00"


def test_who_sees_what(office):
    complaint = filed(office, branch="B1")
    elsewhere = filed(office, branch="B3", at="23 09:10:00")
    assert complaint.number in page(office.clerk)
    assert elsewhere.number not in page(office.clerk)
    page(office.clerk, f"{elsewhere.pk}/", 404)
    page(office.regional_manager, f"{complaint.pk}/")
    page(office.driver, "", 403)
    page(post(Role.PRICE_MANAGEMENT, office.department), f"{complaint.pk}/", 403)
    assert "裁定成立" not in page(office.clerk, f"{complaint.pk}/")
    sends(office.clerk, f"{complaint.pk}/take/", 403)
    sends(office.clerk, f"{elsewhere.pk}/note/", 404, text="看不到")


def test_the_complainant_is_masked_until_shown_on_record(office):
    complaint = filed(office, contact_name="王小明")
    assert "王** 138****8000" in page(office.officer, f"{complaint.pk}/")
    client = login(office.officer)
    client.post(f"/desk/complaints/{complaint.pk}/contact/")
    assert "王小明 13800138000" in client.get(f"/desk/complaints/{complaint.pk}/").content.decode()
    assert Entry.objects.filter(name="personal_data_shown", subject=complaint.subject).count() == 1


def test_files_are_given_to_whoever_sees_the_complaint_as_attachments(office):
    complaint = filed(office, branch="B1")
    pdf = SimpleUploadedFile("证明.pdf", b"%PDF-1.7\n%%EOF", "text/html")
    sends(office.clerk, f"{complaint.pk}/evidence/", files=[pdf])
    key = Evidence.objects.get().key
    answer = login(office.officer).get(f"/desk/complaints/{complaint.pk}/files/{key}/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    page(office.third_clerk, f"{complaint.pk}/files/{key}/", 404)
    page(office.officer, f"{complaint.pk}/files/{'0' * 32}/", 404)
    assert "请选择要上传的文件" in sends(office.clerk, f"{complaint.pk}/evidence/", 422)


def test_an_attitude_complaint_of_a_key_customer_is_made_good_before_it_closes(office):
    contract(office)
    complaint = taken(office, order=office.order(), category="attitude")
    uphold(office, complaint, point_code="attitude", person=office.clerk.number)
    told(office, complaint)
    at = f"{complaint.pk}/"
    assert "不能结案" in sends(office.officer, f"{at}close/", 422, answer="yes")
    assert "西湖营业部营业部受理员本人道歉" in sends(office.manager, f"{at}apology/", 422, person=office.manager.number, means="phone", text="致歉")
    sends(office.manager, f"{at}apology/", means="phone", text="电话致歉")
    sends(office.manager, f"{at}visit/", text="上门拜访")
    sends(office.manager, f"{at}report/", text="客户接受")
    assert Message.objects.filter(kind="visited").count() == 1
    sends(office.support, f"{at}callback/", text="客户满意")
    sends(office.officer, f"{at}close/", answer="yes")
    assert Complaint.objects.get().state == "closed"


def test_why_this_deadline(office):
    complaint = filed(office, order=office.order(), category="damage_loss", cause="wetting")
    shown = page(office.officer, f"{complaint.pk}/")
    assert "待登记保险公司赔付日" in shown
    sends(office.officer, f"{complaint.pk}/insurer/", insurer_on="2026-12-31")
    clock = complaint.order.deadlines.get(clause="§1.6.1.1", stopped_at=None)
    assert "保险公司赔付日 24:00" in page(office.officer, f"{complaint.pk}/why/{clock.pk}/")
    queue = login(office.clerk).get("/desk/?tab=accepted").content.decode()
    assert "§1.6.1.1" not in queue
    assert "§4.4.6" not in queue


def test_ready_replies_are_sent_with_one_form_each(office):
    complaint = filed(office, category="overcharge")
    shown = page(office.officer, f"{complaint.pk}/")
    assert shown.count('data-key="Digit') == 3
    assert "将于 2026-11-26 前答复" in shown
    sends(office.officer, f"{complaint.pk}/interim/", text="将于 2026-11-26 前答复", until="2026-11-26")
    services.take(pk=complaint.pk, clerk=office.officer, now=NOW)
    services.dismiss(pk=complaint.pk, clerk=office.officer, reason="费用无误", now=NOW)
    assert "投诉不成立，感谢您的监督" in page(office.officer, f"{complaint.pk}/")


def test_a_complaint_leads_to_what_followed_and_back(office):
    complaint = upheld(office, order=office.order(), ruled={"findings": {"untrue_information": {}}})
    at, officer = f"/desk/complaints/{complaint.pk}/", login(office.officer)
    fine = Penalty.objects.filter(cause__startswith=f"complaint/{complaint.pk}/").first()
    page = officer.get(at).content.decode()
    assert "<b>+1</b>" in page
    assert f'href="/desk/penalties/{fine.pk}/"' in page
    back = officer.get(f"/desk/penalties/{fine.pk}/").content.decode()
    assert f'href="{at}"' in back
    agent = login(office.agent).get(at).content.decode()  # may see the complaint, neither fines nor points
    assert "积分与处罚" not in agent
