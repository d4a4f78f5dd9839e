"""Small JSON answers for the address picker; every page works without them."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from network.places import children, exists, lineage, provinces, split
from network.places.gazetteer import Place
from portal.forms import LONGEST_PASTE


@require_safe
@cache_control(public=True, max_age=86400)
def below(request: HttpRequest, code: str = "") -> HttpResponse:
    """Return the places directly under one, or the provinces."""
    if code and not exists(code):
        raise Http404
    places = children(code) if code else provinces()
    return JsonResponse({"places": [{"code": each.code, "name": each.name} for each in places]})


@require_POST
def divide(request: HttpRequest) -> HttpResponse:
    """Divide a pasted text into name, phone, place and detail; several candidates are not decided between."""
    text = request.POST.get("text", "")
    if len(text) > LONGEST_PASTE:
        words = _("粘贴的内容过长（最多 %d 字），请只粘贴地址、姓名和电话。") % LONGEST_PASTE
        return JsonResponse({"code": "too_long", "message": words, "field": "text"}, status=400)
    found = split(text)
    candidates = [
        {"code": each.place.code, "name": each.full_name, "path": _path(each.place)} for each in found.candidates
    ]
    return JsonResponse(
        {"name": found.name[:60], "phone": found.phone, "address": found.detail[:200], "candidates": candidates}
    )


def _path(place: Place) -> list[str]:
    return [each.code for each in lineage(place.code)]
