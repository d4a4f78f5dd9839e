"""What a page answers when a rule or a post says no."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from network.models import Person
from rulebook.errors import Denied, Refused

View = Callable[..., HttpResponse]


def person_of(request: HttpRequest) -> Person:
    """Return the member of staff whom `staff_required` let in, who has to do with partners.

    :raises Denied: neither the department nor the information centre
    """
    person: Person = request.person  # type: ignore[attr-defined]
    person.require("manage_partners")
    return person


def explained(view: View) -> View:
    """Turn what the services raise into a page that says so."""

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refused as problem:
            return render(request, "422.html", {"problem": problem, "back": ""}, status=422)
        except Denied as problem:
            return render(request, "403.html", {"problem": problem}, status=403)

    return answering
