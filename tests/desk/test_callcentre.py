"""The call centre's board: what it shows, one key each way, who may, and what a race says."""

from datetime import timedelta

import pytest
from django.test import Client

from network.models import Unit
from notify.models import Message
from orders import services as orders
from orders.models import Order
from rulebook.roles import Role
from sla import services as sla
from tests.desk.conftest import NOON
from tests.factories import Company, placed, post, reached
from tests.orders.test_coupons import given

BOARD = "/desk/calls/"


def login(person) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


@pytest.fixture
def calls(company: Company, clock: object) -> Client:
    Unit.objects.filter(pk=company.branch.pk).update(phone="0571-88886666")
    return login(company.agent)


def assign(client: Client, order: Order, branch: Unit, **data: str):
    return client.post(f"{BOARD}{order.number}/assign/", {"branch": branch.code, **data})


def test_unassigned_and_unclaimed_by_what_ran_out_first(calls: Client, company: Company) -> None:
    waiting = placed(NOON - timedelta(minutes=3))
    asleep = placed(NOON - timedelta(minutes=14), branch=company.branch)
    placed(NOON - timedelta(minutes=10), branch=company.second)  # the tenth minute itself is in time (§0.2)
    rows = calls.get(BOARD).context["rows"]
    assert [row.order for row in rows] == [asleep, waiting]
    assert (rows[0].manager, rows[1].manager) == (company.manager, None)


def test_an_unclaimed_order_shows_branch_phone_manager_and_overdue_clock(calls: Client, company: Company) -> None:
    placed(NOON - timedelta(minutes=14), branch=company.branch)
    html = calls.get(BOARD).content.decode()
    assert 'href="tel:0571-88886666"' in html
    assert company.manager.name in html
    assert 'data-level="over"' in html
    assert "13800138000" not in html


def test_the_branch_that_has_the_order_is_not_offered_for_it(calls: Client, company: Company) -> None:
    placed(NOON - timedelta(minutes=14), branch=company.branch)
    [row] = calls.get(BOARD).context["rows"]
    assert company.branch not in [offer.unit for offer in row.offers]
    assert [offer.key for offer in row.offers] == [1, 2]


def test_counts_and_tabs(calls: Client, company: Company) -> None:
    for minutes in (1, 2):
        placed(NOON - timedelta(minutes=minutes))
    placed(NOON - timedelta(minutes=14), branch=company.branch)
    sla.tick(now=NOON)
    counts = calls.get(BOARD).context["counts"]
    assert counts == {"todo": 3, "unassigned": 2, "unclaimed": 1, "alarms": 1}
    assert len(calls.get(f"{BOARD}?tab=unclaimed").context["rows"]) == 1
    assert len(calls.get(f"{BOARD}?tab=nonsense").context["rows"]) == 3


def test_assigning_gives_the_order_to_the_branch(calls: Client, company: Company) -> None:
    order = placed(NOON - timedelta(minutes=3))
    assert assign(calls, order, company.branch).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.branch) == ("at_branch", company.branch)
    assert "已分配给" in calls.get(BOARD).content.decode()


def test_undo_within_ten_seconds_and_not_after(calls: Client, company: Company, clock) -> None:
    order = placed(NOON - timedelta(minutes=3))
    assign(calls, order, company.branch)
    clock.shift(timedelta(seconds=10))
    assert calls.get(BOARD).context["undo"]["number"] == order.number
    assert calls.post(f"{BOARD}undo/").status_code == 302
    order.refresh_from_db()
    assert (order.state, order.branch) == ("unassigned", None)
    assign(calls, order, company.branch)
    clock.shift(timedelta(seconds=11))
    assert calls.get(BOARD).context["undo"] is None
    assert calls.post(f"{BOARD}undo/").status_code == 409
    order.refresh_from_db()
    assert order.branch == company.branch


def test_reassigning_moves_it_and_counts(calls: Client, company: Company) -> None:
    order = placed(NOON - timedelta(minutes=14), branch=company.branch)
    assert assign(calls, order, company.second, had=company.branch.code).status_code == 302
    order.refresh_from_db()
    assert (order.branch, order.moves) == (company.second, 1)
    assert order.moves_made.get().reason == "超过 10 分钟未受理，呼叫中心改派"


def test_a_race_for_an_unassigned_order_is_told_with_the_winner(calls: Client, company: Company) -> None:
    order = placed(NOON - timedelta(minutes=3))
    orders.assign(number=order.number, branch=company.second, clerk=company.head_of_calls, now=NOON)
    answer = assign(calls, order, company.branch)
    assert answer.status_code == 409
    assert company.head_of_calls.name in answer.content.decode()
    order.refresh_from_db()
    assert order.branch == company.second


def test_a_branch_that_accepted_meanwhile_keeps_its_order_only_if_it_moved(calls: Client, company: Company) -> None:
    order = placed(NOON - timedelta(minutes=14), branch=company.branch)
    orders.reassign(number=order.number, branch=company.third, clerk=company.agent, reason="x", now=NOON)
    answer = assign(calls, order, company.second, had=company.branch.code)
    assert answer.status_code == 409
    order.refresh_from_db()
    assert order.branch == company.third


