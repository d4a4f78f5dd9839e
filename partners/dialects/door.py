"""One way through for every dialect: read the form, check the signature, call, answer; what goes wrong is said in the dialect."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from core import clock
from partners import limits
from partners.choices import Dialect
from partners.dialects import reading
from partners.dialects.problems import Kind, Problem, problem_of
from partners.dialects.reading import Form, Tree
from partners.models import DialectKey, Partner

Answer = dict[str, Any] | list[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call whose signature is right: who asks, what, and by which event it is remembered."""

    signer: DialectKey
    call: str
    said: Tree
    event: str
    now: datetime
    sent_at: datetime | None = None

    @property
    def partner(self) -> Partner:
        return self.signer.partner


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """
    A dialect: `check` reads and verifies, `calls` are what it knows, `failure` says what went wrong.

    `names`: how the dialect calls our fields; `reads`: calls that may come by GET.
    """

    dialect: Dialect
    check: Callable[[Incoming], Asked]
    calls: Mapping[str, Callable[[Asked], Answer]]
    failure: Callable[[Problem, Incoming], Answer]
    names: dict[str, str]
    reads: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A request as far as it could be read."""

    call: str
    now: datetime
    charset: str | None = None
    form: Form = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a parameter that is plain ASCII by nature: accounts, signatures, timestamps; '' for anything else."""
        raw = self.form.get(name, b"")
        return raw.decode() if raw.isascii() and b"\0" not in raw else ""

    @staticmethod
    def event(*parts: bytes | str) -> str:
        """Return the name a message is remembered by: equal only for the same call with the same signed parts."""
        said = b"\0".join(part if isinstance(part, bytes) else part.encode() for part in parts)
        return hashlib.sha256(said).hexdigest()


def door(speech: Speech) -> Callable[..., HttpResponse]:
    """Return the view of a dialect. It answers 200 whatever happens: these programs take anything else for a dead line."""

    @csrf_exempt
    def view(request: HttpRequest, call: str = "") -> HttpResponse:
        with translation.override("zh-hans"):
            told = _answer(speech, request, Incoming(call=call, now=clock.now()))
        return JsonResponse(told, safe=False, json_dumps_params={"ensure_ascii": False})

    view.__name__ = speech.dialect.value
    view.__doc__ = f"{speech.dialect.label}"
    return view


def _answer(speech: Speech, request: HttpRequest, incoming: Incoming) -> Answer:
    try:
        if request.method != "POST" and not (request.method == "GET" and incoming.call in speech.reads):
            raise Problem(Kind.FORM, "请用 POST 提交表单")
        incoming = _read(request, incoming)
        asked = speech.check(incoming)
        limits.check(f"{speech.dialect}/{asked.signer.account}", asked.partner, incoming.now)
        if asked.partner.sandbox:  # its orders must touch nothing else (decision 0026), and these calls know only real ones
            raise Problem(Kind.REFUSED, "沙箱账号请使用原生接口（/api/v1/），方言接口请用正式账号联调")
        act = speech.calls.get(asked.call)
        if act is None:
            raise Problem(Kind.UNSUPPORTED, f"没有“{asked.call[:40]}”这个接口，可用 {'、'.join(speech.calls)}")
        return act(asked)
    except Exception as error:  # noqa: BLE001 - every one is told to the partner, and what nobody foresaw is logged
        return speech.failure(problem_of(error, speech.names), incoming)


def _read(request: HttpRequest, incoming: Incoming) -> Incoming:
    charset = request.content_params.get("charset") if request.content_params else None
    return Incoming(call=incoming.call, now=incoming.now, charset=charset, form=reading.form(request))
