"""The pages of key customers and anomalies; the requirements at every touch (§2.1, §2.3, §4.3.2.4, §4.3.2.5)."""

from io import BytesIO

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from delivery.models import Anomaly, FollowUp, OperatingCost, SlipChase
from orders import services as orders
from pickup import services as pickup
from rulebook.roles import Role
from tests.delivery.test_shipments import arrived, does
from tests.delivery.test_slips import signed as signed_with_slip
from tests.factories import Company, accepted, contract, placed, post, reached, sh

pytestmark = pytest.mark.django_db

WANTS = "送货前一小时致电收货人。"
TERMS = {"contract_no": "XM-009", "valid_from": "2026-11-01", "valid_to": "2027-10-31", "order_times": "09:30，14:00"}


def page(person, path: str, status: int = 200) -> str:
    client = Client()
    client.force_login(person.account)
    answer = client.get(f"/desk/{path}")
    assert answer.status_code == status
    return answer.content.decode()


def sends(person, path: str, status: int = 302, **values: object) -> str:
    client = Client()
    client.force_login(person.account)
    answer = client.post(f"/desk/{path}", values)
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return answer.content.decode()


@pytest.fixture
def key(company: Company, clock: object):
    return contract(company)


def test_the_department_takes_a_contract_down_and_a_branch_reads_it(company, clock):
    assert "新建项目客户" not in page(company.clerk, "key/")
    values = TERMS | {"tracker": company.officer.number, "name": "甲公司", "phone": "13700137000", "branch": "B1", "requirements": "须预约"}
    wrong = sends(company.officer, "key/", 422, **values | {"order_times": "9点"})
    assert "时间请按 09:30 填写" in wrong
    sends(company.officer, "key/", **values)
    listed = page(company.clerk, "key/")
    assert "甲公司" in listed
    assert "生效中" in listed
    assert "甲公司" not in page(company.third_clerk, "key/")
    page(company.driver, "key/", 403)


def test_requirements_get_a_new_version_and_the_old_one_stays(company, key):
    at = f"key/{key.pk}/"
    assert sends(company.officer, f"{at}requirements/", 422, text=WANTS).count("没有改动")
    sends(company.officer, f"{at}requirements/", text="周末不送货")
    shown = page(company.clerk, at)
    assert "周末不送货" in shown
    assert WANTS in shown
    assert "特殊要求第 2 版" in shown
    assert "修改特殊要求" not in shown
    sends(company.officer, f"{at}amend/", **TERMS | {"tracker": company.officer.number, "redelivery_fee": "on"})
    assert "按合同收取" in page(company.officer, at)
    sends(company.officer, f"{at}end/")
    assert "已终止" in page(company.officer, at)
    sends(company.officer, f"{at}end/", 409)
    sends(company.officer, f"{at}nonsense/", 404)


def test_they_are_shown_wherever_the_order_is_handled(company, key):
    """§2.3: phone form, order sheet, call centre, pickup board, courier, note, bill, goods, deliveries, my deliveries."""
    waiting = placed(sh("04 09:50:00"), branch=company.branch)
    unassigned = placed(sh("04 09:30:00"))
    assert unassigned.key_account == key
    assert WANTS in page(company.clerk, f"orders/{waiting.number}/confirm/")
    assert WANTS in page(company.clerk, f"orders/{waiting.number}/")
    assert WANTS in page(company.clerk, f"orders/{waiting.number}/change/")
    assert "项目客户" in page(company.clerk, "")
    assert WANTS in page(company.agent, "calls/")
    reached(waiting, company.clerk, sh("04 09:52:00"))
    orders.accept(number=waiting.number, clerk=company.clerk, now=sh("04 09:53:00"))
    assert WANTS in page(company.clerk, "pickups/")
    pickup.dispatch(number=waiting.number, clerk=company.clerk, driver=company.driver, vehicle="浙A1", now=sh("04 09:55:00"))
    assert WANTS in page(company.clerk, "pickups/")
    assert WANTS in page(company.driver, "m/")
    orders.print_note(number=waiting.number, clerk=company.clerk, now=sh("04 09:56:00"))
    assert WANTS in page(company.clerk, f"notes/?n={waiting.number}")
    assert WANTS in page(company.clerk, f"orders/{waiting.number}/bill/")


def test_they_are_shown_to_the_door(company, key, clock):
    order = arrived(company)
    clock.move_to(sh("05 12:00:00"))
    assert WANTS in page(company.second_clerk, "deliveries/?tab=arrived")
    assert WANTS in page(company.second_clerk, f"goods/{order.number}/")
    assert WANTS in page(company.clerk, f"orders/{order.number}/bill/")
    does(order, "load_for_delivery", company.second_clerk, "05 12:00:00", driver=company.driver.number)
    mine = page(company.driver, "m/goods/")
    assert WANTS in mine
    assert "致电开单营业部" in mine


def test_key_customers_come_first(company, clock):
    """§2.1.1.1: before an ordinary pickup whose clock runs out sooner."""
    from_stranger = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    contract(company)
    of_key = accepted(sh("04 09:45:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:40:00"))
    board = page(company.clerk, "pickups/")
    assert board.index(of_key.number) < board.index(from_stranger.number)


