"""Facts about prices, and the checks that every period goes through."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from core.journal import Fact
from network.models import Person
from rulebook.errors import Refused
from rulebook.events import On


def fact(name: On, subject: str, by: Person, now: datetime, **data: object) -> Fact:
    return Fact(name=name, subject=subject, at=now, by=by.actor, data=data)


def check_period(since: date, until: date, clause: str) -> None:
    """:raises Refused: it ends before it begins (§5.1 names three that did)"""
    if until < since:
        raise Refused(clause, _("结束日期 %(until)s 早于开始日期 %(since)s。") % {"until": until, "since": since}, field="valid_to")


def refuse_overlap(found: object, clause: str, field: str = "valid_from") -> None:
    """:raises Refused: another row of the same key covers part of the period; names it"""
    if found is not None:
        raise Refused(clause, _("与“%s”的有效期重叠，请先结束该项或调整日期。") % found, field=field)
