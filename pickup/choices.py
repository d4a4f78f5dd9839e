from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    REQUESTED = "requested", _("待接货")
    APPOINTED = "appointed", _("已预约")
    DISPATCHED = "dispatched", _("已派车")
    COLLECTED = "collected", _("已接货")
    FAILED = "failed", _("接货失败")
    CANCELLED = "cancelled", _("已取消")


LONGEST_OFFLINE = timedelta(days=2)
"""An act told by a phone later than this after it happened is entered by the office, with a filing (†)."""

CORRECTION_WINDOW = timedelta(minutes=30)
"""How long whoever tapped may take it back without a word (†); after it the branch does, with its reason."""

WAITING = (State.REQUESTED, State.APPOINTED, State.DISPATCHED, State.FAILED)
"""States of a pickup that is still to be made."""


class AgreedBy(TextChoices):
    """At whose wish a time was agreed: it decides whether the new time replaces the limit (§1.3.1.1r)."""

    ORDER_CALL = "order_call", _("受理电话中约定")
    CUSTOMER = "customer", _("客户要求")
    BRANCH = "branch", _("营业部无法按时，与客户另约")
