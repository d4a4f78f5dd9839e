"""The verbs of problem tickets, suggestions and enquiries (§3.4.6, §4.2.6, §4.3.1, §4.3.2.10)."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar, cast

from django.db import transaction
from django.utils.translation import gettext as _

from core.fsm import perform
from core.journal import Fact, publish
from core.models import Actor
from core.personal import blind, digits
from customers.choices import Means, SuggestionKind
from customers.models import Enquiry, KeyCustomer, Request, Suggestion, Ticket
from network.models import Person, Unit
from network.services import units_of
from rulebook.due import local_day
from rulebook.errors import Conflict, Refused
from rulebook.events import On
from rulebook.roles import Role
from rulebook.standards import next_fixed_time

Kind = TypeVar("Kind", bound=Request)

TICKETS, SUGGESTIONS, PHONE, MAIL = "§3.4.6", "§4.3.2.10", "§4.3.1.2", "§4.3.1.3"
LONGEST = 500
CUSTOMER = Actor("customer")


def _words(text: str, clause: str, field: str = "text") -> str:
    text = text.strip()
    if not text:
        raise Refused(clause, _("请填写内容。"), field=field)
    if len(text) > LONGEST:
        raise Refused(clause, _("内容过长，最多 %d 个字。") % LONGEST, field=field)
    return text


def _office(role: Role) -> Unit | None:
    """Return the office in which this post is held, if the company has one."""
    return Unit.objects.filter(pk__in=units_of(role)[:1]).first()


def _open(request: Request, fact: On, by: Person | None, now: datetime, **data: object) -> None:
    request.taken_by, request.opened_at = by, now
    _done(request, fact, by, now, **data)


def _done(request: Request, fact: On, by: Person | None, now: datetime, **data: object) -> None:
    request.last_actor, request.last_at = (by.name if by else _("客户")), now
    request.save()
    actor = by.actor if by else CUSTOMER
    data = {"branch": request.unit_id, **data}
    publish(Fact(name=fact, subject=request.subject, at=now, by=actor, data=data))


def _locked(model: type[Kind], pk: int, by: Person) -> Kind:
    return cast("Kind", model._default_manager.visible_to(by).locked().get(pk=pk))


# Problem tickets (§3.4.6).


@transaction.atomic
def open_ticket(
    *,
    text: str,
    now: datetime,
    by: Person | None = None,
    name: str = "",
    phone: str = "",
    order_number: str = "",
    page: str = "",
) -> Ticket:
    """
    Report a problem with the hall or the desk; marketing promotion collates it within one working day (§3.4.6).

    :param by: the member of staff who reports it; None where a customer does, who then leaves a phone
    :raises Refused: nothing is said, or a customer left no phone
    """
    if by is None and not digits(phone):
        raise Refused(TICKETS, _("请填写联系电话，便于我们告知处理结果。"), field="phone")
    ticket: Ticket = Ticket(
        text=_words(text, TICKETS), name=name or (by.name if by else ""), phone=phone, order_number=order_number, page=page[:200],
        unit=_office(Role.MARKETING),
    )  # fmt: skip
    _open(ticket, On.TICKET_OPENED, by, now)
    return ticket


@transaction.atomic
def collate_ticket(*, pk: int, clerk: Person, text: str, now: datetime) -> Ticket:
    """
    Put in order what is wrong and pass it to the information centre (§3.4.6).

    :raises Refused: nothing is said, or the company has no information centre
    :raises Conflict: it is collated already
    """
    clerk.require("collate_ticket")
    ticket: Ticket = _locked(Ticket, pk, clerk)
    office = _office(Role.IT)
    if office is None:
        raise Refused(TICKETS, _("没有在岗的信息管理中心人员，请先由管理员设置。"))
    perform(ticket.collate, text=_words(text, TICKETS), unit=office, at=now)
    _done(ticket, On.TICKET_COLLATED, clerk, now)
    return ticket


@transaction.atomic
def solve_ticket(*, pk: int, clerk: Person, text: str, now: datetime) -> Ticket:
    """
    Say what was mended (§3.4.6).

    :raises Conflict: it is not collated, or solved already
    """
    clerk.require("solve_ticket")
    ticket: Ticket = _locked(Ticket, pk, clerk)
    perform(ticket.solve, text=_words(text, TICKETS), at=now)
    _done(ticket, On.TICKET_SOLVED, clerk, now)
    return ticket


@transaction.atomic
def close_ticket(*, pk: int, clerk: Person, now: datetime) -> Ticket:
    """
    Close it: whoever reported it has been told. The reporter, marketing promotion and the information centre may.

    :raises Conflict: it is not solved
    """
    ticket: Ticket = _locked(Ticket, pk, clerk)
    perform(ticket.close)
    _done(ticket, On.TICKET_CLOSED, clerk, now)
    return ticket


@transaction.atomic
def reopen_ticket(*, pk: int, clerk: Person, text: str, now: datetime) -> Ticket:
    """
    It is not mended after all: back to the information centre.

    :raises Conflict: it is neither solved nor closed
    """
    ticket: Ticket = _locked(Ticket, pk, clerk)
    perform(ticket.reopen)
    ticket.collation = _words(f"{ticket.collation}\n{text}", TICKETS)
    _done(ticket, On.TICKET_REOPENED, clerk, now)
    return ticket


# Suggestions and opinions (§4.2.6, §4.3.2.10).


@transaction.atomic
def register_suggestion(
    *, clerk: Person, text: str, now: datetime, kind: str = SuggestionKind.SUGGESTION, name: str = "", phone: str = "",
    order_number: str = "",
) -> Suggestion:  # fmt: skip
    """
    Register what a customer suggests or holds against our tone (§4.2.6, §4.3.2.10).

    :raises Refused: nothing is said, or no such kind
    """
    clerk.require("suggestion")
    if kind not in SuggestionKind.values:
        raise Refused(SUGGESTIONS, _("请从列表中选择一项。"), field="kind")
    suggestion: Suggestion = Suggestion(
        kind=kind, text=_words(text, SUGGESTIONS), name=name, phone=phone, order_number=order_number, unit=clerk.unit
    )
    _open(suggestion, On.SUGGESTION_REGISTERED, clerk, now, kind=kind)
    return suggestion


@transaction.atomic
def analyse_suggestion(*, pk: int, clerk: Person, text: str, now: datetime, unit: str = "") -> Suggestion:
    """
    Write down what lies behind it and forward it to the unit that can change it (§4.2.6).

    :param unit: a unit's code; left out, it stays with the clerk's
    :raises Refused: nothing is said, or no such unit
    :raises Conflict: it is analysed already
    """
    clerk.require("answer_suggestion")
    suggestion: Suggestion = _locked(Suggestion, pk, clerk)
    wanted = Unit.objects.filter(code=unit, closed_at=None).first() if unit else clerk.unit
    if wanted is None:
        raise Refused("§4.2.6", _("没有编号为 %s 的部门。") % unit, field="unit")
    perform(suggestion.analyse, text=_words(text, SUGGESTIONS), unit=wanted, at=now)
    _done(suggestion, On.SUGGESTION_ANALYSED, clerk, now)
    return suggestion


@transaction.atomic
def answer_suggestion(*, pk: int, clerk: Person, text: str, now: datetime) -> Suggestion:
    """
    Record what the customer was answered (§4.2.6); the unit it was forwarded to may answer too.

    :raises Conflict: it is not analysed, or answered already
    """
    clerk.require("suggestion")
    suggestion: Suggestion = _locked(Suggestion, pk, clerk)
    perform(suggestion.reply, text=_words(text, SUGGESTIONS), at=now)
    _done(suggestion, On.SUGGESTION_ANSWERED, clerk, now)
    return suggestion


# Enquiries by phone and mail (§4.3.1.2, §4.3.1.3).

RECEIVED: dict[str, tuple[On, On, str]] = {
    Means.PHONE: (On.ENQUIRY_RECEIVED, On.ENQUIRY_ANSWERED, PHONE),
    Means.MAIL: (On.MAIL_RECEIVED, On.MAIL_ANSWERED, MAIL),
}
"""Means -> the fact that starts its clock, the fact that meets it, the clause."""


@transaction.atomic
def take_enquiry(
    *, clerk: Person, means: str, text: str, now: datetime, name: str = "", phone: str = "", order_number: str = "",
    at: datetime | None = None,
) -> Enquiry:  # fmt: skip
    """
    Take down a question: by phone it is answered within 15 minutes, by mail within a working day or, for a key customer, at the
    next of its fixed times (§4.3.1.2, §4.3.1.3).

    :param at: when it came in, where it is taken down later
    :raises Refused: nothing is said, no such means, or it came in after now
    """
    clerk.require("enquiry")
    if means not in RECEIVED:
        raise Refused("§4.3.1", _("请从列表中选择一项。"), field="means")
    received, _answered, clause = RECEIVED[means]
    came = at or now
    if came > now:
        raise Refused(clause, _("来信来电时间不能晚于现在。"), field="at")
    enquiry: Enquiry = Enquiry(
        means=means, text=_words(text, clause), name=name, phone=phone, order_number=order_number, unit=clerk.unit, taken_by=clerk,
        opened_at=came, promised_at=_fixed_time(phone, came) if means == Means.MAIL else None,
        last_actor=clerk.name, last_at=now,
    )  # fmt: skip
    enquiry.save()
    promised = {"promised_at": enquiry.promised_at.isoformat()} if enquiry.promised_at else {}
    data = {"branch": enquiry.unit_id, **promised}
    publish(Fact(name=received, subject=enquiry.subject, at=came, recorded=now, by=clerk.actor, data=data))
    return enquiry


def _fixed_time(phone: str, moment: datetime) -> datetime | None:
    """Return by when the mail of whoever has this phone is answered, where a contract fixes times."""
    contracts = KeyCustomer.objects.of_phone(blind(digits(phone))).in_force(local_day(moment)) if phone else ()
    account = next(iter(contracts), None)
    return next_fixed_time(moment, account.mail_times) if account else None


@transaction.atomic
def answer_enquiry(*, pk: int, clerk: Person, text: str, now: datetime) -> Enquiry:
    """
    Answer it.

    :raises Conflict: it is answered already
    """
    clerk.require("enquiry")
    enquiry: Enquiry = _locked(Enquiry, pk, clerk)
    _received, answered, clause = RECEIVED[enquiry.means]
    perform(enquiry.reply, text=_words(text, clause), at=now)
    _done(enquiry, answered, clerk, now)
    return enquiry


@transaction.atomic
def promise_callback(*, pk: int, clerk: Person, call_back_at: datetime, now: datetime) -> Enquiry:
    """
    Promise to call back at a time; all promised callbacks are made (§4.3.1.2).

    :raises Refused: a time that is past, or nobody left a phone
    :raises Conflict: one is promised already
    """
    clerk.require("enquiry")
    enquiry: Enquiry = _locked(Enquiry, pk, clerk)
    if enquiry.call_back_at and not enquiry.called_back_at:
        raise Conflict(_("已承诺回电，请先完成。"), **enquiry.last_act())
    if call_back_at <= now:
        raise Refused(PHONE, _("请填写将来的回电时间。"), field="call_back_at")
    if not digits(enquiry.phone):
        raise Refused(PHONE, _("没有客户电话，无法回电。"), field="call_back_at")
    enquiry.call_back_at, enquiry.called_back_at = call_back_at, None
    _done(enquiry, On.CALLBACK_PROMISED, clerk, now, call_back_at=call_back_at.isoformat())
    return enquiry


@transaction.atomic
def call_back(*, pk: int, clerk: Person, now: datetime) -> Enquiry:
    """
    The promised callback was made (§4.3.1.2).

    :raises Conflict: none is promised, or it was made already
    """
    clerk.require("enquiry")
    enquiry: Enquiry = _locked(Enquiry, pk, clerk)
    if enquiry.call_back_at is None or enquiry.called_back_at:
        raise Conflict(_("没有待完成的回电。"), **enquiry.last_act())
    enquiry.called_back_at = now
    _done(enquiry, On.CALLBACK_DONE, clerk, now, in_time=now <= enquiry.call_back_at)
    return enquiry
