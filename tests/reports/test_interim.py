"""Interim answers to complaints that are missing after 3 days (§4.4.6): damage filed on the 23rd is due on the 26th, 24:00."""

from datetime import date

import pytest
from django.test import Client

from complaints import services
from network.models import Person
from reports.service import Month, standards, unanswered
from sla.services import tick
from tests.complaints.cases import Desk, filed
from tests.factories import sh

pytestmark = pytest.mark.django_db
NOVEMBER = Month.of(2026, 11)


@pytest.fixture
def desk(db) -> Desk:
    return Desk()


def figure(person: Person, at: str, month: Month = NOVEMBER) -> tuple[int, int, int]:
    found = next(each for each in standards(person, month, now=sh(at)) if each.code == "interim")
    assert found.clause == "§4.4.6"
    return found.part, found.whole, found.missing


def damage(desk: Desk, text: str = "破损"):
    return filed(desk, at="23 09:00:00", category="damage_loss", cause="handling", amount="300", text=text, order=desk.order())


def answer(desk: Desk, complaint, at: str) -> None:
    services.take(pk=complaint.pk, clerk=desk.officer, now=sh("23 10:00:00"))
    services.give_interim_answer(pk=complaint.pk, clerk=desk.officer, text="正在核实", until=date(2026, 12, 5), now=sh(at))


def test_missing_ones_are_counted_and_named(desk):
    in_time, late, never = damage(desk), damage(desk, "受潮"), damage(desk, "少件")
    answer(desk, in_time, "27 00:00:00")  # its last instant
    assert figure(desk.officer, "27 00:00:00") == (1, 1, 0)  # the others are not past due yet
    assert figure(desk.officer, "27 00:00:00.000001") == (1, 3, 2)
    tick(now=sh("27 00:00:06"))
    answer(desk, late, "27 09:00:00")
    assert figure(desk.officer, "28 09:00:00") == (1, 3, 2)
    found = unanswered(desk.officer, NOVEMBER, now=sh("28 09:00:00"))
    assert [(complaint, step.at) for complaint, step in found] == [(late, sh("27 00:00:00")), (never, sh("27 00:00:00"))]
    assert figure(desk.officer, "28 09:00:00", Month.of(2026, 12)) == (0, 0, 0)
    assert unanswered(desk.officer, Month.of(2026, 10), now=sh("28 09:00:00")) == []


def test_the_page_shows_the_figure_and_leads_to_the_complaints(desk, time_machine):
    damage(desk)
    late = damage(desk, "受潮")
    tick(now=sh("27 00:00:06"))
    answer(desk, late, "27 09:00:00")
    time_machine.move_to(sh("28 09:00:00"), tick=False)
    client = Client()
    client.force_login(desk.officer.account)
    page = client.get("/desk/service/standards/").content.decode()
    assert "3 日内书面阶段答复投诉" in page
    assert "0 / 2" in page
    assert f'href="/desk/complaints/{late.pk}/"' in page
    assert ("未答复" in page, "11-27 09:00 迟答" in page) == (True, True)
    assert "缺 3 日阶段答复的投诉" not in client.get("/desk/service/standards/?month=2026-12").content.decode()
