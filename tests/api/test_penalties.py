"""The JSON door of penalties: every verb, what it refuses, nothing half stored (§1.7)."""

from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from penalties.models import Bonus, Penalty
from rulebook.roles import Role
from tests.desk.conftest import NOON
from tests.factories import Company, post
from tests.penalties.money import fine

pytestmark = pytest.mark.django_db


def ask(person: object, path: str, body: object = None) -> tuple[int, object]:
    client = Client()
    client.force_login(person.account)  # type: ignore[attr-defined]
    address = f"/api/v1/{path}"
    answer = client.get(address) if body is None else client.post(address, body, content_type="application/json")
    return answer.status_code, answer.json()


@pytest.fixture
def company(db, noon) -> Company:
    company = Company()
    company.purser = post(Role.FINANCE, company.department)  # type: ignore[attr-defined]
    return company


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def entering(company: Company, **more: object) -> dict[str, object]:
    return {"key": str(uuid4()), "person": company.clerk.number, "text": "未着工装", "at": "2026-11-04T01:00:00Z", "amount": "30.00"} | more


def test_entered_appealed_and_decided(company):
    body = entering(company)
    status, made = ask(company.officer, "penalties/", body)
    assert (status, made["amount"], made["state"], made["person"]) == (201, "30.00", "assessed", company.clerk.number)
    assert ask(company.officer, "penalties/", body)[1]["id"] == made["id"]
    path = f"penalties/{made['id']}/"
    assert ask(company.clerk, path)[1]["clause"] == "§1.7.2.9"
    assert [row["id"] for row in ask(company.clerk, "penalties/")[1]] == [made["id"]]
    assert ask(company.second_clerk, path)[0] == 404
    assert ask(company.second_clerk, f"{path}appeal/", {"text": "不服"})[0] == 404
    assert ask(company.officer, f"{path}appeal/", {"text": "不服"})[0] == 403
    assert ask(company.clerk, f"{path}appeal/", {"text": "当时着装"})[1]["state"] == "appealed"
    assert ask(company.clerk, f"{path}appeal/", {"text": "当时着装"})[0] == 409
    assert ask(company.clerk, f"{path}decide/", {"granted": True, "decision": "好"})[0] == 403
    assert ask(company.officer, f"{path}decide/", {"granted": True, "decision": "录像属实"})[1]["state"] == "reversed"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"amount": "NaN"}, "amount"), ({"amount": "-1"}, "amount"), ({"amount": "0"}, "amount"), ({"person": "X"}, "person"),
        ({"at": "2026-11-04T03:00:00Z"}, "at"), ({"order_number": "E1"}, "order_number"), ({"key": "x"}, "key"), ({"more": 1}, "more"),
    ],
)  # fmt: skip
def test_what_is_refused_names_its_field(company, more, field):
    status, answer = ask(company.officer, "penalties/", entering(company, **more))
    assert (status in (400, 422), answer["field"], Penalty.objects.count()) == (True, field, 0)


def test_regulations_and_what_waited(company):
    waiting = fine(company, None, "04 09:30:00", regulation="execution")
    version = {"code": "execution", "title": "《提升运作执行力的管理规定》", "amount": "80", "valid_from": "2026-11-01"}
    assert ask(company.manager, "regulations/", version)[0] == 403
    assert ask(company.officer, "regulations/", version)[0] == 201
    assert [row["amount"] for row in ask(company.manager, "regulations/")[1]] == ["80.00"]
    assert ask(company.officer, "regulations/assess/", {"code": "execution"}) == (200, {"count": 1})
    assert str(Penalty.objects.get(pk=waiting.pk).amount) == "80.00"
    single = fine(company, None, "04 09:30:00")
    assert ask(company.officer, f"penalties/{single.pk}/assess/", {"amount": "5"})[1]["amount"] == "5.00"
    assert ask(company.officer, f"penalties/{single.pk}/assess/", {"amount": "5"})[0] == 409


def test_bonuses_and_the_run(company):
    fine(company, "50", "04 09:30:00")
    clerk = company.clerk.number
    for wrong in ([{"code": clerk, "amount": "-1"}], [{"code": "X", "amount": "1"}], [{"code": clerk, "amount": "1"}] * 2, []):
        status, answer = ask(company.purser, "bonuses/", {"month": "2026-11", "bonuses": wrong})
        assert (status, answer["field"], Bonus.objects.count()) == (422, "bonuses", 0)
    good = {"month": "2026-11", "bonuses": [{"code": clerk, "amount": "30"}]}
    assert ask(company.officer, "bonuses/", good)[0] == 403
    assert ask(company.purser, "bonuses/", good | {"month": "2026-13"})[0] == 422
    assert ask(company.purser, "bonuses/", good) == (200, {"count": 1})
    dry = ask(company.purser, "bonuses/run/", {"month": "2026-11"})[1]
    assert (dry["committed"], dry["taken"], dry["carried"]) == (False, "30.00", "20.00")
    assert str(Penalty.objects.get().paid) == "0.00"
    assert ask(company.purser, "bonuses/run/", {"month": "2026-11", "commit": True})[1]["taken"] == "30.00"
    assert ask(company.purser, "bonuses/run/", {"month": "2026-11", "commit": True})[1]["taken"] == "0.00"
    assert str(Penalty.objects.get().paid) == "30.00"
