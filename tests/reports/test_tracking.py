"""One table for the customers' page and the partners' programs: sentence, place and codes of every event (screens §1.5)."""

import pytest

from delivery import services as delivery
from reports import tracking
from tests.delivery.pictures import photo
from tests.delivery.test_shipments import SIGNED, arrived, does, loaded
from tests.delivery.test_slips import signed as signed_with_slip
from tests.factories import Company, sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    company = Company()
    company.second.phone = "0571-88880002"
    company.second.save()
    return company


def codes(order, *, full: bool = False) -> list[str]:
    return [event.code for event in tracking.events(order.number, full=full)]


def last(order, *, full: bool = False) -> tracking.Event:
    return tracking.events(order.number, full=full)[-1]


def test_an_event_names_time_site_city_and_phone(company):
    event = last(arrived(company))
    assert (event.time, event.text) == ("2026-11-05 11:00:00", "【滨江营业部】货物已到达目的地营业部")
    assert (event.site, event.city, event.phone) == ("滨江营业部", "杭州市", "0571-88880002")
    assert (event.code, event.k100, event.kdn) == ("AT_DEST_BRANCH", "0/1001", "2/205")


def test_the_codes_of_the_whole_way(company):
    order = loaded(company)
    does(order, "sign", company.second_clerk, "05 15:00:00", **SIGNED)
    assert codes(order)[-5:] == ["WAYBILLED", "DEPARTED", "AT_DEST_BRANCH", "OUT_FOR_DELIVERY", "SIGNED"]
    assert (last(order).k100, last(order).kdn) == ("3/301", "3/301")


@pytest.mark.parametrize(
    ("reason", "kdn"), [("nobody_there", "4/416"), ("wrong_address", "4/420"), ("vehicle_trouble", "4/405")]
)
def test_a_failed_delivery_and_the_signature_after_it(company, reason, kdn):
    order, call = loaded(company), {"contacted": "consignee", "contact": "明天再送"}
    does(order, "fail_attempt", company.second_clerk, "05 14:00:00", reason=reason, **call)
    assert (last(order).code, last(order).k100, last(order).kdn) == ("DELIVERY_FAILED", "2", kdn)
    does(order, "load_for_delivery", company.second_clerk, "06 09:00:00", driver=company.second_clerk.number)
    does(order, "sign", company.second_clerk, "06 10:00:00", **SIGNED)
    assert (last(order).code, last(order).kdn) == ("SIGNED_LATE_OK", "3/302")


def test_a_signature_in_the_consignees_place(company):
    order = loaded(company)
    does(order, "sign", company.second_clerk, "05 15:00:00", signer="王五", relation="doorman", pictures=[photo()])
    assert (last(order).text, last(order).k100) == ("【滨江营业部】已由门卫或代收点代签，共 10 件", "3/303")


@pytest.mark.parametrize(
    ("verb", "values", "expected"),
    [
        ("sign_with_exception", SIGNED | {"pieces": 9, "exception": "shortage", "remark": "少一箱", "pictures": [photo()]}, ("SIGNED_EXCEPTION", "3/302", "4/414")),
        ("refuse", {"reason": "damaged"}, ("REFUSED", "4/14", "4/404")),
        ("wait", {}, ("OUT_FOR_DELIVERY", "5/5", "2/202")),
    ],
)  # fmt: skip
def test_other_ends_at_the_door(company, verb, values, expected):
    order = loaded(company)
    does(order, verb, company.second_clerk, "05 15:00:00", **values)
    assert (last(order).code, last(order).k100, last(order).kdn) == expected


def test_forwarded_goods_are_told_by_what_their_tracking_found(company):
    order = arrived(company)
    carrier = {"carrier": "顺达物流", "phone": "021-55550000", "carrier_no": "SD1"}
    does(order, "forward", company.second_clerk, "05 14:00:00", **carrier)
    assert (last(order).text, last(order).k100) == ("【滨江营业部】货物已转交顺达物流承运", "7")
    does(order, "track", company.second_clerk, "06 10:00:00", phrase="at_city")
    assert (last(order).text, last(order).code) == (
        "【滨江营业部】已向承运商查询货物情况（已到达目的城市）",
        "AT_DEST_CITY",
    )
    does(order, "track", company.second_clerk, "07 10:00:00", text="司机王师傅 13700000000 说下午到")
    assert (last(order).text, last(order).code) == ("【滨江营业部】已向承运商查询货物情况", "DEPARTED")


def test_money_and_slip_are_told_to_the_parties_alone(company):
    order = loaded(company, cod="1200.00")
    delivery.collect(
        number=order.number, clerk=company.second_clerk, amount=order.cod_amount, means="cash", now=sh("05 14:00:00")
    )
    assert (last(order, full=True).code, last(order, full=True).text) == (
        "COD",
        "【滨江营业部】已收到代收货款 ¥1200.00",
    )
    assert last(order).code == "OUT_FOR_DELIVERY"
    other = signed_with_slip(company)
    delivery.return_slip(number=other.number, clerk=company.clerk, now=sh("06 10:00:00"))
    assert codes(other, full=True)[-1] == "SLIP"
    assert "SLIP" not in codes(other)


def test_several_orders_at_once_cost_two_queries(company, django_assert_num_queries):
    first, second = arrived(company), loaded(company)
    with django_assert_num_queries(2):
        told = tracking.latest([first.number, second.number])
    assert {number: event.code for number, event in told.items()} == {
        first.number: "AT_DEST_BRANCH",
        second.number: "OUT_FOR_DELIVERY",
    }
