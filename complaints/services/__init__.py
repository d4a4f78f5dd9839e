"""The verbs of complaints."""

from complaints.services.ending import answer, close, tell_result
from complaints.services.filing import Matter, Sender, file, file_from
from complaints.services.handling import (
    add_evidence,
    give_interim_answer,
    note,
    propose,
    recategorise,
    record_insurer_date,
    show_contact,
    take,
)
from complaints.services.redress import call_back, record_apology, record_remedy, record_visit, report_visit
from complaints.services.ruling import dismiss, reopen, uphold

__all__ = [
    "Matter",
    "Sender",
    "add_evidence",
    "answer",
    "call_back",
    "close",
    "dismiss",
    "file",
    "file_from",
    "give_interim_answer",
    "note",
    "propose",
    "recategorise",
    "record_apology",
    "record_insurer_date",
    "record_remedy",
    "record_visit",
    "reopen",
    "report_visit",
    "show_contact",
    "take",
    "tell_result",
    "uphold",
]
