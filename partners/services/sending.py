"""Pushes on their way: claimed, told, settled; tried again after 1, 5, 30, 120, 360 minutes, then given up (design §6.14)."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from partners import addresses, posting
from partners.choices import State
from partners.models import Partner, Push
from partners.renderers import RENDERERS
from rulebook.errors import Refused

log = structlog.get_logger(__name__)

RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
LEASE = timedelta(minutes=2)  # longer than any sending takes
AT_ONCE = 4  # to one receiver
CONTROLS = re.compile(r"[^\x20-\x7e\u4e00-\u9fff\u3000-\u303f\uff00-\uffef]+")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one sending."""

    state: State
    status: int | None = None
    words: str = ""


def claim(*, now: datetime, limit: int, partners: Collection[int] | None = None) -> list[Push]:
    """
    Take what may be sent, at most `AT_ONCE` for each receiver, and hold it until the lease ends.

    Receivers are locked one by one and skipped where another sender is taking from them just now, so nobody waits for anybody.
    """
    if limit <= 0:
        return []
    with transaction.atomic():
        due = Push.objects.waiting().filter(partner=OuterRef("pk"), due_at__lte=now)
        receivers = Partner.objects.filter(Exists(due)).order_by("pk")
        receivers = receivers.filter(pk__in=partners) if partners is not None else receivers
        keys = list(receivers.select_for_update(skip_locked=True, no_key=True, of=("self",)).values_list("pk", flat=True))
        held = Count("pushes", filter=Q(pushes__state=State.WAITING, pushes__leased_until__gt=now))
        room = {key: AT_ONCE - taken for key, taken in Partner.objects.filter(pk__in=keys).annotate(held=held).values_list("pk", "held")}
        found = [Push.objects.due(now).filter(partner=key).order_by("due_at", "pk")[: max(room[key], 0)] for key in keys]
        taken = [push for turn in zip_longest(*found) for push in turn if push][:limit]  # one of each receiver, then the next
        Push.objects.filter(pk__in=[push.pk for push in taken]).update(leased_until=now + LEASE)
    wanted = Push.objects.filter(pk__in=[push.pk for push in taken]).select_related("partner", "subscription", "entry", "trial__partner", "trial__branch")
    return list(wanted.order_by("due_at", "pk"))


def tell(push: Push, *, now: datetime) -> Outcome:
    """Send a push, once. Writes nothing."""
    try:
        outgoing = None if _ended(push) else RENDERERS[push.dialect].render(push, now)
        if outgoing is None:
            return Outcome(State.DROPPED)
        address = addresses.read(outgoing.url, push.partner.callback_hosts)
    except Refused as refusal:
        return Outcome(State.WAITING, words=refusal.reason)
    except Exception:  # one receiver's trouble, whatever it is, is tried again and shown; it must not end the sender
        log.exception("push not rendered", push=push.pk)
        return Outcome(State.WAITING, words=_("推送内容无法生成，已记录错误，请联系信息管理中心。"))
    answer = posting.post(address, outgoing.body, outgoing.headers)
    if answer.status is None:
        return Outcome(State.WAITING, words=answer.words)
    taken = RENDERERS[push.dialect].acknowledged(answer.status, answer.body)
    return Outcome(State.ACKNOWLEDGED if taken else State.WAITING, answer.status, printable(answer.body))


def _ended(push: Push) -> bool:
    subscription = push.subscription
    return bool(push.partner.closed_at or (subscription and subscription.ended_at))


def printable(answer: bytes) -> str:
    """Return how an answer begins, as one line that can do no harm."""
    return CONTROLS.sub(" ", answer[:1200].decode(errors="replace")).strip()[:300]


def settle(push: Push, outcome: Outcome, *, now: datetime) -> bool:
    """
    Write down what became of a sending; False if another sender has taken the push over meanwhile.

    A receipt counts whoever obtained it; a failure only while the push is still held by this sender.
    """
    held = Push.objects.waiting().filter(pk=push.pk)
    if outcome.state == State.WAITING:
        held = held.filter(leased_until=push.leased_until)
    return bool(held.update(**_settled(push, outcome, now)))


def _settled(push: Push, outcome: Outcome, now: datetime) -> dict[str, Any]:
    tried: dict[str, Any] = {"leased_until": None, "tried_at": now, "attempts": push.attempts + 1, "status": outcome.status, "answer": outcome.words}
    if outcome.state == State.DROPPED:
        return {"leased_until": None, "state": State.DROPPED, "settled_at": now}
    if outcome.state == State.ACKNOWLEDGED:
        return tried | {"state": State.ACKNOWLEDGED, "settled_at": now}
    if push.attempts < len(RETRIES):
        return tried | {"due_at": now + RETRIES[push.attempts]}
    return tried | {"state": State.DEAD, "settled_at": now}


@transaction.atomic
def resend(pushes: Collection[int], *, now: datetime, partner: Partner | None = None) -> int:
    """Send again what was settled, from the first try on, with the key it had; a partner only its own. Returns how many."""
    settled = Push.objects.filter(pk__in=list(pushes)).exclude(state=State.WAITING)
    settled = settled.filter(partner=partner) if partner else settled
    return settled.update(state=State.WAITING, attempts=0, due_at=now, leased_until=None, settled_at=None)
