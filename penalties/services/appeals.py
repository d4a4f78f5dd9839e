"""Appeals (申诉): by whoever is fined, in time, once; decided by the department with a reason (§1.7.4)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core.fsm import perform
from core.journal import publish
from network.models import Person, Post
from network.services import SOLE
from penalties.choices import State
from penalties.models import Appeal, Penalty
from penalties.services.reversing import reverse_all
from penalties.services.telling import told
from rulebook.due import at as moment
from rulebook.due import local_day
from rulebook.errors import Conflict, Denied, Refused
from rulebook.events import On
from rulebook.roles import Role

CLAUSE = "§1.7.4"
HEADS = SOLE | {Role.CALL_CENTRE_MANAGER}
LAST = ("state", "last_actor", "last_at")


def appealable_until(penalty: Penalty) -> datetime:
    """Return the last instant in time: 24:00 of the N-th day (a setting) after it was imposed, or after its amount was set (§0.7)."""
    known = max(penalty.imposed_at, penalty.assessed_at or penalty.imposed_at)
    return moment(local_day(known), 24, days=settings.APPEAL_DAYS)


def is_fined(penalty: Penalty, person: Person) -> bool:
    """Tell whether a person may speak for the payer: the one fined, or who heads the unit that pays."""
    if penalty.person_id:
        return penalty.person_id == person.pk
    heads = Post.objects.filter(person=person, unit=penalty.unit_id, role__in=HEADS, until=None)
    return penalty.payer.startswith("unit/") and heads.exists()


@transaction.atomic
def appeal(*, pk: int, person: Person, text: str, now: datetime) -> Penalty:
    """
    Object to a penalty.

    :raises Denied: another one was fined
    :raises Refused: too late, or no reason given
    :raises Conflict: there was an appeal already, or the penalty was reversed
    """
    penalty: Penalty = Penalty.objects.locked().get(pk=pk)
    if not is_fined(penalty, person):
        raise Denied(_("只有被处罚人本人（部门罚款为部门负责人）可以申诉（§1.7.4）。"))
    if not text.strip():
        raise Refused(CLAUSE, _("请写明申诉理由。"), field="text")
    if Appeal.objects.filter(penalty=penalty).exists():
        raise Conflict(_("该处罚已经申诉过。"), **penalty.last_act())
    if now > appealable_until(penalty):
        words = _("申诉须在处罚作出（或金额核定）后 %d 个自然日内提出，已超过期限。") % settings.APPEAL_DAYS
        raise Refused(CLAUSE, words, field="text")
    perform(penalty.appeal)
    _save(penalty, person, now)
    Appeal.objects.create(penalty=penalty, by=person, text=text.strip(), at=now)
    publish(told(On.PENALTY_APPEALED, penalty, now=now, by=person.actor))
    return penalty


@transaction.atomic
def decide_appeal(*, pk: int, granted: bool, decision: str, person: Person, now: datetime) -> Penalty:
    """
    Decide an appeal: granted, the penalty is reversed by counter-entry, also one that was settled; refused, it stands.

    :raises Refused: no reason given
    :raises Conflict: no appeal waits
    """
    person.require("manage_penalties")
    penalty: Penalty = Penalty.objects.locked().get(pk=pk)
    waiting = Appeal.objects.select_for_update().filter(penalty=penalty, granted=None).first()
    if waiting is None or penalty.state != State.APPEALED:  # an excuse may have reversed it meanwhile
        raise Conflict(_("该处罚没有待处理的申诉。"), **penalty.last_act())
    if is_fined(penalty, person):
        raise Denied(_("不能处理对自己处罚的申诉，请由部门其他人员处理（§1.7.4）。"))
    if not decision.strip():
        raise Refused(CLAUSE, _("请写明处理理由。"), field="decision")
    if not granted:
        perform(penalty.uphold)
        _save(penalty, person, now)
    waiting.granted, waiting.decision = granted, decision.strip()
    waiting.decided_by, waiting.decided_at = person, now
    waiting.save()
    facts = [told(On.PENALTY_UPHELD, penalty, now=now, by=person.actor)]
    if granted:
        facts = reverse_all([penalty], reason=decision.strip(), by=person.actor, at=now)
    publish(*facts)
    return penalty


def _save(penalty: Penalty, person: Person, now: datetime) -> None:
    penalty.last_actor, penalty.last_at = person.actor.id, now
    penalty.save(update_fields=LAST)
