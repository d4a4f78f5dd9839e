"""From the filing to the decision: take it, note what is found, correct its category, propose, answer in the interim (§1.6.1, §4.4.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.choices import UNDECIDED, State
from complaints.models import Complaint, Evidence
from complaints.services import evidence
from complaints.services.common import CLAUSE, done, done_by, fact, handled, in_state, locked, words_of
from complaints.services.evidence import File
from complaints.services.filing import check_matter
from core.files import files_with_rows
from core.fsm import perform
from core.journal import publish
from core.models import Actor
from network.models import Person
from orders.services.common import label
from rulebook.categories import CATEGORIES, CAUSES
from rulebook.due import local_day
from rulebook.errors import Conflict, Refused
from rulebook.events import On


@transaction.atomic
def take(*, pk: int, clerk: Person, now: datetime) -> Complaint:
    """
    See to the complaint from now on.

    :raises Conflict: somebody has it already; says who and since when
    """
    complaint = handled(pk, clerk)
    perform(complaint.take, by=clerk, at=now)
    return done_by(complaint, On.COMPLAINT_TAKEN, clerk, now)


@transaction.atomic
def note(*, pk: int, clerk: Person, text: str, now: datetime) -> Complaint:
    """
    Write down what was found out; a branch answers this way to what is said of it.

    :raises Refused: nothing is said
    :raises Conflict: the complaint is closed
    """
    clerk.require("answer_complaint")
    complaint = locked(pk, clerk)
    words = words_of(text, _("请写明调查情况或答复。"))
    in_state(complaint, [state for state in State if state != State.CLOSED])
    return done_by(complaint, On.COMPLAINT_NOTED, clerk, now, text=words, unit=clerk.unit.pk if clerk.unit else None)


@transaction.atomic
def recategorise(
    *, pk: int, clerk: Person, category: str, now: datetime, cause: str = "", amount: Decimal | None = None,
    internal: bool = False, serious: bool = False, text: str = "",
) -> Complaint:  # fmt: skip
    """
    Correct what the complaint is about, as a whole: its limit is replaced by the new category's, counted from the filing (§1.6.1).

    :raises Refused: nothing changes, or something is not so
    :raises Conflict: it is decided already
    """
    complaint = handled(pk, clerk)
    in_state(complaint, UNDECIDED)
    check_matter(category, cause, amount)
    before = (complaint.category, complaint.cause, complaint.amount, complaint.internal, complaint.serious)
    if before == (category, cause, amount, internal, serious):
        raise Refused(CLAUSE, _("类别、原因、金额都没有变化。"), field="category")
    complaint.category, complaint.cause, complaint.amount = category, cause, amount
    complaint.internal, complaint.serious = internal, serious
    if not _insured(complaint):
        complaint.insurer_on = None
    words = text.replace("\0", "").strip()[:300]
    return done_by(complaint, On.COMPLAINT_RECATEGORISED, clerk, now, text=words, was=before[0], was_internal=before[3])


def _insured(complaint: Complaint) -> bool:
    cause = CAUSES.get(complaint.cause)
    return CATEGORIES[complaint.category].clause == "§1.6.1.1" and cause is not None and cause.insured


@transaction.atomic
def record_insurer_date(*, pk: int, clerk: Person, insurer_on: date, now: datetime) -> Complaint:
    """
    Record the insurer's payment date, which the limit has waited for (§1.6.1.1).

    :raises Refused: the cause is not one the insurer pays for, or the date lies before the filing or is recorded already
    :raises Conflict: the result is told already
    """
    complaint = handled(pk, clerk)
    if complaint.told_at or complaint.state == State.CLOSED:
        raise Conflict(_("处理结果已告知投诉人。"), **complaint.last_act())
    if not _insured(complaint):
        raise Refused("§1.6.1.1", _("只有车辆事故、途中被盗、淋湿的投诉等待保险公司赔付日：请先更正损失原因。"), field="insurer_on")
    if insurer_on < local_day(complaint.opened_at) or insurer_on == complaint.insurer_on:
        raise Refused("§1.6.1.1", _("赔付日须为投诉登记当日或以后的日期，且与已登记的不同。"), field="insurer_on")
    complaint.insurer_on = insurer_on
    return done_by(complaint, On.INSURER_DATE_RECORDED, clerk, now)


@transaction.atomic
def propose(*, pk: int, clerk: Person, text: str, now: datetime) -> Complaint:
    """
    Say what was found and what is to follow from it.

    :raises Refused: nothing is said
    :raises Conflict: it is not being investigated
    """
    complaint = handled(pk, clerk)
    words = words_of(text, _("请写明调查结论和处理方案。"))
    perform(complaint.propose, at=now)
    return done_by(complaint, On.COMPLAINT_PROPOSED, clerk, now, text=words)


@transaction.atomic
def give_interim_answer(*, pk: int, clerk: Person, text: str, until: date, now: datetime) -> Complaint:
    """
    Answer the customer in writing, with the date by which the result will come (§4.4.6).

    :raises Refused: nothing is said, no later date, or there is no customer (an internal complaint)
    :raises Conflict: it is decided already
    """
    complaint = handled(pk, clerk)
    in_state(complaint, UNDECIDED)
    if complaint.internal:
        raise Refused("§4.4.6", _("内部投诉没有需要答复的客户。"))
    words = words_of(text, _("请填写书面答复的内容。"), clause="§4.4.6")
    if until <= local_day(now):
        raise Refused("§4.4.6", _("请填写将来的答复日期。"), field="until")
    complaint.interim_at, complaint.interim_until = now, until
    return done_by(complaint, On.COMPLAINT_INTERIM_ANSWERED, clerk, now, text=words, until=until.isoformat())


@transaction.atomic
def show_contact(*, pk: int, clerk: Person, now: datetime) -> Complaint:
    """Show somebody who complained and under which number; who saw it and when is on record (design §6.17)."""
    clerk.require("answer_complaint")
    complaint: Complaint = Complaint.objects.visible_to(clerk).get(pk=pk)
    shown = fact(complaint, On.PERSONAL_DATA_SHOWN, clerk.actor, now, recorded=now, fields=["complaint.contact"])
    publish(replace(shown, in_sequence=False))
    return complaint


@transaction.atomic
def add_evidence(*, pk: int, clerk: Person, files: Sequence[File], now: datetime) -> list[Evidence]:
    """
    Add files that prove something.

    :raises Refused: none, or more than a complaint may have
    :raises Conflict: the complaint is closed
    """
    clerk.require("answer_complaint")
    return add_files(locked(pk, clerk), files, by=clerk.actor, who=label(clerk), person=clerk, now=now)


@files_with_rows()
def add_files(
    complaint: Complaint, files: Sequence[File], *, by: Actor, who: str, now: datetime, person: Person | None = None
) -> list[Evidence]:
    """Keep files of a locked complaint; whoever asks has been checked."""
    in_state(complaint, [state for state in State if state != State.CLOSED])
    if not files:
        raise Refused(CLAUSE, _("请选择要上传的文件。"), field="files")
    kept = evidence.keep(complaint.subject, files, by=by, person=person, now=now, clause=CLAUSE)
    if kept:
        done(complaint, On.EVIDENCE_ADDED, by, who, now, files=len(kept))
    return kept
