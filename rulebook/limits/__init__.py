"""Every time limit of the handbook as a row that cites its clause."""

from rulebook.limits import answers, complaints, delivery, orders, pickup
from rulebook.limits.model import Holder, Limit, StepRow, Subject

__all__ = ["LIMITS", "Holder", "Limit", "StepRow", "Subject"]

LIMITS: dict[str, Limit] = {
    row.clause: row for row in (*orders.ROWS, *pickup.ROWS, *delivery.ROWS, *complaints.ROWS, *answers.ROWS)
}
