"""The working-day calendar: shown by year, edited with a preview of the clocks it moves, which closed ones never follow."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client

from complaints.models import Complaint
from core.journal import Fact, publish
from core.models import Entry
from network.models import CalendarDay
from network.services import calendar, set_day
from rulebook.due import local
from rulebook.events import On
from rulebook.facts import NO_FACTS
from rulebook.limits import LIMITS
from rulebook.workdays import Calendar
from sla import services as sla
from sla.models import Deadline
from sla.services.calendar import counts_workdays
from tests.desk.conftest import NOON
from tests.factories import CUSTOMER, Company, sh

PAGE = "/desk/calendar/"
ATTITUDE = "§1.6.1.2"
SAID = {"category": "attitude", "internal": False}


@pytest.fixture
def officer(company: Company, clock: object) -> Client:
    client = Client()
    client.force_login(company.officer.account)
    return client


def complaint(number: int, at: datetime, company: Company) -> Deadline:
    """File a complaint that is to be answered within 3 working days."""
    data = SAID | {"branch": company.branch.pk}
    row = {"number": f"T{number}", "filer": "call_centre", "category": "attitude", "text": "投诉", "filed_at": at, "opened_at": at}
    with transaction.atomic():
        Complaint.objects.create(pk=number, **row)
        publish(Fact(name=On.COMPLAINT_FILED, subject=f"complaint/{number}", at=at, by=CUSTOMER, data=data))
    return Deadline.objects.get(subject=f"complaint/{number}", clause=ATTITUDE)


def edit(client: Client, day: str, act: str, **values: str):
    return client.post(
        PAGE, {"date": day, "is_workday": "0", "confirmed": "on", "source": "公司通知 1 号", "act": act} | values
    )


def test_an_edit_is_shown_before_it_is_kept(officer: Client, company: Company) -> None:
    clock = complaint(1, NOON, company)
    assert local(clock.due_at).isoformat() == "2026-11-10T00:00:00+08:00"  # Thursday, Friday, Monday: 24:00 of the 9th
    answer = edit(officer, "2026-11-06", "preview")
    [move] = answer.context["moves"]
    assert (move.deadline, move.old_due, move.new_due) == (clock, sh("10 00:00:00"), sh("11 00:00:00"))
    assert CalendarDay.objects.count() == 0
    clock.refresh_from_db()
    assert clock.state == "open"


def test_confirming_replaces_the_open_clock(officer: Client, company: Company) -> None:
    old = complaint(1, NOON, company)
    assert edit(officer, "2026-11-06", "confirm").url == "/desk/calendar/?year=2026"
    old.refresh_from_db()
    [new] = old.replaced_with.all()
    assert (old.state, old.stopped_at, old.due_at) == ("replaced", NOON, sh("10 00:00:00"))
    assert (new.state, new.due_at, new.started_at, new.holder) == ("open", sh("11 00:00:00"), NOON, old.holder)
    assert [step.state for step in old.steps.exclude(kind="warn")] == ["replaced"]
    assert [(step.at, step.state) for step in new.steps.filter(kind="due")] == [(sh("11 00:00:00"), "open")]
    fact = Entry.objects.get(name="calendar_day_set")
    assert (fact.actor_id, fact.data["deadlines"]) == (str(company.officer.pk), [str(old.pk)])
    assert old.stop_entry == fact


def test_what_is_over_never_moves(officer: Client, company: Company, clock) -> None:
    closed = complaint(1, NOON, company)
    breached = complaint(2, NOON, company)
    said = SAID | {"branch": company.branch.pk}
    with transaction.atomic():
        publish(Fact(name=On.COMPLAINT_UPHELD, subject="complaint/1", at=NOON + timedelta(hours=1), by=CUSTOMER, data=said))
        publish(Fact(name=On.COMPLAINT_RESULT_TOLD, subject="complaint/1", at=NOON + timedelta(hours=2), by=CUSTOMER, data=said))
    clock.move_to(sh("2026-11-10 09:00:00"))
    officer.force_login(company.officer.account)
    sla.tick(now=sh("2026-11-10 09:00:00"))
    edit(officer, "2026-11-06", "confirm")
    for each in (closed, breached):
        before = each.due_at
        each.refresh_from_db()
        assert (each.due_at, each.replaced_with.count()) == (before, 0)
    assert breached.state == "breached"


def test_the_engine_counts_by_the_edited_calendar(company: Company, clock: object) -> None:
    set_day(date(2026, 11, 6), is_workday=False, confirmed=True, source="通知")
    assert complaint(1, NOON, company).due_at == sh("11 00:00:00")
    set_day(date(2026, 11, 6), is_workday=True, confirmed=True, source="更正")
    assert complaint(2, NOON, company).due_at == sh("10 00:00:00")


def test_orders_ask_no_calendar(company: Company) -> None:
    class Asked(Exception):
        pass

    class Watched(Calendar):
        def add_workdays(self, on: date, count: int) -> date:
            raise Asked

        def is_provisional(self, on: date) -> bool:
            raise Asked

    watched = replace(NO_FACTS, calendar=Watched.of([]))
    for limit in LIMITS.values():
        if not counts_workdays(limit):
            limit.due(NOON, watched)
    with pytest.raises(Asked):
        LIMITS[ATTITUDE].due(NOON, watched)


def test_the_calendar_is_built_once_for_the_same_rows(company: Company, django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        assert calendar() is calendar()


def test_the_explanation_of_a_moved_clock_says_so(officer: Client, company: Company) -> None:
    old = complaint(1, NOON, company)
    edit(officer, "2026-11-06", "confirm")
    old.refresh_from_db()
    new = old.replaced_with.get()
    assert any("接替的原时限" in line.zh for line in sla.explain(new))
    assert any("工作日历后来有改动" in line.zh for line in sla.explain(old))
    assert not any("工作日历后来有改动" in line.zh for line in sla.explain(new))


def test_the_year_shows_holidays_make_up_days_and_provisional_years(officer: Client) -> None:
    page = officer.get(f"{PAGE}?year=2025")
    assert not page.context["provisional"]
    assert page.context["workdays"] == 248
    assert "暂按周末和法定节假日推算" in officer.get(f"{PAGE}?year=2031").content.decode()


def test_a_day_that_was_clicked_is_in_the_form(officer: Client) -> None:
    form = officer.get(f"{PAGE}?year=2025&day=2025-01-26").context["form"]  # a Sunday worked before Spring Festival
    assert form["is_workday"].value() == "1"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("date", ""), ("date", "2026-02-30"), ("date", "9999-01-01"), ("date", "1900-01-01"), ("is_workday", "2"),
        ("source", ""), ("source", "x" * 100_000),
    ],
)  # fmt: skip
def test_bad_input(officer: Client, field: str, value: str) -> None:
    answer = edit(officer, "2026-11-06", "confirm", **{field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert CalendarDay.objects.count() == 0


@pytest.mark.parametrize(
    "query", ["year=abc", "year=99999999999", "year=-1", "day=x", "day=2026-13-01", "year=%F0%A0%AE%B7"]
)
def test_odd_addresses_show_a_year(officer: Client, query: str) -> None:
    assert officer.get(f"{PAGE}?{query}").status_code == 200


def test_only_those_who_keep_it(company: Company, clock: object) -> None:
    for person in (company.clerk, company.agent, company.regional_manager):
        client = Client()
        client.force_login(person.account)
        assert client.get(PAGE).status_code == 403
        assert edit(client, "2026-11-06", "confirm").status_code == 403
    assert CalendarDay.objects.count() == 0


def test_the_token_is_asked_for(company: Company, clock: object) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(company.officer.account)
    assert edit(strict, "2026-11-06", "confirm").status_code == 403


def test_new_clock_of_a_past_due_time_breaches_at_the_next_tick(officer: Client, company: Company, clock) -> None:
    """A day that turns out to have been worked may bring a due time into the past; the preview says so."""
    set_day(date(2026, 11, 9), is_workday=False, confirmed=False, source="误录")
    old = complaint(1, NOON, company)
    assert old.due_at == sh("11 00:00:00")
    clock.move_to(sh("2026-11-10 09:00:00"))
    officer.force_login(company.officer.account)
    answer = edit(officer, "2026-11-09", "preview", is_workday="1")
    assert "将立即超时" in answer.content.decode()
    edit(officer, "2026-11-09", "confirm", is_workday="1")
    sla.tick(now=datetime(2026, 11, 10, 1, 0, 5, tzinfo=UTC))
    assert old.replaced_with.get().state == "breached"
