"""Messages to customers: stored first, in the transaction that causes them, sent after commit, tried again with growing patience."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from core.effects import after_commits
from core.personal import blind, digits
from customers.models import CustomerAccount
from customers.services import ask_code
from notify.choices import Medium, NoticeKind, NoticeState
from notify.models import Notice
from notify.transports import Undelivered, deliver

PATIENCE = tuple(timedelta(minutes=each) for each in (1, 5, 30, 120, 360))
"""How long after a failed try comes the next; after the last one the notice has failed."""
LEASE = timedelta(minutes=2)  # a worker that dies while it sends leaves the notice to the sweep
MOST = 100

log = structlog.get_logger(__name__)


def index_of(medium: str, address: str) -> str:
    """Return the blind index of an address: a phone by its digits, a mail address whatever its case."""
    return blind(digits(address) if medium == Medium.SMS else address.lower())


def write(
    *, kind: str, medium: str, address: str, text: str, now: datetime, subject: str = "", account: CustomerAccount | None = None,
    order_number: str = "",
) -> Notice:  # fmt: skip
    """Store a notice; it is sent once the transaction has committed."""
    notice = Notice.objects.create(
        kind=kind, medium=medium, address=address, address_index=index_of(medium, address), subject=subject, text=text, account=account,
        order_number=order_number, stored_at=now, due_at=now,
    )  # fmt: skip
    after_commits("notify.tasks.send_notices", [notice.pk])
    return notice


@transaction.atomic
def send_code(opened: CustomerAccount, *, phone: str, now: datetime) -> None:
    """
    Send the code that proves a phone (§3.4.1).

    :raises Refused: no mobile phone, or too many codes were asked for
    """
    code = ask_code(opened, phone=phone, now=now)
    text = _("验证码 %s，5 分钟内有效。请勿转告他人；非本人操作请忽略。") % code
    write(kind=NoticeKind.CODE, medium=Medium.SMS, address=phone, text=text, now=now, account=opened)


def send(ids: Sequence[int], *, now: datetime) -> int:
    """Send the notices of these keys that are due; return how many went out."""
    return sum(_send_one(key, now) for key in ids)


def sweep(*, now: datetime) -> int:
    """Send what is due: what was never queued, what failed a while ago, what a dead worker held."""
    due = Notice.objects.filter(state=NoticeState.WAITING, due_at__lte=now).order_by("due_at", "pk")
    return send(list(due.values_list("pk", flat=True)[:MOST]), now=now)


def _send_one(key: int, now: datetime) -> bool:
    """Take the notice for a while, send it outside of any transaction, note what became of it."""
    taken = Notice.objects.filter(pk=key, state=NoticeState.WAITING, due_at__lte=now).update(due_at=now + LEASE)
    if not taken:
        return False
    notice = Notice.objects.get(pk=key)
    try:
        deliver(notice)
    except Undelivered as trouble:
        _put_off(notice, str(trouble), now)
        return False
    notice.state, notice.sent_at, notice.due_at, notice.tries = NoticeState.SENT, now, None, notice.tries + 1
    notice.save(update_fields=["state", "sent_at", "due_at", "tries"])
    return True


def _put_off(notice: Notice, trouble: str, now: datetime) -> None:
    log.warning("notice not delivered", notice=notice.pk, tries=notice.tries + 1, trouble=trouble)
    over = notice.tries >= len(PATIENCE)
    notice.due_at = None if over else now + PATIENCE[notice.tries]
    notice.state = NoticeState.FAILED if over else NoticeState.WAITING
    notice.tries, notice.trouble = notice.tries + 1, trouble[:200]
    notice.save(update_fields=["state", "due_at", "tries", "trouble"])


@transaction.atomic
def send_again(*, key: int, now: datetime) -> Notice:
    """Start over with a notice that has failed."""
    notice: Notice = Notice.objects.select_for_update(of=("self",)).get(pk=key)
    if notice.state == NoticeState.FAILED:
        notice.state, notice.tries, notice.due_at = NoticeState.WAITING, 0, now
        notice.save(update_fields=["state", "tries", "due_at"])
        after_commits("notify.tasks.send_notices", [notice.pk])
    return notice
