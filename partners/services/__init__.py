"""Keys are issued and revoked; a request's signature is checked, its nonce spent (design §6.14)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from core import rows
from partners.models import Call, Nonce, Partner, PartnerKey
from rulebook.errors import Refused

WINDOW = timedelta(minutes=5)
MOST_KEYS = 2


@transaction.atomic
def issue_key(partner: Partner, *, now: datetime, expires_at: datetime | None = None) -> tuple[PartnerKey, str]:
    """
    Give a partner a key; the secret is told this once.

    :raises Refused: two keys are valid already
    """
    Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    if PartnerKey.objects.valid(now).filter(partner=partner).count() >= MOST_KEYS:
        raise Refused("", _("该合作平台已有 2 个有效密钥，请先停用旧密钥。"))
    secret = secrets.token_urlsafe(32)
    key = PartnerKey.objects.create(
        partner=partner, key=f"k{secrets.token_hex(8)}", secret=secret, created_at=now, expires_at=expires_at
    )
    return key, secret


def revoke_key(key: PartnerKey, *, now: datetime) -> None:
    """End a key now; requests signed with it are refused from here on."""
    PartnerKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now)


@dataclass(frozen=True, slots=True)
class Signed:
    """What a request claims: the raw parts that its signature covers."""

    method: str
    target: str  # path?query, as sent
    timestamp: str
    nonce: str
    body: bytes

    def text(self) -> str:
        """Return the string to sign."""
        return "\n".join((self.method, self.target, self.timestamp, self.nonce, hashlib.sha256(self.body).hexdigest()))

    def signature(self, secret: str) -> str:
        return hmac.new(secret.encode(), self.text().encode(), hashlib.sha256).hexdigest()


def matches(signed: Signed, secret: str, signature: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(signed.signature(secret).encode(), signature.strip().lower().encode())


SPEND = """
INSERT INTO partners_nonce (key_id, value, expires_at) VALUES ((
    SELECT signing.id FROM partners_partnerkey signing JOIN partners_partner partner ON partner.id = signing.partner_id
    WHERE signing.id = %s AND signing.revoked_at IS NULL AND (signing.expires_at IS NULL OR signing.expires_at > %s)
      AND partner.closed_at IS NULL
), %s, %s)
"""


@dataclass(frozen=True, slots=True)
class Ticket:
    """The one use of a signed request: its key, which has to be valid still, and its nonce, which must not have been used."""

    key: PartnerKey
    nonce: str
    now: datetime

    def statement(self) -> rows.Statement:
        """Return what remembers the nonce for as long as its timestamp could be valid; used or invalid, it breaks a constraint."""
        adapt = connection.ops.adapt_datetimefield_value
        return SPEND, [self.key.pk, adapt(self.now), self.nonce, adapt(self.now + 2 * WINDOW)]

    def spend(self) -> bool:
        """
        Remember the nonce; False if it was used before or the key is valid no more.

        One statement in its own transaction: a request that fails later on has used its nonce all the same.
        """
        try:
            with transaction.atomic(durable=True), connection.cursor() as cursor:
                cursor.execute(*self.statement())
        except IntegrityError:
            return False
        return True


def forget_nonces(*, now: datetime, limit: int = 10_000) -> int:
    """Delete nonces whose timestamps are long refused anyway."""
    old = Nonce.objects.filter(expires_at__lt=now).order_by("expires_at").values_list("pk", flat=True)[:limit]
    deleted, _rows = Nonce.objects.filter(pk__in=list(old)).delete()
    return deleted


def forget_calls(*, now: datetime, limit: int = 50_000) -> int:
    """Delete calls older than the log is kept."""
    old = Call.objects.filter(at__lt=now - timedelta(days=settings.PARTNER_LOG_DAYS)).order_by("at").values_list("pk", flat=True)[:limit]
    deleted, _rows = Call.objects.filter(pk__in=list(old)).delete()
    return deleted
