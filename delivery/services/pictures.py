"""Pictures of a hand-over (§4.3.2.8): of a known kind, drawn anew from their pixels (`core.pictures`)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from core import pictures
from core.pictures import Pixels
from delivery.choices import ProofKind
from rulebook.errors import Refused

CLAUSE = "§4.3.2.8"


@dataclass(frozen=True, slots=True)
class Picture(Pixels):
    """A picture that is safe to keep and to show, and what it shows."""

    kind: ProofKind


def read(kind: str, content: bytes, *, field: str = "photo") -> Picture:
    """
    Return what was uploaded as a picture of this kind; a signature is kept as its strokes.

    :raises Refused: no such kind, or not a picture we take
    """
    if kind not in ProofKind.values:
        raise Refused(CLAUSE, _("请选择照片的种类。"), field="kind")
    seen = pictures.read(content, clause=CLAUSE, field=field, drawing=kind == ProofKind.SIGNATURE)
    return Picture(seen.content, seen.media, seen.width, seen.height, ProofKind(kind))
