"""The page of one record about goods on their way, from the desk and from the courier's phone (§4.3.2.7, §4.3.3)."""

import pytest
from django.test import Client

from delivery.models import DeliveryCall, Demand
from orders.models import Order, Waybill
from rulebook.roles import Role
from tests.api.test_verbs import Staff, done
from tests.delivery.test_shipments import arrived, does, loaded, shipment
from tests.desk.test_goods import login
from tests.factories import Company, post, sh


@pytest.fixture
def terminal(company: Company, clock) -> Client:
    clock.move_to(sh("05 13:30:00"))
    company.second_driver = post(Role.COURIER, company.second)
    return login(company.second_clerk)


def out(company: Company, **changes: object):
    order = arrived(company, **changes)
    does(order, "load_for_delivery", company.second_clerk, "05 13:00:00", driver=company.second_driver.number)
    return order


def test_a_call_from_the_goods_page(terminal: Client, company: Company) -> None:
    order = arrived(company, cod="500.00")
    assert f"/desk/goods/{order.number}/record/call/" in terminal.get(f"/desk/goods/{order.number}/").content.decode()
    page = terminal.get(f"/desk/goods/{order.number}/record/call/").content.decode()
    assert "代收货款 500.00 元，付款方式" in page
    assert "到付" not in page
    sent = {"reached": "yes", "expected_at": "2026-11-05T16:00", "address_confirmed": "on", "means": ""}
    answer = terminal.post(f"/desk/goods/{order.number}/record/call/", sent)
    assert answer.status_code == 422
    assert "§4.3.3.2" in answer.content.decode()
    assert terminal.post(f"/desk/goods/{order.number}/record/call/", sent | {"means": "cash"}).status_code == 302
    assert DeliveryCall.objects.get().expected_at == sh("05 16:00:00")
    page = terminal.get("/desk/deliveries/").content.decode()
    assert "已致电 11-05 16:00" in page
    assert "未致电" not in page


def test_loading_without_a_call_warns(terminal: Client, company: Company) -> None:
    order = arrived(company)
    assert "未致电" in terminal.get("/desk/deliveries/").content.decode()
    sent = {"number": order.number, "verb": "load_for_delivery", "driver": company.second_driver.number}
    page = terminal.post("/desk/deliveries/bulk/", sent).content.decode()
    assert f"装车前未致电收货人（§4.3.2.7）：{order.number}" in page
    assert shipment(order).state == "out_for_delivery"


def test_a_demand_from_the_phone_is_answered_by_the_desk(terminal: Client, company: Company) -> None:
    """§4.3.3.5"""
    order, courier = out(company), login(company.second_driver)
    where = f"/desk/goods/{order.number}/record"
    sent = {"kind": "installing", "text": "要求组装货架"}
    assert courier.post(f"{where}/demand/?from=phone", sent).headers["Location"] == "/desk/m/goods/"
    assert "请不要离开现场" in courier.get("/desk/m/goods/").content.decode()
    stays = courier.post(f"/desk/m/goods/{order.number}/sign/", {"signer": "李四", "relation": "self"})
    assert stays.status_code == 422
    assert "§4.3.3.5" in stays.content.decode()
    assert courier.get(f"{where}/answer/").status_code == 403
    assert "现场要求待答复" in terminal.get("/desk/deliveries/?tab=out").content.decode()
    assert "要求组装货架" in terminal.get(f"{where}/answer/").content.decode()
    assert "接送货员在现场等您答复" in terminal.get("/desk/messages/").content.decode()
    assert terminal.post(f"{where}/answer/", {"agreed": "no", "answer": "送到门口即可"}).status_code == 302
    assert Demand.objects.get().agreed is False
    page = courier.get("/desk/m/goods/").content.decode()
    assert "不同意, 送到门口即可" in page
    assert courier.post(f"/desk/m/goods/{order.number}/sign/", {"signer": "李四", "relation": "self"}).status_code == 302


