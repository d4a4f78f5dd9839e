"""Read what partners' programs send: forms in UTF-8 or GBK, JSON with numbers as text, fields missing, empty or unknown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest

from partners.dialects.problems import Kind, Problem

LARGEST = 256 * 1024
DEEPEST = 8
MOST_PARAMETERS = 40
CHARSETS = ("utf-8", "gb18030")
MULTIPART = "multipart/form-data"

Form = Mapping[str, bytes]
Tree = dict[str, Any]


def form(request: HttpRequest) -> dict[str, bytes]:
    """
    Return the parameters, each exactly as it was received once its percent signs are undone: that is what is signed.

    :raises Problem: too large, or a parameter that stands twice (nobody knows then which one was signed)
    """
    pairs = [*_pairs(request.META.get("QUERY_STRING", "").encode("latin-1", "replace")), *_posted(request)]
    if len(pairs) > MOST_PARAMETERS:
        raise Problem(Kind.FORM, f"参数过多，最多 {MOST_PARAMETERS} 个")
    found: dict[str, bytes] = {}
    for name, value in pairs:
        if name in found:
            raise Problem(Kind.FORM, f"参数重复：{name[:40]}")
        found[name] = value
    return found


def _posted(request: HttpRequest) -> Iterator[tuple[str, bytes]]:
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        raise Problem(Kind.FORM, "请求内容超过 256 KB，请精简后重试")
    if request.content_type == MULTIPART:
        if request.FILES:
            raise Problem(Kind.FORM, "不接收文件")
        yield from ((name, value.encode()) for name, values in request.POST.lists() for value in values)
    else:
        yield from _pairs(request.body)


def _pairs(raw: bytes) -> Iterator[tuple[str, bytes]]:
    for pair in raw.split(b"&", MOST_PARAMETERS + 1):
        name, _equals, value = pair.partition(b"=")
        if name:
            yield _plain(name).decode("utf-8", "replace"), _plain(value)


def _plain(part: bytes) -> bytes:
    return unquote_to_bytes(part.replace(b"+", b" "))


def text(raw: bytes, declared: str | None = None) -> str:
    """
    Read bytes as the charset the request declares, else as UTF-8, else as GBK.

    :raises Problem: neither, or with characters no database can hold
    """
    for charset in (declared, *CHARSETS):
        try:
            read = raw.decode(charset or "utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
        if "\0" in read:
            raise Problem(Kind.JSON, "含有不可见的控制字符，请删除后重新提交")
        return read
    raise Problem(Kind.JSON, "文字编码须为 UTF-8 或 GBK")


def tree(raw: bytes, declared: str | None = None) -> Tree:
    """:raises Problem: it is no JSON object, or one with a key twice, too deep, or with half a character"""
    written = text(raw, declared)
    try:
        read = json.loads(written, object_pairs_hook=_object, parse_float=_exact, parse_constant=_no_constant)
        deep = _depth(read) > DEEPEST
        flat = "" if deep else json.dumps(read, default=str, ensure_ascii=False)
        flat.encode()  # half a character hides behind an escape
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise Problem(Kind.JSON, f"内容不是有效的 JSON：{str(error)[:80]}") from error
    if not isinstance(read, dict):
        raise Problem(Kind.JSON, "内容须为 JSON 对象")
    if deep or "\\u0000" in flat:
        raise Problem(Kind.JSON, "JSON 嵌套过深，或含有不可见的控制字符")
    return read


def _object(pairs: list[tuple[str, Any]]) -> Tree:
    """Names are compared without regard to case: programs write Goodsquantity and GoodsQuantity."""
    plain = {name.lower(): value for name, value in pairs}
    if len(plain) != len(pairs):
        raise ValueError("字段重复出现")
    return plain


def _exact(number: str) -> Decimal:
    exact = Decimal(number)
    if not exact.is_finite():
        raise ValueError(number[:40])
    return exact


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _depth(part: Any) -> int:
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return 1 + max((_depth(each) for each in inner), default=0)


def at(read: Tree, path: str) -> str:
    """Return the text at a dotted path ("Commodity.0.GoodsName"), or at the first of several ("Mobile|Tel") that says something."""
    return next((found for each in path.split("|") if (found := _at(read, each))), "")


def _at(read: Any, path: str) -> str:
    for name in path.lower().split("."):
        read = _inner(read, name)
    if isinstance(read, bool):
        return "1" if read else "0"
    if isinstance(read, Decimal):
        return format(read, "f")[:400]
    return str(read).strip() if isinstance(read, str | int) else ""


def _inner(read: Any, name: str) -> Any:
    if isinstance(read, list):
        return read[int(name)] if name.isdigit() and int(name) < len(read) else None
    return read.get(name) if isinstance(read, dict) else None
