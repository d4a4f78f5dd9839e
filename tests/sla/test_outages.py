"""An outage: every clock it touched, borders included, previewed, filed, verified and decided in one act (§3.6.1)."""

from datetime import timedelta

import pytest

from core.models import Entry
from network.choices import UnitKind
from network.models import Person
from orders import services as orders
from rulebook.errors import Conflict, Denied, Refused
from rulebook.events import On
from rulebook.roles import Role
from sla import services as sla
from sla.models import Filing, Outage, OutageAct, Step
from sla.services import Fault
from sla.services import outages as module
from sla.tasks import resume_outage_acts, run_outage_act
from tests.clocks import clock, step
from tests.factories import Company, placed, post, reached, sh, unit

pytestmark = pytest.mark.django_db
NOW = sh("04 15:00:00")


@pytest.fixture
def expert(company: Company) -> Person:
    return post(Role.IT, unit("IT", UnitKind.DEPARTMENT, company.root, name="信息管理中心"))


def fault(company: Company, since: str = "04 10:00:00", until: str = "04 11:00:00", **changes) -> Fault:
    said = {"reason": "power_or_network", "since": sh(since), "until": sh(until), "units": [company.branch]}
    return Fault(**{**said, **changes})


def opened(company: Company, person: Person, **changes) -> OutageAct:
    return sla.open_outage(fault=fault(company, **changes), text="全区停电", seen=None, person=person, now=NOW)


def acted(outage: Outage, verb: str, person: Person, at: str = "04 16:00:00") -> OutageAct:
    return sla.act_on_outage(outage_id=outage.pk, verb=verb, words="见公告", person=person, now=sh(at))


def missed(company: Company, *at: str, branch=None) -> list:
    found = [placed(sh(f"04 {each}"), branch=branch or company.branch) for each in at]
    sla.tick(now=sh("04 14:00:00"))
    return found


def states(order) -> list[str]:
    return [step(order, "§1.2.1.1").state, step(order, "§1.2.1.1b", "second").state]


@pytest.mark.parametrize(
    ("at", "touched"),
    [
        ("09:44:59.999999", []),  # the fifteen minutes ended just before
        ("09:45:00", ["§1.2.1.1b"]),  # they ended the moment the power went; the ten had ended before
        ("09:50:00", ["§1.2.1.1", "§1.2.1.1b"]),
        ("10:30:00", ["§1.2.1.1", "§1.2.1.1b"]),
        ("11:00:00", ["§1.2.1.1", "§1.2.1.1b"]),  # reached the branch the moment it came back
        ("11:00:00.000001", []),
    ],
)
def test_the_borders_of_the_span(company, expert, at, touched):
    (order,) = missed(company, at)
    seen = sla.preview(fault(company), expert, NOW)
    assert [each.clause for each in seen.steps] == touched
    if not touched:
        with pytest.raises(Refused, match="没有受影响"):
            opened(company, expert)
        return
    outage = opened(company, expert).outage
    acted(outage, "grant", company.officer)
    excused = Step.objects.filter(deadline__order=order, state="excused").order_by("at")
    assert [each.clause for each in excused] == touched


def test_a_preview_stores_nothing_and_says_what_stays_outside(company, expert):
    early, late, hit = missed(company, "09:30:00", "11:05:00", "10:30:00")
    in_time = placed(sh("04 10:10:00"), branch=company.branch)
    reached(in_time, company.clerk, sh("04 10:12:00"))
    orders.accept(number=in_time.number, clerk=company.clerk, now=sh("04 10:12:00"))
    missed(company, "10:30:00", branch=company.second)
    seen = sla.preview(fault(company), expert, NOW)
    assert (seen.clocks, {each.deadline.order for each in seen.steps}) == (1, {hit})
    outside = {(each.step.deadline.order.pk, each.step.clause): each.why for each in seen.outside}
    assert outside[early.pk, "§1.2.1.1"] == "before"
    assert outside[late.pk, "§1.2.1.1"] == "after"
    assert outside[hit.pk, "§1.3.1.1"] == "clause"  # the missed pickup is not excused by it
    assert outside[hit.pk, "§1.2.2.a"] == "clause"  # nor the limit of the whole day
    assert not {key for key in outside if key[0] == in_time.pk and key[1] == "§1.2.1.1"}
    assert (Filing.objects.count(), Outage.objects.count()) == (0, 0)


def test_it_files_and_verifies_in_one_act_and_the_department_grants(company, expert):
    found = missed(company, "10:05:00", "10:20:00", "10:40:00")
    act = opened(company, expert)
    assert (act.state, act.total, act.handled, act.failed) == ("done", 3, 3, 0)
    assert {(f.state, f.confirmed, f.filed_by) for f in Filing.objects.all()} == {("verified", True, expert)}
    done = acted(act.outage, "grant", company.officer)
    assert (done.handled, done.failed) == (3, 0)
    assert [states(order) for order in found] == [["excused", "excused"]] * 3
    assert Entry.objects.filter(name=On.DEADLINE_EXCUSED).count() == 6


def test_a_branch_manager_files_his_own_and_it_verifies_all(company, expert):
    missed(company, "10:05:00", "10:20:00")
    act = opened(company, company.manager)
    assert {f.state for f in Filing.objects.all()} == {"filed"}
    refused = acted(act.outage, "grant", company.officer)
    assert (refused.handled, refused.failed) == (2, 2)
    assert {"核实属实" in row.said for row in act.outage.rows.all()} == {True}
    acted(act.outage, "confirm", expert, "04 16:01:00")
    done = acted(act.outage, "grant", company.officer, "04 16:02:00")
    assert (done.handled, done.failed) == (2, 0)
    assert {row.said for row in act.outage.rows.all()} == {""}


