"""The courier's phone pages: order of the stops, proof by plain forms, acts told late or twice, a wrong tap (§4.3.2.8)."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from delivery.models import CashOnDelivery, Proof, Scan, Shipment
from delivery.services import proofs
from desk.models import PhoneAct
from pickup import services as pickup
from rulebook.roles import Role
from tests.clocks import states
from tests.delivery.pictures import drawing, jpeg
from tests.delivery.test_shipments import arrived, does, shipment
from tests.delivery.test_slips import signed as slip_signed
from tests.factories import Company, accepted, post, sh

JSON = {"headers": {"Accept": "application/json"}}


def login(person) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


@pytest.fixture
def courier(company: Company, clock) -> Client:
    clock.move_to(sh("05 13:30:00"))
    company.second_driver = post(Role.COURIER, company.second)
    return login(company.second_driver)


def on_the_van(company: Company, **changes: object):
    order = arrived(company, **changes)
    does(order, "load_for_delivery", company.second_clerk, "05 13:00:00", driver=company.second_driver.number)
    return order


def file(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def says(client: Client, order, verb: str, data: dict[str, object] | None = None, **options: object):
    return client.post(f"/desk/m/goods/{order.number}/{verb}/", data or {}, **options)


def test_stops_by_agreed_time_then_key_customers_then_limit(courier: Client, company: Company) -> None:
    late, soon, key, noon, three = (on_the_van(company) for _ in range(5))
    Shipment.objects.filter(order=key).update(key_customer=True)
    Shipment.objects.filter(order=noon).update(delivery_at=sh("05 17:00:00"))
    Shipment.objects.filter(order=three).update(delivery_at=sh("05 15:00:00"))
    late.deadlines.filter(clause="§1.3.3.1").update(due_at=sh("06 12:00:00"))
    page = courier.get("/desk/m/goods/").content.decode()
    places = [page.index(f'id="stop-{each.number}"') for each in (three, noon, key, soon, late)]
    assert places == sorted(places)


def test_signed_by_the_doorman_with_a_photo_by_a_plain_form(courier: Client, company: Company) -> None:
    order = on_the_van(company)
    doorman = {"signer": "王五", "relation": "doorman"}
    without = says(courier, order, "sign", doorman)
    assert without.status_code == 422
    assert "代签须附签收单或现场的照片" in without.content.decode()
    with_two = {**doorman, "photo": [file(jpeg()), file(jpeg(color="red"))], "signature": file(drawing(), "s.png")}
    assert says(courier, order, "sign", with_two).status_code == 302
    assert sorted(Proof.objects.values_list("kind", flat=True)) == ["signature", "slip", "slip"]
    assert shipment(order).state == "signed"


def test_with_an_exception_the_photo_shows_the_damage(courier: Client, company: Company) -> None:
    order = on_the_van(company)
    said = {"signer": "李四", "relation": "self", "pieces": "9", "exception": "damage", "remark": "外箱破损"}
    assert says(courier, order, "sign_with_exception", said).status_code == 422
    assert says(courier, order, "sign_with_exception", {**said, "photo": file(jpeg())}).status_code == 302
    assert Proof.objects.get().kind == "damage"


@pytest.mark.parametrize("content", [b"<?php", b"", b"<svg/>"])
def test_a_file_that_is_no_picture_is_refused_and_nothing_stored(courier: Client, company: Company, content: bytes) -> None:
    order = on_the_van(company)
    said = {"signer": "王五", "relation": "doorman", "photo": file(content, "../../etc/x.jpg")}
    answer = says(courier, order, "sign", said)
    assert answer.status_code == 422
    assert "§4.3.2.8" in answer.content.decode()
    assert (Proof.objects.count(), Scan.objects.filter(verb="sign").count(), shipment(order).state) == (0, 0, "out_for_delivery")


def test_more_pieces_signed_than_sent(courier: Client, company: Company) -> None:
    order = on_the_van(company)
    said = {"signer": "李四", "relation": "self", "pieces": "11", "exception": "shortage", "remark": "多", "photo": file(jpeg())}
    answer = says(courier, order, "sign_with_exception", said)
    assert answer.status_code == 422
    assert "0 到 10 之间" in answer.content.decode()
    assert not Proof.objects.exists()


# What a phone tells after a dead spot.


def queued(order, verb: str, at: str, key: str, **more: object) -> dict[str, object]:
    return {"source": key, "at": sh(at).isoformat(), **more}


def test_told_late_it_is_judged_by_the_phones_time(courier: Client, company: Company, clock) -> None:
    """Captured at 20:30, told at 21:00: §1.3.3.1 by the signing, §1.3.3.1e by the capture; both times are kept."""
    order = on_the_van(company)
    clock.move_to(sh("05 21:00:00"))
    said = queued(order, "sign", "05 20:30:00", "a1", signer="李四", relation="self")
    assert says(courier, order, "sign", said, **JSON).json() == {"ok": True, "words": f"{order.number} · 签收"}
    assert (states(order, "§1.3.3.1"), states(order, "§1.3.3.1e")) == (["met"], ["met"])
    scan, told = Scan.objects.get(source="a1"), PhoneAct.objects.get()
    assert (scan.at, scan.recorded_at) == (told.at, told.recorded_at) == (sh("05 20:30:00"), sh("05 21:00:00"))


def test_told_twice_money_and_signature_are_done_once(courier: Client, company: Company) -> None:
    order = on_the_van(company, cod="500.00")
    CashOnDelivery.objects.filter(order=order).update(unit=company.second)
    acts = [
        ("cash", queued(order, "cash", "05 13:10:00", "k1", amount="500.00", means="cash")),
        ("sign", queued(order, "sign", "05 13:11:00", "k2", signer="李四", relation="self")),
    ]
    for _ in range(2):
        for verb, said in acts:
            assert says(courier, order, verb, said, **JSON).json()["ok"] is True
    cash = CashOnDelivery.objects.get(order=order)
    assert (cash.collected_at, cash.movements.count()) == (sh("05 13:10:00"), 1)
    assert Scan.objects.filter(verb="sign").count() == 1


def test_a_refused_act_says_why_and_may_be_told_again_under_its_key(courier: Client, company: Company) -> None:
    order = on_the_van(company, cod="500.00")
    CashOnDelivery.objects.filter(order=order).update(unit=company.second)
    sign = queued(order, "sign", "05 13:10:00", "k1", signer="李四", relation="self")
    refused = says(courier, order, "sign", sign, **JSON)
    assert refused.status_code == 422
    assert refused.json() == {
        "ok": False, "words": "代收货款尚未结清，不能签收：请先收款，或登记并处理差异", "clause": "§4.3.3.2", "field": "",
    }  # fmt: skip
    assert not PhoneAct.objects.exists()
    says(courier, order, "cash", queued(order, "cash", "05 13:11:00", "k0", amount="500.00", means="code"), **JSON)
    assert says(courier, order, "sign", sign, **JSON).json()["ok"] is True


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-05T13:30:01+08:00", "不能晚于现在"), ("2026-11-03T13:29:59+08:00", "不能早于 2 天前"),
        ("2026-11-05T13:20:00", "手机时间格式"), ("yesterday", "手机时间格式"),
    ],
)  # fmt: skip
def test_a_phones_time_that_cannot_be(courier: Client, company: Company, at: str, words: str) -> None:
    order = on_the_van(company)
    said = {"signer": "李四", "relation": "self", "source": "k1", "at": at}
    answer = says(courier, order, "sign", said, **JSON)
    assert (answer.status_code, answer.json()["field"]) == (422, "at")
    assert words in answer.json()["words"]
    assert not PhoneAct.objects.exists()


def test_a_key_is_one_acts_alone(courier: Client, company: Company) -> None:
    one, other = on_the_van(company), on_the_van(company)
    says(courier, one, "wait", {"source": "k1"}, **JSON)
    lost = says(courier, other, "wait", {"source": "k1"}, **JSON)
    assert (lost.status_code, shipment(other).state) == (409, "out_for_delivery")
    assert says(courier, other, "wait", {"source": "k" * 41}, **JSON).status_code == 422


def test_goods_given_to_another_meanwhile_are_told_in_words(courier: Client, company: Company) -> None:
    order = on_the_van(company)
    Shipment.objects.filter(order=order).update(driver=company.second_clerk)
    gone = says(courier, order, "sign", {"signer": "李四", "relation": "self", "source": "k1"}, **JSON)
    assert (gone.status_code, gone.json()["ok"]) == (404, False)
    assert "改派" in gone.json()["words"]


def test_a_wrong_tap_is_put_right_from_the_same_page(courier: Client, company: Company, clock) -> None:
    order = on_the_van(company)
    says(courier, order, "sign", {"signer": "李四", "relation": "self"})
    assert "点错了，更正" in courier.get("/desk/m/goods/").content.decode()
    clock.move_to(sh("05 14:00:01"))
    courier = login(company.second_driver)  # half an hour idle: logged out
    assert "点错了，更正" not in courier.get("/desk/m/goods/").content.decode()
    late = says(courier, order, "take_back")
    assert late.status_code == 422
    assert "30 分钟" in late.content.decode()
    clock.move_to(sh("05 14:00:00"))
    assert says(courier, order, "take_back").status_code == 302
    assert shipment(order).state == "out_for_delivery"
    assert "点错了，更正" not in courier.get("/desk/m/goods/").content.decode()


# What the office does and sees.


@pytest.fixture
def terminal(company: Company, courier: Client) -> Client:
    return login(company.second_clerk)


def test_the_office_enters_what_the_outside_carrier_told(terminal: Client, company: Company, clock) -> None:
    """§1.3.2.2: signed at 16:00 yesterday, entered today at 09:00: too late; the time is the carrier's."""
    order = arrived(company)
    does(order, "forward", company.second_clerk, "05 13:00:00", carrier="皖南", phone="0551-66668888", carrier_no="W1")
    clock.move_to(sh("07 09:00:00"))
    terminal = login(company.second_clerk)
    page = terminal.get(f"/desk/goods/{order.number}/").content.decode()
    assert 'name="photo"' in page
    sent = {"signer": "王五", "relation": "doorman", "at": "2026-11-06T16:00"}
    assert terminal.post(f"/desk/goods/{order.number}/sign/", sent).status_code == 302
    assert shipment(order).signed_at == sh("06 16:00:00")
    assert states(order, "§1.3.2.2") == ["breached"]


