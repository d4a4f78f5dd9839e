"""The customer-service pages: requests of three kinds, the month's calls, the survey, the standards (§3.4.6, §4.2.8, §4.3.1)."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from complaints.models import Evidence
from customers import services as customers
from customers.models import CustomerCall, Enquiry, PhoneDay, Suggestion, Ticket
from network.choices import UnitKind
from rulebook.roles import Role
from tests.delivery.pictures import jpeg
from tests.delivery.test_pictures import SVG
from tests.desk.conftest import NOON
from tests.desk.test_keyaccounts import page, sends
from tests.factories import Company, post, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(company: Company, clock: object) -> Company:
    company.marketing = post(Role.MARKETING, unit("MK", UnitKind.DEPARTMENT, company.root, name="营销推广部"))
    company.it = post(Role.IT, unit("IT", UnitKind.DEPARTMENT, company.root, name="信息管理中心"))
    company.head = post(Role.CALL_CENTRE_MANAGER, company.call_centre)
    return company


def test_a_ticket_from_the_branch_to_its_end(company):
    assert "这里没有待办" in page(company.marketing, "service/tickets/")
    assert "请填写此项" in sends(company.clerk, "service/tickets/", 422, text="")
    sends(company.clerk, "service/tickets/", text="下单页报错", page="/order/")
    ticket = Ticket.objects.get()
    at = f"service/tickets/{ticket.pk}/"
    assert "下单页报错" in page(company.marketing, "service/tickets/")
    assert "整理并转信息管理中心" in page(company.marketing, at)
    assert "整理并转信息管理中心" not in page(company.clerk, at)
    assert "请填写此项" in sends(company.marketing, f"{at}collate/", 422, text="")
    sends(company.marketing, f"{at}collate/", text="已复现")
    sends(company.it, f"{at}collate/", 403, text="再整理")
    sends(company.it, f"{at}solve/", text="已修复")
    assert "已修复" in page(company.clerk, at)
    sends(company.clerk, f"{at}close/")
    page(company.third_clerk, at, 404)
    page(company.clerk, "service/nothing/", 404)


def test_enquiries_callbacks_and_the_export(company):
    asked = {"text": "=1+1 到哪了", "means": "phone", "phone": "13800138000", "name": "张三"}
    sends(company.head, "service/enquiries/", **asked)
    enquiry = Enquiry.objects.get()
    at = f"service/enquiries/{enquiry.pk}/"
    assert "§4.3.1.2" in page(company.head, at)
    assert "将来的回电时间" in sends(company.head, f"{at}promise/", 422, call_back_at="2026-11-04T09:00")
    sends(company.head, f"{at}promise/", call_back_at="2026-11-04T11:00")
    assert "到哪了" in page(company.head, "service/enquiries/?tab=callback")
    client = Client()
    client.force_login(company.head.account)
    book = client.get("/desk/service/enquiries/export.xlsx?tab=open")
    rows = CalamineWorkbook.from_filelike(BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert rows[1][3:5] == ["=1+1 到哪了", "张三 138****8000"]
    sends(company.head, f"{at}call-back/")
    sends(company.head, f"{at}call-back/", 409)
    sends(company.head, f"{at}answer/", text="已到杭州")
    sends(company.head, f"{at}answer/", 409, text="再答")


def test_a_suggestion_is_forwarded_by_the_department(company):
    sends(company.clerk, "service/suggestions/", text="希望周末接货", kind="suggestion")
    at = f"service/suggestions/{Suggestion.objects.get().pk}/"
    assert "没有编号为 NOPE 的部门" in sends(company.officer, f"{at}analyse/", 422, text="人手", unit="NOPE")
    sends(company.officer, f"{at}analyse/", text="人手", unit="B2")
    sends(company.second_clerk, f"{at}answer/", text="下月起")
    assert "下月起" in page(company.officer, at)


def test_the_months_calls(company):
    customer = customers.add(name="甲公司", phone="13700137000", branch=company.branch, now=NOON)
    assert "甲公司" in page(company.clerk, "service/calls/")
    assert "13700137000" not in page(company.clerk, "service/calls/")
    page(company.third_clerk, f"service/calls/{customer.pk}/", 404)
    assert "只在接通时填写" in sends(
        company.clerk, f"service/calls/{customer.pk}/", 422, result="not_reached", satisfaction="5", text="没人接"
    )
    sends(company.clerk, f"service/calls/{customer.pk}/", result="reached", satisfaction="4", text="都好")
    assert CustomerCall.objects.get().satisfaction == 4
    assert "本月都已回访" in page(company.clerk, "service/calls/")


def upload(company: Company, text: str, status: int) -> str:
    table = SimpleUploadedFile("phone.csv", text.encode(), content_type="text/csv")
    return sends(company.head, "service/standards/", status, file="1", table=table)


HEAD = "部门编号,日期,来电,接听,两声内接听,10秒内接听或已提示等待\n"


def test_the_telephones_figures_by_file_and_by_form(company):
    assert "缺少列" in upload(company, "部门编号,日期\nCC,2026-11-03\n", 422)
    assert "第 2 行" in upload(company, f"{HEAD}CC,昨天,1,1,1,1\n", 422)
    assert "没有编号为 XX 的部门" in upload(company, f"{HEAD}XX,2026-11-03,1,1,1,1\n", 422)
    assert not PhoneDay.objects.exists()
    upload(company, f"{HEAD}CC,2026-11-03,100,99,98,99\n", 302)
    assert "99.00 %" in page(company.head, "service/standards/")
    wrong = {"unit": "CC", "on": "2026-11-04", "offered": "1", "answered": "2", "in_two_rings": "0", "waited_well": "0"}
    assert "接听数不能多于来电数" in sends(company.head, "service/standards/", 422, **wrong)
    assert "电话数据" not in page(company.clerk, "service/standards/")


def test_a_strange_month_is_this_month(company):
    assert "2026-11" in page(company.head, "service/standards/?month=2026-13")


def test_a_tickets_screenshot_is_shown_to_who_sees_the_ticket(company, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    sends(company.clerk, "service/tickets/", text="下单页报错", files=SimpleUploadedFile("报错.jpg", jpeg(), "image/jpeg"))
    ticket = Ticket.objects.get()
    shot = Evidence.objects.of(ticket.subject).get()
    at = f"service/tickets/{ticket.pk}/"
    for person in (company.clerk, company.marketing):
        assert f"/desk/{at}files/{shot.key}/" in page(person, at)
        client = Client()
        client.force_login(person.account)
        answer = client.get(f"/desk/{at}files/{shot.key}/")
        assert (answer.status_code, answer["X-Content-Type-Options"]) == (200, "nosniff")
        assert answer["Content-Disposition"].startswith("attachment; ")
    page(company.third_clerk, f"{at}files/{shot.key}/", 404)
    page(company.clerk, f"{at}files/{'0' * 32}/", 404)
    page(company.clerk, f"service/suggestions/{ticket.pk}/files/{shot.key}/", 404)
    assert "照片和完整的 PDF" in sends(company.clerk, "service/tickets/", 422, text="报错", files=SimpleUploadedFile("a.jpg", SVG))
    assert Ticket.objects.count() == 1
