"""The outage pages: asked, previewed, filed, verified, decided, each row's result (§3.6.1)."""

import pytest
from django.test import Client

from network.choices import UnitKind
from network.models import Person
from penalties.models import Penalty
from rulebook.roles import Role
from sla import services as sla
from sla.models import Filing, Outage
from tests.factories import Company, placed, post, sh, unit

PAGE = "/desk/outages/"
SPAN = {"reason": "power_or_network", "units": "B1", "since": "2026-11-03T10:00", "until": "2026-11-03T11:00", "text": "全区停电"}


def login(person: Person) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


@pytest.fixture
def expert(company: Company, clock: object) -> Client:
    return login(post(Role.IT, unit("IT", UnitKind.DEPARTMENT, company.root, name="信息管理中心")))


@pytest.fixture
def missed(company: Company, clock: object) -> list:
    found = [placed(sh(f"03 10:{minute}:00"), branch=company.branch) for minute in (10, 20)]
    placed(sh("03 09:20:00"), branch=company.branch)
    sla.tick(now=sh("03 14:00:00"))
    return found


def previewed(client: Client, **changes: str) -> dict:
    """Ask for the preview; return what the page's form holds then."""
    answer = client.post(f"{PAGE}new/", {**SPAN, **changes, "preview": "1"})
    assert answer.status_code == 200
    return {**SPAN, **changes, "seen": str(answer.context["preview"].clocks), "of": answer.context["form"].mark()}


def test_the_preview_names_clocks_people_fines_and_what_stays_outside(expert: Client, company: Company, missed: list) -> None:
    answer = expert.post(f"{PAGE}new/", {**SPAN, "preview": "1"})
    page = answer.content.decode()
    assert answer.context["preview"].clocks == 2
    assert answer.context["fines"] == Penalty.objects.filter(order_number__in=[each.number for each in missed]).count() == 4
    assert {each["responsible_person__name"]: each["count"] for each in answer.context["people"]} == {
        company.manager.name: 2, company.regional_manager.name: 2,
    }  # fmt: skip
    assert "故障开始前已到期" in page
    assert "备案全部 2 条" in page
    assert Outage.objects.count() == 0


def test_from_preview_to_the_last_row(expert: Client, company: Company, missed: list) -> None:
    filed = expert.post(f"{PAGE}new/", previewed(expert))
    outage = Outage.objects.get()
    assert filed.url == f"{PAGE}{outage.pk}/"
    department = login(company.officer)
    page = department.get(filed.url)
    assert [verb for verb, _form, _wrong in page.context["forms"]] == ["grant", "refuse"]
    assert department.post(f"{filed.url}grant/", {"words": "同意"}).url == filed.url
    assert {each.state for each in Filing.objects.all()} == {"granted"}
    assert set(Penalty.objects.filter(order_number__in=[each.number for each in missed]).values_list("state", flat=True)) == {"reversed"}
    assert [verb for verb, _form, _wrong in department.get(filed.url).context["forms"]] == ["reopen"]
    assert department.get(f"{filed.url}?show=failed").context["page"].paginator.count == 0
    listed = department.get(PAGE)
    assert [each.clocks for each in listed.context["page"]] == [2]


def test_what_was_not_previewed_is_previewed_first(expert: Client, missed: list) -> None:
    answer = expert.post(f"{PAGE}new/", SPAN)
    assert (answer.status_code, answer.context["preview"].clocks) == (200, 2)
    seen = previewed(expert)
    moved = expert.post(f"{PAGE}new/", {**seen, "until": "2026-11-03T10:15"})
    assert (moved.status_code, Outage.objects.count()) == (200, 0)


def test_when_more_was_missed_since_the_preview_it_is_shown_again(expert: Client, company: Company, missed: list) -> None:
    seen = previewed(expert)
    answer = expert.post(f"{PAGE}new/", {**seen, "seen": "1"})
    assert answer.status_code == 409
    assert "请重新预览" in answer.content.decode()
    assert Outage.objects.count() == 0


def test_a_branch_managers_own_unit_is_filled_in_and_others_are_refused(company: Company, missed: list) -> None:
    manager = login(company.manager)
    assert manager.get(f"{PAGE}new/").context["form"].initial["units"] == "B1"
    answer = manager.post(f"{PAGE}new/", {**SPAN, "units": "B1, B3", "preview": "1"})
    assert answer.status_code == 422
    assert "不属于您的单位：B3" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"units": "B1\nZZ"}, "ZZ"), ({"units": " , "}, "没有这个单位"), ({"until": "2026-11-03T09:59"}, "不能早于"),
        ({"until": "2026-11-05T09:59"}, "不能晚于现在"), ({"reason": "off_hours"}, "没有这个选项"), ({"text": ""}, "请填写"),
        ({"since": "bald"}, "时间格式不正确"), ({"since": "2026-09-01T00:00"}, "31 天"), ({"units": "B1\0"}, "字符"),
    ],
)  # fmt: skip
def test_bad_input_is_said_beside_its_field(expert: Client, missed: list, changes: dict, words: str) -> None:
    answer = expert.post(f"{PAGE}new/", {**SPAN, **changes, "preview": "1"})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_others_find_nothing(company: Company, expert: Client, missed: list) -> None:
    expert.post(f"{PAGE}new/", previewed(expert))
    outage = Outage.objects.get()
    assert login(company.clerk).get(f"{PAGE}{outage.pk}/").status_code == 403
    stranger = login(post(Role.BRANCH_MANAGER, company.third))
    assert stranger.get(f"{PAGE}{outage.pk}/").status_code == 404
    assert list(stranger.get(PAGE).context["page"]) == []
    assert expert.post(f"{PAGE}{outage.pk}/grant/", {"words": "x"}).status_code == 403
    assert expert.post(f"{PAGE}{outage.pk}/file/", {"words": "x"}).status_code == 404
    assert login(company.officer).post(f"{PAGE}{outage.pk}/grant/", {"words": ""}).status_code == 422


def test_empty(expert: Client) -> None:
    assert "还没有成批备案" in expert.get(PAGE).content.decode()
    answer = expert.post(f"{PAGE}new/", {**SPAN, "units": "HQ", "preview": "1"})
    assert "这段时间内没有受影响的超时" in answer.content.decode()
