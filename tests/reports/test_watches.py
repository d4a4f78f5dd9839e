"""Watch lists: what a day finds, listed once, cleared or upheld, upheld with a penalty (§1.4.3f, §1.2.2.c, §1.2.2.a, §1.7.2.9)."""

from collections import Counter
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from core.models import Actor, Entry
from customers import services as customers
from customers.models import Customer
from customers.services import Said
from orders import services as orders
from penalties.models import Penalty, WatchItem
from penalties.services import clear_item, list_items, uphold_item
from reports.service import Month, judged_steps, standards
from reports.watches import found_on, list_recent
from rulebook.errors import Conflict, Denied, Refused
from rulebook.watches import WATCHES
from sla.services import tick
from tests.factories import Company, Party, draft, placed, sh
from tests.orders.bills import bill, ready

pytestmark = pytest.mark.django_db
DAY, MORNING = date(2026, 11, 4), sh("05 06:00:00")


@pytest.fixture
def company(db) -> Company:
    return Company()


def ordered(company: Company, count: int, shippers: int, at: str = "04 10:00:00", login: str = "7") -> None:
    """Place so many orders from one account, with so many different shipper phones."""
    for n in range(count):
        shipper = Party(name="张三", phone=f"1380013{8000 + n % shippers}", place="330106", address="文三路 100 号")
        content = draft(branch_code=company.branch.code, shipper=shipper)
        orders.place(content, channel="hall", by=Actor("customer", login), now=sh(at))


def listed(kind: str) -> list[WatchItem]:
    return [item for item in found_on(DAY, MORNING) if item.kind == kind]


def test_the_two_borders_of_the_handbook():
    assert (WATCHES["many_shippers"].least, WATCHES["many_orders"].least) == (3, 20)


@pytest.mark.parametrize(("shippers", "found"), [(2, 0), (3, 1), (4, 1)])
def test_three_shippers_on_one_account(company, shippers, found):
    ordered(company, 4, shippers)
    assert len(listed("many_shippers")) == found


@pytest.mark.parametrize(("count", "found"), [(19, 0), (20, 1)])
def test_twenty_orders_on_one_account(company, count, found):
    ordered(company, count, 1)
    assert len(listed("many_orders")) == found


def test_both_borders_are_settings(company, settings):
    settings.FRAUD_SHIPPERS, settings.FRAUD_ORDERS = 2, 4
    ordered(company, 4, 2)
    assert {item.kind for item in found_on(DAY, MORNING)} == {"many_shippers", "many_orders"}


def test_a_day_is_a_local_day_and_an_account_is_one_login(company):
    ordered(company, 2, 2, "04 23:59:59.999999")
    ordered(company, 1, 1, "05 00:00:00")
    ordered(company, 2, 2, "04 00:00:00", login="8")
    ordered(company, 2, 2, "04 12:00:00", login="")
    assert listed("many_shippers") == []


def test_a_members_phone_stands_for_the_account_where_nobody_logged_in(company):
    member = Customer(name="诚信通会员", group="alibaba_member", branch=company.branch, added_at=sh("01 09:00:00"))
    member.set_phone("13800138000")
    member.save()
    for _n in range(20):
        content = draft(branch_code="B1")
        orders.place(content, channel="alibaba", by=Actor("partner", "1"), now=sh("04 10:00:00"))
    assert [item.subject for item in listed("many_orders")] == [f"customer/{member.pk}"]
    Customer.objects.update(group="alibaba")
    assert listed("many_orders") == []


def test_it_names_account_branch_and_billing_clerk(company):
    order = ready(company)
    bill(company, order)
    for n in range(2):
        shipper = Party(name="张三", phone=f"1380013900{n}", place="330106", address="文三路 100 号")
        orders.place(draft(branch_code="B1", shipper=shipper), channel="hall", by=Actor("customer", "1"), now=sh("04 10:00:00"))
    (item,) = listed("many_shippers")
    assert (item.subject, item.unit, item.person) == ("account/1", company.branch, company.clerk)
    assert item.data["order_numbers"][0] == order.number
    assert (item.data["orders"], item.data["shippers"]) == (3, 3)
    assert (item.data["branches"], item.data["clerks"]) == ({company.branch.pk: 3}, {company.clerk.pk: 1})


def test_days_end_names_order_and_who_answered(company):
    """Reached by day, neither accepted nor billed: §1.2.2.a at 23:00, §1.2.2.c at 24:00."""
    order = placed(sh("04 10:00:00"), branch=company.branch)
    tick(now=sh("05 00:00:01"))
    found = {item.kind: item for item in found_on(DAY, MORNING)}
    assert set(found) == {"not_ended", "not_accepted"}
    item = found["not_ended"]
    assert (item.subject, item.order_number, item.unit, item.person) == (
        f"order/{order.pk}", order.number, company.branch, company.manager,
    )  # fmt: skip


def test_listed_once_and_nights_that_were_missed_are_made_up_for(company):
    placed(sh("04 10:00:00"), branch=company.branch)
    tick(now=sh("06 06:00:00"))
    assert list_recent(now=sh("06 06:00:00")) == 3  # accepted on neither... §1.2.2.a once, §1.2.2.c on both days
    assert Counter(WatchItem.objects.values_list("kind", "day")) == {
        ("not_accepted", date(2026, 11, 4)): 1, ("not_ended", date(2026, 11, 4)): 1, ("not_ended", date(2026, 11, 5)): 1,
    }  # fmt: skip
    assert list_recent(now=sh("06 06:05:00")) == 0
    assert Entry.objects.filter(name="watch_item_listed").count() == 3


