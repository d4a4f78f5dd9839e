"""One translation of what went wrong for the API (design §4): a rule is 422 with its clause, a lost race 409."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from core.journal import request_id
from orders.api.content import Fault, Faulty
from orders.services import Duplicate
from partners.cancelling import NotCancelled
from rulebook.errors import Conflict, Denied, Refused

KEPT_HEADERS = frozenset({"WWW-Authenticate", "Retry-After"})


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the API's answer to an exception, or None for what nobody foresaw (500)."""
    match error:
        case Refused():
            return _body(422, "refused", error.reason, clause=error.clause, field=error.field)
        case Conflict():
            return _lost(error)
        case Denied():
            return _body(403, "denied", error.reason)
        case Faulty():
            return _faults(error.faults)
        case exceptions.ValidationError():
            return _faults(list(_leaves(error.get_full_details())))
        case RequestDataTooBig():
            return _body(413, "too_large", _("请求内容过大，请精简后重试。"))
        case DjangoValidationError():  # a forged cursor
            return _body(400, "invalid", _("请求参数无效，请核对后重试。"))
        case ObjectDoesNotExist():
            return _body(404, "not_found", _("没有这条记录，或不在您的查看范围内。"))
        case _:
            return _framework(error, context)


def _lost(error: Conflict) -> Response:
    match error:
        case Duplicate():
            return _conflict(error, "duplicate", fields=error.fields)
        case NotCancelled(code="not_found"):
            return _body(404, error.code, error.reason, number=error.number)
        case NotCancelled():
            return _conflict(error, error.code, number=error.number, clause=error.clause)
    return _conflict(error, "conflict")


def _conflict(error: Conflict, code: str, **more: Any) -> Response:
    return _body(409, code, error.reason, winner=error.winner, at=error.at.isoformat() if error.at else None, **more)


def _faults(faults: list[Fault]) -> Response:
    """Tell the first thing wrong at the top; where there are several, all of them beside it."""
    first = faults[0]
    rows = [{"field": f.field, "code": f.code, "message": f.message, "clause": f.clause} for f in faults]
    more = {"errors": rows} if len(rows) > 1 else {}
    return _body(400, first.code, first.message, clause=first.clause, field=first.field, **more)


def _leaves(detail: Any, path: str = "") -> Iterator[Fault]:
    """Yield the faults of a nested error, each field by its dotted path (checks.0)."""
    match detail:
        case {"message": str() as message, "code": str() as code}:
            yield Fault(path, code, message)
        case dict():
            for key, inner in detail.items():
                yield from _leaves(inner, path if key == "non_field_errors" else f"{path}.{key}".strip("."))
        case list():
            for place, inner in enumerate(detail):
                yield from _leaves(inner, path if isinstance(inner, dict) and "message" in inner else f"{path}.{place}")


def _framework(error: Exception, context: dict[str, Any]) -> Response | None:
    response = exception_handler(error, context)
    if response is None:
        return None
    told = _body(response.status_code, _code(error), str(response.data.get("detail", _("请求无法处理。"))))
    for name in KEPT_HEADERS & response.headers.keys():
        told[name] = response[name]
    return told


def _code(error: Exception) -> str:
    match error:
        case exceptions.APIException():
            codes = error.get_codes()
            return codes if isinstance(codes, str) else str(error.default_code)
        case Http404():
            return "not_found"
        case PermissionDenied():
            return "permission_denied"
        case _:
            return "error"


def _body(status: int, code: str, message: str, *, clause: str = "", field: str = "", **more: Any) -> Response:
    set_rollback()
    data = {"code": code, "message": message, "clause": clause, "field": field, "request_id": request_id.get(), **more}
    return Response(data, status=status)
