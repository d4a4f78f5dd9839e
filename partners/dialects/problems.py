"""What can be wrong with a call, whatever its dialect; each dialect has its own code for a kind, in a table."""

from __future__ import annotations

from enum import StrEnum

import structlog
from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.http import UnreadablePostError
from rest_framework.exceptions import Throttled

from core.journal import request_id
from orders.api.content import Faulty
from orders.services import Duplicate
from partners.cancelling import NotCancelled
from rulebook.errors import Conflict, Refused

log = structlog.get_logger(__name__)


class Kind(StrEnum):
    FORM = "form"  # not a form, or a parameter that stands twice
    KEY = "key"  # no such account, or none that is valid now
    SIGNATURE = "signature"
    TIME = "time"
    JSON = "json"
    FIELD = "field"  # missing, or not what it has to be
    UNSUPPORTED = "unsupported"
    UNKNOWN = "unknown"  # no such order of this partner
    DUPLICATE = "duplicate"
    REFUSED = "refused"  # a rule of the handbook forbids it
    CONFLICT = "conflict"  # the order is in a state that does not allow it
    UNEXPECTED = "unexpected"


class Problem(Exception):
    """Something is wrong; `words` are for the partner's engineer, `order` is the order they are about where there is one."""

    def __init__(self, kind: Kind, words: str, order: object = None) -> None:
        super().__init__(words)
        self.kind, self.words, self.order = kind, words, order


def problem_of(error: Exception, named: dict[str, str]) -> Problem:
    """
    Return what an exception is to a partner.

    :param named: how the dialect calls our fields, by their path in the native body
    """
    match error:
        case Problem():
            return error
        case Faulty():
            return Problem(Kind.FIELD, "；".join(_told(fault.field, fault.message, named) for fault in error.faults[:5]))
        case Duplicate():
            fields = "、".join(named.get(field, field) for field in error.fields)
            words = f"单号重复：该单号已用于订单 {error.order.number}，内容不同（{fields}）"
            return Problem(Kind.DUPLICATE, words, error.order)
        case Refused():
            clause = f"（{error.clause}）" if error.clause else ""
            return Problem(Kind.REFUSED, f"{_told(error.field, error.reason, named)}{clause}")
        case NotCancelled():
            clause = f"（{error.clause}）" if error.clause else ""
            return Problem(Kind.CONFLICT, f"{error.reason}{clause}（{error.number}）")
        case Conflict():
            return Problem(Kind.CONFLICT, error.reason)
        case ObjectDoesNotExist():
            return Problem(Kind.UNKNOWN, "没有该订单，或不是贵方的订单")
        case Throttled():
            return Problem(Kind.REFUSED, str(error.detail))
        case RequestDataTooBig() | UnreadablePostError():
            return Problem(Kind.FORM, "请求内容过大或不完整，请精简后重试")
        case _:
            log.error("dialect call failed", exc_info=error)
            return Problem(Kind.UNEXPECTED, f"系统繁忙，请稍后重试（请求编号 {request_id.get()}）")


def _told(field: str, words: str, named: dict[str, str]) -> str:
    return f"{named.get(field, field)}：{words}" if field else words
