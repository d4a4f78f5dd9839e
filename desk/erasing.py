"""Erasing a person: what stands against it, and every app's part of it in one transaction."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext as _

from complaints.models import Claim, Complaint
from core.personal import blind
from customers.models import CustomerAccount, ErasureRequest
from customers.services import erase_records, locked_erasure
from customers.services.erasing import ERASING
from delivery.models import CashOnDelivery, Shipment
from network.models import Person
from notify.models import Notice
from orders.choices import OPEN
from orders.models import Coupon, Order
from orders.services.erasing import erase_party
from rulebook.errors import Refused

SETTLED = ("remitted", "void", "written_off")


def stands_against(account: CustomerAccount) -> list[str]:
    """Say what has to be over before a person is erased: goods, money and disputes need to know whom they concern."""
    orders = Order.objects.of_account(account)
    reasons = {
        _("有未办结的订单"): orders.filter(state__in=OPEN),
        _("有在途或待派送的货物"): Shipment.objects.filter(order__in=orders, ended_at=None),
        _("有未汇出的代收货款"): CashOnDelivery.objects.filter(order__in=orders).exclude(state__in=SETTLED),
        _("有未结案的投诉"): Complaint.objects.filter(order__in=orders, closed_at=None),
        _("有未结案的理赔"): Claim.objects.filter(order__in=orders, closed_at=None),
    }
    return [words for words, found in reasons.items() if found.exists()]


@transaction.atomic
def erase(*, pk: int, person: Person, now: datetime) -> ErasureRequest:
    """
    Grant a request: the person becomes a pseudonym everywhere, the ledgers and the journal stay as they are.

    :raises Refused: something is not over yet
    """
    request = locked_erasure(pk, person)
    if against := stands_against(request.account):
        raise Refused(ERASING, _("现在不能删除：%s。") % "、".join(against))
    account = request.account
    pseudonym = _("已注销客户 %d") % account.pk
    index = account.customer.phone_index if account.customer else ""
    numbers = erase_party(index=index, accounts=[account.pk], pseudonym=pseudonym)
    _erase_disputes(numbers, index, pseudonym)
    _erase_notices(account, index)
    _close_login(account)
    return erase_records(request, person=person, pseudonym=pseudonym, now=now)


def _erase_disputes(numbers: list[str], index: str, pseudonym: str) -> None:
    nobody = blind(pseudonym)
    if index:
        Complaint.objects.filter(contact_index=index).update(contact_name=pseudonym, contact_phone="", contact_index=nobody)
        Claim.objects.filter(phone_index=index).update(
            claimant_name=pseudonym, claimant_phone="", phone_index=nobody, tail_index=nobody, payee=""
        )
        Coupon.objects.filter(phone_index=index).update(phone_index=nobody)
    Shipment.objects.filter(order__number__in=numbers, order__consignee_name=pseudonym).exclude(signer="").update(signer=pseudonym)


def _erase_notices(account: CustomerAccount, index: str) -> None:
    theirs = Notice.objects.filter(account=account)
    if index:
        theirs = theirs | Notice.objects.filter(address_index=index)
    theirs.update(address="", address_index="", subject="", text="", trouble="")


def _close_login(account: CustomerAccount) -> None:
    user = account.account
    for session in UserSession.objects.filter(user=user):
        session.end()
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    user.username, user.email, user.first_name, user.last_name, user.is_active = f"closed-{user.pk}", "", "", "", False
    user.set_unusable_password()
    user.save()
