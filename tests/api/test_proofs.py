"""Proof of delivery under /api/v1/: handed in, listed, fetched by whom it concerns; a wrong tap taken back (§4.3.2.8)."""

import hashlib

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from delivery.models import Proof
from orders.models import Order
from tests.api.client import PartnerClient, partner
from tests.api.test_verbs import API, Staff, done
from tests.delivery.pictures import bomb, jpeg
from tests.delivery.test_shipments import arrived, loaded
from tests.factories import Company, sh

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db) -> Company:
    return Company()


@pytest.fixture(autouse=True)
def _five_november():
    with time_machine.travel(sh("05 14:00:00"), tick=False):
        yield


def uploaded(content: bytes, name: str = "slip.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def test_a_photo_is_handed_in_listed_and_fetched(company):
    order = arrived(company)
    staff, goods = Staff(company.second_clerk), f"shipments/{order.number}"
    url = f"{API}/{goods}/proofs/"
    early = staff.http.post(url, {"kind": "slip", "photo": uploaded(jpeg())})
    assert (early.status_code, early.json()["clause"]) == (422, "§4.3.2.8")
    done(staff.post(f"{goods}/load-for-delivery/", {"driver": company.second_clerk.number}))
    proxy = {"signer": "王五", "relation": "doorman"}
    assert done(staff.post(f"{goods}/sign/", proxy), 422)["field"] == "photo"
    told = done(staff.http.post(url, {"kind": "slip", "photo": uploaded(jpeg())}))
    assert (told["kind_name"], told["media"], told["width"]) == ("签收单照片", "image/jpeg", 320)
    assert done(staff.post(f"{goods}/sign/", proxy))["state"] == "signed"
    assert [each["key"] for each in done(staff.get(f"{goods}/proofs/"))] == [told["key"]]
    shown = staff.get(f"{goods}/proofs/{told['key']}/")
    assert hashlib.sha256(shown.content).hexdigest() == told["sha256"]
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"kind": "slip", "photo": b"<svg onload=alert(1)>"}, 422, "photo"),
        ({"kind": "slip", "photo": bomb()}, 422, "photo"),
        ({"kind": "passport", "photo": jpeg()}, 400, "kind"),
        ({"kind": "slip"}, 400, "photo"),
        ({"kind": "slip", "photo": jpeg(), "path": "../../x"}, 400, "path"),
    ],
)
def test_what_is_no_picture_is_refused_by_name(company, body, status, field):
    order = loaded(company)
    sent = {name: uploaded(value, "../a\r\nb.php") if isinstance(value, bytes) else value for name, value in body.items()}
    answer = done(Staff(company.second_clerk).http.post(f"{API}/shipments/{order.number}/proofs/", sent), status)
    assert answer["field"] == field
    assert not Proof.objects.exists()


def test_more_than_a_form_may_bring_is_refused(company):
    order = loaded(company)
    sent = {"kind": "slip", "photo": uploaded(bytes(13 * 1024 * 1024))}
    assert done(Staff(company.second_clerk).http.post(f"{API}/shipments/{order.number}/proofs/", sent), 413)


def test_whose_goods_they_are_not_finds_no_proof(company):
    order = loaded(company)
    goods = f"shipments/{order.number}"
    staff = Staff(company.second_clerk)
    told = done(staff.http.post(f"{API}/{goods}/proofs/", {"kind": "slip", "photo": uploaded(jpeg())}))
    other = Staff(company.third_clerk)
    for path in ("proofs/", f"proofs/{told['key']}/"):
        assert other.get(f"{goods}/{path}").status_code == 404
        assert staff.get(f"shipments/E2611040000000/{path}").status_code == 404
        assert Client().get(f"{API}/{goods}/{path}").status_code in (401, 403)
    assert other.http.post(f"{API}/{goods}/proofs/", {"kind": "slip", "photo": uploaded(jpeg())}).status_code == 404


def test_a_partner_sees_what_proves_its_own_orders(company):
    mine, others = partner(), partner("TX")
    order = loaded(company)
    Order.objects.filter(pk=order.pk).update(source=f"partner:{mine.pk}")
    sent = {"kind": "slip", "photo": uploaded(jpeg())}
    told = done(Staff(company.second_clerk).http.post(f"{API}/shipments/{order.number}/proofs/", sent))
    url = f"{API}/shipments/{order.number}/proofs/"
    with time_machine.travel(sh("05 14:00:00"), tick=False):
        assert [each["key"] for each in PartnerClient(mine).get(url).json()] == [told["key"]]
        assert PartnerClient(mine).get(f"{url}{told['key']}/").status_code == 200
        assert PartnerClient(others).get(url).status_code == 404
        assert PartnerClient(others).get(f"{url}{told['key']}/").status_code == 404


def test_a_wrong_tap_is_taken_back(company):
    order = loaded(company)
    staff, goods = Staff(company.second_clerk), f"shipments/{order.number}"
    done(staff.post(f"{goods}/sign/", {"signer": "李四", "relation": "self"}))
    back = done(staff.post(f"{goods}/take-back/"))
    assert (back["state"], back["signer"], back["signed_at"]) == ("out_for_delivery", "", None)
    assert done(staff.post(f"{goods}/take-back/"), 409)["code"] == "conflict"
