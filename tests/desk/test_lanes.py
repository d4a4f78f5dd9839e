"""Pages and JSON door of lost lanes: preview, entering, withdrawing, who may, bad input (§2.2.2)."""

from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from penalties.models import LostLane, Penalty
from tests.api.test_penalties import ask
from tests.desk.test_penalties import as_
from tests.factories import Company
from tests.penalties.test_lanes import enter, firm, loss  # noqa: F401  (fixture)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def filled(firm: Company, **more: object) -> dict[str, object]:  # noqa: F811
    return {
        "key": str(uuid4()), "customer": firm.account.pk, "lane": "杭州—广州", "lost_on": "2026-11-03", "first": "30000", "second": "24000.00",  # type: ignore[attr-defined]
        "third": "36000", "text": "延误", "departments_1": "B1", "departments_1_percent": "60", "departments_2": "B2",
        "departments_2_percent": "40", **more,
    }  # fmt: skip


def body(firm: Company, **more: object) -> dict[str, object]:  # noqa: F811
    shares = {"departments": [{"unit": "B1", "percent": "60"}, {"unit": "B2", "percent": "40"}], "persons": [{"person": firm.clerk.number, "percent": "100"}]}
    plain = {"customer": firm.account.pk, "lane": "杭州—广州", "lost_on": "2026-11-03", "first": "30000", "second": "24000", "third": "36000", "text": "延误"}  # type: ignore[attr-defined]
    return {**plain, **shares, **more}


def test_the_amounts_are_shown_nothing_is_stored_until_it_is_confirmed(firm):  # noqa: F811
    officer = as_(firm.officer)
    form = filled(firm, persons_1=firm.clerk.number, persons_1_percent="100")
    page = officer.post("/desk/lost-lanes/new/", {**form, "preview": "1"}).content.decode()
    for said in ("9000.00", "6000.00", "150.00", "30000.00", "鄞州营业部", "确认登记并计罚"):
        assert said in page, said
    assert not LostLane.objects.exists()
    answer = officer.post("/desk/lost-lanes/new/", {**form, "confirm": "1"})
    lane = LostLane.objects.get()
    assert answer["Location"] == f"/desk/lost-lanes/{lane.pk}/"
    assert officer.post("/desk/lost-lanes/new/", {**form, "confirm": "1"})["Location"] == answer["Location"]  # a double click
    assert Penalty.objects.count() == 3
    detail = officer.get(answer["Location"]).content.decode()
    assert all(said in detail for said in ("五金公司", "60.00 %", "9000.00", "150.00"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"departments_1_percent": "61"}, "责任比例之和须为 100 %，现为 101 %"),
        ({"departments_2_percent": ""}, "请填写责任比例"),
        ({"departments_3_percent": "5"}, "请填写编号，或清除比例"),
        ({"departments_2": "X9"}, "没有编号为 X9 的部门或营业部"),
        ({"first": "NaN"}, "请填写金额"),
        ({"third": "-1"}, "流失前一个月收入"),
        ({"lost_on": "2026-11-05"}, "流失日期不能晚于今天"),
        ({"lost_on": "2026-02-30"}, "日期格式不正确"),
        ({"customer": "0"}, "项目客户"),
        ({"key": "x"}, "key"),
    ],
)
def test_bad_input_is_named_in_plain_words(firm, changes, said):  # noqa: F811
    answer = as_(firm.officer).post("/desk/lost-lanes/new/", {**filled(firm), **changes, "confirm": "1"})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not LostLane.objects.exists()


def test_withdrawing_takes_a_reason_and_is_done_once(firm):  # noqa: F811
    lane = enter(firm, loss(firm, lost_on=date(2026, 11, 3)))
    officer, address = as_(firm.officer), f"/desk/lost-lanes/{lane.pk}/withdraw/"
    assert officer.post(address, {"reason": ""}).status_code == 422
    assert officer.post(address, {"reason": "比例有误"}).status_code == 302
    assert officer.post(address, {"reason": "再次"}).status_code == 409
    assert set(Penalty.objects.values_list("state", flat=True)) == {"reversed"}
    assert "已撤回" in officer.get("/desk/lost-lanes/").content.decode()
    assert officer.get("/desk/lost-lanes/export.xlsx").status_code == 200


