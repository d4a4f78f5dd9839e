"""The verbs of a chat: the customer asks, the desk answers, hands over, ends it; its turns are on the clock (§3.2, §4.3.1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import files
from core.fsm import perform
from core.journal import Fact, publish
from core.models import Actor
from core.pictures import Pixels
from core.pictures import read as read_picture
from customers.choices import Automatic, ChatState, Side
from customers.models import ChatLine, ChatTurn, Conversation
from customers.models.chats import FOLDER, LONGEST_LINE, new_key
from network.choices import CALL_CENTRE_CODE, UnitKind
from network.models import Account, Person, Unit
from rulebook.due import local
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.windows import call_centre_is_open

CLAUSE = "§4.3.1.1"


@dataclass(frozen=True, slots=True)
class Said:
    """What one line says: words, a picture that is safe to keep, or both."""

    text: str = ""
    picture: Pixels | None = None


def chats_with_customers(unit: Unit) -> bool:
    """Tell whether a unit chats with customers: an open branch, or the call centre."""
    desk = unit.kind == UnitKind.BRANCH or (unit.kind == UnitKind.DEPARTMENT and unit.code == CALL_CENTRE_CODE)
    return desk and unit.closed_at is None


def rests(unit: Unit, now: datetime) -> bool:
    """Tell whether the unit is closed at this hour: the customer is told so; the two minutes run on all the same (§4.3.1.1)."""
    if unit.kind != UnitKind.BRANCH:
        return not call_centre_is_open(now)
    return unit.opens is not None and unit.closes is not None and not unit.opens <= local(now).time() < unit.closes


def picture_of(content: bytes) -> Pixels:
    """:raises Refused: it is no picture, or too large"""
    return read_picture(content, clause=CLAUSE, field="picture")


def open_chat(
    *, said: Said, unit: Unit, now: datetime, account: Account | None = None, name: str = "", phone: str = "",
    order_number: str = "", proven: bool = False,
) -> Conversation:  # fmt: skip
    """
    Begin a chat with a branch or the call centre; its first line opens a turn (§4.3.1.1).

    :param proven: the visitor has shown to be a party of the order
    :raises Refused: nothing is said, or this unit does not chat
    """
    if not chats_with_customers(unit):
        raise Refused(CLAUSE, _("请选择营业部或呼叫中心。"), field="unit")
    chat: Conversation = Conversation(
        account=account, name=name, phone=phone, order_number=order_number, proven=proven, unit=unit, opened_at=now, last_at=now,
    )  # fmt: skip
    with files.files_with_rows(), transaction.atomic():
        chat.save()
        _ask(chat, _checked(said), now)
        _automatic(chat, Automatic.RESTING if rests(unit, now) else Automatic.GREETING, unit, now)
        chat.save()
    return chat


def ask(*, pk: int, said: Said, now: datetime) -> ChatLine:
    """
    Write as the customer. Where no turn waits for an answer this opens one; a chat that was ended goes on (§4.3.1.1).

    :raises Refused: nothing is said, or too much
    """
    with files.files_with_rows(), transaction.atomic():
        chat = Conversation.objects.locked().get(pk=pk)
        line = _ask(chat, _checked(said), now)
        chat.save()
    return line


def _ask(chat: Conversation, said: Said, now: datetime) -> ChatLine:
    """Append the customer's line, which the customer has read with all above it."""
    reopened = chat.state == ChatState.CLOSED
    if reopened:
        perform(chat.reopen)
    line = _append(chat, said, Side.CUSTOMER, now)
    chat.customer_seen, chat.last_actor = line.number, _("客户")
    if chat.waiting_since is None:
        chat.waiting_since = now
        turn = ChatTurn.objects.create(conversation=chat, question=line, opened_at=now)
        publish(_fact(On.CHAT_TURN_OPENED, chat, _customer(chat), now, turn=turn.pk, reopened=reopened))
    return line


def answer_chat(*, pk: int, clerk: Person, now: datetime, said: Said | None = None, text: str = "") -> ChatLine:
    """
    Write as the desk; the first line after the customer's answers the turn, whoever of the desk writes it (§4.3.1.1).

    A line that was written before the question it meets at the door answers nothing.

    :raises Refused: nothing is said, or too much
    :raises Conflict: the chat has been ended
    """
    clerk.require("chat")
    with files.files_with_rows(), transaction.atomic():
        chat = Conversation.objects.visible_to(clerk).locked().select_related("unit").get(pk=pk)
        if chat.state == ChatState.CLOSED:
            raise Conflict(_("该咨询已结束；客户再次留言后可继续回复。"), **chat.last_act())
        line = _append(chat, _checked(said or Said(text)), Side.STAFF, now, person=clerk, unit=clerk.unit_for(chat.unit), role=clerk.actor.role)
        chat.staff_seen, chat.last_actor = line.number, clerk.name
        _answer(chat, line, clerk, now)
        chat.save()
    return line


