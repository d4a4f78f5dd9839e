"""Load plans on the pages and in JSON: choose, ask, close, print (§2.1.2.1, §2.1.2.2)."""

import pytest
from django.test import Client

from delivery.models import LoadPlan, OperatingCost, SplitConsent
from tests.api.test_verbs import Staff, done
from tests.delivery.test_loads import at_hub
from tests.delivery.test_shipments import sent, shipment
from tests.desk.test_goods import login
from tests.factories import Company, sh

VAN = {"line": "杭州—上海", "vehicle": "浙A12345", "most_kg": "1000", "most_m3": "4"}


@pytest.fixture
def origin(company: Company, clock) -> Client:
    clock.move_to(sh("04 23:00:00"))
    return login(company.clerk)


def opened(client: Client) -> str:
    return client.post("/desk/loads/", VAN).headers["Location"]


def test_from_waiting_to_departed(origin: Client, company: Company) -> None:
    plain, key = sent(company), sent(company, key_customer=True)
    where = opened(origin)
    page = origin.get(where).content.decode()
    assert page.index(key.number) < page.index(plain.number)
    assert origin.post(f"{where}add/", {"number": [plain.number, key.number], f"pieces-{plain.number}": "5"}).status_code == 302
    page = origin.get(where).content.decode()
    assert "180.00 / 1000.00 kg · 18.0 %" in page
    assert "1.200 / 4.00 m³ · 30.0 %" in page
    printed = origin.get(f"{where}print/").content.decode()
    assert printed.index(key.number) < printed.index(plain.number)
    assert "5 / 10" in printed
    assert "李四" not in printed
    assert origin.post(f"{where}close/").status_code == 302
    assert "浙A12345 已发车，共 2 票" in origin.get("/desk/loads/?state=closed").content.decode()
    assert (shipment(key).state, shipment(plain).left_behind) == ("in_transit", 5)
    assert "余 5 件未发车" in origin.get(f"/desk/goods/{plain.number}/").content.decode()


def test_each_ticked_row_answers_for_itself(origin: Client, company: Company) -> None:
    good, bad = sent(company), sent(company)
    where = opened(origin)
    answer = origin.post(f"{where}add/", {"number": [good.number, bad.number, "E1"], f"pieces-{bad.number}": "1.5"})
    assert answer.status_code == 422
    said = answer.content.decode()
    assert f"{bad.number}：件数须为整数" in said
    assert "E1：没有这票货物" in said
    assert LoadPlan.objects.get().items.get().shipment.order == good
    assert origin.post(f"{where}add/", {}).status_code == 422
    assert origin.post(f"{where}ghost/").status_code == 404
    assert origin.post(f"{where}take-off/", {"number": good.number}).status_code == 302
    assert origin.post(f"{where}close/").status_code == 422
    assert origin.post(f"{where}cancel/").status_code == 302
    assert origin.post(f"{where}cancel/").status_code == 409


def test_the_hub_asks_and_the_origin_answers(origin: Client, company: Company) -> None:
    """§2.1.2.2"""
    order, hub = at_hub(company, key_customer=True), login(company.second_clerk)
    where = opened(hub)
    refused = hub.post(f"{where}add/", {"number": order.number, f"pieces-{order.number}": "4"})
    assert refused.status_code == 422
    assert "须先经始发营业部同意。（§2.1.2.2）" in refused.content.decode()
    assert hub.post(f"{where}ask/", {"number": order.number, "pieces": "4", "reason": "车厢已满"}).status_code == 302
    assert "等待始发营业部答复" in hub.get(where).content.decode()
    assert "车厢已满" in origin.get("/desk/loads/").content.decode()
    assert "拟拆分装车" in origin.get("/desk/messages/").content.decode()
    assert hub.post(f"/desk/splits/{order.number}/answer/", {"agreed": "yes", "answer": ""}).status_code == 404
    assert origin.post(f"/desk/splits/{order.number}/answer/", {"agreed": "no", "answer": ""}).status_code == 422
    assert origin.post(f"/desk/splits/{order.number}/answer/", {"agreed": "yes", "answer": "可以"}).status_code == 302
    assert SplitConsent.objects.get().given is True
    assert hub.post(f"{where}add/", {"number": order.number, f"pieces-{order.number}": "4"}).status_code == 302
    assert hub.post(f"{where}close/").status_code == 302
    assert "已用于装车" in hub.get(f"/desk/goods/{order.number}/").content.decode()
    cost = {"entry": "cost", "cause": "split", "amount": "150", "unit": "B2", "text": "装车计划有误"}
    assert hub.post(f"/desk/tracking/{order.number}/", cost | {"amount": "-1"}).status_code == 422
    assert hub.post(f"/desk/tracking/{order.number}/", cost | {"unit": ""}).status_code == 422
    assert hub.post(f"/desk/tracking/{order.number}/", cost).status_code == 302
    assert OperatingCost.objects.get().charged_to == company.second
    assert "150.00" in hub.get(f"/desk/goods/{order.number}/").content.decode()


def test_strangers_and_bad_figures(origin: Client, company: Company) -> None:
    where = opened(origin)
    other = login(company.third_clerk)
    assert other.get(where).status_code == 404
    assert other.post(f"{where}close/").status_code == 404
    assert login(company.driver).get("/desk/loads/").status_code == 403
    assert origin.post("/desk/loads/", VAN | {"most_kg": "很多"}).status_code == 422
    assert origin.post("/desk/loads/", VAN | {"most_m3": "1001"}).status_code == 422


def test_in_json(origin: Client, company: Company) -> None:
    order, staff = at_hub(company, key_customer=True), Staff(company.second_clerk)
    assert done(staff.post("loads/", VAN | {"most_kg": "0"}), 400)["field"] == "most_kg"
    load = f"loads/{done(staff.post('loads/', VAN), 201)['id']}"
    refused = done(staff.post(f"{load}/add/", {"number": order.number, "pieces": 4}), 422)
    assert (refused["clause"], refused["field"]) == ("§2.1.2.2", "pieces")
    assert done(staff.post(f"shipments/{order.number}/split/ask/", {"pieces": 4, "reason": "车厢已满"}))["given"] is None
    home = Staff(company.clerk)
    assert done(home.post(f"shipments/{order.number}/split/answer/", {"agreed": True}))["given"] is True
    assert done(staff.post(f"{load}/add/", {"number": order.number, "pieces": 4}))["filling"]["weight_kg"] == "48.00"
    assert done(staff.post(f"{load}/close/", {}))["state"] == "closed"
    assert done(staff.post(f"{load}/close/", {}), 409)["code"]
    assert done(staff.get(f"shipments/{order.number}/"))["left_behind"] == 6
    assert [each["state"] for each in done(staff.get("loads/"))["results"]] == ["closed"]
    assert done(Staff(company.third_clerk).get(f"{load}/"), 404)
