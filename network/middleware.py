"""Put the member of staff behind a request on it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from network.models import Person


def person_of(request: HttpRequest) -> Person | None:
    """Return the member of staff who is logged in, None for customers, partners and strangers."""
    if not request.user.is_authenticated:
        return None
    return Person.objects.filter(account=request.user.pk).first()


class StaffMiddleware:
    """`request.person`: looked up when first asked for, once a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.person = SimpleLazyObject(lambda: person_of(request))  # type: ignore[attr-defined]
        return self.get_response(request)