def _answer(chat: Conversation, line: ChatLine, clerk: Person, now: datetime) -> None:
    turn = ChatTurn.objects.filter(conversation=chat, opened_at=chat.waiting_since, answered_at=None).first()
    if turn is None or now < turn.opened_at:
        return
    perform(turn.answer, line=line, by=clerk, at=now)
    turn.save()
    chat.waiting_since = None
    publish(_fact(On.CHAT_TURN_ANSWERED, chat, clerk.actor, now, turn=turn.pk))


@transaction.atomic
def transfer_chat(*, pk: int, clerk: Person, unit: str, now: datetime) -> Conversation:
    """
    Hand the chat to another branch or the call centre; the turn that waits keeps its clock (§4.3.1.1).

    :param unit: a unit's code
    :raises Refused: no such unit, one that does not chat, or the one that has it
    :raises Conflict: the chat has been ended
    """
    clerk.require("chat")
    chat: Conversation = Conversation.objects.visible_to(clerk).locked().select_related("unit").get(pk=pk)
    if chat.state == ChatState.CLOSED:
        raise Conflict(_("该咨询已结束，不能转接。"), **chat.last_act())
    wanted = Unit.objects.filter(code=unit, closed_at=None).first()
    if wanted is None or not chats_with_customers(wanted):
        raise Refused(CLAUSE, _("没有编号为 %s 的营业部，也不是呼叫中心。") % unit, field="unit")
    if wanted == chat.unit:
        raise Refused(CLAUSE, _("该咨询已由%s接待，请选择其他单位。") % wanted.name, field="unit")
    before, chat.unit = chat.unit, wanted
    chat.staff_seen = min(chat.staff_seen, chat.count - 1)  # whoever takes it over has read nothing of it
    _automatic(chat, Automatic.TRANSFERRED, wanted, now)
    chat.last_actor = clerk.name
    chat.save()
    publish(_fact(On.CHAT_TRANSFERRED, chat, clerk.actor, now, from_branch=before.pk, waiting=chat.waiting_since is not None))
    return chat


@transaction.atomic
def close_chat(*, pk: int, clerk: Person, now: datetime) -> Conversation:
    """
    End the chat; a later line of the customer takes it up again.

    :raises Refused: the customer's last turn has no answer yet (§4.3.1.1)
    :raises Conflict: it has been ended
    """
    clerk.require("chat")
    chat: Conversation = Conversation.objects.visible_to(clerk).locked().select_related("unit").get(pk=pk)
    if chat.waiting_since is not None:
        raise Refused(CLAUSE, _("客户的留言还没有回复，请先回复再结束。"))
    perform(chat.close, at=now)
    _automatic(chat, Automatic.CLOSED, chat.unit, now)
    chat.staff_seen, chat.last_actor = chat.count, clerk.name
    chat.save()
    publish(_fact(On.CHAT_CLOSED, chat, clerk.actor, now))
    return chat


def read_chat(*, pk: int, side: Side, upto: int) -> int:
    """Note up to which line a side has read; it never goes back."""
    column = "customer_seen" if side == Side.CUSTOMER else "staff_seen"
    behind = Conversation.objects.filter(pk=pk, count__gte=upto, **{f"{column}__lt": upto})
    return int(behind.update(**{column: upto}))


def sweep_pictures(now: datetime) -> int:
    """Remove pictures that no line names: a process died between file and commit."""
    return files.sweep(FOLDER, lambda keys: set(ChatLine.objects.filter(picture__in=keys).values_list("picture", flat=True)), now)


def _checked(said: Said) -> Said:
    text = said.text.strip().replace("\r\n", "\n")
    if not text and said.picture is None:
        raise Refused(CLAUSE, _("请填写内容，或选择一张图片。"), field="text")
    if len(text) > LONGEST_LINE:
        raise Refused(CLAUSE, _("内容过长：最多 %(most)d 个字，现为 %(now)d 个。") % {"most": LONGEST_LINE, "now": len(text)}, field="text")
    if "\x00" in text:
        raise Refused(CLAUSE, _("内容含有无法显示的字符，请删去后重试。"), field="text")
    return Said(text, said.picture)


def _append(
    chat: Conversation, said: Said, side: Side, now: datetime, *, person: Person | None = None, unit: Unit | None = None, role: str = ""
) -> ChatLine:
    chat.count, chat.last_at = chat.count + 1, max(chat.last_at, now)
    line: ChatLine = ChatLine(
        conversation=chat, number=chat.count, side=side, text=said.text, person=person, unit=unit, role=role, at=now
    )
    if said.picture is not None:
        line.picture, line.width, line.height = new_key(), said.picture.width, said.picture.height
        files.write(line.path, said.picture.content)
    line.save(force_insert=True)
    return line


def _automatic(chat: Conversation, code: Automatic, unit: Unit, now: datetime) -> None:
    _append(chat, Said(code), Side.AUTOMATIC, now, unit=unit)


def _customer(chat: Conversation) -> Actor:
    return Actor("customer", str(chat.account_id or ""))


def _fact(name: On, chat: Conversation, by: Actor, now: datetime, **data: object) -> Fact:
    return Fact(
        name=name, subject=chat.subject, at=now, by=by, order=chat.order_number, in_sequence=False,
        data={"branch": chat.unit_id, **data},
    )  # fmt: skip
