"""What customers with a login are told of their orders, by the media they chose; staff see each message and its state."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from customers.models import CustomerAccount
from customers.services import actor_of, choose
from notify import notices
from notify.models import Notice
from orders import services as orders
from rulebook.errors import Refused
from rulebook.roles import Role
from tests.factories import CONSIGNEE, Company, bound, placed, post, reached, sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db: None) -> Company:
    return Company()


@pytest.fixture
def account(company: Company) -> CustomerAccount:
    account = bound(company.branch)
    EmailAddress.objects.create(user=account.account, email="zhang@example.com", verified=True, primary=True)
    return account


def accepted(company: Company, **changes):
    order = placed(sh("04 09:00:00"), branch=company.branch, **changes)
    reached(order, company.clerk, sh("04 09:04:00"))
    return orders.accept(number=order.number, clerk=company.clerk, now=sh("04 09:05:00"))


def told() -> list[tuple[str, str, str]]:
    return [(each.kind, each.medium, each.address) for each in Notice.objects.order_by("medium")]


def test_who_has_chosen_nothing_is_told_by_mail(company, account):
    order = accepted(company)
    notice = Notice.objects.get()
    assert told() == [("accepted", "mail", "zhang@example.com")]
    assert (notice.text, notice.order_number, notice.state) == (f"订单 {order.number} 已受理，请备好货物。", order.number, "waiting")
    assert notice.entry.name == "order_accepted"


@pytest.mark.parametrize(
    ("media", "expected"),
    [
        ([], []),
        (["sms"], [("accepted", "sms", "13800138000")]),
        (["sms", "mail"], [("accepted", "mail", "zhang@example.com"), ("accepted", "sms", "13800138000")]),
    ],
)
def test_each_topic_goes_by_the_media_chosen_for_it(company, account, media, expected):
    choose(account, {"order": media, "goods": ["sms"]})
    accepted(company)
    assert told() == expected


def test_an_address_that_was_never_verified_is_told_nothing(company, account):
    EmailAddress.objects.update(verified=False)
    accepted(company)
    assert told() == []


def test_strangers_orders_tell_nobody(company, account):
    accepted(company, shipper=CONSIGNEE)
    assert told() == []


def test_ones_own_act_is_no_news(company, account):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    orders.cancel(number=order.number, by=actor_of(account), reason="not_shipping", text="", now=sh("04 09:05:00"))
    assert told() == []


def test_a_refused_act_tells_nobody(company, account):
    order = placed(sh("04 09:00:00"), branch=company.branch)
    with pytest.raises(Refused):
        orders.accept(number=order.number, clerk=company.clerk, now=sh("04 09:05:00"))
    assert told() == []


def test_the_customer_chooses_on_a_page(company, account):
    client = Client()
    client.force_login(account.account)
    assert "checked" in client.get("/my/notices/").content.decode()
    assert client.post("/my/notices/", {"order": ["sms"], "money": ["sms", "mail"]}).status_code == 302
    account.refresh_from_db()
    assert account.tells == {"order": ["sms"], "goods": [], "money": ["mail", "sms"], "service": []}
    assert client.post("/my/notices/", {"order": ["pigeon"]}).status_code == 422
    account.refresh_from_db()
    assert account.tells["order"] == ["sms"]


def test_staff_see_the_state_of_each_masked_and_of_their_own_orders_alone(company, account, client, settings):
    settings.DEMO = False  # no transport: it is not called sent
    order = accepted(company)
    notices.sweep(now=sh("04 09:06:00"))
    client.force_login(company.clerk.account)
    page = client.get("/desk/notices/").content.decode()
    assert order.number in page
    assert "z***@example.com" in page
    assert "zhang@example.com" not in page
    assert "no transport is configured" in page
    assert "z***@example.com" in client.get(f"/desk/orders/{order.number}/").content.decode()
    client.force_login(company.third_clerk.account)
    assert order.number not in client.get("/desk/notices/").content.decode()
    client.force_login(company.driver.account)
    assert client.get("/desk/notices/").status_code == 403


def test_a_failed_notice_is_sent_again_by_who_may(company, account, client):
    accepted(company)
    notice = Notice.objects.get()
    Notice.objects.update(state="failed", due_at=None)
    client.force_login(company.clerk.account)
    assert client.post(f"/desk/notices/{notice.pk}/again/").status_code == 403
    client.force_login(company.agent.account)
    assert client.post(f"/desk/notices/{notice.pk}/again/").status_code == 302
    assert Notice.objects.get().state == "waiting"
    assert client.post("/desk/notices/99999/again/").status_code == 404
    assert client.get(f"/desk/notices/{notice.pk}/again/").status_code == 405


@pytest.mark.parametrize("query", ["state=nonsense", "kind=%00", "order_number=" + "E" * 5000, "page=-1", "page=99999999999999999999", "state[]=a"])
def test_odd_filters_are_passed_over(company, client, query):
    client.force_login(post(Role.IT, company.department).account)
    assert client.get(f"/desk/notices/?{query}").status_code == 200
