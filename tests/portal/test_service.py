"""A problem reported from the hall (§3.4.6), and the survey of an order that was signed for (§4.2.8)."""

import pytest
import time_machine

from complaints.models import Evidence
from customers.models import SurveyAnswer, Ticket
from tests.delivery.pictures import bomb, jpeg
from tests.delivery.test_pictures import NO_PICTURES
from tests.delivery.test_slips import signed
from tests.desk.test_filings import upload
from tests.factories import Company, placed, sh

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def six_november():
    with time_machine.travel(sh("06 09:00:00"), tick=False):
        yield


def test_a_customer_reports_a_problem_and_can_be_called(client, company: Company):
    assert client.post("/help/", {"text": "打不开"}).status_code == 422
    assert client.post("/help/", {"text": "", "phone": "13800138000"}).status_code == 422
    assert not Ticket.objects.exists()
    done = client.post("/help/", {"text": "打不开 <script>", "phone": "138 0013 8000", "page": "/order/"}, follow=True)
    ticket = Ticket.objects.get()
    assert f"编号 {ticket.pk}" in done.content.decode()
    assert (ticket.phone, ticket.taken_by, ticket.page) == ("13800138000", None, "/order/")


def test_one_address_does_not_flood_us_with_problems(client, company: Company):
    statuses = [client.post("/help/", {"text": "打不开", "phone": "13800138000"}).status_code for _n in range(11)]
    assert statuses == [302] * 10 + [429]


def test_a_party_rates_a_signed_order_once(client, company: Company):
    order = signed(company)
    at = f"/orders/{order.number}/survey/"
    assert client.get(at).status_code == 302  # a stranger proves it first
    client.post(f"/orders/{order.number}/unlock/", {"tail": "8000"})
    assert "填写满意度调查" in client.get(f"/orders/{order.number}/").content.decode()
    assert client.post(at, {"text": "无分"}).status_code == 422
    assert client.post(at, {"pickup": "6"}).status_code == 422
    assert client.post(at, {"pickup": "5", "staff": "2", "text": "来晚了"}).status_code == 302
    answer = SurveyAnswer.objects.get()
    assert (answer.scores, answer.text, answer.branch) == ({"pickup": 5, "staff": 2}, "来晚了", order.branch)
    assert client.post(at, {"pickup": "1"}).status_code == 409
    assert "填写满意度调查" not in client.get(f"/orders/{order.number}/").content.decode()


def test_an_order_on_its_way_is_not_rated(client, company: Company):
    order = placed(sh("06 08:59:00"), branch=company.branch)
    client.post(f"/orders/{order.number}/unlock/", {"tail": "8000"})
    assert client.post(f"/orders/{order.number}/survey/", {"pickup": "5"}).status_code == 409
    assert not SurveyAnswer.objects.exists()


def test_a_problem_comes_with_what_the_screen_showed(client, company: Company, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert 'type="file"' in client.get("/help/").content.decode()
    said = {"text": "打不开", "phone": "13800138000"}
    assert client.post("/help/", {**said, "files": [upload(jpeg(), "截图.jpg"), upload(jpeg(color="red"), "2.jpg")]}).status_code == 302
    ticket = Ticket.objects.get()
    assert [(each.name, each.by_kind) for each in Evidence.objects.of(ticket.subject)] == [("截图.jpg", "customer"), ("2.jpg", "customer")]


@pytest.mark.parametrize("content", [*NO_PICTURES.values(), bomb()], ids=[*NO_PICTURES, "bomb"])
def test_what_is_no_screenshot_reports_nothing(client, company: Company, settings, tmp_path, content):
    settings.MEDIA_ROOT = tmp_path
    answer = client.post("/help/", {"text": "打不开", "phone": "13800138000", "files": [upload(content, "截图.png")]})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"files"}
    assert not Ticket.objects.exists()
    assert not Evidence.objects.exists()
    assert list(tmp_path.rglob("*.*")) == []
