"""Keeping files that prove what a complaint, a claim, a filing or a ticket says: judged by their content, beside their rows, both or neither."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum
from django.utils.translation import gettext as _

from complaints.models import Evidence
from complaints.models.evidence import FOLDER
from core import files, pictures
from core.models import Actor
from network.models import Person
from rulebook.errors import Refused

CLAUSE = "§1.6"
MOST_FILES = 20
MOST_BYTES = 8 * 1024 * 1024
MOST_KEPT = 40 * 1024 * 1024  # bytes a subject
PDF = "application/pdf"
NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f<>\"'\\/:*?|;&%$\u200b-\u200f\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class File:
    """A file that is safe to keep: a photo drawn anew, or a PDF that nothing here opens."""

    content: bytes
    media: str
    name: str
    width: int | None = None
    height: int | None = None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def read(content: bytes, name: str = "", *, clause: str = CLAUSE, field: str = "files") -> File:
    """
    Return what was uploaded as a file of ours, by its content: what its name or type say counts for nothing.

    :raises Refused: empty, larger than 8 MB, or neither a JPEG, PNG or WebP photo nor a whole PDF
    """
    shown = _harmless(name)
    if not 0 < len(content) <= MOST_BYTES:
        raise Refused(clause, _("文件须大于 0、不超过 8 MB。"), field=field)
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-1024:]:
        return File(content, PDF, shown)
    if content.startswith(b"%PDF-") or not content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n", b"RIFF")):
        raise Refused(clause, _("只收 JPEG、PNG、WebP 照片和完整的 PDF 文件，请核对后重新上传。"), field=field)
    seen = pictures.read(content, clause=clause, field=field)
    return File(seen.content, seen.media, shown, seen.width, seen.height)


def _harmless(name: str) -> str:
    """Return the last part of a file's name without what could mislead; it is shown, never used as a path."""
    return NOT_IN_NAMES.sub(" ", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")[:80]


def keep(
    subject: str, given: Iterable[File], *, by: Actor, person: Person | None, now: datetime, clause: str = CLAUSE
) -> list[Evidence]:
    """
    Write files and rows; one that is here already stays as it is. Inside `core.files.files_with_rows`, its subject locked.

    :raises Refused: more files, or more bytes, than one subject may have
    """
    known = set(Evidence.objects.of(subject).values_list("sha256", flat=True))
    fresh = {each.sha256: each for each in given if each.sha256 not in known}
    _check_room(subject, list(fresh.values()), clause)
    return [_one(subject, each, by, person, now) for each in fresh.values()]


def _check_room(subject: str, given: Sequence[File], clause: str) -> None:
    stored = Evidence.objects.of(subject)
    used = stored.aggregate(bytes=Sum("size"))["bytes"] or 0
    if stored.count() + len(given) > MOST_FILES or used + sum(len(each.content) for each in given) > MOST_KEPT:
        words = _("最多 %(count)d 个文件、共 %(size)d MB。")
        raise Refused(clause, words % {"count": MOST_FILES, "size": MOST_KEPT // 1024**2}, field="files")


def _one(subject: str, given: File, by: Actor, person: Person | None, now: datetime) -> Evidence:
    row = Evidence(
        subject=subject, key=secrets.token_hex(16), media=given.media, name=given.name, size=len(given.content),
        width=given.width, height=given.height, sha256=given.sha256, by_kind=by.kind, person=person, at=now,
    )  # fmt: skip
    files.write(row.path, given.content)
    row.save(force_insert=True)
    return row


def lost() -> Iterator[Evidence]:
    """Yield every file that is gone or is not what was stored; reads them all, one at a time."""
    for row in Evidence.objects.order_by("pk").iterator(chunk_size=500):
        if not files.intact(row.path, row.sha256):
            yield row


def sweep(now: datetime) -> int:
    """Remove files of evidence that no row names: a process died between file and commit."""
    return files.sweep(FOLDER, lambda keys: set(Evidence.objects.filter(key__in=keys).values_list("key", flat=True)), now)
