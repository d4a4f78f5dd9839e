"""What a shipper does with a placed order in the hall."""

import re
from decimal import Decimal

import pytest
import time_machine

from orders import services as orders
from orders.services.draft import draft_of
from pickup import services as pickups
from tests.factories import CUSTOMER, accepted, placed, sh

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def five_past_nine():
    with time_machine.travel("2026-11-04 09:05:00+08:00", tick=False):
        yield


@pytest.fixture
def order(client, company):
    made = placed(sh("04 09:00:00"), branch=company.branch)
    return opened(client, made)


def opened(client, made):
    client.post(f"/orders/{made.number}/unlock/", {"tail": "8000"})
    return made


def text(response) -> str:
    return response.content.decode().split("<main")[1]


def fields(page: str) -> dict[str, str]:
    """Read the form as a browser would send it."""
    found = dict(re.findall(r'<input[^>]*type="(?:text|tel|hidden)"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    found |= dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"[^>]* checked', page))
    found |= dict(re.findall(r'<input type="(?:text|tel|hidden)" name="([^"]+)" value="([^"]*)"', page))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)"[^>]* selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def test_the_form_comes_filled_in_with_phones_masked_and_saves_what_changed(client, order):
    page = text(client.get(f"/orders/{order.number}/edit/"))
    assert "13800138000" not in page.replace("张三 13800138000 浙江省", "")
    typed = fields(page)
    assert (typed["shipper_phone"], typed["shipper_place_county"]) == ("138****8000", "330106")
    response = client.post(f"/orders/{order.number}/edit/", {**typed, "pieces": "12"})
    assert response.url == f"/orders/{order.number}/"
    order.refresh_from_db()
    assert (order.pieces, order.shipper_phone, order.version) == (12, "13800138000", 2)
    assert re.search(r"件数.*<del>10</del> → <ins>12</ins>", text(client.get(response.url)))
    assert "订单内容已修改: 件数" in text(client.get(response.url))


def test_sent_unchanged_it_saves_nothing(client, order):
    typed = fields(text(client.get(f"/orders/{order.number}/edit/")))
    client.post(f"/orders/{order.number}/edit/", typed)
    order.refresh_from_db()
    assert order.version == 1


def test_an_edit_of_an_older_version_is_refused(client, order):
    typed = fields(text(client.get(f"/orders/{order.number}/edit/")))
    other = placed_edit(order, goods="纸箱")
    response = client.post(f"/orders/{order.number}/edit/", {**typed, "pieces": "12"})
    assert response.status_code == 409
    assert "已被修改" in text(response)
    order.refresh_from_db()
    assert (order.pieces, order.goods) == (10, other)


def placed_edit(order, goods):
    changed = draft_of(order)
    content = {name: getattr(changed, name) for name in changed.__slots__} | {"goods": goods}
    orders.edit(number=order.number, draft=type(changed)(**content), by=CUSTOMER, now=sh("04 09:03:00"))
    return goods


@pytest.mark.parametrize("seen", ["", "x", "-1", "９", "1" * 400])
def test_a_version_that_is_none_fits_no_order(client, order, seen):
    typed = fields(text(client.get(f"/orders/{order.number}/edit/")))
    assert client.post(f"/orders/{order.number}/edit/", {**typed, "pieces": "12", "seen": seen}).status_code == 409


def test_bad_input_stays_in_the_form(client, order):
    typed = fields(text(client.get(f"/orders/{order.number}/edit/")))
    response = client.post(f"/orders/{order.number}/edit/", {**typed, "shipper_phone": "138****9999", "pieces": "0"})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"shipper_phone", "pieces"}


def test_the_branch_may_be_chosen_anew(client, company, order):
    typed = fields(text(client.get(f"/orders/{order.number}/edit/")))
    client.post(f"/orders/{order.number}/edit/", {**typed, "branch_code": "B2"})
    order.refresh_from_db()
    assert (order.branch, order.moves) == (company.second, 0)


def test_another_pickup_time(client, order):
    path = f"/orders/{order.number}/appointment/"
    assert "09:00–11:00" in text(client.get(path))
    assert client.post(path, {"seen": "1", "appointment": "2026-11-05T10:00"}).status_code == 302
    order.refresh_from_db()
    assert order.appointment == sh("05 10:00:00")


