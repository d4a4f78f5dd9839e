"""The order sheet, the order call, notes, pickups and the courier's page, played through the pages."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from core.models import Entry
from desk.acts import ACTS
from desk.words import SENTENCES
from orders import services as orders
from orders.forms import values_of
from orders.models import Order
from orders.notes import slip_address, slip_phone
from orders.services.draft import draft_of
from pickup import services as pickup
from rulebook.events import On
from tests.desk.conftest import NOON
from tests.factories import CUSTOMER, Company, accepted, placed, reached


def login(person) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


def content(order: Order, **changes: object) -> dict[str, object]:
    """Return what the order call's form sends: the content as it is, with changes."""
    values = values_of(draft_of(order)) | {"seen": order.version}
    for name in ("branch_code", "appointment", "shipper_phone", "consignee_phone"):
        del values[name]
    return {name: ("on" if value else "") if isinstance(value, bool) else value for name, value in (values | changes).items()}


def full_life(company: Company) -> Order:
    """An order that has seen nearly everything a timeline can tell."""
    order = placed(NOON - timedelta(minutes=30), branch=company.second)
    orders.reassign(number=order.number, branch=company.branch, clerk=company.agent, reason="太远", now=NOON - timedelta(minutes=20))
    orders.contact(number=order.number, clerk=company.clerk, outcome="not_reached", reason="busy", now=NOON)
    reached(order, company.clerk, NOON)
    orders.accept(number=order.number, clerk=company.clerk, now=NOON)
    orders.annotate(number=order.number, clerk=company.clerk, kind="tracking", text="明早发", now=NOON)
    orders.print_note(number=order.number, clerk=company.clerk, now=NOON)
    orders.quote(number=order.number, clerk=company.clerk, amount="320.00", words="含接货", now=NOON)
    soon = NOON + timedelta(hours=2)
    pickup.appoint(number=order.number, clerk=company.clerk, appointment=soon, agreed_by="order_call", now=NOON)
    pickup.dispatch(number=order.number, clerk=company.clerk, driver=company.driver, vehicle="浙A12345", now=NOON)
    pickup.give_notice(number=order.number, clerk=company.clerk, next_time="15:00", now=NOON)
    return order


def test_the_sheet_tells_everything_without_a_full_phone(desk: Client, company: Company) -> None:
    order = full_life(company)
    html = desk.get(f"/desk/orders/{order.number}/").content.decode()
    for words in (
        "由滨江营业部改派到西湖营业部", "联系客户：未接通：占线", "确认已受理", "报价 320.00 元", "派车，司机", "新约 15:00", "明早发", "为什么是这个时限", "第 1 次打印",
    ):  # fmt: skip
        assert words in html, words
    assert "13800138000" not in html
    assert "138****8000" in html


def test_every_fact_of_an_order_has_a_sentence(desk: Client, company: Company) -> None:
    order = full_life(company)
    told = set(Entry.objects.of_order(order.number).values_list("name", flat=True))
    assert told - set(SENTENCES) == set()
    asked_for = {name for name in On if name.startswith(("order_", "pickup_", "price_", "deadline_"))}
    assert asked_for - set(SENTENCES) == set()


def test_full_phones_are_shown_on_request_and_on_record(desk: Client, company: Company, clock) -> None:
    order = placed(NOON, branch=company.branch)
    assert desk.get(f"/desk/orders/{order.number}/phones/").status_code == 405
    desk.post(f"/desk/orders/{order.number}/phones/")
    assert "tel:13800138000" in desk.get(f"/desk/orders/{order.number}/").content.decode()
    seen = Entry.objects.get(order_number=order.number, name=On.PERSONAL_DATA_SHOWN)
    assert seen.actor_id == str(company.clerk.pk)
    clock.shift(timedelta(minutes=15, seconds=1))
    assert "tel:13800138000" not in desk.get(f"/desk/orders/{order.number}/").content.decode()


def test_a_greyed_verb_says_why(desk: Client, company: Company) -> None:
    order = placed(NOON, branch=company.branch)
    html = desk.get(f"/desk/orders/{order.number}/").content.decode()
    assert re.search(r'id="why-accept">受理前须先联系客户[^<]*<cite class="clause">§1\.4\.1', html)
    assert re.search(r'aria-describedby="why-dispatch"', html)


