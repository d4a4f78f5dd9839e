"""常用语: the company's, kept by the department, and each branch's own (§3.2)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Phrase
from network.models import Person, Unit
from rulebook.errors import Refused

CLAUSE = "§4.3.1.1"
LONGEST = 300
MOST = 50  # phrases of one unit


@transaction.atomic
def write_phrase(*, clerk: Person, text: str, now: datetime, pk: int | None = None) -> Phrase:
    """
    Write a phrase, or another wording of one: the department the company's, a branch its own.

    :raises Refused: nothing is said, too much, or it is there already
    :raises DoesNotExist: it is not one of theirs
    """
    clerk.require("write_phrase")
    text = " ".join(text.split())
    if not text or len(text) > LONGEST:
        raise Refused(CLAUSE, _("常用语请填写 1 至 %d 个字。") % LONGEST, field="text")
    unit = _unit_of(clerk)
    own = Phrase.objects.filter(unit=unit)
    same = own.filter(text=text)
    if (same.exclude(pk=pk) if pk else same).exists():
        raise Refused(CLAUSE, _("已有相同的常用语。"), field="text")
    if pk is None and own.count() >= MOST:
        raise Refused(CLAUSE, _("最多 %d 条，请先删除不用的。") % MOST, field="text")
    phrase: Phrase = own.select_for_update().get(pk=pk) if pk else Phrase(unit=unit)
    phrase.text, phrase.written_by, phrase.written_at = text, clerk, now
    phrase.save()
    return phrase


def drop_phrase(*, clerk: Person, pk: int) -> None:
    """
    Delete one of one's own phrases.

    :raises DoesNotExist: it is not one of theirs
    """
    clerk.require("write_phrase")
    Phrase.objects.filter(unit=_unit_of(clerk)).get(pk=pk).delete()


def _unit_of(clerk: Person) -> Unit | None:
    """The department writes for the whole company."""
    return None if clerk.may("write_company_phrase") else clerk.unit
