"""Keys of dialects are issued and looked up; whose signature is right acts for its partner."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction

from core.personal import blind
from partners.choices import Dialect
from partners.dialectkeys import DialectKeyQuerySet
from partners.dialects.problems import Kind, Problem
from partners.models import DialectKey, Partner
from rulebook.errors import Refused

MOST_KEYS = 2
LONGEST = 64


@transaction.atomic
def issue(partner: Partner, dialect: Dialect, *, now: datetime, expires_at: datetime | None = None) -> DialectKey:
    """
    Give a partner a key of a dialect, under the account it has there already; key and secret are told this once.

    :raises Refused: two keys are valid already
    """
    Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    known = DialectKey.objects.filter(partner=partner, dialect=dialect)
    if known.valid(now).count() >= MOST_KEYS:
        raise Refused("", "该合作平台已有 2 个有效密钥，请先停用旧密钥。")
    key = secrets.token_hex(16)
    account = known.values_list("account", flat=True).first() or _account(partner, dialect)
    secret = secrets.token_hex(16) if dialect == Dialect.KUAIDI100 else ""
    row: DialectKey = DialectKey.objects.create(
        partner=partner, dialect=dialect, account=account, key=key, key_index=blind(key), secret=secret, created_at=now,
        expires_at=expires_at,
    )  # fmt: skip
    return row


def _account(partner: Partner, dialect: Dialect) -> str:
    """Return an account in the platform's own form: 32 hex digits, seven digits, letters."""
    match dialect:
        case Dialect.KUAIDI100:
            return secrets.token_hex(16).upper()
        case Dialect.KDNIAO:
            return str(1_000_000 + partner.pk)
        case Dialect.DEPPON:
            return f"EWB{partner.pk:06d}"


def of_account(dialect: Dialect, account: str, now: datetime) -> list[DialectKey]:
    """:raises Problem: there is no such account, or none of its keys is valid"""
    return _some(DialectKey.objects.filter(dialect=dialect, account=account), now)


def of_key(dialect: Dialect, key: str, now: datetime) -> list[DialectKey]:
    """:raises Problem: there is no such key, or it is valid no more"""
    return _some(DialectKey.objects.filter(dialect=dialect).named(key), now)


def _some(found: DialectKeyQuerySet, now: datetime) -> list[DialectKey]:
    rows = list(found.valid(now).exclude(account="").select_related("partner"))
    if not rows:
        raise Problem(Kind.KEY, "账号或密钥无效：没有这个账号，或密钥已停用、已过期")
    return rows


def signer(rows: Iterable[DialectKey], matches: Callable[[DialectKey], bool]) -> DialectKey:
    """
    Return the key that made the signature.

    :raises Problem: none of them did
    """
    for row in rows:
        if matches(row):
            return row
    raise Problem(Kind.SIGNATURE, "签名错误：请核对密钥，并对提交的原文签名，不要重新排列或改写 JSON")