def test_a_bad_form_keeps_what_was_typed(desk: Client, company: Company) -> None:
    order = accepted(NOON, company.clerk, branch=company.branch, placed_at=NOON)
    answer = desk.post(f"/desk/orders/{order.number}/postpone/", {"ship_on": "2026-11-08", "reason": "customers_wish"})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "§1.2.1.4p" in html
    assert 'value="2026-11-08"' in html
    answer = desk.post(f"/desk/orders/{order.number}/cancel/", {"reason": "", "text": "不要了"})
    assert answer.status_code == 400
    assert "不要了" in answer.content.decode()


def test_why_is_answered_step_by_step(desk: Client, company: Company) -> None:
    order = placed(NOON, branch=company.branch)
    deadline = order.deadlines.get(clause="§1.2.1.1")
    html = desk.get(f"/desk/orders/{order.number}/why/{deadline.pk}/").content.decode()
    assert "2026-11-04 10:10:00" in html
    stranger = login(company.third_clerk)
    assert stranger.get(f"/desk/orders/{order.number}/why/{deadline.pk}/").status_code == 404


@pytest.mark.parametrize("verb", sorted(ACTS))
def test_no_verb_works_by_get_or_for_another_branch(company: Company, clock: object, verb: str) -> None:
    order = placed(NOON, branch=company.branch)
    assert login(company.clerk).get(f"/desk/orders/{order.number}/{verb}/").status_code == 405
    assert login(company.third_clerk).post(f"/desk/orders/{order.number}/{verb}/").status_code == 404
    assert Client().post(f"/desk/orders/{order.number}/{verb}/").status_code == 302


def test_a_courier_may_not_accept(company: Company, clock: object) -> None:
    order = placed(NOON, branch=company.branch)
    reached(order, company.clerk, NOON)
    assert login(company.driver).post(f"/desk/orders/{order.number}/accept/").status_code == 403


# The order call (§4.3.2.1).


def test_one_call_corrects_agrees_and_accepts(desk: Client, company: Company) -> None:
    """The pickup time is agreed in the same call (§1.2.1.2)."""
    order = placed(NOON - timedelta(minutes=3), branch=company.branch)
    sent = content(order, weight_kg="150.00", ending="accept", checks=["goods", "insurance"], pickup_at="2026-11-04T15:00")
    assert desk.post(f"/desk/orders/{order.number}/confirm/", sent).status_code == 302
    order.refresh_from_db()
    assert (order.state, str(order.weight_kg), order.version) == ("accepted", "150.00", 2)
    assert order.shipper_phone == "13800138000"
    assert order.contacts.get().checks == ["goods", "insurance"]
    assert order.pickups.get().appointment.isoformat() == "2026-11-04T07:00:00+00:00"


def test_a_call_that_fails_stores_nothing(desk: Client, company: Company) -> None:
    order = placed(NOON, branch=company.branch)
    sent = content(order, goods="新货名", ending="accept", pickup_at="2026-11-04T09:00")  # past
    answer = desk.post(f"/desk/orders/{order.number}/confirm/", sent)
    assert answer.status_code == 422
    assert "新货名" in answer.content.decode()
    order.refresh_from_db()
    assert (order.state, order.goods, order.contacts.count()) == ("at_branch", "五金配件", 0)


@pytest.mark.parametrize(
    ("ending", "more", "state"),
    [
        ("postpone", {"ship_on": "2026-11-07", "postpone_reason": "goods_not_ready"}, "postponed"),
        ("cancel", {"cancel_reason": "not_shipping"}, "cancelled"),
        ("missed", {"missed_reason": "busy", "retry": "十分钟后再拨"}, "at_branch"),
    ],
)
def test_the_other_ends_of_a_call(desk: Client, company: Company, ending: str, more: dict[str, str], state: str) -> None:
    order = placed(NOON, branch=company.branch)
    assert desk.post(f"/desk/orders/{order.number}/confirm/", content(order, ending=ending)).status_code == 400
    assert desk.post(f"/desk/orders/{order.number}/confirm/", content(order, ending=ending, **more)).status_code == 302
    order.refresh_from_db()
    assert order.state == state


def test_a_call_about_an_older_version_is_a_conflict(desk: Client, company: Company) -> None:
    order = placed(NOON, branch=company.branch)
    sent = content(order, ending="accept", goods="甲")
    desk.post(f"/desk/orders/{order.number}/change/", content(order, goods="乙"))
    assert desk.post(f"/desk/orders/{order.number}/confirm/", sent).status_code == 409


