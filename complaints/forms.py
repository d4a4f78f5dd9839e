"""Form fields that the desk and the hall share: files judged by their content."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from complaints.services import evidence
from complaints.services.evidence import MOST_FILES, File
from rulebook.errors import Refused

PHOTO_OR_FILE = _("照片或文件")
ACCEPTED = ".jpg,.jpeg,.png,.webp,.pdf"


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once, each judged by its content."""

    def __init__(self, *, label: Any = PHOTO_OR_FILE, **options: Any) -> None:
        help_text = _("JPEG、PNG、WebP 照片或 PDF，每个不超过 8 MB，最多 20 个")
        widget = ManyFiles(attrs={"accept": ACCEPTED, "class": "form-control"})
        super().__init__(label=label, help_text=help_text, widget=widget, **options)

    def clean(self, data: Any, initial: Any = None) -> list[File]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not given:
            raise forms.ValidationError(_t("请选择要上传的文件。"))
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_t("一次最多 %d 个文件。") % MOST_FILES)
        try:
            return [evidence.read(each.read(), each.name or "") for each in given]
        except Refused as refusal:
            raise forms.ValidationError(refusal.reason) from refusal
