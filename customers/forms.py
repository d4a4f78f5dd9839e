"""Form fields of a chat that the desk and the hall share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.services import picture_of
from rulebook.errors import Refused

ACCEPTED = ".jpg,.jpeg,.png,.webp"


class PictureField(forms.FileField):
    """One picture, judged by its content and drawn anew."""

    def __init__(self) -> None:
        widget = forms.FileInput(attrs={"accept": ACCEPTED, "class": "form-control"})
        super().__init__(label=_("图片（可不选）"), required=False, widget=widget, max_length=255)

    def clean(self, data: Any, initial: Any = None) -> Any:
        if not data:
            return None
        try:
            return picture_of(data.read())
        except Refused as refusal:
            raise ValidationError(refusal.reason) from refusal
