"""Checks of contacts and cancel reasons (§1.7.2.3, §1.7.2.4); missed pickups two in a row (§1.7.2.8)."""

from __future__ import annotations

from datetime import date

import pytest

from complaints import services as complaints
from complaints.models import Complaint
from core.models import Entry
from network.models import Post
from orders import services as orders
from orders.models import Contact, Order
from penalties import services
from penalties.choices import Checked, State
from penalties.models import ContactCheck, MissedPair, Penalty, WatchItem
from rulebook.errors import Conflict, Denied, Refused
from rulebook.events import On
from rulebook.streaks import Pickup, missed_in_a_row
from sla.models import Step
from sla.services import tick
from tests.factories import accepted, placed, sh
from tests.penalties.upheld import Ladder

NOW = sh("05 09:00:00")
DECIDED = sh("07 09:00:00")


@pytest.fixture
def firm(db: None) -> Ladder:
    return Ladder()


def taken(firm: Ladder, at: str = "04 10:00:00", **changes: object) -> Order:
    return accepted(sh(at), firm.clerk, branch=firm.branch, placed_at=sh(at), **changes)


def opened(firm: Ladder, order: Order, kind: str = "acceptance", text: str = "没有人给我打过电话") -> ContactCheck:
    return services.open_check(number=order.number, kind=kind, text=text, clerk=firm.agent, now=NOW)


def fined() -> list[tuple[str, str, str]]:
    found = Penalty.objects.exclude(state=State.REVERSED).select_related("person").order_by("pk")
    return [(each.clause, each.person.name, each.regulation) for each in found]


def test_a_contact_on_record_leaves_it_to_the_department(firm: Ladder) -> None:
    check = opened(firm, taken(firm))
    assert (check.doubtful, check.state, check.unit, check.judged_at) == (False, Checked.OPEN, firm.branch, sh("04 10:00:00"))
    assert fined() == []
    assert Entry.objects.get(name=On.CONTACT_CHECK_OPENED).order_number == check.order.number


BEFORE = [("04 10:00:00", False), ("04 10:00:01", True)]  # called at; without a reached contact before the acceptance


@pytest.mark.parametrize(("called", "doubtful"), BEFORE)
def test_without_a_contact_before_it_is_found_at_once(firm: Ladder, called: str, doubtful: bool) -> None:
    order = taken(firm)
    Contact.objects.filter(order=order).update(at=sh(called))
    assert opened(firm, order).doubtful is doubtful


def test_another_branchs_contact_does_not_count(firm: Ladder) -> None:
    order = taken(firm)
    Contact.objects.filter(order=order).update(branch=firm.second)
    assert opened(firm, order).doubtful


def test_upheld_it_fines_the_three_posts_of_that_instant(firm: Ladder) -> None:
    check = opened(firm, taken(firm))
    services.uphold_check(pk=check.pk, decision="通话记录无此号码", clerk=firm.officer, now=NOW)
    assert fined() == [
        ("§1.7.2.3", firm.manager.name, "rp_3.3.1_b"),
        ("§1.7.2.3", firm.regional_manager.name, "rp_3.3.1_c"),
        ("§1.7.2.3", firm.director.name, "rp_3.3.1_b"),
    ]
    assert {each.at for each in Penalty.objects.all()} == {sh("04 10:00:00")}


def test_cleared_it_fines_nobody_and_is_decided_once(firm: Ladder) -> None:
    check = opened(firm, taken(firm))
    services.clear_check(pk=check.pk, decision="录音证实已联系", clerk=firm.officer, now=NOW)
    assert fined() == []
    with pytest.raises(Conflict):
        services.uphold_check(pk=check.pk, decision="改判", clerk=firm.officer, now=NOW)


def test_a_false_cancel_reason(firm: Ladder) -> None:
    order = taken(firm)
    with pytest.raises(Refused):
        opened(firm, order, "cancel_reason")
    orders.cancel(number=order.number, by=firm.clerk.actor, reason="not_shipping", text="", person=firm.clerk, now=sh("04 11:00:00"))
    check = opened(firm, order, "cancel_reason", "我没有取消过")
    services.uphold_check(pk=check.pk, decision="回访核实", clerk=firm.officer, now=NOW)
    assert fined() == [
        ("§1.7.2.4", firm.manager.name, "rp_3.3.1_a"),
        ("§1.7.2.4", firm.regional_manager.name, "rp_3.3.1_b"),
        ("§1.7.2.4", firm.director.name, "rp_3.3.1_a"),
    ]


def test_what_is_refused(firm: Ladder) -> None:
    waiting = placed(sh("04 09:00:00"), branch=firm.branch)
    with pytest.raises(Refused):
        opened(firm, waiting)
    order = taken(firm)
    for text in ("", " ", "长" * 301):
        with pytest.raises(Refused):
            opened(firm, order, text=text)
    with pytest.raises(Denied):
        services.open_check(number=order.number, kind="acceptance", text="无", clerk=firm.clerk, now=NOW)
    check = opened(firm, order)
    with pytest.raises(Conflict):
        opened(firm, order)
    with pytest.raises(Denied):
        services.uphold_check(pk=check.pk, decision="属实", clerk=firm.agent, now=NOW)
    with pytest.raises(Refused):
        services.uphold_check(pk=check.pk, decision=" ", clerk=firm.officer, now=NOW)


# Missed pickups (§1.7.2.8).

