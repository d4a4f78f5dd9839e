"""Every clause of the handbook by its id."""

from rulebook.clauses import answers, complaints, delivery, hall, key_customers, ordering, reading
from rulebook.clauses.model import Clause, Kind

__all__ = ["CLAUSES", "Clause", "Kind"]

CLAUSES: dict[str, Clause] = {
    clause.id: clause
    for clause in (
        *reading.ROWS,
        *ordering.ROWS,
        *delivery.ROWS,
        *complaints.ROWS,
        *key_customers.ROWS,
        *hall.ROWS,
        *answers.ROWS,
    )
}
