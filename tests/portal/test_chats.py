"""A customer chats in the hall: with whom, about what, who may read it, what is refused (§3.2, §4.3.1.1)."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from customers import services as customers
from customers.models import ChatLine, Conversation
from customers.services import Said
from network.models import Account
from portal import access
from tests.delivery.pictures import jpeg
from tests.factories import placed, sh

pytestmark = pytest.mark.django_db
TEN = sh("04 10:00:00")
ASKED = {"to": "CC", "text": "货到哪里了？"}


@pytest.fixture(autouse=True)
def clock(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(TEN, tick=False) as moved:
        yield moved


@pytest.fixture
def order(company):
    return placed(sh("04 09:55:00"), branch=company.branch)


def text(answer, status=200) -> str:
    assert answer.status_code == status
    return answer.content.decode()


def begun(client: Client, path: str = "/chat/", **more: object) -> Conversation:
    answer = client.post(path, ASKED | more)
    assert answer.status_code == 302, answer.content.decode()
    return Conversation.objects.get(key=answer["Location"].split("/")[2])


def test_a_visitor_asks_the_call_centre_and_is_answered_by_post_not_by_name(company):
    client = Client()
    chat = begun(client, name="张三", phone="13800138000")
    assert (chat.unit, chat.account, chat.order_number, chat.proven, chat.masked_phone) == (company.call_centre, None, "", False, "138****8000")
    page = text(client.get(f"/chat/{chat.key}/"))
    for words in ("货到哪里了？", "呼叫中心在线客服", "已送达，等待客服回复"):
        assert words in page
    customers.answer_chat(pk=chat.pk, clerk=company.agent, text="请说订单号", now=sh("04 10:01:00"))
    assert '<b class="hall-unread">1<' in text(client.get("/track/"))
    page = text(client.get(f"/chat/{chat.key}/"))
    assert "呼叫中心 · 呼叫中心坐席" in page
    assert company.agent.name not in page
    assert "hall-unread" not in text(client.get("/track/"))
    client.post(f"/chat/{chat.key}/", {"text": "E2611040000012"})
    assert list(chat.lines.values_list("side", flat=True)) == ["customer", "automatic", "staff", "customer"]


def test_about_an_order_with_its_branch_proven_by_the_phones_tail(company, order):
    client = Client()
    assert f"/chat/?order={order.number}" in text(client.get(f"/orders/{order.number}/"))
    page = text(client.get(f"/chat/?order={order.number}"))
    assert f'value="{order.number}"' in page
    chat = begun(client, to="order", order_number=order.number.lower(), tail="8000")
    assert (chat.unit, chat.order_number, chat.proven) == (company.branch, order.number, True)
    assert begun(client, to="order", order_number=order.number).proven  # this session has shown it
    assert not begun(Client(), to="order", order_number=order.number).proven


def test_a_branch_by_its_code(company):
    client = Client()
    assert "西湖营业部" in text(client.get("/chat/?branch=B1"))
    assert begun(client, "/chat/?branch=B1", to="B1").unit == company.branch
    assert text(client.post("/chat/", ASKED | {"to": "B1"}), 422)  # not offered
    assert "西湖营业部" not in text(Client().get("/chat/?branch=R1"))
    assert "/chat/?branch=B1" in text(client.get("/branches/"))


def test_quiet_hours_are_said_beforehand(company, clock):
    clock.move_to(sh("04 20:00:00"))
    page = text(Client().get("/chat/?branch=B1"))
    assert "西湖营业部（现在是休息时间，回复可能较慢）" in page
    assert "呼叫中心（现在是休息时间，回复可能较慢）" in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"text": ""}, "请填写内容"),
        ({"text": "长" * 1001}, "最多 1000 个字"),
        ({"text": "长" * 100_000}, "现为 100000 个"),
        ({"text": "a\x00b"}, "无法显示的字符"),
        ({"to": ""}, "请选择营业部或呼叫中心"),
        ({"to": "EC"}, ""),
        ({"to": "order"}, "请填写订单号"),
        ({"order_number": "E2611040000099"}, "没有这张订单"),
        ({"order_number": "' OR 1=1 --"}, "没有这张订单"),
        ({"phone": "12"}, "电话号码不正确"),
        ({"name": "长" * 41}, "最多 40 个字"),
        ({"picture": SimpleUploadedFile("a.jpg", b"GIF89a<script>")}, "不是可用的图片"),
    ],
)
def test_bad_first_lines_are_refused_in_place(company, given, words):
    assert words in text(Client().post("/chat/", ASKED | given), 422)
    assert Conversation.objects.count() == 0


def test_a_wrong_tail_is_never_told_apart_and_cannot_be_tried_for_ever(company, order):
    client = Client()
    for tail in ("1111", "٨٠٠٠", "80"):
        assert "订单号或电话后四位不正确" in text(client.post("/chat/", ASKED | {"order_number": order.number, "tail": tail}), 422)
    unknown = client.post("/chat/", ASKED | {"order_number": "E2611040000099", "tail": "1111"})
    assert "订单号或电话后四位不正确" in text(unknown, 422)
    for _try in range(access.GUESSES_PER_ORDER):
        last = client.post("/chat/", ASKED | {"order_number": order.number, "tail": "2222"})
    assert last.status_code == 422 or last.status_code == 429
    right = client.post("/chat/", ASKED | {"order_number": order.number, "tail": "8000"})
    assert right.status_code in (422, 429)
    assert Conversation.objects.count() == 0


def test_nobody_reads_anothers_chat(company, order):
    owner, stranger = Client(), Client()
    picture = SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg")
    chat = begun(owner, picture=picture, order_number=order.number, tail="8000")
    line = chat.lines.get(number=1)
    stranger.post(f"/orders/{order.number}/unlock/", {"tail": "9000"})  # the consignee of the same order
    paths = ("", "news/", "news/?v=2.open.1", "transcript.txt", f"pictures/{line.picture}/")
    assert [owner.get(f"/chat/{chat.key}/{path}").status_code for path in paths] == [200] * 5
    assert [stranger.get(f"/chat/{chat.key}/{path}").status_code for path in paths] == [404] * 5
    assert stranger.post(f"/chat/{chat.key}/", {"text": "我来看看"}).status_code == 404
    other = begun(stranger)
    assert stranger.get(f"/chat/{other.key}/pictures/{line.picture}/").status_code == 404
    assert [owner.get(f"/chat/{key}/").status_code for key in ("", "x", "0" * 32, "E" * 500) if key] == [404] * 3
    assert chat.lines.count() == 2


def test_a_login_takes_its_chats_along(company):
    account = Account.objects.create(username="zhang")
    home, phone = Client(), Client()
    home.force_login(account)
    chat = begun(home)
    assert chat.account == account
    assert phone.get(f"/chat/{chat.key}/").status_code == 404
    phone.force_login(account)
    assert f"/chat/{chat.key}/" in text(phone.get("/chat/"))
    assert phone.get(f"/chat/{chat.key}/").status_code == 200
    clerk = Client()
    clerk.force_login(company.clerk.account)
    assert begun(clerk).account is None


def test_a_poll_costs_two_queries_while_nothing_is_new(company, django_assert_num_queries):
    client = Client()
    chat = begun(client)
    version = client.get(f"/chat/{chat.key}/").context["version"]
    with django_assert_num_queries(2):
        assert client.get(f"/chat/{chat.key}/news/", {"v": version}).status_code == 204
    customers.answer_chat(pk=chat.pk, clerk=company.agent, text="您好", now=TEN)
    page = text(client.get(f"/chat/{chat.key}/news/", {"v": version}))
    assert "您好" in page
    assert "<html" not in page
    assert "<textarea" not in page  # what is being typed is left alone


def test_lines_with_and_without_javascript(company):
    client = Client()
    chat = begun(client)
    assert client.post(f"/chat/{chat.key}/", {"text": "在吗"})["Location"] == f"/chat/{chat.key}/"
    assert "有人吗" in text(client.post(f"/chat/{chat.key}/", {"text": "有人吗"}, headers={"HX-Request": "true"}))
    evil = "<script>alert(1)</script>"
    page = text(client.post(f"/chat/{chat.key}/", {"text": evil}, follow=True))
    assert evil not in page
    assert escape(evil) in page
    for given, words in (({"text": ""}, "请填写内容"), ({"text": "长" * 1001}, "最多 1000 个字"), ({"text": "\x00"}, "无法显示")):
        for headers in ({}, {"HX-Request": "true"}):
            assert words in text(client.post(f"/chat/{chat.key}/", given, headers=headers), 422)
    photo = SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg")
    client.post(f"/chat/{chat.key}/", {"text": "", "picture": photo})
    line = chat.lines.last()
    shown = client.get(f"/chat/{chat.key}/pictures/{line.picture}/")
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert client.get(f"/chat/{chat.key}/pictures/{'0' * 32}/").status_code == 404
    assert "（图片）" in client.get(f"/chat/{chat.key}/transcript.txt").content.decode()


def test_a_chat_that_was_ended_goes_on(company):
    client = Client()
    chat = begun(client)
    customers.answer_chat(pk=chat.pk, clerk=company.agent, text="您好", now=TEN)
    customers.close_chat(pk=chat.pk, clerk=company.agent, now=TEN)
    assert "已结束，可继续留言" in text(client.get(f"/chat/{chat.key}/"))
    assert "已送达" in text(client.post(f"/chat/{chat.key}/", {"text": "还有一个问题"}, follow=True))


def test_a_flood_is_stopped(company):
    client = Client()
    chat = begun(client)
    answers = [client.post(f"/chat/{chat.key}/", {"text": f"{n}"}).status_code for n in range(access.LINES_PER_MINUTE + 2)]
    assert (answers.count(302), answers.count(429)) == (access.LINES_PER_MINUTE - 1, 3)
    assert ChatLine.objects.filter(side="customer").count() == access.LINES_PER_MINUTE


def test_chats_begun_are_counted_by_the_hour(company, clock):
    for n in range(access.CHATS_PER_HOUR):
        clock.move_to(sh(f"04 10:{n:02}:00"))
        begun(Client())
    clock.move_to(sh("04 10:30:00"))
    assert Client().post("/chat/", ASKED).status_code == 429
    clock.move_to(sh("04 11:00:00"))
    begun(Client())


def test_only_the_visitor_makes_a_chat_unread_or_read(company):
    client = Client()
    chat = begun(client)
    client.get(f"/chat/{chat.key}/")
    chat.refresh_from_db()
    assert (chat.unread, chat.unread_by_customer) == (2, 0)
    customers.ask(pk=chat.pk, said=Said("x"), now=TEN)
    chat.refresh_from_db()
    assert (chat.unread, chat.unread_by_customer) == (3, 0)