def test_the_sheet_shows_the_proof_to_whom_the_goods_concern(courier: Client, terminal: Client, company: Company) -> None:
    order = on_the_van(company)
    says(courier, order, "sign", {"signer": "王五", "relation": "doorman", "photo": file(jpeg())})
    url = f"/desk/goods/{order.number}/proofs/{Proof.objects.get().key}/"
    assert url in terminal.get(f"/desk/goods/{order.number}/").content.decode()
    shown = terminal.get(url)
    assert (shown.status_code, shown["Content-Type"], shown["X-Content-Type-Options"]) == (200, "image/jpeg", "nosniff")
    assert shown["Content-Disposition"].startswith("inline; filename=")
    assert "no-store" in shown["Cache-Control"]
    assert login(company.third_clerk).get(url).status_code == 404
    assert Client().get(url).status_code == 302
    other = slip_signed(company)
    assert terminal.get(url.replace(order.number, other.number)).status_code == 404


def test_a_proof_left_behind_by_a_correction_is_marked(courier: Client, terminal: Client, company: Company) -> None:
    order = on_the_van(company)
    says(courier, order, "sign", {"signer": "王五", "relation": "doorman", "photo": file(jpeg())})
    sent = {"remark": "点错订单"}
    assert terminal.post(f"/desk/goods/{order.number}/take_back/", sent).status_code == 302
    page = terminal.get(f"/desk/goods/{order.number}/").content.decode()
    assert "已更正，不作凭证" in page
    assert "更正：撤销“签收”" in page
    assert list(proofs.standing(shipment(order))) == []


