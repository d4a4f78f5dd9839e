"""After the decision: the customer is told, answers, and the complaint is closed (§1.6.1, §4.4)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from complaints.choices import DECIDED, Answer, Told
from complaints.models import Complaint
from complaints.services.common import CLAUSE, done, done_by, handled, in_state, locked_of, words_of
from core.fsm import perform
from core.models import Actor
from network.models import Person
from rulebook.errors import Conflict, Refused
from rulebook.events import On


@transaction.atomic
def tell_result(*, pk: int, clerk: Person, text: str, means: str, now: datetime) -> Complaint:
    """
    Record that the customer was told the result: this stops the limit of §1.6.1.

    :raises Refused: nothing is said, or no means
    :raises Conflict: it is not decided yet, or told already
    """
    complaint = handled(pk, clerk)
    in_state(complaint, DECIDED)
    if complaint.told_at:
        raise Conflict(_("处理结果已告知投诉人。"), **complaint.last_act())
    words = words_of(text, _("请填写告知投诉人的内容。"))
    if means not in Told.values:
        raise Refused(CLAUSE, _("请选择告知方式。"), field="means")
    complaint.told_at = now
    return done_by(complaint, On.COMPLAINT_RESULT_TOLD, clerk, now, text=words, told_by=means)


@transaction.atomic
def answer(*, seen: QuerySet[Complaint], answer: str, by: Actor, who: str, now: datetime, text: str = "") -> Complaint:
    """
    The customer says yes or no to the result; on a no the department takes it up again or closes it with its reason.

    :param seen: the complaints the one who answers may speak for, narrowed to one
    :raises Refused: neither yes nor no, or a no without a word
    :raises Conflict: no result was told, or it is answered already
    """
    complaint = locked_of(seen)
    in_state(complaint, DECIDED)
    if complaint.told_at is None or complaint.answered_at:
        words = _("您已经答复过。") if complaint.answered_at else _("处理结果还没有告知。")
        raise Conflict(words, **complaint.last_act())
    if answer not in (Answer.YES, Answer.NO):
        raise Refused(CLAUSE, _("请选择认可或不认可。"), field="answer")
    said = text.replace("\0", "").strip()
    if answer == Answer.NO:
        said = words_of(text, _("请写明不认可的原因。"), longest=500)
    _answered(complaint, answer, now)
    return done(complaint, On.COMPLAINT_ANSWERED, by, who, now, text=said[:500], answer=answer)


def _answered(complaint: Complaint, answer: str, now: datetime) -> None:
    complaint.answer, complaint.answered_at = answer, now


@transaction.atomic
def close(*, pk: int, clerk: Person, now: datetime, answer: str = "", text: str = "") -> Complaint:
    """
    Close it with the customer's answer; one that is unhappy or cannot be reached is closed with a reason.

    :raises Refused: the result is not told, something is still owed to the customer (§4.4), or no answer is recorded
    :raises Conflict: it is not decided yet, or closed already
    """
    complaint = handled(pk, clerk)
    in_state(complaint, DECIDED)
    said = text.replace("\0", "").strip()[:500]
    if not complaint.internal and not complaint.answered_at:
        if answer not in Answer.values:
            raise Refused(CLAUSE, _("请选择投诉人的答复：认可、不认可或未答复。"), field="answer")
        _answered(complaint, answer, now)
    if complaint.answer in (Answer.NO, Answer.NONE) or complaint.internal:
        said = words_of(text, _("请写明结案原因。"), longest=500)
    perform(complaint.close, at=now)
    return done_by(complaint, On.COMPLAINT_CLOSED, clerk, now, text=said, answer=complaint.answer)
