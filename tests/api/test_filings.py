"""Filings and outages by the API: each verb, what it answers, what it refuses (§1.4.2, §3.6.1)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from complaints.models import Evidence
from complaints.services import evidence
from desk.doctor import lost_evidence
from network.choices import UnitKind
from network.models import Person
from rulebook.roles import Role
from sla import services as sla
from sla.models import Deadline
from tests.api.test_verbs import Staff, clerk, company, done, refusal  # noqa: F401  (fixtures)
from tests.complaints.test_evidence import PDF
from tests.delivery.pictures import jpeg
from tests.delivery.test_pictures import SVG
from tests.factories import Company, placed, post, sh, unit

pytestmark = pytest.mark.django_db
SPAN = {"reason": "power_or_network", "since": "2026-11-03T10:00:00+08:00", "until": "2026-11-03T11:00:00+08:00", "units": ["B1"]}


@pytest.fixture
def expert(company: Company) -> Staff:  # noqa: F811
    person: Person = post(Role.IT, unit("IT", UnitKind.DEPARTMENT, company.root, name="信息管理中心"))
    return Staff(person)


@pytest.fixture
def late(company: Company) -> Deadline:  # noqa: F811
    order = placed(sh("03 10:10:00"), branch=company.branch)
    sla.tick(now=sh("03 14:00:00"))
    return Deadline.objects.get(order=order, clause="§1.2.1.1")


def test_filed_verified_granted_reopened(company: Company, clerk: Staff, expert: Staff, late: Deadline) -> None:  # noqa: F811
    officer = Staff(company.officer)
    filing = done(clerk.post(f"deadlines/{late.pk}/filings/", {"reason": "pc_fault", "text": "蓝屏"}), 201)
    assert (filing["state"], filing["clause"], filing["confirmed"]) == ("filed", "§1.2.1.1", None)
    at = f"filings/{filing['id']}/"
    refusal(officer.post(f"{at}decide/", {"grant": True, "decision": "同意"}), 422, "§3.6.1")
    done(clerk.post(f"{at}verify/", {"confirmed": True, "finding": "属实"}), 403)
    assert done(expert.post(f"{at}verify/", {"confirmed": True, "finding": "属实"}))["state"] == "verified"
    done(expert.post(f"{at}verify/", {"confirmed": True, "finding": "再来"}), 409)
    assert done(officer.post(f"{at}decide/", {"grant": True, "decision": "同意"}))["state"] == "granted"
    assert done(officer.get(f"deadlines/{late.pk}/"))["state"] == "excused"
    assert done(officer.post(f"{at}reopen/", {"reason": "有误"}))["state"] == "reopened"
    assert [act["verb"] for act in done(clerk.get(at))["acts"]] == ["file", "confirm", "grant", "reopen"]
    done(Staff(company.third_clerk).get(at), 404)
    assert [each["id"] for each in done(officer.get("filings/?state=reopened&reason=pc_fault"))["results"]] == [filing["id"]]
    assert done(officer.get("filings/?reason=off_hours"))["results"] == []


def test_an_outage_from_preview_to_its_rows(company: Company, expert: Staff, late: Deadline) -> None:  # noqa: F811
    officer = Staff(company.officer)
    seen = done(expert.post("outages/preview/", SPAN))
    assert (seen["clocks"], {step["clause"] for step in seen["steps"]}) == (1, {"§1.2.1.1", "§1.2.1.1b"})
    assert {each["why"] for each in seen["outside"]} == {"clause"}
    act = done(expert.post("outages/", {**SPAN, "text": "停电", "seen": 1}), 201)
    assert (act["verb"], act["state"], act["handled"], act["failed"]) == ("file", "done", 1, 0)
    at = f"outages/{act['outage']}/"
    done(expert.post(f"{at}decide/", {"grant": True, "words": "x"}), 403)
    assert done(officer.post(f"{at}decide/", {"grant": True, "words": "同意"}))["failed"] == 0
    told = done(officer.get(at))
    assert [(row["deadline"], row["state"], row["said"]) for row in told["rows"]] == [(str(late.pk), "granted", "")]
    assert [each["verb"] for each in told["acts"]] == ["file", "grant"]
    assert done(officer.post(f"{at}reopen/", {"words": "有误"}))["handled"] == 1
    assert done(expert.post(f"{at}verify/", {"confirmed": False, "words": "查无停电"}))["handled"] == 1
    assert [each["id"] for each in done(officer.get("outages/"))["results"]] == [act["outage"]]
    assert done(Staff(company.third_clerk).get("outages/"))["results"] == []
    done(Staff(company.third_clerk).get(at), 404)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"units": []}, 400), ({"units": ["ZZ"]}, 400), ({"reason": "off_hours"}, 400), ({"until": "2026-11-03T09:00:00+08:00"}, 422),
        ({"since": "gestern"}, 400), ({"more": 1}, 400), ({"text": ""}, 400), ({"seen": 7}, 409), ({"seen": 0}, 400),
    ],
)  # fmt: skip
def test_what_an_outage_refuses(company: Company, expert: Staff, late: Deadline, changes: dict, status: int) -> None:  # noqa: F811
    done(expert.post("outages/", {**SPAN, "text": "停电", **changes}), status)
    assert done(expert.get("outages/"))["results"] == []


def test_files_prove_a_filing(company: Company, clerk: Staff, late: Deadline, settings, tmp_path) -> None:  # noqa: F811
    settings.MEDIA_ROOT = tmp_path
    filing = done(clerk.post(f"deadlines/{late.pk}/filings/", {"reason": "pc_fault", "text": "蓝屏"}), 201)
    at = f"/api/v1/filings/{filing['id']}/evidence/"
    send = lambda person, content: person.http.post(at, {"file": SimpleUploadedFile("蓝屏.jpg", content)})  # noqa: E731
    [kept] = send(clerk, jpeg()).json()
    assert (kept["media"], kept["name"]) == ("image/jpeg", "蓝屏.jpg")
    assert send(clerk, jpeg()).json() == []  # the same file once
    refused = send(clerk, SVG).json()
    assert (refused["field"], refused["clause"]) == ("file", "§3.6.1")
    assert clerk.http.post(at, {}).status_code == 400
    officer = Staff(company.officer)
    assert [each["key"] for each in done(officer.get(f"filings/{filing['id']}/evidence/"))] == [kept["key"]]
    assert officer.http.get(f"{at}{kept['key']}/")["Content-Disposition"].startswith("attachment; ")
    assert send(officer, PDF).status_code == 403
    for who in (Staff(company.third_clerk), Staff(company.second_clerk)):
        assert who.http.get(f"{at}{kept['key']}/").status_code == 404
        assert send(who, PDF).status_code == 404
    assert Evidence.objects.count() == 1


def test_the_doctor_misses_a_damaged_file(company: Company, clerk: Staff, late: Deadline, settings, tmp_path) -> None:  # noqa: F811
    settings.MEDIA_ROOT = tmp_path
    said = [evidence.read(jpeg(), "a.jpg"), evidence.read(PDF, "b.pdf")]
    sla.file(deadline_id=str(late.pk), clerk=company.clerk, reason="pc_fault", text="蓝屏", files=said, now=sh("03 15:00:00"))
    assert lost_evidence(sh("04 09:00:00")) == []
    photo, paper = Evidence.objects.order_by("pk")
    (tmp_path / photo.path).write_bytes(b"else")
    [found] = lost_evidence(sh("04 09:00:00"))
    assert found.zh.startswith(f"1 个投诉、理赔、备案或问题单的文件缺失或损坏，例如 {photo.subject} 的 {photo.path}")
    (tmp_path / paper.path).unlink()
    assert lost_evidence(sh("04 09:00:00"))[0].zh.startswith("2 个")
