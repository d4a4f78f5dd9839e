"""Complaints and claims, and what is kept for them: what was said, decided, made good and paid; files that prove it."""

from complaints.models.claims import Claim, ClaimPaper, ClaimPayment, Proposal
from complaints.models.complaints import Complaint
from complaints.models.evidence import Evidence
from complaints.models.records import Redress, Ruling, Saying

__all__ = [
    "Claim", "ClaimPaper", "ClaimPayment", "Complaint", "Evidence", "Proposal", "Redress", "Ruling", "Saying",
]  # fmt: skip