def test_a_file_that_is_gone_is_not_found(courier: Client, terminal: Client, company: Company, settings, tmp_path) -> None:
    order = on_the_van(company)
    says(courier, order, "sign", {"signer": "王五", "relation": "doorman", "photo": file(jpeg())})
    settings.MEDIA_ROOT = tmp_path
    assert terminal.get(f"/desk/goods/{order.number}/proofs/{Proof.objects.get().key}/").status_code == 404


def test_the_clock_of_the_phone_keeps_its_instant(courier: Client, company: Company, clock) -> None:
    order = on_the_van(company)
    clock.move_to(sh("05 13:30:00") + timedelta(hours=1))
    says(courier, order, "sign", {"signer": "李四", "relation": "self", "source": "k", "at": "2026-11-05T05:45:00.123Z"}, **JSON)
    assert shipment(order).signed_at == sh("05 13:45:00.123")


def test_a_pickup_told_late_twice_and_taken_back(company: Company, clock) -> None:
    """§1.3.1.1: collected at 10:50 in a dead spot, told at 11:21 and again; the tap was wrong."""
    order = accepted(sh("04 09:05:00"), company.clerk, branch=company.branch, placed_at=sh("04 09:00:00"))
    pickup.dispatch(number=order.number, clerk=company.clerk, driver=company.driver, vehicle="浙A1", now=sh("04 09:10:00"))
    clock.move_to(sh("04 11:21:00"))
    courier = login(company.driver)
    said = {"pieces": "10", "packing_ok": "on", "source": "p1", "at": sh("04 10:50:00").isoformat()}
    for _ in range(2):
        assert courier.post(f"/desk/m/{order.number}/collect/", said, **JSON).json()["ok"] is True
    assert states(order, "§1.3.1.1") == ["met"]
    assert "点错了，更正" in courier.get("/desk/m/").content.decode()
    assert courier.post(f"/desk/m/{order.number}/take-back/").status_code == 422
    assert "30 分钟" in courier.post(f"/desk/m/{order.number}/take-back/").content.decode()
    back = {"source": "p2", "at": sh("04 10:55:00").isoformat()}
    assert courier.post(f"/desk/m/{order.number}/take-back/", back, **JSON).json()["ok"] is True
    assert order.number in courier.get("/desk/m/").content.decode()
    assert login(company.second_clerk).post(f"/desk/m/{order.number}/collect/", said, **JSON).status_code in (404, 409)
