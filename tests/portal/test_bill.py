"""The shipper confirms the billed data in the hall, or says what is wrong (§4.3.2.3)."""

from decimal import Decimal

import pytest
import time_machine

from orders import services as orders
from orders.models import Waybill
from tests.factories import CUSTOMER, Company, accepted, sh

pytestmark = pytest.mark.django_db
NOW = sh("04 09:05:00")


@pytest.fixture(autouse=True)
def five_past_nine():
    with time_machine.travel("2026-11-04 09:05:00+08:00", tick=False):
        yield


@pytest.fixture
def bill(client, company: Company) -> Waybill:
    order = accepted(NOW, company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"), pickup=False)
    orders.quote(number=order.number, clerk=company.clerk, amount=Decimal(320), words="一口价", now=NOW)
    orders.answer_quote(number=order.number, agreed=True, by=CUSTOMER, now=NOW)
    client.post(f"/orders/{order.number}/unlock/", {"tail": "8000"})
    return orders.issue_waybill(
        number=order.number, clerk=company.clerk, pieces=11, weight_kg=Decimal(130), volume_m3=Decimal(1), now=NOW
    )


def page(bill: Waybill) -> str:
    return f"/orders/{bill.order.number}/bill/"


def test_it_is_confirmed_once_the_branch_has_checked_it(client, company, bill):
    assert client.get(page(bill)).status_code == 409
    orders.check_bill(number=bill.order.number, clerk=company.clerk, now=NOW)
    assert "请核对开单信息" in client.get(f"/orders/{bill.order.number}/").content.decode()
    shown = client.get(page(bill)).content.decode()
    assert "11 件" in shown
    assert "¥320.00" in shown
    assert client.post(page(bill), {"answer": "agree", "seen": "1"}).status_code == 302
    bill.refresh_from_db()
    assert (bill.confirmed_at, bill.confirmed_means) == (NOW, "hall")
    assert "您已确认开单信息" in client.get(f"/orders/{bill.order.number}/").content.decode()


def test_a_doubt_reaches_the_branch(client, company, bill):
    orders.check_bill(number=bill.order.number, clerk=company.clerk, now=NOW)
    assert client.post(page(bill), {"answer": "doubt", "text": "", "seen": "1"}).status_code == 422
    assert client.post(page(bill), {"answer": "doubt", "text": "只有 10 件", "seen": "1"}).status_code == 302
    bill.refresh_from_db()
    assert (bill.checked_at, bill.dispute) == (None, "只有 10 件")
    assert company.branch.messages.filter(kind="disputed", order_number=bill.order.number).exists()


def test_a_stranger_or_a_stale_page_confirms_nothing(client, company, bill):
    orders.check_bill(number=bill.order.number, clerk=company.clerk, now=NOW)
    assert client.post(page(bill), {"answer": "agree", "seen": "7"}).status_code == 409
    client.session.flush()
    client.cookies.clear()
    assert client.post(page(bill), {"answer": "agree", "seen": "1"}).status_code == 302  # sent to prove who it is
    bill.refresh_from_db()
    assert bill.confirmed_at is None
