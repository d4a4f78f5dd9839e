from django.conf import settings
from django.http import HttpRequest


def house(_request: HttpRequest) -> dict[str, object]:
    """What every page may name: the carrier, and whether this is a demonstration."""
    return {"carrier_name": settings.CARRIER_NAME, "demo": settings.DEMO}
