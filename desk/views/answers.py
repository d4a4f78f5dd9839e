"""What a page answers when a rule, a race or a post says no: 422, 409, 403, each in plain words (design §6.13)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from network.models import Person
from orders.models import Order
from pickup.models import PickupTask
from rulebook.errors import Conflict, Denied, Refused
from sla.models import Deadline

View = Callable[..., HttpResponse]
STATUS: dict[type[Exception], int] = {Refused: 422, Conflict: 409, Denied: 403}
PROBLEMS = (Refused, Conflict, Denied)
"""What a service may answer instead of doing."""


def person_of(request: HttpRequest) -> Person:
    """Return the member of staff whom `staff_required` let in."""
    return request.person  # type: ignore[attr-defined,no-any-return]


def status_of(problem: Exception) -> int:
    return STATUS.get(type(problem), 409)


def back_to(request: HttpRequest, otherwise: str) -> str:
    """Return the page of ours the form names as the one to go back to."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if safe else otherwise


def explained(view: View) -> View:
    """Turn what the services raise into a page that says so; what lies outside a person's scope is not found."""

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (Refused, Conflict) as problem:
            status = status_of(problem)
            back = back_to(request, request.headers.get("Referer", ""))
            return render(request, f"{status}.html", {"problem": problem, "back": back}, status=status)
        except Denied as problem:
            return render(request, "403.html", {"problem": problem}, status=403)
        except (Order.DoesNotExist, PickupTask.DoesNotExist, Deadline.DoesNotExist) as missing:
            raise Http404 from missing

    return answering
