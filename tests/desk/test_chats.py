"""The chat console: the list, one chat with its order beside it, the acts, polls, phrases, who may (§3.2, §4.3.1.1)."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from customers import services as customers
from customers.models import ChatTurn, Conversation, Phrase
from customers.services import Said
from notify.models import Message
from orders.sheets import read
from sla.models import Deadline
from sla.services import tick
from tests.delivery.pictures import jpeg
from tests.factories import Company, placed, sh

pytestmark = pytest.mark.django_db
TEN = sh("04 10:00:00")


@pytest.fixture(autouse=True)
def _media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def chat_of(company: Company, at=TEN, text="货到哪里了？", unit=None, **more) -> Conversation:
    return customers.open_chat(said=Said(text), unit=unit or company.branch, now=at, **more)


def login(person) -> Client:
    client = Client()
    client.force_login(person.account)
    return client


def text(answer, status=200) -> str:
    assert answer.status_code == status
    return answer.content.decode()


def test_what_waits_longest_first_with_its_clock(company, desk, clock):
    second, first = chat_of(company, sh("04 09:59:40"), name="王五"), chat_of(company, sh("04 09:59:00"), name="赵六")
    answered = chat_of(company, sh("04 09:58:00"), name="李四")
    customers.answer_chat(pk=answered.pk, clerk=company.clerk, text="好的", now=sh("04 09:58:30"))
    chat_of(company, unit=company.second, name="看不到的人")
    page = text(desk.get("/desk/chats/"))
    assert page.index("赵六") < page.index("王五")
    assert "李四" not in page
    assert "看不到的人" not in page
    assert 'data-due="2026-11-04T10:01:00+08:00"' in page
    assert "李四" in text(desk.get("/desk/chats/?tab=open"))
    assert "李四" in text(desk.get("/desk/chats/?tab=nonsense&tab=all&since=2026-11-04&until=2026-11-04"))
    assert "没有符合条件的咨询" in text(desk.get("/desk/chats/?tab=all&since=2026-11-05&until=x"))
    assert "没有符合条件的咨询" in text(desk.get("/desk/chats/?tab=all&number=E2611040000012&unit=NIX"))
    assert [c.pk for c in (second, first)] == [second.pk, first.pk]


def test_the_rail_counts_what_waits_for_ones_unit(company, desk, clock):
    assert "app-rail-count" not in text(desk.get("/desk/chats/"))
    chat_of(company)
    chat_of(company, unit=company.second)
    assert '<b class="app-rail-count">1<' in text(desk.get("/desk/chats/?tab=closed"))
    assert "app-rail-count" not in text(login(company.officer).get("/desk/chats/"))


def test_pages_by_key_show_each_chat_once_whatever_moves_up(company, desk, clock):
    for n in range(85):
        chat_of(company, TEN + timedelta(seconds=n), name=f"客户{n:03}")
    names, url = [], "/desk/chats/?tab=waiting"
    for _page in range(3):
        page = text(desk.get(url))
        names += [f"客户{n:03}" for n in range(85) if f"客户{n:03}" in page]
        last = Conversation.objects.get(name=names[-1])
        url = f"/desk/chats/?tab=waiting&after={(last.waiting_since - sh('1970-01-01 08:00:00')) // timedelta(microseconds=1)}.{last.pk}"
    assert names == [f"客户{n:03}" for n in range(85)]
    assert "第一页" in page
    for cursor in ("x", "1.", ".1", "9" * 40, f"{'9' * 20}.{'9' * 12}", "-1.2", "١.١"):
        assert desk.get("/desk/chats/", {"tab": "all", "after": cursor}).status_code == 200


def test_a_poll_costs_two_queries_while_nothing_is_new(company, desk, clock, django_assert_num_queries):
    chat = chat_of(company)
    page = desk.get("/desk/chats/")
    version = page.context["version"]
    with django_assert_num_queries(2):
        assert desk.get("/desk/chats/rows/", {"v": version}).status_code == 204
    seen = desk.get(f"/desk/chats/{chat.pk}/").context["version"]
    with django_assert_num_queries(2):
        assert desk.get(f"/desk/chats/{chat.pk}/news/", {"v": seen}).status_code == 204
    customers.ask(pk=chat.pk, said=Said("在吗？"), now=TEN)
    assert "在吗？" in text(desk.get(f"/desk/chats/{chat.pk}/news/", {"v": seen}))
    assert "条未读" not in text(desk.get("/desk/chats/rows/", {"v": version}))  # the poll above has read it
    other = login(company.second_clerk)
    assert other.get(f"/desk/chats/{chat.pk}/news/", {"v": seen}).status_code == 404  # another's version opens nothing
    assert Client().get("/desk/chats/rows/", {"v": version}).status_code == 302


def test_the_order_stands_beside_the_chat_masked(company, desk, clock):
    order = placed(sh("04 09:55:00"), branch=company.branch)
    chat = chat_of(company, order_number=order.number, name="张三", phone="13800138000", proven=True)
    page = text(desk.get(f"/desk/chats/{chat.pk}/"))
    for words in (order.number, "待受理", "138****8000", "139****9000", "§1.2.1.1", "已验证", "五金配件"):
        assert words in page
    assert "13900139000" not in page
    assert f"订单 {order.number} 当前状态：待受理。" in page
    foreign = chat_of(company, order_number=placed(sh("04 09:55:00"), branch=company.third).number)
    page = text(desk.get(f"/desk/chats/{foreign.pk}/"))
    assert "不在您的查看范围内" in page
    assert "五金配件" not in page


def test_answering_reads_answers_and_meets_the_clock(company, desk, clock):
    chat = chat_of(company)
    clock.move_to(sh("04 10:01:00"))
    text(desk.get(f"/desk/chats/{chat.pk}/"))
    assert set(Message.objects.filter(chat=chat).values_list("seen_by", flat=True)) == {company.clerk.pk}
    picture = SimpleUploadedFile("单据.png", jpeg(), "image/png")
    answer = desk.post(f"/desk/chats/{chat.pk}/answer/", {"text": "在途，明早到", "picture": picture}, follow=True)
    page = text(answer)
    assert "在途，明早到" in page
    line = chat.lines.get(side="staff")
    assert f"/desk/chats/{chat.pk}/pictures/{line.picture}/" in page
    shown = desk.get(f"/desk/chats/{chat.pk}/pictures/{line.picture}/")
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert (ChatTurn.objects.get().state, Deadline.objects.get(subject=chat.subject).state) == ("answered", "met")
    chat.refresh_from_db()
    assert chat.unread == 0
    partial = desk.post(f"/desk/chats/{chat.pk}/answer/", {"text": "还有什么可以帮您？"}, headers={"HX-Request": "true"})
    assert "还有什么可以帮您？" in text(partial)
    assert "<html" not in text(partial)


def test_one_who_only_watches_reads_nothing_away(company, clock):
    chat = chat_of(company)
    page = text(login(company.regional_manager).get(f"/desk/chats/{chat.pk}/"))
    chat.refresh_from_db()
    assert (chat.staff_seen, "data-chat " in page, "结束咨询" in page) == (0, False, False)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"text": ""}, "请填写内容"),
        ({"text": "长" * 100_000}, "现为 100000 个"),
        ({"text": "a\x00b"}, "null"),
        ({"text": "x", "picture": SimpleUploadedFile("a.jpg", b"<script>alert(1)</script>")}, "不是可用的图片"),
        ({"text": "x", "picture": SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")}, "不是可用的图片"),
        ({"text": "x", "picture": SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50)}, "不是可用的图片"),
    ],
)
def test_bad_replies_are_refused_in_place(company, desk, clock, given, words):
    chat = chat_of(company)
    for headers in ({}, {"HX-Request": "true"}):
        if picture := given.get("picture"):
            picture.seek(0)
        page = text(desk.post(f"/desk/chats/{chat.pk}/answer/", given, headers=headers), 422)
        assert words in page or words == "null"
    assert (chat.lines.count(), ChatTurn.objects.get().state) == (2, "waiting")


def test_what_a_customer_writes_is_shown_not_run(company, desk, clock):
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    chat = chat_of(company, text=evil, name="<b>x</b>")
    page = text(desk.get(f"/desk/chats/{chat.pk}/"))
    assert evil not in page
    assert escape(evil) in page


def test_handing_over_and_ending(company, desk, clock):
    chat = chat_of(company)
    assert "请先回复再结束" in text(desk.post(f"/desk/chats/{chat.pk}/close/"), 422)
    assert "没有编号为 NIX" in text(desk.post(f"/desk/chats/{chat.pk}/transfer/", {"unit": "NIX"}), 422)
    assert text(desk.post(f"/desk/chats/{chat.pk}/transfer/", {"unit": ""}), 422)
    assert "已转接" in text(desk.post(f"/desk/chats/{chat.pk}/transfer/", {"unit": "CC"}, follow=True))
    assert desk.get(f"/desk/chats/{chat.pk}/").status_code == 404
    agent = login(company.agent)
    agent.post(f"/desk/chats/{chat.pk}/answer/", {"text": "您好"})
    assert "咨询已结束" in text(agent.post(f"/desk/chats/{chat.pk}/close/", follow=True))
    late = text(agent.post(f"/desk/chats/{chat.pk}/answer/", {"text": "再说一句"}), 409)
    assert "该咨询已结束" in late
    assert agent.post(f"/desk/chats/{chat.pk}/nonsense/").status_code == 404


def test_strangers_and_other_units_find_nothing(company, clock):
    chat = chat_of(company, text="货到哪里了？")
    for person in (company.second_clerk, company.third_clerk):
        client = login(person)
        for path in ("", "news/", "transcript.txt", "pictures/abc/"):
            assert client.get(f"/desk/chats/{chat.pk}/{path}").status_code == 404
        for verb in ("answer", "transfer", "close"):
            assert client.post(f"/desk/chats/{chat.pk}/{verb}/", {"text": "x", "unit": "CC"}).status_code == 404
    driver = login(company.driver)
    for path in ("", "export.xlsx", "phrases/", f"{chat.pk}/"):
        assert driver.get(f"/desk/chats/{path}").status_code == 403
    manager = login(company.regional_manager)
    for verb, data in (("answer", {"text": "x"}), ("transfer", {"unit": "CC"}), ("close", {})):
        assert manager.post(f"/desk/chats/{chat.pk}/{verb}/", data).status_code == 403
    assert (chat.lines.count(), ChatTurn.objects.get().state, Conversation.objects.get().unit) == (2, "waiting", company.branch)


def test_a_missed_chat_can_be_explained_and_filed(company, desk, clock):
    chat = chat_of(company)
    tick(now=sh("04 10:02:05"))
    clock.move_to(sh("04 10:03:00"))
    page = text(desk.get(f"/desk/chats/{chat.pk}/"))
    deadline = Deadline.objects.get(subject=chat.subject)
    assert f"/desk/filings/new/{deadline.pk}/" in page or f"{deadline.pk}" in page
    assert "§4.3.1.1" in text(desk.get(f"/desk/chats/{chat.pk}/why/{deadline.pk}/"))
    assert "在线咨询应答" in text(desk.get(f"/desk/chats/{chat.pk}/why/{deadline.pk}/"))
    other = chat_of(company)
    assert desk.get(f"/desk/chats/{other.pk}/why/{deadline.pk}/").status_code == 404
    board = text(login(company.agent).get("/desk/calls/?tab=alarms"))
    assert f"/desk/chats/{chat.pk}/" in board
    assert f"/desk/chats/{chat.pk}/" in text(login(company.agent).get("/desk/messages/"))


def test_the_workbook_holds_the_page(company, desk, clock):
    chat = chat_of(company, name="=1+1", phone="13800138000")
    table = read(desk.get("/desk/chats/export.xlsx?tab=all").content)
    assert [row["编号"] for _n, row in table.rows] == [str(chat.pk)]
    assert (table.rows[0][1]["客户"].lstrip("'"), table.rows[0][1]["电话"], table.rows[0][1]["未读"]) == ("=1+1", "138****8000", "2")


def test_a_transcript_to_keep(company, desk, clock):
    chat = chat_of(company, text="第一行\n第二行", order_number="E2611040000012")
    customers.answer_chat(pk=chat.pk, clerk=company.clerk, text="好的", now=TEN)
    answer = desk.get(f"/desk/chats/{chat.pk}/transcript.txt")
    assert answer["Content-Disposition"] == f'attachment; filename="chat-{chat.pk}.txt"'
    lines = answer.content.decode("utf-8-sig").split("\r\n")
    assert lines[:5] == [f"在线咨询 {chat.pk}", "订单号：E2611040000012", "", "2026-11-04 10:00:00 客户: 第一行", "    第二行"]
    assert lines[6] == "2026-11-04 10:00:00 西湖营业部 · 营业部受理员: 好的"


def test_phrases_by_page(company, clock):
    officer, manager, clerk = login(company.officer), login(company.manager), login(company.clerk)
    assert "还没有常用语" in text(clerk.get("/desk/chats/phrases/"))
    officer.post("/desk/chats/phrases/", {"text": "请稍候"})
    manager.post("/desk/chats/phrases/", {"text": "本部周日休息"})
    shared, own = Phrase.objects.get(unit=None), Phrase.objects.get(unit=company.branch)
    page = text(manager.get("/desk/chats/phrases/"))
    assert f"/phrases/{own.pk}/" in page
    assert f"/phrases/{shared.pk}/" not in page
    assert "已有相同的常用语" in text(manager.post("/desk/chats/phrases/", {"text": "本部周日休息"}), 422)
    assert text(manager.post("/desk/chats/phrases/", {"text": ""}), 422)
    manager.post(f"/desk/chats/phrases/{own.pk}/", {"text": "本部全年无休"})
    for client, pk in ((manager, shared.pk), (officer, own.pk), (clerk, own.pk)):
        assert client.get(f"/desk/chats/phrases/{pk}/").status_code == 404
    assert manager.post(f"/desk/chats/phrases/{shared.pk}/drop/").status_code == 404
    assert clerk.post(f"/desk/chats/phrases/{own.pk}/drop/").status_code == 403
    assert "本部全年无休" in text(clerk.get(f"/desk/chats/{chat_of(company).pk}/"))
    manager.post(f"/desk/chats/phrases/{own.pk}/drop/")
    assert list(Phrase.objects.values_list("text", flat=True)) == ["请稍候"]
