"""A phone is proved by a code sent to it (§3.4.1): short-lived, few tries, hashed, for the login that asked."""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core.personal import blind, digits
from customers.models import CustomerAccount, PhoneProof
from customers.services.accounts import REGISTERING, Newcomer, bind
from rulebook.errors import Refused

MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
CODE_DIGITS = 6
LIVES = timedelta(minutes=5)
MOST_TRIES = 5
APART = timedelta(minutes=1)
MOST_OF_LOGIN, MOST_OF_PHONE = 5, 5  # an hour, a day


@transaction.atomic
def ask_code(opened: CustomerAccount, *, phone: str, now: datetime) -> str:
    """
    Return a new code for a phone; the ones before hold no more.

    :raises Refused: no mobile phone, or too many codes were asked for
    """
    number = digits(phone)
    if not MOBILE.fullmatch(number):
        raise Refused(REGISTERING, _("请填写 11 位手机号；座机请联系营业部绑定。"), field="phone")
    CustomerAccount.objects.select_for_update(of=("self",)).get(pk=opened.pk)
    _check_pace(opened, blind(number), now)
    PhoneProof.objects.filter(account=opened, ended_at=None).update(ended_at=now)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    proof = PhoneProof(account=opened, phone=number, phone_index=blind(number), asked_at=now)
    proof.code_hash = _hashed(proof, code)
    proof.save()
    return code


def _check_pace(opened: CustomerAccount, index: str, now: datetime) -> None:
    of_login = PhoneProof.objects.filter(account=opened, asked_at__gt=now - timedelta(hours=1))
    of_phone = PhoneProof.objects.filter(phone_index=index, asked_at__gt=now - timedelta(days=1))
    if of_login.filter(asked_at__gt=now - APART).exists():
        raise Refused(REGISTERING, _("验证码刚刚发出，请 1 分钟后再试。"), field="phone")
    if of_login.count() >= MOST_OF_LOGIN or of_phone.count() >= MOST_OF_PHONE:
        raise Refused(REGISTERING, _("验证码发送次数过多，请明天再试或联系营业部。"), field="phone")


def _hashed(proof: PhoneProof, code: str) -> str:
    return blind(f"{proof.account_id}:{proof.phone_index}:{code}")


def pending(opened: CustomerAccount, *, now: datetime) -> PhoneProof | None:
    """Return the proof that waits for its code, None without one."""
    waiting: PhoneProof | None = PhoneProof.objects.filter(account=opened, ended_at=None, asked_at__gte=now - LIVES).first()
    return waiting


def prove(opened: CustomerAccount, *, code: str, newcomer: Newcomer | None, now: datetime) -> CustomerAccount:
    """
    Bind the login to the phone its code was sent to.

    :raises Refused: a wrong, used, replaced or expired code, too many tries, or what `bind` refuses
    """
    phone = _proved(opened, code, now)
    return bind(opened, phone=phone, newcomer=newcomer, now=now)


@transaction.atomic
def _tried(opened: CustomerAccount, code: str, now: datetime) -> str:
    """Count the try, which stays counted whatever follows; return the phone, '' where the code does not hold."""
    proof = PhoneProof.objects.select_for_update().filter(account=opened, ended_at=None, asked_at__gte=now - LIVES).first()
    if proof is None:
        return ""
    proof.tries += 1
    right = hmac.compare_digest(proof.code_hash, _hashed(proof, code))
    if right or proof.tries >= MOST_TRIES:
        proof.ended_at = now
    proof.save(update_fields=["tries", "ended_at"])
    return proof.phone if right else ""


def _proved(opened: CustomerAccount, code: str, now: datetime) -> str:
    phone = _tried(opened, code, now)
    if not phone:
        raise Refused(REGISTERING, _("验证码不正确或已失效；连续输错 %d 次须重新获取。") % MOST_TRIES, field="code")
    return phone