def test_all_are_taken_up_again(company, expert):
    (order,) = missed(company, "10:05:00")
    outage = opened(company, expert).outage
    acted(outage, "grant", company.officer)
    acted(outage, "reopen", company.officer, "04 17:00:00")
    assert states(order) == ["breached", "breached"]
    acted(outage, "refuse", company.officer, "04 18:00:00")
    assert {f.state for f in Filing.objects.all()} == {"refused"}


def test_a_region_stands_for_its_branches(company, expert):
    missed(company, "10:05:00")
    missed(company, "10:06:00", branch=company.second)
    missed(company, "10:07:00", branch=company.third)
    assert sla.preview(fault(company, units=[company.region]), expert, NOW).clocks == 2
    assert sla.preview(fault(company, units=[company.region, company.branch]), expert, NOW).clocks == 2


def test_a_clock_with_an_open_filing_stays_outside_and_an_excused_one_too(company, expert):
    waiting, excused = missed(company, "10:05:00", "10:06:00")
    sla.file(deadline_id=str(clock(waiting, "§1.2.1.1").pk), clerk=company.clerk, reason="pc_fault", text="蓝屏", now=NOW)
    first = sla.file(deadline_id=str(clock(excused, "§1.2.1.1").pk), clerk=company.clerk, reason="pc_fault", text="蓝屏", now=NOW)
    sla.verify_filing(filing_id=first.pk, person=expert, confirmed=True, finding="属实", now=NOW)
    sla.decide_filing(filing_id=first.pk, person=company.officer, grant=True, decision="", now=NOW)
    seen = sla.preview(fault(company), expert, NOW)
    assert seen.clocks == 0
    why = {(each.step.deadline.order.pk, each.step.clause): each.why for each in seen.outside}
    assert (why[waiting.pk, "§1.2.1.1"], why[excused.pk, "§1.2.1.1"]) == ("filed", "excused")


def test_filed_meanwhile_a_row_says_so_and_the_others_go_on(company, expert, monkeypatch):
    first, second = missed(company, "10:05:00", "10:06:00")
    with monkeypatch.context() as patched:
        patched.setattr(module, "AT_ONCE", 0)  # as a large outage: rows are a worker's
        act = opened(company, expert)
    assert (act.state, act.handled) == ("running", 0)
    sla.file(deadline_id=str(clock(first, "§1.2.1.1").pk), clerk=company.clerk, reason="pc_fault", text="蓝屏", now=NOW)
    run_outage_act(act.pk)
    act.refresh_from_db()
    assert (act.state, act.handled, act.failed) == ("done", 2, 1)
    said = {row.deadline.order_id: (bool(row.filing_id), row.said) for row in act.outage.rows.select_related("deadline")}
    assert said == {first.pk: (False, "该时限已有待处理的备案。"), second.pk: (True, "")}


def test_one_act_at_a_time(company, expert, monkeypatch):
    missed(company, "10:05:00")
    with monkeypatch.context() as patched:
        patched.setattr(module, "AT_ONCE", 0)
        act = opened(company, expert)
    with pytest.raises(Conflict) as lost:
        acted(act.outage, "refuse", company.officer)
    assert (lost.value.winner, lost.value.at) == (expert.name, NOW)


def test_a_lost_worker_is_made_up_for(company, expert, monkeypatch, django_capture_on_commit_callbacks):
    missed(company, "10:05:00")
    with monkeypatch.context() as patched:
        patched.setattr(module, "AT_ONCE", 0)
        act = opened(company, expert)
    OutageAct.objects.update(touched_at=NOW - timedelta(days=1))
    with django_capture_on_commit_callbacks() as queued:
        resume_outage_acts()
    assert len(queued) == 1
    while sla.step_outage(act.pk, now=NOW):
        pass
    assert not sla.step_outage(act.pk, now=NOW)
    act.refresh_from_db()
    assert (act.state, act.handled) == ("done", 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"until": "04 09:59:59"}, "until"),
        ({"until": "04 15:00:01"}, "until"),  # not over yet
        ({"since": "2026-10-04 09:00:00"}, "since"),  # 31 days and more
        ({"reason": "off_hours"}, "reason"),
        ({"units": []}, "units"),
    ],
)
def test_what_cannot_be_filed_for_many(company, expert, changes, field):
    missed(company, "10:05:00")
    with pytest.raises(Refused) as said:
        opened(company, expert, **changes)
    assert (said.value.clause, said.value.field) == ("§3.6.1", field)


def test_a_moment_is_a_span_too(company, expert):
    missed(company, "10:05:00")
    assert opened(company, expert, since="04 10:10:00", until="04 10:10:00").handled == 1


def test_the_number_seen_is_the_number_filed(company, expert):
    missed(company, "10:05:00", "10:06:00")
    with pytest.raises(Conflict):
        sla.open_outage(fault=fault(company), text="停电", seen=1, person=expert, now=NOW)
    assert Outage.objects.count() == 0
    assert sla.open_outage(fault=fault(company), text="停电", seen=2, person=expert, now=NOW).handled == 2


def test_posts_and_scope(company, expert):
    missed(company, "10:05:00")
    for person in (company.clerk, company.driver, company.agent):
        with pytest.raises(Denied):
            opened(company, person)
    with pytest.raises(Denied):
        opened(company, company.manager, units=[company.second])
    outage = opened(company, company.manager).outage
    for verb, person in (("confirm", company.officer), ("grant", expert), ("reopen", company.manager)):
        with pytest.raises(Denied):
            acted(outage, verb, person)
    seen = {p.pk: Outage.objects.visible_to(p).count() for p in (company.manager, company.regional_manager, company.third_clerk)}
    assert seen == {company.manager.pk: 1, company.regional_manager.pk: 1, company.third_clerk.pk: 0}
