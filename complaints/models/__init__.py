"""Complaints and what is kept for them: what was said, decided and made good; files that prove it."""

from complaints.models.complaints import Complaint
from complaints.models.evidence import Evidence
from complaints.models.records import Redress, Ruling, Saying

__all__ = ["Complaint", "Evidence", "Redress", "Ruling", "Saying"]