STREAKS = [  # pickups by due time: o collected, x missed, X missed with a complaint; fined already; pairs by place
    ("", "", []),
    ("x", "", []),
    ("xx", "", []),  # no customer complained
    ("Xx", "", [(0, 1)]),
    ("xX", "", [(0, 1)]),
    ("XX", "", [(0, 1)]),
    ("XoX", "", []),  # not in a row
    ("xXX", "", [(0, 1)]),  # the count restarts: the third stands alone
    ("xXXx", "", [(0, 1), (2, 3)]),
    ("xxX", "", [(1, 2)]),
    ("xxXx", "", [(1, 2)]),
    ("oXxo", "", [(1, 2)]),
    ("xXXX", "01", [(2, 3)]),
    ("XXX", "12", []),  # the last two were fined before the first complaint came
    ("XoXX", "", [(2, 3)]),
]


@pytest.mark.parametrize(("told", "fined_already", "pairs"), STREAKS)
def test_two_in_a_row(told: str, fined_already: str, pairs: list[tuple[int, int]]) -> None:
    pickups = [Pickup(str(turn), mark != "o", mark == "X") for turn, mark in enumerate(told)]
    assert missed_in_a_row(pickups, set(fined_already)) == [(str(one), str(other)) for one, other in pairs]


def complain(firm: Ladder, order: Order, at: str = "06 09:00:00") -> None:
    """A customer complains of a late pickup."""
    matter = complaints.Matter(category="late_pickup", text="一直没有来接货", branch=firm.branch.code)
    complaints.file(matter=matter, clerk=firm.agent, order=order.number, now=sh(at))


def test_missed_twice_in_a_row_and_complained_of(firm: Ladder) -> None:
    first, second = taken(firm, "04 10:00:00"), taken(firm, "04 11:00:00")
    tick(now=sh("04 18:00:00"))
    assert MissedPair.objects.count() == 0
    assert Step.objects.filter(clause="§1.3.1.1", kind="due", state="breached").count() == 2
    complain(firm, second)
    pair = MissedPair.objects.get()
    assert (pair.first.order, pair.second.order, pair.at) == (first, second, sh("04 13:00:00"))
    item = WatchItem.objects.get()
    assert (item.kind, item.day, item.subject, item.unit, item.person) == ("missed_pickups", date(2026, 11, 4), pair.cause, firm.branch, firm.manager)
    assert (item.data, item.order_number) == ({"order_numbers": [first.number, second.number]}, second.number)
    assert not Penalty.objects.filter(clause="§1.7.2.8").exists()
    services.uphold_item(pk=item.pk, person=firm.officer, reason="派车记录属实", now=DECIDED)
    penalty = Penalty.objects.get(clause="§1.7.2.8")
    assert (penalty.person, penalty.cause, penalty.regulation, penalty.at) == (firm.manager, pair.cause, "execution", sh("04 13:00:00"))
    complain(firm, first, "06 10:00:00")
    assert (MissedPair.objects.count(), WatchItem.objects.count(), Complaint.objects.count()) == (1, 1, 2)


def test_complained_of_before_the_second_is_missed(firm: Ladder) -> None:
    first = taken(firm, "04 10:00:00")
    taken(firm, "04 11:00:00")
    tick(now=sh("04 12:30:00"))
    complain(firm, first, "04 12:40:00")
    assert not WatchItem.objects.exists()
    tick(now=sh("04 13:30:00"))
    tick(now=sh("04 13:31:00"))
    assert WatchItem.objects.count() == 1


def streak(firm: Ladder) -> tuple[WatchItem, Order]:
    """Two pickups missed, the second complained of."""
    taken(firm, "04 10:00:00")
    second = taken(firm, "04 11:00:00")
    tick(now=sh("04 18:00:00"))
    complain(firm, second)
    return WatchItem.objects.get(), second


def test_cleared_nothing_follows_and_the_two_do_not_count_again(firm: Ladder) -> None:
    item, _second = streak(firm)
    services.clear_item(pk=item.pk, person=firm.officer, reason="客户两次改约", now=DECIDED)
    complain(firm, taken(firm, "05 10:00:00"), "06 11:00:00")
    tick(now=sh("06 12:00:00"))  # a third one missed: it stands alone
    assert (WatchItem.objects.count(), Penalty.objects.filter(clause="§1.7.2.8").count()) == (1, 0)


@pytest.mark.parametrize("upheld", [True, False])
def test_no_longer_complained_of_it_lapses_and_its_fine_is_reversed(firm: Ladder, upheld: bool) -> None:
    item, _second = streak(firm)
    if upheld:
        services.uphold_item(pk=item.pk, person=firm.officer, reason="属实", now=DECIDED)
    complaints.take(pk=Complaint.objects.get().pk, clerk=firm.officer, now=DECIDED)
    complaints.dismiss(pk=Complaint.objects.get().pk, clerk=firm.officer, reason="客户不在场", now=DECIDED)
    item.refresh_from_db()
    assert (item.state, item.reason) == (("upheld", "属实") if upheld else ("cleared", "no_streak"))
    assert list(Penalty.objects.filter(clause="§1.7.2.8").values_list("state", "reason")) == ([("reversed", "no_streak")] if upheld else [])
    with pytest.raises(Conflict):
        services.uphold_item(pk=item.pk, person=firm.officer, reason="再次", now=DECIDED)


def test_where_nobody_managed_the_branch_the_fine_waits_for_a_name(firm: Ladder) -> None:
    Post.objects.filter(person=firm.manager).update(until=sh("03 09:00:00"))
    item, _second = streak(firm)
    services.uphold_item(pk=item.pk, person=firm.officer, reason="属实", now=DECIDED)
    assert Penalty.objects.get(clause="§1.7.2.8").payer == f"vacant/branch_manager/{firm.branch.pk}"
