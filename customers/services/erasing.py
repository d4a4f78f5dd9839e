"""Closing an account and erasing who it was (个人信息保护法 art. 47): asked for, decided, carried out for the customer's own records."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.journal import Fact, publish
from core.personal import blind
from customers.choices import Erasure
from customers.models import Address, Conversation, Customer, CustomerAccount, ErasureRequest, PhoneProof
from customers.services.accounts import actor_of
from network.models import Person
from rulebook.errors import Conflict, Refused
from rulebook.events import On

ERASING = "个人信息保护法 47"


@transaction.atomic
def ask_erasure(opened: CustomerAccount, *, reason: str, now: datetime) -> ErasureRequest:
    """
    Ask for the account to be closed and its personal data to be erased.

    :raises Conflict: it has been asked for already
    """
    CustomerAccount.objects.select_for_update(of=("self",)).get(pk=opened.pk)
    if ErasureRequest.objects.filter(account=opened, state=Erasure.OPEN).exists():
        raise Conflict(_("您已申请删除，正在办理。"))
    request = ErasureRequest.objects.create(account=opened, reason=reason[:300], asked_at=now)
    publish(Fact(name=On.ERASURE_ASKED, subject=f"account/{opened.pk}", at=now, by=actor_of(opened)))
    return request


@transaction.atomic
def withdraw_erasure(opened: CustomerAccount, *, now: datetime) -> None:
    """Take the request back while nobody has decided on it."""
    ErasureRequest.objects.filter(account=opened, state=Erasure.OPEN).update(state=Erasure.WITHDRAWN, decided_at=now)


def locked_erasure(pk: int, person: Person) -> ErasureRequest:
    """
    Return an open request, its row locked, for whoever may decide on it.

    :raises Conflict: somebody has decided already, or it was taken back
    """
    person.require("erase")
    request: ErasureRequest = ErasureRequest.objects.select_for_update(of=("self",)).select_related("account__customer").get(pk=pk)
    if request.state != Erasure.OPEN:
        raise Conflict(_("该申请已办结。"), winner=str(request.decided_by or ""), at=request.decided_at)
    return request


@transaction.atomic
def refuse_erasure(*, pk: int, person: Person, words: str, now: datetime) -> ErasureRequest:
    """
    Refuse with the reason, which the customer reads (art. 50).

    :raises Refused: no reason is given
    """
    request = locked_erasure(pk, person)
    if not words.strip():
        raise Refused(ERASING, _("请填写理由，客户会看到。"), field="words")
    return _decided(request, Erasure.REFUSED, person, words.strip()[:300], now)


def erase_records(request: ErasureRequest, *, person: Person, pseudonym: str, now: datetime) -> ErasureRequest:
    """Erase the customer's own records within the caller's transaction: the key stays, who it was does not."""
    opened = request.account
    PhoneProof.objects.filter(account=opened).delete()
    Address.objects.filter(account=opened).delete()
    if customer := opened.customer:
        Customer.objects.filter(pk=customer.pk).update(name=pseudonym, phone="", phone_index=blind(pseudonym), bound_at=None)
        customer.calls.update(text="")
    Conversation.objects.filter(account=opened.account_id).update(name=pseudonym, phone="")
    opened.customer, opened.bound_at, opened.tells = None, None, {}
    opened.save(update_fields=["customer", "bound_at", "tells"])
    return _decided(request, Erasure.DONE, person, "", now)


def _decided(request: ErasureRequest, state: str, person: Person, words: str, now: datetime) -> ErasureRequest:
    request.state, request.decided_by, request.decided_at, request.words = state, person, now, words
    request.save(update_fields=["state", "decided_by", "decided_at", "words"])
    name = On.PERSON_ERASED if state == Erasure.DONE else On.ERASURE_REFUSED
    publish(Fact(name=name, subject=f"account/{request.account_id}", at=now, by=person.actor))
    return request
