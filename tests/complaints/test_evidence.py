"""Files that prove a complaint: judged by their content, capped, kept with their rows or not at all."""

from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404

from complaints import services
from complaints.answers import attachment
from complaints.models import Evidence
from complaints.services import evidence
from core.models import Entry
from rulebook.errors import Conflict, Denied, Refused
from rulebook.roles import Role
from tests.complaints.cases import Desk, filed
from tests.delivery.pictures import bomb, geotagged, jpeg
from tests.delivery.test_pictures import NO_PICTURES
from tests.factories import post, sh

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def desk(db) -> Desk:
    return Desk()


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
def test_what_is_neither_photo_nor_whole_pdf_is_refused(content):
    with pytest.raises(Refused) as refusal:
        evidence.read(content, "照片.jpg")
    assert refusal.value.field == "files"


@pytest.mark.parametrize("content", [b"MZ" + PDF, PDF[:-6], b"<html>" + PDF, jpeg() + bytes(8 * 1024 * 1024), bomb()])
def test_what_only_claims_to_be_a_pdf_or_photo_is_refused(content):
    with pytest.raises(Refused):
        evidence.read(content, "文件.pdf")


def test_a_photo_is_drawn_anew_and_a_pdf_kept_as_it_is():
    photo, paper = evidence.read(geotagged(), "a.jpg"), evidence.read(PDF, "b.pdf")
    assert b"secret" not in photo.content
    assert (photo.media, photo.width, photo.height) == ("image/jpeg", 200, 400)
    assert (paper.media, paper.content, paper.width) == ("application/pdf", PDF, None)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\照片\\破损.jpg", "破损.jpg"), ('a"b\r\nSet-Cookie: x.jpg', "a b Set-Cookie  x.jpg"),
        ("gpj\u202efdp.exe", "gpj fdp.exe"), ("长" * 200, "长" * 80), ("...", ""),
    ],
)  # fmt: skip
def test_a_files_name_is_made_harmless(given, shown):
    assert evidence.read(PDF, given).name == shown


def test_kept_with_the_complaint_shown_as_an_attachment(desk, folder):
    complaint = filed(desk)
    given = [evidence.read(jpeg(), "破损.jpg"), evidence.read(PDF, "证明.pdf"), evidence.read(jpeg(), "again.jpg")]
    kept = services.add_evidence(pk=complaint.pk, clerk=desk.agent, files=given, now=sh("23 10:00:00"))
    assert [each.media for each in kept] == ["image/jpeg", "application/pdf"]
    assert services.add_evidence(pk=complaint.pk, clerk=desk.agent, files=given, now=sh("23 10:00:00")) == []
    assert files(folder) == sorted(each.path for each in kept)
    answer = attachment(kept[1])
    assert answer.content == PDF
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "application/pdf")
    (folder / kept[1].path).unlink()
    with pytest.raises(Http404):
        attachment(kept[1])
    assert Entry.objects.filter(subject=complaint.subject, name="evidence_added").get().data["files"] == 2


def test_who_may_add_and_until_when(desk):
    complaint = filed(desk, branch="B1")
    act = {"pk": complaint.pk, "files": [evidence.read(PDF)], "now": sh("23 10:00:00")}
    with pytest.raises(Denied):
        services.add_evidence(**act, clerk=post(Role.COURIER, desk.branch))
    with pytest.raises(type(complaint).DoesNotExist):
        services.add_evidence(**act, clerk=desk.third_clerk)
    with pytest.raises(Refused, match="请选择要上传的文件"):
        services.add_evidence(**act | {"files": []}, clerk=desk.clerk)
    services.take(pk=complaint.pk, clerk=desk.officer, now=sh("23 10:00:00"))
    services.dismiss(pk=complaint.pk, clerk=desk.officer, reason="查无此事", now=sh("23 10:00:00"))
    services.tell_result(pk=complaint.pk, clerk=desk.officer, text="不成立", means="phone", now=sh("23 10:00:00"))
    services.close(pk=complaint.pk, clerk=desk.officer, answer="yes", now=sh("23 10:00:00"))
    with pytest.raises(Conflict):
        services.add_evidence(**act, clerk=desk.clerk)
    assert Evidence.objects.count() == 0


def test_no_more_than_twenty_files_and_nothing_half_stored(desk, folder):
    complaint = filed(desk)
    given = [evidence.read(PDF + b"%" + bytes([65 + n]) + b"%%EOF") for n in range(21)]
    services.add_evidence(pk=complaint.pk, clerk=desk.agent, files=given[:19], now=sh("23 10:00:00"))
    with pytest.raises(Refused, match="最多 20 个文件"):
        services.add_evidence(pk=complaint.pk, clerk=desk.agent, files=given[19:], now=sh("23 10:00:00"))
    assert Evidence.objects.count() == len(files(folder)) == 19


def test_a_refused_filing_leaves_no_file(desk, folder):
    with pytest.raises(Refused):
        services.file(
            matter=services.Matter(category="other", text="破损"), clerk=desk.agent, files=[evidence.read(PDF)], now=sh("23 09:00:00")
        )
    assert files(folder) == []


def test_files_without_rows_are_swept_after_a_day(desk, folder):
    complaint = filed(desk)
    services.add_evidence(pk=complaint.pk, clerk=desk.agent, files=[evidence.read(PDF)], now=sh("23 10:00:00"))
    kept = files(folder)
    stray = folder / "evidence" / "aa" / f"aa{'0' * 30}.pdf"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"half a file")
    assert evidence.sweep(sh("2020-01-01 00:00:00")) == 0
    assert evidence.sweep(sh("2100-01-01 00:00:00")) == 1
    assert not stray.exists()
    assert files(folder) == kept


@pytest.mark.postgres
@pytest.mark.parametrize("sql", ["UPDATE complaints_evidence SET name = 'x'", "DELETE FROM complaints_evidence"])
def test_evidence_is_append_only_at_the_database(desk, sql):
    complaint = filed(desk)
    services.add_evidence(pk=complaint.pk, clerk=desk.agent, files=[evidence.read(PDF)], now=sh("23 10:00:00"))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
