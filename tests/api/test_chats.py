"""Chats over the JSON door (§3.2, §4.3.1.1)."""

import pytest
import time_machine

from customers import services as customers
from customers.models import Conversation
from customers.services import Said
from tests.api.test_keyaccounts import asking, says
from tests.factories import Company, sh

pytestmark = pytest.mark.django_db
NOON = sh("05 12:00:00")


@pytest.fixture
def company(db) -> Company:
    return Company()


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def chat(company) -> Conversation:
    return customers.open_chat(said=Said("货到哪里了？"), unit=company.branch, now=NOON, name="张三", phone="13800138000")


def listed(person, query: str = "") -> list[dict]:
    answer = asking(person).get(f"/api/v1/chats/{query}")
    assert answer.status_code == 200
    return answer.json()["results"]


def test_listed_read_answered_handed_over_and_ended(company, chat):
    (row,) = listed(company.clerk, "?waiting=yes&state=open")
    assert (row["id"], row["unit"], row["phone"], row["lines"], row["unread"], row["waiting_since"] is not None) == (chat.pk, "B1", "138****8000", 2, 2, True)
    lines = asking(company.clerk).get(f"/api/v1/chats/{chat.pk}/lines/").json()["results"]
    assert [(line["number"], line["side"], line["by"]) for line in lines] == [(1, "customer", "客户"), (2, "automatic", "西湖营业部")]
    early = says(company.clerk, f"chats/{chat.pk}/close")
    assert (early.status_code, early.json()["clause"]) == (422, "§4.3.1.1")
    assert says(company.clerk, f"chats/{chat.pk}/answer", text="在途").json()["waiting_since"] is None
    assert listed(company.clerk, "?waiting=yes") == []
    assert says(company.clerk, f"chats/{chat.pk}/transfer", unit="CC").json()["unit"] == "CC"
    assert listed(company.clerk) == []
    assert says(company.agent, f"chats/{chat.pk}/close").json()["state"] == "closed"
    late = says(company.agent, f"chats/{chat.pk}/answer", text="再说一句")
    assert (late.status_code, late.json()["winner"]) == (409, company.agent.name)


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [
        ("answer", {}, 400), ("answer", {"text": ""}, 400), ("answer", {"text": "长" * 100_000}, 413), ("answer", {"text": "长" * 1001}, 400),
        ("answer", {"text": "a\x00b"}, 400), ("answer", {"text": "x", "by": "y"}, 400), ("answer", {"text": ["x"]}, 400),
        ("transfer", {"unit": "NIX"}, 422), ("transfer", {"unit": "B1"}, 422), ("transfer", {}, 400), ("close", {"x": 1}, 400),
    ],
)  # fmt: skip
def test_bad_bodies_change_nothing(company, chat, verb, body, status):
    assert says(company.clerk, f"chats/{chat.pk}/{verb}", **body).status_code == status
    chat.refresh_from_db()
    assert (chat.count, chat.unit, chat.state) == (2, company.branch, "open")


def test_who_may(company, chat):
    for verb, body in (("answer", {"text": "x"}), ("transfer", {"unit": "CC"}), ("close", {})):
        assert says(company.second_clerk, f"chats/{chat.pk}/{verb}", **body).status_code == 404
        assert says(company.regional_manager, f"chats/{chat.pk}/{verb}", **body).status_code == 403
        assert says(company.driver, f"chats/{chat.pk}/{verb}", **body).status_code == 403
    assert asking(company.second_clerk).get(f"/api/v1/chats/{chat.pk}/lines/").status_code == 404
    assert asking(company.driver).get("/api/v1/chats/").status_code == 403
    assert asking(company.clerk).get("/api/v1/chats/?state=nonsense").status_code == 400
    assert (listed(company.second_clerk), len(listed(company.regional_manager))) == ([], 1)
