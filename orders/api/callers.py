"""Who calls the API: a member of staff with a session, or a partner with a signed request. What each may reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.models import Actor
from network.models import Person
from orders.models import Order, OrderQuerySet
from orders.services.common import label
from rulebook.errors import Denied


@dataclass(frozen=True, slots=True)
class Caller:
    """
    `source` says whose orders a partner's are ("partner:7"); for staff there is a person instead.

    `ships_for`: keys of the customers a partner is bound to, whose contract prices it gets (§3.4.1).
    """

    actor: Actor
    who: str
    person: Person | None = None
    source: str = ""
    channel: str = ""
    ships_for: frozenset[int] = frozenset()

    def orders(self) -> OrderQuerySet:
        """Return the orders this caller may know of; any other number is unknown (404)."""
        if self.person:
            return Order.objects.visible_to(self.person)
        return Order.objects.filter(source=self.source)

    def service(self) -> dict[str, Any]:
        """Return what the services want to know of the one who acts."""
        return {"by": self.actor, "who": self.who, "person": self.person}


def caller(request: Request) -> Caller:
    """:raises Denied: the login belongs neither to staff nor to a partner"""
    if isinstance(request.auth, Caller):
        return request.auth
    person = request._request.person  # type: ignore[attr-defined]
    if not person:
        raise Denied(_("该账号不是员工账号，不能调用此接口。"))
    return Caller(person.actor, label(person), person=person)


def clerk(request: Request) -> Person:
    """:raises Denied: the caller is not a member of staff"""
    if person := caller(request).person:
        return person
    raise Denied(_("此接口仅限员工使用。"))


class Known(BasePermission):
    """Staff may call everything (their posts decide further on); a partner what the view says is `for_partners`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        if caller(request).person is None and not getattr(view, "for_partners", False):
            raise Denied(_("此接口仅限员工使用。"))
        return True
