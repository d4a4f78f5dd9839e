"""A form half filled, kept in the visitor's session, sealed: it holds phones and addresses."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.http import HttpRequest

from core.personal import seal, unseal

SESSION = "hall_draft"
LONGEST = 20_000  # characters in all; a form fuller than that is no order
NOT_KEPT = frozenset({"csrfmiddlewaretoken", "token", "act"})


def worth_keeping(typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed without what belongs to this one sending of the form."""
    return {key: value for key, value in typed.items() if key not in NOT_KEPT and value}


def keep(request: HttpRequest, typed: Mapping[str, str]) -> None:
    text = json.dumps(worth_keeping(typed))
    if len(text) <= LONGEST:
        request.session[SESSION] = seal(text)


def kept(request: HttpRequest) -> dict[str, str]:
    """Return what was typed before, {} if there is nothing or it cannot be read any more."""
    sealed = request.session.get(SESSION)
    if not sealed:
        return {}
    try:
        typed: dict[str, str] = json.loads(unseal(sealed))
    except ValueError:
        forget(request)
        return {}
    return typed


def forget(request: HttpRequest) -> None:
    request.session.pop(SESSION, None)