@pytest.mark.parametrize("when", ["", "2026-11-04T09:00", "2026-11-08T10:00", "soon", "\x00", "9999-12-31T23:59"])
def test_a_pickup_time_that_cannot_be(client, order, when):
    response = client.post(f"/orders/{order.number}/appointment/", {"seen": "1", "appointment": when})
    assert response.status_code == 422
    order.refresh_from_db()
    assert order.appointment is None


def test_cancelling_takes_a_reason(client, order):
    path = f"/orders/{order.number}/cancel/"
    assert "不发货" in text(client.get(path))
    for bad in ({}, {"reason": "because"}, {"reason": "other"}, {"reason": "mistaken", "text": "x" * 301}):
        assert client.post(path, bad).status_code == 422
    assert client.post(path, {"reason": "mistaken", "text": "点错了"}).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.cancelled_by, order.cancel_reason) == ("cancelled", "customer", "mistaken")
    assert client.post(path, {"reason": "mistaken"}).status_code == 409


def test_collected_goods_are_not_cancelled(client, company):
    made = accepted(sh("04 09:02:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    pickups.collect(number=made.number, clerk=company.driver, pieces=10, packing_ok=True, now=sh("04 09:04:00"))
    opened(client, made)
    page = text(client.get(f"/orders/{made.number}/"))
    assert "现在不能取消" in page
    assert client.post(f"/orders/{made.number}/cancel/", {"reason": "mistaken"}).status_code == 409
    assert client.get(f"/orders/{made.number}/appointment/").status_code == 409


@pytest.fixture
def quoted(client, company):
    made = accepted(sh("04 09:02:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    quote(company, made, 180)
    return opened(client, made)


def quote(company, order, amount):
    words = f"运费 {amount} 元"
    return orders.quote(
        number=order.number, clerk=company.clerk, amount=Decimal(amount), words=words, now=sh("04 09:03:00")
    )


def test_a_quote_is_confirmed(client, quoted):
    assert "¥180.00" in text(client.get(f"/orders/{quoted.number}/"))
    last = quoted.quotes.get()
    client.post(f"/orders/{quoted.number}/quote/", {"answer": "agree", "quote": last.pk})
    quoted.refresh_from_db()
    assert quoted.price_state == "confirmed"


def test_declining_says_first_that_it_cancels(client, quoted):
    path, last = f"/orders/{quoted.number}/quote/", quoted.quotes.get()
    assert "拒绝报价会取消这个订单" in text(client.post(path, {"answer": "decline", "quote": last.pk}))
    quoted.refresh_from_db()
    assert quoted.state == "accepted"
    client.post(path, {"answer": "decline", "quote": last.pk, "sure": "1"})
    quoted.refresh_from_db()
    assert (quoted.state, quoted.cancel_reason) == ("cancelled", "price_declined")


def test_a_quote_given_meanwhile_is_not_agreed_to_unseen(client, company, quoted):
    old = quoted.quotes.get()
    quote(company, quoted, 250)
    response = client.post(f"/orders/{quoted.number}/quote/", {"answer": "agree", "quote": old.pk})
    assert response.status_code == 409
    assert "新的报价" in text(response)
    for wrong in ("", "0x1", "999999999999"):
        assert client.post(f"/orders/{quoted.number}/quote/", {"answer": "agree", "quote": wrong}).status_code == 409
    quoted.refresh_from_db()
    assert quoted.price_state == "quoted"


@pytest.mark.parametrize("verb", ["edit", "appointment", "cancel", "quote"])
def test_a_stranger_changes_nothing(client, company, verb):
    made = placed(sh("04 09:00:00"), branch=company.branch)
    for answer in (
        client.get(f"/orders/{made.number}/{verb}/"),
        client.post(f"/orders/{made.number}/{verb}/", {"reason": "mistaken"}),
    ):
        assert answer.url == f"/orders/{made.number}/"
    made.refresh_from_db()
    assert (made.state, made.version) == ("at_branch", 1)
