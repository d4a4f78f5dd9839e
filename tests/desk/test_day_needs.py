"""The day's volume and vehicles of key customers: asked at the order call, seen where vehicles are sent (§4.3.2.1)."""

from decimal import Decimal

import pytest
from django.test import Client

from customers.models import DayNeed
from tests.api.test_verbs import Staff, done
from tests.desk.test_keyaccounts import key, page, sends  # noqa: F401  (fixture)
from tests.desk.test_order import content
from tests.factories import Company, placed, sh

pytestmark = pytest.mark.django_db
SAID = {"on": "2026-11-04", "pieces": "120", "volume_m3": "38.5", "vehicles": "9.6 米 1 辆"}


@pytest.fixture
def account(key):  # noqa: F811
    return key


def test_it_is_told_on_the_customers_page_and_read_on_the_pickup_board(company: Company, account) -> None:
    sends(company.clerk, f"key/{account.pk}/day/", **SAID)
    sends(company.clerk, f"key/{account.pk}/day/", **SAID | {"pieces": "150", "vehicles": "9.6 米 2 辆"})  # the last word holds
    board = page(company.clerk, "pickups/")
    assert "150 件，38.500 立方米" in board
    assert "9.6 米 2 辆" in board
    assert "120 件" not in board
    shown = page(company.officer, f"key/{account.pk}/")
    assert "120 件，38.500 立方米" in shown
    assert "2026-11-04 的货量 150 件" in shown
    assert "示例项目客户" not in page(company.third_clerk, "pickups/")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"on": "2026-11-03"}, "7 天以内"), ({"on": "2026-11-12"}, "7 天以内"), ({"pieces": "-1"}, "件数"), ({"pieces": "x"}, "件数须为整数"),
        ({"volume_m3": "NaN"}, "体积"), ({"volume_m3": "1000.001"}, "体积"), ({"vehicles": "x" * 61}, "车辆"),
    ],
)  # fmt: skip
def test_nonsense_is_told_beside_its_field_and_stores_nothing(company: Company, account, change, words) -> None:
    assert words in sends(company.clerk, f"key/{account.pk}/day/", 422, **SAID | change)
    assert not DayNeed.objects.exists()


def test_the_order_call_of_a_key_customer_asks_for_it(desk: Client, company: Company, account) -> None:
    order = placed(sh("04 09:58:00"), branch=company.branch)
    assert order.key_account_id == account.pk
    assert "今日货量与用车" in desk.get(f"/desk/orders/{order.number}/confirm/").content.decode()
    sent = content(order, ending="accept") | {"day_pieces": "80", "day_volume": "12.5", "day_vehicles": "4.2 米 1 辆"}
    assert desk.post(f"/desk/orders/{order.number}/confirm/", sent).status_code == 302
    need = DayNeed.objects.get()
    assert (need.pieces, need.volume_m3, need.vehicles, need.by) == (80, Decimal("12.500"), "4.2 米 1 辆", company.clerk)


def test_others_are_not_asked(desk: Client, company: Company) -> None:
    order = placed(sh("04 09:58:00"), branch=company.branch)
    assert "今日货量与用车" not in desk.get(f"/desk/orders/{order.number}/confirm/").content.decode()
    sent = content(order, ending="accept") | {"day_pieces": "80"}
    assert desk.post(f"/desk/orders/{order.number}/confirm/", sent).status_code == 302
    assert not DayNeed.objects.exists()


def test_the_api_of_it(company: Company, clock, account) -> None:
    at = f"key-customers/{account.pk}/days/"
    clerk = Staff(company.clerk)
    assert done(clerk.post(at, SAID), 201)["volume_m3"] == "38.500"
    assert done(clerk.post(at, SAID | {"on": "2026-11-03"}), 422)["field"] == "on"
    assert done(clerk.post(at, SAID | {"volume_m3": "NaN"}), 400)["field"] == "volume_m3"
    assert [each["pieces"] for each in done(clerk.get(at))] == [120]
    assert done(Staff(company.third_clerk).get(at), 404)
    assert done(Staff(company.driver).post(at, SAID), 403)
