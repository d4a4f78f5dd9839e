"""Files beside rows: both or neither. A row names its file by a random key; what no row names is swept away later."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

ORPHANED_AFTER = timedelta(days=1)

_written: ContextVar[list[str] | None] = ContextVar("written_files", default=None)


@contextmanager
def files_with_rows() -> Iterator[None]:
    """Remove the files written inside if the transaction around fails; the outermost block answers for all of them."""
    if _written.get() is not None:
        yield
        return
    names: list[str] = []
    token = _written.set(names)
    try:
        yield
    except BaseException:
        for name in names:
            default_storage.delete(name)
        raise
    finally:
        _written.reset(token)


def write(path: str, content: bytes) -> None:
    """Write the file of a row that is stored next."""
    if (written := _written.get()) is not None:
        written.append(path)
    default_storage.save(path, ContentFile(content))


def content(path: str) -> bytes:
    """:raises FileNotFoundError: the file is gone"""
    with default_storage.open(path) as file:
        return bytes(file.read())


def intact(path: str, sha256: str) -> bool:
    """Tell whether the file is there and is the one that was stored."""
    try:
        return hashlib.sha256(content(path)).hexdigest() == sha256
    except OSError:
        return False


def sweep(folder: str, known: Callable[[list[str]], set[str]], now: datetime) -> int:
    """
    Remove files of a folder that no row names and that nobody is writing: a process died between file and commit.

    :param known: says which of these keys have a row
    """
    removed = 0
    for part in _parts(folder):
        names = default_storage.listdir(f"{folder}/{part}")[1]
        keys = {name.split(".")[0]: name for name in names}
        rows = known(list(keys))
        for key, name in keys.items():
            path = f"{folder}/{part}/{name}"
            if key not in rows and default_storage.get_modified_time(path) < now - ORPHANED_AFTER:
                default_storage.delete(path)
                removed += 1
    return removed


def _parts(folder: str) -> list[str]:
    try:
        return list(default_storage.listdir(folder)[0])
    except FileNotFoundError:
        return []
