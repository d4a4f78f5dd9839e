"""Two in a row: missed pickups of a branch (§1.7.2.8), attitude complaints about a person (§2.2.1)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

MOST_ATTITUDE = 3  # in one calendar month (§2.2.1)


@dataclass(frozen=True, slots=True)
class Pickup:
    """One pickup whose limit has settled. `complained`: the customer complained about it."""

    key: str
    missed: bool
    complained: bool = False


def missed_in_a_row(pickups: Sequence[Pickup], fined: Collection[str] = ()) -> list[tuple[str, str]]:
    """
    Return the pairs of consecutive missed pickups, at least one with a customer complaint (§1.7.2.8).

    `pickups` are those of one branch and calendar month by due time; `fined` the keys of those a penalty was imposed for
    already. The count restarts after a penalty †: none of its two counts again.
    """
    pairs: list[tuple[str, str]] = []
    last: Pickup | None = None
    for pickup in pickups:
        if not pickup.missed or pickup.key in fined:
            last = None
        elif last is not None and (last.complained or pickup.complained):
            pairs.append((last.key, pickup.key))
            last = None
        else:
            last = pickup
    return pairs


def returned_to_hr(attitude: Sequence[bool]) -> bool:
    """
    Tell whether a person is returned to HR: attitude complaints two in a row, or three in all, in a month (§2.2.1).

    One value for each complaint about the person upheld in that calendar month, in their order: about attitude or not.
    "In a row": no other upheld complaint about the person lies between them †.
    """
    return sum(attitude) >= MOST_ATTITUDE or any(one and other for one, other in pairwise(attitude))
