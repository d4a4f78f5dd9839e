"""Proof of delivery (§4.3.2.8, §4.3.3.8 †): demanded by the service on every way in, kept with the act or not at all."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as house
from django.db import DatabaseError, transaction

from core.models import Entry
from delivery import services as delivery
from delivery.models import Proof, Scan, Shipment
from delivery.services import proofs
from desk.doctor import lost_proofs
from rulebook.errors import Refused
from tests.delivery.pictures import photo, signature
from tests.delivery.test_shipments import SHORT, SIGNED, arrived, departed, does, loaded, shipment
from tests.factories import Company, sh

pytestmark = pytest.mark.django_db
BY_DOORMAN = {"signer": "王五", "relation": "doorman"}


@pytest.fixture
def company(db) -> Company:
    return Company()


@pytest.fixture(autouse=True)
def folder(tmp_path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def forwarded(company: Company, at: str = "05 14:00:00"):
    order = arrived(company)
    does(order, "forward", company.second_clerk, at, carrier="皖南专线", phone="0551-66668888", carrier_no="WN1")
    return order


def test_the_consignee_signs_without_a_photo(company):
    order = loaded(company)
    assert does(order, "sign", company.second_clerk, "05 15:00:00", **SIGNED).state == "signed"


@pytest.mark.parametrize(
    ("verb", "said", "words"),
    [
        ("sign", BY_DOORMAN, "代签须附"),
        ("sign_with_exception", SIGNED | SHORT, "异常签收须附"),
        ("sign_with_exception", BY_DOORMAN | SHORT, "异常签收须附"),
    ],
)
def test_by_proxy_and_with_an_exception_a_photo_is_part_of_it(company, folder, verb, said, words):
    order = loaded(company)
    with pytest.raises(Refused, match=words) as refusal:
        does(order, verb, company.second_clerk, "05 15:00:00", **said)
    assert (refusal.value.clause, refusal.value.field) == ("§4.3.2.8", "photo")
    drawn = [photo("slip")]
    goods = does(order, verb, company.second_clerk, "05 15:00:00", pictures=drawn, **said)
    proof = Proof.objects.get()
    assert goods.ended_at == sh("05 15:00:00")
    assert (proof.scan.verb, proof.kind, proof.person, proof.at) == (verb, "slip", company.second_clerk, sh("05 15:00:00"))
    kept = files(folder)
    assert len(kept) == 1
    assert hashlib.sha256(kept[0].read_bytes()).hexdigest() == proof.sha256 == drawn[0].sha256
    assert proof.size == kept[0].stat().st_size


def test_a_drawn_signature_is_no_photo(company):
    order = loaded(company)
    with pytest.raises(Refused, match="代签须附"):
        does(order, "sign", company.second_clerk, "05 15:00:00", pictures=[signature()], **BY_DOORMAN)


def test_a_photo_handed_in_before_counts_but_not_one_of_another_leg(company):
    order = loaded(company)
    given = {"number": order.number, "clerk": company.second_clerk}
    delivery.add_proof(picture=photo(), now=sh("05 14:00:00"), **given)
    call = {"reason": "nobody_there", "contacted": "nobody", "contact": "两次未接"}
    does(order, "fail_attempt", company.second_clerk, "05 14:10:00", **call)
    does(order, "load_for_delivery", company.second_clerk, "05 16:00:00", driver=company.second_clerk.number)
    with pytest.raises(Refused, match="代签须附"):
        does(order, "sign", company.second_clerk, "05 17:00:00", **BY_DOORMAN)
    delivery.add_proof(picture=photo(), now=sh("05 17:00:00"), **given)
    assert does(order, "sign", company.second_clerk, "05 17:00:00", **BY_DOORMAN).state == "signed"


def test_forwarded_goods_by_proxy_need_none_but_with_an_exception_the_slips_copy(company):
    """The transit branch receives the slip copy where there is an anomaly (§4.3.2.8)."""
    order = forwarded(company)
    with pytest.raises(Refused, match="异常签收须附"):
        does(order, "sign_with_exception", company.second_clerk, "06 15:00:00", **BY_DOORMAN, **SHORT)
    assert does(order, "sign", company.second_clerk, "06 15:00:00", **BY_DOORMAN).state == "signed"


@pytest.mark.parametrize(("cases", "verb"), [([], "sign_with_exception"), (["exception"], "sign")])
def test_which_cases_need_one_is_a_setting(company, settings, cases, verb):
    settings.PROOF_PHOTO = cases
    order = loaded(company)
    more = SHORT if verb == "sign_with_exception" else {}
    assert does(order, verb, company.second_clerk, "05 15:00:00", **BY_DOORMAN, **more).ended_at


def test_nothing_is_half_stored_when_the_act_is_refused(company, folder):
    order = loaded(company, cod="500.00")
    with pytest.raises(Refused, match="代收货款尚未结清"):
        does(order, "sign", company.second_clerk, "05 15:00:00", pictures=[photo()], **SIGNED)
    assert (Proof.objects.count(), files(folder), shipment(order).state) == (0, [], "out_for_delivery")


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_fails_after_the_file_takes_it_along(company, folder, monkeypatch):
    order = loaded(company)

    def fails(*_args: object, **_options: object) -> None:
        assert len(files(folder)) == 1
        raise DatabaseError("connection lost")

    monkeypatch.setattr("delivery.services.shipments._drain", fails)
    with pytest.raises(DatabaseError):
        does(order, "sign", company.second_clerk, "05 15:00:00", pictures=[photo()], **SIGNED)
    assert (Proof.objects.count(), files(folder), shipment(order).state) == (0, [], "out_for_delivery")


def test_the_same_picture_twice_is_one(company, folder):
    order = loaded(company)
    given = {"number": order.number, "clerk": company.second_clerk}
    first = delivery.add_proof(picture=photo(), now=sh("05 14:00:00"), **given)
    assert delivery.add_proof(picture=photo(), now=sh("05 14:00:09"), **given) == first
    assert len(files(folder)) == Entry.objects.filter(name="proof_added").count() == 1


def test_a_shipment_has_room_for_so_many(company, monkeypatch):
    order = loaded(company)
    monkeypatch.setattr(proofs, "MOST_PROOFS", 2)
    with pytest.raises(Refused, match="最多 2 张") as refusal:
        does(
            order, "sign", company.second_clerk, "05 15:00:00", **SIGNED,
            pictures=[photo(color=color) for color in ("red", "green", "blue")],
        )  # fmt: skip
    assert refusal.value.field == "photo"
    assert shipment(order).state == "out_for_delivery"


def test_and_for_so_many_bytes(company, monkeypatch):
    order = loaded(company)
    monkeypatch.setattr(proofs, "MOST_KEPT", 100)
    with pytest.raises(Refused, match="图片"):
        does(order, "sign", company.second_clerk, "05 15:00:00", pictures=[photo()], **SIGNED)


def test_before_the_goods_are_at_hand_there_is_nothing_to_prove(company):
    order = departed(company)
    with pytest.raises(Refused, match="尚未装车派送"):
        delivery.add_proof(number=order.number, clerk=company.clerk, picture=photo(), now=sh("05 10:00:00"))


def test_another_branch_adds_nothing(company):
    order = loaded(company)
    with pytest.raises(Shipment.DoesNotExist):
        delivery.add_proof(number=order.number, clerk=company.third_clerk, picture=photo(), now=sh("05 15:00:00"))


def test_a_photo_waits_with_the_scan_it_came_with(company):
    """A sign-off told before the loading is parked with its photo and stands once it can."""
    order = arrived(company)
    phone = {"at": sh("05 14:30:00"), "source": "phone:9", "park": True, "pictures": [photo()]}
    assert does(order, "sign", company.second_clerk, "05 15:00:00", **BY_DOORMAN, **phone).state == "arrived"
    goods = does(
        order, "load_for_delivery", company.second_clerk, "05 15:10:00", at=sh("05 13:00:00"),
        driver=company.second_clerk.number,
    )  # fmt: skip
    assert (goods.state, goods.signed_at) == ("signed", sh("05 14:30:00"))
    assert [proof.kind for proof in proofs.standing(goods)] == ["slip"]


def test_the_same_key_for_another_act_is_not_taken_for_a_replay(company):
    first, other = loaded(company), loaded(company)
    does(first, "sign", company.second_clerk, "05 15:00:00", source="phone:1", **SIGNED)
    with pytest.raises(Exception, match="操作编号") as lost:
        does(other, "sign", company.second_clerk, "05 15:00:00", source="phone:1", **SIGNED)
    assert type(lost.value).__name__ == "Conflict"
    assert Scan.objects.filter(source="phone:1").count() == 1


def test_nobody_signs_before_the_goods_were_loaded(company):
    order = loaded(company, "05 13:00:00")
    with pytest.raises(Refused, match="不能早于装车") as refusal:
        does(order, "sign", company.second_clerk, "05 15:00:00", at=sh("05 12:59:59"), **SIGNED)
    assert refusal.value.field == "at"
    assert does(order, "sign", company.second_clerk, "05 15:00:00", at=sh("05 13:00:00"), **SIGNED).state == "signed"


@pytest.mark.parametrize(("days", "told"), [(15, True), (15.000001, False)])
def test_an_outside_carriers_signature_is_entered_within_fifteen_days(company, days, told):
    """Back-dated further than the setting: refused; the branch's own courier has two days."""
    order = forwarded(company)
    at = sh("05 14:00:00")
    say = {"at": at, **SIGNED}
    now = at + timedelta(days=days)
    if told:
        assert delivery.act(number=order.number, verb="sign", clerk=company.second_clerk, now=now, **say).ended_at == at
        return
    with pytest.raises(Refused, match="15 天前") as refusal:
        delivery.act(number=order.number, verb="sign", clerk=company.second_clerk, now=now, **say)
    assert refusal.value.field == "at"


