"""Personal data: encrypted at rest, found by blind index, masked by default (design §6.17)."""

import base64
import hashlib
import hmac
import re
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import models

PHONE_TAIL = 4


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text encrypted with the key of the environment (`FIELD_KEY`); the database never holds it in clear."""

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return text if text in (None, "") else seal(text)

    def from_db_value(self, value: str | None, *_args: object) -> str | None:
        return unseal(value) if value else value


def seal(text: str) -> str:
    """Encrypt with the key of the environment, for what is kept outside a column of its own (a session)."""
    return _cipher().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """:raises ValueError: it was not sealed with this key"""
    try:
        return _cipher().decrypt(sealed.encode()).decode()
    except InvalidToken as wrong_key:
        raise ValueError("personal data cannot be read: FIELD_KEY is not the key it was written with") from wrong_key


def blind(value: str) -> str:
    """Return the blind index of a value: equal values are found, the value is not readable. 32 hex digits, '' for ''."""
    return hmac.new(_key(b"index"), value.encode(), hashlib.sha256).hexdigest()[:32] if value else ""


def digits(phone: str) -> str:
    """Reduce a phone number to what identifies it: its digits, without the country code."""
    plain = re.sub(r"\D", "", phone)
    return plain[2:] if plain.startswith("86") and len(plain) > 11 else plain


def mask_phone(phone: str) -> str:
    """Hide the middle of a phone number: 138****8000 (at least 4, for long numbers 6 digits hidden)."""
    plain = digits(phone)
    if len(plain) < 7:
        return "*" * len(plain)
    return f"{plain[:3]}****{plain[-PHONE_TAIL:]}" if len(plain) <= 11 else f"{plain[:2]}{'*' * 6}{plain[-PHONE_TAIL:]}"


def mask_name(name: str) -> str:
    """Hide all but the first character of a name: 张*, 欧**."""
    return name[:1] + "*" * min(len(name) - 1, 2) if len(name) > 1 else name


@cache
def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key(b"cipher")))


@cache
def _key(purpose: bytes) -> bytes:
    return hmac.new(settings.FIELD_KEY.encode(), purpose, hashlib.sha256).digest()
