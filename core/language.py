"""The reader's language. Interface text is translated by gettext; rows of the rulebook carry `zh` and `en` themselves."""

from typing import Protocol

from django.utils.translation import get_language


class Bilingual(Protocol):
    @property
    def zh(self) -> str: ...

    @property
    def en(self) -> str: ...


def english() -> bool:
    return (get_language() or "").startswith("en")


def in_words(row: Bilingual) -> str:
    """Return what the row is called in the reader's language."""
    return row.en if english() else row.zh
