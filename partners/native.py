"""Pushes in our own words: one event each, signed as requests to us are (design §6.14)."""

from __future__ import annotations

import json
from datetime import datetime
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from partners.answers import EventAnswer
from partners.models import PartnerKey, Push
from partners.outgoing import Outgoing, Renderer
from partners.services import Signed
from partners.services.told import about
from rulebook.errors import Refused


def render(push: Push, now: datetime) -> Outgoing | None:
    """
    Return the event with the order's numbers, signed with the partner's oldest valid key, which both sides are sure to know.

    :raises Refused: the partner has no valid key
    """
    url = push.subscription.url if push.subscription else push.partner.callback_url
    if not url:
        return None
    key = PartnerKey.objects.valid(now).filter(partner=push.partner).order_by("created_at").first()
    if key is None:
        raise Refused("", _("该合作平台没有有效密钥，推送无法签名。"))
    body = json.dumps(content(push), ensure_ascii=False).encode()
    parts = urlsplit(url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    signed = Signed("POST", target, str(int(now.timestamp())), f"push-{push.pk}-{push.attempts + 1}", body)
    return Outgoing(url, body, {
        "Content-Type": "application/json", "X-Push-Id": str(push.pk), "X-Key": key.key, "X-Timestamp": signed.timestamp,
        "X-Nonce": signed.nonce, "X-Signature": signed.signature(key.secret),
    })  # fmt: skip


def content(push: Push) -> dict[str, object]:
    """Return a push as it is sent."""
    told = about(push)
    return {
        "id": str(push.pk), "type": "order.event", "number": told.number, "partner_order_no": told.partner_order_no, "waybill": told.waybill,
        "event": EventAnswer(told.event).data,
    }  # fmt: skip


def acknowledged(status: int, answer: bytes) -> bool:
    """Tell whether the receiver took it: 200 and `{"success": true}`; a page of a proxy on the way is no receipt."""
    try:
        said = json.loads(answer)
    except ValueError:
        return False
    return status == 200 and isinstance(said, dict) and said.get("success") is True


RENDERER = Renderer(render, acknowledged)
