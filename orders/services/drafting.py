"""Order forms kept half filled by a customer's login (§3.4.3): not facts of the process yet, so the journal holds none of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import CustomerAccount
from orders.drafts import OrderDraft
from rulebook.errors import Refused

MOST = 20
LONGEST = 20_000  # characters in all; a form fuller than that is no order


@transaction.atomic
def keep_draft(account: CustomerAccount, typed: Mapping[str, str], *, known: OrderDraft | None, now: datetime) -> OrderDraft:
    """
    Keep what was typed, anew or in place of an earlier state of it.

    :raises Refused: too many drafts, or more than any order says
    """
    content = json.dumps(dict(typed), ensure_ascii=False)
    if len(content) > LONGEST:
        raise Refused("§3.4.3", _("内容过长，不能存为草稿，请缩短后再试。"))
    CustomerAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if known is None and account.drafts.count() >= MOST:
        raise Refused("§3.4.3", _("草稿最多 %d 份，请先删除不用的。") % MOST)
    draft = known or OrderDraft(account=account)
    draft.content, draft.kept_at = content, now
    draft.save()
    return draft


def typed_in(draft: OrderDraft) -> dict[str, str]:
    """Return what was typed."""
    typed: dict[str, str] = json.loads(draft.content)
    return typed
