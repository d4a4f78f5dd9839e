"""JSON as the API takes it: no key twice, no NaN, numbers exact, not too large and not too deep."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

LARGEST = 256 * 1024
DEEPEST = 8
ANYTHING = "*/*"


class JsonAlone(DefaultContentNegotiation):
    """The one answer that most callers take is chosen without weighing what else they might take."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        choice = list(renderers)
        plain = not format_suffix and not request.META.get("QUERY_STRING")
        if plain and len(choice) == 1 and request.META.get("HTTP_ACCEPT", ANYTHING) in (ANYTHING, choice[0].media_type):
            return choice[0], str(choice[0].media_type)
        return super().select_renderer(request, choice, format_suffix)


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"


class StrictJSONParser(JSONParser):
    renderer_class = JSONRenderer

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        raw = stream.read(LARGEST + 1)
        check_size(len(raw))
        try:
            tree = json.loads(
                raw.decode("utf-8"), object_pairs_hook=_object, parse_float=_exact, parse_constant=_no_constant
            )
        except UnicodeDecodeError as error:
            raise ParseError(_("请求内容须为 UTF-8 编码的 JSON。")) from error
        except (ValueError, ArithmeticError, RecursionError) as error:
            raise ParseError(_("请求内容不是有效的 JSON：%s。") % str(error)[:120]) from error
        _check(tree)
        return tree


def check_size(size: int) -> None:
    """:raises TooLarge: more bytes than a request may have"""
    if size > LARGEST:
        raise TooLarge(_("请求内容超过 256 KB，请精简后重试。"))


class _Doubled(dict[str, Any]):
    """An object in which a key stood twice."""

    key = ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    doubled = _Doubled(plain)
    seen: set[str] = set()
    doubled.key = next(key for key, _value in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return doubled


def _exact(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text[:40])
    return number


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _check(tree: Any, path: str = "", depth: int = 0) -> None:
    """Refuse keys that stand twice, named by their dotted path, and bodies nested deeper than any of ours."""
    if depth > DEEPEST:
        raise ValidationError({path[:60]: [_("嵌套过深。")]}, code="too_deep")
    if isinstance(tree, _Doubled):
        at = f"{path}.{tree.key}".strip(".")[:60]
        raise ValidationError({at: [_("字段“%s”重复出现。") % at]}, code="duplicate_key")
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in inner:
        _check(value, f"{path}.{key}".strip("."), depth + 1)
