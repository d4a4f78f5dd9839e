"""How a stored picture is answered, at every door that has checked who asks."""

from django.http import Http404, HttpResponse

from core import files
from delivery.models import Proof
from delivery.models.proofs import ENDINGS


def picture(proof: Proof) -> HttpResponse:
    """
    Answer with the picture: drawn anew when it came, so its type is ours; nothing else is made of it by a browser.

    :raises Http404: the file is gone
    """
    try:
        content = files.content(proof.path)
    except FileNotFoundError as gone:
        raise Http404 from gone
    name = f"{proof.kind}-{proof.key[:8]}.{ENDINGS[proof.media]}"
    return HttpResponse(
        content,
        content_type=proof.media,
        headers={"Content-Disposition": f'inline; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )
