"""The tracking workbench in JSON, page by page; and goods that the operations centre gives up for lost."""

import pytest
import time_machine

from desk import api
from network.choices import UnitKind
from network.models import Unit
from rulebook.roles import Role
from tests.api.test_verbs import Staff, done
from tests.delivery.test_shipments import arrived, departed, does, loaded, shipment
from tests.factories import Company, post, sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    return Company()


def test_stale_goods_come_oldest_first_page_by_page(company: Company, monkeypatch) -> None:
    monkeypatch.setattr(api.TrackPages, "page_size", 2)
    first, second, third = departed(company), departed(company), arrived(company)
    with time_machine.travel(sh("06 10:00:00"), tick=False):
        staff = Staff(company.second_clerk)
        page = done(staff.get("shipments/"))
        assert [row["order"] for row in page["results"]] == [first.number, second.number]
        rest = done(staff.get("shipments/" + page["next"].split("/shipments/")[1]))
        assert ([row["order"] for row in rest["results"]], rest["next"]) == ([third.number], None)
        row = rest["results"][0]
        assert (row["state"], row["where"], row["clause"], row["waybill"]) == ("arrived", "滨江营业部", "§1.3.3.1", third.waybill.number)
        assert done(Staff(company.third_clerk).get("shipments/"))["results"] == []


def test_problems_are_narrowed_by_kind(company: Company) -> None:
    refused, order = loaded(company), departed(company)
    does(refused, "refuse", company.second_clerk, "05 15:00:00", reason="not_ordered")
    does(order, "declare_lost", company.officer, "05 15:00:00", remark="沿途各站未见")
    with time_machine.travel(sh("05 16:00:00"), tick=False):
        staff = Staff(company.second_clerk)
        assert {row["order"] for row in done(staff.get("shipments/?tab=problem"))["results"]} == {refused.number, order.number}
        [row] = done(staff.get("shipments/?tab=problem&kind=lost"))["results"]
        assert (row["order"], row["problems"]) == (order.number, ["丢失"])


@pytest.mark.parametrize(("asked", "field"), [("tab=all", "tab"), ("state=gone", "state"), ("kind=bad", "kind"), ("to=上海", "to")])
def test_what_is_asked_wrongly_is_refused(company: Company, asked, field) -> None:
    assert done(Staff(company.second_clerk).get(f"shipments/?{asked}"), 400)["field"] == field


def test_the_operations_centre_gives_goods_on_the_road_up_for_lost(company: Company) -> None:
    """It sits in an office of its own, above no branch; what is on the road is its business all the same."""
    order = departed(company)
    office = Unit.objects.create(code="OPS", name="运作中心", kind=UnitKind.DEPARTMENT, parent=company.department.parent, path="HQ/OPS/")
    with time_machine.travel(sh("05 16:00:00"), tick=False):
        staff = Staff(post(Role.OPERATIONS_CENTRE, office))
        assert done(staff.post(f"shipments/{order.number}/declare-lost/", {"remark": "沿途各站未见"}))["state"] == "lost"
    assert shipment(order).state == "lost"
