"""Units and people: founded, moved, closed, appointed, relieved — and nothing of it rewrites the past."""

import pytest
from django.test import Client

from network.models import Account, Person, Placement, Post, Unit
from network.services import Answerable
from rulebook.roles import Role
from tests.desk.conftest import NOON
from tests.factories import FOUNDED, Company, placed, post, sh


@pytest.fixture
def admin(company: Company, clock: object) -> Client:
    client = Client()
    client.force_login(post(Role.ADMINISTRATOR, company.root).account)
    return client


UNIT = {
    "code": "B9",
    "name": "余杭营业部",
    "kind": "branch",
    "parent": "R1",
    "place": "330110",
    "serves": "330110, 3301",
}


def test_the_tree(admin: Client, company: Company) -> None:
    rows = admin.get("/desk/units/").context["rows"]
    assert [(unit.code, depth) for unit, depth, _leader in rows][:6] == [
        ("HQ", 0), ("CC", 1), ("D1", 1), ("A1", 2), ("R1", 3), ("B1", 4),
    ]  # fmt: skip
    leaders = {unit.code: leader for unit, _depth, leader in rows}
    assert (leaders["B1"], leaders["R1"], leaders["B2"]) == (company.manager, company.regional_manager, None)


def test_founding_a_branch(admin: Client, company: Company) -> None:
    assert admin.post("/desk/units/new/", UNIT).url == "/desk/units/B9/"
    made = Unit.objects.get(code="B9")
    assert (made.path, made.serves, made.parent) == ("HQ/D1/A1/R1/B9/", ["330110", "3301"], company.region)
    assert 29 < made.lat < 31
    assert 119 < made.lng < 121
    assert Placement.objects.get(unit=made).since == NOON


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "B1"), ("code", "b1"), ("code", "A/B"), ("code", ""), ("name", ""), ("kind", "castle"), ("kind", "company"),
        ("parent", "NOPE"), ("place", ""), ("place", "999999"), ("serves", "9999"), ("serves", "杭州"), ("phone", "1"),
        ("opens", "25:00"), ("name", "字" * 61),
    ],
)  # fmt: skip
def test_bad_units(admin: Client, field: str, value: str) -> None:
    answer = admin.post("/desk/units/new/", UNIT | {field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Unit.objects.filter(code="B9").exists()


def test_moving_keeps_who_answered_before(admin: Client, company: Company) -> None:
    assert admin.post("/desk/units/B1/move/", {"parent": "R2"}).url == "/desk/units/B1/"
    moved = Unit.objects.get(code="B1")
    assert moved.path == "HQ/D1/A1/R2/B1/"
    answerable = Answerable({moved.pk})
    assert answerable.person(Role.REGIONAL_MANAGER, moved.pk, sh("03 12:00:00")) == company.regional_manager.pk
    assert answerable.person(Role.REGIONAL_MANAGER, moved.pk, NOON) is None
    placements = admin.get("/desk/units/B1/").context["placements"]
    assert [(each.parent, each.since, each.until) for each in placements] == [
        (company.other_region, NOON, None), (company.region, FOUNDED, NOON),
    ]  # fmt: skip


@pytest.mark.parametrize("parent", ["", "R1", "B1", "NOPE"])
def test_a_unit_is_not_moved_below_itself(admin: Client, company: Company, parent: str) -> None:
    assert admin.post("/desk/units/R1/move/", {"parent": parent}).status_code == 422
    assert Unit.objects.get(code="R1").path == "HQ/D1/A1/R1/"


def test_closing_waits_for_orders_and_units_below(admin: Client, company: Company) -> None:
    order = placed(NOON, branch=company.third)
    assert "未结订单" in admin.post("/desk/units/B3/close/").content.decode()
    assert "下级单位" in admin.post("/desk/units/R2/close/").content.decode()
    order.__class__.objects.filter(pk=order.pk).update(branch=company.second)
    assert admin.post("/desk/units/B3/close/").url == "/desk/units/B3/"
    closed = Unit.objects.get(code="B3")
    assert closed.closed_at == NOON
    held = Post.objects.get(person=company.third_clerk)
    assert (held.since, held.until) == (FOUNDED, NOON)
    assert "B3" not in [unit.code for unit, _d, _l in admin.get("/desk/units/").context["rows"]]
    assert "B3" in [unit.code for unit, _d, _l in admin.get("/desk/units/?closed=1").context["rows"]]


def test_hiring_and_appointing(admin: Client, company: Company) -> None:
    person = {"number": "N-100", "name": "新员工", "phone": "13700137000", "password": "long enough 9"}
    assert admin.post("/desk/people/new/", person).url == "/desk/people/N-100/"
    assert Client().login(username="N-100", password="long enough 9")
    admin.post("/desk/people/N-100/appoint/", {"unit": "B2", "role": "branch_clerk"})
    hired = Person.objects.get(number="N-100")
    assert [(p.unit, p.role, p.since, p.until) for p in hired.posts.all()] == [
        (company.second, "branch_clerk", NOON, None)
    ]


def test_a_new_manager_ends_the_old_ones_term_and_leaves_the_past(admin: Client, company: Company) -> None:
    admin.post(f"/desk/people/{company.clerk.number}/appoint/", {"unit": "B1", "role": "branch_manager"})
    old = Post.objects.get(person=company.manager)
    assert (old.since, old.until) == (FOUNDED, NOON)
    answerable = Answerable({company.branch.pk})
    assert answerable.person(Role.BRANCH_MANAGER, company.branch.pk, sh("03 12:00:00")) == company.manager.pk
    assert answerable.person(Role.BRANCH_MANAGER, company.branch.pk, NOON) == company.clerk.pk


def test_relieving_ends_a_term_and_shows_it(admin: Client, company: Company) -> None:
    held = Post.objects.get(person=company.clerk)
    admin.post(f"/desk/people/posts/{held.pk}/relieve/")
    held.refresh_from_db()
    assert held.until == NOON
    assert "2026-11-04 10:00" in admin.get(f"/desk/people/{company.clerk.number}/").content.decode()
    admin.post(f"/desk/people/posts/{held.pk}/relieve/")
    held.refresh_from_db()
    assert held.until == NOON


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", ""),
        ("number", "张三"),
        ("name", ""),
        ("password", "short"),
        ("password", "1234567890"),
        ("phone", "x"),
    ],
)
def test_bad_people(admin: Client, field: str, value: str) -> None:
    person = {"number": "N-100", "name": "新员工", "phone": "", "password": "long enough 9"}
    answer = admin.post("/desk/people/new/", person | {field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Account.objects.filter(username="N-100").exists()


@pytest.mark.parametrize(
    "post_data", [{}, {"unit": "B1"}, {"unit": "NOPE", "role": "it"}, {"unit": "B1", "role": "king"}]
)
def test_bad_posts(admin: Client, company: Company, post_data: dict[str, str]) -> None:
    assert admin.post(f"/desk/people/{company.clerk.number}/appoint/", post_data).status_code == 422
    assert company.clerk.posts.count() == 1


def test_finding_people(admin: Client, company: Company) -> None:
    rows = admin.get("/desk/people/", {"q": "西湖"}).context["rows"]
    assert {person for person, _posts in rows} == {company.clerk, company.manager, company.driver}
    assert "没有符合条件的人员" in admin.get("/desk/people/", {"q": "𠮷"}).content.decode()


def test_only_the_administrator(company: Company, clock: object) -> None:
    pages = ("units/", "units/new/", "units/B1/", "people/", "people/new/", f"people/{company.clerk.number}/")
    acts = ("units/B1/move/", "units/B1/close/", f"people/{company.clerk.number}/appoint/", "people/posts/1/relieve/")
    for person in (company.clerk, company.officer, company.regional_manager):
        client = Client()
        client.force_login(person.account)
        assert {client.get(f"/desk/{page}").status_code for page in pages} == {403}
        assert {client.post(f"/desk/{act}").status_code for act in acts} == {403}
    assert Post.objects.filter(until__isnull=False).count() == 0


def test_what_is_not_there_is_404(admin: Client) -> None:
    for page in ("units/NOPE/", "people/NOPE/"):
        assert admin.get(f"/desk/{page}").status_code == 404
    assert admin.post("/desk/people/posts/999999/relieve/").status_code == 404
