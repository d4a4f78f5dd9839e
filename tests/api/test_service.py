"""Customer service over the JSON door (§3.4.6, §4.2.6, §4.3.1, §4.3.2.9)."""

import pytest
import time_machine

from customers import services as customers
from customers.models import Enquiry, PhoneDay, Ticket
from network.choices import UnitKind
from rulebook.roles import Role
from tests.api.test_keyaccounts import asking, says
from tests.factories import Company, post, sh, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    made = Company()
    made.marketing = post(Role.MARKETING, unit("MK", UnitKind.DEPARTMENT, made.root, name="营销推广部"))
    made.it = post(Role.IT, unit("IT", UnitKind.DEPARTMENT, made.root, name="信息管理中心"))
    made.head = post(Role.CALL_CENTRE_MANAGER, made.call_centre)
    return made


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(sh("05 12:00:00"), tick=False):
        yield


def test_a_ticket_through_all_its_verbs(company):
    made = says(company.clerk, "tickets", text="打不开", phone="13800138000")
    assert (made.status_code, made.json()["phone"], made.json()["unit"]) == (201, "138****8000", "MK")
    at = f"tickets/{made.json()['id']}"
    assert says(company.it, f"{at}/solve", text="好了").status_code == 409
    assert says(company.marketing, f"{at}/collate", text="已复现").json()["state"] == "collated"
    assert says(company.it, f"{at}/solve", text="好了").json()["state"] == "solved"
    assert says(company.clerk, f"{at}/reopen", text="还有").json()["reopened"] == 1
    assert says(company.it, f"{at}/solve", text="好了").json()["state"] == "solved"
    assert says(company.third_clerk, f"{at}/close").status_code == 404
    assert says(company.clerk, f"{at}/close").json()["state"] == "closed"
    assert [each["id"] for each in asking(company.it).get("/api/v1/tickets/?state=closed").json()] == [made.json()["id"]]


def test_enquiries_and_suggestions(company):
    made = says(company.head, "enquiries", text="到哪了", means="phone", phone="13800138000").json()
    late = says(company.head, f"enquiries/{made['id']}/promise-callback", call_back_at="2026-11-05T12:00:00+08:00")
    assert (late.status_code, late.json()["field"], late.json()["clause"]) == (422, "call_back_at", "§4.3.1.2")
    says(company.head, f"enquiries/{made['id']}/promise-callback", call_back_at="2026-11-05T13:00:00+08:00")
    assert says(company.head, f"enquiries/{made['id']}/call-back").json()["called_back_at"]
    assert says(company.head, f"enquiries/{made['id']}/answer", text="杭州").json()["state"] == "answered"
    said = says(company.clerk, "suggestions", text="周末接货", kind="suggestion").json()
    assert says(company.officer, f"suggestions/{said['id']}/analyse", text="人手", unit="B2").json()["unit"] == "B2"
    assert says(company.second_clerk, f"suggestions/{said['id']}/answer", text="下月").json()["answer"] == "下月"


def test_calls_and_figures(company):
    customer = customers.add(name="甲公司", phone="13700137000", branch=company.branch, now=sh("01 09:00:00"))
    made = says(company.clerk, "customer-calls", customer=customer.pk, result="reached", text="都好", satisfaction=5)
    assert (made.status_code, made.json()["satisfaction"]) == (201, 5)
    assert says(company.third_clerk, "customer-calls", customer=customer.pk, result="reached", text="都好").status_code == 404
    day = {"unit": "CC", "on": "2026-11-04", "offered": 10, "answered": 10, "in_two_rings": 10, "waited_well": 10}
    assert says(company.head, "phone-figures", days=[day]).status_code == 201
    wrong = says(company.head, "phone-figures", days=[day, day | {"on": "2026-11-03", "answered": 11}])
    assert (wrong.status_code, wrong.json()["field"]) == (422, "answered")
    assert PhoneDay.objects.count() == 1
    assert says(company.clerk, "phone-figures", days=[day]).status_code == 403


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("tickets", {"text": ""}), ("tickets", {"text": "x" * 501}), ("tickets", {"text": "\u0000"}), ("tickets", {"text": "好", "state": "closed"}),
        ("enquiries", {"text": "好", "means": "fax"}), ("enquiries", {"text": "好", "means": "mail", "at": "2026-13-01"}),
        ("suggestions", {"text": "好", "kind": []}), ("phone-figures", {"days": []}), ("phone-figures", {"days": [{"unit": "CC"}]}),
    ],
)  # fmt: skip
def test_nonsense_is_a_plain_4xx_and_stores_nothing(company, path, values):
    answer = says(company.head, path, **values)
    assert answer.status_code in (400, 422)
    assert answer.json()["message"]
    assert [model.objects.count() for model in (Ticket, Enquiry, PhoneDay)] == [0, 0, 0]