def test_the_database_holds_one_a_day_and_subject(company):
    WatchItem.objects.create(kind="many_orders", day=DAY, subject="account/7", listed_at=MORNING)
    with pytest.raises(IntegrityError), transaction.atomic():
        WatchItem.objects.create(kind="many_orders", day=DAY, subject="account/7", listed_at=MORNING)


@pytest.fixture
def item(company) -> WatchItem:
    ordered(company, 20, 1)
    list_items(found_on(DAY, MORNING), now=MORNING)
    return WatchItem.objects.get(kind="many_orders")


def test_cleared_with_a_reason_nothing_follows(company, item):
    clear_item(pk=item.pk, person=company.officer, reason="展会集中发货", now=sh("05 09:00:00"))
    item.refresh_from_db()
    assert (item.state, item.decided_by, item.decided_at, item.reason) == (
        "cleared", company.officer, sh("05 09:00:00"), "展会集中发货",
    )  # fmt: skip
    assert not Penalty.objects.exists()
    with pytest.raises(Conflict) as lost:
        uphold_item(pk=item.pk, person=company.officer, reason="x", culprit=company.clerk.number, now=sh("05 09:01:00"))
    assert (lost.value.winner, lost.value.at) == (company.officer.name, sh("05 09:00:00"))


def test_upheld_the_person_is_penalised_once(company, item):
    uphold_item(pk=item.pk, person=company.officer, reason="替非会员窜开", culprit=company.clerk.number, now=sh("05 09:00:00"))
    penalty = Penalty.objects.get()
    assert (penalty.clause, penalty.case, penalty.cause, penalty.person, penalty.amount) == (
        "§1.7.2.9", "other", f"watch/{item.pk}", company.clerk, None,
    )  # fmt: skip
    fact = Entry.objects.get(name="watch_item_upheld")
    assert (fact.data["person"], penalty.entry_id) == (company.clerk.pk, fact.pk)
    with pytest.raises(Conflict):
        uphold_item(pk=item.pk, person=company.officer, reason="再来", culprit=company.clerk.number, now=sh("05 09:01:00"))
    assert Penalty.objects.count() == 1


def test_an_unknown_person_is_refused_and_nothing_is_stored(company, item):
    with pytest.raises(Refused) as said:
        uphold_item(pk=item.pk, person=company.officer, reason="x", culprit="P99999", now=sh("05 09:00:00"))
    assert said.value.field == "culprit"
    item.refresh_from_db()
    assert (item.state, Penalty.objects.count()) == ("open", 0)


def test_only_the_department_decides_and_managers_see_their_own(company, item):
    for person in (company.clerk, company.manager, company.regional_manager, company.agent):
        with pytest.raises(Denied):
            clear_item(pk=item.pk, person=person, reason="x", now=sh("05 09:00:00"))
    seen = {p.pk: WatchItem.objects.visible_to(p).count() for p in (company.regional_manager, company.third_clerk, company.officer)}
    assert seen == {company.regional_manager.pk: 1, company.third_clerk.pk: 0, company.officer.pk: 1}


def test_chats_nobody_answered_in_two_minutes_by_branch(company):
    """§4.3.1.1: one finding a branch and day; exactly two minutes is in time, an answered later turn still counts."""
    asked = [customers.open_chat(said=Said("到哪了"), unit=unit, now=sh(f"04 10:0{n}:00")) for n, unit in enumerate([company.branch, company.branch, company.second])]
    customers.answer_chat(pk=asked[0].pk, clerk=company.clerk, text="在途", now=sh("04 10:02:00.000001"))
    customers.answer_chat(pk=asked[2].pk, clerk=company.second_clerk, text="在途", now=sh("04 10:04:00"))
    tick(now=sh("04 12:00:00"))
    (found,) = listed("chat_unanswered")
    assert (found.subject, found.unit, found.person) == (f"unit/{company.branch.pk}", company.branch, company.manager)
    assert (found.data["turns"], found.data["chats"]) == (2, [asked[0].pk, asked[1].pk])
    assert list_recent(now=MORNING) == 1
    assert list_recent(now=MORNING) == 0
    item = WatchItem.objects.get()
    uphold_item(pk=item.pk, person=company.officer, reason="当班脱岗", culprit=company.manager.number, now=sh("05 09:00:00"))
    assert (Penalty.objects.get().clause, Penalty.objects.get().person) == ("§1.7.2.9", company.manager)


def test_the_share_of_chats_answered_counts_its_rows(company):
    chats = [customers.open_chat(said=Said("到哪了"), unit=company.branch, now=sh(f"04 10:0{n}:00")) for n in range(4)]
    for chat, answered in zip(chats, ("04 10:02:00", "04 10:03:00.000001", "04 10:03:00"), strict=False):
        customers.answer_chat(pk=chat.pk, clerk=company.clerk, text="在途", now=sh(answered))
    month, now = Month.of(2026, 11), sh("04 11:00:00")
    for person, told in ((company.clerk, (2, 4)), (company.second_clerk, (0, 0)), (company.regional_manager, (2, 4)), (company.officer, (2, 4))):
        (each,) = [each for each in standards(person, month, now=now) if each.code == "chats"]
        assert (each.part, each.whole) == told
        assert judged_steps(person, month, "§4.3.1.1", now).count() == each.whole
    client = Client()
    client.force_login(company.clerk.account)
    page = client.get("/desk/service/standards/?month=2026-11").content.decode()
    assert "/desk/service/standards/chats/?month=2026-11" in page
    rows = client.get("/desk/service/standards/chats/?month=2026-11").content.decode()
    assert all(f"/desk/chats/{chat.pk}/" in rows for chat in chats)
    late = client.get("/desk/service/standards/chats/?month=2026-11&late=1").content.decode()
    assert [f"/desk/chats/{chat.pk}/" in late for chat in chats] == [False, True, False, True]
    assert client.get("/desk/service/standards/nonsense/").status_code == 404
