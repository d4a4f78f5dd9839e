"""The manager's page: figures of one's scope, each leading to its rows, exported as they are shown."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from orders import services as orders
from rulebook.roles import Role
from sla import services as sla
from tests.desk.conftest import NOON
from tests.factories import CUSTOMER, Company, accepted, placed, post, sh

PAGE, ROWS = "/desk/manage/", "/desk/manage/rows/"


def login(person) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


@pytest.fixture
def busy(company: Company, clock: object) -> Company:
    """Two acceptances in time, one late, in the first branch; one late in the third; a cancellation without reason."""
    for minute, wait in ((0, 4), (10, 10), (20, 12)):
        at = sh(f"03 10:{minute:02}:00")
        accepted(at + timedelta(minutes=wait), company.clerk, branch=company.branch, placed_at=at)
    accepted(sh("03 11:00:00"), company.third_clerk, branch=company.third, placed_at=sh("03 10:40:00"))
    cancelled = placed(sh("03 12:00:00"), branch=company.branch)
    orders.cancel(number=cancelled.number, by=CUSTOMER, reason="", text="", now=sh("03 12:01:00"))
    sla.tick(now=NOON)
    return company


def figure(client: Client, code: str, **query: str):
    return next(f.score for f in client.get(PAGE, query).context["figures"] if f.score.kpi.code == code)


def test_ones_own_unit_and_this_month_by_default(busy: Company) -> None:
    chosen = login(busy.regional_manager).get(PAGE).context["chosen"]
    assert (chosen.unit, chosen.since.isoformat(), chosen.until.isoformat()) == (
        busy.region,
        "2026-11-01",
        "2026-11-04",
    )


def test_the_figure_and_its_rows(busy: Company) -> None:
    manager = login(busy.regional_manager)
    score = figure(manager, "timely_handling")
    assert (score.part, score.whole, str(score.share)) == (2, 3, "0.6667")
    for side, count in (("part", 2), ("missed", 1), ("whole", 3)):
        assert manager.get(ROWS, {"kpi": "timely_handling", "side": side}).context["page"].paginator.count == count
    html = manager.get(PAGE).content.decode()
    assert "66.67%" in html
    assert "n=3" in html
    assert "样本少于 20" in html


def test_the_company_sees_both_branches_by_unit(busy: Company) -> None:
    context = login(busy.officer).get(PAGE, {"unit": "A1"}).context
    below = {unit.code: figures[0].score for unit, figures in context["below"]}
    assert [(code, score.part, score.whole) for code, score in below.items()] == [("R1", 2, 3), ("R2", 0, 1)]


def test_another_region_is_not_there(busy: Company) -> None:
    stranger = login(post(Role.REGIONAL_MANAGER, busy.other_region))
    assert stranger.get(PAGE, {"unit": "R1"}).status_code == 404
    assert stranger.get(ROWS, {"unit": "B1", "kpi": "success"}).status_code == 404
    assert figure(stranger, "timely_handling").whole == 1


def test_information_entry_counts_the_missing_reason(busy: Company) -> None:
    score = figure(login(busy.manager), "information_entry")
    assert (score.part, score.whole) == (0, 1)


def test_files_hold_what_the_page_shows(busy: Company) -> None:
    manager = login(busy.regional_manager)
    query = {"kpi": "timely_handling", "side": "whole"}
    page = manager.get(ROWS, query).context
    text = b"".join(manager.get(ROWS, {**query, "as": "csv"}).streaming_content).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [page["head"], *page["rows"]]
    book = b"".join(manager.get(ROWS, {**query, "as": "xlsx"}).streaming_content)
    assert CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python() == [
        page["head"],
        *page["rows"],
    ]


def test_no_file_holds_a_formula(busy: Company) -> None:
    busy.manager.name = "=HYPERLINK(1)"
    busy.manager.save()
    manager = login(busy.regional_manager)
    query = {"kpi": "timely_handling", "side": "missed", "as": "csv"}
    assert "'=HYPERLINK(1)" in b"".join(manager.get(ROWS, query).streaming_content).decode()
    book = io.BytesIO(b"".join(manager.get(ROWS, {**query, "as": "xlsx"}).streaming_content))
    [_head, row] = CalamineWorkbook.from_filelike(book).get_sheet_by_index(0).to_python()
    assert row[-1] == "=HYPERLINK(1)"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("since", "2026-02-30"), ("until", "x"), ("until", "2026-10-01"), ("channel", "pigeon"), ("since", "0001-01-01"),
        ("until", "9999-12-31"),
    ],
)  # fmt: skip
def test_bad_scope_is_told_by_its_field(busy: Company, field: str, value: str) -> None:
    answer = login(busy.manager).get(PAGE, {field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_unknown_figures_and_units_are_404(busy: Company) -> None:
    manager = login(busy.manager)
    for query in ({"kpi": "x"}, {}, {"kpi": "success", "side": "x"}, {"kpi": "success", "unit": "NOPE"}):
        assert manager.get(ROWS, query).status_code == 404
    assert manager.get(PAGE, {"unit": "𠮷"}).status_code == 404
    assert manager.get(PAGE, {"unit": "\x00"}).status_code == 422


def test_only_those_with_figures_to_answer_for(busy: Company) -> None:
    for person in (busy.clerk, busy.driver, busy.agent):
        assert login(person).get(PAGE).status_code == 403
        assert login(person).get(ROWS, {"kpi": "success"}).status_code == 403


def test_a_channel(busy: Company) -> None:
    context = login(busy.regional_manager).get(PAGE, {"channel": "alibaba"}).context
    assert {f.score.whole for f in context["figures"]} == {0}
    assert {f.percent for f in context["figures"]} == {"–"}


def test_the_page_costs_no_more_for_more_units(busy: Company, django_assert_max_num_queries) -> None:
    officer = login(busy.officer)
    with django_assert_max_num_queries(26):
        officer.get(PAGE, {"unit": "A1"})
