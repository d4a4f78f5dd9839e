"""Missed pickups in a row on the watch list's pages and API: no person is named, the branch's manager then pays (§1.7.2.8)."""

import pytest

from penalties.models import Penalty, WatchItem
from tests.api.test_penalties import ask
from tests.desk.test_penalties import as_
from tests.penalties.test_checks import Ladder, firm, streak  # noqa: F401  (fixture)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PAGE = "/desk/watches/"


@pytest.fixture
def item(firm: Ladder) -> WatchItem:  # noqa: F811
    return streak(firm)[0]


def test_the_list_names_both_orders_and_the_form_asks_for_no_person(firm, item):  # noqa: F811
    officer = as_(firm.officer)
    listed = officer.get(f"{PAGE}?kind=missed_pickups").content.decode()
    page = officer.get(f"{PAGE}{item.pk}/").content.decode()
    for number in item.data["order_numbers"]:
        assert number in listed
        assert f'href="/desk/orders/{number}/"' in page
    assert "将按 §1.7.2.8 处罚当时的营业部经理" in page
    assert 'name="culprit"' not in page
    assert officer.get(f"{PAGE}export.xlsx?kind=missed_pickups").status_code == 200


def test_upheld_with_a_reason_the_manager_pays(firm, item):  # noqa: F811
    officer = as_(firm.officer)
    assert officer.post(f"{PAGE}{item.pk}/uphold/", {"reason": " "}).status_code == 422
    assert officer.post(f"{PAGE}{item.pk}/uphold/", {"reason": "派车记录属实", "culprit": firm.clerk.number}).url == PAGE
    assert Penalty.objects.get(clause="§1.7.2.8").person == firm.manager
    page = officer.get(f"{PAGE}{item.pk}/").content.decode()
    assert "派车记录属实" in page
    assert "§1.7.2.8" in page
    assert officer.post(f"{PAGE}{item.pk}/clear/", {"reason": "再来"}).status_code == 409
    assert "连续漏接货" in as_(firm.manager).get("/desk/my-penalties/").content.decode()


def test_cleared_through_the_json_door(firm, item):  # noqa: F811
    status, answer = ask(firm.officer, f"watches/{item.pk}/clear/", {"reason": "客户两次改约"})
    assert (status, answer["state"], answer["clause"], answer["person"]) == (200, "cleared", "§1.7.2.8", firm.manager.number)
    assert ask(firm.officer, f"watches/{item.pk}/uphold/", {"reason": "再次"})[0] == 409
    assert ask(firm.manager, f"watches/{item.pk}/clear/", {"reason": "x"})[0] == 403
    assert not Penalty.objects.filter(clause="§1.7.2.8").exists()


def test_upheld_through_the_json_door_without_a_person(firm, item):  # noqa: F811
    status, answer = ask(firm.officer, f"watches/{item.pk}/uphold/", {"reason": "属实"})
    assert (status, answer["state"]) == (200, "upheld")
    assert Penalty.objects.get(clause="§1.7.2.8").cause == item.subject


def test_what_lapsed_by_itself_says_so(firm, item):  # noqa: F811
    WatchItem.objects.filter(pk=item.pk).update(state="cleared", reason="no_streak", decided_at=item.listed_at)
    page = as_(firm.officer).get(f"{PAGE}{item.pk}/").content.decode()
    assert "已不构成连续漏接货" in page