# The consignment note (§1.2.2.p, §3.4.3).


def test_a_note_has_two_copies_bars_and_no_personal_data(desk: Client, company: Company) -> None:
    order = accepted(NOON, company.clerk, branch=company.branch, placed_at=NOON)
    printed = desk.post(f"/desk/orders/{order.number}/print/")
    html = desk.get(printed["Location"]).content.decode()
    assert html.count('class="p-note"') == 2
    assert html.count("<svg class=\"barcode\"") == 2
    assert "第 1 次打印" in html
    for secret in ("13800138000", "138****8000", "张三", "李四"):
        assert secret not in html
    desk.post(f"/desk/orders/{order.number}/print/")
    assert "第 2 次打印" in desk.get(printed["Location"]).content.decode()


def test_what_is_not_accepted_is_not_printed(desk: Client, company: Company) -> None:
    order = placed(NOON, branch=company.branch)
    assert desk.post(f"/desk/orders/{order.number}/print/").status_code == 422
    assert desk.get(f"/desk/notes/?n={order.number}").status_code == 302


@pytest.mark.parametrize(
    ("phone", "slip"),
    [("13800138000", "138******00"), ("0571-88886666", "057*******66"), ("4008001234", "400******4"), ("95533", "******")],
)
def test_slips_hide_at_least_six_digits(phone: str, slip: str) -> None:
    assert slip_phone(phone) == slip


@pytest.mark.parametrize(
    ("address", "slip"),
    [("文三路 100 号 3 幢 502 室", "文三路 100 号***"), ("文三路 100 号", "文三路 100 号"), ("物流园东区仓库三", "物流园东***")],
)
def test_slips_hide_unit_and_room(address: str, slip: str) -> None:
    assert slip_address(address) == slip


# Pickups.


def test_pickups_are_given_to_a_driver_in_one_go(desk: Client, company: Company) -> None:
    first, second = (accepted(NOON, company.clerk, branch=company.branch, placed_at=NOON) for _ in range(2))
    html = desk.get("/desk/pickups/").content.decode()
    assert first.number in html
    assert "空车" in html
    sent = {"verb": "dispatch", "number": [first.number, second.number], "driver": company.driver.pk, "vehicle": "浙A1"}
    assert "成功 2 条，未成功 0 条" in desk.post("/desk/bulk/", sent).content.decode()
    assert "240.00 kg" in desk.get("/desk/pickups/").content.decode()


def test_a_driver_of_another_branch_is_no_choice(desk: Client, company: Company) -> None:
    order = accepted(NOON, company.clerk, branch=company.branch, placed_at=NOON)
    answer = desk.post(f"/desk/orders/{order.number}/dispatch/", {"driver": company.third_clerk.pk, "vehicle": ""})
    assert answer.status_code == 400


def test_the_courier_collects_or_fails_from_the_phone(desk: Client, company: Company) -> None:
    good, bad = (accepted(NOON, company.clerk, branch=company.branch, placed_at=NOON) for _ in range(2))
    for order in (good, bad):
        pickup.dispatch(number=order.number, clerk=company.clerk, driver=company.driver, vehicle="浙A1", now=NOON)
    phone = login(company.driver)
    assert good.number in phone.get("/desk/m/").content.decode()
    unfit = phone.post(f"/desk/m/{good.number}/collect/", {"pieces": "10"})
    assert unfit.status_code == 422
    assert "§4.3.2.2" in unfit.content.decode()
    assert phone.post(f"/desk/m/{good.number}/collect/", {"pieces": "9", "packing_ok": "on"}).status_code == 302
    assert phone.post(f"/desk/m/{bad.number}/fail/", {"reason": "nobody_there"}).status_code == 302
    assert good.pickups.get().pieces == 9
    assert bad.pickups.get().state == "failed"


def test_a_customer_cancel_waits_for_its_reason(desk: Client, company: Company) -> None:
    order = placed(NOON, branch=company.branch)
    orders.cancel(number=order.number, by=CUSTOMER, reason="", text="", now=NOON)
    assert desk.post(f"/desk/orders/{order.number}/confirm-reason/", {"reason": "duplicate"}).status_code == 302
    order.refresh_from_db()
    assert order.cancel_reason == "duplicate"
