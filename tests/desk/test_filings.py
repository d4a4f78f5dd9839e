"""备案: what a branch can file, what the department makes of it, who sees what (§1.4.2)."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from complaints.models import Evidence
from delivery import services as delivery
from notify.models import Message
from rulebook.roles import Role
from sla import services as sla
from sla.models import Deadline, Filing
from tests.complaints.test_evidence import PDF
from tests.delivery.pictures import bomb, jpeg
from tests.delivery.test_pictures import NO_PICTURES
from tests.delivery.test_shipments import arrived
from tests.desk.conftest import NOON
from tests.factories import Company, placed, post, sh

PAGE = "/desk/filings/"
EVENING = sh("03 19:00:00")


@pytest.fixture
def folder(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def upload(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def login(person) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


def missed(company: Company, at=EVENING, branch=None) -> Deadline:
    """Let a branch miss its ten minutes."""
    order = placed(at, branch=branch or company.branch)
    sla.tick(now=at + timedelta(minutes=20))
    return Deadline.objects.get(order=order, clause="§1.2.1.1")


def filed(company: Company, deadline: Deadline) -> Filing:
    return sla.file(
        deadline_id=str(deadline.pk), clerk=company.clerk, reason="off_hours", text="夜间无人值班", now=NOON
    )


@pytest.mark.parametrize("post_at", ["clerk", "officer", "manager"])
def test_the_rail_names_a_page_once(company: Company, clock: object, post_at: str) -> None:
    nav = login(getattr(company, post_at)).get(PAGE).context["frame"].nav
    named = [item.url for item in nav]
    assert PAGE in named
    assert sorted(named) == sorted(set(named))


@pytest.mark.parametrize(
    ("placed_at", "listed"),
    [
        ("03 17:44:59", False),  # second step due 17:59:59
        ("03 17:45:00", True),  # second step due 18:00:00, in off-hours
        ("03 17:50:00", True), ("03 23:30:00", True), ("04 07:59:59", True),
        ("04 08:00:00", False), ("03 12:00:00", False),
    ],
)  # fmt: skip
def test_off_hours_are_from_18_to_8_by_start_or_due(
    desk: Client, company: Company, placed_at: str, listed: bool
) -> None:
    clock = missed(company, sh(placed_at))
    found = [each.pk for each in desk.get(PAGE).context["fileable"]]
    assert found == ([clock.pk] if listed else [])


def test_a_branch_files_and_the_department_acknowledges(desk: Client, company: Company) -> None:
    clock = missed(company)
    assert desk.get(f"{PAGE}new/{clock.pk}/").status_code == 200
    assert desk.post(f"{PAGE}new/{clock.pk}/", {"text": "夜间无人值班"}).url == PAGE
    filing = Filing.objects.get()
    assert (filing.filed_by, filing.text, filing.filed_at) == (company.clerk, "夜间无人值班", NOON)
    assert list(desk.get(PAGE).context["fileable"]) == []
    assert login(company.officer).post(f"{PAGE}{filing.pk}/", {"grant": "1"}).url == PAGE
    clock.refresh_from_db()
    assert clock.state == "excused"
    assert set(clock.steps.exclude(kind="warn").values_list("state", flat=True)) == {"excused"}


def test_a_refusal_says_why_and_leaves_the_breach(desk: Client, company: Company) -> None:
    clock = missed(company)
    filing = filed(company, clock)
    officer = login(company.officer)
    answer = officer.post(f"{PAGE}{filing.pk}/", {"grant": "0"})
    assert answer.status_code == 422
    assert "不认可时请写明理由" in answer.content.decode()
    officer.post(f"{PAGE}{filing.pk}/", {"grant": "0", "decision": "当晚有人值班"})
    clock.refresh_from_db()
    assert clock.state == "breached"
    assert "当晚有人值班" in desk.get(f"{PAGE}{filing.pk}/").content.decode()
    assert [each.pk for each in desk.get(PAGE).context["fileable"]] == [clock.pk]  # may be filed again


def test_decided_twice_and_filed_twice_are_conflicts(desk: Client, company: Company) -> None:
    clock = missed(company)
    filing = filed(company, clock)
    assert desk.post(f"{PAGE}new/{clock.pk}/", {"text": "再报"}).status_code == 409
    officer = login(company.officer)
    officer.post(f"{PAGE}{filing.pk}/", {"grant": "1"})
    assert officer.post(f"{PAGE}{filing.pk}/", {"grant": "0", "decision": "x"}).status_code == 409


def test_what_was_missed_by_day_is_refused_with_its_clause(desk: Client, company: Company) -> None:
    clock = missed(company, sh("03 12:00:00"))
    answer = desk.post(f"{PAGE}new/{clock.pk}/", {"text": "忙"})
    assert answer.status_code == 422
    assert "§1.4.2" in answer.content.decode()
    assert Filing.objects.count() == 0


def test_other_branches_and_regions_see_nothing(company: Company, clock: object) -> None:
    late = missed(company)
    filing = filed(company, late)
    for person in (company.second_clerk, company.third_clerk):
        other = login(person)
        assert list(other.get(PAGE).context["page"]) == []
        assert other.get(f"{PAGE}{filing.pk}/").status_code == 404
        assert other.get(f"{PAGE}new/{late.pk}/").status_code == 404
        assert other.post(f"{PAGE}new/{late.pk}/", {"text": "x"}).status_code == 404
    manager = login(post(Role.REGIONAL_MANAGER, company.other_region))
    assert manager.get(PAGE).status_code == 403


def test_a_branch_decides_nothing(desk: Client, company: Company) -> None:
    filing = filed(company, missed(company))
    assert desk.post(f"{PAGE}{filing.pk}/", {"grant": "1"}).status_code == 403
    filing.refresh_from_db()
    assert filing.state == "filed"


def test_filters_and_empty_states(desk: Client, company: Company) -> None:
    assert "没有需要备案的超时" in desk.get(PAGE).content.decode()
    filed(company, missed(company))
    assert len(desk.get(f"{PAGE}?state=filed").context["page"]) == 1
    assert "该状态下没有备案" in desk.get(f"{PAGE}?state=refused").content.decode()
    assert len(desk.get(f"{PAGE}?state=zzz&page=xx").context["page"]) == 1


@pytest.mark.parametrize("text", ["", "   ", "字" * 501, "x" * 1_000_000])
def test_bad_input(desk: Client, company: Company, text: str) -> None:
    clock = missed(company)
    answer = desk.post(f"{PAGE}new/{clock.pk}/", {"text": text})
    assert answer.status_code == 422
    assert Filing.objects.count() == 0


def test_odd_texts_are_kept_as_they_are(desk: Client, company: Company) -> None:
    clock = missed(company)
    text = "<b>𠮷</b> =1+1 😀"
    desk.post(f"{PAGE}new/{clock.pk}/", {"text": text})
    filing = Filing.objects.get()
    assert filing.text == text
    assert "<b>𠮷" not in desk.get(f"{PAGE}{filing.pk}/").content.decode()


def test_the_token_is_asked_for(company: Company, clock: object) -> None:
    late = missed(company)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(company.clerk.account)
    assert strict.post(f"{PAGE}new/{late.pk}/", {"text": "x"}).status_code == 403


def test_the_list_costs_the_same_for_many(desk: Client, company: Company, django_assert_max_num_queries) -> None:
    for minute in range(8):
        missed(company, EVENING + timedelta(minutes=minute))
    with django_assert_max_num_queries(12):
        assert len(desk.get(PAGE).context["fileable"]) == 8


def test_a_noted_circumstance_is_filed_and_reviewed_with_its_evidence(company: Company, clock) -> None:
    """§1.3.3.1"""
    order = arrived(company)
    delivery.note_circumstance(number=order.number, clerk=company.second_clerk, now=sh("05 18:00:00"), cause="weather", text="暴雪封路")
    sla.tick(now=sh("05 21:00:00"))
    delivery.note_circumstance(number=order.number, clerk=company.second_clerk, now=sh("05 22:00:00"), cause="other", text="补记一条")
    clock.move_to(sh("06 09:00:00"))
    late, branch = Deadline.objects.get(order=order, clause="§1.3.3.1"), login(company.second_clerk)
    assert [each.pk for each in branch.get(PAGE).context["fileable"]] == [late.pk]
    page = branch.get(f"/desk/filings/new/{late.pk}/").content.decode()
    assert page.index("时限前") < page.index("暴雪封路") < page.index("时限后") < page.index("补记一条")
    assert branch.post(f"/desk/filings/new/{late.pk}/", {"text": "见日志"}).status_code == 302
    filing = Filing.objects.get()
    assert filing.reason == "special_circumstance"
    department = login(company.officer)
    assert "暴雪封路" in department.get(f"/desk/filings/{filing.pk}/").content.decode()
    assert department.post(f"/desk/filings/{filing.pk}/", {"grant": "1", "decision": "属实"}).status_code == 302
    late.refresh_from_db()
    assert late.state == "excused"


def test_a_filing_is_proved_by_files(desk: Client, company: Company, folder) -> None:
    clock = missed(company)
    page = f"{PAGE}new/{clock.pk}/"
    assert 'type="file"' in desk.get(page).content.decode()
    said = {"text": "夜间停电", "files": [upload(jpeg(), "断电.jpg"), upload(PDF, "通知.pdf")]}
    assert desk.post(page, said).url == PAGE
    filing = Filing.objects.get()
    shown = desk.get(f"{PAGE}{filing.pk}/").content.decode()
    assert "断电.jpg" in shown
    assert "2 个文件" in shown
    first, second = Evidence.objects.of(filing.subject)
    officer = login(company.officer)
    assert f"{PAGE}{filing.pk}/files/{first.key}/" in officer.get(f"{PAGE}{filing.pk}/").content.decode()  # the one who decides sees it
    answer = officer.get(f"{PAGE}{filing.pk}/files/{second.key}/")
    assert (answer.content, answer["X-Content-Type-Options"]) == (PDF, "nosniff")
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert desk.post(f"{PAGE}{filing.pk}/files/", {"files": [upload(jpeg(color="red"), "表.jpg")]}).url == f"{PAGE}{filing.pk}/"
    assert Evidence.objects.count() == 3
    for person in (company.third_clerk, company.second_clerk, company.driver):
        assert login(person).get(f"{PAGE}{filing.pk}/files/{first.key}/").status_code in (403, 404), person
        assert login(person).post(f"{PAGE}{filing.pk}/files/", {"files": [upload(PDF, "x.pdf")]}).status_code in (403, 404)
    assert Client().get(f"{PAGE}{filing.pk}/files/{first.key}/").status_code == 302
    other = filed(company, missed(company, EVENING + timedelta(minutes=1)))
    assert desk.get(f"{PAGE}{other.pk}/files/{first.key}/").status_code == 404  # another filing's
    officer.post(f"{PAGE}{filing.pk}/", {"grant": "1"})
    assert desk.post(f"{PAGE}{filing.pk}/files/", {"files": [upload(PDF + b"%%EOF", "late.pdf")]}).status_code == 409
    assert Evidence.objects.count() == 3


@pytest.mark.parametrize("content", [*NO_PICTURES.values(), bomb(), b"MZ" + PDF, b"<html>" + PDF], ids=[*NO_PICTURES, "bomb", "exe", "html"])
def test_what_is_no_photo_or_pdf_files_nothing(desk: Client, company: Company, folder, content: bytes) -> None:
    clock = missed(company)
    answer = desk.post(f"{PAGE}new/{clock.pk}/", {"text": "夜间停电", "files": [upload(content, "照片.jpg")]})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"files"}
    assert not Filing.objects.exists()
    filing = filed(company, clock)
    assert desk.post(f"{PAGE}{filing.pk}/files/", {"files": [upload(content, "照片.jpg")]}).status_code == 422
    assert not Evidence.objects.exists()
    assert list(folder.rglob("*.*")) == []


def test_the_link_names_the_reason(company: Company, clock: object) -> None:
    late = missed(company)
    desk = login(company.clerk)
    assert desk.get(f"{PAGE}new/{late.pk}/?reason=pc_fault").context["form"]["reason"].value() == "pc_fault"
    assert desk.get(f"{PAGE}new/{late.pk}/?reason=<b>").context["form"]["reason"].value() == "off_hours"


def test_many_are_decided_at_once_each_for_itself(company: Company, clock: object) -> None:
    filings = [filed(company, missed(company, EVENING + timedelta(minutes=n))) for n in range(3)]
    fault = sla.file(
        deadline_id=str(missed(company, EVENING + timedelta(minutes=9)).pk), clerk=company.clerk, reason="pc_fault", text="蓝屏", now=NOON
    )
    officer = login(company.officer)
    assert officer.get(PAGE).content.decode().count('form="decide"') == 4
    assert 'form="decide"' not in login(company.clerk).get(PAGE).content.decode()
    sla.decide_filing(filing_id=filings[2].pk, person=company.officer, grant=False, decision="不属实", now=NOON)
    ticked = [filings[0].pk, filings[1].pk, filings[2].pk, fault.pk, filings[0].pk, "x", 10**30]
    answer = officer.post(f"{PAGE}bulk/", {"filing": ticked, "grant": "1", "decision": "属实"})
    page = answer.content.decode()
    assert (answer.status_code, answer.context["good"], answer.context["bad"]) == (200, 2, 2)
    assert "成功 2 条，未成功 2 条" in page
    assert "§3.6.1" in page  # IT has not verified the fault
    assert list(Filing.objects.order_by("pk").values_list("state", flat=True)) == ["granted", "granted", "refused", "filed"]


def test_refusing_many_takes_words_and_nothing_ticked_says_so(company: Company, clock: object) -> None:
    filing = filed(company, missed(company))
    officer = login(company.officer)
    answer = officer.post(f"{PAGE}bulk/", {"filing": [filing.pk], "grant": "0"})
    assert answer.status_code == 422
    assert "不认可时请写明理由" in answer.content.decode()
    assert officer.post(f"{PAGE}bulk/", {"filing": [filing.pk], "grant": "5"}).status_code == 422
    assert "没有勾选备案" in officer.post(f"{PAGE}bulk/", {"grant": "1"}).content.decode()
    assert officer.get(f"{PAGE}bulk/").status_code == 405
    for person in (company.clerk, company.third_clerk):
        assert login(person).post(f"{PAGE}bulk/", {"filing": [filing.pk], "grant": "1"}).status_code == 403
    filing.refresh_from_db()
    assert filing.state == "filed"
    assert officer.post(f"{PAGE}bulk/", {"filing": [filing.pk], "grant": "0", "decision": "x" * 301}).status_code == 422


def test_why_this_deadline_leads_to_filing_it(company: Company, clock: object) -> None:
    late = missed(company)
    why = f"/desk/orders/{late.order.number}/why/{late.pk}/"
    desk = login(company.clerk)
    page = desk.get(why).content.decode()
    for reason in ("off_hours", "pc_fault"):
        assert f'href="{PAGE}new/{late.pk}/?reason={reason}"' in page
    assert "?reason=" not in login(company.officer).get(why).content.decode()  # who decides files nothing
    filed(company, late)
    assert "?reason=" not in desk.get(why).content.decode()
    running = Deadline.objects.open().filter(order=placed(NOON, branch=company.branch)).first()
    assert "?reason=" not in desk.get(f"/desk/orders/{running.order.number}/why/{running.pk}/").content.decode()


def test_the_branch_hears_of_every_turn_of_its_filing(company: Company, clock: object) -> None:
    late = missed(company)
    expert = post(Role.IT, company.department)
    filing = sla.file(deadline_id=str(late.pk), clerk=company.clerk, reason="pc_fault", text="蓝屏", now=NOON)
    act = {"filing_id": filing.pk, "now": NOON}
    sla.verify_filing(**act, person=expert, confirmed=True, finding="属实")
    sla.decide_filing(**act, person=company.officer, grant=True, decision="同意")
    sla.reopen_filing(**act, person=company.officer, reason="有误")
    sla.decide_filing(**act, person=company.officer, grant=False, decision="不属实")
    told = Message.objects.filter(filing=filing).order_by("pk")
    assert [(each.unit, each.kind) for each in told] == [
        (company.branch, kind) for kind in ("filing_check", "filing_ok", "filing_again", "filing_no")
    ]
    desk = login(company.clerk)
    page = desk.get("/desk/messages/").content.decode()
    assert f"订单 {late.order.number} 的备案（§1.2.1.1）未获认可" in page
    assert f'href="{PAGE}{filing.pk}/"' in page
    desk.get(f"{PAGE}{filing.pk}/")
    assert not told.filter(seen_at=None).exists()
