"""Which fact is told to which partner: stored with the fact, once, in order (design §6.14)."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from orders import services as orders
from orders.models import Order
from partners.models import Partner, Push, Subscription
from tests.api.client import partner
from tests.factories import Company, draft, placed, reached, sh

pytestmark = pytest.mark.django_db
AT = sh("04 10:00:00")
CALLBACK = "https://partner.example/callback"


@pytest.fixture
def company(db) -> Company:
    return Company()


def of(told: Partner, number: str = "TB-1", **changes: object) -> Order:
    content = draft(branch_code="B1", **changes)
    return orders.place(content, channel="partner", by=told.actor, source=told.source, external_no=number, now=AT).order


def names(order: Order, **of: object) -> list[tuple[int, str]]:
    return list(Push.objects.filter(order_number=order.number, **of).order_by("seq").values_list("seq", "name"))


def test_a_partner_is_told_of_its_order_from_the_start(company: Company) -> None:
    order = of(partner(callback_url=CALLBACK))
    reached(order, company.clerk, sh("04 10:03:00"))
    orders.accept(number=order.number, clerk=company.clerk, now=sh("04 10:04:00"))
    assert names(order) == [
        (1, "order_submitted"), (2, "order_reached_branch"), (4, "order_contacted"), (5, "order_accepted"),
    ]  # fmt: skip


def test_nobody_else_is_told(company: Company) -> None:
    partner("JD", callback_url=CALLBACK)
    partner("PDD", callback_url=CALLBACK, closed_at=AT)
    for order in (of(partner("TB")), of(Partner.objects.get(code="PDD")), placed(AT, branch=company.branch)):
        reached(order, company.clerk, sh("04 10:03:00"))
    assert not Push.objects.exists()


def test_a_subscription_hears_of_one_order(company: Company) -> None:
    hub = partner("HUB")
    heard, other = placed(AT, branch=company.branch), placed(AT, branch=company.branch)
    Subscription.objects.create(partner=hub, order_number=heard.number, url=CALLBACK, created_at=AT)
    for order in (heard, other):
        reached(order, company.clerk, sh("04 10:03:00"))
    assert names(heard) == [(4, "order_contacted")]
    assert names(other) == []


def test_what_is_rolled_back_is_not_told(company: Company) -> None:
    told = partner(callback_url=CALLBACK)
    with transaction.atomic():
        of(told)
        transaction.set_rollback(True)
    assert not Push.objects.exists()


def test_an_order_of_a_partner_without_callback_asks_nothing_more(company: Company, settings) -> None:
    """Who wants to be told is remembered for a moment; no partner does here."""
    settings.KEPT_SECONDS = 5
    quiet = partner()
    of(quiet, "warm-up")
    with CaptureQueriesContext(connection) as queries:
        of(quiet, "TB-2")
    assert [query["sql"] for query in queries if "partners_" in query["sql"]] == []
