"""Orders from a table: upload, watch, fetch the refused rows (issue D12d)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from desk.forms import Styled
from network.access import staff_required
from network.models import Person
from orders import imports, sheets
from orders.answers import download
from orders.choices import Channel, ImportState
from orders.jobs import ImportJob

SHOWN = 20


class UploadForm(Styled):
    channel = forms.ChoiceField(label=_("渠道"), choices=Channel.choices, initial=Channel.PHONE)
    table = forms.FileField(
        label=_("文件"),
        max_length=255,
        help_text=_(".xlsx 或 .csv（UTF-8、GB18030），最多 5 MB、5000 行"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": _("请选择要导入的文件。"), "empty": _("文件是空的，请重新选择。")},
    )

    def clean_table(self) -> Any:
        table = self.cleaned_data["table"]
        if table.size > sheets.MOST_BYTES:
            raise forms.ValidationError(_("文件超过 5 MB，请分成几个文件导入。"), code="too_large")
        return table


def _person(request: HttpRequest) -> Person:
    """:raises PermissionDenied: the person's posts do not carry imports"""
    person: Person = request.person  # type: ignore[attr-defined]
    if not person.may("import"):
        raise PermissionDenied
    return person


@staff_required
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The upload form and the last imports; an upload leads to its own page."""
    person = _person(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        table = form.cleaned_data["table"]
        try:
            job = imports.receive(
                person=person,
                content=table.read(),
                file_name=table.name,
                channel=form.cleaned_data["channel"],
                now=clock.now(),
            )
        except sheets.BadTable as bad:
            form.add_error("table", bad.reason)
        else:
            return redirect("desk:import-job", job.pk)
    jobs = ImportJob.objects.filter(person=person).defer("rows").order_by("-uploaded_at")[:SHOWN]
    return render(request, "desk/import.html", {"form": form, "jobs": jobs}, status=422 if form.errors else 200)


@staff_required
@require_GET
def job(request: HttpRequest, key: int) -> HttpResponse:
    """How far an import has come; polled by the page while it runs."""
    found = _job(request, key)
    shown = {"job": found, "running": found.state != ImportState.DONE, "rejects": _first_rejects(found)}
    part = "#progress" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"desk/import_job.html{part}", shown)


def _job(request: HttpRequest, key: int) -> ImportJob:
    return get_object_or_404(ImportJob.objects.defer("rows"), pk=key, person=_person(request))


def _first_rejects(found: ImportJob) -> list[list[str]]:
    _headers, rows = imports.rejects(found)
    return [row[:2] for _turn, row in zip(range(SHOWN), rows, strict=False)]


@staff_required
@require_GET
def rejected(request: HttpRequest, key: int, form: str) -> HttpResponse:
    """The refused rows with line and errors, to be corrected and uploaded again."""
    found = _job(request, key)
    if not found.rejected or form not in ("xlsx", "csv"):
        raise Http404
    headers, rows = imports.rejects(found)
    content = (
        sheets.comma_separated(headers, rows)
        if form == "csv"
        else sheets.workbook([sheets.Column(header) for header in headers], rows)
    )
    return download(content, f"import-{found.pk}-errors.{form}")


@staff_required
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """An empty table with the right headers."""
    _person(request)
    return download(sheets.workbook(imports.columns(), []), "orders.xlsx")
