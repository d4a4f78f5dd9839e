"""A picture of a hand-over (§4.3.2.8), for staff who may see its shipment; anybody else finds nothing."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from delivery.answers import picture
from delivery.models import Proof, Shipment
from desk.views.answers import explained, person_of
from network.access import staff_required


@staff_required
@explained
@never_cache
@require_safe
def proof(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """Answer with the picture itself."""
    person = person_of(request)
    person.require("see_goods")
    seen = Shipment.objects.visible_to(person).filter(order__number=number)
    found = Proof.objects.filter(shipment__in=seen, key=key).first()
    if found is None:
        raise Http404
    return picture(found)