@pytest.mark.parametrize("code", ["", "NOPE", "HQ", "<script>", "𠮷" * 400])
def test_no_such_branch(calls: Client, company: Company, code: str) -> None:
    order = placed(NOON - timedelta(minutes=3))
    answer = calls.post(f"{BOARD}{order.number}/assign/", {"branch": code})
    assert answer.status_code == 422
    assert "<script>" not in answer.content.decode().replace("<script src", "")
    order.refresh_from_db()
    assert order.branch is None


def test_a_poll_costs_little_while_nothing_has_changed(
    calls: Client, company: Company, django_assert_max_num_queries
) -> None:
    placed(NOON - timedelta(minutes=3))
    version = calls.get(BOARD).context["version"]
    with django_assert_max_num_queries(6):  # session, account, person, posts, and two of its own
        assert calls.get(f"{BOARD}?v={version}", headers={"HX-Request": "true"}).status_code == 204
    placed(NOON)
    answer = calls.get(f"{BOARD}?v={version}", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()


def test_the_cost_does_not_grow_with_the_rows(calls: Client, company: Company, django_assert_max_num_queries) -> None:
    for _each in range(12):
        placed(NOON - timedelta(minutes=14), branch=company.branch)
        placed(NOON - timedelta(minutes=3))
    with django_assert_max_num_queries(20):
        assert len(calls.get(BOARD).context["rows"]) == 20


def test_alarms_are_marked_seen(calls: Client, company: Company) -> None:
    order = placed(NOON - timedelta(minutes=12), branch=company.branch)
    sla.tick(now=NOON)
    assert order.number in calls.get(f"{BOARD}?tab=alarms").content.decode()
    assert calls.post(f"{BOARD}{order.number}/seen/").status_code == 302
    assert calls.get(f"{BOARD}?tab=alarms").context["alarms"] == []
    mine = Message.objects.get(unit=company.call_centre, kind="alarm")
    assert (mine.seen_by, mine.seen_at) == (company.agent, NOON)
    assert not Message.objects.filter(unit=company.branch, seen_at__isnull=False).exists()


def test_who_may(company: Company, clock: object) -> None:
    order = placed(NOON - timedelta(minutes=3))
    for person in (company.clerk, company.regional_manager, company.driver):
        assert login(person).get(BOARD).status_code == 403
        assert assign(login(person), order, company.branch).status_code == 403
    watching = login(company.officer)
    assert "data-offer" not in watching.get(BOARD).content.decode()
    assert assign(watching, order, company.branch).status_code == 403
    order.refresh_from_db()
    assert order.branch is None
    assert Client().get(BOARD).status_code == 302


def test_acts_are_posts_with_a_token(company: Company, clock: object) -> None:
    order = placed(NOON - timedelta(minutes=3))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(company.agent.account)
    assert strict.get(f"{BOARD}{order.number}/assign/").status_code == 405
    assert assign(strict, order, company.branch).status_code == 403


def test_empty_states(calls: Client) -> None:
    assert "没有待处理的订单" in calls.get(BOARD).content.decode()
    assert "没有未查看的告警" in calls.get(f"{BOARD}?tab=alarms").content.decode()


# Orders by phone.

CONTENT = {
    "shipper_name": "王五", "shipper_phone": "13800138000", "shipper_place": "330106", "shipper_address": "文三路 1 号",
    "consignee_name": "赵六", "consignee_phone": "13900139000", "consignee_place": "310104", "consignee_address": "漕溪路 2 号",
    "goods": "五金配件", "pieces": "3", "weight_kg": "20.5", "payer": "shipper", "delivery": "door", "slip_return": "none",
    "pickup": "on", "branch_code": "", "token": "t-1", "act": "place",
}  # fmt: skip


def test_an_order_by_phone(calls: Client, company: Company) -> None:
    """The call centre enters the order for a caller (§1.2.1.3g)."""
    answer = calls.post("/desk/phone/", CONTENT | {"branch_code": "B1"})
    order = Order.objects.get()
    assert answer.url == f"/desk/orders/{order.number}/"
    assert (order.channel, order.branch, order.pieces) == ("phone", company.branch, 3)
    assert order.last_actor == f"{company.agent.name}（{company.agent.number}）"


def test_an_order_by_phone_takes_the_callers_coupon(calls: Client, company: Company) -> None:
    coupon = given(company)
    answer = calls.post("/desk/phone/", CONTENT | {"branch_code": "B1", "coupon": "ABCDEFGH23"})
    assert Order.objects.get().coupon == coupon
    assert "优惠券 ABCDEFGH23：开单时抵 50.00 元" in calls.get(answer.url).content.decode()


def test_the_same_form_twice_is_one_order(calls: Client) -> None:
    first, second = calls.post("/desk/phone/", CONTENT), calls.post("/desk/phone/", CONTENT)
    assert Order.objects.count() == 1
    assert first.url == second.url
    calls.post("/desk/phone/", CONTENT | {"token": "t-2"})
    assert Order.objects.count() == 2


def test_a_spoken_address_is_divided_and_doubts_are_offered(calls: Client) -> None:
    spoken = {"shipper_paste": "王五 13800138000 浙江省杭州市西湖区文三路100号", "act": "split_shipper"}
    form = calls.post("/desk/phone/", spoken).context["form"]
    assert [form[f"shipper_{part}"].value() for part in ("name", "phone", "place")] == ["王五", "13800138000", "330106"]
    doubtful = calls.post("/desk/phone/", {"consignee_paste": "朝阳区建设路5号", "act": "split_consignee"})
    [party] = [party for party in doubtful.context["parties"] if party["role"] == "consignee"]
    assert {candidate.place.code for candidate in party["candidates"]} == {"110105", "220104"}
    assert Order.objects.count() == 0


def test_the_callers_last_order_is_repeated_with_one_click(calls: Client, company: Company) -> None:
    earlier = placed(NOON - timedelta(days=2), branch=company.branch)
    page = calls.get("/desk/phone/?caller=138 0013 8000")
    assert [each.order for each in page.context["earlier"]] == [earlier]
    assert "13900139000" not in page.content.decode()
    form = calls.get(f"/desk/phone/?repeat={earlier.number}").context["form"]
    assert (form["shipper_name"].value(), form["goods"].value(), form["branch_code"].value()) == (
        "张三",
        "五金配件",
        "",
    )


def test_a_branch_sees_only_its_own_callers(company: Company, clock: object) -> None:
    earlier = placed(NOON - timedelta(days=2), branch=company.branch)
    other = login(company.third_clerk)
    assert other.get("/desk/phone/?caller=13800138000").context["earlier"] == []
    assert other.get(f"/desk/phone/?repeat={earlier.number}").context["form"]["shipper_name"].value() is None


def test_nearest_branches_for_the_callers_place(calls: Client, company: Company) -> None:
    answer = calls.post("/desk/phone/", CONTENT | {"act": "nearest"})
    assert {each.unit for each in answer.context["nearest"]} == {company.branch, company.second, company.third}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("shipper_name", ""), ("shipper_phone", "12"), ("shipper_place", "999999"), ("goods", "x" * 1_000_000), ("coupon", "ZZZZZZZZZZ"),
        ("pieces", "0"), ("weight_kg", "=1+1"), ("payer", "nobody"), ("branch_code", "NOPE"), ("goods", "雷管"),
        ("appointment", "2020-01-01T10:00"), ("appointment", "soon"), ("shipper_name", "\x00"),
    ],
)  # fmt: skip
def test_bad_input_is_told_by_its_field(calls: Client, field: str, value: str) -> None:
    answer = calls.post("/desk/phone/", CONTENT | {field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Order.objects.count() == 0


def test_a_refused_form_can_be_sent_again_corrected(calls: Client) -> None:
    calls.post("/desk/phone/", CONTENT | {"branch_code": "NOPE"})
    assert calls.post("/desk/phone/", CONTENT).status_code == 302
    assert Order.objects.count() == 1


def test_a_regional_manager_takes_no_orders(company: Company, clock: object) -> None:
    assert login(company.regional_manager).get("/desk/phone/").status_code == 403


# The bell.


def test_the_bell_counts_and_the_list_notes_delivery(desk: Client, company: Company) -> None:
    order = placed(NOON - timedelta(minutes=1), branch=company.branch)
    page = desk.get("/desk/messages/")
    assert order.number in page.content.decode()
    assert Message.objects.get(unit=company.branch).delivered_at == NOON
    desk.post(f"/desk/messages/{order.number}/see/")
    assert Message.objects.get(unit=company.branch).seen_by == company.clerk
    assert "没有未查看的消息" in desk.get("/desk/messages/").content.decode()


def test_messages_of_another_branch_are_not_shown(company: Company, clock: object) -> None:
    order = placed(NOON - timedelta(minutes=1), branch=company.branch)
    other = login(company.third_clerk)
    other.post(f"/desk/messages/{order.number}/see/")
    assert order.number not in other.get("/desk/messages/").content.decode()
    assert Message.objects.get(unit=company.branch).seen_at is None


def test_search_finds_nationwide_for_the_call_centre(calls: Client, company: Company) -> None:
    order = placed(NOON - timedelta(minutes=1), branch=company.third)
    reached(order, company.third_clerk, NOON)
    for text in (order.number, "8000", "张三", "13800138000"):
        assert calls.get("/desk/search/", {"q": text}).url == f"/desk/orders/{order.number}/"


def test_a_person_without_a_post_sees_nothing(company: Company, clock: object) -> None:
    leaver = post(Role.CALL_CENTRE, company.call_centre)
    leaver.posts.update(until=NOON)
    assert login(leaver).get(BOARD).status_code == 403