def test_the_report_is_worked_and_marked_by_the_named_person(company, key, clock):
    order = arrived(company)
    clock.move_to(sh("05 16:00:00"))
    path = f"key/{key.pk}/report/"
    assert "未跟进" not in page(company.officer, path)
    assert "由 " in page(company.clerk, path)
    sends(company.clerk, path, 403, done="1")
    sends(company.officer, path, **{f"text-{order.number}": "已电话确认明早送达", "done": "1"})
    worked = page(company.officer, path)
    assert "已电话确认明早送达" in worked
    assert "已完成" in worked
    assert FollowUp.objects.get().shipment.order == order
    assert "未跟进" in page(company.officer, f"{path}?on=2026-11-04")
    sends(company.officer, path, 409, done="1")


def test_the_workbook_holds_strings_only(company, key, clock):
    order = arrived(company)
    clock.move_to(sh("05 16:00:00"))
    sends(company.clerk, f"tracking/{order.number}/", entry="follow", text="=1+1")
    client = Client()
    client.force_login(company.officer.account)
    answer = client.get(f"/desk/key/{key.pk}/report.xlsx?on=2026-11-05")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0][:2] == ["订单号", "运单号"]
    assert rows[1][0] == order.number
    assert rows[1][5] == "已进港"
    assert "=1+1" in rows[1][10]
    assert all(isinstance(cell, str) for row in rows for cell in row)


def test_a_tracking_sheet_takes_its_entries(company, key, clock):
    order = arrived(company)
    clock.move_to(sh("05 12:00:00"))
    at = f"tracking/{order.number}/"
    sends(company.second_clerk, at, entry="cost", cause="unloading", amount="60.00", text="叉车卸货")
    cost = OperatingCost.objects.get()
    assert "叉车卸货" in page(company.clerk, at)
    sends(company.second_clerk, at, 422, **{"entry": "take-back", "cost": str(cost.pk), "text": ""})
    sends(company.second_clerk, at, **{"entry": "take-back", "cost": str(cost.pk), "text": "记错"})
    assert "已冲回" in page(company.clerk, at)
    assert "请填写" in sends(company.second_clerk, at, 422, entry="follow", text="")
    assert "须立即告知发货人" in sends(company.second_clerk, at, 422, entry="anomaly", kind="accident", text="追尾")
    sends(company.second_clerk, at, entry="anomaly", kind="accident", text="追尾", told="on")
    sends(post(Role.OPERATIONS_CENTRE, company.department), at, entry="remedy", cause="late_line_haul", text="换车")
    assert "换车" in page(company.clerk, at)
    sends(company.second_clerk, at, 404, entry="nonsense")
    page(company.third_clerk, at, 404)


def test_an_anomaly_on_its_page(company, key, clock):
    order = arrived(company)
    clock.move_to(sh("05 12:00:00"))
    sends(company.second_clerk, f"tracking/{order.number}/", entry="anomaly", kind="wet", text="一件受潮")
    each = Anomaly.objects.get()
    listed = page(company.clerk, "anomalies/?tab=report")
    assert "一件受潮" in listed
    assert WANTS in listed
    at = f"anomalies/{each.pk}/"
    assert "§2.1.1.3" in page(company.clerk, at)
    sends(company.second_clerk, f"{at}report/")
    assert "一件受潮" not in page(company.clerk, "anomalies/?tab=report")
    sends(company.second_clerk, f"{at}promise/", 422, promised_at="2026-11-05T11:00")
    sends(company.second_clerk, f"{at}promise/", promised_at="2026-11-05T16:00")
    sends(company.second_clerk, f"{at}escalate/", unit="R1")
    assert "杭州区域" in page(company.clerk, at)
    sends(company.second_clerk, f"{at}answer/", text="今晚送达")
    sends(company.second_clerk, f"{at}solve/", text="已更换包装")
    sends(company.second_clerk, f"{at}close/")
    assert "已关闭" in page(company.clerk, at)
    sends(company.second_clerk, f"{at}close/", 409)
    assert "一件受潮" in page(company.clerk, f"anomalies/?tab=closed&text={order.number}&kind=wet&key=on")
    page(company.third_clerk, at, 404)


def test_slips_are_chased_from_both_ends(company, clock):
    company.slips = post(Role.SLIP_CLERK, company.branch)
    contract(company)
    order = signed_with_slip(company)
    clock.move_to(sh("06 10:00:00"))
    for clerk, words in ((company.clerk, "已催到达部"), (company.second_clerk, "已寄出")):
        sends(clerk, "key/slips/", number=order.number, text=words)
    shown = page(company.clerk, "key/slips/")
    assert "已催到达部" in shown
    assert "已寄出" in shown
    sends(company.clerk, "key/slips/", 422, number=order.number, text=" ")
    sends(company.clerk, "key/slips/", 422, number="E000", text="催")
    assert SlipChase.objects.count() == 2
