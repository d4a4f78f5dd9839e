"""What the edits of an order changed, readable: before and after, by the names of the form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.language import in_words
from core.personal import mask_phone
from network.places import exists, full_name
from orders.choices import Delivery, Payer, SlipReturn
from orders.forms import DraftForm, form_field
from orders.models import Order
from orders.services import versions
from orders.services.editing import Difference
from reports.journey import window_words
from rulebook.products import PRODUCTS

CODED: dict[str, Any] = {"payer": Payer, "delivery": Delivery, "slip_return": SlipReturn}


@dataclass(frozen=True, slots=True)
class Change:
    label: Any
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Edit:
    at: datetime
    changes: list[Change]


def edits(order: Order) -> list[Edit]:
    """Return the edits of an order, newest first."""
    return [Edit(version.at, [_change(each) for each in found]) for version, found in versions(order)]


def _change(difference: Difference) -> Change:
    name = form_field(difference.field)
    label = DraftForm.base_fields[name].label if name in DraftForm.base_fields else difference.field
    return Change(label, _value(name, difference.before), _value(name, difference.after))


def _value(name: str, value: Any) -> str:
    if value in (None, ""):
        return _("（空）")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if name in CODED:
        return str(CODED[name](value).label)
    if name == "product":
        return in_words(PRODUCTS[value])
    if name.endswith("_phone"):
        return mask_phone(str(value))
    if name.endswith("_place") and exists(str(value)):
        return full_name(str(value))
    return window_words(datetime.fromisoformat(str(value))) if name == "appointment" else str(value)