def test_who_may_do_what(firm):  # noqa: F811
    lane = enter(firm, loss(firm))
    for person, listed, entered, seen in (
        (firm.officer, 200, 200, 200), (firm.manager, 200, 403, 200), (firm.clerk, 403, 403, 403), (firm.agent, 403, 403, 403),
    ):  # fmt: skip
        client = as_(person)
        found = [client.get(f"/desk/lost-lanes/{path}").status_code for path in ("", "new/", f"{lane.pk}/")]
        assert found == [listed, entered, seen], person
    assert as_(firm.manager).post(f"/desk/lost-lanes/{lane.pk}/withdraw/", {"reason": "x"}).status_code == 403
    assert Client().get("/desk/lost-lanes/").status_code == 302
    assert as_(firm.officer).get("/desk/lost-lanes/999/").status_code == 404


def test_from_a_fine_to_what_it_follows_from(firm):  # noqa: F811
    lane = enter(firm, loss(firm))
    fine = Penalty.objects.order_by("pk").first()
    page = as_(firm.manager).get(f"/desk/penalties/{fine.pk}/").content.decode()
    assert f'href="/desk/lost-lanes/{lane.pk}/"' in page
    assert "登记线路流失（§2.2.2）" in page


def test_the_json_door(firm):  # noqa: F811
    status, shown = ask(firm.officer, "lost-lanes/preview/", body(firm))
    assert (status, shown["charged"], shown["personal"]) == (200, "15000.00", "150.00")
    assert [(part["who"], part["amount"]) for part in shown["departments"]] == [("B1", "9000.00"), ("B2", "6000.00")]
    given = body(firm, key=str(uuid4()))
    status, made = ask(firm.officer, "lost-lanes/", given)
    assert (status, [p["amount"] for p in made["penalties"]]) == (201, ["9000.00", "6000.00", "150.00"])
    assert ask(firm.officer, "lost-lanes/", given)[1]["id"] == made["id"]
    assert ask(firm.officer, f"lost-lanes/{made['id']}/")[1]["state"] == "charged"
    assert [row["id"] for row in ask(firm.manager, "lost-lanes/")[1]] == [made["id"]]
    status, gone = ask(firm.officer, f"lost-lanes/{made['id']}/withdraw/", {"reason": "比例有误"})
    assert (status, {p["state"] for p in gone["penalties"]}) == (200, {"reversed"})
    assert ask(firm.officer, f"lost-lanes/{made['id']}/withdraw/", {"reason": "再次"})[0] == 409


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"departments": []}, 422, "departments"),
        ({"departments": [{"unit": "B1", "percent": "99.99"}]}, 422, "departments"),
        ({"persons": [{"person": "P0", "percent": "100"}]}, 422, "persons"),
        ({"first": "-1"}, 422, "first"),
        ({"first": "NaN"}, 400, "first"),
        ({"departments": "B1"}, 400, "departments"),
        ({"customer": 2**40}, 400, "customer"),
        ({"lost_on": "yesterday"}, 400, "lost_on"),
    ],
)
def test_the_json_door_refuses_what_does_not_add_up(firm, changes, status, field):  # noqa: F811
    found, said = ask(firm.officer, "lost-lanes/", body(firm, key=str(uuid4()), **changes))
    assert (found, said["field"]) == (status, field)
    assert not LostLane.objects.exists()


def test_only_the_department_through_the_json_door(firm):  # noqa: F811
    assert ask(firm.manager, "lost-lanes/", body(firm, key=str(uuid4())))[0] == 403
    assert ask(firm.manager, "lost-lanes/preview/", body(firm))[0] == 403
    assert ask(firm.clerk, "lost-lanes/")[0] == 403