def test_bad_forms_strangers_and_unknown_records(terminal: Client, company: Company) -> None:
    order = loaded(company)
    where = f"/desk/goods/{order.number}/record"
    bad = terminal.post(f"{where}/late/", {"reached": "yes", "reason": "no_staff", "expected_at": "明天"})
    assert bad.status_code == 422
    assert "没有这个选项" in bad.content.decode()
    assert terminal.get(f"{where}/ghost/").status_code == 404
    assert login(company.third_clerk).get(f"{where}/call/").status_code == 404


def test_records_in_json(terminal: Client, company: Company) -> None:
    order = out(company)
    branch, courier = Staff(company.second_clerk), Staff(company.second_driver)
    goods = f"shipments/{order.number}"
    bad = done(branch.post(f"{goods}/call/", {"reached": True, "expected_at": "2026-11-05T16:00:00+08:00"}), 422)
    assert (bad["clause"], bad["field"]) == ("§4.3.3.1", "address_confirmed")
    told = {"reached": True, "expected_at": "2026-11-05T16:00:00+08:00", "address_confirmed": True}
    assert done(branch.post(f"{goods}/call/", told))["told_at"] == "2026-11-05T16:00:00+08:00"
    late = {"reached": True, "reason": "weather", "expected_at": "2026-11-05T22:00:00+08:00"}
    assert done(branch.post(f"{goods}/tell-lateness/", late), 400)["field"] == "reason"
    done(branch.post(f"{goods}/tell-lateness/", late | {"reason": "traffic_or_weather"}))
    done(branch.post(f"{goods}/note-circumstance/", {"cause": "weather", "text": "暴雪"}))
    done(courier.post(f"{goods}/report-demand/", {"kind": "other", "text": "要求晚上送"}))
    assert done(courier.post(f"{goods}/fail-attempt/", {"reason": "other", "contacted": "nobody", "contact": "x"}), 422)["clause"] == "§4.3.3.5"
    done(branch.post(f"{goods}/answer-demand/", {"agreed": True, "answer": "可以"}))
    said = done(branch.get(f"{goods}/records/"))
    assert [call["kind"] for call in said["calls"]] == ["before", "late"]
    assert [each["cause"] for each in said["circumstances"]] == ["weather"]
    assert [each["agreed"] for each in said["demands"]] == [True]


def test_the_crew_the_hire_and_the_wait_are_seen(terminal: Client, company: Company, clock) -> None:
    """§1.3.3.2, §1.3.3.3"""
    order, courier = out(company), login(company.second_driver)
    Order.objects.filter(pk=order.pk).update(delivery="upstairs")
    Waybill.objects.filter(order=order).update(weight_kg=250)
    assert "跟车员 2 名" in terminal.get("/desk/deliveries/?tab=out").content.decode()
    assert "跟车员 2 名" in courier.get("/desk/m/goods/").content.decode()
    where = f"/desk/goods/{order.number}/record/hire/"
    assert terminal.post(where, {"reason": "staff_short", "helpers": "2.5", "cost": "80"}).status_code == 422
    assert terminal.post(where, {"reason": "staff_short", "helpers": "2", "cost": "80"}).status_code == 302
    assert "外雇 2 人" in (text := terminal.get(f"/desk/goods/{order.number}/").content.decode())
    assert "<b>80.00 元</b> → 滨江营业部" in text
    courier.post(f"/desk/m/goods/{order.number}/wait/")
    clock.move_to(sh("05 14:00:00"))
    assert "等待已满" not in courier.get("/desk/m/goods/").content.decode()
    clock.move_to(sh("05 14:00:01"))
    assert "等待已满 30 分钟" in courier.get("/desk/m/goods/").content.decode()
    assert "等待已满 30 分钟" in login(company.second_clerk).get(f"/desk/goods/{order.number}/").content.decode()


def test_a_hire_in_json(terminal: Client, company: Company) -> None:
    order, branch = out(company), Staff(company.second_clerk)
    goods = f"shipments/{order.number}"
    hire = {"reason": "oversized", "helpers": 2, "cost": "80.00"}
    assert done(branch.post(f"{goods}/hire-helpers/", hire | {"helpers": 0}), 400)["field"] == "helpers"
    done(branch.post(f"{goods}/hire-helpers/", hire))
    assert [(each["cost"], each["charged_to"]) for each in done(branch.get(f"{goods}/records/"))["hires"]] == [("80.00", "B2")]
