"""Chats with customers: turns and their two minutes, who answers, handing over, ending, what is refused (§3.2, §4.3.1.1)."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from core.models import Entry
from customers import services as customers
from customers.choices import Side
from customers.models import ChatLine, ChatTurn, Conversation, Phrase
from customers.services import Said
from customers.services.chats import rests, sweep_pictures
from notify.models import Message
from notify.services import see_chat
from notify.words import say
from rulebook.errors import Conflict, Denied, Refused
from rulebook.roles import Role
from sla.models import Deadline, Step
from sla.services import decide_filing, explain, file, tick, verify_filing
from tests.delivery.pictures import jpeg
from tests.factories import Company, post, sh

pytestmark = pytest.mark.django_db
NINE = sh("04 09:00:00")


@pytest.fixture
def company(db) -> Company:
    return Company()


def opened(company: Company, at: datetime = NINE, text: str = "货到哪里了？", **more: object) -> Conversation:
    return customers.open_chat(said=Said(text), unit=more.pop("unit", company.branch), now=at, **more)


def due_step(chat: Conversation) -> Step:
    return Step.objects.filter(deadline__subject=chat.subject, kind="due").order_by("at", F("deadline__stopped_at").asc(nulls_last=True)).last()


def told(chat: Conversation) -> set[tuple[str, str]]:
    return set(Message.objects.filter(chat=chat).values_list("unit__code", "kind"))


def test_the_first_line_opens_a_turn_and_its_clock(company):
    chat = opened(company, name="张三", phone="13800138000", order_number="E2611040000012", proven=True)
    clock = Deadline.objects.get(subject=chat.subject)
    assert (clock.clause, clock.started_at, clock.due_at, clock.holder) == ("§4.3.1.1", NINE, sh("04 09:02:00"), company.branch)
    assert (chat.waiting_since, chat.count, chat.unread, chat.unread_by_customer) == (NINE, 2, 2, 1)
    assert [(line.number, line.side) for line in chat.lines.all()] == [(1, "customer"), (2, "automatic")]
    assert "西湖营业部在线客服" in chat.lines.last().words
    assert told(chat) == {("B1", "chat")}
    assert "在线咨询" in say(Message.objects.get())
    assert Entry.objects.get(name="chat_turn_opened").order_number == "E2611040000012"
    assert "13800138000" not in str(list(Entry.objects.values()))


@pytest.mark.parametrize(
    ("answered", "state"),
    [
        ("04 09:00:00", "met"),
        ("04 09:01:59.999999", "met"),
        ("04 09:02:00", "met"),  # exactly on time is in time (§0.2)
        ("04 09:02:00.000001", "breached"),
    ],
)
def test_two_minutes_to_the_first_human_answer(company, answered, state):
    chat = opened(company)
    customers.answer_chat(pk=chat.pk, clerk=company.clerk, text="在途，明早到", now=sh(answered))
    assert due_step(chat).state == state
    turn = ChatTurn.objects.get()
    assert (turn.state, turn.opened_at, turn.answered_at, turn.answered_by) == ("answered", NINE, sh(answered), company.clerk)
    chat.refresh_from_db()
    assert chat.waiting_since is None


@pytest.mark.parametrize(
    ("asked", "due", "greeting"),
    [
        ("04 07:59:59.999999", "04 08:01:59.999999", "resting"),
        ("04 08:00:00", "04 08:02:00", "greeting"),
        ("04 19:59:59.999999", "04 20:01:59.999999", "greeting"),
        ("04 20:00:00", "04 20:02:00", "resting"),
        ("04 23:59:00", "05 00:01:00", "resting"),
    ],
)
def test_in_quiet_hours_the_words_change_and_the_clock_does_not(company, asked, due, greeting):
    for unit in (company.branch, company.call_centre):
        chat = opened(company, sh(asked), unit=unit)
        assert Deadline.objects.get(subject=chat.subject).due_at == sh(due)
        assert chat.lines.get(side="automatic").text == greeting


def test_a_branch_that_says_nothing_of_its_hours_never_rests(company):
    company.branch.opens = None
    assert not rests(company.branch, sh("04 03:00:00"))
    company.branch.opens, company.branch.closes = time(9), time(18)
    assert rests(company.branch, sh("04 08:59:59.999999"))
    assert rests(company.branch, sh("04 18:00:00"))
    assert not rests(company.branch, sh("04 09:00:00"))


def test_automatic_lines_and_further_questions_are_no_answer(company):
    chat = opened(company)
    customers.ask(pk=chat.pk, said=Said("在吗？"), now=sh("04 09:01:00"))
    customers.transfer_chat(pk=chat.pk, clerk=company.clerk, unit="B2", now=sh("04 09:01:30"))
    tick(now=sh("04 09:02:00.000001"))
    assert (ChatTurn.objects.count(), ChatTurn.objects.get().state, due_step(chat).state) == (1, "waiting", "breached")


def test_each_turn_has_a_clock_of_its_own(company):
    chat = opened(company)
    customers.answer_chat(pk=chat.pk, clerk=company.clerk, text="在途", now=sh("04 09:01:00"))
    customers.answer_chat(pk=chat.pk, clerk=company.clerk, text="明早八点到", now=sh("04 09:01:20"))
    customers.ask(pk=chat.pk, said=Said("谢谢，能改地址吗？"), now=sh("04 09:30:00"))
    tick(now=sh("04 09:32:05"))
    states = list(Step.objects.filter(kind="due").order_by("at").values_list("state", flat=True))
    assert states == ["met", "breached"]
    assert list(ChatTurn.objects.order_by("pk").values_list("state", flat=True)) == ["answered", "waiting"]


def test_a_line_written_before_the_question_answers_nothing(company):
    chat = opened(company)
    customers.answer_chat(pk=chat.pk, clerk=company.clerk, text="在途", now=sh("04 09:01:00"))
    customers.ask(pk=chat.pk, said=Said("能改地址吗？"), now=sh("04 09:05:00"))
    customers.answer_chat(pk=chat.pk, clerk=company.clerk, text="不客气", now=sh("04 09:04:59.999999"))
    assert ChatTurn.objects.filter(state="waiting").count() == 1
    customers.answer_chat(pk=chat.pk, clerk=company.clerk, text="可以", now=sh("04 09:05:30"))
    assert ChatTurn.objects.filter(state="waiting").count() == 0


def test_a_breach_alarms_branch_and_call_centre_names_who_answers_and_can_be_excused(company):
    chat, it = opened(company), post(Role.IT, company.department)
    tick(now=sh("04 09:01:00.000001"))
    assert told(chat) == {("B1", "chat"), ("B1", "reminder")}
    tick(now=sh("04 09:02:00"))
    assert due_step(chat).state == "open"
    tick(now=sh("04 09:02:05"))
    step = due_step(chat)
    assert (step.state, step.responsible_unit, step.responsible_person) == ("breached", company.branch, company.manager)
    assert told(chat) == {("B1", "chat"), ("B1", "reminder"), ("B1", "alarm"), ("CC", "alarm")}
    assert {say(each) for each in Message.objects.filter(kind="alarm")} == {f"在线咨询 {chat.pk} 已超时未回复：在线咨询应答（§4.3.1.1）"}
    lines = [line.zh for line in explain(step.deadline)]
    assert lines[0] == "§4.3.1.1 在线咨询应答"
    filing = file(deadline_id=str(step.deadline_id), clerk=company.clerk, reason="power_or_network", text="停电", now=sh("04 10:00:00"))
    verify_filing(filing_id=filing.pk, person=it, confirmed=True, finding="属实", now=sh("04 11:00:00"))
    decide_filing(filing_id=filing.pk, person=company.officer, grant=True, decision="认可", now=sh("04 12:00:00"))
    assert due_step(chat).state == "excused"


def test_handing_over_keeps_the_clock_and_an_old_breach_stays_where_it_was(company):
    chat = opened(company)
    customers.transfer_chat(pk=chat.pk, clerk=company.clerk, unit="CC", now=sh("04 09:01:30"))
    old, new = Deadline.objects.filter(subject=chat.subject).order_by(F("stopped_at").asc(nulls_last=True))
    assert (old.state, old.holder, new.holder) == ("replaced", company.branch, company.call_centre)
    assert (new.started_at, new.due_at, new.replaces) == (NINE, sh("04 09:02:00"), old)
    assert told(chat) == {("B1", "chat"), ("CC", "chat")}
    tick(now=sh("04 09:02:05"))
    assert due_step(chat).responsible_unit == company.call_centre
    customers.transfer_chat(pk=chat.pk, clerk=company.agent, unit="B3", now=sh("04 09:03:00"))
    customers.answer_chat(pk=chat.pk, clerk=company.third_clerk, text="我来处理", now=sh("04 09:04:00"))
    breached = Step.objects.filter(kind="due", state="breached")
    assert [step.responsible_unit for step in breached] == [company.call_centre]
    assert Conversation.objects.visible_to(company.clerk).count() == 0
    assert Conversation.objects.visible_to(company.agent).count() == 1


def test_ending_and_going_on(company):
    chat = opened(company)
    with pytest.raises(Refused, match="请先回复再结束"):
        customers.close_chat(pk=chat.pk, clerk=company.clerk, now=sh("04 09:01:00"))
    customers.answer_chat(pk=chat.pk, clerk=company.clerk, text="好的", now=sh("04 09:01:00"))
    done = customers.close_chat(pk=chat.pk, clerk=company.clerk, now=sh("04 09:10:00"))
    assert (done.state, done.closed_at, done.unread) == ("closed", sh("04 09:10:00"), 0)
    for act in (
        lambda: customers.close_chat(pk=chat.pk, clerk=company.clerk, now=sh("04 09:11:00")),
        lambda: customers.answer_chat(pk=chat.pk, clerk=company.clerk, text="？", now=sh("04 09:11:00")),
        lambda: customers.transfer_chat(pk=chat.pk, clerk=company.clerk, unit="B2", now=sh("04 09:11:00")),
    ):
        with pytest.raises(Conflict) as lost:
            act()
        assert (lost.value.winner, lost.value.at) == (company.clerk.name, sh("04 09:10:00"))
    customers.ask(pk=chat.pk, said=Said("还有一个问题"), now=sh("04 10:00:00"))
    chat.refresh_from_db()
    assert (chat.state, chat.closed_at, chat.waiting_since) == ("open", None, sh("04 10:00:00"))
    assert Entry.objects.filter(name="chat_turn_opened").last().data["reopened"] is True


def test_who_may_and_who_sees(company):
    chat = opened(company)
    for person in (company.second_clerk, company.third_clerk, post(Role.REGIONAL_MANAGER, company.other_region)):
        with pytest.raises((Conversation.DoesNotExist, Denied)):
            customers.answer_chat(pk=chat.pk, clerk=person, text="？", now=NINE)
    for person in (company.regional_manager, company.driver):
        for act in (customers.answer_chat, customers.transfer_chat, customers.close_chat):
            with pytest.raises(Denied):
                act(pk=chat.pk, clerk=person, now=NINE, **({"unit": "B2"} if act is customers.transfer_chat else {}))
    seen = {person.name for person in (company.clerk, company.regional_manager, company.agent, company.officer, company.second_clerk)
            if Conversation.objects.visible_to(person).exists()}  # fmt: skip
    assert seen == {company.clerk.name, company.regional_manager.name, company.agent.name, company.officer.name}
    assert (chat.lines.count(), ChatTurn.objects.get().state) == (2, "waiting")


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "请填写内容"), ("  \n ", "请填写内容"), ("长" * 1001, "内容过长"), ("长" * 100_000, "现为 100000 个"), ("a\x00b", "无法显示的字符")],
)
def test_lines_that_are_refused_leave_nothing(company, text, words):
    chat = opened(company)
    acts: list[Callable[[], object]] = [
        lambda: customers.open_chat(said=Said(text), unit=company.branch, now=NINE),
        lambda: customers.ask(pk=chat.pk, said=Said(text), now=NINE),
        lambda: customers.answer_chat(pk=chat.pk, clerk=company.clerk, text=text, now=NINE),
    ]
    for act in acts:
        with pytest.raises(Refused, match=words) as refused:
            act()
        assert (refused.value.clause, refused.value.field) == ("§4.3.1.1", "text")
    assert (Conversation.objects.count(), ChatLine.objects.count(), ChatTurn.objects.get().state) == (1, 2, "waiting")


def test_a_thousand_characters_and_a_script_are_kept_as_they_are(company):
    chat = opened(company, text="长" * 1000)
    customers.ask(pk=chat.pk, said=Said("<script>alert(1)</script>"), now=NINE)
    assert [len(line.text) for line in chat.lines.filter(side="customer")] == [1000, 25]


@pytest.mark.parametrize(("code", "words"), [("B1", "已由西湖营业部接待"), ("R1", "没有编号为 R1"), ("EC", "没有编号为 EC"), ("NIX", "没有编号为 NIX"), ("", "没有编号为")])
def test_handing_over_to_whom_does_not_chat(company, code, words):
    chat = opened(company)
    with pytest.raises(Refused, match=words) as refused:
        customers.transfer_chat(pk=chat.pk, clerk=company.clerk, unit=code, now=NINE)
    assert refused.value.field == "unit"


def test_only_branches_and_the_call_centre_open_chats(company):
    for unit in (company.department, company.region):
        with pytest.raises(Refused, match="请选择营业部或呼叫中心"):
            opened(company, unit=unit)


def test_pictures_are_drawn_anew_and_strays_are_swept(company, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = customers.picture_of(jpeg())
    chat = customers.open_chat(said=Said("", picture), unit=company.branch, now=NINE)
    line = chat.lines.get(number=1)
    assert (tmp_path / line.path).read_bytes() == picture.content
    with pytest.raises(Refused, match="不是可用的图片"):
        customers.picture_of(b"GIF89a" + b"x" * 100)
    stray = tmp_path / "chats/ab" / ("ab" * 16 + ".jpg")
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"x")
    in_two_days = datetime.now(tz=NINE.tzinfo) + timedelta(days=2)
    assert sweep_pictures(in_two_days) == 1
    assert (tmp_path / line.path).exists()
    with pytest.raises(Refused):
        customers.ask(pk=chat.pk, said=Said("长" * 1001, picture), now=NINE)
    assert len(list(tmp_path.rglob("*.jpg"))) == 1


def test_reading_goes_forward_only(company):
    chat = opened(company)
    assert customers.read_chat(pk=chat.pk, side=Side.STAFF, upto=2) == 1
    assert customers.read_chat(pk=chat.pk, side=Side.STAFF, upto=1) == 0
    assert customers.read_chat(pk=chat.pk, side=Side.STAFF, upto=3) == 0  # there is no third line
    chat.refresh_from_db()
    assert (chat.unread, chat.unread_by_customer) == (0, 1)
    assert see_chat(chat=chat.pk, person=company.clerk, now=NINE) == 1


def test_the_database_holds_one_waiting_turn_and_signed_lines(company):
    chat = opened(company)
    line = ChatLine.objects.create(conversation=chat, number=9, side="customer", text="x", at=NINE)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChatTurn.objects.create(conversation=chat, question=line, opened_at=NINE)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChatLine.objects.create(conversation=chat, number=10, side="staff", text="x", at=NINE)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChatLine.objects.create(conversation=chat, number=9, side="customer", text="x", at=NINE)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChatLine.objects.create(conversation=chat, number=11, side="customer", at=NINE)


@pytest.mark.postgres
def test_lines_are_append_only(company):
    chat = opened(company)
    for change in (lambda: chat.lines.update(text="改"), lambda: chat.lines.filter(number=2).delete()):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
    assert connection.vendor == "postgresql"


def test_phrases_are_the_companys_and_a_branchs_own(company):
    manager, officer = company.manager, company.officer
    shared = customers.write_phrase(clerk=officer, text=" 您好，\n请稍候。 ", now=NINE)
    own = customers.write_phrase(clerk=manager, text="本部地址：文三路 1 号", now=NINE)
    assert shared.text == "您好， 请稍候。"
    assert list(Phrase.objects.offered_in(company.branch)) == [own, shared]
    assert list(Phrase.objects.offered_in(company.second)) == [shared]
    for text in ("", "长" * 301, "本部地址：文三路 1 号"):
        with pytest.raises(Refused) as refused:
            customers.write_phrase(clerk=manager, text=text, now=NINE)
        assert refused.value.field == "text"
    for act in (lambda: customers.write_phrase(clerk=manager, text="改", pk=shared.pk, now=NINE), lambda: customers.drop_phrase(clerk=manager, pk=shared.pk)):
        with pytest.raises(Phrase.DoesNotExist):
            act()
    with pytest.raises(Denied):
        customers.write_phrase(clerk=company.clerk, text="x", now=NINE)
    customers.write_phrase(clerk=officer, text="您好，有什么可以帮您？", pk=shared.pk, now=NINE)
    customers.drop_phrase(clerk=manager, pk=own.pk)
    assert [phrase.text for phrase in Phrase.objects.offered_in(company.branch)] == ["您好，有什么可以帮您？"]
