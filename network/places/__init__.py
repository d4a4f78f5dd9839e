"""Places (GB/T 2260), addresses pasted as free text, and the nearest suitable branch. Plain Python, no database."""

from network.places.gazetteer import (
    Level,
    Place,
    UnknownPlace,
    atlas,
    children,
    exists,
    full_name,
    lineage,
    place,
    provinces,
)
from network.places.nearest import BranchSite, Spot, Suggestion, distance_km, nearest
from network.places.paste import Candidate, Split, split

__all__ = [
    "BranchSite",
    "Candidate",
    "Level",
    "Place",
    "Split",
    "Spot",
    "Suggestion",
    "UnknownPlace",
    "atlas",
    "children",
    "distance_km",
    "exists",
    "full_name",
    "lineage",
    "nearest",
    "place",
    "provinces",
    "split",
]
