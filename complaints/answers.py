"""How a stored file is answered, at every door that has checked who asks."""

from urllib.parse import quote

from django.http import Http404, HttpResponse

from complaints.models import Evidence
from complaints.models.evidence import ENDINGS
from core import files


def attachment(evidence: Evidence) -> HttpResponse:
    """
    Answer with the file, to be saved: a browser shows a photo where a page asks for it, and opens nothing by itself.

    :raises Http404: the file is gone
    """
    try:
        content = files.content(evidence.path)
    except FileNotFoundError as gone:
        raise Http404 from gone
    ending = ENDINGS[evidence.media]
    name = quote(f"{(evidence.name.rsplit('.', 1)[0] or evidence.key[:8])}.{ending}")
    return HttpResponse(
        content,
        content_type=evidence.media,
        headers={
            "Content-Disposition": f"attachment; filename=\"{evidence.key[:8]}.{ending}\"; filename*=UTF-8''{name}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )
