"""Places and people in words."""

from django import template

from core.personal import mask_name, mask_phone
from network.places import exists, full_name

register = template.Library()


@register.filter
def place_name(code: object) -> str:
    """Return province, city and county of a code; an unknown one as it is."""
    text = str(code or "")
    return full_name(text) if exists(text) else text


register.filter("masked_phone", mask_phone)
register.filter("masked_name", mask_name)
