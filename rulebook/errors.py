"""What a rule forbids, what a race lost, what a post may not do. Each edge translates these once."""

from datetime import datetime


class Refused(Exception):
    """A rule of the handbook forbids this. Anticipated: shown to the user, never sent to the error tracker."""

    def __init__(self, clause: str, reason: str, field: str = "") -> None:
        super().__init__(f"{reason}（{clause}）" if clause else reason)
        self.clause, self.reason, self.field = clause, reason, field


class Conflict(Exception):
    """Somebody else was first, or the step does not start from the present state. Names the winner if there is one."""

    def __init__(self, reason: str, winner: str = "", at: datetime | None = None) -> None:
        super().__init__(reason)
        self.reason, self.winner, self.at = reason, winner, at


class Denied(Exception):
    """The person's posts do not carry this act."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
