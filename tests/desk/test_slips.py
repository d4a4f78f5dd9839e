"""The slips page: what to chase, who has it, every verb with its refusal in words (§2.1.3.5, §2.2.5)."""

import pytest

from tests.delivery.test_slips import key_customer, signed, slip
from tests.desk.test_goods import login
from tests.factories import Company, sh


@pytest.fixture
def day(clock):
    clock.move_to(sh("06 09:00:00"))


def send(client, verb: str, number: str, remark: str = ""):
    return client.post(f"/desk/slips/{verb}/", {"number": number, "remark": remark})


def test_a_key_customers_slip_shows_its_limit_and_comes_back(company: Company, day) -> None:
    key_customer(company)
    order, desk = signed(company), login(company.clerk)
    page = desk.get("/desk/slips/").content.decode()
    assert order.number in page
    assert "§2.1.3.5" in page.split("<tbody>")[1]
    assert send(desk, "return", order.number).status_code == 302
    assert f"slip-{order.number}" not in desk.get("/desk/slips/").content.decode()
    assert f"slip-{order.number}" in desk.get("/desk/slips/?tab=back").content.decode()


def test_a_rejection_says_what_is_wrong(company: Company, day) -> None:
    order, desk = signed(company), login(company.clerk)
    send(desk, "return", order.number)
    refused = send(desk, "reject", order.number)
    assert refused.status_code == 422
    assert "请说明签收单哪里不合格" in refused.content.decode()
    send(desk, "reject", order.number, "未盖章")
    assert slip(order).state == "rejected"
    assert "未盖章" in desk.get("/desk/slips/").content.decode()


def test_nonsense_is_answered_in_words(company: Company, day) -> None:
    order, desk = signed(company), login(company.clerk)
    assert "没有这票签收单" in send(desk, "hand-on", "E1").content.decode()
    assert send(desk, "resend", order.number).status_code == 409
    assert send(desk, "burn", order.number).status_code == 404
    assert send(login(company.third_clerk), "return", order.number).status_code == 422
    assert login(company.driver).get("/desk/slips/").status_code == 403