@pytest.mark.parametrize(
    ("signed", "entered", "state"),
    [
        ("06 16:59:59", "07 00:00:00", "met"),
        ("06 16:59:59", "07 00:00:00.000001", "breached"),
        ("06 17:00:00", "07 12:00:00", "met"),
        ("06 17:00:00", "07 12:00:00.000001", "breached"),
    ],
)
def test_the_sign_off_of_forwarded_goods_is_entered_in_time(company, signed, entered, state):
    """§1.3.2.2: signed before 17:00: 24:00 that day; from 17:00 on: 12:00 the next day. Written at entry, judged."""
    order = forwarded(company)
    does(order, "sign", company.second_clerk, entered, at=sh(signed), **SIGNED)
    assert list(order.deadlines.filter(clause="§1.3.2.2").values_list("state", flat=True)) == [state]


def test_files_without_rows_are_swept_after_a_day(company, folder):
    order = loaded(company)
    now = sh("05 15:00:00")
    with time_machine.travel(now, tick=False):
        does(order, "sign", company.second_clerk, "05 15:00:00", pictures=[photo()], **SIGNED)
    kept = files(folder)[0]
    stray = folder / "proofs" / "aa" / f"aa{'0' * 30}.jpg"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"half a picture")
    written = stray.stat().st_mtime
    assert proofs.sweep(sh("2020-01-01 00:00:00")) == 0
    later = sh("1970-01-01 08:00:00") + timedelta(seconds=written, days=1, minutes=1)
    assert proofs.sweep(later) == 1
    assert files(folder) == [kept]


def test_an_empty_house_has_nothing_to_sweep():
    assert not Path(house.MEDIA_ROOT, "proofs").exists()
    assert proofs.sweep(sh("05 15:00:00")) == 0


def test_the_doctor_finds_a_file_that_is_not_what_was_stored(company, folder):
    order = loaded(company)
    does(order, "sign", company.second_clerk, "05 15:00:00", pictures=[photo(), signature()], **SIGNED)
    assert lost_proofs(sh("05 16:00:00")) == []
    files(folder)[0].write_bytes(b"half a picture")
    assert "1 张缺失或损坏" in lost_proofs(sh("05 16:00:00"))[0].zh
    for file in files(folder):
        file.unlink()
    assert "2 张缺失或损坏" in lost_proofs(sh("05 16:00:00"))[0].zh


@pytest.mark.postgres
def test_a_proof_is_never_changed(company):
    order = loaded(company)
    does(order, "sign", company.second_clerk, "05 15:00:00", pictures=[photo()], **SIGNED)
    for change in (lambda rows: rows.update(sha256="x"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change(Proof.objects.all())
